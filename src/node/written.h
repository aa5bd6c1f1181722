/* Mail that our own people send, remembered as hashes of whom they write to (journal/known.h):
 * packed where it was scanned, made an event by keeper. */
#ifndef MUSTER_NODE_WRITTEN_H
#define MUSTER_NODE_WRITTEN_H

#include "node/keep.h"
#include "scan/scan.h"

/* Packs person and marks; false: it is not mail of a user who logged in, or to too many, or it
 * looks like spam (a stolen account). */
bool written_pack(const struct scan *s, const struct scan_world *w, struct buf *out);
void written_take(struct keep *k, struct slice packed);

#endif
