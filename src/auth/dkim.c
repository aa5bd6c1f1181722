/* All DKIM signatures of one message. See dkim.h. */
#include "auth/dkim.h"

enum step { STEP_READ, STEP_WAITS, STEP_DONE };

struct dkim_state {
    enum step *step; /* per signature */
};

/* True when the signer's domain and an author's are the same or one lies below the other. */
static bool is_authors(const struct signed_mail *s, struct slice domain)
{
    for (const struct address *x = s->from; x; x = x->next) {
        if (domain_is_below(x->domain, domain) || domain_is_below(domain, x->domain))
            return true;
    }
    return false;
}

/* Chooses which well-formed signatures are verified: the authors' first, then from the top. */
static void choose(struct signed_mail *s, unsigned most, struct dkim_set *r)
{
    unsigned tried = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < r->n; i++) {
            struct signature *sig = &r->sig[i];
            if (r->state->step[i] != STEP_READ || is_authors(s, sig->domain) != (pass == 0))
                continue;
            bool fits = tried < most;
            if (fits && sig->has_length)
                fits = signed_want_length(s, sig->body_canon, sig->length);
            r->state->step[i] = fits ? STEP_WAITS : STEP_DONE;
            tried += fits;
            if (!fits) {
                r->n_untried++;
                sig->status = DKIM_POLICY;
                sig->reason = "not tried: the message has too many signatures";
            }
        }
    }
}

static void begin(struct signed_mail *s, const struct dkim_limits *limits, struct dkim_set *r)
{
    size_t n = 0;
    for (const struct header *h = NULL; (h = header_find(s->headers, "DKIM-Signature", h));)
        n++;
    r->n_unread = n > DKIM_READ ? n - DKIM_READ : 0;
    n -= r->n_unread;
    r->sig = ARENA_ARRAY(s->arena, struct signature, n);
    r->state = ARENA_NEW(s->arena, struct dkim_state);
    r->state->step = ARENA_ARRAY(s->arena, enum step, n);
    for (const struct header *h = NULL; r->n < n; r->n++) {
        h = header_find(s->headers, "DKIM-Signature", h);
        struct signature *sig = &r->sig[r->n];
        bool ok = signature_read(s, h, SIGNATURE_DKIM, sig);
        if (ok && s->is_cut) {
            sig->status = DKIM_NEUTRAL;
            sig->reason = "not tried: only a part of the message was read";
            ok = false;
        }
        r->state->step[r->n] = ok ? STEP_READ : STEP_DONE;
    }
    choose(s, limits && limits->tried ? limits->tried : DKIM_TRIED, r);
}

bool dkim_verify(struct signed_mail *s, const struct dkim_limits *limits, struct ask *q,
                 struct dkim_set *io)
{
    const struct dns_answer *answer[DKIM_READ] = {0};
    if (io->is_done)
        return true;
    if (io->state == NULL)
        begin(s, limits, io);
    io->is_done = true;
    for (size_t i = 0; i < io->n; i++) {
        if (io->state->step[i] != STEP_WAITS)
            continue;
        answer[i] = ask_dns(q, signature_key_name(s->arena, &io->sig[i]), DNS_TXT);
        io->is_done = io->is_done && answer[i];
    }
    for (size_t i = 0; i < io->n; i++) {
        if (answer[i] == NULL)
            continue;
        signature_verify(s, answer[i], &io->sig[i]);
        io->state->step[i] = STEP_DONE;
    }
    return io->is_done;
}

bool dkim_body_grew(const struct signature *sig)
{
    return sig->has_length && sig->body_bytes > sig->length;
}

bool dkim_may_align(const struct signature *sig)
{
    return sig->status == DKIM_PASS && !dkim_body_grew(sig);
}

struct slice dkim_b_prefix(const struct dkim_set *r, const struct signature *sig)
{
    size_t n = 8;
    for (size_t i = 0; i < r->n; i++) {
        if (&r->sig[i] == sig)
            continue;
        while (n < sig->b.n && slice_eq(slice_head(sig->b, n), slice_head(r->sig[i].b, n)))
            n++;
    }
    return slice_head(sig->b, n);
}
