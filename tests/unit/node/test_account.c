/* Accounts: folded from events, erased with their key, sessions as capabilities, codes by time. */
#include "base/clock.h"
#include "node/account.h"
#include "node/hasher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[64];
static struct arena *a;
static struct accounts *s;
static struct store *store;
static struct folder folders[2];

static void open_store(bool rebuild)
{
    struct err e = {0};
    s = accounts_new();
    folders[0] = accounts_folder(s);
    struct store_options o = {.dir = dir, .folders = folders, .rebuild = rebuild};
    if (store_open(&o, &e, &store) < 0)
        fail_msg("%s", e.text);
    accounts_open(s, store, dir);
}

static void close_store(void)
{
    store_close(store);
    accounts_free(s);
}

static int begin(void **state)
{
    (void)state;
    snprintf(dir, sizeof(dir), "/tmp/muster-account-XXXXXX");
    if (mkdtemp(dir) == NULL)
        return -1;
    a = arena_new(0);
    open_store(false);
    return 0;
}

static int end(void **state)
{
    char command[100];
    (void)state;
    close_store();
    arena_free(a);
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    return system(command);
}

#define PROOF "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct account make(const char *name, unsigned roles)
{
    struct err e = {0};
    struct account_by by = {.reason = SLICE("a test")};
    char hash[ACCOUNT_PROOF_HEX + 1];
    assert_true(account_proof_hash(s, SLICE(PROOF), hash));
    struct account acc = {.name = arena_dup(a, slice_str(name)),
                          .roles = roles,
                          .stakeholder = STAKEHOLDER_CIVIL,
                          .mailbox = SLICE("anna@example.org"),
                          .salt = SLICE("00112233445566778899aabbccddeeff"),
                          .proof = arena_dup(a, slice_str(hash)),
                          .ops = 3,
                          .mem_kib = 65536};
    if (account_write(s, &acc, "made", &by, &e) < 0)
        fail_msg("%s", e.text);
    return acc;
}

static bool is_in_folder(const char *needle)
{
    char command[200];
    snprintf(command, sizeof(command), "grep -rqaF -- '%s' %s", needle, dir);
    return system(command) == 0;
}

static void an_account_is_found_by_its_name_in_any_case(void **state)
{
    (void)state;
    struct err e = {0};
    struct account acc = make("Anna", ACTOR_MEMBER | ACTOR_STEWARD), got = {0};
    assert_int_equal(account_by_name(s, SLICE("aNNa"), a, &e, &got), 0);
    assert_memory_equal(got.id, acc.id, 16);
    assert_true(slice_eq(got.mailbox, SLICE("anna@example.org")));
    assert_int_equal(got.roles, ACTOR_MEMBER | ACTOR_STEWARD);
    assert_int_equal(got.stakeholder, STAKEHOLDER_CIVIL);
    assert_int_equal(account_count(s, ACTOR_STEWARD), 1);
    assert_int_equal(account_by_name(s, SLICE("Ann"), a, &e, &got), ERR_NOENT);
    struct account other = {.name = SLICE("ANNA")};
    struct account_by by = {0};
    assert_int_equal(account_write(s, &other, "made", &by, &e), ERR_EXISTS);
    static const char *const bad[] = {"",     "x",   "a b",
                                      "a\nb", "<b>", "0123456789012345678901234567890123456789x"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        other.name = slice_str(bad[i]);
        assert_int_equal(account_write(s, &other, "made", &by, &e), ERR_USAGE);
    }
}

/* Not in the journal, and not in what SQLite still has lying about. */
static void what_is_removed_is_nowhere(void **state)
{
    (void)state;
    struct err e = {0};
    struct account acc = make("Zaphod-B", ACTOR_MEMBER);
    struct account_by by = {0};
    assert_true(is_in_folder("Zaphod-B"));
    assert_int_equal(account_remove(s, &acc, &by, &e), 0);
    assert_false(is_in_folder("Zaphod-B"));
}

static void a_rebuild_gives_the_same_and_a_removed_account_is_gone(void **state)
{
    (void)state;
    struct err e = {0};
    struct account acc = make("Anna", ACTOR_MEMBER), got = {0};
    struct account bob = make("Bob", ACTOR_MEMBER);
    struct account_by by = {0};
    acc.roles |= ACTOR_REVIEWER;
    assert_int_equal(account_write(s, &acc, "roles", &by, &e), 0);
    assert_int_equal(account_remove(s, &bob, &by, &e), 0);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(account_by_name(s, SLICE("Anna"), a, &e, &got), 0);
        assert_int_equal(got.roles, ACTOR_MEMBER | ACTOR_REVIEWER);
        assert_int_equal(account_by_name(s, SLICE("Bob"), a, &e, &got), ERR_NOENT);
        struct account_act *rows;
        size_t n;
        assert_int_equal(account_acts(s, acc.id, 10, a, &e, &rows, &n), 0);
        assert_int_equal(n, 2);
        assert_true(slice_eq(rows[0].verb, SLICE("roles")));
        assert_true(slice_eq(rows[1].detail, SLICE("a test")));
        close_store();
        open_store(true);
    }
}

/* What names a person stands in the journal under his key alone; the proof nowhere as it came. */
static void the_journal_does_not_tell(void **state)
{
    (void)state;
    make("Zaphod-B", ACTOR_MEMBER);
    assert_false(is_in_folder(PROOF));
    char command[200];
    snprintf(command, sizeof(command), "grep -rqaF -- 'Zaphod-B' %s/journal", dir);
    assert_int_not_equal(system(command), 0);
}

static void a_session_is_a_capability_of_its_account(void **state)
{
    (void)state;
    struct account acc = make("Anna", ACTOR_MEMBER), bob = make("Bob", ACTOR_MEMBER);
    char one[SESSION_HEX + 1], two[SESSION_HEX + 1], other[SESSION_HEX + 1];
    int64_t now = clock_now_us();
    session_make(s, acc.id, now, one);
    session_make(s, acc.id, now, two);
    session_make(s, bob.id, now, other);
    assert_string_not_equal(one, two);
    assert_false(is_in_folder(one)); /* a hash of it is kept */
    assert_memory_equal(session_find(s, slice_str(one), now)->account, acc.id, 16);
    assert_null(session_find(s, SLICE("short"), now));
    assert_null(session_find(s, SLICE(PROOF), now));
    close_store(); /* a restart ends no session */
    open_store(false);
    assert_non_null(session_find(s, slice_str(one), now));
    session_end_others(s, acc.id, slice_str(one));
    assert_non_null(session_find(s, slice_str(one), now));
    assert_null(session_find(s, slice_str(two), now));
    assert_non_null(session_find(s, slice_str(other), now));
    assert_null(session_find(s, slice_str(one), now + SESSION_IDLE_US + 1));
    session_end(s, slice_str(one));
    assert_null(session_find(s, slice_str(one), now));
}

static void a_session_lives_no_longer_than_its_life(void **state)
{
    (void)state;
    struct account acc = make("Anna", ACTOR_MEMBER);
    char token[SESSION_HEX + 1];
    int64_t now = clock_now_us();
    session_make(s, acc.id, now, token);
    for (int64_t at = now; at < now + SESSION_LIFE_US; at += SESSION_IDLE_US / 2)
        assert_non_null(session_find(s, slice_str(token), at));
    assert_null(session_find(s, slice_str(token), now + SESSION_LIFE_US + 1));
}

static void guessing_is_slowed_where_it_happens(void **state)
{
    (void)state;
    int64_t now = clock_now_us();
    struct slice name = SLICE("anna"), here = SLICE("192.0.2.7"), there = SLICE("198.51.100.1");
    for (int i = 0; i < 6; i++) {
        assert_true(account_may_try(s, name, here, now));
        account_tried(s, name, here, now, false);
    }
    assert_false(account_may_try(s, name, here, now));
    assert_false(account_may_try(s, SLICE("ANNA"), SLICE("192.0.2.99"), now)); /* same network */
    assert_true(account_may_try(s, name, there, now)); /* the owner is not shut out */
    assert_true(account_may_try(s, SLICE("bob"), here, now));
    assert_true(account_may_try(s, name, here, now + 61 * 1000000LL));
}

static void an_unknown_name_has_a_salt_of_its_own(void **state)
{
    (void)state;
    struct account one = {0}, again = {0}, other = {0};
    account_salt(s, SLICE("nobody"), a, &one);
    account_salt(s, SLICE("NoBody"), a, &again);
    account_salt(s, SLICE("nobody2"), a, &other);
    assert_int_equal(one.salt.n, ACCOUNT_SALT_HEX);
    assert_true(slice_eq(one.salt, again.salt));
    assert_false(slice_eq(one.salt, other.salt));
    assert_int_equal(one.ops, HASHER_OPS);
}

static void an_invitation_opens_once_and_in_time(void **state)
{
    (void)state;
    struct err e = {0};
    int64_t now = clock_now_us();
    struct account_by by = {.reason = SLICE("new here")};
    struct invitation inv = {.roles = ACTOR_MEMBER | ACTOR_REVIEWER,
                             .mailbox = SLICE("carl@example.org"),
                             .expires_us = now + 1000000};
    struct invitation got = {0};
    char code[33];
    assert_int_equal(account_invite(s, &inv, &by, &e, code), 0);
    assert_false(is_in_folder(code));
    assert_int_equal(account_invited(s, slice_str(code), now, a, &e, &got), 0);
    assert_int_equal(got.roles, ACTOR_MEMBER | ACTOR_REVIEWER);
    assert_true(slice_eq(got.mailbox, SLICE("carl@example.org")));
    assert_int_equal(account_invited(s, slice_str(code), now + 1000001, a, &e, &got), ERR_NOENT);
    assert_int_equal(account_invited(s, SLICE("wrong"), now, a, &e, &got), ERR_NOENT);
    assert_int_equal(account_joined(s, &got, &e), 0);
    assert_int_equal(account_invited(s, slice_str(code), now, a, &e, &got), ERR_NOENT);
}

/* RFC 6238 appendix B, SHA-1: the last six of its eight digits. */
static const struct {
    int64_t seconds;
    const char *code;
} vectors[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
               {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};

static void codes_are_those_of_the_standard(void **state)
{
    (void)state;
    const unsigned char *secret = (const unsigned char *)"12345678901234567890";
    char text[TOTP_BASE32];
    unsigned char back[TOTP_SECRET];
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        int64_t us = vectors[i].seconds * 1000000;
        uint64_t step = totp_check(secret, slice_str(vectors[i].code), us, 0);
        assert_int_equal(step, vectors[i].seconds / TOTP_STEP_S);
        assert_int_equal(totp_check(secret, slice_str(vectors[i].code), us, step), 0); /* once */
        assert_int_equal(totp_check(secret, slice_str(vectors[i].code), us + 61000000, 0), 0);
    }
    totp_base32(secret, text);
    assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_true(totp_of_base32(slice_str(text), back));
    assert_memory_equal(back, secret, TOTP_SECRET);
    assert_false(totp_of_base32(SLICE("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1"), back));
    assert_false(totp_of_base32(SLICE(""), back));
}

static void a_recovery_code_works_once(void **state)
{
    (void)state;
    struct account acc = make("Anna", ACTOR_MEMBER);
    char codes[ACCOUNT_CODES][20];
    bool used;
    acc.totp = SLICE("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    account_new_codes(s, &acc, a, codes);
    assert_false(account_second(s, &acc, SLICE("nothing-here"), 59000000, a, &used));
    assert_true(account_second(s, &acc, slice_str(codes[3]), 59000000, a, &used));
    assert_true(used);
    assert_false(account_second(s, &acc, slice_str(codes[3]), 59000000, a, &used));
    assert_true(account_second(s, &acc, slice_str(codes[0]), 59000000, a, &used));
    assert_true(account_second(s, &acc, SLICE("287082"), 59000000, a, &used));
    assert_false(used);
    assert_false(account_second(s, &acc, SLICE("287082"), 59000000, a, &used));
}

static void a_proof_is_the_same_again_and_only_then(void **state)
{
    (void)state;
    struct err e = {0};
    unsigned char salt[HASHER_SALT] = {1}, one[HASHER_PROOF], two[HASHER_PROOF];
    assert_int_equal(hasher_proof(SLICE("word"), salt, 1, 8192, &e, one), 0);
    assert_int_equal(hasher_proof(SLICE("word"), salt, 1, 8192, &e, two), 0);
    assert_memory_equal(one, two, HASHER_PROOF);
    salt[0] = 2;
    assert_int_equal(hasher_proof(SLICE("word"), salt, 1, 8192, &e, two), 0);
    assert_memory_not_equal(one, two, HASHER_PROOF);
    assert_int_equal(hasher_proof(SLICE("word"), salt, 99, 8192, &e, two), ERR_USAGE);
    assert_int_equal(hasher_proof(SLICE("word"), salt, 1, 1u << 30, &e, two), ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_account_is_found_by_its_name_in_any_case, begin, end),
        cmocka_unit_test_setup_teardown(what_is_removed_is_nowhere, begin, end),
        cmocka_unit_test_setup_teardown(a_rebuild_gives_the_same_and_a_removed_account_is_gone,
                                        begin, end),
        cmocka_unit_test_setup_teardown(the_journal_does_not_tell, begin, end),
        cmocka_unit_test_setup_teardown(a_session_is_a_capability_of_its_account, begin, end),
        cmocka_unit_test_setup_teardown(a_session_lives_no_longer_than_its_life, begin, end),
        cmocka_unit_test_setup_teardown(guessing_is_slowed_where_it_happens, begin, end),
        cmocka_unit_test_setup_teardown(an_unknown_name_has_a_salt_of_its_own, begin, end),
        cmocka_unit_test_setup_teardown(an_invitation_opens_once_and_in_time, begin, end),
        cmocka_unit_test(codes_are_those_of_the_standard),
        cmocka_unit_test_setup_teardown(a_recovery_code_works_once, begin, end),
        cmocka_unit_test(a_proof_is_the_same_again_and_only_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
