/* Words of the command line that mean a time. */
#include "cli/inquiry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void times(void **state)
{
    (void)state;
    static const int64_t now = 1700000000; /* 2023-11-14 22:13:20 */
    static const struct {
        const char *text;
        bool is_end, ok;
        int64_t want;
    } rows[] = {{"45m", false, true, 1700000000 - 2700},
                {"3h", true, true, 1700000000 - 10800},
                {"2d", false, true, 1700000000 - 172800},
                {"1w", false, true, 1700000000 - 604800},
                {"0d", false, true, 1700000000},
                {"2023-11-14", false, true, 1699920000},
                {"2023-11-14", true, true, 1700006399},
                {"2024-02-29", false, true, 1709164800},
                {"1970-01-01", false, true, 0},
                {"", false, false, 0},
                {"d", false, false, 0},
                {"2", false, false, 0},
                {"-2d", false, false, 0},
                {"2y", false, false, 0},
                {"2dd", false, false, 0},
                {"2023-13-01", false, false, 0},
                {"2023-11-14x", false, false, 0},
                {"yesterday", false, false, 0}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t got = 0;
        if (inquiry_when(rows[i].text, now, rows[i].is_end, &got) != rows[i].ok ||
            got != rows[i].want)
            fail_msg("\"%s\": %lld", rows[i].text, (long long)got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(times)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
