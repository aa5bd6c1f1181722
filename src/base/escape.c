/* The one escaper. See escape.h. */
#include "base/escape.h"

#include "base/bytes16.h"
#include "base/utf8.h"

bool escape_is_bidi(uint32_t c)
{
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

/* In ranges, the usual ones first: asked for each character of other scripts. */
bool escape_is_invisible(uint32_t c)
{
    if (c < 0x200B)
        return c >= 0xAD &&
               (c == 0xAD || c == 0x034F || c == 0x061C || c == 0x115F || c == 0x1160 ||
                c == 0x17B4 || c == 0x17B5 || (c >= 0x180B && c <= 0x180F));
    if (c < 0x2070)
        return c <= 0x200F || (c >= 0x2028 && c <= 0x202E) || c >= 0x2060;
    if (c < 0xFE00)
        return c == 0x3164;
    return c <= 0xFE0F || c == 0xFEFF || c == 0xFFA0 || (c >= 0xFFF9 && c <= 0xFFFB) ||
           (c >= 0xE0000 && c <= 0xE0FFF);
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

static void put_char(struct buf *b, uint32_t c)
{
    char u[4];
    buf_add(b, slice_of(u, utf8_put(u, c)));
}

static void put_html(struct buf *b, uint32_t c)
{
    switch (c) {
    case '<':
        buf_str(b, "&lt;");
        break;
    case '>':
        buf_str(b, "&gt;");
        break;
    case '&':
        buf_str(b, "&amp;");
        break;
    case '"':
        buf_str(b, "&quot;");
        break;
    case '\'':
        buf_str(b, "&#39;");
        break;
    case '\n':
    case '\t':
        buf_chr(b, (char)c);
        break;
    default:
        if (is_control(c) || escape_is_bidi(c))
            put_char(b, UTF8_BAD);
        else
            put_char(b, c);
    }
}

static void put_json(struct buf *b, uint32_t c)
{
    switch (c) {
    case '"':
        buf_str(b, "\\\"");
        break;
    case '\\':
        buf_str(b, "\\\\");
        break;
    case '\n':
        buf_str(b, "\\n");
        break;
    case '\r':
        buf_str(b, "\\r");
        break;
    case '\t':
        buf_str(b, "\\t");
        break;
    default:
        if (is_control(c) || c == 0x2028 || c == 0x2029 || escape_is_bidi(c))
            buf_printf(b, "\\u%04x", (unsigned)c);
        else
            put_char(b, c);
    }
}

static void put_line(struct buf *b, enum escape_for use, uint32_t c)
{
    if (use == ESCAPE_LOG && (c == '"' || c == '\\')) {
        buf_chr(b, '\\');
        buf_chr(b, (char)c);
    } else if (c == '\n') {
        buf_str(b, "\\n");
    } else if (c == '\r') {
        buf_str(b, "\\r");
    } else if (c == '\t') {
        buf_str(b, use == ESCAPE_LOG ? "\\t" : " ");
    } else if (is_control(c)) {
        buf_printf(b, "\\x%02x", (unsigned)c);
    } else if (escape_is_invisible(c)) {
        buf_printf(b, "\\u{%x}", (unsigned)c);
    } else {
        put_char(b, c);
    }
}

static void put_ascii(struct buf *b, uint32_t c)
{
    if (c == '\n' || c == '\r' || c == '\t')
        buf_chr(b, ' ');
    else if (!escape_is_invisible(c))
        buf_chr(b, c < 0x20 || c > 0x7E ? '?' : (char)c);
}

/* What stands for itself within ASCII: all that is shown but these. */
enum plain { PLAIN_ALL, PLAIN_QUOTED, PLAIN_HTML };

static enum plain plain_of(enum escape_for use)
{
    switch (use) {
    case ESCAPE_JSON:
    case ESCAPE_LOG:
        return PLAIN_QUOTED;
    case ESCAPE_HTML:
        return PLAIN_HTML;
    default:
        return PLAIN_ALL;
    }
}

/* A bit for each of 16 bytes that is not plain; other scripts are above '~'. */
static unsigned odd_of(const struct bytes16 *b, enum plain kind)
{
    unsigned odd = ~bytes16_range(b, ' ', '~');
    if (kind == PLAIN_QUOTED)
        odd |= bytes16_is(b, '"') | bytes16_is(b, '\\');
    if (kind == PLAIN_HTML)
        odd |= bytes16_is(b, '<') | bytes16_is(b, '>') | bytes16_is(b, '&') | bytes16_is(b, '"') |
               bytes16_is(b, '\'');
    return odd;
}

/* How many bytes at the front are themselves: copied at once. Most text is, and where it is not
 * cannot be foretold. */
static size_t plain_run(struct slice s, size_t most, enum plain kind)
{
    s = slice_head(s, most);
    for (size_t n = 0; n < s.n; n += BYTES16) {
        struct bytes16 b = bytes16_load(slice_from(s, n));
        unsigned odd = odd_of(&b, kind) & bytes16_head(s.n - n);
        if (odd)
            return n + bytes16_first(odd);
    }
    return s.n;
}

void escape_add(struct buf *b, enum escape_for use, struct slice s, size_t max_bytes)
{
    size_t start = b->n;
    enum plain kind = plain_of(use);
    if (use == ESCAPE_SMTP && (max_bytes == 0 || max_bytes > 400))
        max_bytes = 400;
    while (s.n) {
        if (max_bytes && b->n - start >= max_bytes) {
            buf_str(b, "...");
            return;
        }
        size_t run = 0;
        if (!(s.p[0] & 0x80)) /* other scripts come in rows */
            run = plain_run(s, max_bytes ? max_bytes - (b->n - start) : SIZE_MAX, kind);
        if (run) {
            buf_add(b, slice_head(s, run));
            s = slice_from(s, run);
            continue;
        }
        char raw = s.p[0];
        bool ok;
        uint32_t c = utf8_next(&s, &ok);
        if (!ok && (use == ESCAPE_LOG || use == ESCAPE_TERM)) {
            buf_printf(b, "\\x%02x", (unsigned)(unsigned char)raw);
            continue;
        }
        switch (use) {
        case ESCAPE_HTML:
            put_html(b, c);
            break;
        case ESCAPE_JSON:
            put_json(b, c);
            break;
        case ESCAPE_HEADER:
        case ESCAPE_SMTP:
            put_ascii(b, c);
            break;
        default:
            put_line(b, use, c);
        }
    }
}
