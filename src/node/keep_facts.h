/* What this node verified itself about the senders of messages that are learned. */
#ifndef MUSTER_NODE_KEEP_FACTS_H
#define MUSTER_NODE_KEEP_FACTS_H

#include "node/keep.h"

/* Adds to *out (facts_pack) what all complete scans of that content have in common; nothing when it
 * was never scanned here. A message that also came another way, as copies that somebody sends on
 * his own account do, teaches only about what was the same each time. */
void keep_facts_of(struct keep *k, const unsigned char digest[16], struct buf *out);

/* A scan that was just appended, with its facts (empty: none): a lesson about it may come before it
 * is folded. */
void keep_facts_note(struct keep *k, uint64_t seq, const unsigned char digest[16],
                     struct slice facts);

#endif
