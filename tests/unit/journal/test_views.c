/* Views: batches, readers of other processes, growth, stuck and dead readers, the sandbox. */
#include "helpers.h"
#include "base/clock.h"
#include "journal/views.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/wait.h>

static struct views *open_at(const char *dir, enum views_mode mode)
{
    struct views *v = NULL;
    OK(views_open(dir, mode, 1u << 20, &test_err, &v));
    return v;
}

static void put(struct views *v, const char *key, const char *value)
{
    OK(views_put(v, VIEW_COUNTER, slice_str(key), slice_str(value), &test_err));
}

static bool has(struct views *v, const char *key, const char *want)
{
    struct slice got;
    int r = views_get(v, VIEW_COUNTER, slice_str(key), &got);
    return want ? r == 0 && slice_eq(got, slice_str(want)) : r == ERR_NOENT;
}

struct seen {
    int n, stop;
    char keys[64];
};

static bool each(void *arg, struct slice key, struct slice value)
{
    struct seen *s = arg;
    assert_int_equal(value.n, 1);
    s->keys[s->n * 2] = key.p[key.n - 1];
    s->keys[s->n * 2 + 1] = ' ';
    return ++s->n != s->stop;
}

static void batches(void **state)
{
    const char *dir = in_dir(*state, "b");
    struct views *v = NULL;
    struct err e = {0};
    assert_int_equal(views_open(dir, VIEWS_READ, 0, &e, &v), ERR_NOENT);
    v = open_at(dir, VIEWS_WRITE);
    put(v, "a", "1");
    assert_true(has(v, "a", "1"));
    views_rollback(v);
    assert_true(has(v, "a", NULL));
    put(v, "a", "1");
    put(v, "x.b", "2");
    put(v, "x.a", "3");
    put(v, "x.c", "4");
    put(v, "y", "5");
    OK(views_commit(v, 7, &test_err));
    assert_int_equal(views_upto(v), 7);
    struct seen s = {0};
    OK(views_each(v, VIEW_COUNTER, SLICE("x."), each, &s, &test_err));
    assert_string_equal(s.keys, "a b c ");
    s = (struct seen){.stop = 2};
    OK(views_each(v, VIEW_COUNTER, SLICE(""), each, &s, &test_err));
    assert_int_equal(s.n, 2);
    OK(views_del(v, VIEW_COUNTER, SLICE("a"), &test_err));
    OK(views_del(v, VIEW_COUNTER, SLICE("not there"), &test_err));
    OK(views_commit(v, 8, &test_err));
    views_close(v);
    v = open_at(dir, VIEWS_WRITE);
    assert_int_equal(views_upto(v), 8);
    assert_true(has(v, "a", NULL) && has(v, "y", "5"));
    OK(views_clear(v, &test_err));
    OK(views_commit(v, 0, &test_err));
    assert_true(has(v, "y", NULL));
    char long_key[600] = "";
    assert_int_equal(views_put(v, VIEW_USER, slice_of(long_key, 512), SLICE("x"), &e), ERR_LIMIT);
    OK(views_put(v, VIEW_USER, slice_of(long_key, 511), SLICE(""), &test_err));
    views_close(v);
}

/* A reader in another process under a filter that forbids opening files sees one state at a time
 * and follows a map that grows under it. */
static int sandboxed_reader(const char *dir, int in, int out)
{
    struct views *v = NULL;
    struct err e = {0};
    if (views_open(dir, VIEWS_READ, 0, &e, &v) < 0)
        return 1;
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
    seccomp_rule_add(f, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(open), 0);
    seccomp_rule_add(f, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 0);
    if (seccomp_load(f) < 0 || open("/dev/null", O_RDONLY) >= 0)
        return 2;
    char c;
    for (uint64_t round = 1; read(in, &c, 1) == 1; round++) {
        if (views_begin(v, &e) < 0)
            return 3;
        uint64_t first = views_upto(v);
        if (first != round * 10 || !has(v, "round", c == 'g' ? "grown" : "small"))
            return 4;
        if (write(out, "r", 1) != 1 || read(in, &c, 1) != 1)
            return 5;
        if (!has(v, "late", NULL)) /* put after the look began */
            return 6;
        views_end(v);
        if (views_begin(v, &e) < 0 || !has(v, "late", "x"))
            return 7;
        views_end(v);
        if (write(out, "r", 1) != 1)
            return 8;
    }
    return 0;
}

static void readers(void **state)
{
    const char *dir = in_dir(*state, "r");
    struct views *v = open_at(dir, VIEWS_WRITE);
    views_close(v);
    int to[2], from[2];
    assert_int_equal(pipe(to) | pipe(from), 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(to[1]);
        _exit(sandboxed_reader(dir, to[0], from[1]));
    }
    close(to[0]);
    close(from[1]);
    v = open_at(dir, VIEWS_WRITE);
    char c, big[4096];
    memset(big, 'x', sizeof(big));
    for (uint64_t round = 1; round <= 2; round++) {
        if (round == 2) {
            OK(views_del(v, VIEW_COUNTER, SLICE("late"), &test_err));
            OK(views_commit(v, 11, &test_err));
            for (uint64_t i = 0; i < 4000; i++) { /* far over the 1 MiB it began with */
                OK(views_put(v, VIEW_USER, slice_of((const char *)&i, 8), slice_of(big, 4096),
                             &test_err));
                if (i % 50 == 0)
                    OK(views_commit(v, 11, &test_err));
            }
        }
        put(v, "round", round == 2 ? "grown" : "small");
        OK(views_commit(v, round * 10, &test_err));
        assert_int_equal(write(to[1], round == 2 ? "g" : "s", 1), 1);
        assert_int_equal(read(from[0], &c, 1), 1);
        put(v, "late", "x");
        OK(views_commit(v, round * 10 + 1, &test_err));
        assert_int_equal(write(to[1], "g", 1), 1);
        assert_int_equal(read(from[0], &c, 1), 1);
    }
    struct views_size size;
    OK(views_size(v, &size, &test_err));
    assert_true(size.map_bytes > 16u << 20);
    assert_int_equal(size.entries[VIEW_USER], 4000);
    close(to[1]);
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    views_close(v);
}

/* One batch larger than the map fails as a whole, and fits after the rollback. */
static void growth(void **state)
{
    struct views *v = open_at(in_dir(*state, "g"), VIEWS_WRITE);
    char big[4096] = "";
    int r = ERR_FULL, tries = 0;
    for (; r == ERR_FULL && tries < 12; tries++) {
        r = 0;
        for (uint64_t i = 0; r == 0 && i < 3000; i++)
            r = views_put(v, VIEW_USER, slice_of((const char *)&i, 8), slice_of(big, 4096),
                          &test_err);
        if (r == 0)
            r = views_commit(v, 1, &test_err);
        if (r < 0)
            views_rollback(v);
    }
    assert_int_equal(r, 0);
    assert_true(tries > 1);
    views_close(v);
}

static int64_t stuck_pid, stuck_us;

static void on_stuck(void *arg, int64_t pid, int64_t held_us)
{
    (void)arg;
    stuck_pid = pid;
    stuck_us = held_us;
}

static void stuck_readers(void **state)
{
    const char *dir = in_dir(*state, "s");
    struct views *v = open_at(dir, VIEWS_WRITE);
    int ready[2];
    char c;
    assert_int_equal(pipe(ready), 0);
    views_close(v);
    pid_t pid = fork();
    if (pid == 0) {
        v = open_at(dir, VIEWS_READ);
        if (views_begin(v, &test_err) < 0 || write(ready[1], "r", 1) != 1)
            _exit(1);
        pause();
        _exit(0);
    }
    v = open_at(dir, VIEWS_WRITE);
    assert_int_equal(read(ready[0], &c, 1), 1);
    OK(views_check_readers(v, 20000, on_stuck, NULL, &test_err));
    assert_int_equal(stuck_pid, 0);
    for (int64_t end = clock_mono_us() + 30000; clock_mono_us() < end;)
        usleep(1000);
    OK(views_check_readers(v, 20000, on_stuck, NULL, &test_err));
    assert_int_equal(stuck_pid, pid);
    assert_true(stuck_us >= 20000);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_int_equal(views_check_readers(v, 20000, on_stuck, NULL, &test_err), 1);
    stuck_pid = 0;
    assert_int_equal(views_check_readers(v, 0, on_stuck, NULL, &test_err), 0);
    assert_int_equal(stuck_pid, 0);
    views_close(v);
}

/* The writer is killed: the state of its last commit is there. Another run of the machine: not
 * trusted. */
static void unclean(void **state)
{
    const char *dir = in_dir(*state, "u");
    pid_t pid = fork();
    if (pid == 0) {
        struct views *v = open_at(dir, VIEWS_WRITE);
        put(v, "k", "v");
        OK(views_commit(v, 5, &test_err));
        put(v, "lost", "v");
        kill(getpid(), SIGKILL);
    }
    waitpid(pid, NULL, 0);
    struct views *v = open_at(dir, VIEWS_WRITE);
    assert_int_equal(views_upto(v), 5);
    assert_true(has(v, "k", "v") && has(v, "lost", NULL));
    views_close(v);
    int fd = open(in_dir(*state, "u/boot"), O_WRONLY | O_TRUNC);
    assert_int_equal(write(fd, "another run\n", 12), 12);
    close(fd);
    struct err e = {0};
    assert_int_equal(views_open(dir, VIEWS_WRITE, 0, &e, &v), ERR_CORRUPT);
    OK(views_drop(dir, &test_err));
    v = open_at(dir, VIEWS_WRITE);
    assert_int_equal(views_upto(v), 0);
    views_close(v);
    fd = open(in_dir(*state, "u/data.mdb"), O_WRONLY | O_TRUNC);
    char junk[8192];
    memset(junk, 7, sizeof(junk));
    assert_int_equal(write(fd, junk, sizeof(junk)), sizeof(junk));
    close(fd);
    assert_int_equal(views_open(dir, VIEWS_WRITE, 0, &e, &v), ERR_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(batches), cmocka_unit_test(readers),
                                       cmocka_unit_test(growth), cmocka_unit_test(stuck_readers),
                                       cmocka_unit_test(unclean)};
    return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
