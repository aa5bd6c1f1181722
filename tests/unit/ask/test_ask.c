/* ask: questions of a message, names, record readers. */
#include "ask/ask.h"
#include "ask/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void same(struct slice got, const char *want)
{
    if (!slice_eq(got, slice_str(want)))
        fail_msg("got \"%.*s\", want \"%s\"", SLICE_ARG(got), want);
}

static void names(void **state)
{
    static const struct {
        const char *name, *want; /* NULL: DNS cannot carry it */
    } cases[] = {
        {"Example.COM", "example.com"},
        {"example.com.", "example.com"},
        {"", ""},
        {".", ""},
        {"_dmarc.example", "_dmarc.example"},
        {"a b.example", "a b.example"},
        {"..", NULL},
        {".example", NULL},
        {"a..example", NULL},
        {"example..", NULL},
        {"b\xc3\xbc"
         "cher.example",
         "xn--bcher-kva.example"},
        {"B\xc3\x9c"
         "CHER.example",
         "xn--bcher-kva.example"},
        {"_x.b\xc3\xbc"
         "cher.example",
         "_x.xn--bcher-kva.example"},
        {"stra\xc3\x9f"
         "e.example",
         "xn--strae-oqa.example"},
        {"a\xe3\x80\x82"
         "b.example",
         "a.b.example"},
        {"\xff.example", NULL},
        {"\xe3\x80\x82.example", NULL},
        {"A12345678901234567890123456789012345678901234567890123456789012.x",
         "a12345678901234567890123456789012345678901234567890123456789012.x"},
        {"A123456789012345678901234567890123456789012345678901234567890123.x", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char room[DNS_NAME_BYTES];
        struct slice got;
        bool ok = dns_name_fold(slice_str(cases[i].name), room, &got);
        assert_int_equal(ok, dns_name_is_valid(slice_str(cases[i].name)));
        if (ok != (cases[i].want != NULL))
            fail_msg("%s", cases[i].name);
        if (ok)
            same(got, cases[i].want);
    }
}

/* The longest name: 253 bytes in text, 255 on the wire. */
static void long_names(void **state)
{
    (void)state;
    char text[600], room[DNS_NAME_BYTES];
    unsigned char wire[DNS_NAME_BYTES];
    struct slice got;
    size_t used;
    memset(text, 'a', sizeof(text));
    for (size_t i = 63; i < sizeof(text); i += 64)
        text[i] = '.';
    assert_true(dns_name_fold(slice_of(text, 253), room, &got));
    assert_int_equal(dns_name_wire(got, wire), 255);
    char back[DNS_NAME_BYTES];
    struct slice again;
    assert_true(dns_name_read(slice_of((char *)wire, 255), back, &again, &used));
    assert_int_equal(used, 255);
    assert_true(slice_eq(got, again));
    assert_false(dns_name_fold(slice_of(text, 254), room, &got));
    for (size_t i = 1; i < 300; i += 2) /* 10,000 labels would be no better */
        text[i] = '.';
    assert_false(dns_name_fold(slice_of(text, 299), room, &got));
}

static void once(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct ask *q = ask_new(a, NULL);
    struct dns_question question;
    assert_null(ask_dns(q, SLICE("Example.com"), DNS_TXT));
    assert_null(ask_dns(q, SLICE("example.COM."), DNS_TXT));
    assert_null(ask_dns(q, SLICE("example.com"), DNS_MX));
    assert_int_equal(ask_count(q), 2);
    assert_true(ask_is_pending(q));
    assert_true(ask_next(q, &question));
    same(question.name, "example.com");
    assert_int_equal(question.type, DNS_TXT);
    assert_true(ask_next(q, &question));
    assert_false(ask_next(q, &question));
    assert_int_equal(ask_waiting(q), 2);

    char bytes[] = "\4v=xx";
    struct slice rdata[1] = {slice_of(bytes, 5)};
    struct dns_answer answer = {.status = ASK_OK, .n = 1, .rdata = rdata, .is_secure = true};
    ask_answered(q, 0, &answer);
    bytes[1] = 'w'; /* the answer was copied */
    ask_answered(q, 0, &(struct dns_answer){.status = ASK_FAILED});
    ask_answered(q, 77, &answer);
    assert_int_equal(ask_waiting(q), 1);
    const struct dns_answer *got = ask_dns(q, SLICE("EXAMPLE.com"), DNS_TXT);
    assert_non_null(got);
    assert_int_equal(got->status, ASK_OK);
    assert_true(got->is_secure);
    struct slice text;
    assert_true(dns_txt(a, got->rdata[0], &text));
    same(text, "v=xx");

    ask_give_up(q, ASK_TIMEOUT, "no answer in 5 s");
    assert_false(ask_is_pending(q));
    assert_int_equal(ask_dns(q, SLICE("example.com"), DNS_MX)->status, ASK_TIMEOUT);
    assert_int_equal(ask_dns(q, SLICE("other.example"), DNS_MX)->status, ASK_TIMEOUT);
    assert_string_equal(ask_dns(q, SLICE("other.example"), DNS_A)->detail, "no answer in 5 s");
    assert_int_equal(ask_dns(q, SLICE("example.com"), DNS_TXT)->status, ASK_OK);
    arena_free(a);
}

static void limits(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct ask *q = ask_new(a, &(struct ask_limits){.questions = 4, .rdata_bytes = 100});
    assert_int_equal(ask_dns(q, SLICE("a..b"), DNS_A)->status, ASK_LIMIT);
    ask_ahead(q, SLICE("1.example"), DNS_A);
    ask_ahead(q, SLICE("2.example"), DNS_A);
    ask_ahead(q, SLICE("3.example"), DNS_A);
    ask_ahead(q, SLICE("4.example"), DNS_A); /* hints leave room */
    assert_int_equal(ask_count(q), 3);
    assert_null(ask_dns(q, SLICE("4.example"), DNS_A));
    assert_int_equal(ask_dns(q, SLICE("5.example"), DNS_A)->status, ASK_LIMIT);
    assert_null(ask_dns(q, SLICE("1.example"), DNS_A));
    struct dns_question question;
    assert_true(ask_next(q, &question));
    char big[101] = {0};
    struct slice rdata[1] = {slice_of(big, sizeof(big))};
    ask_answered(q, question.id, &(struct dns_answer){.status = ASK_OK, .n = 1, .rdata = rdata});
    assert_int_equal(ask_dns(q, SLICE("1.example"), DNS_A)->status, ASK_FAILED);
    assert_int_equal(ask_dns(q, SLICE("1.example"), DNS_A)->n, 0);
    arena_free(a);
}

static void records(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct slice got;
    unsigned preference;
    assert_true(dns_txt(a, SLICE("\3abc\2de\0"), &got));
    same(got, "abcde");
    assert_false(dns_txt(a, SLICE("\3ab"), &got));
    assert_false(dns_txt(a, SLICE(""), &got));
    assert_true(dns_name(a, SLICE("\4Mail\7example\0"), &got));
    same(got, "mail.example");
    assert_true(dns_name(a, SLICE("\0"), &got));
    same(got, "");
    assert_false(dns_name(a, SLICE("\4mail\7example"), &got));
    assert_false(dns_name(a, SLICE("\4mail\0x"), &got));
    assert_false(dns_name(a, SLICE("\xc0\x0c"), &got)); /* compressed */
    assert_false(dns_name(a, SLICE("\3a.b\0"), &got));  /* a dot inside a label */
    assert_true(dns_mx(a, SLICE("\1\2\1x\0"), &preference, &got));
    assert_int_equal(preference, 258);
    same(got, "x");
    assert_false(dns_mx(a, SLICE("\1"), &preference, &got));
    arena_free(a);
}

static void reverse(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    same(dns_reverse_name(a, SLICE("192.0.2.1")), "1.2.0.192.in-addr.arpa");
    same(dns_reverse_name(a, SLICE("::ffff:192.0.2.1")), "1.2.0.192.in-addr.arpa");
    same(dns_reverse_name(a, SLICE("2001:db8::567:89ab")),
         "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
    same(dns_reverse_name(a, SLICE("example")), "");
    same(dns_reverse_name(a, SLICE("")), "");
    enum dns_type type;
    assert_true(dns_type_of(SLICE("txt"), &type));
    assert_int_equal(type, DNS_TXT);
    assert_string_equal(dns_type_name(DNS_AAAA), "AAAA");
    assert_string_equal(ask_status_name(ASK_LIMIT), "limit");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names),   cmocka_unit_test(long_names),
                                       cmocka_unit_test(once),    cmocka_unit_test(limits),
                                       cmocka_unit_test(records), cmocka_unit_test(reverse)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
