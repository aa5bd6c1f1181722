/* Walks over text by masks of 64 bytes, against their plain definitions byte by byte. */
#include "base/ascii.h"
#include "learn/features_internal.h"
#include "learn/fingerprint.h"
#include "mail.h"

#define TEXT_MOST 6000

static const size_t SIZES[] = {0, 1, 2, 3, 15, 16, 17, 63, 64, 65, 127, 128, 129, 700, TEXT_MOST};
#define N_SIZES (sizeof SIZES / sizeof SIZES[0])

/* Text of pieces that matter to a walk, cut off anywhere. */
static struct slice make_text(struct arena *a, size_t n, uint64_t seed)
{
    static const char *const pieces[] = {
        "a",
        "It's",
        " ",
        "\n",
        "\t",
        "Prices",
        "$9.99",
        "www.",
        "WWW.x",
        "x@y.example",
        "http://",
        "://",
        ":",
        "2024",
        "77777777777777777777777777777777777777777777777777777777777777777777",
        "\xC3\xA9t\xC3\xA9",
        ".",
        "Donaudampfschifffahrtsgesellschaftskapitaen",
        "q7",
        "-",
        "@",
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrst7",
        "Ada",
        "Z"};
    char *p = arena_bytes(a, n + 100);
    size_t at = 0;
    for (uint64_t i = 0; at < n; i++) {
        uint64_t x = hash_mix(seed << 32 | i);
        const char *piece = x % 3 ? pieces[x / 3 % (sizeof pieces / sizeof pieces[0])] : " ";
        memcpy(p + at, piece, strlen(piece));
        at += strlen(piece);
    }
    return slice_of(p, n);
}

static void add_once(uint32_t *list, uint32_t *n, uint32_t h)
{
    for (uint32_t i = 0; i < *n; i++) {
        if (list[i] == h)
            return;
    }
    if (*n < FEATURES_MAX)
        list[(*n)++] = h;
}

static void check_text(struct arena *a, struct slice text)
{
    struct message m = {.text = text};
    struct features f = {0};
    uint32_t *want = ARENA_ARRAY(a, uint32_t, FEATURES_MAX), n = 0, n_words;
    struct slice rest = text, word;
    for (int most = TEXT_WORDS; most > 0 && feature_next_word(&rest, &word);) {
        char lower[WORD_MAX];
        struct slice head = slice_head(word, WORD_MAX);
        if (word.n < WORD_MIN)
            continue;
        for (size_t i = 0; i < head.n; i++)
            lower[i] = ascii_lower(head.p[i]);
        assert_int_equal(feature_word(KIND_WORD, word),
                         feature_of(KIND_WORD, 0, slice_of(lower, head.n)));
        add_once(want, &n, feature_word(KIND_WORD, word));
        most--;
    }
    n_words = n;
    for (size_t i = 0; i + 4 <= text.n && i + 4 <= TEXT_GRAM_BYTES; i++)
        add_once(want, &n, feature_gram(KIND_GRAM_TEXT, text.p + i));
    features_extract(a, &m, NULL, FEATURES_TEXT, &f);
    assert_int_equal(f.n_first[CHANNEL_TEXT], n_words);
    assert_int_equal(f.n[CHANNEL_TEXT], n);
    assert_memory_equal(f.of[CHANNEL_TEXT], want, n * sizeof *want);
}

static void test_words_and_grams(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    for (size_t k = 0; k < N_SIZES; k++) {
        for (uint64_t seed = 0; seed < 20; seed++) {
            check_text(a, make_text(a, SIZES[k], seed));
            arena_reset(a);
        }
    }
    arena_free(a);
}

/* More different grams than there is room for: what came first is kept. */
static void test_full(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    char *p = arena_bytes(a, 8000);
    for (size_t i = 0; i < 8000; i++)
        p[i] = (char)(i % 6 == 5 ? ' ' : 'a' + hash_mix(i) % 26);
    check_text(a, slice_of(p, 8000));
    struct message m = {.text = slice_of(p, 8000), .hidden = slice_of(p + 4000, 4000)};
    struct features f = {0};
    features_extract(a, &m, NULL, FEATURES_TEXT, &f);
    assert_int_equal(f.n[CHANNEL_TEXT], FEATURES_MAX);
    arena_free(a);
}

/* Zero marks a free place of the set: it is a member as any other. */
static void test_zero(void **state)
{
    (void)state;
    static struct feature_sink s;
    sink_start(&s);
    uint32_t collide = SINK_SLOTS;
    sink_add(&s, 0);
    sink_add(&s, collide);
    sink_add(&s, 2 * collide);
    sink_add(&s, 0);
    sink_add(&s, 2 * collide);
    assert_int_equal(s.n, 3);
    sink_start(&s);
    assert_int_equal(s.n, 0);
    sink_add(&s, collide);
    assert_int_equal(s.n, 1);
}

/* Tokens of a field do not change with their place in it. */
static void test_tokens(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    static struct feature_sink want, got;
    for (uint64_t seed = 0; seed < 40; seed++) {
        struct slice value = make_text(a, 30 + seed * 11, seed);
        sink_start(&want);
        feature_header_tokens(&want, SLICE("From"), value);
        for (int before = 1; before < 70; before++) {
            struct slice moved = arena_printf(a, "%*s%.*s", before, "", SLICE_ARG(value));
            sink_start(&got);
            feature_header_tokens(&got, SLICE("From"), moved);
            assert_int_equal(got.n, want.n);
            assert_memory_equal(got.out, want.out, want.n * sizeof want.out[0]);
        }
        arena_reset(a);
    }
    for (unsigned c = 0; c < 256; c++) { /* what parts tokens, and what does not */
        char value[] = {'a', 'b', (char)c, 'c', 'd'};
        uint32_t of = feature_of(KIND_HEADER_NAME, 0, SLICE("x"));
        uint32_t first = feature_of(KIND_TOKEN, of, SLICE("ab"));
        sink_start(&got);
        feature_header_tokens(&got, SLICE("X"), slice_of(value, sizeof value));
        bool is_apart = false;
        for (uint32_t i = 0; i < got.n; i++)
            is_apart |= got.out[i] == first;
        assert_int_equal(is_apart, (ascii_kind((char)c) & ASCII_PARTS) != 0);
    }
    sink_start(&got);
    feature_header_tokens(&got, SLICE("X"), SLICE("MX1.Example.org (192.0.2.7) 12!"));
    uint32_t tag = feature_of(KIND_HEADER_NAME, 0, SLICE("x")), n = 0, list[16];
    uint32_t host = feature_of(KIND_TOKEN, tag, SLICE("mx1.example.org"));
    add_once(list, &n, tag);
    add_once(list, &n, feature_of(KIND_DOMAIN, tag, SLICE("mx1.example.org")));
    add_once(list, &n, feature_of(KIND_DOMAIN, tag, SLICE("example.org")));
    add_once(list, &n, feature_of(KIND_DOMAIN, tag, SLICE("org")));
    add_once(list, &n, host);
    add_once(list, &n, feature_of(KIND_ADDRESS_NET, tag + 2, SLICE("192.0")));
    add_once(list, &n, feature_of(KIND_ADDRESS_NET, tag + 3, SLICE("192.0.2")));
    add_once(list, &n, feature_of(KIND_TOKEN, tag, SLICE("12")));
    assert_int_equal(got.n, n);
    assert_memory_equal(got.out, list, n * sizeof *list);
    arena_free(a);
}

/* The words of a text that a fingerprint keeps, parted by one space. */
static struct slice kept_words(struct arena *a, struct slice text)
{
    char *out = arena_bytes(a, 2 * text.n + 2);
    size_t n = 0;
    while (text.n) {
        size_t end = 0;
        bool is_address = slice_istarts(text, SLICE("www."));
        while (end < text.n && !(ascii_kind(text.p[end]) & ASCII_SPACE)) {
            struct slice here = slice_from(text, end++);
            is_address |= here.p[0] == '@' || slice_starts(here, SLICE("://"));
        }
        for (size_t i = 0; i < end && !is_address; i++)
            out[n++] = (char)(ascii_kind(text.p[i]) & ASCII_WORD ? text.p[i] : ' ');
        out[n++] = ' ';
        text = slice_from(text, end + (end < text.n));
    }
    return slice_of(out, n);
}

static void test_fingerprint(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    size_t printed = 0;
    for (size_t k = 0; k < N_SIZES; k++) {
        for (uint64_t seed = 0; seed < 30; seed++) {
            struct message m = {.text = make_text(a, SIZES[k], seed)};
            struct message plain = {.text = kept_words(a, m.text)};
            struct fingerprint x, y;
            fingerprint_make(a, &m, &x);
            fingerprint_make(a, &plain, &y);
            assert_memory_equal(&x, &y, sizeof x);
            printed += x.exact != 0;
            arena_reset(a);
        }
    }
    assert_true(printed > 60); /* most have words enough to be printed */
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_and_grams),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_zero),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_fingerprint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
