/* Hostile mail on a page: text with addresses made unusable, and nothing of the message that a
 * browser would run, load or follow. */
#include "web/mailview.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void defang(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"see http://evil.example/a.b?c=d", "see hxxp[:]//evil[.]example/a[.]b?c=d"},
        {"HTTPS://Evil.example", "hxxpS[:]//Evil[.]example"},
        {"<https://a.b>", "<hxxps[:]//a[.]b>"},
        {"http:/\\evil.example", "hxxp[:]/\\evil[.]example"},
        {"http:////evil.example", "hxxp[:]////evil[.]example"},
        {"javascript:alert(1)", "javascript[:]alert(1)"},
        {"JaVaScRiPt:x", "JaVaScRiPt[:]x"},
        {"http:evil.example", "hxxp[:]evil[.]example"},
        {"\xe6\x97\xa5http://evil.example", "\xe6\x97\xa5hxxp[:]//evil[.]example"},
        {"mailto:a@b.example", "mailto[:]a@b.example"},
        {"www.evil.example now", "www[.]evil[.]example now"},
        {"go to evil.example/login", "go to evil[.]example/login"},
        {"evil.example:8080/x", "evil[.]example:8080/x"},
        {"The end. Next", "The end. Next"},
        {"3.5 apples, e.g. red", "3.5 apples, e.g. red"},
        {"a http://", "a hxxp[:]//"},
        {"http://xn--80ak6aa92e.com", "hxxp[:]//xn--80ak6aa92e[.]com"},
        {"(ftp://f.example)", "(ftp[:]//f[.]example)"},
        {"http://http://a.b/", "hxxp[:]//hxxp[:]//a[.]b/"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf b = BUF_INIT(4096);
        mailview_defang(slice_str(cases[i].in), &b);
        assert_string_equal(buf_cstr(&b), cases[i].out);
        buf_fini(&b);
    }
}

#define XSS  "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
#define LINK "http://evil.example/steal"

static const char *const mails[] = {
    "From: " XSS " <a" XSS "@evil.example>\r\nTo: " XSS "\r\nReply-To: <x@" XSS ">\r\n"
    "Subject: " XSS " " LINK "\r\nX-" XSS ": " XSS "\r\nDate: " XSS "\r\n\r\n" XSS " " LINK "\r\n",
    "From: =?utf-8?Q?=3Cscript=3Ealert(1)=3C/script=3E?= <a@b.example>\r\n"
    "Subject: =?utf-8?B?PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==?=\r\n\r\nx\r\n",
    "From: a@b.example\r\nContent-Type: text/html\r\n\r\n<html><base href=\"" LINK "\">"
    "<body onload=alert(1)><a href=\"" LINK "\">https://bank.example/</a>"
    "<a href=\"javascript:alert(1)\">x</a><form action=\"" LINK "\"><input></form>"
    "<img src=\"" LINK ".png\"><svg><script>alert(1)</script></svg>"
    "<div style=\"display:none\">" LINK "</div>&lt;script&gt;alert(3)&lt;/script&gt;</body></html>",
    "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=\"" XSS "\"\r\n\r\n--" XSS
    "\r\nContent-Type: application/x-" XSS "; name=\"" XSS "\"\r\n"
    "Content-Disposition: attachment; filename=\"" XSS LINK "\"\r\n\r\nMZ\r\n--" XSS "--\r\n",
    "Subject: \xe2\x80\xae"
    "evil\xe2\x80\xac\r\n\r\n\x1b[31m\x00\x07\xff\xfe\r\n",
};

/* The page's bytes with our own elements taken away hold no other "<". */
static void check_page(const char *html)
{
    static const char *const ours[] = {
        "section", "dl", "dt", "dd", "bdi", "h3", "p",    "pre",  "div",     "table",  "thead",
        "tbody",   "tr", "th", "td", "ul",  "li", "time", "span", "details", "summary"};
    for (const char *at = strchr(html, '<'); at; at = strchr(at + 1, '<')) {
        const char *name = at + 1 + (at[1] == '/');
        bool known = false;
        for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]) && !known; i++) {
            size_t n = strlen(ours[i]);
            known = strncmp(name, ours[i], n) == 0 && (name[n] == '>' || name[n] == ' ');
        }
        if (!known)
            fail_msg("foreign element: %.60s", at);
        struct slice tag = slice_of(at, strcspn(at, ">"));
        if (slice_find(tag, SLICE(" on")) != SIZE_MAX ||
            slice_find(tag, SLICE(" href")) != SIZE_MAX ||
            slice_find(tag, SLICE(" src")) != SIZE_MAX)
            fail_msg("it runs or leads somewhere: %.80s", at);
    }
    static const char *const never[] = {"http:", "https:",       "javascript:a",
                                        "\x1b",  "\xe2\x80\xae", "evil.example/"};
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        if (strstr(html, never[i]))
            fail_msg("\"%s\" stands in the page: %.80s", never[i], strstr(html, never[i]));
    }
}

static void hostile(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(mails) / sizeof(mails[0]); i++) {
        struct buf out = BUF_INIT(1 << 20);
        struct html h = HTML_INIT(&out);
        struct page p = {.arena = arena_new(0), .html = &h};
        mailview_show(&p, slice_str(mails[i]), i == 0);
        assert_int_equal(h.depth, 0);
        check_page(buf_cstr(&out));
        arena_free(p.arena);
        buf_fini(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(defang), cmocka_unit_test(hostile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
