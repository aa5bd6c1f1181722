/* What the archive's two files share: statements and binding. */
#ifndef MUSTER_JOURNAL_ARCHIVE_INTERNAL_H
#define MUSTER_JOURNAL_ARCHIVE_INTERNAL_H

#include "journal/archive.h"

#include <sqlite3.h>

enum statement {
    ST_BEGIN,
    ST_COMMIT,
    ST_ROLLBACK,
    ST_GET_UPTO,
    ST_SET_UPTO,
    ST_ADD_SCAN,
    ST_ADD_PERSON,
    ST_ADD_WORDS,
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
    ST_REPORT_ADD_TLS,
    ST_REPORT_PRUNE,
    ST_REPORT_PRUNE_SEEN,
    ST_REPORT_PRUNE_DAYS,
    ST_SEEN_ADD,
    ST_SEEN_COUNT,
    ST_SENT_ADD,
    STATEMENTS
};

struct archive {
    char *path;
    sqlite3 *db;
    sqlite3_stmt *st[STATEMENTS];
    uint64_t upto;
    bool in_batch;
};

/* Words for the last failure of the connection, with the code that fits. */
int archive_fail(struct archive *a, const char *what, struct err *e);
/* Begins a batch unless one is open. */
MUST_USE int archive_need_batch(struct archive *a, struct err *e);
/* A prepared statement, reset and without values; NULL after a failure (e is set). */
sqlite3_stmt *archive_prepare(struct archive *a, enum statement which, struct err *e);
void archive_bind_raw(sqlite3_stmt *st, int at, const unsigned char *p, size_t n);
void archive_bind_text(sqlite3_stmt *st, int at, struct slice s);
/* Steps a statement that gives no rows. */
MUST_USE int archive_run(struct archive *a, sqlite3_stmt *st, const char *what, struct err *e);

#endif
