/* Figures of a filter from its scores and the truth, as the TREC spam track defines them. */
#ifndef MUSTER_LEARN_METRICS_H
#define MUSTER_LEARN_METRICS_H

#include "base/buf.h"

struct metric_point {
    float score;       /* log-odds, higher is more like spam */
    float probability; /* calibrated */
    bool is_spam;
};

struct metrics {
    size_t spam, ham;
    double roca_percent; /* 100 * (1 - area under ROC); ties count half; NaN without both */
    double lam_percent;  /* logistic average misclassification at score 0 */
    double error_percent, ham_lost_percent, spam_missed_percent; /* at score 0 */
    double miss_at_01, miss_at_02, miss_at_05, miss_at_1; /* % of spam missed when at most 0.1,
                                                             0.2, 0.5, 1 % of ham is blocked */
    double threshold_01, threshold_02, threshold_05;
    double ece; /* expected calibration error of the probability, 20 bins */
};

/* Sorts the points (highest score first). */
void metrics_of(struct metric_point *points, size_t n, struct metrics *out);
/* The least threshold that blocks at most `share` of the ham: scores above it are blocked.
 * Points sorted as metrics_of leaves them. */
double metrics_threshold(const struct metric_point *sorted, size_t n, double share);
/* ROC curve as SVG, both axes logarithmic. Points sorted as metrics_of leaves them. */
void metrics_plot(const struct metric_point *sorted, size_t n, const char *title, struct buf *out);

#endif
