/* The author domains of a message: all that some mail program may show as the sender's.
 *
 * DMARC speaks about "the" From domain; an attacker writes a From that checker and mail program
 * read differently. So the header section is read here from its raw bytes, line ends of every
 * kind included, and each From is read in every way that programs are known to: by the grammar,
 * with encoded words decoded first, cut at a NUL or at the longest line of SMTP, with source
 * routes and quoted local parts taken apart. Each domain that comes up must pass by itself. */
#include "auth/dmarc.h"

#include "ask/name.h"
#include "mail/address.h"
#include "mail/rfc2047.h"

#define LINE_BYTES 998
/* Kept of a domain that DNS cannot carry. */
#define BAD_BYTES 300

static const char INSIDE[] = "an address inside the address";
static const char DECODED[] = "encoded words are decoded before the address is read";

struct finder {
    struct arena *arena;
    const struct message *m;
    struct message scratch; /* takes the anomalies of readings that are only tried */
    struct dmarc_authors *out;
    struct dmarc_author **tail;
};

static void add_domain(struct finder *f, struct slice domain, const char *reading)
{
    char room[DNS_NAME_BYTES];
    struct slice folded = domain;
    bool is_bad = !dns_name_fold(domain, room, &folded) || folded.n == 0 ||
                  slice_chr(folded, '[') != SIZE_MAX || slice_chr(folded, '.') == SIZE_MAX;
    if (is_bad)
        folded = slice_head(domain, BAD_BYTES);
    for (const struct dmarc_author *d = f->out->first; d; d = d->next)
        if (slice_ieq(d->domain, folded))
            return;
    if (f->out->n == DMARC_AUTHORS) {
        f->out->is_cut = true;
        return;
    }
    struct dmarc_author *d = ARENA_NEW(f->arena, struct dmarc_author);
    *d = (struct dmarc_author){arena_lower(f->arena, folded), is_bad, reading, NULL};
    *f->tail = d;
    f->tail = &d->next;
    f->out->n++;
}

static bool is_domain_byte(char c)
{
    return ascii_is_alnum(c) || c == '.' || c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

/* Domains behind each "@" inside "<...>" or a local part: source routes, quoted local parts. */
static void add_at_signs(struct finder *f, struct slice s, const char *reading)
{
    for (size_t at = slice_chr(s, '@'); at != SIZE_MAX && !f->out->is_cut; at = slice_chr(s, '@')) {
        s = slice_from(s, at + 1);
        size_t n = 0;
        while (n < s.n && is_domain_byte(s.p[n]))
            n++;
        struct slice domain = slice_head(s, n);
        if (slice_chr(domain, '.') != SIZE_MAX)
            add_domain(f, domain, reading);
    }
}

/* "<@one.example,@two.example:user@three.example>": what stands before the colon. */
static void add_routes(struct finder *f, struct slice value)
{
    for (size_t at = slice_find(value, SLICE("<@")); at != SIZE_MAX;
         at = slice_find(value, SLICE("<@"))) {
        value = slice_from(value, at + 1);
        size_t end = slice_chr(value, '>');
        end = end == SIZE_MAX ? value.n : end;
        add_at_signs(f, slice_head(value, end), INSIDE);
        value = slice_from(value, end);
    }
}

static void add_list(struct finder *f, struct slice value, const char *reading)
{
    for (const struct address *a = address_list(&f->scratch, 0, value); a; a = a->next) {
        if (a->domain.n)
            add_domain(f, a->domain, reading);
        if (slice_chr(a->local, '@') != SIZE_MAX)
            add_at_signs(f, a->local, INSIDE);
    }
    add_routes(f, value);
}

static struct slice without_nul(struct arena *a, struct slice s)
{
    char *out = arena_bytes(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i])
            out[n++] = s.p[i];
    return slice_of(out, n);
}

/* Blanks around each encoded word, for programs that decode it wherever it stands. */
static struct slice loosened(struct arena *a, struct slice s)
{
    char *out = arena_bytes(a, s.n + s.n / 2 + 8);
    size_t n = 0;
    for (size_t at = 0; at < s.n;) {
        size_t end = at + 2, marks = 0;
        bool is_word = slice_starts(slice_from(s, at), SLICE("=?"));
        while (is_word && end < s.n && marks < 3)
            marks += s.p[end++] == '?';
        is_word = is_word && marks == 3 && end < s.n && s.p[end] == '=';
        if (!is_word) {
            out[n++] = s.p[at++];
            continue;
        }
        out[n++] = ' ';
        memcpy(out + n, s.p + at, end + 1 - at);
        n += end + 1 - at;
        out[n++] = ' ';
        at = end + 1;
    }
    return slice_of(out, n);
}

static size_t brackets(struct slice s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == '<' || s.p[i] == '>';
    return n;
}

static void add_value(struct finder *f, struct slice value, const char *reading)
{
    struct rfc2047_result seen = {0};
    size_t nul = slice_chr(value, '\0');
    value = slice_head(value, f->m->limits->field_bytes);
    add_list(f, value, reading);
    struct slice text = rfc2047_decode(f->arena, loosened(f->arena, value),
                                       f->m->limits->encoded_words, &seen);
    if (seen.words) {
        add_list(f, text, DECODED);
        if (brackets(text) != brackets(value))
            add_at_signs(f, text, DECODED);
    }
    if (nul != SIZE_MAX) {
        add_list(f, slice_head(value, nul), "the field is cut at a NUL byte");
        add_list(f, without_nul(f->arena, value), "a NUL byte is left out");
    }
    if (value.n > LINE_BYTES)
        add_list(f, slice_head(value, LINE_BYTES), "the field is cut after 998 bytes");
}

/* ---- finding the fields in raw bytes ---- */

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Past one line end: CRLF, LF, or a bare CR. */
static size_t skip_end(struct slice s, size_t at)
{
    if (at < s.n && s.p[at] == '\r')
        return at + 1 + (at + 1 < s.n && s.p[at + 1] == '\n');
    return at + (at < s.n);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Bytes before the first line that is truly empty. Some programs go on past what ends the header
 * for others; behind an empty line nobody looks. */
static struct slice header_region(const struct message *m)
{
    struct slice raw = slice_head(m->raw, m->limits->header_bytes);
    for (size_t at = 0; at < raw.n;) {
        const char *lf = memchr(raw.p + at, '\n', raw.n - at);
        size_t end = lf ? (size_t)(lf - raw.p) : raw.n;
        if (end == at || (end == at + 1 && raw.p[at] == '\r'))
            return slice_head(raw, at);
        at = end + 1;
    }
    return raw;
}

/* "From", then blanks or folds, then ":" at s; returns the offset behind the colon, or 0. */
static size_t from_colon(struct slice s)
{
    if (!slice_istarts(s, SLICE("from")))
        return 0;
    size_t at = 4;
    while (at < s.n && (is_blank(s.p[at]) || (is_line_end(s.p[at]) && at + 1 < s.n)))
        at++;
    if (at >= s.n || s.p[at] != ':')
        return 0;
    /* a line end on the way must be a fold */
    for (size_t i = 4; i < at; i++)
        if (is_line_end(s.p[i]) && !is_blank(s.p[i + 1]) && !is_line_end(s.p[i + 1]))
            return 0;
    return at + 1;
}

/* Does a line end at s.p[at]? bare_cr: a CR alone does. */
static bool ends_line(struct slice s, size_t at, bool bare_cr)
{
    return s.p[at] == '\n' ||
           (s.p[at] == '\r' && (bare_cr || (at + 1 < s.n && s.p[at + 1] == '\n')));
}

/* The value at the front of s, unfolded. */
static struct slice take_value(struct arena *a, struct slice s, bool bare_cr)
{
    size_t end = 0, n = 0;
    while (end < s.n) {
        size_t next = skip_end(s, end);
        if (!ends_line(s, end, bare_cr))
            end++;
        else if (next >= s.n || !is_blank(s.p[next]))
            break;
        else
            end = next;
    }
    char *out = arena_bytes(a, end + 1);
    for (size_t at = 0; at < end;) {
        if (ends_line(s, at, bare_cr))
            at = skip_end(s, at);
        else
            out[n++] = s.p[at++];
    }
    return slice_trim(slice_of(out, n));
}

static void scan_region(struct finder *f, struct slice region)
{
    size_t at = 0;
    /* A field whose very first line is indented belongs to no field before it. */
    while (at < region.n && is_blank(region.p[at]))
        at++;
    unsigned fields = 0;
    while (at < region.n && fields < 64 && !f->out->is_cut) {
        size_t colon = from_colon(slice_from(region, at));
        if (colon) {
            struct slice rest = slice_from(region, at + colon);
            rest = slice_head(rest, 2 * f->m->limits->field_bytes);
            add_value(f, take_value(f->arena, rest, false), NULL);
            struct slice cut = slice_head(
                rest, slice_chr(rest, '\n') == SIZE_MAX ? rest.n : slice_chr(rest, '\n'));
            if (slice_chr(cut, '\r') < cut.n - (cut.n > 0))
                add_value(f, take_value(f->arena, rest, true), "a bare CR ends the line");
            fields++;
        }
        while (at < region.n && !is_line_end(region.p[at]))
            at++;
        at = skip_end(region, at);
    }
    f->out->is_cut |= fields == 64;
}

void dmarc_authors(struct arena *a, const struct message *m, struct dmarc_authors *out)
{
    *out = (struct dmarc_authors){0};
    struct finder f = {.arena = a, .m = m, .out = out, .tail = &out->first};
    f.scratch.arena = a;
    f.scratch.limits = m->limits;
    for (const struct address *x = m->from; x; x = x->next)
        if (x->domain.n)
            add_domain(&f, x->domain, NULL);
    scan_region(&f, header_region(m));
}
