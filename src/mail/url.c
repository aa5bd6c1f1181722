/* URLs as browsers read them: the basic URL parser of WHATWG URL 4.4 and its serialiser 4.5.
 *
 * The standard's state machine walks code points; here the input is cut at its delimiters
 * first ('#', '?', the end of the authority), which gives the same result without a state per
 * byte. Percent-encoding writes straight into the serialised URL; the fields of `struct url`
 * are slices of it.
 */
#include "mail/url.h"

#include "base/bytes16.h"
#include "base/utf8.h"
#include "mail/url_parts.h"

#include <stdio.h>

/* What is being put together. Raw parts are not yet percent-encoded, `base_` parts are. */
struct draft {
    struct arena *a;
    struct slice scheme;
    bool is_special, is_file, is_opaque;
    bool has_host;
    struct slice host;
    struct slice user; /* encoded, "name:password" */
    int port;
    struct slice path_head; /* encoded, taken from the base */
    bool shorten;           /* drop the last segment of path_head */
    struct slice path;      /* raw */
    bool has_path;          /* `path` is to be read as segments behind path_head */
    struct slice query;     /* p == NULL: none */
    bool query_done;        /* is encoded (from the base) */
    struct slice fragment;
};

static int default_port(struct slice scheme)
{
    switch (scheme.n) {
    case 2:
        return memcmp(scheme.p, "ws", 2) == 0 ? 80 : -1;
    case 3:
        return memcmp(scheme.p, "ftp", 3) == 0 ? 21 : memcmp(scheme.p, "wss", 3) == 0 ? 443 : -1;
    case 4:
        return memcmp(scheme.p, "http", 4) == 0 ? 80 : memcmp(scheme.p, "file", 4) == 0 ? 0 : -1;
    case 5:
        return memcmp(scheme.p, "https", 5) == 0 ? 443 : -1;
    default:
        return -1;
    }
}

/* Without controls and spaces at both ends, and without tabs and line ends anywhere. */
static struct slice clean(struct arena *a, struct slice s)
{
    while (s.n && (unsigned char)s.p[0] <= ' ')
        s = slice_from(s, 1);
    while (s.n && (unsigned char)s.p[s.n - 1] <= ' ')
        s.n--;
    unsigned strip = 0, high = 0;
    for (size_t i = 0; i < s.n; i += BYTES16) {
        struct bytes16 b = bytes16_load(slice_from(s, i));
        strip |= bytes16_range(&b, '\t', '\n') | bytes16_is(&b, '\r');
        high |= bytes16_high(&b);
    }
    if (strip) {
        char *p = arena_bytes(a, s.n);
        size_t n = 0;
        for (size_t i = 0; i < s.n; i++)
            if (s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r')
                p[n++] = s.p[i];
        s = slice_of(p, n);
    }
    return high ? utf8_clean(a, s) : s;
}

/* Length of the scheme in front of ':', 0 when there is none. */
static size_t scheme_len(struct slice s)
{
    if (s.n == 0 || !ascii_is_alpha(s.p[0]))
        return 0;
    size_t i = 1;
    while (i < s.n && (ascii_is_alnum(s.p[i]) || s.p[i] == '+' || s.p[i] == '-' || s.p[i] == '.'))
        i++;
    return i < s.n && s.p[i] == ':' ? i : 0;
}

static bool is_slash(const struct draft *d, struct slice s, size_t i)
{
    return i < s.n && (s.p[i] == '/' || (d->is_special && s.p[i] == '\\'));
}

/* The first slash, or the end. */
static size_t slash_or_end(const struct draft *d, struct slice s)
{
    for (size_t i = 0; i < s.n; i += BYTES16) {
        struct bytes16 b = bytes16_load(slice_from(s, i));
        unsigned hit = bytes16_is(&b, '/') | (d->is_special ? bytes16_is(&b, '\\') : 0);
        if (hit)
            return i + bytes16_first(hit);
    }
    return s.n;
}

/* Alpha and ':' or '|'; `whole`: nothing behind, else only a slash or the end. */
static bool is_drive(struct slice s, bool whole)
{
    if (s.n < 2 || !ascii_is_alpha(s.p[0]) || (s.p[1] != ':' && s.p[1] != '|'))
        return false;
    return s.n == 2 || (!whole && (s.p[2] == '/' || s.p[2] == '\\'));
}

static bool base_has_host(const struct url *u)
{
    return u->whole.n >= u->scheme.n + 3 && u->whole.p[u->scheme.n + 1] == '/' &&
           u->whole.p[u->scheme.n + 2] == '/';
}

static bool base_is_opaque(const struct url *u)
{
    return !base_has_host(u) && (u->path.n == 0 || u->path.p[0] != '/');
}

static bool read_port(struct draft *d, struct slice s)
{
    int v = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_digit(s.p[i]))
            return false;
        v = v * 10 + (s.p[i] - '0');
        if (v > 65535)
            return false;
    }
    d->port = s.n == 0 || (d->is_special && v == default_port(d->scheme)) ? -1 : v;
    return true;
}

static void read_user(struct draft *d, struct slice s)
{
    size_t colon = slice_chr(s, ':');
    struct slice name = slice_head(s, colon), pass = {0};
    if (colon != SIZE_MAX)
        pass = slice_from(s, colon + 1);
    if (name.n == 0 && pass.n == 0)
        return;
    char *p = arena_bytes(d->a, s.n * 3 + 1);
    size_t n = url_encode(p, name, URL_SET_USERINFO);
    if (pass.n) {
        p[n++] = ':';
        n += url_encode(p + n, pass, URL_SET_USERINFO);
    }
    d->user = slice_of(p, n);
}

/* What stands in front of the path: the path of a special URL has a leading slash to skip. */
static void path_start(struct draft *d, struct slice rest)
{
    if (is_slash(d, rest, 0))
        rest = slice_from(rest, 1);
    else if (rest.n == 0 && !d->is_special)
        return;
    d->path = rest;
    d->has_path = true;
}

static bool authority(struct draft *d, struct slice rest)
{
    size_t end = slash_or_end(d, rest), colon = SIZE_MAX;
    struct slice host = slice_head(rest, end);
    if (slice_chr(host, '@') != SIZE_MAX) {
        size_t at = slice_rchr(host, '@');
        read_user(d, slice_head(host, at));
        host = slice_from(host, at + 1);
        if (host.n == 0)
            return false;
    }
    bool in_brackets = false;
    bool has_colon = slice_chr(host, ':') != SIZE_MAX;
    for (size_t i = 0; has_colon && i < host.n && colon == SIZE_MAX; i++) {
        if (host.p[i] == '[')
            in_brackets = true;
        else if (host.p[i] == ']')
            in_brackets = false;
        else if (host.p[i] == ':' && !in_brackets)
            colon = i;
    }
    struct slice name = slice_head(host, colon);
    if (name.n == 0 && (d->is_special || colon != SIZE_MAX))
        return false;
    d->has_host = true;
    if (name.n && !url_host(d->a, name, d->is_special, &d->host))
        return false;
    if (colon != SIZE_MAX && !read_port(d, slice_from(host, colon + 1)))
        return false;
    path_start(d, slice_from(rest, end));
    return true;
}

static bool authority_after_slashes(struct draft *d, struct slice rest)
{
    while (is_slash(d, rest, 0))
        rest = slice_from(rest, 1);
    return authority(d, rest);
}

static void take_query(struct draft *d, const struct url *base)
{
    if (d->query.p == NULL) {
        d->query = base->query;
        d->query_done = true;
    }
}

static bool file_host(struct draft *d, struct slice rest)
{
    size_t end = slash_or_end(d, rest);
    struct slice host = slice_head(rest, end);
    if (is_drive(host, true)) { /* "file://C:/x": no host */
        d->path = rest;
        d->has_path = true;
        return true;
    }
    if (host.n) {
        if (!url_host(d->a, host, true, &d->host))
            return false;
        if (slice_eq(d->host, SLICE("localhost")))
            d->host = (struct slice){0};
    }
    path_start(d, slice_from(rest, end));
    return true;
}

static bool file_url(struct draft *d, struct slice rest, const struct url *base)
{
    bool from_file = base && slice_eq(base->scheme, SLICE("file"));
    d->has_host = true;
    if (is_slash(d, rest, 0)) {
        if (is_slash(d, rest, 1))
            return file_host(d, slice_from(rest, 2));
        d->path = slice_from(rest, 1);
        d->has_path = true;
        if (from_file) {
            d->host = base->host;
            struct slice first = slice_from(base->path, 1);
            size_t n = slice_chr(first, '/');
            first = slice_head(first, n);
            if (!is_drive(d->path, false) && is_drive(first, true) && first.p[1] == ':')
                d->path_head = slice_head(base->path, first.n + 1);
        }
        return true;
    }
    if (from_file) {
        d->host = base->host;
        d->path_head = base->path;
        if (rest.n == 0) {
            take_query(d, base);
            return true;
        }
        if (is_drive(rest, false))
            d->path_head = (struct slice){0};
        else
            d->shorten = true;
    }
    d->path = rest;
    d->has_path = true;
    return true;
}

static void take_authority(struct draft *d, const struct url *base)
{
    d->has_host = base_has_host(base);
    d->host = base->host;
    d->user = base->user;
    d->port = base->port;
}

static bool relative(struct draft *d, struct slice rest, const struct url *base)
{
    if (is_slash(d, rest, 0)) {
        if (is_slash(d, rest, 1))
            return d->is_special ? authority_after_slashes(d, rest)
                                 : authority(d, slice_from(rest, 2));
        take_authority(d, base);
        d->path = slice_from(rest, 1);
        d->has_path = true;
        return true;
    }
    take_authority(d, base);
    d->path_head = base->path;
    if (rest.n == 0) {
        take_query(d, base);
        return true;
    }
    d->shorten = true;
    d->path = rest;
    d->has_path = true;
    return true;
}

static bool with_scheme(struct draft *d, struct slice rest, const struct url *base)
{
    if (d->is_file)
        return file_url(d, rest, base);
    if (d->is_special) {
        if (base && slice_eq(base->scheme, d->scheme) &&
            !(is_slash(d, rest, 0) && rest.p[0] == '/' && rest.n > 1 && rest.p[1] == '/'))
            return relative(d, rest, base);
        return authority_after_slashes(d, rest);
    }
    if (rest.n && rest.p[0] == '/') {
        if (rest.n > 1 && rest.p[1] == '/')
            return authority(d, slice_from(rest, 2));
        d->path = slice_from(rest, 1);
        d->has_path = true;
        return true;
    }
    d->is_opaque = true;
    d->path = rest;
    return true;
}

static void set_scheme(struct draft *d, struct slice scheme)
{
    d->scheme = scheme;
    int port = default_port(scheme);
    d->is_special = port >= 0;
    d->is_file = port == 0;
}

/* Cuts the input into a draft; false: failure. */
static bool cut(struct draft *d, struct slice in, const struct url *base)
{
    size_t hash = slice_chr(in, '#');
    if (hash != SIZE_MAX) {
        d->fragment = slice_from(in, hash + 1);
        in.n = hash;
    }
    size_t mark = slice_chr(in, '?');
    if (mark != SIZE_MAX) {
        d->query = slice_from(in, mark + 1);
        in.n = mark;
    }
    size_t n = scheme_len(in);
    if (n) {
        struct slice scheme = slice_head(in, n);
        for (size_t i = 0; i < n; i++)
            if (scheme.p[i] >= 'A' && scheme.p[i] <= 'Z') {
                scheme = arena_lower(d->a, scheme);
                break;
            }
        set_scheme(d, scheme);
        return with_scheme(d, slice_from(in, n + 1), base);
    }
    if (!base || !base->is_valid)
        return false;
    set_scheme(d, base->scheme);
    if (base_is_opaque(base)) {
        if (in.n || mark != SIZE_MAX || hash == SIZE_MAX)
            return false;
        d->is_opaque = true;
        d->path_head = base->path;
        take_query(d, base);
        return true;
    }
    return d->is_file ? file_url(d, in, base) : relative(d, in, base);
}

/* Is the segment "." (1) or ".." (2), also with %2e? Else 0. */
static int dots(struct slice s)
{
    int n = 0;
    while (s.n) {
        if (s.p[0] == '.')
            s = slice_from(s, 1);
        else if (s.n >= 3 && s.p[0] == '%' && s.p[1] == '2' && (s.p[2] | 32) == 'e')
            s = slice_from(s, 3);
        else
            return 0;
        if (++n > 2)
            return 0;
    }
    return n;
}

/* Length of the path without its last segment; a lone drive letter of a file URL stays. */
static size_t shortened(const struct draft *d, const char *path, size_t n)
{
    if (d->is_file && n == 3 && ascii_is_alpha(path[1]) && path[2] == ':')
        return n;
    while (n && path[n - 1] != '/')
        n--;
    return n ? n - 1 : 0;
}

/* Is each segment of the raw path written as it stands, with its slash in front? */
static bool is_plain_path(const struct draft *d)
{
    unsigned special = 0, after_slash = 1;
    for (size_t i = 0; i < d->path.n; i += BYTES16) {
        struct bytes16 b = bytes16_load(slice_from(d->path, i));
        unsigned starts = bytes16_is(&b, '/') << 1 | after_slash;
        special |= starts & (bytes16_is(&b, '.') | bytes16_is(&b, '%')); /* may be "." or ".." */
        special |= bytes16_is(&b, '\\');
        after_slash = starts >> BYTES16;
    }
    return special == 0 && !d->is_file;
}

/* Writes the path behind what stands there already; returns its length. */
static size_t write_path(const struct draft *d, char *out)
{
    size_t n = d->path_head.n;
    if (n)
        memcpy(out, d->path_head.p, n);
    if (d->is_opaque) {
        size_t add = url_encode(out + n, d->path, URL_SET_C0);
        /* A space before '?' or '#' would be lost when read again: it is encoded. */
        if (add && out[n + add - 1] == ' ') {
            memcpy(out + n + add - 1, "%20", 3);
            add += 2;
        }
        return n + add;
    }
    if (d->shorten)
        n = shortened(d, out, n);
    if (d->has_path && is_plain_path(d)) {
        out[n++] = '/';
        return n + url_encode(out + n, d->path, URL_SET_PATH);
    }
    struct slice rest = d->path;
    bool more = d->has_path;
    while (more) {
        size_t end = slash_or_end(d, rest);
        struct slice seg = slice_head(rest, end);
        more = end < rest.n;
        rest = slice_from(rest, end + 1);
        int dot = dots(seg);
        if (dot == 2)
            n = shortened(d, out, n);
        if (dot) {
            if (!more)
                out[n++] = '/';
            continue;
        }
        bool drive = d->is_file && n == 0 && is_drive(seg, true);
        out[n++] = '/';
        n += url_encode(out + n, seg, URL_SET_PATH);
        if (drive)
            out[n - 1] = ':';
    }
    return n;
}

static struct slice put(char **at, struct slice s)
{
    if (s.n)
        memcpy(*at, s.p, s.n);
    struct slice r = slice_of(*at, s.n);
    *at += s.n;
    return r;
}

static struct slice put_encoded(char **at, struct slice s, unsigned set)
{
    struct slice r = slice_of(*at, url_encode(*at, s, set));
    *at += r.n;
    return r;
}

static void serialise(const struct draft *d, struct url *u)
{
    size_t room = d->scheme.n + d->user.n + d->host.n + d->path_head.n + 32 +
                  3 * (d->path.n + d->query.n + d->fragment.n) + 3;
    char *start = arena_bytes(d->a, room), *at = start;
    u->scheme = put(&at, d->scheme);
    *at++ = ':';
    if (d->has_host) {
        at[0] = at[1] = '/';
        at += 2;
        if (d->user.n) {
            u->user = put(&at, d->user);
            *at++ = '@';
        }
        u->host = put(&at, d->host);
        if (d->port >= 0) {
            *at++ = ':';
            at += snprintf(at, 8, "%d", d->port);
        }
    }
    size_t n = write_path(d, at);
    if (!d->has_host && !d->is_opaque && n > 1 && at[0] == '/' && at[1] == '/') {
        memmove(at + 2, at, n); /* "/." keeps the path from being read as a host */
        memcpy(at, "/.", 2);
        at += 2;
    }
    u->path = slice_of(at, n);
    at += n;
    if (d->query.p) {
        *at++ = '?';
        u->query = d->query_done
                       ? put(&at, d->query)
                       : put_encoded(&at, d->query,
                                     d->is_special ? URL_SET_SPECIAL_QUERY : URL_SET_QUERY);
    }
    if (d->fragment.p) {
        *at++ = '#';
        u->fragment = put_encoded(&at, d->fragment, URL_SET_FRAGMENT);
    }
    u->whole = slice_of(start, (size_t)(at - start));
    u->port = d->port;
    u->is_valid = true;
}

bool url_parse(struct arena *a, struct slice input, const struct url *base, struct url *out)
{
    struct draft d = {.a = a, .port = -1};
    struct slice in = clean(a, input);
    if (in.p == NULL)
        in.p = "";
    struct url result = {.raw = input, .port = -1};
    bool ok = cut(&d, in, base && base->is_valid ? base : NULL);
    if (ok) {
        serialise(&d, &result);
        result.is_ip = url_host_is_ip(result.host) && (d.is_special || result.host.p[0] == '[');
        result.uhost = d.is_special ? url_host_unicode(a, result.host) : result.host;
        if (!result.is_ip)
            result.domain = url_org_domain(a, result.host);
    }
    *out = result;
    return ok;
}
