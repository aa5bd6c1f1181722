/* ARC: the chain of seals that forwarders put on mail (RFC 8617).
 *
 * Replayable like dkim_verify. A pass says that the sealers say so, one after the other, and is
 * worth what they are worth: arc_trusted asks the operator's list. Bounded: 50 sets, one
 * verification per seal and one for the newest message signature; sets are hashed once for all
 * seals. The chain's shape is judged first; a broken one asks and computes nothing.
 */
#ifndef MUSTER_AUTH_ARC_H
#define MUSTER_AUTH_ARC_H

#include "auth/signature.h"

#define ARC_SETS 50 /* RFC 8617 4.2.1 */

struct arc_set {
    const struct header *aar, *ams, *seal;
    struct slice results; /* of the AAR, behind "i=N;", folding and all */
    struct signature signature, sealed;
    bool has_seal, has_signature; /* they could be read */
};

struct arc_chain {
    struct arc_set *set;     /* set[0] is instance 1 */
    size_t n;                /* 0: no ARC fields at all */
    enum dkim_status status; /* DKIM_NONE, PASS, FAIL, TEMPERROR; POLICY: not tried */
    const char *reason;      /* NULL for a pass */
    bool ended; /* it arrived as failed: the newest seal says cv=fail; nobody seals it again */
    bool is_done;
    /* private */
    bool is_read;
};

/* False: questions are out, call again. */
bool arc_verify(struct signed_mail *s, struct ask *q, struct arc_chain *io);
/* The lowest instance from which on every sealer of a passing chain is on the list: what its
 * AAR says may be believed. 0: the newest sealer is not on it. */
unsigned arc_trusted(const struct arc_chain *c, const struct slice *domains, size_t n);

#endif
