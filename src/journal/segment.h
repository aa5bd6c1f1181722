/* A segment file of the journal: header, then records end to end.
 *
 *   header (64 bytes)  magic "MUSTERJ1" | u32 format | u32 flags | node[16] | u64 first_seq |
 *                      u64 last_seq (0 while it grows) | i64 made_us | u32 0 | u32 crc
 *   record (52 + n)    u32 length of all behind these 8 bytes | u32 crc of all behind it and of the
 *                      length | u64 seq | u64 synced | i64 at_us | node[16] | u16 kind | u8 version
 * | u8 0 | payload[n]
 *
 * Little-endian; crc is CRC-32C. `synced` is the sequence known to be on disk when the record
 * was written: it tells damage to what was promised (never cut) from a torn tail (cut).
 * A thinned segment lost records to retention, so its sequence has gaps.
 */
#ifndef MUSTER_JOURNAL_SEGMENT_H
#define MUSTER_JOURNAL_SEGMENT_H

#include "base/buf.h"
#include "base/err.h"

#define SEGMENT_HEADER      64u
#define SEGMENT_FRAME       52u
#define SEGMENT_THINNED     1u
#define SEGMENT_RECORD_MOST (SEGMENT_FRAME + (1u << 20))

struct segment_header {
    uint32_t flags;
    unsigned char node[16];
    uint64_t first_seq, last_seq;
    int64_t made_us;
};

struct record {
    uint64_t seq, synced;
    int64_t at_us;
    unsigned char node[16];
    uint16_t kind;
    uint8_t version;
    struct slice payload;
};

void segment_header_pack(const struct segment_header *h, struct buf *out);
/* ERR_CORRUPT with what is wrong. */
MUST_USE int segment_header_unpack(struct slice bytes, struct segment_header *out, struct err *e);
void record_pack(const struct record *r, struct buf *out);

enum record_found { RECORD_OK, RECORD_END, RECORD_SHORT, RECORD_BAD };
/* The record at the front of bytes. SHORT: it may go on behind the bytes given (*out_need says how
 * many are needed at least); BAD: length or crc is wrong. payload is a view. */
enum record_found record_unpack(struct slice bytes, struct record *out, size_t *out_need);

/* What a walk over a whole segment found. */
struct segment_check {
    struct segment_header header;
    uint64_t records, first_seq, last_seq; /* of the records; 0 when there are none */
    uint64_t good_bytes;                   /* header and whole records */
    bool is_damaged;                       /* bytes behind good_bytes are no record */
    bool is_promised; /* records behind the damage, or their marks, say that bytes there were
                         acknowledged: not a torn tail */
    char why[160];
};
/* expect: sequence of the first record for an unthinned segment; 0: as the header says. */
void segment_check(struct slice bytes, uint64_t expect, struct segment_check *out);

#endif
