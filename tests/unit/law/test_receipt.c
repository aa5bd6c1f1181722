/* Consent receipts: made, read, verified; every change is noticed. */
#include "law/receipt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static const struct receipt consent = {.address = {"Ann@Example.org", 15},
                                       .sender = {"Seifen Lange GmbH", 17},
                                       .what = {"Rundbrief", 9},
                                       .basis = {"express", 7},
                                       .when = {"2026-03-01", 10},
                                       .how = {"form, \"confirmed\"\n", 18},
                                       .text = {"Ja, \xC3\xBC", 6}};

static struct receipt_key fixed_key(unsigned char seed)
{
    struct receipt_key k, pem;
    struct buf b = BUF_INIT(1024);
    struct err e;
    memset(k.seed, seed, sizeof k.seed);
    receipt_key_pem(&k, true, &b);
    assert_int_equal(receipt_key_read(buf_slice(&b), &e, &pem), 0); /* derives the public half */
    buf_fini(&b);
    return pem;
}

static void keys(void **state)
{
    (void)state;
    struct receipt_key k = fixed_key(7), back;
    struct buf b = BUF_INIT(1024);
    struct err e;
    receipt_key_pem(&k, false, &b);
    assert_int_equal(receipt_key_read(buf_slice(&b), &e, &back), 0);
    assert_false(back.is_secret);
    assert_memory_equal(back.public, k.public, 32);
    assert_int_equal(receipt_key_read(slice_head(buf_slice(&b), 60), &e, &back), ERR_PARSE);
    assert_int_equal(receipt_key_read(SLICE(""), &e, &back), ERR_PARSE);
    assert_int_equal(
        receipt_key_read(SLICE("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END"), &e, &back),
        ERR_PARSE);
    receipt_key_make(&back);
    assert_memory_not_equal(back.public, k.public, 32);
    buf_fini(&b);
}

static void round_trip(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct receipt_key k = fixed_key(7), other = fixed_key(8);
    struct buf b = BUF_INIT(RECEIPT_MOST), again = BUF_INIT(RECEIPT_MOST);
    struct receipt r;
    struct err e;
    assert_int_equal(receipt_make(&consent, &k, &e, &b), 0);
    assert_int_equal(receipt_make(&consent, &k, &e, &again), 0);
    assert_true(slice_eq(buf_slice(&b), buf_slice(&again))); /* the same input, the same bytes */
    assert_true(slice_ifind(buf_slice(&b), SLICE("ann@")) == SIZE_MAX);
    struct slice line = slice_trim(buf_slice(&b));
    assert_int_equal(receipt_read(a, line, &e, &r), 0);
    assert_true(slice_eq(r.how, consent.how));
    assert_true(slice_eq(r.text, consent.text));
    assert_true(receipt_is_signed(line, &r, NULL));
    assert_true(receipt_is_signed(line, &r, &k));
    assert_false(receipt_is_signed(line, &r, &other));
    assert_true(receipt_is_about(&r, SLICE(" ann@example.ORG ")));
    assert_false(receipt_is_about(&r, SLICE("bob@example.org")));
    buf_fini(&b);
    buf_fini(&again);
    arena_free(a);
}

/* Any single byte changed: it can't be read any more, or the signature does not fit. */
static void tampering(void **state)
{
    (void)state;
    struct receipt_key k = fixed_key(7);
    struct buf b = BUF_INIT(RECEIPT_MOST);
    struct err e;
    assert_int_equal(receipt_make(&consent, &k, &e, &b), 0);
    size_t n = b.n - 1;
    for (size_t i = 0; i < n; i++) {
        struct arena *a = arena_new(0);
        struct receipt r;
        char old = b.p[i];
        b.p[i] = (char)(old ^ 1);
        bool ok = receipt_read(a, slice_head(buf_slice(&b), n), &e, &r) == 0 &&
                  receipt_is_signed(slice_head(buf_slice(&b), n), &r, &k);
        if (ok)
            fail_msg("a change of byte %zu is not noticed", i);
        b.p[i] = old;
        arena_free(a);
    }
    buf_fini(&b);
}

static void refusals(void **state)
{
    (void)state;
    struct receipt_key k = fixed_key(7), public = k;
    struct buf b = BUF_INIT(RECEIPT_MOST);
    struct err e;
    struct receipt r = consent;
    r.how = (struct slice){0};
    assert_int_equal(receipt_make(&r, &k, &e, &b), ERR_USAGE);
    r = consent;
    r.address = SLICE("ann");
    assert_int_equal(receipt_make(&r, &k, &e, &b), ERR_USAGE);
    public.is_secret = false;
    assert_int_equal(receipt_make(&consent, &public, &e, &b), ERR_USAGE);
    assert_int_equal(b.n, 0);
    struct arena *a = arena_new(0);
    static const char *const bad[] = {"", "{}", "{\"sig\":\"00\"}", "null", "[[[[["};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(receipt_read(a, slice_str(bad[i]), &e, &r), ERR_PARSE);
    arena_free(a);
    buf_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys), cmocka_unit_test(round_trip),
                                       cmocka_unit_test(tampering), cmocka_unit_test(refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
