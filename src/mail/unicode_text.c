/* Text for comparing: NFKC with case folding, and UTS 39 skeletons.
 *
 * ASCII never meets ICU: it is folded byte by byte, and ICU sees only the stretches between,
 * each with the one ASCII character before it (a following mark may combine with that one; no
 * normalisation reaches further back, since every ASCII character is a boundary). Skeletons use
 * our own table of confusables, newer than ICU 72's.
 */
#include "mail/unicode.h"

#include "base/utf8.h"
#include "mail/confusables_table.h"

#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/uchar.h>

static const UNormalizer2 *nfkc_fold(void)
{
    static const UNormalizer2 *n;
    UErrorCode ec = U_ZERO_ERROR;
    if (!n)
        n = unorm2_getNFKCCasefoldInstance(&ec);
    return U_SUCCESS(ec) ? n : NULL;
}

static const UNormalizer2 *nfd(void)
{
    static const UNormalizer2 *n;
    UErrorCode ec = U_ZERO_ERROR;
    if (!n)
        n = unorm2_getNFDInstance(&ec);
    return U_SUCCESS(ec) ? n : NULL;
}

void unicode_text_warm(void)
{
    (void)nfkc_fold();
    (void)nfd();
}

/* The longest expansion of NFKC_Casefold is 18 code units for one character. */
#define PIECE  256
#define GROWTH 18

/* Out buffer in an arena that doubles. */
struct out {
    struct arena *a;
    char *p;
    size_t n, room;
};

static char *out_room(struct out *o, size_t more)
{
    if (o->n + more > o->room) {
        size_t room = o->room * 2 + more + 64;
        char *p = arena_bytes(o->a, room);
        if (o->n)
            memcpy(p, o->p, o->n);
        o->p = p;
        o->room = room;
    }
    return o->p + o->n;
}

/* Normalises s (valid UTF-8, not ASCII) piece by piece. Pieces end before a starter that no
 * normalisation joins with what stands before it, or are cut at PIECE units. */
static void normalise(const UNormalizer2 *norm, struct slice s, struct out *o)
{
    UChar in[PIECE + 2], res[(PIECE + 2) * GROWTH];
    while (s.n) {
        int32_t n = 0;
        while (s.n && n < PIECE) {
            struct slice before = s;
            uint32_t c = utf8_next(&s, NULL);
            if (n > PIECE / 2 && unorm2_hasBoundaryBefore(norm, (UChar32)c)) {
                s = before;
                break;
            }
            U16_APPEND_UNSAFE(in, n, c);
        }
        UErrorCode ec = U_ZERO_ERROR;
        int32_t m = unorm2_normalize(norm, in, n, res, (int32_t)(sizeof res / sizeof *res), &ec);
        const UChar *from = U_SUCCESS(ec) ? res : in;
        if (U_FAILURE(ec))
            m = n;
        char *p = out_room(o, (size_t)m * 3);
        int32_t written = 0;
        ec = U_ZERO_ERROR;
        u_strToUTF8(p, m * 3, &written, from, m, &ec);
        o->n += U_SUCCESS(ec) || ec == U_STRING_NOT_TERMINATED_WARNING ? (size_t)written : 0;
    }
}

struct slice unicode_fold(struct arena *a, struct slice s)
{
    size_t i = 0;
    while (i < s.n && !(s.p[i] & 0x80) && !(s.p[i] >= 'A' && s.p[i] <= 'Z'))
        i++;
    if (i == s.n)
        return s;
    if (utf8_is_ascii(slice_from(s, i)))
        return arena_lower(a, s);
    s = utf8_clean(a, s);
    struct out o = {.a = a};
    (void)out_room(&o, s.n + s.n / 4);
    for (i = 0; i < s.n;) {
        size_t end = i;
        while (end < s.n && !(s.p[end] & 0x80))
            end++;
        size_t keep = end < s.n && end > i ? end - 1 : end;
        char *p = out_room(&o, keep - i);
        for (size_t k = i; k < keep; k++)
            *p++ = ascii_lower(s.p[k]);
        o.n += keep - i;
        i = keep;
        if (end == s.n)
            break;
        while (end < s.n && (s.p[end] & 0x80))
            end++;
        const UNormalizer2 *norm = nfkc_fold();
        if (norm)
            normalise(norm, slice_of(s.p + i, end - i), &o);
        i = end;
    }
    return slice_of(o.p, o.n);
}

struct slice unicode_nfc(struct arena *a, struct slice s)
{
    static const UNormalizer2 *nfc;
    UErrorCode ec = U_ZERO_ERROR;
    if (utf8_is_ascii(s))
        return s;
    if (!nfc)
        nfc = unorm2_getNFCInstance(&ec);
    s = utf8_clean(a, s);
    if (!nfc || U_FAILURE(ec))
        return s;
    struct out o = {.a = a};
    (void)out_room(&o, s.n + s.n / 4);
    normalise(nfc, s, &o);
    return slice_of(o.p, o.n);
}

/* Index in the table, or -1. */
static int confusable(uint32_t c)
{
    int lo = 0, hi = CONFUSABLES - 1;
    while (lo <= hi) {
        int mid = (lo + hi) / 2;
        if (confusables[mid].from == c)
            return mid;
        if (confusables[mid].from < c)
            lo = mid + 1;
        else
            hi = mid - 1;
    }
    return -1;
}

static void put_prototype(struct out *o, uint32_t c)
{
    int k = confusable(c);
    uint32_t to = k < 0 ? c : confusables[k].to;
    const uint32_t *from = &to;
    size_t n = 1;
    if (to & 0x80000000u) {
        from = &confusable_pool[to >> 8 & 0x7FFFFF];
        n = to & 0xFF;
    }
    char *p = out_room(o, n * 4);
    for (size_t i = 0; i < n; i++) {
        size_t len = utf8_put(p, from[i]);
        p += len;
        o->n += len;
    }
}

/* The ASCII characters that have a prototype of their own: " % 0 1 I ` m | */
static bool ascii_is_confusable(char c)
{
    return c == '"' || c == '%' || c == '0' || c == '1' || c == 'I' || c == '`' || c == 'm' ||
           c == '|';
}

struct slice unicode_skeleton(struct arena *a, struct slice s)
{
    bool ascii = utf8_is_ascii(s);
    const UNormalizer2 *norm = ascii ? NULL : nfd();
    if (!ascii)
        s = utf8_clean(a, s);
    struct out d = {.a = a};
    if (norm) {
        normalise(norm, s, &d);
        s = slice_of(d.p, d.n);
    }
    struct out o = {.a = a};
    (void)out_room(&o, s.n + 16);
    bool is_ascii_out = true;
    while (s.n) {
        if (!(s.p[0] & 0x80) && !ascii_is_confusable(s.p[0])) {
            *out_room(&o, 1) = s.p[0];
            o.n++;
            s = slice_from(s, 1);
            continue;
        }
        uint32_t c = utf8_next(&s, NULL);
        if (c >= 0x80 && u_hasBinaryProperty((UChar32)c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
            continue;
        put_prototype(&o, c);
        is_ascii_out = false;
    }
    struct slice r = slice_of(o.p, o.n);
    if (is_ascii_out || utf8_is_ascii(r))
        return r;
    norm = nfd();
    struct out last = {.a = a};
    if (norm) {
        normalise(norm, r, &last);
        r = slice_of(last.p, last.n);
    }
    return r;
}
