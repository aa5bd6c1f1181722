/* The journal: torn tails, damage, kills, full and read-only disks, rotation, retention. */
#include "helpers.h"
#include "base/clock.h"
#include "base/log.h"
#include "journal/log.h"
#include "journal/segment.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct journal *open_at(const char *dir, uint64_t segment_bytes)
{
    struct journal *j = NULL;
    struct journal_options o = {.segment_bytes = segment_bytes};
    OK(journal_open(dir, &o, &test_err, &j));
    return j;
}

static uint64_t add(struct journal *j, const char *name, int64_t n, bool durable)
{
    struct event ev = counted(name, n);
    uint64_t seq = 0;
    OK(journal_append(j, &ev, &test_err, &seq));
    OK(journal_commit(j, durable, &test_err));
    return seq;
}

/* Reads all from `from`; checks that `add` is the sequence. Returns how many. */
static uint64_t count_from(struct journal *j, uint64_t from)
{
    struct journal_reader *r;
    struct event ev;
    uint64_t n = 0, last = 0;
    int got;
    OK(journal_read(j, from, &test_err, &r));
    while ((got = journal_next(r, &ev, &test_err)) == 1) {
        assert_true(ev.seq >= from && ev.seq > last);
        assert_int_equal(ev.kind, EVENT_COUNTED);
        assert_int_equal(ev.counted.add, ev.seq);
        last = ev.seq;
        n++;
    }
    if (got < 0)
        fail_msg("%s", test_err.text);
    journal_reader_free(r);
    return n;
}

static off_t size_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_size;
}

static void copy_file(const char *from, const char *to, off_t n)
{
    static char bytes[1 << 20];
    int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ssize_t got = read(in, bytes, sizeof(bytes));
    assert_true(got >= n);
    assert_int_equal(write(out, bytes, (size_t)n), n);
    close(in);
    close(out);
}

static void appends(void **state)
{
    const char *dir = in_dir(*state, "a");
    struct journal *j = open_at(dir, 0);
    assert_int_equal(journal_last(j), 0);
    assert_int_equal(count_from(j, 1), 0);
    for (int i = 1; i <= 100; i++)
        assert_int_equal(add(j, "x", i, i % 10 == 0), i);
    assert_int_equal(journal_synced(j), 100);
    add(j, "x", 101, false);
    assert_int_equal(journal_synced(j), 100);
    assert_int_equal(count_from(j, 1), 100); /* not what may yet be lost */
    OK(journal_commit(j, true, &test_err));
    assert_int_equal(count_from(j, 1), 101);
    assert_int_equal(count_from(j, 60), 42);
    struct event ev = counted("dropped", 1);
    OK(journal_append(j, &ev, &test_err, NULL));
    unsigned char node[16];
    memcpy(node, journal_node(j), 16);
    journal_close(j);
    j = open_at(dir, 0);
    assert_int_equal(journal_last(j), 101);
    assert_memory_equal(node, journal_node(j), 16);
    assert_int_equal(add(j, "x", 102, true), 102);
    journal_close(j);
}

/* A tail cut at every byte of the last event: the ones before stay, a new one follows. */
static void torn_tails(void **state)
{
    const char *dir = in_dir(*state, "t"), *seg = in_dir(*state, "t/00000001.seg"),
               *whole = in_dir(*state, "whole");
    struct journal *j = open_at(dir, 0);
    add(j, "one", 1, true);
    add(j, "two", 2, true);
    journal_close(j);
    off_t before = size_of(seg);
    j = open_at(dir, 0);
    add(j, "three and some more", 3, true);
    journal_close(j);
    off_t after = size_of(seg);
    copy_file(seg, whole, after);
    for (off_t n = before; n <= after; n++) {
        copy_file(whole, seg, n);
        j = open_at(dir, 0);
        const char *words;
        uint64_t cut = journal_cut(j, &words);
        assert_int_equal(cut, n == after ? 0 : n - before);
        if (cut)
            assert_non_null(strstr(words, "/t/00000001.seg: byte "));
        uint64_t last = n == after ? 3 : 2;
        assert_int_equal(journal_last(j), last);
        assert_int_equal(add(j, "next", (int64_t)last + 1, true), last + 1);
        assert_int_equal(count_from(j, 1), last + 1);
        journal_close(j);
    }
    /* A header cut short is a file that held nothing. */
    for (off_t n = 0; n < 64; n++) {
        copy_file(whole, seg, n);
        j = open_at(dir, 0);
        assert_int_equal(journal_last(j), 0);
        journal_close(j);
    }
}

/* One flipped bit anywhere before the last event is refused and named; nothing is cut. */
static void flipped_bits(void **state)
{
    const char *dir = in_dir(*state, "f"), *seg = in_dir(*state, "f/00000001.seg"),
               *whole = in_dir(*state, "fwhole");
    struct journal *j = open_at(dir, 0);
    for (int i = 1; i <= 4; i++)
        add(j, "event", i, true);
    journal_close(j);
    off_t size = size_of(seg);
    copy_file(seg, whole, size);
    off_t last = size - (size - 64) / 4;
    for (off_t at = 0; at < size; at++) {
        copy_file(whole, seg, size);
        int fd = open(seg, O_RDWR);
        char c;
        assert_int_equal(pread(fd, &c, 1, at), 1);
        c ^= (char)(1 << at % 8);
        assert_int_equal(pwrite(fd, &c, 1, at), 1);
        close(fd);
        struct err e = {0};
        int r = journal_open(dir, NULL, &e, &j);
        if (at >= last) { /* cannot be told from a torn tail */
            assert_int_equal(r, 0);
            assert_int_equal(journal_last(j), 3);
            journal_close(j);
            continue;
        }
        assert_int_equal(r, ERR_CORRUPT);
        assert_non_null(strstr(e.text, "f/00000001.seg: byte "));
        assert_int_equal(size_of(seg), size);
        struct buf report = BUF_INIT(4096);
        uint64_t events = 0;
        assert_int_equal(journal_verify(dir, &report, &e, &events), ERR_CORRUPT);
        assert_true(report.n > 0 && events < 4);
        buf_fini(&report);
    }
}

/* Events that were written but never promised may be lost in any order: cut, not refused. */
static void unpromised_damage(void **state)
{
    const char *dir = in_dir(*state, "u"), *seg = in_dir(*state, "u/00000001.seg");
    struct journal *j = open_at(dir, 0);
    add(j, "a", 1, true);
    off_t keep = size_of(seg);
    add(j, "b", 2, false);
    add(j, "c", 3, false);
    add(j, "d", 4, false);
    journal_close(j);
    int fd = open(seg, O_RDWR);
    assert_int_equal(pwrite(fd, "\0\0\0\0\0\0\0\0", 8, keep), 8);
    close(fd);
    j = open_at(dir, 0);
    assert_int_equal(journal_last(j), 1);
    assert_int_equal(count_from(j, 1), 1);
    journal_close(j);
}

static void rotation(void **state)
{
    const char *dir = in_dir(*state, "r");
    struct journal *j = open_at(dir, 1000);
    for (int i = 1; i <= 200; i++)
        add(j, "rotating", i, i % 3 == 0);
    OK(journal_commit(j, true, &test_err));
    struct journal_size size;
    journal_size(j, &size);
    assert_true(size.segments > 10);
    assert_int_equal(count_from(j, 1), 200);
    for (uint64_t from = 1; from <= 200; from += 13)
        assert_int_equal(count_from(j, from), 201 - from);
    journal_close(j);
    struct buf report = BUF_INIT(4096);
    uint64_t events;
    OK(journal_verify(dir, &report, &test_err, &events));
    assert_int_equal(events, 200);
    /* A file gone from the middle is named. */
    unlink(in_dir(*state, "r/00000005.seg"));
    struct err e;
    assert_int_equal(journal_open(dir, NULL, &e, &j), ERR_CORRUPT);
    assert_non_null(strstr(e.text, "00000005.seg is missing"));
    buf_fini(&report);
}

/* A reader that stays open sees what comes, across files. */
static void following(void **state)
{
    struct journal *j = open_at(in_dir(*state, "w"), 500);
    struct journal_reader *r;
    struct event ev;
    OK(journal_read(j, 1, &test_err, &r));
    for (int i = 1; i <= 50; i++) {
        assert_int_equal(journal_next(r, &ev, &test_err), 0);
        add(j, "follow", i, true);
        assert_int_equal(journal_next(r, &ev, &test_err), 1);
        assert_int_equal(ev.seq, i);
    }
    journal_reader_free(r);
    journal_close(j);
}

static bool spare_second(void *arg, const struct event *ev)
{
    (void)arg;
    return ev->seq == 2;
}

static void retention(void **state)
{
    const char *dir = in_dir(*state, "k");
    clock_fix(1000000);
    struct journal *j = open_at(dir, 600);
    for (int i = 1; i <= 40; i++) {
        struct event ev = counted("x", i);
        if (i % 4 == 0) {
            ev = (struct event){.kind = EVENT_ACTED};
            ev.acted.verb = SLICE("did");
        }
        ev.at_us = (1000000 + i) * INT64_C(1000000);
        OK(journal_append(j, &ev, &test_err, NULL));
        OK(journal_commit(j, true, &test_err));
    }
    int64_t keep[KEEP_CLASSES] = {10 * INT64_C(1000000), -1, -1, -1, -1, -1};
    uint64_t dropped = 0;
    OK(journal_retain(j, keep, 1000030 * INT64_C(1000000), spare_second, NULL, &test_err,
                      &dropped));
    assert_int_equal(dropped, 14); /* 1 to 20 without the five acts and the spared one */
    OK(journal_retain(j, keep, 1000030 * INT64_C(1000000), spare_second, NULL, &test_err,
                      &dropped));
    assert_int_equal(dropped, 0);
    uint64_t seen = 0;
    for (int again = 0; again < 2; again++) {
        struct journal_reader *r;
        struct event ev;
        seen = 0;
        OK(journal_read(j, 1, &test_err, &r));
        while (journal_next(r, &ev, &test_err) == 1) {
            assert_true(ev.seq > 20 || ev.seq == 2 || ev.kind == EVENT_ACTED);
            seen++;
        }
        journal_reader_free(r);
        assert_int_equal(seen, 26);
        journal_close(j);
        j = open_at(dir, 600);
    }
    assert_int_equal(journal_last(j), 40);
    /* All old files go when nothing is kept. */
    int64_t none[KEEP_CLASSES] = {0};
    OK(journal_retain(j, none, 2000000 * INT64_C(1000000), NULL, NULL, &test_err, &dropped));
    struct journal_size size;
    journal_size(j, &size);
    assert_int_equal(size.segments, 1);
    assert_true(journal_first(j) > 30);
    journal_close(j);
    struct buf report = BUF_INIT(4096);
    uint64_t events;
    OK(journal_verify(dir, &report, &test_err, &events));
    buf_fini(&report);
    clock_fix(-1);
}

/* A child appends and says so through a pipe until it is killed: all it said is there. */
static void kills(void **state)
{
    const char *dir = in_dir(*state, "kill");
    uint64_t told = 0, random_state = 42;
    for (int round = 0; round < 12; round++) {
        int pipe_fd[2];
        assert_int_equal(pipe(pipe_fd), 0);
        pid_t pid = fork();
        if (pid == 0) {
            struct journal *j = open_at(dir, 4000);
            for (uint64_t n = journal_last(j) + 1;; n++) {
                struct event ev = counted("killed", (int64_t)n);
                if (journal_append(j, &ev, NULL, NULL) < 0 ||
                    journal_commit(j, n % 3 == 0, NULL) < 0)
                    _exit(1);
                n = journal_last(j);
                uint64_t sure = journal_synced(j);
                if (write(pipe_fd[1], &sure, sizeof(sure)) < 0)
                    _exit(1);
            }
        }
        close(pipe_fd[1]);
        random_state = random_state * 6364136223846793005u + 1;
        uint64_t stop = told + 20 + (random_state >> 60);
        uint64_t sure;
        while (told < stop && read(pipe_fd[0], &sure, sizeof(sure)) == sizeof(sure))
            told = sure;
        kill(pid, SIGKILL);
        while (read(pipe_fd[0], &sure, sizeof(sure)) == sizeof(sure))
            told = sure;
        waitpid(pid, NULL, 0);
        close(pipe_fd[0]);
        struct journal *j = open_at(dir, 4000);
        assert_true(journal_last(j) >= told);
        assert_int_equal(count_from(j, 1), journal_last(j));
        told = journal_last(j);
        journal_close(j);
    }
}

/* A limit on file size stands for a full disk: a clear error, reading goes on, and writing too
 * once there is room. */
static void full_disk(void **state)
{
    struct journal *j = open_at(in_dir(*state, "full"), 0);
    add(j, "before", 1, true);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit old, small = {700, RLIM_INFINITY};
    getrlimit(RLIMIT_FSIZE, &old);
    small.rlim_max = old.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    struct err e = {0};
    int r = 0;
    int64_t n = 1;
    while (r == 0 && n < 100) {
        struct event ev = counted("filling the disk", n + 1);
        OK(journal_append(j, &ev, &test_err, NULL));
        r = journal_commit(j, true, &e);
        n += r == 0;
    }
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(r, ERR_FULL);
    assert_int_equal(journal_last(j), n);
    assert_int_equal(count_from(j, 1), n);
    assert_int_equal(add(j, "room again", n + 1, true), n + 1);
    assert_int_equal(count_from(j, 1), n + 1);
    journal_close(j);
}

static void read_only(void **state)
{
    const char *dir = in_dir(*state, "ro");
    struct journal *j = open_at(dir, 0);
    add(j, "x", 1, true);
    journal_close(j);
    struct journal_options o = {.read_only = true};
    OK(journal_open(dir, &o, &test_err, &j));
    struct event ev = counted("x", 2);
    assert_int_equal(journal_append(j, &ev, NULL, NULL), ERR_FULL);
    assert_int_equal(count_from(j, 1), 1);
    journal_close(j);
    chmod(in_dir(*state, "ro/00000001.seg"), 0400);
    chmod(dir, 0500);
    pid_t pid = fork();
    if (pid == 0) { /* root may write everywhere: be somebody else */
        if (getuid() == 0 &&
            (chown(*state, 65534, 65534) < 0 || chown(dir, 65534, 65534) < 0 ||
             chown(in_dir(*state, "ro/00000001.seg"), 65534, 65534) < 0 || setuid(65534) < 0))
            _exit(9);
        if (journal_open(dir, NULL, NULL, &j) < 0)
            _exit(1);
        if (!journal_is_read_only(j) || journal_append(j, &ev, NULL, NULL) != ERR_FULL)
            _exit(2);
        _exit(count_from(j, 1) == 1 ? 0 : 3);
    }
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    chmod(dir, 0700);
}

int main(void)
{
    log_init("test", LOG_ERROR, -1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends),      cmocka_unit_test(torn_tails),
        cmocka_unit_test(flipped_bits), cmocka_unit_test(unpromised_damage),
        cmocka_unit_test(rotation),     cmocka_unit_test(following),
        cmocka_unit_test(retention),    cmocka_unit_test(kills),
        cmocka_unit_test(full_disk),    cmocka_unit_test(read_only)};
    return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
