/* html5lib: the tokenizer tests (every initial state) and the encoding sniffing tests.
 *
 * Parse errors are not compared: the tokenizer does not report them. The input is preprocessed
 * (CRLF and CR to LF) as the suite's own notes ask; html_token leaves line ends alone. */
#include "mail/html.h"
#include "mail/html_token.h"
#include "mail/unicode.h"
#include "suite_json.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <stdio.h>

static const struct {
    const char *name;
    enum html_mode mode;
} modes[] = {{"Data state", HTML_MODE_DATA},           {"RCDATA state", HTML_MODE_RCDATA},
             {"RAWTEXT state", HTML_MODE_RAWTEXT},     {"Script data state", HTML_MODE_SCRIPT},
             {"PLAINTEXT state", HTML_MODE_PLAINTEXT}, {"CDATA section state", HTML_MODE_CDATA}};

static const char *const files[] = {"contentModelFlags",
                                    "domjs",
                                    "entities",
                                    "escapeFlag",
                                    "namedEntities",
                                    "numericEntities",
                                    "test1",
                                    "test2",
                                    "test3",
                                    "test4",
                                    "unicodeChars",
                                    "unicodeCharsProblematic",
                                    "pendingSpecChanges",
                                    "xmlViolation"};

/* "\uHHHH" in doubly escaped strings to its character; a surrogate becomes U+FFFD. */
static struct slice unescape(struct arena *a, struct slice s)
{
    char *p = arena_bytes(a, s.n + 4);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\\' || i + 5 >= s.n || s.p[i + 1] != 'u') {
            p[n++] = s.p[i];
            continue;
        }
        uint32_t v = 0;
        for (size_t k = i + 2; k < i + 6; k++)
            v = v << 4 | (uint32_t)ascii_hex(s.p[k]);
        n += utf8_put(p + n, v);
        i += 5;
    }
    return slice_of(p, n);
}

static struct slice one_line_end(struct arena *a, struct slice s)
{
    char *p = arena_bytes(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
            continue;
        p[n++] = s.p[i] == '\r' ? '\n' : s.p[i];
    }
    return slice_of(p, n);
}

/* Both sides are written in one notation and compared as text. */
static void put(struct buf *b, char kind, struct slice s)
{
    buf_printf(b, "%c%zu:", kind, s.n);
    buf_add(b, s);
}

static int by_name(const void *a, const void *b)
{
    return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static void put_attributes(struct buf *b, struct slice *names, const struct slice *values, size_t n)
{
    struct slice pairs[HTML_ATTRS][2];
    for (size_t i = 0; i < n; i++) {
        pairs[i][0] = names[i];
        pairs[i][1] = values[i];
    }
    qsort(pairs, n, sizeof pairs[0], by_name);
    for (size_t i = 0; i < n; i++) {
        put(b, 'n', pairs[i][0]);
        put(b, 'v', pairs[i][1]);
    }
}

static void put_maybe(struct buf *b, bool has, struct slice s)
{
    if (has)
        put(b, 's', s);
    else
        buf_str(b, "-");
}

static void expect(struct arena *a, json_t *tokens, bool twice, struct buf *out)
{
    struct buf run = BUF_INIT(1u << 20);
    size_t i;
    json_t *t;
    json_array_foreach(tokens, i, t)
    {
        const char *kind = json_string_value(json_array_get(t, 0));
        struct slice s[4];
        for (size_t k = 1; k < 4; k++) {
            s[k] = suite_text(json_array_get(t, k));
            if (twice)
                s[k] = unescape(a, s[k]);
        }
        if (strcmp(kind, "Character") == 0) {
            buf_add(&run, s[1]);
            continue;
        }
        if (run.n)
            put(out, 'C', buf_slice(&run));
        buf_reset(&run);
        if (strcmp(kind, "StartTag") == 0) {
            put(out, 'S', s[1]);
            struct slice names[HTML_ATTRS], values[HTML_ATTRS];
            size_t n = 0;
            const char *name;
            json_t *value;
            json_object_foreach(json_array_get(t, 2), name, value)
            {
                names[n] = twice ? unescape(a, slice_str(name)) : slice_str(name);
                values[n++] = twice ? unescape(a, suite_text(value)) : suite_text(value);
            }
            put_attributes(out, names, values, n);
            buf_str(out, json_is_true(json_array_get(t, 3)) ? "/" : "");
        } else if (strcmp(kind, "EndTag") == 0) {
            put(out, 'E', s[1]);
        } else if (strcmp(kind, "Comment") == 0) {
            put(out, 'K', s[1]);
        } else {
            buf_str(out, "D");
            for (size_t k = 1; k < 4; k++)
                put_maybe(out, json_is_string(json_array_get(t, k)), s[k]);
            buf_str(out, json_is_true(json_array_get(t, 4)) ? "+" : "!");
        }
    }
    if (run.n)
        put(out, 'C', buf_slice(&run));
    buf_fini(&run);
}

static void tokenize(struct arena *a, struct slice in, enum html_mode mode, struct slice last,
                     struct buf *out)
{
    struct html_lexer l;
    struct buf run = BUF_INIT(1u << 20);
    html_lexer_init(&l, a, in);
    l.mode = mode;
    l.last_start = last;
    for (enum html_kind k = HTML_NOTHING; k != HTML_END_OF_FILE;) {
        k = html_next(&l);
        if (k == HTML_TEXT) {
            buf_add(&run, l.text);
            continue;
        }
        if (run.n)
            put(out, 'C', buf_slice(&run));
        buf_reset(&run);
        if (k == HTML_START) {
            put(out, 'S', l.name);
            struct slice names[HTML_ATTRS], values[HTML_ATTRS];
            for (size_t i = 0; i < l.n_attrs; i++) {
                names[i] = l.attrs[i].name;
                values[i] = l.attrs[i].value;
            }
            put_attributes(out, names, values, l.n_attrs);
            buf_str(out, l.is_self_closing ? "/" : "");
        } else if (k == HTML_END) {
            put(out, 'E', l.name);
        } else if (k == HTML_COMMENT) {
            put(out, 'K', l.text);
        } else if (k == HTML_DOCTYPE) {
            buf_str(out, "D");
            put_maybe(out, l.has_name, l.name);
            put_maybe(out, l.has_public, l.public_id);
            put_maybe(out, l.has_system, l.system_id);
            buf_str(out, l.is_quirky ? "!" : "+");
        }
    }
    buf_fini(&run);
}

static void run_one(struct suite *s, struct arena *a, const char *file, json_t *test,
                    const char *state)
{
    struct buf want = BUF_INIT(1u << 20), got = BUF_INIT(1u << 20);
    bool twice = json_is_true(json_object_get(test, "doubleEscaped"));
    struct slice in = suite_text(json_object_get(test, "input"));
    struct slice last = suite_text(json_object_get(test, "lastStartTag"));
    if (twice)
        in = unescape(a, in);
    struct slice name = arena_printf(
        a, "%s: %s: %s", file, json_string_value(json_object_get(test, "description")), state);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(modes[i].name, state) != 0)
            continue;
        expect(a, json_object_get(test, "output"), twice, &want);
        tokenize(a, one_line_end(a, in), modes[i].mode, last, &got);
        suite_check(s, arena_cstr(a, name), slice_eq(buf_slice(&want), buf_slice(&got)),
                    arena_printf(a, "got %.*s, want %.*s", SLICE_ARG(buf_slice(&got)),
                                 SLICE_ARG(buf_slice(&want))));
        buf_fini(&want);
        buf_fini(&got);
        return;
    }
    suite_skip(s, arena_cstr(a, name), "a state that is not known");
}

static void tokenizer_file(struct suite *s, const char *file)
{
    struct arena *a = arena_new(0);
    json_t *root = suite_json(
        a, arena_cstr(a, arena_printf(a, "html/html5lib/tokenizer/%s.test", file)));
    json_t *tests = json_object_get(root, "tests"), *test, *state;
    size_t i, k;
    json_array_foreach(tests, i, test)
    {
        json_t *states = json_object_get(test, "initialStates");
        if (!states)
            run_one(s, a, file, test, "Data state");
        json_array_foreach(states, k, state)
        {
            run_one(s, a, file, test, json_string_value(state));
        }
    }
    if (!tests) {
        size_t n = json_array_size(json_object_get(root, "xmlViolationTests"));
        for (i = 0; i < n; i++)
            suite_skip(
                s,
                json_string_value(json_object_get(
                    json_array_get(json_object_get(root, "xmlViolationTests"), i), "description")),
                "how to coerce HTML into XML; the standard's own tokens are otherwise");
    }
    json_decref(root);
    arena_free(a);
}

/* ---- encoding ---- */

static bool same_charset(struct slice got, struct slice want)
{
    const char *a = charset_name(got), *b = charset_name(want);
    if (!a || !b)
        return slice_ieq(got, want);
    return strcmp(a, b) == 0;
}

static void encoding_case(struct suite *s, struct arena *a, const char *file, int number,
                          struct slice data, struct slice want)
{
    struct slice got = html_charset(data);
    /* Without a name the standard's fall-back counts, and UTF-16 can't be named by ASCII. */
    if (got.n == 0)
        got = SLICE("windows-1252");
    if (slice_istarts(got, SLICE("utf-16")))
        got = SLICE("utf-8");
    suite_check(s, arena_cstr(a, arena_printf(a, "%s #%d", file, number)), same_charset(got, want),
                arena_printf(a, "got %.*s, want %.*s, in %.*s", SLICE_ARG(got), SLICE_ARG(want),
                             SLICE_ARG(slice_head(data, 200))));
}

static void encoding_file(struct suite *s, const char *file)
{
    struct arena *a = arena_new(0);
    struct slice rest = suite_load(
        a, arena_cstr(a, arena_printf(a, "html/html5lib/encoding/%s.dat", file)));
    for (int number = 1;; number++) {
        size_t at = slice_find(rest, SLICE("#data\n"));
        size_t mark = slice_find(rest, SLICE("\n#encoding\n"));
        if (at == SIZE_MAX || mark == SIZE_MAX)
            break;
        struct slice data = slice_from(slice_head(rest, mark), at + 6), want;
        rest = slice_from(rest, mark + 11);
        (void)slice_line(&rest, &want);
        encoding_case(s, a, file, number, data, want);
    }
    arena_free(a);
}

int main(void)
{
    struct suite tokens = {.name = "html5lib-tokenizer"};
    struct suite sniff = {.name = "html5lib-encoding"};
    struct arena *a = arena_new(0);
    bool there = suite_exists(a, "html/html5lib/tokenizer/test1.test");
    arena_free(a);
    if (!there) {
        printf("skipped: html5lib\n");
        return 77;
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        tokenizer_file(&tokens, files[i]);
    encoding_file(&sniff, "tests1");
    encoding_file(&sniff, "tests2");
    encoding_file(&sniff, "test-yahoo-jp");
    bool ok = suite_end(&tokens);
    return suite_end(&sniff) && ok ? 0 : 1;
}
