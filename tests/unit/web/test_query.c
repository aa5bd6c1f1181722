/* Pairs, cookies and addresses' buckets. */
#include "base/buf.h"
#include "web/query.h"
#include "web/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
    const char *raw;
    bool plus;
    const char *want;
} decoded[] = {
    {"a+b", true, "a b"},         {"a+b", false, "a+b"},       {"%41%42c", false, "ABc"},
    {"%zz%4", true, "%zz%4"},     {"x%00y", true, "xy"},       {"%ff", true, "\xef\xbf\xbd"},
    {"%c3%a9", true, "\xc3\xa9"}, {"%2e%2e%2f", false, "../"}, {"", true, ""}};

static void escapes_are_decoded_to_clean_text(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof(decoded) / sizeof(decoded[0]); i++)
        assert_string_equal(query_decode(a, slice_str(decoded[i].raw), decoded[i].plus),
                            decoded[i].want);
    arena_free(a);
}

static void pairs_come_in_order(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct query q = {0};
    assert_true(query_add(&q, a, SLICE("a=1&b=2&a=3&&c&d=%26%3d")));
    assert_string_equal(query_nth(&q, "a", 0), "1");
    assert_string_equal(query_nth(&q, "a", 1), "3");
    assert_null(query_nth(&q, "a", 2));
    assert_string_equal(query_nth(&q, "c", 0), "");
    assert_string_equal(query_nth(&q, "d", 0), "&=");
    struct buf many = BUF_INIT(65536);
    for (unsigned i = 0; i < QUERY_PAIRS + 1; i++)
        buf_str(&many, "x=1&");
    struct query full = {0};
    assert_false(query_add(&full, a, buf_slice(&many)));
    buf_fini(&many);
    arena_free(a);
}

static void cookies_are_found_by_their_whole_name(void **state)
{
    (void)state;
    struct slice field = SLICE("xmuster=no; muster=yes ; muster-lang=fr; empty=");
    assert_true(slice_eq(query_cookie(field, "muster"), SLICE("yes")));
    assert_true(slice_eq(query_cookie(field, "muster-lang"), SLICE("fr")));
    assert_int_equal(query_cookie(field, "empty").n, 0);
    assert_int_equal(query_cookie(field, "must").n, 0);
}

static void what_is_encoded_is_decoded_again(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf b = BUF_INIT(1000);
    query_encode(&b, SLICE("a b/?&=%\xc3\xa9"));
    assert_string_equal(buf_cstr(&b), "a%20b%2F%3F%26%3D%25%C3%A9");
    assert_string_equal(query_decode(a, buf_slice(&b), false), "a b/?&=%\xc3\xa9");
    buf_fini(&b);
    arena_free(a);
}

static void an_address_has_its_own_bucket(void **state)
{
    (void)state;
    struct rate *r = malloc(sizeof(*r));
    assert_non_null(r);
    rate_init(r, 1.0, 5.0);
    for (int i = 0; i < 5; i++)
        assert_true(rate_take(r, SLICE("192.0.2.1"), 1.0, 1000000));
    assert_false(rate_take(r, SLICE("192.0.2.1"), 1.0, 1000000));
    assert_true(rate_take(r, SLICE("192.0.2.2"), 1.0, 1000000));
    assert_true(rate_take(r, SLICE("192.0.2.1"), 1.0, 2000000)); /* a second later: one more */
    assert_false(rate_take(r, SLICE("192.0.2.1"), 1.0, 2000000));
    /* One /64 is one visitor. */
    assert_true(rate_take(r, SLICE("2001:db8::1"), 5.0, 2000000));
    assert_false(rate_take(r, SLICE("2001:db8::2"), 1.0, 2000000));
    assert_true(rate_take(r, SLICE("2001:db8:0:1::1"), 1.0, 2000000));
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_are_decoded_to_clean_text),
        cmocka_unit_test(pairs_come_in_order),
        cmocka_unit_test(cookies_are_found_by_their_whole_name),
        cmocka_unit_test(what_is_encoded_is_decoded_again),
        cmocka_unit_test(an_address_has_its_own_bucket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
