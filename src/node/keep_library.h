/* Keeper's part of the library: its folder in the store, and the files that are shipped. */
#ifndef MUSTER_NODE_KEEP_LIBRARY_H
#define MUSTER_NODE_KEEP_LIBRARY_H

#include "charter/review.h"
#include "library/library.h"
#include "node/keep_verb.h"

/* Before store_open: makes k->library and maps the shipped files (library/NAME.json beside the
 * program, in the order of their names); without any the library begins empty. */
void keep_library_open(struct keep *k);
/* After store_close. */
void keep_library_close(struct keep *k);

/* For each verb first: what the program brought is in the library, and it is folded. */
void keep_library_ready(struct question *q);
/* Who asks, as what and over which door, by the question's "by" and its session. */
void keep_library_who(struct question *q, struct library_by *out);
/* A member's text; empty where there is none. */
struct slice keep_library_text(const json_t *by, const char *name);

#endif
