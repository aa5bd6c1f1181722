/* Canonical forms: the examples of RFC 6376 3.4.5, the edges of bodies, and cuts anywhere. */
#include "auth/canon.h"
#include "base/buf.h"
#include "base/rand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void take(void *arg, const char *p, size_t n)
{
    buf_add(arg, slice_of(p, n));
}

static const char *field(struct buf *b, enum canon c, const char *raw)
{
    struct canon_out o;
    buf_reset(b);
    canon_out_init(&o, take, b);
    canon_field(&o, c, slice_str(raw), true);
    canon_flush(&o);
    return buf_cstr(b);
}

static void body_in(struct buf *b, enum canon c, struct slice raw, uint64_t *cuts)
{
    struct canon_out o;
    struct canon_body body;
    buf_reset(b);
    canon_out_init(&o, take, b);
    canon_body_begin(&body, c, &o);
    while (raw.n) {
        size_t n = cuts ? 1 + rand_next(cuts) % 40 : raw.n;
        canon_body_add(&body, slice_head(raw, n));
        raw = slice_from(raw, n < raw.n ? n : raw.n);
    }
    canon_body_end(&body);
    assert_int_equal(o.total, b->n);
}

static void fields(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *simple, *relaxed;
    } rows[] = {
        {"A: X", "A: X\r\n", "a:X\r\n"},
        {"B : Y\t\r\n\tZ  ", "B : Y\t\r\n\tZ  \r\n", "b:Y Z\r\n"},
        {"Subject:", "Subject:\r\n", "subject:\r\n"},
        {"Subject: \n ", "Subject: \r\n \r\n", "subject:\r\n"},
        {"X-a:b\n c\n\td", "X-a:b\r\n c\r\n\td\r\n", "x-a:b c d\r\n"},
        {"X:a\rb", "X:a\rb\r\n", "x:a\rb\r\n"},
        {"X:\xc3\xa4  \xff", "X:\xc3\xa4  \xff\r\n", "x:\xc3\xa4 \xff\r\n"},
    };
    struct buf b = BUF_INIT(4096);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_string_equal(field(&b, CANON_SIMPLE, rows[i].raw), rows[i].simple);
        assert_string_equal(field(&b, CANON_RELAXED, rows[i].raw), rows[i].relaxed);
    }
    buf_fini(&b);
}

static void bodies(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *simple, *relaxed;
    } rows[] = {
        {" C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", " C\r\nD E\r\n"},
        {"", "\r\n", ""},
        {"\r\n\r\n", "\r\n", ""},
        {" \t\r\n \r\n", " \t\r\n \r\n", ""},
        {"a", "a\r\n", "a\r\n"},
        {"a ", "a \r\n", "a\r\n"},
        {"a\n\nb\n", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"},
        {"a\r\n\nb", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"},
        {"a\rb\r\r\nc\r", "a\rb\r\r\nc\r\r\n", "a\rb\r\r\nc\r\r\n"},
        {"a \rb \r\n", "a \rb \r\n", "a \rb\r\n"},
        {"0123456789abcdef0123456789abcdef \r\nx", "0123456789abcdef0123456789abcdef \r\nx\r\n",
         "0123456789abcdef0123456789abcdef\r\nx\r\n"},
        {"0123456789abcdef\n0123456789abcdef0\tx", "0123456789abcdef\r\n0123456789abcdef0\tx\r\n",
         "0123456789abcdef\r\n0123456789abcdef0 x\r\n"},
    };
    struct buf b = BUF_INIT(4096);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        body_in(&b, CANON_SIMPLE, slice_str(rows[i].raw), NULL);
        assert_string_equal(buf_cstr(&b), rows[i].simple);
        body_in(&b, CANON_RELAXED, slice_str(rows[i].raw), NULL);
        assert_string_equal(buf_cstr(&b), rows[i].relaxed);
    }
    buf_fini(&b);
}

/* What the rules say, byte by byte and without any haste. */
static void plainly(struct buf *out, enum canon c, struct slice raw)
{
    struct buf line = BUF_INIT(100000);
    size_t ends = 0;
    bool any = false;
    buf_reset(out);
    for (size_t i = 0; i <= raw.n; i++) {
        bool is_end = i == raw.n || raw.p[i] == '\n';
        if (!is_end) {
            buf_chr(&line, raw.p[i]);
            continue;
        }
        struct slice l = buf_slice(&line);
        if (i < raw.n && l.n && l.p[l.n - 1] == '\r')
            l.n--;
        while (c == CANON_RELAXED && l.n && (l.p[l.n - 1] == ' ' || l.p[l.n - 1] == '\t'))
            l.n--;
        for (; l.n && ends; ends--)
            buf_str(out, "\r\n");
        any = any || l.n;
        for (size_t k = 0; k < l.n; k++) {
            bool blank = l.p[k] == ' ' || l.p[k] == '\t';
            if (c == CANON_RELAXED && blank && k && (l.p[k - 1] == ' ' || l.p[k - 1] == '\t'))
                continue;
            buf_chr(out, c == CANON_RELAXED && blank ? ' ' : l.p[k]);
        }
        ends += i < raw.n;
        buf_reset(&line);
    }
    if (any || c == CANON_SIMPLE)
        buf_str(out, "\r\n");
    buf_fini(&line);
}

static void cuts_anywhere(void **state)
{
    (void)state;
    uint64_t seed = 6376, cuts = 1;
    struct buf raw = BUF_INIT(4096), whole = BUF_INIT(8192), cut = BUF_INIT(8192);
    struct buf want = BUF_INIT(8192);
    for (int i = 0; i < 4000; i++) {
        buf_reset(&raw);
        size_t n = rand_next(&seed) % 200, odd = 1 + rand_next(&seed) % 30;
        for (size_t k = 0; k < n; k++) {
            uint64_t r = rand_next(&seed);
            buf_chr(&raw, r % odd == 0 ? " \t\r\n\n\r a"[r / odd % 8] : (char)('a' + r / odd % 26));
        }
        for (int c = 0; c < CANONS; c++) {
            body_in(&whole, (enum canon)c, buf_slice(&raw), NULL);
            body_in(&cut, (enum canon)c, buf_slice(&raw), &cuts);
            plainly(&want, (enum canon)c, buf_slice(&raw));
            assert_int_equal(whole.n, want.n);
            assert_memory_equal(whole.p, want.p ? want.p : "", want.n);
            assert_int_equal(cut.n, want.n);
            assert_memory_equal(cut.p, want.p ? want.p : "", want.n);
        }
    }
    buf_fini(&raw);
    buf_fini(&whole);
    buf_fini(&cut);
    buf_fini(&want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fields), cmocka_unit_test(bodies),
                                       cmocka_unit_test(cuts_anywhere)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
