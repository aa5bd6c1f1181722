/* Figures. See metrics.h. */
#include "learn/metrics.h"

#include <math.h>
#include <stdlib.h>

#define BINS 20

static int compare(const void *a, const void *b)
{
    float x = ((const struct metric_point *)a)->score, y = ((const struct metric_point *)b)->score;
    return (x < y) - (x > y);
}

/* Area above the curve by ranks: pairs where ham is above spam, ties half. */
static double area_above(const struct metric_point *p, size_t n)
{
    double wrong = 0.0;
    uint64_t ham_above = 0;
    for (size_t i = 0; i < n;) {
        uint64_t ham = 0, spam = 0;
        size_t k = i;
        for (; k < n && p[k].score == p[i].score; k++) {
            ham += !p[k].is_spam;
            spam += p[k].is_spam;
        }
        wrong += (double)spam * ((double)ham_above + (double)ham / 2.0);
        ham_above += ham;
        i = k;
    }
    return wrong;
}

double metrics_threshold(const struct metric_point *p, size_t n, double share)
{
    size_t ham = 0;
    for (size_t i = 0; i < n; i++)
        ham += !p[i].is_spam;
    size_t allowed = (size_t)((double)ham * share);
    for (size_t i = 0; i < n; i++) {
        if (p[i].is_spam)
            continue;
        if (allowed == 0)
            return (double)p[i].score;
        allowed--;
    }
    return -INFINITY;
}

static double miss_at(const struct metric_point *p, size_t n, double threshold, size_t spam)
{
    size_t missed = 0;
    for (size_t i = 0; i < n; i++)
        missed += p[i].is_spam && (double)p[i].score <= threshold;
    return spam ? 100.0 * (double)missed / (double)spam : 0.0;
}

static double calibration_error(const struct metric_point *p, size_t n)
{
    double sum[BINS] = {0}, hits[BINS] = {0}, count[BINS] = {0}, error = 0.0;
    for (size_t i = 0; i < n; i++) {
        int b = (int)((double)p[i].probability * BINS);
        b = b < 0 ? 0 : b >= BINS ? BINS - 1 : b;
        sum[b] += (double)p[i].probability;
        hits[b] += p[i].is_spam;
        count[b] += 1.0;
    }
    for (int b = 0; b < BINS; b++) {
        if (count[b] > 0.0)
            error += fabs(sum[b] - hits[b]);
    }
    return n ? error / (double)n : 0.0;
}

static double logit(double p)
{
    return log(p / (1.0 - p));
}

void metrics_of(struct metric_point *p, size_t n, struct metrics *out)
{
    struct metrics m = {0};
    size_t ham_lost = 0, spam_missed = 0;
    qsort(p, n, sizeof *p, compare);
    for (size_t i = 0; i < n; i++) {
        m.spam += p[i].is_spam;
        ham_lost += !p[i].is_spam && p[i].score > 0.0f;
        spam_missed += p[i].is_spam && p[i].score <= 0.0f;
    }
    m.ham = n - m.spam;
    double pairs = (double)m.spam * (double)m.ham;
    m.roca_percent = pairs > 0.0 ? 100.0 * area_above(p, n) / pairs : NAN;
    double hm = ((double)ham_lost + 0.5) / ((double)m.ham + 1.0);
    double sm = ((double)spam_missed + 0.5) / ((double)m.spam + 1.0);
    double lam = (logit(hm) + logit(sm)) / 2.0;
    m.lam_percent = 100.0 / (1.0 + exp(-lam));
    m.error_percent = n ? 100.0 * (double)(ham_lost + spam_missed) / (double)n : 0.0;
    m.ham_lost_percent = m.ham ? 100.0 * (double)ham_lost / (double)m.ham : 0.0;
    m.spam_missed_percent = m.spam ? 100.0 * (double)spam_missed / (double)m.spam : 0.0;
    m.threshold_01 = metrics_threshold(p, n, 0.001);
    m.threshold_02 = metrics_threshold(p, n, 0.002);
    m.threshold_05 = metrics_threshold(p, n, 0.005);
    m.miss_at_01 = miss_at(p, n, m.threshold_01, m.spam);
    m.miss_at_02 = miss_at(p, n, m.threshold_02, m.spam);
    m.miss_at_05 = miss_at(p, n, m.threshold_05, m.spam);
    m.miss_at_1 = miss_at(p, n, metrics_threshold(p, n, 0.01), m.spam);
    m.ece = calibration_error(p, n);
    *out = m;
}
