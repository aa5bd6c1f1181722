/* Good and broken domains: what is said about each. A case is a zone and lines "topic state words"
 * that must be among the items; a line that begins with "-" must not be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ask/zone.h"
#include "auth/dnscheck.h"
#include "base/json.h"
#include "base/lang.h"

#define KEY_1024                                                                      \
    "v=DKIM1; k=rsa; "                                                                \
    "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/" \
    "zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/"  \
    "NMqJ0fzfVjH4OuK"                                                                 \
    "hitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"

static const struct zone_case {
    const char *name, *zone, *selectors, *expect;
} CASES[] = {
    {"a good one",
     "{\"good.example\":[{\"secure\":true},{\"SOA\":\"NONE\"},{\"MX\":[10,\"mx.good.example\"]},"
     "{\"TXT\":\"v=spf1 mx -all\"}],"
     "\"mx.good.example\":[{\"secure\":true},{\"A\":\"198.51.100.1\"}],"
     "\"1.100.51.198.in-addr.arpa\":[{\"PTR\":\"mx.good.example\"}],"
     "\"ed._domainkey.good.example\":[{\"TXT\":\"v=DKIM1; k=ed25519; "
     "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"}],"
     "\"_dmarc.good.example\":[{\"TXT\":\"v=DMARC1; p=reject; rua=mailto:d@good.example\"}],"
     "\"_mta-sts.good.example\":[{\"TXT\":\"v=STSv1; id=20260101\"}],"
     "\"mta-sts.good.example\":[{\"A\":\"198.51.100.2\"}],"
     "\"_smtp._tls.good.example\":[{\"TXT\":\"v=TLSRPTv1; rua=mailto:t@good.example\"}],"
     "\"_25._tcp.mx.good.example\":[{\"secure\":true},{\"TLSA\":\"3 1 1 00112233445566778899aabbcc"
     "ddeeff00112233445566778899aabbccddeeff\"}]}",
     "ed",
     "domain ok signed\nmx ok mx.good.example\nreverse ok lead back\nspf ok forbids\n"
     "dkim ok ed._domainkey\ndmarc ok refuse\ntls-rpt ok t@good.example\ndane ok\n"
     "mta-sts note --fetch\n-spf warning\n-spf problem\n-dmarc warning\n-mx problem"},
    {"nothing at all", "{\"good.example\":[{\"A\":\"198.51.100.1\"}]}", "",
     "domain missing DNSSEC\nmx warning no MX\nspf missing no SPF\ndkim missing no DKIM\n"
     "dmarc missing anybody\n-mta-sts problem"},
    {"no such domain", "{\"other.example\":[{\"A\":\"198.51.100.1\"}]}", "",
     "domain problem does not exist"},
    {"a domain without mail",
     "{\"good.example\":[{\"MX\":[0,\".\"]},{\"TXT\":\"v=spf1 -all\"}],"
     "\"_dmarc.good.example\":[{\"TXT\":\"v=DMARC1; p=reject\"}]}",
     "",
     "mx ok takes no mail\nspf ok forbids\ndmarc warning nobody sends you\n-mta-sts missing\n"
     "-tls-rpt missing\n-dane missing"},
    {"null MX among others",
     "{\"good.example\":[{\"MX\":[0,\".\"]},{\"MX\":[5,\"a.good.example\"]}],"
     "\"a.good.example\":[{\"A\":\"198.51.100.1\"}]}",
     "", "mx problem besides"},
    {"broken hosts",
     "{\"good.example\":[{\"MX\":[1,\"alias.good.example\"]},{\"MX\":[2,\"gone.good.example\"]},"
     "{\"MX\":[3,\"inside.good.example\"]},{\"MX\":[4,\"192.0.2.7\"]}],"
     "\"alias.good.example\":[{\"CNAME\":\"real.good.example\"}],"
     "\"real.good.example\":[{\"A\":\"198.51.100.1\"}],"
     "\"inside.good.example\":[{\"A\":\"10.1.2.3\"}],"
     "\"1.100.51.198.in-addr.arpa\":[{\"PTR\":\"else.example\"}]}",
     "",
     "mx problem alias.good.example\nmx problem gone.good.example has no address\n"
     "mx problem inside.good.example\nmx problem 192.0.2.7\nreverse warning does not lead back\n"
     "reverse warning 10.1.2.3 of a mail server has no reverse"},
    {"two SPF records",
     "{\"good.example\":[{\"TXT\":\"v=spf1 -all\"},{\"TXT\":\"v=spf1 mx -all\"},"
     "{\"TXT\":\"v=spf10 no\"}]}",
     "", "spf problem several"},
    {"SPF for everybody", "{\"good.example\":[{\"TXT\":\"v=spf1 +all\"}]}", "",
     "spf problem anybody"},
    {"SPF without an end", "{\"good.example\":[{\"TXT\":\"v=spf1 ip4:192.0.2.0/24 ptr\"}]}", "",
     "spf warning says nothing\nspf warning ptr"},
    {"SPF with a typing error", "{\"good.example\":[{\"TXT\":\"v=spf1 ipv4:192.0.2.1 -all\"}]}", "",
     "spf problem broken"},
    {"SPF with too many look-ups",
     "{\"good.example\":[{\"TXT\":\"v=spf1 include:i.example a a a a a a a a a a -all\"},"
     "{\"A\":\"192.0.2.1\"}],\"i.example\":[{\"TXT\":\"v=spf1 -all\"}]}",
     "", "spf problem more than 10"},
    {"SPF near the limit",
     "{\"good.example\":[{\"TXT\":\"v=spf1 a a a a a a a a a -all\"},{\"A\":\"192.0.2.1\"}]}", "",
     "spf ok forbids\nspf warning 9 of the 10"},
    {"keys",
     "{\"good.example\":[{\"A\":\"192.0.2.1\"}],\"old._domainkey.good.example\":[{\"TXT\":"
     "\"" KEY_1024 "\"}],\"dead._domainkey.good.example\":[{\"TXT\":\"v=DKIM1; p=\"}],"
     "\"bad._domainkey.good.example\":[{\"TXT\":\"v=DKIM1; p=no/key\"}],"
     "\"two._domainkey.good.example\":[{\"TXT\":\"v=DKIM1; p=\"},{\"TXT\":\"v=DKIM1; p=x\"}],"
     "\"test._domainkey.good.example\":[{\"TXT\":\"v=DKIM1; k=ed25519; t=y; "
     "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"}]}",
     "old,dead,bad,two,test,none",
     "dkim warning 1024\ndkim note revoked\ndkim problem cannot be used\ndkim problem several\n"
     "dkim warning test\ndkim problem no DKIM key at none"},
    {"keys not named", "{\"x._domainkey.good.example\":[{\"TXT\":\"v=DKIM1; p=\"}]}", "",
     "dkim note --selector"},
    {"DMARC that only watches, from above",
     "{\"_dmarc.example\":[{\"TXT\":\"v=DMARC1; p=none; psd=y\"}],"
     "\"_dmarc.good.example\":[{\"TXT\":\"v=DMARC1; p=reject; sp=none; pct=50; t=y; "
     "rua=mailto:x@elsewhere.example,ftp://no\"}]}",
     "",
     "dmarc ok refuse\ndmarc warning less protected\ndmarc warning pct=50\ndmarc warning t=y\n"
     "dmarc problem elsewhere.example\ndmarc problem ftp://no"},
    {"DMARC p=none", "{\"_dmarc.good.example\":[{\"TXT\":\"v=DMARC1; p=none\"}]}", "",
     "dmarc warning only watches\ndmarc warning nobody sends"},
    {"reports elsewhere, allowed",
     "{\"_dmarc.good.example\":[{\"TXT\":\"v=DMARC1; p=reject; rua=mailto:x@r.test\"}],"
     "\"*._report._dmarc.r.test\":[{\"TXT\":\"v=DMARC1\"}]}",
     "", "dmarc ok refuse\n-dmarc problem"},
    {"several DMARC records",
     "{\"_dmarc.good.example\":[{\"TXT\":\"v=DMARC1; p=none\"},{\"TXT\":\"v=DMARC1; p=reject\"}]}",
     "", "dmarc problem several\ndmarc missing"},
    {"broken TLS records",
     "{\"good.example\":[{\"MX\":[1,\"mx.good.example\"]}],"
     "\"mx.good.example\":[{\"A\":\"198.51.100.1\"}],"
     "\"_mta-sts.good.example\":[{\"TXT\":\"v=STSv1;\"}],"
     "\"_smtp._tls.good.example\":[{\"TXT\":\"v=TLSRPTv1; rua=me\"}],"
     "\"_25._tcp.mx.good.example\":[{\"TLSA\":\"3 1 1 00\"}]}",
     "", "mta-sts problem no valid id\ntls-rpt problem not well formed\ndane warning not signed"},
    {"TLSA of another use",
     "{\"good.example\":[{\"MX\":[1,\"mx.good.example\"]}],"
     "\"mx.good.example\":[{\"A\":\"198.51.100.1\"}],"
     "\"_mta-sts.good.example\":[{\"TXT\":\"v=STSv1; id=1\"}],"
     "\"_25._tcp.mx.good.example\":[{\"secure\":true},{\"TLSA\":\"1 0 1 00112233\"}]}",
     "", "dane problem kind\nmta-sts problem no address for its policy"},
    {"nobody answers", "{\"good.example\":[\"TIMEOUT\"],\"_dmarc.good.example\":[\"SERVFAIL\"]}",
     "", "domain unknown\nspf unknown\ndmarc unknown"},
    {"forged", "{\"good.example\":[{\"TXT\":\"BOGUS\"}]}", "", "spf problem forged"},
};

static struct slice words_of(struct arena *a, const struct dnscheck_item *i)
{
    struct buf b = BUF_INIT(8192);
    lang_fill(NULL, i->text, i->filling, &b);
    struct slice s = arena_printf(a, "%s %s %.*s", dnscheck_topic_name(i->topic),
                                  dnscheck_state_name(i->state), SLICE_ARG(buf_slice(&b)));
    buf_fini(&b);
    return s;
}

/* "topic state words": an item begins with the first two and holds the third. */
static bool is_there(struct arena *a, const struct dnscheck *d, struct slice line)
{
    struct slice rest = line, topic, state;
    slice_split(&rest, ' ', &topic);
    slice_split(&rest, ' ', &state);
    struct slice head = arena_printf(a, "%.*s %.*s ", SLICE_ARG(topic), SLICE_ARG(state));
    for (const struct dnscheck_item *i = d->items; i; i = i->next) {
        struct slice s = words_of(a, i);
        if (slice_starts(s, head) && (rest.n == 0 || slice_find(s, rest) != SIZE_MAX))
            return true;
    }
    return false;
}

static void run(struct arena *a, struct dnscheck_in *in, const char *zone, struct dnscheck *out)
{
    struct err e = {0};
    struct zone *z;
    if (zone_parse(a, slice_str(zone), &e, &z) < 0)
        fail_msg("%s: %.80s", e.text, zone);
    struct ask *q = ask_new(a, NULL);
    in->arena = a;
    in->domain = in->domain.n ? in->domain : SLICE("Good.Example.");
    for (int round = 0; !dnscheck_run(in, q, out); round++) {
        if (round > 20 || zone_answer(z, q) == 0)
            fail_msg("it does not come to an end");
    }
}

static void zones(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
        const struct zone_case *x = &CASES[i];
        struct arena *a = arena_new(0);
        struct dnscheck d;
        struct slice selectors[DNSCHECK_SELECTORS], rest = slice_str(x->selectors), line;
        struct dnscheck_in in = {.selectors = selectors, .now = 1700000000};
        while (slice_split(&rest, ',', &line))
            selectors[in.n_selectors++] = line;
        run(a, &in, x->zone, &d);
        rest = slice_str(x->expect);
        while (slice_split(&rest, '\n', &line)) {
            bool want = line.p[0] != '-';
            if (is_there(a, &d, slice_from(line, !want)) == want)
                continue;
            for (const struct dnscheck_item *k = d.items; k; k = k->next)
                print_message("    %.*s\n", SLICE_ARG(words_of(a, k)));
            fail_msg("%s: \"%.*s\"", x->name, SLICE_ARG(line));
        }
        arena_free(a);
    }
}

/* What reports tell of selectors: good keys, replaced ones, forged ones. */
static void seen(void **state)
{
    (void)state;
    static const char zone[] =
        "{\"good.example\":[{\"A\":\"192.0.2.1\"}],\"ed._domainkey.good.example\":[{\"TXT\":"
        "\"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"}],"
        "\"bad._domainkey.good.example\":[{\"TXT\":"
        "\"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"}],"
        "\"down._domainkey.good.example\":[\"TIMEOUT\"]}";
    enum { now = 1700000000 };
    static const struct dnscheck_seen of[] = {
        {{"ed", 2}, 9, 0, now},       {{"bad", 3}, 2, 300, now},
        {{"gone", 4}, 5, 1, now - 9}, {{"old", 3}, 5, 1, now - 20 * 86400},
        {{"liar", 4}, 0, 40, now},    {{"down", 4}, 1, 0, now}};
    static const char *const expect[] = {
        "dkim ok ed._domainkey",        "dkim ok bad._domainkey",   "dkim warning did not verify",
        "dkim warning gone._domainkey", "dkim note old._domainkey", "dkim note liar._domainkey",
        "dkim unknown down._domainkey"};
    struct arena *a = arena_new(0);
    struct dnscheck d;
    struct dnscheck_in in = {.seen = of, .n_seen = sizeof(of) / sizeof(*of), .now = now};
    run(a, &in, zone, &d);
    for (size_t i = 0; i < sizeof(expect) / sizeof(*expect); i++) {
        if (!is_there(a, &d, slice_str(expect[i])))
            fail_msg("%s", expect[i]);
    }
    assert_false(is_there(a, &d, SLICE("dkim problem ")));
    assert_false(is_there(a, &d, SLICE("dkim note --selector")));
    struct slice named[] = {SLICE("gone")}; /* who names it wants it to be there */
    in.selectors = named;
    in.n_selectors = 1;
    run(a, &in, zone, &d);
    assert_true(is_there(a, &d, SLICE("dkim problem gone._domainkey")));
    assert_false(is_there(a, &d, SLICE("dkim warning gone._domainkey")));
    arena_free(a);
}

/* The suggested records are good ones: a domain that publishes them has no warning left there. */
static void suggestions(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct dnscheck_in in = {.now = 1700000000};
    struct dnscheck d;
    run(a, &in,
        "{\"good.example\":[{\"MX\":[1,\"mx.good.example\"]}],"
        "\"mx.good.example\":[{\"A\":\"198.51.100.1\"}],\"_dmarc.good.example\":[{\"TXT\":"
        "\"v=DMARC1; p=none; pct=10; ri=3; rua=mailto:a@good.example\"}]}",
        &d);
    const char *wanted[][2] = {
        {"spf", "TXT \"v=spf1 mx -all\""},
        {"dmarc", "TXT \"v=DMARC1; p=quarantine; rua=mailto:a@good.example\""},
        {"tls-rpt", "TXT \"v=TLSRPTv1; rua=mailto:tls-reports@good.example\""},
    };
    for (size_t i = 0; i < 3; i++) {
        bool found = false;
        for (const struct dnscheck_item *k = d.items; k; k = k->next)
            found |= strcmp(dnscheck_topic_name(k->topic), wanted[i][0]) == 0 &&
                     slice_eq(k->publish, slice_str(wanted[i][1]));
        if (!found)
            fail_msg("%s is not suggested", wanted[i][1]);
    }
    int last = 0;
    dnscheck_sort(&d);
    for (const struct dnscheck_item *k = d.items; k; k = k->next) {
        int rank = k->rank ? k->rank : 10;
        assert_true(rank >= last);
        last = rank;
    }
    struct buf b = BUF_INIT(1 << 20);
    struct json j = JSON_INIT(&b);
    dnscheck_json(&d, &j);
    assert_non_null(strstr(buf_cstr(&b), "\"summary\":{\"ok\":"));
    buf_fini(&b);
    arena_free(a);
}

/* The walk up the names is told, step by step. */
static void walk(void **state)
{
    (void)state;
    static const char want[] =
        "\"dmarc\":{\"organisation\":\"good.example\",\"policy_of\":\"good.example\",\"walk\":["
        "{\"domain\":\"a.b.good.example\",\"found\":\"nothing\"},"
        "{\"domain\":\"b.good.example\",\"found\":\"bad\"},"
        "{\"domain\":\"good.example\",\"found\":\"record\",\"record\":\"v=DMARC1; p=reject\"},"
        "{\"domain\":\"example\",\"found\":\"several\"}]}";
    struct arena *a = arena_new(0);
    struct dnscheck d;
    struct buf b = BUF_INIT(1 << 20);
    struct json j = JSON_INIT(&b);
    struct dnscheck_in in = {.domain = SLICE("a.b.good.example"), .now = 1700000000};
    run(a, &in,
        "{\"_dmarc.b.good.example\":[{\"TXT\":\"v=DMARC1; p=none; p=none\"}],"
        "\"_dmarc.good.example\":[{\"TXT\":\"v=DMARC1; p=reject\"}],"
        "\"_dmarc.example\":[{\"TXT\":\"v=DMARC1; p=none\"},{\"TXT\":\"v=DMARC1\"}]}",
        &d);
    assert_ptr_equal(d.walk.policy, &d.walk.step[2]);
    dnscheck_json(&d, &j);
    if (strstr(buf_cstr(&b), want) == NULL)
        fail_msg("%s", buf_cstr(&b));
    buf_fini(&b);
    arena_free(a);
}

static void pages(void **state)
{
    (void)state;
    static const char zone[] = "{\"good.example\":[{\"MX\":[1,\"mx.good.example\"]}],"
                               "\"mx.good.example\":[{\"A\":\"198.51.100.1\"}],"
                               "\"_mta-sts.good.example\":[{\"TXT\":\"v=STSv1; id=1\"}],"
                               "\"mta-sts.good.example\":[{\"A\":\"198.51.100.2\"}]}";
    static const struct {
        const char *sts, *security, *expect;
    } cases[] = {
        {"version: STSv1\r\nmode: enforce\r\nmx: *.good.example\r\nmax_age: 604800\r\n",
         "# ours\nContact: mailto:s@good.example\nExpires: 2030-01-01T00:00:00Z\n",
         "mta-sts ok protects\nsecurity.txt ok\n-mta-sts problem"},
        {"version: STSv1\nmode: testing\nmx: *.*.good.example\nmax_age: 60\n", "Contact: x\n",
         "mta-sts warning testing\nmta-sts warning 60 seconds\nmta-sts problem mx.good.example\n"
         "security.txt problem not well formed"},
        {"<html>", "Contact: x\nExpires: 2020-01-01T00:00:00+01:00\n",
         "mta-sts problem not well formed\nsecurity.txt problem ran out"},
        {NULL, NULL, "mta-sts problem could not be fetched\nsecurity.txt missing"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct arena *a = arena_new(0);
        struct dnscheck d;
        struct dnscheck_in in = {.now = 1700000000};
        in.sts = (struct dnscheck_page){true, cases[i].sts != NULL, "404", SLICE("text/plain"),
                                        slice_str(cases[i].sts)};
        in.security = (struct dnscheck_page){true, cases[i].security != NULL, "404",
                                             SLICE("text/plain"), slice_str(cases[i].security)};
        run(a, &in, zone, &d);
        struct slice rest = slice_str(cases[i].expect), line;
        while (slice_split(&rest, '\n', &line)) {
            bool want = line.p[0] != '-';
            if (is_there(a, &d, slice_from(line, !want)) != want)
                fail_msg("case %zu: \"%.*s\"", i, SLICE_ARG(line));
        }
        arena_free(a);
    }
}

static void bad_names(void **state)
{
    (void)state;
    static const char *const names[] = {"a..b", ".", " "};
    for (size_t i = 0; i < 3; i++) {
        struct arena *a = arena_new(0);
        struct dnscheck d;
        struct dnscheck_in in = {.domain = slice_str(names[i])};
        run(a, &in, "{}", &d);
        assert_true(dnscheck_is_bad(&d));
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(zones),       cmocka_unit_test(seen),
                                       cmocka_unit_test(suggestions), cmocka_unit_test(pages),
                                       cmocka_unit_test(walk),        cmocka_unit_test(bad_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
