/* doors: header edits. */
#include "doors/edits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void same(struct slice got, const char *want)
{
    if (!slice_eq(got, slice_str(want)))
        fail_msg("got \"%.*s\", want \"%s\"", SLICE_ARG(got), want);
}

static void records(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(4096);
    edit_remove(&b, "X-A", SLICE(""));
    edit_add(&b, "X-B", SLICE("one\n\ttwo\nX-Evil: 1\r\n x"));
    struct slice rest = buf_slice(&b);
    struct edit e;
    assert_true(edit_next(&rest, &e));
    assert_false(e.is_add);
    same(e.name, "X-A");
    assert_true(edit_next(&rest, &e));
    assert_true(e.is_add);
    same(e.value, "one\n\ttwo X-Evil: 1 \n x");
    assert_false(edit_next(&rest, &e));
    buf_reset(&b);
    edit_remove(&b, "X-C", SLICE("token"));
    edit_add(&b, "X-D", SLICE(""));
    rest = buf_slice(&b);
    assert_true(edit_next(&rest, &e));
    assert_false(e.is_add);
    same(e.name, "X-C");
    same(e.value, "token");
    assert_true(edit_next(&rest, &e));
    assert_true(e.is_add); /* an empty value must not turn into a removal */
    struct slice broken = SLICE("X-A\0v");
    assert_false(edit_next(&broken, &e));
    struct slice noname = SLICE("\0v\0");
    assert_false(edit_next(&noname, &e));
    buf_fini(&b);
}

static void removal_by_value(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool removed;
    } cases[] = {{" mx.example; spf=pass", true},
                 {" MX.Example", true},
                 {" mx.example 1; none", true},
                 {"(a (b) \\) c) mx.example; x", true},
                 {"\r\n\tmx.example;", true},
                 {" \"mx.example\"; x", true},
                 {" mx.example.org; x", false},
                 {" amx.example; x", false},
                 {" mx.exampl", false},
                 {"", false},
                 {"((((", false}};
    struct edit e = {.name = SLICE("Authentication-Results"), .value = SLICE("mx.example")};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        if (edit_removes(&e, SLICE("authentication-results"), slice_str(cases[i].value)) !=
            cases[i].removed)
            fail_msg("case %zu: %s", i, cases[i].value);
    assert_false(edit_removes(&e, SLICE("X"), SLICE("mx.example")));
}

static void head_copies(void **state)
{
    (void)state;
    struct buf edits = BUF_INIT(4096), out = BUF_INIT(4096);
    edit_remove(&edits, "X-Spam-Flag", SLICE(""));
    edit_add(&edits, "X-Muster-Score", SLICE("1.0"));
    edit_add(&edits, "X-Muster-Why", SLICE("a\n b"));
    struct slice raw = SLICE(
        "x-spam-flag : YES\r\n folded\r\nSubject: x\r\nX-Spam-Flag: NO\r\n\r\nbody");
    edits_write_added(buf_slice(&edits), "\r\n", &out);
    size_t n = edits_copy_head(buf_slice(&edits), raw, &out);
    buf_add(&out, slice_from(raw, n));
    same(buf_slice(&out), "X-Muster-Score: 1.0\r\nX-Muster-Why: a\r\n b\r\nSubject: x\r\n\r\nbody");
    buf_reset(&out);
    assert_int_equal(edits_copy_head(buf_slice(&edits), SLICE("A: b\nno end"), &out), 11);
    same(buf_slice(&out), "A: b\nno end");
    buf_reset(&out);
    assert_int_equal(edits_copy_head(buf_slice(&edits), SLICE("\nbody"), &out), 0);
    assert_int_equal(out.n, 0);
    buf_fini(&out);
    buf_fini(&edits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(records),
                                       cmocka_unit_test(removal_by_value),
                                       cmocka_unit_test(head_copies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
