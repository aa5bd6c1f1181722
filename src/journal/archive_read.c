/* The archive's reading side. See archive.h. */
#include "journal/archive_internal.h"
#include "base/buf.h"

void archive_read_scan(sqlite3_stmt *st, struct arena *arena, struct scan_row *out)
{
    *out = (struct scan_row){.seq = (uint64_t)sqlite3_column_int64(st, 0),
                             .at_us = sqlite3_column_int64(st, 1)};
    db_raw(st, 2, out->id, 16);
    db_raw(st, 3, out->digest, 16);
    out->side = sqlite3_column_int(st, 4);
    out->mail_class = sqlite3_column_int(st, 5);
    out->action = sqlite3_column_int(st, 6);
    out->door = sqlite3_column_int(st, 7);
    out->is_incomplete = sqlite3_column_int(st, 8) != 0;
    out->is_shadow = sqlite3_column_int(st, 9) != 0;
    out->score = sqlite3_column_double(st, 10);
    out->probability = sqlite3_column_double(st, 11);
    out->size_bytes = (uint64_t)sqlite3_column_int64(st, 12);
    out->microseconds = (uint64_t)sqlite3_column_int64(st, 13);
    out->from_domain = db_text(st, 14, arena);
    out->subject = db_text(st, 15, arena);
    out->people = db_text(st, 16, arena);
    out->findings = db_text(st, 17, arena);
}

static int one_scan(struct archive *a, enum statement which, const unsigned char key[16],
                    struct arena *arena, struct err *e, struct scan_row *out)
{
    sqlite3_stmt *st = archive_prepare(a, which, e);
    if (st == NULL)
        return ERR_CORRUPT;
    archive_bind_raw(st, 1, key, 16);
    int rc = sqlite3_step(st), r = 0;
    if (rc == SQLITE_ROW)
        archive_read_scan(st, arena, out);
    else
        r = rc == SQLITE_DONE ? err_set(e, ERR_NOENT, "the history has no such message")
                              : archive_fail(a, "reading", e);
    sqlite3_reset(st);
    return r;
}

int archive_scan(struct archive *a, const unsigned char id[16], struct arena *arena, struct err *e,
                 struct scan_row *out)
{
    return one_scan(a, ST_SCAN_BY_ID, id, arena, e, out);
}

int archive_scan_of(struct archive *a, const unsigned char digest[16], struct arena *arena,
                    struct err *e, struct scan_row *out)
{
    return one_scan(a, ST_SCAN_BY_DIGEST, digest, arena, e, out);
}

int archive_facts_of(struct archive *a, const unsigned char digest[16], facts_fn *fn, void *arg,
                     struct err *e)
{
    sqlite3_stmt *st = archive_prepare(a, ST_FACTS_OF, e);
    if (st == NULL)
        return ERR_CORRUPT;
    archive_bind_raw(st, 1, digest, 16);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        const char *p = sqlite3_column_blob(st, 0);
        fn(arg, slice_of(p, (size_t)sqlite3_column_bytes(st, 0)));
    }
    int r = rc == SQLITE_DONE ? 0 : archive_fail(a, "reading", e);
    sqlite3_reset(st);
    return r;
}

static size_t bounded(size_t limit, size_t usual)
{
    return limit == 0 ? usual : limit > 1000 ? 1000 : limit;
}

/* Rows of number and count into an array of `most`. */
static int read_counts(struct archive *a, enum statement which, int64_t since_us, uint64_t *counts,
                       int most, struct err *e)
{
    sqlite3_stmt *st = archive_prepare(a, which, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, since_us);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        int at = sqlite3_column_int(st, 0);
        if (at >= 0 && at < most)
            counts[at] = (uint64_t)sqlite3_column_int64(st, 1);
    }
    int r = rc == SQLITE_DONE ? 0 : archive_fail(a, "counting", e);
    sqlite3_reset(st);
    return r;
}

int archive_stats(struct archive *a, int64_t since_us, struct err *e, struct archive_stats *out)
{
    struct archive_stats s = {0};
    sqlite3_stmt *st = archive_prepare(a, ST_STATS, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, since_us);
    int r = sqlite3_step(st) == SQLITE_ROW ? 0 : archive_fail(a, "counting", e);
    if (r == 0) {
        s.scans = (uint64_t)sqlite3_column_int64(st, 0);
        s.incomplete = (uint64_t)sqlite3_column_int64(st, 1);
        s.microseconds = (uint64_t)sqlite3_column_int64(st, 2);
        s.bytes = (uint64_t)sqlite3_column_int64(st, 3);
        s.first_us = sqlite3_column_int64(st, 4);
        s.last_us = sqlite3_column_int64(st, 5);
    }
    sqlite3_reset(st);
    r = r ? r : read_counts(a, ST_STATS_SIDE, since_us, s.by_side, ARCHIVE_SIDES, e);
    r = r ? r : read_counts(a, ST_STATS_CLASS, since_us, s.by_class, ARCHIVE_CLASSES, e);
    r = r ? r : read_counts(a, ST_STATS_HOLD, since_us, s.holds, HOLD_STATES, e);
    if (r == 0)
        *out = s;
    return r;
}

static void read_hold(sqlite3_stmt *st, struct arena *arena, struct hold *out)
{
    *out = (struct hold){.kind = (enum hold_kind)sqlite3_column_int(st, 5),
                         .state = (enum hold_state)sqlite3_column_int(st, 6),
                         .score = sqlite3_column_double(st, 7),
                         .made_us = sqlite3_column_int64(st, 8),
                         .expires_us = sqlite3_column_int64(st, 9),
                         .changed_us = sqlite3_column_int64(st, 10),
                         .allow_until_us = sqlite3_column_int64(st, 11),
                         .failures = (uint32_t)sqlite3_column_int64(st, 12)};
    db_raw(st, 0, out->hold, 16);
    db_raw(st, 1, out->id, 16);
    db_raw(st, 2, out->digest, 16);
    db_raw(st, 3, out->person, 16);
    db_raw(st, 4, out->object, 32);
    out->sealed = db_text(st, 13, arena);
    out->domain = db_text(st, 14, arena);
}

int archive_hold(struct archive *a, const unsigned char hold[16], struct arena *arena,
                 struct err *e, struct hold *out)
{
    sqlite3_stmt *st = archive_prepare(a, ST_HOLD_BY_ID, e);
    if (st == NULL)
        return ERR_CORRUPT;
    archive_bind_raw(st, 1, hold, 16);
    int rc = sqlite3_step(st), r = 0;
    if (rc == SQLITE_ROW)
        read_hold(st, arena, out);
    else
        r = rc == SQLITE_DONE ? err_set(e, ERR_NOENT, "the quarantine has no such message")
                              : archive_fail(a, "reading", e);
    sqlite3_reset(st);
    return r;
}

static sqlite3_stmt *holds_statement(struct archive *a, const struct holds_query *q, size_t limit,
                                     struct err *e)
{
    struct buf text = BUF_INIT(4096);
    buf_str(&text, "SELECT hold, id, digest, person, object, kind, state, score, made, expires,"
                   " changed, allow_until, failures, sealed, domain FROM hold WHERE 1");
    if (q->states) { /* as a list of numbers, so that the index on state serves */
        buf_str(&text, " AND state IN (-1");
        for (int i = 0; i < HOLD_STATES; i++)
            if (q->states & 1u << i)
                buf_printf(&text, ",%d", i);
        buf_chr(&text, ')');
    }
    if (q->person)
        buf_str(&text, " AND person = ?1");
    if (q->id)
        buf_str(&text, " AND id = ?2");
    if (q->digest)
        buf_str(&text, " AND digest = ?7");
    if (q->due_us)
        buf_str(&text, " AND expires <= ?3");
    if (q->unerased)
        buf_str(&text, " AND erased = 0");
    if (q->kinds) {
        buf_str(&text, " AND kind IN (-1");
        for (int i = 0; i < HOLD_KINDS; i++)
            if (q->kinds & 1u << i)
                buf_printf(&text, ",%d", i);
        buf_chr(&text, ')');
    }
    if (q->newest_first && q->before_us)
        buf_str(&text, " AND made <= ?5 AND (made < ?5 OR hold < ?6)");
    if (q->domains) {
        buf_str(&text, " AND domain IN (NULL");
        for (size_t i = 0; i < q->n_domains && i < HOLD_DOMAINS; i++)
            buf_printf(&text, ",?%zu", 10 + i);
        buf_chr(&text, ')');
    }
    buf_str(&text, q->newest_first ? " ORDER BY made DESC, hold DESC LIMIT ?4"
                                   : " ORDER BY made, hold LIMIT ?4");
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db_handle(a->db), buf_cstr(&text), -1, &st, NULL);
    buf_fini(&text);
    if (rc) {
        archive_fail(a, "reading the quarantine", e);
        return NULL;
    }
    if (q->person)
        archive_bind_raw(st, 1, q->person, 16);
    if (q->id)
        archive_bind_raw(st, 2, q->id, 16);
    if (q->digest)
        archive_bind_raw(st, 7, q->digest, 16);
    if (q->due_us)
        sqlite3_bind_int64(st, 3, q->due_us);
    sqlite3_bind_int64(st, 4, (sqlite3_int64)limit);
    if (q->newest_first && q->before_us) {
        sqlite3_bind_int64(st, 5, q->before_us);
        archive_bind_raw(st, 6, q->before_hold, 16);
    }
    for (size_t i = 0; q->domains && i < q->n_domains && i < HOLD_DOMAINS; i++)
        archive_bind_text(st, (int)(10 + i), q->domains[i]);
    return st;
}

int archive_holds(struct archive *a, const struct holds_query *q, struct arena *arena,
                  struct err *e, struct hold **out, size_t *out_n)
{
    size_t limit = bounded(q->limit, 100), n = 0;
    sqlite3_stmt *st = holds_statement(a, q, limit, e);
    if (st == NULL)
        return ERR_CORRUPT;
    struct hold *rows = ARENA_ARRAY(arena, struct hold, limit);
    int rc = SQLITE_DONE;
    while (n < limit && (rc = sqlite3_step(st)) == SQLITE_ROW)
        read_hold(st, arena, &rows[n++]);
    int r = rc == SQLITE_DONE || rc == SQLITE_ROW ? 0
                                                  : archive_fail(a, "reading the quarantine", e);
    sqlite3_finalize(st);
    if (r == 0) {
        *out = rows;
        *out_n = n;
    }
    return r;
}

int archive_holders(struct archive *a, struct arena *arena, struct err *e,
                    struct archive_holder **out, size_t *out_n)
{
    struct archive_holder *all = NULL;
    size_t n = 0, room = 0;
    sqlite3_stmt *st = archive_prepare(a, ST_HOLDERS, e);
    int rc;
    if (st == NULL)
        return ERR_CORRUPT;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        if (n == room) {
            all = arena_grow(arena, all, room, room ? 2 * room : 64, sizeof(*all));
            room = room ? 2 * room : 64;
        }
        db_raw(st, 0, all[n].person, 16);
        all[n++].newest_us = sqlite3_column_int64(st, 1);
    }
    int r = rc == SQLITE_DONE ? 0 : archive_fail(a, "reading the quarantine", e);
    sqlite3_reset(st);
    if (r == 0) {
        *out = all;
        *out_n = n;
    }
    return r;
}

int archive_object_users(struct archive *a, const unsigned char object[32], struct err *e,
                         uint64_t *out_n)
{
    sqlite3_stmt *st = archive_prepare(a, ST_OBJECT_USERS, e);
    if (st == NULL)
        return ERR_CORRUPT;
    archive_bind_raw(st, 1, object, 32);
    int r = sqlite3_step(st) == SQLITE_ROW ? 0 : archive_fail(a, "counting", e);
    if (r == 0)
        *out_n = (uint64_t)sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return r;
}

int archive_acts(struct archive *a, uint64_t before_seq, size_t limit, struct arena *arena,
                 struct err *e, struct act_row **out, size_t *out_n)
{
    size_t most = bounded(limit, 100), n = 0;
    sqlite3_stmt *st = archive_prepare(a, ST_ACTS, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, before_seq ? (sqlite3_int64)before_seq : INT64_MAX);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)most);
    struct act_row *rows = ARENA_ARRAY(arena, struct act_row, most);
    int rc = SQLITE_DONE;
    while (n < most && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct act_row *row = &rows[n++];
        row->seq = (uint64_t)sqlite3_column_int64(st, 0);
        row->at_us = sqlite3_column_int64(st, 1);
        row->kind = db_text(st, 2, arena);
        row->verb = db_text(st, 3, arena);
        row->target = db_text(st, 4, arena);
        row->detail = db_text(st, 5, arena);
        db_raw(st, 6, row->actor, 16);
        row->role = sqlite3_column_int(st, 7);
    }
    int r = rc == SQLITE_DONE || rc == SQLITE_ROW ? 0 : archive_fail(a, "reading the acts", e);
    sqlite3_reset(st);
    if (r == 0) {
        *out = rows;
        *out_n = n;
    }
    return r;
}
