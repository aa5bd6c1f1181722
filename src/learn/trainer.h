/* The write side of the classifier: one process (keeper, or a private one under a lock) learns
 * lessons. A lesson is what is kept of a learned message: hashed features, fingerprint, label,
 * who and when; never the text. Lessons go to the journal before they are applied here, and a
 * rebuild from the journal gives the same bytes.
 */
#ifndef MUSTER_LEARN_TRAINER_H
#define MUSTER_LEARN_TRAINER_H

#include "base/buf.h"
#include "learn/classifier.h"
#include "learn/fingerprint.h"

enum label { LABEL_HAM, LABEL_SPAM };
enum trust {
    TRUST_USER, /* one person's report */
    TRUST_ADMIN /* administrator, adjudicated corpus, confirmed report */
};

struct lesson {
    unsigned char digest[16]; /* identifies the message: learning the same twice counts once */
    enum label label;
    enum trust trust;
    struct slice user; /* canonical mailbox, empty for the site */
    int64_t at_us;
    struct fingerprint fingerprint;
    struct features features;
};

/* Lesson to bytes for the journal (about 7 kB) and back; unpack is bounded and checks all. */
void lesson_pack(const struct lesson *l, struct buf *out);
MUST_USE int lesson_unpack(struct arena *a, struct slice bytes, struct err *e, struct lesson *out);

struct trainer;
/* Opens or makes the site model for writing. slots: power of two (default 1 << 20). */
MUST_USE int trainer_open(const char *base_path, const char *site_path, uint32_t slots,
                          struct err *e, struct trainer **out);
void trainer_close(struct trainer *t);
/* Applies a lesson to the site's model (weighed by trust) and to *overlay (the user's layer as
 * stored, grown in place; NULL: none). *undo receives what trainer_unlearn needs. */
void trainer_learn(struct trainer *t, const struct lesson *l, struct buf *overlay, struct buf *undo);
/* Takes a lesson back with the undo bytes of trainer_learn. */
MUST_USE int trainer_unlearn(struct trainer *t, const struct lesson *l, struct slice undo,
                             struct buf *overlay, struct err *e);
/* Writes a snapshot (temporary file, fsync, rename) that stands for all lessons up to journal
 * sequence `upto`. */
MUST_USE int trainer_sync(struct trainer *t, uint64_t upto, struct err *e);
/* The journal sequence that the opened file stands for. */
uint64_t trainer_upto(const struct trainer *t);
/* Hash of all weights, for "bit-equal". */
uint64_t trainer_hash(const struct trainer *t);

#endif
