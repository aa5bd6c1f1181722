/* Retention of the desk: what is closed for longer than `keep.cases` goes, its key first; what is
 * open, or what something stands on that is not over, stays; a rebuild gives no more than that. */
#include "desk_site.h"

#define CONF "keep { cases = 30d }\n"

static void retain(struct site *s, int64_t days)
{
    uint64_t dropped;
    clock_fix(NOW + days * DAY);
    OK(store_retain(s->keep.store, clock_now_us(), &test_err, &dropped));
}

static void close_case(struct site *s, const char *code)
{
    assert_int_equal(ask(s, &civil, with(s, "case", code, "/step"),
                         "{\"state\":\"closed\",\"outcome\":\"stopped\",\"note\":\"gone\"}"),
                     200);
}

static uint32_t is_there(struct site *s, const char *what, const char *code)
{
    return ask(s, &stranger, with(s, what, code, ""), "{}");
}

static bool has_key(struct site *s, const char *code)
{
    unsigned char id[16], name[KEY_BYTES], key[KEY_BYTES];
    assert_true(code_parse(slice_str(code), id));
    keyring_name("case", slice_of((const char *)id, 16), name);
    return keyring_get(store_keys(s->keep.store), name, false, key, NULL) == 0;
}

static int64_t rows(struct site *s, const char *table)
{
    char path[600], text[100];
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    int64_t n = -1;
    snprintf(path, sizeof(path), "%.*s/desk.db", SLICE_ARG(node_main(s->conf)->data));
    snprintf(text, sizeof(text), "SELECT count(*) FROM %s", table);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &st, NULL), SQLITE_OK);
    if (sqlite3_step(st) == SQLITE_ROW)
        n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return n;
}

static void cases(void **state)
{
    struct site s;
    clock_fix(NOW);
    open_site(&s, *state, CONF);
    const char *closed = new_case(&s, 1, "192.0.2.1", "ann@home.example");
    const char *open = new_case(&s, 2, "198.51.100.1", "bob@home.example");
    close_case(&s, closed);
    assert_int_equal(rows(&s, "kase"), 2);
    int64_t history = rows(&s, "history"), letters_before = rows(&s, "letter");
    retain(&s, 29);
    assert_int_equal(is_there(&s, "case", closed), 200);
    retain(&s, 31);
    assert_int_equal(is_there(&s, "case", closed), 404);
    assert_int_equal(is_there(&s, "case", open), 200);
    assert_false(has_key(&s, closed));
    assert_true(has_key(&s, open));
    assert_int_equal(rows(&s, "kase"), 1);
    assert_true(rows(&s, "history") < history);
    assert_true(rows(&s, "letter") < letters_before);
    assert_true(rows(&s, "mark") > 0); /* of the case that is left */
    close_case(&s, open);
    retain(&s, 62);
    static const char *const empty[] = {"kase", "history", "letter", "mark"};
    for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
        if (rows(&s, empty[i]) != 0)
            fail_msg("%s: %lld rows are left", empty[i], (long long)rows(&s, empty[i]));
    assert_false(has_key(&s, open));
    clock_fix(-1);
    close_site(&s);
}

/* A reporter's standing is that of the cases that are left. */
static void standing(void **state)
{
    struct site s;
    unsigned char person[16];
    unsigned confirmed, overturned;
    clock_fix(NOW);
    open_site(&s, *state, CONF);
    keep_person_of(&s.keep, SLICE("ann@home.example"), person);
    close_case(&s, new_case(&s, 1, "192.0.2.1", "ann@home.example"));
    OK(book_standing(s.keep.book, person, &test_err, &confirmed, &overturned));
    assert_int_equal(confirmed, 1);
    assert_int_equal(overturned, 0);
    retain(&s, 31);
    OK(book_standing(s.keep.book, person, &test_err, &confirmed, &overturned));
    assert_int_equal(confirmed, 0);
    clock_fix(-1);
    close_site(&s);
}

/* A case on which a listing stands stays; both go together, with the appeal. */
static void listings(void **state)
{
    struct site s;
    struct listed l;
    clock_fix(NOW);
    open_site(&s, *state, CONF);
    const char *listing = list(&s, "phishing", "tag", "bank-login.example"); /* 14 days */
    const char *evidence = arena_cstr(s.arena, slice_str(text(&s, "evidence")));
    const char *appeal = proven_appeal(&s, listing);
    close_case(&s, evidence);
    retain(&s, 40); /* the case is old; the listing ended 26 days ago, its appeal is open */
    assert_int_equal(is_there(&s, "case", evidence), 200);
    assert_int_equal(is_there(&s, "listing", listing), 200);
    keep_listing_tick(&s.keep, clock_now_us()); /* nobody decided: the clock did, on day 40 */
    assert_int_equal(is_there(&s, "appeal", appeal), 200);
    assert_string_equal(text(&s, "state"), "decided");
    retain(&s, 69);
    assert_int_equal(is_there(&s, "listing", listing), 200);
    retain(&s, 71);
    assert_int_equal(is_there(&s, "listing", listing), 404);
    assert_int_equal(is_there(&s, "appeal", appeal), 404);
    assert_int_equal(is_there(&s, "case", evidence), 404);
    assert_int_equal(rows(&s, "vote") + rows(&s, "listing") + rows(&s, "appeal"), 0);
    assert_int_equal(rows(&s, "history") + rows(&s, "letter"), 0);
    clock_fix(NOW + 2 * DAY);
    assert_false(is_listed(&s, "bank-login.example", &l)); /* nor in the scanners' view */
    clock_fix(-1);
    close_site(&s);
}

/* What the journal lost and kept gives the same again: also contacts and wanted mail, however old.
 */
static void rebuilt(void **state)
{
    struct site s;
    struct ip ip;
    struct slice mailbox, source;
    clock_fix(NOW);
    open_site(&s, *state, CONF);
    assert_int_equal(
        ask(&s, &root, "contacts",
            "{\"contacts\":[{\"net\":\"192.0.2.0/24\",\"mailbox\":\"abuse@isp.example\","
            "\"source\":\"table\"}]}"),
        200);
    const char *closed = new_case(&s, 1, "192.0.2.1", "ann@home.example");
    close_case(&s, closed);
    const char *open = new_case(&s, 2, "198.51.100.1", "bob@home.example");
    retain(&s, 400);
    OK(store_rebuild(s.keep.store, &test_err));
    assert_int_equal(is_there(&s, "case", open), 200);
    assert_true(ip_parse(SLICE("192.0.2.77"), &ip));
    OK(book_contact(s.keep.book, &ip, s.arena, &test_err, &mailbox, &source));
    assert_true(slice_eq(mailbox, SLICE("abuse@isp.example")));
    /* The segment being written is left alone: what comes back from it is unreadable, and goes
     * again. */
    assert_false(has_key(&s, closed));
    retain(&s, 401);
    assert_int_equal(is_there(&s, "case", closed), 404);
    assert_int_equal(is_there(&s, "case", open), 200);
    clock_fix(-1);
    close_site(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cases, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(standing, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(listings, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(rebuilt, make_dir, drop_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
