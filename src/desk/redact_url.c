/* URLs without what names a person (research on exchange: canonical form). See redact.h. */
#include "base/buf.h"
#include "desk/redact_internal.h"
#include "mail/decode.h"
#include "mail/url.h"

#include <math.h>
#include <stdlib.h>

#define RANDOM_CHARS 16u
#define RANDOM_BITS  3.5 /* a character */
#define KEYS_MOST    32u
#define SEGMENTS     64u

/* Words joined by hyphens, as titles stand in addresses of pages, are no tokens. */
static bool is_slug(struct slice s)
{
    struct slice piece;
    while (slice_split(&s, '-', &piece)) {
        if (piece.n > 14)
            return false;
        for (size_t i = 0; i < piece.n; i++) {
            if (piece.p[i] < 'a' || piece.p[i] > 'z')
                return false;
        }
    }
    return true;
}

bool redact_is_random(struct slice s)
{
    unsigned count[256] = {0};
    double bits = 0;
    if (s.n < RANDOM_CHARS || is_slug(s))
        return false;
    for (size_t i = 0; i < s.n; i++)
        count[(unsigned char)s.p[i]]++;
    for (int i = 0; i < 256; i++) {
        double share = count[i] / (double)s.n;
        if (count[i])
            bits -= share * log2(share);
    }
    /* 16 different hexadecimal digits have at most 4 bits: they are random sooner */
    bool is_hex = true;
    for (size_t i = 0; i < s.n; i++)
        is_hex = is_hex && ascii_hex(s.p[i]) >= 0;
    return bits > (is_hex ? 2.5 : RANDOM_BITS);
}

static struct slice percent_decoded(struct arena *a, struct slice s)
{
    char *p = arena_bytes(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int hi = i + 2 < s.n && s.p[i] == '%' ? ascii_hex(s.p[i + 1]) : -1;
        int lo = hi >= 0 ? ascii_hex(s.p[i + 2]) : -1;
        p[n] = s.p[i];
        if (lo >= 0) {
            p[n] = (char)(hi * 16 + lo);
            i += 2;
        }
        n++;
    }
    return slice_of(p, n);
}

static bool decodes_to_address(struct arena *a, struct slice s)
{
    struct decode_result r = {0};
    if (s.n < 8 || s.n > 1024)
        return false;
    char *p = arena_bytes(a, s.n + 4), *flat = arena_bytes(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++) /* the form for URLs, too */
        flat[i] = (char)(s.p[i] == '-' ? '+' : s.p[i] == '_' ? '/' : s.p[i]);
    size_t n = decode_base64(slice_of(flat, s.n), p, s.n + 3, &r);
    if (r.junk == 0 && slice_chr(slice_of(p, n), '@') != SIZE_MAX)
        return true;
    if (s.n % 2)
        return false;
    for (size_t i = 0; i < s.n; i += 2) {
        int hi = ascii_hex(s.p[i]), lo = ascii_hex(s.p[i + 1]);
        if (hi < 0 || lo < 0)
            return false;
        if ((hi << 4 | lo) == '@')
            return true;
    }
    return false;
}

bool redact_is_code(struct redact *r, struct slice s)
{
    struct slice plain = percent_decoded(r->arena, s);
    return slice_chr(plain, '@') != SIZE_MAX || redact_is_random(plain) ||
           decodes_to_address(r->arena, plain);
}

bool redact_is_token(struct redact *r, struct slice s)
{
    return redact_is_code(r, s) || redact_holds_person(r, percent_decoded(r->arena, s));
}

static void add_path(struct redact *r, struct slice path, struct buf *b)
{
    struct slice piece;
    unsigned n = 0;
    if (slice_starts(path, SLICE("/")))
        path = slice_from(path, 1);
    if (path.n == 0)
        buf_chr(b, '/');
    while (n++ < SEGMENTS && slice_split(&path, '/', &piece)) {
        buf_chr(b, '/');
        if (piece.n && redact_is_token(r, piece)) {
            buf_chr(b, '*');
            r->hits++;
        } else {
            buf_add(b, piece);
        }
    }
}

static int by_text(const void *x, const void *y)
{
    return slice_cmp(*(const struct slice *)x, *(const struct slice *)y);
}

/* Names of the query alone, sorted, each once. */
static void add_query(struct redact *r, struct slice query, struct buf *b)
{
    struct slice keys[KEYS_MOST], pair;
    size_t n = 0;
    while (n < KEYS_MOST && slice_split(&query, '&', &pair)) {
        size_t eq = slice_chr(pair, '=');
        struct slice key = slice_head(pair, eq == SIZE_MAX ? pair.n : eq);
        if (key.n)
            keys[n++] = redact_is_token(r, key) ? SLICE("*") : key;
    }
    qsort(keys, n, sizeof(*keys), by_text);
    for (size_t i = 0, k = 0; i < n; i++) {
        if (i && slice_eq(keys[i - 1], keys[i]))
            continue;
        buf_chr(b, k++ ? '&' : '?');
        buf_add(b, keys[i]);
    }
}

struct slice redact_host(struct redact *r, const struct url *url)
{
    struct slice host = url->host, label;
    if (url->is_ip || url->domain.n == 0 || host.n <= url->domain.n)
        return host;
    /* The labels left of the domain that somebody registered are the sender's to choose. */
    struct slice left = slice_head(host, host.n - url->domain.n - 1);
    struct buf b = BUF_INIT(256);
    while (slice_split(&left, '.', &label)) {
        buf_add(&b, redact_is_token(r, label) ? SLICE("*") : label);
        buf_chr(&b, '.');
    }
    buf_add(&b, url->domain);
    host = arena_dup(r->arena, buf_slice(&b));
    buf_fini(&b);
    return host;
}

struct slice redact_url(struct redact *r, const struct url *url)
{
    bool is_web = slice_eq(url->scheme, SLICE("http")) || slice_eq(url->scheme, SLICE("https")) ||
                  slice_eq(url->scheme, SLICE("ftp"));
    if (!url->is_valid || !is_web || url->host.n == 0)
        return SLICE("");
    struct buf b = BUF_INIT(900);
    buf_add(&b, url->scheme);
    buf_str(&b, "://");
    buf_add(&b, redact_host(r, url));
    if (url->port >= 0)
        buf_printf(&b, ":%d", url->port);
    add_path(r, url->path, &b);
    add_query(r, url->query, &b);
    struct slice s = arena_dup(r->arena, buf_slice(&b));
    buf_fini(&b);
    return s;
}
