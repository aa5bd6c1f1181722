/* Files of tables folded from the journal. See db.h. */
#include "journal/db.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Numbers of db's own statements, behind those of the schema. */
enum own { OWN_BEGIN, OWN_COMMIT, OWN_ROLLBACK, OWN_GET_UPTO, OWN_SET_UPTO, OWN_STATEMENTS };

static const char *const own_sql[OWN_STATEMENTS] = {
    [OWN_BEGIN] = "BEGIN IMMEDIATE",
    [OWN_COMMIT] = "COMMIT",
    [OWN_ROLLBACK] = "ROLLBACK",
    [OWN_GET_UPTO] = "SELECT value FROM meta WHERE name = 'upto'",
    [OWN_SET_UPTO] = "INSERT OR REPLACE INTO meta(name, value) VALUES('upto', ?)",
};

/* Events that concern a file not at all, and are noted in it together: read again after a kill. */
#define UNNOTED_MOST 1024u

struct db {
    const struct db_schema *schema;
    char *path;
    sqlite3 *sql;
    sqlite3_stmt **st; /* n_sql + OWN_STATEMENTS */
    uint64_t upto;     /* what it stands for */
    uint64_t noted;    /* what the file says; up to UNNOTED_MOST less */
    bool in_batch;
    bool is_other_format; /* why it could not be opened */
};

struct db *db_new(const struct db_schema *schema)
{
    struct db *d = calloc(1, sizeof(*d));
    if (d == NULL || (d->st = calloc(schema->n_sql + OWN_STATEMENTS, sizeof(*d->st))) == NULL)
        BUG("out of memory");
    d->schema = schema;
    return d;
}

static int write_upto(struct db *d, uint64_t upto, struct err *e);

void db_close(struct db *d)
{
    struct err e;
    if (d->sql && d->upto > d->noted && !d->in_batch)
        (void)!write_upto(d, d->upto, &e); /* else those events are looked through again */
    for (size_t i = 0; i < d->schema->n_sql + OWN_STATEMENTS; i++) {
        sqlite3_finalize(d->st[i]);
        d->st[i] = NULL;
    }
    sqlite3_close(d->sql);
    d->sql = NULL;
    d->upto = d->noted = 0;
    d->in_batch = false;
}

void db_free(struct db *d)
{
    if (d == NULL)
        return;
    db_close(d);
    free(d->st);
    free(d->path);
    free(d);
}

bool db_is_open(const struct db *d)
{
    return d->sql != NULL;
}

int db_fail(struct db *d, const char *what, struct err *e)
{
    int rc = sqlite3_errcode(d->sql) & 0xff, code = ERR_IO;
    if (rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB || rc == SQLITE_FORMAT || rc == SQLITE_SCHEMA ||
        rc == SQLITE_ERROR)
        code = ERR_CORRUPT; /* our statements are fixed: an error in one means other tables */
    else if (rc == SQLITE_FULL || rc == SQLITE_READONLY)
        code = ERR_FULL;
    else if (rc == SQLITE_CANTOPEN || rc == SQLITE_PERM)
        code = ERR_DENIED;
    else if (rc == SQLITE_IOERR)
        code = ERR_FULL; /* a full disk shows so when the log cannot grow */
    return err_set(e, code, "%s: %s: %s", d->path, what, sqlite3_errmsg(d->sql));
}

static int exec(struct db *d, const char *text, struct err *e)
{
    return sqlite3_exec(d->sql, text, NULL, NULL, NULL) ? db_fail(d, "opening", e) : 0;
}

/* The number in the file's head, for telling old formats; -1 on failure. */
static int user_version(struct db *d)
{
    sqlite3_stmt *st = NULL;
    int v = -1;
    if (sqlite3_prepare_v2(d->sql, "PRAGMA user_version", -1, &st, NULL) == 0 &&
        sqlite3_step(st) == SQLITE_ROW)
        v = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return v;
}

static int make_tables(struct db *d, struct err *e)
{
    char head[64];
    snprintf(head, sizeof(head), "PRAGMA user_version = %d", d->schema->format);
    int r = exec(d, "BEGIN IMMEDIATE", e);
    r = r ? r : exec(d, "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID", e);
    r = r ? r : exec(d, d->schema->tables, e);
    r = r ? r : exec(d, head, e);
    return r ? r : exec(d, "COMMIT", e);
}

static int prepare_file(struct db *d, struct err *e)
{
    sqlite3_busy_timeout(d->sql, 5000);
    int r = exec(
        d,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
        " PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;"
        " PRAGMA journal_size_limit = 33554432; PRAGMA cache_size = -8192;"
        " PRAGMA wal_autocheckpoint = 4000", /* pages: index pages of many commits at once */
        e);
    if (r < 0)
        return r;
    int version = user_version(d);
    d->is_other_format = version > 0 && version != d->schema->format;
    if (version == 0)
        r = make_tables(d, e);
    else if (d->is_other_format)
        r = err_set(e, ERR_CORRUPT, "%s: format %d, this program knows %d", d->path, version,
                    d->schema->format);
    int64_t upto = 0;
    sqlite3_stmt *st = r ? NULL : db_prepare(d, d->schema->n_sql + OWN_GET_UPTO, e);
    if (st == NULL)
        return r ? r : ERR_CORRUPT;
    r = db_number(d, st, e, &upto);
    d->upto = d->noted = (uint64_t)upto;
    return r;
}

int db_open(struct db *d, const char *path, struct err *e)
{
    char *copy = strdup(path); /* `path` may be our own */
    if (copy == NULL)
        BUG("out of memory");
    free(d->path);
    d->path = copy;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    mode_t old = umask(0077);
    int r = sqlite3_open_v2(d->path, &d->sql, flags, NULL) ? db_fail(d, "opening", e) : 0;
    r = r ? r : prepare_file(d, e);
    umask(old);
    if (r < 0)
        db_close(d);
    return r;
}

static const char *const ends[] = {"", "-wal", "-shm"};

int db_anew(struct db *d, struct err *e)
{
    char path[4096], aside[4096];
    db_close(d);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s%s", d->path, ends[i]);
        snprintf(aside, sizeof(aside), "%s%s.bad", d->path, ends[i]);
        int failed = i == 2 ? unlink(path) : rename(path, aside);
        if (failed < 0 && errno != ENOENT)
            return err_errno(e, "%s", path);
    }
    return db_open(d, d->path, e);
}

int db_drop_aside(struct db *d, int64_t before_us, struct err *e)
{
    char aside[4096];
    struct stat st;
    for (int i = 0; d->path && i < 2; i++) {
        snprintf(aside, sizeof(aside), "%s%s.bad", d->path, ends[i]);
        /* renaming counts as a change of the file's state, not of what it holds */
        if (stat(aside, &st) == 0 && st.st_ctim.tv_sec < before_us / 1000000 && unlink(aside) < 0)
            return err_errno(e, "%s", aside);
    }
    return 0;
}

/* Nothing to study in it: it goes, with what people may have had erased since. */
static int replace(struct db *d, struct err *e)
{
    int r = db_anew(d, e);
    return r ? r : db_drop_aside(d, INT64_MAX, e);
}

int db_open_in(struct db *d, const char *dir, struct err *e)
{
    char path[4096];
    struct err why = {0};
    snprintf(path, sizeof(path), "%s/%s.db", dir, d->schema->name);
    int r = db_open(d, path, &why);
    if (r == ERR_CORRUPT) {
        log_event(LOG_WARN, "db_begun_anew", "file", LOG_S(path), "why", LOG_S(why.text), NULL);
        return d->is_other_format ? replace(d, e) : db_anew(d, e);
    }
    if (r < 0 && e)
        *e = why;
    return r;
}

uint64_t db_upto(const struct db *d)
{
    return d->upto;
}

int db_sweep(struct db *d, struct err *e)
{
    sqlite3_stmt *st = db_prepare_text(d, "PRAGMA wal_checkpoint(TRUNCATE)", e);
    int rc = st == NULL ? ERR_IO : sqlite3_step(st) == SQLITE_ROW ? 0 : db_fail(d, "sweeping", e);
    if (rc == 0 && sqlite3_column_int(st, 0) != 0)
        rc = err_set(e, ERR_IO, "the database's log is in use");
    sqlite3_finalize(st);
    return rc ? rc : db_drop_aside(d, INT64_MAX, e);
}

uint64_t db_bytes(const struct db *d)
{
    struct stat st;
    return d->path && stat(d->path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* ---- batches ---- */

static int run_own(struct db *d, enum own which, const char *what, struct err *e)
{
    sqlite3_stmt *st = db_prepare(d, d->schema->n_sql + which, e);
    return st ? db_run(d, st, what, e) : ERR_CORRUPT;
}

int db_need_batch(struct db *d, struct err *e)
{
    if (d->in_batch)
        return 0;
    int r = run_own(d, OWN_BEGIN, "begin", e);
    d->in_batch = r == 0;
    return r;
}

static int write_upto(struct db *d, uint64_t upto, struct err *e)
{
    int r = db_need_batch(d, e);
    sqlite3_stmt *st = r ? NULL : db_prepare(d, d->schema->n_sql + OWN_SET_UPTO, e);
    if (st == NULL)
        return r ? r : ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)upto);
    r = db_run(d, st, "commit", e);
    r = r ? r : run_own(d, OWN_COMMIT, "commit", e);
    if (r == 0) {
        d->upto = d->noted = upto;
        d->in_batch = false;
    }
    return r;
}

int db_commit(struct db *d, uint64_t upto, struct err *e)
{
    if (!d->in_batch && upto >= d->noted && upto - d->noted < UNNOTED_MOST) {
        d->upto = upto; /* nothing in it changed: no transaction for a number alone */
        return 0;
    }
    return write_upto(d, upto, e);
}

void db_rollback(struct db *d)
{
    struct err e;
    if (d->in_batch && sqlite3_get_autocommit(d->sql) == 0)
        (void)!run_own(d, OWN_ROLLBACK, "rollback", &e);
    d->in_batch = false;
}

/* ---- statements and columns ---- */

sqlite3_stmt *db_prepare(struct db *d, size_t which, struct err *e)
{
    size_t n = d->schema->n_sql;
    const char *text = which < n ? d->schema->sql[which] : own_sql[which - n];
    if (d->st[which] == NULL &&
        sqlite3_prepare_v3(d->sql, text, -1, SQLITE_PREPARE_PERSISTENT, &d->st[which], NULL)) {
        db_fail(d, "preparing", e);
        return NULL;
    }
    sqlite3_reset(d->st[which]);
    sqlite3_clear_bindings(d->st[which]);
    return d->st[which];
}

sqlite3_stmt *db_prepare_text(struct db *d, const char *sql, struct err *e)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(d->sql, sql, -1, &st, NULL) == SQLITE_OK)
        return st;
    db_fail(d, "preparing", e);
    return NULL;
}

void db_bind_raw(sqlite3_stmt *st, int at, const void *p, size_t n)
{
    sqlite3_bind_blob64(st, at, n ? p : "", n, SQLITE_STATIC);
}

void db_bind_text(sqlite3_stmt *st, int at, struct slice s)
{
    sqlite3_bind_text64(st, at, s.n ? s.p : "", s.n, SQLITE_STATIC, SQLITE_UTF8);
}

int db_step(struct db *d, sqlite3_stmt *st, const char *what, struct err *e)
{
    int rc = sqlite3_step(st);
    return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : db_fail(d, what, e);
}

int db_run(struct db *d, sqlite3_stmt *st, const char *what, struct err *e)
{
    int r;
    while ((r = db_step(d, st, what, e)) == 1)
        continue;
    sqlite3_reset(st);
    return r;
}

int db_number(struct db *d, sqlite3_stmt *st, struct err *e, int64_t *out)
{
    int r = db_step(d, st, "reading", e);
    if (r >= 0)
        *out = r ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return r < 0 ? r : 0;
}

int db_changes(struct db *d)
{
    return sqlite3_changes(d->sql);
}

sqlite3 *db_handle(struct db *d)
{
    return d->sql;
}

struct slice db_text(sqlite3_stmt *st, int at, struct arena *arena)
{
    const void *p = sqlite3_column_blob(st, at);
    size_t n = (size_t)sqlite3_column_bytes(st, at);
    return n ? arena_dup(arena, slice_of(p, n)) : slice_of("", 0);
}

void db_raw(sqlite3_stmt *st, int at, void *out, size_t n)
{
    const void *p = sqlite3_column_blob(st, at);
    if (p && (size_t)sqlite3_column_bytes(st, at) == n)
        memcpy(out, p, n);
}
