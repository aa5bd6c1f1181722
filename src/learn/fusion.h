/* Fusion: what each channel's sum adds to the score, and the calibrated probability.
 *
 * Both are small logistic regressions learned online from trusted labels only, so that noisy
 * reports cannot bend them (research/classifier.md 3.2, 2.10). Plain numbers in a plain
 * struct: it lies in the header of a model file, readers read while one trainer writes.
 */
#ifndef MUSTER_LEARN_FUSION_H
#define MUSTER_LEARN_FUSION_H

#include "learn/features.h"

struct fusion {
    double a[CHANNELS], b;           /* weight of each channel, and the prior */
    double a_grad[CHANNELS], b_grad; /* AdaGrad sums */
    double slope, offset;            /* logit to calibrated log-odds */
    double slope_grad, offset_grad;
};

/* No channel speaks louder than this, either way. */
#define FUSION_CLIP 15.0
/* What a client's network may add to the sum of the facts, either way: however the fusion weighs
 * it, it stays below what counts as a kind of evidence (charter/charter.h), so who shares a network
 * with a spammer is never condemned for it. */
#define FUSION_NETWORK 0.45

void fusion_init(struct fusion *f);
double fusion_sigmoid(double z);
/* A channel's sum within its floor (ham side) and ceiling; *out_floored (may be NULL): the floor
 * bit. */
double fusion_evidence(enum channel c, double z, bool *out_floored);
double fusion_logit(const struct fusion *f, const double z[CHANNELS]);
double fusion_probability(const struct fusion *f, double logit);
/* One step towards a trusted label (0 ham, 1 spam) for the sums as they were before learning. */
void fusion_learn(struct fusion *f, const double z[CHANNELS], int label);

#endif
