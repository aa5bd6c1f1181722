/* Names that impostors borrow: found in names and subjects, as labels of hosts, and as labels
 * that only look the same. Three kinds of keys in one hash table: the words of a name, a label,
 * the skeleton of a label. */
#include "evidence/lists.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "evidence/phrases.h"
#include "mail/unicode.h"

#include <stdlib.h>

#define NAME_WORDS 4
/* Shorter labels are too often part of something else. */
#define LABEL_MIN  5
#define FIRST_BITS 8192
#define LABEL_MOST 128 /* bytes: what is longer looks like no brand */

enum key_kind { KEY_NAME = 1, KEY_LABEL, KEY_SKELETON };

struct slot {
    uint64_t key;
    const struct brand *brand;
};

struct brands {
    struct arena *arena;
    struct slot *slots;
    size_t n, room;
    uint64_t first[FIRST_BITS / 64]; /* by the key of a name's first word: most words are none */
};

static uint64_t key_of(enum key_kind kind, struct slice s)
{
    /* Above seven bytes: else "morton" as a name would have the key of "norton" as a label. */
    uint64_t key = hash_bytes(s, 0x6272616e64 ^ (uint64_t)kind << 56);
    return key ? key : 1;
}

static struct slot *slot_of(const struct brands *b, uint64_t key)
{
    size_t i = key & (b->room - 1);
    while (b->slots[i].key && b->slots[i].key != key)
        i = (i + 1) & (b->room - 1);
    return &b->slots[i];
}

static void put(struct brands *b, enum key_kind kind, struct slice s, const struct brand *brand)
{
    struct slot *slot = slot_of(b, key_of(kind, s));
    if (slot->key || 2 * (b->n + 1) > b->room)
        return; /* the first line keeps it; the table is sized for all lines */
    b->n++;
    *slot = (struct slot){key_of(kind, s), brand};
}

/* UTS 39 skeleton in lower case (last: a capital I looks like an l, its small letter does not).
 * Letters of ASCII are mapped here, as the tables of ICU map them, because nearly all labels are
 * ASCII. */
struct slice brands_skeleton(struct arena *a, struct slice label)
{
    if (!utf8_is_ascii(label))
        return arena_lower(a, unicode_skeleton(a, label));
    char *out = arena_bytes(a, 2 * label.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < label.n; i++) {
        char c = label.p[i];
        if (c == 'm') { /* r and n */
            out[n++] = 'r';
            c = 'n';
        }
        out[n++] = c == '0' ? 'o' : c == '1' || c == 'I' || c == '|' ? 'l' : ascii_lower(c);
    }
    return slice_of(out, n);
}

static void put_name(struct brands *b, struct slice name, const struct brand *brand)
{
    struct slice rest = name, word = name;
    slice_split(&rest, ' ', &word);
    uint64_t key = key_of(KEY_NAME, word);
    b->first[key % FIRST_BITS / 64] |= UINT64_C(1) << key % 64;
    put(b, KEY_NAME, name, brand);
}

static void put_label(struct brands *b, struct slice label, const struct brand *brand)
{
    if (label.n < LABEL_MIN || slice_chr(label, ' ') != SIZE_MAX)
        return;
    put(b, KEY_LABEL, label, brand);
    put(b, KEY_SKELETON, brands_skeleton(b->arena, label), brand);
}

static int read_line(struct brands *b, struct slice line)
{
    struct slice names = {0}, one, rest = line;
    struct brand *brand = ARENA_NEW(b->arena, struct brand);
    brand->is_word = line.p[0] == '?';
    slice_split(&rest, ':', &names);
    if (names.n == line.n)
        return -1;
    brand->domains = ARENA_ARRAY(b->arena, struct slice, rest.n / 2 + 1);
    while (slice_split(&rest, ' ', &one))
        if (one.n)
            brand->domains[brand->n_domains++] = arena_dup(b->arena, one);
    if (brand->n_domains == 0)
        return -1;
    while (slice_split(&names, '|', &one)) {
        struct slice folded = phrases_fold(b->arena, one);
        if (folded.n == 0)
            return -1;
        if (brand->name.n == 0)
            brand->name = folded;
        put_name(b, folded, brand);
        if (!brand->is_word)
            put_label(b, folded, brand);
    }
    return 0;
}

int brands_open(struct slice text, const char *name, struct err *e, struct brands **out)
{
    struct brands *b = calloc(1, sizeof *b);
    if (!b)
        abort();
    b->arena = arena_new(16u << 20);
    b->room = 64;
    while (b->room < text.n / 2)
        b->room *= 2;
    b->slots = ARENA_ARRAY(b->arena, struct slot, b->room);
    struct slice line;
    for (int number = 1; slice_line(&text, &line); number++) {
        line = slice_trim(line);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (line.n > 4096 || read_line(b, line)) {
            brands_close(b);
            return err_set(e, ERR_PARSE, "%s:%d: not \"name: domains\"", name, number);
        }
    }
    *out = b;
    return 0;
}

void brands_close(struct brands *b)
{
    if (!b)
        return;
    arena_free(b->arena);
    free(b);
}

const struct brand *brands_named(const struct brands *b, struct slice folded)
{
    for (size_t at = 0; at < folded.n;) {
        size_t end = at, next = 0;
        for (int words = 0; words < NAME_WORDS && end < folded.n; words++) {
            while (end < folded.n && folded.p[end] != ' ')
                end++;
            if (words == 0)
                next = end + 1;
            struct slice part = slice_of(folded.p + at, end - at);
            uint64_t key = key_of(KEY_NAME, part);
            if (words == 0 && !(b->first[key % FIRST_BITS / 64] >> key % 64 & 1))
                break;
            const struct brand *brand = slot_of(b, key)->brand;
            if (brand && (!brand->is_word || part.n == folded.n))
                return brand;
            end++;
        }
        at = next;
    }
    return NULL;
}

const struct brand *brands_label(const struct brands *b, struct slice word)
{
    return word.n < LABEL_MIN ? NULL : slot_of(b, key_of(KEY_LABEL, word))->brand;
}

const struct brand *brands_look_alike(const struct brands *b, struct arena *a, struct slice label)
{
    if (label.n < LABEL_MIN || label.n > LABEL_MOST || brands_label(b, label))
        return NULL;
    struct slice skeleton = brands_skeleton(a, label);
    return slot_of(b, key_of(KEY_SKELETON, skeleton))->brand;
}

bool brand_owns(const struct brand *b, struct slice org_domain)
{
    for (size_t i = 0; i < b->n_domains; i++)
        if (slice_eq(b->domains[i], org_domain))
            return true;
    size_t dot = slice_chr(org_domain, '.');
    struct slice label = slice_head(org_domain, dot == SIZE_MAX ? org_domain.n : dot);
    /* "best buy" owns bestbuy.ca, "amazon" amazon.de */
    size_t k = 0;
    for (size_t i = 0; i < b->name.n; i++) {
        if (b->name.p[i] == ' ')
            continue;
        if (k >= label.n || label.p[k] != b->name.p[i])
            return false;
        k++;
    }
    return k == label.n;
}
