/* Document counts of words. See attack_words.h. */
#include "learn/attack_words.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"

#include <stdlib.h>

#define SLOTS (1u << 20)
#define MOST  (SLOTS / 2)

struct count {
    struct slice word; /* lower case */
    uint32_t in[2];    /* messages: ham, spam */
    uint32_t last;     /* message that counted it last */
};

struct attack_words {
    struct count *of;
    size_t n;
    uint32_t messages[2];
    struct arena *text;
};

struct attack_words *attack_words_new(void)
{
    struct attack_words *w = calloc(1, sizeof *w);
    if (!w || !(w->of = calloc(SLOTS, sizeof *w->of)))
        BUG("out of memory");
    w->text = arena_new(0);
    return w;
}

void attack_words_free(struct attack_words *w)
{
    free(w->of);
    arena_free(w->text);
    free(w);
}

static void count_word(struct attack_words *w, struct slice word, bool is_spam)
{
    uint32_t message = w->messages[0] + w->messages[1];
    uint32_t at = (uint32_t)hash_bytes(word, 0) & (SLOTS - 1);
    while (w->of[at].word.n && !slice_eq(w->of[at].word, word))
        at = (at + 1) & (SLOTS - 1);
    struct count *c = &w->of[at];
    if (c->word.n == 0) {
        if (w->n == MOST)
            return;
        c->word = arena_dup(w->text, word);
        w->n++;
    }
    if (c->last != message)
        c->in[is_spam]++;
    c->last = message;
}

void attack_words_count(struct attack_words *w, struct slice text, bool is_spam)
{
    char word[20];
    size_t n = 0;
    w->messages[is_spam]++;
    for (size_t i = 0; i <= text.n; i++) {
        char c = i < text.n ? ascii_lower(text.p[i]) : ' ';
        if (ascii_is_alpha(c)) {
            if (n < sizeof word)
                word[n] = c;
            n++;
            continue;
        }
        if (n >= 3 && n <= sizeof word)
            count_word(w, slice_of(word, n), is_spam);
        n = 0;
    }
}

struct rated {
    struct slice word;
    double ratio;
};

static int compare(const void *a, const void *b)
{
    const struct rated *x = a, *y = b;
    if (x->ratio < y->ratio || x->ratio > y->ratio)
        return x->ratio < y->ratio ? 1 : -1;
    return slice_cmp(x->word, y->word);
}

size_t attack_words_best(const struct attack_words *w, struct slice out[ATTACK_WORDS_BEST])
{
    struct rated *all = calloc(w->n + 1, sizeof *all);
    size_t n = 0;
    if (!all)
        BUG("out of memory");
    for (size_t i = 0; i < SLOTS; i++) {
        const struct count *c = &w->of[i];
        if (c->word.n == 0 || c->in[0] * 100.0 < w->messages[0])
            continue;
        double ham = (c->in[0] + 0.5) / (w->messages[0] + 1.0);
        double spam = (c->in[1] + 0.5) / (w->messages[1] + 1.0);
        all[n++] = (struct rated){c->word, ham / spam};
    }
    qsort(all, n, sizeof *all, compare);
    n = n < ATTACK_WORDS_BEST ? n : ATTACK_WORDS_BEST;
    for (size_t i = 0; i < n; i++)
        out[i] = all[i].word;
    free(all);
    return n;
}
