/* Unpacking of deflated bytes. See inflate.h. */
#include "base/inflate.h"

#include <zlib.h>

#define STEP         65536u
#define RATIO_FROM   (1u << 20)
#define WINDOW_RAW   (-15)
#define WINDOW_GZIP  (15 + 16)
#define PIECE_PACKED (1u << 30) /* zlib counts in unsigned int */

bool inflate_is_gzip(struct slice b)
{
    return b.n >= 18 && (unsigned char)b.p[0] == 0x1F && (unsigned char)b.p[1] == 0x8B &&
           b.p[2] == 8;
}

/* One stream from *rest; 0 at its end. Moves *rest behind it. */
static int one_stream(int window, struct slice *rest, size_t packed, struct buf *out, struct err *e)
{
    z_stream z = {0};
    if (inflateInit2(&z, window) != Z_OK)
        BUG("out of memory");
    int rc = Z_OK, result = 0;
    z.next_in = (unsigned char *)(uintptr_t)rest->p;
    z.avail_in = (unsigned)(rest->n < PIECE_PACKED ? rest->n : PIECE_PACKED);
    while (rc == Z_OK) {
        size_t room;
        char *to = buf_reserve(out, STEP, &room);
        z.next_out = (unsigned char *)to;
        z.avail_out = (unsigned)room;
        if (room == 0) {
            result = err_set(e, ERR_LIMIT, "it unpacks to more than %zu bytes", out->max);
            break;
        }
        rc = inflate(&z, Z_NO_FLUSH);
        buf_wrote(out, room - z.avail_out);
        if (out->n > RATIO_FROM && out->n / INFLATE_RATIO > packed) {
            result = err_set(e, ERR_LIMIT, "it unpacks to over %u times its size", INFLATE_RATIO);
            break;
        }
    }
    if (result == 0 && rc != Z_STREAM_END)
        result = err_set(e, ERR_CORRUPT, "the packed data is %s",
                         rc == Z_BUF_ERROR ? "cut off" : "damaged");
    *rest = slice_from(*rest, rest->n - z.avail_in);
    inflateEnd(&z);
    return result;
}

int inflate_gzip(struct slice packed, struct buf *out, struct err *e)
{
    struct slice rest = packed;
    int rc = 0;
    if (!inflate_is_gzip(packed))
        return err_set(e, ERR_CORRUPT, "this is no gzip file");
    while (rc == 0 && inflate_is_gzip(rest))
        rc = one_stream(WINDOW_GZIP, &rest, packed.n, out, e);
    return rc;
}

int inflate_raw(struct slice packed, struct buf *out, struct err *e)
{
    struct slice rest = packed;
    return one_stream(WINDOW_RAW, &rest, packed.n, out, e);
}
