/* Roles and classes have names, and a right is any of the roles. */
#include "charter/actor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void names_round(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ACTOR_ROLES; i++) {
        const char *name = actor_role_name((enum actor_role)(1u << i));
        assert_non_null(name);
        assert_int_equal(actor_role_of(slice_str(name)), 1u << i);
    }
    assert_null(actor_role_name((enum actor_role)3));
    assert_int_equal(actor_role_of(SLICE("king")), 0);
    for (unsigned i = 0; i < STAKEHOLDERS; i++)
        assert_int_equal(stakeholder_of(slice_str(stakeholder_name((enum stakeholder)i))), i);
    assert_int_equal(stakeholder_of(SLICE("king")), STAKEHOLDERS);
}

static void rights(void **state)
{
    (void)state;
    struct slice own[] = {SLICE("example.org")};
    struct actor nobody = {0},
                 admin = {.roles = ACTOR_DOMAIN_ADMIN, .domains = own, .n_domains = 1};
    struct actor runs = {.roles = ACTOR_OPERATOR};
    assert_true(actor_may(&nobody, 0));
    assert_false(actor_may(&nobody, ACTOR_ALL));
    assert_true(actor_may(&admin, ACTOR_OPERATOR | ACTOR_DOMAIN_ADMIN));
    assert_false(actor_may(&admin, ACTOR_OPERATOR));
    assert_true(actor_has_domain(&admin, SLICE("Example.ORG")));
    assert_false(actor_has_domain(&admin, SLICE("sub.example.org")));
    assert_true(actor_has_domain(&runs, SLICE("other.example")));
    assert_false(actor_has_domain(&nobody, SLICE("example.org")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_round), cmocka_unit_test(rights)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
