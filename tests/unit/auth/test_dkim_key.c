/* Key records: what makes one usable, what does not, and the cache. */
#include "auth/dkim_key.h"
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define ED "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

static void records(void **state)
{
    (void)state;
    static const struct {
        const char *record, *why; /* a part of the reason; NULL: usable */
        bool is_weak;
    } rows[] = {
        {"v=DKIM1; k=ed25519; p=" ED, NULL, false},
        {"k=ed25519;p=" ED ";", NULL, false},
        {"v=DKIM1;k=ed25519;h=sha1:sha256;s=email;t=y:s;n=note;zz=1;p=" ED, NULL, false},
        {"k=ed25519; v=DKIM1; p=" ED, "version", false},
        {"v=DKIM2; k=ed25519; p=" ED, "version", false},
        {"v=DKIM1: k=ed25519; p=" ED, "version", false},
        {"v=DKIM1; k=ed25519-sha256; p=" ED, "type", false},
        {"v=DKIM1; k=ed25519; h=sha1; p=" ED, "SHA-256", false},
        {"v=DKIM1; k=ed25519; s=tlsrpt; p=" ED, "not for mail", false},
        {"v=DKIM1; k=ed25519; p=", "revoked", false},
        {"v=DKIM1; k=ed25519", "no p=", false},
        {"v=DKIM1; k=ed25519; p=" ED "; p=" ED, "twice", false},
        {"v=DKIM1; k=ed25519; p=!!!", "base64", false},
        {"v=DKIM1; k=ed25519; p=AAAA", "32", false},
        {"v=DKIM1; p=" ED, "no RSA key", false},
        {"v=DKIM1; p=MDwwDQYJKoZIhvcNAQEBBQADKwAwKAIhAMd2WpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdR"
         "AgMBAAE=",
         "256 bits", true},
        {"", "no p=", false},
        {"nonsense", "no tag", false},
    };
    struct arena *a = arena_new(0);
    dkim_key_forget();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dkim_key k;
        dkim_key_read(a, slice_str(rows[i].record), &k);
        if (rows[i].why == NULL) {
            assert_null(k.why);
            assert_non_null(k.key);
            continue;
        }
        assert_null(k.key);
        if (strstr(k.why, rows[i].why) == NULL)
            fail_msg("row %zu: \"%s\" does not say \"%s\"", i, k.why, rows[i].why);
        assert_int_equal(k.is_weak, rows[i].is_weak);
    }
    arena_free(a);
    dkim_key_forget();
}

/* An RSAPublicKey of that many bits in base64, made up; the size is judged before the numbers. */
static struct slice rsa_record(struct arena *a, size_t bytes, size_t e_bytes)
{
    struct buf der = BUF_INIT(100000), out = BUF_INIT(200000);
    size_t inner = 4 + bytes + 1 + 2 + e_bytes;
    buf_printf(&der, "%c%c%c%c%c%c%c%c%c", 0x30, 0x82, (int)(inner >> 8), (int)(inner & 255), 2,
               0x82, (int)((bytes + 1) >> 8), (int)((bytes + 1) & 255), 0);
    for (size_t i = 0; i < bytes; i++)
        buf_chr(&der, (char)0xFF);
    buf_chr(&der, 2);
    buf_chr(&der, (char)e_bytes);
    for (size_t i = 0; i < e_bytes; i++)
        buf_chr(&der, i == 0 ? 1 : (char)(i == e_bytes - 1));
    static const char abc[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    buf_str(&out, "v=DKIM1; p=");
    for (size_t i = 0; i < der.n; i += 3) {
        unsigned v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (i + k < der.n ? (unsigned char)der.p[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            buf_chr(&out, i + k > der.n ? '=' : abc[v >> (18 - 6 * k) & 63]);
    }
    struct slice record = arena_dup(a, buf_slice(&out));
    buf_fini(&der);
    buf_fini(&out);
    return record;
}

static void sizes(void **state)
{
    (void)state;
    static const struct {
        size_t bytes, e_bytes;
        const char *why;
    } rows[] = {
        {128, 3, NULL},          {256, 3, NULL},
        {512, 3, NULL},          {1024, 3, NULL},
        {127, 3, "1016 bits"},   {1040, 3, "8320 bits"},
        {2048, 3, "16384 bits"}, {256, 9, "no honest key"},
        {256, 1, "exponent 1"},  {8192, 3, "bytes long"},
    };
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dkim_key k;
        dkim_key_read(a, rsa_record(a, rows[i].bytes, rows[i].e_bytes), &k);
        if (rows[i].why == NULL)
            assert_null(k.why);
        else if (k.why == NULL || strstr(k.why, rows[i].why) == NULL)
            fail_msg("row %zu: \"%s\"", i, k.why ? k.why : "usable");
    }
    arena_free(a);
    dkim_key_forget();
}

static void cache(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct dkim_key k;
    dkim_key_forget();
    uint64_t before = dkim_key_count();
    for (int i = 0; i < 5; i++) {
        dkim_key_read(a, SLICE("v=DKIM1; t=y:s; k=ed25519; p=" ED), &k);
        assert_int_equal(k.was_cached, i > 0);
        assert_true(k.is_testing && k.is_same_domain);
    }
    dkim_key_read(a, SLICE("v=DKIM1; t=y:s; k=ed25519;  p=" ED), &k);
    assert_false(k.was_cached);
    dkim_key_read(a, SLICE("v=DKIM1; p="), &k);
    dkim_key_read(a, SLICE("v=DKIM1; p="), &k);
    assert_false(k.was_cached);
    assert_int_equal(dkim_key_count() - before, 4);
    for (int i = 0; i < 2000; i++) /* more than it holds */
        dkim_key_read(a, arena_printf(a, "k=ed25519; n=%d; p=" ED, i), &k);
    assert_non_null(k.key);
    arena_free(a);
    dkim_key_forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(records), cmocka_unit_test(sizes),
                                       cmocka_unit_test(cache)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
