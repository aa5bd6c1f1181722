/* CSV as people's programs write it: dialects, quotes, what is broken, and going on. */
#include "law/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

struct input {
    struct slice text;
    size_t at, step; /* bytes given at once */
};

static long give(void *arg, char *p, size_t n)
{
    struct input *in = arg;
    size_t left = in->text.n - in->at;
    if (n > left)
        n = left;
    if (n > in->step)
        n = in->step;
    memcpy(p, in->text.p + in->at, n);
    in->at += n;
    return (long)n;
}

/* All rows as one text: fields in <>, broken rows as "!line". */
static void read_all(struct slice text, size_t step, struct buf *out)
{
    struct input in = {text, 0, step};
    struct csv *c = csv_new(give, &in);
    struct csv_row row;
    buf_reset(out);
    while (csv_next(c, &row)) {
        if (row.broken)
            buf_printf(out, "!%llu", (unsigned long long)row.line);
        else
            buf_printf(out, "%llu", (unsigned long long)row.line);
        for (size_t i = 0; i < row.n; i++)
            buf_printf(out, "<%.*s>", SLICE_ARG(row.fields[i]));
        buf_chr(out, '\n');
    }
    csv_free(c);
}

static const struct {
    const char *text, *expected;
} cases[] = {
    {"a,b\n1,2\n", "1<a><b>\n2<1><2>\n"},
    {"a,b\r\n1,2\r\n", "1<a><b>\n2<1><2>\n"},
    {"a;b\r1;2\r", "1<a><b>\n2<1><2>\n"},
    {"a,b\n1,2", "1<a><b>\n2<1><2>\n"},
    {"a,b\n1,\n,2\n,\n", "1<a><b>\n2<1><>\n3<><2>\n4<><>\n"},
    {"a;b;c\n1,5;2;3\n2,5;1;1\n", "1<a><b><c>\n2<1,5><2><3>\n3<2,5><1><1>\n"},
    {"a\tb\n1\t2\n", "1<a><b>\n2<1><2>\n"},
    {"a|b\n1|2\n", "1<a><b>\n2<1><2>\n"},
    {"sep=;\na;b\n", "2<a><b>\n"},
    {"\xEF\xBB\xBF"
     "a,b\n",
     "1<a><b>\n"},
    {"a,b\n\n\n1,2\n", "1<a><b>\n4<1><2>\n"},
    {"a,b\n\"x, y\",\"say \"\"hi\"\"\"\n", "1<a><b>\n2<x, y><say \"hi\">\n"},
    {"a,b\n\"two\nlines\",2\n3,4\n", "1<a><b>\n2<two\nlines><2>\n4<3><4>\n"},
    {"'a','b'\n'x, y','it''s'\n", "1<a><b>\n2<x, y><it's>\n"},
    {"a,b\n\"\",2\n", "1<a><b>\n2<><2>\n"},
    {"a,b\n12\" pipe,2\n", "1<a><b>\n2<12\" pipe><2>\n"},
    /* A quote that is never closed costs its own line alone. */
    {"a,b\n\"x,1\ny,2\nz,3\n", "1<a><b>\n!2\n3<y><2>\n4<z><3>\n"},
    {"a,b\n\"x,1\n\"y\",2\n\"z\",3\n", "1<a><b>\n!2\n3<y><2>\n4<z><3>\n"},
    {"a,b\n\"x\"y,1\nz,3\n", "1<a><b>\n!2\n3<z><3>\n"},
    {"a,b\n\"x\" ,1\n", "1<a><b>\n2<x><1>\n"},
    {"", ""},
    {"\n\n", ""},
    {"\"", "!1\n"},
    {"a", "1<a>\n"},
};

static void rows(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(65536);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t step = 1; step < 70000; step = step * 3 + 1) {
            read_all(slice_str(cases[i].text), step, &out);
            assert_string_equal(buf_cstr(&out), cases[i].expected);
        }
    buf_fini(&out);
}

/* The same text in UTF-16 of both orders, with and without mark, gives the same rows. */
static void wide(void **state)
{
    (void)state;
    static const char text[] =
        "email,name\nann@example.org,Anne-Marie\n\"b@example.org\",\"x, y\"\n";
    struct buf wide = BUF_INIT(65536), out = BUF_INIT(65536);
    for (int big = 0; big < 2; big++)
        for (int mark = 0; mark < 2; mark++) {
            buf_reset(&wide);
            if (mark)
                buf_add(&wide, big ? SLICE("\xFE\xFF") : SLICE("\xFF\xFE"));
            for (const char *p = text; *p; p++) {
                buf_chr(&wide, big ? '\0' : *p);
                buf_chr(&wide, big ? *p : '\0');
            }
            for (size_t step = 1; step < 200; step += 13) {
                read_all(buf_slice(&wide), step, &out);
                assert_string_equal(buf_cstr(&out), "1<email><name>\n2<ann@example.org><Anne-Marie>"
                                                    "\n3<b@example.org><x, y>\n");
            }
        }
    buf_reset(&wide); /* beyond the BMP, by a surrogate pair; and half a pair */
    buf_add(&wide, SLICE("\xFF\xFE"
                         "a\0,\0\x3D\xD8\x00\xDE,\0\x3D\xD8\n\0"));
    read_all(buf_slice(&wide), 5, &out);
    assert_string_equal(buf_cstr(&out), "1<a><\xF0\x9F\x98\x80><\xEF\xBF\xBD>\n");
    buf_fini(&wide);
    buf_fini(&out);
}

/* A row over the limit costs itself; rows before and behind it stand. */
static void long_rows(void **state)
{
    (void)state;
    struct buf text = BUF_INIT(8 * 1024 * 1024), out = BUF_INIT(65536);
    buf_str(&text, "a,b\n1,");
    for (int i = 0; i < 2 * 1024 * 1024; i++)
        buf_chr(&text, 'x');
    buf_str(&text, "\n3,4\n\"");
    for (int i = 0; i < 30000; i++)
        buf_str(&text, "yyyy");
    buf_str(&text, "\n5,6\n");
    read_all(buf_slice(&text), 4000, &out);
    assert_string_equal(buf_cstr(&out), "1<a><b>\n!2\n3<3><4>\n!4\n5<5><6>\n");
    buf_reset(&text);
    for (int i = 0; i < 300; i++)
        buf_str(&text, "a,");
    buf_str(&text, "\n1,2\n");
    read_all(buf_slice(&text), 4000, &out);
    assert_string_equal(buf_cstr(&out), "!1\n2<1><2>\n");
    buf_fini(&text);
    buf_fini(&out);
}

/* Stopping after each row and going on gives what one run gives. */
static void resume(void **state)
{
    (void)state;
    struct buf text = BUF_INIT(8 * 1024 * 1024);
    buf_str(&text, "email,country\n");
    for (int i = 0; i < 40000; i++)
        buf_printf(&text, i % 7 ? "u%d@example.org,DE\r\n" : "\"u%d\n\"\"@example.org\",DE\n", i);
    struct input whole = {buf_slice(&text), 0, 10000};
    struct csv *c = csv_new(give, &whole);
    struct csv_row row, again;
    uint64_t rows = 0;
    while (csv_next(c, &row)) {
        if (rows++ % 9973)
            continue;
        struct input part = {buf_slice(&text), 0, 777};
        struct csv *d = csv_new(give, &part);
        uint32_t crc = 0;
        assert_true(csv_next(d, &again)); /* the header is read anew */
        assert_true(csv_skip(d, row.end, csv_line(c), &crc));
        assert_int_equal(crc, csv_crc(c));
        struct csv_row next;
        assert_true(csv_next(d, &again));
        assert_true(csv_next(c, &next));
        rows++;
        assert_int_equal(again.line, next.line);
        assert_int_equal(again.end, next.end);
        assert_true(slice_eq(again.raw, next.raw));
        csv_free(d);
    }
    assert_int_equal(rows, 40001);
    struct input shorter = {slice_head(buf_slice(&text), 1000), 0, 777};
    struct csv *d = csv_new(give, &shorter);
    uint32_t crc;
    assert_false(csv_skip(d, 2000, 10, &crc));
    csv_free(d);
    csv_free(c);
    buf_fini(&text);
}

static void writing(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(1000);
    csv_put(&out, SLICE("plain"));
    buf_chr(&out, ' ');
    csv_put(&out, SLICE("a,\"b\""));
    buf_chr(&out, ' ');
    csv_put(&out, SLICE("=cmd()"));
    buf_chr(&out, ' ');
    csv_put(&out, SLICE(""));
    assert_string_equal(buf_cstr(&out), "plain \"a,\"\"b\"\"\" '=cmd() ");
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows), cmocka_unit_test(wide),
                                       cmocka_unit_test(long_rows), cmocka_unit_test(resume),
                                       cmocka_unit_test(writing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
