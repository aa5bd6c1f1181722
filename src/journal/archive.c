/* The archive's writing side: opening, folding, pruning. See archive.h. */
#include "journal/archive_internal.h"
#include "journal/archive_report.h"
#include "journal/archive_sql.h"

#include <stdlib.h>

#define SCAN_COLUMNS                                                                           \
    "seq, at, id, digest, side, class, action, door, incomplete, shadow, score, probability, " \
    "size,"                                                                                    \
    " us, from_domain, subject, people, findings"
#define FACTS_LOOKED_AT "16" /* scans of one message; a long row of them says nothing new */
#define HOLD_COLUMNS                                                                             \
    "hold, id, digest, person, object, kind, state, score, made, expires, changed, allow_until," \
    " failures, sealed, domain"

static const char *const sql[STATEMENTS] = {
    [ST_ADD_SCAN] = "INSERT OR IGNORE INTO scan(" SCAN_COLUMNS
                    ", facts) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [ST_ADD_PERSON] = "INSERT OR IGNORE INTO scan_person(person, seq) VALUES(?, ?)",
    [ST_ADD_WORDS] = "INSERT INTO scan_words(rowid, from_domain, subject) VALUES(?, ?, ?)",
    [ST_HOLDERS] = "SELECT person, max(made) FROM hold WHERE state = 0"
                   " AND person <> zeroblob(16) GROUP BY person LIMIT 100000",
    [ST_ADD_TO] = "INSERT OR IGNORE INTO scan_to(domain, kind, seq) VALUES(?, ?, ?)",
    [ST_ADD_KIND] = "INSERT OR IGNORE INTO scan_kinds(kind) VALUES(?)",
    [ST_ADD_TALLY] = "INSERT INTO tally(domain, slot, kind, n, bytes, us) VALUES(?,?,?,?4,?5,?6)"
                     " ON CONFLICT DO UPDATE SET n = n + ?4, bytes = bytes + ?5, us = us + ?6",
    [ST_KINDS] = "SELECT kind FROM scan_kinds",
    [ST_TALLY] = "SELECT (slot - ?2) / ?4, kind, sum(n), sum(bytes), sum(us) FROM tally"
                 " WHERE domain = ?1 AND slot >= ?2 AND slot < ?3 GROUP BY 1, 2 ORDER BY 1, 2",
    [ST_SCAN_BY_SEQ] =
        "SELECT seq, at, id, digest, side, class, action, door, incomplete, shadow, score,"
        " probability, size, us, from_domain, subject, people, '' FROM scan WHERE seq = ?",
    [ST_SEQ_AFTER] = "SELECT seq FROM scan WHERE at > ? ORDER BY at LIMIT 1",
    [ST_HAS_PERSON] = "SELECT 1 FROM scan_person WHERE person = ? AND seq = ?",
    [ST_HAS_DOMAIN] = "SELECT 1 FROM scan_to WHERE domain = ? AND kind = ? AND seq = ?",
    [ST_HAS_RULE] = "SELECT 1 FROM scan WHERE seq = ? AND instr(findings, ?)",
    [ST_PAGE_ALL] = "SELECT seq FROM scan WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2",
    [ST_PAGE_KIND] = "SELECT seq FROM scan WHERE side = ?3 AND class = ?4 AND action = ?5"
                     " AND seq < ?1 ORDER BY seq DESC LIMIT ?2",
    [ST_PAGE_PERSON] = "SELECT seq FROM scan_person WHERE person = ?3 AND seq < ?1"
                       " ORDER BY seq DESC LIMIT ?2",
    [ST_PAGE_DOMAIN] = "SELECT seq FROM scan_to WHERE domain = ?3 AND kind = ?4 AND seq < ?1"
                       " ORDER BY seq DESC LIMIT ?2",
    [ST_PAGE_WORDS] = "SELECT rowid FROM scan_words WHERE scan_words MATCH ?3 AND rowid < ?1"
                      " ORDER BY rowid DESC LIMIT ?2",
    [ST_PRUNE_TO] = "DELETE FROM scan_to WHERE seq IN (SELECT seq FROM scan WHERE at <= ?)",
    [ST_PRUNE_TALLY] = "DELETE FROM tally WHERE slot <= ? / 60000000",
    [ST_ADD_HOLD] =
        "INSERT OR REPLACE INTO hold(hold, id, digest, person, object, kind, state, score,"
        " made, expires, changed, sealed, domain) VALUES(?,?,?,?,?,?,0,?,?,?,?,?,?)",
    [ST_SET_HOLD] = "UPDATE hold SET state = ?2, changed = ?3, allow_until = max(allow_until, ?4)"
                    " WHERE hold = ?1",
    [ST_FAIL_HOLD] = "UPDATE hold SET state = ?2, changed = ?3, failures = failures + 1"
                     " WHERE hold = ?1",
    [ST_USE_ALLOW] = "UPDATE hold SET allow_until = 0 WHERE digest = ?1 AND person = ?2",
    [ST_ADD_ACT] = "INSERT OR IGNORE INTO act(seq, at, kind, actor, role, verb, target, detail)"
                   " VALUES(?,?,?,?,?,?,?,?)",
    [ST_HOLD_ERASED] = "UPDATE hold SET erased = 1 WHERE hold = ?",
    [ST_PRUNE_WORDS] = "INSERT INTO scan_words(scan_words, rowid, from_domain, subject)"
                       " SELECT 'delete', seq, from_domain, subject FROM scan WHERE at <= ?",
    [ST_PRUNE_PERSON] = "DELETE FROM scan_person WHERE seq IN (SELECT seq FROM scan WHERE at <= ?)",
    [ST_PRUNE_SCAN] = "DELETE FROM scan WHERE at <= ?",
    [ST_PRUNE_HOLD] = "DELETE FROM hold WHERE changed <= ? AND state > 2 AND erased = 1",
    [ST_PRUNE_ACT] = "DELETE FROM act WHERE at <= ?1 AND (kind = 'acted' OR kind = 'erased') = ?2",
    [ST_SCAN_BY_ID] = "SELECT " SCAN_COLUMNS " FROM scan WHERE id = ?",
    [ST_SCAN_BY_DIGEST] = "SELECT " SCAN_COLUMNS
                          " FROM scan WHERE digest = ? ORDER BY seq DESC LIMIT 1",
    [ST_FACTS_OF] = "SELECT facts FROM scan WHERE digest = ? AND facts IS NOT NULL"
                    " ORDER BY seq DESC LIMIT " FACTS_LOOKED_AT,
    [ST_HOLD_BY_ID] = "SELECT " HOLD_COLUMNS " FROM hold WHERE hold = ?",
    [ST_OBJECT_USERS] = "SELECT count(*) FROM hold WHERE object = ? AND state <= 2",
    [ST_ACTS] = "SELECT seq, at, kind, verb, target, detail, actor, role FROM act WHERE seq < ?"
                " ORDER BY seq DESC LIMIT ?",
    [ST_STATS] = "SELECT count(*), total(incomplete), total(us), total(size), min(at), max(at)"
                 " FROM scan WHERE at >= ?",
    [ST_STATS_SIDE] = "SELECT side, count(*) FROM scan WHERE at >= ? GROUP BY side",
    [ST_STATS_CLASS] = "SELECT class, count(*) FROM scan WHERE at >= ? GROUP BY class",
    [ST_STATS_HOLD] = "SELECT state, count(*) FROM hold WHERE made >= ? GROUP BY state",
    [ST_REPORT_FIND] = "SELECT seq FROM report WHERE kind = ? AND org = ? AND id = ? AND domain = ?"
                       " AND proven = ?",
    [ST_REPORT_HAS_PART] = "SELECT 1 FROM report_part WHERE report = ? AND part = ?",
    [ST_REPORT_ADD] = "INSERT INTO report(seq, at, kind, org, id, domain, begin, end, notes,"
                      " policy, proven, sender) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
    [ST_REPORT_ADD_PART] = "INSERT OR IGNORE INTO report_part(report, part) VALUES(?, ?)",
    [ST_REPORT_ADD_SOURCE] =
        "INSERT INTO report_source(report, ip, messages, disposition, dkim, spf, header_from,"
        " envelope_from, signers, reason) VALUES(?,?,?,?,?,?,?,?,?,?)",
    [ST_REPORT_ADD_SELECTOR] =
        "INSERT INTO report_selector(report, domain, selector, passed, failed)"
        " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET passed = passed + ?4,"
        " failed = failed + ?5",
    [ST_REPORT_ADD_TLS] =
        "INSERT INTO report_tls(report, domain, policy, failure, mx, ip, good, failed)"
        " VALUES(?,?,?,?,?,?,?,?)",
    [ST_REPORT_PRUNE] = "DELETE FROM report WHERE at <= ?",
    [ST_REPORT_PRUNE_SEEN] = "DELETE FROM seen WHERE begin <= ?",
    [ST_REPORT_PRUNE_DAYS] = "DELETE FROM seen_domain WHERE begin <= ?",
    [ST_SEEN_ADD] = "INSERT INTO seen(begin, domain, row, messages) VALUES(?1, ?2, ?3, 1)"
                    " ON CONFLICT DO UPDATE SET messages = messages + 1",
    [ST_SEEN_COUNT] = "INSERT INTO seen_domain(begin, domain, end, rua, policy, messages)"
                      " VALUES(?1, ?2, ?5, ?3, ?4, 1)"
                      " ON CONFLICT DO UPDATE SET messages = messages + 1, rua = ?3, policy = ?4",
    [ST_SENT_ADD] = "INSERT OR REPLACE INTO sent(begin, domain, at, recipients, outcome, messages)"
                    " VALUES(?,?,?,?,?,?)",
};

static const struct db_schema schema = {"archive", ARCHIVE_FORMAT, ARCHIVE_SCHEMA, sql, STATEMENTS};

static int take(struct db *d, int r, struct archive **out)
{
    if (r < 0) {
        db_free(d);
        return r;
    }
    struct archive *a = calloc(1, sizeof(*a));
    if (a == NULL)
        BUG("out of memory");
    a->db = d;
    *out = a;
    return 0;
}

int archive_open(const char *path, struct err *e, struct archive **out)
{
    struct db *d = db_new(&schema);
    return take(d, db_open(d, path, e), out);
}

int archive_open_in(const char *dir, struct err *e, struct archive **out)
{
    struct db *d = db_new(&schema);
    return take(d, db_open_in(d, dir, e), out);
}

void archive_close(struct archive *a)
{
    if (a == NULL)
        return;
    db_free(a->db);
    free(a);
}

int archive_anew(struct archive *a, struct err *e)
{
    a->has_kinds = false;
    a->n_tally = 0;
    return db_anew(a->db, e);
}

static int fold_scan(struct archive *a, const struct event *ev, struct err *e)
{
    const struct event_scanned *s = &ev->scanned;
    sqlite3_stmt *st = archive_prepare(a, ST_ADD_SCAN, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)ev->seq);
    sqlite3_bind_int64(st, 2, ev->at_us);
    archive_bind_raw(st, 3, s->id, 16);
    archive_bind_raw(st, 4, s->digest, 16);
    const uint8_t small[] = {s->side, s->mail_class,    s->action,
                             s->door, s->is_incomplete, s->is_shadow};
    for (int i = 0; i < 6; i++)
        sqlite3_bind_int(st, 5 + i, small[i]);
    sqlite3_bind_double(st, 11, s->score);
    sqlite3_bind_double(st, 12, s->probability);
    sqlite3_bind_int64(st, 13, (sqlite3_int64)s->size_bytes);
    sqlite3_bind_int64(st, 14, (sqlite3_int64)s->microseconds);
    archive_bind_text(st, 15, s->from_domain);
    archive_bind_text(st, 16, s->subject);
    archive_bind_raw(st, 17, (const unsigned char *)s->people.p, s->people.n);
    archive_bind_text(st, 18, s->findings);
    if (s->facts.n)
        archive_bind_raw(st, 19, (const unsigned char *)s->facts.p, s->facts.n);
    int r = archive_run(a, st, "adding a scan", e);
    bool is_new = r == 0 && db_changes(a->db) > 0; /* an id that came twice counts once */
    return is_new ? archive_index_scan(a, ev, e) : r;
}

static int fold_quarantined(struct archive *a, const struct event *ev, struct err *e)
{
    const struct event_quarantined *q = &ev->quarantined;
    sqlite3_stmt *st = archive_prepare(a, ST_ADD_HOLD, e);
    if (st == NULL)
        return ERR_CORRUPT;
    archive_bind_raw(st, 1, q->hold, 16);
    archive_bind_raw(st, 2, q->id, 16);
    archive_bind_raw(st, 3, q->digest, 16);
    archive_bind_raw(st, 4, q->person, 16);
    archive_bind_raw(st, 5, q->object, 32);
    sqlite3_bind_int(st, 6, q->kind);
    sqlite3_bind_double(st, 7, q->score);
    sqlite3_bind_int64(st, 8, ev->at_us);
    sqlite3_bind_int64(st, 9, q->expires_us);
    sqlite3_bind_int64(st, 10, ev->at_us);
    archive_bind_raw(st, 11, (const unsigned char *)q->sealed.p, q->sealed.n);
    archive_bind_text(st, 12, q->domain);
    return archive_run(a, st, "adding a hold", e);
}

static int set_hold(struct archive *a, const struct event *ev, enum hold_state state, struct err *e)
{
    bool failed = ev->kind == EVENT_DELIVERY_FAILED;
    sqlite3_stmt *st = archive_prepare(a, failed ? ST_FAIL_HOLD : ST_SET_HOLD, e);
    if (st == NULL)
        return ERR_CORRUPT;
    archive_bind_raw(st, 1, ev->hold.hold, 16);
    sqlite3_bind_int(st, 2, (int)state);
    sqlite3_bind_int64(st, 3, ev->at_us);
    if (!failed)
        sqlite3_bind_int64(st, 4, ev->hold.allow_until_us);
    return archive_run(a, st, "changing a hold", e);
}

static int use_allow(struct archive *a, const struct event *ev, struct err *e)
{
    sqlite3_stmt *st = archive_prepare(a, ST_USE_ALLOW, e);
    if (st == NULL)
        return ERR_CORRUPT;
    archive_bind_raw(st, 1, ev->hold.digest, 16);
    archive_bind_raw(st, 2, ev->hold.person, 16);
    return archive_run(a, st, "using an allowance", e);
}

/* One row of what people did or what befell the node. */
static int add_act(struct archive *a, const struct event *ev, const unsigned char actor[16],
                   int role, const struct slice words[3], struct err *e)
{
    sqlite3_stmt *st = archive_prepare(a, ST_ADD_ACT, e);
    if (st == NULL)
        return ERR_CORRUPT;
    static const unsigned char nobody[16];
    sqlite3_bind_int64(st, 1, (sqlite3_int64)ev->seq);
    sqlite3_bind_int64(st, 2, ev->at_us);
    archive_bind_text(st, 3, slice_str(event_info(ev->kind)->name));
    archive_bind_raw(st, 4, actor ? actor : nobody, 16);
    sqlite3_bind_int(st, 5, role);
    for (int i = 0; i < 3; i++)
        archive_bind_text(st, 6 + i, words[i]);
    return archive_run(a, st, "adding an act", e);
}

/* What a person decided about held mail stands among the acts, too. */
static int decide_hold(struct archive *a, const struct event *ev, enum hold_state state,
                       struct err *e)
{
    const char *verb = state == HOLD_RELEASED  ? "release"
                       : state == HOLD_REFUSED ? "refuse"
                                               : "delete";
    char id[37];
    int r = set_hold(a, ev, state, e);
    if (r < 0 || ev->hold.role == HOLD_BY_NODE)
        return r;
    event_id_text(ev->hold.hold, id);
    return add_act(a, ev, ev->hold.actor, ev->hold.role,
                   (struct slice[3]){slice_str(verb), slice_str(id), ev->hold.reason}, e);
}

static int fold_other(struct archive *a, const struct event *ev, struct err *e)
{
    struct slice none = {"", 0};
    switch (ev->kind) {
    case EVENT_ACTED:
        return add_act(a, ev, ev->acted.actor, ev->acted.role,
                       (struct slice[3]){ev->acted.verb, ev->acted.target, ev->acted.detail}, e);
    case EVENT_ERASED:
        return add_act(a, ev, NULL, HOLD_BY_NODE, (struct slice[3]){none, none, ev->erased.reason},
                       e);
    case EVENT_NODE_STARTED:
    case EVENT_NODE_STOPPED:
        return add_act(a, ev, NULL, HOLD_BY_NODE,
                       (struct slice[3]){none, ev->node_state.version, ev->node_state.reason}, e);
    case EVENT_CONFIG_LOADED:
        return add_act(a, ev, NULL, HOLD_BY_NODE, (struct slice[3]){none, ev->config.file, none},
                       e);
    case EVENT_RECOVERED:
        return add_act(a, ev, NULL, HOLD_BY_NODE,
                       (struct slice[3]){none, ev->recovered.what, ev->recovered.detail}, e);
    case EVENT_SET_ASIDE:
        return add_act(a, ev, NULL, HOLD_BY_NODE,
                       (struct slice[3]){none, ev->set_aside.process, ev->set_aside.reason}, e);
    default:
        return 0;
    }
}

int archive_fold(struct archive *a, const struct event *ev, struct err *e)
{
    int r = archive_need_batch(a, e);
    if (r < 0)
        return r;
    switch (ev->kind) {
    case EVENT_SCANNED:
        return fold_scan(a, ev, e);
    case EVENT_QUARANTINED:
        return fold_quarantined(a, ev, e);
    case EVENT_RELEASED:
        return decide_hold(a, ev, HOLD_RELEASED, e);
    case EVENT_HOLD_REFUSED:
        return decide_hold(a, ev, HOLD_REFUSED, e);
    case EVENT_HOLD_DELETED:
        return decide_hold(a, ev, HOLD_DELETED, e);
    case EVENT_HOLD_EXPIRED:
        return set_hold(a, ev, HOLD_EXPIRED, e);
    case EVENT_DELIVERED:
        return set_hold(a, ev, HOLD_DELIVERED, e);
    case EVENT_DELIVERY_FAILED:
        return set_hold(a, ev, HOLD_HELD, e);
    case EVENT_ALLOW_USED:
        return use_allow(a, ev, e);
    default:
        return fold_other(a, ev, e);
    }
}

int archive_commit(struct archive *a, uint64_t upto, struct err *e)
{
    int r = a->n_tally ? archive_tally_flush(a, e) : 0;
    return r ? r : db_commit(a->db, upto, e);
}

void archive_rollback(struct archive *a)
{
    db_rollback(a->db);
    a->has_kinds = false;
    a->n_tally = 0;
}

uint64_t archive_upto(const struct archive *a)
{
    return db_upto(a->db);
}

int archive_hold_erased(struct archive *a, const unsigned char hold[16], struct err *e)
{
    int r = archive_need_batch(a, e);
    sqlite3_stmt *st = r ? NULL : archive_prepare(a, ST_HOLD_ERASED, e);
    if (st == NULL)
        return r ? r : ERR_CORRUPT;
    archive_bind_raw(st, 1, hold, 16);
    return archive_run(a, st, "marking a hold", e);
}

static int prune(struct archive *a, enum statement which, int64_t keep_us, int64_t now_us, int flag,
                 struct err *e)
{
    if (keep_us < 0)
        return 0;
    sqlite3_stmt *st = archive_prepare(a, which, e);
    if (st == NULL)
        return ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, now_us - keep_us);
    if (which == ST_PRUNE_ACT)
        sqlite3_bind_int(st, 2, flag);
    return archive_run(a, st, "pruning", e);
}

int archive_prune(struct archive *a, const int64_t keep_us[KEEP_CLASSES], int64_t now_us,
                  struct err *e)
{
    int r = archive_need_batch(a, e);
    r = r ? r : prune(a, ST_PRUNE_WORDS, keep_us[KEEP_HISTORY], now_us, 0, e);
    r = r ? r : prune(a, ST_PRUNE_PERSON, keep_us[KEEP_HISTORY], now_us, 0, e);
    r = r ? r : prune(a, ST_PRUNE_TO, keep_us[KEEP_HISTORY], now_us, 0, e);
    r = r ? r : prune(a, ST_PRUNE_TALLY, keep_us[KEEP_HISTORY], now_us, 0, e);
    r = r ? r : prune(a, ST_PRUNE_SCAN, keep_us[KEEP_HISTORY], now_us, 0, e);
    r = r ? r : prune(a, ST_PRUNE_HOLD, keep_us[KEEP_QUARANTINE], now_us, 0, e);
    r = r ? r : prune(a, ST_PRUNE_ACT, keep_us[KEEP_ACTS], now_us, 1, e);
    r = r ? r : prune(a, ST_PRUNE_ACT, keep_us[KEEP_NODE], now_us, 0, e);
    return r ? r : archive_report_prune(a, keep_us, now_us, e);
}

int archive_drop_aside(struct archive *a, int64_t before_us, struct err *e)
{
    return db_drop_aside(a->db, before_us, e);
}

uint64_t archive_bytes(const struct archive *a)
{
    return db_bytes(a->db);
}
