/* Reports that we owe: what was seen of each domain on each day, and what was sent about it. A day
 * and domain with a row in `sent` is done with, whatever became of it. See archive_report.h. */
#include "journal/archive_internal.h"
#include "journal/archive_report.h"

int archive_seen_add(struct archive *a, const struct event *ev, struct err *e)
{
    const struct event_dmarc_seen *s = &ev->dmarc_seen;
    int r = archive_need_batch(a, e);
    sqlite3_stmt *st = r ? NULL : archive_prepare(a, ST_SEEN_ADD, e);
    if (st == NULL)
        return r ? r : ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, s->begin_s);
    archive_bind_text(st, 2, s->domain);
    archive_bind_raw(st, 3, (const unsigned char *)s->row.p, s->row.n);
    r = archive_run(a, st, "counting a message", e);
    st = r ? NULL : archive_prepare(a, ST_SEEN_COUNT, e);
    if (st == NULL)
        return r ? r : ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, s->begin_s);
    archive_bind_text(st, 2, s->domain);
    archive_bind_text(st, 3, s->rua);
    archive_bind_raw(st, 4, (const unsigned char *)s->policy.p, s->policy.n);
    sqlite3_bind_int64(st, 5, s->begin_s + s->seconds);
    return archive_run(a, st, "counting a message", e);
}

int archive_sent_add(struct archive *a, const struct event *ev, struct err *e)
{
    const struct event_report_sent *s = &ev->report_sent;
    int r = archive_need_batch(a, e);
    sqlite3_stmt *st = r ? NULL : archive_prepare(a, ST_SENT_ADD, e);
    if (st == NULL)
        return r ? r : ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, s->begin_s);
    archive_bind_text(st, 2, s->domain);
    sqlite3_bind_int64(st, 3, ev->at_us);
    archive_bind_text(st, 4, s->to);
    archive_bind_text(st, 5, s->outcome);
    sqlite3_bind_int64(st, 6, (sqlite3_int64)s->messages);
    return archive_run(a, st, "noting a sent report", e);
}

static int prepare(struct archive *a, const char *text, struct err *e, sqlite3_stmt **out)
{
    if (sqlite3_prepare_v2(db_handle(a->db), text, -1, out, NULL) != SQLITE_OK)
        return archive_fail(a, "reading reports", e);
    return 0;
}

static int done(struct archive *a, sqlite3_stmt *st, int step, struct err *e)
{
    int rc = step == SQLITE_DONE || step == SQLITE_ROW ? 0 : archive_fail(a, "reading reports", e);
    sqlite3_finalize(st);
    return rc;
}

int archive_seen_due(struct archive *a, int64_t until_s, size_t limit, struct arena *arena,
                     struct err *e, struct seen_domain **out, size_t *out_n)
{
    sqlite3_stmt *st;
    int rc = prepare(
        a,
        "SELECT begin, end, domain, rua, policy, messages FROM seen_domain d WHERE end <= ?1"
        " AND NOT EXISTS (SELECT 1 FROM sent s WHERE s.begin = d.begin AND"
        " s.domain = d.domain) ORDER BY begin, domain LIMIT ?2",
        e, &st);
    if (rc < 0)
        return rc;
    *out = ARENA_ARRAY(arena, struct seen_domain, limit);
    sqlite3_bind_int64(st, 1, until_s);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)limit);
    size_t n = 0;
    int step;
    while ((step = sqlite3_step(st)) == SQLITE_ROW && n < limit)
        (*out)[n++] = (struct seen_domain){
            sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1),
            db_text(st, 2, arena),       db_text(st, 3, arena),
            db_text(st, 4, arena),       (uint64_t)sqlite3_column_int64(st, 5)};
    *out_n = n;
    return done(a, st, step, e);
}

int archive_seen_rows(struct archive *a, int64_t begin_s, struct slice domain, size_t limit,
                      struct arena *arena, struct err *e, struct seen_row **out, size_t *out_n)
{
    sqlite3_stmt *st;
    int rc = prepare(a,
                     "SELECT row, messages FROM seen WHERE begin = ?1 AND domain = ?2"
                     " ORDER BY messages DESC LIMIT ?3",
                     e, &st);
    if (rc < 0)
        return rc;
    *out = ARENA_ARRAY(arena, struct seen_row, limit);
    sqlite3_bind_int64(st, 1, begin_s);
    archive_bind_text(st, 2, domain);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)limit);
    size_t n = 0;
    int step;
    while ((step = sqlite3_step(st)) == SQLITE_ROW && n < limit)
        (*out)[n++] = (struct seen_row){db_text(st, 0, arena),
                                        (uint64_t)sqlite3_column_int64(st, 1)};
    *out_n = n;
    return done(a, st, step, e);
}

int archive_sent(struct archive *a, size_t limit, struct arena *arena, struct err *e,
                 struct sent_row **out, size_t *out_n)
{
    sqlite3_stmt *st;
    int rc = prepare(a,
                     "SELECT begin, domain, recipients, outcome, at, messages FROM sent"
                     " ORDER BY begin DESC, domain LIMIT ?",
                     e, &st);
    if (rc < 0)
        return rc;
    *out = ARENA_ARRAY(arena, struct sent_row, limit);
    sqlite3_bind_int64(st, 1, (sqlite3_int64)limit);
    size_t n = 0;
    int step;
    while ((step = sqlite3_step(st)) == SQLITE_ROW && n < limit)
        (*out)[n++] = (struct sent_row){
            sqlite3_column_int64(st, 0), db_text(st, 1, arena),
            db_text(st, 2, arena),       db_text(st, 3, arena),
            sqlite3_column_int64(st, 4), (uint64_t)sqlite3_column_int64(st, 5)};
    *out_n = n;
    return done(a, st, step, e);
}

uint64_t archive_sent_count(struct archive *a, int64_t begin_s)
{
    struct err e;
    sqlite3_stmt *st;
    uint64_t n = 0;
    if (prepare(a, "SELECT count(*) FROM sent WHERE begin = ?1 AND outcome = 'sent'", &e, &st) < 0)
        return 0;
    sqlite3_bind_int64(st, 1, begin_s);
    if (sqlite3_step(st) == SQLITE_ROW)
        n = (uint64_t)sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return n;
}
