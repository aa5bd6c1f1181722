/* Writing feedback reports. See arf.h. */
#include "base/clock.h"
#include "base/escape.h"
#include "desk/arf.h"
#include "desk/report.h"

#include "base/hash.h"

#include <stdio.h>

static void line(struct buf *b, const char *name, struct slice value)
{
    if (value.n == 0)
        return;
    buf_str(b, name);
    buf_str(b, ": ");
    escape_add(b, ESCAPE_HEADER, value, 800);
    buf_str(b, "\r\n");
}

/* Text with CRLF and without lines that begin with the boundary. */
static void body(struct buf *b, struct slice text)
{
    struct slice one;
    while (slice_line(&text, &one)) {
        while (one.n > 900) { /* RFC 5322 2.1.1 */
            size_t n = 900;
            while (n > 800 && ((unsigned char)one.p[n] & 0xC0) == 0x80)
                n--;
            buf_add(b, slice_head(one, n));
            buf_str(b, "\r\n");
            one = slice_from(one, n);
        }
        for (size_t i = 0; i < one.n; i++)
            buf_chr(b, one.p[i] == '\r' || one.p[i] == 0 ? ' ' : one.p[i]);
        buf_str(b, "\r\n");
    }
}

static void part(struct buf *b, const char *boundary, const char *type)
{
    buf_printf(b, "\r\n--%s\r\nContent-Type: %s\r\n\r\n", boundary, type);
}

static const char *feedback_type(enum desk_category c)
{
    switch (c) {
    case DESK_PHISHING:
    case DESK_FRAUD:
        return "fraud";
    case DESK_MALWARE:
        return "virus";
    case DESK_NOT_SPAM:
        return "not-spam";
    case DESK_OPT_OUT:
        return "opt-out"; /* RFC 5965 lists it as used before; RFC 6650 keeps it */
    default:
        return "abuse";
    }
}

static void fields(struct buf *b, const struct desk_report *r)
{
    char when[40];
    buf_printf(b, "Feedback-Type: %s\r\nUser-Agent: Muster/%s\r\nVersion: 1\r\n",
               feedback_type(r->category), MUSTER_VERSION);
    line(b, "Source-IP", r->original.source_ip);
    if (r->original.date_us != INT64_MIN)
        buf_printf(b, "Arrival-Date: %s\r\n", clock_rfc5322(r->original.date_us, when));
    line(b, "Reported-Domain", r->original.from_domain);
    for (size_t i = 0; i < r->n_links; i++)
        line(b, "Reported-URI", r->links[i].url);
}

void arf_write(const struct desk_report *r, const struct arf_envelope *env, struct buf *out)
{
    char boundary[48], when[40];
    snprintf(boundary, sizeof(boundary), "=_muster_%016llx",
             (unsigned long long)hash_bytes(env->id, (uint64_t)env->date_us));
    line(out, "From", env->from);
    line(out, "To", env->to);
    line(out, "Subject", env->subject);
    buf_printf(out, "Date: %s\r\n", clock_rfc5322(env->date_us, when));
    buf_str(out, "Message-ID: <");
    escape_add(out, ESCAPE_HEADER, env->id, 200);
    buf_printf(out,
               ">\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n"
               "Content-Type: multipart/report; report-type=feedback-report;\r\n"
               " boundary=\"%s\"\r\n",
               boundary);
    part(out, boundary, "text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit");
    body(out, env->words);
    part(out, boundary, "message/feedback-report");
    fields(out, r);
    bool has_text = r->text.n != 0;
    part(out, boundary,
         has_text ? "message/rfc822\r\nContent-Transfer-Encoding: 8bit" : "text/rfc822-headers");
    struct slice rest = r->headers, one;
    while (slice_line(&rest, &one)) { /* the text is UTF-8 now, whatever it was */
        if (slice_istarts(one, SLICE("Content-")) || slice_istarts(one, SLICE("MIME-Version")))
            continue;
        escape_add(out, ESCAPE_HEADER, one, 900);
        buf_str(out, "\r\n");
    }
    if (has_text) {
        buf_str(out, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: 8bit\r\n\r\n");
        body(out, r->text);
    }
    buf_printf(out, "\r\n--%s--\r\n", boundary);
}
