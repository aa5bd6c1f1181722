/* Fingerprints of texts. See fingerprint.h. */
#include "desk/fingerprint.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "mail/unicode.h"

#include <stdlib.h>
#include <unicode/uchar.h>

#define TEXT_BYTES  (256u << 10)
#define TOKEN_CHARS 24u /* longer ones are one symbol: random strings */
#define LEAST_EXACT 8u  /* fewer tokens say nothing ("Hello,") */

struct tokens {
    unsigned char key[16];
    uint32_t *grams;
    size_t n_grams;
    uint64_t last, exact;
    uint32_t n;
};

uint32_t desk_epoch(int64_t now_us)
{
    return now_us < 0 ? 0 : (uint32_t)(now_us / 1000000 / DESK_EPOCH_S);
}

/* Scripts that are written without spaces between words. */
static bool is_spaceless(uint32_t c)
{
    return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) ||
           (c >= 0x1780 && c <= 0x17FF) || (c >= 0x3040 && c <= 0x30FF) ||
           (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x20000 && c <= 0x3FFFF);
}

static bool is_word(uint32_t c)
{
    if (c < 0x80)
        return ascii_is_alnum((char)c);
    return u_isalnum((UChar32)c) ||
           (U_MASK(u_charType((UChar32)c)) & (U_GC_MN_MASK | U_GC_MC_MASK));
}

static void add_token(struct tokens *t, struct slice bytes)
{
    uint64_t h = hash_sip(bytes, t->key);
    if (t->n && t->n_grams < DESK_GRAMS)
        t->grams[t->n_grams++] = (uint32_t)(hash_mix(t->last * 3 + h) >> 40);
    t->exact = hash_mix(t->exact ^ h) + t->n;
    t->last = h;
    t->n++;
}

/* One word as it stands: digits as one, too long as a symbol. */
struct word {
    char bytes[TOKEN_CHARS * 4];
    size_t n, chars;
    bool was_digit;
};

static void word_end(struct tokens *t, struct word *w)
{
    if (w->chars)
        add_token(t, w->chars > TOKEN_CHARS ? SLICE("\1") : slice_of(w->bytes, w->n));
    *w = (struct word){.n = 0};
}

static void word_add(struct word *w, uint32_t c)
{
    bool is_digit = c < 0x80 ? ascii_is_digit((char)c) : u_isdigit((UChar32)c) != 0;
    if (is_digit && w->was_digit)
        return;
    w->was_digit = is_digit;
    if (++w->chars <= TOKEN_CHARS)
        w->n += utf8_put(w->bytes + w->n, is_digit ? '0' : c);
}

static void walk(struct tokens *t, struct slice text)
{
    struct word w = {.n = 0};
    uint32_t before = 0; /* last character of a script without spaces */
    while (text.n && t->n_grams < DESK_GRAMS) {
        uint32_t c = utf8_next(&text, NULL);
        if (is_spaceless(c) && is_word(c)) {
            word_end(t, &w);
            char pair[8];
            size_t n = before ? utf8_put(pair, before) : 0;
            n += utf8_put(pair + n, c);
            if (before)
                add_token(t, slice_of(pair, n));
            before = c;
            continue;
        }
        before = 0;
        if (is_word(c))
            word_add(&w, c);
        else
            word_end(t, &w);
    }
    word_end(t, &w);
}

static int by_value(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

static size_t sort_once(uint32_t *v, size_t n)
{
    size_t k = 0;
    qsort(v, n, sizeof(*v), by_value);
    for (size_t i = 0; i < n; i++) {
        if (k == 0 || v[k - 1] != v[i])
            v[k++] = v[i];
    }
    return k;
}

static void minima(const uint32_t *grams, size_t n, unsigned char out[DESK_F1])
{
    for (uint32_t k = 0; k < DESK_F1; k++) {
        uint64_t seed = hash_mix(k + 1), least = UINT64_MAX;
        for (size_t i = 0; i < n; i++) {
            uint64_t h = hash_mix(grams[i] ^ seed);
            if (h < least)
                least = h;
        }
        out[k] = (unsigned char)(hash_mix(least ^ 0x6631) & 0xff);
    }
}

void desk_print_make(struct arena *a, struct slice text, uint32_t epoch, struct desk_print *out,
                     struct desk_grams *out_grams)
{
    struct tokens t = {.grams = ARENA_ARRAY(a, uint32_t, DESK_GRAMS)};
    memcpy(t.key, "desk print", 10);
    memcpy(t.key + 12, &epoch, sizeof(epoch));
    walk(&t, unicode_fold(a, utf8_head(text, TEXT_BYTES)));
    *out = (struct desk_print){.epoch = epoch};
    if (t.n >= LEAST_EXACT)
        out->exact = t.exact | 1;
    size_t n = sort_once(t.grams, t.n_grams);
    if (out_grams)
        *out_grams = (struct desk_grams){t.grams, n};
    if (t.n < DESK_TOKENS || n < DESK_F2)
        return;
    out->tokens = t.n;
    minima(t.grams, n, out->f1);
    /* Hashes of pairs are spread evenly, so the least ones are a sample that does not depend on
     * what else is in the text. */
    out->n_f2 = DESK_F2;
    memcpy(out->f2, t.grams, sizeof(out->f2));
}

static uint32_t contained(const struct desk_print *x, const struct desk_grams *in)
{
    uint32_t same = 0;
    size_t k = 0;
    for (uint32_t i = 0; i < x->n_f2; i++) {
        while (k < in->n && in->hash[k] < x->f2[i])
            k++;
        same += k < in->n && in->hash[k] == x->f2[i];
    }
    return same;
}

static double weight(double share, double least)
{
    return share <= least ? 0.0 : (share - least) / (1.0 - least);
}

void desk_print_match(const struct desk_print *x, const struct desk_print *y,
                      const struct desk_grams *grams, struct desk_likeness *out)
{
    *out = (struct desk_likeness){0};
    if (x->epoch != y->epoch)
        return;
    if (x->exact && x->exact == y->exact) {
        *out = (struct desk_likeness){.f1 = DESK_F1, .f2 = DESK_F2, .is_match = true, .weight = 1};
        return;
    }
    if (x->tokens == 0)
        return;
    if (y->tokens) {
        for (uint32_t k = 0; k < DESK_F1; k++)
            out->f1 += x->f1[k] == y->f1[k];
    }
    if (grams)
        out->f2 = contained(x, grams);
    else if (y->tokens)
        out->f2 = contained(x, &(struct desk_grams){(uint32_t *)(uintptr_t)y->f2, y->n_f2});
    double by_f1 = weight(out->f1 / (double)DESK_F1, (DESK_F1_MATCH - 1) / (double)DESK_F1);
    double by_f2 = weight(out->f2 / (double)DESK_F2, (DESK_F2_MATCH - 1) / (double)DESK_F2);
    out->weight = by_f1 > by_f2 ? by_f1 : by_f2;
    out->is_match = out->f1 >= DESK_F1_MATCH || out->f2 >= DESK_F2_MATCH;
}
