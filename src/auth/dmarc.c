/* DMARC evaluation: alignment, policy, overrides. See dmarc.h. */
#include "auth/dmarc.h"

#include "ask/name.h"

struct check {
    const struct dmarc_in *in;
    struct ask *ask;
    bool waits;
};

static bool is_below(struct slice name, struct slice domain)
{
    return slice_eq(name, domain) || (name.n > domain.n && domain.n && slice_ends(name, domain) &&
                                      name.p[name.n - domain.n - 1] == '.');
}

static bool walk(struct check *c, struct slice domain, struct dmarc_walk *out)
{
    bool is_done = c->in->settings->is_old_mode ? dmarc_by_list(c->in->arena, c->ask, domain, out)
                                                : dmarc_walk(c->in->arena, c->ask, domain, out);
    c->waits |= !is_done;
    return is_done;
}

enum aligned { ALIGNED_NO, ALIGNED_YES, ALIGNED_UNKNOWN };

/* Section 4.4: equal, or in relaxed mode of one organisation. */
static enum aligned is_aligned(struct check *c, const struct dmarc_domain *d,
                               const struct dmarc_walk *author, struct slice name, bool is_strict)
{
    struct dmarc_walk w;
    if (slice_eq(name, d->from))
        return ALIGNED_YES;
    if (is_strict || !is_below(name, author->org) || name.n == 0)
        return author->is_incomplete && !is_strict && name.n ? ALIGNED_UNKNOWN : ALIGNED_NO;
    if (author->is_incomplete)
        return ALIGNED_UNKNOWN;
    if (!walk(c, name, &w))
        return ALIGNED_NO;
    if (w.is_incomplete)
        return ALIGNED_UNKNOWN;
    return slice_eq(w.org, author->org) ? ALIGNED_YES : ALIGNED_NO;
}

static struct slice folded(struct arena *a, struct slice name)
{
    char room[DNS_NAME_BYTES];
    struct slice out;
    return dns_name_fold(name, room, &out) ? arena_dup(a, out) : (struct slice){0};
}

/* Looks for an identifier that proves the author domain. Sets is_incomplete where one might, were
 * its answer there. */
static void align(struct check *c, const struct dmarc_walk *author, struct dmarc_domain *d)
{
    const struct dmarc_in *in = c->in;
    bool strict_spf = d->record.strict_spf, strict_dkim = d->record.strict_dkim;
    for (const struct dkim_result *k = in->dkim ? in->dkim->first : NULL; k; k = k->next) {
        bool may = k->value == AUTH_TEMPERROR;
        if ((k->value != AUTH_PASS && !may) || k->body_grew)
            continue;
        enum aligned is = is_aligned(c, d, author, folded(in->arena, k->domain), strict_dkim);
        if (is == ALIGNED_YES && !may && !d->dkim_aligned) {
            d->dkim_aligned = true;
            d->dkim_domain = k->domain;
        }
        d->is_incomplete |= is == ALIGNED_UNKNOWN || (is == ALIGNED_YES && may);
    }
    const struct spf_result *s = in->spf;
    if (s && (s->value == AUTH_PASS || s->value == AUTH_TEMPERROR)) {
        enum aligned is = is_aligned(c, d, author, s->domain, strict_spf);
        bool may = s->value == AUTH_TEMPERROR;
        d->spf_aligned = is == ALIGNED_YES && !may;
        d->is_incomplete |= is == ALIGNED_UNKNOWN || (is == ALIGNED_YES && may);
    }
    if (d->dkim_aligned || d->spf_aligned)
        d->is_incomplete = false;
}

static void set_policy(struct dmarc_domain *d, const struct dmarc_step *from, bool is_old)
{
    const struct dmarc_record *r = &d->record;
    bool is_own = slice_eq(from->domain, d->from);
    d->policy = is_own ? r->p : r->sp;
    memcpy(d->policy_tag, is_own || !r->has_sp ? "p" : "sp", is_own || !r->has_sp ? 2 : 3);
    if (!is_own && d->is_nonexistent && !is_old && (r->has_np || r->has_sp)) {
        d->policy = r->np;
        memcpy(d->policy_tag, r->has_np ? "np" : "sp", 3);
    }
}

/* Does the author domain exist? Only asked where it has no record of its own. */
static void exists(struct check *c, struct dmarc_domain *d)
{
    const struct dns_answer *a = ask_dns(c->ask, d->from, DNS_A);
    c->waits |= !a;
    d->is_nonexistent = a && a->status == ASK_NXDOMAIN;
}

static void conclude(const struct check *c, struct dmarc_domain *d)
{
    if (d->dkim_aligned || d->spf_aligned) {
        d->value = AUTH_PASS;
        d->reason = d->dkim_aligned ? "an aligned DKIM signature" : "aligned SPF";
    } else if (d->is_incomplete) {
        d->value = AUTH_TEMPERROR;
        d->reason = "an answer about an aligned identifier is missing";
    } else if (!c->in->spf) {
        /* Without a client address SPF might have passed. */
        d->value = AUTH_TEMPERROR;
        d->is_incomplete = true;
        d->reason = "SPF could not be checked, and no DKIM signature is aligned";
    } else {
        d->value = AUTH_FAIL;
        d->reason = "neither SPF nor DKIM proves this domain";
    }
}

static void check_domain(struct check *c, const struct dmarc_author *author, struct dmarc_domain *d)
{
    struct dmarc_walk w;
    d->from = author->domain;
    if (author->is_bad) {
        d->value = AUTH_PERMERROR;
        d->reason = "the author domain is no name that DNS can carry";
        return;
    }
    d->value = AUTH_NONE;
    d->reason = "no DMARC record";
    bool is_done = walk(c, d->from, &w);
    if (w.step[0].found != DMARC_FOUND_RECORD)
        exists(c, d);
    if (!is_done)
        return;
    d->org = w.org;
    bool is_own = w.step[0].found == DMARC_FOUND_RECORD;
    if (w.is_incomplete && !is_own) {
        d->value = AUTH_TEMPERROR;
        d->is_incomplete = true;
        d->reason = "the DMARC record could not be asked for";
        return;
    }
    if (!w.policy || !w.policy->record.has_p) {
        if (w.policy)
            d->reason = "the DMARC record names no policy and no address for reports";
        return;
    }
    d->record_at = w.policy->domain;
    d->record = w.policy->record;
    set_policy(d, w.policy, c->in->settings->is_old_mode);
    align(c, &w, d);
    conclude(c, d);
}

/* ---- the whole message ---- */

static int rank(enum auth_value v)
{
    switch (v) {
    case AUTH_PASS:
        return 0;
    case AUTH_NONE:
        return 1;
    case AUTH_TEMPERROR:
        return 2;
    case AUTH_PERMERROR:
        return 3;
    default:
        return 4;
    }
}

static bool in_list(const struct conf_list *list, struct slice name)
{
    for (size_t i = 0; i < list->n; i++)
        if (is_below(name, list->items[i]))
            return true;
    return false;
}

static bool excused(struct dmarc_result *r, enum dmarc_override why, struct slice who)
{
    r->override = why;
    r->override_detail = who;
    r->action = DMARC_NONE;
    return true;
}

/* A mailing list of the operator's choice that proves itself: its own signature or SPF. */
static bool proven_list(const struct dmarc_in *in, struct slice *out_who)
{
    const struct conf_list *lists = &in->settings->lists;
    for (const struct dkim_result *k = in->dkim ? in->dkim->first : NULL; k; k = k->next)
        if (k->value == AUTH_PASS && !k->body_grew && in_list(lists, k->domain)) {
            *out_who = k->domain;
            return true;
        }
    if (in->spf && in->spf->value == AUTH_PASS && in_list(lists, in->spf->domain)) {
        *out_who = in->spf->domain;
        return true;
    }
    return false;
}

/* Did the trusted sealer see dmarc=pass? Its field is read word by word: results are lower case
 * words of RFC 8601 behind "dmarc=". */
static bool sealer_saw_pass(const struct arc_result *arc)
{
    struct slice rest = arc->aar, one;
    while (slice_split(&rest, ';', &one)) {
        one = slice_trim(one);
        if (!slice_istarts(one, SLICE("dmarc=pass")))
            continue;
        one = slice_from(one, 10);
        if (one.n == 0 || ascii_is_space(one.p[0]) || one.p[0] == '(')
            return true;
    }
    return false;
}

static void override(const struct dmarc_in *in, struct dmarc_result *r)
{
    struct slice who = {0};
    r->action = r->policy;
    if (r->value != AUTH_FAIL || r->policy == DMARC_NONE)
        return;
    if (in_list(&in->settings->local, r->worst->from) &&
        excused(r, DMARC_OVERRIDE_LOCAL, r->worst->from))
        return;
    if (in->forwarder.n && excused(r, DMARC_OVERRIDE_TRUSTED_FORWARDER, in->forwarder))
        return;
    if (proven_list(in, &who) && excused(r, DMARC_OVERRIDE_MAILING_LIST, who))
        return;
    if (in->arc && in->arc->value == AUTH_PASS && in->arc->is_trusted && sealer_saw_pass(in->arc) &&
        excused(r, DMARC_OVERRIDE_TRUSTED_FORWARDER, in->arc->sealer))
        return;
    if (r->worst->record.is_test && !in->settings->is_old_mode) {
        r->override = DMARC_OVERRIDE_TEST_MODE;
        r->override_detail = r->worst->from;
        r->action = r->policy == DMARC_REJECT ? DMARC_QUARANTINE : DMARC_NONE;
    }
}

static int action_of(const struct dmarc_domain *d)
{
    return d->record.is_test && d->policy > DMARC_NONE ? (int)d->policy * 2 - 1
                                                       : (int)d->policy * 2;
}

static void worse(struct dmarc_result *r, const struct dmarc_domain *d)
{
    bool is_first = !r->worst;
    bool is_worse = !is_first && rank(d->value) > rank(r->worst->value);
    bool is_same = !is_first && rank(d->value) == rank(r->worst->value) && d->value == AUTH_FAIL &&
                   action_of(d) > action_of(r->worst);
    if (is_first || is_worse || is_same)
        r->worst = d;
    r->is_incomplete |= d->is_incomplete;
}

bool dmarc_check(const struct dmarc_in *in, bool is_ready, struct ask *q, struct dmarc_result *out)
{
    struct check c = {in, q, !is_ready};
    struct dmarc_domain **tail = &out->domains;
    *out = (struct dmarc_result){0};
    for (const struct dmarc_author *a = in->authors->first; a; a = a->next) {
        struct dmarc_domain *d = ARENA_NEW(in->arena, struct dmarc_domain);
        check_domain(&c, a, d);
        *tail = d;
        tail = &d->next;
        out->n++;
        worse(out, d);
    }
    if (c.waits)
        return false;
    if (!out->worst || in->authors->is_cut) {
        out->value = AUTH_PERMERROR;
        out->reason = out->worst ? "it names too many author domains" : "it names no author domain";
        return true;
    }
    out->value = out->worst->value;
    out->reason = out->worst->reason;
    if (out->value == AUTH_FAIL)
        out->policy = out->worst->policy;
    override(in, out);
    return true;
}
