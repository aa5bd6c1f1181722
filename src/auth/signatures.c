/* Results of signatures in the words of result.h. See signatures.h. */
#include "auth/signatures.h"

struct state {
    struct signed_mail mail;
    struct dkim_set dkim;
    struct arc_chain arc;
};

static enum auth_value value_of(enum dkim_status s)
{
    static const enum auth_value values[DKIM_STATUSES] = {
        AUTH_NONE, AUTH_PASS, AUTH_FAIL, AUTH_POLICY, AUTH_NEUTRAL, AUTH_TEMPERROR, AUTH_PERMERROR};
    return values[s];
}

static const char *remark(const struct signature *sig)
{
    if (sig->reason)
        return sig->reason;
    if (dkim_body_grew(sig))
        return "signed, but more text was added behind what was signed";
    return sig->is_testing ? "signed; the key is marked as a test" : "signed and unchanged";
}

static void tell(struct arena *a, const struct signature *sig, struct dkim_result *out)
{
    struct slice domain = sig->domain;
    if (domain.n && domain.p[domain.n - 1] == '.')
        domain.n--;
    *out = (struct dkim_result){.value = value_of(sig->status),
                                .reason = remark(sig),
                                .domain = arena_lower(a, domain),
                                .identity = sig->identity,
                                .selector = sig->selector,
                                .algorithm = sig->algorithm,
                                .b = sig->b,
                                .headers = sig->names,
                                .signed_at = sig->signed_at > 0 ? sig->signed_at : 0,
                                .expires_at = sig->expires > 0 ? sig->expires : 0,
                                .key_bits = sig->key_bits,
                                .is_testing = sig->is_testing,
                                .has_length = sig->has_length,
                                .body_grew = dkim_body_grew(sig),
                                .is_incomplete = sig->status == DKIM_TEMPERROR};
}

static void tell_dkim(struct arena *a, const struct dkim_set *set, struct dkim_results *out)
{
    struct dkim_result *all = ARENA_ARRAY(a, struct dkim_result, set->n);
    for (size_t i = 0; i < set->n; i++) {
        tell(a, &set->sig[i], &all[i]);
        all[i].next = i + 1 < set->n ? &all[i + 1] : NULL;
    }
    out->first = set->n ? all : NULL;
    out->n = set->n;
    out->untried = set->n_unread + set->n_untried;
}

static void tell_arc(const struct signatures_in *in, const struct arc_chain *c,
                     struct arc_result *out)
{
    out->value = value_of(c->status);
    out->reason = c->reason ? c->reason : "every seal holds";
    out->instance = (unsigned)c->n;
    out->is_incomplete = c->status == DKIM_TEMPERROR;
    out->sealers = ARENA_ARRAY(in->arena, struct slice, c->n);
    for (size_t i = 0; i < c->n; i++)
        out->sealers[i] = arena_lower(in->arena, c->set[i].sealed.domain);
    if (c->n)
        out->sealer = out->sealers[c->n - 1];
    unsigned from = arc_trusted(c, in->trusted, in->n_trusted);
    out->is_trusted = from > 0;
    out->aar = from ? c->set[from - 1].results : (struct slice){0};
}

bool signatures_check(const struct signatures_in *in, struct ask *q, struct dkim_results *dkim,
                      struct arc_result *arc)
{
    struct state *s = dkim->state;
    if (s == NULL) {
        s = dkim->state = ARENA_NEW(in->arena, struct state);
        signed_init(&s->mail, in->m, in->now * 1000000, in->is_cut);
    }
    /* Both take their fields apart before one of them hashes: one pass for all lengths. */
    bool dkim_done = dkim_verify(&s->mail, NULL, q, &s->dkim);
    bool arc_done = arc_verify(&s->mail, q, &s->arc);
    if (!dkim_done || !arc_done)
        return false;
    tell_dkim(in->arena, &s->dkim, dkim);
    tell_arc(in, &s->arc, arc);
    return true;
}

const struct arc_chain *signatures_chain(const struct dkim_results *dkim,
                                         struct signed_mail **out_mail)
{
    struct state *s = dkim->state;
    if (s == NULL || !s->arc.is_done)
        return NULL;
    *out_mail = &s->mail;
    return &s->arc;
}
