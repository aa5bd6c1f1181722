/* A view of bytes that somebody else owns: pointer and length, never NUL-terminated.
 *
 * Everything parsed from outside is handed around as slices, so that a NUL byte in
 * foreign input is a byte like any other. A slice is passed by value and is valid as
 * long as its owner (an arena, a mapped file, a literal) is.
 */
#ifndef MUSTER_BASE_SLICE_H
#define MUSTER_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *p;
    size_t n;
};

/* A slice of a string literal. */
#define SLICE(lit) ((struct slice){"" lit, sizeof(lit) - 1})
/* For printf: printf("%.*s", SLICE_ARG(s)). */
#define SLICE_ARG(s) (int)((s).n > 1048576 ? 1048576 : (s).n), ((s).n ? (s).p : "")

static inline struct slice slice_of(const char *p, size_t n)
{
    return (struct slice){p, n};
}

static inline struct slice slice_str(const char *s)
{
    return (struct slice){s, s ? strlen(s) : 0};
}

static inline bool slice_is_empty(struct slice s)
{
    return s.n == 0;
}

/* The part from byte `from` on; empty when `from` lies past the end. */
static inline struct slice slice_from(struct slice s, size_t from)
{
    if (from == 0)
        return s; /* also of no bytes at NULL, where nothing may be added */
    return from >= s.n ? (struct slice){s.n ? s.p + s.n : s.p, 0}
                       : (struct slice){s.p + from, s.n - from};
}

/* The first `n` bytes, or all of a shorter slice. */
static inline struct slice slice_head(struct slice s, size_t n)
{
    return (struct slice){s.p, n < s.n ? n : s.n};
}

static inline char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline bool ascii_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool ascii_is_alnum(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c);
}

/* Space, tab, CR, LF, VT, FF. */
static inline bool ascii_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Value of a hexadecimal digit, or -1. */
static inline int ascii_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Comparing and looking for a byte are inline: they are called for a few bytes each, all over the
 * program, and mostly say no at the first (4 % of a scan). */
static inline bool slice_eq(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool slice_starts(struct slice s, struct slice prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

/* ASCII letters compare without case; other bytes as they are. */
static inline bool slice_istarts(struct slice s, struct slice prefix)
{
    if (s.n < prefix.n)
        return false;
    for (size_t i = 0; i < prefix.n; i++) {
        if (ascii_lower(s.p[i]) != ascii_lower(prefix.p[i]))
            return false;
    }
    return true;
}

static inline bool slice_ieq(struct slice a, struct slice b)
{
    return a.n == b.n && slice_istarts(a, b);
}

/* Index of the first byte `c`; SIZE_MAX when there is none. */
static inline size_t slice_chr(struct slice s, char c)
{
    const char *hit = s.n ? (const char *)memchr(s.p, c, s.n) : NULL;
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

int slice_cmp(struct slice a, struct slice b);
bool slice_ends(struct slice s, struct slice suffix);
bool slice_iends(struct slice s, struct slice suffix);
/* Index of the last byte `c` or of the first occurrence; SIZE_MAX when there is none. */
size_t slice_rchr(struct slice s, char c);
size_t slice_find(struct slice s, struct slice needle);
size_t slice_ifind(struct slice s, struct slice needle);
/* The way of a slice that has white space at an end. */
struct slice slice_trim_ends(struct slice s);
/* Without ASCII white space at both ends. Inline, since most have none. */
static inline struct slice slice_trim(struct slice s)
{
    if (s.n == 0 || (!ascii_is_space(s.p[0]) && !ascii_is_space(s.p[s.n - 1])))
        return s;
    return slice_trim_ends(s);
}
/* Takes the part before the next `sep` from the front of *rest; false when *rest was used up.
 * "a,,b" gives "a", "", "b"; an empty *rest gives nothing. */
bool slice_split(struct slice *rest, char sep, struct slice *out_part);
/* Takes the next line without its LF or CRLF. */
bool slice_line(struct slice *rest, struct slice *out_line);
/* Decimal number without sign; false on an empty slice, another byte or overflow. */
bool slice_u64(struct slice s, uint64_t *out_value);

#endif
