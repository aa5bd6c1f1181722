/* The store whole: lock, quarantine from end to end, rebuild, damage, kills, a full disk. */
#include "helpers.h"
#include "base/hash.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/rand.h"
#include "journal/store.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define DAY (INT64_C(86400) * 1000000)

static struct store *open_with(const char *dir, bool rebuild)
{
    struct store_options o = {.dir = dir, .segment_bytes = 20000, .rebuild = rebuild};
    struct store *s = NULL;
    OK(store_open(&o, &test_err, &s));
    assert_false(store_is_behind(s));
    return s;
}

static void append(struct store *s, const struct event *ev)
{
    OK(store_append(s, ev, &test_err, NULL));
}

static struct event scanned(unsigned n)
{
    static unsigned char people[32];
    struct event ev = {.kind = EVENT_SCANNED};
    ev.scanned.id[0] = (unsigned char)n;
    ev.scanned.id[1] = (unsigned char)(n >> 8);
    ev.scanned.digest[0] = (unsigned char)(n / 2);
    ev.scanned.side = (uint8_t)(n % 3);
    ev.scanned.score = n;
    ev.scanned.from_domain = n % 2 ? SLICE("news.example") : SLICE("mail.test");
    ev.scanned.subject = n % 5 ? SLICE("Hello \"world\"") : SLICE("Rechnung Nr. 5");
    people[0] = (unsigned char)(n % 4);
    people[16] = 9;
    ev.scanned.people = slice_of((const char *)people, 32);
    ev.scanned.findings = SLICE("[{\"name\":\"x\"}]");
    return ev;
}

static struct event learned(unsigned n, uint8_t label)
{
    struct event ev = {.kind = EVENT_LEARNED};
    ev.learned.digest[0] = (unsigned char)n;
    ev.learned.label = label;
    ev.learned.lesson = SLICE("opaque");
    return ev;
}

static void locking(void **state)
{
    const char *dir = in_dir(*state, "lock");
    struct store *s = open_with(dir, false);
    pid_t pid = fork();
    if (pid == 0) {
        struct store_options o = {.dir = dir};
        struct err e = {0};
        struct store *again;
        char want[64];
        snprintf(want, sizeof(want), "is in use by process %ld", (long)getppid());
        _exit(store_open(&o, &e, &again) == ERR_EXISTS && strstr(e.text, want) ? 0 : 1);
    }
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    unsigned char one[32], two[32], person[16], same[16];
    OK(store_secret(s, "digest", one, &test_err));
    store_pseudonym(s, SLICE("a@example.org"), person);
    store_close(s);
    s = open_with(dir, false);
    OK(store_secret(s, "digest", two, &test_err));
    store_pseudonym(s, SLICE("a@example.org"), same);
    assert_memory_equal(one, two, 32);
    assert_memory_equal(person, same, 16);
    store_pseudonym(s, SLICE("b@example.org"), same);
    assert_memory_not_equal(person, same, 16);
    struct buf out = BUF_INIT(8192);
    struct json j = JSON_INIT(&out);
    jsonw_object(&j, NULL);
    store_status(s, &j);
    jsonw_object_end(&j);
    assert_non_null(strstr(buf_cstr(&out), "\"behind\":false"));
    buf_fini(&out);
    store_close(s);
}

static void history(void **state)
{
    struct store *s = open_with(in_dir(*state, "history"), false);
    for (unsigned n = 1; n <= 300; n++) {
        struct event ev = scanned(n);
        append(s, &ev);
    }
    OK(store_commit(s, true, &test_err));
    struct arena *a = arena_new(0);
    struct archive *ar = store_archive(s);
    struct scan_row row, *rows;
    uint64_t next;
    size_t n;
    unsigned char id[16] = {44, 1}; /* 300 */
    OK(archive_scan(ar, id, a, &test_err, &row));
    assert_true(row.score == 300 && slice_eq(row.findings, SLICE("[{\"name\":\"x\"}]")));
    assert_int_equal(row.people.n, 32);
    id[2] = 1;
    assert_int_equal(archive_scan(ar, id, a, &test_err, &row), ERR_NOENT);
    unsigned char digest[16] = {50};
    OK(archive_scan_of(ar, digest, a, &test_err, &row));
    assert_int_equal(row.seq, 101);
    struct history_query q = {.side = -1, .mail_class = -1, .action = -1, .limit = 10};
    OK(archive_history(ar, &q, a, &test_err, &rows, &n, &next));
    assert_int_equal(n, 10);
    assert_int_equal(rows[0].seq, 300);
    q.before_seq = rows[9].seq;
    OK(archive_history(ar, &q, a, &test_err, &rows, &n, &next));
    assert_int_equal(rows[0].seq, 290);
    static const struct {
        int side;
        unsigned char person;
        const char *words;
        size_t want;
    } cases[] = {{1, 0, "", 100},        {-1, 3, "", 75},         {-1, 9, "", 300},
                 {-1, 8, "", 0},         {-1, 0, "rechnung", 60}, {-1, 0, "news \"world\"", 120},
                 {-1, 0, "nr* OR x", 0}, {2, 3, "Hello", 20},     {-1, 0, "\" ) NEAR", 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned char person[16] = {cases[i].person};
        struct history_query c = {.side = cases[i].side,
                                  .mail_class = -1,
                                  .action = -1,
                                  .limit = 1000,
                                  .person = cases[i].person ? person : NULL,
                                  .words = slice_str(cases[i].words)};
        OK(archive_history(ar, &c, a, &test_err, &rows, &n, &next));
        if (n != cases[i].want)
            fail_msg("case %zu: %zu rows, want %zu", i, n, cases[i].want);
    }
    struct archive_stats stats;
    OK(archive_stats(ar, 0, &test_err, &stats));
    assert_int_equal(stats.scans, 300);
    assert_int_equal(stats.by_side[0] + stats.by_side[1] + stats.by_side[2], 300);
    arena_free(a);
    store_close(s);
}

static struct hold_new message_for(const char *rcpt, const char *raw, enum hold_kind kind)
{
    struct hold_new n = {.kind = kind, .score = 9.5, .keep_us = 14 * DAY, .raw = slice_str(raw)};
    uint64_t hash = hash_bytes(n.raw, 1);
    memcpy(n.digest, &hash, sizeof hash);
    n.words.rcpt = n.owner = slice_str(rcpt);
    n.words.mail_from = SLICE("sender@example.net");
    n.words.subject = SLICE("Win now");
    return n;
}

static int act(struct store *s, const unsigned char hold[16], enum hold_act what,
               enum hold_role role, const char *who, struct arena *a, struct hold *out)
{
    struct quarantine_act q = {
        .act = what, .who.role = role, .allow_once = true, .reason = SLICE("asked for")};
    memcpy(q.hold, hold, 16);
    store_pseudonym(s, slice_str(who), q.who.person);
    return quarantine_do(s, &q, a, &test_err, out);
}

static void quarantine(void **state)
{
    const char *dir = in_dir(*state, "q");
    clock_fix(1000000);
    struct store *s = open_with(dir, false);
    struct arena *a = arena_new(0);
    unsigned char one[16], two[16], bad[16];
    struct hold_new n = message_for("a@example.org", "the message", HOLD_OF_SPAM);
    OK(quarantine_add(s, &n, &test_err, one));
    n = message_for("b@example.org", "the message", HOLD_OF_SPAM);
    OK(quarantine_add(s, &n, &test_err, two));
    n = message_for("a@example.org", "an evil one", HOLD_OF_MALWARE);
    OK(quarantine_add(s, &n, &test_err, bad));
    struct hold h;
    struct hold_words w;
    struct buf raw = BUF_INIT(1000);
    OK(archive_hold(store_archive(s), one, a, &test_err, &h));
    OK(quarantine_open(s, &h, a, &test_err, &w, &raw));
    assert_true(slice_eq(w.rcpt, SLICE("a@example.org")) && slice_eq(w.subject, SLICE("Win now")));
    assert_string_equal(buf_cstr(&raw), "the message");
    unsigned char none[16] = {0}, a_person[16];
    store_pseudonym(s, SLICE("a@example.org"), a_person);
    assert_false(fold_allowed(store_views(s), h.digest, a_person, clock_now_us()));
    /* b may not touch what is a's; nobody but an operator releases malware. */
    assert_int_equal(act(s, one, HOLD_RELEASE, HOLD_BY_USER, "b@example.org", a, NULL), ERR_DENIED);
    assert_int_equal(act(s, bad, HOLD_RELEASE, HOLD_BY_USER, "a@example.org", a, NULL), ERR_DENIED);
    OK(act(s, one, HOLD_RELEASE, HOLD_BY_USER, "a@example.org", a, &h));
    assert_int_equal(h.state, HOLD_RELEASED);
    assert_int_equal(act(s, one, HOLD_RELEASE, HOLD_BY_USER, "a@example.org", a, NULL), ERR_EXISTS);
    /* Allow-once: this content, this person, 24 hours. */
    int64_t now = clock_now_us();
    unsigned char other[16] = {2}, b_person[16];
    store_pseudonym(s, SLICE("b@example.org"), b_person);
    assert_true(fold_allowed(store_views(s), h.digest, a_person, now + DAY - 1));
    assert_false(fold_allowed(store_views(s), h.digest, a_person, now + DAY));
    assert_false(fold_allowed(store_views(s), h.digest, b_person, now));
    assert_false(fold_allowed(store_views(s), other, a_person, now));
    struct event used = {.kind = EVENT_ALLOW_USED};
    memcpy(used.hold.digest, h.digest, 16);
    memcpy(used.hold.person, a_person, 16);
    append(s, &used);
    OK(store_commit(s, true, &test_err));
    assert_false(fold_allowed(store_views(s), h.digest, a_person, now));
    /* Release alone teaches nothing. */
    struct learned_mark mark;
    assert_int_equal(fold_learned(store_views(s), h.digest, none, &mark), ERR_NOENT);
    assert_int_equal(fold_learned(store_views(s), h.digest, a_person, &mark), ERR_NOENT);
    /* Delivered: a's words are gone, b's copy is whole. */
    OK(act(s, one, HOLD_FAIL, HOLD_BY_NODE, "", a, &h));
    assert_int_equal(h.state, HOLD_HELD);
    OK(act(s, one, HOLD_RELEASE, HOLD_BY_USER, "a@example.org", a, &h));
    OK(act(s, one, HOLD_DELIVER, HOLD_BY_NODE, "", a, &h));
    assert_int_equal(quarantine_open(s, &h, a, &test_err, &w, NULL), ERR_NOENT);
    buf_reset(&raw);
    OK(archive_hold(store_archive(s), two, a, &test_err, &h));
    OK(quarantine_open(s, &h, a, &test_err, &w, &raw));
    /* The last one that held it expires: the message is erased. */
    uint64_t expired;
    OK(quarantine_sweep(s, now + 13 * DAY, &test_err, &expired));
    assert_int_equal(expired, 0);
    clock_fix(1000000 + 15 * 86400);
    OK(quarantine_sweep(s, clock_now_us(), &test_err, &expired));
    assert_int_equal(expired, 2);
    assert_int_equal(objects_get(store_objects(s), h.object, &raw, &test_err), ERR_NOENT);
    uint64_t count, bytes;
    OK(objects_size(store_objects(s), &count, &bytes, &test_err));
    assert_int_equal(count, 0);
    struct holds_query q = {.states = 1u << HOLD_EXPIRED | 1u << HOLD_DELIVERED};
    struct hold *list;
    size_t m;
    OK(archive_holds(store_archive(s), &q, a, &test_err, &list, &m));
    assert_int_equal(m, 3);
    q = (struct holds_query){.unerased = true};
    OK(archive_holds(store_archive(s), &q, a, &test_err, &list, &m));
    assert_int_equal(m, 0);
    struct act_row *acts;
    OK(archive_acts(store_archive(s), 0, 10, a, &test_err, &acts, &m));
    assert_int_equal(m, 4); /* two releases by their recipient, two objects erased */
    assert_true(slice_eq(acts[0].kind, SLICE("erased")));
    assert_true(slice_eq(acts[3].verb, SLICE("release")) &&
                slice_eq(acts[3].detail, SLICE("asked for")));
    clock_fix(-1);
    buf_fini(&raw);
    arena_free(a);
    store_close(s);
}

/* A server that tries again after a tempfail asks for the same hold; it gets it while it is held,
 * and a new one when it is over, when it is another's, another message or worse than it was. */
static void asked_twice(void **state)
{
    const char *dir = in_dir(*state, "twice");
    clock_fix(1000000);
    struct store *s = open_with(dir, false);
    struct arena *a = arena_new(0);
    unsigned char first[16], next[16];
    static const struct {
        const char *rcpt, *raw;
        enum hold_kind kind;
        unsigned char digest;
        bool is_same;
    } cases[] = {{"a@example.org", "the message", HOLD_OF_SPAM, 1, true},
                 {"a@example.org", "Received: again\n\nthe message", HOLD_OF_SPAM, 1, true},
                 {"b@example.org", "the message", HOLD_OF_SPAM, 1, false},
                 {"a@example.org", "another", HOLD_OF_SPAM, 2, false},
                 {"a@example.org", "the message", HOLD_OF_MALWARE, 1, false},
                 {"", "set aside", HOLD_OF_OTHER, 1, false},
                 {"", "set aside", HOLD_OF_OTHER, 1, false},
                 {"c@example.org", "no digest", HOLD_OF_SPAM, 0, false},
                 {"c@example.org", "no digest", HOLD_OF_SPAM, 0, false}};
    struct hold_new n = message_for("a@example.org", "the message", HOLD_OF_SPAM);
    memset(n.digest, 0, 16);
    n.digest[0] = 1;
    OK(quarantine_add(s, &n, &test_err, first));
    struct holds_query all = {.limit = 100};
    struct hold *list;
    size_t held, want = 1;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        n = message_for(cases[i].rcpt, cases[i].raw, cases[i].kind);
        memset(n.digest, 0, 16);
        n.digest[0] = cases[i].digest;
        OK(quarantine_add(s, &n, &test_err, next));
        want += !cases[i].is_same;
        OK(archive_holds(store_archive(s), &all, a, &test_err, &list, &held));
        if ((memcmp(first, next, 16) == 0) != cases[i].is_same || held != want)
            fail_msg("case %zu: %zu holds, want %zu", i, held, want);
    }
    OK(act(s, first, HOLD_RELEASE, HOLD_BY_USER, "a@example.org", a, NULL));
    n = message_for("a@example.org", "the message", HOLD_OF_SPAM);
    memset(n.digest, 0, 16);
    n.digest[0] = 1;
    OK(quarantine_add(s, &n, &test_err, next));
    assert_memory_not_equal(first, next, 16);
    clock_fix(1000000 + 15 * 86400); /* its time is over, and nobody has swept yet */
    OK(quarantine_add(s, &n, &test_err, first));
    assert_memory_not_equal(first, next, 16);
    clock_fix(-1);
    arena_free(a);
    store_close(s);
}

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

/* Scans are appended without a commit of their own: neither a quiet tick nor a busy second may
 * leave them in memory. */
static void history_alone(void **state)
{
    struct store_options o = {.dir = in_dir(*state, "history")};
    struct store *s = NULL;
    OK(store_open(&o, &test_err, &s));
    struct event ev = {.kind = EVENT_SCANNED};
    append(s, &ev);
    OK(store_tick(s, clock_now_us(), NULL, NULL, &test_err));
    assert_int_equal(journal_synced(store_journal(s)), journal_last(store_journal(s)));
    uint64_t before = journal_last(store_journal(s));
    assert_true(before > 0);
    static char findings[20000];
    memset(findings, 'x', sizeof(findings));
    ev.scanned.findings = slice_of(findings, sizeof(findings));
    for (int i = 0; i < 2000; i++) /* 40 MB */
        append(s, &ev);
    assert_true(journal_last(store_journal(s)) > before + 1500);
    struct event lesson = learned(1, 1);
    append(s, &lesson);
    OK(store_commit(s, true, &test_err));
    assert_int_equal(journal_synced(store_journal(s)), before + 2001);
    store_close(s);
}

static void retention(void **state)
{
    struct store_options o = {.dir = in_dir(*state, "retain"),
                              .segment_bytes = 500,
                              .keep_us = {30 * DAY, 14 * DAY, 180 * DAY, -1, -1}};
    struct store *s = NULL;
    clock_fix(1000000);
    OK(store_open(&o, &test_err, &s));
    struct arena *a = arena_new(0);
    unsigned char held[16], gone[16];
    struct hold_new n = message_for("a@example.org", "long", HOLD_OF_SPAM);
    n.keep_us = 400 * DAY;
    OK(quarantine_add(s, &n, &test_err, held));
    n = message_for("a@example.org", "short", HOLD_OF_SPAM);
    OK(quarantine_add(s, &n, &test_err, gone));
    OK(act(s, gone, HOLD_DELETE, HOLD_BY_USER, "a@example.org", a, NULL));
    for (unsigned i = 1; i <= 20; i++) {
        struct event ev = scanned(i), lesson = learned(i, 1);
        append(s, &ev);
        append(s, &lesson);
        OK(store_commit(s, true, &test_err));
    }
    clock_fix(1000000 + 40 * 86400);
    uint64_t dropped;
    OK(store_retain(s, clock_now_us(), &test_err, &dropped));
    assert_true(dropped >= 20); /* scans, and the hold that was deleted */
    struct archive_stats stats;
    OK(archive_stats(store_archive(s), 0, &test_err, &stats));
    assert_int_equal(stats.scans, 0);
    struct hold h;
    struct learned_mark mark;
    unsigned char none[16] = {0}, digest[16] = {5};
    OK(archive_hold(store_archive(s), held, a, &test_err, &h));
    assert_int_equal(archive_hold(store_archive(s), gone, a, &test_err, &h), ERR_NOENT);
    OK(fold_learned(store_views(s), digest, none, &mark));
    /* What the journal still holds gives the same again. */
    OK(store_rebuild(s, &test_err));
    OK(archive_hold(store_archive(s), held, a, &test_err, &h));
    OK(fold_learned(store_views(s), digest, none, &mark));
    clock_fix(1000000 + 200 * 86400);
    OK(store_retain(s, clock_now_us(), &test_err, &dropped));
    assert_true(dropped >= 19);
    assert_int_equal(fold_learned(store_views(s), digest, none, &mark), ERR_NOENT);
    OK(archive_hold(store_archive(s), held, a, &test_err, &h));
    clock_fix(-1);
    arena_free(a);
    store_close(s);
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
        cmocka_unit_test(locking),       cmocka_unit_test(history),
        cmocka_unit_test(quarantine),    cmocka_unit_test(asked_twice),
        cmocka_unit_test(rebuild),       cmocka_unit_test(damaged_while_open),
        cmocka_unit_test(kills),         cmocka_unit_test(full_disk),
        cmocka_unit_test(history_alone), cmocka_unit_test(retention),
        cmocka_unit_test(lost_events)};
    return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
