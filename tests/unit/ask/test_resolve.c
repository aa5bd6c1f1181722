/* ask: cache, breakers, and the resolver's mind with a backend of its own and a clock in hand. */
#include "ask/breaker.h"
#include "ask/cache.h"
#include "ask/resolve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

#define MS     INT64_C(1000)
#define SECOND INT64_C(1000000)

static struct slice txt[1] = {{"\4text", 5}};

static struct dns_answer good(uint32_t ttl)
{
    return (struct dns_answer){.status = ASK_OK, .ttl = ttl, .n = 1, .rdata = txt};
}

/* ---- cache ---- */

static void cached(void **state)
{
    (void)state;
    struct cache *c = cache_new(
        &(struct cache_limits){.bytes = 100000, .ttl_most = 86400, .bad_ttl = 5, .stale = 3600});
    struct dns_answer a = good(100), got;
    struct slice name = SLICE("a.example");
    assert_int_equal(cache_get(c, name, DNS_TXT, 0, &got), CACHE_MISS);
    cache_put(c, name, DNS_TXT, 0, &a);
    assert_int_equal(cache_get(c, name, DNS_MX, 0, &got), CACHE_MISS);
    assert_int_equal(cache_get(c, name, DNS_TXT, 50 * SECOND, &got), CACHE_FRESH);
    assert_int_equal(got.ttl, 50);
    assert_true(slice_eq(got.rdata[0], txt[0]));
    assert_ptr_not_equal(got.rdata[0].p, txt[0].p);
    assert_int_equal(cache_get(c, name, DNS_TXT, 95 * SECOND, &got), CACHE_LATE);
    assert_int_equal(cache_get(c, name, DNS_TXT, 101 * SECOND, &got), CACHE_STALE);
    assert_true(got.is_stale);
    assert_int_equal(got.ttl, 30);
    struct dns_answer bad = {.status = ASK_FAILED, .detail = "no"};
    cache_put(c, name, DNS_TXT, 102 * SECOND, &bad); /* what may be served stale stays */
    assert_int_equal(cache_get(c, name, DNS_TXT, 103 * SECOND, &got), CACHE_STALE);
    assert_int_equal(got.status, ASK_OK);
    assert_int_equal(cache_get(c, name, DNS_TXT, 3800 * SECOND, &got), CACHE_MISS);
    cache_put(c, name, DNS_TXT, 0, &bad);
    assert_int_equal(cache_get(c, name, DNS_TXT, 4 * SECOND, &got), CACHE_FRESH);
    assert_string_equal(got.detail, "no");
    assert_int_equal(cache_get(c, name, DNS_TXT, 6 * SECOND, &got), CACHE_MISS);
    a.ttl = 0;
    cache_put(c, name, DNS_TXT, 0, &a);
    assert_int_equal(cache_count(c), 0);
    assert_int_equal(cache_bytes(c), 0);
    cache_free(c);
}

static void cache_is_bounded(void **state)
{
    (void)state;
    struct cache *c = cache_new(&(struct cache_limits){.bytes = 20000, .ttl_most = 86400});
    struct dns_answer a = good(1000), got;
    char name[32];
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof(name), "n%d.example", i);
        cache_put(c, slice_str(name), DNS_TXT, 0, &a);
        assert_int_equal(cache_get(c, SLICE("n0.example"), DNS_TXT, 1, &got), CACHE_FRESH);
        assert_true(cache_bytes(c) <= 20000);
    }
    assert_true(cache_count(c) > 20);
    assert_int_equal(cache_get(c, SLICE("n1.example"), DNS_TXT, 1, &got), CACHE_MISS);
    assert_int_equal(cache_get(c, SLICE("n4999.example"), DNS_TXT, 1, &got), CACHE_FRESH);
    static char large[8000];
    struct slice rdata[1] = {{large, sizeof(large)}};
    a.rdata = rdata;
    cache_put(c, SLICE("large.example"), DNS_TXT, 0, &a);
    assert_int_equal(cache_get(c, SLICE("large.example"), DNS_TXT, 1, &got), CACHE_MISS);
    cache_free(c);
}

/* ---- breakers ---- */

static void keys(void **state)
{
    static const char *const cases[][2] = {
        {"a.b.example.com", "example.com"},
        {"example.com", "example.com"},
        {"_dmarc.a.example.co.uk", "example.co.uk"},
        {"com", "com"},
        {"", ""},
        {"4.3.2.1.in-addr.arpa", "3.2.1.in-addr.arpa"},
        {"1.in-addr.arpa", "1.in-addr.arpa"},
        {"1.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "8.b.d.0.1.0.0.2.ip6.arpa"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct slice got = breaker_key(slice_str(cases[i][0]));
        if (!slice_eq(got, slice_str(cases[i][1])))
            fail_msg("%s: %.*s", cases[i][0], SLICE_ARG(got));
    }
}

static const struct breaker_limits LIMITS = {
    .silence_us = 4 * SECOND, .probe_us = SECOND, .probe_most_us = 8 * SECOND, .zones_for_all = 3};

static void opens_and_closes(void **state)
{
    (void)state;
    struct breakers *b = breakers_new(&LIMITS);
    struct zone_state *z = breaker_zone(b, SLICE("www.dead.example"));
    assert_ptr_equal(z, breaker_zone(b, SLICE("mail.dead.example")));
    assert_int_equal(breaker_ask(b, z, 0), BREAKER_GO);
    assert_null(breaker_tick(b, 3 * SECOND));
    assert_ptr_equal(breaker_tick(b, 4 * SECOND), z);
    assert_null(breaker_tick(b, 4 * SECOND));
    assert_int_equal(breakers_open(b), 1);
    assert_false(breaker_all_open(b));
    assert_int_equal(breaker_ask(b, z, 4500 * MS), BREAKER_REFUSE);
    assert_int_equal(breaker_ask(b, z, 5 * SECOND), BREAKER_PROBE);
    assert_int_equal(breaker_ask(b, z, 6 * SECOND), BREAKER_REFUSE);
    assert_int_equal(breaker_ask(b, z, 7 * SECOND), BREAKER_PROBE); /* the wait doubled */
    breaker_answered(b, z, false, 8 * SECOND);                      /* SERVFAIL opens nothing */
    assert_true(breaker_is_open(z));
    breaker_answered(b, z, true, 9 * SECOND);
    assert_false(breaker_is_open(z));
    assert_int_equal(breakers_open(b), 0);
    assert_int_equal(breaker_ask(b, z, 9 * SECOND), BREAKER_GO);
    breakers_free(b);
}

/* The backend gives up before the breaker opens: what was waited for nothing adds up. Who fails at
 * once is not silent, an answer wipes it out. */
static void silence_adds_up(void **state)
{
    (void)state;
    struct breakers *b = breakers_new(&LIMITS);
    struct zone_state *z = breaker_zone(b, SLICE("dead.example"));
    (void)breaker_ask(b, z, 0);
    breaker_answered(b, z, false, 3 * SECOND);
    assert_null(breaker_tick(b, 9 * SECOND));
    assert_int_equal(breaker_ask(b, z, 10 * SECOND), BREAKER_GO);
    assert_null(breaker_tick(b, 10900 * MS));
    assert_ptr_equal(breaker_tick(b, 11 * SECOND), z);
    z = breaker_zone(b, SLICE("fails.example"));
    for (int i = 0; i < 100; i++) {
        assert_int_equal(breaker_ask(b, z, i * SECOND), BREAKER_GO);
        assert_null(breaker_tick(b, i * SECOND + 2 * MS));
        breaker_answered(b, z, false, i * SECOND + 2 * MS);
    }
    z = breaker_zone(b, SLICE("slow.example"));
    for (int i = 0; i < 10; i++) {
        assert_int_equal(breaker_ask(b, z, i * 10 * SECOND), BREAKER_GO);
        breaker_answered(b, z, i % 2, (i * 10 + 3) * SECOND);
        assert_null(breaker_tick(b, (i * 10 + 4) * SECOND));
    }
    breakers_free(b);
}

/* A zone that answers something is not silent, however slow some of its answers are. */
static void slow_is_not_silent(void **state)
{
    (void)state;
    struct breakers *b = breakers_new(&LIMITS);
    struct zone_state *z = breaker_zone(b, SLICE("slow.example"));
    for (int i = 0; i < 20; i++) {
        (void)breaker_ask(b, z, i * SECOND);
        assert_null(breaker_tick(b, i * SECOND));
        if (i >= 3)
            breaker_answered(b, z, true, i * SECOND);
    }
    breakers_free(b);
}

static void everything(void **state)
{
    (void)state;
    struct breakers *b = breakers_new(&LIMITS);
    struct zone_state *z[4];
    const char *names[4] = {"one.example", "two.example", "three.example", "four.example"};
    for (int i = 0; i < 4; i++) {
        z[i] = breaker_zone(b, slice_str(names[i]));
        if (i < 3)
            assert_int_equal(breaker_ask(b, z[i], 0), BREAKER_GO);
    }
    for (int i = 0; i < 3; i++)
        assert_non_null(breaker_tick(b, 4 * SECOND));
    assert_true(breaker_all_open(b));
    assert_int_equal(breaker_ask(b, z[3], 4500 * MS), BREAKER_REFUSE);
    assert_int_equal(breaker_ask(b, z[3], 5 * SECOND), BREAKER_PROBE);
    assert_int_equal(breaker_ask(b, z[3], 5500 * MS), BREAKER_HOLD);
    assert_int_equal(breaker_ask(b, z[3], 6500 * MS), BREAKER_REFUSE);
    breaker_answered(b, z[3], true, 6600 * MS);
    assert_false(breaker_all_open(b));
    breakers_free(b);
}

static void breakers_are_bounded(void **state)
{
    (void)state;
    struct breakers *b = breakers_new(&LIMITS);
    char name[32];
    struct zone_state *busy = breaker_zone(b, SLICE("busy.example"));
    (void)breaker_ask(b, busy, 0);
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof(name), "z%d.example", i);
        (void)breaker_zone(b, slice_str(name));
    }
    assert_ptr_equal(breaker_zone(b, SLICE("busy.example")), busy);
    breakers_free(b);
}

/* ---- the resolver ---- */

struct asker {
    unsigned n;
    enum ask_status status;
    bool is_stale;
    char detail[200];
};

struct backend {
    void *cookie[64];
    char name[64][64];
    unsigned n;
    bool refuses, answers_at_once;
    struct resolver *r;
    int64_t now;
};

static bool start(void *arg, struct slice name, enum dns_type type, void *cookie)
{
    struct backend *b = arg;
    (void)type;
    if (b->refuses)
        return false;
    if (b->answers_at_once) {
        struct dns_answer a = good(60);
        resolver_came(b->r, cookie, &a, true, b->now);
        return true;
    }
    snprintf(b->name[b->n], sizeof(b->name[0]), "%.*s", SLICE_ARG(name));
    b->cookie[b->n++] = cookie;
    return true;
}

static void done(void *arg, const struct dns_answer *a)
{
    struct asker *x = arg;
    x->n++;
    x->status = a->status;
    x->is_stale = a->is_stale;
    snprintf(x->detail, sizeof(x->detail), "%s", a->detail ? a->detail : "");
}

static void ask(struct backend *b, const char *name, int64_t now, struct asker *x)
{
    struct dns_question q = {.name = slice_str(name), .type = DNS_TXT};
    b->now = now;
    resolver_ask(b->r, &q, now + 5 * SECOND, now, done, x);
}

static void make(struct backend *b)
{
    static const struct resolver_limits limits = {
        .cache_bytes = 100000, .lookups = 10, .silence_us = 4 * SECOND, .stale = 3600};
    *b = (struct backend){0};
    b->r = resolver_new(&limits, start, b);
}

static void shares_lookups(void **state)
{
    (void)state;
    struct backend b;
    struct asker x[3] = {0};
    struct dns_answer a = good(60);
    make(&b);
    ask(&b, "a.example", 0, &x[0]);
    ask(&b, "a.example", 0, &x[1]);
    assert_int_equal(b.n, 1);
    assert_true(resolver_is_busy(b.r));
    resolver_came(b.r, b.cookie[0], &a, true, SECOND);
    assert_int_equal(x[0].n, 1);
    assert_int_equal(x[1].n, 1);
    assert_false(resolver_is_busy(b.r));
    ask(&b, "a.example", 2 * SECOND, &x[2]);
    assert_int_equal(x[2].n, 1);
    assert_int_equal(b.n, 1);
    struct resolver_figures f;
    resolver_figures(b.r, &f);
    assert_int_equal(f.questions, 3);
    assert_int_equal(f.hits, 1);
    assert_int_equal(f.lookups, 1);
    resolver_free(b.r);
}

static void serves_stale(void **state)
{
    (void)state;
    struct backend b;
    struct asker x = {0};
    struct dns_answer a = good(10), bad = {.status = ASK_FAILED};
    make(&b);
    ask(&b, "a.example", 0, &x);
    resolver_came(b.r, b.cookie[0], &a, true, 0);
    ask(&b, "a.example", 20 * SECOND, &x);
    assert_int_equal(b.n, 2);
    assert_int_equal(x.n, 1);
    resolver_tick(b.r, 21 * SECOND);
    assert_int_equal(x.n, 1);
    resolver_tick(b.r, 22 * SECOND); /* 1.8 s */
    assert_int_equal(x.n, 2);
    assert_int_equal(x.status, ASK_OK);
    assert_true(x.is_stale);
    resolver_came(b.r, b.cookie[1], &bad, false, 23 * SECOND);
    assert_int_equal(x.n, 2);
    ask(&b, "a.example", 24 * SECOND, &x);
    resolver_came(b.r, b.cookie[2], &bad, false, 24 * SECOND); /* a failure, too */
    assert_int_equal(x.n, 3);
    assert_true(x.is_stale);
    resolver_free(b.r);
}

static void gives_up(void **state)
{
    (void)state;
    struct backend b;
    struct asker x[5] = {0};
    struct dns_answer a = good(60);
    make(&b);
    ask(&b, "a.dead.example", 0, &x[0]);
    ask(&b, "b.dead.example", 3 * SECOND, &x[1]);
    resolver_tick(b.r, 3900 * MS);
    assert_int_equal(x[0].n, 0);
    resolver_tick(b.r, 4100 * MS); /* the breaker answers all who wait */
    assert_int_equal(x[0].n, 1);
    assert_int_equal(x[1].n, 1);
    assert_int_equal(x[1].status, ASK_TIMEOUT);
    assert_string_equal(x[1].detail, "no server of dead.example answers");
    ask(&b, "c.dead.example", 4200 * MS, &x[2]);
    assert_int_equal(x[2].n, 1);
    ask(&b, "a.dead.example", 4300 * MS, &x[2]); /* still under way: not joined */
    assert_int_equal(x[2].n, 2);
    ask(&b, "d.dead.example", 6 * SECOND, &x[3]); /* the probe */
    assert_int_equal(x[3].n, 0);
    resolver_came(b.r, b.cookie[b.n - 1], &a, true, 6 * SECOND);
    assert_int_equal(x[3].status, ASK_OK);
    ask(&b, "e.dead.example", 6 * SECOND, &x[4]);
    assert_int_equal(x[4].n, 0);
    resolver_tick(b.r, 9 * SECOND);
    assert_int_equal(x[4].n, 0);
    resolver_tick(b.r, 10 * SECOND);
    assert_int_equal(x[4].n, 1);
    ask(&b, "f.dead.example", 11 * SECOND, &x[4]); /* a probe again: waited for a second */
    resolver_tick(b.r, 12 * SECOND);
    assert_int_equal(x[4].n, 1);
    resolver_tick(b.r, 12100 * MS);
    assert_int_equal(x[4].n, 2);
    assert_string_equal(x[4].detail, "no server of dead.example answers");
    resolver_free(b.r); /* the rest is never answered, and nothing leaks */
}

static void deadline(void **state)
{
    (void)state;
    struct backend b;
    struct asker x = {0}, other = {0};
    struct dns_answer a = good(60);
    make(&b);
    ask(&b, "slow.example", 0, &x);
    for (int i = 1; i < 6; i++) { /* the zone speaks, but not of this name */
        ask(&b, i % 2 ? "x.slow.example" : "y.slow.example", i * SECOND, &other);
        if (b.n > (unsigned)i)
            resolver_came(b.r, b.cookie[i], &a, true, i * SECOND);
        resolver_tick(b.r, i * SECOND - 1);
    }
    resolver_tick(b.r, 5 * SECOND);
    assert_int_equal(x.n, 1);
    assert_int_equal(x.status, ASK_TIMEOUT);
    assert_string_equal(x.detail, "no answer in time");
    resolver_free(b.r);
}

static void is_bounded(void **state)
{
    (void)state;
    struct backend b;
    struct asker x = {0};
    char name[32];
    make(&b);
    for (int i = 0; i < 12; i++) {
        snprintf(name, sizeof(name), "n%d.example", i);
        ask(&b, name, 0, &x);
    }
    assert_int_equal(b.n, 10);
    assert_int_equal(x.n, 2);
    assert_int_equal(x.status, ASK_TIMEOUT);
    resolver_free(b.r);
    make(&b);
    b.refuses = true;
    ask(&b, "a.example", 0, &x);
    assert_int_equal(x.status, ASK_FAILED);
    b.refuses = false;
    b.answers_at_once = true;
    ask(&b, "b.example", 0, &x);
    assert_int_equal(x.status, ASK_OK);
    assert_false(resolver_is_busy(b.r));
    resolver_free(b.r);
}

/* Three zones in a row are silent: everything is; one probe, the others wait for its outcome. */
static void holds(void **state)
{
    (void)state;
    struct backend b;
    struct asker x[4] = {0};
    struct dns_answer a = good(60);
    make(&b);
    ask(&b, "one.example", 0, &x[0]);
    ask(&b, "two.example", 0, &x[0]);
    ask(&b, "three.example", 0, &x[0]);
    resolver_tick(b.r, 4 * SECOND);
    assert_int_equal(x[0].n, 3);
    struct resolver_figures f;
    resolver_figures(b.r, &f);
    assert_int_equal(f.all_open, 1);
    assert_int_equal(f.open, 3);
    ask(&b, "four.example", 4500 * MS, &x[1]);
    assert_int_equal(x[1].n, 1);
    assert_string_equal(x[1].detail, "no name server answers");
    ask(&b, "five.example", 5 * SECOND, &x[1]);
    ask(&b, "six.example", 5 * SECOND, &x[2]);
    ask(&b, "seven.example", 5 * SECOND, &x[3]);
    assert_int_equal(b.n, 4); /* five is the probe */
    resolver_came(b.r, b.cookie[3], &a, true, 5100 * MS);
    assert_int_equal(b.n, 6);
    assert_int_equal(x[2].n, 0);
    resolver_came(b.r, b.cookie[4], &a, true, 5200 * MS);
    resolver_came(b.r, b.cookie[5], &a, true, 5200 * MS);
    assert_int_equal(x[2].n, 1);
    assert_int_equal(x[3].n, 1);
    resolver_free(b.r);
}

static void holds_not_for_long(void **state)
{
    (void)state;
    struct backend b;
    struct asker x = {0}, y = {0};
    make(&b);
    ask(&b, "one.example", 0, &x);
    ask(&b, "two.example", 0, &x);
    ask(&b, "three.example", 0, &x);
    resolver_tick(b.r, 4 * SECOND);
    ask(&b, "five.example", 5 * SECOND, &x);
    ask(&b, "six.example", 5 * SECOND, &y);
    resolver_tick(b.r, 5900 * MS);
    assert_int_equal(y.n, 0);
    resolver_tick(b.r, 6 * SECOND);
    assert_int_equal(y.n, 1);
    assert_int_equal(y.status, ASK_TIMEOUT);
    resolver_free(b.r);
}

static void figures(void **state)
{
    (void)state;
    struct resolver_figures f = {.questions = 7, .cache_bytes = 9}, got;
    struct buf b = BUF_INIT(4096);
    uint64_t v = 0;
    figures_pack(&b, &f);
    assert_true(figures_unpack(buf_slice(&b), &got));
    assert_string_equal(figure_at(&got, 0, &v), "questions");
    assert_int_equal(v, 7);
    assert_string_equal(figure_at(&got, 14, &v), "cache_bytes");
    assert_int_equal(v, 9);
    assert_null(figure_at(&got, 15, &v));
    assert_false(figures_unpack(slice_head(buf_slice(&b), 8), &got));
    buf_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cached),
                                       cmocka_unit_test(cache_is_bounded),
                                       cmocka_unit_test(keys),
                                       cmocka_unit_test(opens_and_closes),
                                       cmocka_unit_test(silence_adds_up),
                                       cmocka_unit_test(slow_is_not_silent),
                                       cmocka_unit_test(everything),
                                       cmocka_unit_test(breakers_are_bounded),
                                       cmocka_unit_test(shares_lookups),
                                       cmocka_unit_test(serves_stale),
                                       cmocka_unit_test(gives_up),
                                       cmocka_unit_test(deadline),
                                       cmocka_unit_test(is_bounded),
                                       cmocka_unit_test(holds),
                                       cmocka_unit_test(holds_not_for_long),
                                       cmocka_unit_test(figures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
