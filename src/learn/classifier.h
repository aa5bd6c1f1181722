/* The read side of the classifier: score and explain with the shipped base model, the site's
 * model and a user's layer. Files are mapped read-only before the sandbox closes; the trainer
 * (one process) changes them while readers read, without locks (research/classifier.md 3).
 */
#ifndef MUSTER_LEARN_CLASSIFIER_H
#define MUSTER_LEARN_CLASSIFIER_H

#include "base/err.h"
#include "learn/facts.h"

struct classifier;
/* A user's personal layer: bytes as the trainer wrote them (they live in a view). */
struct overlay {
    struct slice bytes; /* empty: the user has none */
};

struct class_score {
    double z[CHANNELS];           /* raw sum of each channel */
    double points[CHANNELS];      /* what each adds to the score: natural log-odds after fusion */
    double base_points[CHANNELS]; /* what the base model alone would add */
    double experience;      /* 0 to 1: how far the site's lessons of both labels may be believed */
    bool floored[CHANNELS]; /* the ham-side floor bit */
    double bias;            /* the prior */
    double user_points;     /* of that, what the user's layer adds */
    double logit;           /* bias + sum of points */
    double probability;     /* calibrated */
    uint64_t learned_spam, learned_ham; /* lessons in the site model */
};

/* base_path or site_path may be NULL. Maps SITE_PATH.live when a trainer has made it, else the
 * snapshot SITE_PATH; when there is neither the site counts as empty for the life of this
 * classifier, so open the trainer first. A corrupt file is ERR_CORRUPT with its name. */
MUST_USE int classifier_open(const char *base_path, const char *site_path, struct err *e,
                             struct classifier **out);
void classifier_close(struct classifier *c);
void classifier_score(const struct classifier *c, const struct features *f,
                      const struct overlay *user, struct class_score *out);
/* Adds what CHANNEL_FACTS of f says to the score of the other channels: facts are known only once
 * authentication is done. The result is the score of all channels at once. */
void classifier_add_facts(const struct classifier *c, const struct features *f,
                          struct class_score *io);

/* One readable reason: a word, a header token, a link part. */
struct token_why {
    struct slice where; /* "Subject", "text", "header Reply-To", "link" ... */
    struct slice words; /* what a person can find in the message */
    double points;      /* its share of the score, signed */
    bool is_fact;       /* not in the message: verified of its sender */
};
/* The strongest tokens of both sides, best first; their points are exact shares of the score.
 * Returns how many (at most max). */
size_t classifier_explain(const struct classifier *c, const struct message *m,
                          const struct facts *facts, const struct overlay *user, struct arena *a,
                          struct token_why *out, size_t max);

#endif
