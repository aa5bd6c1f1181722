/* Weights: sums, steps, decay. The files are in model_file.c. */
#include "learn/model.h"

#include <math.h>

/* A step is never smaller than this part of a feature's first step (research 3.7), so that a
 * model can always turn round. */
#define STEP_LEAST 0.05
#define TINY       1e-6f

double model_sum(const struct model *m, enum channel c, const uint32_t *features, uint32_t n)
{
    int64_t sum = 0;
    /* Weights lie all over some megabytes: asked for ahead, they come a quarter sooner. */
    for (uint32_t i = 0; i < n; i++) {
        if (i + MODEL_AHEAD < n)
            __builtin_prefetch(&m->cells[model_slot(m, c, features[i + MODEL_AHEAD])]);
        sum += model_weight(&m->cells[model_slot(m, c, features[i])]);
    }
    return (double)sum / MODEL_ONE;
}

void model_fusion(const struct model *m, struct fusion *out)
{
    /* Each number is read whole; that two of them may be one lesson apart does no harm. */
    const double *from = (const double *)&m->head->state.fusion;
    double *to = (double *)out;
    for (size_t i = 0; i < sizeof *out / sizeof *to; i++)
        __atomic_load(&from[i], &to[i], __ATOMIC_RELAXED);
}

static int32_t clamp_weight(double v)
{
    if (v > MODEL_WEIGHT_MAX)
        return MODEL_WEIGHT_MAX;
    return v < -MODEL_WEIGHT_MAX ? -MODEL_WEIGHT_MAX : (int32_t)lrint(v);
}

void model_step(struct model_cell *cells, const uint32_t *slots, uint32_t n,
                const struct model_step *s, int32_t *deltas)
{
    float gx = (float)s->gradient, square = gx * gx;
    float most = (float)(s->x * s->x / (STEP_LEAST * STEP_LEAST));
    double push = -s->rate * (double)gx * MODEL_ONE;
    if (!isfinite(push) || !isfinite(square))
        n = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct model_cell *cell = &cells[slots[i]];
        float g = cell->g + square;
        if (g > most)
            g = cell->g > most ? cell->g : most;
        int32_t w = clamp_weight(cell->w + push / (double)(sqrtf(g) + TINY));
        if (deltas)
            deltas[i] = w - cell->w;
        cell->g = g;
        __atomic_store_n(&cell->w, w, __ATOMIC_RELAXED);
    }
}

void model_unstep(struct model_cell *cells, const uint32_t *slots, uint32_t n,
                  const struct model_step *s, const int32_t *deltas, double factor)
{
    float square = (float)(s->gradient * s->gradient * factor);
    for (uint32_t i = 0; i < n; i++) {
        struct model_cell *cell = &cells[slots[i]];
        cell->g = cell->g > square ? cell->g - square : 0.0f;
        __atomic_store_n(&cell->w, clamp_weight(cell->w - deltas[i] * factor), __ATOMIC_RELAXED);
    }
}

void model_decay(struct model_cell *cells, uint32_t n, double factor)
{
    float f = (float)factor;
    for (uint32_t i = 0; i < n; i++) {
        cells[i].g *= f;
        __atomic_store_n(&cells[i].w, (int32_t)(cells[i].w * factor), __ATOMIC_RELAXED);
    }
}
