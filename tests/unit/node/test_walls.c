/* node/walls: a crash is laid to the message at hand, twice the same is remembered. */
#include "node/walls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>

static void counts_crashes(void **state)
{
    (void)state;
    struct walls *w = walls_new();
    uint64_t bad = walls_hash(w, SLICE("bad mail")), good = walls_hash(w, SLICE("good mail"));
    assert_true(bad != good && bad != 0);
    for (unsigned i = 1; i <= 3; i++) {
        pid_t pid = fork(); /* what a scanner does is seen by master through shared memory */
        if (pid == 0) {
            walls_begin(w, i, good);
            walls_end(w, i);
            walls_begin(w, i, bad);
            _exit(1);
        }
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(walls_crashed(w, i) == bad);
        assert_int_equal(walls_count(w, bad), i);
    }
    assert_int_equal(walls_count(w, good), 0);
    assert_int_equal(walls_crashed(w, 1), 0); /* it was at nothing any more */
}

static void forgets_the_oldest(void **state)
{
    (void)state;
    struct walls *w = walls_new();
    for (uint64_t h = 1; h <= WALLS_CRASHES + 1; h++) {
        walls_begin(w, 0, h);
        assert_true(walls_crashed(w, 0) == h);
    }
    assert_int_equal(walls_count(w, 1), 0);
    assert_int_equal(walls_count(w, WALLS_CRASHES + 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts_crashes),
                                       cmocka_unit_test(forgets_the_oldest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
