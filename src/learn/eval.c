/* The protocols. See eval.h. */
#include "learn/eval.h"

#include "base/clock.h"
#include "base/rand.h"
#include "learn/eval_source.h"

#include <math.h>
#include <stdlib.h>

#define FEW_PLACES 10
#define FEW_TESTED 5000

struct run {
    const struct index_file *index;
    const struct eval_options *o;
    struct source source;
    struct trainer *trainer;
    struct eval_result *result;
    struct progress bar;
    size_t done;
    uint64_t random;
    int64_t score_us, learn_us;
    size_t next_unscored;
};

void eval_defaults(struct eval_options *o)
{
    *o = (struct eval_options){.trust = TRUST_ADMIN,
                               .labelled = 0.1,
                               .delay = 1000,
                               .few = 100,
                               .slots = TRAINER_SLOTS,
                               .seed = 1,
                               .reader = eval_read_here};
}

static double random_share(struct run *r)
{
    return (double)(rand_next(&r->random) >> 11) / 9007199254740992.0;
}

static void step_bar(struct run *r)
{
    r->done++;
    if (r->o->show_progress)
        progress_at(&r->bar, r->done);
}

static bool is_counted(struct run *r, size_t i)
{
    while (r->next_unscored < r->o->n_unscored && r->o->unscored[r->next_unscored] < i + 1)
        r->next_unscored++;
    if (r->next_unscored < r->o->n_unscored && r->o->unscored[r->next_unscored] == i + 1)
        return false;
    return i >= r->o->warmup;
}

static int score(struct run *r, size_t i, struct err *e)
{
    const struct features *f;
    int rc = source_get(&r->source, i, e, &f);
    if (rc < 0)
        return rc;
    int64_t start = clock_cpu_us();
    struct class_score s;
    classifier_score(trainer_classifier(r->trainer), f, NULL, &s);
    r->score_us += clock_cpu_us() - start;
    if (is_counted(r, i)) {
        size_t n = r->result->n++;
        r->result->points[n] = (struct metric_point){(float)s.logit, (float)s.probability,
                                                     r->index->lines[i].is_spam};
        r->result->place[n] = i;
        r->result->score[n] = (float)s.logit;
    }
    step_bar(r);
    return 0;
}

static int learn(struct run *r, size_t i, struct err *e)
{
    const struct features *f;
    int rc = source_get(&r->source, i, e, &f);
    if (rc < 0)
        return rc;
    bool is_spam = r->index->lines[i].is_spam;
    if (r->o->noise > 0.0 && random_share(r) < r->o->noise)
        is_spam = !is_spam;
    struct lesson l = {
        .label = is_spam ? LABEL_SPAM : LABEL_HAM, .trust = r->o->trust, .features = *f};
    int64_t start = clock_cpu_us();
    trainer_learn(r->trainer, &l, NULL, NULL);
    r->learn_us += clock_cpu_us() - start;
    return 0;
}

/* Online, partial, frozen and delayed differ only in which label comes when. */
static int run_stream(struct run *r, struct err *e)
{
    enum eval_protocol p = r->o->protocol;
    size_t delay = p == EVAL_DELAYED ? r->o->delay : 0;
    for (size_t i = 0; i < r->index->n; i++) {
        int rc = score(r, i, e);
        if (rc == 0 && i >= delay && p != EVAL_FROZEN &&
            (p != EVAL_PARTIAL || random_share(r) < r->o->labelled))
            rc = learn(r, i - delay, e);
        if (rc < 0)
            return rc;
        if (i >= delay)
            source_drop(&r->source, i - delay);
    }
    return 0;
}

static int run_batch(struct run *r, struct err *e)
{
    size_t half = r->index->n / 2;
    for (size_t i = 0; i < r->index->n; i++) {
        int rc = i < half ? learn(r, i, e) : score(r, i, e);
        if (rc < 0)
            return rc;
        source_drop(&r->source, i);
        if (i < half)
            step_bar(r);
    }
    return 0;
}

static void add_metrics(struct metrics *sum, const struct metrics *m)
{
    sum->spam += m->spam;
    sum->ham += m->ham;
    double *to[] = {&sum->roca_percent,       &sum->lam_percent, &sum->error_percent,
                    &sum->miss_at_01,         &sum->miss_at_02,  &sum->miss_at_05,
                    &sum->miss_at_1,          &sum->ece,         &sum->ham_lost_percent,
                    &sum->spam_missed_percent};
    double from[] = {m->roca_percent,     m->lam_percent,        m->error_percent, m->miss_at_01,
                     m->miss_at_02,       m->miss_at_05,         m->miss_at_1,     m->ece,
                     m->ham_lost_percent, m->spam_missed_percent};
    for (size_t i = 0; i < sizeof to / sizeof to[0]; i++)
        *to[i] += from[i] / FEW_PLACES;
}

static int fresh_trainer(struct run *r, struct err *e)
{
    trainer_close(r->trainer);
    r->trainer = NULL;
    int rc = trainer_open(r->o->base, NULL, r->o->slots, e, &r->trainer);
    if (rc == 0 && r->o->model)
        rc = trainer_load(r->trainer, r->o->model, e);
    return rc;
}

/* Learns few from each of ten places in the first ten twelfths and tests what follows. */
static int run_fewshot(struct run *r, struct err *e)
{
    struct metrics sum = {0};
    for (size_t place = 0; place < FEW_PLACES; place++) {
        size_t from = r->index->n / 12 * place, end = from + r->o->few;
        size_t stop = end + FEW_TESTED < r->index->n ? end + FEW_TESTED : r->index->n;
        int rc = fresh_trainer(r, e);
        for (size_t i = from; rc == 0 && i < end && i < r->index->n; i++)
            rc = learn(r, i, e);
        r->result->n = 0;
        for (size_t i = end; rc == 0 && i < stop; i++)
            rc = score(r, i, e);
        if (rc < 0)
            return rc;
        struct metrics m;
        metrics_of(r->result->points, r->result->n, &m);
        add_metrics(&sum, &m);
    }
    r->result->metrics = sum;
    return 0;
}

static int dispatch(struct run *r, struct err *e)
{
    switch (r->o->protocol) {
    case EVAL_BATCH:
        return run_batch(r, e);
    case EVAL_FEWSHOT:
        return run_fewshot(r, e);
    default:
        return run_stream(r, e);
    }
}

static void *room(size_t n, size_t size)
{
    void *p = calloc(n + 1, size);
    if (!p)
        BUG("out of memory");
    return p;
}

static void finish(struct run *r, int64_t started)
{
    struct eval_result *out = r->result;
    double reads = r->source.reads ? (double)r->source.reads : 1.0;
    if (r->o->protocol != EVAL_FEWSHOT)
        metrics_of(out->points, out->n, &out->metrics);
    out->model_hash = trainer_hash(r->trainer);
    out->seconds = (double)(clock_mono_us() - started) / 1e6;
    out->read_us = (double)r->source.read_us / reads;
    out->score_us = (double)r->score_us / (double)(r->done ? r->done : 1);
    out->learn_us = (double)r->learn_us / reads;
}

int eval_run(const struct index_file *index, const struct eval_options *o, struct err *e,
             struct eval_result *out)
{
    struct eval_result result = {.messages = index->n};
    struct run r = {.index = index, .o = o, .result = &result, .random = o->seed};
    int64_t started = clock_mono_us();
    int rc = fresh_trainer(&r, e);
    if (rc < 0) {
        trainer_close(r.trainer);
        return rc;
    }
    result.start_hash = trainer_hash(r.trainer);
    result.points = room(index->n, sizeof *result.points);
    result.place = room(index->n, sizeof *result.place);
    result.score = room(index->n, sizeof *result.score);
    source_open(&r.source, index, o);
    progress_start(&r.bar, "evaluating", index->n);
    rc = dispatch(&r, e);
    progress_end(&r.bar);
    if (rc == 0)
        finish(&r, started);
    if (rc == 0 && o->save)
        rc = trainer_save(r.trainer, o->save, e);
    source_close(&r.source);
    trainer_close(r.trainer);
    if (rc < 0)
        eval_free(&result);
    else
        *out = result;
    return rc;
}

void eval_free(struct eval_result *r)
{
    free(r->points);
    free(r->place);
    free(r->score);
    *r = (struct eval_result){0};
}
