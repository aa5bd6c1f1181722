/* URLs and bare hosts in running text, as mail programs turn them into links.
 *
 * The text is searched for '.', ':' and '[' only; from there the candidate is read backwards to
 * its start (never past the end of the last candidate) and forwards to its end, so the work is
 * linear. Behind a scheme any host counts, since a browser would open it; a bare host must end
 * in a name of the public suffix list. Scripts written without spaces (Han, Kana, Hangul, Thai)
 * end a bare host and a path. Trailing punctuation and unmatched brackets do not belong to it.
 */
#include "mail/url.h"

#include "base/bytes16.h"
#include "base/utf8.h"

enum kind {
    KIND_STOP, /* belongs to no URL */
    KIND_HOST, /* ASCII letter, digit, '-', '_' */
    KIND_DOT,
    KIND_LETTER, /* letter of a script written with spaces */
    KIND_DENSE,  /* letter of a script written without spaces */
    KIND_SYMBOL  /* may stand in a host behind a scheme, and in a path */
};

/* The kind of a code point above ASCII. */
static enum kind kind_of(uint32_t c)
{
    if (c < 0xAA || c == 0xAB || c == 0xAD || c == 0xBB || c == UTF8_BAD)
        return KIND_STOP;
    if (c < 0x2000) {
        bool dense = (c >= 0xE00 && c < 0xF00) || (c >= 0x1000 && c < 0x10A0) ||
                     (c >= 0x1100 && c < 0x1200) || (c >= 0x1780 && c < 0x1800);
        if (c == 0x60C || c == 0x61B || c == 0x61C || c == 0x61F || c == 0x6D4 || c == 0x1680)
            return KIND_STOP;
        return c == 0x964 || c == 0x965 ? KIND_STOP : dense ? KIND_DENSE : KIND_LETTER;
    }
    if (c < 0x2070) /* general punctuation: only the dashes may stand in a path */
        return c >= 0x2010 && c <= 0x2015 ? KIND_SYMBOL : KIND_STOP;
    if (c < 0x2E80)
        return c >= 0x2C00 && c < 0x2E00 ? KIND_LETTER : KIND_SYMBOL;
    if (c >= 0x3000 && c < 0x3040)
        return c >= 0x3005 && c <= 0x3007 ? KIND_DENSE : KIND_STOP;
    if (c >= 0xFE00 && c <= 0xFFEF) {
        bool alnum = (c >= 0xFF10 && c <= 0xFF19) || (c >= 0xFF21 && c <= 0xFF3A) ||
                     (c >= 0xFF41 && c <= 0xFF5A);
        return alnum || (c >= 0xFE70 && c < 0xFEFF) ? KIND_LETTER
               : c >= 0xFF66 && c <= 0xFFDC         ? KIND_DENSE
                                                    : KIND_STOP;
    }
    if (c >= 0xE000 && c < 0xF900)
        return KIND_STOP;
    return c >= 0x1F000 && c < 0x20000   ? KIND_SYMBOL
           : c >= 0x10000 && c < 0x16000 ? KIND_LETTER
                                         : KIND_DENSE;
}

static bool is_next(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

static uint32_t long_point(struct slice s, size_t *out_n)
{
    struct slice rest = s;
    uint32_t c = (unsigned char)s.p[0];
    /* E0 and ED have forms that are not valid. */
    if (c > 0xE0 && c < 0xF0 && c != 0xED && s.n > 2 && is_next(s.p[1]) && is_next(s.p[2])) {
        *out_n = 3;
        return (c & 0xF) << 12 | ((unsigned char)s.p[1] & 0x3Fu) << 6 |
               ((unsigned char)s.p[2] & 0x3Fu);
    }
    c = utf8_next(&rest, NULL);
    *out_n = s.n - rest.n;
    return c;
}

/* The code point at the front of s, and its bytes; those of two bytes are read without a call. */
static inline uint32_t point_at(struct slice s, size_t *out_n)
{
    uint32_t c = (unsigned char)s.p[0];
    if (c < 0xC2 || c >= 0xE0 || s.n < 2 || !is_next(s.p[1]))
        return long_point(s, out_n);
    *out_n = 2;
    return (c & 0x1F) << 6 | ((unsigned char)s.p[1] & 0x3Fu);
}

static bool is_host_char(char c)
{
    return ascii_is_alnum(c) || c == '-' || c == '_';
}

/* Length of "[.]", "(.)", "[dot]" and the like at i, of "[." and ".]", else 0. */
static size_t defanged_dot(struct slice t, size_t i)
{
    char c = t.p[i], next = i + 1 < t.n ? t.p[i + 1] : ' ';
    if (c == '.')
        return next == ']' ? 2 : 0;
    char closing = c == '[' ? ']' : c == '(' ? ')' : c == '{' ? '}' : '\0';
    if (closing == '\0')
        return 0;
    if (next == '.')
        return i + 2 < t.n && t.p[i + 2] == closing ? 3 : c == '[' ? 2 : 0;
    bool is_word = i + 4 < t.n && slice_ieq(slice_of(t.p + i + 1, 3), SLICE("dot"));
    return is_word && t.p[i + 4] == closing ? 5 : 0;
}

/* Start of the bare host that holds the dot at `dot`, not before `low`. */
static size_t back(struct slice t, size_t dot, size_t low)
{
    size_t i = dot;
    while (i > low) {
        char c = t.p[i - 1];
        if (is_host_char(c)) {
            i--;
            continue;
        }
        if (!(c & 0x80))
            break;
        size_t k = i - 1;
        while (k > low && i - k < 4 && is_next(t.p[k]))
            k--;
        size_t n;
        if (kind_of(point_at(slice_of(t.p + k, i - k), &n)) != KIND_LETTER || n != i - k)
            break;
        i = k;
    }
    return i;
}

struct host {
    size_t end;     /* behind its last label */
    size_t run_end; /* behind all that was looked at */
    size_t last;    /* start of its last label */
    size_t labels;
    bool is_defanged;
    size_t dense; /* where the first dense or symbol character stands, or SIZE_MAX */
};

/* Reads labels and dots from `i` on. `wide`: any letter and symbol may stand in it. */
static struct host read_host(struct slice t, size_t i, bool wide)
{
    struct host h = {.end = i, .last = i, .dense = SIZE_MAX};
    bool in_label = false;
    size_t label = i;
    while (i < t.n) {
        size_t len = 1;
        enum kind kind = KIND_STOP;
        char c = t.p[i];
        if (is_host_char(c)) {
            kind = KIND_HOST;
        } else if (c == '.' && !(i + 1 < t.n && t.p[i + 1] == ']')) {
            kind = KIND_DOT;
        } else if (c & 0x80) {
            uint32_t v = point_at(slice_from(t, i), &len);
            kind = kind_of(v);
            if (wide && (v == 0x3002 || v == 0xFF0E || v == 0xFF61) && i + len < t.n &&
                ascii_is_alnum(t.p[i + len]))
                kind = KIND_DOT;
        } else if (in_label && (len = defanged_dot(t, i)) != 0) {
            kind = KIND_DOT;
            h.is_defanged = true;
        }
        if (kind == KIND_STOP || (kind >= KIND_DENSE && !wide))
            break;
        if (kind == KIND_DOT) {
            if (!in_label)
                break;
            in_label = false;
        } else {
            if (kind >= KIND_DENSE && h.dense == SIZE_MAX)
                h.dense = i;
            if (!in_label) {
                label = i;
                h.labels++;
            }
            in_label = true;
            h.last = label;
            h.end = i + len;
        }
        i += len;
    }
    h.run_end = i;
    return h;
}

/* Length of the dense-script top level name at the front of s ("みんな"), or 0. */
static size_t dense_tld(struct slice s)
{
    size_t at = 0, n;
    for (int k = 0; k < 8 && at < s.n && (s.p[at] & 0x80); k++) {
        if (kind_of(point_at(slice_from(s, at), &n)) != KIND_DENSE)
            return 0;
        struct slice head = slice_head(s, at += n);
        if (url_is_suffix(head))
            return head.n;
    }
    return 0;
}

/* Behind host (and port): the path, query and fragment, without trailing punctuation. */
static size_t path_end(struct slice t, size_t i)
{
    size_t end = i;
    int depth[3] = {0};
    bool may_end = true;
    while (i < t.n) {
        unsigned char c = (unsigned char)t.p[i];
        size_t len = 1;
        if (c & 0x80) {
            enum kind kind = kind_of(point_at(slice_from(t, i), &len));
            if (kind == KIND_STOP || kind == KIND_DENSE)
                break;
            may_end = true;
        } else if (ascii_is_alnum((char)c)) { /* nearly all */
            may_end = true;
        } else if (c <= ' ' || c == 0x7F || c == '<' || c == '>' || c == '"' || c == '`') {
            break;
        } else if (c == '(' || c == '[' || c == '{') {
            depth[c == '(' ? 0 : c == '[' ? 1 : 2]++;
            may_end = false;
        } else if (c == ')' || c == ']' || c == '}') {
            if (--depth[c == ')' ? 0 : c == ']' ? 1 : 2] < 0)
                break;
            may_end = true;
        } else {
            may_end = !strchr(".,;:!?'*|", c);
        }
        i += len;
        if (may_end)
            end = i;
    }
    return end;
}

/* Port and path behind a host that ends at i. */
static size_t tail_end(struct slice t, size_t i)
{
    size_t k = i;
    if (k + 1 < t.n && t.p[k] == ':' && ascii_is_digit(t.p[k + 1])) {
        k++;
        while (k < t.n && k - i < 6 && ascii_is_digit(t.p[k]))
            k++;
        i = k;
    }
    if (i < t.n && (t.p[i] == '/' || t.p[i] == '?' || t.p[i] == '#' || t.p[i] == '\\')) {
        size_t end = path_end(t, i);
        return end > i ? end : t.p[i] == '/' ? i + 1 : i;
    }
    return i;
}

/* 1: a scheme of links ends at i; 2: a defanged one; 0: none. */
static int scheme_before(struct slice t, size_t i, size_t low, size_t *out_start)
{
    static const char *const known[] = {"http", "https", "ftp",  "ftps",
                                        "hxxp", "hxxps", "hxtp", "fxp"};
    size_t start = i;
    while (start > low && i - start < 7 && ascii_is_alnum(t.p[start - 1]))
        start--;
    struct slice s = slice_of(t.p + start, i - start);
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        if (slice_ieq(s, slice_str(known[k]))) {
            *out_start = start;
            return k < 4 ? 1 : 2;
        }
    }
    return 0;
}

/* Behind "http://": finds the end; false: no host there. */
static bool with_scheme(struct slice t, size_t i, struct url_hit *hit)
{
    size_t stop = i, at = SIZE_MAX;
    while (stop < t.n && stop - i < 512) {
        char c = t.p[stop];
        if ((unsigned char)c <= ' ' || (!is_host_char(c) && strchr("/\\?#<>\"`", c)))
            break;
        if (c == '@')
            at = stop;
        stop++;
    }
    if (at != SIZE_MAX)
        i = at + 1;
    if (i < t.n && t.p[i] == '[') {
        size_t k = i + 1;
        while (k < t.n && k - i < 50 && (ascii_hex(t.p[k]) >= 0 || t.p[k] == ':' || t.p[k] == '.'))
            k++;
        if (k - i > 2 && k < t.n && t.p[k] == ']') {
            hit->end = tail_end(t, k + 1);
            return true;
        }
        return false;
    }
    if (i < t.n && t.p[i] == '%') /* percent-encoded host */
        return (hit->end = path_end(t, i)) > i;
    struct host h = read_host(t, i, true);
    if (h.labels == 0)
        return false;
    hit->is_defanged = hit->is_defanged || h.is_defanged;
    size_t end = h.end;
    if (h.dense != SIZE_MAX && !url_is_suffix(slice_of(t.p + h.last, h.end - h.last))) {
        struct host narrow = read_host(t, i, false);
        if (narrow.labels > 1 &&
            url_is_suffix(slice_of(t.p + narrow.last, narrow.end - narrow.last)))
            end = narrow.end; /* "http://example.comだよね" */
    }
    hit->end = tail_end(t, end);
    return true;
}

/* Does a mail address go on behind i ("name.al+x@...")? */
static bool is_local_part(struct slice t, size_t i)
{
    for (size_t k = i; k < t.n && k - i < 64; k++) {
        char c = t.p[k];
        if (c == '@')
            return true;
        if (!is_host_char(c) && c != '+' && c != '.' && c != '=')
            return false;
    }
    return false;
}

/* "ends here.Next one": small letters, then a top level name that only begins with a capital. */
static bool is_sentence_end(struct slice t, size_t start, size_t last, size_t end)
{
    char first = t.p[start], a = t.p[last], b = last + 1 < end ? t.p[last + 1] : 'A';
    return a >= 'A' && a <= 'Z' && b >= 'a' && b <= 'z' && !(first >= 'A' && first <= 'Z');
}

/* The host without scheme that starts at `start`; *out_next is where to go on. */
static bool bare_host(struct slice t, size_t start, struct url_hit *hit, size_t *out_next)
{
    struct host h = read_host(t, start, false);
    *out_next = h.run_end;
    char before = start ? t.p[start - 1] : ' ';
    if (h.labels == 0 || strchr("@#$/=&%\\", before))
        return false;
    size_t end = h.end;
    bool dense = false;
    if (h.run_end > h.end && h.run_end < t.n && (t.p[h.run_end] & 0x80)) {
        size_t n = dense_tld(slice_from(t, h.run_end));
        dense = n != 0;
        end = dense ? h.run_end + n : end;
    }
    if (!dense && (h.labels < 2 || !url_is_suffix(slice_of(t.p + h.last, h.end - h.last))))
        return false;
    if (t.p[start] == '-' || t.p[start] == '_' || is_sentence_end(t, start, h.last, h.end))
        return false;
    if (end < t.n && (t.p[end] == '@' || t.p[end] == '+') && is_local_part(t, end)) {
        while (*out_next < t.n && t.p[*out_next] != '@')
            (*out_next)++;
        return false;
    }
    *hit = (struct url_hit){.start = start, .end = tail_end(t, end), .is_defanged = h.is_defanged};
    return true;
}

/* "://" or a defanged form of it at i: its length, else 0. */
static size_t after_scheme(struct slice t, size_t i)
{
    struct slice s = slice_from(t, i);
    if (s.n >= 3 && s.p[0] == ':' && (s.p[1] == '/' || s.p[1] == '\\') &&
        (s.p[2] == '/' || s.p[2] == '\\'))
        return 3;
    if (slice_starts(s, SLICE("[:]//")))
        return 5;
    return slice_starts(s, SLICE("[://]")) ? 5 : 0;
}

/* Where a search stops to look. */
static const bool marks[256] = {
    ['.'] = true, [':'] = true, ['['] = true, ['('] = true, ['{'] = true};

/* The first of them from i on, or a place behind the end. */
static size_t next_mark(struct slice t, size_t i)
{
    for (; i < t.n; i += BYTES16) {
        struct bytes16 b = bytes16_load(slice_from(t, i));
        unsigned hit = bytes16_is(&b, '.') | bytes16_is(&b, ':') | bytes16_is(&b, '[') |
                       bytes16_is(&b, '(') | bytes16_is(&b, '{');
        if (hit)
            return i + bytes16_first(hit);
    }
    return i;
}

bool url_find(struct slice t, size_t *at, bool bare_hosts, struct url_hit *out)
{
    size_t low = *at;
    for (size_t i = next_mark(t, low); i < t.n; i = next_mark(t, i + 1)) {
        char c = t.p[i];
        size_t skip = c == ':' || c == '[' ? after_scheme(t, i) : 0;
        struct url_hit hit = {0};
        int scheme = skip ? scheme_before(t, i, low, &hit.start) : 0;
        if (scheme) {
            hit.has_scheme = true;
            hit.is_defanged = scheme == 2 || skip != 3;
            if (with_scheme(t, i + skip, &hit)) {
                *at = hit.end;
                *out = hit;
                return true;
            }
            low = i + skip;
            i = low - 1;
            continue;
        }
        if (!bare_hosts || c == ':' || (c != '.' && !defanged_dot(t, i)))
            continue;
        if (c == '.' && i + 1 < t.n && ascii_is_space(t.p[i + 1]))
            continue;
        size_t start = back(t, i, low), next = i + 1;
        if (start < i && bare_host(t, start, &hit, &next)) {
            *at = hit.end;
            *out = hit;
            return true;
        }
        low = next > i ? next : i + 1;
        i = low - 1;
    }
    *at = t.n;
    return false;
}

struct slice url_refang(struct arena *a, struct slice s)
{
    char *p = arena_bytes(a, s.n + 1);
    size_t n = 0, i = 0;
    if (slice_istarts(s, SLICE("hxxp")) || slice_istarts(s, SLICE("hxtp"))) {
        memcpy(p, "http", 4);
        n = i = 4;
    } else if (slice_istarts(s, SLICE("fxp"))) {
        memcpy(p, "ftp", 3);
        n = i = 3;
    }
    while (i < s.n) {
        struct slice rest = slice_from(s, i);
        size_t len;
        if (!marks[(unsigned char)s.p[i]]) { /* nearly all bytes */
            p[n++] = s.p[i++];
            continue;
        }
        if (slice_starts(rest, SLICE("[:]"))) {
            p[n++] = ':';
            i += 3;
        } else if (slice_starts(rest, SLICE("[://]"))) {
            memcpy(p + n, "://", 3);
            n += 3;
            i += 5;
        } else if ((len = defanged_dot(s, i)) != 0) {
            p[n++] = '.';
            i += len;
        } else {
            p[n++] = s.p[i++];
        }
    }
    return slice_of(p, n);
}
