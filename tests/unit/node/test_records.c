/* node/records and node/mailer's packing: what is packed comes back; what is cut is refused. */
#include "node/mailer.h"
#include "node/records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct record_scan a_scan(void)
{
    return (struct record_scan){.id = SLICE("0189aaaa-bbbb-7ccc-8ddd-eeeeffff0000"),
                                .at_us = 5,
                                .microseconds = 77,
                                .size = 1234,
                                .side = SIDE_SPAM,
                                .action = ACTION_QUARANTINE,
                                .mail_class = CLASS_PHISHING,
                                .score = 7.25,
                                .probability = 0.99,
                                .from = SLICE("a@example.org"),
                                .subject = SLICE("hello"),
                                .client_ip = SLICE("192.0.2.1"),
                                .queue_id = SLICE("ABC"),
                                .rcpts = SLICE("x@example.net"),
                                .json = SLICE("{}"),
                                .facts = SLICE("facts")};
}

/* Every shorter piece and every longer one is refused. */
#define CHECK_CUTS(b, call)                      \
    for (size_t n = 0; n < (b).n; n++) {         \
        struct slice bytes = slice_of((b).p, n); \
        assert_false(call);                      \
    }

static void scans(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(10000);
    struct record_scan in = a_scan(), out;
    record_pack_scan(&b, &in);
    assert_true(record_unpack_scan(buf_slice(&b), &out));
    assert_true(slice_eq(out.id, in.id) && slice_eq(out.subject, in.subject) &&
                slice_eq(out.json, in.json) && slice_eq(out.facts, in.facts));
    assert_int_equal(out.size, 1234);
    assert_int_equal(out.mail_class, CLASS_PHISHING);
    assert_true(out.score > 7.24 && out.score < 7.26);
    CHECK_CUTS(b, record_unpack_scan(bytes, &out));
    buf_chr(&b, 'x');
    assert_false(record_unpack_scan(buf_slice(&b), &out));
    buf_reset(&b);
    in.action = ACTIONS; /* out of range */
    record_pack_scan(&b, &in);
    assert_false(record_unpack_scan(buf_slice(&b), &out));
    buf_reset(&b);
    char long_facts[FACTS_BYTES + 1] = {0};
    in = a_scan();
    in.facts = slice_of(long_facts, sizeof long_facts);
    record_pack_scan(&b, &in);
    assert_false(record_unpack_scan(buf_slice(&b), &out));
    buf_fini(&b);
}

static void holds_and_lessons(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf b = BUF_INIT(10000);
    struct slice rcpt[2] = {SLICE("x@example.net"), SLICE("y@example.net")};
    struct record_hold in = {.scan = a_scan(),
                             .mail_from = SLICE("m@example.org"),
                             .rcpt = rcpt,
                             .n_rcpt = 2,
                             .raw = SLICE("Subject: x\n\n\0y")},
                       out;
    record_pack_hold(&b, &in);
    assert_true(record_unpack_hold(a, buf_slice(&b), &out));
    assert_int_equal(out.n_rcpt, 2);
    assert_true(slice_eq(out.rcpt[1], rcpt[1]) && slice_eq(out.raw, in.raw));
    CHECK_CUTS(b, record_unpack_hold(a, bytes, &out));
    for (int label = -1; label <= 1; label++) {
        struct record_lesson l = {.who = {.token = SLICE("t"), .is_local_peer = true, .uid = 7},
                                  .label = label,
                                  .user = SLICE("u"),
                                  .lesson = SLICE("bytes")},
                             back;
        buf_reset(&b);
        record_pack_lesson(&b, &l);
        assert_true(record_unpack_lesson(buf_slice(&b), &back));
        assert_int_equal(back.label, label);
        assert_int_equal(back.who.uid, 7);
        CHECK_CUTS(b, record_unpack_lesson(bytes, &back));
    }
    buf_fini(&b);
    arena_free(a);
}

static void orders(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf b = BUF_INIT(10000);
    struct slice rcpt = SLICE("x@example.net");
    struct mail_order in = {.rcpt = &rcpt, .n_rcpt = 1, .raw = SLICE("raw")}, out;
    mail_pack(&b, &in);
    assert_true(mail_unpack(a, buf_slice(&b), &out));
    assert_true(slice_eq(out.rcpt[0], rcpt) && slice_eq(out.raw, in.raw));
    CHECK_CUTS(b, mail_unpack(a, bytes, &out));
    struct mail_result r = {MAIL_REFUSED, SLICE("550 no")}, back;
    buf_reset(&b);
    mail_result_pack(&b, &r);
    assert_true(mail_result_unpack(buf_slice(&b), &back));
    assert_int_equal(back.outcome, MAIL_REFUSED);
    CHECK_CUTS(b, mail_result_unpack(bytes, &back));
    buf_fini(&b);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scans),
        cmocka_unit_test(holds_and_lessons),
        cmocka_unit_test(orders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
