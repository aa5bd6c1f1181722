/* What is verified about the sender. See facts.h and learn/facts.h. */
#include "scan/facts.h"

#include "auth/auth.h"
#include "mail/url.h"

/* Domains are told apart as far as people register them: a sender is free to make up the rest. */
static struct slice org_of(struct arena *a, struct slice domain)
{
    struct slice org = url_org_domain(a, domain);
    return org.n ? org : domain;
}

#define NAMES_MOST 4

/* A mail program may show any of several authors, so one that is not proven spoils them all. */
static bool are_proven(const struct dmarc_result *r)
{
    for (const struct dmarc_domain *d = r->domains; d; d = d->next) {
        if (!d->dkim_aligned && !d->spf_aligned)
            return false;
    }
    return r->value != AUTH_FAIL;
}

void scan_facts(struct scan *s)
{
    const struct auth_result *r = s->auth;
    s->facts.n = 0;
    if (!r || !r->is_done || r->is_skipped || r->is_incomplete)
        return;
    if (r->border.is_known)
        facts_add(&s->facts, FACT_NETWORK, facts_network(s->arena, r->border.ip));
    if (are_proven(&r->dmarc)) {
        for (const struct dmarc_domain *d = r->dmarc.domains; d; d = d->next)
            facts_add(&s->facts, FACT_AUTHOR, org_of(s->arena, d->from));
    }
    for (size_t i = 0; i < r->n_proven; i++)
        facts_add(&s->facts, FACT_PROVEN, org_of(s->arena, r->proven[i]));
}

static bool is_named_before(const struct facts *f, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (slice_eq(f->of[k].words, f->of[i].words))
            return true;
    }
    return false;
}

struct slice scan_facts_words(const struct scan *s)
{
    const struct facts *f = &s->facts;
    struct slice words = {0};
    unsigned n = 0;
    for (int is_network = 0; is_network < 2; is_network++) {
        for (size_t i = 0; i < f->n && n < NAMES_MOST; i++) {
            if ((f->of[i].kind == FACT_NETWORK) != (is_network != 0) || is_named_before(f, i))
                continue;
            words = arena_printf(s->arena, "%.*s%s%.*s", SLICE_ARG(words), n ? ", " : "",
                                 SLICE_ARG(f->of[i].words));
            n++;
        }
    }
    return words;
}
