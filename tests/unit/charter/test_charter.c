/* charter: the cases in tests/charter/ and what does not fit a table. */
#include "base/arena.h"
#include "charter/charter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static struct arena *arena;

static struct slice read_file(const char *name)
{
    const char *root = getenv("MUSTER_SOURCE");
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/charter/%s", root ? root : ".", name);
    FILE *f = fopen(path, "r");
    if (!f)
        fail_msg("cannot open %s", path);
    char *p = arena_bytes(arena, 65536);
    size_t n = fread(p, 1, 65536, f);
    fclose(f);
    return slice_of(p, n);
}

static enum charter_act act_of(struct slice word)
{
    static const char *const names[CHARTER_ACTS] = {"accept",     "tag",    "greylist", "defer",
                                                    "quarantine", "reject", "discard"};
    for (int i = 0; i < CHARTER_ACTS; i++)
        if (slice_eq(slice_trim(word), slice_str(names[i])))
            return (enum charter_act)i;
    fail_msg("no such act: %.*s", SLICE_ARG(word));
    return CHARTER_ACCEPT;
}

static struct charter_grounds grounds_of(struct slice words)
{
    struct charter_grounds g = {0};
    struct slice one;
    while (slice_split(&words, ',', &one)) {
        one = slice_trim(one);
        if (slice_ends(one, SLICE(" kinds")))
            g.kinds_against = (unsigned)(one.p[0] - '0');
        else if (slice_eq(one, SLICE("operator rule")))
            g.has_operator_rule = true;
        else if (slice_eq(one, SLICE("operator says discard")))
            g.operator_says_discard = true;
        else if (slice_eq(one, SLICE("antivirus name")))
            g.has_antivirus_name = true;
        else if (slice_eq(one, SLICE("partner alone")))
            g.is_partner_alone = true;
        else
            fail_msg("no such ground: %.*s", SLICE_ARG(one));
    }
    return g;
}

static void acts(void **state)
{
    (void)state;
    struct slice text = read_file("acts.txt"), line;
    enum charter_act want = CHARTER_ACCEPT;
    struct charter_grounds g = {0};
    int cases = 0, number = 0;
    while (slice_line(&text, &line)) {
        number++;
        if (slice_starts(line, SLICE("want:"))) {
            want = act_of(slice_from(line, 5));
        } else if (slice_starts(line, SLICE("grounds:"))) {
            g = grounds_of(slice_from(line, 8));
        } else if (slice_starts(line, SLICE("allowed:"))) {
            const char *why;
            enum charter_act got = charter_limit(want, &g, &why);
            if (got != act_of(slice_from(line, 8)))
                fail_msg("acts.txt:%d: got act %d", number, (int)got);
            assert_true((got == want) == (why == NULL));
            cases++;
        }
    }
    assert_in_range(cases, 18, 1000);
}

static bool basis_answer(struct slice what)
{
    static const char *const names[CHARTER_BASES] = {"message", "link",     "address",
                                                     "domain",  "network",  "provider",
                                                     "country", "language", "script"};
    if (slice_starts(what, SLICE("network v"))) {
        uint64_t width = 0;
        assert_true(slice_u64(slice_from(what, sizeof "network v4 /" - 1), &width));
        return charter_network_ok(what.p[9] == '6', (int)width);
    }
    for (int i = 0; i < CHARTER_BASES; i++)
        if (slice_eq(what, slice_str(names[i])))
            return charter_basis_ok((enum charter_basis)i);
    fail_msg("no such basis: %.*s", SLICE_ARG(what));
    return false;
}

static void guilt(void **state)
{
    (void)state;
    struct slice text = read_file("guilt.txt"), line;
    int cases = 0, number = 0;
    while (slice_line(&text, &line)) {
        number++;
        if (slice_is_empty(line) || line.p[0] == '#')
            continue;
        size_t colon = slice_rchr(line, ':');
        bool want = slice_eq(slice_trim(slice_from(line, colon + 1)), SLICE("yes"));
        if (basis_answer(slice_head(line, colon)) != want)
            fail_msg("guilt.txt:%d", number);
        cases++;
    }
    assert_in_range(cases, 20, 1000);
    int64_t day = 24LL * 3600 * 1000000;
    assert_true(charter_override_ok(true, true, 5, 5 + 7 * day));
    assert_false(charter_override_ok(true, true, 5, 6 + 7 * day));
    assert_false(charter_override_ok(true, true, 5, 5));
    assert_false(charter_override_ok(false, true, 5, 5 + day));
    assert_false(charter_override_ok(true, false, 5, 5 + day));
}

static void duties(void **state)
{
    (void)state;
    struct charter_duties d = {.reason = SLICE("a link hides its target"),
                               .evidence = SLICE("0192-x"),
                               .appeal = SLICE("postmaster@example.org"),
                               .now_us = 10,
                               .ends_us = 11};
    assert_null(charter_missing(&d));
    d.ends_us = 10;
    assert_string_equal(charter_missing(&d), "end");
    d.appeal = SLICE(" ");
    assert_string_equal(charter_missing(&d), "appeal");
    d.evidence = SLICE("");
    assert_string_equal(charter_missing(&d), "evidence");
    d.reason = SLICE("");
    assert_string_equal(charter_missing(&d), "reason");
}

static void local_choice_is_final(void **state)
{
    (void)state;
    assert_true(charter_prevails(CHARTER_LOCAL, CHARTER_ACCEPT, CHARTER_PARTNER, CHARTER_REJECT));
    assert_true(charter_prevails(CHARTER_LOCAL, CHARTER_REJECT, CHARTER_COMMONS, CHARTER_ACCEPT));
    assert_false(charter_prevails(CHARTER_PARTNER, CHARTER_REJECT, CHARTER_LOCAL, CHARTER_TAG));
    /* Among strangers the milder word stands. */
    assert_true(charter_prevails(CHARTER_PARTNER, CHARTER_ACCEPT, CHARTER_COMMONS, CHARTER_TAG));
    assert_false(charter_prevails(CHARTER_COMMONS, CHARTER_TAG, CHARTER_PARTNER, CHARTER_ACCEPT));
    assert_false(charter_prevails(CHARTER_NOBODY, CHARTER_ACCEPT, CHARTER_PARTNER, CHARTER_TAG));
    /* What is missing counts nothing. */
    assert_true(charter_points(3.5, false) == 0.0);
    assert_true(charter_points(3.5, true) == 3.5);
}

int main(void)
{
    arena = arena_new(0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(acts),
        cmocka_unit_test(guilt),
        cmocka_unit_test(duties),
        cmocka_unit_test(local_choice_is_final),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
