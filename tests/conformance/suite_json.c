/* JSON suites. See suite_json.h. */
#include "suite_json.h"

#include "base/buf.h"
#include "base/escape.h"

#include <stdio.h>

/* The value of "\uXXXX" at p, or -1. */
static long escape_at(const char *p, const char *end)
{
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return -1;
    long v = 0;
    for (int i = 2; i < 6; i++) {
        int d = ascii_hex(p[i]);
        if (d < 0)
            return -1;
        v = v << 4 | d;
    }
    return v;
}

static void replace_lone_surrogates(char *p, size_t n)
{
    char *end = p + n;
    while (p < end) {
        if (p[0] == '\\' && p + 1 < end && p[1] == '\\') {
            p += 2;
            continue;
        }
        long v = escape_at(p, end);
        if (v >= 0xD800 && v < 0xDC00) {
            long low = escape_at(p + 6, end);
            if (low >= 0xDC00 && low < 0xE000) {
                p += 12;
                continue;
            }
        }
        if (v >= 0xD800 && v < 0xE000)
            memcpy(p + 2, "FFFD", 4);
        p++;
    }
}

json_t *suite_json(struct arena *a, const char *tail)
{
    struct slice s = suite_load(a, tail);
    if (s.n == 0)
        return NULL;
    char *text = arena_bytes(a, s.n);
    memcpy(text, s.p, s.n);
    replace_lone_surrogates(text, s.n);
    json_error_t e;
    json_t *j = json_loadb(text, s.n, JSON_ALLOW_NUL, &e);
    if (!j)
        printf("%s: line %d: %s\n", tail, e.line, e.text);
    return j;
}

struct slice suite_text(const json_t *string)
{
    return slice_of(json_string_value(string), json_string_length(string));
}

static const char *escaped(struct buf *b, struct slice s)
{
    escape_add(b, ESCAPE_TERM, s, 1000);
    return buf_cstr(b);
}

void suite_check(struct suite *s, const char *label, bool ok, struct slice detail)
{
    struct buf name = BUF_INIT(1u << 14), words = BUF_INIT(1u << 14);
    suite_case(s, escaped(&name, slice_str(label)));
    if (!ok)
        suite_differs(s, "%s", escaped(&words, detail));
    buf_fini(&name);
    buf_fini(&words);
}
