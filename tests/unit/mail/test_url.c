/* URLs: parts, relative resolution, hosts in disguise, organisational domains, running text. */
#include "base/buf.h"
#include "base/utf8.h"
#include "mail/url.h"
#include "mail/url_parts.h"

#include <setjmp.h>
#include <libpsl.h>
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

/* Our table of names without a dot and libpsl say the same of every name of up to three letters, of
 * the list's own odd ones, and of what is none. */
static void suffixes(void **state)
{
    (void)state;
    static const char *const odd[] = {"COM",  "co.uk",  "uk.co", "ck",   "www.ck", "xn--p1ai",
                                      "рф",   "みんな", "みん",  "",     ".",      "com.",
                                      "arpa", "onion",  "local", "test", "*",      "a.b.c"};
    const psl_ctx_t *psl = url_suffix_list();
    char name[4] = "";
    size_t yes = 0;
    for (int i = 0; i < 27 * 27 * 27; i++) {
        int n = 0;
        for (int k = i; k; k /= 27)
            name[n++] = (char)('a' + k % 27); /* the letter behind z stands for what no name has */
        name[n] = '\0';
        bool want = n && psl_is_public_suffix2(psl, name, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
        if (url_is_suffix(slice_str(name)) != want)
            fail_msg("%s: want %d", name, want);
        yes += want;
    }
    assert_true(yes > 300);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        bool want = odd[i][0] && psl_is_public_suffix2(psl, i == 0 ? "com" : odd[i],
                                                       PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
        if (url_is_suffix(slice_str(odd[i])) != want)
            fail_msg("%s: want %d", odd[i], want);
    }
}

static bool same_suffix(const psl_ctx_t *psl, const char *name)
{
    bool want = psl_is_public_suffix2(psl, name, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
    if (url_is_suffix(slice_str(name)) != want)
        fail_msg("%s: want %d", name, want);
    return want;
}

/* ... and of each name beyond ASCII, with its A-label as without, and of A-labels that are none. */
static void suffixes_idn(void **state)
{
    (void)state;
    const psl_ctx_t *psl = url_suffix_list();
    FILE *f = fopen("/usr/share/publicsuffix/public_suffix_list.dat", "re");
    if (f == NULL)
        skip();
    struct arena *a = arena_new(0);
    char line[256];
    size_t yes = 0;
    while (fgets(line, sizeof line, f)) {
        struct slice s = slice_trim(slice_str(line)), ascii;
        if (utf8_is_ascii(s) || s.p[0] == '/' || slice_chr(s, '.') != SIZE_MAX)
            continue;
        assert_true(url_host_to_ascii(a, s, &ascii));
        yes += same_suffix(psl, arena_cstr(a, s));
        yes += same_suffix(psl, arena_cstr(a, ascii));
        same_suffix(psl, arena_cstr(a, slice_head(ascii, ascii.n - 1)));
        same_suffix(psl, arena_cstr(a, arena_join(a, ascii, SLICE("a"))));
    }
    fclose(f);
    arena_free(a);
    assert_true(yes > 250);
    same_suffix(psl, "xn--");
    same_suffix(psl, "xn--ee");
    same_suffix(psl, "xn--com-");
}

static void same_registrable(const psl_ctx_t *psl, const char *before, struct slice rule,
                             const char *after)
{
    char name[400];
    snprintf(name, sizeof name, "%s%.*s%s", before, SLICE_ARG(rule), after);
    const char *want = psl_registrable_domain(psl, name), *is = url_suffix_registrable(name);
    if (is != want)
        fail_msg("%s: \"%s\", want \"%s\"", name, is ? is : "", want ? want : "");
}

/* Every rule of the list, cut at both ends, with names above it and below it; and odd names. */
static void registrable(void **state)
{
    (void)state;
    static const char *const odd[] = {"",     ".",        "..",           "a..com", ".a.com",
                                      "a.m",  "xn--p1ai", "a.b.xn--p1ai", "a.рф",   "x.xn",
                                      "a.zz", "-.-.com",  "a.b.www.ck",   "*.ck",   "!.ck"};
    static const char *const before[] = {"", "a.", "a.b.", "www.a.b.c."};
    const psl_ctx_t *psl = url_suffix_list();
    FILE *f = fopen("/usr/share/publicsuffix/public_suffix_list.dat", "re");
    char line[256];
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        same_registrable(psl, "", slice_str(odd[i]), "");
    while (f && fgets(line, sizeof line, f)) {
        struct slice rule = slice_trim(slice_str(line));
        if (rule.n == 0 || rule.p[0] == '/')
            continue;
        rule = slice_from(rule, slice_starts(rule, SLICE("*.")) ? 2 : rule.p[0] == '!');
        for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
            same_registrable(psl, before[i], rule, "");
            same_registrable(psl, before[i], rule, ".com");
            same_registrable(psl, before[i], slice_from(rule, 1), "");
            same_registrable(psl, before[i], slice_head(rule, rule.n - 1), "");
        }
    }
    if (f)
        fclose(f);
}

/* Hosts outside ASCII cost much: a message has a limit of them, the same one in a row is one. */
static void wide_hosts(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second;
        bool is_over;
    } cases[] = {{"http://\xc3\xbc.example/ ", "http://\xc3\xbc.example/ ", false},
                 {"http://\xc3\xbc.example/ ", "http://\xc3\xb6.example/ ", true},
                 {"http://a.example/\xc3\xbc ", "http://b.example/\xc3\xbc ", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf mail = BUF_INIT(1 << 20);
        buf_str(&mail, "Content-Type: text/plain; charset=utf-8\n\n");
        for (size_t k = 0; k < MAIL_LIMITS.wide_hosts; k++) {
            buf_str(&mail, cases[i].first);
            buf_str(&mail, cases[i].second);
        }
        struct message *m = message_parse(arena, buf_slice(&mail), NULL);
        assert_int_equal(anomaly_has(&m->anomalies, ANOMALY_limit_links), cases[i].is_over);
        assert_true(m->links->url.is_valid);
        assert_int_equal(m->links_last->url.is_valid, !cases[i].is_over);
        buf_fini(&mail);
    }
    /* A host that DNS could not hold by far is none: ICU would take its length squared. */
    struct buf url = BUF_INIT(4096);
    buf_str(&url, "http://");
    for (int i = 0; i < 200; i++)
        buf_str(&url, "\xe4\xb8\x80");
    struct url u;
    assert_false(url_parse(arena, buf_slice(&url), NULL, &u));
    buf_fini(&url);
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts),      cmocka_unit_test(disguises),    cmocka_unit_test(domains),
        cmocka_unit_test(suffixes),   cmocka_unit_test(suffixes_idn), cmocka_unit_test(registrable),
        cmocka_unit_test(wide_hosts), cmocka_unit_test(running_text)};
    int r = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return r;
}
