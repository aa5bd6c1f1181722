/* URLs: parts, relative resolution, hosts in disguise, organisational domains, running text. */
#include "mail/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct arena *arena;

static void same(const char *what, struct slice got, const char *want)
{
    if (!slice_eq(got, slice_str(want)))
        fail_msg("%s: got \"%.*s\", want \"%s\"", what, SLICE_ARG(got), want);
}

static void parts(void **state)
{
    (void)state;
    struct url u;
    assert_true(url_parse(arena, SLICE(" HTTPS://me:p w@WWW.Example.CO.UK:8443/a/./b/../c?q=1#f"),
                          NULL, &u));
    same("whole", u.whole, "https://me:p%20w@www.example.co.uk:8443/a/c?q=1#f");
    same("user", u.user, "me:p%20w");
    same("host", u.host, "www.example.co.uk");
    same("domain", u.domain, "example.co.uk");
    same("path", u.path, "/a/c");
    same("query", u.query, "q=1");
    same("fragment", u.fragment, "f");
    assert_int_equal(u.port, 8443);
    assert_false(u.is_ip);
    assert_false(url_parse(arena, SLICE("no scheme"), NULL, &u));
    same("raw", u.raw, "no scheme");
    assert_false(u.is_valid);
    same("whole", u.whole, "");
}

/* What a browser makes of a host: the input, the host, its Unicode form, is it an address. */
static void disguises(void **state)
{
    (void)state;
    static const struct {
        const char *url, *host, *uhost;
        bool is_ip;
    } cases[] = {
        {"http://0x7f.1/", "127.0.0.1", "127.0.0.1", true},
        {"http://2130706433/", "127.0.0.1", "127.0.0.1", true},
        {"http://0177.0.0.1/", "127.0.0.1", "127.0.0.1", true},
        {"http://[::FFFF:1.2.3.4]/", "[::ffff:102:304]", "[::ffff:102:304]", true},
        {"http://paypal.com@evil.example/", "evil.example", "evil.example", false},
        {"http:\\\\evil.example\\x", "evil.example", "evil.example", false},
        {"ht\ntp://ev\til.example/", "evil.example", "evil.example", false},
        {"http://%65vil.example/", "evil.example", "evil.example", false},
        {"http://ｅｖｉｌ。example/", "evil.example", "evil.example", false},
        {"http://bücher.example/", "xn--bcher-kva.example", "bücher.example", false},
        {"http://xn--bcher-kva.example/", "xn--bcher-kva.example", "bücher.example", false},
        {"https:evil.example", "evil.example", "evil.example", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct url u;
        assert_true(url_parse(arena, slice_str(cases[i].url), NULL, &u));
        same(cases[i].url, u.host, cases[i].host);
        same(cases[i].url, u.uhost, cases[i].uhost);
        assert_int_equal(u.is_ip, cases[i].is_ip);
    }
}

static void domains(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"www.example.com", "example.com"},
                                           {"example.com", "example.com"},
                                           {"com", ""},
                                           {"a.b.example.co.uk", "example.co.uk"},
                                           {"1.2.3.4", ""},
                                           {"[::1]", ""},
                                           {"WWW.EXAMPLE.ORG", "example.org"},
                                           {"example.com.", "example.com"},
                                           {"localhost", ""},
                                           {"", ""}};
    for (int round = 0; round < 2; round++) /* the second from the cache */
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            same(cases[i][0], url_org_domain(arena, slice_str(cases[i][0])), cases[i][1]);
}

/* Text, and what is found in it, parted by blanks; '!' marks a defanged one. */
static const char *const found[][2] = {
    {"see http://example.com/a.", "http://example.com/a"},
    {"(http://example.com/a_(b))", "http://example.com/a_(b)"},
    {"<http://example.com>,", "http://example.com"},
    {"www.example.com/x?y=1, example.org!", "www.example.com/x?y=1 example.org"},
    {"me@example.com and a.b+c@example.org", ""},
    {"http://1.2.3.4:80/x http://[::1]/", "http://1.2.3.4:80/x http://[::1]/"},
    {"http://paypal.com@evil.example/x", "http://paypal.com@evil.example/x"},
    {"これはexample.com中国語", "example.com"},
    {"http://bücher.example/ü", "http://bücher.example/ü"},
    {"пример.рф/путь", "пример.рф/путь"},
    {"hxxp://evil[.]example[.]com/x", "!hxxp://evil[.]example[.]com/x"},
    {"evil(.)example[dot]com", "!evil(.)example[dot]com"},
    {"3.14 e.g. file.txt a.b.c", ""},
    {"end of it.Next one", ""},
    {"http://", ""},
    {"", ""},
};

static void running_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        struct slice text = slice_str(found[i][0]), got = {"", 0};
        struct url_hit hit;
        size_t at = 0;
        while (url_find(text, &at, true, &hit))
            got = arena_printf(arena, "%.*s%s%s%.*s", SLICE_ARG(got), got.n ? " " : "",
                               hit.is_defanged ? "!" : "",
                               SLICE_ARG(slice_of(text.p + hit.start, hit.end - hit.start)));
        same(found[i][0], got, found[i][1]);
    }
    same("refang", url_refang(arena, SLICE("hxxps://a[.]b(dot)example")), "https://a.b.example");
    size_t at = 0;
    struct url_hit hit;
    assert_false(url_find(SLICE("only.example.com here"), &at, false, &hit));
}

int main(void)
{
    arena = arena_new(0);
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts), cmocka_unit_test(disguises),
                                       cmocka_unit_test(domains), cmocka_unit_test(running_text)};
    int r = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return r;
}
