/* profile_checks: how often each check hits labelled mail, and what the sum of points catches.
 *
 *   profile_checks [--part A/B] [--model FILE] [--as ADDRESS=ADDRESS] [--tsv FILE] INDEX...
 *
 * INDEX lines are "spam PATH" or "ham PATH". --part 1/2 takes the first half of each index, 2/2
 * the second, so that points set on one part are judged on the other. --as rewrites an address
 * in the mail before it is read (a collector's own recipient would give the source away).
 * Prints, per check, the share of spam and of ham that it hits and the shrunk log-odds
 *   ln((s + 0.5) / (S + 1) / ((h + 0.5) / (H + 1))) * (1 - 1 / (1 + hits / 50)),
 * then the share of spam caught where a given share of ham is lost. Measuring only: sets
 * nothing. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "evidence/check.h"
#include "learn/classifier.h"
#include "mail/unicode.h"
#include "scan/scan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct tally {
    double hits[2];   /* ham, spam */
    double points[2]; /* sums */
};

struct profile {
    struct scan_world world;
    struct tally checks[CHECKS];
    double *scores[2];
    size_t n[2], room[2];
    size_t classes[2][CLASSES];
    int part, parts;
    struct slice from, to; /* --as */
    FILE *tsv;
    int64_t evidence_us;
};

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "profile_checks: %s: %s\n", what, why);
    exit(3);
}

static bool read_file(const char *path, struct buf *out)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    char part[65536];
    size_t n;
    buf_reset(out);
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        buf_add(out, slice_of(part, n));
    fclose(f);
    return true;
}

/* The mail with line ends made LF and one address written as another. */
static struct slice normal(struct profile *p, struct arena *a, struct slice raw)
{
    char *out = arena_bytes(a, raw.n * 4 + 16);
    size_t n = 0;
    for (size_t i = 0; i < raw.n;) {
        if (p->from.n && raw.n - i >= p->from.n && raw.p[i] == p->from.p[0] &&
            !memcmp(raw.p + i, p->from.p, p->from.n) && n + p->to.n < raw.n * 4) {
            memcpy(out + n, p->to.p, p->to.n);
            n += p->to.n;
            i += p->from.n;
            continue;
        }
        if (raw.p[i] != '\r' || i + 1 >= raw.n || raw.p[i + 1] != '\n')
            out[n++] = raw.p[i];
        i++;
    }
    return slice_of(out, n);
}

static void print_finding(FILE *out, const struct finding *f)
{
    fprintf(out, "\t%s=%.3f=", f->name, f->points);
    for (size_t i = 0; i < f->detail.n && i < 60; i++)
        fputc((unsigned char)f->detail.p[i] < ' ' ? ' ' : f->detail.p[i], out);
}

static void record(struct profile *p, const struct scan *s, int label, const char *path)
{
    bool seen[CHECKS] = {0};
    for (const struct finding *f = s->findings.first; f; f = f->next)
        for (int id = 0; id < CHECKS; id++)
            if (!strcmp(f->name, check_info((enum check_id)id)->name)) {
                p->checks[id].hits[label] += !seen[id];
                p->checks[id].points[label] += f->points;
                seen[id] = true;
            }
    if (p->n[label] == p->room[label]) {
        p->room[label] = p->room[label] ? 2 * p->room[label] : 4096;
        p->scores[label] = realloc(p->scores[label], p->room[label] * sizeof(double));
        if (!p->scores[label])
            abort();
    }
    p->scores[label][p->n[label]++] = s->verdict.score;
    p->classes[label][s->verdict.class]++;
    if (!p->tsv)
        return;
    fprintf(p->tsv, "%s\t%s\t%.3f", label ? "spam" : "ham", path, s->verdict.score);
    for (const struct finding *f = s->findings.first; f; f = f->next)
        print_finding(p->tsv, f);
    fputc('\n', p->tsv);
}

static void scan_file(struct profile *p, struct arena *a, struct buf *bytes, const char *path,
                      int label)
{
    if (!read_file(path, bytes))
        fail(path, "cannot read");
    struct envelope env = {0};
    struct scan *s = scan_begin(a, &p->world, &env, normal(p, a, buf_slice(bytes)));
    while (scan_step(s, &p->world) != SCAN_DONE)
        continue;
    record(p, s, label, path);
    arena_reset(a);
}

static void scan_index(struct profile *p, const char *path)
{
    struct buf index = BUF_INIT(64u << 20), bytes = BUF_INIT(64u << 20);
    if (!read_file(path, &index))
        fail(path, "cannot read");
    size_t lines = 0, number = 0;
    for (size_t i = 0; i < index.n; i++)
        lines += index.p[i] == '\n';
    size_t from = lines * (size_t)(p->part - 1) / (size_t)p->parts;
    size_t to = lines * (size_t)p->part / (size_t)p->parts;
    const char *slash = strrchr(path, '/');
    struct slice rest = buf_slice(&index), line;
    struct arena *a = arena_new(0);
    for (; slice_line(&rest, &line); number++) {
        if (number < from || number >= to)
            continue;
        bool is_spam = slice_starts(line, SLICE("spam "));
        if (!is_spam && !slice_starts(line, SLICE("ham ")))
            fail(path, "a line is neither \"spam PATH\" nor \"ham PATH\"");
        char file[4096];
        snprintf(file, sizeof file, "%.*s/%.*s", slash ? (int)(slash - path) : 1,
                 slash ? path : ".", SLICE_ARG(slice_from(line, is_spam ? 5 : 4)));
        scan_file(p, a, &bytes, file, is_spam);
    }
    arena_free(a);
    buf_fini(&index);
    buf_fini(&bytes);
}

static int rising(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return a < b ? -1 : a > b;
}

static void print_checks(const struct profile *p)
{
    double ham = (double)p->n[0], spam = (double)p->n[1];
    printf("%-32s %7s %7s %7s %7s\n", "check", "spam %", "ham %", "shrunk", "points");
    for (int id = 0; id < CHECKS; id++) {
        const struct tally *t = &p->checks[id];
        double hits = t->hits[0] + t->hits[1];
        double odds = log((t->hits[1] + 0.5) / (spam + 1) / ((t->hits[0] + 0.5) / (ham + 1)));
        printf("%-32s %7.2f %7.2f %+7.2f %+7.2f\n", check_info((enum check_id)id)->name,
               100 * t->hits[1] / (spam + 1e-9), 100 * t->hits[0] / (ham + 1e-9),
               odds * (1 - 1 / (1 + hits / 50)), rules_points(p->world.rules, (enum check_id)id));
    }
}

static double share_at(const struct profile *p, int label, double score)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n[label]; i++)
        n += p->scores[label][i] >= score;
    return p->n[label] ? 100.0 * (double)n / (double)p->n[label] : 0.0;
}

static void print_curve(struct profile *p)
{
    static const double rates[] = {0.001, 0.002, 0.005, 0.01};
    printf("\nspam %zu, ham %zu\n", p->n[1], p->n[0]);
    for (double t = 2; t <= 8; t += 1)
        printf("score >= %4.1f: %6.2f %% of spam, %5.2f %% of ham\n", t, share_at(p, 1, t),
               share_at(p, 0, t));
    if (p->n[0] == 0)
        return;
    qsort(p->scores[0], p->n[0], sizeof(double), rising);
    for (size_t i = 0; i < 4; i++) {
        size_t lost = (size_t)(rates[i] * (double)p->n[0]);
        double t = p->scores[0][p->n[0] - 1 - lost] + 1e-9;
        printf("at %.1f %% of ham (score > %.2f): %.2f %% of spam\n", 100 * rates[i], t,
               share_at(p, 1, t));
    }
}

static void open_world(struct profile *p, const char *model)
{
    struct err e = {0};
    struct rules *rules;
    struct classifier *c;
    unicode_warm();
    if (rules_open(NULL, &e, &rules) < 0)
        fail("rules", e.text);
    p->world = (struct scan_world){.rules = rules};
    if (model && classifier_open(model, NULL, &e, &c) < 0)
        fail(model, e.text);
    if (model)
        p->world.classifier = c;
}

int main(int argc, char **argv)
{
    struct profile p = {.part = 1, .parts = 1};
    const char *model = NULL;
    int i = 1;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        struct slice value = slice_str(argv[i + 1]);
        if (!strcmp(argv[i], "--part") && value.n == 3) {
            p.part = value.p[0] - '0';
            p.parts = value.p[2] - '0';
        } else if (!strcmp(argv[i], "--model")) {
            model = argv[i + 1];
        } else if (!strcmp(argv[i], "--as")) {
            p.to = value;
            slice_split(&p.to, '=', &p.from);
        } else if (!strcmp(argv[i], "--tsv")) {
            p.tsv = fopen(argv[i + 1], "w");
        } else {
            fail(argv[i], "no such option");
        }
    }
    if (i >= argc || p.part < 1 || p.part > p.parts)
        fail("usage",
             "profile_checks [--part A/B] [--model FILE] [--as X=Y] [--tsv FILE] INDEX...");
    open_world(&p, model);
    int64_t begun = clock_cpu_us();
    for (; i < argc; i++)
        scan_index(&p, argv[i]);
    print_checks(&p);
    print_curve(&p);
    printf("%.0f us CPU a message, reading files included\n",
           (double)(clock_cpu_us() - begun) / (double)(p.n[0] + p.n[1]));
    if (p.tsv)
        fclose(p.tsv);
    return 0;
}
