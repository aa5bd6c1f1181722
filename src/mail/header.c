/* Header sections: fields, folding, oddities. See header.h. */
#include "mail/header.h"
#include "mail/rfc2047.h"
#include "base/bytes16.h"
#include "base/utf8.h"

struct reader {
    struct message *m;
    uint32_t part;
    struct slice data;
    const struct header_stop *stop;
    struct header_list *out;
    size_t at;
};

const struct header *header_find_name(const struct header_list *list, struct slice want,
                                      const struct header *after)
{
    for (const struct header *h = after ? after->next : list->first; h; h = h->next) {
        if (h->name.n == want.n && slice_istarts(h->name, want))
            return h;
    }
    return NULL;
}

static void note(struct reader *r, enum anomaly_kind kind, struct slice detail)
{
    anomaly_add(&r->m->anomalies, kind, r->part, detail);
}

/* The line at offset `at` without its end; *out_next is the offset behind the end. */
static struct slice line_at(struct slice data, size_t at, size_t *out_next)
{
    const char *start = data.p + at;
    const char *lf = at < data.n ? memchr(start, '\n', data.n - at) : NULL;
    size_t n = lf ? (size_t)(lf - start) : data.n - at;
    *out_next = at + n + (lf ? 1 : 0);
    if (n && start[n - 1] == '\r' && lf)
        n--;
    return slice_of(start, n);
}

/* How a line begins that is not folded: length of the name (ASCII, RFC 6532 3.2 keeps it so), or 0
 * when there is none.
 * *out_colon is the offset of the colon. */
static size_t field_name(struct slice line, size_t *out_colon)
{
    size_t i = 0, run = BYTES16;
    for (; run == BYTES16; i += run) { /* zeros, as behind the line, end it as well */
        struct bytes16 b = bytes16_load(slice_from(line, i));
        run = bytes16_first((~bytes16_range(&b, '!', '~') | bytes16_is(&b, ':')) & BYTES16_ALL);
    }
    size_t n = i;
    while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'))
        i++;
    *out_colon = i;
    return i < line.n && line.p[i] == ':' ? n : 0;
}

static bool is_fold(struct slice data, size_t at)
{
    return at < data.n && (data.p[at] == ' ' || data.p[at] == '\t');
}

static bool is_blank(struct slice line)
{
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] != ' ' && line.p[i] != '\t' && line.p[i] != '\r')
            return false;
    }
    return true;
}

/* The bytes of a folded field without the line ends inside it. */
static struct slice unfold(struct reader *r, struct slice raw)
{
    char *out = arena_bytes(r->m->arena, raw.n);
    size_t n = 0;
    for (size_t at = 0; at < raw.n;) {
        size_t next;
        struct slice line = line_at(raw, at, &next);
        memcpy(out + n, line.p, line.n);
        n += line.n;
        at = next;
    }
    return slice_of(out, n);
}

static void add_field(struct reader *r, struct slice raw, size_t name_n, size_t colon,
                      bool is_folded)
{
    const struct mail_limits *l = r->m->limits;
    if (r->out->n >= l->header_fields) {
        note(r, ANOMALY_limit_header, slice_head(raw, name_n));
        return;
    }
    struct header *h = ARENA_NEW(r->m->arena, struct header);
    h->name = slice_head(raw, name_n);
    h->raw = raw;
    struct slice value = slice_from(raw, colon + 1);
    if (value.n > l->field_bytes) {
        note(r, ANOMALY_limit_field, h->name);
        value = slice_head(value, l->field_bytes);
    }
    h->value = slice_trim(is_folded ? unfold(r, value) : value);
    struct rfc2047_result seen = {0};
    h->text = rfc2047_decode(r->m->arena, h->value, l->encoded_words, &seen);
    if (seen.bad)
        note(r, ANOMALY_encoded_word_bad, h->name);
    if (seen.is_8bit)
        note(r, ANOMALY_header_8bit, h->name);
    if (seen.hit_limit)
        note(r, ANOMALY_limit_field, h->name);
    if (r->out->last)
        r->out->last->next = h;
    else
        r->out->first = h;
    r->out->last = h;
    r->out->n++;
    unsigned shape = header_shape(h->name);
    r->out->shapes[shape / 64] |= UINT64_C(1) << shape % 64;
}

/* Takes one field whose first line begins at r->at and ends before `next`. */
static void take_field(struct reader *r, struct slice line, size_t next, size_t name_n,
                       size_t colon)
{
    size_t start = r->at, end = start + line.n, first_end = end;
    while (is_fold(r->data, next)) {
        struct slice more = line_at(r->data, next, &r->at);
        if (is_blank(more)) {
            /* A line of white space alone: some end the header here, some go on. */
            note(r, ANOMALY_header_fold_odd, slice_head(line, name_n));
            if (!is_fold(r->data, r->at)) {
                next = r->at;
                break;
            }
        }
        end = next + more.n;
        next = r->at;
    }
    r->at = next;
    if (colon != name_n)
        note(r, ANOMALY_header_space_colon, slice_head(line, name_n));
    add_field(r, slice_of(r->data.p + start, end - start), name_n, colon, end != first_end);
}

/* A line that is no field: skip it when fields follow, else the body begins here. */
static bool is_body_start(struct reader *r, struct slice line, size_t next)
{
    size_t colon, after;
    bool has_name = slice_chr(line, ':') < slice_chr(line, ' ');
    note(r, has_name ? ANOMALY_header_name_odd : ANOMALY_header_no_colon, line);
    if (next >= r->data.n)
        return false;
    struct slice following = line_at(r->data, next, &after);
    return following.n != 0 && !is_fold(r->data, next) && field_name(following, &colon) == 0;
}

size_t header_read(struct message *m, uint32_t part, struct slice data,
                   const struct header_stop *stop, struct header_list *out)
{
    struct reader r = {m, part, data, stop, out, 0};
    while (r.at < data.n) {
        size_t next, colon;
        struct slice line = line_at(data, r.at, &next);
        if (line.n == 0)
            return next;
        if (stop && line.n > 1 && line.p[0] == '-' && line.p[1] == '-' &&
            stop->is_end(stop->context, line)) {
            note(&r, ANOMALY_blank_missing, line);
            return r.at;
        }
        if (r.at > m->limits->header_bytes) {
            note(&r, ANOMALY_limit_header, slice_head(line, 40));
            return r.at;
        }
        size_t name_n = field_name(line, &colon);
        if (name_n) {
            take_field(&r, line, next, name_n, colon);
            continue;
        }
        if (r.at == 0 &&
            (slice_starts(line, SLICE("From ")) || slice_starts(line, SLICE(">From ")))) {
            note(&r, ANOMALY_mbox_line, line);
            r.at = next;
            continue;
        }
        if (is_blank(line)) {
            note(&r, ANOMALY_header_fold_odd, line);
            return next;
        }
        if (is_body_start(&r, line, next)) {
            note(&r, ANOMALY_blank_missing, line);
            return r.at;
        }
        r.at = next;
    }
    return r.at;
}
