/* Measuring the classifier on labelled mail (research/classifier.md 6): each message is scored,
 * the score recorded, and then, as the protocol says, its label is learned.
 */
#ifndef MUSTER_LEARN_EVAL_H
#define MUSTER_LEARN_EVAL_H

#include "base/progress.h"
#include "learn/eval_index.h"
#include "learn/metrics.h"
#include "learn/trainer.h"

enum eval_protocol {
    EVAL_ONLINE,  /* the label comes at once */
    EVAL_DELAYED, /* the label comes `delay` messages later */
    EVAL_PARTIAL, /* only a share of the labels comes */
    EVAL_BATCH,   /* learn the first half, then only score the second */
    EVAL_FROZEN,  /* only score */
    EVAL_FEWSHOT, /* learn `few` in order, freeze, score the next 5,000; mean of 10 places */
    EVAL_ATTACK   /* not run by eval_run: see eval_attack.h */
};

/* Reads one message's features: the step that parses foreign bytes, so that a caller can put a
 * sandboxed child there. The features lie in the arena. */
typedef int (*eval_reader)(void *ctx, const char *path, enum feature_set set, struct arena *a,
                           struct err *e, struct features *out);
/* In this process. ctx is not used. */
int eval_read_here(void *ctx, const char *path, enum feature_set set, struct arena *a,
                   struct err *e, struct features *out);

struct eval_options {
    enum eval_protocol protocol;
    enum feature_set features;
    enum trust trust;       /* of each label */
    double noise;           /* share of labels flipped in learning */
    double labelled;        /* EVAL_PARTIAL: share of labels that come */
    size_t delay;           /* EVAL_DELAYED */
    size_t few;             /* EVAL_FEWSHOT */
    size_t warmup;          /* the first so many are learned but not counted */
    const size_t *unscored; /* 1-based places that are learned but not counted, ascending */
    size_t n_unscored;
    const char *base;  /* base model, or NULL */
    const char *model; /* snapshot to start from, or NULL: empty */
    const char *save;  /* write the model at the end, or NULL */
    uint32_t slots;
    uint64_t seed;
    bool show_progress;
    eval_reader reader;
    void *reader_ctx;
};

struct eval_result {
    struct metrics metrics;
    struct metric_point *points; /* sorted; malloc'ed */
    size_t *place;               /* not sorted: index line of each score; malloc'ed */
    float *score;                /* beside place */
    size_t n;
    size_t messages; /* in the index */
    uint64_t start_hash, model_hash;
    double seconds;
    double read_us, score_us, learn_us; /* mean CPU per message */
};

void eval_defaults(struct eval_options *o);
MUST_USE int eval_run(const struct index_file *index, const struct eval_options *o, struct err *e,
                      struct eval_result *out);
void eval_free(struct eval_result *r);

#endif
