/* What the store survives: folding anew, damage, kills, a full disk, lost events. */
#include "store_site.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* All of the views and archive as one text. */
static bool add_pair(void *arg, struct slice key, struct slice value)
{
    buf_add(arg, key);
    buf_chr(arg, '=');
    buf_add(arg, value);
    buf_chr(arg, '\n');
    return true;
}

static void dump(struct store *s, struct buf *out)
{
    for (int v = VIEW_META + 1; v < VIEWS; v++)
        OK(views_each(store_views(s), (enum view)v, SLICE(""), add_pair, out, &test_err));
    struct arena *a = arena_new(0);
    struct history_query q = {.side = -1, .mail_class = -1, .action = -1, .limit = 1000};
    struct holds_query hq = {.limit = 1000};
    struct scan_row *rows;
    struct hold *holds;
    struct act_row *acts;
    uint64_t next;
    size_t n;
    OK(archive_history(store_archive(s), &q, a, &test_err, &rows, &n, &next));
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%llu %lld %g %.*s %.*s\n", (unsigned long long)rows[i].seq,
                   (long long)rows[i].at_us, rows[i].score, SLICE_ARG(rows[i].from_domain),
                   SLICE_ARG(rows[i].subject));
    OK(archive_holds(store_archive(s), &hq, a, &test_err, &holds, &n));
    for (size_t i = 0; i < n; i++) {
        buf_add(out, slice_of((const char *)holds[i].hold, 16));
        buf_add(out, holds[i].sealed);
        buf_printf(out, "%d %d %lld %lld %u\n", (int)holds[i].kind, (int)holds[i].state,
                   (long long)holds[i].changed_us, (long long)holds[i].allow_until_us,
                   holds[i].failures);
    }
    OK(archive_acts(store_archive(s), 0, 1000, a, &test_err, &acts, &n));
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%llu %.*s %.*s\n", (unsigned long long)acts[i].seq,
                   SLICE_ARG(acts[i].kind), SLICE_ARG(acts[i].verb));
    arena_free(a);
}

static int doubled(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    (void)arg;
    return views_put(t->views, VIEW_BAND, slice_of((const char *)ev->learned.digest, 16),
                     ev->learned.lesson, e);
}

/* A random life, folded as it came, then folded anew: the same. */
static void rebuild(void **state)
{
    static const struct folder more[] = {
        {.name = "bands", .into = FOLD_VIEWS, .kind = EVENT_LEARNED, .fn = doubled}, {0}};
    const char *dir = in_dir(*state, "rebuild");
    struct store_options o = {.dir = dir, .segment_bytes = 20000, .folders = more};
    struct store *s = NULL;
    struct arena *a = arena_new(0);
    unsigned char holds[40][16];
    unsigned n_holds = 0;
    uint64_t random_state = 7;
    OK(store_open(&o, &test_err, &s));
    for (unsigned n = 1; n <= 400; n++) {
        random_state = random_state * 6364136223846793005u + 1442695040888963407u;
        unsigned r = (unsigned)(random_state >> 33);
        struct event ev = scanned(n);
        if (r % 5 == 1)
            ev = learned(r % 50, r & 1);
        if (r % 5 == 2)
            ev = counted(r & 8 ? "spam" : "ham", r % 7);
        if (r % 5 == 3) {
            ev = (struct event){.kind = EVENT_UNLEARNED};
            ev.unlearned.digest[0] = (unsigned char)(r % 50);
        }
        append(s, &ev);
        OK(store_commit(s, r % 4 == 0, &test_err));
        if (r % 11 == 0 && n_holds < 40) {
            struct hold_new h = message_for("x@example.org", r & 16 ? "m1" : "m2", HOLD_OF_BULK);
            OK(quarantine_add(s, &h, &test_err, holds[n_holds++]));
        }
        if (n_holds && r % 7 == 0)
            (void)!act(s, holds[r % n_holds], (enum hold_act)(r / 64 % HOLD_ACTS),
                       r & 32 ? HOLD_BY_NODE : HOLD_BY_USER, "x@example.org", a, NULL);
        if (r % 60 == 0) { /* stop and start in between */
            store_close(s);
            OK(store_open(&o, &test_err, &s));
        }
    }
    OK(store_commit(s, true, &test_err));
    struct buf before = BUF_INIT(4u << 20), after = BUF_INIT(4u << 20);
    dump(s, &before);
    if (n_holds < 20 || before.n < 5000)
        fail_msg("%u holds, %zu bytes: too quiet a life", n_holds, before.n);
    OK(store_rebuild(s, &test_err));
    dump(s, &after);
    assert_true(slice_eq(buf_slice(&before), buf_slice(&after)));
    store_close(s);
    /* Damaged archive and no views at all: begun anew by themselves. */
    int fd = open(in_dir(*state, "rebuild/archive.db"), O_RDWR);
    char junk[5000];
    memset(junk, 'z', sizeof(junk));
    assert_int_equal(pwrite(fd, junk, sizeof(junk), 0), sizeof(junk));
    close(fd);
    remove_tree(in_dir(*state, "rebuild/views"));
    OK(store_open(&o, &test_err, &s));
    buf_reset(&after);
    dump(s, &after);
    assert_true(slice_eq(buf_slice(&before), buf_slice(&after)));
    assert_int_equal(access(in_dir(*state, "rebuild/archive.db.bad"), F_OK), 0);
    buf_fini(&before);
    buf_fini(&after);
    arena_free(a);
    store_close(s);
}

/* The archive is damaged while open: mended at the next commit. */
static void damaged_while_open(void **state)
{
    struct store *s = open_with(in_dir(*state, "mend"), false);
    for (unsigned n = 1; n <= 50; n++) {
        struct event ev = scanned(n);
        append(s, &ev);
    }
    OK(store_commit(s, true, &test_err));
    store_close(s);
    int fd = open(in_dir(*state, "mend/archive.db"), O_RDWR);
    char junk[4096];
    memset(junk, 0xEE, sizeof(junk));
    struct stat st;
    fstat(fd, &st);
    for (off_t at = 4096; at + 4096 <= st.st_size; at += 4096) /* all but the head */
        assert_int_equal(pwrite(fd, junk, sizeof(junk), at), sizeof(junk));
    close(fd);
    s = open_with(in_dir(*state, "mend"), false);
    struct event ev = scanned(51);
    append(s, &ev);
    OK(store_commit(s, true, &test_err));
    assert_false(store_is_behind(s));
    struct archive_stats stats;
    OK(archive_stats(store_archive(s), 0, &test_err, &stats));
    assert_int_equal(stats.scans, 51);
    store_close(s);
}

/* A keeper is killed while it learns, holds and releases: what it acknowledged is there. */
static void kills(void **state)
{
    const char *dir = in_dir(*state, "kills");
    struct told {
        unsigned learned, held;
        unsigned char hold[16];
    } told = {0}, t;
    for (unsigned round = 0; round < 8; round++) {
        int fd[2];
        assert_int_equal(pipe(fd), 0);
        pid_t pid = fork();
        if (pid == 0) {
            struct store *s = open_with(dir, false);
            t = told;
            for (;;) {
                struct event ev = counted("learned", 1);
                append(s, &ev);
                OK(store_commit(s, true, &test_err));
                t.learned++;
                if (t.learned % 3 == 0) {
                    char raw[32];
                    snprintf(raw, sizeof(raw), "message %u", t.held + 1);
                    struct hold_new n = message_for("a@example.org", raw, HOLD_OF_SPAM);
                    OK(quarantine_add(s, &n, &test_err, t.hold));
                    t.held++;
                }
                if (write(fd[1], &t, sizeof(t)) != sizeof(t))
                    _exit(1);
            }
        }
        close(fd[1]);
        for (unsigned i = 0; i < 9 + round && read(fd[0], &t, sizeof(t)) == sizeof(t); i++)
            told = t;
        kill(pid, SIGKILL);
        while (read(fd[0], &t, sizeof(t)) == sizeof(t))
            told = t;
        waitpid(pid, NULL, 0);
        close(fd[0]);
        struct store *s = open_with(dir, false);
        struct arena *a = arena_new(0);
        struct archive_stats stats;
        struct hold h;
        struct hold_words w;
        struct buf raw = BUF_INIT(100);
        char want[32];
        assert_true(fold_counter(store_views(s), "learned") >= told.learned);
        OK(archive_stats(store_archive(s), 0, &test_err, &stats));
        assert_true(stats.holds[HOLD_HELD] >= told.held);
        OK(archive_hold(store_archive(s), told.hold, a, &test_err, &h));
        OK(quarantine_open(s, &h, a, &test_err, &w, &raw));
        snprintf(want, sizeof(want), "message %u", told.held);
        assert_string_equal(buf_cstr(&raw), want);
        told.learned = (unsigned)fold_counter(store_views(s), "learned");
        told.held = (unsigned)stats.holds[HOLD_HELD];
        buf_fini(&raw);
        arena_free(a);
        store_close(s);
    }
}

/* A whole file system of 3 MB fills up: acts answer "full", reading goes on, also after a new
 * start, and all goes on when there is room. Needs root for the mount. */
static void full_disk(void **state)
{
    const char *dir = in_dir(*state, "tiny");
    mkdir(dir, 0700);
    if (mount("tmpfs", dir, "tmpfs", 0, "size=3m") < 0)
        skip();
    const char *data = in_dir(*state, "tiny/data"), *ballast = in_dir(*state, "tiny/ballast");
    struct store_options o = {.dir = data, .map_bytes = 1u << 20};
    struct store *s = NULL;
    OK(store_open(&o, &test_err, &s));
    struct arena *a = arena_new(0);
    unsigned char hold[16];
    struct hold_new n = message_for("a@example.org", "kept", HOLD_OF_SPAM);
    OK(quarantine_add(s, &n, &test_err, hold));
    static char block[65536];
    int fd = open(ballast, O_WRONLY | O_CREAT, 0600), r = 0;
    while (write(fd, block, sizeof(block)) > 0 || write(fd, block, 512) > 0)
        ;
    close(fd);
    for (unsigned i = 0; i < 2000 && r == 0; i++) {
        struct event ev = learned(i, 1);
        ev.learned.lesson = slice_of(block, 4000);
        append(s, &ev);
        r = store_commit(s, true, &test_err);
    }
    assert_int_equal(r, ERR_FULL);
    uint64_t last = journal_last(store_journal(s));
    for (int again = 0; again < 2; again++) {
        struct hold h;
        struct hold_words w;
        struct buf raw = BUF_INIT(100);
        OK(archive_hold(store_archive(s), hold, a, &test_err, &h));
        OK(quarantine_open(s, &h, a, &test_err, &w, &raw));
        assert_string_equal(buf_cstr(&raw), "kept");
        buf_fini(&raw);
        static char big[40000];
        unsigned char none[16];
        rand_bytes(big, sizeof(big));
        n.raw = slice_of(big, sizeof(big));
        n.digest[15] = 1; /* another message: the same would be held already */
        assert_int_equal(quarantine_add(s, &n, &test_err, none), ERR_FULL);
        assert_int_equal(journal_last(store_journal(s)), last);
        store_close(s);
        OK(store_open(&o, &test_err, &s));
    }
    unlink(ballast);
    OK(store_tick(s, clock_now_us(), NULL, NULL, &test_err));
    struct event ev = learned(1999, 1);
    append(s, &ev);
    OK(store_commit(s, true, &test_err));
    assert_false(store_is_behind(s));
    assert_true(archive_upto(store_archive(s)) > last);
    arena_free(a);
    store_close(s);
    umount(dir);
}

/* The journal lost its end behind our back: said, and nothing stands for what is gone. */
static void lost_events(void **state)
{
    const char *dir = in_dir(*state, "lost");
    struct store *s = open_with(dir, false);
    struct event ev = scanned(1);
    append(s, &ev);
    OK(store_commit(s, true, &test_err));
    store_close(s);
    struct stat st;
    const char *seg = in_dir(*state, "lost/journal/00000001.seg");
    stat(seg, &st);
    s = open_with(dir, false);
    ev = scanned(2);
    append(s, &ev);
    OK(store_commit(s, true, &test_err));
    store_close(s);
    assert_int_equal(truncate(seg, st.st_size), 0);
    s = open_with(dir, false);
    struct archive_stats stats;
    struct act_row *acts;
    size_t n;
    struct arena *a = arena_new(0);
    OK(archive_stats(store_archive(s), 0, &test_err, &stats));
    assert_int_equal(stats.scans, 1);
    OK(archive_acts(store_archive(s), 0, 10, a, &test_err, &acts, &n));
    assert_int_equal(n, 1);
    assert_true(slice_eq(acts[0].detail, SLICE("events 2 to 2 are gone from the journal")));
    arena_free(a);
    store_close(s);
}

int main(void)
{
    log_init("test", LOG_ERROR, -1);
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rebuild), cmocka_unit_test(damaged_while_open), cmocka_unit_test(kills),
        cmocka_unit_test(full_disk), cmocka_unit_test(lost_events)};
    return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
