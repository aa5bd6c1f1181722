/* CSV rows out of a stream. See csv.h.
 *
 * The buffer holds decoded text. A row is read whole or not at all: when the text at hand ends
 * within it, more is fetched and the row is read again from its start, so that no state of half a
 * field has to be kept, and a row that turns out broken can be given back line by line.
 */
#include "law/csv.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/utf8.h"

#include <stdlib.h>

#define ROOM  (256u * 1024)
#define BLOCK (32u * 1024) /* read at once; UTF-16 grows to at most 3/2 of it */
#define LOOK  65536u       /* bytes from which the dialect is found out */

enum encoding_of { CSV_UTF8, CSV_UTF16LE, CSV_UTF16BE };

struct csv {
    csv_source *source;
    void *arg;
    char text[ROOM];
    size_t at, n;    /* of text */
    uint64_t before; /* bytes of text that were dropped from the front */
    uint64_t line;
    uint32_t crc;
    size_t crc_at; /* text up to here is in the sum */
    bool is_at_end, is_failed;
    enum encoding_of encoding;
    char raw[2 * BLOCK]; /* UTF-16: what was read and not decoded yet */
    size_t n_raw;
    struct csv_dialect dialect;
    char newline;
    struct slice fields[CSV_FIELDS_MOST];
    char unquoted[CSV_ROW_MOST]; /* fields with doubled quotes */
};

/* ---- text at hand ---- */

static uint32_t unit_at(const struct csv *c, size_t i)
{
    uint32_t a = (unsigned char)c->raw[i], b = (unsigned char)c->raw[i + 1];
    return c->encoding == CSV_UTF16LE ? a | b << 8 : b | a << 8;
}

/* Decodes what raw holds, but for half a unit or half a pair at its end. */
static void decode_utf16(struct csv *c)
{
    size_t i = 0;
    while (i + 2 <= c->n_raw) {
        uint32_t u = unit_at(c, i);
        size_t took = 2;
        if (u >= 0xD800 && u < 0xDC00) {
            if (i + 4 > c->n_raw && !c->is_at_end)
                break;
            uint32_t low = i + 4 <= c->n_raw ? unit_at(c, i + 2) : 0;
            if (low >= 0xDC00 && low < 0xE000) {
                u = 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00);
                took = 4;
            }
        }
        c->n += utf8_put(c->text + c->n, u);
        i += took;
    }
    memmove(c->raw, c->raw + i, c->n_raw - i);
    c->n_raw -= i;
}

static void sum_up_to(struct csv *c, size_t at)
{
    if (at > c->crc_at)
        c->crc = hash_crc32c(c->crc, slice_of(c->text + c->crc_at, at - c->crc_at));
    c->crc_at = at;
}

static void drop_front(struct csv *c)
{
    if (c->at == 0)
        return;
    sum_up_to(c, c->at);
    memmove(c->text, c->text + c->at, c->n - c->at);
    c->before += c->at;
    c->n -= c->at;
    c->at = c->crc_at = 0;
}

/* Fetches another block behind what is at hand; false when there is none. */
static bool fetch(struct csv *c)
{
    if (c->is_at_end)
        return false;
    if (ROOM - c->n < 2 * BLOCK)
        drop_front(c);
    bool is_wide = c->encoding != CSV_UTF8;
    char *to = is_wide ? c->raw + c->n_raw : c->text + c->n;
    long got = c->source(c->arg, to, is_wide ? BLOCK - c->n_raw : BLOCK);
    if (got <= 0) {
        c->is_at_end = true;
        c->is_failed = got < 0;
        if (is_wide)
            decode_utf16(c);
        return false;
    }
    if (is_wide) {
        c->n_raw += (size_t)got;
        decode_utf16(c);
    } else {
        c->n += (size_t)got;
    }
    return true;
}

/* ---- the dialect ---- */

/* UTF-16 without a mark shows by its zero bytes: text for a mailing holds ASCII. */
static enum encoding_of encoding_of(struct slice s)
{
    size_t zero[2] = {0, 0};
    if (s.n >= 2 && (unsigned char)s.p[0] == 0xFF && (unsigned char)s.p[1] == 0xFE)
        return CSV_UTF16LE;
    if (s.n >= 2 && (unsigned char)s.p[0] == 0xFE && (unsigned char)s.p[1] == 0xFF)
        return CSV_UTF16BE;
    size_t most = s.n < 4096 ? s.n : 4096;
    for (size_t i = 0; i < most; i++)
        zero[i & 1] += s.p[i] == 0;
    if (zero[1] > most / 8 && zero[1] > 4 * zero[0])
        return CSV_UTF16LE;
    return zero[0] > most / 8 && zero[0] > 4 * zero[1] ? CSV_UTF16BE : CSV_UTF8;
}

/* How often delim stands on each of the first lines outside of quotes: the delimiter is the one
 * that stands there on every line, and equally often on most. */
static size_t regularity(struct slice s, char newline, char quote, char delim)
{
    size_t counts[32] = {0}, lines = 0, same = 0;
    bool in_quotes = false;
    for (size_t i = 0; i < s.n && lines < 32; i++) {
        if (s.p[i] == quote)
            in_quotes = !in_quotes;
        else if (s.p[i] == newline && !in_quotes)
            lines++;
        else if (s.p[i] == delim && !in_quotes)
            counts[lines]++;
    }
    if (lines == 0)
        lines = 1;
    for (size_t i = 0; i < lines && i < 32; i++)
        same += counts[i] == counts[0];
    return counts[0] == 0 ? 0 : (same * 64 / lines) * 1000 + (counts[0] < 999 ? counts[0] : 999);
}

/* Fields that begin and end with it, at the edges where a quote would stand. */
static size_t quoted_fields(struct slice s, char quote)
{
    size_t n = 0;
    char before = '\n';
    for (size_t i = 0; i < s.n; i++) {
        bool at_edge = before == '\n' || before == '\r' || before == ',' || before == ';' ||
                       before == '\t' || before == '|';
        if (s.p[i] == quote && at_edge)
            n++;
        before = s.p[i];
    }
    return n;
}

static void find_dialect(struct csv *c)
{
    static const char delims[] = {',', ';', '\t', '|'};
    struct slice s = slice_head(slice_of(c->text + c->at, c->n - c->at), LOOK);
    size_t best = 0;
    c->newline = slice_chr(s, '\n') == SIZE_MAX && slice_chr(s, '\r') != SIZE_MAX ? '\r' : '\n';
    c->dialect.quote = quoted_fields(s, '\'') > 2 * quoted_fields(s, '"') ? '\'' : '"';
    c->dialect.delimiter = ',';
    if (slice_istarts(s, SLICE("sep=")) && s.n > 5 && (s.p[5] == '\n' || s.p[5] == '\r')) {
        c->dialect.delimiter = s.p[4];
        size_t end = slice_chr(s, c->newline);
        c->at += end == SIZE_MAX ? s.n : end + 1;
        c->line++;
        return;
    }
    for (size_t i = 0; i < sizeof delims; i++) {
        size_t r = regularity(s, c->newline, c->dialect.quote, delims[i]);
        if (r > best) {
            best = r;
            c->dialect.delimiter = delims[i];
        }
    }
}

struct csv *csv_new(csv_source *source, void *arg)
{
    static const char *const names[] = {"UTF-8", "UTF-16LE", "UTF-16BE"};
    struct csv *c = calloc(1, sizeof *c);
    if (c == NULL)
        BUG("out of memory");
    c->source = source;
    c->arg = arg;
    c->line = 1;
    while (c->n < 4096 && fetch(c))
        continue;
    c->encoding = encoding_of(slice_of(c->text, c->n));
    if (c->encoding != CSV_UTF8) { /* what was read, at most 4 KiB and a block, belongs into raw */
        memcpy(c->raw, c->text, c->n);
        c->n_raw = c->n;
        c->n = 0;
        decode_utf16(c);
    }
    while (c->n < LOOK && fetch(c))
        continue;
    if (slice_starts(slice_of(c->text, c->n), SLICE("\xEF\xBB\xBF")))
        c->at = 3;
    c->dialect.encoding = names[c->encoding];
    find_dialect(c);
    return c;
}

void csv_free(struct csv *c)
{
    free(c);
}

const struct csv_dialect *csv_dialect(const struct csv *c)
{
    return &c->dialect;
}

bool csv_failed(const struct csv *c)
{
    return c->is_failed;
}

/* ---- rows ---- */

struct row_reader {
    struct csv *c;
    const char *p, *end; /* text at hand */
    size_t n_unquoted, n;
    uint64_t lines; /* line ends inside of quotes */
    const char *broken;
    bool is_short; /* the text at hand ended within the row */
};

static bool is_row_end(const struct row_reader *r)
{
    return r->p == r->end || *r->p == r->c->newline ||
           (*r->p == '\r' && r->p + 1 < r->end && r->p[1] == '\n');
}

static void set_field(struct row_reader *r, const char *p, size_t n)
{
    if (r->n == CSV_FIELDS_MOST)
        r->broken = "it has more than 256 columns";
    else
        r->c->fields[r->n++] = slice_of(p, n);
}

static void plain_field(struct row_reader *r)
{
    const char *from = r->p;
    char delim = r->c->dialect.delimiter, newline = r->c->newline;
    while (r->p < r->end && *r->p != delim && *r->p != newline)
        r->p++;
    if (r->p == r->end && !r->c->is_at_end) {
        r->is_short = true;
        return;
    }
    size_t n = (size_t)(r->p - from);
    if (n && from[n - 1] == '\r' && (r->p == r->end || *r->p == '\n'))
        n--;
    set_field(r, from, n);
}

/* At the opening quote. Doubled quotes stand for one (RFC 4180 2.7). */
static void quoted_field(struct row_reader *r)
{
    struct csv *c = r->c;
    char quote = c->dialect.quote;
    const char *from = ++r->p;
    char *copy = NULL;
    for (;; r->p++) {
        const char *q = memchr(r->p, quote, (size_t)(r->end - r->p));
        if (q == NULL || (q + 1 == r->end && !c->is_at_end)) {
            r->is_short = !c->is_at_end;
            r->broken = "a quote is opened and never closed";
            return;
        }
        bool is_doubled = q + 1 < r->end && q[1] == quote;
        size_t n = (size_t)(q - from) + is_doubled;
        if (copy == NULL && is_doubled)
            copy = c->unquoted + r->n_unquoted;
        if (copy) {
            if (n > sizeof c->unquoted - r->n_unquoted) {
                r->broken = "it is longer than 64 KiB";
                return;
            }
            memcpy(c->unquoted + r->n_unquoted, from, n);
            r->n_unquoted += n;
        }
        r->p = q + 1;
        if (!is_doubled) {
            set_field(r, copy ? copy : from,
                      copy ? (size_t)(c->unquoted + r->n_unquoted - copy) : n);
            return;
        }
        from = r->p + 1;
    }
}

static void count_lines(struct row_reader *r, const char *from)
{
    const char *p = from;
    while (p < r->p && (p = memchr(p, r->c->newline, (size_t)(r->p - p))) != NULL) {
        r->lines++;
        p++;
    }
}

static void read_fields(struct row_reader *r)
{
    for (;;) {
        if (r->p < r->end && *r->p == r->c->dialect.quote) {
            const char *from = r->p;
            quoted_field(r);
            if (r->broken)
                return;
            count_lines(r, from);
            while (r->p < r->end && *r->p == ' ')
                r->p++;
            if (r->p + 1 >= r->end && !r->c->is_at_end)
                r->is_short = true;
            else if (!is_row_end(r) && *r->p != r->c->dialect.delimiter)
                r->broken = "text stands behind a closing quote";
        } else {
            plain_field(r);
        }
        if (r->is_short || r->broken || r->p == r->end || *r->p != r->c->dialect.delimiter)
            return;
        r->p++;
        if (r->p == r->end && !r->c->is_at_end) {
            r->is_short = true;
            return;
        }
    }
}

/* Up to the end of the line on which the row begins. */
static void to_line_end(struct csv *c)
{
    const char *q;
    while ((q = memchr(c->text + c->at, c->newline, c->n - c->at)) == NULL) {
        c->at = c->n; /* a line longer than a row may be: dropped as it comes */
        drop_front(c);
        if (!fetch(c))
            return;
    }
    c->at = (size_t)(q - c->text) + 1;
}

static void take_broken(struct csv *c, const char *why, struct csv_row *out)
{
    struct slice line = slice_of(c->text + c->at, c->n - c->at);
    size_t n = slice_chr(line, c->newline);
    out->n = 0;
    out->broken = why;
    out->raw = slice_head(line, n == SIZE_MAX ? line.n : n);
    if (n == SIZE_MAX && out->raw.n > 4096) /* it is dropped below, so its head is kept apart */
        out->raw.n = 4096;
    if (n == SIZE_MAX) {
        memcpy(c->unquoted, out->raw.p, out->raw.n);
        out->raw.p = c->unquoted;
    }
    c->line++;
    to_line_end(c);
}

static void take_row(struct csv *c, const struct row_reader *r, struct csv_row *out)
{
    const char *from = c->text + c->at, *p = r->p;
    out->raw = slice_of(from, (size_t)(p - from));
    if (p < r->end && *p == '\r' && c->newline == '\n')
        p++;
    if (p < r->end && *p == c->newline)
        p++;
    if (out->raw.n && out->raw.p[out->raw.n - 1] == '\r')
        out->raw.n--;
    out->n = r->n;
    c->at += (size_t)(p - from);
    c->line += 1 + r->lines;
}

static bool skip_empty_lines(struct csv *c)
{
    for (;;) {
        if (c->at == c->n && !fetch(c))
            return c->at < c->n;
        char x = c->text[c->at];
        if (x != '\n' && x != '\r')
            return true;
        c->line += x == c->newline;
        c->at++;
    }
}

bool csv_next(struct csv *c, struct csv_row *out)
{
    if (!skip_empty_lines(c))
        return false;
    *out = (struct csv_row){.fields = c->fields, .line = c->line};
    for (;;) {
        struct row_reader r = {.c = c, .p = c->text + c->at, .end = c->text + c->n};
        read_fields(&r);
        bool is_long = (size_t)(r.p - (c->text + c->at)) > CSV_ROW_MOST ||
                       (r.is_short && c->n - c->at > CSV_ROW_MOST);
        if (r.is_short && !is_long) {
            fetch(c); /* at the end of the input the row is read again, as it stands */
            continue;
        }
        if (is_long && !r.broken)
            r.broken = "it is longer than 64 KiB";
        if (r.broken)
            take_broken(c, r.broken, out);
        else
            take_row(c, &r, out);
        out->end = c->before + c->at;
        return true;
    }
}

/* ---- going on after a kill ---- */

uint64_t csv_line(const struct csv *c)
{
    return c->line;
}

uint32_t csv_crc(struct csv *c)
{
    sum_up_to(c, c->at);
    return c->crc;
}

bool csv_skip(struct csv *c, uint64_t end, uint64_t line, uint32_t *out_crc)
{
    while (c->before + c->n < end) {
        c->at = c->n;
        drop_front(c);
        if (!fetch(c))
            return false;
    }
    if (end < c->before + c->at)
        return false;
    c->at = (size_t)(end - c->before);
    c->line = line;
    *out_crc = csv_crc(c);
    return true;
}

/* ---- writing ---- */

void csv_put(struct buf *out, struct slice s)
{
    bool is_quoted = false;
    bool is_formula = s.n > 0 && strchr("=+-@\t\r", s.p[0]) != NULL && s.p[0] != '\0';
    for (size_t i = 0; i < s.n && !is_quoted; i++)
        is_quoted = s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r';
    if (is_quoted)
        buf_chr(out, '"');
    if (is_formula)
        buf_chr(out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_chr(out, '"');
        buf_chr(out, s.p[i]);
    }
    if (is_quoted)
        buf_chr(out, '"');
}
