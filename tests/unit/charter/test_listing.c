/* charter on listings and appeals: tests/charter/listing.txt, and what does not fit a table. */
#include "base/arena.h"
#include "charter/listing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static struct slice read_file(struct arena *a, const char *name)
{
    const char *root = getenv("MUSTER_SOURCE");
    char path[4096];
    snprintf(path, sizeof(path), "%s/tests/charter/%s", root ? root : ".", name);
    FILE *f = fopen(path, "r");
    if (!f)
        fail_msg("cannot open %s", path);
    char *p = arena_bytes(a, 65536);
    size_t n = fread(p, 1, 65536, f);
    fclose(f);
    return slice_of(p, n);
}

static void take(struct charter_listing *l, struct slice word)
{
    static const char *const bases[CHARTER_BASES] = {"message", "link",     "address",
                                                     "domain",  "network",  "provider",
                                                     "country", "language", "script"};
    uint64_t n = 0;
    for (int i = 0; i < HARMS; i++)
        if (slice_eq(word, slice_str(charter_harm_name((enum charter_harm)i)))) {
            l->harm = (enum charter_harm)i;
            return;
        }
    for (int i = 0; i < CHARTER_BASES; i++)
        if (slice_eq(word, slice_str(bases[i]))) {
            l->basis = (enum charter_basis)i;
            return;
        }
    if (slice_starts(word, SLICE("network v"))) {
        l->basis = CHARTER_BY_NETWORK;
        l->is_ipv6 = word.p[9] == '6';
        assert_true(slice_u64(slice_from(word, 12), &n));
        l->prefix = (int)n;
    } else if (slice_ends(word, SLICE(" days"))) {
        assert_true(slice_u64(slice_head(word, word.n - 5), &n));
        l->ends_us = l->now_us + (int64_t)n * CHARTER_DAY_US;
    } else if (slice_eq(word, SLICE("without reason"))) {
        l->reason = SLICE("");
    } else if (slice_eq(word, SLICE("without evidence"))) {
        l->evidence = SLICE("");
    } else if (slice_eq(word, SLICE("without appeal"))) {
        l->appeal = SLICE("");
    } else if (slice_eq(word, SLICE("shared"))) {
        l->is_shared = true;
    } else if (!slice_eq(word, SLICE("nobody"))) {
        l->decider = actor_role_of(word);
        if (l->decider == 0)
            fail_msg("no such member: %.*s", SLICE_ARG(word));
    }
}

static void table(void **state)
{
    struct arena *a = *state;
    struct slice text = read_file(a, "listing.txt"), line, word;
    int cases = 0, number = 0;
    while (slice_line(&text, &line)) {
        number++;
        size_t arrow = slice_find(line, SLICE("->"));
        if (arrow == SIZE_MAX || line.p[0] == '#')
            continue;
        struct charter_listing l = {.now_us = 1000000,
                                    .reason = SLICE("it sends what nobody asked for"),
                                    .evidence = SLICE("7KM9"),
                                    .appeal = SLICE("/appeal/7KM9")};
        struct slice rest = slice_head(line, arrow);
        while (slice_split(&rest, ';', &word))
            take(&l, slice_trim(word));
        bool want = slice_eq(slice_trim(slice_from(line, arrow + 2)), SLICE("yes"));
        const char *broken = charter_listing_broken(&l);
        if ((broken == NULL) != want)
            fail_msg("listing.txt:%d: %s", number, broken ? broken : "allowed");
        cases++;
    }
    assert_in_range(cases, 28, 1000);
}

/* No count of reports ever asks for more than that a person looks at a proposal. */
static void reports_list_nothing(void **state)
{
    (void)state;
    struct charter_claim newsletter = {.sources = 30,
                                       .reporters = 30,
                                       .kinds = 2,
                                       .weight = 30,
                                       .is_lawful_bulk = true,
                                       .harm = HARM_SPAM};
    assert_int_equal(charter_claim_next(&newsletter), CLAIM_ASK_SENDER);
    newsletter.has_consent = true;
    newsletter.reporters = 100000;
    assert_int_equal(charter_claim_next(&newsletter), CLAIM_KEEP);
    struct charter_claim flood = {.sources = 1, .reporters = 100000, .kinds = 1, .harm = HARM_SPAM};
    flood.weight = charter_source_weight(100000);
    assert_int_equal(charter_claim_next(&flood), CLAIM_KEEP);
    flood.harm = HARM_PHISHING;
    assert_int_equal(charter_claim_next(&flood), CLAIM_LOOK);
    struct charter_claim broad = {
        .sources = 4, .reporters = 9, .kinds = 2, .weight = 3, .harm = HARM_SPAM};
    assert_int_equal(charter_claim_next(&broad), CLAIM_PROPOSE);
}

static void weights(void **state)
{
    (void)state;
    double fresh = charter_reporter_weight(0, 0);
    assert_true(fresh > 0 && fresh <= 0.25);
    assert_true(charter_reporter_weight(20, 0) > 0.8);
    assert_true(charter_reporter_weight(20, 10) < 0.4);
    assert_true(charter_reporter_weight(0, 1) < fresh);
    assert_true(charter_source_weight(1e9) <= 1.5);
    assert_true(charter_source_weight(-3) == 0.0);
}

static void effects(void **state)
{
    (void)state;
    assert_int_equal(charter_listing_effect(HARM_SPAM, CHARTER_BY_DOMAIN, EFFECT_HOLD), EFFECT_TAG);
    assert_int_equal(charter_listing_effect(HARM_PHISHING, CHARTER_BY_LINK, EFFECT_HOLD),
                     EFFECT_HOLD);
    assert_int_equal(charter_listing_effect(HARM_MALWARE, CHARTER_BY_NETWORK, EFFECT_HOLD),
                     EFFECT_TAG);
    assert_int_equal(charter_listing_effect(HARM_SPAM, CHARTER_BY_LINK, EFFECT_NOTE), EFFECT_NOTE);
    assert_true(charter_listing_from_us(HARM_PHISHING, 7) == 7);
    assert_true(charter_listing_from_us(HARM_SPAM, 7) == 7 + CHARTER_REPLY_US);
}

static void voters(void **state)
{
    (void)state;
    struct charter_voter v = {.roles = ACTOR_REVIEWER, .stakeholder = STAKEHOLDER_CIVIL};
    assert_null(charter_vote_broken(&v));
    v.is_lister = true;
    assert_non_null(charter_vote_broken(&v));
    v = (struct charter_voter){.roles = ACTOR_ALL, .is_appellant = true, .stakeholder = 1};
    assert_non_null(charter_vote_broken(&v));
    v = (struct charter_voter){.roles = ACTOR_MEMBER, .stakeholder = 1};
    assert_non_null(charter_vote_broken(&v));
    v = (struct charter_voter){.roles = ACTOR_REVIEWER};
    assert_non_null(charter_vote_broken(&v));
    v = (struct charter_voter){.roles = ACTOR_STEWARD, .stakeholder = 2, .has_voted = true};
    assert_non_null(charter_vote_broken(&v));
}

#define CLASS(name) (1u << STAKEHOLDER_##name)

static void votes(void **state)
{
    (void)state;
    static const struct {
        struct charter_votes v;
        int want; /* -1: not yet */
    } cases[] = {
        {{{0, 0, 0}}, -1},
        {{{CLASS(USER), 0, 0}}, -1},
        {{{CLASS(USER) | CLASS(OPERATOR), 0, 0}}, VOTE_END},
        {{{0, 0, CLASS(USER)}}, -1},
        {{{0, 0, CLASS(USER) | CLASS(OPERATOR)}}, VOTE_KEEP},
        {{{CLASS(USER), CLASS(OPERATOR), 0}}, VOTE_TAG},
        {{{CLASS(USER), 0, CLASS(OPERATOR)}}, -1},
        {{{CLASS(USER), 0, CLASS(OPERATOR) | CLASS(CIVIL)}}, VOTE_TAG},
        {{{0, CLASS(USER), CLASS(OPERATOR) | CLASS(CIVIL) | CLASS(SENDER)}}, VOTE_KEEP},
        {{{CLASS(USER) | CLASS(SENDER), 0, CLASS(OPERATOR) | CLASS(CIVIL)}}, VOTE_END},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum charter_vote got = VOTES;
        bool decided = charter_votes_decide(&cases[i].v, &got);
        if ((decided ? (int)got : -1) != cases[i].want)
            fail_msg("case %zu: %d", i, decided ? (int)got : -1);
    }
}

static void silence(void **state)
{
    (void)state;
    int64_t t = 1000;
    assert_int_equal(charter_appeal_overdue(0, t + 99 * CHARTER_DAY_US), OVERDUE_NO);
    assert_int_equal(charter_appeal_overdue(t, t + 3 * CHARTER_DAY_US - 1), OVERDUE_NO);
    assert_int_equal(charter_appeal_overdue(t, t + 3 * CHARTER_DAY_US), OVERDUE_TAG);
    assert_int_equal(charter_appeal_overdue(t, t + 14 * CHARTER_DAY_US - 1), OVERDUE_TAG);
    assert_int_equal(charter_appeal_overdue(t, t + 14 * CHARTER_DAY_US), OVERDUE_GONE);
}

static int open_arena(void **state)
{
    *state = arena_new(0);
    return 0;
}

static int close_arena(void **state)
{
    arena_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),   cmocka_unit_test(reports_list_nothing),
        cmocka_unit_test(weights), cmocka_unit_test(effects),
        cmocka_unit_test(voters),  cmocka_unit_test(votes),
        cmocka_unit_test(silence),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
