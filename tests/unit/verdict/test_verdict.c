/* verdict: side, action, class, charter limits, recipients. */
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

/* Findings as "KIND POINTS[ph s m]" with p phishing, s scam, m malware, b bulk, t transactional,
 * ! forces, ? incomplete. */
struct part {
    enum finding_kind kind;
    double points;
    const char *flags;
};

static void build(const struct part *parts, struct findings *all)
{
    *all = (struct findings){.arena = arena};
    for (; parts->flags; parts++) {
        struct finding f = {.name = "x",
                            .kind = parts->kind,
                            .points = parts->points,
                            .reason = "r",
                            .source = "muster"};
        for (const char *c = parts->flags; *c; c++) {
            f.hints |= *c == 'p'   ? HINT_PHISHING
                       : *c == 's' ? HINT_SCAM
                       : *c == 'm' ? HINT_MALWARE
                       : *c == 'b' ? HINT_BULK
                       : *c == 't' ? HINT_TRANSACTIONAL
                                   : 0u;
            f.forces |= *c == '!';
            if (*c == '?')
                f.state = FINDING_INCOMPLETE;
        }
        finding_add(all, &f);
    }
}

static void decisions(void **state)
{
    (void)state;
    static const struct {
        const char *policy;
        struct part parts[5];
        enum side side;
        enum action action;
        enum mail_class class;
        bool is_limited;
    } cases[] = {
        {"", {{0}}, SIDE_HAM, ACTION_ACCEPT, CLASS_OTHER, false},
        {"", {{FINDING_CONTENT, -1, "t"}}, SIDE_HAM, ACTION_ACCEPT, CLASS_TRANSACTIONAL, false},
        {"", {{FINDING_CONTENT, -1, "b"}}, SIDE_HAM, ACTION_ACCEPT, CLASS_BULK, false},
        {"", {{FINDING_CONTENT, 4.999, ""}}, SIDE_UNSURE, ACTION_ACCEPT, CLASS_OTHER, false},
        {"", {{FINDING_CONTENT, 5, ""}}, SIDE_SPAM, ACTION_TAG, CLASS_UNSOLICITED, false},
        {"",
         {{FINDING_LINK, 3, "p"}, {FINDING_CONTENT, 3, "s"}},
         SIDE_SPAM,
         ACTION_TAG,
         CLASS_PHISHING,
         false},
        {"",
         {{FINDING_LINK, 2, "p"}, {FINDING_CONTENT, 4, "s"}},
         SIDE_SPAM,
         ACTION_TAG,
         CLASS_SCAM,
         false},
        /* Refusing needs two kinds; a trifle is no kind. */
        {"", {{FINDING_CONTENT, 13, ""}}, SIDE_SPAM, ACTION_QUARANTINE, CLASS_UNSOLICITED, true},
        {"",
         {{FINDING_CONTENT, 12.5, ""}, {FINDING_LINK, 0.2, ""}},
         SIDE_SPAM,
         ACTION_QUARANTINE,
         CLASS_UNSOLICITED,
         true},
        {"",
         {{FINDING_CONTENT, 11, ""}, {FINDING_LINK, 2, ""}},
         SIDE_SPAM,
         ACTION_REJECT,
         CLASS_UNSOLICITED,
         false},
        /* The operator alone may refuse; so may a virus by name. */
        {"", {{FINDING_OPERATOR, 20, "!"}}, SIDE_SPAM, ACTION_REJECT, CLASS_UNSOLICITED, false},
        {"", {{FINDING_ATTACHMENT, 15, "m!"}}, SIDE_SPAM, ACTION_REJECT, CLASS_MALWARE, false},
        {"policy { on_block = discard }",
         {{FINDING_OPERATOR, 20, "!"}},
         SIDE_SPAM,
         ACTION_DISCARD,
         CLASS_UNSOLICITED,
         false},
        {"policy { on_block = discard }",
         {{FINDING_CONTENT, 20, ""}, {FINDING_LINK, 9, ""}},
         SIDE_SPAM,
         ACTION_REJECT,
         CLASS_UNSOLICITED,
         false},
        /* Partners alone: marked, no more. With evidence of one's own they count. */
        {"", {{FINDING_PARTNER, 20, ""}}, SIDE_SPAM, ACTION_TAG, CLASS_UNSOLICITED, true},
        {"",
         {{FINDING_PARTNER, 20, ""}, {FINDING_LINK, 2, ""}},
         SIDE_SPAM,
         ACTION_TAG,
         CLASS_UNSOLICITED,
         true},
        {"",
         {{FINDING_PARTNER, 10, ""}, {FINDING_LINK, 6, ""}},
         SIDE_SPAM,
         ACTION_REJECT,
         CLASS_UNSOLICITED,
         false},
        /* What is missing counts nothing. */
        {"",
         {{FINDING_LIST, 20, "?"}, {FINDING_LINK, 6, ""}},
         SIDE_SPAM,
         ACTION_TAG,
         CLASS_UNSOLICITED,
         false},
        /* Other thresholds and actions by class. */
        {"policy { quarantine = 6 }",
         {{FINDING_LINK, 6, ""}},
         SIDE_SPAM,
         ACTION_QUARANTINE,
         CLASS_UNSOLICITED,
         false},
        {"policy { greylist = 2 }",
         {{FINDING_LINK, 3, ""}},
         SIDE_UNSURE,
         ACTION_GREYLIST,
         CLASS_OTHER,
         false},
        {"policy { phishing = quarantine }",
         {{FINDING_LINK, 6, "p"}},
         SIDE_SPAM,
         ACTION_QUARANTINE,
         CLASS_PHISHING,
         false},
        {"policy { phishing = reject }",
         {{FINDING_LINK, 6, "p"}},
         SIDE_SPAM,
         ACTION_QUARANTINE,
         CLASS_PHISHING,
         true},
        {"policy { phishing = tag }",
         {{FINDING_LINK, 11, "p"}, {FINDING_CONTENT, 5, ""}},
         SIDE_SPAM,
         ACTION_TAG,
         CLASS_PHISHING,
         false},
        /* Without a place to object nothing above tag happens. */
        {"policy { appeal = \"\" }",
         {{FINDING_CONTENT, 11, ""}, {FINDING_LINK, 2, ""}},
         SIDE_SPAM,
         ACTION_TAG,
         CLASS_UNSOLICITED,
         true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct findings all;
        build(cases[i].parts, &all);
        struct verdict v;
        struct envelope env = {0};
        verdict_make(&all, &env, compile(cases[i].policy), &(struct verdict_people){0}, &v);
        if (v.side != cases[i].side || v.action != cases[i].action || v.class != cases[i].class ||
            (v.limited_by != NULL) != cases[i].is_limited)
            fail_msg("case %zu: %s %s %s %s", i, side_name(v.side), action_name(v.action),
                     class_name(v.class), v.limited_by ? v.limited_by : "-");
    }
}

static void recipients(void **state)
{
    (void)state;
    struct policy *p = compile("policy \"lax@a.example\" { tag = 9 }\n"
                               "policy \"picky@a.example\" { block = x@y.example }\n"
                               "policy \"fond@a.example\" { allow = y.example }\n");
    struct findings all;
    const struct part parts[] = {{FINDING_LINK, 6, ""}, {0}};
    build(parts, &all);
    struct slice rcpt[] = {SLICE("other@a.example"), SLICE("lax@a.example"),
                           SLICE("picky@a.example"), SLICE("fond@a.example")};
    struct envelope env = {.rcpt = rcpt, .n_rcpt = 4};
    struct slice from = SLICE("x@y.example");
    struct policy_sender s = {.addresses = &from, .n = 1};
    struct verdict v;
    verdict_make(&all, &env, p, &(struct verdict_people){.sender = &s}, &v);
    assert_int_equal(v.action, ACTION_TAG);
    assert_int_equal(v.n_rcpt, 4);
    assert_int_equal(v.rcpt[0].action, ACTION_TAG);
    assert_int_equal(v.rcpt[1].action, ACTION_ACCEPT);
    assert_int_equal(v.rcpt[1].side, SIDE_UNSURE);
    assert_int_equal(v.rcpt[2].action, ACTION_REJECT);
    assert_true(v.rcpt[2].score == 26.0);
    assert_int_equal(v.rcpt[3].action, ACTION_ACCEPT);
    assert_true(v.rcpt[3].score == 2.0);
    assert_int_equal(all.n, 1); /* nobody's lists leak into the site's findings */
    assert_true(slice_eq(v.rcpt[2].rule, SLICE("user picky@a.example")));
}

static void probability(void **state)
{
    (void)state;
    double before = 0;
    for (double x = -60; x < 60; x += 0.25) {
        double p = verdict_probability(x);
        assert_true(p > 0 && p < 1);
        assert_true(p >= before);
        before = p;
    }
    assert_true(verdict_probability(5.0) > 0.9);
    assert_true(verdict_probability(-5.0) < 0.02);
}

static void findings_add_up(void **state)
{
    (void)state;
    struct findings all = {.arena = arena};
    double sum = 0;
    for (int i = 0; i < 100; i++) {
        struct finding f = {
            .name = i == 7 ? "seven" : "x", .points = 0.1234567 * (50 - i), .reason = "r"};
        sum += finding_add(&all, &f)->points;
    }
    assert_true(all.sum == sum);
    assert_non_null(finding_find(&all, "seven"));
    assert_null(finding_find(&all, "eight"));
    const struct finding **sorted = finding_sorted(&all, arena);
    for (size_t i = 1; i < all.n; i++) {
        double a = sorted[i - 1]->points, b = sorted[i]->points;
        assert_true((a < 0 ? -a : a) >= (b < 0 ? -b : b));
    }
}

int main(void)
{
    arena = arena_new(0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions),
        cmocka_unit_test(recipients),
        cmocka_unit_test(probability),
        cmocka_unit_test(findings_add_up),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
