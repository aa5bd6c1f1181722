/* Who counts as one source: a domain's owner is one voice however many mailboxes he makes. */
#include "desk/party.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static const struct {
    const char *mailbox;
    enum party_kind kind;
    const char *name;
} cases[] = {
    {"a1@spammer.example", PARTY_ORGANISATION, "spammer.example"},
    {"a2@Spammer.Example.", PARTY_ORGANISATION, "spammer.example"},
    {"x@deep.below.spammer.example", PARTY_ORGANISATION, "spammer.example"},
    {"\"a@b\"@spammer.example", PARTY_ORGANISATION, "spammer.example"},
    {"x@shop.co.uk", PARTY_ORGANISATION, "shop.co.uk"},
    {"x@mail.shop.co.uk", PARTY_ORGANISATION, "shop.co.uk"},
    {"ann@free.example", PARTY_PERSON, "ann@free.example"},
    {"A.n.n+news@FREE.example", PARTY_PERSON, "ann@free.example"},
    {"bob@free.example", PARTY_PERSON, "bob@free.example"},
    {"+ann@free.example", PARTY_PERSON, "+ann@free.example"},
    /* a name below a provider's may belong to one of its customers with all its mailboxes */
    {"bob@customer.free.example", PARTY_ORGANISATION, "free.example"},
    {"eve@own.example", PARTY_OWN, ""},
    {"eve@Dept.OWN.example", PARTY_OWN, ""},
    {"eve@notown.example", PARTY_ORGANISATION, "notown.example"},
    {"eve@com", PARTY_NONE, ""},
    {"eve@co.uk", PARTY_NONE, ""},
    {"eve@192.0.2.1", PARTY_NONE, ""},
    {"eve@", PARTY_NONE, ""},
    {"@own.example", PARTY_NONE, ""},
    {"eve", PARTY_NONE, ""},
    {"", PARTY_NONE, ""},
};

static void parties(void **state)
{
    (void)state;
    struct slice own[] = {SLICE("own.example")},
                 named[] = {SLICE("other.example"), SLICE("Free.example")};
    struct conf_list domains = {own, 1};
    struct desk_settings s = {.public_mail = {named, 2}};
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct party p = desk_party(a, &s, &domains, slice_str(cases[i].mailbox));
        if (p.kind != cases[i].kind || !slice_eq(p.name, slice_str(cases[i].name)))
            fail_msg("%s: %d %.*s", cases[i].mailbox, (int)p.kind, SLICE_ARG(p.name));
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parties)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
