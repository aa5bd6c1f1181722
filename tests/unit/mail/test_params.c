/* Parameters of a field: what is read where a semicolon, a quote or a name is missing, and that the
 * work grows with the field's length and no faster, whatever a sender repeats. */
#include "base/buf.h"
#include "mail/params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void reads(void **state)
{
    (void)state;
    /* field, then what is read: first value, then "name=value" of each parameter */
    static const struct {
        const char *field, *want;
    } CASES[] = {
        {"text/plain; charset=utf-8", "text/plain|charset=utf-8"},
        {"a/b;x=1;;y=2;", "a/b|x=1|y=2"},
        {"a/b x=1", "a/b|x=1"},
        {"a/b; x=1 y=2 z=3", "a/b|x=1|y=2|z=3"},
        {"a/b; x=\"1\" y=\"2\"", "a/b|x=1|y=2"},
        {"a/b; x=\"1\"y=2; z=3", "a/b|x=1|z=3"},
        {"a/b; x=1 2 3; y=4", "a/b|x=1 2 3|y=4"},
        {"a/b; x=1 (a y=2); z=3", "a/b|x=1|z=3"},
        {"a/b; x=1\\ y=2", "a/b|x=1\\|y=2"},
        {"a/b; x=1\\;y=2; z=3", "a/b|x=1;y=2|z=3"},
        {"a/b; =1 *=2 x=3", "a/b|x=3"},
        {"a/b; x*1=2; x*0=1; y=3", "a/b|x=12|y=3"},
        {"a/b; x=1; y=2; x=3", "a/b|x=1|y=2"},
        {"a/b; x=(c)1", "a/b|x=1"},
    };
    struct message m = {.arena = arena, .limits = &MAIL_LIMITS};
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct param_field f = {0};
        params_read(&m, 0, slice_str(CASES[i].field), &f);
        struct buf got = BUF_INIT(4096);
        buf_add(&got, f.first);
        for (const struct param *p = f.params; p; p = p->next)
            buf_printf(&got, "|%.*s=%.*s", SLICE_ARG(p->name), SLICE_ARG(p->value));
        if (!slice_eq(buf_slice(&got), slice_str(CASES[i].want)))
            fail_msg("%s: got %s, want %s", CASES[i].field, buf_cstr(&got), CASES[i].want);
        buf_fini(&got);
    }
}

static void limit_counts_all(void **state)
{
    (void)state;
    static const char *const BEFORE[] = {";=x", ";*=x", " *=x", ";a=x", " a=x", ";flag"};
    for (size_t i = 0; i < sizeof(BEFORE) / sizeof(BEFORE[0]); i++) {
        struct message m = {.arena = arena, .limits = &MAIL_LIMITS};
        struct param_field f = {0};
        struct buf field = BUF_INIT(1 << 16);
        buf_str(&field, "a/b; z=y");
        for (size_t k = 0; k < MAIL_LIMITS.params * 2; k++)
            buf_str(&field, BEFORE[i]);
        params_read(&m, 0, buf_slice(&field), &f);
        assert_true(anomaly_has(&m.anomalies, ANOMALY_limit_params));
        buf_fini(&field);
    }
}

/* Steps for `piece` repeated to n bytes behind "a/b;". */
static size_t steps(const char *piece, size_t n)
{
    struct message m = {.arena = arena, .limits = &MAIL_LIMITS};
    struct param_field f = {0};
    struct buf field = BUF_INIT((size_t)1 << 20);
    buf_str(&field, "a/b;");
    while (field.n < n)
        buf_str(&field, piece);
    params_read(&m, 0, buf_slice(&field), &f);
    size_t result = f.steps;
    assert_true(result > 0);
    buf_fini(&field);
    arena_reset(arena);
    return result;
}

/* However a piece is repeated, bytes are looked at a small number of times, at any length. */
static void is_linear(void **state)
{
    (void)state;
    static const char *const PIECES[] = {
        ";=x x",
        "*=x ",
        " a=b",
        ";a=b c",
        "name=\"x\" ",
        "name=\"x",
        "name='x y;",
        "(",
        "()",
        "\\",
        "\\;",
        "\"",
        "=",
        " ",
        " \t",
        "=\"a\" (",
        "a*=b ",
        "filename*0=a ",
        "name=a (name=b) ",
        "a(",
        "a=\\ b=(",
    };
    for (size_t i = 0; i < sizeof(PIECES) / sizeof(PIECES[0]); i++)
        for (size_t n = 1000; n <= 128000; n *= 2)
            if (steps(PIECES[i], n) > 4 * n)
                fail_msg("\"%s\" to %zu bytes: %zu steps", PIECES[i], n, steps(PIECES[i], n));
}

/* Two hundred names, each another, are not compared with each other. */
static void many_names(void **state)
{
    (void)state;
    struct message m = {.arena = arena, .limits = &MAIL_LIMITS};
    struct param_field f = {0};
    struct buf field = BUF_INIT(1 << 16);
    buf_str(&field, "a/b");
    for (int i = 0; i < 200; i++)
        buf_printf(&field, ";%c%c=", 'a' + i / 26, 'a' + i % 26);
    params_read(&m, 0, buf_slice(&field), &f);
    size_t n = 0;
    for (const struct param *p = f.params; p; p = p->next)
        n++;
    assert_int_equal(n, 200);
    assert_true(f.steps < 3 * field.n);
    buf_fini(&field);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads, setup, teardown),
        cmocka_unit_test_setup_teardown(limit_counts_all, setup, teardown),
        cmocka_unit_test_setup_teardown(is_linear, setup, teardown),
        cmocka_unit_test_setup_teardown(many_names, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
