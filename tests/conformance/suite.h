/* Helper of the conformance drivers: where suites lie, loading files, counting cases, and named
 * exceptions with their reasons. */
#ifndef MUSTER_TESTS_SUITE_H
#define MUSTER_TESTS_SUITE_H

#include "base/arena.h"

/* A case that we answer otherwise than the suite, and why; a name that ends in "*" is the
 * beginning of labels. Ends with {NULL, NULL}. */
struct suite_exception {
    const char *name;
    const char *why;
};

struct suite {
    const char *name;
    const struct suite_exception *exceptions; /* or NULL */
    unsigned passed, failed, skipped;
    bool is_open;    /* a case has begun */
    bool is_bad;     /* and something in it differed */
    const char *why; /* its exception, or NULL */
    char label[256];
};

/* "$CONFORMANCE_DIR/tail" or "$MUSTER_SOURCE/../shared/conformance/tail"; in the arena. */
const char *suite_path(struct arena *a, const char *tail);
bool suite_exists(struct arena *a, const char *tail);
/* The whole file; an empty slice with p = NULL when it can't be read. */
struct slice suite_load(struct arena *a, const char *tail);
/* Names of the files in a folder that end so, sorted; *out_n of them. */
const char **suite_files(struct arena *a, const char *tail, const char *ending, size_t *out_n);

/* Unpacks a suite that lies packed ("dkim.tar.zst") into a new folder, which takes the place of
 * $CONFORMANCE_DIR for the rest of the run; false: it is not there. suite_pack_away removes it. */
bool suite_unpack(struct arena *a, const char *tail);
void suite_pack_away(void);

/* Begins a case (ending the one before). A case with an exception counts as skipped when it
 * differs, and as failed when it does not: then the exception is to be taken away. */
void suite_case(struct suite *s, const char *label);
/* Says that something differs in the open case. */
PRINTF_LIKE(2, 3) void suite_differs(struct suite *s, const char *fmt, ...);
void suite_skip(struct suite *s, const char *label, const char *why);
/* Prints "NAME: N passed, N failed, N skipped"; true when nothing failed. */
bool suite_end(struct suite *s);

#endif
