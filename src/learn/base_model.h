/* The shipped base model: a small read-only prior over content features, for day one.
 *
 * A header page, then 2^k slots of two bytes: a check byte and a weight in 8 bits. The check
 * keeps features that the base never saw from reading somebody else's weight, so that unknown
 * mail stays near 0. There is no salt: the file is the same everywhere.
 */
#ifndef MUSTER_LEARN_BASE_MODEL_H
#define MUSTER_LEARN_BASE_MODEL_H

#include "base/err.h"
#include "base/hash.h"
#include "learn/features.h"

#define BASE_VERSION 1
/* Foreign weights count half (research/classifier.md 2.6). */
#define BASE_PRIOR 0.5

struct base_header {
    char magic[8];
    uint32_t version, features_version, slots, filled;
    uint64_t lessons[2];    /* trained on: ham, spam */
    double scale[CHANNELS]; /* of one unit of weight */
    uint64_t body_hash;
    uint32_t crc; /* of all before it */
};

struct base_model {
    const struct base_header *head; /* NULL: there is none */
    const unsigned char *slots;
    uint32_t mask;
    size_t map_bytes;
};

/* ERR_CORRUPT names the file and what is wrong. */
MUST_USE int base_model_map(const char *path, struct err *e, struct base_model *out);
void base_model_close(struct base_model *b);
/* Hash that names this base; 0 for none. */
uint64_t base_model_hash(const struct base_model *b);
/* The base's sum over the content features of a channel, prior factor and 1/sqrt(n) applied. */
double base_model_sum(const struct base_model *b, enum channel c, const struct features *f);
/* Its weight of one feature, as base_model_sum would count it before 1/sqrt(n). */
double base_model_weight(const struct base_model *b, enum channel c, uint32_t feature);
/* How many features of the channel, from the first on, the base looks at. */
uint32_t base_model_n(enum channel c, const struct features *f);

/* One weight for base_model_write. */
struct base_entry {
    uint32_t feature;
    enum channel channel;
    float weight;
};
/* Writes a base model from entries, the strongest kept where two meet. slots: power of two. */
MUST_USE int base_model_write(const char *path, uint32_t slots, const struct base_entry *entries,
                              size_t n, const uint64_t lessons[2], struct err *e);

#endif
