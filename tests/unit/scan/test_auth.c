/* scan: a message whose authentication asks a zone: the rounds, the answer, the header fields, and
 * what is said when nobody answers. */
#include "ask/zone.h"
#include "auth/auth.h"
#include "base/lang.h"
#include "evidence/own.h"
#include "scan/headers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define MAIL                                                                    \
    "Authentication-Results: (x) \"MX.example\" 1; dmarc=pass\r\n"              \
    "From: <x@good.example>\r\nTo: a@mx.example\r\nSubject: hello\r\n"          \
    "Date: Sun, 22 Nov 2026 00:00:00 +0000\r\nMessage-ID: <1@good.example>\r\n" \
    "\r\nText\r\n"

struct set {
    struct arena *arena;
    struct zone *zone;
    struct auth_settings settings;
    struct scan_world world;
    struct envelope env;
};

static void begin(struct set *s)
{
    *s = (struct set){.arena = arena_new(0)};
    s->zone = zone_new(s->arena);
    assert_true(
        zone_add(s->zone, SLICE("good.example"), DNS_TXT, SLICE("v=spf1 a:h.good.example -all")));
    assert_true(zone_add(s->zone, SLICE("h.good.example"), DNS_A, SLICE("192.0.2.1")));
    assert_true(
        zone_add(s->zone, SLICE("_dmarc.good.example"), DNS_TXT, SLICE("v=DMARC1; p=reject")));
    s->settings = *auth_settings_default();
    s->settings.authserv_id = SLICE("mx.example");
    s->world = (struct scan_world){.auth = &s->settings, .has_dns = true};
    s->env = (struct envelope){.client_ip = SLICE("192.0.2.1"),
                               .helo = SLICE("h.good.example"),
                               .mail_from = SLICE("x@good.example"),
                               .has_mail_from = true};
}

static struct scan *run(struct set *s, bool answers)
{
    struct scan *scan = scan_begin(s->arena, &s->world, &s->env, SLICE(MAIL));
    int rounds = 0;
    while (scan_step(scan, &s->world) == SCAN_WAITING) {
        if (answers)
            zone_answer(s->zone, scan->ask);
        else
            scan_give_up(scan, "nobody answers");
        assert_in_range(++rounds, 1, 8);
    }
    return scan;
}

static void json_of(const struct scan *scan, struct buf *out)
{
    struct json j = JSON_INIT(out);
    buf_reset(out);
    scan_json(scan, NULL, &j);
}

static bool says(struct buf *b, const char *words)
{
    return slice_find(buf_slice(b), slice_str(words)) != SIZE_MAX;
}

/* The value of the record with that name, or an empty slice. */
static struct slice record(struct slice rest, const char *name)
{
    struct slice one, value;
    while (slice_split(&rest, '\0', &one) && slice_split(&rest, '\0', &value))
        if (slice_eq(one, slice_str(name)))
            return value;
    return (struct slice){0};
}

static void passes(void **state)
{
    (void)state;
    struct set s;
    struct buf out = BUF_INIT(65536);
    begin(&s);
    struct scan *scan = run(&s, true);
    json_of(scan, &out);
    assert_true(says(&out, "\"dmarc\":{\"result\":\"pass\""));
    assert_true(says(&out, "\"spf\":{\"result\":\"pass\""));
    assert_true(says(&out, "\"incomplete\":[]"));
    assert_true(says(&out, "auth_dmarc_pass"));
    buf_reset(&out);
    scan_headers(scan, &s.world, false, &out);
    assert_true(slice_eq(record(buf_slice(&out), "-Authentication-Results"), SLICE("mx.example")));
    struct slice field = record(buf_slice(&out), "Authentication-Results");
    assert_true(slice_starts(field, SLICE("mx.example;")));
    assert_true(slice_find(field, SLICE("dmarc=pass header.from=good.example")) != SIZE_MAX);
    buf_reset(&out);
    scan_why(scan, &s.world, NULL, &out);
    assert_true(says(&out, "Who sent it: SPF pass (good.example), DKIM none, DMARC pass"));
    buf_fini(&out);
    arena_free(s.arena);
}

static void forged(void **state)
{
    (void)state;
    struct set s;
    struct buf out = BUF_INIT(65536);
    begin(&s);
    s.env.client_ip = SLICE("203.0.113.9");
    s.settings.writes_received_spf = true;
    struct scan *scan = run(&s, true);
    json_of(scan, &out);
    assert_true(says(&out, "auth_dmarc_reject"));
    buf_reset(&out);
    scan_headers(scan, &s.world, false, &out);
    assert_true(says(&out, "fail (the domain says that this client may not send for it)"));
    assert_true(says(&out, "dmarc=fail"));
    buf_fini(&out);
    arena_free(s.arena);
}

/* Silence gives no points and no words of failure; what is missing is named. */
static void silence(void **state)
{
    (void)state;
    struct set s;
    struct buf out = BUF_INIT(65536);
    begin(&s);
    struct scan *with = run(&s, false);
    json_of(with, &out);
    assert_true(says(&out, "\"dmarc\":{\"result\":\"temperror\""));
    assert_true(says(&out, "auth_answers"));
    assert_false(says(&out, "auth_dmarc_reject"));
    double score = with->verdict.score;
    assert_true(with->verdict.is_incomplete);
    s.world.has_dns = false;
    struct scan *without = run(&s, false);
    assert_null(without->auth);
    assert_true(score <= without->verdict.score + 0.001);
    buf_fini(&out);
    arena_free(s.arena);
}

static bool has_fact(const struct scan *scan, enum fact_kind kind, const char *words)
{
    for (size_t i = 0; i < scan->facts.n; i++) {
        if (scan->facts.of[i].kind == kind && slice_eq(scan->facts.of[i].words, slice_str(words)))
            return true;
    }
    return false;
}

/* Verified is what was asked for and answered: half of an answer is nothing, a forgery has its
 * network alone, mail of our own is not looked at. */
static void facts(void **state)
{
    (void)state;
    struct set s;
    begin(&s);
    struct scan *scan = run(&s, true);
    assert_int_equal(scan->facts.n, 3);
    assert_true(has_fact(scan, FACT_NETWORK, "192.0.2.0/24"));
    assert_true(has_fact(scan, FACT_AUTHOR, "good.example"));
    assert_true(has_fact(scan, FACT_PROVEN, "good.example"));
    assert_int_equal(scan->features.n[CHANNEL_FACTS], 3);
    assert_int_equal(scan->features.n_first[CHANNEL_FACTS], 1);

    assert_int_equal(run(&s, false)->facts.n, 0);
    s.env.client_ip = SLICE("203.0.113.9");
    scan = run(&s, true);
    assert_int_equal(scan->facts.n, 1);
    assert_true(has_fact(scan, FACT_NETWORK, "203.0.113.0/24"));

    s.env.client_ip = SLICE("192.0.2.1");
    s.env.auth_user = SLICE("ann");
    assert_int_equal(run(&s, true)->facts.n, 0);
    s.env.auth_user = SLICE("");
    s.world.has_dns = false;
    assert_int_equal(run(&s, true)->facts.n, 0);
    arena_free(s.arena);
}

/* Who writes two authors proves none of them with one. */
static void two_authors(void **state)
{
    (void)state;
    struct set s;
    begin(&s);
    static const char mail[] = "From: <x@good.example>, <y@bank.example>\r\nSubject: hello\r\n"
                               "\r\nText\r\n";
    struct scan *scan = scan_begin(s.arena, &s.world, &s.env, slice_str(mail));
    for (int rounds = 0; scan_step(scan, &s.world) == SCAN_WAITING; rounds++) {
        assert_true(rounds < 8);
        zone_answer(s.zone, scan->ask);
    }
    assert_false(has_fact(scan, FACT_AUTHOR, "good.example"));
    assert_false(has_fact(scan, FACT_AUTHOR, "bank.example"));
    assert_true(has_fact(scan, FACT_PROVEN, "good.example")); /* its envelope is */
    arena_free(s.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes), cmocka_unit_test(forged),      cmocka_unit_test(silence),
        cmocka_unit_test(facts),  cmocka_unit_test(two_authors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
