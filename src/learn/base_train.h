/* Training of the shipped base model: many passes over labelled mail that may be shipped, small
 * weights, nothing that only one kind of message has. See models/base/CARD.md for the recipe.
 */
#ifndef MUSTER_LEARN_BASE_TRAIN_H
#define MUSTER_LEARN_BASE_TRAIN_H

#include "learn/eval.h"

struct base_recipe {
    uint32_t slots;      /* of the file: power of two */
    uint32_t epochs;     /* passes */
    uint32_t least_seen; /* a feature counts from so many messages on */
    double rate;         /* step */
    double dropout;      /* share of a message's features left out of each step */
    double decay;        /* weights shrink by this share after each pass */
    double scale;        /* of all weights at the end */
    uint64_t seed;
    bool without[CHANNELS]; /* channels left out of the file */
    bool show_progress;
    eval_reader reader;
    void *reader_ctx;
};

struct base_report {
    uint64_t lessons[2]; /* ham, spam */
    size_t features, kept;
    double train_error_percent; /* of the three channels' sum, in the last pass */
};

void base_recipe_defaults(struct base_recipe *r);
/* Learns the messages of all indexes (each class of each index weighs the same, whatever its
 * size) and writes the file. Deterministic. */
MUST_USE int base_train(const struct index_file *indexes, size_t n_indexes,
                        const struct base_recipe *recipe, const char *out_path, struct err *e,
                        struct base_report *out);

#endif
