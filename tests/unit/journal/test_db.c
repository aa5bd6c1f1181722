/* Files of tables folded by the store: each event once, rolled back whole, mended by folding anew
 * when damaged, of another format, deleted or behind. */
#include "helpers.h"
#include "journal/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { PUT, SUM, ROWS, N_SQL };

static const char *const sql[N_SQL] = {
    [PUT] = "INSERT INTO tally(seq, name, n) VALUES(?, ?, ?)",
    [SUM] = "SELECT total(n) FROM tally",
    [ROWS] = "SELECT count(*) FROM tally",
};
#define TABLES "CREATE TABLE tally(seq INTEGER PRIMARY KEY, name TEXT, n INTEGER)"
static const struct db_schema schema = {"tally", 3, TABLES, sql, N_SQL};
static const struct db_schema newer = {"tally", 4, TABLES, sql, N_SQL};

struct room {
    struct db *db;
    int64_t refuse; /* an event with this number cannot be folded now; 0: none */
};

static int tally(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    (void)t;
    struct room *r = arg;
    int rc = db_need_batch(r->db, e);
    sqlite3_stmt *st = rc ? NULL : db_prepare(r->db, PUT, e);
    if (st == NULL)
        return rc ? rc : ERR_CORRUPT;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)ev->seq);
    db_bind_text(st, 2, ev->counted.name);
    sqlite3_bind_int64(st, 3, ev->counted.add);
    rc = db_run(r->db, st, "adding", e);
    if (rc == 0 && r->refuse == ev->counted.add)
        rc = err_set(e, ERR_FULL, "refused");
    return rc;
}

static int64_t ask(struct db *d, int which)
{
    int64_t n = -1;
    sqlite3_stmt *st = db_prepare(d, (size_t)which, &test_err);
    assert_non_null(st);
    OK(db_number(d, st, &test_err, &n));
    return n;
}

struct place {
    struct room room;
    struct folder folders[3];
    struct store *s;
};

static void start(struct place *p, const char *dir, const struct db_schema *which)
{
    *p = (struct place){.room.db = db_new(which)};
    p->folders[0] = (struct folder){.name = "tally",
                                    .into = FOLD_DB,
                                    .kind = EVENT_COUNTED,
                                    .fn = tally,
                                    .arg = &p->room,
                                    .db = p->room.db};
    struct store_options o = {.dir = dir, .folders = p->folders};
    OK(store_open(&o, &test_err, &p->s));
}

static void stop(struct place *p)
{
    store_close(p->s);
    assert_false(db_is_open(p->room.db));
    db_free(p->room.db);
}

static void count(struct place *p, int64_t n)
{
    struct event ev = counted("x", n);
    OK(store_append(p->s, &ev, &test_err, NULL));
    OK(store_commit(p->s, true, &test_err));
}

static void fold_once(void **state)
{
    struct place p;
    const char *dir = in_dir(*state, "once");
    start(&p, dir, &schema);
    for (int i = 1; i <= 20; i++)
        count(&p, i);
    assert_int_equal(ask(p.room.db, SUM), 210);
    uint64_t upto = db_upto(p.room.db);
    assert_int_equal(upto, journal_last(store_journal(p.s)));
    struct event other = {.kind = EVENT_ACTED}; /* moves the position all the same */
    OK(store_append(p.s, &other, &test_err, NULL));
    OK(store_commit(p.s, true, &test_err));
    assert_int_equal(db_upto(p.room.db), upto + 1);
    stop(&p);
    start(&p, dir, &schema);
    assert_int_equal(ask(p.room.db, ROWS), 20);
    OK(store_rebuild(p.s, &test_err));
    assert_int_equal(ask(p.room.db, SUM), 210);
    stop(&p);
}

/* What could not be folded leaves nothing half done, and comes at the next commit. */
static void rolled_back(void **state)
{
    struct place p;
    start(&p, in_dir(*state, "back"), &schema);
    count(&p, 1);
    p.room.refuse = 2;
    count(&p, 2);
    assert_true(store_is_behind(p.s));
    assert_int_equal(ask(p.room.db, ROWS), 1);
    count(&p, 3);
    assert_int_equal(ask(p.room.db, ROWS), 1);
    p.room.refuse = 0;
    count(&p, 4);
    assert_false(store_is_behind(p.s));
    assert_int_equal(ask(p.room.db, SUM), 10);
    stop(&p);
}

static void spoil(const char *path)
{
    char junk[5000];
    memset(junk, 'z', sizeof(junk));
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, junk, sizeof(junk), 0), sizeof(junk));
    close(fd);
}

static void mended(void **state)
{
    struct place p;
    struct stat st;
    const char *dir = in_dir(*state, "mend");
    char file[600], bad[700];
    snprintf(file, sizeof(file), "%s/tally.db", dir);
    snprintf(bad, sizeof(bad), "%s.bad", file);
    start(&p, dir, &schema);
    count(&p, 5);
    count(&p, 6);
    stop(&p);
    spoil(file);
    start(&p, dir, &schema);
    assert_int_equal(ask(p.room.db, SUM), 11);
    assert_int_equal(stat(bad, &st), 0);
    OK(db_drop_aside(p.room.db, 1000000, &test_err)); /* it was set aside later */
    assert_int_equal(stat(bad, &st), 0);
    OK(db_drop_aside(p.room.db, INT64_MAX, &test_err));
    assert_int_equal(stat(bad, &st), -1);
    stop(&p);
    start(&p, dir, &newer); /* another format: anew as well, and nothing to look at later */
    assert_int_equal(ask(p.room.db, SUM), 11);
    assert_int_equal(stat(bad, &st), -1);
    stop(&p);
    assert_int_equal(unlink(file), 0);
    start(&p, dir, &newer);
    assert_int_equal(ask(p.room.db, SUM), 11);
    /* Under our feet: the tables vanish while the store runs. */
    assert_int_equal(sqlite3_exec(db_handle(p.room.db), "DROP TABLE tally", NULL, NULL, NULL), 0);
    count(&p, 7);
    assert_int_equal(ask(p.room.db, SUM), 18);
    assert_false(store_is_behind(p.s));
    stop(&p);
}

/* Events that do not concern the file cost it no transaction; a kill makes them be looked through
 * again, and nothing is folded twice. */
static void killed(void **state)
{
    struct place p;
    const char *dir = in_dir(*state, "killed");
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        start(&p, dir, &schema);
        count(&p, 5);
        for (int i = 0; i < 10; i++) {
            struct event other = {.kind = EVENT_ACTED};
            OK(store_append(p.s, &other, &test_err, NULL));
            OK(store_commit(p.s, true, &test_err));
        }
        _exit(db_upto(p.room.db) == journal_last(store_journal(p.s)) ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    struct db *file = db_new(&schema); /* as the kill left it */
    OK(db_open_in(file, dir, &test_err));
    assert_int_equal(db_upto(file), 1);
    db_free(file);
    start(&p, dir, &schema);
    assert_int_equal(ask(p.room.db, ROWS), 1);
    assert_int_equal(db_upto(p.room.db), journal_last(store_journal(p.s)));
    stop(&p);
    file = db_new(&schema); /* closing wrote it down */
    OK(db_open_in(file, dir, &test_err));
    assert_int_equal(db_upto(file), 11);
    db_free(file);
}

static void columns(void **state)
{
    struct db *d = db_new(&schema);
    struct arena *a = arena_new(0);
    unsigned char raw[4] = {9, 9, 9, 9};
    OK(db_open_in(d, *state, &test_err));
    sqlite3_stmt *st = db_prepare_text(d, "SELECT 'a' || char(0) || 'b', NULL, x'01020304', x'01'",
                                       &test_err);
    assert_non_null(st);
    assert_int_equal(db_step(d, st, "reading", &test_err), 1);
    assert_int_equal(db_text(st, 0, a).n, 3);
    assert_int_equal(db_text(st, 1, a).n, 0);
    db_raw(st, 3, raw, 4); /* of another length: left alone */
    assert_int_equal(raw[0], 9);
    db_raw(st, 2, raw, 4);
    assert_int_equal(raw[3], 4);
    sqlite3_finalize(st);
    assert_null(db_prepare_text(d, "SELECT nothing FROM nowhere", &test_err));
    assert_int_equal(test_err.code, ERR_CORRUPT);
    db_free(d);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fold_once, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(rolled_back, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(mended, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(killed, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(columns, make_dir, drop_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
