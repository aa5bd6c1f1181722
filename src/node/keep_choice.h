/* What people chose for their own mail (verdict/choice.h), as keeper holds it: in events, folded
 * into views. The verbs are in keep_choice.c; digests (keep_digest.h) read it too. */
#ifndef MUSTER_NODE_KEEP_CHOICE_H
#define MUSTER_NODE_KEEP_CHOICE_H

#include "node/keep.h"
#include "verdict/choice.h"

/* The choice of a person (zeros: the site's lists); empty when he made none. */
void keep_choice_read(struct keep *k, const unsigned char person[16], struct arena *a,
                      struct choice *out);
/* Folds EVENT_ACCOUNT into VIEW_CHOICE and VIEW_SENT; other verbs pass. */
fold_fn keep_fold_choice;

/* Up to when held mail was told to the person; 0: never. */
int64_t keep_digest_sent(struct keep *k, const unsigned char person[16]);
MUST_USE int keep_digest_mark(struct keep *k, const unsigned char person[16], int64_t at_us,
                              struct err *e);

#endif
