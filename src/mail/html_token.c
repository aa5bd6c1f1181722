/* HTML tokenizer. See html_token.h. State names in comments are those of WHATWG HTML 13.2.5. */
#include "mail/html_token.h"

#include "base/bytes16.h"
#include "base/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* Is it something else in a name that is tidied? */
static bool is_odd(char c)
{
    return c == '\0' || (c >= 'A' && c <= 'Z');
}

void html_lexer_init(struct html_lexer *l, struct arena *a, struct slice in)
{
    memset(l, 0, offsetof(struct html_lexer, attrs));
    l->n_attrs = 0;
    l->a = a;
    l->in = in;
}

/* From `from` up to the lexer's place. */
static struct slice since(const struct html_lexer *l, size_t from)
{
    return slice_of(l->in.p + from, l->at - from);
}

static struct slice ahead(const struct html_lexer *l, size_t skip)
{
    return slice_from(l->in, l->at + skip);
}

static bool at_end(const struct html_lexer *l)
{
    return l->at >= l->in.n;
}

static size_t find_from(struct html_lexer *l, size_t from, char c)
{
    const char *p = from < l->in.n ? memchr(l->in.p + from, c, l->in.n - from) : NULL;
    size_t to = p ? (size_t)(p - l->in.p) : l->in.n;
    l->work += to - from;
    return to;
}

static void skip_space(struct html_lexer *l)
{
    while (!at_end(l) && is_space(l->in.p[l->at]))
        l->at++;
}

/* With NUL as U+FFFD, and lower case when asked; s itself when nothing changes. */
static struct slice tidy(struct arena *a, struct slice s, bool lower)
{
    if (!lower && (s.n == 0 || !memchr(s.p, '\0', s.n)))
        return s;
    size_t odd = 0;
    for (size_t i = 0; i < s.n; i++)
        odd += s.p[i] == '\0' || (lower && s.p[i] >= 'A' && s.p[i] <= 'Z');
    if (!odd)
        return s;
    char *p = arena_bytes(a, s.n + 2 * odd);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\0') {
            memcpy(p + n, REPLACEMENT, 3);
            n += 3;
        } else {
            p[n++] = lower ? ascii_lower(s.p[i]) : s.p[i];
        }
    }
    return slice_of(p, n);
}

static enum html_kind text(struct html_lexer *l, struct slice s)
{
    l->text = s;
    return HTML_TEXT;
}

static enum html_kind text_to(struct html_lexer *l, size_t to)
{
    size_t from = l->at;
    l->at = to;
    return text(l, since(l, from));
}

/* True when '<' or '&' at i can start a tag or a reference; else it is text like any other. */
static bool is_active(const struct html_lexer *l, size_t i)
{
    char next = i + 1 < l->in.n ? l->in.p[i + 1] : '\0';
    if (l->in.p[i] == '&')
        return ascii_is_alnum(next) || next == '#';
    return ascii_is_alpha(next) || next == '/' || next == '!' || next == '?';
}

/* Text from here on to the next tag or reference behind `to`. */
static enum html_kind text_run(struct html_lexer *l, size_t to)
{
    size_t n = l->in.n;
    while (to < n) {
        struct bytes16 b = bytes16_load(slice_from(l->in, to));
        unsigned stop = bytes16_is(&b, '<') | bytes16_is(&b, '&');
        while (stop && !is_active(l, to + bytes16_first(stop)))
            stop &= stop - 1;
        to += bytes16_first(stop);
        if (stop)
            break;
    }
    to = to < n ? to : n;
    l->work += to - l->at;
    return text_to(l, to);
}

/* "character reference" in text; '&' and what follows are text when it is none. */
static enum html_kind reference(struct html_lexer *l, bool in_data)
{
    size_t n = 0, took = html_reference(ahead(l, 1), false, l->small, &n);
    l->work += took + 1;
    if (!took)
        return in_data ? text_run(l, l->at + 1) : text_to(l, l->at + 1);
    l->at += 1 + took;
    return text(l, slice_of(l->small, n));
}

/* ---- tags ---- */

/* The bytes that is_space takes. */
static unsigned space_mask(const struct bytes16 *b)
{
    return bytes16_is(b, ' ') | bytes16_range(b, '\t', '\n') | bytes16_range(b, '\f', '\r');
}

/* Reads a tag or attribute name up to its end; `equals`: '=' belongs to it. */
static struct slice read_name(struct html_lexer *l, size_t from, bool equals)
{
    unsigned odd = is_odd(l->in.p[from]);
    size_t run = BYTES16;
    for (; run == BYTES16 && l->at < l->in.n; l->at += run) {
        struct bytes16 b = bytes16_load(ahead(l, 0));
        unsigned stop = space_mask(&b) | bytes16_is(&b, '/') | bytes16_is(&b, '>');
        stop |= equals ? 0 : bytes16_is(&b, '=');
        run = bytes16_first(stop);
        odd |= (bytes16_range(&b, 'A', 'Z') | bytes16_is(&b, '\0')) & bytes16_head(run);
    }
    if (l->at > l->in.n)
        l->at = l->in.n; /* it ends with the file */
    return odd ? tidy(l->a, since(l, from), true) : since(l, from);
}

/* Where the quote stands that ends a value, or the end. *out_plain: no '&' and no NUL before it. */
static size_t quote_end(struct html_lexer *l, char quote, bool *out_plain)
{
    size_t to = l->at;
    unsigned odd = 0, end = 0;
    for (; to < l->in.n; to += BYTES16) {
        struct bytes16 b = bytes16_load(slice_from(l->in, to));
        unsigned here = bytes16_is(&b, '&') | bytes16_is(&b, '\0');
        end = bytes16_is(&b, quote);
        if (end) {
            odd |= here & bytes16_head(bytes16_first(end));
            to += bytes16_first(end);
            break;
        }
        odd |= here;
    }
    to = to < l->in.n ? to : l->in.n;
    *out_plain = odd == 0;
    l->work += to - l->at;
    return to;
}

static struct slice attribute_value(struct html_lexer *l, bool *out_plain)
{
    *out_plain = false;
    char quote = at_end(l) ? '\0' : l->in.p[l->at];
    size_t from;
    struct slice v;
    if (quote == '"' || quote == '\'') {
        from = ++l->at;
        l->at = quote_end(l, quote, out_plain);
        v = since(l, from);
        if (!at_end(l))
            l->at++;
        else
            l->at = l->in.n + 1; /* unclosed: the tag does not end */
    } else {
        from = l->at;
        while (!at_end(l) && !is_space(l->in.p[l->at]) && l->in.p[l->at] != '>')
            l->at++;
        v = since(l, from);
    }
    return v;
}

/* `plain`: the value needs no look for references and NUL. */
static void keep_attribute(struct html_lexer *l, struct slice name, struct slice value, bool plain)
{
    if (l->n_attrs == HTML_ATTRS) {
        l->cut = true;
        return;
    }
    for (size_t i = 0; i < l->n_attrs; i++) {
        if (slice_eq(l->attrs[i].name, name)) {
            l->work += i;
            return;
        }
    }
    l->work += l->n_attrs;
    struct html_attr *attr = &l->attrs[l->n_attrs++];
    attr->name = name;
    attr->value = value;
    if (plain)
        return;
    if (value.n && memchr(value.p, '\0', value.n))
        attr->value = tidy(l->a, html_unescape(l->a, value, true), false);
    else if (value.n)
        attr->value = html_unescape(l->a, value, true);
}

static void attribute(struct html_lexer *l)
{
    size_t from = l->at++;
    struct slice name = read_name(l, from, false), value = {0};
    bool plain = true;
    skip_space(l); /* "after attribute name" */
    if (!at_end(l) && l->in.p[l->at] == '=') {
        l->at++;
        skip_space(l); /* "before attribute value" */
        if (at_end(l) || l->in.p[l->at] != '>')
            value = attribute_value(l, &plain);
    }
    keep_attribute(l, name, value, plain);
}

/* Behind "<" or "</", at the first letter. False: the file ends inside the tag. */
static bool tag(struct html_lexer *l)
{
    size_t from = l->at;
    l->name = read_name(l, from, true);
    l->n_attrs = 0;
    l->is_self_closing = false;
    while (!at_end(l)) {
        char c = l->in.p[l->at];
        if (is_space(c)) {
            l->at++;
        } else if (c == '>') {
            l->at++;
            l->work += l->at - from;
            return true;
        } else if (c == '/') {
            l->at++;
            l->is_self_closing = !at_end(l) && l->in.p[l->at] == '>';
        } else {
            attribute(l);
        }
    }
    l->work += l->in.n - from;
    l->at = l->in.n;
    return false;
}

static enum html_kind start_tag(struct html_lexer *l)
{
    l->at++;
    if (!tag(l))
        return HTML_END_OF_FILE;
    l->last_start = l->name;
    return HTML_START;
}

static enum html_kind end_tag(struct html_lexer *l)
{
    l->at += 2;
    l->mode = HTML_MODE_DATA;
    return tag(l) ? HTML_END : HTML_END_OF_FILE;
}

/* ---- comments ---- */

static enum html_kind comment(struct html_lexer *l, size_t from, size_t to, size_t next)
{
    l->text = tidy(l->a, slice_of(l->in.p + from, to - from), false);
    l->at = next;
    return HTML_COMMENT;
}

static enum html_kind bogus_comment(struct html_lexer *l, size_t from)
{
    size_t to = find_from(l, from, '>');
    return comment(l, from, to, to < l->in.n ? to + 1 : to);
}

/* Behind "<!--". */
static enum html_kind real_comment(struct html_lexer *l, size_t from)
{
    const char *p = l->in.p;
    size_t n = l->in.n, i = from;
    if (i < n && p[i] == '>')
        return comment(l, from, from, i + 1);
    if (i + 1 < n && p[i] == '-' && p[i + 1] == '>')
        return comment(l, from, from, i + 2);
    while (i < n) {
        i = find_from(l, i, '-');
        size_t dashes = i;
        while (i < n && p[i] == '-')
            i++;
        l->work += i - dashes;
        if (i - dashes < 2) {
            if (i == n)
                return comment(l, from, dashes, n);
            continue;
        }
        if (i == n || p[i] == '>')
            return comment(l, from, i - 2, i < n ? i + 1 : n);
        if (p[i] != '!')
            continue;
        if (i + 1 == n || p[i + 1] == '>')
            return comment(l, from, i - 2, i + 1 < n ? i + 2 : n);
        i++; /* "comment end bang": a dash next is the first of a new pair */
    }
    return comment(l, from, n, n);
}

/* ---- DOCTYPE ---- */

static enum html_kind doctype_end(struct html_lexer *l, bool quirky)
{
    l->is_quirky = l->is_quirky || quirky;
    l->at = find_from(l, l->at, '>');
    if (!at_end(l))
        l->at++;
    return HTML_DOCTYPE;
}

/* A quoted identifier; false: it is cut short, and the DOCTYPE with it. */
static bool identifier(struct html_lexer *l, struct slice *out)
{
    char quote = l->in.p[l->at++];
    size_t from = l->at;
    while (!at_end(l) && l->in.p[l->at] != quote && l->in.p[l->at] != '>')
        l->at++;
    *out = tidy(l->a, since(l, from), false);
    if (at_end(l) || l->in.p[l->at] == '>')
        return false;
    l->at++;
    return true;
}

static bool at_quote(const struct html_lexer *l)
{
    return !at_end(l) && (l->in.p[l->at] == '"' || l->in.p[l->at] == '\'');
}

/* "after DOCTYPE system identifier": what is left is passed over without quirks. */
static enum html_kind after_system(struct html_lexer *l)
{
    skip_space(l);
    if (at_end(l))
        return doctype_end(l, true);
    return doctype_end(l, false);
}

static enum html_kind system_identifier(struct html_lexer *l)
{
    l->has_system = true;
    if (!identifier(l, &l->system_id))
        return doctype_end(l, true);
    return after_system(l);
}

static enum html_kind after_name(struct html_lexer *l)
{
    skip_space(l);
    if (at_end(l))
        return doctype_end(l, true);
    if (l->in.p[l->at] == '>')
        return doctype_end(l, false);
    bool is_public = slice_istarts(ahead(l, 0), SLICE("public"));
    if (!is_public && !slice_istarts(ahead(l, 0), SLICE("system")))
        return doctype_end(l, true);
    l->at += 6;
    skip_space(l);
    if (!at_quote(l))
        return doctype_end(l, true);
    if (!is_public)
        return system_identifier(l);
    l->has_public = true;
    if (!identifier(l, &l->public_id))
        return doctype_end(l, true);
    skip_space(l);
    if (at_quote(l))
        return system_identifier(l);
    return doctype_end(l, at_end(l) || l->in.p[l->at] != '>');
}

/* Behind "<!DOCTYPE". */
static enum html_kind doctype(struct html_lexer *l)
{
    l->name = l->public_id = l->system_id = (struct slice){0};
    l->has_name = l->has_public = l->has_system = l->is_quirky = false;
    skip_space(l);
    if (at_end(l) || l->in.p[l->at] == '>')
        return doctype_end(l, true);
    size_t from = l->at;
    while (!at_end(l) && !is_space(l->in.p[l->at]) && l->in.p[l->at] != '>')
        l->at++;
    l->has_name = true;
    l->name = tidy(l->a, since(l, from), true);
    return after_name(l);
}

/* ---- states ---- */

/* At "<" in the data state. */
static enum html_kind tag_open(struct html_lexer *l)
{
    char c = l->at + 1 < l->in.n ? l->in.p[l->at + 1] : '\0';
    if (ascii_is_alpha(c))
        return start_tag(l);
    if (c == '!') {
        struct slice s = ahead(l, 2);
        if (slice_starts(s, SLICE("--")))
            return real_comment(l, l->at + 4);
        if (slice_istarts(s, SLICE("doctype"))) {
            l->at += 9;
            return doctype(l);
        }
        return bogus_comment(l, l->at + 2);
    }
    if (c == '?')
        return bogus_comment(l, l->at + 1);
    if (c != '/')
        return text_to(l, l->at + 1);
    if (l->at + 2 >= l->in.n)
        return text_to(l, l->in.n);
    c = l->in.p[l->at + 2];
    if (ascii_is_alpha(c))
        return end_tag(l);
    if (c == '>') {
        l->at += 3;
        return HTML_NOTHING;
    }
    return bogus_comment(l, l->at + 2);
}

static enum html_kind data(struct html_lexer *l)
{
    char c = l->in.p[l->at];
    if (c == '<' && is_active(l, l->at))
        return tag_open(l);
    if (c == '&' && is_active(l, l->at))
        return reference(l, true);
    return text_run(l, l->at + 1);
}

/* Does "name" and an end of a tag name stand at the front of s? */
static bool names_tag(struct slice s, struct slice name)
{
    if (name.n == 0 || s.n <= name.n || !slice_istarts(s, name))
        return false;
    char c = s.p[name.n];
    return is_space(c) || c == '/' || c == '>';
}

/* Is the lexer at `i` at the end tag that ends the raw text? */
static bool is_own_end(const struct html_lexer *l, size_t i)
{
    return l->in.p[i] == '<' && i + 1 < l->in.n && l->in.p[i + 1] == '/' &&
           names_tag(slice_from(l->in, i + 2), l->last_start);
}

/* Text with NUL as U+FFFD up to its end. */
static enum html_kind opaque_text(struct html_lexer *l, size_t to)
{
    enum html_kind kind = text_to(l, to);
    l->text = tidy(l->a, l->text, false);
    return kind;
}

static enum html_kind rawtext(struct html_lexer *l)
{
    size_t to = l->at;
    if (is_own_end(l, to))
        return end_tag(l);
    do
        to = find_from(l, to + 1, '<');
    while (to < l->in.n && !is_own_end(l, to));
    return opaque_text(l, to);
}

static enum html_kind rcdata(struct html_lexer *l)
{
    size_t to = l->at + 1;
    if (is_own_end(l, l->at))
        return end_tag(l);
    if (l->in.p[l->at] == '&')
        return reference(l, false);
    while (to < l->in.n && l->in.p[to] != '&' && !is_own_end(l, to))
        to++;
    l->work += to - l->at;
    return opaque_text(l, to);
}

/* Where script text ends: at its end tag outside "double escaped" text, or at the end. */
static size_t script_end(struct html_lexer *l)
{
    enum { PLAIN, ESCAPED, DOUBLE } state = PLAIN;
    const char *p = l->in.p;
    size_t n = l->in.n, dashes = 0, i = l->at;
    while (i < n) {
        char c = p[i];
        if (c == '-') {
            dashes++;
            i++;
            continue;
        }
        if (c == '>' && dashes >= 2)
            state = PLAIN;
        dashes = 0;
        if (c != '<') {
            i++;
            continue;
        }
        struct slice rest = slice_from(l->in, i + 1);
        if (state != DOUBLE && is_own_end(l, i))
            break;
        if (state == PLAIN && slice_starts(rest, SLICE("!--"))) {
            state = ESCAPED;
            dashes = 2;
            i += 4;
        } else if (state == ESCAPED && names_tag(rest, SLICE("script"))) {
            state = DOUBLE;
            i += 8;
        } else if (state == DOUBLE && rest.n && rest.p[0] == '/' &&
                   names_tag(slice_from(rest, 1), SLICE("script"))) {
            state = ESCAPED;
            i += 9;
        } else {
            i++;
        }
    }
    l->work += i - l->at;
    return i;
}

static enum html_kind script(struct html_lexer *l)
{
    size_t to = script_end(l);
    return to == l->at ? end_tag(l) : opaque_text(l, to);
}

static enum html_kind cdata(struct html_lexer *l)
{
    size_t to = slice_find(ahead(l, 0), SLICE("]]>"));
    if (to == 0) {
        l->at += 3;
        l->mode = HTML_MODE_DATA;
        return HTML_NOTHING;
    }
    to = to == SIZE_MAX ? l->in.n : l->at + to;
    l->work += to - l->at;
    return text_to(l, to);
}

static enum html_kind step(struct html_lexer *l)
{
    switch (l->mode) {
    case HTML_MODE_RCDATA:
        return rcdata(l);
    case HTML_MODE_RAWTEXT:
        return rawtext(l);
    case HTML_MODE_SCRIPT:
        return script(l);
    case HTML_MODE_PLAINTEXT:
        return opaque_text(l, l->in.n);
    case HTML_MODE_CDATA:
        return cdata(l);
    default:
        return data(l);
    }
}

enum html_kind html_next(struct html_lexer *l)
{
    enum html_kind kind = HTML_NOTHING;
    while (kind == HTML_NOTHING)
        kind = at_end(l) ? HTML_END_OF_FILE : step(l);
    return kind;
}
