/* Keeper's part of the library: its folder in the store, and the files that are shipped. */
#ifndef MUSTER_NODE_KEEP_LIBRARY_H
#define MUSTER_NODE_KEEP_LIBRARY_H

#include "node/keep.h"

/* Before store_open: makes k->library and maps the shipped files (library/NAME.json beside the
 * program, in the order of their names); without any the library begins empty. */
void keep_library_open(struct keep *k);
/* After store_close. */
void keep_library_close(struct keep *k);

#endif
