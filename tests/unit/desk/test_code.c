/* Codes: there and back, and every slip of a finger is found. */
#include "desk/code.h"

#include "base/rand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void round_trip(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (int i = 0; i < 2000; i++) {
        unsigned char id[16], back[16];
        char text[CODE_CHARS], loose[80];
        for (int j = 0; j < 16; j++)
            id[j] = (unsigned char)rand_next(&seed);
        code_text(id, text);
        assert_int_equal(strlen(text), CODE_CHARS - 1);
        assert_true(code_parse(slice_str(text), back));
        assert_memory_equal(id, back, 16);
        snprintf(loose, sizeof(loose), "  %s \n", text);
        for (char *p = loose; *p; p++)
            *p = *p == '0' ? 'o' : *p == '1' ? 'l' : *p == '-' ? ' ' : ascii_lower(*p);
        assert_true(code_parse(slice_str(loose), back));
        assert_memory_equal(id, back, 16);
    }
}

static void slips(void **state)
{
    (void)state;
    unsigned char id[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 250}, back[16];
    char text[CODE_CHARS], wrong[CODE_CHARS];
    code_text(id, text);
    for (size_t i = 0; text[i]; i++) {
        memcpy(wrong, text, sizeof(wrong));
        for (int c = 0; c < 32 && text[i] != '-'; c++) {
            wrong[i] = letters[c];
            assert_int_equal(code_parse(slice_str(wrong), back), letters[c] == text[i]);
        }
        for (size_t j = i + 1; text[j]; j++) { /* any two that changed places */
            memcpy(wrong, text, sizeof(wrong));
            if (text[i] == '-' || text[j] == '-' || text[i] == text[j])
                continue;
            wrong[i] = text[j];
            wrong[j] = text[i];
            assert_false(code_parse(slice_str(wrong), back));
        }
    }
}

static void no_codes(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "-",
                                      "0",
                                      "0000-0000-0000-0000-0000-0000-0000",
                                      "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZ",
                                      "0000-0000-0000-0000-0000-0000-00U",
                                      "../../etc/passwd"};
    unsigned char back[16];
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(code_parse(slice_str(bad[i]), back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(slips),
                                       cmocka_unit_test(no_codes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
