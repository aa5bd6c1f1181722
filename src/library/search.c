/* Finding: words through FTS5 (match.c), facets and order from memory. See library.h on its
 * bounds. */
#include "library/library_internal.h"

struct search {
    struct library_matching m;
    const struct library_ask *q;
    uint64_t bits[WORDS_ASKED]; /* words_bits of each word */
    bool has_words;
};

/* ---- the best of them ---- */

static int64_t key_of(const struct search *s, const struct entry *en, int rank)
{
    if (s->q->order == LIBRARY_BY_NEWEST)
        return en->changed_us;
    if (s->q->order == LIBRARY_BY_YEAR)
        return en->year;
    int in_title = 0;
    for (size_t i = 0; i < s->m.n_words; i++)
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

/* ---- all together ---- */

static bool fits(const struct library_ask *q, const struct entry *en)
{
    if (!en->is_there || en->state >= LIBRARY_SUPERSEDED || (en->is_waiting && !q->with_waiting))
        return false;
    return q->has_kind ? en->kind == (int8_t)q->kind : en->kind != LIBRARY_TRANSLATION;
}

/* Facets that are asked for, not "any": few, and looked at for every object. */
static size_t facets_asked(const struct library_ask *q, enum library_facet out[FACETS])
{
    size_t n = 0;
    for (int f = 0; f < FACETS; f++) {
        if (q->value[f] >= 0)
            out[n++] = (enum library_facet)f;
    }
    return n;
}

static int write_items(struct search *s, struct best *b, struct json *j)
{
    int rc = 0;
    jsonw_array(j, "items");
    for (size_t i = s->q->from; rc == 0 && i < b->n; i++) {
        jsonw_object(j, NULL);
        rc = library_card(s->m.l, b->heap[i].row, s->q->language, s->m.arena, j, s->m.e);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    return rc;
}

/* Goes through the catalogue: the best of what fits, how many, and their facets unless c is NULL.
 */
static int64_t collect(struct search *s, struct best *b, struct facet_counts *c)
{
    enum library_facet asked[FACETS];
    size_t n_asked = facets_asked(s->q, asked);
    int64_t total = 0;
    for (size_t row = 1; row < s->m.l->n; row++) {
        const struct entry *en = &s->m.l->entries[row];
        if ((s->has_words && s->m.ranks[row] == 0) || !fits(s->q, en))
            continue;
        size_t f = 0;
        while (f < n_asked && library_has_value(en, asked[f], s->q->value[asked[f]]))
            f++;
        if (f < n_asked)
            continue;
        total++;
        if (c)
            library_facets_count(c, en);
        offer(b, key_of(s, en, s->has_words ? s->m.ranks[row] : 0), (int64_t)row);
    }
    heap_sort(b);
    return total;
}

/* What the front page of the catalogue asks, without a word or a filter: its counts stay the same
 * until an object changes. */
static bool is_all(const struct search *s)
{
    enum library_facet asked[FACETS];
    return !s->has_words && !s->q->has_kind && s->q->with_waiting && facets_asked(s->q, asked) == 0;
}

static int answer(struct search *s, struct json *j)
{
    struct library *l = s->m.l;
    struct best b = {.most = s->q->from + s->q->most};
    struct facet_counts *c = NULL;
    bool is_kept = is_all(s) && l->has_kept;
    if (is_kept)
        c = &l->kept;
    else if (s->q->with_facets)
        c = ARENA_NEW(s->m.arena, struct facet_counts);
    b.heap = arena_array(s->m.arena, b.most + 1, sizeof(*b.heap));
    int64_t total = collect(s, &b, is_kept ? NULL : c);
    if (c && !is_kept && is_all(s)) {
        l->kept = *c;
        l->has_kept = true;
    }
    jsonw_int(j, "total", total);
    jsonw_bool(j, "is_bounded", s->m.is_bounded);
    jsonw_int(j, "from", (int64_t)s->q->from);
    if (s->q->with_facets)
        library_facets_write(c, j);
    return write_items(s, &b, j);
}

int library_search(struct library *l, const struct library_ask *q, struct arena *a, struct json *j,
                   struct err *e)
{
    struct library_ask ask = *q;
    struct search s = {.m = {.l = l, .ask = &ask, .arena = a, .e = e}, .q = &ask};
    ask.most = q->most < 1 || q->most > LIBRARY_PAGE_MOST ? 20 : q->most;
    ask.from = q->from > 10000 ? 10000 : q->from;
    int rc = library_refresh(l, e);
    s.m.n_words = rc ? 0 : words_asked(q->words, a, s.m.words);
    for (size_t i = 0; i < s.m.n_words; i++)
        s.bits[i] = words_bits(s.m.words[i]);
    s.has_words = s.m.n_words > 0 || slice_trim(q->words).n > 0;
    s.m.ranks = arena_array(a, l->n + 1, 1);
    if (rc == 0 && s.m.n_words)
        rc = library_match(&s.m);
    if (rc < 0)
        return rc;
    jsonw_bool(j, "is_loose", s.m.is_loose);
    return answer(&s, j);
}
