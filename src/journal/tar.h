/* ustar headers (POSIX.1-1988): plain files with short names, no more. */
#ifndef MUSTER_JOURNAL_TAR_H
#define MUSTER_JOURNAL_TAR_H

#include "base/slice.h"

#define TAR_BLOCK     512u
#define TAR_NAME_MOST 99u
#define TAR_SIZE_MOST 077777777777u

/* Fills one block. name at most TAR_NAME_MOST bytes, size at most TAR_SIZE_MOST. */
void tar_header(char out[TAR_BLOCK], const char *name, uint64_t size, int64_t at_us);

enum tar_found { TAR_FILE, TAR_END, TAR_BAD };
/* BAD: wrong checksum, no plain file, or a name that is not safe: only letters, digits and
 * "._-/", no "..", no empty part, not absolute. */
enum tar_found tar_read(const char block[TAR_BLOCK], char out_name[TAR_NAME_MOST + 1],
                        uint64_t *out_size);
/* Bytes behind a file of that size up to the next block. */
size_t tar_padding(uint64_t size);

#endif
