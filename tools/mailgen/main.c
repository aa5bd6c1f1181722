/* mailgen: writes labelled training mail from templates. */
#include "gen.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char help[] =
    "usage: mailgen --seed N --count N --out DIR [--templates DIR] [--english PERCENT]\n"
    "               [--spam PERCENT] [--list]\n"
    "\n"
    "Writes DIR/00001.eml ..., DIR/index (lines 'spam 00001.eml' or 'ham 00001.eml') and\n"
    "DIR/families (lines '00001.eml LABEL FAMILY LANGUAGE CLASS'). The same seed and\n"
    "templates give the same bytes.\n"
    "\n"
    "  --seed N            seed of the random numbers\n"
    "  --count N           messages to write, 1 to 99999\n"
    "  --out DIR           folder for the messages, made when missing\n"
    "  --templates DIR     templates (models/base/templates)\n"
    "  --english PERCENT   share of English mail (50)\n"
    "  --spam PERCENT      share of spam (50)\n"
    "  --list              print the families instead: LABEL FAMILY LANGUAGE CLASS\n"
    "\n"
    "exit: 0 done, 2 wrong usage, 3 could not read or write\n";

typedef struct {
    uint64_t seed;
    unsigned count, english, spam;
    const char *out, *templates;
    bool list, have_seed;
} options;

static uint64_t number(const char *name, const char *s, uint64_t low, uint64_t high)
{
    char *end;
    errno = 0;
    unsigned long long v = strtoull(s, &end, 10);
    if (errno || end == s || *end || *s == '-' || v < low || v > high)
        die(EXIT_USAGE, "--%s: expected a number from %llu to %llu, found '%s'", name,
            (unsigned long long)low, (unsigned long long)high, s);
    return v;
}

static options parse(int argc, char **argv)
{
    static const struct option longs[] = {{"seed", required_argument, NULL, 's'},
                                          {"count", required_argument, NULL, 'c'},
                                          {"out", required_argument, NULL, 'o'},
                                          {"templates", required_argument, NULL, 't'},
                                          {"english", required_argument, NULL, 'e'},
                                          {"spam", required_argument, NULL, 'p'},
                                          {"list", no_argument, NULL, 'l'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    options o = {.english = 50, .spam = 50, .templates = "models/base/templates"};
    for (int k; (k = getopt_long(argc, argv, "", longs, NULL)) != -1;)
        switch (k) {
        case 's':
            o.seed = number("seed", optarg, 0, UINT64_MAX);
            o.have_seed = true;
            break;
        case 'c':
            o.count = (unsigned)number("count", optarg, 1, 99999);
            break;
        case 'o':
            o.out = optarg;
            break;
        case 't':
            o.templates = optarg;
            break;
        case 'e':
            o.english = (unsigned)number("english", optarg, 0, 100);
            break;
        case 'p':
            o.spam = (unsigned)number("spam", optarg, 0, 100);
            break;
        case 'l':
            o.list = true;
            break;
        case 'h':
            fputs(help, stdout);
            exit(0);
        default:
            die(EXIT_USAGE, "try 'mailgen --help'");
        }
    if (optind < argc)
        die(EXIT_USAGE, "unexpected argument '%s'; try 'mailgen --help'", argv[optind]);
    if (!o.list && (!o.have_seed || !o.count || !o.out))
        die(EXIT_USAGE, "--seed, --count and --out are needed; try 'mailgen --help'");
    return o;
}

static bool english(const tmpl *t)
{
    return strcmp(t->lang, "en") == 0;
}

/* A template of that label and language by weight; NULL when there is none. */
static const tmpl *by_weight(rng *r, const store *s, int label, const char *lang)
{
    unsigned total = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->t[i]->label == label && strcmp(s->t[i]->lang, lang) == 0)
            total += s->t[i]->weight;
    unsigned at = rng_below(r, total);
    for (size_t i = 0; i < s->n && total; i++) {
        const tmpl *t = s->t[i];
        if (t->label != label || strcmp(t->lang, lang) != 0)
            continue;
        if (at < t->weight)
            return t;
        at -= t->weight;
    }
    return NULL;
}

/* Language before family, and the same shares for both labels: otherwise a
 * language in which we wrote more spam would itself look like spam. */
static const tmpl *choose(rng *r, const store *s, const options *o)
{
    int label = rng_chance(r, o->spam) ? LABEL_SPAM : LABEL_HAM;
    const tmpl *t = rng_chance(r, o->english) ? by_weight(r, s, label, "en") : NULL;
    for (int tries = 0; !t && tries < 1000; tries++) {
        const char *langs[64];
        unsigned n = 0;
        for (size_t i = 0; i < s->n && n < 64; i++) {
            bool known = english(s->t[i]) && o->english > 0;
            for (unsigned j = 0; j < n; j++)
                known = known || strcmp(langs[j], s->t[i]->lang) == 0;
            if (!known)
                langs[n++] = s->t[i]->lang;
        }
        t = by_weight(r, s, label, n ? langs[rng_below(r, n)] : "en");
    }
    if (!t)
        die(EXIT_FAILED, "%s: no %s template fits", o->templates, label ? "spam" : "ham");
    return t;
}

static FILE *open_out(const char *dir, const char *name)
{
    text path = {0};
    text_fmt(&path, "%s/%s", dir, name);
    FILE *f = fopen(text_c(&path), "w");
    if (!f)
        die(EXIT_FAILED, "%s: %s", text_c(&path), strerror(errno));
    text_free(&path);
    return f;
}

static void close_out(FILE *f, const char *dir, const char *name)
{
    bool bad = ferror(f) != 0;
    if (fclose(f) != 0 || bad)
        die(EXIT_FAILED, "%s/%s: %s", dir, name, strerror(errno));
}

static void write_one(rng *r, const store *s, const tmpl *t, const char *dir, const char *name)
{
    enum { START_2021 = 1609459200, FIVE_YEARS = 157766400 };
    ctx c = {.r = r, .s = s, .t = t, .path = t->path, .line = 1};
    c.now = START_2021 + (int64_t)rng_below(r, FIVE_YEARS);
    letter l = {0};
    text out = {0};
    render(&c, &l);
    mime_message(&c, &l, &out);
    FILE *f = open_out(dir, name);
    fwrite(text_c(&out), 1, out.n, f);
    close_out(f, dir, name);
    text_free(&out);
    letter_free(&l);
    ctx_free(&c);
}

int main(int argc, char **argv)
{
    options o = parse(argc, argv);
    store s = {0};
    store_load(&s, o.templates);
    for (size_t i = 0; o.list && i < s.n; i++)
        printf("%s %s %s %s\n", s.t[i]->label ? "spam" : "ham", s.t[i]->family, s.t[i]->lang,
               s.t[i]->class_name);
    if (o.list)
        return 0;
    if (mkdir(o.out, 0777) != 0 && errno != EEXIST)
        die(EXIT_FAILED, "%s: %s", o.out, strerror(errno));
    rng r = {o.seed};
    FILE *index = open_out(o.out, "index"), *families = open_out(o.out, "families");
    for (unsigned i = 1; i <= o.count; i++) {
        char name[32];
        snprintf(name, sizeof name, "%05u.eml", i);
        const tmpl *t = choose(&r, &s, &o);
        /* own generator per message: a changed template leaves the others as they were */
        rng own = {rng_next(&r)};
        write_one(&own, &s, t, o.out, name);
        fprintf(index, "%s %s\n", t->label ? "spam" : "ham", name);
        fprintf(families, "%s %s %s %s %s\n", name, t->label ? "spam" : "ham", t->family, t->lang,
                t->class_name);
    }
    close_out(index, o.out, "index");
    close_out(families, o.out, "families");
    return 0;
}
