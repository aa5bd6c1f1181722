/* The store whole: lock, history, quarantine from end to end, retention. */
#include "store_site.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

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

int main(void)
{
    log_init("test", LOG_ERROR, -1);
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locking),       cmocka_unit_test(history),
        cmocka_unit_test(quarantine),    cmocka_unit_test(asked_twice),
        cmocka_unit_test(history_alone), cmocka_unit_test(retention)};
    return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
