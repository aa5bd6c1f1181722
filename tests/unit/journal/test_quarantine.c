/* The rules of quarantine, as a table: who may do what in which state. */
#include "helpers.h"
#include "journal/quarantine.h"

enum who { OWNER, STRANGER, OPERATOR, NODE };

static const struct {
    enum hold_kind kind;
    enum hold_state state;
    enum hold_act act;
    enum who who;
    bool is_over; /* its time */
    int want;
    enum hold_state next;
} cases[] = {
    /* Users release spam and bulk addressed to them. */
    {HOLD_OF_SPAM, HOLD_HELD, HOLD_RELEASE, OWNER, false, 0, HOLD_RELEASED},
    {HOLD_OF_BULK, HOLD_HELD, HOLD_RELEASE, OWNER, false, 0, HOLD_RELEASED},
    {HOLD_OF_SPAM, HOLD_HELD, HOLD_RELEASE, STRANGER, false, ERR_DENIED, 0},
    {HOLD_OF_PHISHING, HOLD_HELD, HOLD_RELEASE, OWNER, false, ERR_DENIED, 0},
    {HOLD_OF_MALWARE, HOLD_HELD, HOLD_RELEASE, OWNER, false, ERR_DENIED, 0},
    {HOLD_OF_OTHER, HOLD_HELD, HOLD_RELEASE, OWNER, false, ERR_DENIED, 0},
    /* Operators release everything. */
    {HOLD_OF_PHISHING, HOLD_HELD, HOLD_RELEASE, OPERATOR, false, 0, HOLD_RELEASED},
    {HOLD_OF_MALWARE, HOLD_HELD, HOLD_RELEASE, OPERATOR, false, 0, HOLD_RELEASED},
    {HOLD_OF_SPAM, HOLD_HELD, HOLD_RELEASE, OPERATOR, false, 0, HOLD_RELEASED},
    /* Refused: by operators alone, and then only they may release. */
    {HOLD_OF_SPAM, HOLD_HELD, HOLD_REFUSE, OPERATOR, false, 0, HOLD_REFUSED},
    {HOLD_OF_SPAM, HOLD_HELD, HOLD_REFUSE, OWNER, false, ERR_DENIED, 0},
    {HOLD_OF_SPAM, HOLD_REFUSED, HOLD_RELEASE, OWNER, false, ERR_DENIED, 0},
    {HOLD_OF_SPAM, HOLD_REFUSED, HOLD_RELEASE, OPERATOR, false, 0, HOLD_RELEASED},
    {HOLD_OF_SPAM, HOLD_REFUSED, HOLD_REFUSE, OPERATOR, false, ERR_EXISTS, 0},
    /* Deleting: one's own, of any kind. */
    {HOLD_OF_MALWARE, HOLD_HELD, HOLD_DELETE, OWNER, false, 0, HOLD_DELETED},
    {HOLD_OF_MALWARE, HOLD_REFUSED, HOLD_DELETE, OWNER, false, 0, HOLD_DELETED},
    {HOLD_OF_SPAM, HOLD_HELD, HOLD_DELETE, STRANGER, false, ERR_DENIED, 0},
    {HOLD_OF_SPAM, HOLD_HELD, HOLD_DELETE, OPERATOR, false, 0, HOLD_DELETED},
    {HOLD_OF_SPAM, HOLD_RELEASED, HOLD_DELETE, OWNER, false, ERR_EXISTS, 0},
    /* Time. */
    {HOLD_OF_SPAM, HOLD_HELD, HOLD_RELEASE, OWNER, true, ERR_NOENT, 0},
    {HOLD_OF_SPAM, HOLD_HELD, HOLD_EXPIRE, NODE, false, ERR_DENIED, 0},
    {HOLD_OF_SPAM, HOLD_HELD, HOLD_EXPIRE, NODE, true, 0, HOLD_EXPIRED},
    {HOLD_OF_SPAM, HOLD_REFUSED, HOLD_EXPIRE, NODE, true, 0, HOLD_EXPIRED},
    {HOLD_OF_SPAM, HOLD_RELEASED, HOLD_EXPIRE, NODE, true, ERR_EXISTS, 0}, /* still on its way */
    {HOLD_OF_SPAM, HOLD_HELD, HOLD_EXPIRE, OPERATOR, true, ERR_DENIED, 0},
    /* Delivery, by the node alone. */
    {HOLD_OF_SPAM, HOLD_RELEASED, HOLD_DELIVER, NODE, false, 0, HOLD_DELIVERED},
    {HOLD_OF_SPAM, HOLD_RELEASED, HOLD_DELIVER, NODE, true, 0, HOLD_DELIVERED},
    {HOLD_OF_SPAM, HOLD_RELEASED, HOLD_FAIL, NODE, false, 0, HOLD_HELD},
    {HOLD_OF_SPAM, HOLD_HELD, HOLD_DELIVER, NODE, false, ERR_EXISTS, 0},
    {HOLD_OF_SPAM, HOLD_RELEASED, HOLD_DELIVER, OPERATOR, false, ERR_DENIED, 0},
    {HOLD_OF_SPAM, HOLD_HELD, HOLD_RELEASE, NODE, false, ERR_DENIED, 0},
    /* Twice, and when it is gone. A stranger is told nothing of the state. */
    {HOLD_OF_SPAM, HOLD_RELEASED, HOLD_RELEASE, OWNER, false, ERR_EXISTS, 0},
    {HOLD_OF_SPAM, HOLD_DELIVERED, HOLD_RELEASE, OWNER, false, ERR_NOENT, 0},
    {HOLD_OF_SPAM, HOLD_DELETED, HOLD_RELEASE, OPERATOR, false, ERR_NOENT, 0},
    {HOLD_OF_SPAM, HOLD_EXPIRED, HOLD_DELETE, OWNER, false, ERR_NOENT, 0},
    {HOLD_OF_SPAM, HOLD_DELETED, HOLD_RELEASE, STRANGER, false, ERR_DENIED, 0},
};

static void rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hold h = {.kind = cases[i].kind, .state = cases[i].state, .expires_us = 1000};
        memset(h.person, 7, 16);
        struct hold_actor who = {.role = cases[i].who == NODE       ? HOLD_BY_NODE
                                         : cases[i].who == OPERATOR ? HOLD_BY_OPERATOR
                                                                    : HOLD_BY_USER};
        memset(who.person, cases[i].who == OWNER ? 7 : 8, 16);
        enum hold_state next = HOLD_STATES;
        const char *why = NULL;
        int r = hold_decide(&h, cases[i].act, &who, cases[i].is_over ? 1000 : 999, &next, &why);
        if (r != cases[i].want || (r == 0 && next != cases[i].next) || (r < 0 && why == NULL))
            fail_msg("case %zu: %s, %s, act %d by %d gives %s and %s (%s)", i,
                     hold_kind_name(h.kind), hold_state_name(h.state), (int)cases[i].act,
                     (int)cases[i].who, err_name(r), hold_state_name(next), why ? why : "");
    }
}

/* Whatever the order of acts, a message that is over never comes back. */
static void over_is_over(void **state)
{
    (void)state;
    for (int s = HOLD_DELIVERED; s < HOLD_STATES; s++) {
        assert_false(hold_needs_object((enum hold_state)s));
        for (int act = 0; act < HOLD_ACTS; act++)
            for (int role = 0; role <= HOLD_BY_NODE; role++) {
                struct hold h = {.state = (enum hold_state)s, .expires_us = 10};
                struct hold_actor who = {.role = (enum hold_role)role};
                enum hold_state next;
                const char *why;
                assert_true(hold_decide(&h, (enum hold_act)act, &who, 5, &next, &why) < 0);
                assert_true(hold_decide(&h, (enum hold_act)act, &who, 15, &next, &why) < 0);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rules), cmocka_unit_test(over_is_over)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
