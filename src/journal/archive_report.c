/* Reports that came. See archive_report.h. */
#include "journal/archive_report.h"
#include "journal/archive_internal.h"

#define DAY_S 86400

/* Sequence of the report with that key, 0 when there is none. */
static uint64_t find(struct archive *a, const struct event_report *r)
{
    struct err e;
    sqlite3_stmt *st = archive_prepare(a, ST_REPORT_FIND, &e);
    if (st == NULL)
        return 0;
    sqlite3_bind_int(st, 1, r->kind);
    archive_bind_text(st, 2, r->org);
    archive_bind_text(st, 3, r->id);
    archive_bind_text(st, 4, r->domain);
    sqlite3_bind_int(st, 5, r->origin != REPORT_UNPROVEN);
    uint64_t seq = sqlite3_step(st) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return seq;
}

bool archive_report_has(struct archive *a, const struct event_report *r)
{
    struct err e;
    uint64_t seq = find(a, r);
    sqlite3_stmt *st = seq ? archive_prepare(a, ST_REPORT_HAS_PART, &e) : NULL;
    if (st == NULL)
        return false;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)seq);
    sqlite3_bind_int64(st, 2, r->part);
    bool has = sqlite3_step(st) == SQLITE_ROW;
    sqlite3_reset(st);
    return has;
}

static int add(struct archive *a, const struct event *ev, unsigned notes, struct slice policy,
               struct err *e)
{
    const struct event_report *r = &ev->report;
    sqlite3_stmt *st = archive_prepare(a, ST_REPORT_ADD, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)ev->seq);
    sqlite3_bind_int64(st, 2, ev->at_us);
    sqlite3_bind_int(st, 3, r->kind);
    archive_bind_text(st, 4, r->org);
    archive_bind_text(st, 5, r->id);
    archive_bind_text(st, 6, r->domain);
    sqlite3_bind_int64(st, 7, r->begin_s);
    sqlite3_bind_int64(st, 8, r->end_s);
    sqlite3_bind_int64(st, 9, notes);
    archive_bind_text(st, 10, policy);
    sqlite3_bind_int(st, 11, r->origin != REPORT_UNPROVEN);
    archive_bind_text(st, 12, r->from);
    return archive_run(a, st, "adding a report", e);
}

int archive_report_add(struct archive *a, const struct event *ev, unsigned notes,
                       struct slice policy, struct err *e, uint64_t *out_report)
{
    int r = archive_need_batch(a, e);
    uint64_t seq = r ? 0 : find(a, &ev->report);
    if (r == 0 && seq == 0) {
        seq = ev->seq;
        r = add(a, ev, notes, policy, e);
    }
    sqlite3_stmt *st = r ? NULL : archive_prepare(a, ST_REPORT_ADD_PART, e);
    if (st == NULL)
        return r ? r : ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)seq);
    sqlite3_bind_int64(st, 2, ev->report.part);
    r = archive_run(a, st, "adding a report", e);
    *out_report = seq;
    return r ? r : db_changes(a->db) > 0;
}

int archive_report_source(struct archive *a, uint64_t report, const struct archive_source *s,
                          struct err *e)
{
    sqlite3_stmt *st = archive_prepare(a, ST_REPORT_ADD_SOURCE, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)report);
    archive_bind_text(st, 2, s->ip);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)s->messages);
    archive_bind_text(st, 4, s->disposition);
    sqlite3_bind_int(st, 5, s->dkim_aligned);
    sqlite3_bind_int(st, 6, s->spf_aligned);
    const struct slice texts[] = {s->header_from, s->envelope_from, s->signers, s->reason};
    for (int i = 0; i < 4; i++)
        archive_bind_text(st, 7 + i, texts[i]);
    return archive_run(a, st, "adding a report's row", e);
}

int archive_report_selector(struct archive *a, uint64_t report, struct slice domain,
                            struct slice selector, uint64_t passed, uint64_t failed, struct err *e)
{
    sqlite3_stmt *st = archive_prepare(a, ST_REPORT_ADD_SELECTOR, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)report);
    archive_bind_text(st, 2, domain);
    archive_bind_text(st, 3, selector);
    sqlite3_bind_int64(st, 4, (sqlite3_int64)passed);
    sqlite3_bind_int64(st, 5, (sqlite3_int64)failed);
    return archive_run(a, st, "adding a report's selector", e);
}

int archive_report_tls(struct archive *a, uint64_t report, const struct archive_tls *t,
                       struct err *e)
{
    sqlite3_stmt *st = archive_prepare(a, ST_REPORT_ADD_TLS, e);
    if (st == NULL)
        return ERR_CORRUPT;
    const struct slice texts[] = {t->domain, t->policy, t->failure, t->mx, t->ip};
    sqlite3_bind_int64(st, 1, (sqlite3_int64)report);
    for (int i = 0; i < 5; i++)
        archive_bind_text(st, 2 + i, texts[i]);
    sqlite3_bind_int64(st, 7, (sqlite3_int64)t->good);
    sqlite3_bind_int64(st, 8, (sqlite3_int64)t->failed);
    return archive_run(a, st, "adding a report's row", e);
}

int archive_report_prune(struct archive *a, const int64_t keep_us[KEEP_CLASSES], int64_t now_us,
                         struct err *e)
{
    static const char *const orphans =
        "DELETE FROM report_part WHERE report NOT IN (SELECT seq FROM report);"
        "DELETE FROM report_source WHERE report NOT IN (SELECT seq FROM report);"
        "DELETE FROM report_selector WHERE report NOT IN (SELECT seq FROM report);"
        "DELETE FROM report_tls WHERE report NOT IN (SELECT seq FROM report)";
    if (keep_us[KEEP_REPORTS] >= 0) {
        sqlite3_stmt *st = archive_prepare(a, ST_REPORT_PRUNE, e);
        if (st == NULL)
            return ERR_CORRUPT;
        sqlite3_bind_int64(st, 1, now_us - keep_us[KEEP_REPORTS]);
        int r = archive_run(a, st, "pruning", e);
        if (r == 0 && db_changes(a->db) > 0 &&
            sqlite3_exec(db_handle(a->db), orphans, NULL, NULL, NULL) != SQLITE_OK)
            r = archive_fail(a, "pruning", e);
        if (r < 0)
            return r;
    }
    static const enum statement seen[] = {ST_REPORT_PRUNE_SEEN, ST_REPORT_PRUNE_DAYS};
    int r = 0;
    for (int i = 0; i < 2 && r == 0 && keep_us[KEEP_HISTORY] >= 0; i++) {
        sqlite3_stmt *st = archive_prepare(a, seen[i], e);
        if (st == NULL)
            return ERR_CORRUPT;
        sqlite3_bind_int64(st, 1, (now_us - keep_us[KEEP_HISTORY]) / 1000000 - DAY_S);
        r = archive_run(a, st, "pruning", e);
    }
    return r;
}

/* ---- questions ---- */

/* A list that grows row by row. */
struct rows {
    struct archive *a;
    struct arena *arena;
    sqlite3_stmt *st;
    void *list;
    size_t n, room, size;
};

static int begin(struct rows *r, const char *text, struct err *e)
{
    r->list = ARENA_ARRAY(r->arena, char, 1);
    if (sqlite3_prepare_v2(db_handle(r->a->db), text, -1, &r->st, NULL) != SQLITE_OK)
        return archive_fail(r->a, "reading reports", e);
    return 0;
}

/* Room for the next row, or NULL at the end; *rc tells why. */
static void *next(struct rows *r, int *rc, struct err *e)
{
    int step = sqlite3_step(r->st);
    if (step != SQLITE_ROW) {
        *rc = step == SQLITE_DONE ? 0 : archive_fail(r->a, "reading reports", e);
        sqlite3_finalize(r->st);
        return NULL;
    }
    if (r->n == r->room) {
        size_t room = r->room ? r->room * 2 : 16;
        r->list = arena_grow(r->arena, r->list, r->room, room, r->size);
        r->room = room;
    }
    return (char *)r->list + r->n++ * r->size;
}

static struct slice text(struct rows *r, int at)
{
    const void *p = sqlite3_column_blob(r->st, at);
    size_t n = (size_t)sqlite3_column_bytes(r->st, at);
    return n ? arena_dup(r->arena, slice_of(p, n)) : slice_of("", 0);
}

static uint64_t number(struct rows *r, int at)
{
    return (uint64_t)sqlite3_column_int64(r->st, at);
}

int archive_report_domains(struct archive *a, int64_t since_s, struct arena *arena, struct err *e,
                           struct report_domain_row **out, size_t *out_n)
{
    struct rows r = {.a = a, .arena = arena, .size = sizeof(struct report_domain_row)};
    struct report_domain_row *row;
    int rc = begin(
        &r,
        "SELECT domain, count(*), max(end), sum(kind = 1),"
        " total((SELECT sum(messages) FROM report_source WHERE report = seq AND kind = 0)),"
        " total((SELECT sum(messages) FROM report_source WHERE report = seq AND kind = 0 AND (dkim "
        "OR spf))),"
        " total((SELECT sum(good) FROM report_tls WHERE report = seq AND failure = '')),"
        " total((SELECT sum(failed) FROM report_tls WHERE report = seq AND failure = ''))"
        " FROM report WHERE end >= ? AND proven GROUP BY domain ORDER BY 5 DESC, domain LIMIT "
        "10000",
        e);
    if (rc < 0)
        return rc;
    sqlite3_bind_int64(r.st, 1, since_s);
    while ((row = next(&r, &rc, e)) != NULL)
        *row = (struct report_domain_row){.domain = text(&r, 0),
                                          .reports = number(&r, 1),
                                          .newest_s = (int64_t)number(&r, 2),
                                          .failures = number(&r, 3),
                                          .messages = number(&r, 4),
                                          .passed = number(&r, 5),
                                          .tls_good = number(&r, 6),
                                          .tls_failed = number(&r, 7)};
    *out = r.list;
    *out_n = r.n;
    return rc;
}

/* "domain = ?1 or below it", for texts that hold no wildcards of LIKE. */
#define UNDER(column) "(" column " = ?1 OR substr(" column ", -length(?1) - 1) = '.' || ?1)"

/* ?1 the domain, ?2 the time, ?3 whether it is proven. */
static void bind_about(struct rows *r, const struct report_about *about)
{
    archive_bind_text(r->st, 1, about->domain);
    sqlite3_bind_int64(r->st, 2, about->since_s);
    sqlite3_bind_int(r->st, 3, !about->is_unproven);
}

int archive_report_sources(struct archive *a, const struct report_about *about, size_t limit,
                           struct arena *arena, struct err *e, struct report_source_row **out,
                           size_t *out_n)
{
    struct rows r = {.a = a, .arena = arena, .size = sizeof(struct report_source_row)};
    struct report_source_row *row;
    int rc = begin(
        &r,
        "SELECT ip, sum(messages), sum(messages * dkim), sum(messages * spf),"
        " sum(messages * (dkim OR spf)),"
        " sum(messages * (disposition NOT IN ('quarantine', 'reject'))),"
        " sum(messages * (disposition = 'quarantine')), sum(messages * (disposition = 'reject')),"
        " count(DISTINCT org), max(end), group_concat(DISTINCT header_from),"
        " group_concat(DISTINCT nullif(envelope_from, '')), group_concat(DISTINCT nullif(signers, "
        "'')),"
        " group_concat(DISTINCT nullif(reason, '')), group_concat(DISTINCT org)"
        " FROM report JOIN report_source ON report = seq"
        " WHERE kind = 0 AND end >= ?2 AND proven = ?3 AND " UNDER(
            "domain") " GROUP BY ip ORDER BY 2 DESC, ip LIMIT ?4",
        e);
    if (rc < 0)
        return rc;
    bind_about(&r, about);
    sqlite3_bind_int64(r.st, 4, limit == 0 ? 100 : limit > 10000 ? 10000 : (sqlite3_int64)limit);
    while ((row = next(&r, &rc, e)) != NULL) {
        *row = (struct report_source_row){.ip = text(&r, 0),
                                          .messages = number(&r, 1),
                                          .dkim = number(&r, 2),
                                          .spf = number(&r, 3),
                                          .passed = number(&r, 4),
                                          .none = number(&r, 5),
                                          .quarantined = number(&r, 6),
                                          .rejected = number(&r, 7),
                                          .reporters = number(&r, 8),
                                          .newest_s = (int64_t)number(&r, 9),
                                          .header_from = text(&r, 10),
                                          .envelope_from = text(&r, 11),
                                          .signers = text(&r, 12),
                                          .reasons = text(&r, 13),
                                          .who = text(&r, 14)};
    }
    *out = r.list;
    *out_n = r.n;
    return rc;
}

int archive_report_tls_rows(struct archive *a, const struct report_about *about,
                            struct arena *arena, struct err *e, struct report_tls_row **out,
                            size_t *out_n)
{
    struct rows r = {.a = a, .arena = arena, .size = sizeof(struct report_tls_row)};
    struct report_tls_row *row;
    int rc = begin(
        &r,
        "SELECT t.policy, t.failure, t.mx, sum(t.good), sum(t.failed),"
        " count(DISTINCT seq) FROM report JOIN report_tls t ON report = seq"
        " WHERE end >= ?2 AND proven = ?3 AND " UNDER(
            "t.domain") " GROUP BY t.policy, t.failure, t.mx ORDER BY t.policy, t.failure, 5 DESC"
                        " LIMIT 1000",
        e);
    if (rc < 0)
        return rc;
    bind_about(&r, about);
    while ((row = next(&r, &rc, e)) != NULL)
        *row = (struct report_tls_row){.policy = text(&r, 0),
                                       .failure = text(&r, 1),
                                       .mx = text(&r, 2),
                                       .good = number(&r, 3),
                                       .failed = number(&r, 4),
                                       .reports = number(&r, 5)};
    *out = r.list;
    *out_n = r.n;
    return rc;
}

int archive_report_count(struct archive *a, const struct report_about *about, struct arena *arena,
                         struct err *e, struct report_count *out)
{
    struct rows r = {.a = a, .arena = arena, .size = 1};
    int rc = begin(&r,
                   "SELECT total(kind = 0 AND proven = ?3), total(kind = 1 AND proven = ?3),"
                   " total(kind = 2 AND proven = ?3), min(begin), max(end),"
                   " (SELECT policy FROM report WHERE kind = 0 AND proven = ?3 AND " UNDER(
                       "domain") " ORDER BY end DESC LIMIT 1), total(proven <> ?3) FROM report"
                                 " WHERE end >= ?2 AND " UNDER("domain"),
                   e);
    if (rc < 0)
        return rc;
    bind_about(&r, about);
    *out = (struct report_count){0};
    if (next(&r, &rc, e) != NULL) {
        *out = (struct report_count){.aggregate = number(&r, 0),
                                     .failure = number(&r, 1),
                                     .tls = number(&r, 2),
                                     .oldest_s = (int64_t)number(&r, 3),
                                     .newest_s = (int64_t)number(&r, 4),
                                     .policy = text(&r, 5),
                                     .unproven = number(&r, 6)};
        sqlite3_finalize(r.st);
        rc = 0;
    }
    return rc;
}

int archive_report_selectors(struct archive *a, struct slice domain, int64_t since_s, size_t limit,
                             struct arena *arena, struct err *e, struct report_selector_row **out,
                             size_t *out_n)
{
    struct rows r = {.a = a, .arena = arena, .size = sizeof(struct report_selector_row)};
    struct report_selector_row *row;
    int rc = begin(&r,
                   "SELECT s.selector, sum(s.passed), sum(s.failed), max(end)"
                   " FROM report_selector s JOIN report ON report = seq"
                   " WHERE s.domain = ?1 AND end >= ?2 AND proven GROUP BY s.selector"
                   " ORDER BY 2 DESC, 3 DESC, 1 LIMIT ?3",
                   e);
    if (rc < 0)
        return rc;
    archive_bind_text(r.st, 1, domain);
    sqlite3_bind_int64(r.st, 2, since_s);
    sqlite3_bind_int64(r.st, 3, limit < 1000 ? (sqlite3_int64)limit : 1000);
    while ((row = next(&r, &rc, e)) != NULL)
        *row = (struct report_selector_row){.selector = text(&r, 0),
                                            .passed = number(&r, 1),
                                            .failed = number(&r, 2),
                                            .newest_s = (int64_t)number(&r, 3)};
    *out = r.list;
    *out_n = r.n;
    return rc;
}
