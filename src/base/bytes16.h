/* What 16 bytes are made of, a bit each: bit i of a mask stands for byte i.
 *
 * The small sister of bytemask.h, for grammars whose pieces are a few bytes long (a tag's name, the
 * white space between tags): where a piece ends is found by counting zeros, without a branch that
 * no processor foretells. SSE2 is part of every amd64; elsewhere plain loops stand for it.
 */
#ifndef MUSTER_BASE_BYTES16_H
#define MUSTER_BASE_BYTES16_H

#include "base/slice.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BYTES16     16
#define BYTES16_ALL 0xFFFFu

struct bytes16 {
#ifdef __SSE2__
    __m128i of;
#else
    unsigned char of[BYTES16];
#endif
};

#ifdef __SSE2__
/* n < 16 bytes and zeros behind. Put together in registers: what is stored in pieces and loaded as
 * a whole waits until all of it has reached the cache. */
static inline __m128i bytes16_few(const char *p, size_t n)
{
    uint64_t low = 0, high = 0;
    uint32_t first, last;
    if (n >= 8) {
        memcpy(&low, p, 8);
        memcpy(&high, p + n - 8, 8);
        high = high >> 8 >> (8 * (15 - n)); /* without what `low` has */
    } else if (n >= 4) {
        memcpy(&first, p, 4);
        memcpy(&last, p + n - 4, 4);
        low = first | (uint64_t)last << (8 * (n - 4));
    } else if (n) {
        const unsigned char *b = (const unsigned char *)p;
        low = b[0] | (uint64_t)b[n / 2] << (8 * (n / 2)) | (uint64_t)b[n - 1] << (8 * (n - 1));
    }
    return _mm_set_epi64x((long long)high, (long long)low);
}
#endif

/* The first 16 bytes of s; behind its end zeros. */
static inline struct bytes16 bytes16_load(struct slice s)
{
    struct bytes16 b;
    if (s.n >= BYTES16) {
        memcpy(&b, s.p, sizeof b);
        return b;
    }
#ifdef __SSE2__
    b.of = bytes16_few(s.p, s.n);
#else
    memset(&b, 0, sizeof b);
    if (s.n)
        memcpy(&b, s.p, s.n);
#endif
    return b;
}

/* The bytes from `least` to `most`, both included. */
static inline unsigned bytes16_range(const struct bytes16 *b, unsigned char least,
                                     unsigned char most)
{
#ifdef __SSE2__
    __m128i from = _mm_sub_epi8(b->of, _mm_set1_epi8((char)least));
    __m128i width = _mm_set1_epi8((char)(most - least));
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(from, width), from));
#else
    unsigned mask = 0;
    for (unsigned i = 0; i < BYTES16; i++)
        mask |= (unsigned)((unsigned char)(b->of[i] - least) <= most - least) << i;
    return mask;
#endif
}

static inline unsigned bytes16_is(const struct bytes16 *b, char c)
{
#ifdef __SSE2__
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(b->of, _mm_set1_epi8(c)));
#else
    unsigned mask = 0;
    for (unsigned i = 0; i < BYTES16; i++)
        mask |= (unsigned)(b->of[i] == (unsigned char)c) << i;
    return mask;
#endif
}

/* The same with the bit 0x20, which tells small letters from capital ones, set in each byte. */
static inline unsigned bytes16_is_folded(const struct bytes16 *b, char c)
{
    struct bytes16 folded;
#ifdef __SSE2__
    folded.of = _mm_or_si128(b->of, _mm_set1_epi8(0x20));
#else
    for (unsigned i = 0; i < BYTES16; i++)
        folded.of[i] = b->of[i] | 0x20;
#endif
    return bytes16_is(&folded, c);
}

/* Bytes of 0x80 and above. */
static inline unsigned bytes16_high(const struct bytes16 *b)
{
#ifdef __SSE2__
    return (unsigned)_mm_movemask_epi8(b->of);
#else
    return bytes16_range(b, 0x80, 0xFF);
#endif
}

/* Space, tab, CR, LF, VT, FF, as ascii_is_space. */
static inline unsigned bytes16_space(const struct bytes16 *b)
{
    return bytes16_is(b, ' ') | bytes16_range(b, '\t', '\r');
}

/* The lowest n bits; n may be 16 and more. */
static inline unsigned bytes16_head(size_t n)
{
    return n >= BYTES16 ? BYTES16_ALL : (1u << n) - 1;
}

/* The place of the lowest bit; 16 when the mask has none. */
static inline size_t bytes16_first(unsigned mask)
{
    return (size_t)__builtin_ctz(mask | 1u << BYTES16);
}

#endif
