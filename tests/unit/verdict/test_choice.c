/* Own choices: packing, what a bad one is, lists with an end, strength within the bounds, and that
 * one recipient's choice reaches nobody else. */
#include "base/arena.h"
#include "verdict/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct arena *arena;

static struct policy *compile(const char *text)
{
    struct err e = {0};
    struct conf *c;
    struct policy *p = NULL;
    if (conf_parse(arena, POLICY_SECTIONS, slice_str(text), "test", NULL, &e, &c) ||
        policy_compile(c, &e, &p))
        fail_msg("%s", e.text);
    return p;
}

static void packing(void **state)
{
    (void)state;
    struct choice_entry e[] = {
        {.list = CHOICE_BLOCK, .word = SLICE("x@y.example"), .made_us = 5, .until_us = 9},
        {.list = CHOICE_ALLOW, .word = SLICE("z.example"), .reason = SLICE("why")}};
    struct choice c = {.strength = -2,
                       .digest = CHOICE_DIGEST_WEEK,
                       .lang = SLICE("pt"),
                       .mailbox = SLICE("a@b.example"),
                       .entries = e,
                       .n = 2};
    struct buf b = BUF_INIT(4096);
    struct choice got;
    choice_pack(&c, &b);
    assert_true(choice_unpack(arena, buf_slice(&b), &got));
    assert_int_equal(got.strength, -2);
    assert_int_equal(got.digest, CHOICE_DIGEST_WEEK);
    assert_int_equal(got.n, 2);
    assert_true(slice_eq(got.mailbox, c.mailbox) && slice_eq(got.lang, c.lang));
    assert_int_equal(got.entries[0].list, CHOICE_BLOCK);
    assert_true(slice_eq(got.entries[1].reason, SLICE("why")));
    assert_int_equal(got.entries[0].until_us, 9);
    for (size_t n = 0; n < b.n; n++) /* whatever is cut off */
        assert_false(choice_unpack(arena, slice_head(buf_slice(&b), n), &got));
    b.p[1] = 9;
    assert_false(choice_unpack(arena, buf_slice(&b), &got));
    buf_fini(&b);
}

static void words(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        int rc;
    } cases[] = {{"a@b.example", 0},
                 {"b.example", 0},
                 {"*.b.example", 0},
                 {"192.0.2.0/24", 0},
                 {"2001:db8::/48", 0},
                 {"192.0.0.0/16", ERR_DENIED},
                 {"2001:db8::/32", ERR_DENIED},
                 {"", ERR_PARSE},
                 {"nothing", ERR_PARSE},
                 {"a b.example", ERR_PARSE}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e = {0};
        if (choice_check_word(slice_str(cases[i].word), &e) != cases[i].rc)
            fail_msg("%s: want %d (%s)", cases[i].word, cases[i].rc, e.text);
    }
}

static void strength(void **state)
{
    (void)state;
    static const struct {
        const char *policy;
        int strength;
        double tag, quarantine;
    } cases[] = {
        {"", 0, 5, 0},
        {"", 2, 2, 0},
        {"", 1, 3.5, 0},
        {"", -2, 8, 0},
        {"policy { own_points = 0 }", 2, 5, 0},
        {"policy { own_points = 20 }", 2, 0.5, 0}, /* stays above unsure */
        {"policy { own_points = 20 }", -2, 12, 0}, /* and not above reject */
        {"policy { quarantine = 8 }", 2, 2, 5},
        {"policy { quarantine = 8 }", -2, 8, 11},
        {"policy { unsure = -9  tag = 1  quarantine = 2 }", 2, -2, 0.01}, /* it stays on */
        {"policy \"@a.example\" { own_points = 1 }", -2, 6, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct policy_view v;
        struct choice c = {.strength = cases[i].strength};
        policy_view(compile(cases[i].policy), arena, SLICE("x@a.example"), &v);
        choice_move(&c, &v);
        if (v.tag < cases[i].tag || v.tag > cases[i].tag || v.quarantine < cases[i].quarantine ||
            v.quarantine > cases[i].quarantine)
            fail_msg("case %zu: tag %g, quarantine %g", i, v.tag, v.quarantine);
    }
}

static void judge(const char *policy, double points, const struct choice *const *choices,
                  int64_t now_us, struct verdict *out)
{
    static struct slice rcpt[] = {{"ann@a.example", 13}, {"bob@a.example", 13}};
    static struct slice from = {"x@y.example", 11};
    struct findings *all = ARENA_NEW(arena, struct findings);
    struct envelope env = {.rcpt = rcpt, .n_rcpt = 2};
    struct policy_sender s = {.addresses = &from, .n = 1};
    struct verdict_people people = {&s, choices, now_us};
    all->arena = arena;
    finding_add(
        all,
        &(struct finding){
            .name = "x", .kind = FINDING_LINK, .points = points, .reason = "x", .source = "test"});
    verdict_make(all, &env, compile(policy), &people, out);
    assert_int_equal(all->n, 1);
}

static void own_mail_only(void **state)
{
    (void)state;
    struct choice_entry block = {.list = CHOICE_BLOCK, .word = SLICE("y.example"), .until_us = 100};
    struct choice_entry allow = {.list = CHOICE_ALLOW, .word = SLICE("x@y.example")};
    struct choice blocks = {.entries = &block, .n = 1}, allows = {.entries = &allow, .n = 1};
    struct choice strict = {.strength = 2};
    const struct choice *of_ann[2] = {&blocks, NULL};
    struct verdict v;
    judge("", 1, of_ann, 50, &v);
    assert_int_equal(v.side, SIDE_UNSURE); /* the site's own view is not touched */
    assert_int_equal(v.rcpt[0].action, ACTION_REJECT);
    assert_int_equal(v.rcpt[1].action, ACTION_ACCEPT);
    assert_true(slice_eq(v.rcpt[0].rule, SLICE("own choice of ann@a.example")));
    assert_true(slice_eq(v.rcpt[1].rule, SLICE("site")));
    judge("policy { on_block = quarantine }", 1, of_ann, 50, &v);
    assert_int_equal(v.rcpt[0].action, ACTION_QUARANTINE);
    judge("", 1, of_ann, 100, &v); /* it has ended */
    assert_int_equal(v.rcpt[0].action, ACTION_ACCEPT);
    judge("policy { own_lists = no }", 1, of_ann, 50, &v);
    assert_int_equal(v.rcpt[0].action, ACTION_ACCEPT);
    of_ann[0] = &allows;
    judge("", 8, of_ann, 50, &v);
    assert_int_equal(v.rcpt[0].action, ACTION_ACCEPT);
    assert_int_equal(v.rcpt[1].action, ACTION_TAG);
    of_ann[0] = &strict;
    judge("", 3, of_ann, 50, &v);
    assert_int_equal(v.rcpt[0].action, ACTION_TAG);
    assert_int_equal(v.rcpt[1].action, ACTION_ACCEPT);
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(packing), cmocka_unit_test(words),
                                       cmocka_unit_test(strength), cmocka_unit_test(own_mail_only)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
