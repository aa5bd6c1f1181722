/* Unicode security data: every line of confusables.txt (UTS 39) through unicode_skeleton. Source
 * and prototype must have the same skeleton, which is what "confusable" means. */
#include "mail/unicode.h"
#include "suite.h"

#include "base/utf8.h"

#include <stdio.h>

/* A skeleton starts with NFD (UTS 39 section 4), which takes these characters apart: the table's
 * line for the whole character is never reached, in ICU neither. */
#define DECOMPOSED "NFD takes it apart before the table is asked"
static const struct suite_exception exceptions[] = {
    {"321D", DECOMPOSED}, {"0227", DECOMPOSED}, {"0226", DECOMPOSED}, {"01C6", DECOMPOSED},
    {"01C5", DECOMPOSED}, {"01C4", DECOMPOSED}, {"01F5", DECOMPOSED}, {"0623", DECOMPOSED},
    {"0146", DECOMPOSED}, {"0150", DECOMPOSED}, {"01A1", DECOMPOSED}, {"01A0", DECOMPOSED},
    {"0163", DECOMPOSED}, {"021B", DECOMPOSED}, {"1E43", DECOMPOSED}, {"1F7D", DECOMPOSED},
    {"0419", DECOMPOSED}, {"045D", DECOMPOSED}, {"048B", DECOMPOSED}, {"FB2F", DECOMPOSED},
    {"FB30", DECOMPOSED}, {"FB39", DECOMPOSED}, {"FB49", DECOMPOSED}, {"FE82", DECOMPOSED},
    {"FE81", DECOMPOSED}, {"00F6", DECOMPOSED}, {"FEF6", DECOMPOSED}, {"FEF5", DECOMPOSED},
    {"FBA5", DECOMPOSED}, {"FBA4", DECOMPOSED}, {"0624", DECOMPOSED}, {"0626", DECOMPOSED},
    {"FBB1", DECOMPOSED}, {"FBB0", DECOMPOSED}, {"1FF6", DECOMPOSED}, {NULL, NULL}};

/* Hexadecimal code points parted by spaces to UTF-8; false: none there. */
static bool code_points(struct arena *a, struct slice s, struct slice *out)
{
    char *p = arena_bytes(a, s.n + 4);
    size_t n = 0;
    struct slice one;
    s = slice_trim(s);
    while (slice_split(&s, ' ', &one)) {
        uint32_t v = 0;
        for (size_t i = 0; i < one.n; i++) {
            int d = ascii_hex(one.p[i]);
            if (d < 0)
                return false;
            v = v << 4 | (uint32_t)d;
        }
        n += utf8_put(p + n, v);
    }
    *out = slice_of(p, n);
    return n != 0;
}

static void run(struct suite *s, struct arena *a, const char *file, bool is_table)
{
    struct slice rest = suite_load(a, file), line;
    while (slice_line(&rest, &line)) {
        struct slice fields = slice_head(line, slice_chr(line, '#')), source, target, x, y;
        if (!slice_split(&fields, ';', &source) ||
            !slice_split(&fields, is_table ? ';' : '#', &target))
            continue;
        if (!code_points(a, source, &x) || !code_points(a, target, &y))
            continue;
        struct slice got = unicode_skeleton(a, x), want = unicode_skeleton(a, y);
        char label[32];
        snprintf(label, sizeof label, "%.*s", SLICE_ARG(slice_head(slice_trim(source), 24)));
        suite_case(s, label);
        if (!slice_eq(got, want))
            suite_differs(s, "skeletons %.*s and %.*s", SLICE_ARG(got), SLICE_ARG(want));
    }
}

int main(void)
{
    struct arena *a = arena_new(0);
    struct suite confusables = {.name = "unicode-confusables", .exceptions = exceptions};
    struct suite intentional = {.name = "unicode-intentional"};
    if (!suite_exists(a, "url/unicode/confusables.txt")) {
        printf("skipped: unicode\n");
        arena_free(a);
        return 77;
    }
    run(&confusables, a, "url/unicode/confusables.txt", true);
    run(&intentional, a, "url/unicode/intentional.txt", false);
    bool ok = suite_end(&confusables);
    ok = suite_end(&intentional) && ok;
    arena_free(a);
    return ok ? 0 : 1;
}
