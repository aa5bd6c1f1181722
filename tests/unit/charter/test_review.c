/* charter/review: the cases in tests/charter/reviews.txt, and in whose name a text speaks. */
#include "base/hash.h"
#include "charter/review.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static void actor_named(struct slice name, unsigned char out[16])
{
    uint64_t h = hash_bytes(name, 1);
    memset(out, 0, 16);
    if (!slice_eq(name, SLICE("stranger")))
        memcpy(out, &h, sizeof(h));
}

static struct slice value(struct slice line)
{
    return slice_trim(slice_from(line, slice_chr(line, ':') + 1));
}

static void add_review(struct slice words, struct charter_review *out)
{
    struct slice name = SLICE(""), stakeholder = SLICE(""), how = SLICE("");
    assert_true(slice_split(&words, ' ', &name) && slice_split(&words, ' ', &stakeholder) &&
                slice_split(&words, ' ', &how));
    actor_named(name, out->actor);
    out->stakeholder = stakeholder_of(stakeholder);
    assert_true(out->stakeholder < STAKEHOLDERS);
    out->is_for = slice_eq(how, SLICE("for"));
    assert_true(out->is_for || slice_eq(how, SLICE("against")));
}

static void cases(void **state)
{
    (void)state;
    const char *root = getenv("MUSTER_SOURCE");
    char path[4096], bytes[65536];
    struct charter_review reviews[16];
    unsigned char proposer[16];
    size_t n = 0, number = 0, done = 0;
    snprintf(path, sizeof(path), "%s/tests/charter/reviews.txt", root ? root : ".");
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    struct slice text = slice_of(bytes, fread(bytes, 1, sizeof(bytes), f)), line;
    fclose(f);
    while (slice_line(&text, &line)) {
        number++;
        if (slice_starts(line, SLICE("by:"))) {
            actor_named(value(line), proposer);
            n = 0;
        } else if (slice_starts(line, SLICE("review:"))) {
            assert_true(n < 16);
            add_review(value(line), &reviews[n++]);
        } else if (slice_starts(line, SLICE("reviewed:"))) {
            bool want = slice_eq(value(line), SLICE("yes"));
            if (charter_reviewed(reviews, n, proposer) != want)
                fail_msg("reviews.txt:%zu: it is %s", number, want ? "not" : "reviewed");
            done++;
        }
    }
    assert_true(done >= 14);
}

static void speaks(void **state)
{
    (void)state;
    assert_int_equal(charter_speaks_as(CHARTER_ORGANISATION, false, false), CHARTER_PERSON);
    assert_int_equal(charter_speaks_as(CHARTER_ORGANISATION, true, false), CHARTER_ORGANISATION);
    assert_int_equal(charter_speaks_as(CHARTER_AGREED, true, false), CHARTER_ORGANISATION);
    assert_int_equal(charter_speaks_as(CHARTER_AGREED, false, false), CHARTER_PERSON);
    assert_int_equal(charter_speaks_as(CHARTER_AGREED, false, true), CHARTER_AGREED);
    assert_int_equal(charter_speaks_as(CHARTER_PERSON, true, true), CHARTER_PERSON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cases), cmocka_unit_test(speaks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
