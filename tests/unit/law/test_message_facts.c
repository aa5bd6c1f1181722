/* What a message shows of the facts that laws ask for. */
#include "law/message_facts.h"
#include "law/preflight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define HEAD "From: \"Seifen Lange\" <post@seifen-lange.example>\nTo: a@b.example\nSubject: "
#define GERMAN                                                                                      \
    "\n\nGuten Tag,\nwir haben neue Seifen für Sie und die Preise sind nicht höher als im Mai.\n" \
    "Jetzt bestellen: 3 Stück für 12 EUR.\n"

static const char plain[] = HEAD "Neue Seifen" GERMAN;
static const char full[] = HEAD
    "Werbung: neue Seifen\nList-Unsubscribe: <https://seifen-lange.example/u/1>, "
    "<mailto:ab@seifen-lange.example>\nList-Unsubscribe-Post: "
    "List-Unsubscribe=One-Click" GERMAN
    "\nSie möchten das nicht mehr? Hier abmelden: https://seifen-lange.example/abmelden?x=1\n\n"
    "Seifen Lange GmbH\nLindenweg 3\n10115 Berlin\nTelefon +49 30 1234567\n"
    "Impressum: https://seifen-lange.example/impressum\n";
static const char answer[] = HEAD "Re: Ihre Frage" GERMAN;
static const char true_answer[] = "In-Reply-To: <1@b.example>\n" HEAD "Re: Ihre Frage" GERMAN;
static const char noreply[] =
    "From: Shop <noreply@gmail.com>\nSubject: Hello\n\nThank you for your order. It is on the way "
    "to you and we will be with you when it arrives.\n";
static const char html[] =
    "From: Soap Shop <hello@soap.example>\nSubject: Sale\nMIME-Version: 1.0\n"
    "Content-Type: text/html; charset=utf-8\n\n<p>Soap Shop has a sale for you, with 20 % off and "
    "free shipping. Order now!</p><p><a href=\"https://soap.example/go/7f3\">Unsubscribe</a></p>"
    "<img src=\"https://t.example/p.gif\" width=1 height=1>"
    "<p>12 Long Street, Cape Town 8001, South Africa</p>";
static const char words_only[] =
    "From: noreply@soap.example\nSubject: Hi\n\nIf you do not want this any more you can "
    "unsubscribe in your account with us, and that is all that you have to do.\n";

static const struct {
    const char *mail;
    enum law_fact fact;
    int32_t value;
} cases[] = {
    {plain, LAW_FACT_MEDIUM, LAW_EMAIL},
    {plain, LAW_FACT_PURPOSE, LAW_COMMERCIAL},
    {plain, LAW_FACT_UNSUBSCRIBE, 0},
    {plain, LAW_FACT_POSTAL_ADDRESS, 0},
    {plain, LAW_FACT_POSTAL_LINK, 0},
    {plain, LAW_FACT_LIST_UNSUBSCRIBE, 0},
    {plain, LAW_FACT_LIST_UNSUBSCRIBE_POST, 0},
    {plain, LAW_FACT_ONE_CLICK, LAW_UNKNOWN},
    {plain, LAW_FACT_SENDER_NAMED, LAW_UNKNOWN},
    {plain, LAW_FACT_CONTACT, 1},
    {plain, LAW_FACT_TRACKING, 0},
    {plain, LAW_FACT_ADVERT_MARKED, LAW_UNKNOWN},
    {plain, LAW_FACT_SUBJECT_TRUE, LAW_UNKNOWN},
    {plain, LAW_FACT_HEADER_TRUE, LAW_UNKNOWN},
    {plain, LAW_FACT_DKIM, LAW_UNKNOWN},
    {plain, LAW_FACT_ADULT, LAW_UNKNOWN},
    {full, LAW_FACT_UNSUBSCRIBE, 1},
    {full, LAW_FACT_UNSUBSCRIBE_FREE, 1},
    {full, LAW_FACT_UNSUBSCRIBE_ELECTRONIC, 1},
    {full, LAW_FACT_UNSUBSCRIBE_SAME_MEDIUM, 1},
    {full, LAW_FACT_POSTAL_ADDRESS, 1},
    {full, LAW_FACT_POSTAL_LINK, 1},
    {full, LAW_FACT_IMPRINT, 1},
    {full, LAW_FACT_LIST_UNSUBSCRIBE, 1},
    {full, LAW_FACT_LIST_UNSUBSCRIBE_POST, 1},
    {full, LAW_FACT_ONE_CLICK, 1},
    {full, LAW_FACT_SENDER_NAMED, 1},
    {full, LAW_FACT_IDENTITY_FIRST, 0},
    {full, LAW_FACT_ADVERT_MARKED, 1},
    {answer, LAW_FACT_SUBJECT_TRUE, 0},
    {true_answer, LAW_FACT_SUBJECT_TRUE, LAW_UNKNOWN},
    {noreply, LAW_FACT_CONTACT, 0},
    {noreply, LAW_FACT_OWN_DOMAIN, 0},
    {noreply, LAW_FACT_PURPOSE, LAW_UNKNOWN},
    {html, LAW_FACT_UNSUBSCRIBE, 1},
    {html, LAW_FACT_UNSUBSCRIBE_SAME_MEDIUM, 1}, /* answers go to a person */
    {html, LAW_FACT_TRACKING, 1},
    {html, LAW_FACT_POSTAL_ADDRESS, 1},
    {html, LAW_FACT_PURPOSE, LAW_COMMERCIAL},
    {html, LAW_FACT_SENDER_NAMED, 1},
    {html, LAW_FACT_IDENTITY_FIRST, 1},
    {words_only, LAW_FACT_UNSUBSCRIBE, LAW_UNKNOWN},
    {"\n", LAW_FACT_SENDER_NAMED, 0},
    {"\n", LAW_FACT_HEADER_TRUE, 0},
    {"\n", LAW_FACT_UNSUBSCRIBE, LAW_UNKNOWN}, /* nothing to read: nothing to say */
};

static void read_mail(struct arena *a, const char *mail, const struct sender_record *sender,
                      struct message_facts *out)
{
    struct message_facts_in in = {.arena = a,
                                  .m = message_parse(a, slice_str(mail), NULL),
                                  .sender = sender,
                                  .is_mailing = true};
    message_facts_read(&in, out);
}

static void table(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct message_facts f;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        read_mail(a, cases[i].mail, NULL, &f);
        const struct message_fact *got = &f.of[cases[i].fact];
        if (got->value != cases[i].value)
            fail_msg("row %zu, %s: %d (%s %.*s)", i, law_fact_info(cases[i].fact)->name, got->value,
                     got->why ? got->why : "", SLICE_ARG(got->seen));
        if (got->value != LAW_UNKNOWN)
            assert_non_null(got->why); /* no answer without its ground */
    }
    arena_free(a);
}

/* What the sender states of itself is looked for, and its absence is a "no". */
static void stated(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct message_facts f;
    struct sender_record s = {SLICE("Seifen Lange GmbH"), SLICE("Lindenweg 3, 10115 Berlin"),
                              SLICE("seifen-lange.example")};
    read_mail(a, full, &s, &f);
    assert_int_equal(f.of[LAW_FACT_SENDER_NAMED].value, 1);
    assert_int_equal(f.of[LAW_FACT_POSTAL_ADDRESS].value, 1);
    assert_int_equal(f.of[LAW_FACT_OWN_DOMAIN].value, 1);
    read_mail(a, html, &s, &f);
    assert_int_equal(f.of[LAW_FACT_SENDER_NAMED].value, 0);
    assert_int_equal(f.of[LAW_FACT_POSTAL_ADDRESS].value, 0);
    assert_int_equal(f.of[LAW_FACT_OWN_DOMAIN].value, 0);
    arena_free(a);
}

/* Stated facts stay; what was read fills the gaps. */
static void into(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct message_facts f;
    struct law_facts l;
    struct err e;
    law_facts_init(&l);
    assert_int_equal(law_fact_set(&l, SLICE("unsubscribe"), SLICE("no"), &e), 0);
    read_mail(a, full, NULL, &f);
    message_facts_into(&f, &l);
    assert_int_equal(l.v[LAW_FACT_UNSUBSCRIBE], 0);
    assert_int_equal(l.v[LAW_FACT_LIST_UNSUBSCRIBE], 1);
    assert_int_equal(l.v[LAW_FACT_CONSENT], LAW_UNKNOWN);
    assert_int_equal(l.v[LAW_FACT_LANGUAGE], law_code(SLICE("DE")));
    assert_true(slice_starts(l.subject, SLICE("Werbung")));
    assert_string_equal(country_languages(SLICE("CA")), "en fr");
    assert_string_equal(country_languages(SLICE("XX")), "");
    arena_free(a);
}

/* Headers that a signature covers, from the results of authentication. */
static void signatures(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct dmarc_domain domain = {.from = SLICE("seifen-lange.example"), .value = AUTH_PASS};
    struct dkim_result d = {.value = AUTH_PASS,
                            .domain = SLICE("seifen-lange.example"),
                            .headers = SLICE("From: list-unsubscribe :Subject")};
    struct auth_result r = {.is_done = true,
                            .dkim = {.first = &d, .n = 1},
                            .dmarc = {.domains = &domain, .n = 1, .value = AUTH_PASS}};
    struct message_facts f;
    struct message_facts_in in = {
        .arena = a, .m = message_parse(a, slice_str(full), NULL), .auth = &r, .is_mailing = true};
    message_facts_read(&in, &f);
    assert_int_equal(f.of[LAW_FACT_DKIM].value, 1);
    assert_int_equal(f.of[LAW_FACT_DKIM_COVERS_UNSUBSCRIBE].value, 0);
    assert_int_equal(f.of[LAW_FACT_DMARC].value, 1);
    assert_int_equal(f.of[LAW_FACT_HEADER_TRUE].value, 1);
    d.headers = SLICE("From:List-Unsubscribe:List-Unsubscribe-Post");
    message_facts_read(&in, &f);
    assert_int_equal(f.of[LAW_FACT_DKIM_COVERS_UNSUBSCRIBE].value, 1);
    d.value = AUTH_TEMPERROR;
    d.is_incomplete = true;
    message_facts_read(&in, &f);
    assert_int_equal(f.of[LAW_FACT_DKIM].value, LAW_UNKNOWN); /* no answer, no verdict */
    d.value = AUTH_FAIL;
    d.is_incomplete = false;
    message_facts_read(&in, &f);
    assert_int_equal(f.of[LAW_FACT_DKIM].value, 0);
    arena_free(a);
}

/* One-click counts under a passing signature alone; unsigned, it stays open. */
static void one_click(void **state)
{
    (void)state;
    static const struct {
        const char *mail, *headers;
        enum auth_value value; /* of the signature; AUTH_NONE: there is none */
        enum dnscheck_state want;
    } rows[] = {
        {full, "From:List-Unsubscribe:List-Unsubscribe-Post", AUTH_PASS, DNSCHECK_OK},
        {full, "From:List-Unsubscribe", AUTH_PASS, DNSCHECK_PROBLEM},
        {full, "From:List-Unsubscribe:List-Unsubscribe-Post", AUTH_FAIL, DNSCHECK_PROBLEM},
        {full, "", AUTH_NONE, DNSCHECK_UNKNOWN},
        {plain, "From:List-Unsubscribe:List-Unsubscribe-Post", AUTH_PASS, DNSCHECK_WARNING}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *a = arena_new(0);
        struct dkim_result d = {.value = rows[i].value,
                                .domain = SLICE("seifen-lange.example"),
                                .reason = "",
                                .headers = slice_str(rows[i].headers)};
        struct auth_result r = {.is_done = true};
        if (rows[i].value != AUTH_NONE)
            r.dkim = (struct dkim_results){.first = &d, .n = 1};
        struct message_facts f;
        struct message_facts_in in = {
            .arena = a, .m = message_parse(a, slice_str(rows[i].mail), NULL), .auth = &r};
        struct dnscheck out;
        message_facts_read(&in, &f);
        dnscheck_message(a, &r, &out);
        size_t before = out.n, of_state = out.counts[rows[i].want];
        preflight_one_click(a, &f, &out);
        const struct dnscheck_item *last = out.items;
        while (last->next)
            last = last->next;
        assert_int_equal(out.n, before + 1);
        assert_int_equal(out.counts[rows[i].want], of_state + 1);
        assert_int_equal(last->topic, DNSCHECK_ONE_CLICK);
        if (last->state != rows[i].want)
            fail_msg("row %zu: %s", i, dnscheck_state_name(last->state));
        if (last->state != DNSCHECK_OK)
            assert_non_null(last->advice);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(table), cmocka_unit_test(stated),
                                       cmocka_unit_test(into), cmocka_unit_test(signatures),
                                       cmocka_unit_test(one_click)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
