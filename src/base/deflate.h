/* Packing into a gzip file (RFC 1952), without a name or time in it: the same bytes give the same
 * file. */
#ifndef MUSTER_BASE_DEFLATE_H
#define MUSTER_BASE_DEFLATE_H

#include "base/buf.h"

/* Adds the packed file to out; out->full says that it did not fit. */
void deflate_gzip(struct slice bytes, struct buf *out);

#endif
