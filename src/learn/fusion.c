/* Fusion. See fusion.h. */
#include "learn/fusion.h"

#include <math.h>

#define STEP      0.05
#define TINY      1e-6
#define A_MOST    1.5
#define SLOPE_MIN 0.2
#define SLOPE_MAX 5.0

/* Ham-side floors: no amount of good words, and no headers out of somebody else's mail, count for
 * more. The easier a channel is to fill with what others wrote, the less it may vouch for a
 * message. Measured by `muster eval --protocol attack`: with a floor for the text alone, and the
 * tokens of all headers in TAGS, 70 % of spam gets through behind a ham's headers, so 3 %. */
static const double floors[CHANNELS] = {
    [CHANNEL_TAGS] = -4.0, [CHANNEL_HEADERS] = -1.5, [CHANNEL_TEXT] = -2.0, [CHANNEL_FACTS] = -4.0};

/* Spam-side ceilings. What is known of a domain's or a network's other mail must not condemn a
 * message by itself: with the largest weight the facts come to 3 points, spam begins at 5. */
static const double ceilings[CHANNELS] = {[CHANNEL_TAGS] = FUSION_CLIP,
                                          [CHANNEL_HEADERS] = FUSION_CLIP,
                                          [CHANNEL_TEXT] = FUSION_CLIP,
                                          [CHANNEL_FACTS] = 2.0};

/* About what long streams of mail teach; text is the worst witness while little is known. */
static const double starts[CHANNELS] = {
    [CHANNEL_TAGS] = 0.8, [CHANNEL_HEADERS] = 0.5, [CHANNEL_TEXT] = 0.3, [CHANNEL_FACTS] = 0.5};

void fusion_init(struct fusion *f)
{
    *f = (struct fusion){.slope = 1.0};
    for (int c = 0; c < CHANNELS; c++)
        f->a[c] = starts[c];
}

double fusion_sigmoid(double z)
{
    return 1.0 / (1.0 + exp(-z));
}

double fusion_evidence(enum channel c, double z, bool *out_floored)
{
    if (out_floored)
        *out_floored = z < floors[c];
    return fmin(fmax(z, floors[c]), ceilings[c]);
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
