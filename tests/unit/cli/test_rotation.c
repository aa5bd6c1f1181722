/* The stages of a key rotation, from making to revoking. */
#include "cli/dkim_rotation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void stages(void **state)
{
    (void)state;
    static const struct {
        size_t new_in_use, old_in_use;
        int64_t switched, now;
        enum rotation_kind want;
        int64_t next;
        size_t unseen;
    } rows[] = {
        {0, 2, 0, 1000, ROTATION_PUBLISH, 1100, 0},
        {0, 2, 0, 1099, ROTATION_PUBLISH, 1100, 0},
        {0, 2, 0, 1100, ROTATION_SWITCH, 0, 0},
        {1, 1, 0, 1200, ROTATION_MIXED, 0, 0},
        {2, 2, 0, 1200, ROTATION_MIXED, 0, 0},
        {2, 0, 0, 1200, ROTATION_KEEP, 1700, 0},
        {2, 0, 1200, 1699, ROTATION_KEEP, 1700, 0},
        {2, 0, 1200, 1700, ROTATION_REVOKE, 0, 0},
        {0, 2, 1200, 1800, ROTATION_SWITCH, 0, 0}, /* switched back */
        {0, 2, 0, 1000, ROTATION_PUBLISH, 1100, 2},
        {0, 2, 0, 1100, ROTATION_PUBLISH, 0, 1}, /* time enough, but the DNS lacks one */
        {2, 0, 0, 1200, ROTATION_KEEP, 1700, 1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rotation r = {.since_s = 1000,
                             .switched_s = rows[i].switched,
                             .n_new = 2,
                             .new_in_use = rows[i].new_in_use,
                             .old_in_use = rows[i].old_in_use,
                             .n_unseen = rows[i].unseen,
                             .wait_s = 100,
                             .keep_s = 500};
        struct rotation_stage st = rotation_look(&r, rows[i].now);
        assert_int_equal(st.stage, rows[i].want);
        assert_int_equal(st.next_s, rows[i].next);
    }
    assert_string_equal(rotation_name(ROTATION_REVOKE), "revoke");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stages)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
