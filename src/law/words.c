/* Look-up of words in many languages, and the guess of a text's language. See words.h. */
#include "law/words.h"

#include "base/err.h"
#include "base/utf8.h"
#include "evidence/phrases.h"

#include <stdlib.h>

#define BUCKETS    4096u
#define SMALL_UNIT 60u    /* what a small word of one language alone counts for it */
#define GUESS_MOST 32768u /* bytes of text that are enough to tell a language */

struct row {
    const char *code;
    const char *words[WORD_TOPICS];
};

static const struct row ROWS[] = {
#define LANGUAGE(code, small, leave, advert, sell, imprint) \
    {code, {small, leave, advert, sell, imprint}},
#include "law/words_table.h"
#undef LANGUAGE
};
#define N_ROWS (sizeof ROWS / sizeof *ROWS)
_Static_assert(N_ROWS <= WORD_LANGUAGES_MOST, "more room for languages");

struct word {
    struct slice text; /* folded */
    uint8_t topic, language;
    bool is_prefix;
    uint8_t shared; /* languages that have this small word */
    int32_t next;   /* in its bucket, -1: the last */
};

static struct arena *kept; /* for the life of the process */
static struct word *words;
static size_t n_words;
static int32_t buckets[BUCKETS];

/* Bucket of a word by its first two bytes: one letter or two begin every word. */
static unsigned bucket_of(struct slice s)
{
    unsigned a = (unsigned char)s.p[0], b = s.n > 1 ? (unsigned char)s.p[1] : ' ';
    return (a * 67 + b * 31 + (s.n > 2 && b != ' ' && a >= 0xE0 ? (unsigned char)s.p[2] : 0)) %
           BUCKETS;
}

static void add_word(struct arena *a, struct slice text, unsigned topic, unsigned language)
{
    bool is_prefix = slice_ends(text, SLICE("~"));
    struct slice folded = phrases_fold(a, text);
    if (folded.n == 0)
        BUG("a word of the table folds to nothing");
    unsigned b = bucket_of(folded);
    words[n_words] = (struct word){.text = folded,
                                   .topic = (uint8_t)topic,
                                   .language = (uint8_t)language,
                                   .is_prefix = is_prefix,
                                   .next = buckets[b]};
    buckets[b] = (int32_t)n_words++;
}

static size_t count_words(void)
{
    size_t n = 0;
    for (size_t i = 0; i < N_ROWS; i++)
        for (unsigned t = 0; t < WORD_TOPICS; t++) {
            n += ROWS[i].words[t][0] != '\0';
            for (const char *p = ROWS[i].words[t]; *p; p++)
                n += *p == '|';
        }
    return n;
}

/* A small word that many languages have says little about each. */
static void count_shared(void)
{
    for (size_t i = 0; i < n_words; i++) {
        if (words[i].topic != WORD_SMALL)
            continue;
        for (int32_t j = buckets[bucket_of(words[i].text)]; j >= 0; j = words[j].next)
            words[i].shared = (uint8_t)(words[i].shared + (words[j].topic == WORD_SMALL &&
                                                           slice_eq(words[j].text, words[i].text)));
    }
}

void words_warm(void)
{
    if (kept)
        return;
    struct arena *a = kept = arena_new(0);
    for (unsigned i = 0; i < BUCKETS; i++)
        buckets[i] = -1;
    words = ARENA_ARRAY(a, struct word, count_words());
    for (unsigned i = 0; i < N_ROWS; i++)
        for (unsigned t = 0; t < WORD_TOPICS; t++) {
            struct slice rest = slice_str(ROWS[i].words[t]), one;
            while (slice_split(&rest, '|', &one))
                add_word(a, one, t, i);
        }
    count_shared();
}

unsigned words_languages(void)
{
    return N_ROWS;
}

const char *words_language(unsigned i)
{
    return i < N_ROWS ? ROWS[i].code : "?";
}

int words_language_of(struct slice code)
{
    for (unsigned i = 0; i < N_ROWS; i++)
        if (slice_ieq(code, slice_str(ROWS[i].code)))
            return (int)i;
    return -1;
}

static bool stands_at(const struct word *w, struct slice rest)
{
    if (!slice_starts(rest, w->text))
        return false;
    return w->is_prefix || rest.n == w->text.n || rest.p[w->text.n] == ' ';
}

static void hit(const struct word *w, struct slice at, struct word_hits *out)
{
    out->n[w->topic][w->language] += w->topic == WORD_SMALL ? SMALL_UNIT / w->shared : 1;
    if (w->topic != WORD_SMALL && out->first[w->topic].n == 0) {
        size_t n = w->text.n;
        while (n < at.n && at.p[n] != ' ')
            n++;
        out->first[w->topic] = slice_head(at, n);
        out->first_language[w->topic] = w->language;
    }
}

void words_find(struct arena *a, struct slice text, size_t max_bytes, struct word_hits *out)
{
    words_warm();
    memset(out, 0, sizeof *out);
    struct slice rest = phrases_fold(a, slice_head(text, max_bytes));
    while (rest.n) {
        for (int32_t i = buckets[bucket_of(rest)]; i >= 0; i = words[i].next)
            if (stands_at(&words[i], rest))
                hit(&words[i], rest, out);
        size_t space = slice_chr(rest, ' ');
        rest = space == SIZE_MAX ? (struct slice){0} : slice_from(rest, space + 1);
    }
}

uint32_t words_count(const struct word_hits *h, enum word_topic topic)
{
    uint32_t n = 0;
    for (unsigned i = 0; i < N_ROWS; i++)
        n += h->n[topic][i];
    return n;
}

/* ---- which language ---- */

/* Scripts that one language (of those known here) has for itself. */
static const struct {
    uint32_t from, to;
    const char *code;
} OWN[] = {{0x3040, 0x30FF, "ja"}, {0xAC00, 0xD7A3, "ko"}, {0x0E00, 0x0E7F, "th"},
           {0x0590, 0x05FF, "he"}, {0x0370, 0x03FF, "el"}, {0x10A0, 0x10FF, "ka"},
           {0x0530, 0x058F, "hy"}, {0x0900, 0x097F, "hi"}, {0x0980, 0x09FF, "bn"},
           {0x0B80, 0x0BFF, "ta"}, {0x0D80, 0x0DFF, "si"}, {0x1200, 0x137F, "am"},
           {0x4E00, 0x9FFF, "zh"}};
#define N_OWN (sizeof OWN / sizeof *OWN)

/* Letters of each own script, and all letters; true when one script decides. */
static bool by_script(struct slice text, struct language_guess *out)
{
    size_t n[N_OWN] = {0}, all = 0, best = 0;
    struct slice rest = slice_head(text, GUESS_MOST);
    while (rest.n) {
        uint32_t c = utf8_next(&rest, NULL);
        if (c < 0x80 ? ascii_is_alpha((char)c) : c >= 0xC0 && (c < 0x2000 || c > 0x303F))
            all++;
        for (size_t i = 0; c >= 0x370 && i < N_OWN; i++)
            n[i] += c >= OWN[i].from && c <= OWN[i].to;
    }
    size_t han = n[N_OWN - 1];
    if (n[0] * 10 > han) { /* Japanese mixes kana with Han; Chinese has no kana */
        n[0] += han;
        n[N_OWN - 1] = 0;
    }
    for (size_t i = 1; i < N_OWN; i++)
        best = n[i] > n[best] ? i : best;
    if (n[best] < 10 || n[best] * 10 < all * 3)
        return false;
    *out = (struct language_guess){words_language_of(slice_str(OWN[best].code)), -1,
                                   (double)n[best] / (double)all};
    return true;
}

void words_guess(struct slice text, const struct word_hits *hits, struct language_guess *out)
{
    double score[N_ROWS] = {0}, sum = 0;
    *out = (struct language_guess){-1, -1, 0};
    if (by_script(text, out))
        return;
    for (size_t i = 0; i < N_ROWS; i++)
        sum += score[i] = (double)hits->n[WORD_SMALL][i];
    int best = 0, second = -1;
    for (int i = 1; i < (int)N_ROWS; i++) {
        if (score[i] > score[best]) {
            second = best;
            best = i;
        } else if (second < 0 || score[i] > score[second]) {
            second = i;
        }
    }
    if (score[best] < 1.5 * SMALL_UNIT)
        return;
    out->second = best;
    out->share = score[best] / (sum > 0 ? sum : 1);
    if (score[best] >= 1.15 * score[second] && score[best] >= score[second] + SMALL_UNIT / 3) {
        out->language = best;
        out->second = second;
    }
}
