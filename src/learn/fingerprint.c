/* Fingerprints of messages.
 *
 * The text is normalised to words that a bulk sender cannot vary cheaply: case folded, digits,
 * random strings, addresses and the recipient's own name folded away. Shingles of four words,
 * the links' domains and the HTML shape go into a min-hash by one permutation: each shingle
 * hash falls into one of 16 bands and each band keeps its least (empty bands borrow from the
 * next full one), which costs one hash a shingle.
 */
#include "learn/fingerprint.h"

#include "base/ascii.h"
#include "base/bytemask.h"
#include "base/hash.h"
#include "mail/html.h"

#define TEXT_BYTES     8192
#define TEXT_BLOCKS    (TEXT_BYTES / BYTES64 + 2)
#define WORDS_MAX      1200
#define SHINGLE        4
#define SHINGLES_LEAST 8
#define NAMES_MAX      16
#define WORD_BYTES     24
#define HASH_SEED      0x66696e67

struct folder {
    struct slice names[NAMES_MAX]; /* words of the recipients' names and addresses */
    size_t n_names;
    uint64_t name_lengths; /* a bit for each length that one of them has; 63: longer ones */
    uint64_t words[WORDS_MAX];
    size_t n;
};

static struct slice next_word(struct slice *rest)
{
    size_t i = 0;
    while (i < rest->n && !(ascii_kind(rest->p[i]) & ASCII_WORD))
        i++;
    struct slice s = slice_from(*rest, i);
    size_t n = 0;
    while (n < s.n && (ascii_kind(s.p[n]) & ASCII_WORD))
        n++;
    *rest = slice_from(s, n);
    return slice_head(s, n);
}

static bool has_digit(struct slice word)
{
    for (size_t i = 0; i < word.n; i++) {
        if (ascii_is_digit(word.p[i]))
            return true;
    }
    return false;
}

static bool is_digits(struct slice word)
{
    for (size_t i = 0; i < word.n; i++) {
        if (!ascii_is_digit(word.p[i]))
            return false;
    }
    return true;
}

static void take_names(struct folder *f, const struct address *a)
{
    for (; a; a = a->next) {
        struct slice both[2] = {a->display, a->local};
        for (int k = 0; k < 2; k++) {
            struct slice word;
            while (f->n_names < NAMES_MAX && (word = next_word(&both[k])).n) {
                if (word.n < 3)
                    continue;
                f->names[f->n_names++] = word;
                f->name_lengths |= UINT64_C(1) << (word.n < 63 ? word.n : 63);
            }
        }
    }
}

static bool is_recipient(const struct folder *f, struct slice word)
{
    for (size_t i = 0; i < f->n_names; i++) {
        if (slice_ieq(f->names[i], word))
            return true;
    }
    return false;
}

/* Takes a word as it counts, or passes it over. `digits`: which of its bytes are. */
static void take_word(struct folder *f, struct slice word, uint64_t digits, const char *end)
{
    if (digits == bitmask_head(word.n) && (word.n <= 64 || is_digits(word))) {
        f->words[f->n++] = hash_mix(1); /* some number */
        return;
    }
    if (digits || word.n > 3 * WORD_BYTES || (word.n > 64 && has_digit(slice_from(word, 64))))
        return; /* random string, address part */
    if (f->name_lengths >> (word.n < 63 ? word.n : 63) & 1 && is_recipient(f, word))
        return;
    uint64_t h = hash_lower(slice_head(word, WORD_BYTES), HASH_SEED, end);
    if (h)
        f->words[f->n++] = h;
}

/* What the bytes of a text are, a bit each. */
struct text_masks {
    uint64_t words[TEXT_BLOCKS], digits[TEXT_BLOCKS], spaces[TEXT_BLOCKS];
    uint64_t marks[TEXT_BLOCKS]; /* something there says "address" */
};

/* Of some places those where the word stands. */
static uint64_t places_of(struct slice word, struct slice text, size_t at, uint64_t places)
{
    uint64_t marks = 0;
    for (; places; places &= places - 1) {
        if (slice_istarts(slice_from(text, at + bitmask_first(places)), word))
            marks |= places & -places;
    }
    return marks;
}

/* Where an address shows: "http://host/path", "name@host", "www.host" behind white space. */
static void make_masks(struct text_masks *m, struct slice text)
{
    uint64_t space_before = 1;
    for (size_t at = 0; at <= text.n; at += BYTES64) {
        struct bytes64 b = bytes64_load(slice_from(text, at));
        size_t i = at / BYTES64;
        uint64_t spaces = bytes64_is(&b, ' ') | bytes64_range(&b, '\t', '\r');
        m->spaces[i] = spaces;
        m->digits[i] = bytes64_digits(&b);
        m->words[i] = bytes64_letters(&b) | m->digits[i] | bytes64_high(&b);
        uint64_t starts = (bytes64_is(&b, 'w') | bytes64_is(&b, 'W')) &
                          (spaces << 1 | space_before);
        m->marks[i] = bytes64_is(&b, '@') | places_of(SLICE("://"), text, at, bytes64_is(&b, ':')) |
                      places_of(SLICE("www."), text, at, starts);
        space_before = spaces >> 63;
    }
}

/* Where the run without white space around a place begins and ends. */
static size_t token_start(const struct text_masks *m, size_t at)
{
    size_t i = at / 64;
    uint64_t before = m->spaces[i] & bitmask_head(at % 64);
    while (before == 0 && i > 0)
        before = m->spaces[--i];
    return before ? 64 * i + 64 - (size_t)__builtin_clzll(before) : 0;
}

static size_t token_end(const struct text_masks *m, size_t at, size_t n)
{
    size_t i = at / 64;
    uint64_t behind = m->spaces[i] & ~bitmask_head(at % 64);
    while (behind == 0 && ++i <= n / 64)
        behind = m->spaces[i];
    return behind ? 64 * i + bitmask_first(behind) : n;
}

/* Of addresses nothing is kept: links count by their domains. */
static void drop_addresses(struct text_masks *m, size_t n)
{
    size_t done = 0; /* so that each token is gone through once */
    for (size_t i = 0; i <= n / 64; i++) {
        for (uint64_t marks = m->marks[i]; marks; marks &= marks - 1) {
            size_t at = 64 * i + bitmask_first(marks);
            if (at < done)
                continue;
            size_t from = token_start(m, at);
            done = token_end(m, at, n);
            for (size_t k = from / 64; k <= done / 64; k++)
                m->words[k] &= ~(bitmask_head(done - 64 * k) &
                                 ~bitmask_head(from > 64 * k ? from - 64 * k : 0));
        }
    }
}

static void fold_text(struct folder *f, struct slice text)
{
    static struct text_masks m; /* only what this text fills is looked at */
    struct runs r = {0};
    size_t from, to;
    text = slice_head(text, TEXT_BYTES);
    make_masks(&m, text);
    drop_addresses(&m, text.n);
    for (size_t i = 0; i <= text.n / 64; i++) {
        runs_block(&r, 64 * i, m.words[i]);
        while (runs_next(&r, &from, &to)) {
            if (f->n == WORDS_MAX)
                return;
            uint64_t digits = bitmask_at(m.digits, from) & bitmask_head(to - from);
            take_word(f, slice_of(text.p + from, to - from), digits, text.p + text.n);
        }
    }
}

struct bands {
    uint64_t least[FINGERPRINT_BANDS];
    size_t shingles;
};

static void add_shingle(struct bands *b, uint64_t h)
{
    h = hash_mix(h);
    uint64_t *least = &b->least[h % FINGERPRINT_BANDS];
    if (h < *least)
        *least = h;
    b->shingles++;
}

static void add_links(struct bands *b, const struct message *m)
{
    struct slice last = SLICE("");
    size_t n = 0;
    for (const struct link *l = m->links; l && n < 32; l = l->next) {
        struct slice domain = l->url.domain.n ? l->url.domain : l->url.host;
        if (domain.n == 0 || slice_eq(domain, last))
            continue;
        add_shingle(b, hash_bytes(domain, 0x6c696e6b));
        last = domain;
        n++;
    }
}

static void add_shapes(struct bands *b, const struct message *m)
{
    for (size_t i = 0; i < m->n_parts && i < 16; i++) {
        const struct html_view *html = m->parts[i]->html;
        if (html && html->tags > 8)
            add_shingle(b, html->shape ^ 0x68746d6c);
    }
}

static uint64_t hash_words(const struct folder *f, uint64_t seed)
{
    return hash_bytes(slice_of((const char *)f->words, f->n * sizeof f->words[0]), seed);
}

/* Of each run of SHINGLE words hash_bytes with the seed 4; each word is mixed once for all of its
 * runs. */
static void add_shingles(const struct folder *f, size_t from, struct bands *b)
{
    uint64_t mixed[SHINGLE];
    for (size_t i = from; i < f->n; i++) {
        mixed[i % SHINGLE] = hash_mix(f->words[i]);
        if (i + 1 < from + SHINGLE)
            continue;
        uint64_t h = hash_begin(sizeof mixed, 4);
        for (size_t k = 1; k <= SHINGLE; k++)
            h = hash_step(h, mixed[(i + k) % SHINGLE]);
        add_shingle(b, hash_mix(h));
    }
}

/* A band that got no shingle borrows from the next that did, marked by the distance. */
static void densify(const struct bands *b, struct fingerprint *out)
{
    for (uint32_t i = 0; i < FINGERPRINT_BANDS; i++) {
        uint32_t k = 0;
        while (k < FINGERPRINT_BANDS - 1 && b->least[(i + k) % FINGERPRINT_BANDS] == UINT64_MAX)
            k++;
        out->band[i] = hash_mix(b->least[(i + k) % FINGERPRINT_BANDS] + k);
    }
    out->n_bands = FINGERPRINT_BANDS;
}

void fingerprint_make(struct arena *a, const struct message *m, struct fingerprint *out)
{
    static struct folder scratch; /* large, so not cleared whole for each message */
    struct folder *f = &scratch;
    (void)a;
    f->n = f->n_names = 0;
    f->name_lengths = 0;
    struct bands b = {0};
    memset(b.least, 0xff, sizeof b.least);
    memset(out, 0, sizeof *out);
    take_names(f, m->to);
    take_names(f, m->cc);
    fold_text(f, m->subject);
    size_t n_subject = f->n;
    fold_text(f, m->text);
    add_shingles(f, n_subject, &b);
    add_links(&b, m);
    add_shapes(&b, m);
    if (f->n >= 4)
        out->exact = hash_words(f, b.shingles ? b.least[0] : 0) | 1;
    if (b.shingles >= SHINGLES_LEAST)
        densify(&b, out);
}

double fingerprint_likeness(const struct fingerprint *x, const struct fingerprint *y)
{
    if (x->exact && x->exact == y->exact)
        return 1.0;
    if (x->n_bands == 0 || x->n_bands != y->n_bands)
        return 0.0;
    uint32_t same = 0;
    for (uint32_t i = 0; i < x->n_bands; i++)
        same += x->band[i] == y->band[i];
    return (double)same / x->n_bands;
}
