/* Finding: words through FTS5, facets and order from memory. See library.h on its bounds. */
#include "library/library_internal.h"
#include "library/words.h"

#include <stdlib.h>

#define LOOSE_LOOKED 1000 /* matches of some of the words */

struct search {
    struct library *l;
    const struct library_ask *q;
    struct arena *arena;
    struct err *e;
    uint8_t *ranks; /* by row; 0: no match */
    struct slice words[WORDS_ASKED];
    uint64_t bits[WORDS_ASKED]; /* words_bits of each */
    size_t n_words;
    bool is_bounded;
};

enum { RANK_ANY = 1, RANK_TEXT = 2 };

/* ---- words ---- */

static void add_words(struct buf *b, const struct slice *w, size_t n, const char *between,
                      bool last_is_prefix)
{
    for (size_t i = 0; i < n; i++)
        buf_printf(b, "%s\"%.*s\"%s", i ? between : "", SLICE_ARG(w[i]),
                   last_is_prefix && i + 1 == n ? " *" : "");
}

/* Filters stand in the question to FTS5 as well, so that its bound is on what is asked for. */
static void add_filters(const struct search *s, struct buf *b)
{
    for (int f = 0; f < FACETS; f++) {
        if (s->q->value[f] >= 0 && f != FACET_LINK)
            buf_printf(
                b, " AND facet : \"%.*s\"",
                SLICE_ARG(library_facet_token(s->arena, (enum library_facet)f, s->q->value[f])));
    }
}

static int run(struct search *s, const char *expression, size_t most, int rank, size_t *out_n)
{
    sqlite3_stmt *st = db_prepare(s->l->db, LIB_WORDS_FIND, s->e);
    int rc;
    *out_n = 0;
    if (st == NULL)
        return ERR_CORRUPT;
    db_bind_text(st, 1, slice_str(expression));
    sqlite3_bind_int64(st, 2, (sqlite3_int64)most);
    while ((rc = db_step(s->l->db, st, "searching", s->e)) == 1) {
        int64_t row = sqlite3_column_int64(st, 0);
        if (row > 0 && (size_t)row < s->l->n)
            s->ranks[row] = (uint8_t)(s->ranks[row] | rank);
        ++*out_n;
    }
    sqlite3_reset(st);
    return rc;
}

static int run_words(struct search *s, const char *between, bool prefix, size_t most, int rank,
                     size_t *out_n)
{
    struct buf b = BUF_INIT(8192);
    buf_chr(&b, '(');
    add_words(&b, s->words, s->n_words, between, prefix);
    buf_chr(&b, ')');
    add_filters(s, &b);
    int rc = run(s, buf_cstr(&b), most, rank, out_n);
    buf_fini(&b);
    return rc;
}

/* Whether the last word is one that the library has: then it is not looked for as a beginning. */
static int has_last(struct search *s, bool *out)
{
    struct buf b = BUF_INIT(256);
    size_t n;
    uint8_t *ranks = s->ranks;
    buf_printf(&b, "\"%.*s\"", SLICE_ARG(s->words[s->n_words - 1]));
    s->ranks = arena_array(s->arena, s->l->n + 1, 1);
    int rc = run(s, buf_cstr(&b), 1, RANK_ANY, &n);
    s->ranks = ranks;
    *out = n > 0;
    buf_fini(&b);
    return rc;
}

/* All words; else with the last one only begun; else those that have some of them. */
static int match_words(struct search *s, bool *out_loose)
{
    size_t found = 0;
    bool known = false;
    int rc = run_words(s, " AND ", false, LIBRARY_LOOKED, RANK_TEXT, &found);
    s->is_bounded = found == LIBRARY_LOOKED;
    if (rc < 0 || found)
        return rc;
    rc = has_last(s, &known);
    if (rc == 0 && !known && s->words[s->n_words - 1].n >= 3)
        rc = run_words(s, " AND ", true, LIBRARY_LOOKED, RANK_TEXT, &found);
    s->is_bounded = found == LIBRARY_LOOKED;
    *out_loose = rc == 0 && found == 0 && s->n_words > 1;
    if (*out_loose) {
        rc = run_words(s, " OR ", false, LOOSE_LOOKED, RANK_ANY, &found);
        s->is_bounded = found == LOOSE_LOOKED;
    }
    return rc;
}

/* ---- the best of them ---- */

static int64_t key_of(const struct search *s, const struct entry *en, int rank)
{
    if (s->q->order == LIBRARY_BY_NEWEST)
        return en->changed_us;
    if (s->q->order == LIBRARY_BY_YEAR)
        return en->year;
    int in_title = 0;
    for (size_t i = 0; i < s->n_words; i++)
        in_title += (en->title_bits & s->bits[i]) == s->bits[i];
    return rank * 16 + in_title * 8 + (en->state == LIBRARY_REVIEWED ? 4 : 0) +
           (en->is_waiting ? 0 : 2) + (en->kind == LIBRARY_RESOURCE ? 0 : 1);
}

struct best {
    struct {
        int64_t key, row;
    } * heap; /* the worst of the best on top */
    size_t n, most;
};

static bool is_worse(const struct best *b, size_t x, size_t y)
{
    return b->heap[x].key != b->heap[y].key ? b->heap[x].key < b->heap[y].key
                                            : b->heap[x].row > b->heap[y].row;
}

static void swap(struct best *b, size_t x, size_t y)
{
    int64_t key = b->heap[x].key, row = b->heap[x].row;
    b->heap[x] = b->heap[y];
    b->heap[y].key = key;
    b->heap[y].row = row;
}

static void sink(struct best *b, size_t at)
{
    for (;;) {
        size_t worst = at, child = 2 * at + 1;
        if (child < b->n && is_worse(b, child, worst))
            worst = child;
        if (child + 1 < b->n && is_worse(b, child + 1, worst))
            worst = child + 1;
        if (worst == at)
            return;
        swap(b, at, worst);
        at = worst;
    }
}

static void offer(struct best *b, int64_t key, int64_t row)
{
    if (b->n < b->most) {
        size_t at = b->n++;
        b->heap[at].key = key;
        b->heap[at].row = row;
        for (; at && is_worse(b, at, (at - 1) / 2); at = (at - 1) / 2)
            swap(b, at, (at - 1) / 2);
        return;
    }
    if (b->n == 0 || key < b->heap[0].key || (key == b->heap[0].key && row > b->heap[0].row))
        return;
    b->heap[0].key = key;
    b->heap[0].row = row;
    sink(b, 0);
}

/* Best first, in place. */
static void heap_sort(struct best *b)
{
    size_t n = b->n;
    while (b->n > 1) {
        swap(b, 0, --b->n);
        sink(b, 0);
    }
    b->n = n;
}

/* ---- facets ---- */

struct counts {
    uint32_t topic[32], audience[32], level[8], type[16], state[8], region[8], link[8];
    uint32_t country[LIBRARY_CODES], language[LIBRARY_CODES];
};

static void count_bits(uint32_t *out, uint32_t bits)
{
    for (; bits; bits &= bits - 1)
        out[__builtin_ctz(bits)]++;
}

static void count(struct counts *c, const struct entry *en)
{
    count_bits(c->topic, en->topics);
    count_bits(c->audience, en->audiences);
    count_bits(c->region, en->regions);
    c->state[en->state & 7]++;
    c->link[en->link & 7]++;
    if (en->level >= 0)
        c->level[en->level & 7]++;
    if (en->type >= 0)
        c->type[en->type & 15]++;
    for (uint8_t i = 0; i < en->n_countries; i++)
        c->country[en->countries[i]]++;
    for (uint8_t i = 0; i < en->n_languages; i++)
        c->language[en->languages[i]]++;
}

static void write_facet(struct json *j, enum library_facet f, const uint32_t *n)
{
    const char *const *words = library_words(f);
    jsonw_array(j, library_facet_name(f));
    for (int i = 0; words ? words[i] != NULL : i < LIBRARY_CODES; i++) {
        char room[4];
        if (n[i] == 0)
            continue;
        jsonw_object(j, NULL);
        jsonw_cstr(j, "word", library_word(f, i, room));
        if (words)
            jsonw_cstr(j, "label", library_labels(f)[i]);
        jsonw_int(j, "n", n[i]);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
}

static void write_facets(struct json *j, const struct counts *c)
{
    const uint32_t *const lists[FACETS] = {c->topic,    c->audience, c->level,  c->type, c->country,
                                           c->language, c->state,    c->region, c->link};
    jsonw_object(j, "facets");
    for (int f = 0; f < FACETS; f++)
        write_facet(j, (enum library_facet)f, lists[f]);
    jsonw_object_end(j);
}

/* ---- all together ---- */

static bool fits(const struct library_ask *q, const struct entry *en)
{
    if (!en->is_there || en->state >= LIBRARY_SUPERSEDED || (en->is_waiting && !q->with_waiting))
        return false;
    if (q->has_kind ? en->kind != (int8_t)q->kind : en->kind == LIBRARY_TRANSLATION)
        return false;
    for (int f = 0; f < FACETS; f++) {
        if (q->value[f] >= 0 && !library_has_value(en, (enum library_facet)f, q->value[f]))
            return false;
    }
    return true;
}

static int write_items(struct search *s, struct best *b, struct json *j)
{
    int rc = 0;
    jsonw_array(j, "items");
    for (size_t i = s->q->from; rc == 0 && i < b->n; i++) {
        jsonw_object(j, NULL);
        rc = library_card(s->l, b->heap[i].row, s->q->language, s->arena, j, s->e);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    return rc;
}

static int collect(struct search *s, bool has_words, struct json *j)
{
    struct counts *c = ARENA_NEW(s->arena, struct counts);
    struct best b = {.most = s->q->from + s->q->most};
    int64_t total = 0;
    b.heap = arena_array(s->arena, b.most + 1, sizeof(*b.heap));
    for (size_t row = 1; row < s->l->n; row++) {
        const struct entry *en = &s->l->entries[row];
        if ((has_words && s->ranks[row] == 0) || !fits(s->q, en))
            continue;
        total++;
        if (s->q->with_facets)
            count(c, en);
        offer(&b, key_of(s, en, has_words ? s->ranks[row] : 0), (int64_t)row);
    }
    heap_sort(&b);
    jsonw_int(j, "total", total);
    jsonw_bool(j, "is_bounded", s->is_bounded);
    jsonw_int(j, "from", (int64_t)s->q->from);
    if (s->q->with_facets)
        write_facets(j, c);
    return write_items(s, &b, j);
}

int library_search(struct library *l, const struct library_ask *q, struct arena *a, struct json *j,
                   struct err *e)
{
    struct library_ask ask = *q;
    struct search s = {.l = l, .q = &ask, .arena = a, .e = e};
    bool is_loose = false;
    ask.most = q->most < 1 || q->most > LIBRARY_PAGE_MOST ? 20 : q->most;
    ask.from = q->from > 10000 ? 10000 : q->from;
    int rc = library_refresh(l, e);
    s.n_words = rc ? 0 : words_asked(q->words, a, s.words);
    for (size_t i = 0; i < s.n_words; i++)
        s.bits[i] = words_bits(s.words[i]);
    bool has_words = s.n_words > 0 || slice_trim(q->words).n > 0;
    s.ranks = arena_array(a, l->n + 1, 1);
    if (rc == 0 && s.n_words)
        rc = match_words(&s, &is_loose);
    if (rc < 0)
        return rc;
    jsonw_bool(j, "is_loose", is_loose);
    return collect(&s, has_words, j);
}
