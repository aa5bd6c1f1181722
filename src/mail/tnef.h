/* TNEF (winmail.dat, MS-OXTNEF): the files inside. Only names and bytes; no MAPI semantics. */
#ifndef MUSTER_MAIL_TNEF_H
#define MUSTER_MAIL_TNEF_H

#include "base/arena.h"

struct tnef_file {
    struct slice name;  /* the long name when there is one; UTF-8 */
    struct slice title; /* the short name; UTF-8 */
    struct slice data;  /* in the container's bytes */
};

/* Begins at *at = 0; each call gives the next file and moves *at; false: no more, or the bytes
 * are no TNEF. Linear over all calls; names longer than 1024 bytes are cut. */
bool tnef_next(struct arena *a, struct slice bytes, size_t *at, struct tnef_file *out);

#endif
