/* Fingerprints: near copies match, others don't, epochs part. */
#include "desk/fingerprint.h"

#include "base/buf.h"
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* n words of a made-up text; `change` of 100 words are others, chosen by seed. */
static struct slice words(struct arena *a, unsigned text, unsigned n, unsigned change,
                          unsigned seed)
{
    struct buf b = BUF_INIT(1 << 20);
    for (unsigned i = 0; i < n; i++) {
        unsigned t = hash_mix(seed * 7919u + i) % 100 < change ? seed + 1000 : text;
        buf_printf(&b, "w%c%c%c ", (int)('a' + hash_mix(t * 100003u + i) % 26),
                   (int)('a' + hash_mix(t * 100003u + i + 7) % 26),
                   (int)('a' + hash_mix(t * 100003u + i + 99) % 26));
    }
    struct slice s = arena_dup(a, buf_slice(&b));
    buf_fini(&b);
    return s;
}

static struct desk_likeness like(struct arena *a, struct slice x, struct slice y)
{
    struct desk_print px, py;
    struct desk_grams g;
    struct desk_likeness l;
    desk_print_make(a, x, 3, &px, NULL);
    desk_print_make(a, y, 3, &py, &g);
    desk_print_match(&px, &py, &g, &l);
    return l;
}

static void test_copies(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct slice x = words(a, 1, 200, 0, 0);
    assert_true(like(a, x, x).weight >= 1.0);
    assert_true(like(a, x, words(a, 1, 200, 10, 5)).is_match);
    assert_false(like(a, x, words(a, 2, 200, 0, 0)).is_match);
    /* padded with three times as much of something else: F2 finds it inside */
    struct slice padded = arena_printf(a, "%.*s %.*s", SLICE_ARG(words(a, 9, 600, 0, 0)),
                                       SLICE_ARG(x));
    struct desk_likeness l = like(a, x, padded);
    assert_true(l.is_match && l.f2 >= DESK_F2_MATCH);
    arena_free(a);
}

static void test_numbers_case_and_epochs(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct desk_print x, y;
    struct desk_likeness l;
    desk_print_make(a, SLICE("Your Order 1234 of 7 Items is on ITS way to you"), 3, &x, NULL);
    desk_print_make(a, SLICE("your order 98 of 12345 items is on its way to YOU!"), 3, &y, NULL);
    assert_true(x.exact && x.exact == y.exact);
    assert_int_equal(x.tokens, 0);
    desk_print_make(a, SLICE("your order 98 of 12345 items is on its way to YOU!"), 4, &y, NULL);
    desk_print_match(&x, &y, NULL, &l);
    assert_false(l.is_match);
    desk_print_make(a, SLICE("Hello"), 3, &x, NULL);
    assert_true(x.exact == 0);
    arena_free(a);
}

static void test_scripts_without_spaces(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf b = BUF_INIT(1 << 16), c = BUF_INIT(1 << 16);
    for (unsigned i = 0; i < 120; i++) {
        unsigned code = 0x4E00 + (unsigned)(hash_mix(i + 1) % 3000);
        buf_printf(&b, "%c%c%c", (int)(0xE0 | code >> 12), (int)(0x80 | (code >> 6 & 63)),
                   (int)(0x80 | (code & 63)));
    }
    buf_str(&c, "\xe5\xb0\x8a\xe6\x95\xac\xe7\x9a\x84"); /* another salutation */
    buf_add(&c, buf_slice(&b));
    assert_true(like(a, buf_slice(&b), buf_slice(&c)).is_match);
    buf_fini(&b);
    buf_fini(&c);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_copies),
                                       cmocka_unit_test(test_numbers_case_and_epochs),
                                       cmocka_unit_test(test_scripts_without_spaces)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
