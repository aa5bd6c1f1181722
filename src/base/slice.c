/* Slices: comparing, searching, splitting. See slice.h. */
#include "base/slice.h"

#include "base/bytes16.h"

int slice_cmp(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    if (c != 0)
        return c;
    return a.n < b.n ? -1 : a.n > b.n;
}

bool slice_ends(struct slice s, struct slice suffix)
{
    return s.n >= suffix.n && slice_eq(slice_from(s, s.n - suffix.n), suffix);
}

bool slice_iends(struct slice s, struct slice suffix)
{
    return s.n >= suffix.n && slice_ieq(slice_from(s, s.n - suffix.n), suffix);
}

size_t slice_rchr(struct slice s, char c)
{
    const char *hit = s.n ? memrchr(s.p, c, s.n) : NULL;
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

#define FIND_SHORT 8u

size_t slice_find(struct slice s, struct slice needle)
{
    if (needle.n == 0)
        return 0;
    if (s.n < needle.n)
        return SIZE_MAX;
    if (needle.n > FIND_SHORT) {
        const char *hit = memmem(s.p, s.n, needle.p, needle.n);
        return hit ? (size_t)(hit - s.p) : SIZE_MAX;
    }
    /* memmem walks byte by byte; a first byte that is rare is found many times faster. */
    const char *at = s.p, *last = s.p + (s.n - needle.n);
    while ((at = memchr(at, needle.p[0], (size_t)(last - at) + 1)) != NULL) {
        if (memcmp(at, needle.p, needle.n) == 0)
            return (size_t)(at - s.p);
        if (at++ == last)
            break;
    }
    return SIZE_MAX;
}

/* Where the needle's first two letters may stand at or after `i`, sixteen places at a time; as far
 * as such a look reaches. */
static size_t skip_to_pair(struct slice s, size_t i, struct slice needle)
{
    /* Letters differ by this bit alone; what else it makes alike is told apart by the caller. */
    const char first = (char)(needle.p[0] | 0x20), second = (char)(needle.p[1] | 0x20);
    for (; i + BYTES16 + 1 <= s.n; i += BYTES16) {
        struct bytes16 a = bytes16_load(slice_from(s, i)), b = bytes16_load(slice_from(s, i + 1));
        unsigned both = bytes16_is_folded(&a, first) & bytes16_is_folded(&b, second);
        if (both)
            return i + bytes16_first(both);
    }
    return i;
}

size_t slice_ifind(struct slice s, struct slice needle)
{
    for (size_t i = 0; i + needle.n <= s.n; i++) {
        if (needle.n > 1 && (i = skip_to_pair(s, i, needle)) + needle.n > s.n)
            break;
        if (slice_istarts(slice_from(s, i), needle))
            return i;
    }
    return SIZE_MAX;
}

struct slice slice_trim_ends(struct slice s)
{
    while (s.n && ascii_is_space(s.p[0]))
        s = slice_from(s, 1);
    while (s.n && ascii_is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool slice_split(struct slice *rest, char sep, struct slice *out_part)
{
    if (rest->p == NULL || rest->n == 0)
        return false;
    size_t at = slice_chr(*rest, sep);
    if (at == SIZE_MAX) {
        *out_part = *rest;
        *rest = (struct slice){NULL, 0};
        return true;
    }
    *out_part = slice_head(*rest, at);
    *rest = slice_from(*rest, at + 1);
    return true;
}

bool slice_line(struct slice *rest, struct slice *out_line)
{
    if (!slice_split(rest, '\n', out_line))
        return false;
    if (out_line->n && out_line->p[out_line->n - 1] == '\r')
        out_line->n--;
    return true;
}

bool slice_u64(struct slice s, uint64_t *out_value)
{
    uint64_t v = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_digit(s.p[i]))
            return false;
        uint64_t d = (uint64_t)(s.p[i] - '0');
        if (v > (UINT64_MAX - d) / 10)
            return false;
        v = v * 10 + d;
    }
    *out_value = v;
    return true;
}
