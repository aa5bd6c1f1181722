/* policy: levels, thresholds, lists, what a wrong file says. */
#include "base/arena.h"
#include "verdict/policy.h"

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

static const char *const LEVELS_TEXT =
    "policy { tag = 5.0 reject = 12.0 phishing = quarantine }\n"
    "policy \"@example.org\" { tag = 4.0 }\n"
    "policy \"sales\" { members = ann@example.org, @shop.example  reject = 15.0 }\n"
    "policy \"ann@example.org\" { tag = 6.0 on_block = quarantine }\n";

static void levels(void **state)
{
    (void)state;
    static const struct {
        const char *rcpt;
        double tag, reject;
        const char *rule;
    } cases[] = {
        {"", 5, 12, "site"},
        {"x@other.example", 5, 12, "site"},
        {"x@example.org", 4, 12, "domain example.org"},
        {"x@EXAMPLE.org", 4, 12, "domain example.org"},
        {"x@sub.example.org", 5, 12, "site"},
        {"x@shop.example", 5, 15, "group sales"},
        {"Ann@example.org", 6, 15, "user ann@example.org"},
    };
    struct policy *p = compile(LEVELS_TEXT);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct policy_view v;
        policy_view(p, arena, slice_str(cases[i].rcpt), &v);
        assert_true(v.tag == cases[i].tag);
        assert_true(v.reject == cases[i].reject);
        assert_true(slice_eq(v.rule, slice_str(cases[i].rule)));
        assert_int_equal(v.by_class[CLASS_PHISHING], ACTION_QUARANTINE);
        assert_int_equal(v.by_class[CLASS_SCAM], -1);
        assert_true(v.is_site == (i < 2 || i == 4));
    }
    struct policy_view v;
    policy_view(NULL, arena, SLICE("a@b.example"), &v);
    assert_true(v.tag == 5.0 && v.reject == 12.0 && v.is_site);
    assert_int_equal(v.by_class[CLASS_PHISHING], -1);
}

static void wrong_files(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"policy { tag = 13 }", "thresholds must rise"},
        {"policy { quarantine = 3 }", "thresholds must rise"},
        {"policy \"@a.example\" { reject = 2 }", "thresholds must rise"},
        {"policy \"sales\" { tag = 4 }", "group without members"},
        {"policy { block = 10.0.0.0/16 }", "wider than /24"},
        {"policy { block = 2001:db8::/32 }", "wider than /48"},
        {"policy { block = \"2001:db8::/4x\" }", "bad prefix"},
        {"policy { allow = nonsense }", "no address, domain or network"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = {0};
        struct conf *c;
        struct policy *p;
        assert_int_equal(
            conf_parse(arena, POLICY_SECTIONS, slice_str(cases[i].text), "t", NULL, &e, &c), 0);
        if (policy_compile(c, &e, &p) == 0 || !strstr(e.text, cases[i].says))
            fail_msg("%s gives \"%s\"", cases[i].text, e.text);
    }
}

static void lists(void **state)
{
    (void)state;
    static const struct {
        const char *from, *ip, *proven, *name;
        double points;
    } cases[] = {
        {"bob@friend.example", "192.0.2.1", "", "operator_allow", -4},
        {"bob@friend.example", "192.0.2.1", "friend.example", "operator_allow", -20},
        {"bob@mail.friend.example", "", "friend.example", "operator_allow", -20},
        {"bob@friend.example", "", "mail.friend.example", "operator_allow", -4},
        {"bob@notfriend.example", "", "", NULL, 0},
        {"x@y.example", "198.51.100.77", "", "operator_allow", -20},
        {"x@y.example", "198.51.101.77", "", NULL, 0},
        {"Eve@Evil.example", "", "", "operator_block", 20},
        {"adam@evil.example", "", "", NULL, 0},
        {"x@bad.example", "", "", "operator_block", 20},
        {"x@y.example", "2001:db8:1:2::3", "", "operator_block", 20},
        {"x@y.example", "2001:db8:2::3", "", NULL, 0},
    };
    struct policy *p = compile("policy { allow = friend.example, 198.51.100.0/24\n"
                               " block = eve@evil.example, @bad.example, \"2001:db8:1::/48\" }");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice from = slice_str(cases[i].from), proven = slice_str(cases[i].proven);
        struct policy_sender s = {.addresses = &from,
                                  .n = 1,
                                  .proven = &proven,
                                  .n_proven = proven.n ? 1 : 0,
                                  .client_ip = slice_str(cases[i].ip)};
        struct findings all = {.arena = arena};
        policy_lists(p, (struct slice){0}, &s, &all);
        if (!cases[i].name) {
            assert_int_equal(all.n, 0);
            continue;
        }
        assert_int_equal(all.n, 1);
        assert_string_equal(all.first->name, cases[i].name);
        assert_true(all.sum == cases[i].points);
    }
}

int main(void)
{
    arena = arena_new(0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels),
        cmocka_unit_test(wrong_files),
        cmocka_unit_test(lists),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
