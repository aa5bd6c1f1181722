/* Would this message arrive? What authentication found, for whoever wrote the message. */
#include "auth/dnscheck_internal.h"

static void about_spf(struct check *c, const struct auth_result *r)
{
    const struct spf_result *s = &r->spf_mail_from;
    struct dnscheck_item *i;
    if (!r->has_spf)
        return;
    if (s->value == AUTH_PASS) {
        check_add(c, DNSCHECK_MESSAGE, DNSCHECK_OK, 0, N_("SPF: %s may send it from there"),
                  s->domain);
    } else if (s->is_incomplete) {
        check_add(c, DNSCHECK_MESSAGE, DNSCHECK_UNKNOWN, 0, N_("no answer could be had for %s"),
                  s->domain);
    } else {
        i = check_add(c, DNSCHECK_MESSAGE,
                      s->value == AUTH_FAIL ? DNSCHECK_PROBLEM : DNSCHECK_WARNING, 2,
                      N_("SPF does not pass: %s"), slice_str(s->reason));
        i->advice = N_("Send it from a server that the SPF record of the envelope sender names.");
    }
}

static void about_dkim(struct check *c, const struct auth_result *r)
{
    struct dnscheck_item *i;
    if (r->dkim.n == 0) {
        i = check_add(c, DNSCHECK_MESSAGE, DNSCHECK_PROBLEM, 2, N_("the message is not signed"),
                      SLICE(""));
        i->advice = N_("Let your server sign with DKIM: large receivers want it for bulk mail.");
    }
    for (const struct dkim_result *d = r->dkim.first; d; d = d->next) {
        if (d->value == AUTH_PASS) {
            check_add(c, DNSCHECK_MESSAGE, DNSCHECK_OK, 0, N_("DKIM: signed by %s"), d->domain);
            continue;
        }
        i = check_add(c, DNSCHECK_MESSAGE, DNSCHECK_WARNING, 2, N_("a DKIM signature fails: %s"),
                      slice_str(d->reason));
        i->name = arena_printf(c->arena, "%.*s._domainkey.%.*s", SLICE_ARG(d->selector),
                               SLICE_ARG(d->domain));
    }
}

static void about_dmarc(struct check *c, const struct auth_result *r)
{
    struct dnscheck_item *i;
    for (const struct dmarc_domain *d = r->dmarc.domains; d; d = d->next) {
        if (d->value == AUTH_PASS) {
            check_add(c, DNSCHECK_MESSAGE, DNSCHECK_OK, 0,
                      d->dkim_aligned
                          ? N_("DMARC: the signature stands for %s")
                          : N_("DMARC: the envelope sender stands for %s, the signature does not"),
                      d->from);
        } else if (d->is_incomplete && d->record_at.n && !r->has_spf) {
            i = check_add(c, DNSCHECK_MESSAGE, DNSCHECK_UNKNOWN, 2,
                          N_("DMARC: no signature is known to stand for %s, and the message does "
                             "not show its envelope sender"),
                          d->from);
            i->advice = N_("Sign with d= the domain of From, or one above it.");
        } else if (d->is_incomplete) {
            check_add(c, DNSCHECK_MESSAGE, DNSCHECK_UNKNOWN, 0, N_("no answer could be had for %s"),
                      d->from);
        } else if (d->record_at.n == 0) {
            i = check_add(c, DNSCHECK_MESSAGE, DNSCHECK_WARNING, 3,
                          N_("%s has no DMARC record, which large receivers want for bulk mail"),
                          d->from);
            i->advice = N_("\"muster dns check\" says what to publish.");
        } else {
            i = check_add(c, DNSCHECK_MESSAGE, DNSCHECK_PROBLEM, 1,
                          N_("DMARC fails: neither signature nor envelope sender stand for %s"),
                          d->from);
            i->advice = N_("Sign with d= the domain of From, or one above it.");
            i->seen = d->record.text;
        }
    }
}

void dnscheck_message(struct arena *a, const struct auth_result *r, struct dnscheck *out)
{
    struct check c = {.arena = a, .out = out};
    *out = (struct dnscheck){0};
    out->tail = &out->items;
    about_spf(&c, r);
    about_dkim(&c, r);
    about_dmarc(&c, r);
}
