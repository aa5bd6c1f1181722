/* Attacks. See eval_attack.h. */
#include "learn/eval_attack.h"

#include "base/hash.h"
#include "base/rand.h"
#include "learn/attack_mail.h"
#include "learn/attack_words.h"

#include <math.h>
#include <stdlib.h>

#define PROBES        10 /* spams that a white-box attacker tries each word on */
#define MESSAGE_BYTES (64u << 20)

struct attack {
    const struct index_file *index;
    const struct attack_options *o;
    struct trainer *trainer;
    struct attack_words *words;
    struct arena *arena; /* emptied for each message */
    struct buf line;     /* the words, one line */
    size_t split;
    uint64_t random;
};

static int load(struct attack *x, size_t i, struct err *e, struct message **out)
{
    struct slice raw;
    const struct index_line *line = &x->index->lines[i];
    int rc = index_slurp(x->arena, line->path, MESSAGE_BYTES, e, &raw);
    if (rc < 0) {
        err_prefix(e, "%s:%u: ", x->index->name, line->line);
        return rc;
    }
    *out = message_parse(x->arena, raw, NULL);
    return 0;
}

static void look(struct attack *x, const struct message *m, struct class_score *out)
{
    struct features f;
    features_extract(x->arena, m, NULL, x->o->eval.features, &f);
    classifier_score(trainer_classifier(x->trainer), &f, NULL, out);
}

static double score(struct attack *x, const struct message *m)
{
    struct class_score s;
    look(x, m, &s);
    return s.logit;
}

/* What the attacker with the weights looks at: the score, and where floor or clip hide a
 * difference the sums before them. */
static double inner_score(struct attack *x, const struct message *m)
{
    struct class_score s;
    look(x, m, &s);
    double sum = 0.0;
    for (int c = 0; c < CHANNELS; c++)
        sum += s.z[c];
    return s.logit + sum / 1000.0;
}

static int learn_first(struct attack *x, struct err *e)
{
    struct progress bar;
    progress_start(&bar, "learning", x->split);
    for (size_t i = 0; i < x->split; i++) {
        struct message *m;
        bool is_spam = x->index->lines[i].is_spam;
        arena_reset(x->arena);
        int rc = load(x, i, e, &m);
        if (rc < 0)
            return rc;
        struct lesson l = {.label = is_spam ? LABEL_SPAM : LABEL_HAM, .trust = x->o->eval.trust};
        features_extract(x->arena, m, NULL, x->o->eval.features, &l.features);
        trainer_learn(x->trainer, &l, NULL, NULL);
        attack_words_count(x->words, m->text, is_spam);
        if (x->o->eval.show_progress)
            progress_at(&bar, i);
    }
    progress_end(&bar);
    return 0;
}

/* A random learned ham. */
static int some_ham(struct attack *x, struct err *e, struct message **out)
{
    size_t i;
    do {
        i = (size_t)(rand_next(&x->random) % x->split);
    } while (x->index->lines[i].is_spam);
    return load(x, i, e, out);
}

/* ---- choosing words with the weights in hand ---- */

struct ranked {
    struct slice word;
    double mean;
};

static int compare_ranked(const void *a, const void *b)
{
    double x = ((const struct ranked *)a)->mean, y = ((const struct ranked *)b)->mean;
    return (x > y) - (x < y);
}

static int mean_with(struct attack *x, const size_t *probes, size_t n, struct slice word,
                     double *out, struct err *e)
{
    double sum = 0.0;
    for (size_t k = 0; k < n; k++) {
        struct message *m, *changed;
        arena_reset(x->arena);
        int rc = load(x, probes[k], e, &m);
        if (rc < 0)
            return rc;
        changed = attack_add_text(x->arena, m, arena_printf(x->arena, "%.*s\n", SLICE_ARG(word)),
                                  false);
        sum += changed ? inner_score(x, changed) : 0.0;
    }
    *out = sum;
    return 0;
}

static int choose_words(struct attack *x, struct err *e)
{
    size_t probes[PROBES], n = 0;
    for (size_t i = x->split; i < x->index->n && n < PROBES; i++) {
        struct message *m;
        if (!x->index->lines[i].is_spam)
            continue;
        arena_reset(x->arena);
        int rc = load(x, i, e, &m);
        if (rc < 0)
            return rc;
        if (attack_add_text(x->arena, m, SLICE("\n"), false))
            probes[n++] = i;
    }
    struct slice best[ATTACK_WORDS_BEST];
    struct ranked ranked[ATTACK_WORDS_BEST];
    size_t n_best = attack_words_best(x->words, best);
    for (size_t k = 0; k < n_best; k++) {
        ranked[k].word = best[k];
        int rc = mean_with(x, probes, n, best[k], &ranked[k].mean, e);
        if (rc < 0)
            return rc;
    }
    qsort(ranked, n_best, sizeof ranked[0], compare_ranked);
    for (size_t k = 0; k < n_best && k < x->o->words; k++) {
        buf_add(&x->line, ranked[k].word);
        buf_chr(&x->line, ' ');
    }
    buf_chr(&x->line, '\n');
    return 0;
}

/* ---- measuring ---- */

static bool is_unscored(const struct attack *x, size_t i)
{
    for (size_t k = 0; k < x->o->eval.n_unscored; k++) {
        if (x->o->eval.unscored[k] == i + 1)
            return true;
    }
    return false;
}

static int set_threshold(struct attack *x, struct err *e, double *out)
{
    size_t n = 0;
    struct metric_point *points = calloc(x->index->n - x->split + 1, sizeof *points);
    struct metrics m;
    int rc = 0;
    if (!points)
        BUG("out of memory");
    for (size_t i = x->split; rc == 0 && i < x->index->n; i++) {
        struct message *msg;
        arena_reset(x->arena);
        rc = load(x, i, e, &msg);
        if (rc == 0 && !is_unscored(x, i))
            points[n++] = (struct metric_point){(float)score(x, msg), 0.0f,
                                                x->index->lines[i].is_spam};
    }
    metrics_of(points, n, &m);
    *out = metrics_threshold(points, n, x->o->ham_share);
    free(points);
    return rc;
}

static int attack_one(struct attack *x, size_t i, size_t missed[ATTACK_KINDS],
                      struct attack_result *r, struct err *e)
{
    struct message *of[ATTACK_KINDS] = {NULL}, *ham = NULL;
    struct slice line = buf_slice(&x->line);
    arena_reset(x->arena);
    int rc = load(x, i, e, &of[ATTACK_NONE]);
    if (rc == 0)
        rc = some_ham(x, e, &ham);
    if (rc < 0)
        return rc;
    of[ATTACK_HEADERS] = attack_add_headers(x->arena, of[ATTACK_NONE], ham);
    of[ATTACK_FORGED] = attack_forge_headers(x->arena, of[ATTACK_NONE], ham);
    of[ATTACK_WORDS] = attack_add_text(x->arena, of[ATTACK_NONE], line, false);
    of[ATTACK_BOTH] = attack_add_text(x->arena, of[ATTACK_HEADERS], line, false);
    of[ATTACK_FORGED_WORDS] = attack_add_text(x->arena, of[ATTACK_FORGED], line, true);
    for (int k = 0; k < ATTACK_KINDS; k++) {
        if (!of[k])
            continue;
        r->spam[k]++;
        missed[k] += score(x, of[k]) <= r->threshold;
    }
    return 0;
}

static int measure(struct attack *x, struct err *e, struct attack_result *r)
{
    size_t missed[ATTACK_KINDS] = {0};
    int rc = set_threshold(x, e, &r->threshold);
    for (size_t i = x->split; rc == 0 && i < x->index->n; i++) {
        if (x->index->lines[i].is_spam)
            rc = attack_one(x, i, missed, r, e);
    }
    for (int k = 0; k < ATTACK_KINDS; k++)
        r->missed_percent[k] = r->spam[k] ? 100.0 * (double)missed[k] / (double)r->spam[k] : NAN;
    return rc;
}

static bool has_both(const struct index_file *index, size_t from, size_t to)
{
    size_t spam = 0;
    for (size_t i = from; i < to; i++)
        spam += index->lines[i].is_spam;
    return spam > 0 && spam < to - from;
}

int attack_run(const struct index_file *index, const struct attack_options *o, struct err *e,
               struct attack_result *out)
{
    struct attack x = {.index = index,
                       .o = o,
                       .split = index->n * 7 / 10,
                       .random = o->eval.seed,
                       .line = BUF_INIT(1u << 16)};
    struct attack_result r = {.learned = x.split};
    if (!has_both(index, 0, x.split) || !has_both(index, x.split, index->n))
        return err_set(e, ERR_USAGE, "%s: spam and ham are needed in both parts", index->name);
    int rc = trainer_open(o->eval.base, NULL, o->eval.slots, e, &x.trainer);
    if (rc < 0)
        return rc;
    x.arena = arena_new(0);
    x.words = attack_words_new();
    rc = learn_first(&x, e);
    if (rc == 0)
        rc = choose_words(&x, e);
    if (rc == 0)
        rc = measure(&x, e, &r);
    attack_words_free(x.words);
    trainer_close(x.trainer);
    arena_free(x.arena);
    buf_fini(&x.line);
    if (rc == 0)
        *out = r;
    return rc;
}
