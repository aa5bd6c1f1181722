/* Unpacking of deflated bytes (RFC 1951, 1952) under two caps: bytes in all, and how many of them
 * each packed byte may become. Bytes are foreign; what was unpacked before an error is kept. */
#ifndef MUSTER_BASE_INFLATE_H
#define MUSTER_BASE_INFLATE_H

#include "base/buf.h"
#include "base/err.h"

/* Text packs 10 to 100 to 1; deflate itself can do 1,032. The ratio is looked at past 1 MiB. */
#define INFLATE_RATIO 250u

/* True when the bytes begin like a gzip file. */
bool inflate_is_gzip(struct slice bytes);
/* Adds the contents of a gzip file (one member or more; junk behind them is passed over) to `out`,
 * whose maximum is the cap. ERR_LIMIT past a cap, ERR_CORRUPT when the data is damaged. */
MUST_USE int inflate_gzip(struct slice packed, struct buf *out, struct err *e);
/* The same for bare deflated data, as in a zip archive. */
MUST_USE int inflate_raw(struct slice packed, struct buf *out, struct err *e);

#endif
