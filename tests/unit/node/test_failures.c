/* Failure reports have a measure: so many for a domain in an hour, so many domains. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "node/failures.h"

#define MINUTE INT64_C(60000000)

/* How many of n reports about that domain, one after the other, are sent. */
static unsigned sent(struct failures *f, const char *domain, unsigned n, int64_t now_us)
{
    struct buf reports = BUF_INIT(65536), packed = BUF_INIT(4096);
    unsigned out = 0;
    for (unsigned i = 0; i < n; i++) {
        pack_bytes(&reports, slice_str(domain));
        pack_u32(&reports, 3);
        pack_bytes(&reports, SLICE("order"));
    }
    struct slice rest = buf_slice(&reports);
    uint64_t tag, last = 0;
    while ((tag = failures_next(f, &rest, now_us, &packed)) != 0) {
        assert_true(tag & FAILURES_TAG && tag != last);
        assert_true(slice_eq(buf_slice(&packed), SLICE("order")));
        last = tag;
        out++;
    }
    buf_fini(&reports);
    buf_fini(&packed);
    return out;
}

static void measure(void **state)
{
    (void)state;
    static struct failures f;
    char name[32];
    assert_int_equal(sent(&f, "a.example", 5, 0), 3);
    assert_int_equal(sent(&f, "b.example", 2, 1), 2);
    assert_int_equal(sent(&f, "a.example", 1, 59 * MINUTE), 0);
    assert_int_equal(sent(&f, "a.example", 5, 61 * MINUTE), 3);
    assert_int_equal(f.suppressed, 5);
    for (unsigned i = 0; i < FAILURES_DOMAINS + 50; i++) {
        snprintf(name, sizeof(name), "d%u.example", i);
        bool has_room = i < FAILURES_DOMAINS - 1; /* "a" is counted, "b" is forgotten */
        assert_int_equal(sent(&f, name, 1, 62 * MINUTE), has_room);
    }
    assert_int_equal(sent(&f, "new.example", 1, 200 * MINUTE), 1);
}

static void damaged(void **state)
{
    (void)state;
    static struct failures f;
    struct buf packed = BUF_INIT(4096);
    struct slice rest = SLICE("\0\0\0\377rubbish");
    assert_int_equal(failures_next(&f, &rest, 0, &packed), 0);
    buf_fini(&packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(measure), cmocka_unit_test(damaged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
