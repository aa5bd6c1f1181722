/* How well do the desk's fingerprints find near copies, and what do they mix up? Reads an index
 * ("spam PATH", "ham PATH"), changes each of some spam texts in several ways, and compares all
 * prints of spam with all of ham. Prints one JSON line a way, and one for the false pairs.
 *
 *     prints INDEX [MOST_SPAM [MOST_HAM]]
 */
#include "base/buf.h"
#include "base/clock.h"
#include "base/rand.h"
#include "desk/fingerprint.h"
#include "learn/eval_index.h"
#include "mail/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
    struct slice text;
    struct desk_print print;
    struct desk_grams grams;
    struct slice path;
};

struct set {
    struct text *of;
    size_t n;
};

static struct arena *keep;

static size_t words_of(struct slice s, struct slice *out, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < most;) {
        size_t start;
        while (i < s.n && (unsigned char)s.p[i] <= ' ')
            i++;
        start = i;
        while (i < s.n && (unsigned char)s.p[i] > ' ')
            i++;
        if (i > start)
            out[n++] = slice_of(s.p + start, i - start);
    }
    return n;
}

static void add(struct set *s, struct slice path, struct arena *a, struct slice raw)
{
    struct text *t = &s->of[s->n];
    struct desk_print p;
    const struct message *m = message_parse(a, raw, NULL);
    desk_print_make(a, m->text, 1, &p, NULL);
    if (p.tokens == 0)
        return;
    t->text = arena_dup(keep, m->text);
    t->path = arena_dup(keep, path);
    desk_print_make(keep, t->text, 1, &t->print, &t->grams);
    s->n++;
}

/* ---- ways to change a text ---- */

enum way { SAME_WITH_NAMES, WORDS_10, WORDS_20, PAD_50, PAD_150, LETTERS_10, CUT_60, WAYS };
static const char *const WAY_NAMES[WAYS] = {"personalise", "words_10",   "words_20", "pad_50",
                                            "pad_150",     "letters_10", "cut_60"};

static struct slice changed(struct arena *a, enum way way, struct slice text, struct slice ham,
                            uint64_t *seed)
{
    static struct slice w[20000], h[20000];
    struct buf b = BUF_INIT(4u << 20);
    size_t n = words_of(text, w, 20000), k = words_of(ham, h, 20000);
    size_t pad = way == PAD_50 ? n / 2 : way == PAD_150 ? n * 3 / 2 : 0;
    unsigned share = way == WORDS_10 ? 10 : way == WORDS_20 ? 20 : way == SAME_WITH_NAMES ? 2 : 0;
    size_t end = way == CUT_60 ? n * 6 / 10 : n;
    for (size_t i = 0; i < end; i++) {
        bool other = k && rand_next(seed) % 100 < share;
        struct slice word = other ? h[rand_next(seed) % k] : w[i];
        if (way == LETTERS_10 && word.n > 3 && rand_next(seed) % 10 == 0) {
            buf_add(&b, slice_head(word, word.n / 2));
            buf_chr(&b, '.');
            word = slice_from(word, word.n / 2);
        }
        buf_add(&b, word);
        buf_chr(&b, ' ');
    }
    for (size_t i = 0; i < pad && k; i++) {
        buf_add(&b, h[i % k]);
        buf_chr(&b, ' ');
    }
    struct slice s = arena_dup(a, buf_slice(&b));
    buf_fini(&b);
    return s;
}

static void recall(const struct set *spam, const struct set *ham, size_t most)
{
    uint64_t seed = 7;
    for (int way = 0; way < WAYS; way++) {
        size_t f1 = 0, f2 = 0, any = 0, n = 0;
        for (size_t i = 0; i < spam->n && n < most; i++, n++) {
            struct arena *a = arena_new(0);
            struct slice other = ham->n ? ham->of[rand_next(&seed) % ham->n].text : SLICE("");
            struct slice text = changed(a, (enum way)way, spam->of[i].text, other, &seed);
            struct desk_print p;
            struct desk_grams g;
            struct desk_likeness l;
            desk_print_make(a, text, 1, &p, &g);
            desk_print_match(&spam->of[i].print, &p, &g, &l);
            f1 += l.f1 >= DESK_F1_MATCH;
            f2 += l.f2 >= DESK_F2_MATCH;
            any += l.is_match;
            arena_free(a);
        }
        printf("{\"way\":\"%s\",\"texts\":%zu,\"f1\":%.3f,\"f2\":%.3f,\"any\":%.3f}\n",
               WAY_NAMES[way], n, (double)f1 / (double)n, (double)f2 / (double)n,
               (double)any / (double)n);
    }
}

static void false_pairs(const struct set *spam, const struct set *ham)
{
    size_t pairs = 0, hits = 0, messages = 0, shown = 0;
    for (size_t k = 0; k < ham->n; k++) {
        bool is_hit = false;
        for (size_t i = 0; i < spam->n; i++) {
            struct desk_likeness l;
            desk_print_match(&spam->of[i].print, &ham->of[k].print, &ham->of[k].grams, &l);
            pairs++;
            hits += l.is_match;
            if (l.is_match && !is_hit && shown++ < 10)
                fprintf(stderr, "%.*s %.*s f1 %u f2 %u\n", SLICE_ARG(spam->of[i].path),
                        SLICE_ARG(ham->of[k].path), l.f1, l.f2);
            is_hit |= l.is_match;
        }
        messages += is_hit;
    }
    printf("{\"pairs\":%zu,\"false\":%zu,\"share\":%.3g,\"ham\":%zu,\"ham_hit\":%zu}\n", pairs,
           hits, pairs ? (double)hits / (double)pairs : 0.0, ham->n, messages);
}

int main(int argc, char **argv)
{
    struct err e = {0};
    struct index_file index;
    keep = arena_new((size_t)4 << 30);
    if (argc < 2 || index_read(keep, argv[1], &e, &index) < 0) {
        fprintf(stderr, "prints: %s\n", argc < 2 ? "say which index" : e.text);
        return 2;
    }
    size_t most_spam = argc > 2 ? strtoul(argv[2], NULL, 10) : 1500;
    size_t most_ham = argc > 3 ? strtoul(argv[3], NULL, 10) : 3500;
    struct set spam = {calloc(most_spam + 1, sizeof(struct text)), 0},
               ham = {calloc(most_ham + 1, sizeof(struct text)), 0};
    int64_t start = clock_cpu_us();
    size_t made = 0;
    for (size_t i = 0; i < index.n; i++) {
        struct set *s = index.lines[i].is_spam ? &spam : &ham;
        struct arena *a = arena_new(0);
        struct slice raw;
        if (s->n < (s == &spam ? most_spam : most_ham) &&
            index_slurp(a, index.lines[i].path, 1u << 26, &e, &raw) == 0) {
            add(s, slice_str(index.lines[i].path), a, raw);
            made++;
        }
        arena_free(a);
    }
    fprintf(stderr,
            "%zu spam, %zu ham with %u tokens or more; %.0f us of CPU a message read and printed "
            "twice\n",
            spam.n, ham.n, DESK_TOKENS,
            made ? (double)(clock_cpu_us() - start) / (double)made : 0.0);
    recall(&spam, &ham, 700);
    false_pairs(&spam, &ham);
    return 0;
}
