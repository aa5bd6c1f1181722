/* Masks of 64 bytes and runs beside their plain definitions, at the edges of blocks. */
#include "base/ascii.h"
#include "base/bytemask.h"
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Bytes of all kinds in an order that repeats late. */
static void fill(char *out, size_t n, uint64_t seed)
{
    static const char some[] = "abz AZ09 .:@\n\t'$wW\xC3\xA9\xFF";
    for (size_t i = 0; i < n; i++) {
        uint64_t x = hash_mix(seed * 1000 + i);
        out[i] = x % 5 ? some[x / 5 % (sizeof some - 1)] : (char)(x >> 40);
    }
}

static void test_kinds(void **state)
{
    (void)state;
    char text[BYTES64];
    for (uint64_t seed = 0; seed < 200; seed++) {
        size_t n = seed % 3 ? BYTES64 : seed % (BYTES64 + 1);
        fill(text, n, seed);
        struct bytes64 b = bytes64_load(slice_of(text, n));
        struct bytes64 lower = bytes64_lower(&b);
        uint64_t letters = bytes64_letters(&b), digits = bytes64_digits(&b);
        uint64_t high = bytes64_high(&b), at = bytes64_is(&b, '@'),
                 small = bytes64_range(&b, 1, ' ');
        for (size_t i = 0; i < BYTES64; i++) {
            char c = i < n ? text[i] : '\0';
            unsigned kind = ascii_kind(c);
            assert_int_equal(letters >> i & 1, (kind & ASCII_ALPHA) != 0);
            assert_int_equal(digits >> i & 1, (kind & ASCII_DIGIT) != 0);
            assert_int_equal(high >> i & 1, (kind & ASCII_HIGH) != 0);
            assert_int_equal(at >> i & 1, c == '@');
            assert_int_equal(small >> i & 1, c >= 1 && c <= ' ');
            assert_int_equal(((const char *)&lower)[i], ascii_lower(c));
        }
    }
}

static uint64_t word_mask(const struct bytes64 *b)
{
    return bytes64_letters(b) | bytes64_digits(b) | bytes64_high(b);
}

/* Runs of words found by masks, against a walk byte by byte. */
static void check_runs(struct slice text)
{
    struct runs r = {0};
    size_t from, to, i = 0;
    for (size_t at = 0; at <= text.n; at += BYTES64) {
        struct bytes64 b = bytes64_load(slice_from(text, at));
        runs_block(&r, at, word_mask(&b));
        while (runs_next(&r, &from, &to)) {
            while (!(ascii_kind(text.p[i]) & ASCII_WORD))
                i++;
            assert_int_equal(from, i);
            while (i < text.n && ascii_kind(text.p[i]) & ASCII_WORD)
                i++;
            assert_int_equal(to, i);
        }
    }
    for (; i < text.n; i++)
        assert_false(ascii_kind(text.p[i]) & ASCII_WORD);
}

static void test_runs(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 129, 200, 257};
    char text[300];
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        for (uint64_t seed = 0; seed < 50; seed++) {
            fill(text, sizes[k], seed + 1000 * k);
            check_runs(slice_of(text, sizes[k]));
        }
        memset(text, 'a', sizes[k]);
        check_runs(slice_of(text, sizes[k]));
        memset(text, ' ', sizes[k]);
        check_runs(slice_of(text, sizes[k]));
    }
}

static void test_hash_lower(void **state)
{
    (void)state;
    char text[80], lower[80];
    for (size_t n = 0; n <= 40; n++) {
        for (size_t rest = 0; rest < 12; rest++) {
            fill(text, n + rest, n * 100 + rest);
            for (size_t i = 0; i < n; i++)
                lower[i] = ascii_lower(text[i]);
            assert_int_equal(hash_lower(slice_of(text, n), n, text + n + rest),
                             hash_bytes(slice_of(lower, n), n));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_hash_lower),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
