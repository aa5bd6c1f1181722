/* What authentication costs once the answers are at hand: CPU time of one check, the best of some
 * rounds, in memory. One row "what<TAB>microseconds<TAB>look-ups" each.
 *   auth_cost [CHECKS]
 * A "check" is all replays of a scan: first run, questions, answers, last run. The zone stands for
 * a warm cache and its time is in the figure. */
#include "ask/zone.h"
#include "auth/auth.h"
#include "base/clock.h"

#include <stdio.h>

#define ROUNDS 7

struct shop {
    struct zone *zone;
    struct spf_in spf;
    struct message *m;
    struct envelope env;
};

typedef unsigned one_check(struct arena *a, const struct shop *s);

static const char *const records[][2] = {
    {"plain.example", "v=spf1 ip4:192.0.2.0/24 -all"},
    {"mx.example", "v=spf1 a mx -all"},
    /* as large senders publish it: a tree of includes, the match in the last */
    {"big.example", "v=spf1 redirect=_spf.big.example"},
    {"_spf.big.example", "v=spf1 include:_a.big.example include:_b.big.example "
                         "include:_c.big.example ~all"},
    {"_a.big.example", "v=spf1 ip4:198.51.100.0/25 ip4:198.51.100.128/26 ip4:203.0.113.0/27 "
                       "ip4:203.0.113.64/27 ip6:2001:db8:1::/48 ip6:2001:db8:2::/48 ~all"},
    {"_b.big.example",
     "v=spf1 ip4:198.51.100.192/27 ip4:203.0.113.128/26 ip6:2001:db8:3::/48 ~all"},
    {"_c.big.example", "v=spf1 ip4:192.0.2.0/28 ip4:192.0.2.64/26 ~all"},
    {"_dmarc.big.example", "v=DMARC1; p=reject; sp=quarantine; rua=mailto:a@big.example"},
};

static void open_shop(struct arena *a, struct shop *s)
{
    s->zone = zone_new(a);
    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        zone_add(s->zone, slice_str(records[i][0]), DNS_TXT, slice_str(records[i][1]));
    zone_add(s->zone, SLICE("mx.example"), DNS_A, SLICE("198.51.100.1"));
    zone_add(s->zone, SLICE("mx.example"), DNS_MX, SLICE("10 h.mx.example"));
    zone_add(s->zone, SLICE("h.mx.example"), DNS_A, SLICE("192.0.2.66"));
    s->spf = (struct spf_in){.client_ip = SLICE("192.0.2.66"), .helo = SLICE("h.mx.example")};
    s->m = message_parse(a, SLICE("From: \"Ann\" <ann@big.example>\r\nSubject: x\r\n\r\nText\r\n"),
                         NULL);
    s->env = (struct envelope){.client_ip = s->spf.client_ip,
                               .helo = s->spf.helo,
                               .mail_from = SLICE("ann@big.example"),
                               .has_mail_from = true};
}

static unsigned spf(struct arena *a, const struct shop *s, const char *sender)
{
    struct spf_in in = s->spf;
    struct spf_result r;
    struct ask *q = ask_new(a, NULL);
    in.arena = a;
    in.sender = slice_str(sender);
    while (!spf_check(&in, q, &r))
        zone_answer(s->zone, q);
    return r.value == AUTH_PASS ? ask_count(q) : 0;
}

static unsigned spf_plain(struct arena *a, const struct shop *s)
{
    return spf(a, s, "x@plain.example");
}

static unsigned spf_mx(struct arena *a, const struct shop *s)
{
    return spf(a, s, "x@mx.example");
}

static unsigned spf_tree(struct arena *a, const struct shop *s)
{
    return spf(a, s, "x@big.example");
}

static unsigned all_parts(struct arena *a, const struct shop *s)
{
    struct auth_in in = {.arena = a, .m = s->m, .env = &s->env, .now = 1800000000};
    struct auth_result r = {0};
    struct ask *q = ask_new(a, NULL);
    while (!auth_check(&in, q, &r))
        zone_answer(s->zone, q);
    return r.dmarc.value == AUTH_PASS ? ask_count(q) : 0;
}

static int measure(const char *what, one_check *check, const struct shop *s, uint64_t n)
{
    struct arena *a = arena_new(0);
    int64_t best = INT64_MAX;
    unsigned questions = check(a, s);
    for (int round = 0; questions && round < ROUNDS; round++) {
        int64_t start = clock_cpu_us();
        for (uint64_t i = 0; i < n; i++) {
            arena_reset(a);
            check(a, s);
        }
        int64_t took = clock_cpu_us() - start;
        best = took < best ? took : best;
    }
    arena_free(a);
    if (questions == 0) {
        fprintf(stderr, "auth_cost: %s does not pass\n", what);
        return 1;
    }
    printf("%s\t%.2f\t%u\n", what, (double)best / (double)n, questions);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *what;
        one_check *check;
    } table[] = {{"SPF, one record", spf_plain},
                 {"SPF, a and mx", spf_mx},
                 {"SPF, a tree of includes", spf_tree},
                 {"all parts, unsigned mail", all_parts}};
    uint64_t n = 2000;
    int bad = 0;
    if (argc > 2 || (argc == 2 && (!slice_u64(slice_str(argv[1]), &n) || n == 0))) {
        fprintf(stderr, "usage: auth_cost [CHECKS]\n");
        return 2;
    }
    struct arena *a = arena_new(0);
    struct shop shop = {0};
    open_shop(a, &shop);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        bad |= measure(table[i].what, table[i].check, &shop, n);
    arena_free(a);
    return bad ? 3 : 0;
}
