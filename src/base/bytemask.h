/* What 64 bytes are made of, a bit each: bit i of a mask stands for byte i.
 *
 * A loop that looks for the end of each word ends in a branch that no processor foretells, and a
 * text has a word every six bytes: over the whole way of a message that was most of what reading
 * text cost. Masks are made without a branch, and the ends of runs are found by counting zeros.
 * SSE2 is part of every amd64; elsewhere the plain loops below stand for it.
 */
#ifndef MUSTER_BASE_BYTEMASK_H
#define MUSTER_BASE_BYTEMASK_H

#include "base/slice.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BYTES64 64

struct bytes64 {
#ifdef __SSE2__
    __m128i of[4];
#else
    unsigned char of[BYTES64];
#endif
};

/* The first 64 bytes of s; behind its end zeros. */
static inline struct bytes64 bytes64_load(struct slice s)
{
    struct bytes64 b;
    if (s.n >= BYTES64) {
        memcpy(&b, s.p, sizeof b);
        return b;
    }
    memset(&b, 0, sizeof b);
    if (s.n)
        memcpy(&b, s.p, s.n);
    return b;
}

/* The bytes from `least` to `most`, both included. */
static inline uint64_t bytes64_range(const struct bytes64 *b, unsigned char least,
                                     unsigned char most)
{
    uint64_t mask = 0;
#ifdef __SSE2__
    const __m128i low = _mm_set1_epi8((char)least), width = _mm_set1_epi8((char)(most - least));
    for (int i = 0; i < 4; i++) {
        __m128i from = _mm_sub_epi8(b->of[i], low);
        __m128i in = _mm_cmpeq_epi8(_mm_min_epu8(from, width), from);
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(in) << (16 * i);
    }
#else
    for (int i = 0; i < BYTES64; i++)
        mask |= (uint64_t)((unsigned char)(b->of[i] - least) <= most - least) << i;
#endif
    return mask;
}

static inline uint64_t bytes64_is(const struct bytes64 *b, char c)
{
    uint64_t mask = 0;
#ifdef __SSE2__
    const __m128i wanted = _mm_set1_epi8(c);
    for (int i = 0; i < 4; i++) {
        __m128i same = _mm_cmpeq_epi8(b->of[i], wanted);
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(same) << (16 * i);
    }
#else
    for (int i = 0; i < BYTES64; i++)
        mask |= (uint64_t)(b->of[i] == (unsigned char)c) << i;
#endif
    return mask;
}

/* Bytes of 0x80 and above: other scripts in UTF-8. */
static inline uint64_t bytes64_high(const struct bytes64 *b)
{
    uint64_t mask = 0;
#ifdef __SSE2__
    for (int i = 0; i < 4; i++)
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(b->of[i]) << (16 * i);
#else
    for (int i = 0; i < BYTES64; i++)
        mask |= (uint64_t)(b->of[i] >> 7) << i;
#endif
    return mask;
}

/* The same bytes with A to Z in lower case. */
static inline struct bytes64 bytes64_lower(const struct bytes64 *b)
{
    struct bytes64 out;
#ifdef __SSE2__
    const __m128i low = _mm_set1_epi8('A'), width = _mm_set1_epi8('Z' - 'A');
    for (int i = 0; i < 4; i++) {
        __m128i from = _mm_sub_epi8(b->of[i], low);
        __m128i is_upper = _mm_cmpeq_epi8(_mm_min_epu8(from, width), from);
        out.of[i] = _mm_or_si128(b->of[i], _mm_and_si128(is_upper, _mm_set1_epi8(0x20)));
    }
#else
    for (int i = 0; i < BYTES64; i++)
        out.of[i] = (unsigned char)ascii_lower((char)b->of[i]);
#endif
    return out;
}

/* A to Z and a to z. */
static inline uint64_t bytes64_letters(const struct bytes64 *b)
{
    struct bytes64 lower = bytes64_lower(b);
    return bytes64_range(&lower, 'a', 'z');
}

static inline uint64_t bytes64_digits(const struct bytes64 *b)
{
    return bytes64_range(b, '0', '9');
}

/* The lowest n bits; n may be 64 and more. */
static inline uint64_t bitmask_head(size_t n)
{
    return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

/* The place of the lowest bit; the mask must have one. */
static inline unsigned bitmask_first(uint64_t mask)
{
    return (unsigned)__builtin_ctzll(mask);
}

/* 64 bits of a row of masks from a place on; the row has one mask more than is looked at. */
static inline uint64_t bitmask_at(const uint64_t *row, size_t at)
{
    return row[at / 64] >> (at % 64) | row[at / 64 + 1] << 1 << (63 - at % 64);
}

/* The runs of bytes of one kind in a text of any length. The kind is a function from 64 bytes to a
 * mask. The caller gives one block after the other and takes the runs that end in it:
 *
 *   struct runs r = {0};
 *   for (size_t at = 0; at <= text.n; at += BYTES64) { // <=: a run may end with the text
 *       struct bytes64 b = bytes64_load(slice_from(text, at));
 *       runs_block(&r, at, is_word(&b));
 *       while (runs_next(&r, &from, &to))
 *           ...
 *   }
 */
struct runs {
    uint64_t starts, ends; /* of this block, not yet taken */
    size_t at;             /* of this block in the text */
    size_t open;           /* where the run began that is taken next */
    bool is_open;          /* the block before ended inside a run */
};

/* `mask` must have no bits behind the text's end (zeros there are of no kind that is looked for).
 */
static inline void runs_block(struct runs *r, size_t at, uint64_t mask)
{
    uint64_t before = mask << 1 | (uint64_t)r->is_open;
    r->starts = mask & ~before;
    r->ends = ~mask & before;
    r->at = at;
    if (!r->is_open && r->starts) {
        r->open = at + bitmask_first(r->starts);
        r->starts &= r->starts - 1;
    }
    r->is_open = mask >> 63;
}

/* The next run that ends in the block: *out_from to before *out_to. */
static inline bool runs_next(struct runs *r, size_t *out_from, size_t *out_to)
{
    if (r->ends == 0)
        return false;
    *out_from = r->open;
    *out_to = r->at + bitmask_first(r->ends);
    r->ends &= r->ends - 1;
    if (r->starts) {
        r->open = r->at + bitmask_first(r->starts);
        r->starts &= r->starts - 1;
    }
    return true;
}

#endif
