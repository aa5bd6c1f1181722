/* Attacks. See eval_attack.h. */
#include "learn/eval_attack.h"

#include "base/hash.h"
#include "base/rand.h"
#include "learn/attack_words.h"

#include <math.h>
#include <stdlib.h>

#define SPAM_MOST     800
#define PROBES        10 /* spams that a white-box attacker tries each word on */
#define MESSAGE_BYTES (64u << 20)

/* Headers that the spammer cannot or would not take from somebody else's mail. */
static const char *const OWN_HEADERS[] = {
    "received", "return-path", "delivered-to", "x-original-to", "date", "to",
    "cc",       "from",        "subject",      "mime-version",  NULL};

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

static double score(struct attack *x, const struct message *m)
{
    struct features f;
    struct class_score s;
    features_extract(x->arena, m, NULL, x->o->eval.features, &f);
    classifier_score(trainer_classifier(x->trainer), &f, NULL, &s);
    return s.logit;
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

/* The first text part whose body is not base64, or NULL. */
static const struct part *open_text(const struct message *m)
{
    for (size_t i = 0; i < m->n_parts; i++) {
        const struct part *p = m->parts[i];
        if (p->is_text && !p->is_attachment)
            return p->encoding == ENCODING_BASE64 ? NULL : p;
    }
    return NULL;
}

/* The message with `text` put in at a place of its raw bytes. */
static struct message *insert(struct attack *x, const struct message *m, const char *place,
                              struct slice text)
{
    size_t at = (size_t)(place - m->raw.p);
    char *p = arena_bytes(x->arena, m->raw.n + text.n);
    memcpy(p, m->raw.p, at);
    if (text.n)
        memcpy(p + at, text.p, text.n);
    memcpy(p + at + text.n, m->raw.p + at, m->raw.n - at);
    return message_parse(x->arena, slice_of(p, m->raw.n + text.n), NULL);
}

static struct message *with_words(struct attack *x, const struct message *m, struct slice line)
{
    const struct part *p = open_text(m);
    return p && p->body.p ? insert(x, m, p->body.p, line) : NULL;
}

static bool is_own(struct slice name)
{
    if (slice_istarts(name, SLICE("content-")))
        return true;
    for (size_t i = 0; OWN_HEADERS[i]; i++) {
        if (slice_ieq(name, slice_str(OWN_HEADERS[i])))
            return true;
    }
    return false;
}

/* Headers of a random learned ham, behind those of the spam. */
static int with_headers(struct attack *x, const struct message *m, struct err *e,
                        struct message **out)
{
    size_t i;
    do {
        i = (size_t)(rand_next(&x->random) % x->split);
    } while (x->index->lines[i].is_spam);
    struct message *ham;
    struct buf b = BUF_INIT(1u << 20);
    int rc = load(x, i, e, &ham);
    if (rc < 0)
        return rc;
    for (const struct header *h = ham->headers.first; h; h = h->next) {
        if (!is_own(h->name)) {
            buf_add(&b, h->raw);
            buf_chr(&b, '\n');
        }
    }
    const struct header *last = m->headers.last;
    const char *end = last ? last->raw.p + last->raw.n : m->raw.p;
    const char *stop = m->raw.p + m->raw.n;
    if (end < stop && *end == '\r')
        end++;
    if (end < stop && *end == '\n')
        end++;
    *out = insert(x, m, end, buf_slice(&b));
    buf_fini(&b);
    return 0;
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
        changed = with_words(x, m, arena_printf(x->arena, "%.*s\n", SLICE_ARG(word)));
        sum += changed ? score(x, changed) : 0.0;
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
        if (open_text(m))
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

static int set_threshold(struct attack *x, struct err *e, double *out)
{
    size_t n = x->index->n - x->split;
    struct metric_point *points = calloc(n + 1, sizeof *points);
    struct metrics m;
    int rc = 0;
    if (!points)
        BUG("out of memory");
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct message *msg;
        arena_reset(x->arena);
        rc = load(x, x->split + i, e, &msg);
        if (rc == 0)
            points[i] = (struct metric_point){(float)score(x, msg), 0.0f,
                                              x->index->lines[x->split + i].is_spam};
    }
    metrics_of(points, n, &m);
    *out = metrics_threshold(points, n, x->o->ham_share);
    free(points);
    return rc;
}

static int attack_one(struct attack *x, size_t i, size_t missed[ATTACK_KINDS],
                      struct attack_result *r, struct err *e)
{
    struct message *of[ATTACK_KINDS] = {NULL};
    arena_reset(x->arena);
    int rc = load(x, i, e, &of[ATTACK_NONE]);
    if (rc == 0)
        rc = with_headers(x, of[ATTACK_NONE], e, &of[ATTACK_HEADERS]);
    if (rc < 0)
        return rc;
    of[ATTACK_WORDS] = with_words(x, of[ATTACK_NONE], buf_slice(&x->line));
    of[ATTACK_BOTH] = with_words(x, of[ATTACK_HEADERS], buf_slice(&x->line));
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
    for (size_t i = x->split; rc == 0 && i < x->index->n && r->spam[0] < SPAM_MOST; i++) {
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
