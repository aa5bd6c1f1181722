/* Which addresses are one mailbox. */
#include "helpers.h"
#include "journal/pseudonym.h"

#define ALIAS(from, to)           \
    {                             \
        {from, sizeof(from) - 1}, \
        {                         \
            to, sizeof(to) - 1    \
        }                         \
    }

static void canonical(void **state)
{
    (void)state;
    struct mailbox_alias aliases[] = {ALIAS("info@example.org", "anna@example.org"),
                                      ALIAS("@example.net", "@example.org"),
                                      ALIAS("sales@example.net", "bert@example.org")};
    struct mailboxes map = {'+', 3, aliases}, dash = {'-', 0, NULL}, none = {'\0', 0, NULL};
    OK(mailboxes_sort(&map, &test_err));
    const struct {
        const struct mailboxes *map;
        const char *address, *mailbox;
    } cases[] = {
        {NULL, " Anna+Shop@Example.ORG ", "anna@example.org"},
        {NULL, "anna", "anna"},
        {NULL, "+tag@example.org", "+tag@example.org"}, /* nothing but a tag is a name */
        {&none, "anna+shop@example.org", "anna+shop@example.org"},
        {&dash, "anna-shop@my-domain.example", "anna@my-domain.example"},
        {&map, "INFO@example.org", "anna@example.org"},
        {&map, "info+x@example.org", "anna@example.org"},
        {&map, "carl@example.net", "carl@example.org"},
        {&map, "info@example.net", "anna@example.org"}, /* the domain, then the address */
        {&map, "sales@example.net", "bert@example.org"},
        {&map, "sales@example.org", "sales@example.org"},
        {&map, "", ""},
    };
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct slice got = mailbox_canonical(a, cases[i].map, slice_str(cases[i].address));
        if (!slice_eq(got, slice_str(cases[i].mailbox)))
            fail_msg("%s became %.*s, not %s", cases[i].address, SLICE_ARG(got), cases[i].mailbox);
    }
    arena_free(a);
}

static void contradictions(void **state)
{
    (void)state;
    struct mailbox_alias two[] = {ALIAS("info@example.org", "anna@example.org"),
                                  ALIAS("info@example.org", "bert@example.org")};
    struct mailbox_alias mixed[] = {ALIAS("@example.net", "anna@example.org")};
    struct mailboxes both = {'+', 2, two}, odd = {'+', 1, mixed};
    assert_int_equal(mailboxes_sort(&both, &test_err), ERR_EXISTS);
    assert_non_null(strstr(test_err.text, "\"info@example.org\" is an alias of both"));
    assert_int_equal(mailboxes_sort(&odd, &test_err), ERR_PARSE);
    two[1].mailbox = two[0].mailbox; /* said twice is not a contradiction */
    assert_int_equal(mailboxes_sort(&both, &test_err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(canonical),
                                       cmocka_unit_test(contradictions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
