/* From score to probability: straight pieces on the log-odds scale, rising throughout.
 *
 * Points are log-odds by construction, but findings overlap (a phishing page's look-alike host
 * and its form are one fact seen twice), so high scores say too much and are bent down. */
#include "verdict/verdict.h"

#include <math.h>

static const struct knot {
    double score, logit;
} KNOTS[] = {
    {-20, -9.0}, {-5, -5.0}, {0, -2.0}, {2.5, 0.0}, {5, 3.0}, {12, 6.0}, {30, 9.0},
};
#define N_KNOTS (sizeof KNOTS / sizeof *KNOTS)

double verdict_probability(double score)
{
    double logit = KNOTS[0].logit;
    if (!(score > KNOTS[0].score))
        return 1.0 / (1.0 + exp(-logit));
    for (size_t i = 1; i < N_KNOTS; i++) {
        const struct knot *a = &KNOTS[i - 1], *b = &KNOTS[i];
        logit = b->logit;
        if (score < b->score) {
            logit = a->logit + (score - a->score) / (b->score - a->score) * (b->logit - a->logit);
            break;
        }
    }
    return 1.0 / (1.0 + exp(-logit));
}
