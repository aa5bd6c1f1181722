/* ask: the fixed zone and its file. */
#include "ask/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const char FILE_TEXT[] =
    "{\"Example.org\": [{\"TXT\": [\"v=spf1 \", \"-all\"]}, {\"TXT\": \"other\"},"
    "                   {\"MX\": [10, \"mail.example.org\"]}, {\"MX\": [\"20\", \"\"]}, "
    "                   {\"A\": \"192.0.2.1\"}],"
    " \"deep.a.example.org\": [{\"AAAA\": \"2001:db8::1\"}],"
    " \"alias.example.org\": [{\"CNAME\": \"Example.ORG\"}],"
    " \"dangling.example.org\": [{\"CNAME\": \"gone.example.org\"}],"
    " \"one.loop\": [{\"CNAME\": \"two.loop\"}], \"two.loop\": [{\"CNAME\": \"one.loop\"}],"
    " \"slow.example\": [{\"A\": \"192.0.2.2\"}, \"TIMEOUT\"],"
    " \"part.example\": [{\"A\": \"SERVFAIL\"}, {\"TXT\": \"x\"}],"
    " \"spf.example\": [{\"SPF\": \"v=spf1\"}],"
    " \"none.example\": [{\"SPF\": \"v=spf1\"}, {\"TXT\": \"NONE\"}],"
    " \"signed.example\": [{\"secure\": true}, {\"TXT\": \"s\"}],"
    " \"forged.example\": \"BOGUS\", \"text.example\": \"plain\","
    " \"*.wild.example\": {\"A\": \"192.0.2.3\"}, \"there.wild.example\": {\"TXT\": \"t\"},"
    " \"_25._tcp.mail.example\": {\"TLSA\": \"3 1 1 00ff\"},"
    " \"caa.example\": {\"TYPE257\": \"\\\\# 2 0a0b\"}}";

static struct zone *zone_of(struct arena *a, const char *text)
{
    struct err e = {0};
    struct zone *z = NULL;
    if (zone_parse(a, slice_str(text), &e, &z) < 0)
        fail_msg("%s", e.text);
    return z;
}

static void looks(void **state)
{
    static const struct {
        const char *name;
        int type;
        enum ask_status status;
        size_t n;
        bool is_secure;
    } cases[] = {
        {"example.org", DNS_TXT, ASK_OK, 2, false},
        {"example.org", DNS_MX, ASK_OK, 2, false},
        {"example.org", DNS_AAAA, ASK_NODATA, 0, false},
        {"a.example.org", DNS_A, ASK_NODATA, 0, false}, /* empty non-terminal */
        {"org", DNS_A, ASK_NODATA, 0, false},
        {"", DNS_A, ASK_NODATA, 0, false},
        {"b.example.org", DNS_A, ASK_NXDOMAIN, 0, false},
        {"below.deep.a.example.org", DNS_A, ASK_NXDOMAIN, 0, false},
        {"alias.example.org", DNS_A, ASK_OK, 1, false},
        {"alias.example.org", DNS_CNAME, ASK_OK, 1, false},
        {"dangling.example.org", DNS_A, ASK_NXDOMAIN, 0, false},
        {"one.loop", DNS_A, ASK_FAILED, 0, false},
        {"slow.example", DNS_A, ASK_OK, 1, false},
        {"slow.example", DNS_TXT, ASK_TIMEOUT, 0, false},
        {"part.example", DNS_A, ASK_FAILED, 0, false},
        {"part.example", DNS_TXT, ASK_OK, 1, false},
        {"part.example", DNS_MX, ASK_NODATA, 0, false},
        {"spf.example", DNS_TXT, ASK_OK, 1, false},
        {"none.example", DNS_TXT, ASK_NODATA, 0, false},
        {"signed.example", DNS_TXT, ASK_OK, 1, true},
        {"signed.example", DNS_A, ASK_NODATA, 0, true},
        {"forged.example", DNS_TXT, ASK_BOGUS, 0, false},
        {"text.example", DNS_TXT, ASK_OK, 1, false},
        {"x.wild.example", DNS_A, ASK_OK, 1, false},
        {"x.y.wild.example", DNS_A, ASK_OK, 1, false},
        {"x.wild.example", DNS_TXT, ASK_NODATA, 0, false},
        {"there.wild.example", DNS_A, ASK_NODATA, 0, false},
        {"x.there.wild.example", DNS_A, ASK_NXDOMAIN, 0, false},
        {"_25._tcp.mail.example", DNS_TLSA, ASK_OK, 1, false},
        {"caa.example", 257, ASK_OK, 1, false},
    };
    (void)state;
    struct arena *a = arena_new(0);
    struct zone *z = zone_of(a, FILE_TEXT);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dns_answer got;
        zone_look(z, a, slice_str(cases[i].name), (enum dns_type)cases[i].type, &got);
        if (got.status != cases[i].status || got.n != cases[i].n ||
            got.is_secure != cases[i].is_secure)
            fail_msg("%s type %d: %s, %zu records, %s", cases[i].name, cases[i].type,
                     ask_status_name(got.status), got.n, got.is_secure ? "secure" : "insecure");
    }
    arena_free(a);
}

static void values(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct zone *z = zone_of(a, FILE_TEXT);
    struct ask *q = ask_new(a, NULL);
    struct slice got;
    unsigned preference;
    (void)ask_dns(q, SLICE("ALIAS.example.org"), DNS_TXT);
    (void)ask_dns(q, SLICE("example.org"), DNS_MX);
    (void)ask_dns(q, SLICE("_25._tcp.mail.example"), DNS_TLSA);
    assert_int_equal(zone_answer(z, q), 3);
    assert_int_equal(zone_answer(z, q), 0);
    const struct dns_answer *r = ask_dns(q, SLICE("alias.example.org"), DNS_TXT);
    assert_true(dns_txt(a, r->rdata[0], &got));
    assert_true(slice_eq(got, SLICE("v=spf1 -all")));
    r = ask_dns(q, SLICE("example.org"), DNS_MX);
    assert_true(dns_mx(a, r->rdata[0], &preference, &got));
    assert_int_equal(preference, 10);
    assert_true(slice_eq(got, SLICE("mail.example.org")));
    assert_true(dns_mx(a, r->rdata[1], &preference, &got)); /* null MX (RFC 7505) */
    assert_int_equal(got.n, 0);
    r = ask_dns(q, SLICE("_25._tcp.mail.example"), DNS_TLSA);
    assert_true(slice_eq(r->rdata[0], SLICE("\3\1\1\0\xff")));
    arena_free(a);
}

static void from_memory(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct zone *z = zone_new(a);
    char text[700];
    struct dns_answer got;
    struct slice joined;
    memset(text, 'k', sizeof(text));
    assert_true(zone_add(z, SLICE("long.example"), DNS_TXT, slice_of(text, sizeof(text))));
    zone_look(z, a, SLICE("long.example"), DNS_TXT, &got);
    assert_int_equal(got.rdata[0].n, sizeof(text) + 3);
    assert_true(dns_txt(a, got.rdata[0], &joined));
    assert_int_equal(joined.n, sizeof(text));
    assert_false(zone_add(z, SLICE("x.example"), DNS_A, SLICE("192.0.2.256")));
    assert_false(zone_add(z, SLICE("x.example"), DNS_MX, SLICE("mail.example")));
    assert_false(zone_add(z, SLICE("x..example"), DNS_A, SLICE("192.0.2.1")));
    assert_true(zone_add_status(z, SLICE("x.example"), DNS_A, ASK_TIMEOUT));
    zone_look(z, a, SLICE("x.example"), DNS_A, &got);
    assert_int_equal(got.status, ASK_TIMEOUT);
    arena_free(a);
}

static void refuses(void **state)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{\"a..b\": []}",
        "{\"a.b\": [{\"A\": \"x\"}]}",
        "{\"a.b\": [{\"WHAT\": \"x\"}]}",
        "{\"a.b\": [1]}",
        "{\"a.b\": [{\"TXT\": [1]}]}",
        "{\"a.b\": [{\"TYPE257\": \"\\\\# 3 0a0b\"}]}",
        "{\"a.b\": [{\"MX\": [70000, \"m.b\"]}]}",
        "{\"a.b\": {\"TLSA\": \"3 1 1 0\"}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct arena *a = arena_new(0);
        struct err e = {0};
        struct zone *z = NULL;
        if (zone_parse(a, slice_str(bad[i]), &e, &z) == 0)
            fail_msg("taken: %s", bad[i]);
        assert_true(e.text[0] != '\0');
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(looks), cmocka_unit_test(values),
                                       cmocka_unit_test(from_memory), cmocka_unit_test(refuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
