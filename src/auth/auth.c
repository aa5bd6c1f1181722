/* SPF, DKIM, ARC and DMARC of one message, composed. See auth.h. */
#include "auth/auth.h"

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
    bool is_done = true;
    if (in->env->has_mail_from || in->env->mail_from.n)
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
    return signatures_check(&sig, q, &out->dkim);
}

/* Each part runs even when one before it waits, so that all questions of a round go out at once. */
bool auth_check(const struct auth_in *in, struct ask *q, struct auth_result *out)
{
    const struct auth_settings *s = in->settings ? in->settings : auth_settings_default();
    received_border(in->m, in->env, s, &out->border);
    out->is_skipped = out->border.is_internal;
    out->has_spf = false;
    out->is_done = out->is_skipped || (check_spf(in, s, q, out) & check_signatures(in, s, q, out));
    return out->is_done;
}
