/* Hosts as browsers read them (WHATWG URL section 3): domains through UTS 46 in its
 * non-transitional form, IPv4 in decimal, octal, hexadecimal and short forms, IPv6.
 *
 * An ASCII domain never meets ICU: the standard only lower-cases it.
 */
#include "mail/url.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "mail/url_parts.h"

#include <unicode/uidna.h>

/* The standard sets CheckHyphens, VerifyDnsLength and UseSTD3ASCIIRules to false. */
#define IGNORED_ERRORS                                                                         \
    (UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG | UIDNA_ERROR_DOMAIN_NAME_TOO_LONG | \
     UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4)

/* ICU's punycode is quadratic in a label, and a name of DNS has 253 bytes, a label 63, each of
 * which stands for one character at most: what is longer than these is no host. */
#define HOST_MAX  (253 * 4) /* bytes of UTF-8 */
#define LABEL_MAX 126       /* characters of a label outside ASCII: twice what DNS can hold */

static const UIDNA *idna(void)
{
    static UIDNA *opened;
    if (!opened) {
        UErrorCode ec = U_ZERO_ERROR;
        opened = uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                                     UIDNA_NONTRANSITIONAL_TO_ASCII |
                                     UIDNA_NONTRANSITIONAL_TO_UNICODE,
                                 &ec);
        if (U_FAILURE(ec))
            opened = NULL;
    }
    return opened;
}

void url_host_warm(void)
{
    (void)idna();
}

/* The part of an IPv4 address: decimal, 0 octal, 0x hexadecimal. False: no number. */
static bool ipv4_part(struct slice s, uint64_t *out)
{
    unsigned radix = 10;
    if (s.n == 0)
        return false;
    if (s.n >= 2 && s.p[0] == '0' && (s.p[1] == 'x' || s.p[1] == 'X')) {
        radix = 16;
        s = slice_from(s, 2);
    } else if (s.n >= 2 && s.p[0] == '0') {
        radix = 8;
        s = slice_from(s, 1);
    }
    uint64_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        int d = ascii_hex(s.p[i]);
        if (d < 0 || (unsigned)d >= radix)
            return false;
        if (v <= UINT32_MAX)
            v = v * radix + (unsigned)d;
    }
    *out = v;
    return true;
}

static bool ends_in_number(struct slice s)
{
    size_t dot = slice_rchr(s, '.');
    struct slice last = slice_from(s, dot == SIZE_MAX ? 0 : dot + 1);
    bool digits = last.n > 0;
    for (size_t i = 0; i < last.n && digits; i++)
        digits = ascii_is_digit(last.p[i]);
    uint64_t v;
    return digits || (last.n >= 2 && last.p[0] == '0' && ipv4_part(last, &v));
}

int url_ipv4(struct arena *a, struct slice s, struct slice *out)
{
    if (s.n && s.p[s.n - 1] == '.')
        s.n--;
    if (s.n == 0 || ascii_hex(s.p[s.n - 1]) < 0) /* cheap way out for nearly all domains */
        if (s.n < 2 || ascii_lower(s.p[s.n - 1]) != 'x' || s.p[s.n - 2] != '0')
            return 0;
    if (!ends_in_number(s))
        return 0;
    uint64_t parts[4], v = 0;
    size_t n = 0;
    struct slice part;
    while (slice_split(&s, '.', &part)) {
        if (n == 4 || !ipv4_part(part, &parts[n++]))
            return -1;
    }
    for (size_t i = 0; i + 1 < n; i++)
        if (parts[i] > 255)
            return -1;
    if (parts[n - 1] >= (uint64_t)1 << (8 * (5 - n)))
        return -1;
    v = parts[n - 1];
    for (size_t i = 0; i + 1 < n; i++)
        v += parts[i] << (8 * (3 - i));
    *out = arena_printf(a, "%u.%u.%u.%u", (unsigned)(v >> 24 & 255), (unsigned)(v >> 16 & 255),
                        (unsigned)(v >> 8 & 255), (unsigned)(v & 255));
    return 1;
}

/* The dotted tail of an IPv6 address into two pieces. */
static bool ipv6_tail(struct slice s, uint16_t out[2])
{
    unsigned byte[4];
    for (int k = 0; k < 4; k++) {
        if (k) {
            if (s.n == 0 || s.p[0] != '.')
                return false;
            s = slice_from(s, 1);
        }
        if (s.n == 0 || !ascii_is_digit(s.p[0]))
            return false;
        if (s.p[0] == '0' && s.n > 1 && ascii_is_digit(s.p[1]))
            return false;
        byte[k] = 0;
        while (s.n && ascii_is_digit(s.p[0])) {
            byte[k] = byte[k] * 10 + (unsigned)(s.p[0] - '0');
            if (byte[k] > 255)
                return false;
            s = slice_from(s, 1);
        }
    }
    if (s.n)
        return false;
    out[0] = (uint16_t)(byte[0] << 8 | byte[1]);
    out[1] = (uint16_t)(byte[2] << 8 | byte[3]);
    return true;
}

/* Reads pieces; *out_gap is where "::" stood, or -1. */
static bool ipv6_read(struct slice s, uint16_t piece[8], int *out_n, int *out_gap)
{
    int n = 0, gap = -1;
    size_t i = 0;
    if (s.n >= 1 && s.p[0] == ':') {
        if (s.n < 2 || s.p[1] != ':')
            return false;
        i = 2;
        gap = 0;
    }
    while (i < s.n) {
        if (n == 8)
            return false;
        if (s.p[i] == ':') {
            if (gap >= 0)
                return false;
            gap = n;
            i++;
            continue;
        }
        unsigned v = 0;
        size_t from = i;
        while (i < s.n && i - from < 4 && ascii_hex(s.p[i]) >= 0)
            v = v << 4 | (unsigned)ascii_hex(s.p[i++]);
        if (i < s.n && s.p[i] == '.') {
            if (i == from || n > 6 || !ipv6_tail(slice_from(s, from), &piece[n]))
                return false;
            n += 2;
            break;
        }
        if (i == from)
            return false;
        if (i < s.n && (s.p[i] != ':' || i + 1 == s.n))
            return false;
        i++;
        piece[n++] = (uint16_t)v;
    }
    *out_n = n;
    *out_gap = gap;
    return gap >= 0 ? n < 8 : n == 8;
}

bool url_ipv6(struct arena *a, struct slice s, struct slice *out)
{
    uint16_t in[8], piece[8] = {0};
    int n, gap;
    if (!ipv6_read(s, in, &n, &gap))
        return false;
    for (int i = 0; i < n; i++)
        piece[gap >= 0 && i >= gap ? 8 - n + i : i] = in[i];
    int best = -1, best_n = 1; /* the first longest run of at least two zero pieces */
    for (int i = 0; i < 8;) {
        int k = i;
        while (k < 8 && piece[k] == 0)
            k++;
        if (k - i > best_n) {
            best = i;
            best_n = k - i;
        }
        i = k > i ? k : i + 1;
    }
    char *p = arena_bytes(a, 48);
    size_t at = 0;
    p[at++] = '[';
    for (int i = 0; i < 8; i++) {
        if (i == best) {
            p[at++] = ':';
            if (i == 0)
                p[at++] = ':';
            i += best_n - 1;
            continue;
        }
        bool started = false;
        for (int shift = 12; shift >= 0; shift -= 4) {
            unsigned d = (unsigned)piece[i] >> shift & 15;
            started = started || d || shift == 0;
            if (started)
                p[at++] = "0123456789abcdef"[d];
        }
        if (i < 7)
            p[at++] = ':';
    }
    p[at++] = ']';
    *out = slice_of(p, at);
    return true;
}

bool url_host_is_ip(struct slice host)
{
    if (host.n == 0)
        return false;
    if (host.p[0] == '[')
        return true;
    if (!ascii_is_digit(host.p[host.n - 1]) || host.n > 15)
        return false;
    size_t dots = 0;
    for (size_t i = 0; i < host.n; i++) {
        if (host.p[i] == '.')
            dots++;
        else if (!ascii_is_digit(host.p[i]))
            return false;
    }
    return dots == 3;
}

/* What UTS 46 maps otherwise since Unicode 15.1 than ICU 72 does (revisions 31 and 33): ranges of
 * code points, the first one's target (0: ignored), the others following it. */
static const struct {
    uint32_t from, to, target;
} newer[] = {{0x4C0, 0x4C0, 0x4CF},      {0x115F, 0x1160, 0},        {0x10A0, 0x10C5, 0x2D00},
             {0x17B4, 0x17B5, 0},        {0x180E, 0x180E, 0},        {0x1E9E, 0x1E9E, 0xDF},
             {0x206A, 0x206F, 0},        {0x2132, 0x2132, 0x214E},   {0x2183, 0x2183, 0x2184},
             {0x3164, 0x3164, 0},        {0xFFA0, 0xFFA0, 0},        {0x1D173, 0x1D17A, 0},
             {0x2F868, 0x2F868, 0x36FC}, {0x2F874, 0x2F874, 0x5F53}, {0x2F91F, 0x2F91F, 0x243AB},
             {0x2F95F, 0x2F95F, 0x7AEE}, {0x2F9BF, 0x2F9BF, 0x45D7}};

/* The target of c, or c. */
static uint32_t newer_target(uint32_t c)
{
    for (size_t i = 0; c >= 0x4C0 && i < sizeof newer / sizeof *newer; i++)
        if (c >= newer[i].from && c <= newer[i].to)
            return newer[i].target ? newer[i].target + (c - newer[i].from) : 0;
    return c;
}

static struct slice map_newer(struct arena *a, struct slice s)
{
    char *p = arena_bytes(a, s.n + 4);
    size_t n = 0;
    while (s.n) {
        uint32_t c = utf8_next(&s, NULL), to = c ? newer_target(c) : c;
        if (to || c == 0) /* no target is longer than its source */
            n += utf8_put(p + n, to);
    }
    return slice_of(p, n);
}

/* Has a label outside ASCII more characters than DNS could hold? */
static bool has_long_label(struct slice s)
{
    size_t chars = 0;
    bool is_wide = false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.') {
            chars = 0;
            is_wide = false;
            continue;
        }
        is_wide |= (s.p[i] & 0x80) != 0;
        chars += ((unsigned char)s.p[i] & 0xC0) != 0x80;
        if (is_wide && chars > LABEL_MAX)
            return true;
    }
    return false;
}

/* What was asked last, since one mail repeats its hosts. The answers are pure functions of the
 * name: nothing but the time depends on what other mail asked. */
#define MEMO_SLOTS 32
#define MEMO_BYTES HOST_MAX

struct memo {
    bool is_known, is_valid;
    uint16_t n_name, n_answer;
    char name[MEMO_BYTES], answer[MEMO_BYTES];
};

static struct memo *memo_of(struct memo slots[MEMO_SLOTS], struct slice name)
{
    return name.n <= MEMO_BYTES ? &slots[hash_bytes(name, 0) % MEMO_SLOTS] : NULL;
}

static bool memo_knows(const struct memo *m, struct slice name)
{
    return m && m->is_known && slice_eq(name, slice_of(m->name, m->n_name));
}

static void memo_keep(struct memo *m, struct slice name, const struct slice *answer)
{
    if (m == NULL)
        return;
    m->is_known = answer == NULL || answer->n <= MEMO_BYTES;
    m->is_valid = answer != NULL;
    m->n_name = (uint16_t)name.n;
    memcpy(m->name, name.p, name.n);
    if (m->is_known && answer && answer->n)
        memcpy(m->answer, answer->p, answer->n);
    m->n_answer = m->is_known && answer ? (uint16_t)answer->n : 0;
}

bool url_host_to_ascii(struct arena *a, struct slice s, struct slice *out)
{
    if (s.n > HOST_MAX || has_long_label(s) || !idna())
        return false;
    s = map_newer(a, s);
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode ec = U_ZERO_ERROR;
    int32_t room = (int32_t)s.n * 4 + 64;
    char *p = arena_bytes(a, (size_t)room);
    int32_t n = uidna_nameToASCII_UTF8(idna(), s.p, (int32_t)s.n, p, room, &info, &ec);
    if (ec == U_BUFFER_OVERFLOW_ERROR) {
        ec = U_ZERO_ERROR;
        info = (UIDNAInfo)UIDNA_INFO_INITIALIZER;
        p = arena_bytes(a, (size_t)n + 1);
        n = uidna_nameToASCII_UTF8(idna(), s.p, (int32_t)s.n, p, n + 1, &info, &ec);
    }
    if (U_FAILURE(ec) || (info.errors & ~(uint32_t)IGNORED_ERRORS) || n <= 0)
        return false;
    *out = slice_of(p, (size_t)n);
    return true;
}

static bool domain_to_ascii(struct arena *a, struct slice s, struct slice *out)
{
    static struct memo slots[MEMO_SLOTS];
    struct memo *m = memo_of(slots, s);
    if (memo_knows(m, s)) {
        if (m->is_valid)
            *out = arena_dup(a, slice_of(m->answer, m->n_answer));
        return m->is_valid;
    }
    bool ok = url_host_to_ascii(a, s, out);
    memo_keep(m, s, ok ? out : NULL);
    return ok;
}

static struct slice unicode_fresh(struct arena *a, struct slice host)
{
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode ec = U_ZERO_ERROR;
    int32_t room = (int32_t)host.n * 4 + 64;
    char *p = arena_bytes(a, (size_t)room);
    int32_t n = uidna_nameToUnicodeUTF8(idna(), host.p, (int32_t)host.n, p, room, &info, &ec);
    if (U_FAILURE(ec) || n <= 0 || (info.errors & UIDNA_ERROR_PUNYCODE))
        return host;
    return slice_of(p, (size_t)n);
}

struct slice url_host_unicode(struct arena *a, struct slice host)
{
    static struct memo slots[MEMO_SLOTS];
    if (slice_find(host, SLICE("--")) == SIZE_MAX || slice_ifind(host, SLICE("xn--")) == SIZE_MAX ||
        host.n > HOST_MAX || !idna())
        return host;
    struct memo *m = memo_of(slots, host);
    if (memo_knows(m, host))
        return arena_dup(a, slice_of(m->answer, m->n_answer));
    struct slice shown = unicode_fresh(a, host);
    memo_keep(m, host, &shown);
    return shown;
}

static bool opaque_host(struct arena *a, struct slice host, struct slice *out)
{
    bool plain = true;
    for (size_t i = 0; i < host.n; i++) {
        unsigned bits = url_set[(unsigned char)host.p[i]];
        if (bits & URL_SET_FORBIDDEN_HOST)
            return false;
        plain = plain && !(bits & URL_SET_C0);
    }
    if (plain) {
        *out = host;
        return true;
    }
    char *p = arena_bytes(a, host.n * 3);
    *out = slice_of(p, url_encode(p, host, URL_SET_C0));
    return true;
}

bool url_host(struct arena *a, struct slice host, bool is_special, struct slice *out)
{
    if (host.n && host.p[0] == '[') {
        if (host.p[host.n - 1] != ']' || host.n < 2)
            return false;
        return url_ipv6(a, slice_of(host.p + 1, host.n - 2), out);
    }
    if (!is_special)
        return opaque_host(a, host, out);
    struct slice s = url_decode(a, host);
    bool upper = false;
    unsigned seen = 0, bits = 0;
    for (size_t i = 0; i < s.n; i++) {
        seen |= (unsigned char)s.p[i];
        bits |= url_set[(unsigned char)s.p[i]];
        upper = upper || (s.p[i] >= 'A' && s.p[i] <= 'Z');
    }
    if (seen & 0x80) {
        if (!domain_to_ascii(a, utf8_clean(a, s), &s))
            return false;
        bits = 0;
        for (size_t i = 0; i < s.n; i++)
            bits |= url_set[(unsigned char)s.p[i]];
    } else if (upper) {
        s = arena_lower(a, s);
    }
    if (s.n == 0 || (bits & URL_SET_FORBIDDEN_DOMAIN))
        return false;
    int ip = url_ipv4(a, s, out);
    if (ip == 0)
        *out = s;
    return ip >= 0;
}
