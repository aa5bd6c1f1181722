/* muster train: makes a base model from labelled mail whose terms allow shipping it. */
#include "cli/command.h"

#include "learn/base_train.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define INDEXES_MOST 16

enum {
    O_INDEX,
    O_OUT,
    O_SLOTS,
    O_EPOCHS,
    O_LEAST,
    O_RATE,
    O_DROPOUT,
    O_DECAY,
    O_SCALE,
    O_SEED,
    O_WITHOUT
};

static const struct option_doc options[] = {
    [O_INDEX] = {'i', "index", "INDEX", "labelled mail; may stand several times"},
    [O_OUT] = {'o', "out", "FILE", "the base model to write"},
    [O_SLOTS] = {0, "slots", "BITS", "2^BITS weights of two bytes (19)"},
    [O_EPOCHS] = {0, "epochs", "N", "passes over the mail (4)"},
    [O_LEAST] = {0, "least", "N", "a feature counts from N messages on (8)"},
    [O_RATE] = {0, "rate", "X", "step of learning (1.0)"},
    [O_DROPOUT] = {0, "dropout", "P", "share of features left out of each step (0.5)"},
    [O_DECAY] = {0, "decay", "P", "weights shrink by this share after each pass (0.2)"},
    [O_SCALE] = {0, "scale", "X", "multiply all weights at the end (1.0)"},
    [O_SEED] = {0, "seed", "N", "of the random order (1)"},
    [O_WITHOUT] = {0, "without", "CHANNEL", "leave tags, headers or text out; may repeat"},
    {0}};

struct wishes {
    struct base_recipe recipe;
    const char *indexes[INDEXES_MOST];
    size_t n;
    const char *out;
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

static bool take(struct wishes *w, int option, const char *v)
{
    struct base_recipe *r = &w->recipe;
    double x = 0.0;
    bool ok = true;
    switch (option) {
    case O_INDEX:
        if (w->n == INDEXES_MOST)
            return false;
        w->indexes[w->n++] = v;
        break;
    case O_OUT:
        w->out = v;
        break;
    case O_SLOTS:
        ok = number(v, 10, 24, &x);
        r->slots = 1u << (unsigned)x;
        break;
    case O_EPOCHS:
        ok = number(v, 1, 100, &x);
        r->epochs = (uint32_t)x;
        break;
    case O_LEAST:
        ok = number(v, 1, 1e6, &x);
        r->least_seen = (uint32_t)x;
        break;
    case O_SEED:
        ok = number(v, 0, 1e15, &x);
        r->seed = (uint64_t)x;
        break;
    case O_WITHOUT:
        ok = false;
        for (int c = 0; c < CHANNELS; c++) {
            if (strcmp(v, channel_name((enum channel)c)) == 0)
                ok = r->without[c] = true;
        }
        break;
    case O_RATE:
        ok = number(v, 1e-4, 100.0, &r->rate);
        break;
    case O_DROPOUT:
        ok = number(v, 0.0, 0.95, &r->dropout);
        break;
    case O_DECAY:
        ok = number(v, 0.0, 0.95, &r->decay);
        break;
    default:
        ok = number(v, 1e-3, 100.0, &r->scale);
        break;
    }
    return ok;
}

static int train(const struct wishes *w)
{
    struct err e = {0};
    struct index_file files[INDEXES_MOST];
    struct base_report report;
    struct arena *a = arena_new(0);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < w->n; i++)
        rc = index_read(a, w->indexes[i], &e, &files[i]);
    if (rc == 0)
        rc = base_train(files, w->n, &w->recipe, w->out, &e, &report);
    if (rc == 0)
        printf("%s: learned %llu ham and %llu spam, %zu of %zu features kept, errors in the last "
               "pass %.2f %%\n",
               w->out, (unsigned long long)report.lessons[0], (unsigned long long)report.lessons[1],
               report.kept, report.features, report.train_error_percent);
    arena_free(a);
    return rc < 0 ? command_fail(&cmd_train, &e) : EXIT_FINE;
}

static int run(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_train, .argc = argc, .argv = argv};
    static struct wishes w;
    base_recipe_defaults(&w.recipe);
    w.recipe.show_progress = isatty(STDERR_FILENO) != 0;
    int o;
    while ((o = option_next(&r)) != OPTION_END) {
        if (o == OPTION_HELP)
            return EXIT_FINE;
        if (o == OPTION_BAD)
            return EXIT_USAGE;
        if (!take(&w, o, r.value))
            return command_error(&cmd_train, EXIT_USAGE, "'%s' is no value for --%s (see --help)",
                                 r.value, options[o].name);
    }
    if (r.at < argc)
        return command_error(&cmd_train, EXIT_USAGE, "'%s' is not expected here", argv[r.at]);
    if (w.n == 0 || !w.out)
        return command_error(&cmd_train, EXIT_USAGE, "say --index INDEX and --out FILE");
    return train(&w);
}

const struct command cmd_train = {
    .name = "train",
    .args = "--index INDEX --out FILE",
    .summary = "make a base model from labelled mail",
    .about = "Makes the shipped prior for day one from mail whose terms allow it; the recipe and "
             "all sources stand in models/base/CARD.md. What a site knows of its own mail it "
             "learns with 'muster learn'.",
    .options = options,
    .run = run,
};
