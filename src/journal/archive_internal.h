/* What the archive's files share: its statements, on journal/db.h. */
#ifndef MUSTER_JOURNAL_ARCHIVE_INTERNAL_H
#define MUSTER_JOURNAL_ARCHIVE_INTERNAL_H

#include "journal/archive.h"
#include "journal/db.h"

enum statement {
    ST_ADD_SCAN,
    ST_ADD_PERSON,
    ST_ADD_WORDS,
    ST_HOLDERS,
    ST_ADD_TO,
    ST_ADD_KIND,
    ST_ADD_TALLY,
    ST_KINDS,
    ST_TALLY,
    ST_SCAN_BY_SEQ,
    ST_SEQ_AFTER,
    ST_HAS_PERSON,
    ST_HAS_DOMAIN,
    ST_HAS_RULE,
    ST_PAGE_ALL,
    ST_PAGE_KIND,
    ST_PAGE_PERSON,
    ST_PAGE_DOMAIN,
    ST_PAGE_WORDS,
    ST_PRUNE_TO,
    ST_PRUNE_TALLY,
    ST_ADD_HOLD,
    ST_SET_HOLD,
    ST_FAIL_HOLD,
    ST_USE_ALLOW,
    ST_ADD_ACT,
    ST_HOLD_ERASED,
    ST_PRUNE_WORDS,
    ST_PRUNE_PERSON,
    ST_PRUNE_SCAN,
    ST_PRUNE_HOLD,
    ST_PRUNE_ACT,
    ST_SCAN_BY_ID,
    ST_SCAN_BY_DIGEST,
    ST_FACTS_OF,
    ST_HOLD_BY_ID,
    ST_OBJECT_USERS,
    ST_ACTS,
    ST_STATS,
    ST_STATS_SIDE,
    ST_STATS_CLASS,
    ST_STATS_HOLD,
    ST_REPORT_FIND,
    ST_REPORT_HAS_PART,
    ST_REPORT_ADD,
    ST_REPORT_ADD_PART,
    ST_REPORT_ADD_SOURCE,
    ST_REPORT_ADD_SELECTOR,
    ST_REPORT_ADD_TLS,
    ST_REPORT_PRUNE,
    ST_REPORT_PRUNE_SEEN,
    ST_REPORT_PRUNE_DAYS,
    ST_SEEN_ADD,
    ST_SEEN_COUNT,
    ST_SENT_ADD,
    STATEMENTS
};

/* Side, class and action of a scan as one number, so that one index serves any choice of them. */
#define ARCHIVE_KINDS 512u
static inline unsigned archive_kind(int side, int mail_class, int action)
{
    return ((unsigned)side & 7u) << 6 | ((unsigned)mail_class & 7u) << 3 | ((unsigned)action & 7u);
}

/* Counts of one slot of time, gathered in memory until the batch is written. */
#define TALLIES 64
struct tally {
    char domain[256]; /* empty: the whole site */
    int64_t slot;
    unsigned kind;
    uint64_t n, bytes, us;
};

struct archive {
    struct db *db;
    struct tally tally[TALLIES];
    size_t n_tally;
    bool has_kinds; /* the bits below are as in the file */
    unsigned char kinds[ARCHIVE_KINDS / 8];
};

/* Words for the last failure of the connection, with the code that fits. */
static inline int archive_fail(struct archive *a, const char *what, struct err *e)
{
    return db_fail(a->db, what, e);
}

/* Begins a batch unless one is open. */
MUST_USE static inline int archive_need_batch(struct archive *a, struct err *e)
{
    return db_need_batch(a->db, e);
}

/* A prepared statement, reset and without values; NULL after a failure (e is set). */
static inline sqlite3_stmt *archive_prepare(struct archive *a, enum statement which, struct err *e)
{
    return db_prepare(a->db, which, e);
}

static inline void archive_bind_raw(sqlite3_stmt *st, int at, const unsigned char *p, size_t n)
{
    db_bind_raw(st, at, p, n);
}

static inline void archive_bind_text(sqlite3_stmt *st, int at, struct slice s)
{
    db_bind_text(st, at, s);
}

/* Steps a statement that gives no rows. */
MUST_USE static inline int archive_run(struct archive *a, sqlite3_stmt *st, const char *what,
                                       struct err *e)
{
    return db_run(a->db, st, what, e);
}
/* Copies a row of ST_SCAN_BY_* into the arena. */
void archive_read_scan(sqlite3_stmt *st, struct arena *arena, struct scan_row *out);
/* What makes a scan just added to be found: words, recipients, domains, kind, counts. Not by
 * triggers: those may not touch a virtual table while the schema is not trusted. */
MUST_USE int archive_index_scan(struct archive *a, const struct event *ev, struct err *e);
/* Writes the gathered counts within the batch. */
MUST_USE int archive_tally_flush(struct archive *a, struct err *e);

/* Which kinds (archive_kind) there are, read once after opening; then asked. */
MUST_USE int archive_load_kinds(struct archive *a, struct err *e);
bool archive_has_kind(const struct archive *a, unsigned kind);

#endif
