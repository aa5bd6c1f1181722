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
#include "base/hash.h"
#include "mail/html.h"

#define TEXT_BYTES     8192
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

/* Eight bytes with A to Z in lower case. */
static uint64_t lower_of_eight(uint64_t x)
{
    const uint64_t each = 0x0101010101010101u;
    uint64_t low = x & 0x7f * each;
    uint64_t from_a = low + (0x80 - 'A') * each, over_z = low + (0x7f - 'Z') * each;
    return x | ((~x & (from_a ^ over_z) & 0x80 * each) >> 2);
}

/* Of a word at most WORD_BYTES, in lower case. */
static uint64_t hash_folded(struct slice word)
{
    uint64_t eight[WORD_BYTES / 8] = {0};
    memcpy(eight, word.p, word.n);
    for (size_t i = 0; i < WORD_BYTES / 8; i++)
        eight[i] = lower_of_eight(eight[i]);
    return hash_bytes(slice_of((const char *)eight, word.n), HASH_SEED);
}

/* Takes a word as it counts, or passes it over. kinds: what its bytes are. */
static void take_word(struct folder *f, struct slice word, unsigned kinds)
{
    if (f->n == WORDS_MAX)
        return;
    if (kinds == ASCII_DIGIT) {
        f->words[f->n++] = hash_mix(1); /* some number */
        return;
    }
    if ((kinds & ASCII_DIGIT) || word.n > 3 * WORD_BYTES)
        return; /* random string, address part */
    if (f->name_lengths >> (word.n < 63 ? word.n : 63) & 1 && is_recipient(f, word))
        return;
    word = slice_head(word, WORD_BYTES);
    uint64_t h = kinds & ASCII_UPPER ? hash_folded(word) : hash_bytes(word, HASH_SEED);
    if (h)
        f->words[f->n++] = h;
}

/* Folds the run without white space at the front of *rest. Of "http://host/path", "www.host" and
 * "name@host" nothing is kept: links count by their domains. Every byte is looked at once. */
static void fold_token(struct folder *f, struct slice *rest)
{
    const char *p = rest->p, *end = rest->p + rest->n;
    size_t before = f->n;
    bool is_address = slice_istarts(*rest, SLICE("www."));
    while (p < end) {
        const char *word = p;
        unsigned kinds = 0, kind = 0;
        while (p < end && (kind = ascii_kind(*p)) & ASCII_WORD) {
            kinds |= kind;
            p++;
        }
        if (p > word)
            take_word(f, slice_of(word, (size_t)(p - word)), kinds);
        if (p == end || kind & ASCII_SPACE)
            break;
        is_address |= *p == '@' || (*p == ':' && end - p > 2 && p[1] == '/' && p[2] == '/');
        p++;
    }
    if (is_address)
        f->n = before;
    *rest = slice_of(p, (size_t)(end - p));
}

static void fold_text(struct folder *f, struct slice text)
{
    text = slice_head(text, TEXT_BYTES);
    while (text.n) {
        if (ascii_kind(text.p[0]) & ASCII_SPACE)
            text = slice_from(text, 1);
        else
            fold_token(f, &text);
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
