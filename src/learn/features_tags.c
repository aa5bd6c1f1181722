/* Channel T, headers: tagged tokens, neighbours, domains, networks and shapes of values. */
#include "base/ascii.h"
#include "learn/features_internal.h"

#define TOKENS_PER_FIELD 64
#define TOKEN_BYTES      48
#define VALUE_BYTES      1500

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

static unsigned kinds_of(struct slice t)
{
    unsigned kinds = 0;
    for (size_t i = 0; i < t.n; i++)
        kinds |= ascii_kind(t.p[i]);
    return kinds;
}

/* Serial numbers, queue ids, random strings: only their shape says anything. */
static bool is_random(struct slice t, unsigned kinds)
{
    return t.n > 28 ||
           (t.n >= 8 && (kinds & ASCII_DIGIT) && (kinds & ASCII_ALPHA) && !(kinds & ASCII_DOT));
}

/* Adds a token (lower case) and gives its hash for the pair with the next; 0: no pair. */
static uint32_t add_token(struct feature_sink *s, uint32_t tag, struct slice token, bool no_numbers)
{
    unsigned kinds = kinds_of(token);
    bool is_number = (kinds & ~(unsigned)(ASCII_DIGIT | ASCII_DOT)) == 0;
    if (is_number && is_ipv4(token)) {
        feature_network(s, tag, token);
        return 0;
    }
    if (is_number && no_numbers)
        return 0;
    size_t at = kinds & ASCII_OTHER ? slice_chr(token, '@') : SIZE_MAX;
    if (at != SIZE_MAX) {
        feature_domain(s, KIND_DOMAIN, tag, slice_from(token, at + 1));
        sink_add(s, feature_shape(tag, slice_head(token, at)));
    } else if ((kinds & ASCII_DOT) && (kinds & ASCII_ALPHA)) {
        feature_domain(s, KIND_DOMAIN, tag, token);
    }
    uint32_t h = is_random(token, kinds) && at == SIZE_MAX ? feature_shape(tag, token)
                                                           : feature_of(KIND_TOKEN, tag, token);
    sink_add(s, h);
    return h;
}

void feature_header_tokens(struct feature_sink *s, struct slice name, struct slice value)
{
    char lower[TOKEN_BYTES];
    size_t n = slice_head(name, TOKEN_BYTES).n;
    for (size_t i = 0; i < n; i++)
        lower[i] = ascii_lower(name.p[i]);
    uint32_t tag = feature_of(KIND_HEADER_NAME, 0, slice_of(lower, n));
    bool no_numbers = slice_ieq(name, SLICE("date")) || slice_ieq(name, SLICE("received"));
    sink_add(s, tag);
    value = slice_head(value, VALUE_BYTES);
    if (slice_ieq(name, SLICE("message-id")) || slice_ieq(name, SLICE("date")))
        sink_add(s, feature_shape(tag, slice_head(value, 60)));
    uint32_t before = 0;
    size_t i = 0;
    for (int tokens = 0; tokens < TOKENS_PER_FIELD && i < value.n; tokens++) {
        unsigned kind;
        while (i < value.n && (ascii_kind(value.p[i]) & ASCII_PARTS))
            i++;
        n = 0;
        for (; i < value.n && !((kind = ascii_kind(value.p[i])) & ASCII_PARTS); i++) {
            if (n < TOKEN_BYTES)
                lower[n++] = ascii_lower_of(value.p[i], kind);
        }
        while (n && (lower[n - 1] == '.' || lower[n - 1] == '!' || lower[n - 1] == '?'))
            n--;
        if (n == 0)
            continue;
        uint32_t h = add_token(s, tag, slice_of(lower, n), no_numbers);
        if (before && h)
            sink_add(s, feature_num(KIND_PAIR, before, h));
        before = h;
    }
}
