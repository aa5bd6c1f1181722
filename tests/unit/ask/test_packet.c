/* ask: DNS messages as they come from the wire, and batches between processes. */
#include "ask/batch.h"
#include "ask/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void same(struct slice got, const char *want)
{
    if (!slice_eq(got, slice_str(want)))
        fail_msg("got \"%.*s\", want \"%s\"", SLICE_ARG(got), want);
}

/* Head with rcode and counts, then "www.example" type `t` class IN at offset 12. */
#define HEAD(rcode, answers, authority) "\x12\x34\x81" rcode "\0\1\0" answers "\0" authority "\0\0"
#define ASKED(t)                        "\3www\7example\0\0" t "\0\1"
#define AT_WWW                          "\xc0\x0c"
#define AT_EXAMPLE                      "\xc0\x10"
#define RR(t, ttl)                      "\0" t "\0\1\0\0\0" ttl

static const struct {
    const char *label;
    struct slice packet;
    enum dns_type type;
    enum ask_status status;
    size_t n;
    uint32_t ttl;
} cases[] = {
    {"A",
     {"" HEAD("\x80", "\2", "\0") ASKED("\1")
          AT_WWW RR("\1", "\x3c") "\0\4\300\0\2\1" AT_WWW RR("\1", "\x1e") "\0\4\300\0\2\2",
      12 + 17 + 32},
     DNS_A,
     ASK_OK,
     2,
     30},
    {"alias, then its target",
     {"" HEAD("\x80", "\2", "\0") ASKED("\1")
          AT_WWW RR("\5", "\x14") "\0\4\1x\xc0\x10"
                                  "\1x\xc0\x10" RR("\1", "\x3c") "\0\4\300\0\2\1",
      12 + 17 + 16 + 18},
     DNS_A,
     ASK_OK,
     1,
     20},
    {"alias to itself",
     {"" HEAD("\x80", "\1", "\0") ASKED("\1") AT_WWW RR("\5", "\x14") "\0\2\xc0\x0c", 12 + 17 + 14},
     DNS_A,
     ASK_FAILED,
     0,
     0},
    {"another name's record is not ours",
     {"" HEAD("\x80", "\1", "\0") ASKED("\1") AT_EXAMPLE RR("\1", "\x14") "\0\4\300\0\2\1",
      12 + 17 + 16},
     DNS_A,
     ASK_NODATA,
     0,
     0},
    {"MX, compressed",
     {"" HEAD("\x80", "\1", "\0") ASKED("\17") AT_WWW RR("\17", "\x14") "\0\6\0\12\1m\xc0\x10",
      12 + 17 + 18},
     DNS_MX,
     ASK_OK,
     1,
     20},
    {"nothing, with SOA",
     {"" HEAD("\x80", "\0", "\1") ASKED("\20")
          AT_EXAMPLE RR("\6", "\x64") "\0\30\xc0\x10\xc0\x10"
                                      "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\x32",
      12 + 17 + 12 + 24},
     DNS_TXT,
     ASK_NODATA,
     0,
     50},
    {"a referral says nothing",
     {"" HEAD("\x80", "\0", "\1") ASKED("\20") "\0" RR("\2", "\x64") "\0\3\1a\0", 12 + 17 + 14},
     DNS_TXT,
     ASK_FAILED,
     0,
     0},
    {"NXDOMAIN", {"" HEAD("\x83", "\0", "\0") ASKED("\20"), 12 + 17}, DNS_TXT, ASK_NXDOMAIN, 0, 0},
    {"SERVFAIL", {"" HEAD("\x82", "\0", "\0") ASKED("\20"), 12 + 17}, DNS_TXT, ASK_FAILED, 0, 0},
    {"REFUSED", {"" HEAD("\x85", "\0", "\0") ASKED("\20"), 12 + 17}, DNS_TXT, ASK_FAILED, 0, 0},
    {"a count that lies",
     {"" HEAD("\x80", "\7", "\0") ASKED("\1"), 12 + 17},
     DNS_A,
     ASK_FAILED,
     0,
     0},
    {"a pointer forwards",
     {"" HEAD("\x80", "\1", "\0") ASKED("\1") "\xc0\x7f" RR("\1", "\x14") "\0\4\300\0\2\1",
      12 + 17 + 16},
     DNS_A,
     ASK_FAILED,
     0,
     0},
    {"a pointer to itself",
     {"" HEAD("\x80", "\1", "\0") ASKED("\1") "\xc0\x1d" RR("\1", "\x14") "\0\4\300\0\2\1",
      12 + 17 + 16},
     DNS_A,
     ASK_FAILED,
     0,
     0},
    {"data past the end",
     {"" HEAD("\x80", "\1", "\0") ASKED("\1") AT_WWW RR("\1", "\x14") "\0\5\300\0\2\1",
      12 + 17 + 16},
     DNS_A,
     ASK_FAILED,
     0,
     0},
    {"MX too short",
     {"" HEAD("\x80", "\1", "\0") ASKED("\17") AT_WWW RR("\17", "\x14") "\0\1\0", 12 + 17 + 13},
     DNS_MX,
     ASK_FAILED,
     0,
     0},
    {"too short", {"\0\0\0", 3}, DNS_A, ASK_FAILED, 0, 0},
};

static void packets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arena *a = arena_new(0);
        struct dns_answer got;
        packet_read(a, cases[i].packet, SLICE("www.example"), cases[i].type, &got);
        if (got.status != cases[i].status || got.n != cases[i].n || got.ttl != cases[i].ttl)
            fail_msg("%s: %s, %zu records, ttl %u", cases[i].label, ask_status_name(got.status),
                     got.n, got.ttl);
        arena_free(a);
    }
}

static void data(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct dns_answer got;
    struct slice name;
    unsigned preference;
    packet_read(a, cases[0].packet, SLICE("www.example"), DNS_A, &got);
    assert_memory_equal(got.rdata[1].p, "\300\0\2\2", 4);
    packet_read(a, cases[4].packet, SLICE("www.example"), DNS_MX, &got);
    assert_true(dns_mx(a, got.rdata[0], &preference, &name));
    assert_int_equal(preference, 10);
    same(name, "m.example");
    packet_read(a, cases[1].packet, SLICE("www.example"), DNS_CNAME, &got);
    assert_int_equal(got.n, 1);
    assert_true(dns_name(a, got.rdata[0], &name));
    same(name, "x.example");
    for (size_t n = 0; n < cases[5].packet.n; n++) /* cut anywhere: no answer, no harm */
        packet_read(a, slice_head(cases[5].packet, n), SLICE("www.example"), DNS_TXT, &got);
    arena_free(a);
}

static void batches(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct ask *q = ask_new(a, NULL);
    struct buf b = BUF_INIT(100000);
    struct batch got;
    (void)ask_dns(q, SLICE("One.example"), DNS_TXT);
    (void)ask_dns(q, SLICE(""), DNS_NS);
    assert_int_equal(batch_pack(&b, q, 1234), 2);
    assert_true(batch_unpack(a, buf_slice(&b), &got));
    assert_int_equal(got.wait_ms, 1234);
    assert_int_equal(got.n, 2);
    same(got.questions[0].name, "one.example");
    assert_int_equal(got.questions[1].type, DNS_NS);
    for (size_t n = 0; n < b.n; n++)
        (void)batch_unpack(a, slice_head(buf_slice(&b), n), &got);
    b.p[4 + 8 + 4] = 'O'; /* a name that is not folded was not made by us */
    assert_false(batch_unpack(a, buf_slice(&b), &got));

    struct slice rdata[2] = {SLICE("\1a"), SLICE("\1b")};
    struct dns_answer full = {.status = ASK_OK,
                              .is_secure = true,
                              .is_stale = true,
                              .ttl = 9,
                              .n = 2,
                              .rdata = rdata},
                      none = {.status = ASK_BOGUS, .detail = "forged"};
    buf_reset(&b);
    batch_pack_answer(&b, 1, &none);
    batch_pack_answer(&b, 0, &full);
    batch_pack_answer(&b, 5, &full);
    for (size_t n = 1; n < b.n; n++) {
        struct arena *other = arena_new(0);
        struct ask *cut = ask_new(other, NULL);
        (void)batch_take(cut, slice_head(buf_slice(&b), n));
        arena_free(other);
    }
    assert_int_equal(batch_take(q, buf_slice(&b)), 3);
    assert_false(ask_is_pending(q));
    const struct dns_answer *x = ask_dns(q, SLICE("one.example"), DNS_TXT);
    assert_int_equal(x->n, 2);
    assert_true(x->is_secure && x->is_stale);
    same(x->rdata[1], "\1b");
    x = ask_dns(q, SLICE("."), DNS_NS);
    assert_int_equal(x->status, ASK_BOGUS);
    assert_string_equal(x->detail, "forged");
    assert_int_equal(batch_take(q, SLICE("\1\2\3")), -1);
    buf_fini(&b);
    arena_free(a);
}

/* More than fits one message goes in several; after a restart all that is open goes again. */
static void many(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct ask *q = ask_new(a, &(struct ask_limits){.questions = 1000});
    struct buf b = BUF_INIT(200000);
    for (int i = 0; i < 600; i++)
        (void)ask_dns(q, arena_printf(a, "n%d.example", i), DNS_A);
    assert_int_equal(batch_pack(&b, q, 1), BATCH_MOST);
    assert_int_equal(batch_pack(&b, q, 1), 600 - BATCH_MOST);
    assert_int_equal(batch_pack(&b, q, 1), 0);
    struct dns_answer x = {.status = ASK_NODATA};
    ask_answered(q, 3, &x);
    ask_send_again(q);
    assert_int_equal(ask_waiting(q), 0);
    assert_true(ask_is_pending(q));
    buf_reset(&b);
    assert_int_equal(batch_pack(&b, q, 1), BATCH_MOST);
    assert_int_equal(batch_pack(&b, q, 1), 599 - BATCH_MOST);
    buf_fini(&b);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(packets), cmocka_unit_test(data),
                                       cmocka_unit_test(batches), cmocka_unit_test(many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
