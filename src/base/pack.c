/* Packing. See pack.h. */
#include "base/pack.h"

static void put(struct buf *b, uint64_t v, size_t n)
{
    char raw[8];
    for (size_t i = 0; i < n; i++)
        raw[i] = (char)(v >> (8 * i));
    buf_add(b, slice_of(raw, n));
}

void pack_u8(struct buf *b, uint8_t v)
{
    put(b, v, 1);
}

void pack_u32(struct buf *b, uint32_t v)
{
    put(b, v, 4);
}

void pack_u64(struct buf *b, uint64_t v)
{
    put(b, v, 8);
}

void pack_i64(struct buf *b, int64_t v)
{
    put(b, (uint64_t)v, 8);
}

void pack_f64(struct buf *b, double v)
{
    uint64_t u;
    memcpy(&u, &v, 8);
    put(b, u, 8);
}

void pack_bytes(struct buf *b, struct slice s)
{
    if (s.n > UINT32_MAX)
        s.n = UINT32_MAX;
    pack_u32(b, (uint32_t)s.n);
    buf_add(b, s);
}

struct slice unpack_fixed(struct unpack *u, size_t n)
{
    if (u->bad || u->rest.n < n) {
        u->bad = true;
        return slice_of("", 0);
    }
    struct slice s = slice_head(u->rest, n);
    u->rest = slice_from(u->rest, n);
    return s;
}

static uint64_t take(struct unpack *u, size_t n)
{
    struct slice s = unpack_fixed(u, n);
    uint64_t v = 0;
    for (size_t i = 0; i < s.n; i++)
        v |= (uint64_t)(unsigned char)s.p[i] << (8 * i);
    return v;
}

uint8_t unpack_u8(struct unpack *u)
{
    return (uint8_t)take(u, 1);
}

uint32_t unpack_u32(struct unpack *u)
{
    return (uint32_t)take(u, 4);
}

uint64_t unpack_u64(struct unpack *u)
{
    return take(u, 8);
}

int64_t unpack_i64(struct unpack *u)
{
    return (int64_t)take(u, 8);
}

double unpack_f64(struct unpack *u)
{
    uint64_t v = take(u, 8);
    double d;
    memcpy(&d, &v, 8);
    return d;
}

struct slice unpack_bytes(struct unpack *u)
{
    size_t n = unpack_u32(u);
    return unpack_fixed(u, n);
}

bool unpack_done(const struct unpack *u)
{
    return !u->bad && u->rest.n == 0;
}
