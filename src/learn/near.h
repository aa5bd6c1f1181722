/* The near-duplicate index: which learned message does this one resemble? Bands of fingerprints
 * lead to lessons, in a view that keeper folds and scanners read. One report counts at once for
 * everything that is nearly the same.
 *
 * Storage is given as calls, so that this module knows no database. Each band keeps its newest
 * NEAR_PER_BAND lessons, so one key never grows without bound.
 */
#ifndef MUSTER_LEARN_NEAR_H
#define MUSTER_LEARN_NEAR_H

#include "base/err.h"
#include "learn/trainer.h"

#define NEAR_PER_BAND 16
#define NEAR_LIKENESS 0.5 /* share of equal bands from which messages count as nearly the same */

struct near_store {
    void *arg;
    /* false: not there. The value lives until the next call of any of these. */
    bool (*get)(void *arg, struct slice key, struct slice *out);
    int (*put)(void *arg, struct slice key, struct slice value,
               struct err *e); /* NULL: read only */
    int (*del)(void *arg, struct slice key, struct err *e);
};

struct near_hit {
    double likeness; /* 0: nothing is near */
    enum label label;
    enum trust trust;
    bool is_own; /* taught by that user himself, or by the site's administrator */
    uint64_t seq;
};

/* Enters a lesson under the sequence of its event; l->user is the person's 16 bytes or empty. */
MUST_USE int near_add(const struct near_store *s, const struct lesson *l, uint64_t seq,
                      struct err *e);
MUST_USE int near_remove(const struct near_store *s, const struct lesson *l, uint64_t seq,
                         struct err *e);
/* The lesson most like it; among equals the trusted one, then the newest. person: 16 bytes or
 * empty; a report of another user counts for the site with is_own false. */
void near_find(const struct near_store *s, const struct fingerprint *f, struct slice person,
               struct near_hit *out);

#endif
