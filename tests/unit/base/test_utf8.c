/* base: UTF-8 read by blocks against its plain definition, one character after the other. */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

#define LONGEST 70

static bool plain_is_ascii(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] & 0x80)
            return false;
    return true;
}

static size_t plain_valid_head(struct slice s)
{
    struct slice rest = s;
    while (rest.n) {
        struct slice before = rest;
        bool ok;
        utf8_next(&rest, &ok);
        if (!ok)
            return s.n - before.n;
    }
    return s.n;
}

/* In memory of its own size, so that a look past the end is seen. */
static void compare(struct slice s)
{
    char *copy = malloc(s.n ? s.n : 1);
    assert_non_null(copy);
    if (s.n)
        memcpy(copy, s.p, s.n);
    struct slice own = slice_of(copy, s.n);
    assert_true(utf8_is_ascii(own) == plain_is_ascii(own));
    assert_int_equal(utf8_valid_head(own), plain_valid_head(own));
    free(copy);
}

/* Each piece at each place of texts of each length, also where the text ends inside it. */
static void pieces_everywhere(void **state)
{
    static const struct slice pieces[] = {{"", sizeof "" - 1},
                                          {"\xC3\xA9", sizeof "\xC3\xA9" - 1},
                                          {"\xE2\x82\xAC", sizeof "\xE2\x82\xAC" - 1},
                                          {"\x80", sizeof "\x80" - 1},
                                          {"\xFF", sizeof "\xFF" - 1},
                                          {"\xF0\x9F\x98\x80", sizeof "\xF0\x9F\x98\x80" - 1},
                                          {"\xC0\x80", sizeof "\xC0\x80" - 1},
                                          {"\xED\xA0\x80", sizeof "\xED\xA0\x80" - 1},
                                          {"\0\x7F\xC3", sizeof "\0\x7F\xC3" - 1},
                                          {"\xD0\xB0 \xD0\xB1", sizeof "\xD0\xB0 \xD0\xB1" - 1}};
    char text[LONGEST];
    (void)state;
    compare((struct slice){0});
    for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
        for (size_t at = 0; at < LONGEST; at++) {
            size_t left = LONGEST - at;
            memset(text, 'a', sizeof text);
            memcpy(text + at, pieces[k].p, pieces[k].n < left ? pieces[k].n : left);
            for (size_t n = 0; n <= LONGEST; n++)
                compare(slice_of(text, n));
        }
    }
}

/* Nothing but high bytes, and two bad bytes with good text around them. */
static void rows(void **state)
{
    char text[LONGEST];
    (void)state;
    for (size_t i = 0; i < LONGEST; i++)
        text[i] = i % 2 ? '\xA9' : '\xC3';
    for (size_t n = 0; n <= LONGEST; n++) {
        compare(slice_of(text, n));
        compare(slice_of(text + LONGEST - n, n));
    }
    memset(text, 'b', sizeof text);
    text[20] = '\xFF';
    text[50] = '\x80';
    for (size_t from = 0; from < LONGEST; from++)
        compare(slice_of(text + from, LONGEST - from));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pieces_everywhere), cmocka_unit_test(rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
