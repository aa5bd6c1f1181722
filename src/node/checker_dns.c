/* Questions of the check of a mailing to DNS. See checker_dns.h. */
#include "node/checker_dns.h"

#include "ask/zone.h"

#define ROUNDS_MOST 64
#define QUESTIONS   1000 /* of what a domain publishes; SPF alone may name many hosts */

/* Answers what waits; false: nothing more can be answered. */
static bool answer(const struct checker_dns *in, const struct zone *zone, struct ask *q)
{
    if (zone)
        return zone_answer(zone, q) > 0;
    lookup_round(in->lookup, q, 0);
    return true;
}

static int open_zone(const struct checker_dns *in, struct err *e, struct zone **out)
{
    *out = NULL;
    return in->zone.n ? zone_parse(in->arena, in->zone, e, out) : 0;
}

int checker_authenticate(const struct checker_dns *in, struct err *e, struct auth_result **out)
{
    static const struct envelope none;
    struct zone *zone;
    *out = NULL;
    if (in->zone.n == 0 && in->lookup == NULL)
        return 0;
    int rc = open_zone(in, e, &zone);
    if (rc < 0)
        return rc;
    struct ask *q = ask_new(in->arena, NULL);
    struct auth_result *r = ARENA_NEW(in->arena, struct auth_result);
    struct auth_in auth = {
        .arena = in->arena, .m = in->m, .env = &none, .settings = in->settings, .now = in->now};
    for (int round = 0; !auth_check(&auth, q, r); round++) {
        if (round == ROUNDS_MOST)
            ask_give_up(q, ASK_LIMIT, "too many rounds");
        else if (!answer(in, zone, q))
            break;
    }
    *out = r;
    return 0;
}

/* The domain sends this mailing: records that say that it sends or takes no mail at all, which
 * dnscheck offers to a domain without servers, would stop it. The advice in words stays. */
static void drop_refusals(struct dnscheck *d)
{
    for (struct dnscheck_item *i = d->items; i; i = i->next)
        if (slice_eq(i->publish, SLICE("TXT \"v=spf1 -all\"")) ||
            slice_eq(i->publish, SLICE("MX 0 .")))
            i->publish = i->publish_name = (struct slice){0};
}

/* What the domain publishes; of its keys those that signed this message. */
static void published(const struct checker_dns *in, const struct zone *zone,
                      const struct auth_result *auth, struct slice domain, struct dnscheck *out)
{
    struct slice selectors[DNSCHECK_SELECTORS];
    struct ask_limits limits = {.questions = QUESTIONS};
    struct ask *q = ask_new(in->arena, &limits);
    struct dnscheck_in look = {.arena = in->arena,
                               .domain = domain,
                               .selectors = selectors,
                               .topics = DNSCHECK_SPF | DNSCHECK_DMARC | DNSCHECK_MX_HOSTS |
                                         DNSCHECK_REVERSE,
                               .now = in->now};
    for (const struct dkim_result *d = auth->dkim.first; d; d = d->next)
        if (slice_ieq(d->domain, domain) && look.n_selectors < DNSCHECK_SELECTORS)
            selectors[look.n_selectors++] = d->selector;
    if (look.n_selectors)
        look.topics |= DNSCHECK_DKIM;
    for (int round = 0; !dnscheck_run(&look, q, out); round++) {
        if (round == ROUNDS_MOST)
            ask_give_up(q, ASK_LIMIT, "too many rounds");
        else if (!answer(in, zone, q))
            break;
    }
    drop_refusals(out);
    dnscheck_sort(out);
}

int checker_arrival(const struct checker_dns *in, const struct auth_result *auth,
                    const struct message_facts *facts, struct err *e,
                    const struct preflight_arrival **out)
{
    struct zone *zone;
    struct dmarc_authors authors;
    *out = NULL;
    if (auth == NULL)
        return 0;
    int rc = open_zone(in, e, &zone);
    if (rc < 0)
        return rc;
    struct preflight_arrival *a = ARENA_NEW(in->arena, struct preflight_arrival);
    *a = (struct preflight_arrival){.asked = in->zone.n ? "zone" : "dns"};
    dnscheck_message(in->arena, auth, &a->message);
    preflight_one_click(in->arena, facts, &a->message);
    dnscheck_sort(&a->message);
    dmarc_authors(in->arena, in->m, &authors);
    if (authors.first) {
        a->domain = authors.first->domain;
        published(in, zone, auth, a->domain, &a->published);
    }
    *out = a;
    return 0;
}
