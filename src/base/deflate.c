/* Packing into a gzip file. See deflate.h. */
#include "base/deflate.h"
#include "base/err.h"

#include <zlib.h>

#define STEP        65536u
#define WINDOW_GZIP (15 + 16)
#define MEMORY      8

void deflate_gzip(struct slice bytes, struct buf *out)
{
    z_stream z = {0};
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_GZIP, MEMORY,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        BUG("out of memory");
    int rc = Z_OK;
    do {
        if (z.avail_in == 0 && bytes.n) {
            z.next_in = (unsigned char *)(uintptr_t)bytes.p;
            z.avail_in = bytes.n < STEP ? (unsigned)bytes.n : STEP;
            bytes = slice_from(bytes, z.avail_in);
        }
        size_t room;
        char *to = buf_reserve(out, STEP, &room);
        if (room == 0)
            break;
        z.next_out = (unsigned char *)to;
        z.avail_out = (unsigned)room;
        rc = deflate(&z, bytes.n || z.avail_in ? Z_NO_FLUSH : Z_FINISH);
        buf_wrote(out, room - z.avail_out);
    } while (rc == Z_OK || rc == Z_BUF_ERROR);
    deflateEnd(&z);
}
