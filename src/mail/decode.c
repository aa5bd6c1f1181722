/* Transfer decodings. See decode.h. */
#include "mail/decode.h"
#include "base/bytes16.h"

#define XX 0xFF /* no base64 character */
#define WS 0xFE /* white space */
#define EQ 0xFD /* padding */

/* clang-format off */
static const unsigned char BASE64[256] = {
    XX,XX,XX,XX,XX,XX,XX,XX,XX,WS,WS,WS,WS,WS,XX,XX, XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,
    WS,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,62,XX,XX,XX,63, 52,53,54,55,56,57,58,59,60,61,XX,XX,XX,EQ,XX,XX,
    XX, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,10,11,12,13,14, 15,16,17,18,19,20,21,22,23,24,25,XX,XX,XX,XX,XX,
    XX,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40, 41,42,43,44,45,46,47,48,49,50,51,XX,XX,XX,XX,XX,
    XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX, XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,
    XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX, XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,
    XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX, XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,
    XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX, XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,XX,
};
/* clang-format on */

static unsigned char value_of(char c)
{
    return BASE64[(unsigned char)c];
}

#define BLOCK_IN  16
#define BLOCK_OUT 14 /* bytes written; 12 of them count */

#ifdef __SSE2__
static inline __m128i within(__m128i c, char least, char most)
{
    __m128i from = _mm_sub_epi8(c, _mm_set1_epi8(least));
    return _mm_cmpeq_epi8(_mm_min_epu8(from, _mm_set1_epi8((char)(most - least))), from);
}

static inline __m128i where(__m128i mask, int value)
{
    return _mm_and_si128(mask, _mm_set1_epi8((char)value));
}

/* 16 characters at once; false: not all of them are base64. */
static inline bool base64_block(const char *p, char *out)
{
    __m128i c = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i upper = within(c, 'A', 'Z'), lower = within(c, 'a', 'z'), digit = within(c, '0', '9');
    __m128i plus = within(c, '+', '+'), slash = within(c, '/', '/');
    __m128i shift = _mm_or_si128(where(upper, -'A'), where(lower, 26 - 'a'));
    shift = _mm_or_si128(shift, _mm_or_si128(where(digit, 52 - '0'), where(plus, 62 - '+')));
    shift = _mm_or_si128(shift, where(slash, 63 - '/'));
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(shift, _mm_setzero_si128())))
        return false;                   /* no shift is 0 */
    __m128i v = _mm_add_epi8(c, shift); /* six bits a byte */
    __m128i first = _mm_slli_epi16(_mm_and_si128(v, _mm_set1_epi16(0xFF)), 6);
    __m128i pairs = _mm_or_si128(first, _mm_srli_epi16(v, 8)); /* twelve bits in 16 */
    __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(1 << 16 | 1 << 12)); /* 24 in 32 */
    uint64_t two[2];
    memcpy(two, &fours, sizeof two);
    for (int i = 0; i < 2; i++) {
        uint64_t six = (two[i] & 0xFFFFFF) << 24 | two[i] >> 32;
        uint64_t bytes = __builtin_bswap64(six << 16);
        memcpy(out + 6 * i, &bytes, 8);
    }
    return true;
}
#else
static inline bool base64_block(const char *p, char *out)
{
    (void)p;
    (void)out;
    return false;
}
#endif

/* Whole groups without anything odd between; stops at the first other byte. */
static size_t base64_run(struct slice s, size_t at, char *out, size_t *n, size_t room)
{
    while (at + BLOCK_IN <= s.n && *n + BLOCK_OUT <= room && base64_block(s.p + at, out + *n)) {
        at += BLOCK_IN;
        *n += 12;
    }
    while (at + 4 <= s.n && *n + 3 <= room) {
        unsigned a = value_of(s.p[at]), b = value_of(s.p[at + 1]);
        unsigned c = value_of(s.p[at + 2]), d = value_of(s.p[at + 3]);
        if ((a | b | c | d) & 0x80)
            break;
        unsigned v = a << 18 | b << 12 | c << 6 | d;
        out[*n] = (char)(v >> 16);
        out[*n + 1] = (char)(v >> 8);
        out[*n + 2] = (char)v;
        *n += 3;
        at += 4;
    }
    return at;
}

size_t decode_base64(struct slice s, char *out, size_t room, struct decode_result *out_result)
{
    size_t n = 0;
    uint32_t acc = 0;
    unsigned have = 0; /* characters of the open group */
    bool padded = false;
    for (size_t at = 0; at < s.n;) {
        if (have == 0 && !padded)
            at = base64_run(s, at, out, &n, room);
        if (at >= s.n)
            break;
        unsigned char v = value_of(s.p[at++]);
        if (v == WS)
            continue;
        if (v == XX) {
            out_result->junk++;
            continue;
        }
        if (v == EQ) {
            if (have >= 2 && n < room)
                out[n++] = (char)(acc >> (have == 2 ? 4 : 10));
            if (have == 3 && n < room)
                out[n++] = (char)(acc >> 2);
            out_result->bad_length |= have == 1;
            have = 0;
            acc = 0;
            padded = true;
            continue;
        }
        if (padded) {
            if (out_result->inner_padding++ == 0)
                out_result->padded_at = n;
            padded = false;
        }
        acc = acc << 6 | v;
        if (++have < 4)
            continue;
        if (n + 3 > room) {
            out_result->hit_limit = true;
            return n;
        }
        out[n++] = (char)(acc >> 16);
        out[n++] = (char)(acc >> 8);
        out[n++] = (char)acc;
        have = 0;
        acc = 0;
    }
    if (have) {
        out_result->bad_length = true;
        if (have >= 2 && n < room)
            out[n++] = (char)(acc >> (have == 2 ? 4 : 10));
        if (have == 3 && n < room)
            out[n++] = (char)(acc >> 2);
    }
    return n;
}

/* One escape at s.p[at] == '='. Returns the bytes used; a soft line break writes nothing. */
static size_t qp_escape(struct slice s, size_t at, char *out, size_t *n, struct decode_result *r)
{
    if (at + 2 < s.n) {
        int hi = ascii_hex(s.p[at + 1]), lo = ascii_hex(s.p[at + 2]);
        if (hi >= 0 && lo >= 0) {
            out[(*n)++] = (char)(hi << 4 | lo);
            return 3;
        }
    }
    size_t i = at + 1;
    while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\r'))
        i++;
    if (i >= s.n || s.p[i] == '\n')
        return i + (i < s.n) - at;
    r->bad_escapes++;
    out[(*n)++] = '=';
    return 1;
}

/* Copies what stands before the next '=', or all up to `end`; returns how much. */
static size_t qp_plain(struct slice s, size_t at, size_t end, char *out, size_t room)
{
    size_t done = 0;
    while (at + done + BYTES16 <= s.n && done + BYTES16 <= room) {
        struct bytes16 b = bytes16_load(slice_from(s, at + done));
        memcpy(out + done, s.p + at + done, BYTES16); /* what is too much is written over */
        size_t run = bytes16_first(bytes16_is(&b, '='));
        done += run;
        if (run < BYTES16 || at + done >= end)
            return at + done < end ? done : end - at;
    }
    const char *eq = memchr(s.p + at + done, '=', end - at - done);
    size_t n = eq ? (size_t)(eq - s.p) - at : end - at;
    memcpy(out + done, s.p + at + done, n - done);
    return n;
}

size_t decode_qp(struct slice s, char *out, size_t room, struct decode_result *out_result)
{
    size_t n = 0;
    for (size_t at = 0; at < s.n;) {
        const char *lf = memchr(s.p + at, '\n', s.n - at);
        size_t next = lf ? (size_t)(lf - s.p) + 1 : s.n;
        size_t end = lf ? next - 1 : s.n;
        bool has_cr = lf && end > at && s.p[end - 1] == '\r';
        end -= has_cr;
        out_result->has_long_lines |= end - at > 76;
        while (lf && end > at && (s.p[end - 1] == ' ' || s.p[end - 1] == '\t'))
            end--;
        if (n + (next - at) > room) {
            out_result->hit_limit = true;
            return n;
        }
        bool is_soft = false;
        while (at < end) {
            size_t plain = qp_plain(s, at, end, out + n, room - n);
            n += plain;
            at += plain;
            if (at == end)
                break;
            is_soft = at + 1 == end;
            if (is_soft)
                break;
            at += qp_escape(slice_head(s, end), at, out, &n, out_result);
        }
        if (lf && !is_soft) {
            if (has_cr)
                out[n++] = '\r';
            out[n++] = '\n';
        }
        at = next;
    }
    return n;
}

size_t decode_q_word(struct slice s, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '=' && i + 2 < s.n + 0 && ascii_hex(s.p[i + 1]) >= 0 &&
            ascii_hex(s.p[i + 2]) >= 0) {
            out[n++] = (char)(ascii_hex(s.p[i + 1]) << 4 | ascii_hex(s.p[i + 2]));
            i += 2;
        } else {
            out[n++] = c == '_' ? ' ' : c;
        }
    }
    return n;
}
