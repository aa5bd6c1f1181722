/* For the tests of this room: a folder of their own, removed at the end, and sample events. */
#ifndef MUSTER_TESTS_JOURNAL_HELPERS_H
#define MUSTER_TESTS_JOURNAL_HELPERS_H

#include "base/err.h"
#include "journal/events.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define OK(call)                                 \
    do {                                         \
        struct err *e_ = &test_err;              \
        e_->text[0] = '\0';                      \
        if ((call) < 0)                          \
            fail_msg("%s: %s", #call, e_->text); \
    } while (0)

UNUSED static struct err test_err;

static inline int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

static inline void remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline int make_dir(void **state)
{
    char *path = strdup("/tmp/muster-test-XXXXXX");
    *state = path && mkdtemp(path) ? path : NULL;
    return *state ? 0 : -1;
}

static inline int drop_dir(void **state)
{
    remove_tree(*state);
    free(*state);
    return 0;
}

/* "DIR/NAME" in one of eight places that are used in turn. */
static inline const char *in_dir(const char *dir, const char *name)
{
    static char places[8][512];
    static unsigned turn;
    char *p = places[turn++ % 8];
    snprintf(p, sizeof(places[0]), "%s/%s", dir, name);
    return p;
}

static inline struct event counted(const char *name, int64_t add)
{
    struct event ev = {.kind = EVENT_COUNTED};
    ev.counted.name = slice_str(name);
    ev.counted.add = add;
    return ev;
}

#endif
