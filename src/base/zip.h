/* The list of contents of a zip archive, read without unpacking anything. Bytes are foreign:
 * every offset is checked, at most ZIP_ENTRIES entries are given. PKWARE APPNOTE 4.3. */
#ifndef MUSTER_BASE_ZIP_H
#define MUSTER_BASE_ZIP_H

#include "base/slice.h"

#define ZIP_ENTRIES 256

enum { ZIP_STORED = 0, ZIP_DEFLATED = 8 };

struct zip_entry {
    struct slice name; /* raw bytes, into the archive */
    bool is_encrypted;
    unsigned method;    /* ZIP_STORED, ZIP_DEFLATED, or another number of APPNOTE 4.4.5 */
    struct slice bytes; /* as packed, into the archive; p is NULL when they can't be found */
};

/* True when the bytes begin like a zip archive. */
bool zip_is(struct slice bytes);
/* Fills out[] from the central directory when it is there and sound, else from the local headers
 * in order; returns how many. */
size_t zip_list(struct slice bytes, struct zip_entry out[ZIP_ENTRIES]);

#endif
