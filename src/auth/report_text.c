/* Texts and addresses of reports, and the words for what was wrong with them. */
#include "auth/report.h"
#include "base/ip.h"
#include "base/lang.h"
#include "base/utf8.h"

struct slice report_text(struct arena *a, struct slice s)
{
    s = slice_trim(s);
    s = utf8_clean(a, s);
    s = utf8_head(s, REPORT_TEXT);
    return s.n ? arena_dup(a, s) : SLICE("");
}

struct slice report_ip(struct arena *a, struct slice s)
{
    struct ip ip;
    char text[46];
    s = slice_trim(s);
    if (slice_istarts(s, SLICE("ipv6:")))
        s = slice_from(s, 5);
    if (!ip_parse(s, &ip))
        return SLICE("");
    return arena_dup(a, slice_of(text, ip_format(&ip, text)));
}

const char *report_note_text(enum report_note bit)
{
    switch (bit) {
    case NOTE_UPPER_CASE:
        return N_("values stand in upper case");
    case NOTE_BAD_UTF8:
        return N_("some bytes are not UTF-8");
    case NOTE_WRAPPED:
        return N_("the report stands inside another element");
    case NOTE_CUT:
        return N_("the file is broken behind the report");
    case NOTE_TYPE:
        return N_("the file is not of the type that its mail names");
    case NOTE_VALUES:
        return N_("some values are none that the format knows");
    case NOTE_MISSING:
        return N_("something that the format demands is missing");
    case NOTE_ROWS:
        return N_("the report has more records than are kept");
    case NOTE_NO_ARF:
        return N_("the failure is told in words only");
    case NOTE_JUNK:
        return N_("there is text where none belongs");
    }
    return "";
}
