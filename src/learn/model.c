/* Weights: sums, steps, decay. The files are in model_file.c. */
#include "learn/model.h"

#include <math.h>

/* A step is never smaller than this part of a feature's first step (research 3.7), so that a
 * model can always turn round. */
#define STEP_LEAST 0.05
#define TINY       1e-6f

static int16_t brief_of(const struct model_cell *cell)
{
    const int32_t unit = MODEL_ONE / MODEL_BRIEF_ONE, most = MODEL_WEIGHT_MAX;
    int32_t w = cell->w > most ? most : cell->w < -most ? -most : cell->w; /* a foreign file's */
    return (int16_t)((w + (w < 0 ? -unit : unit) / 2) / unit);
}

_Static_assert(MODEL_WEIGHT_MAX / (MODEL_ONE / MODEL_BRIEF_ONE) < INT16_MAX, "brief weights fit");

void model_brief(struct model *m, const uint32_t *slots, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        __atomic_store_n(&m->brief[slots[i]], brief_of(&m->cells[slots[i]]), __ATOMIC_RELAXED);
}

void model_brief_all(struct model *m)
{
    for (uint32_t i = 0; i <= m->mask; i++)
        __atomic_store_n(&m->brief[i], brief_of(&m->cells[i]), __ATOMIC_RELAXED);
}

/* Weights lie all over two megabytes: places are worked out and asked for a block ahead. */
#define BLOCK 32

static uint32_t look_ahead(const struct model *m, enum channel c, const uint32_t *feature,
                           uint32_t n, uint32_t places[BLOCK])
{
    n = n < BLOCK ? n : BLOCK;
    for (uint32_t i = 0; i < n; i++) {
        places[i] = model_slot(m, c, feature[i]);
        __builtin_prefetch(&m->brief[places[i]]);
    }
    return n;
}

double model_sum(const struct model *m, enum channel c, const uint32_t *features, uint32_t n)
{
    int64_t sum = 0;
    uint32_t places[2][BLOCK];
    uint32_t count = look_ahead(m, c, features, n, places[0]);
    for (uint32_t at = 0; count; at += BLOCK) {
        const uint32_t *now = places[at / BLOCK % 2];
        uint32_t read = count, next = at + count;
        count = look_ahead(m, c, features + next, n - next, places[(at / BLOCK + 1) % 2]);
        for (uint32_t i = 0; i < read; i++)
            sum += __atomic_load_n(&m->brief[now[i]], __ATOMIC_RELAXED);
    }
    return (double)sum / MODEL_BRIEF_ONE;
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
