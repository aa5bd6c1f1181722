/* base: slices, arena, buffer, UTF-8, escaper, JSON. */
#include "base/arena.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/escape.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/rand.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void same(struct slice got, const char *want)
{
    if (!slice_eq(got, slice_str(want)))
        fail_msg("got \"%.*s\", want \"%s\"", SLICE_ARG(got), want);
}

static void slices(void **state)
{
    (void)state;
    struct slice rest = SLICE("a,,b"), part;
    assert_true(slice_split(&rest, ',', &part));
    same(part, "a");
    assert_true(slice_split(&rest, ',', &part));
    same(part, "");
    assert_true(slice_split(&rest, ',', &part));
    same(part, "b");
    assert_false(slice_split(&rest, ',', &part));
    same(slice_trim(SLICE(" \t x y\r\n")), "x y");
    assert_int_equal(slice_ifind(SLICE("Hello WORLD"), SLICE("world")), 6);
    assert_int_equal(slice_find(SLICE("abc"), SLICE("abcd")), SIZE_MAX);
    uint64_t v;
    assert_true(slice_u64(SLICE("18446744073709551615"), &v));
    assert_false(slice_u64(SLICE("18446744073709551616"), &v));
    assert_false(slice_u64(SLICE("1a"), &v));
    assert_true(slice_cmp(SLICE("ab"), SLICE("abc")) < 0);
}

static void kinds(void **state)
{
    (void)state;
    for (int i = 0; i < 256; i++) {
        char c = (char)i;
        unsigned k = ascii_kind(c);
        assert_true(!(k & ASCII_ALPHA) == !ascii_is_alpha(c));
        assert_true(!(k & ASCII_DIGIT) == !ascii_is_digit(c));
        assert_true(!(k & ASCII_SPACE) == !ascii_is_space(c));
        assert_true(!(k & ASCII_HIGH) == (i < 0x80));
        assert_true(!(k & ASCII_DOT) == (c != '.'));
        assert_true(!(k & ASCII_PARTS) == (i >= 32 && (i >= 128 || !strchr(" \"'(),/:;<=>[]", c))));
        assert_true(k != 0);
        assert_true(ascii_lower_of(c, k) == ascii_lower(c));
    }
}

static void arenas(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    for (size_t i = 1; i < 3000; i += 7) {
        unsigned char *p = arena_alloc(a, i);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t k = 0; k < i; k++)
            assert_int_equal(p[k], 0);
        memset(p, 0xAB, i);
    }
    assert_true(arena_used(a) > 600000);
    arena_reset(a);
    assert_int_equal(arena_used(a), 0);
    assert_int_equal(*(unsigned char *)arena_alloc(a, 1), 0);
    same(arena_printf(a, "%d-%s", 7, "x"), "7-x");
    same(arena_lower(a, SLICE("AbÇ")), "abÇ");
    arena_free(a);
}

static void buffers(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(10);
    buf_str(&b, "12345");
    buf_printf(&b, "%s", "6789abcdef");
    same(buf_slice(&b), "123456789a");
    assert_true(b.full);
    buf_drop(&b, 3);
    same(buf_slice(&b), "456789a");
    buf_reset(&b);
    assert_false(b.full);
    assert_string_equal(buf_cstr(&b), "");
    buf_fini(&b);
}

static void utf8(void **state)
{
    (void)state;
    assert_true(utf8_is_valid(SLICE("zażółć 漢字 😀")));
    assert_false(utf8_is_valid(SLICE("\xC0\x80")));     /* overlong */
    assert_false(utf8_is_valid(SLICE("\xED\xA0\x80"))); /* surrogate */
    assert_false(utf8_is_valid(SLICE("\xF4\x90\x80\x80")));
    assert_false(utf8_is_valid(SLICE("\xE2\x82")));
    struct arena *a = arena_new(0);
    same(utf8_clean(a, SLICE("a\xFFz")), "a\xEF\xBF\xBDz");
    same(utf8_head(SLICE("aé"), 2), "a");
    for (uint32_t c = 0; c <= 0x10FFFF; c += 97) {
        char u[4];
        struct slice s = slice_of(u, utf8_put(u, c));
        bool ok;
        uint32_t back = utf8_next(&s, &ok);
        assert_int_equal(back, c >= 0xD800 && c <= 0xDFFF ? UTF8_BAD : c);
        assert_int_equal(s.n, 0);
    }
    arena_free(a);
}

/* Finding without case is comparing at every place. */
static void finds(void **state)
{
    (void)state;
    static const char *const needles[] = {
        "a", "ab", "AB", "aab", "@a", "`A", "[b", "{B", "a\xe1", "abababababababababab", "b "};
    uint64_t seed = 5;
    for (int round = 0; round < 20000; round++) {
        char text[80];
        size_t n = rand_next(&seed) % sizeof text;
        for (size_t i = 0; i < n; i++)
            text[i] = "aAbB@`[{\xe1\xc1 \0"[rand_next(&seed) % (round % 2 ? 4 : 12)];
        struct slice s = slice_of(text, n), needle = slice_str(needles[round % 11]);
        size_t want = 0;
        while (want + needle.n <= n && !slice_istarts(slice_from(s, want), needle))
            want++;
        assert_int_equal(slice_ifind(s, needle), want + needle.n <= n ? want : SIZE_MAX);
    }
    assert_int_equal(slice_ifind(SLICE("x"), SLICE("")), 0);
    assert_int_equal(slice_ifind(SLICE(""), SLICE("")), 0);
}

/* Ids from one batch, from the next, and a child's, are all different. */
static void ids(void **state)
{
    (void)state;
    char id[60][37];
    for (int i = 0; i < 60; i++) {
        rand_uuid7(id[i]);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(id[i] + 14, id[k] + 14);
    }
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        rand_uuid7(id[0]);
        _exit(write(ends[1], id[0], 37) == 37 ? 0 : 1);
    }
    assert_true(child > 0 && read(ends[0], id[1], 37) == 37);
    rand_uuid7(id[0]);
    assert_string_not_equal(id[0] + 14, id[1] + 14);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(ends[0]);
    close(ends[1]);
}

static void escaped(enum escape_for use, struct slice in, const char *want)
{
    struct buf b = BUF_INIT(1000);
    escape_add(&b, use, in, 0);
    same(buf_slice(&b), want);
    buf_fini(&b);
}

static void escapes(void **state)
{
    (void)state;
    escaped(ESCAPE_LOG, SLICE("a\r\nb\"\x1b[31m\xE2\x80\xAE\xFF"),
            "a\\r\\nb\\\"\\x1b[31m\\u{202e}\\xff");
    escaped(ESCAPE_TERM, SLICE("a\\b\tc"), "a\\b c");
    escaped(ESCAPE_HEADER, SLICE("x\r\nBcc: é"), "x  Bcc: ?");
    escaped(ESCAPE_HTML, SLICE("<a href='x'>&"), "&lt;a href=&#39;x&#39;&gt;&amp;");
    escaped(ESCAPE_JSON, SLICE("\"\\\n\x01\x7f"), "\\\"\\\\\\n\\u0001\\u007f");
    struct buf b = BUF_INIT(1000);
    escape_add(&b, ESCAPE_TERM, SLICE("abcdefgh"), 4);
    same(buf_slice(&b), "abcd...");
    buf_fini(&b);
}

/* Text of any length, with what must be escaped at any place: the same as sign by sign, which goes
 * no way of sixteen bytes. */
static void escapes_alike(void **state)
{
    (void)state;
    static const char *const odd[] = {"\"",   "\\",       "<",    "'",           "&",
                                      ">",    "\n",       "\x7f", "\x1f",        "\x80",
                                      "\xff", "\xc3\xa9", "~",    "\xe2\x80\x8b"};
    char text[90];
    uint64_t seed = 3;
    for (int round = 0; round < 6000; round++) {
        size_t n = 0, most = rand_next(&seed) % 80, rare = 1 + rand_next(&seed) % 40;
        while (n < most)
            if (rand_next(&seed) % rare == 0)
                n += (size_t)snprintf(text + n, 4, "%s", odd[rand_next(&seed) % 14]);
            else
                text[n++] = (char)(' ' + rand_next(&seed) % 95);
        enum escape_for use = (enum escape_for)(round % 6);
        struct buf whole = BUF_INIT(1000), parts = BUF_INIT(1000);
        escape_add(&whole, use, slice_of(text, n), 0);
        for (struct slice rest = slice_of(text, n), before; rest.n;) {
            before = rest;
            (void)utf8_next(&rest, NULL);
            escape_add(&parts, use, slice_head(before, before.n - rest.n), 0);
        }
        same(buf_slice(&whole), buf_cstr(&parts));
        buf_reset(&parts);
        escape_add(&parts, use, slice_of(text, n), 20); /* cut: the same front */
        size_t front = whole.n < 20 ? whole.n : 20;
        assert_true(parts.n >= front && parts.n <= 20 + 13);
        assert_true(front == 0 || memcmp(whole.p, parts.p, front) == 0);
        buf_fini(&whole);
        buf_fini(&parts);
    }
}

static void json(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(1000);
    struct json j = JSON_INIT(&b);
    jsonw_object(&j, NULL);
    jsonw_text(&j, "a", SLICE("x\"y"));
    jsonw_array(&j, "b");
    jsonw_int(&j, NULL, -5);
    jsonw_num(&j, NULL, 1.250001, 3);
    jsonw_num(&j, NULL, -0.00001, 2);
    jsonw_num(&j, NULL, NAN, 2);
    jsonw_array_end(&j);
    jsonw_bool(&j, "c", true);
    jsonw_object_end(&j);
    same(buf_slice(&b), "{\"a\":\"x\\\"y\",\"b\":[-5,1.25,0,null],\"c\":true}");
    buf_fini(&b);
}

/* The writer's own way with numbers says what printf says, ties and signs included. */
static void json_nesting(void **state)
{
    (void)state;
    assert_int_equal(json_depth(SLICE("")), 0);
    assert_int_equal(json_depth(SLICE("{\"a\":[1,{}]}")), 3);
    assert_int_equal(json_depth(SLICE("[\"[[[\\\"[[\"]")), 1);
    assert_int_equal(json_depth(SLICE("[\"\\")), 1);
}

static void json_numbers(void **state)
{
    (void)state;
    static const double values[] = {0.5,     1.5,       0.125,    0.0005,    2.5,     999.9995,
                                    1e7,     99999999., 1e8,      123456.75, 0.0625,  1.0005,
                                    2.00049, 0.1,       0.999999, 1e-9,      3.14159, 1e300};
    for (size_t i = 0; i < 2 * sizeof values / sizeof values[0] + 2000; i++) {
        double v = i < 36 ? values[i / 2] : (double)i * 0.37 - 300.0;
        v = i % 2 ? -v : v;
        for (int digits = 1; digits <= 6; digits++) {
            char want[400];
            struct buf b = BUF_INIT(400);
            struct json j = JSON_INIT(&b);
            int n = snprintf(want, sizeof want, "%.*f", digits, v);
            while (want[n - 1] == '0')
                n--;
            n -= want[n - 1] == '.';
            want[n] = '\0';
            jsonw_num(&j, NULL, v, digits);
            same(buf_slice(&b), strcmp(want, "-0") == 0 ? "0" : want);
            buf_fini(&b);
        }
    }
}

static void hashes(void **state)
{
    (void)state;
    unsigned char key[16];
    char in[15];
    for (int i = 0; i < 16; i++)
        key[i] = (unsigned char)i;
    for (int i = 0; i < 15; i++)
        in[i] = (char)i;
    /* The example of the SipHash paper, appendix A. */
    assert_true(hash_sip(slice_of(in, 15), key) == 0xa129ca6149be45e5u);
    assert_int_equal(hash_crc32c(0, SLICE("123456789")), 0xe3069283u);
    char many[100];
    for (size_t i = 0; i < sizeof(many); i++)
        many[i] = (char)(i * 7);
    for (size_t n = 0; n <= sizeof(many); n++) { /* any length and beginning, in pieces, too */
        struct slice s = slice_from(slice_of(many, n), n % 9);
        uint32_t crc = hash_crc32c_by_tables(5, s);
        assert_int_equal(hash_crc32c(5, s), crc);
        assert_int_equal(hash_crc32c(hash_crc32c(5, slice_head(s, n / 3)), slice_from(s, n / 3)),
                         crc);
    }
    /* Every bit of the input and of the key counts. */
    for (size_t n = 1; n <= sizeof(many); n++) {
        struct slice s = slice_of(many, n);
        uint64_t h = hash_keyed(s, key);
        assert_true(h != hash_keyed(slice_head(s, n - 1), key));
        for (size_t i = 0; i < 8 * n; i++) {
            many[i / 8] ^= (char)(1 << i % 8);
            assert_true(h != hash_keyed(s, key));
            many[i / 8] ^= (char)(1 << i % 8);
        }
        key[n % 16] ^= 1;
        assert_true(h != hash_keyed(s, key));
        key[n % 16] ^= 1;
        assert_true(h == hash_keyed(s, key));
    }
    assert_true(hash_bytes(SLICE("abc"), 1) != hash_bytes(SLICE("abc"), 2));
    assert_true(hash_bytes(SLICE("a"), 1) != hash_bytes(slice_of("a\0", 2), 1));
}

static void errors_and_time(void **state)
{
    (void)state;
    struct err e = {0};
    errno = ENOSPC;
    assert_int_equal(err_errno(&e, "writing %s", "x"), ERR_FULL);
    err_prefix(&e, "f:%d: ", 3);
    assert_string_equal(e.text, "f:3: writing x: No space left on device");
    char out[40], id[37];
    assert_string_equal(clock_rfc5322(0, out), "Thu, 01 Jan 1970 00:00:00 +0000");
    assert_string_equal(clock_rfc3339(1500000, out), "1970-01-01T00:00:01.500000Z");
    rand_uuid7(id);
    assert_int_equal(id[14], '7');
    assert_int_equal(strlen(id), 36);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),         cmocka_unit_test(slices),
        cmocka_unit_test(arenas),        cmocka_unit_test(buffers),
        cmocka_unit_test(utf8),          cmocka_unit_test(escapes),
        cmocka_unit_test(finds),         cmocka_unit_test(ids),
        cmocka_unit_test(escapes_alike), cmocka_unit_test(json),
        cmocka_unit_test(hashes),        cmocka_unit_test(errors_and_time),
        cmocka_unit_test(json_nesting),  cmocka_unit_test(json_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
