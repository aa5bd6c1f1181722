/* Channel T, headers: tagged tokens, neighbours, domains, networks and shapes of values. */
#include "base/bytemask.h"
#include "learn/features_internal.h"

#define TOKENS_PER_FIELD 64
#define TOKEN_BYTES      48
#define VALUE_BYTES      1500
#define VALUE_BLOCKS     (VALUE_BYTES / BYTES64 + 2)

uint32_t feature_shape(uint32_t tag, struct slice s)
{
    char shape[24];
    size_t n = 0;
    char last = 0;
    for (size_t i = 0; i < s.n && n < sizeof shape; i++) {
        char c = s.p[i];
        char k = ascii_is_digit(c) ? '0' : c >= 'a' && c <= 'z' ? 'a' : ascii_is_alpha(c) ? 'A' : c;
        if ((unsigned char)k >= 0x80)
            k = 'u';
        if (k != last)
            shape[n++] = k;
        last = k;
    }
    return feature_of(KIND_SHAPE, tag + feature_bucket(s.n), slice_of(shape, n));
}

void feature_domain(struct feature_sink *s, enum feature_kind kind, uint32_t tag,
                    struct slice domain)
{
    for (int level = 0; level < 4 && domain.n > 1; level++) {
        sink_add(s, feature_of(kind, tag, domain));
        size_t dot = slice_chr(domain, '.');
        if (dot == SIZE_MAX)
            return;
        domain = slice_from(domain, dot + 1);
    }
}

void feature_network(struct feature_sink *s, uint32_t tag, struct slice ip)
{
    char sep = slice_chr(ip, ':') != SIZE_MAX ? ':' : '.';
    size_t seen = 0;
    for (size_t i = 0; i < ip.n && seen < 3; i++) {
        if (ip.p[i] != sep)
            continue;
        seen++;
        if (seen >= 2)
            sink_add(s, feature_of(KIND_ADDRESS_NET, tag + (uint32_t)seen, slice_head(ip, i)));
    }
}

/* Digits and dots, four numbers. */
static bool is_ipv4(struct slice t)
{
    int dots = 0, digits = 0;
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == '.') {
            if (digits == 0)
                return false;
            dots++;
            digits = 0;
        } else if (!ascii_is_digit(t.p[i]) || ++digits > 3) {
            return false;
        }
    }
    return dots == 3 && digits > 0;
}

/* A field's value in lower case, with what its bytes are, a bit each. */
struct field {
    char lower[VALUE_BLOCKS * BYTES64];
    size_t n;
    uint64_t digits[VALUE_BLOCKS + 1], letters[VALUE_BLOCKS + 1], dots[VALUE_BLOCKS + 1],
        ats[VALUE_BLOCKS + 1];
};

/* What stands between tokens (ASCII_PARTS), among the first n bytes. */
static uint64_t parts_mask(const struct bytes64 *b)
{
    return bytes64_range(b, 0, ' ') | bytes64_range(b, '\'', ')') | bytes64_range(b, ':', '>') |
           bytes64_is(b, '"') | bytes64_is(b, ',') | bytes64_is(b, '/') | bytes64_is(b, '[') |
           bytes64_is(b, ']');
}

struct token {
    struct slice text; /* lower case, at most TOKEN_BYTES */
    uint64_t digits, letters, dots, ats;
};

static struct token token_at(const struct field *f, size_t from, size_t to)
{
    size_t n = to - from < TOKEN_BYTES ? to - from : TOKEN_BYTES;
    const char *p = f->lower + from;
    while (n && (p[n - 1] == '.' || p[n - 1] == '!' || p[n - 1] == '?'))
        n--;
    uint64_t own = bitmask_head(n);
    return (struct token){slice_of(p, n), bitmask_at(f->digits, from) & own,
                          bitmask_at(f->letters, from) & own, bitmask_at(f->dots, from) & own,
                          bitmask_at(f->ats, from) & own};
}

/* Serial numbers, queue ids, random strings: only their shape says anything. */
static bool is_random(const struct token *t)
{
    return t->text.n > 28 || (t->text.n >= 8 && t->digits && t->letters && !t->dots);
}

/* Adds a token and gives its hash for the pair with the next; 0: no pair. */
static uint32_t add_token(struct feature_sink *s, uint32_t tag, const struct token *t,
                          bool no_numbers)
{
    struct slice text = t->text;
    bool is_number = (t->digits | t->dots) == bitmask_head(text.n);
    if (is_number && is_ipv4(text)) {
        feature_network(s, tag, text);
        return 0;
    }
    if (is_number && no_numbers)
        return 0;
    if (t->ats) {
        size_t at = bitmask_first(t->ats);
        feature_domain(s, KIND_DOMAIN, tag, slice_from(text, at + 1));
        sink_add(s, feature_shape(tag, slice_head(text, at)));
    } else if (t->dots && t->letters) {
        feature_domain(s, KIND_DOMAIN, tag, text);
    }
    uint32_t h = is_random(t) && !t->ats
                     ? feature_shape(tag, text)
                     : feature_lower(KIND_TOKEN, tag, text, text.p + TOKEN_BYTES + 8);
    sink_add(s, h);
    return h;
}

/* Takes the tokens of a field's value. */
static void add_tokens(struct feature_sink *s, uint32_t tag, struct slice value, bool no_numbers)
{
    static struct field f; /* its bytes behind the value are never looked at */
    struct runs r = {0};
    size_t from, to;
    uint32_t before = 0;
    int tokens = 0;
    for (size_t at = 0; at <= value.n; at += BYTES64) {
        struct bytes64 b = bytes64_load(slice_from(value, at)), lower = bytes64_lower(&b);
        memcpy(f.lower + at, &lower, sizeof lower);
        f.digits[at / 64] = bytes64_digits(&b);
        f.letters[at / 64] = bytes64_range(&lower, 'a', 'z');
        f.dots[at / 64] = bytes64_is(&b, '.');
        f.ats[at / 64] = bytes64_is(&b, '@');
        runs_block(&r, at, ~parts_mask(&b) & bitmask_head(value.n - at));
        while (runs_next(&r, &from, &to)) {
            if (tokens++ == TOKENS_PER_FIELD)
                return;
            struct token t = token_at(&f, from, to);
            if (t.text.n == 0)
                continue;
            uint32_t h = add_token(s, tag, &t, no_numbers);
            if (before && h)
                sink_add(s, feature_num(KIND_PAIR, before, h));
            before = h;
        }
    }
}

void feature_header_tokens(struct feature_sink *s, struct slice name, struct slice value)
{
    struct slice head = slice_head(name, TOKEN_BYTES);
    uint32_t tag = feature_lower(KIND_HEADER_NAME, 0, head, head.p + head.n);
    bool is_date = slice_ieq(name, SLICE("date"));
    sink_add(s, tag);
    value = slice_head(value, VALUE_BYTES);
    if (is_date || slice_ieq(name, SLICE("message-id")))
        sink_add(s, feature_shape(tag, slice_head(value, 60)));
    add_tokens(s, tag, value, is_date || slice_ieq(name, SLICE("received")));
}
