/* Training of the base model. See base_train.h.
 *
 * Plain stochastic gradient descent of a logistic loss, one model per channel as in the site's
 * model. What keeps it a modest prior: dropout (no single feature may carry a message), decay,
 * a least number of messages per feature, and the same weight for each class of each source. */
#include "learn/base_train.h"

#include "base/hash.h"
#include "base/rand.h"
#include "learn/base_model.h"
#include "learn/fusion.h"

#include <math.h>
#include <stdlib.h>

#define CONTENT_CHANNELS 3 /* tags, headers (Subject), text */

struct entry {
    uint32_t feature, seen; /* seen 0: free */
    float weight;
    uint32_t channel;
};

struct dictionary {
    struct entry *of;
    uint32_t mask;
    size_t n;
};

struct example {
    uint32_t *at[CONTENT_CHANNELS]; /* places in the dictionary */
    uint32_t n[CONTENT_CHANNELS];
    float x[CONTENT_CHANNELS]; /* 1/sqrt of the whole channel */
    float share;               /* of its class and source */
    bool is_spam;
};

struct training {
    const struct base_recipe *recipe;
    struct dictionary words;
    struct example *examples;
    size_t n, room;
    uint64_t random;
    struct base_report report;
};

void base_recipe_defaults(struct base_recipe *r)
{
    *r = (struct base_recipe){.slots = 1u << 19,
                              .epochs = 4,
                              .least_seen = 8,
                              .rate = 1.0,
                              .dropout = 0.5,
                              .decay = 0.2,
                              .scale = 1.0,
                              .seed = 1,
                              .reader = eval_read_here};
}

static void *need(void *p)
{
    if (!p)
        BUG("out of memory");
    return p;
}

/* ---- dictionary ---- */

static void grow(struct dictionary *d)
{
    struct dictionary bigger = {.mask = d->of ? 2 * d->mask + 1 : (1u << 20) - 1, .n = d->n};
    bigger.of = need(calloc((size_t)bigger.mask + 1, sizeof *bigger.of));
    for (size_t i = 0; d->of && i <= d->mask; i++) {
        if (d->of[i].seen == 0)
            continue;
        uint32_t at = (uint32_t)hash_mix(d->of[i].feature + ((uint64_t)d->of[i].channel << 40));
        while (bigger.of[at & bigger.mask].seen)
            at++;
        bigger.of[at & bigger.mask] = d->of[i];
    }
    free(d->of);
    *d = bigger;
}

static uint32_t place_of(struct dictionary *d, uint32_t channel, uint32_t feature)
{
    uint32_t at = (uint32_t)hash_mix(feature + ((uint64_t)channel << 40));
    for (;; at++) {
        struct entry *e = &d->of[at & d->mask];
        if (e->seen == 0 || (e->feature == feature && e->channel == channel))
            return at & d->mask;
    }
}

static void note(struct dictionary *d, uint32_t channel, uint32_t feature)
{
    if (!d->of || d->n * 2 > d->mask)
        grow(d);
    struct entry *e = &d->of[place_of(d, channel, feature)];
    if (e->seen == 0) {
        *e = (struct entry){.feature = feature, .channel = channel};
        d->n++;
    }
    e->seen++;
}

/* ---- reading ---- */

static struct example *next_example(struct training *t)
{
    if (t->n == t->room) {
        t->room = t->room ? 2 * t->room : 4096;
        t->examples = need(realloc(t->examples, t->room * sizeof *t->examples));
    }
    t->examples[t->n] = (struct example){0};
    return &t->examples[t->n++];
}

/* For now `at` holds the features themselves. */
static void keep(struct training *t, const struct features *f, bool is_spam, float share)
{
    struct example *x = next_example(t);
    x->is_spam = is_spam;
    x->share = share;
    for (uint32_t c = 0; c < CONTENT_CHANNELS; c++) {
        x->n[c] = base_model_n((enum channel)c, f);
        x->x[c] = f->n[c] ? (float)(1.0 / sqrt(f->n[c])) : 0.0f;
        x->at[c] = need(malloc((x->n[c] + 1) * sizeof(uint32_t)));
        memcpy(x->at[c], f->of[c], x->n[c] * sizeof(uint32_t));
        for (uint32_t i = 0; i < x->n[c]; i++)
            note(&t->words, c, f->of[c][i]);
    }
    t->report.lessons[is_spam]++;
}

static int read_index(struct training *t, const struct index_file *index, struct arena *a,
                      struct err *e)
{
    size_t count[2] = {0, 0};
    struct progress bar;
    for (size_t i = 0; i < index->n; i++)
        count[index->lines[i].is_spam]++;
    progress_start(&bar, "reading", index->n);
    for (size_t i = 0; i < index->n; i++) {
        const struct index_line *line = &index->lines[i];
        struct features f = {0};
        arena_reset(a);
        int rc = t->recipe->reader(t->recipe->reader_ctx, line->path, FEATURES_ALL, a, e, &f);
        if (rc < 0) {
            err_prefix(e, "%s:%u: ", index->name, line->line);
            progress_end(&bar);
            return rc;
        }
        keep(t, &f, line->is_spam,
             (float)((double)index->n / (2.0 * (double)count[line->is_spam])));
        if (t->recipe->show_progress)
            progress_at(&bar, i);
    }
    progress_end(&bar);
    return 0;
}

/* From features to places, leaving out what is too rare. */
static void index_examples(struct training *t)
{
    for (size_t k = 0; k < t->n; k++) {
        struct example *x = &t->examples[k];
        for (uint32_t c = 0; c < CONTENT_CHANNELS; c++) {
            uint32_t n = 0;
            for (uint32_t i = 0; i < x->n[c]; i++) {
                uint32_t at = place_of(&t->words, c, x->at[c][i]);
                if (t->words.of[at].seen >= t->recipe->least_seen)
                    x->at[c][n++] = at;
            }
            x->n[c] = n;
        }
    }
}

/* ---- passes ---- */

static void shuffle(struct training *t)
{
    for (size_t i = t->n; i > 1; i--) {
        size_t k = (size_t)(rand_next(&t->random) % i);
        struct example x = t->examples[i - 1];
        t->examples[i - 1] = t->examples[k];
        t->examples[k] = x;
    }
}

/* One step on one channel; gives its sum before. A feature is in or out of a step by one bit of
 * a random word, so dropout is in 64ths. */
static double step(struct training *t, const struct example *x, uint32_t c)
{
    uint32_t drop = (uint32_t)(t->recipe->dropout * 64.0);
    uint64_t mix = rand_next(&t->random);
    struct entry *words = t->words.of;
    double sum = 0.0, keep_share = 1.0 - (double)drop / 64.0;
    for (uint32_t i = 0; i < x->n[c]; i++) {
        if ((hash_mix(mix + x->at[c][i]) & 63) >= drop)
            sum += (double)words[x->at[c][i]].weight;
    }
    double scale = (double)x->x[c] / keep_share;
    double error = fusion_sigmoid(sum * scale) - (x->is_spam ? 1.0 : 0.0);
    float push = (float)(t->recipe->rate * error * scale * (double)x->share);
    for (uint32_t i = 0; i < x->n[c]; i++) {
        if ((hash_mix(mix + x->at[c][i]) & 63) >= drop)
            words[x->at[c][i]].weight -= push;
    }
    return sum * scale;
}

static void pass(struct training *t)
{
    size_t wrong = 0;
    shuffle(t);
    for (size_t k = 0; k < t->n; k++) {
        double sum = 0.0;
        for (uint32_t c = 0; c < CONTENT_CHANNELS; c++)
            sum += step(t, &t->examples[k], c);
        wrong += (sum > 0.0) != t->examples[k].is_spam;
    }
    for (size_t i = 0; i <= t->words.mask; i++)
        t->words.of[i].weight *= (float)(1.0 - t->recipe->decay);
    t->report.train_error_percent = 100.0 * (double)wrong / (double)t->n;
}

static int write_out(struct training *t, const char *path, struct err *e)
{
    struct base_entry *entries = need(malloc((t->words.n + 1) * sizeof *entries));
    size_t n = 0;
    for (size_t i = 0; i <= t->words.mask; i++) {
        const struct entry *w = &t->words.of[i];
        if (w->seen < t->recipe->least_seen || t->recipe->without[w->channel])
            continue;
        entries[n++] = (struct base_entry){w->feature, (enum channel)w->channel,
                                           w->weight * (float)t->recipe->scale};
    }
    t->report.features = t->words.n;
    t->report.kept = n;
    int rc = base_model_write(path, t->recipe->slots, entries, n, t->report.lessons, e);
    free(entries);
    return rc;
}

int base_train(const struct index_file *indexes, size_t n_indexes, const struct base_recipe *recipe,
               const char *out_path, struct err *e, struct base_report *out)
{
    struct training t = {.recipe = recipe, .random = recipe->seed};
    struct arena *a = arena_new(0);
    int rc = 0;
    grow(&t.words);
    for (size_t i = 0; rc == 0 && i < n_indexes; i++)
        rc = read_index(&t, &indexes[i], a, e);
    if (rc == 0) {
        index_examples(&t);
        for (uint32_t k = 0; k < recipe->epochs; k++)
            pass(&t);
        rc = write_out(&t, out_path, e);
    }
    for (size_t k = 0; k < t.n; k++) {
        for (uint32_t c = 0; c < CONTENT_CHANNELS; c++)
            free(t.examples[k].at[c]);
    }
    free(t.examples);
    free(t.words.of);
    arena_free(a);
    if (rc == 0)
        *out = t.report;
    return rc;
}
