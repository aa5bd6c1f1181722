/* Address lists. See address.h.
 *
 * A small machine over tokens rather than the grammar of RFC 5322: the attacker writes the
 * field, so the question is what mail programs make of it. Atoms, quoted strings, comments,
 * angle brackets, groups, routes and literals are told apart; everything else is display text.
 */
#include "mail/address.h"
#include "mail/rfc2047.h"
#include "base/utf8.h"

struct parse {
    struct message *m;
    uint32_t part;
    struct slice s;
    size_t at;
    char *words; /* room for all display text of the field */
    size_t words_n;
    size_t display; /* where the open display text begins in words */
    size_t comment; /* the last comment: offset and length in s */
    size_t comment_n;
    size_t bare;     /* where the open address begins in s, SIZE_MAX: none yet */
    bool quoted;     /* the display text holds a quoted string */
    bool no_bracket; /* no "]" stands in the rest: don't look for it again */
    struct slice group;
    struct address *first, **to;
    struct address *last; /* in angle brackets, and no comma since */
    size_t n;
};

static void odd(struct parse *p)
{
    anomaly_add(&p->m->anomalies, ANOMALY_address_odd, p->part, p->s);
}

/* Offset behind the quoted string that begins at `at`. */
static size_t skip_quoted(struct slice s, size_t at)
{
    for (at++; at < s.n && s.p[at] != '"'; at++) {
        if (s.p[at] == '\\')
            at++;
    }
    return at < s.n ? at + 1 : s.n;
}

static size_t skip_comment(struct slice s, size_t at)
{
    size_t depth = 0;
    for (; at < s.n; at++) {
        if (s.p[at] == '\\')
            at++;
        else if (s.p[at] == '(')
            depth++;
        else if (s.p[at] == ')' && --depth == 0)
            return at + 1;
    }
    return s.n;
}

/* Offset of the "]" that closes a literal at `at`, or SIZE_MAX. */
static size_t find_bracket(struct parse *p, size_t at)
{
    size_t end = p->no_bracket ? SIZE_MAX : slice_chr(slice_from(p->s, at), ']');
    p->no_bracket = end == SIZE_MAX;
    return end == SIZE_MAX ? SIZE_MAX : at + end;
}

static void put(struct parse *p, char c)
{
    p->words[p->words_n++] = c;
}

/* Unquotes "..." into the display text. */
static void put_quoted(struct parse *p, struct slice s)
{
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == '"')
            break;
        if (s.p[i] == '\\' && i + 1 < s.n)
            i++;
        put(p, s.p[i]);
    }
}

static struct slice decoded(struct parse *p, struct slice s)
{
    struct rfc2047_result seen = {0};
    struct slice text = rfc2047_decode(p->m->arena, s, p->m->limits->encoded_words, &seen);
    return slice_trim(text);
}

static struct slice display_text(struct parse *p)
{
    struct slice text = slice_trim(slice_of(p->words + p->display, p->words_n - p->display));
    p->display = p->words_n;
    return decoded(p, text);
}

/* The spec without comments, white space and quotes; splits at the last "@". */
static void split_spec(struct parse *p, struct slice spec, struct address *to)
{
    char *out = arena_bytes(p->m->arena, spec.n + 1);
    size_t n = 0, at = SIZE_MAX;
    for (size_t i = 0; i < spec.n; i++) {
        char c = spec.p[i];
        if (c == '(') {
            i = skip_comment(spec, i) - 1;
        } else if (c == '"') {
            for (i++; i < spec.n && spec.p[i] != '"'; i++) {
                if (spec.p[i] == '\\' && i + 1 < spec.n)
                    i++;
                out[n++] = spec.p[i];
            }
        } else if (c == '@') {
            if (at != SIZE_MAX)
                odd(p);
            at = n;
            out[n++] = c;
        } else if (!ascii_is_space(c)) {
            out[n++] = c;
        }
    }
    struct slice all = utf8_clean(p->m->arena, slice_of(out, n));
    at = at == SIZE_MAX ? SIZE_MAX : slice_rchr(all, '@');
    if (at == SIZE_MAX) {
        to->local = all;
        to->domain = (struct slice){all.p + all.n, 0};
        return;
    }
    to->local = slice_head(all, at);
    struct slice domain = slice_from(all, at + 1);
    to->domain = arena_lower(p->m->arena, domain);
    if (to->local.n == 0 || to->domain.n == 0)
        odd(p);
}

static struct address *add(struct parse *p, struct slice spec, struct slice display)
{
    if (p->n >= p->m->limits->addresses) {
        anomaly_add(&p->m->anomalies, ANOMALY_limit_addresses, p->part, spec);
        return NULL;
    }
    struct address *one = ARENA_NEW(p->m->arena, struct address);
    one->display = display;
    one->group = p->group;
    split_spec(p, spec, one);
    *p->to = one;
    p->to = &one->next;
    p->n++;
    return one;
}

/* "<...>" at p->at: the address, with an obsolete route ("@a,@b:") cut off. */
static void take_angle(struct parse *p)
{
    size_t start = p->at + 1, i = start, colon = SIZE_MAX;
    bool closed = false;
    while (i < p->s.n && !closed) {
        char c = p->s.p[i];
        if (c == '"') {
            i = skip_quoted(p->s, i);
            continue;
        }
        if (c == '(') {
            i = skip_comment(p->s, i);
            continue;
        }
        if (c == '[') {
            size_t end = find_bracket(p, i);
            i = end == SIZE_MAX ? i + 1 : end + 1;
            continue;
        }
        if (c == ':' && colon == SIZE_MAX && start < p->s.n && p->s.p[start] == '@')
            colon = i;
        closed = c == '>';
        i += !closed;
    }
    if (!closed)
        odd(p);
    size_t from = colon == SIZE_MAX ? start : colon + 1;
    struct slice spec = slice_of(p->s.p + from, i - from);
    while (spec.n && spec.p[0] == '<') {
        odd(p);
        spec = slice_from(spec, 1);
    }
    p->last = add(p, spec, display_text(p));
    p->bare = SIZE_MAX;
    p->comment_n = 0;
    p->quoted = false;
    p->at = i + closed;
}

/* The end of an address that stood without angle brackets (or of junk). */
static void end_bare(struct parse *p, size_t end)
{
    struct slice spec = p->bare == SIZE_MAX ? slice_of(p->s.p, 0)
                                            : slice_trim(slice_of(p->s.p + p->bare, end - p->bare));
    size_t shown = slice_trim(slice_of(p->words + p->display, p->words_n - p->display)).n;
    p->bare = SIZE_MAX;
    if (spec.n == 0 && shown == 0) {
        if (p->last && p->comment_n && p->last->display.n == 0) /* "<jane@example.org> (Jane)" */
            p->last->display = decoded(p, slice_of(p->s.p + p->comment, p->comment_n));
        p->comment_n = 0;
        p->last = NULL;
        return;
    }
    p->last = NULL;
    bool has_at = slice_chr(spec, '@') != SIZE_MAX;
    if (!has_at) {
        /* Not an address: keep its text. "root" alone is a local part. */
        bool is_word = slice_chr(spec, ' ') == SIZE_MAX && !p->quoted;
        struct slice text = display_text(p);
        odd(p);
        if (is_word)
            add(p, spec, (struct slice){spec.p, 0});
        else
            add(p, slice_of(spec.p, 0), text);
    } else {
        p->words_n = p->display;
        struct slice name = {p->s.p, 0};
        if (p->comment_n) /* "jane@example.org (Jane)" */
            name = decoded(p, slice_of(p->s.p + p->comment, p->comment_n));
        add(p, spec, name);
    }
    p->comment_n = 0;
    p->quoted = false;
}

static void take_comment(struct parse *p)
{
    size_t end = skip_comment(p->s, p->at);
    p->comment = p->at + 1;
    p->comment_n = end - p->at - (end > p->at + 1 && p->s.p[end - 1] == ')' ? 2 : 1);
    p->at = end;
}

/* One byte of an atom, a literal or white space. */
static void take_other(struct parse *p, char c)
{
    if (c == '[') {
        size_t end = find_bracket(p, p->at);
        while (end != SIZE_MAX && p->at < end)
            put(p, p->s.p[p->at++]);
        c = p->s.p[p->at];
    }
    put(p, ascii_is_space(c) ? ' ' : c);
    p->at++;
}

static void step(struct parse *p)
{
    char c = p->s.p[p->at];
    if (p->bare == SIZE_MAX && !ascii_is_space(c) && c != ',' && c != ';' && c != '(')
        p->bare = p->at;
    switch (c) {
    case '(':
        take_comment(p);
        break;
    case '"': {
        size_t end = skip_quoted(p->s, p->at);
        put_quoted(p, slice_of(p->s.p + p->at, end - p->at));
        p->quoted = true;
        p->at = end;
        break;
    }
    case '<':
        take_angle(p);
        break;
    case ':':
        p->group = display_text(p);
        p->bare = SIZE_MAX;
        p->comment_n = 0;
        p->quoted = false;
        p->at++;
        break;
    case ',':
    case ';':
        end_bare(p, p->at);
        if (c == ';')
            p->group = (struct slice){p->s.p, 0};
        p->at++;
        break;
    default:
        take_other(p, c);
    }
}

struct address *address_list(struct message *m, uint32_t part, struct slice value)
{
    struct parse p = {.m = m, .part = part, .s = value, .bare = SIZE_MAX};
    p.words = arena_bytes(m->arena, value.n + 1);
    p.to = &p.first;
    while (p.at < value.n)
        step(&p);
    end_bare(&p, value.n);
    return p.first;
}
