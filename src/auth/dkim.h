/* DKIM: all signatures of a message (RFC 6376, 8301, 8463, 8553, 8616).
 *
 * Replayable: dkim_verify is called again after each round of answers with the same result
 * struct and goes on where it stood; a signature is verified once. Bounded: of DKIM_READ fields
 * the tags are read, at most `tried` are verified, those of the authors' domains first; the
 * others say so. l= never earns a full pass: body_grew is set when bytes lie past it, and
 * such a signature must not align (dkim_may_align).
 */
#ifndef MUSTER_AUTH_DKIM_H
#define MUSTER_AUTH_DKIM_H

#include "auth/signature.h"

#define DKIM_READ  64
#define DKIM_TRIED 8

struct dkim_limits {
    unsigned tried; /* signatures verified per message; 0: DKIM_TRIED */
};

struct dkim_set {
    struct signature *sig; /* in the order of the message */
    size_t n;
    size_t n_unread;  /* fields past DKIM_READ, not even taken apart */
    size_t n_untried; /* well formed, but past the limit */
    bool is_done;
    /* private */
    struct dkim_state *state;
};

/* limits may be NULL. False: questions are out, call again. */
bool dkim_verify(struct signed_mail *s, const struct dkim_limits *limits, struct ask *q,
                 struct dkim_set *io);
/* True when bytes were added to the body behind what was signed. */
bool dkim_body_grew(const struct signature *sig);
/* A pass that DMARC may count: the whole body is signed. */
bool dkim_may_align(const struct signature *sig);
/* The first bytes of b= that tell this signature from the others (RFC 6008): at least 8. */
struct slice dkim_b_prefix(const struct dkim_set *r, const struct signature *sig);

#endif
