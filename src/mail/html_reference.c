/* Character references (WHATWG HTML 13.2.5.72 to 13.2.5.80). */
#include "mail/html_token.h"

#include "base/utf8.h"
#include "mail/html_entities_table.h"

/* What the numbers 80 to 9F stand for: windows-1252. 0: itself. */
static const uint16_t c1[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

static size_t numeric(struct slice s, char out[8], size_t *out_n)
{
    size_t i = 1;
    unsigned base = 10;
    if (i < s.n && (s.p[i] | 32) == 'x') {
        base = 16;
        i++;
    }
    size_t first = i;
    uint32_t v = 0;
    for (; i < s.n; i++) {
        int d = base == 16 ? ascii_hex(s.p[i]) : ascii_is_digit(s.p[i]) ? s.p[i] - '0' : -1;
        if (d < 0)
            break;
        if (v <= 0x10FFFF)
            v = v * base + (unsigned)d;
    }
    if (i == first)
        return 0;
    if (i < s.n && s.p[i] == ';')
        i++;
    if (v >= 0x80 && v < 0xA0 && c1[v - 0x80])
        v = c1[v - 0x80];
    *out_n = utf8_put(out, v == 0 ? UTF8_BAD : v);
    return i;
}

static struct slice entity(size_t i)
{
    return slice_of(entity_names + entity_at[i], (size_t)(entity_at[i + 1] - entity_at[i]));
}

/* First index in [lo, hi) whose name has at place k a byte >= c (names shorter sort first). */
static size_t lower(size_t lo, size_t hi, size_t k, int c)
{
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        struct slice e = entity(mid);
        int b = k < e.n ? (unsigned char)e.p[k] : -1;
        if (b < c)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Or one of the six signs between Z and a, for which the table is empty. */
static bool is_letter(char c)
{
    return c >= 'A' && c <= 'z';
}

/* Index of the longest name that s starts with, or -1. The names that share what was read so
 * far are one stretch of the sorted table: two letters find it, further ones narrow it. */
static int longest(struct slice s)
{
    if (s.n < 2 || !is_letter(s.p[0]) || !is_letter(s.p[1]))
        return -1;
    size_t pair = (size_t)(s.p[0] - 'A') * ENTITY_LETTERS + (size_t)(s.p[1] - 'A');
    size_t lo = entity_first[pair], hi = entity_first[pair + 1];
    int best = -1;
    for (size_t k = 2; lo < hi; k++) {
        if (entity(lo).n == k)
            best = (int)lo;
        if (k >= s.n || k > ENTITY_LONGEST || !(ascii_is_alnum(s.p[k]) || s.p[k] == ';'))
            break;
        int c = (unsigned char)s.p[k];
        lo = lower(lo, hi, k, c);
        hi = lower(lo, hi, k, c + 1);
    }
    return best;
}

/* The handful that makes up nearly all references in mail. */
static size_t common(struct slice s, char out[8], size_t *out_n)
{
    static const struct {
        unsigned char n, len;
        char name[6], text[4];
    } table[] = {{5, 2, "nbsp;", "\xC2\xA0"}, {4, 1, "amp;", "&"},
                 {3, 1, "lt;", "<"},          {3, 1, "gt;", ">"},
                 {5, 1, "quot;", "\""},       {5, 3, "zwnj;", "\xE2\x80\x8C"}};
    for (size_t i = 0; s.n && i < sizeof table / sizeof *table; i++) {
        if (s.p[0] == table[i].name[0] && s.n >= table[i].n &&
            memcmp(s.p, table[i].name, table[i].n) == 0) {
            memcpy(out, table[i].text, table[i].len);
            *out_n = table[i].len;
            return table[i].n;
        }
    }
    return 0;
}

size_t html_reference(struct slice s, bool in_attribute, char out[8], size_t *out_n)
{
    if (s.n && s.p[0] == '#')
        return numeric(s, out, out_n);
    size_t n = common(s, out, out_n);
    if (n)
        return n;
    int i = longest(s);
    if (i < 0)
        return 0;
    struct slice name = entity((size_t)i);
    if (in_attribute && name.p[name.n - 1] != ';' && name.n < s.n &&
        (s.p[name.n] == '=' || ascii_is_alnum(s.p[name.n])))
        return 0;
    *out_n = utf8_put(out, entity_value[i].first);
    if (entity_value[i].second)
        *out_n += utf8_put(out + *out_n, entity_value[i].second);
    return name.n;
}

struct slice html_unescape(struct arena *a, struct slice s, bool in_attribute)
{
    size_t amp = slice_chr(s, '&');
    if (amp == SIZE_MAX)
        return s;
    /* The worst growth is "&nGt;": 5 bytes to 6. */
    char *p = arena_bytes(a, s.n + s.n / 5 + 8);
    memcpy(p, s.p, amp);
    size_t n = amp;
    while (amp < s.n) {
        char small[8];
        size_t len = 0, took = html_reference(slice_from(s, amp + 1), in_attribute, small, &len);
        if (took) {
            memcpy(p + n, small, len);
            n += len;
        } else {
            p[n++] = '&';
        }
        s = slice_from(s, amp + 1 + took);
        amp = slice_chr(s, '&');
        if (amp == SIZE_MAX)
            amp = s.n;
        if (amp)
            memcpy(p + n, s.p, amp);
        n += amp;
    }
    return slice_of(p, n);
}
