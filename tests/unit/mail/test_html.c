/* HTML reading: hidden text in its many forms, links, forms, images, work that stays linear. */
#include "base/utf8.h"
#include "mail/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct fixture {
    struct arena *a;
    struct message m;
    struct html_view *v;
};

static struct html_view *read_it(struct fixture *f, struct slice html)
{
    f->a = arena_new(0);
    f->m = (struct message){.arena = f->a, .limits = &MAIL_LIMITS};
    f->v = html_read(&f->m, 1, html);
    return f->v;
}

static void same(const char *what, struct slice got, const char *want)
{
    if (!slice_eq(got, slice_str(want)))
        fail_msg("%s: got \"%.*s\", want \"%s\"", what, SLICE_ARG(got), want);
}

#define SEEN HTML_HIDDEN_KINDS

/* html, its visible text, its hidden text, the cause. */
static const struct {
    const char *html, *shown, *hidden;
    enum html_hidden_by cause;
} cases[] = {
    {"<p>plain", "plain", "", SEEN},
    {"<div style='display:none'>x</div>y", "y", "x", HTML_HIDDEN_DISPLAY},
    {"<div style='DISPLAY : None ! important'>x</div>y", "y", "x", HTML_HIDDEN_DISPLAY},
    {"<div style='/*c*/display:/**/none'>x</div>y", "x\ny", "", SEEN},
    {"<div style='/*c*/display:none'>x</div>y", "y", "x", HTML_HIDDEN_DISPLAY},
    {"<div style='display:none;display:block'>x</div>y", "x\ny", "", SEEN},
    {"<div style='display:none!important;display:block'>x</div>y", "y", "x", HTML_HIDDEN_DISPLAY},
    {"<div style='background:url(\"a;display:none\")'>x</div>", "x", "", SEEN},
    {"<p hidden>x<p>y", "y", "x", HTML_HIDDEN_DISPLAY},
    {"<p hidden style='display:block'>x<p>y", "x\ny", "", SEEN},
    {"<div style='visibility:hidden'>x<b style='visibility:visible'>y</b></div>", "y", "x",
     HTML_HIDDEN_DISPLAY},
    {"<span style='font-size:0'>x</span>y", "y", "x", HTML_HIDDEN_SIZE},
    {"<span style='font-size:1px'>x</span>y", "y", "x", HTML_HIDDEN_SIZE},
    {"<span style='font:0/0 a'>x</span>y", "y", "x", HTML_HIDDEN_SIZE},
    {"<span style='font:bold 600 12px/1 a'>x</span>y", "xy", "", SEEN},
    {"<div style='font-size:10px'><i style='font-size:.1em'>x</i></div>y", "y", "x",
     HTML_HIDDEN_SIZE},
    {"<td style='font-size:0'>x", "x", "", SEEN}, /* dropped outside of a table */
    {"<table><tr><td style='font-size:0'><p style='font-size:14px'>x", "x", "", SEEN},
    {"<div style='max-height:0;overflow:hidden'>x</div>y", "y", "x", HTML_HIDDEN_SIZE},
    {"<div style='max-height:0'>x</div>y", "x\ny", "", SEEN},
    {"<div style='height:0px;width:0px;overflow:hidden'>x</div>y", "y", "x", HTML_HIDDEN_SIZE},
    {"<span style='height:0;overflow:hidden'>x</span>y", "xy", "", SEEN},
    {"<span style='display:inline-block;width:0;overflow:hidden'>x</span>y", "y", "x",
     HTML_HIDDEN_SIZE},
    {"<div style='opacity:0'>x</div>y", "y", "x", HTML_HIDDEN_OPACITY},
    {"<div style='opacity:.2'><b style='opacity:20%'>x</b></div>y", "y", "x", HTML_HIDDEN_OPACITY},
    {"<p style='color:#fff'>x<p>y", "y", "x", HTML_HIDDEN_COLOUR},
    {"<p style='color:white'>x<p>y", "y", "x", HTML_HIDDEN_COLOUR},
    {"<p style='color:#fdfdfe'>x<p>y", "y", "x", HTML_HIDDEN_COLOUR},
    {"<p style='color:rgb(255, 255, 250)'>x<p>y", "y", "x", HTML_HIDDEN_COLOUR},
    {"<p style='color:rgb(100% 100% 100% / 90%)'>x<p>y", "y", "x", HTML_HIDDEN_COLOUR},
    {"<p style='color:hsl(120,100%,100%)'>x<p>y", "y", "x", HTML_HIDDEN_COLOUR},
    {"<p style='color:hsla(0,0%,0%,.02)'>x<p>y", "y", "x", HTML_HIDDEN_COLOUR},
    {"<p style='color:transparent'>x<p>y", "y", "x", HTML_HIDDEN_COLOUR},
    {"<p style='color:#ccc'>x<p>y", "x\ny", "", SEEN},
    {"<p style='color:yellow'>x<p>y", "x\ny", "", SEEN},
    {"<font color=FFFFFF>x</font>y", "y", "x", HTML_HIDDEN_COLOUR},
    {"<body bgcolor=#000000><font color=#010101>x</font><font color=white>y", "y", "x",
     HTML_HIDDEN_COLOUR},
    {"<table bgcolor=navy><tr><td><p style='color:#000080'>x", "", "x", HTML_HIDDEN_COLOUR},
    {"<div style='background:#fff url(a.png);color:#fff'>x</div>", "x", "", SEEN},
    {"<div style='color:#fff'><a href='http://a.example'>x</a></div>", "x", "", SEEN},
    {"<font color=white><div>x</font>y</div>", "y", "x", HTML_HIDDEN_COLOUR},
    {"<div style='position:absolute;left:-9999px'>x</div>y", "y", "x", HTML_HIDDEN_OFFSCREEN},
    {"<div style='left:-9999px'>x</div>y", "x\ny", "", SEEN},
    {"<div style='text-indent:-999em'>x</div>y", "y", "x", HTML_HIDDEN_OFFSCREEN},
    {"<div style='position:absolute;clip:rect(0,0,0,0)'>x</div>y", "y", "x", HTML_HIDDEN_SIZE},
    {"<style>.h{display:none}</style><p class='a h'>x<p>y", "y", "x", HTML_HIDDEN_DISPLAY},
    {"<style>p#i,div.k{color:#fff}</style><p id=i>x<p class=k>y", "y", "x", HTML_HIDDEN_COLOUR},
    {"<style><!-- b{font-size:0} --></style><b>x</b>y", "y", "x", HTML_HIDDEN_SIZE},
    {"<style>@media screen{.h{display:none}}</style><p class=h>x<p>y", "y", "x",
     HTML_HIDDEN_DISPLAY},
    {"<style>@media(max-width:9px){.h{display:none}}</style><p class=h>x", "x", "", SEEN},
    {"<style>.h{display:none!important}</style><p class=h style='display:block'>x<p>y", "y", "x",
     HTML_HIDDEN_DISPLAY},
    {"<style>div .h{display:none}</style><p class=h>x", "x", "", SEEN},
    {"<template>x</template>y", "y", "x", HTML_HIDDEN_DISPLAY},
    {"<noscript>x</noscript>y", "y", "x", HTML_HIDDEN_DISPLAY},
    {"<script>var x</script>y<style>z</style><!--c-->", "y", "", SEEN},
    /* structure that decides where hiding ends */
    {"<div style='display:none'><table><tr><td></div>x</table>y</div>z", "z", "x y",
     HTML_HIDDEN_DISPLAY},
    {"<table style='display:none'>foster<tr><td>x</table>", "foster", "x", HTML_HIDDEN_DISPLAY},
    {"<table><tr><td style='display:none'>x<td>y</table>", "y", "x", HTML_HIDDEN_DISPLAY},
    {"<ul><li style='display:none'>x<li>y</ul>", "y", "x", HTML_HIDDEN_DISPLAY},
    {"<b><p style='display:none'>x</b>y</p>z", "z", "xy", HTML_HIDDEN_DISPLAY},
    {"<span><div style='display:none'>x</span>y</div>z", "z", "xy", HTML_HIDDEN_DISPLAY},
};

static void hidden(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        struct html_view *v = read_it(&f, slice_str(cases[i].html));
        same(cases[i].html, v->text, cases[i].shown);
        char flat[64] = {0};
        for (size_t k = 0; k < v->hidden.n && k < 63; k++)
            flat[k] = v->hidden.p[k] == '\n' ? ' ' : v->hidden.p[k];
        same(cases[i].html, slice_str(flat), cases[i].hidden);
        for (unsigned k = 0; k < HTML_HIDDEN_KINDS; k++)
            if ((v->hidden_by[k] != 0) != (k == cases[i].cause))
                fail_msg("%s: cause %u", cases[i].html, k);
        assert_int_equal(anomaly_has(&f.m.anomalies, ANOMALY_html_hidden), v->hidden.n != 0);
        arena_free(f.a);
    }
}

/* Visible text alone. */
static const char *const texts[][2] = {
    {"a  b\r\n\tc", "a b c"},
    {"a<br>b<br/>c</br>d", "a\nb\nc\nd"},
    {"<pre>a\nb  c</pre>", "a\nb c"},
    {"a&nbsp;&nbsp; b", "a b"},
    {"<h1>a</h1>b<hr>c", "a\nb\nc"},
    {"<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>", "a b\nc"},
    {"V&#8203;i&shy;a\xE2\x81\xA0gra", "Viagra"},
    {"\xE0\xA4\x95\xE0\xA5\x8D\xE2\x80\x8D\xE0\xA4\xB7", /* Devanagari joins by ZWJ: kept */
     "\xE0\xA4\x95\xE0\xA5\x8D\xE2\x80\x8D\xE0\xA4\xB7"},
    {"&lt;b&gt; &copy; &#x41;&#66 &notit; &bogus; AT&T",
     "<b> \xC2\xA9 AB \xC2\xACit; &bogus; AT&T"},
    {"\xFFx", "\xEF\xBF\xBDx"},
    {"<title>t</title><textarea><b></textarea>", "<b>"},
    {"<img src=cid:1 alt='see this'>x", "see this x"},
    {"<![if !mso]>x<![endif]><!--[if mso]>y<![endif]-->", "x"},
    {"<a href='x", ""},
    {"<![CDATA[x]]>y", "y"},
};

static void visible(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct fixture f;
        same(texts[i][0], read_it(&f, slice_str(texts[i][0]))->text, texts[i][1]);
        arena_free(f.a);
    }
}

static void zero_width(void **state)
{
    (void)state;
    struct fixture f;
    struct html_view *v = read_it(&f, SLICE("p&#8203;ay&zwnj;p\xC2\xAD"
                                            "al &zwnj;&nbsp;&zwnj; x"));
    same("text", v->text, "paypal x");
    assert_int_equal(v->zero_width, 3);
    assert_int_equal(v->hidden_by[HTML_HIDDEN_ZERO_WIDTH], 8);
    arena_free(f.a);
}

static void links(void **state)
{
    (void)state;
    struct fixture f;
    struct html_view *v = read_it(
        &f,
        SLICE("<base href='http://b.example.com/d/'><a href=' x?a=1&amp;b=2 '>www.<b>bank</b>.com"
              "</a> see hxxp://evil[.]example[.]org/y, or foo.co.uk. "
              "<p style='display:none'><a href=//h.example>z</a></p>"
              "<a href='#top'>top</a><a href='java\nscript:x()'>j</a>"
              "<a href='data:text/html,x'>d</a><form action='/f'><input type=password>"
              "<input type=file></form><area href=q><iframe src=i></iframe>"
              "<meta http-equiv=Refresh content='0; URL=\"http://r.example/\"'>"));
    static const struct {
        enum link_from from;
        const char *whole, *shown, *domain;
    } want[] = {
        {LINK_HREF, "http://b.example.com/d/x?a=1&b=2", "www.bank.com", "bank.com"},
        {LINK_HREF, "http://h.example/", "z", ""},
        {LINK_HREF, "javascript:x()", "j", ""},
        {LINK_HREF, "", "d", ""},
        {LINK_FORM, "http://b.example.com/f", "", ""},
        {LINK_OTHER, "http://b.example.com/d/q", "", ""},
        {LINK_OTHER, "http://b.example.com/d/i", "", ""},
        {LINK_OTHER, "http://r.example/", "", ""},
        {LINK_TEXT, "http://evil.example.org/y", "hxxp://evil[.]example[.]org/y", "example.org"},
        {LINK_TEXT, "http://foo.co.uk/", "foo.co.uk", "foo.co.uk"}};
    const struct link *l = v->links;
    for (size_t i = 0; i < sizeof want / sizeof *want; i++, l = l->next) {
        assert_non_null(l);
        assert_int_equal(l->from, want[i].from);
        same("whole", l->url.whole, want[i].whole);
        same("shown", l->shown, want[i].shown);
        same("shown_domain", l->shown_domain, want[i].domain);
        assert_int_equal(l->is_hidden, i == 1);
    }
    assert_null(l);
    assert_int_equal(v->n_links, sizeof want / sizeof *want);
    assert_int_equal(v->javascript_urls, 1);
    assert_int_equal(v->data_urls, 1);
    assert_int_equal(v->iframes, 1);
    assert_int_equal(v->meta_refresh, 1);
    assert_non_null(v->forms);
    same("action", v->forms->action, "/f");
    assert_true(v->forms->has_password && v->forms->has_file);
    assert_int_equal(v->forms->inputs, 2);
    arena_free(f.a);
}

static void images(void **state)
{
    (void)state;
    struct fixture f;
    struct html_view *v = read_it(
        &f, SLICE("<img src=http://a.example/p width=1 height=1><img src=cid:2>"
                  "<img src='data:image/png;base64,AAAA'><image src=http://a.example/q>"
                  "<img src=http://a.example/r style='width:0;height:1px'>"
                  "<p onclick='x()' onload=''>"));
    assert_int_equal(v->images, 5);
    assert_int_equal(v->remote_images, 3);
    assert_int_equal(v->data_images, 1);
    assert_int_equal(v->tracking_pixels, 2);
    assert_int_equal(v->event_handlers, 1);
    arena_free(f.a);
}

static void shape(void **state)
{
    (void)state;
    struct fixture a, b, c;
    uint64_t x = read_it(&a, SLICE("<p>one<b>two</b><br>"))->shape;
    assert_true(x == read_it(&b, SLICE("<P class=z>other<B>text</B><br/>"))->shape);
    assert_true(x != read_it(&c, SLICE("<p>one<i>two</i><br>"))->shape);
    arena_free(a.a);
    arena_free(b.a);
    arena_free(c.a);
}

static void charset(void **state)
{
    (void)state;
    same("charset", html_charset(SLICE("<!-- <meta charset=a> --><meta charset='KOI8-R'>")),
         "KOI8-R");
    same("charset",
         html_charset(SLICE("<META content='text/html; charset=utf-8' http-equiv=Content-Type>")),
         "utf-8");
    same("charset", html_charset(SLICE("<p title='<meta charset=koi8-r>'>")), "");
}

/* Inputs that make careless parsers quadratic. Twice the input must not be more than about
 * twice the work. */
static void linear(void **state)
{
    (void)state;
    static const char *const pieces[] = {"<a ",
                                         "&",
                                         "<!--",
                                         "<",
                                         "</",
                                         "<div>",
                                         "</div>",
                                         "<b><p>",
                                         "<font color=#fff><div></font>",
                                         "<table><tr><td>",
                                         "<a href=x>",
                                         "</p>",
                                         "<x y='",
                                         "&am",
                                         "<!doctype ",
                                         "<script><!--<script>",
                                         "<style>.a{",
                                         "<style>.a{color:red}</style><p class=a>",
                                         "<title>",
                                         "<textarea></texta",
                                         "<![CDATA[",
                                         "--!>",
                                         "x=1 ",
                                         "<p style='a:b;a:b;(",
                                         "<li>",
                                         "a.b",
                                         "http://a.",
                                         "[.]",
                                         "<a b c d e f",
                                         "<q1><q2>",
                                         "<select><option>",
                                         "\xE2\x80\x8B",
                                         "(",
                                         "a@b.",
                                         "<a href='",
                                         "{/*",
                                         "<style>/*"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        uint64_t work[2];
        for (int k = 0; k < 2; k++) {
            size_t n = strlen(pieces[i]), size = (size_t)(k + 1) << 17;
            char *p = test_malloc(size);
            for (size_t at = 0; at < size; at++)
                p[at] = pieces[i][at % n];
            struct fixture f;
            work[k] = read_it(&f, slice_of(p, size))->work;
            arena_free(f.a);
            test_free(p);
        }
        if (work[1] > work[0] * 5 / 2 + 1000)
            fail_msg("\"%s\": %lu, then %lu", pieces[i], (unsigned long)work[0],
                     (unsigned long)work[1]);
    }
}

static void limits(void **state)
{
    (void)state;
    struct mail_limits small = MAIL_LIMITS;
    struct fixture f = {.a = arena_new(0)};
    f.m = (struct message){.arena = f.a, .limits = &small};
    small.links = 1;
    small.url_bytes = 20;
    (void)html_read(&f.m, 1, SLICE("<a href='http://a.example/0123456789'>x</a><a href=y>"));
    assert_true(anomaly_has(&f.m.anomalies, ANOMALY_limit_url));
    assert_true(anomaly_has(&f.m.anomalies, ANOMALY_limit_links));
    assert_false(anomaly_has(&f.m.anomalies, ANOMALY_limit_html));
    small.html_depth = 3;
    (void)html_read(&f.m, 1, SLICE("<i><i><i><i><i>x"));
    assert_true(anomaly_has(&f.m.anomalies, ANOMALY_limit_html));
    small.text_bytes = 3;
    same("cut", html_read(&f.m, 1, SLICE("ab\xC3\xA4x"))->text, "ab");
    assert_true(anomaly_has(&f.m.anomalies, ANOMALY_limit_text));
    memset(&f.m.anomalies, 0, sizeof f.m.anomalies);
    small = MAIL_LIMITS;
    small.html_bytes = 4;
    same("cut", html_read(&f.m, 1, SLICE("abcdef"))->text, "abcd");
    assert_true(anomaly_has(&f.m.anomalies, ANOMALY_limit_html));
    arena_free(f.a);
}

/* Dashes, quotation marks and dots are seen; spaces and what has no shape beside them are not. */
static void punctuation(void **state)
{
    (void)state;
    struct fixture f;
    for (uint32_t c = 0x2010; c < 0x2040; c++) {
        bool is_seen = c < 0x2028 || c >= 0x2030;
        char text[16] = "<p>a";
        size_t n = 4 + utf8_put(text + 4, c);
        text[n++] = 'b';
        read_it(&f, slice_of(text, n));
        struct slice shown = slice_trim(f.v->text);
        assert_true(is_seen == slice_eq(shown, slice_of(text + 3, n - 3)));
        arena_free(f.a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hidden),     cmocka_unit_test(visible),
                                       cmocka_unit_test(zero_width), cmocka_unit_test(links),
                                       cmocka_unit_test(images),     cmocka_unit_test(shape),
                                       cmocka_unit_test(charset),    cmocka_unit_test(linear),
                                       cmocka_unit_test(limits),     cmocka_unit_test(punctuation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
