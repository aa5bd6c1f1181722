/* muster eval: measures the classifier on labelled mail. */
#include "cli/command.h"

#include "base/json.h"
#include "learn/eval_attack.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    O_INDEX,
    O_PROTOCOL,
    O_MODEL,
    O_BASE,
    O_FEATURES,
    O_NOISE,
    O_DELAY,
    O_LABELLED,
    O_FEW,
    O_WARMUP,
    O_UNSCORED,
    O_TRUST,
    O_SLOTS,
    O_SEED,
    O_SAVE,
    O_SCORES,
    O_FPR,
    O_JSON,
    O_PLOT
};

static const struct option_doc options[] = {
    [O_INDEX] = {'i', "index", "INDEX", "labelled mail: lines 'spam PATH' or 'ham PATH'"},
    [O_PROTOCOL] = {'p', "protocol", "NAME",
                    "online (default), delayed, partial, batch, frozen, fewshot or attack"},
    [O_MODEL] = {'m', "model", "FILE", "start from this model instead of an empty one"},
    [O_BASE] = {'b', "base", "FILE", "with this base model under it"},
    [O_FEATURES] = {'f', "features", "SET",
                    "all (default), notrace (no Received and such), text (Subject and text)"},
    [O_NOISE] = {0, "noise", "P", "flip this share of the labels in learning (0 to 1)"},
    [O_DELAY] = {0, "delay", "N", "delayed: the label comes N messages later (1000)"},
    [O_LABELLED] = {0, "labelled", "P", "partial: share of labels that come (0.1)"},
    [O_FEW] = {0, "few", "N", "fewshot: lessons before the model is frozen (100)"},
    [O_WARMUP] = {0, "warmup", "N", "do not count the first N messages"},
    [O_UNSCORED] = {0, "unscored", "N,N", "learn these places of the index but do not count them"},
    [O_TRUST] = {0, "trust", "WHO", "labels come from: admin (default) or user"},
    [O_SLOTS] = {0, "slots", "BITS", "2^BITS weights (20)"},
    [O_SEED] = {0, "seed", "N", "of noise and partial labels (1)"},
    [O_SAVE] = {'o', "save", "FILE", "write the model at the end"},
    [O_SCORES] = {0, "scores", "FILE", "write a line 'label score path' per message"},
    [O_FPR] = {0, "fpr", "P", "attack: share of ham that the threshold blocks (0.001)"},
    [O_JSON] = {'j', "json", NULL, "print one JSON object"},
    [O_PLOT] = {0, "plot", "ROC.svg", "draw the ROC curve"},
    {0}};

struct wishes {
    struct eval_options eval;
    const char *index, *plot, *scores;
    size_t unscored[256];
    double ham_share;
    bool json;
};

static bool number(const char *s, double lo, double hi, double *out)
{
    char *end;
    errno = 0;
    double v = strtod(s, &end);
    if (errno || end == s || *end || !(v >= lo && v <= hi))
        return false;
    *out = v;
    return true;
}

/* Index of the word in a NULL-ended list, or -1. */
static int choice(const char *word, const char *const *words)
{
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], word) == 0)
            return i;
    }
    return -1;
}

static bool list_of_places(const char *text, struct wishes *w)
{
    struct slice rest = slice_str(text), part;
    while (slice_split(&rest, ',', &part)) {
        uint64_t v;
        size_t n = w->eval.n_unscored;
        if (n == 256 || !slice_u64(part, &v) || v == 0 || (n && v <= w->unscored[n - 1]))
            return false;
        w->unscored[w->eval.n_unscored++] = (size_t)v;
    }
    return true;
}

/* Takes one option; false: its value is off. */
static bool take_word(struct wishes *w, int option, const char *v)
{
    static const char *const protocols[] = {"online", "delayed", "partial", "batch",
                                            "frozen", "fewshot", "attack",  NULL};
    static const char *const sets[] = {"all", "notrace", "text", NULL};
    static const char *const trusts[] = {"user", "admin", NULL};
    int k = 0;
    switch (option) {
    case O_PROTOCOL:
        k = choice(v, protocols);
        w->eval.protocol = (enum eval_protocol)k;
        return k >= 0;
    case O_FEATURES:
        k = choice(v, sets);
        w->eval.features = (enum feature_set)k;
        return k >= 0;
    case O_TRUST:
        k = choice(v, trusts);
        w->eval.trust = (enum trust)k;
        return k >= 0;
    case O_UNSCORED:
        w->eval.unscored = w->unscored;
        return list_of_places(v, w);
    default:
        return false;
    }
}

static bool take_number(struct wishes *w, int option, const char *v)
{
    double x = 0.0;
    bool ok;
    switch (option) {
    case O_FPR:
        return number(v, 0.0, 1.0, &w->ham_share);
    case O_NOISE:
        return number(v, 0.0, 1.0, &w->eval.noise);
    case O_LABELLED:
        return number(v, 0.0, 1.0, &w->eval.labelled);
    case O_SLOTS:
        ok = number(v, 10, 26, &x);
        w->eval.slots = 1u << (unsigned)x;
        return ok;
    case O_DELAY:
    case O_FEW:
    case O_WARMUP:
    case O_SEED:
        ok = number(v, 0, 1e9, &x);
        if (option == O_DELAY)
            w->eval.delay = (size_t)x;
        else if (option == O_FEW)
            w->eval.few = (size_t)x;
        else if (option == O_WARMUP)
            w->eval.warmup = (size_t)x;
        else
            w->eval.seed = (uint64_t)x;
        return ok;
    default:
        return take_word(w, option, v);
    }
}

static bool take(struct wishes *w, int option, const char *v)
{
    switch (option) {
    case O_INDEX:
        w->index = v;
        return true;
    case O_MODEL:
        w->eval.model = v;
        return true;
    case O_BASE:
        w->eval.base = v;
        return true;
    case O_SAVE:
        w->eval.save = v;
        return true;
    case O_SCORES:
        w->scores = v;
        return true;
    case O_PLOT:
        w->plot = v;
        return true;
    case O_JSON:
        w->json = true;
        return true;
    default:
        return take_number(w, option, v);
    }
}

/* ---- answers ---- */

static void print_json(const struct eval_result *r)
{
    struct buf b = BUF_INIT(1 << 16);
    struct json j = JSON_INIT(&b);
    const struct metrics *m = &r->metrics;
    char hash[20];
    jsonw_object(&j, NULL);
    jsonw_int(&j, "messages", (int64_t)r->messages);
    jsonw_int(&j, "spam", (int64_t)m->spam);
    jsonw_int(&j, "ham", (int64_t)m->ham);
    jsonw_num(&j, "roca_percent", m->roca_percent, 5);
    jsonw_num(&j, "lam_percent", m->lam_percent, 4);
    jsonw_num(&j, "error_percent", m->error_percent, 4);
    jsonw_num(&j, "ham_lost_percent", m->ham_lost_percent, 4);
    jsonw_num(&j, "spam_missed_percent", m->spam_missed_percent, 4);
    jsonw_num(&j, "miss_at_fpr_0.1", m->miss_at_01, 3);
    jsonw_num(&j, "miss_at_fpr_0.2", m->miss_at_02, 3);
    jsonw_num(&j, "miss_at_fpr_0.5", m->miss_at_05, 3);
    jsonw_num(&j, "miss_at_fpr_1", m->miss_at_1, 3);
    jsonw_num(&j, "ece", m->ece, 5);
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)r->start_hash);
    jsonw_cstr(&j, "model", hash);
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)r->model_hash);
    jsonw_cstr(&j, "model_after", hash);
    jsonw_num(&j, "seconds", r->seconds, 2);
    jsonw_num(&j, "read_us", r->read_us, 1);
    jsonw_num(&j, "score_us", r->score_us, 1);
    jsonw_num(&j, "learn_us", r->learn_us, 1);
    jsonw_object_end(&j);
    printf("%s\n", buf_cstr(&b));
    buf_fini(&b);
}

static void print_words(const struct eval_result *r)
{
    const struct metrics *m = &r->metrics;
    printf("messages %zu: %zu spam and %zu ham counted\n", r->messages, m->spam, m->ham);
    printf(
        "1-ROCA %.4f %%   lam %.3f %%   errors %.3f %% (ham lost %.3f %%, spam missed %.3f %%)\n",
        m->roca_percent, m->lam_percent, m->error_percent, m->ham_lost_percent,
        m->spam_missed_percent);
    printf("spam missed when 0.1 %% of ham is blocked: %.2f %%; 0.2 %%: %.2f %%; 0.5 %%: %.2f %%\n",
           m->miss_at_01, m->miss_at_02, m->miss_at_05);
    printf("calibration error %.4f\n", m->ece);
    printf("model %016llx, after %016llx; %.1f s; CPU a message: read %.0f us, score %.1f us, "
           "learn %.1f us\n",
           (unsigned long long)r->start_hash, (unsigned long long)r->model_hash, r->seconds,
           r->read_us, r->score_us, r->learn_us);
}

static int write_text(const char *path, struct slice text, struct err *e)
{
    FILE *f = fopen(path, "we");
    if (!f)
        return err_errno(e, "%s", path);
    bool ok = fwrite(text.p, 1, text.n, f) == text.n;
    if (fclose(f) != 0 || !ok)
        return err_errno(e, "%s", path);
    return 0;
}

static int plot(const struct wishes *w, const struct eval_result *r, struct err *e)
{
    struct buf b = BUF_INIT(16u << 20);
    metrics_plot(r->points, r->n, w->index, &b);
    int rc = write_text(w->plot, buf_slice(&b), e);
    buf_fini(&b);
    return rc;
}

static int write_scores(const struct wishes *w, const struct index_file *index,
                        const struct eval_result *r, struct err *e)
{
    FILE *f = fopen(w->scores, "we");
    if (!f)
        return err_errno(e, "%s", w->scores);
    for (size_t i = 0; i < r->n; i++) {
        const struct index_line *line = &index->lines[r->place[i]];
        fprintf(f, "%s %.5f %s\n", line->is_spam ? "spam" : "ham", (double)r->score[i], line->path);
    }
    return fclose(f) == 0 ? 0 : err_errno(e, "%s", w->scores);
}

static int attack(const struct wishes *w, const struct index_file *index, struct err *e)
{
    struct attack_options o = {.eval = w->eval, .ham_share = w->ham_share, .words = 200};
    struct attack_result r;
    int rc = attack_run(index, &o, e, &r);
    if (rc < 0)
        return rc;
    static const char *const names[ATTACK_KINDS][2] = {
        {"plain", "as it was"},
        {"good_words", "200 good words"},
        {"headers", "a ham's headers"},
        {"both", "both"},
        {"forged", "all headers forged"},
        {"forged_words", "all headers forged and words in every part"}};
    if (w->json)
        printf("{\"learned\":%zu,\"attacked\":%zu,\"threshold\":%.3f,\"missed_percent\":{",
               r.learned, r.spam[0], r.threshold);
    else
        printf(
            "learned %zu, then attacked with %zu spam; missed at the threshold of %.2f %% ham:\n",
            r.learned, r.spam[0], 100.0 * w->ham_share);
    for (int k = 0; k < ATTACK_KINDS; k++) {
        const char *sep = k ? w->json ? "," : ", " : "";
        printf(w->json ? "%s\"%s\":%.2f" : "%s%s %.2f %%", sep, names[k][!w->json],
               r.missed_percent[k]);
    }
    printf(w->json ? "}}\n" : "\n");
    return 0;
}

static int measure(const struct wishes *w)
{
    struct err e = {0};
    struct index_file index;
    struct eval_result result;
    struct arena *a = arena_new(0);
    int rc = index_read(a, w->index, &e, &index);
    if (rc == 0 && w->eval.protocol == EVAL_ATTACK)
        rc = attack(w, &index, &e);
    else if (rc == 0 && (rc = eval_run(&index, &w->eval, &e, &result)) == 0) {
        if (w->json)
            print_json(&result);
        else
            print_words(&result);
        if (w->plot)
            rc = plot(w, &result, &e);
        if (rc == 0 && w->scores)
            rc = write_scores(w, &index, &result, &e);
        eval_free(&result);
    }
    arena_free(a);
    return rc < 0 ? command_fail(&cmd_eval, &e) : EXIT_FINE;
}

static int run(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_eval, .argc = argc, .argv = argv};
    static struct wishes w;
    eval_defaults(&w.eval);
    w.ham_share = 0.001;
    w.eval.show_progress = isatty(STDERR_FILENO) != 0;
    int o;
    while ((o = option_next(&r)) != OPTION_END) {
        if (o == OPTION_HELP)
            return EXIT_FINE;
        if (o == OPTION_BAD)
            return EXIT_USAGE;
        if (!take(&w, o, r.value))
            return command_error(&cmd_eval, EXIT_USAGE, "'%s' is no value for --%s (see --help)",
                                 r.value, options[o].name);
    }
    if (r.at < argc)
        return command_error(&cmd_eval, EXIT_USAGE, "'%s' is not expected here", argv[r.at]);
    if (!w.index)
        return command_error(&cmd_eval, EXIT_USAGE, "say which mail: --index INDEX");
    return measure(&w);
}

const struct command cmd_eval = {
    .name = "eval",
    .args = "--index INDEX",
    .summary = "measure the classifier on labelled mail",
    .about = "Scores each message of the index in order, records the score and then learns the "
             "label as the protocol says. Starts from an empty model unless --model is given. "
             "Verdict headers of other filters are never looked at.",
    .options = options,
    .run = run,
};
