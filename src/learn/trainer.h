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
#define TRAINER_SLOTS (1u << 20)

/* Opens or makes the site model for writing: SITE_PATH is the last snapshot, SITE_PATH.live the
 * array that readers map (see model.h); open the trainer before the scanners' classifiers.
 * slots: power of two (default TRAINER_SLOTS). site_path NULL: a model in memory only, with a
 * fixed salt, for evaluation. ERR_CORRUPT names the damaged file; ERR_DENIED: another process
 * is learning; ERR_FULL: no room for the live file. */
MUST_USE int trainer_open(const char *base_path, const char *site_path, uint32_t slots,
                          struct err *e, struct trainer **out);
void trainer_close(struct trainer *t);
/* Applies a lesson to the site's model (weighed by trust) and to *overlay (the user's layer as
 * stored, grown in place; NULL: none). *undo receives what trainer_unlearn needs. */
void trainer_learn(struct trainer *t, const struct lesson *l, struct buf *overlay,
                   struct buf *undo);
/* Takes a lesson back with the undo bytes of trainer_learn. */
MUST_USE int trainer_unlearn(struct trainer *t, const struct lesson *l, struct slice undo,
                             struct buf *overlay, struct err *e);
/* Writes a snapshot (temporary file, fsync, rename) that stands for all lessons up to journal
 * sequence `upto`. ERR_FULL: the disk is full, the old snapshot stays. */
MUST_USE int trainer_sync(struct trainer *t, uint64_t upto, struct err *e);
/* The journal sequence that the opened file stands for. */
uint64_t trainer_upto(const struct trainer *t);
/* Hash of all weights and of what was fused from them, for "bit-equal". */
uint64_t trainer_hash(const struct trainer *t);
/* Back to nothing learned, with the same salt: the start of a rebuild. */
void trainer_reset(struct trainer *t);
/* The lessons were learned on top of another base model than the one open now: learning goes
 * on and is sound, but a rebuild from the journal will not be bit-equal to what stands here. */
bool trainer_is_stale(const struct trainer *t);
/* The trainer's own view for scoring; lives as long as the trainer. */
const struct classifier *trainer_classifier(const struct trainer *t);
/* Starts from a copy of a snapshot, in memory of this process (site_path was NULL). */
MUST_USE int trainer_load(struct trainer *t, const char *path, struct err *e);
/* Writes a snapshot to another place. */
MUST_USE int trainer_save(const struct trainer *t, const char *path, struct err *e);

#endif
