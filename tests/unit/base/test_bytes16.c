/* base: masks of 16 bytes against a loop over the bytes. */
#include "base/bytes16.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

static unsigned plain_range(const unsigned char *p, size_t n, unsigned least, unsigned most)
{
    unsigned mask = 0;
    for (size_t i = 0; i < BYTES16; i++) {
        unsigned c = i < n ? p[i] : 0;
        mask |= (unsigned)(c >= least && c <= most) << i;
    }
    return mask;
}

static void compare(struct slice s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    struct bytes16 b = bytes16_load(s);
    for (unsigned c = 0; c < 256; c++) {
        assert_int_equal(bytes16_is(&b, (char)c), plain_range(p, s.n, c, c));
        assert_int_equal(bytes16_range(&b, (unsigned char)(c / 2), (unsigned char)c),
                         plain_range(p, s.n, c / 2, c));
    }
    assert_int_equal(bytes16_high(&b), plain_range(p, s.n, 128, 255));
    unsigned space = plain_range(p, s.n, ' ', ' ') | plain_range(p, s.n, 9, 13);
    assert_int_equal(bytes16_space(&b), space);
}

/* Of each length, in memory of its own size, so that a look past the end is seen. */
static void all_lengths(void **state)
{
    (void)state;
    unsigned seed = 1;
    for (unsigned round = 0; round < 64; round++) {
        for (size_t n = 0; n < 20; n++) {
            char *p = malloc(n ? n : 1);
            assert_non_null(p);
            for (size_t i = 0; i < n; i++) {
                seed = seed * 1103515245u + 12345u;
                p[i] = (char)(seed >> 16);
            }
            compare(slice_of(p, n));
            free(p);
        }
    }
    compare((struct slice){0});
    compare(SLICE("\0\t\r\n\v\f \x80\xFF"
                  "azAZ09"));
}

static void bits(void **state)
{
    (void)state;
    assert_int_equal(bytes16_head(0), 0);
    assert_int_equal(bytes16_head(15), 0x7FFF);
    assert_int_equal(bytes16_head(16), 0xFFFF);
    assert_int_equal(bytes16_head(17), 0xFFFF);
    assert_int_equal(bytes16_first(0), 16);
    assert_int_equal(bytes16_first(1), 0);
    assert_int_equal(bytes16_first(0x8000), 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_lengths), cmocka_unit_test(bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
