/* Which objects have the words of a question: FTS5, its bounds, and words only begun.
 *
 * A beginning is looked for only when its word is unknown. FTS5 answers one of three or four
 * letters out of an index of its own; a longer one it would answer by merging every text of every
 * word that begins so before it gives the first, so the words themselves are asked for by name
 * while they are few. */
#include "library/library_internal.h"

#define LOOSE_LOOKED 1000 /* matches of some of the words */
#define BEGUN_WORDS  16   /* words with one beginning that are asked for by name */
#define BEGUN_LEAST  3    /* bytes of a beginning */
#define BEGUN_KEPT   4    /* signs: up to here FTS5 keeps beginnings (schema.c) */

enum { RANK_ANY = 1, RANK_TEXT = 2 };

static void add_words(struct buf *b, const struct slice *w, size_t n, const char *between)
{
    for (size_t i = 0; i < n; i++)
        buf_printf(b, "%s\"%.*s\"", i ? between : "", SLICE_ARG(w[i]));
}

/* Filters stand in the question to FTS5 as well, so that its bound is on what is asked for. */
static void add_filters(const struct library_matching *m, struct buf *b)
{
    for (int f = 0; f < FACETS; f++) {
        if (m->ask->value[f] >= 0 && f != FACET_LINK)
            buf_printf(
                b, " AND facet : \"%.*s\"",
                SLICE_ARG(library_facet_token(m->arena, (enum library_facet)f, m->ask->value[f])));
    }
}

static int run(struct library_matching *m, const char *expression, size_t most, int rank,
               size_t *out_n)
{
    sqlite3_stmt *st = db_prepare(m->l->db, LIB_WORDS_FIND, m->e);
    int rc;
    *out_n = 0;
    if (st == NULL)
        return ERR_CORRUPT;
    db_bind_text(st, 1, slice_str(expression));
    sqlite3_bind_int64(st, 2, (sqlite3_int64)most);
    while ((rc = db_step(m->l->db, st, "searching", m->e)) == 1) {
        int64_t row = sqlite3_column_int64(st, 0);
        if (row > 0 && (size_t)row < m->l->n)
            m->ranks[row] = (uint8_t)(m->ranks[row] | rank);
        ++*out_n;
    }
    sqlite3_reset(st);
    return rc;
}

static int run_words(struct library_matching *m, const char *between, size_t most, int rank,
                     size_t *out_n)
{
    struct buf b = BUF_INIT(8192);
    buf_chr(&b, '(');
    add_words(&b, m->words, m->n_words, between);
    buf_chr(&b, ')');
    add_filters(m, &b);
    int rc = run(m, buf_cstr(&b), most, rank, out_n);
    m->is_bounded = *out_n == most;
    buf_fini(&b);
    return rc;
}

/* ---- a last word that is only begun ---- */

/* Whether the last word is one that the library has: then it is not looked for as a beginning. */
static int has_last(struct library_matching *m, bool *out)
{
    struct buf b = BUF_INIT(256);
    size_t n;
    uint8_t *ranks = m->ranks;
    add_words(&b, &m->words[m->n_words - 1], 1, "");
    m->ranks = arena_array(m->arena, m->l->n + 1, 1);
    int rc = run(m, buf_cstr(&b), 1, RANK_ANY, &n);
    m->ranks = ranks;
    *out = n > 0;
    buf_fini(&b);
    return rc;
}

/* The first word of the index from `from` on that begins so; empty: none. */
static int next_word(struct library_matching *m, struct slice from, struct slice beginning,
                     struct slice *out)
{
    sqlite3_stmt *st = db_prepare(m->l->db, LIB_WORD_NEXT, m->e);
    *out = SLICE("");
    if (st == NULL)
        return ERR_CORRUPT;
    db_bind_text(st, 1, from);
    /* behind all that begin so: no word has a sign above U+10FFFF */
    db_bind_text(st, 2, arena_printf(m->arena, "%.*s\xF4\x8F\xBF\xBF", SLICE_ARG(beginning)));
    int rc = db_step(m->l->db, st, "looking for words", m->e);
    if (rc == 1)
        *out = db_text(st, 0, m->arena);
    sqlite3_reset(st);
    return rc < 0 ? rc : 0;
}

/* Words that begin so, in order; one more than BEGUN_WORDS: there are too many. Each is a leap in
 * the index over all texts of the one before. */
static int words_begun(struct library_matching *m, struct slice beginning,
                       struct slice out[BEGUN_WORDS + 1], size_t *out_n)
{
    struct slice from = beginning;
    int rc = 0;
    for (*out_n = 0; *out_n <= BEGUN_WORDS; ++*out_n) {
        rc = next_word(m, from, beginning, &out[*out_n]);
        if (rc < 0 || out[*out_n].n == 0)
            break;
        from = arena_printf(m->arena, "%.*s\x01", SLICE_ARG(out[*out_n]));
    }
    return rc;
}

static size_t signs(struct slice w)
{
    size_t n = 0;
    for (size_t i = 0; i < w.n; i++)
        n += (w.p[i] & 0xC0) != 0x80;
    return n;
}

/* All words, the last one only begun. */
static int run_begun(struct library_matching *m, size_t *out_n)
{
    struct slice last = m->words[m->n_words - 1], names[BEGUN_WORDS + 1];
    struct buf b = BUF_INIT(8192);
    size_t n = BEGUN_WORDS + 1;
    int rc = 0;
    *out_n = 0;
    if (signs(last) > BEGUN_KEPT)
        rc = words_begun(m, last, names, &n);
    if (rc < 0 || n == 0)
        return rc;
    buf_chr(&b, '(');
    add_words(&b, m->words, m->n_words - 1, " AND ");
    buf_str(&b, m->n_words > 1 ? " AND (" : "(");
    if (n <= BEGUN_WORDS)
        add_words(&b, names, n, " OR ");
    else
        buf_printf(&b, "\"%.*s\" *", SLICE_ARG(last));
    buf_str(&b, "))");
    add_filters(m, &b);
    rc = run(m, buf_cstr(&b), LIBRARY_LOOKED, RANK_TEXT, out_n);
    m->is_bounded = *out_n == LIBRARY_LOOKED;
    buf_fini(&b);
    return rc;
}

/* ---- together ---- */

int library_match(struct library_matching *m)
{
    size_t found = 0;
    bool known = false;
    int rc = run_words(m, " AND ", LIBRARY_LOOKED, RANK_TEXT, &found);
    if (rc < 0 || found)
        return rc;
    rc = has_last(m, &known);
    if (rc == 0 && !known && m->words[m->n_words - 1].n >= BEGUN_LEAST)
        rc = run_begun(m, &found);
    m->is_loose = rc == 0 && found == 0 && m->n_words > 1;
    return m->is_loose ? run_words(m, " OR ", LOOSE_LOOKED, RANK_ANY, &found) : rc;
}
