/* SPF macros (RFC 7208 section 7; RFC 8616 section 4 for names and local parts beyond ASCII). */
#include "auth/spf_internal.h"

#include "base/buf.h"

#include <stdio.h>

#define NAME_BYTES 253

struct macro {
    char letter;
    bool is_escaped; /* written as a capital: URL escape */
    bool is_reversed;
    unsigned keep; /* parts from the right; 0: all */
    struct slice delimiters;
};

static bool is_delimiter(char c)
{
    return c == '.' || c == '-' || c == '+' || c == ',' || c == '/' || c == '_' || c == '=';
}

/* Reads "%{...}" at the front of s; 0: bad syntax, else its length. */
static size_t read_macro(struct slice s, bool is_exp, struct macro *out)
{
    size_t at = 2;
    *out = (struct macro){0};
    if (s.n < 4 || s.p[0] != '%' || s.p[1] != '{')
        return 0;
    char c = s.p[at++];
    out->letter = ascii_lower(c);
    out->is_escaped = c != out->letter;
    if (!ascii_is_alpha(c) ||
        !memchr(is_exp ? "slodiphvcrt" : "slodiphv", out->letter, is_exp ? 11u : 8u))
        return 0;
    bool has_digits = at < s.n && ascii_is_digit(s.p[at]);
    for (; at < s.n && ascii_is_digit(s.p[at]); at++)
        if (out->keep < 1000)
            out->keep = out->keep * 10 + (unsigned)(s.p[at] - '0');
    if (has_digits && out->keep == 0)
        return 0;
    if (at < s.n && ascii_lower(s.p[at]) == 'r') {
        out->is_reversed = true;
        at++;
    }
    size_t from = at;
    while (at < s.n && is_delimiter(s.p[at]))
        at++;
    out->delimiters = slice_of(s.p + from, at - from);
    return at < s.n && s.p[at] == '}' ? at + 1 : 0;
}

/* ".toplabel" or ".toplabel." at the end of literal text: letters, digits and inner hyphens with
 * at least one that is no digit. */
static bool ends_in_toplabel(struct slice s)
{
    if (s.n && s.p[s.n - 1] == '.')
        s.n--;
    size_t dot = slice_rchr(s, '.');
    if (dot == SIZE_MAX)
        return false;
    struct slice top = slice_from(s, dot + 1);
    bool has_other = false;
    for (size_t i = 0; i < top.n; i++) {
        if (!ascii_is_alnum(top.p[i]) && top.p[i] != '-')
            return false;
        has_other |= !ascii_is_digit(top.p[i]);
    }
    return top.n && has_other && top.p[0] != '-' && top.p[top.n - 1] != '-';
}

bool spf_macro_ok(struct slice s, bool is_name, bool is_exp)
{
    size_t literal = 0; /* where the text behind the last macro begins */
    struct macro m;
    for (size_t at = 0; at < s.n;) {
        unsigned char c = (unsigned char)s.p[at];
        if (c != '%') {
            if (c > 0x7e || c < (is_exp ? 0x20 : 0x21))
                return false;
            at++;
            continue;
        }
        if (at + 1 < s.n && memchr("%_-", s.p[at + 1], 3)) {
            at += 2;
        } else {
            size_t n = read_macro(slice_from(s, at), is_exp, &m);
            if (n == 0)
                return false;
            at += n;
        }
        literal = at;
    }
    if (!is_name)
        return true;
    return s.n && ((literal && literal == s.n) || ends_in_toplabel(slice_from(s, literal)));
}

/* "192.0.2.1", or the 32 nibbles of an IPv6 address with dots (%{i}). */
static struct slice ip_text(const struct spf_run *r, bool is_readable)
{
    char text[80];
    size_t n = 0;
    if (is_readable || r->ip.is_v4)
        return slice_of(arena_cstr(r->in->arena, slice_of(text, ip_format(&r->ip, text))),
                        ip_format(&r->ip, text));
    for (size_t i = 0; i < 16; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%X.%X%s", r->ip.byte[i] >> 4,
                              r->ip.byte[i] & 15u, i < 15 ? "." : "");
    return arena_dup(r->in->arena, slice_of(text, n));
}

/* What a letter stands for. false: an answer is missing. */
static bool letter_value(struct spf_run *r, char letter, struct slice domain, struct slice *out)
{
    switch (letter) {
    case 's':
        *out = arena_printf(r->in->arena, "%.*s@%.*s", SLICE_ARG(r->local),
                            SLICE_ARG(r->sender_domain));
        break;
    case 'l':
        *out = r->local;
        break;
    case 'o':
        *out = r->sender_domain;
        break;
    case 'd':
        *out = domain;
        break;
    case 'i':
        *out = ip_text(r, false);
        break;
    case 'c':
        *out = ip_text(r, true);
        break;
    case 'v':
        *out = r->ip.is_v4 ? SLICE("in-addr") : SLICE("ip6");
        break;
    case 'h':
        *out = r->in->helo;
        break;
    case 'r':
        *out = r->in->receiver.n ? r->in->receiver : SLICE("unknown");
        break;
    case 't':
        *out = arena_printf(r->in->arena, "%lld", (long long)r->in->now);
        break;
    default: /* p */
        if (!spf_validated(r, domain, true, out))
            return false;
        if (out->n == 0)
            *out = SLICE("unknown");
    }
    return true;
}

static void add_escaped(struct buf *b, struct slice s, bool is_escaped)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (is_escaped && !ascii_is_alnum(s.p[i]) && !memchr("-._~", c, 4))
            buf_printf(b, "%%%02X", c);
        else
            buf_chr(b, s.p[i]);
    }
}

#define PARTS 256

/* Splits, turns, keeps the right-hand parts, joins with dots. */
static void add_parts(struct buf *b, const struct macro *m, struct slice value)
{
    struct slice parts[PARTS];
    size_t n = 0, from = 0;
    struct slice delimiters = m->delimiters.n ? m->delimiters : SLICE(".");
    for (size_t i = 0; i <= value.n; i++) {
        if (i < value.n && slice_chr(delimiters, value.p[i]) == SIZE_MAX)
            continue;
        if (n == PARTS) { /* keeps the right end, which is what names need */
            memmove(parts, parts + 1, (PARTS - 1) * sizeof *parts);
            n--;
        }
        parts[n++] = slice_head(slice_from(value, from), i - from);
        from = i + 1;
    }
    if (m->is_reversed)
        for (size_t i = 0; i < n / 2; i++) {
            struct slice t = parts[i];
            parts[i] = parts[n - 1 - i];
            parts[n - 1 - i] = t;
        }
    size_t first = m->keep && m->keep < n ? n - m->keep : 0;
    for (size_t i = first; i < n; i++) {
        if (i > first)
            buf_chr(b, '.');
        add_escaped(b, parts[i], m->is_escaped);
    }
}

bool spf_expand(struct spf_run *r, struct slice text, struct slice domain, bool is_exp,
                struct slice *out)
{
    struct buf b = BUF_INIT(SPF_EXPANDED);
    bool is_complete = true, is_void = false;
    struct macro m;
    for (size_t at = 0; at < text.n && is_complete && !b.full;) {
        char c = text.p[at];
        if (c != '%' || at + 1 >= text.n) {
            buf_chr(&b, c);
            at++;
        } else if (text.p[at + 1] != '{') {
            buf_str(&b, text.p[at + 1] == '_' ? " " : text.p[at + 1] == '-' ? "%20" : "%");
            at += 2;
        } else {
            size_t n = read_macro(slice_from(text, at), is_exp, &m);
            struct slice value = {0};
            is_void |= !is_exp && r->is_foreign_local && (m.letter == 's' || m.letter == 'l');
            is_complete = letter_value(r, m.letter, domain, &value);
            add_parts(&b, &m, value);
            at += n ? n : 1;
        }
    }
    is_void |= b.full;
    *out = is_void ? (struct slice){0} : arena_dup(r->in->arena, buf_slice(&b));
    buf_fini(&b);
    return is_complete;
}

bool spf_target(struct spf_run *r, struct slice spec, struct slice domain, struct slice *out)
{
    struct slice s = domain;
    if (spec.n && !spf_expand(r, spec, domain, false, &s))
        return false;
    if (s.n && s.p[s.n - 1] == '.')
        s.n--;
    while (s.n > NAME_BYTES) {
        size_t dot = slice_chr(s, '.');
        s = dot == SIZE_MAX ? (struct slice){0} : slice_from(s, dot + 1);
    }
    *out = s;
    return true;
}
