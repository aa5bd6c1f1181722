/* URLs: the Web Platform Tests (parser, host to ASCII, IDNA, percent-encoding) and twitter-text's
 * extraction from running text. */
#include "mail/url.h"
#include "mail/url_parts.h"
#include "suite_json.h"

#include "base/utf8.h"

#include <stdio.h>

/* ---- WPT ---- */

/* Appends a difference to *words. */
static void compare(struct arena *a, json_t *test, const char *key, struct slice got,
                    struct slice *words)
{
    json_t *value = json_object_get(test, key);
    struct slice want = suite_text(value);
    if (json_is_string(value) && !slice_eq(got, want))
        *words = arena_printf(a, "%.*s%s: got %.*s, want %.*s; ", SLICE_ARG(*words), key,
                              SLICE_ARG(got), SLICE_ARG(want));
}

static struct slice with_mark(struct arena *a, char mark, struct slice s)
{
    return s.n ? arena_printf(a, "%c%.*s", mark, SLICE_ARG(s)) : s;
}

static struct slice difference(struct arena *a, json_t *test, const struct url *u)
{
    struct slice words = {"", 0}, user = u->user, pass = {0};
    size_t colon = slice_chr(user, ':');
    if (colon != SIZE_MAX) {
        pass = slice_from(user, colon + 1);
        user = slice_head(user, colon);
    }
    struct slice port = u->port >= 0 ? arena_printf(a, "%d", u->port) : SLICE("");
    struct slice host = port.n ? arena_printf(a, "%.*s:%.*s", SLICE_ARG(u->host), SLICE_ARG(port))
                               : u->host;
    compare(a, test, "href", u->whole, &words);
    compare(a, test, "protocol", arena_printf(a, "%.*s:", SLICE_ARG(u->scheme)), &words);
    compare(a, test, "username", user, &words);
    compare(a, test, "password", pass, &words);
    compare(a, test, "host", host, &words);
    compare(a, test, "hostname", u->host, &words);
    compare(a, test, "port", port, &words);
    compare(a, test, "pathname", u->path, &words);
    compare(a, test, "search", with_mark(a, '?', u->query), &words);
    compare(a, test, "hash", with_mark(a, '#', u->fragment), &words);
    return words;
}

static void parse_case(struct suite *s, json_t *test)
{
    struct arena *a = arena_new(0);
    struct slice input = suite_text(json_object_get(test, "input"));
    json_t *base_text = json_object_get(test, "base");
    struct url base, u;
    bool failure = json_is_true(json_object_get(test, "failure"));
    bool has_base = json_is_string(base_text);
    struct slice label = arena_printf(a, "<%.*s> on <%.*s>", SLICE_ARG(input),
                                      SLICE_ARG(suite_text(base_text)));
    bool ok = !has_base || url_parse(a, suite_text(base_text), NULL, &base);
    ok = ok && url_parse(a, input, has_base ? &base : NULL, &u);
    if (failure)
        suite_check(s, arena_cstr(a, label), !ok,
                    ok ? arena_printf(a, "must fail, got %.*s", SLICE_ARG(u.whole)) : label);
    else if (!ok)
        suite_check(s, arena_cstr(a, label), false, SLICE("refused"));
    else {
        struct slice words = difference(a, test, &u);
        suite_check(s, arena_cstr(a, label), words.n == 0, words);
    }
    arena_free(a);
}

static void host_case(struct suite *s, json_t *test)
{
    struct arena *a = arena_new(0);
    struct slice input = suite_text(json_object_get(test, "input"));
    json_t *output = json_object_get(test, "output");
    struct slice got = {0}, want = suite_text(output);
    bool ok = url_host(a, input, true, &got);
    bool pass = json_is_null(output) ? !ok : ok && slice_eq(got, want);
    suite_check(s, arena_cstr(a, input), pass,
                arena_printf(a, "got %.*s, want %.*s", SLICE_ARG(ok ? got : SLICE("(failure)")),
                             SLICE_ARG(json_is_null(output) ? SLICE("(failure)") : want)));
    arena_free(a);
}

/* Percent-encoding after encoding: URLs are read as UTF-8 here, other encodings do not occur. */
static void percent_case(struct suite *s, json_t *test)
{
    struct arena *a = arena_new(0);
    struct slice input = suite_text(json_object_get(test, "input"));
    struct slice want = suite_text(json_object_get(json_object_get(test, "output"), "utf-8"));
    struct url u;
    bool ok = url_parse(a, arena_printf(a, "https://x/?%.*s", SLICE_ARG(input)), NULL, &u);
    suite_check(s, arena_cstr(a, input), ok && slice_eq(u.query, want), u.query);
    arena_free(a);
}

static void wpt(struct suite *s, const char *file, void (*one)(struct suite *, json_t *))
{
    struct arena *a = arena_new(0);
    json_t *tests = suite_json(a, file), *test;
    size_t i;
    json_array_foreach(tests, i, test)
    {
        if (json_is_object(test))
            one(s, test);
    }
    json_decref(tests);
    arena_free(a);
}

/* ---- twitter-text ---- */

#define ANY_HOST  "behind a scheme a browser opens any host, so it is found"
#define TCO       "a rule of Twitter's own for t.co"
#define OWN_SIGNS "with a scheme mail programs link it whatever stands before it"
static const struct suite_exception twitter_exceptions[] = {
    {"DO NOT extract invalid URL: http://no-tld", ANY_HOST},
    {"DO NOT extract invalid URL: http://tld-too-short.x", ANY_HOST},
    {"DO NOT Extract a hyphenated TLD (even though it's usually a typo)", ANY_HOST},
    {"DO NOT Extract URL with domain preceeded by underscore: "
     "http://domain-begin_dash_2314352345_dfasd.foo-cow_4352.com",
     ANY_HOST},
    {"DO NOT extract URLs containing leading dashes in the subdomain", ANY_HOST},
    {"DO NOT extract URLs containing leading dashes in the domain with a subdomain", ANY_HOST},
    {"DO NOT extract URLs containing trailing dashes in the subdomain", ANY_HOST},
    {"DO NOT extract URLs containing trailing dashes in the domain with a subdomain", ANY_HOST},
    {"DO NOT extract URLs containing leading underscores in the subdomain", ANY_HOST},
    {"DO NOT extract URLs containing leading underscores in the domain with a subdomain", ANY_HOST},
    {"DO NOT extract URLs containing trailing underscores in the subdomain", ANY_HOST},
    {"DO NOT extract URLs containing trailing underscores in the domain with a subdomain",
     ANY_HOST},
    {"DO NOT extract URLs containing leading dashes in the domain name", ANY_HOST},
    {"DO NOT extract URLs containing trailing dashes in the domain name", ANY_HOST},
    {"DO NOT extract URLs containing underscores in the domain name", ANY_HOST},
    {"DO NOT extract URLs containing underscores in the tld", ANY_HOST},
    {"Extract a t.co URL with a trailing apostrophe", TCO},
    {"Extract a t.co URL with a trailing hyphen", TCO},
    {"DO NOT extract URLs with > 40 characters in a t.co slug", TCO},
    {"Extract t.co URLs skipping trailing characters and adjusting indices correctly", TCO},
    {"DO NOT extract URLs in hashtag or @mention", OWN_SIGNS},
    {"DO NOT extract URL if preceded by $", OWN_SIGNS},
    {"DO NOT extract invalid URL",
     "found, and then refused by url_parse: the text means to be a URL"},
    {"Extract non-ASCII host name URLs with protocol, but ignore host names bigger than 63 "
     "characters. Also handle exceptions for non-ASCII hostnames longer than 256 characters",
     "the long host is found as well; what it is worth is url_parse's answer"},
    {NULL, NULL}};

/* Debian 12's ICU 72 has the character data of Unicode 15. */
#define NEWER "holds a character that is newer than ICU's data"
static const struct suite_exception idna_exceptions[] = {
    {"", "an empty host is refused for URLs (WHATWG URL 4.4), before IDNA"},
    {"𲤱20.音.ꡦ1.", NEWER},
    {"𲮚9ꍩ៓.ss", NEWER},
    {"𲮚9ꍩ៓.SS", NEWER},
    {NULL, NULL}};

static size_t code_points(struct slice s, size_t bytes)
{
    size_t n = 0;
    for (size_t i = 0; i < bytes && i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

/* One case: `expected` holds strings, or objects with url and indices. */
static void find_case(struct suite *s, json_t *test)
{
    struct arena *a = arena_new(0);
    struct slice text = suite_text(json_object_get(test, "text"));
    json_t *expected = json_object_get(test, "expected");
    struct slice got = {"", 0}, want = {"", 0};
    size_t at = 0, i;
    struct url_hit hit;
    json_t *e;
    bool indexed = json_is_object(json_array_get(expected, 0));
    while (url_find(text, &at, true, &hit)) {
        struct slice u = slice_of(text.p + hit.start, hit.end - hit.start);
        got = arena_printf(a, "%.*s %.*s", SLICE_ARG(got), SLICE_ARG(u));
        if (indexed)
            got = arena_printf(a, "%.*s@%zu-%zu", SLICE_ARG(got), code_points(text, hit.start),
                               code_points(text, hit.end));
    }
    json_array_foreach(expected, i, e)
    {
        struct slice u = suite_text(indexed ? json_object_get(e, "url") : e);
        want = arena_printf(a, "%.*s %.*s", SLICE_ARG(want), SLICE_ARG(u));
        json_t *x = json_object_get(e, "indices");
        if (indexed)
            want = arena_printf(a, "%.*s@%d-%d", SLICE_ARG(want),
                                (int)json_integer_value(json_array_get(x, 0)),
                                (int)json_integer_value(json_array_get(x, 1)));
    }
    suite_check(s, json_string_value(json_object_get(test, "description")), slice_eq(got, want),
                arena_printf(a, "got%.*s, want%.*s", SLICE_ARG(got), SLICE_ARG(want)));
    arena_free(a);
}

static void twitter(struct suite *s)
{
    static const char *const groups[] = {"urls", "urls_with_indices",
                                         "urls_with_directional_markers", "tco_urls_with_params"};
    struct arena *a = arena_new(0);
    json_t *root = suite_json(a, "url/twitter-text/extract.json"), *test;
    json_t *tests = json_object_get(root, "tests");
    size_t i;
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++)
        json_array_foreach(json_object_get(tests, groups[g]), i, test)
        {
            find_case(s, test);
        }
    json_decref(root);
    arena_free(a);
}

int main(void)
{
    struct suite parser = {.name = "wpt-url"}, extra = {.name = "wpt-url-more"};
    struct suite ascii = {.name = "wpt-toascii"},
                 idna = {.name = "wpt-idna", .exceptions = idna_exceptions};
    struct suite percent = {.name = "wpt-percent-encoding"},
                 tweets = {.name = "twitter-text", .exceptions = twitter_exceptions};
    struct arena *a = arena_new(0);
    bool there = suite_exists(a, "url/wpt/urltestdata.json");
    arena_free(a);
    if (!there) {
        printf("skipped: url\n");
        return 77;
    }
    wpt(&parser, "url/wpt/urltestdata.json", parse_case);
    wpt(&extra, "url/wpt/ada_extra_urltestdata.json", parse_case);
    wpt(&ascii, "url/wpt/toascii.json", host_case);
    wpt(&idna, "url/wpt/IdnaTestV2.json", host_case);
    wpt(&percent, "url/wpt/percent-encoding.json", percent_case);
    twitter(&tweets);
    bool ok = suite_end(&parser);
    ok = suite_end(&extra) && ok;
    ok = suite_end(&ascii) && ok;
    ok = suite_end(&idna) && ok;
    ok = suite_end(&percent) && ok;
    ok = suite_end(&tweets) && ok;
    return ok ? 0 : 1;
}
