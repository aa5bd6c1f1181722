/* A round's questions on their way to the resolver process, and answers on their way back.
 *
 * One message holds all questions of a round and how long may be waited; answers come back in
 * one message or in several, each with some. Both sides check what they read: a scanner that was
 * taken over by a message must not harm the resolver, nor the other way round.
 */
#ifndef MUSTER_ASK_BATCH_H
#define MUSTER_ASK_BATCH_H

#include "ask/ask.h"
#include "base/pack.h"

#define BATCH_MOST 512u /* questions in one message */

/* All questions that were not sent yet, at most BATCH_MOST; returns how many. wait_ms: from the
 * moment the resolver gets them. */
unsigned batch_pack(struct buf *b, struct ask *q, uint32_t wait_ms);

struct batch {
    uint32_t wait_ms;
    unsigned n;
    struct dns_question *questions; /* names folded and valid */
};

/* false: not well formed. Names point into the bytes. */
bool batch_unpack(struct arena *a, struct slice bytes, struct batch *out);

/* One answer; answers stand one behind the other in a message. */
void batch_pack_answer(struct buf *b, unsigned id, const struct dns_answer *a);
/* Gives all answers of a message to q; returns how many, -1 when not well formed (those before
 * the bad place were given). */
int batch_take(struct ask *q, struct slice bytes);

#endif
