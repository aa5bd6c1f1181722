/* The walk up the DNS for policy and organisational domain (RFC 9989 section 4.10), and the old
 * way by the public suffix list. */
#include "auth/dmarc.h"

#include "mail/url.h"

#define LABELS_KEPT 7

static size_t labels(struct slice s)
{
    size_t n = s.n > 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == '.';
    return n;
}

static struct slice parent(struct slice s)
{
    size_t dot = slice_chr(s, '.');
    return dot == SIZE_MAX ? (struct slice){0} : slice_from(s, dot + 1);
}

static struct slice record_name(struct arena *a, struct slice domain)
{
    return arena_printf(a, "_dmarc.%.*s", SLICE_ARG(domain));
}

/* What stands at one name. false: it waits. */
static bool look(struct arena *a, struct ask *q, struct slice domain, struct dmarc_step *out)
{
    *out = (struct dmarc_step){.domain = domain};
    struct slice name = record_name(a, domain), txt;
    if (!dns_name_is_valid(name))
        return true; /* too long with the prefix: nobody can publish there */
    const struct dns_answer *answer = ask_dns(q, name, DNS_TXT);
    if (!answer)
        return false;
    if (answer->status > ASK_NXDOMAIN) {
        out->found = DMARC_FOUND_MISSING;
        return true;
    }
    size_t n = 0;
    struct slice only = {0};
    for (size_t i = 0; answer->status == ASK_OK && i < answer->n; i++)
        if (dns_txt(a, answer->rdata[i], &txt) && dmarc_is_record(txt) && n++ == 0)
            only = txt;
    if (n > 1)
        out->found = DMARC_FOUND_SEVERAL;
    else if (n == 1)
        out->found = dmarc_record_parse(only, &out->record) ? DMARC_FOUND_RECORD : DMARC_FOUND_BAD;
    return true;
}

/* Section 4.10.2. step[at] ended the walk with a psd tag, or the walk came to its end. */
static struct slice organisation(const struct dmarc_walk *w)
{
    struct slice domain = w->step[0].domain, last = domain;
    for (size_t i = 0; i < w->n; i++) {
        const struct dmarc_step *s = &w->step[i];
        if (s->found != DMARC_FOUND_RECORD)
            continue;
        if (s->record.psd == 'n')
            return s->domain;
        if (s->record.psd == 'y' && i > 0) {
            /* one label below; the walk may have jumped over it */
            struct slice below = domain;
            while (labels(below) > labels(s->domain) + 1)
                below = parent(below);
            return below;
        }
        last = s->domain;
    }
    return last;
}

static const struct dmarc_step *step_at(const struct dmarc_walk *w, struct slice domain)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->step[i].found == DMARC_FOUND_RECORD && slice_eq(w->step[i].domain, domain))
            return &w->step[i];
    return NULL;
}

/* Section 4.10.1: the author domain's own record, its organisation's, its suffix's. */
static void choose(struct dmarc_walk *w)
{
    w->org = organisation(w);
    w->policy = step_at(w, w->step[0].domain);
    if (!w->policy)
        w->policy = step_at(w, w->org);
    for (size_t i = 0; !w->policy && i < w->n; i++)
        if (w->step[i].found == DMARC_FOUND_RECORD && w->step[i].record.psd == 'y')
            w->policy = &w->step[i];
}

bool dmarc_walk(struct arena *a, struct ask *q, struct slice domain, struct dmarc_walk *out)
{
    *out = (struct dmarc_walk){0};
    bool waits = false;
    for (struct slice at = domain; at.n && out->n < DMARC_QUERIES;) {
        struct dmarc_step *s = &out->step[out->n++];
        if (!look(a, q, at, s))
            waits = true; /* and ask for the rest in the same round */
        out->is_incomplete |= s->found == DMARC_FOUND_MISSING;
        if (!waits && s->found == DMARC_FOUND_RECORD && s->record.psd != 'u')
            break;
        at = parent(at);
        while (out->n == 1 && labels(at) > LABELS_KEPT)
            at = parent(at);
    }
    if (!waits)
        choose(out);
    return !waits;
}

bool dmarc_by_list(struct arena *a, struct ask *q, struct slice domain, struct dmarc_walk *out)
{
    *out = (struct dmarc_walk){0};
    struct slice org = url_org_domain(a, domain);
    if (org.n == 0)
        org = domain;
    bool is_done = look(a, q, domain, &out->step[out->n++]);
    if (!slice_eq(org, domain))
        is_done = look(a, q, org, &out->step[out->n++]) && is_done;
    for (size_t i = 0; i < out->n; i++)
        out->is_incomplete |= out->step[i].found == DMARC_FOUND_MISSING;
    out->org = org;
    out->policy = step_at(out, domain);
    if (!out->policy)
        out->policy = step_at(out, org);
    return is_done;
}

bool dmarc_report_allowed(struct arena *a, struct ask *q, struct slice domain, struct slice target,
                          bool *out_allowed)
{
    struct dmarc_walk one, two;
    bool is_done = dmarc_walk(a, q, domain, &one);
    is_done = dmarc_walk(a, q, target, &two) && is_done;
    struct slice name = arena_printf(a, "%.*s._report._dmarc.%.*s", SLICE_ARG(domain),
                                     SLICE_ARG(target)),
                 txt;
    const struct dns_answer *answer = dns_name_is_valid(name) ? ask_dns(q, name, DNS_TXT) : NULL;
    *out_allowed = false;
    if (!is_done || (!answer && dns_name_is_valid(name)))
        return false;
    *out_allowed = !one.is_incomplete && !two.is_incomplete && slice_eq(one.org, two.org);
    for (size_t i = 0; answer && answer->status == ASK_OK && i < answer->n; i++)
        *out_allowed |= dns_txt(a, answer->rdata[i], &txt) && dmarc_is_record(txt);
    return true;
}
