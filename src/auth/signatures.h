/* The DKIM signatures and the ARC chain of one message, as auth.h composes them: one view of the
 * message for both, kept between the rounds of questions. */
#ifndef MUSTER_AUTH_SIGNATURES_H
#define MUSTER_AUTH_SIGNATURES_H

#include "auth/arc.h"
#include "auth/dkim.h"
#include "auth/result.h"

struct signatures_in {
    struct arena *arena;
    const struct message *m;
    bool is_cut;                 /* the raw bytes are only the head of the message */
    int64_t now;                 /* Unix seconds */
    const struct slice *trusted; /* domains of ARC sealers that are believed */
    size_t n_trusted;
};

/* False: questions are out, call again with the same results. */
bool signatures_check(const struct signatures_in *in, struct ask *q, struct dkim_results *dkim,
                      struct arc_result *arc);

/* The chain and the view of the message that a finished check left in its results, for sealing;
 * NULL: nothing was checked. */
const struct arc_chain *signatures_chain(const struct dkim_results *dkim,
                                         struct signed_mail **out_mail);

#endif
