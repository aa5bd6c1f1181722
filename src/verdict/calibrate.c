/* From score to probability: straight pieces on the log-odds scale, rising throughout.
 *
 * Points are log-odds by construction, but findings overlap (a look-alike host and the form behind
 * it are one fact seen twice), so high scores say too much and are bent down. The pieces were
 * read off the shares of spam and of ham by score that tools/profile_checks gives with the shipped
 * base model and nothing learned, on mail of 2007 to 2024 that neither was trained on, counted as
 * four spam in ten; a site's own share comes in through the classifier's prior. Above 8 too little
 * ham is left to measure: the slope goes on. */
#include "verdict/verdict.h"

#include <math.h>

static const struct knot {
    double score, logit;
} KNOTS[] = {
    {-20, -9.0}, {-6, -8.0}, {-2.5, -6.5}, {-1.5, -4.8}, {-0.5, -2.8}, {0.5, -1.0}, {1.5, 0.0},
    {2.5, 0.7},  {3.5, 1.8}, {4.5, 2.8},   {5.5, 4.2},   {8, 5.6},     {14, 7.0},   {30, 9.0},
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
