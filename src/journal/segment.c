/* Reading and writing the bytes of a journal segment. See segment.h. */
#include "journal/segment.h"
#include "base/hash.h"
#include "base/pack.h"

#include <stdio.h>

static const char magic[] = "MUSTERJ1";
#define FORMAT 1u

static void put_u32(char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (char)(v >> (8 * i));
}

void segment_header_pack(const struct segment_header *h, struct buf *out)
{
    size_t start = out->n;
    buf_str(out, magic);
    pack_u32(out, FORMAT);
    pack_u32(out, h->flags);
    buf_add(out, slice_of((const char *)h->node, 16));
    pack_u64(out, h->first_seq);
    pack_u64(out, h->last_seq);
    pack_i64(out, h->made_us);
    pack_u32(out, 0);
    pack_u32(out, hash_crc32c(0, slice_of(out->p + start, SEGMENT_HEADER - 4)));
}

int segment_header_unpack(struct slice bytes, struct segment_header *out, struct err *e)
{
    if (bytes.n < SEGMENT_HEADER)
        return err_set(e, ERR_CORRUPT, "header is cut short");
    struct unpack u = {.rest = slice_head(bytes, SEGMENT_HEADER)};
    if (!slice_eq(unpack_fixed(&u, 8), slice_str(magic)))
        return err_set(e, ERR_CORRUPT, "not a journal segment");
    uint32_t format = unpack_u32(&u);
    struct segment_header h = {.flags = unpack_u32(&u)};
    memcpy(h.node, unpack_fixed(&u, 16).p, 16);
    h.first_seq = unpack_u64(&u);
    h.last_seq = unpack_u64(&u);
    h.made_us = unpack_i64(&u);
    unpack_u32(&u);
    if (unpack_u32(&u) != hash_crc32c(0, slice_head(bytes, SEGMENT_HEADER - 4)))
        return err_set(e, ERR_CORRUPT, "checksum of the header is wrong");
    if (format != FORMAT)
        return err_set(e, ERR_CORRUPT, "segment has format %u, this program knows %u", format,
                       FORMAT);
    *out = h;
    return 0;
}

/* Over the length and the body, so that a wrong length is found as surely as a wrong byte. */
static uint32_t record_crc(const char *length, struct slice body)
{
    return hash_crc32c(hash_crc32c(0, slice_of(length, 4)), body);
}

void record_pack(const struct record *r, struct buf *out)
{
    size_t start = out->n;
    pack_u32(out, (uint32_t)(SEGMENT_FRAME - 8 + r->payload.n));
    pack_u32(out, 0);
    pack_u64(out, r->seq);
    pack_u64(out, r->synced);
    pack_i64(out, r->at_us);
    buf_add(out, slice_of((const char *)r->node, 16));
    pack_u8(out, (uint8_t)(r->kind & 255));
    pack_u8(out, (uint8_t)(r->kind >> 8));
    pack_u8(out, r->version);
    pack_u8(out, 0);
    buf_add(out, r->payload);
    if (out->full)
        return;
    char *p = out->p + start;
    put_u32(p + 4, record_crc(p, slice_of(p + 8, out->n - start - 8)));
}

enum record_found record_unpack(struct slice bytes, struct record *out, size_t *out_need)
{
    if (bytes.n == 0)
        return RECORD_END;
    *out_need = SEGMENT_FRAME;
    if (bytes.n < SEGMENT_FRAME)
        return RECORD_SHORT;
    struct unpack u = {.rest = bytes};
    size_t len = unpack_u32(&u);
    uint32_t crc = unpack_u32(&u);
    if (len < SEGMENT_FRAME - 8 || len > SEGMENT_RECORD_MOST - 8)
        return RECORD_BAD;
    *out_need = len + 8;
    if (bytes.n < len + 8)
        return RECORD_SHORT;
    if (record_crc(bytes.p, slice_of(bytes.p + 8, len)) != crc)
        return RECORD_BAD;
    out->seq = unpack_u64(&u);
    out->synced = unpack_u64(&u);
    out->at_us = unpack_i64(&u);
    memcpy(out->node, unpack_fixed(&u, 16).p, 16);
    uint8_t low = unpack_u8(&u);
    out->kind = (uint16_t)(low | unpack_u8(&u) << 8);
    out->version = unpack_u8(&u);
    unpack_u8(&u);
    out->payload = slice_of(bytes.p + SEGMENT_FRAME, len + 8 - SEGMENT_FRAME);
    return RECORD_OK;
}

/* Looks for a whole record behind the damage whose mark says that what was damaged had been on
 * disk. `last` is the last good sequence. */
static bool promised_behind(struct slice rest, uint64_t last)
{
    for (size_t at = 1; at + SEGMENT_FRAME <= rest.n; at++) {
        struct record r;
        size_t need;
        struct unpack u = {.rest = slice_from(rest, at + 8)};
        uint64_t seq = unpack_u64(&u), synced = unpack_u64(&u);
        if (seq <= last || seq - last > rest.n || synced <= last || synced >= seq)
            continue;
        if (record_unpack(slice_from(rest, at), &r, &need) == RECORD_OK)
            return true;
    }
    return false;
}

static bool in_order(const struct segment_check *c, uint64_t next, uint64_t seq)
{
    if (!(c->header.flags & SEGMENT_THINNED))
        return seq == next;
    return seq >= next && seq <= c->header.last_seq;
}

void segment_check(struct slice bytes, uint64_t expect, struct segment_check *out)
{
    *out = (struct segment_check){0};
    struct err e = {0};
    if (segment_header_unpack(bytes, &out->header, &e) < 0) {
        out->is_damaged = true;
        out->is_promised = bytes.n > SEGMENT_HEADER;
        snprintf(out->why, sizeof(out->why), "%.150s", e.text);
        return;
    }
    uint64_t next = out->header.first_seq;
    out->good_bytes = SEGMENT_HEADER;
    if (expect && next != expect) {
        out->is_damaged = out->is_promised = true;
        snprintf(out->why, sizeof(out->why),
                 "begins at event %llu instead of %llu: events are missing",
                 (unsigned long long)next, (unsigned long long)expect);
        return;
    }
    for (;;) {
        struct record r;
        size_t need;
        struct slice rest = slice_from(bytes, (size_t)out->good_bytes);
        enum record_found found = record_unpack(rest, &r, &need);
        if (found == RECORD_END)
            return;
        if (found == RECORD_OK && in_order(out, next, r.seq)) {
            out->first_seq = out->records ? out->first_seq : r.seq;
            out->last_seq = r.seq;
            out->records++;
            out->good_bytes += need;
            next = r.seq + 1;
            continue;
        }
        out->is_damaged = true;
        out->is_promised = found == RECORD_OK || promised_behind(rest, next - 1);
        snprintf(out->why, sizeof(out->why), "%s",
                 found == RECORD_OK      ? "event out of order"
                 : found == RECORD_SHORT ? "event is cut short"
                                         : "checksum of an event is wrong");
        return;
    }
}
