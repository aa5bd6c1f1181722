/* A file of tables folded from the journal: one SQLite file in WAL mode that can be deleted at any
 * time, because all that it holds is folded anew from events. The archive is one; rooms above keep
 * others (library.db, desk.db).
 *
 * Use: a room has one `struct db_schema` (tables, fixed statements), makes a db with db_new, and
 * hands it to store_open in its folders (.into = FOLD_DB, .db = ...). The store opens it under its
 * own lock, folds into it, commits and rolls back in its batches, and begins it anew when it is
 * damaged or of another format; the room's folder functions only write rows, its questions only
 * read. Outside of a fold and of retention (fold.h: prune_fn) nothing is written. Only keeper opens
 * such files; no threads.
 *
 * Statements are numbers of the schema's list, prepared once and kept. Rows are copied into the
 * caller's arena. Foreign text is bound, never pasted into SQL.
 */
#ifndef MUSTER_JOURNAL_DB_H
#define MUSTER_JOURNAL_DB_H

#include "base/arena.h"
#include "base/err.h"

#include <sqlite3.h>

struct db_schema {
    const char *name;       /* the file's name without ".db" */
    int format;             /* from 1; a file of another one is folded anew */
    const char *tables;     /* CREATE statements; the table "meta" is db's own */
    const char *const *sql; /* fixed statements, by number */
    size_t n_sql;
};

struct db;

/* A closed one; the schema must outlive it. */
struct db *db_new(const struct db_schema *schema);
void db_free(struct db *d);

/* Opens the file at `path`, made when it is not there. ERR_CORRUPT when it is damaged or of another
 * format; ERR_FULL on a full disk; ERR_DENIED. */
MUST_USE int db_open(struct db *d, const char *path, struct err *e);
/* Opens DIR/NAME.db; one that cannot be used is begun anew, empty. A damaged one is set aside as
 * NAME.db.bad, one of another format deleted. */
MUST_USE int db_open_in(struct db *d, const char *dir, struct err *e);
/* Closes it, sets its files aside as *.bad (an older one set aside is lost) and begins it anew,
 * empty. */
MUST_USE int db_anew(struct db *d, struct err *e);
/* Deletes what was set aside before that time. */
MUST_USE int db_drop_aside(struct db *d, int64_t before_us, struct err *e);
void db_close(struct db *d);
bool db_is_open(const struct db *d);

/* The last event that the file stands for. */
uint64_t db_upto(const struct db *d);
/* Begins a batch unless one is open. Folder functions are called without; the first that writes
 * begins one. */
MUST_USE int db_need_batch(struct db *d, struct err *e);
/* Ends the batch: the file then stands for events up to `upto`. Without a batch that is written
 * down only now and then and by db_close: after a kill those events are folded again, in vain. */
MUST_USE int db_commit(struct db *d, uint64_t upto, struct err *e);
void db_rollback(struct db *d);
/* After an erasure: what was overwritten leaves SQLite's log, too, where it would stand until the
 * next checkpoint, and so does what was set aside. Not within a batch. */
MUST_USE int db_sweep(struct db *d, struct err *e);
/* Bytes of the file on disk, without its log. */
uint64_t db_bytes(const struct db *d);

/* ---- statements ---- */

/* A statement of the list, reset and without values; NULL after a failure (e is set). */
sqlite3_stmt *db_prepare(struct db *d, size_t which, struct err *e);
/* A statement made for one question; the caller finalizes it. NULL after a failure. */
sqlite3_stmt *db_prepare_text(struct db *d, const char *sql, struct err *e);
void db_bind_text(sqlite3_stmt *st, int at, struct slice s);
void db_bind_raw(sqlite3_stmt *st, int at, const void *p, size_t n);
/* Steps a statement that gives no rows (or whose rows nobody wants) and resets it. `what` goes into
 * the error. */
MUST_USE int db_run(struct db *d, sqlite3_stmt *st, const char *what, struct err *e);
/* 1: there is a row, 0: the end, negative: a failure. */
MUST_USE int db_step(struct db *d, sqlite3_stmt *st, const char *what, struct err *e);
/* A count or other single number; 0 when there is no row. Resets the statement. */
MUST_USE int db_number(struct db *d, sqlite3_stmt *st, struct err *e, int64_t *out);
/* Code and words of the connection's last failure. */
int db_fail(struct db *d, const char *what, struct err *e);
/* Rows that the last statement changed. */
int db_changes(struct db *d);
/* For what the functions here do not cover. */
sqlite3 *db_handle(struct db *d);

/* ---- columns ---- */

/* A copy in the arena; empty for NULL. */
struct slice db_text(sqlite3_stmt *st, int at, struct arena *arena);
/* Exactly n bytes into out; left as it is when the column has another length. */
void db_raw(sqlite3_stmt *st, int at, void *out, size_t n);

#endif
