/* No message where a mail program shows one From domain and dmarc=pass stands for another.
 *
 * evil.example may send from 192.0.2.66 and has a DMARC record, so that honest mail of it passes;
 * bank.example refuses everybody. Each row is a way to show bank.example (or a name that does not
 * exist) in a message that evil.example proves. None may pass. */
#include "ask/zone.h"
#include "auth/auth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

#define EVIL_IP "192.0.2.66"

static const char *const records[][3] = {
    {"evil.example", "TXT", "v=spf1 ip4:192.0.2.66 -all"},
    {"_dmarc.evil.example", "TXT", "v=DMARC1; p=none; rua=mailto:x@evil.example"},
    {"bank.example", "TXT", "v=spf1 -all"},
    {"_dmarc.bank.example", "TXT", "v=DMARC1; p=reject"},
    {"www.bank.example", "A", "192.0.2.1"},
    /* an organisation that lets its own record stop the walk */
    {"_dmarc.shared.example", "TXT", "v=DMARC1; p=none; psd=y"},
    {"_dmarc.bank.shared.example", "TXT", "v=DMARC1; p=reject"},
    {"evil.shared.example", "TXT", "v=spf1 ip4:192.0.2.66 -all"},
    {"strict.example", "TXT", "v=spf1 -all"},
    {"_dmarc.strict.example", "TXT", "v=DMARC1; p=reject; aspf=s; adkim=s"},
    {"host.strict.example", "TXT", "v=spf1 ip4:192.0.2.66 -all"},
    /* "b\xc3\xa4nk.example" */
    {"_dmarc.xn--bnk-qla.example", "TXT", "v=DMARC1; p=reject"},
};

struct trick {
    const char *name;
    const char *head; /* header fields; a subject and a body follow */
    size_t head_n;
    const char *mail_from; /* NULL: <x@evil.example> */
    const char *helo;      /* NULL: evil.example */
};

#define TE(name, head, from, helo)               \
    {                                            \
        name, head, sizeof(head) - 1, from, helo \
    }
#define T(name, head) TE(name, head, NULL, NULL)
#define EVIL          "<x@evil.example>"
#define BANK          "<ceo@bank.example>"

static const struct trick tricks[] = {
    T("two From fields, bank first", "From: " BANK "\r\nFrom: " EVIL "\r\n"),
    T("two From fields, bank last", "From: " EVIL "\r\nFrom: " BANK "\r\n"),
    T("two fields, capitals", "FROM: " BANK "\r\nfrom: " EVIL "\r\n"),
    T("many fields", "From: " EVIL "\r\nFrom: " EVIL "\r\nFrom: " EVIL "\r\nFrom: " BANK "\r\n"),
    T("space before the colon", "From : " BANK "\r\nFrom: " EVIL "\r\n"),
    T("tab before the colon", "From: " EVIL "\r\nFrom\t: " BANK "\r\n"),
    T("folded name", "From: " EVIL "\r\nFrom\r\n : " BANK "\r\n"),
    T("first line indented", " From: " BANK "\r\nFrom: " EVIL "\r\n"),
    T("two addresses", "From: " EVIL ", " BANK "\r\n"),
    T("two addresses, bank first", "From: " BANK ", " EVIL "\r\n"),
    T("no comma between", "From: " BANK " " EVIL "\r\n"),
    T("no comma, no brackets", "From: ceo@bank.example " EVIL "\r\nFrom: ceo@bank.example\r\n"),
    T("escaped comma", "From: " BANK "\\," EVIL "\r\n"),
    T("group", "From: Board:ceo@bank.example,x@evil.example;\r\n"),
    T("group and an address", "From: Board:" BANK ";, " EVIL "\r\n"),
    T("group behind", "From: " EVIL ", Board: ceo@bank.example;\r\n"),
    T("unclosed bracket", "From: <ceo@bank.example, " EVIL "\r\n"),
    T("nested brackets", "From: <" BANK "> " EVIL "\r\n"),
    T("source route", "From: <@evil.example:ceo@bank.example>\r\n"),
    T("source route of the bank", "From: <@bank.example,@b.example:x@evil.example>\r\n"),
    T("route without a colon", "From: <@bank.example,x@evil.example>\r\n"),
    T("quoted local part with an address", "From: \"ceo@bank.example\"@evil.example\r\n"),
    T("two at signs", "From: <ceo@bank.example@evil.example>\r\n"),
    T("two at signs, turned", "From: <x@evil.example@bank.example>\r\n"),
    T("encoded word holds the address", "From: =?utf-8?B?PGNlb0BiYW5rLmV4YW1wbGU+?= " EVIL "\r\n"),
    T("encoded word holds address and comma",
      "From: =?utf-8?Q?ceo=40bank=2Eexample=2C?= " EVIL "\r\n"),
    T("encoded word instead of an address", "From: =?utf-8?Q?ceo=40bank=2Eexample?=\r\n"),
    T("encoded local part", "From: =?utf-8?Q?ceo=40bank.example=3E_=3C?=@evil.example\r\n"),
    T("encoded angle inside the bracket", "From: <=?utf-8?Q?ceo=40bank.example=3E?=@evil.example>"
                                          "\r\n"),
    T("NUL cuts", "From: <ceo@bank.example\0@evil.example>\r\n"),
    T("NUL cuts a second address", "From: ceo@bank.example\0, " EVIL "\r\n"),
    T("NUL inside the domain", "From: <ceo@ba\0nk.example>\r\nFrom: " EVIL "\r\n"),
    T("bare CR", "From: " EVIL "\rFrom: " BANK "\r\n"),
    T("bare CR before", "X-A: b\rFrom: " BANK "\r\nFrom: " EVIL "\r\n"),
    T("bare LF", "From: " EVIL "\nFrom: " BANK "\r\n"),
    T("CR CR LF", "X-A: b\r\r\nFrom: " BANK "\r\nFrom: " EVIL "\r\n"),
    T("line of blanks", "From: " EVIL "\r\n \r\nFrom: " BANK "\r\n"),
    T("line of blanks before", "X-A: b\r\n\t\r\nFrom: " BANK "\r\nFrom: " EVIL "\r\n"),
    T("line that is no field",
      "From: " EVIL "\r\nnonsense\r\nnonsense again\r\nFrom: " BANK "\r\n"),
    T("comment hides", "From: ceo@bank.example (" EVIL ")\r\n"),
    T("comment inside the domain", "From: <ceo@bank.(x@evil.example)example>\r\n"),
    T("unclosed comment", "From: " EVIL " (\r\nFrom: " BANK "\r\n"),
    T("unclosed quote", "From: \"a " EVIL "\r\nFrom: " BANK "\r\n"),
    T("trailing dot", "From: <ceo@bank.example.>\r\n"),
    T("subdomain that does not exist", "From: <ceo@pay.bank.example>\r\n"),
    T("subdomain that exists", "From: <ceo@www.bank.example>\r\n"),
    T("deep subdomain", "From: <ceo@a.b.c.d.e.f.g.h.i.bank.example>\r\n"),
    T("name that does not exist", "From: <ceo@no.such.name.invalid>\r\n"),
    T("single label", "From: <ceo@localhost>\r\n"),
    T("address literal", "From: <ceo@[192.0.2.66]>\r\n"),
    T("no domain", "From: ceo\r\n"),
    T("empty", "From: \r\n"),
    T("null address", "From: <>\r\n"),
    T("no From", "Sender: " EVIL "\r\n"),
    T("Resent-From only", "Resent-From: " EVIL "\r\n"),
    T("label of 70 bytes",
      "From: <ceo@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaa.bank.example>\r\n"),
    T("empty label", "From: <ceo@bank..example>\r\n"),
    T("wide letters", "From: <ceo@\xef\xbd\x82\xef\xbd\x81\xef\xbd\x8e\xef\xbd\x8b.example>\r\n"),
    T("ideographic dot", "From: <ceo@bank\xe3\x80\x82"
                         "example>\r\n"),
    T("U-label", "From: <ceo@b\xc3\xa4nk.example>\r\n"),
    T("raw 8-bit, not UTF-8", "From: <ceo@b\xe4nk.example>\r\n"),
    T("capitals", "From: <CEO@BANK.EXAMPLE>\r\n"),
    T("non-ASCII local part", "From: <ch\xc3\xa9"
                              "f@bank.example>\r\n"),
    TE("null reverse-path", "From: " BANK "\r\n", "", "evil.example"),
    TE("null reverse-path, HELO of the bank", "From: " BANK "\r\n", "", "bank.example"),
    TE("MAIL FROM with two at signs", "From: " BANK "\r\n", "x@bank.example@evil.example", NULL),
    TE("MAIL FROM with the bank as local part", "From: " BANK "\r\n", "bank.example@evil.example",
       NULL),
    TE("MAIL FROM below the bank", "From: " BANK "\r\n", "x@evil.bank.example", NULL),
    TE("sibling below a public suffix", "From: <ceo@bank.shared.example>\r\n",
       "x@evil.shared.example", NULL),
    TE("the suffix itself", "From: <ceo@shared.example>\r\n", "x@evil.shared.example", NULL),
    TE("below a strict domain", "From: <ceo@strict.example>\r\n", "x@host.strict.example", NULL),
};

static struct zone *make_zone(struct arena *a)
{
    struct zone *z = zone_new(a);
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        enum dns_type type;
        assert_true(dns_type_of(slice_str(records[i][1]), &type));
        assert_true(zone_add(z, slice_str(records[i][0]), type, slice_str(records[i][2])));
    }
    return z;
}

static void evaluate(struct arena *a, const struct zone *z, const struct trick *t,
                     struct auth_result *r)
{
    struct slice rest = SLICE("Subject: hello\r\n\r\nText\r\n");
    char *bytes = arena_bytes(a, t->head_n + rest.n);
    memcpy(bytes, t->head, t->head_n);
    memcpy(bytes + t->head_n, rest.p, rest.n);
    struct envelope env = {.client_ip = SLICE(EVIL_IP),
                           .helo = slice_str(t->helo ? t->helo : "evil.example"),
                           .mail_from = slice_str(t->mail_from ? t->mail_from : "x@evil.example"),
                           .has_mail_from = true};
    struct auth_in in = {.arena = a,
                         .m = message_parse(a, slice_of(bytes, t->head_n + rest.n), NULL),
                         .env = &env,
                         .now = 1800000000};
    struct ask *q = ask_new(a, NULL);
    *r = (struct auth_result){0};
    while (!auth_check(&in, q, r))
        assert_int_not_equal(zone_answer(z, q), 0);
}

static void none_passes(void **state)
{
    (void)state;
    unsigned bad = 0;
    for (size_t i = 0; i < sizeof tricks / sizeof *tricks; i++) {
        struct arena *a = arena_new(0);
        struct auth_result r;
        evaluate(a, make_zone(a), &tricks[i], &r);
        if (r.dmarc.value == AUTH_PASS) {
            printf("# passes: %s (for %.*s)\n", tricks[i].name, SLICE_ARG(r.dmarc.worst->from));
            bad++;
        }
        arena_free(a);
    }
    assert_int_equal(bad, 0);
}

/* The net above catches nothing that is honest: each of these must pass. */
static const struct trick honest[] = {
    T("plain", "From: " EVIL "\r\n"),
    T("display name", "From: \"X of Evil\" " EVIL "\r\n"),
    T("comment", "From: x@evil.example (X)\r\n"),
    T("the same twice", "From: " EVIL "\r\nFrom: " EVIL "\r\n"),
    T("two of one domain", "From: " EVIL ", <y@evil.example>\r\n"),
    T("subdomain, relaxed", "From: <x@mail.evil.example>\r\n"),
    T("name with a colon in quotes", "From: \"Re: X\" " EVIL "\r\n"),
    T("encoded name", "From: =?utf-8?Q?M=C3=BCller?= " EVIL "\r\n"),
    T("folded", "From: \"X\"\r\n " EVIL "\r\n"),
    T("from in a folded subject", "From: " EVIL "\r\nSubject: a\r\n from: " BANK "\r\n"),
    T("Received with from",
      "Received: from bank.example\r\n\tby evil.example\r\nFrom: " EVIL "\r\n"),
    T("address shown as the name", "From: \"ceo@bank.example\" " EVIL "\r\n"),
    TE("null reverse-path, own HELO", "From: " EVIL "\r\n", "", "evil.example"),
};

static void honest_passes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof honest / sizeof *honest; i++) {
        struct arena *a = arena_new(0);
        struct auth_result r;
        evaluate(a, make_zone(a), &honest[i], &r);
        if (r.dmarc.value != AUTH_PASS)
            fail_msg("%s: %s (%s), for %.*s", honest[i].name, auth_value_name(r.dmarc.value),
                     r.dmarc.reason,
                     SLICE_ARG(r.dmarc.worst ? r.dmarc.worst->from : (struct slice){0}));
        arena_free(a);
    }
}

/* What is behind the first empty line is body. */
static void body_is_no_header(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct auth_result r;
    struct trick t = T("", "From: " EVIL "\r\n\r\nFrom: " BANK "\r\n");
    evaluate(a, make_zone(a), &t, &r);
    assert_int_equal(r.dmarc.value, AUTH_PASS);
    assert_int_equal(r.dmarc.n, 1);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_passes),
        cmocka_unit_test(honest_passes),
        cmocka_unit_test(body_is_no_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
