/* mail: walks that read by blocks against their plain definitions, with what they look for at each
 * place of a block and texts that end anywhere in it. */
#include "mail/decode.h"
#include "mail/html_style.h"
#include "mail/html_tag.h"
#include "mail/message.h"
#include "mail/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned draw(unsigned *seed, unsigned most)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % most;
}

static void compare_line_ends(struct slice raw)
{
    bool nul = false, crlf = false, bare_lf = false, bare_cr = false;
    for (size_t i = 0; i < raw.n; i++) {
        bool after_cr = i && raw.p[i - 1] == '\r';
        bool before_lf = i + 1 < raw.n && raw.p[i + 1] == '\n';
        nul |= raw.p[i] == '\0';
        crlf |= raw.p[i] == '\n' && after_cr;
        bare_lf |= raw.p[i] == '\n' && !after_cr;
        bare_cr |= raw.p[i] == '\r' && !before_lf;
    }
    struct arena *a = arena_new(0);
    const struct message *m = message_parse(a, raw, NULL);
    assert_int_equal(anomaly_has(&m->anomalies, ANOMALY_nul_byte), nul);
    assert_int_equal(anomaly_has(&m->anomalies, ANOMALY_bare_cr), bare_cr);
    assert_int_equal(anomaly_has(&m->anomalies, ANOMALY_bare_lf), crlf && bare_lf);
    arena_free(a);
}

static void line_ends(void **state)
{
    static const char signs[] = "\r\n\r\n\0";
    char text[140];
    unsigned seed = 7;
    (void)state;
    for (size_t n = 0; n <= 130; n++) {
        for (unsigned round = 0; round < 12; round++) {
            memset(text, 'x', sizeof text);
            for (unsigned k = 0; k < round % 4; k++) {
                unsigned from = draw(&seed, 5), many = 1 + draw(&seed, 2);
                memcpy(text + draw(&seed, (unsigned)n + 1), signs + from, many);
            }
            char *own = malloc(n ? n : 1);
            assert_non_null(own);
            memcpy(own, text, n);
            compare_line_ends(slice_of(own, n));
            free(own);
        }
    }
}

/* Boundary lines behind other lines of any length, some of which nearly look like one. */
static void boundary_lines(void **state)
{
    char text[400];
    (void)state;
    for (int k = 0; k < 80; k++) {
        struct arena *a = arena_new(0);
        int n = snprintf(text, sizeof text,
                         "Content-Type: multipart/mixed; boundary=b\n\n%.*s\n-\n--\n--c\n%.*s\n"
                         "--b\n\n-%.*s\n--bx\n--b\n\nx\n--b--",
                         k, "preamble............................................................",
                         k / 2, "-a------------------------------------------", k,
                         "-------------------------------------------------------------------");
        const struct message *m = message_parse(a, slice_of(text, (size_t)n), NULL);
        assert_int_equal(m->n_parts, 3);
        struct slice first = m->parts[1]->body, second = m->parts[2]->body;
        assert_int_equal(first.p[0], '-');
        assert_true(slice_ends(first, SLICE("\n--bx")));
        assert_true(slice_eq(second, SLICE("x")));
        arena_free(a);
    }
}

/* The same characters with a space behind each go the way of single characters. */
static void compare_base64(struct slice s, size_t room)
{
    char spaced[256], *one = malloc(room ? room : 1), *other = malloc(room ? room : 1);
    struct decode_result by_blocks = {0}, singly = {0};
    assert_true(one && other);
    for (size_t i = 0; i < s.n; i++) {
        spaced[2 * i] = s.p[i];
        spaced[2 * i + 1] = ' ';
    }
    size_t n = decode_base64(s, one, room, &by_blocks);
    size_t m = decode_base64(slice_of(spaced, 2 * s.n), other, room, &singly);
    assert_int_equal(n, m);
    assert_memory_equal(one, other, n);
    assert_int_equal(by_blocks.junk, singly.junk);
    assert_int_equal(by_blocks.bad_length, singly.bad_length);
    assert_int_equal(by_blocks.hit_limit, singly.hit_limit);
    free(one);
    free(other);
}

static void base64(void **state)
{
    static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char text[100];
    unsigned seed = 3;
    (void)state;
    for (size_t n = 0; n <= 70; n++) {
        for (size_t i = 0; i < n; i++)
            text[i] = all[draw(&seed, 64)];
        for (size_t room = 0; room < 60; room++)
            compare_base64(slice_of(text, n), room);
    }
    for (int c = 0; c < 256; c++) { /* every byte, at every place of a block */
        for (size_t at = 0; at < 36; at++) {
            memset(text, 'Q', sizeof text);
            text[at] = (char)c;
            compare_base64(slice_of(text, 40), 60);
        }
    }
}

/* Lines of plain text, escapes, soft ends and blanks that go, of any length, with the text that
 * they stand for put together beside them. */
static void quoted_printable(void **state)
{
    char in[400], want[400];
    unsigned seed = 11;
    (void)state;
    for (unsigned round = 0; round < 3000; round++) {
        size_t n = 0, m = 0;
        while (n < 300 - round % 200) {
            unsigned many = draw(&seed, 40);
            memset(in + n, 'a', many);
            memset(want + m, 'a', many);
            n += many;
            m += many;
            switch (draw(&seed, 4)) {
            case 0:
                memcpy(in + n, "=3Dx", 4);
                memcpy(want + m, "=x", 2);
                n += 4;
                m += 2;
                break;
            case 1:
                memcpy(in + n, "=\r\n", 3);
                n += 3;
                break;
            case 2:
                memcpy(in + n, "=C3=A9z  \n", 10);
                memcpy(want + m, "\xC3\xA9z\n", 4);
                n += 10;
                m += 4;
                break;
            default:
                in[n++] = want[m++] = '\n';
                break;
            }
        }
        char *own = malloc(n), *out = malloc(n);
        struct decode_result r = {0};
        assert_true(own && out);
        memcpy(own, in, n);
        assert_int_equal(decode_qp(slice_of(own, n), out, n, &r), m);
        assert_memory_equal(out, want, m);
        assert_int_equal(r.bad_escapes, 0);
        memset(out, 0, n);
        size_t cut = decode_qp(slice_of(own, n), out, n / 2, &r); /* whole lines up to the limit */
        assert_true(r.hit_limit && cut <= n / 2);
        assert_memory_equal(out, want, cut);
        free(own);
        free(out);
    }
}

/* Field names of any length, encoded words and other letters at any place of a value. */
static void header_fields(void **state)
{
    char text[400];
    (void)state;
    for (int k = 1; k < 60; k++) {
        struct arena *a = arena_new(0);
        static const char many[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
        int n = snprintf(text, sizeof text, "%.*s:%.*s=?utf-8?q?=C3=A9?=\n%.*s: %.*s\xC3\xA9\n%.*s",
                         k, many, k, many, k + 1, many, k, many, k, many);
        char *own = malloc((size_t)n);
        assert_non_null(own);
        memcpy(own, text, (size_t)n);
        const struct message *m = message_parse(a, slice_of(own, (size_t)n), NULL);
        const struct header *first = m->headers.first, *second = first->next;
        n = snprintf(text, sizeof text, "%.*s\xC3\xA9", k, many);
        assert_int_equal(first->name.n, k);
        assert_int_equal(second->name.n, k + 1);
        assert_true(slice_eq(first->text, slice_of(text, (size_t)n)));
        assert_true(slice_eq(second->text, slice_of(text, (size_t)n)));
        assert_int_equal(m->anomalies.of[ANOMALY_header_8bit].count, 1);
        assert_null(second->next);
        free(own);
        arena_free(a);
    }
}

/* A semicolon in quotes or brackets ends no declaration, wherever it stands. */
static void declarations(void **state)
{
    static const char *const before[] = {"a:';", "a:\";)", "a:(;", "a:((;)", "a:'\";(", ""};
    static const char *const after[] = {"'", "\"", ")", ")", "'", ""};
    char css[200];
    (void)state;
    for (size_t k = 0; k < sizeof before / sizeof before[0]; k++) {
        for (int at = 0; at < 40; at++) {
            struct html_style style = {0};
            uint64_t work = 0;
            int n = snprintf(css, sizeof css, "%.*s%s;display:none;%s;display:block;width:1px", at,
                             "b:-------------------------------------", before[k], after[k]);
            html_style_add(&style, slice_of(css, (size_t)n), &work);
            assert_int_equal(style.set & CSS_WIDTH, CSS_WIDTH);
            assert_int_equal(style.display, DISPLAY_BLOCK);
            n = snprintf(css, sizeof css, "%.*s%s;display:none%s;width:1px", at,
                         "b:-------------------------------------", before[k], after[k]);
            style = (struct html_style){0};
            html_style_add(&style, slice_of(css, (size_t)n), &work);
            assert_int_equal(style.set, before[k][0] ? CSS_WIDTH : CSS_WIDTH | CSS_DISPLAY);
        }
    }
}

static void urls(void **state)
{
    static const char tail[] = "http://a.example/";
    char text[120];
    (void)state;
    for (size_t at = 1; at < 70; at++) {
        struct arena *a = arena_new(0);
        struct url_hit hit;
        size_t from = 0;
        memset(text, 'x', sizeof text);
        text[at - 1] = at % 2 ? ' ' : '(';
        memcpy(text + at, tail, sizeof tail - 1);
        assert_true(url_find(slice_of(text, at + sizeof tail - 1), &from, true, &hit));
        assert_int_equal(hit.start, at);
        assert_int_equal(hit.end, at + sizeof tail - 1);
        /* Tabs and line ends are left out wherever they stand. */
        struct url plain, split;
        memset(text, 'x', sizeof text);
        memcpy(text, tail, sizeof tail - 1);
        assert_true(url_parse(a, slice_of(text, 70), NULL, &plain));
        memmove(text + at + 1, text + at, 71 - at);
        text[at] = "\t\r\n"[at % 3];
        assert_true(url_parse(a, slice_of(text, 71), NULL, &split));
        assert_true(slice_eq(plain.whole, split.whole));
        arena_free(a);
    }
}

/* A path with "./" in front goes the long way, segment by segment. */
static void url_paths(void **state)
{
    static const char *const signs[] = {"/",     "//", "/a.b/", "/.a", "/..a/",     "/%41",
                                        "/%2eb", "\\", "/ ",    "?",   "/\xC3\xA9", "/a/../"};
    char text[200];
    (void)state;
    for (size_t k = 0; k < sizeof signs / sizeof signs[0]; k++) {
        for (int at = 0; at < 40; at++) {
            static const char many[] = "pppppppppppppppppppppppppppppppppppppppp";
            struct arena *a = arena_new(0);
            struct url plain, dotted;
            for (int host = 0; host < 3; host++) {
                static const char *const hosts[] = {"http://u:p@h.example:80", "http://h.example",
                                                    "git://u@h.example:7"};
                int n = snprintf(text, sizeof text, "%s/%.*s%sq", hosts[host], at, many, signs[k]);
                assert_true(url_parse(a, slice_of(text, (size_t)n), NULL, &plain));
                struct slice whole = plain.whole;
                n = snprintf(text, sizeof text, "%s/./%.*s%sq", hosts[host], at, many, signs[k]);
                assert_true(url_parse(a, slice_of(text, (size_t)n), NULL, &dotted));
                assert_true(slice_eq(whole, dotted.whole));
                assert_true(slice_eq(plain.host, SLICE("h.example")));
            }
            arena_free(a);
        }
    }
}

/* Rules behind blocks of any length, with blocks inside. */
static void sheets(void **state)
{
    char css[300];
    (void)state;
    for (int k = 0; k < 60; k++) {
        static const char many[] = "                                                            ";
        struct arena *a = arena_new(0);
        struct html_sheet sheet = {0};
        struct html_style style = {0};
        uint64_t work = 0;
        int n = snprintf(css, sizeof css,
                         "@media print{%.*sp{color:red}%.*sp{}}%.*sp%.*s{%.*sdisplay:none}", k,
                         many, k / 2, many, k / 3, many, k / 4, many, k, many);
        char *own = malloc((size_t)n);
        assert_non_null(own);
        memcpy(own, css, (size_t)n);
        html_sheet_add(&sheet, a, slice_of(own, (size_t)n), &work);
        html_sheet_match(&sheet, TAG_p, SLICE(""), SLICE(""), &style, &work);
        assert_int_equal(sheet.n_rules, 1);
        assert_int_equal(style.set, CSS_DISPLAY);
        free(own);
        arena_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_ends),     cmocka_unit_test(boundary_lines),
        cmocka_unit_test(base64),        cmocka_unit_test(quoted_printable),
        cmocka_unit_test(header_fields), cmocka_unit_test(declarations),
        cmocka_unit_test(urls),          cmocka_unit_test(url_paths),
        cmocka_unit_test(sheets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
