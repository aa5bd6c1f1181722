/* Finding scans in the archive. See archive.h; what they are found by is written in
 * archive_index.c.
 *
 * A page of the history must cost the page, however long the history is and whatever is asked.
 * Candidates come newest first from the index that is narrowest: words, a recipient, or side,
 * class and action as one number ("kind"). A choice of some kinds is a merge of the newest of
 * each, and of each domain; there are few kinds. What no index decides is tried row by row, and
 * only EXAMINE_MOST of them; the next page goes on from there.
 */
#include "base/buf.h"
#include "journal/archive_internal.h"

#include <stdlib.h>

#define EXAMINE_MOST 2000u
#define CHUNK        500u /* candidates from one index at a time */
#define SLACK        1000 /* events whose times may stand in another order than their numbers */

struct page {
    struct archive *a;
    const struct history_query *q;
    struct arena *arena;
    struct err *e;
    size_t limit, n;
    struct scan_row *rows;
    uint64_t before; /* the next candidates are older than this */
    uint64_t *found; /* candidates, newest first */
    size_t n_found, room;
    bool is_short; /* an index had no more */
    struct slice words;
};

static void quote(struct buf *b, struct slice word)
{
    buf_chr(b, '"');
    for (size_t i = 0; i < word.n; i++) {
        if (word.p[i] == '"')
            buf_chr(b, '"');
        if (word.p[i] != '\0')
            buf_chr(b, word.p[i]);
    }
    buf_str(b, "\" ");
}

/* Words of a person as an FTS5 query: each quoted, so that no operator is read from them. A
 * sender's domain is a phrase of one column: only that narrows, is_from decides. */
static struct slice quote_words(const struct history_query *q, struct arena *arena)
{
    struct buf b = BUF_INIT(4096);
    struct slice rest = slice_trim(q->words), word;
    if (q->from.n) {
        buf_str(&b, "from_domain:");
        quote(&b, q->from);
    }
    while (slice_split(&rest, ' ', &word)) {
        if (word.n)
            quote(&b, word);
    }
    struct slice s = b.full ? slice_of("\"\"", 2) : arena_dup(arena, buf_slice(&b));
    buf_fini(&b);
    return s;
}

static void add_found(struct page *p, uint64_t seq)
{
    if (p->n_found == p->room) {
        size_t room = p->room ? 2 * p->room : CHUNK;
        p->found = arena_grow(p->arena, p->found, p->room, room, sizeof(*p->found));
        p->room = room;
    }
    p->found[p->n_found++] = seq;
}

/* The newest candidates of one index; its first two values are bound here. */
static int gather(struct page *p, sqlite3_stmt *st, size_t most)
{
    int rc;
    size_t n = 0;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)p->before);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)most);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        add_found(p, (uint64_t)sqlite3_column_int64(st, 0));
        n++;
    }
    int r = rc == SQLITE_DONE ? 0 : archive_fail(p->a, "reading the history", p->e);
    sqlite3_reset(st);
    if (n == most)
        p->is_short = false;
    return r;
}

static bool wants_kind(const struct history_query *q, unsigned kind)
{
    return (q->side < 0 || (unsigned)q->side == kind >> 6) &&
           (q->mail_class < 0 || (unsigned)q->mail_class == (kind >> 3 & 7)) &&
           (q->action < 0 || (unsigned)q->action == (kind & 7));
}

static int gather_kind(struct page *p, unsigned kind, const struct slice *domain, size_t most)
{
    sqlite3_stmt *st = archive_prepare(p->a, domain ? ST_PAGE_DOMAIN : ST_PAGE_KIND, p->e);
    if (st == NULL)
        return ERR_CORRUPT;
    if (domain) {
        archive_bind_text(st, 3, *domain);
        sqlite3_bind_int(st, 4, (int)kind);
    } else {
        sqlite3_bind_int(st, 3, (int)(kind >> 6));
        sqlite3_bind_int(st, 4, (int)(kind >> 3 & 7));
        sqlite3_bind_int(st, 5, (int)(kind & 7));
    }
    return gather(p, st, most);
}

/* The newest of each kind, and of each domain. */
static int gather_kinds(struct page *p, size_t most)
{
    const struct history_query *q = p->q;
    int r = p->a->has_kinds ? 0 : archive_load_kinds(p->a, p->e);
    for (unsigned kind = 0; kind < ARCHIVE_KINDS && r == 0; kind++) {
        if (!archive_has_kind(p->a, kind) || !wants_kind(q, kind))
            continue;
        if (q->to_domains == NULL)
            r = gather_kind(p, kind, NULL, most);
        for (size_t i = 0; q->to_domains && i < q->n_to_domains && r == 0; i++)
            r = gather_kind(p, kind, &q->to_domains[i], most);
    }
    return r;
}

static int newest_first(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return a < b ? 1 : a > b ? -1 : 0;
}

/* A message to two of the domains stands there twice. */
static void drop_twins(struct page *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->n_found; i++) {
        if (i == 0 || p->found[i] != p->found[i - 1])
            p->found[kept++] = p->found[i];
    }
    p->n_found = kept;
}

/* Candidates before p->before, newest first; of several indexes together only as far down as all
 * of them were read. */
static int candidates(struct page *p)
{
    const struct history_query *q = p->q;
    size_t most = p->limit + 1 > CHUNK ? p->limit + 1 : CHUNK;
    bool any_kind = q->side < 0 && q->mail_class < 0 && q->action < 0;
    sqlite3_stmt *st = NULL;
    p->n_found = 0;
    p->is_short = true;
    if (p->words.n == 0 && q->person == NULL && !(any_kind && q->to_domains == NULL)) {
        most = p->limit + 1;
        int r = gather_kinds(p, most);
        if (p->n_found)
            qsort(p->found, p->n_found, sizeof(*p->found), newest_first);
        if (p->n_found > most) {
            p->n_found = most; /* below this an index may have more than it gave */
            p->is_short = false;
        }
        drop_twins(p);
        return r;
    }
    if (p->words.n && (st = archive_prepare(p->a, ST_PAGE_WORDS, p->e)))
        archive_bind_text(st, 3, p->words);
    else if (p->words.n == 0 && q->person && (st = archive_prepare(p->a, ST_PAGE_PERSON, p->e)))
        archive_bind_raw(st, 3, q->person, 16);
    else if (p->words.n == 0 && q->person == NULL)
        st = archive_prepare(p->a, ST_PAGE_ALL, p->e);
    return st ? gather(p, st, most) : ERR_CORRUPT;
}

static bool probe(struct page *p, sqlite3_stmt *st)
{
    bool is_there = sqlite3_step(st) == SQLITE_ROW;
    sqlite3_reset(st);
    (void)p;
    return is_there;
}

static bool is_for_person(struct page *p, uint64_t seq)
{
    sqlite3_stmt *st = archive_prepare(p->a, ST_HAS_PERSON, p->e);
    if (st == NULL)
        return false;
    archive_bind_raw(st, 1, p->q->person, 16);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)seq);
    return probe(p, st);
}

static bool is_for_domains(struct page *p, const struct scan_row *row)
{
    for (size_t i = 0; i < p->q->n_to_domains; i++) {
        sqlite3_stmt *st = archive_prepare(p->a, ST_HAS_DOMAIN, p->e);
        if (st == NULL)
            return false;
        archive_bind_text(st, 1, p->q->to_domains[i]);
        sqlite3_bind_int(st, 2, (int)archive_kind(row->side, row->mail_class, row->action));
        sqlite3_bind_int64(st, 3, (sqlite3_int64)row->seq);
        if (probe(p, st))
            return true;
    }
    return false;
}

/* Names of findings are our own words, and JSON escapes the quotes of everybody else's. */
static bool has_rule(struct page *p, uint64_t seq)
{
    struct slice name = arena_printf(p->arena, "\"name\":\"%.*s\"", SLICE_ARG(p->q->rule));
    sqlite3_stmt *st = archive_prepare(p->a, ST_HAS_RULE, p->e);
    if (st == NULL)
        return false;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)seq);
    archive_bind_text(st, 2, name);
    return probe(p, st);
}

static bool is_from(struct slice host, struct slice domain)
{
    return slice_ieq(host, domain) ||
           (host.n > domain.n && slice_iends(host, domain) && host.p[host.n - domain.n - 1] == '.');
}

static bool is_wanted(struct page *p, const struct scan_row *row)
{
    const struct history_query *q = p->q;
    if (row->at_us < q->since_us || (q->until_us && row->at_us > q->until_us) ||
        (q->incomplete && !row->is_incomplete) ||
        !wants_kind(q, archive_kind(row->side, row->mail_class, row->action)) ||
        (q->from.n && !is_from(row->from_domain, q->from)))
        return false;
    if (q->person && p->words.n && !is_for_person(p, row->seq))
        return false;
    return (q->to_domains == NULL || is_for_domains(p, row)) &&
           (q->rule.n == 0 || has_rule(p, row->seq));
}

/* Looks at one candidate; *out_over once it lies before all that is wanted. */
static int take(struct page *p, uint64_t seq, uint64_t oldest, bool *out_over)
{
    struct scan_row row;
    if (seq < oldest) {
        *out_over = true;
        return 0;
    }
    sqlite3_stmt *st = archive_prepare(p->a, ST_SCAN_BY_SEQ, p->e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)seq);
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        archive_read_scan(st, p->arena, &row);
    sqlite3_reset(st);
    if (rc != SQLITE_ROW)
        return rc == SQLITE_DONE ? 0 : archive_fail(p->a, "reading the history", p->e);
    if (is_wanted(p, &row))
        p->rows[p->n++] = row;
    return 0;
}

/* The number of the first scan after a time; UINT64_MAX when there is none. */
static int seq_after(struct archive *a, int64_t at_us, struct err *e, uint64_t *out)
{
    sqlite3_stmt *st = archive_prepare(a, ST_SEQ_AFTER, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, at_us);
    int rc = sqlite3_step(st);
    *out = rc == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(st, 0) : UINT64_MAX;
    int r = rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : archive_fail(a, "reading", e);
    sqlite3_reset(st);
    return r;
}

/* Where the page begins, and the number below which nothing is wanted. */
static int bounds(struct page *p, uint64_t *out_oldest)
{
    const struct history_query *q = p->q;
    uint64_t seq;
    int r = 0;
    p->before = q->before_seq ? q->before_seq : INT64_MAX;
    *out_oldest = 0;
    if (q->until_us && (r = seq_after(p->a, q->until_us, p->e, &seq)) == 0 &&
        seq < INT64_MAX - SLACK && seq + SLACK < p->before)
        p->before = seq + SLACK;
    if (r == 0 && q->since_us > 0 && (r = seq_after(p->a, q->since_us - 1, p->e, &seq)) == 0)
        *out_oldest = seq > SLACK ? seq - SLACK : 0;
    return r;
}

int archive_history(struct archive *a, const struct history_query *q, struct arena *arena,
                    struct err *e, struct scan_row **out, size_t *out_n, uint64_t *out_next)
{
    struct page p = {.a = a, .q = q, .arena = arena, .e = e};
    uint64_t oldest;
    bool is_over = false;
    p.limit = q->limit == 0 ? 50 : q->limit > 1000 ? 1000 : q->limit;
    p.rows = ARENA_ARRAY(arena, struct scan_row, p.limit);
    if (slice_trim(q->words).n || q->from.n)
        p.words = quote_words(q, arena);
    int r = bounds(&p, &oldest);
    for (unsigned looked = 0; r == 0 && !is_over && p.n < p.limit && looked < EXAMINE_MOST;) {
        if ((r = candidates(&p)) < 0)
            break;
        size_t i = 0;
        for (; i < p.n_found && r == 0 && !is_over && p.n < p.limit; i++, looked++) {
            p.before = p.found[i];
            r = take(&p, p.found[i], oldest, &is_over);
        }
        is_over |= p.is_short && i == p.n_found;
    }
    if (r < 0)
        return r;
    *out = p.rows;
    *out_n = p.n;
    *out_next = is_over ? 0 : p.before;
    return 0;
}
