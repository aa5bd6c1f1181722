/* Fusion. See fusion.h. */
#include "learn/fusion.h"

#include <math.h>

#define STEP      0.05
#define TINY      1e-6
#define A_START   0.5
#define A_MOST    1.5
#define SLOPE_MIN 0.2
#define SLOPE_MAX 5.0

void fusion_init(struct fusion *f)
{
    *f = (struct fusion){.slope = 1.0};
    for (int c = 0; c < CHANNELS; c++)
        f->a[c] = A_START;
}

double fusion_sigmoid(double z)
{
    return 1.0 / (1.0 + exp(-z));
}

double fusion_evidence(enum channel c, double z, bool *out_floored)
{
    bool is_floored = c == CHANNEL_TEXT && z < FUSION_TEXT_FLOOR;
    if (out_floored)
        *out_floored = is_floored;
    if (is_floored)
        return FUSION_TEXT_FLOOR;
    return fmin(fmax(z, -FUSION_CLIP), FUSION_CLIP);
}

double fusion_logit(const struct fusion *f, const double z[CHANNELS])
{
    double sum = f->b;
    for (int c = 0; c < CHANNELS; c++)
        sum += f->a[c] * fusion_evidence((enum channel)c, z[c], NULL);
    return sum;
}

double fusion_probability(const struct fusion *f, double logit)
{
    return fusion_sigmoid(f->slope * logit + f->offset);
}

static double step(double grad, double *sum)
{
    *sum += grad * grad;
    return STEP * grad / (sqrt(*sum) + TINY);
}

static double within(double v, double lo, double hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

void fusion_learn(struct fusion *f, const double z[CHANNELS], int label)
{
    double logit = fusion_logit(f, z);
    double wrong = fusion_probability(f, logit) - label;
    f->slope = within(f->slope - step(wrong * logit, &f->slope_grad), SLOPE_MIN, SLOPE_MAX);
    f->offset = within(f->offset - step(wrong, &f->offset_grad), -FUSION_CLIP, FUSION_CLIP);

    wrong = fusion_sigmoid(logit) - label;
    for (int c = 0; c < CHANNELS; c++) {
        double e = fusion_evidence((enum channel)c, z[c], NULL);
        if (e != 0.0)
            f->a[c] = within(f->a[c] - step(wrong * e, &f->a_grad[c]), 0.0, A_MOST);
    }
    f->b = within(f->b - step(wrong, &f->b_grad), -FUSION_CLIP, FUSION_CLIP);
}
