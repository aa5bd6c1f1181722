/* SPF, DKIM, ARC and DMARC of one message, composed. See auth.h. */
#include "auth/auth.h"

#include "ask/name.h"
#include "auth/signatures.h"

#include "auth/signatures.h"

static bool check_spf(const struct auth_in *in, const struct auth_settings *s, struct ask *q,
                      struct auth_result *out)
{
    struct spf_in spf = {.arena = in->arena,
                         .client_ip = out->border.ip,
                         .sender = in->env->mail_from,
                         .helo = out->border.helo,
                         .receiver = s->authserv_id,
                         .now = in->now,
                         .want_explanation = s->explains};
    if (!out->border.is_known)
        return true;
    out->has_spf = true;
    out->has_mail_from = in->env->has_mail_from || in->env->mail_from.n;
    bool is_done = true;
    if (out->has_mail_from)
        is_done = spf_check(&spf, q, &out->spf_mail_from);
    else
        out->spf_mail_from = (struct spf_result){.reason = "the envelope's sender is not known"};
    spf.sender = (struct slice){0};
    spf.want_explanation = false;
    return spf_check(&spf, q, &out->spf_helo) && is_done;
}

static bool check_signatures(const struct auth_in *in, const struct auth_settings *s, struct ask *q,
                             struct auth_result *out)
{
    struct signatures_in sig = {.arena = in->arena,
                                .m = in->m,
                                .is_cut = in->env->is_cut,
                                .now = in->now,
                                .trusted = s->sealers.items,
                                .n_trusted = s->sealers.n};
    return signatures_check(&sig, q, &out->dkim, &out->arc);
}

static bool check_dmarc(const struct auth_in *in, const struct auth_settings *s, bool is_ready,
                        struct ask *q, struct auth_result *out)
{
    if (!out->authors) {
        out->authors = ARENA_NEW(in->arena, struct dmarc_authors);
        dmarc_authors(in->arena, in->m, out->authors);
    }
    struct dmarc_in dmarc = {.arena = in->arena,
                             .authors = out->authors,
                             .settings = s,
                             .spf = out->has_spf && out->has_mail_from ? &out->spf_mail_from : NULL,
                             .dkim = &out->dkim,
                             .arc = &out->arc,
                             .forwarder = out->border.behind};
    return dmarc_check(&dmarc, is_ready, q, &out->dmarc);
}

static void prove(const struct auth_in *in, struct auth_result *out, struct slice domain)
{
    char room[DNS_NAME_BYTES];
    struct slice folded;
    if (!dns_name_fold(domain, room, &folded) || folded.n == 0)
        return;
    for (size_t i = 0; i < out->n_proven; i++)
        if (slice_eq(out->proven[i], folded))
            return;
    out->proven[out->n_proven++] = arena_dup(in->arena, folded);
}

static void prove_all(const struct auth_in *in, struct auth_result *out)
{
    out->n_proven = 0;
    out->proven = ARENA_ARRAY(in->arena, struct slice, out->dkim.n + out->dmarc.n + 1);
    for (const struct dkim_result *k = out->dkim.first; k; k = k->next)
        if (k->value == AUTH_PASS && !k->body_grew)
            prove(in, out, k->domain);
    if (out->has_spf && out->spf_mail_from.value == AUTH_PASS)
        prove(in, out, out->spf_mail_from.domain);
    for (const struct dmarc_domain *d = out->dmarc.domains; d; d = d->next)
        if (d->value == AUTH_PASS)
            prove(in, out, d->from);
}

static void sum_up(struct auth_result *out)
{
    out->is_border_missing = !out->has_spf && out->border.missing;
    out->is_incomplete = out->is_border_missing || out->spf_mail_from.is_incomplete ||
                         out->spf_helo.is_incomplete || out->arc.is_incomplete ||
                         out->dmarc.is_incomplete;
    for (const struct dkim_result *k = out->dkim.first; k; k = k->next)
        out->is_incomplete |= k->is_incomplete;
}

bool auth_proves(const struct auth_result *r, struct slice domain)
{
    for (size_t i = 0; i < r->n_proven; i++) {
        struct slice p = r->proven[i];
        if (slice_eq(p, domain) ||
            (domain.n > p.n && slice_ends(domain, p) && domain.p[domain.n - p.n - 1] == '.'))
            return true;
    }
    return false;
}

/* Each part runs even when one before it waits, so that all questions of a round go out at once. */
bool auth_check(const struct auth_in *in, struct ask *q, struct auth_result *out)
{
    const struct auth_settings *s = in->settings ? in->settings : auth_settings_default();
    received_border(in->m, in->env, s, &out->border);
    out->is_skipped = out->border.is_internal;
    out->has_spf = out->has_mail_from = false;
    if (out->is_skipped)
        return out->is_done = true;
    bool has_spf = check_spf(in, s, q, out);
    bool has_signatures = check_signatures(in, s, q, out);
    bool has_dmarc = check_dmarc(in, s, has_spf && has_signatures, q, out);
    out->is_done = has_spf && has_signatures && has_dmarc;
    if (out->is_done) {
        prove_all(in, out);
        sum_up(out);
    }
    return out->is_done;
}

bool auth_received_spf(const struct auth_result *r, const struct envelope *env,
                       const struct auth_settings *s, struct buf *out)
{
    struct spf_in in = {.client_ip = r->border.ip,
                        .sender = env->mail_from,
                        .helo = r->border.helo,
                        .receiver = s->authserv_id};
    if (!r->has_spf)
        return false;
    if (r->has_mail_from)
        spf_received(&in, &r->spf_mail_from, "mailfrom", out);
    else
        spf_received(&in, &r->spf_helo, "helo", out);
    return !out->full;
}
