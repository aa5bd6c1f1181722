/* Suite address/isemail: one address each, with a category. ISEMAIL_ERR is invalid; the others
 * parse under RFC 5322, and what RFC 5321 takes is told apart. DNS is not asked: DNSWARN counts
 * as valid. */
#include "mail/address.h"
#include "base/utf8.h"
#include "suite.h"

#include <stdio.h>

static const struct suite_exception EXCEPTIONS[] = {
    {"5", "a top-level domain alone; valid there only because io had an MX record in 2011, which "
          "takes DNS to know (166 is the same form and is RFC5321_TLD there as here)"},
    {NULL, NULL}};

static struct suite suite = {.name = "address/isemail", .exceptions = EXCEPTIONS};

static struct slice element(struct slice s, const char *name)
{
    char tag[64];
    snprintf(tag, sizeof(tag), "<%s>", name);
    size_t at = slice_find(s, slice_str(tag));
    if (at == SIZE_MAX)
        return SLICE("");
    s = slice_from(s, at + strlen(tag));
    snprintf(tag, sizeof(tag), "</%s>", name);
    size_t end = slice_find(s, slice_str(tag));
    return slice_head(s, end == SIZE_MAX ? 0 : end);
}

/* XML entities to bytes; U+2400 to U+241F stand for control characters. */
static struct slice unescape(struct arena *a, struct slice s)
{
    char *out = arena_bytes(a, s.n * 2 + 4);
    size_t n = 0;
    static const char *const NAMES[][2] = {
        {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}};
    while (s.n) {
        uint32_t c = 0;
        size_t used = 0;
        if (slice_starts(s, SLICE("&#"))) {
            bool hex = s.n > 2 && s.p[2] == 'x';
            for (used = hex ? 3 : 2; used < s.n && s.p[used] != ';'; used++)
                c = c * (hex ? 16 : 10) + (uint32_t)ascii_hex(s.p[used]);
            used++;
        }
        for (size_t i = 0; i < 5 && used == 0; i++) {
            if (slice_starts(s, slice_str(NAMES[i][0]))) {
                c = (unsigned char)NAMES[i][1][0];
                used = strlen(NAMES[i][0]);
            }
        }
        if (used)
            s = slice_from(s, used);
        else
            c = utf8_next(&s, NULL);
        if (c >= 0x2400 && c < 0x2421)
            c -= 0x2400;
        n += utf8_put(out + n, c);
    }
    return slice_of(out, n);
}

static const char *class_of(struct slice category)
{
    static const char *const MAP[][2] = {
        {"ISEMAIL_VALID_CATEGORY", "smtp"}, {"ISEMAIL_DNSWARN", "smtp"},
        {"ISEMAIL_RFC5321", "unusual"},     {"ISEMAIL_CFWS", "cfws"},
        {"ISEMAIL_DEPREC", "obsolete"},     {"ISEMAIL_RFC5322", "message"},
        {"ISEMAIL_ERR", "invalid"}};
    for (size_t i = 0; i < sizeof(MAP) / sizeof(MAP[0]); i++) {
        if (slice_eq(category, slice_str(MAP[i][0])))
            return MAP[i][1];
    }
    return "?";
}

int main(void)
{
    static const char *const CLASSES[] = {"smtp",     "unusual", "cfws",
                                          "obsolete", "message", "invalid"};
    struct arena *a = arena_new(0);
    struct slice all = suite_load(a, "address/isemail/tests.xml");
    if (all.p == NULL) {
        printf("skipped: address/isemail\n");
        arena_free(a);
        return 77;
    }
    for (;;) {
        size_t at = slice_find(all, SLICE("<test id="));
        size_t end = at == SIZE_MAX ? SIZE_MAX : slice_find(slice_from(all, at), SLICE("</test>"));
        if (end == SIZE_MAX)
            break;
        struct slice test = slice_of(all.p + at, end), id = slice_from(test, 10);
        all = slice_from(all, at + end);
        struct slice address = unescape(a, element(test, "address"));
        struct slice diagnosis = element(test, "diagnosis");
        suite_case(&suite, arena_cstr(a, slice_head(id, slice_chr(id, '"'))));
        struct address_check got = address_check(address, false);
        const char *want = class_of(element(test, "category"));
        if (strcmp(CLASSES[got.is], want) != 0)
            suite_differs(&suite, "\"%.*s\": %s (%s), want %s (%.*s)", SLICE_ARG(address),
                          CLASSES[got.is], got.why, want, SLICE_ARG(diagnosis));
    }
    bool ok = suite_end(&suite);
    arena_free(a);
    return ok ? 0 : 1;
}
