/* Request lines, pairs, cookies. See query.h. */
#include "web/query.h"

#include "base/buf.h"
#include "base/utf8.h"

#define PAIRS_FIRST 16u

void query_put(struct query *q, struct arena *a, const char *name, const char *value)
{
    if (q->n == q->room) {
        unsigned room = q->room ? 2 * q->room : PAIRS_FIRST;
        q->pair = arena_grow(a, q->pair, q->n, room, sizeof(*q->pair));
        q->room = room;
    }
    q->pair[q->n++] = (struct query_pair){name, value};
}

static char unescaped(struct slice s, size_t *at, bool plus)
{
    char c = s.p[*at];
    if (c == '%' && s.n - *at > 2 && ascii_hex(s.p[*at + 1]) >= 0 && ascii_hex(s.p[*at + 2]) >= 0) {
        c = (char)(ascii_hex(s.p[*at + 1]) * 16 + ascii_hex(s.p[*at + 2]));
        *at += 2;
        return c;
    }
    return c == '+' && plus ? ' ' : c;
}

const char *query_decode(struct arena *a, struct slice s, bool plus)
{
    char *raw = arena_bytes(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = unescaped(s, &i, plus);
        if (c != '\0')
            raw[n++] = c;
    }
    struct slice rest = slice_of(raw, n);
    char *out = arena_bytes(a, 3 * n + 1); /* U+FFFD takes three bytes */
    size_t len = 0;
    while (rest.n) {
        bool ok;
        uint32_t c = utf8_next(&rest, &ok);
        len += utf8_put(out + len, ok ? c : UTF8_BAD);
    }
    out[len] = '\0';
    return out;
}

bool query_add(struct query *q, struct arena *a, struct slice text)
{
    struct slice part;
    while (slice_split(&text, '&', &part)) {
        if (part.n == 0)
            continue;
        if (q->n >= QUERY_PAIRS)
            return false;
        size_t at = slice_chr(part, '=');
        struct slice value = at == SIZE_MAX ? SLICE("") : slice_from(part, at + 1);
        query_put(q, a, query_decode(a, slice_head(part, at), true), query_decode(a, value, true));
    }
    return true;
}

const char *query_nth(const struct query *q, const char *name, unsigned i)
{
    for (unsigned k = 0; k < q->n; k++)
        if (strcmp(q->pair[k].name, name) == 0 && i-- == 0)
            return q->pair[k].value;
    return NULL;
}

struct slice query_cookie(struct slice field, const char *name)
{
    struct slice part;
    while (slice_split(&field, ';', &part)) {
        part = slice_trim(part);
        size_t at = slice_chr(part, '=');
        if (at != SIZE_MAX && slice_eq(slice_head(part, at), slice_str(name)))
            return slice_from(part, at + 1);
    }
    return SLICE("");
}

void query_encode(struct buf *out, struct slice s)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (ascii_is_alnum((char)c) || (c && strchr("-._~", (char)c))) {
            buf_chr(out, (char)c);
        } else {
            buf_chr(out, '%');
            buf_chr(out, digits[c >> 4]);
            buf_chr(out, digits[c & 15]);
        }
    }
}
