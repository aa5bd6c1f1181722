/* Files inside text: uuencode and yEnc. See decode.h. */
#include "mail/decode.h"

/* The line at `at` without its end; *out_next is the offset behind it. */
static struct slice line_at(struct slice s, size_t at, size_t *out_next)
{
    const char *lf = at < s.n ? memchr(s.p + at, '\n', s.n - at) : NULL;
    size_t end = lf ? (size_t)(lf - s.p) : s.n;
    *out_next = lf ? end + 1 : s.n;
    if (end > at && s.p[end - 1] == '\r')
        end--;
    return slice_of(s.p + at, end - at);
}

/* Value of a uuencode character, or -1. */
static int uu_value(char c)
{
    return c >= ' ' && c <= '`' ? (c - ' ') & 63 : -1;
}

/* Can this be a line of uuencoded data? Its first character is the number of bytes. */
static bool is_uu_line(struct slice line)
{
    if (line.n == 0 || uu_value(line.p[0]) <= 0)
        return false;
    size_t want = (size_t)(uu_value(line.p[0]) + 2) / 3 * 4;
    if (line.n < want || line.n > want + 3) /* trailing spaces may be lost or added */
        return false;
    for (size_t i = 1; i < line.n; i++) {
        if (uu_value(line.p[i]) < 0)
            return false;
    }
    return true;
}

/* "begin 644 NAME" */
static bool uu_begin(struct slice line, struct slice *out_name)
{
    size_t i = 6;
    if (!slice_starts(line, SLICE("begin ")))
        return false;
    while (i < line.n && line.p[i] >= '0' && line.p[i] <= '7')
        i++;
    if (i < 9 || i > 11 || i >= line.n || line.p[i] != ' ')
        return false;
    *out_name = slice_trim(slice_from(line, i));
    return out_name->n != 0;
}

/* Where the data that begins at `at` ends; *out_next is behind the end line. */
static size_t find_end(struct slice text, size_t at, bool is_yenc, size_t *out_next)
{
    while (at < text.n) {
        size_t next;
        struct slice line = line_at(text, at, &next);
        if (is_yenc ? slice_starts(line, SLICE("=yend"))
                    : slice_eq(line, SLICE("end")) || line.n == 0) {
            *out_next = next;
            return at;
        }
        at = next;
    }
    *out_next = text.n;
    return text.n;
}

/* Tries the line at `at`; true when a file begins there. */
static bool begins(struct slice text, size_t at, struct decode_file *out)
{
    size_t body, next;
    struct slice line = line_at(text, at, &body);
    out->start = at;
    if (slice_starts(line, SLICE("=ybegin "))) {
        size_t name = slice_find(line, SLICE("name="));
        if (name == SIZE_MAX)
            return false;
        out->name = slice_trim(slice_from(line, name + 5));
        struct slice part = line_at(text, body, &next);
        if (slice_starts(part, SLICE("=ypart")))
            body = next;
        out->is_yenc = true;
    } else {
        if (!uu_begin(line, &out->name) || !is_uu_line(line_at(text, body, &next)))
            return false;
        out->is_yenc = false;
    }
    size_t end = find_end(text, body, out->is_yenc, &out->end);
    out->content = slice_of(text.p + body, end - body);
    return true;
}

bool decode_find_file(struct slice text, size_t *at, struct decode_file *out)
{
    while (*at < text.n) {
        /* Both words hold "begin "; look for it, then whether its line begins there. */
        size_t hit = slice_find(slice_from(text, *at), SLICE("begin "));
        if (hit == SIZE_MAX)
            break;
        hit += *at;
        *at = hit + 6;
        bool is_yenc = hit >= 2 && text.p[hit - 1] == 'y' && text.p[hit - 2] == '=';
        size_t start = is_yenc ? hit - 2 : hit;
        if (start > 0 && text.p[start - 1] != '\n')
            continue;
        if (begins(text, start, out)) {
            *at = out->end;
            return true;
        }
    }
    *at = text.n;
    return false;
}

size_t decode_uu(struct slice content, char *out, size_t room, struct decode_result *out_result)
{
    size_t n = 0;
    for (size_t at = 0; at < content.n;) {
        struct slice line = line_at(content, at, &at);
        int count = line.n ? uu_value(line.p[0]) : 0;
        if (count <= 0)
            continue;
        for (size_t i = 1; count > 0; i += 4) {
            unsigned v = 0;
            for (size_t k = 0; k < 4; k++) {
                int c = i + k < line.n ? uu_value(line.p[i + k]) : 0;
                out_result->junk += c < 0;
                v = v << 6 | (unsigned)(c < 0 ? 0 : c);
            }
            for (int k = 0; k < 3 && count > 0; k++, count--) {
                if (n >= room || n >= content.n) {
                    out_result->hit_limit = true;
                    return n;
                }
                out[n++] = (char)(v >> (16 - 8 * k));
            }
            if (i > line.n)
                break;
        }
    }
    return n;
}

size_t decode_yenc(struct slice content, char *out, size_t room, struct decode_result *out_result)
{
    size_t n = 0;
    for (size_t i = 0; i < content.n; i++) {
        unsigned char c = (unsigned char)content.p[i];
        if (c == '\r' || c == '\n')
            continue;
        if (c == '=' && i + 1 < content.n)
            c = (unsigned char)(content.p[++i] - 64);
        if (n >= room) {
            out_result->hit_limit = true;
            return n;
        }
        out[n++] = (char)(c - 42);
    }
    return n;
}
