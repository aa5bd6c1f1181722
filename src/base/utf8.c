/* UTF-8. See utf8.h. */
#include "base/utf8.h"

#include "base/bytes16.h"

static bool is_cont(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* Length and code point of the sequence at p, 0 when it is not valid. The lead byte leaves only
 * surrogates, overlong forms and numbers over 10FFFF to be told by the value. */
static inline size_t sequence(const char *p, size_t n, uint32_t *out)
{
    const unsigned char *b = (const unsigned char *)p;
    unsigned char c = b[0];
    if (c < 0x80) {
        *out = c;
        return 1;
    }
    if (c < 0xC2 || c > 0xF4)
        return 0;
    if (c < 0xE0) {
        if (n < 2 || !is_cont(p[1]))
            return 0;
        *out = (c & 0x1Fu) << 6 | (b[1] & 0x3Fu);
        return 2;
    }
    if (c < 0xF0) {
        if (n < 3 || !is_cont(p[1]) || !is_cont(p[2]))
            return 0;
        uint32_t v = (c & 0x0Fu) << 12 | (b[1] & 0x3Fu) << 6 | (b[2] & 0x3Fu);
        *out = v;
        return v >= 0x800 && (v < 0xD800 || v > 0xDFFF) ? 3 : 0;
    }
    if (n < 4 || !is_cont(p[1]) || !is_cont(p[2]) || !is_cont(p[3]))
        return 0;
    uint32_t v = (c & 0x07u) << 18 | (b[1] & 0x3Fu) << 12 | (b[2] & 0x3Fu) << 6 | (b[3] & 0x3Fu);
    *out = v;
    return v >= 0x10000 && v <= 0x10FFFF ? 4 : 0;
}

uint32_t utf8_next(struct slice *s, bool *out_ok)
{
    uint32_t c = UTF8_BAD;
    size_t len = sequence(s->p, s->n, &c);
    if (out_ok)
        *out_ok = len != 0;
    *s = slice_from(*s, len ? len : 1);
    return len ? c : UTF8_BAD;
}

size_t utf8_put(char out[4], uint32_t c)
{
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        c = UTF8_BAD;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* How many ASCII bytes stand at the front. The last block overlaps the one before it, so that text
 * of 16 bytes and more (most header values) has no short one. */
static size_t ascii_head(struct slice s)
{
    size_t i = 0;
    struct bytes16 b = bytes16_load(s);
    unsigned high = bytes16_high(&b);
    while (high == 0 && i + BYTES16 < s.n) {
        i = i + 2 * BYTES16 <= s.n ? i + BYTES16 : s.n - BYTES16;
        b = bytes16_load(slice_from(s, i));
        high = bytes16_high(&b);
    }
    return high ? i + bytes16_first(high) : s.n;
}

bool utf8_is_ascii(struct slice s)
{
    return ascii_head(s) == s.n;
}

size_t utf8_valid_head(struct slice s)
{
    size_t i = 0;
    while (i < s.n) {
        /* A lone one between others is common in no language, but where bytes are bad. */
        if (!(s.p[i] & 0x80))
            i += i + 1 < s.n && (s.p[i + 1] & 0x80) ? 1 : ascii_head(slice_from(s, i));
        while (i < s.n && (s.p[i] & 0x80)) { /* such bytes come in a row */
            uint32_t c;
            size_t len = sequence(s.p + i, s.n - i, &c);
            if (len == 0)
                return i;
            i += len;
        }
    }
    return i;
}

bool utf8_is_valid(struct slice s)
{
    return utf8_valid_head(s) == s.n;
}

struct slice utf8_clean(struct arena *a, struct slice s)
{
    if (utf8_is_valid(s))
        return s;
    char *out = arena_bytes(a, s.n * 3 + 1); /* a bad byte grows to three */
    size_t n = 0;
    while (s.n) {
        size_t good = utf8_valid_head(s);
        memcpy(out + n, s.p, good);
        n += good;
        s = slice_from(s, good);
        if (s.n == 0)
            break;
        n += utf8_put(out + n, UTF8_BAD);
        s = slice_from(s, 1);
    }
    out[n] = '\0';
    return slice_of(out, n);
}

struct slice utf8_head(struct slice s, size_t n)
{
    if (s.n <= n)
        return s;
    while (n > 0 && is_cont(s.p[n]))
        n--;
    return slice_head(s, n);
}
