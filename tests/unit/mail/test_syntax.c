/* The small grammars: addresses, dates, encoded words, charsets, transfer encodings, flowed text,
 * TNEF; and the names and readings that parameters give. */
#include "mail/address.h"
#include "mail/date.h"
#include "mail/decode.h"
#include "mail/flowed.h"
#include "mail/rfc2047.h"
#include "mail/tnef.h"
#include "mail/unicode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void same(struct slice got, const char *want)
{
    if (!slice_eq(got, slice_str(want)))
        fail_msg("got \"%.*s\", want \"%s\"", SLICE_ARG(got), want);
}

static void addresses(void **state)
{
    (void)state;
    /* field, then "display|local|domain|group" of each address */
    static const struct {
        const char *field, *want;
    } CASES[] = {
        {"a@b.c", "|a|b.c|"},
        {"Jane Doe <j@D.example>", "Jane Doe|j|d.example|"},
        {"\"Doe, Jane\" <j@d.example>, x@y.z", "Doe, Jane|j|d.example|;|x|y.z|"},
        {"j@d.example (Jane (x))", "Jane (x)|j|d.example|"},
        {"<@a,@b:j@d.example>", "|j|d.example|"},
        {"Team: a@b.c, d@e.f; g@h.i", "|a|b.c|Team;|d|e.f|Team;|g|h.i|"},
        {"undisclosed-recipients:;", ""},
        {"\"a b\"@c.d", "|a b|c.d|"},
        {"a@[1.2.3.4]", "|a|[1.2.3.4]|"},
        {"root", "|root||"},
        {"<>", "|||"},
        {"=?utf-8?q?J=C3=B6rg?= <j@d.example>", "J\xc3\xb6rg|j|d.example|"},
        {"j\xc3\xb6rg@\xc3\xbc.example", "|j\xc3\xb6rg|\xc3\xbc.example|"},
        {"\"a@b.c\" <d@e.f>", "a@b.c|d|e.f|"},
        {"a . b @ c . d", "|a.b|c.d|"},
    };
    struct message m = {.arena = arena, .limits = &MAIL_LIMITS};
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct slice all = SLICE("");
        for (struct address *one = address_list(&m, 0, slice_str(CASES[i].field)); one;
             one = one->next)
            all = arena_printf(arena, "%.*s%s%.*s|%.*s|%.*s|%.*s", SLICE_ARG(all), all.n ? ";" : "",
                               SLICE_ARG(one->display), SLICE_ARG(one->local),
                               SLICE_ARG(one->domain), SLICE_ARG(one->group));
        same(all, CASES[i].want);
    }
}

static void checks(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        enum address_class want;
    } CASES[] = {{"a@b.example", ADDRESS_SMTP},        {"\"a b\"@c.example", ADDRESS_UNUSUAL},
                 {"a@[IPv6:::1]", ADDRESS_UNUSUAL},    {"(c)a@b.example", ADDRESS_CFWS},
                 {"a. b@c.example", ADDRESS_OBSOLETE}, {"a@[x]", ADDRESS_MESSAGE},
                 {"a..b@c.example", ADDRESS_INVALID},  {"a@b@c.example", ADDRESS_INVALID}};
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        assert_int_equal(address_check(slice_str(CASES[i].address), false).is, CASES[i].want);
    assert_int_equal(address_check(SLICE("\xc3\xb6@\xc3\xbc.example"), true).is, ADDRESS_SMTP);
    assert_int_equal(address_check(SLICE("\xc3\xb6@b.example"), false).is, ADDRESS_INVALID);
}

static void dates(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
        bool odd;
    } CASES[] = {{"Fri, 7 Oct 1994 16:15:05 -0700 (PDT)", 781571705, false},
                 {"7 Oct 94 16:15 PDT", 781571700, true},
                 {"Fri Oct  7 16:15:05 1994", 781546505, true},
                 {"1 Jan 1970 00:00:00 GMT", 0, false},
                 {"Tue, 29 Feb 2000 12:00:00 +0000", 951825600, false},
                 {"1 Jan 70 00:00:00 Z", 0, true}};
    struct date d;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        assert_true(date_parse(slice_str(CASES[i].text), &d));
        if (d.us != CASES[i].seconds * 1000000 || d.is_odd != CASES[i].odd)
            fail_msg("%s: %lld odd %d", CASES[i].text, (long long)d.us, d.is_odd);
    }
    assert_false(date_parse(SLICE("yesterday"), &d));
    assert_false(date_parse(SLICE("32 Jan 2000 00:00:00 +0000"), &d));
    assert_false(date_parse(SLICE("1 Jan 2000 25:00:00 +0000"), &d));
}

static void words(void **state)
{
    (void)state;
    static const struct {
        const char *in, *want;
    } CASES[] = {{"plain", "plain"},
                 {"=?utf-8?q?a_b?=", "a b"},
                 {"=?utf-8?B?w6Q=?= =?utf-8?B?w7Y=?=", "\xc3\xa4\xc3\xb6"},
                 {"=?utf-8?q?=C3?= =?utf-8?q?=A4?=", "\xc3\xa4"},
                 {"a =?utf-8?q?b?= c", "a b c"},
                 {"=?utf-8*en?q?b?=", "b"},
                 {"=?koi8-r?B?8NLJ?=", "\xd0\x9f\xd1\x80\xd0\xb8"},
                 {"=?utf-8?q?open", "=?utf-8?q?open"},
                 {"\xe4", "\xc3\xa4"}};
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct rfc2047_result r = {0};
        same(rfc2047_decode(arena, slice_str(CASES[i].in), 100, &r), CASES[i].want);
    }
}

static void charsets(void **state)
{
    (void)state;
    size_t bad;
    same(charset_to_utf8(arena, SLICE("\x80"), SLICE("iso-8859-1"), 99, &bad), "\xe2\x82\xac");
    same(charset_to_utf8(arena, SLICE("\x1b$B%F\x1b(B"), SLICE("iso-2022-jp"), 99, &bad),
         "\xe3\x83\x86");
    same(charset_to_utf8(arena, SLICE("\xc4\xe3"), SLICE("\"GB2312\""), 99, &bad), "\xe4\xbd\xa0");
    same(charset_to_utf8(arena, SLICE("a\0b\0"), SLICE("utf-16"), 99, &bad), "ab");
    same(charset_to_utf8(arena, SLICE("\xff\xfe\x3d\xd8\x00\xde"), SLICE("utf-16"), 99, &bad),
         "\xf0\x9f\x98\x80");
    same(charset_to_utf8(arena, SLICE("+ADw-x"), SLICE("utf-7"), 99, &bad), "<x");
    same(charset_to_utf8(arena, SLICE("\xd0\xbf"), SLICE("nonsense"), 99, &bad), "\xd0\xbf");
    same(charset_to_utf8(arena,
                         SLICE("\xff"
                               "a"),
                         SLICE("utf-8"), 99, &bad),
         "\xef\xbf\xbd"
         "a");
    assert_int_equal(bad, 1);
    assert_null(charset_name(SLICE("ebcdic-us")));
    assert_string_equal(charset_name(SLICE("CP1251")), "windows-1251");
}

static void decodings(void **state)
{
    (void)state;
    char out[64];
    struct decode_result r = {0};
    same(slice_of(out, decode_base64(SLICE("aGVs\r\nbG8="), out, 64, &r)), "hello");
    assert_true(!r.junk && !r.bad_length && !r.inner_padding);
    same(slice_of(out, decode_base64(SLICE("YQ==Yg=="), out, 64, &r)), "ab");
    assert_int_equal(r.padded_at, 1);
    same(slice_of(out, decode_qp(SLICE("a=3Db \r\nc=\r\nd=\n"), out, 64, &r)), "a=b\r\ncd");
    assert_int_equal(r.bad_escapes, 0);
    struct decode_file f;
    size_t at = 0;
    struct slice text = SLICE("begin of a sentence\nbegin 644 a b.txt\n#86)C\n`\nend\nrest");
    assert_true(decode_find_file(text, &at, &f));
    same(f.name, "a b.txt");
    same(slice_of(out, decode_uu(f.content, out, 64, &r)), "abc");
    assert_false(decode_find_file(text, &at, &f));
    same(slice_of(out, decode_yenc(SLICE("\x8b=\xcc\r\n"), out, 64, &r)), "ab");
    same(flowed_join(arena, SLICE("a \nb\n> c \n> d\n-- \nx\n"), false), "a b\n> c d\n-- \nx\n");
    same(flowed_join(arena, SLICE("a \r\nb\r\n"), true), "ab\n");
}

static void tnef(void **state)
{
    (void)state;
    static const char BYTES[] = "\x78\x9f\x3e\x22\x01\x00"
                                "\x02\x02\x90\x06\x00\x01\x00\x00\x00x\x00\x00"
                                "\x02\x10\x80\x01\x00\x06\x00\x00\x00"
                                "A.EXE\0"
                                "\x00\x00"
                                "\x02\x0f\x80\x06\x00\x02\x00\x00\x00MZ\x00\x00";
    struct tnef_file f;
    size_t at = 0;
    assert_true(tnef_next(arena, slice_of(BYTES, sizeof(BYTES) - 1), &at, &f));
    same(f.title, "A.EXE");
    same(f.data, "MZ");
    assert_false(tnef_next(arena, slice_of(BYTES, sizeof(BYTES) - 1), &at, &f));
}

static void readings(void **state)
{
    (void)state;
    struct message *m = message_parse(
        arena,
        SLICE(
            "Content-Type: multipart/mixed; boundary=a; boundary=b\n\n--a\n\none\n--a--\n"
            "--b\nContent-Type: application/zip; name=x.zip\nContent-Transfer-Encoding: base64\n\n"
            "UEsDBA==\n--b--\n"),
        NULL);
    assert_non_null(m->root->readings);
    same(m->root->readings->type, "application/zip");
    same(m->root->readings->decoded, "PK\x03\x04");
    same(m->root->names[0], "x.zip");
    m = message_parse(arena,
                      SLICE("Content-Transfer-Encoding: 7bit\n"
                            "Content-Transfer-Encoding: base64\n\nYWJj\n"),
                      NULL);
    same(m->root->decoded, "YWJj\n");
    same(m->root->readings->decoded, "abc");
    m = message_parse(arena, SLICE("A: b\n\nsee http://example.org/x and\n"), NULL);
    assert_int_equal(m->n_links, 1);
    same(m->links->url.host, "example.org");
    m = message_parse(arena,
                      SLICE("Content-Type: text/html\n\n<p>a<b style='display:none'>h</b>"
                            "<a href='http://x.example/'>y</a></p>"),
                      NULL);
    same(m->hidden, "h");
    assert_int_equal(m->n_links, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(addresses, setup, teardown),
        cmocka_unit_test_setup_teardown(checks, setup, teardown),
        cmocka_unit_test_setup_teardown(dates, setup, teardown),
        cmocka_unit_test_setup_teardown(words, setup, teardown),
        cmocka_unit_test_setup_teardown(charsets, setup, teardown),
        cmocka_unit_test_setup_teardown(decodings, setup, teardown),
        cmocka_unit_test_setup_teardown(tnef, setup, teardown),
        cmocka_unit_test_setup_teardown(readings, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
