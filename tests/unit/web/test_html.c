/* HTML made piece by piece: whatever is put in, nothing but text and harmless addresses comes out.
 */
#include "web/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct buf out;
static struct html h;

static int fresh(void **state)
{
    (void)state;
    out = BUF_INIT(65536);
    h = HTML_INIT(&out);
    return 0;
}

static int gone(void **state)
{
    (void)state;
    buf_fini(&out);
    return 0;
}

static void is(const char *want)
{
    assert_string_equal(buf_cstr(&out), want);
    buf_reset(&out);
}

static void text_is_escaped(void **state)
{
    (void)state;
    html_str(&h, "<script>alert('x' & \"y\")</script>");
    is("&lt;script&gt;alert(&#39;x&#39; &amp; &quot;y&quot;)&lt;/script&gt;");
    html_text(&h, slice_of("a\0b\x01", 4));
    is("a\xef\xbf\xbd"
       "b\xef\xbf\xbd");
    html_str(&h, "abc\xe2\x80\xae"
                 "def"); /* right-to-left override */
    is("abc\xef\xbf\xbd"
       "def");
    html_str(&h, "bad \xff\xfe bytes");
    is("bad \xef\xbf\xbd\xef\xbf\xbd bytes");
    html_bdi(&h, "<b>");
    is("<bdi>&lt;b&gt;</bdi>");
    html_own(&h, "a < b & c");
    is("a &lt; b &amp; c");
}

static void attributes_are_escaped_and_closed(void **state)
{
    (void)state;
    html_open(&h, "p", "title", "\"><script>", "class", NULL, "hidden", "");
    html_str(&h, "x");
    html_close(&h);
    is("<p title=\"&quot;&gt;&lt;script&gt;\" hidden>x</p>");
    html_open(&h, "ul");
    html_open(&h, "li");
    html_open(&h, "input", "type", "text", "value", "");
    html_close_to(&h, 0);
    is("<ul><li><input type=\"text\" value=\"\"></li></ul>");
    html_elem(&h, "b", "<i>", "lang", "en");
    is("<b lang=\"en\">&lt;i&gt;</b>");
}

/* On a phone the cells of such a table stand one under the other: each says what it is. */
static void cells_know_their_heads(void **state)
{
    (void)state;
    html_open(&h, "table", "class", "stack rules");
    html_raw(&h, "<tr>");
    html_elem(&h, "th", "Who", "scope", "col");
    html_open(&h, "th", "scope", "col");
    html_elem(&h, "a", "\"Points\"", "href", "/x");
    html_close(&h);
    html_raw(&h, "</tr>");
    html_open(&h, "tr");
    html_elem(&h, "th", "me", "scope", "row");
    html_elem(&h, "td", "7", "class", "num");
    html_elem(&h, "td", "beyond the heads");
    html_close_to(&h, 0);
    is("<table class=\"stack rules\"><tr><th scope=\"col\">Who</th><th scope=\"col\">"
       "<a href=\"/x\">&quot;Points&quot;</a></th></tr><tr><th scope=\"row\">me</th>"
       "<td class=\"num\" data-l=\"&quot;Points&quot;\">7</td><td>beyond the "
       "heads</td></tr></table>");
    html_open(&h, "table");
    html_elem(&h, "th", "A", "scope", "col");
    html_elem(&h, "th", "B", "scope", "col");
    html_open(&h, "tr");
    html_elem(&h, "td", "1");
    html_elem(&h, "td", "2");
    html_close_to(&h, 0);
    is("<table><th scope=\"col\">A</th><th "
       "scope=\"col\">B</th><tr><td>1</td><td>2</td></tr></table>");
}

static const struct {
    const char *url;
    bool ok;
} urls[] = {{"/library?q=a&b=c", true},
            {"https://example.org/", true},
            {"HTTP://example.org/", true},
            {"mailto:a@example.org", true},
            {"#main", true},
            {"", true},
            {"page/x:y", true},
            {"?a=b:c", true},
            {"javascript:alert(1)", false},
            {"JaVaScRiPt:alert(1)", false},
            {"java\tscript:alert(1)", false},
            {"\x01javascript:alert(1)", false},
            {"data:text/html,x", false},
            {"vbscript:x", false},
            {"//evil.example/", false},
            {"/\\evil.example/", false},
            {"\\\\evil.example/", false},
            {"x:y", false},
            {"blob:https://example.org/", false}};

static void addresses_that_run_something_are_taken_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        if (html_url_ok(urls[i].url) != urls[i].ok)
            fail_msg("%s", urls[i].url);
        html_open(&h, "a", "href", urls[i].url);
        html_close(&h);
        if (!urls[i].ok)
            assert_string_equal(buf_cstr(&out), "<a href=\"#\"></a>");
        buf_reset(&out);
    }
}

static void times_and_numbers(void **state)
{
    (void)state;
    html_time(&h, 1795331460000000);
    is("<time datetime=\"2026-11-22T07:11:00Z\" dir=\"ltr\">2026-11-22 07:11 UTC</time>");
    html_day(&h, 1795331460000000);
    is("<time datetime=\"2026-11-22\" dir=\"ltr\">2026-11-22</time>");
    html_time(&h, 0);
    is("\xe2\x80\x93");
    html_int(&h, -5);
    html_num(&h, 1.25, 1);
    is("-51.2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(text_is_escaped, fresh, gone),
        cmocka_unit_test_setup_teardown(attributes_are_escaped_and_closed, fresh, gone),
        cmocka_unit_test_setup_teardown(cells_know_their_heads, fresh, gone),
        cmocka_unit_test_setup_teardown(addresses_that_run_something_are_taken_out, fresh, gone),
        cmocka_unit_test_setup_teardown(times_and_numbers, fresh, gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
