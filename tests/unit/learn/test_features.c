/* Features: what is never looked at, what each set leaves out, lessons as bytes. */
#include "mail.h"

static void test_skipped(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool is_skipped;
    } cases[] = {
        {"X-Spam-Status", true},
        {"x-spam-level", true},
        {"X-Old-Spam-Flag", true},
        {"X-Barracuda-Score", true},
        {"X-IronPort-AV", true},
        {"X-PerlMx-Spam", true},
        {"X-NAI-Spam-Flag", true},
        {"X-RC-Spam", true},
        {"X-Foo-MailScanner", true},
        {"X-Virus-Scanned", true},
        {"X-MS-Exchange-X", true},
        {"X-EOPAttributedMessage", true},
        {"X-SID-PRA", true},
        {"X-IncomingTopHeader", true},
        {"X-Sender-IP", true},
        {"X-Microsoft-Antispam", true},
        {"X-Message-Info", true},
        {"X-Forefront-Antispam", true},
        {"X-Acme-Spam-Score", true},
        {"X-Muster-Score", true},
        {"Delivered-To", true},
        {"Status", true},
        {"Content-Length", true},
        {"Lines", true},
        {"X-UID", true},
        {"Authentication-Results", true},
        {"From", false},
        {"Subject", false},
        {"List-Id", false},
        {"X-Mailer", false},
        {"Received", false},
        {"DKIM-Signature", false},
        {"Reply-To", false},
        {"User-Agent", false},
        {"", false},
    };
    for (int round = 0; round < 2; round++) { /* the second from memory */
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
            assert_int_equal(features_header_class(slice_str(cases[i].name)) == HEADER_SKIPPED,
                             cases[i].is_skipped);
    }
    assert_int_equal(features_header_class(SLICE("received")), HEADER_TRACE);
    assert_int_equal(features_header_class(SLICE("Subject")), HEADER_SUBJECT);
}

static struct features extract(struct arena *a, const char *raw, enum feature_set set)
{
    struct features f = {0};
    features_extract(a, message_parse(a, slice_str(raw), NULL), NULL, set, &f);
    return f;
}

static bool same(const struct features *x, const struct features *y)
{
    for (int c = 0; c < CHANNELS; c++) {
        if (x->n[c] != y->n[c] || memcmp(x->of[c], y->of[c], x->n[c] * 4) != 0)
            return false;
    }
    return true;
}

#define BODY "\r\n\r\nsome words of text that people wrote\r\n"
#define BASE "From: a@b.example\r\nSubject: hello there"

/* Structure features see the raw size in powers of two, so the cases stay within one. */
static void test_sets(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    static const struct {
        const char *x, *y;
        enum feature_set set;
        bool is_same;
    } cases[] = {
        {"X-Spam-Flag: YES\r\n" BASE BODY, "X-Spam-Flag: NO!\r\n" BASE BODY, FEATURES_ALL, true},
        {"X-Mailer: abcd\r\n" BASE BODY, "X-Mailer: wxyz\r\n" BASE BODY, FEATURES_ALL, false},
        {"Received: from abc.example\r\n" BASE BODY, "Received: from xyz.example\r\n" BASE BODY,
         FEATURES_ALL, false},
        {"Received: from abc.example\r\n" BASE BODY, "Received: from xyz.example\r\n" BASE BODY,
         FEATURES_NO_TRACE, true},
        {"X-Mailer: abcd\r\n" BASE BODY, "X-Mailer: wxyz\r\n" BASE BODY, FEATURES_TEXT, true},
        {BASE " one" BODY, BASE " two" BODY, FEATURES_TEXT, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct features x = extract(a, cases[i].x, cases[i].set);
        struct features y = extract(a, cases[i].y, cases[i].set);
        assert_int_equal(same(&x, &y), cases[i].is_same);
    }
    arena_free(a);
}

static void test_bounds(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf b = BUF_INIT(4u << 20);
    uint64_t r = 5;
    for (int i = 0; i < 4000; i++)
        buf_printf(&b, "Received: %llx.%llx@%llx.example\r\n", (unsigned long long)rand_next(&r),
                   (unsigned long long)rand_next(&r), (unsigned long long)rand_next(&r));
    buf_str(&b, "\r\n");
    for (int i = 0; i < 20000; i++)
        buf_printf(&b, "%llx ", (unsigned long long)rand_next(&r));
    struct features f = extract(a, buf_cstr(&b), FEATURES_ALL);
    assert_int_equal(f.n[CHANNEL_TAGS], FEATURES_MAX);
    for (int c = 0; c < CHANNELS; c++) {
        assert_true(f.n[c] <= FEATURES_MAX);
        assert_true(f.n_first[c] <= f.n[c]);
    }
    f = extract(a, "", FEATURES_ALL);
    assert_int_equal(f.n[CHANNEL_TEXT], 0);
    buf_fini(&b);
    arena_free(a);
}

static void test_lesson_bytes(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf b = BUF_INIT(1u << 16), again = BUF_INIT(1u << 16);
    struct err e = {0};
    struct lesson l = make_lesson(a, make_mail(a, true, 1), LABEL_SPAM, TRUST_ADMIN), got;
    l.user = SLICE("ann@here.example");
    lesson_pack(&l, &b);
    assert_int_equal(lesson_unpack(a, buf_slice(&b), &e, &got), 0);
    lesson_pack(&got, &again);
    assert_true(slice_eq(buf_slice(&b), buf_slice(&again)));
    assert_memory_equal(l.digest, got.digest, 16);
    assert_true(slice_eq(got.user, l.user));
    assert_true(fingerprint_likeness(&l.fingerprint, &got.fingerprint) == 1.0);
    assert_int_equal(got.at_us, l.at_us);
    for (int c = 0; c < CHANNELS; c++)
        assert_int_equal(got.features.n[c], l.features.n[c]);
    /* Cut anywhere, or with more behind, it is refused. */
    for (size_t cut = 0; cut < b.n; cut++)
        assert_int_equal(lesson_unpack(a, slice_head(buf_slice(&b), cut), &e, &got), ERR_CORRUPT);
    buf_chr(&b, 0);
    assert_int_equal(lesson_unpack(a, buf_slice(&b), &e, &got), ERR_CORRUPT);
    buf_fini(&b);
    buf_fini(&again);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_skipped),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_lesson_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
