/* Proofs of passwords by the child: several that wait at once are each answered, and as they would
 * be alone. */
#include "node/hasher.h"

#include <event2/event.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ASKED   5
#define OPS     1
#define MEM_KIB 8192 /* the least: it is not strength that is tried here */

struct asked {
    unsigned done, good, dead;
    unsigned char proof[ASKED][HASHER_PROOF];
    struct event_base *base;
};

struct one {
    struct asked *all;
    unsigned at;
};

static void done(void *arg, const unsigned char proof[HASHER_PROOF])
{
    struct one *o = arg;
    if (proof) {
        memcpy(o->all->proof[o->at], proof, HASHER_PROOF);
        o->all->good++;
    }
    if (++o->all->done == ASKED)
        event_base_loopbreak(o->all->base);
}

static void dead(void *arg)
{
    struct asked *all = arg;
    all->dead++;
    event_base_loopbreak(all->base);
}

static void several_at_once(void **state)
{
    static const char *const words[ASKED] = {"correct horse", "battery staple", "", "x",
                                             "a much longer pass word than the others are"};
    struct asked all = {.base = event_base_new()};
    struct one one[ASKED];
    struct hasher *h;
    struct err e = {0};
    unsigned char salt[HASHER_SALT] = "salt of no use";
    (void)state;
    assert_true(sodium_init() >= 0);
    assert_int_equal(hasher_start(all.base, dead, &all, &e, &h), 0);
    for (unsigned i = 0; i < ASKED; i++) {
        one[i] = (struct one){&all, i};
        hasher_ask(h, slice_str(words[i]), salt, OPS, MEM_KIB, done, &one[i]);
    }
    event_base_dispatch(all.base);
    assert_int_equal(all.dead, 0);
    assert_int_equal(all.good, ASKED);
    for (unsigned i = 0; i < ASKED; i++) {
        unsigned char want[HASHER_PROOF];
        assert_int_equal(hasher_proof(slice_str(words[i]), salt, OPS, MEM_KIB, &e, want), 0);
        assert_memory_equal(all.proof[i], want, HASHER_PROOF);
    }
    hasher_free(h);
    event_base_free(all.base);
}

/* What is out of bounds is refused, and the child lives on. */
static void out_of_bounds(void **state)
{
    struct asked all = {.base = event_base_new(), .done = ASKED - 2};
    struct one one[2] = {{&all, 0}, {&all, 1}};
    struct hasher *h;
    struct err e = {0};
    unsigned char salt[HASHER_SALT] = {0};
    (void)state;
    assert_int_equal(hasher_start(all.base, dead, &all, &e, &h), 0);
    hasher_ask(h, SLICE("word"), salt, 1000, MEM_KIB, done, &one[0]);
    hasher_ask(h, SLICE("word"), salt, OPS, MEM_KIB, done, &one[1]);
    event_base_dispatch(all.base);
    assert_int_equal(all.dead, 0);
    assert_int_equal(all.good, 1);
    hasher_free(h);
    event_base_free(all.base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(several_at_once),
                                       cmocka_unit_test(out_of_bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
