/* A model: hashed weights in one mapped array, and the file formats around it.
 *
 * A site's model is two files. PATH is the last snapshot: whole, checksummed, replaced by
 * rename; it is what people copy and back up. PATH.live is the array that the one trainer
 * changes in place and that scanners map and read without locks; it is made from the snapshot
 * at every start of the trainer and worth nothing without it. Both begin with a header page.
 *
 * Weights are 32-bit fixed point (24 bits behind the point): sums do not depend on the order of
 * the features, taking a lesson back is exact, and there is no NaN to guard against. Each sits
 * beside its AdaGrad sum, so that a step costs one cache line.
 *
 * A sum needs neither the sums of gradients nor 24 bits: it reads the brief weights, 16 bits each,
 * a quarter of the memory. They follow from the cells (model_brief) and lie behind them in a live
 * file; a snapshot has none.
 */
#ifndef MUSTER_LEARN_MODEL_H
#define MUSTER_LEARN_MODEL_H

#include "base/err.h"
#include "base/hash.h"
#include "learn/fusion.h"

#define MODEL_VERSION    1
#define MODEL_HEADER     4096
#define MODEL_SLOTS_MIN  (1u << 10)
#define MODEL_SLOTS_MAX  (1u << 26)
#define MODEL_ONE        16777216         /* 1.0 in fixed point */
#define MODEL_WEIGHT_MAX (20 * MODEL_ONE) /* no weight goes beyond */
#define MODEL_BRIEF_ONE  1024             /* 1.0 as a brief weight */

struct model_cell {
    int32_t w; /* weight in units of 1 / MODEL_ONE */
    float g;   /* sum of squared gradients */
};

/* What a model knows besides its weights. */
struct model_state {
    uint64_t upto;           /* journal sequence that the snapshot stands for */
    uint64_t base_hash;      /* base model that the lessons were learned on top of; 0: none */
    uint64_t learned[2];     /* lessons: ham, spam */
    uint64_t trusted[2];     /* of these, from administrators */
    uint64_t seen[CHANNELS]; /* lessons with something in the channel */
    int64_t epoch;           /* decay steps are counted from 1970 */
    struct fusion fusion;
};

struct model_header {
    char magic[8];
    uint32_t version, features_version, slots, is_snapshot;
    unsigned char salt[16];
    uint32_t identity_crc; /* of all before it */
    uint32_t state_crc;    /* of state; only in a snapshot, 0 in a live file */
    uint64_t cells_hash;   /* of the weights; only in a snapshot */
    struct model_state state;
};

struct model {
    struct model_header *head;
    struct model_cell *cells;
    int16_t *brief; /* of each cell its weight in units of 1 / MODEL_BRIEF_ONE */
    uint32_t mask;
    uint64_t key[CHANNELS], factor[CHANNELS]; /* of the salt, one for each channel; factor odd */
    size_t map_bytes;
    int16_t *own_brief; /* to be freed: of a snapshot that is mapped */
    int fd;             /* of a live file, locked; else -1 */
};

/* An empty model in memory of this process. salt NULL: zeros (repeatable). Aborts when out of
 * memory. */
void model_new(uint32_t slots, const unsigned char *salt, struct model *out);
/* Maps a snapshot or live file for reading. Checks the header, in a snapshot also all weights.
 * ERR_CORRUPT names the file and what is wrong; ERR_NOENT when there is none. */
MUST_USE int model_map(const char *path, struct err *e, struct model *out);
/* Opens PATH.live for writing, filled from the snapshot PATH or empty when there is none.
 * ERR_DENIED when another process has it open for writing. */
MUST_USE int model_open_live(const char *path, uint32_t slots, struct err *e, struct model *out);
/* Writes a snapshot to PATH (temporary file, fsync, rename). */
MUST_USE int model_save(const struct model *m, const char *path, struct err *e);
void model_close(struct model *m);
/* Back to nothing learned; salt and size stay. */
void model_reset(struct model *m);
/* Hash of weights and state (without upto), the same for the same lessons. */
uint64_t model_hash(const struct model *m);
/* "PATH.live" into out (PATH_MAX bytes). */
void model_live_path(const char *path, char *out, size_t room);

/* Where a feature's weight is: multiply-shift under secret numbers, so that who does not know the
 * salt cannot make two features meet. */
static inline uint32_t model_slot(const struct model *m, enum channel c, uint32_t feature)
{
    return (uint32_t)((feature + m->key[c]) * m->factor[c] >> 32) & m->mask;
}

/* One weight as a sum counts it, read while the trainer may write. */
static inline double model_weight(const struct model *m, uint32_t slot)
{
    return (double)__atomic_load_n(&m->brief[slot], __ATOMIC_RELAXED) / MODEL_BRIEF_ONE;
}

/* Makes the brief weights of n cells follow. Whoever changes a model's cells calls one of these. */
void model_brief(struct model *m, const uint32_t *slots, uint32_t n);
void model_brief_all(struct model *m);
/* Sum of the brief weights of n features, without the 1/sqrt(n). */
double model_sum(const struct model *m, enum channel c, const uint32_t *features, uint32_t n);
/* One value of the fusion as a reader sees it. */
void model_fusion(const struct model *m, struct fusion *out);

/* One step against a gradient on the cells of n features. */
struct model_step {
    double rate;     /* eta */
    double gradient; /* error times 1/sqrt(n) */
    double x;        /* 1/sqrt(n) */
};
/* slots: mask + 1 cells. *deltas (may be NULL) takes what was added to each weight. */
void model_step(struct model_cell *cells, const uint32_t *slots, uint32_t n,
                const struct model_step *s, int32_t *deltas);
/* Takes a step back: exact for the weights. factor: decay since. */
void model_unstep(struct model_cell *cells, const uint32_t *slots, uint32_t n,
                  const struct model_step *s, const int32_t *deltas, double factor);
/* Multiplies all weights and sums by factor. */
void model_decay(struct model_cell *cells, uint32_t n, double factor);

#endif
