/* Packing of fields into bytes and back, for messages between our processes and records on
 * disk. Little-endian, lengths before bytes. The reader is bounded: once something does not
 * fit it is `bad`, gives zeros and stays bad, so callers check once at the end.
 */
#ifndef MUSTER_BASE_PACK_H
#define MUSTER_BASE_PACK_H

#include "base/buf.h"

void pack_u8(struct buf *b, uint8_t v);
void pack_u32(struct buf *b, uint32_t v);
void pack_u64(struct buf *b, uint64_t v);
void pack_i64(struct buf *b, int64_t v);
void pack_f64(struct buf *b, double v);
/* u32 length, then the bytes. */
void pack_bytes(struct buf *b, struct slice s);

struct unpack {
    struct slice rest;
    bool bad;
};

uint8_t unpack_u8(struct unpack *u);
uint32_t unpack_u32(struct unpack *u);
uint64_t unpack_u64(struct unpack *u);
int64_t unpack_i64(struct unpack *u);
double unpack_f64(struct unpack *u);
/* A view into the packed bytes. */
struct slice unpack_bytes(struct unpack *u);
/* Exactly n bytes without a length before them. */
struct slice unpack_fixed(struct unpack *u, size_t n);
/* True when all was taken and nothing was bad. */
bool unpack_done(const struct unpack *u);

#endif
