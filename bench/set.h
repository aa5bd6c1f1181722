/* The messages that a run sends: read into memory once, so that the disk is not measured.
 *
 * A list file has one message a line: "spam PATH", "ham PATH" or "PATH", relative to the list's
 * own folder. A folder is taken as the sorted files in it. The set owns all bytes and paths.
 */
#ifndef MUSTER_BENCH_SET_H
#define MUSTER_BENCH_SET_H

#include "base/err.h"
#include "base/slice.h"

struct set_item {
    char *path;        /* as the list names it */
    const char *label; /* "spam", "ham" or "-" */
    struct slice bytes;
};

struct set {
    struct set_item *item;
    size_t n, room;
    uint64_t bytes; /* of all messages */
};

/* Reads a list file or a folder. Empty files are left out. ERR_NOENT, ERR_IO; ERR_PARSE for a
 * line that names no file. */
int set_read(struct set *s, const char *path, struct err *e);
/* Puts the items in an order that depends on the seed alone; seed 0 keeps the order. */
void set_shuffle(struct set *s, uint64_t seed);
void set_fini(struct set *s);

#endif
