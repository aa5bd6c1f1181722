/* Journal segments of any bytes: the walk ends, stays inside, and agrees with itself. Records whose
 * checksum is wrong get the right one first for half of the inputs, or nothing would pass. */
#include "base/hash.h"
#include "journal/segment.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_u32(char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (char)(v >> (8 * i));
}

static void mend(char *p, size_t n)
{
    if (n < SEGMENT_HEADER)
        return;
    put_u32(p + SEGMENT_HEADER - 4, hash_crc32c(0, slice_of(p, SEGMENT_HEADER - 4)));
    for (size_t at = SEGMENT_HEADER; at + SEGMENT_FRAME <= n;) {
        uint32_t len = (uint32_t)(unsigned char)p[at] | (uint32_t)(unsigned char)p[at + 1] << 8;
        put_u32(p + at, len);
        if (len < SEGMENT_FRAME - 8 || at + 8 + len > n)
            return;
        uint32_t crc = hash_crc32c(hash_crc32c(0, slice_of(p + at, 4)), slice_of(p + at + 8, len));
        put_u32(p + at + 4, crc);
        at += 8 + len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 65536)
        return 0;
    size_t n = size - 1;
    char *p = malloc(n ? n : 1);
    if (p == NULL)
        return 0;
    memcpy(p, data + 1, n);
    if (data[0] & 1)
        mend(p, n);
    struct segment_check c, again;
    segment_check(slice_of(p, n), 0, &c);
    if (c.good_bytes > n || (!c.is_damaged && c.good_bytes != n))
        abort();
    /* Cut where it says, the rest is whole and holds the same. */
    segment_check(slice_of(p, (size_t)c.good_bytes), 0, &again);
    if (c.good_bytes &&
        (again.is_damaged || again.records != c.records || again.last_seq != c.last_seq))
        abort();
    free(p);
    return 0;
}
