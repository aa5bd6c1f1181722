/* mail: HTML's text, which is read by blocks, against the same text given a character at a time,
 * with what ends a run at each place of a block. */
#include "mail/html.h"
#include "mail/html_tag.h"
#include "mail/html_text.h"
#include "mail/html_token.h"

#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#define LONGEST 70

static void same(struct slice got, struct slice want)
{
    if (!slice_eq(got, want))
        fail_msg("got \"%.*s\", want \"%.*s\"", SLICE_ARG(got), SLICE_ARG(want));
}

/* Whole, in memory of its own size, and by characters. What stands between characters can't
 * show in the second way, so only the text and the counts of invisible ones are compared. */
static void compare(struct slice s, bool preserves)
{
    struct html_text whole = {.out = BUF_INIT(1000)}, single = {.out = BUF_INIT(1000)};
    char *copy = malloc(s.n ? s.n : 1);
    assert_non_null(copy);
    if (s.n)
        memcpy(copy, s.p, s.n);
    html_text_add(&whole, slice_of(copy, s.n), preserves);
    for (struct slice rest = s; rest.n;) {
        struct slice before = rest;
        (void)utf8_next(&rest, NULL);
        html_text_add(&single, slice_of(before.p, before.n - rest.n), preserves);
    }
    same(buf_slice(&whole.out), buf_slice(&single.out));
    assert_int_equal(whole.gap, single.gap);
    assert_int_equal(whole.zero_width, single.zero_width);
    assert_int_equal(whole.zero_bytes, single.zero_bytes);
    assert_int_equal(whole.loose, single.loose);
    buf_fini(&whole.out);
    buf_fini(&single.out);
    free(copy);
}

static const struct slice pieces[] = {{" ", 1},
                                      {"  ", 2},
                                      {"\n", 1},
                                      {" \r\n\t ", 5},
                                      {"\0", 1},
                                      {"\x01", 1},
                                      {"\v\f", 2},
                                      {"\xC2\xA0", 2},
                                      {"\xC3\xA9", 2},
                                      {"\xC2\xAD", 2},
                                      {"\xE2\x80\x94", 3},
                                      {" \xE2\x80\x94 ", 5},
                                      {"\xE2\x80\x8B", 3},
                                      {"\xEF\xBF\xBD ", 4},
                                      {"\xF0\x9F\x98\x80", 4},
                                      {"                    ", 20},
                                      {"\n                  x", 20}};

static void text_everywhere(void **state)
{
    char text[LONGEST + 20];
    (void)state;
    for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
        for (size_t at = 0; at <= 36; at++) {
            memset(text, 'a', sizeof text);
            memcpy(text + at, pieces[k].p, pieces[k].n);
            for (size_t more = 0; more < 34; more++) {
                compare(slice_of(text, at + pieces[k].n + more), false);
                compare(slice_of(text, at + pieces[k].n + more), true);
            }
        }
    }
    compare((struct slice){0}, false);
}

/* A single space between plain characters belongs to a run and is counted, two are a gap. */
static void counts(void **state)
{
    char text[LONGEST];
    (void)state;
    for (size_t at = 1; at < 40; at++) {
        struct html_text t = {.out = BUF_INIT(1000)};
        memset(text, 'a', sizeof text);
        text[at] = ' ';
        assert_int_equal(html_text_add(&t, slice_of(text, 60), false), 60);
        text[at + 1] = ' ';
        assert_int_equal(html_text_add(&t, slice_of(text, 60), false), 58);
        assert_int_equal(html_text_add(&t, slice_of(text, at + 1), false), at);
        buf_fini(&t.out);
    }
}

/* '<' and '&' that begin nothing are text, wherever they stand. */
static void signs_in_text(void **state)
{
    struct arena *a = arena_new(0);
    char text[LONGEST];
    (void)state;
    for (size_t at = 0; at < 40; at++) {
        memset(text, 'x', sizeof text);
        memcpy(text + at, "&;< &<<b>", 9);
        struct html_lexer l;
        html_lexer_init(&l, a, slice_of(text, at + 9));
        struct slice all = {text, 0};
        while (html_next(&l) == HTML_TEXT) {
            assert_ptr_equal(l.text.p, all.p + all.n);
            all.n += l.text.n;
        }
        assert_int_equal(all.n, at + 6);
        same(l.name, SLICE("b"));
    }
    arena_free(a);
}

/* Names and values of any length, with a capital or a reference at any place. */
static void tags_and_attributes(void **state)
{
    struct arena *a = arena_new(0);
    char doc[300], value[80], wanted[80];
    (void)state;
    for (int n = 1; n <= 40; n++) {
        for (int odd = 0; odd <= n; odd++) {
            char name[41];
            memset(name, 'q', sizeof name);
            memset(value, 'v', sizeof value);
            memset(wanted, 'v', sizeof wanted);
            if (odd < n) {
                name[odd] = 'Q';
                memcpy(value + odd, "&lt;", 4);
                wanted[odd] = '<';
            }
            int v = odd < n ? n + 3 : n;
            int size = snprintf(doc, sizeof doc, "<%.*s %.*s=\"%.*s\"\n%.*s=x/>", n, name, n, name,
                                v, value, n - 1, name + 1);
            char *own = malloc((size_t)size);
            assert_non_null(own);
            memcpy(own, doc, (size_t)size);
            struct html_lexer l;
            html_lexer_init(&l, a, slice_of(own, (size_t)size));
            assert_int_equal(html_next(&l), HTML_START);
            memset(name, 'q', sizeof name);
            same(l.name, slice_of(name, (size_t)n));
            same(l.attrs[0].name, slice_of(name, (size_t)n));
            same(l.attrs[0].value, slice_of(wanted, (size_t)n));
            assert_int_equal(l.n_attrs, 2);
            assert_int_equal(html_next(&l), HTML_END_OF_FILE);
            for (int cut = 1; cut < size; cut++) { /* nothing behind the end is looked at */
                html_lexer_init(&l, a, slice_of(own + cut, (size_t)(size - cut)));
                while (html_next(&l) != HTML_END_OF_FILE)
                    continue;
                char *head = malloc((size_t)cut);
                assert_non_null(head);
                memcpy(head, own, (size_t)cut);
                html_lexer_init(&l, a, slice_of(head, (size_t)cut));
                assert_int_equal(html_next(&l), cut == 1 ? HTML_TEXT : HTML_END_OF_FILE);
                free(head);
            }
            free(own);
            arena_reset(a);
        }
    }
    arena_free(a);
}

#define HTML_TAG(name, flags) #name,
static const char *const names[] = {HTML_TAGS};
#undef HTML_TAG

static void tag_numbers(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TAG_KNOWN; i++) {
        char longer[40];
        assert_int_equal(html_tag(slice_str(names[i])), i);
        snprintf(longer, sizeof longer, "%sqqqqqqqq%s", names[i], names[i]);
        assert_true(html_tag(slice_str(longer)) >= TAG_KNOWN);
    }
    assert_true(html_tag(SLICE("")) >= TAG_KNOWN && html_tag(SLICE("zz")) < TAG_COUNT);
}

/* What a tag says is forgotten at the next. */
static void attributes_end(void **state)
{
    struct arena *a = arena_new(0);
    const struct message *m = message_parse(
        a,
        SLICE("Content-Type: text/html\n\n<img src=http://a.example/1 width=1 height=1 onload=x>"
              "<img alt=x><p style='display:none' id=i>a</p><p class=c>b</p><p onclick=y>c</p>"
              "<img src=http://a.example/2 width=100><div hidden>d</div><div title=t>e</div>"),
        NULL);
    const struct html_view *v = m->parts[0]->html;
    (void)state;
    same(v->text, SLICE("x\nb\nc\ne"));
    same(v->hidden, SLICE("a\nd"));
    assert_int_equal(v->event_handlers, 2);
    assert_int_equal(v->images, 3);
    assert_int_equal(v->remote_images, 2);
    assert_int_equal(v->tracking_pixels, 1);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_everywhere), cmocka_unit_test(counts),
        cmocka_unit_test(signs_in_text),   cmocka_unit_test(tags_and_attributes),
        cmocka_unit_test(tag_numbers),     cmocka_unit_test(attributes_end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
