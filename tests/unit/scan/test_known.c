/* Whom a user writes to: marks tell the same person, another one, and one who only looks like it;
 * each user has his own memory; it is bounded and forgets. */
#include "../journal/helpers.h"
#include "scan/known_mark.h"
#include "mail/unicode.h"

#define DAY INT64_C(86400000000)

static const unsigned char KEY[16] = "0123456789abcde";
static const unsigned char ANN[16] = "ann", BOB[16] = "bob";

static struct known_mark mark(struct arena *a, const char *name, const char *local,
                              const char *domain)
{
    struct address x = {
        .display = slice_str(name), .local = slice_str(local), .domain = slice_str(domain)};
    struct known_mark m;
    known_mark(a, &x, KEY, &m);
    return m;
}

static void write_to(struct views *v, const unsigned char person[16], struct known_mark m,
                     int64_t at_us)
{
    struct buf b = BUF_INIT(640);
    known_pack(&b, &m);
    struct event ev = {.kind = EVENT_WRITTEN_TO, .at_us = at_us};
    memcpy(ev.written_to.person, person, 16);
    ev.written_to.marks = buf_slice(&b);
    OK(known_fold(v, &ev, &test_err));
    buf_fini(&b);
}

static const struct sender_case {
    const char *name, *local, *domain;
    struct known_sender want;
} CASES[] = {
    {"Rob Miller", "rob", "friends.example", {true, true, false, false}},
    {"", "ROB", "friends.example", {true, true, false, false}},
    {"Zoe Zed", "zoe", "mail.friends.example", {false, true, false, false}},
    {"Rob Miller",
     "rob",
     "fr\xd1\x96"
     "ends.example",
     {false, false, true, true}},                                              /* Cyrillic */
    {"Zoe Zed", "zoe", "xn--frends-qvf.example", {false, false, true, false}}, /* the same */
    {"rob  miller", "boss", "else.test", {false, false, false, false}}, /* other white space */
    {"ROB MILLER", "boss", "else.test", {false, false, false, true}},
    {"Rob", "boss", "else.test", {false, false, false, false}},
    {"Rob Miller rob@friends.example", "boss", "else.test", {false, false, false, false}},
    {"Somebody Else", "x", "else.test", {false, false, false, false}},
    {"Info", "info", "short.example", {true, true, false, false}},
    {"Info", "info", "else.test", {false, false, false, false}}, /* no telling name */
};

static void knows(void **state)
{
    struct views *v = NULL;
    struct arena *a = arena_new(0);
    OK(views_open(in_dir(*state, "k"), VIEWS_WRITE, 1u << 20, &test_err, &v));
    write_to(v, ANN, mark(a, "Rob Miller", "Rob", "Friends.example"), DAY);
    write_to(v, ANN, mark(a, "Info", "info", "short.example"), DAY);
    OK(views_commit(v, 1, &test_err));
    assert_true(known_any(v, ANN));
    assert_false(known_any(v, BOB));
    for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
        const struct sender_case *c = &CASES[i];
        struct known_mark m = mark(a, c->name, c->local, c->domain);
        struct known_sender got;
        known_find(v, ANN, &m, &got);
        if (memcmp(&got, &c->want, sizeof(got)) != 0)
            fail_msg("%s <%s@%s>: %d %d %d %d", c->name, c->local, c->domain, got.is_known,
                     got.is_domain, got.is_domain_like, got.is_name_other);
        known_find(v, BOB, &m, &got); /* one's memory is nobody else's */
        assert_false(got.is_known || got.is_domain || got.is_domain_like || got.is_name_other);
    }
    /* Nothing but hashes under another key. */
    struct known_mark one = mark(a, "Rob Miller", "rob", "friends.example"), other;
    struct address x = {
        .display = SLICE("Rob Miller"), .local = SLICE("rob"), .domain = SLICE("friends.example")};
    known_mark(a, &x, BOB, &other);
    assert_true(one.address != other.address && one.name != other.name);
    views_close(v);
    arena_free(a);
}

static void bounded(void **state)
{
    struct views *v = NULL;
    struct arena *a = arena_new(0);
    struct views_size size;
    struct known_sender got;
    char local[16];
    OK(views_open(in_dir(*state, "b"), VIEWS_WRITE, 1u << 20, &test_err, &v));
    for (int i = 0; i < 2 * KNOWN_A_DAY; i++) {
        snprintf(local, sizeof(local), "n%d", i);
        write_to(v, ANN, mark(a, "", local, "many.example"), DAY + i);
    }
    struct known_mark last = mark(a, "", local, "many.example"),
                      first = mark(a, "", "n0", "many.example");
    known_find(v, ANN, &last, &got);
    assert_false(got.is_known);
    write_to(v, ANN, first, DAY + 500); /* who is known already is refreshed */
    write_to(v, ANN, last, 2 * DAY);    /* the next day has room again */
    known_find(v, ANN, &last, &got);
    assert_true(got.is_known);
    OK(views_commit(v, 1, &test_err));
    OK(fold_prune(v, DAY, 2 * DAY + 400, &test_err));
    known_find(v, ANN, &first, &got);
    assert_true(got.is_known);
    struct known_mark second = mark(a, "", "n1", "many.example");
    known_find(v, ANN, &second, &got);
    assert_false(got.is_known);
    OK(fold_prune(v, DAY, 4 * DAY, &test_err));
    OK(views_commit(v, 2, &test_err));
    OK(views_size(v, &size, &test_err));
    assert_int_equal(size.entries[VIEW_KNOWN], 0);
    views_close(v);
    arena_free(a);
}

static void damaged(void **state)
{
    struct views *v = NULL;
    struct event ev = {.kind = EVENT_WRITTEN_TO, .at_us = DAY};
    OK(views_open(in_dir(*state, "d"), VIEWS_WRITE, 1u << 20, &test_err, &v));
    ev.written_to.marks = SLICE("short");
    OK(known_fold(v, &ev, &test_err));
    views_close(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(knows, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(bounded, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(damaged, make_dir, drop_dir),
    };
    unicode_warm();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
