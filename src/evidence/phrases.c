/* The trie of phrases: nodes are steps by one word, kept in one open hash table. */
#include "evidence/phrases.h"

#include "base/hash.h"

#include <stdlib.h>

#define TABLE_BYTES (1u << 20)
#define GAP_WORDS   3
#define WORDS_MAX   12 /* of a line */
#define STEPS_MAX   24 /* of a phrase: characters of Han and Kana are steps, too */
#define STEM_MIN    3
#define STEM_MAX    31
#define FIRST_BITS  32768u

struct edge { /* key 0: free */
    uint64_t key;
    uint32_t to;
};

struct node {
    uint32_t topics;     /* a phrase of these topics ends here */
    uint32_t stems;      /* lengths of the stems that lead on, a bit each */
    uint32_t gap;        /* node behind a "*", 0: none */
    uint64_t next_words; /* whole words that lead on: a bit each of 64, by their heads */
    uint64_t next_stems; /* and stems */
};

struct phrases {
    struct edge *edges;
    size_t n_edges, room; /* room: power of two */
    struct node *nodes;   /* 0 is the root */
    size_t n_nodes, node_room;
    /* What begins a phrase, a bit each: by the heads of words and of stems, and by all of them.
     * They fit the nearest cache, the edges don't: without the second pair the search took half as
     * long again. */
    uint64_t word_heads[FIRST_BITS / 64], stem_heads[FIRST_BITS / 64];
    uint64_t words[FIRST_BITS / 64], stems[FIRST_BITS / 64];
};

const char *topic_name(enum phrase_topic t)
{
    static const char *const names[TOPICS] = {
        "urgency",     "account",    "credentials", "parcel",  "fee",    "seed",    "gift_card",
        "bank_change", "sextortion", "advance",     "lottery", "crypto", "storage", "document",
        "dating",      "miracle",    "loan",        "shares",  "casino", "copies",  "outreach",
        "callback",    "warning",    "code",        "order"};
    return t < TOPICS ? names[t] : "?";
}

#define HASH_START 0xcbf29ce484222325u

static uint64_t step(uint64_t h, char c)
{
    return (h ^ (unsigned char)c) * 0x100000001b3u;
}

static uint64_t word_hash(struct slice w)
{
    uint64_t h = HASH_START;
    for (size_t i = 0; i < w.n; i++)
        h = step(h, w.p[i]);
    return h;
}

/* The first four bytes of a word, fewer when it is shorter. Behind a folded word there are bytes
 * enough to read (phrases_fold_words). */
static uint32_t head_of(struct slice word)
{
    uint32_t four;
    memcpy(&four, word.p, sizeof four);
    return word.n < 4 ? four & ((1u << (8 * word.n)) - 1) : four;
}

/* Most words of a text lead nowhere: four bytes and the length tell it, without a loop over each
 * word. Of a stem only three bytes are sure to be there. */
static uint32_t word_head_hash(uint32_t head, size_t length)
{
    return (head ^ (uint32_t)length * 0x85ebca6bu) * 0x9e3779b1u;
}

static uint32_t stem_head_hash(uint32_t head)
{
    return (head & 0xffffffu) * 0x9e3779b1u;
}

#define HEAD_BIT(hash)  ((hash) >> (32 - 15)) /* of FIRST_BITS */
#define SMALL_BIT(hash) ((hash) >> (32 - 6))  /* of the 64 of a node */

static uint32_t first_bit(uint64_t word)
{
    return (uint32_t)(word ^ word >> 32) % FIRST_BITS;
}

static void set_bit(uint64_t *bits, uint32_t bit)
{
    bits[bit >> 6] |= 1ull << (bit & 63);
}

static bool has_bit(const uint64_t *bits, uint32_t bit)
{
    return bits[bit >> 6] >> (bit & 63) & 1;
}

static uint64_t edge_key(uint32_t from, uint64_t word, bool is_stem)
{
    uint64_t key = hash_mix(word ^ ((uint64_t)from << 1 | is_stem) * 0x9e3779b97f4a7c15u);
    return key ? key : 1;
}

static uint32_t next(const struct phrases *p, uint32_t from, uint64_t word, bool is_stem)
{
    uint64_t key = edge_key(from, word, is_stem);
    for (size_t i = key & (p->room - 1);; i = (i + 1) & (p->room - 1)) {
        if (p->edges[i].key == key)
            return p->edges[i].to;
        if (p->edges[i].key == 0)
            return 0;
    }
}

static void *must(void *p)
{
    if (!p)
        abort();
    return p;
}

struct phrases *phrases_new(void)
{
    struct phrases *p = must(calloc(1, sizeof *p));
    p->room = 1024;
    p->edges = must(calloc(p->room, sizeof *p->edges));
    p->node_room = 512;
    p->nodes = must(calloc(p->node_room, sizeof *p->nodes));
    p->n_nodes = 1;
    return p;
}

void phrases_free(struct phrases *p)
{
    if (!p)
        return;
    free(p->edges);
    free(p->nodes);
    free(p);
}

static void put_edge(struct phrases *p, struct edge e)
{
    size_t i = e.key & (p->room - 1);
    while (p->edges[i].key)
        i = (i + 1) & (p->room - 1);
    p->edges[i] = e;
}

static uint32_t new_node(struct phrases *p)
{
    if (p->n_nodes == p->node_room) {
        p->nodes = must(realloc(p->nodes, 2 * p->node_room * sizeof *p->nodes));
        memset(p->nodes + p->node_room, 0, p->node_room * sizeof *p->nodes);
        p->node_room *= 2;
    }
    return (uint32_t)p->n_nodes++;
}

static uint32_t add_edge(struct phrases *p, uint32_t from, uint64_t word, bool is_stem)
{
    uint32_t to = next(p, from, word, is_stem);
    if (to)
        return to;
    if (2 * ++p->n_edges > p->room) {
        struct edge *old = p->edges;
        size_t n = p->room;
        p->room *= 2;
        p->edges = must(calloc(p->room, sizeof *p->edges));
        for (size_t i = 0; i < n; i++)
            if (old[i].key)
                put_edge(p, old[i]);
        free(old);
    }
    to = new_node(p);
    put_edge(p, (struct edge){edge_key(from, word, is_stem), to});
    return to;
}

/* One word of a phrase: "*", a stem or a whole word. */
static int add_word(struct phrases *p, struct arena *a, struct slice word, uint32_t *at,
                    size_t *steps)
{
    if (slice_eq(word, SLICE("*"))) {
        if (*at == 0 || p->nodes[*at].gap == *at)
            return -1;
        if (!p->nodes[*at].gap) {
            uint32_t gap = new_node(p);
            p->nodes[*at].gap = gap;
        }
        *at = p->nodes[*at].gap;
        return 0;
    }
    bool is_stem = slice_ends(word, SLICE("~"));
    struct slice folded = phrases_fold(a, word), one;
    if (is_stem &&
        (folded.n < STEM_MIN || folded.n > STEM_MAX || slice_chr(folded, ' ') != SIZE_MAX))
        return -1;
    if (folded.n == 0)
        return -1;
    while (slice_split(&folded, ' ', &one)) {
        if (++*steps > STEPS_MAX)
            return -1;
        uint32_t head = is_stem ? stem_head_hash(head_of(one))
                                : word_head_hash(head_of(one), one.n);
        if (*at == 0) {
            set_bit(is_stem ? p->stem_heads : p->word_heads, HEAD_BIT(head));
            set_bit(is_stem ? p->stems : p->words, first_bit(word_hash(one)));
        }
        if (is_stem) {
            p->nodes[*at].stems |= 1u << one.n;
            p->nodes[*at].next_stems |= UINT64_C(1) << SMALL_BIT(head);
        } else {
            p->nodes[*at].next_words |= UINT64_C(1) << SMALL_BIT(head);
        }
        *at = add_edge(p, *at, word_hash(one), is_stem);
    }
    return 0;
}

static int add_phrase(struct phrases *p, struct arena *a, struct slice line,
                      enum phrase_topic topic)
{
    uint32_t at = 0;
    size_t words = 0, steps = 0;
    struct slice word, last = {0};
    while (slice_split(&line, ' ', &word)) {
        if (word.n == 0)
            continue;
        if (++words > WORDS_MAX || add_word(p, a, word, &at, &steps))
            return -1;
        last = word;
    }
    if (at == 0 || slice_eq(last, SLICE("*")))
        return -1;
    p->nodes[at].topics |= 1u << topic;
    return 0;
}

static int find_topic(struct slice name, enum phrase_topic *out)
{
    for (int t = 0; t < TOPICS; t++)
        if (slice_eq(name, slice_str(topic_name((enum phrase_topic)t)))) {
            *out = (enum phrase_topic)t;
            return 0;
        }
    return -1;
}

int phrases_read(struct phrases *p, struct slice table, const char *name, struct err *e)
{
    if (table.n > TABLE_BYTES)
        return err_set(e, ERR_LIMIT, "%s: longer than 1 MiB", name);
    struct arena *a = arena_new(64u << 20);
    enum phrase_topic topic = TOPICS;
    struct slice line;
    int number = 0, err = 0;
    while (!err && slice_line(&table, &line)) {
        number++;
        line = slice_trim(line);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (line.p[0] == '[') {
            struct slice word = slice_head(slice_from(line, 1), line.n - 2);
            if (line.p[line.n - 1] != ']' || find_topic(word, &topic))
                err = err_set(e, ERR_PARSE, "%s:%d: no such topic: %.*s", name, number,
                              SLICE_ARG(slice_head(line, 60)));
        } else if (topic == TOPICS || add_phrase(p, a, line, topic)) {
            err = err_set(e, ERR_PARSE, "%s:%d: not a phrase: %.*s", name, number,
                          SLICE_ARG(slice_head(line, 60)));
        }
    }
    arena_free(a);
    return err;
}

struct walk {
    const struct phrases *p;
    struct phrase_words words;
    uint32_t topics; /* found from this start */
    size_t end;      /* last word of the longest hit */
};

static struct slice word_at(const struct walk *w, size_t i)
{
    const uint32_t *at = &w->words.starts[i];
    return slice_of(w->words.text.p + at[0], at[1] - at[0] - 1);
}

static void go(struct walk *w, uint32_t at, size_t i, int depth);

/* All nodes that the i-th word leads to. */
static void take_word(struct walk *w, uint32_t at, size_t i, int depth)
{
    const struct node *node = &w->p->nodes[at];
    struct slice word = word_at(w, i);
    uint32_t head = head_of(word);
    if (node->next_words >> SMALL_BIT(word_head_hash(head, word.n)) & 1) {
        uint32_t to = next(w->p, at, word_hash(word), false);
        if (to)
            go(w, to, i + 1, depth + 1);
    }
    if (!(node->next_stems >> SMALL_BIT(stem_head_hash(head)) & 1))
        return;
    uint64_t h = HASH_START;
    for (size_t k = 0; k < word.n && k < STEM_MAX; k++) {
        h = step(h, word.p[k]);
        if (node->stems >> (k + 1) & 1) {
            uint32_t to = next(w->p, at, h, true);
            if (to)
                go(w, to, i + 1, depth + 1);
        }
    }
}

/* The same for the first word of a phrase, which nearly always leads nowhere. */
static void take_first(struct walk *w, size_t i, bool tries_stems)
{
    const struct phrases *p = w->p;
    struct slice word = word_at(w, i);
    uint32_t stems = tries_stems ? p->nodes[0].stems : 0;
    uint64_t h = HASH_START;
    for (size_t k = 0; k < word.n; k++) {
        h = step(h, word.p[k]);
        if (k >= STEM_MAX || !(stems >> (k + 1) & 1) || !has_bit(p->stems, first_bit(h)))
            continue;
        uint32_t to = next(p, 0, h, true);
        if (to)
            go(w, to, i + 1, 1);
    }
    if (has_bit(p->words, first_bit(h))) {
        uint32_t to = next(p, 0, h, false);
        if (to)
            go(w, to, i + 1, 1);
    }
}

/* Bounded: phrases have at most STEPS_MAX steps, a gap tries GAP_WORDS + 1 places. */
static void go(struct walk *w, uint32_t at, size_t i, int depth)
{
    const struct node *node = &w->p->nodes[at];
    if (node->topics) {
        w->topics |= node->topics;
        if (i > w->end)
            w->end = i;
    }
    if (depth > STEPS_MAX || i >= w->words.n)
        return;
    take_word(w, at, i, depth);
    for (size_t k = i; node->gap && k <= i + GAP_WORDS && k < w->words.n; k++)
        take_word(w, node->gap, k, depth + 1);
}

void phrases_find(const struct phrases *p, struct arena *a, struct slice text, size_t max_bytes,
                  struct phrase_hits *out)
{
    struct walk w = {.p = p, .words = phrases_fold_words(a, slice_head(text, max_bytes))};
    for (size_t i = 0; i < w.words.n; i++) {
        struct slice first = word_at(&w, i);
        uint32_t head = head_of(first);
        bool tries_stems = has_bit(p->stem_heads, HEAD_BIT(stem_head_hash(head)));
        if (!tries_stems && !has_bit(p->word_heads, HEAD_BIT(word_head_hash(head, first.n))))
            continue;
        w.topics = 0;
        w.end = 0;
        take_first(&w, i, tries_stems);
        for (uint32_t t = 0; w.topics >> t; t++) {
            if (!(w.topics >> t & 1))
                continue;
            if (out->n[t]++ == 0) /* from the first word to the end of the last */
                out->first[t] = slice_of(first.p, w.words.starts[w.end] - 1 - w.words.starts[i]);
        }
    }
}
