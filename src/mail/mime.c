/* The part tree. See mime.h.
 *
 * One cursor runs over the bytes; a stack holds the boundaries that are open. A line that
 * begins with "--" is compared with the open boundaries from the innermost out, so the time is
 * the size times the depth at worst, and the depth is capped.
 */
#include "mail/mime.h"
#include "mail/header.h"
#include "base/bytemask.h"

#define NO_LEVEL SIZE_MAX

struct hit {
    size_t level; /* index in the stack; NO_LEVEL: end of the bytes */
    bool is_close;
    size_t body_end; /* where the bytes before it end, line end not counted */
};

struct walk {
    struct message *m;
    struct slice src;
    size_t at;
    struct slice *stack; /* open boundaries */
    size_t n;
    struct hit hit;  /* what ended the last part */
    bool has_prefix; /* a line only began with an open boundary */
};

static struct part *parse_part(struct walk *w, struct part *parent, bool in_digest);

static struct part *part_new(struct message *m, struct part *parent)
{
    if (m->n_parts % 16 == 0 && (m->n_parts & (m->n_parts - 1)) == 0) {
        size_t room = m->n_parts ? m->n_parts * 2 : 16;
        m->parts = arena_grow(m->arena, m->parts, m->n_parts, room, sizeof(m->parts[0]));
    }
    struct part *p = ARENA_NEW(m->arena, struct part);
    p->index = (uint32_t)m->n_parts;
    p->parent = parent;
    p->depth = parent ? parent->depth + 1 : 0;
    m->parts[m->n_parts++] = p;
    if (parent == NULL)
        return p;
    struct part **to = &parent->child;
    if (parent->last_child)
        to = &parent->last_child->next;
    *to = parent->last_child = p;
    return p;
}

static struct slice trim_end(struct slice s)
{
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r'))
        s.n--;
    return s;
}

/* What stands behind a boundary on its line. */
enum tail { TAIL_OPEN, TAIL_CLOSE, TAIL_OPEN_TEXT, TAIL_CLOSE_TEXT, TAIL_OTHER };

static enum tail tail_of(struct slice tail)
{
    tail = trim_end(tail);
    if (tail.n == 0)
        return TAIL_OPEN;
    if (tail.p[0] == ' ' || tail.p[0] == '\t')
        return TAIL_OPEN_TEXT;
    if (tail.n < 2 || tail.p[0] != '-' || tail.p[1] != '-')
        return TAIL_OTHER;
    if (tail.n == 2)
        return TAIL_CLOSE;
    return tail.p[2] == ' ' || tail.p[2] == '\t' ? TAIL_CLOSE_TEXT : TAIL_OTHER;
}

/* Does the line (beginning with "--") stand for an open boundary? Fills level and is_close. RFC
 * 2046 5.1.1 takes a line that begins with the boundary; programs differ on what may follow. A
 * whole line of any level goes first, then one with text behind a space. */
static bool match(struct walk *w, struct slice line, struct hit *out)
{
    struct slice rest = slice_from(line, 2);
    size_t with_text = NO_LEVEL;
    enum tail kept = TAIL_OTHER;
    for (size_t level = w->n; level-- > 0;) {
        struct slice b = w->stack[level];
        /* Here the time of bad mail goes: look at one byte before calling anything. */
        if (rest.n < b.n || (b.n && rest.p[b.n - 1] != b.p[b.n - 1]) || !slice_starts(rest, b))
            continue;
        enum tail tail = tail_of(slice_from(rest, b.n));
        if (tail == TAIL_OPEN || tail == TAIL_CLOSE) {
            out->level = level;
            out->is_close = tail == TAIL_CLOSE;
            return true;
        }
        if (tail == TAIL_OTHER) {
            anomaly_add(&w->m->anomalies, ANOMALY_boundary_prefix, 0, line);
            w->has_prefix = true;
        } else if (with_text == NO_LEVEL) {
            with_text = level;
            kept = tail;
        }
    }
    if (with_text == NO_LEVEL)
        return false;
    anomaly_add(&w->m->anomalies, ANOMALY_boundary_tail, 0, line);
    out->level = with_text;
    out->is_close = kept == TAIL_CLOSE_TEXT;
    return true;
}

/* Where the next line behind `at` begins that starts with "--", or the end. */
static size_t next_dashes(struct slice s, size_t at)
{
    uint64_t after_lf = 0, after_dash = 0; /* of the block before: its last bits */
    for (; at < s.n; at += BYTES64) {
        struct bytes64 b = bytes64_load(slice_from(s, at));
        uint64_t lf = bytes64_is(&b, '\n'), dash = bytes64_is(&b, '-');
        uint64_t second = dash & (dash << 1 | after_dash) & (lf << 2 | after_lf);
        if (second)
            return at + bitmask_first(second) - 1;
        after_lf = lf >> 62;
        after_dash = dash >> 63;
    }
    return s.n;
}

static bool begins_with_dashes(struct slice s)
{
    return s.n > 1 && s.p[0] == '-' && s.p[1] == '-';
}

/* Moves the cursor behind the next boundary line of an open multipart, or to the end. */
static void find_boundary(struct walk *w)
{
    struct slice s = w->src;
    size_t at = w->at;
    w->hit = (struct hit){NO_LEVEL, false, s.n};
    if (w->n && !begins_with_dashes(slice_from(s, at)))
        at = next_dashes(s, at);
    for (; w->n && at < s.n; at = next_dashes(s, at)) {
        const char *lf = memchr(s.p + at, '\n', s.n - at);
        size_t end = lf ? (size_t)(lf - s.p) : s.n;
        if (match(w, slice_of(s.p + at, end - at), &w->hit)) {
            size_t body_end = at;
            if (body_end > w->at && s.p[body_end - 1] == '\n')
                body_end--;
            if (body_end > w->at && s.p[body_end - 1] == '\r')
                body_end--;
            w->hit.body_end = body_end;
            w->at = lf ? end + 1 : s.n;
            return;
        }
        at = end;
    }
    w->at = s.n;
}

static bool is_header_end(void *context, struct slice line)
{
    struct hit hit;
    return match(context, line, &hit);
}

static bool may_split(struct walk *w, struct part *p)
{
    if (p->depth + 1 < w->m->limits->depth)
        return true;
    anomaly_add(&w->m->anomalies, ANOMALY_limit_depth, p->index, p->type);
    return false;
}

static bool has_room(struct walk *w, struct part *p)
{
    if (w->m->n_parts < w->m->limits->parts)
        return true;
    anomaly_add(&w->m->anomalies, ANOMALY_limit_parts, p->index, p->type);
    return false;
}

/* Behind the end of a multipart: up to the next boundary of those around it. */
static void read_epilogue(struct walk *w, struct part *p, struct slice boundary)
{
    size_t start = w->at;
    find_boundary(w);
    size_t end = w->hit.body_end > start ? w->hit.body_end : start;
    struct slice rest = slice_of(w->src.p + start, end - start);
    if (slice_find(rest, boundary) == SIZE_MAX)
        return;
    readings_by_boundary(w->m, p, rest, boundary, false, ANOMALY_boundary_reused);
}

static void read_multipart(struct walk *w, struct part *p, struct slice boundary)
{
    bool is_digest = slice_eq(p->subtype, SLICE("digest"));
    size_t level = w->n;
    w->stack[w->n++] = boundary;
    find_boundary(w);
    /* A boundary line that ends the bytes opens nothing. */
    while (w->hit.level == level && !w->hit.is_close && w->at < w->src.n && has_room(w, p))
        parse_part(w, p, is_digest);
    w->n = level;
    bool is_closed = w->hit.level == level && w->hit.is_close;
    if (!is_closed)
        anomaly_add(&w->m->anomalies,
                    p->child ? ANOMALY_boundary_unterminated : ANOMALY_boundary_never, p->index,
                    boundary);
    if (is_closed)
        read_epilogue(w, p, boundary);
    else if (w->hit.level == level)
        find_boundary(w); /* what is over the limit */
}

/* The other ways to cut a multipart. */
static void other_cuts(struct walk *w, struct part *p, const struct content *c)
{
    for (size_t i = 0; i < c->n_boundaries; i++) {
        enum anomaly_kind cause = c->n_types > 1 ? ANOMALY_content_type_twice
                                                 : ANOMALY_boundary_twice;
        readings_by_boundary(w->m, p, p->body, c->boundaries[i], false, cause);
    }
    if (w->has_prefix && c->boundary.n)
        readings_by_boundary(w->m, p, p->body, c->boundary, true, ANOMALY_boundary_prefix);
}

/* Decoded bytes that hold a multipart or a message of their own. */
static void read_decoded(struct walk *w, struct part *p, struct slice boundary)
{
    struct slice decoded = p->decoded;
    struct walk inner = {.m = w->m, .src = decoded, .stack = w->stack + w->n};
    if (p->is_message)
        parse_part(&inner, p, false);
    else
        read_multipart(&inner, p, boundary);
}

static bool is_plain(enum encoding e)
{
    return e != ENCODING_BASE64 && e != ENCODING_QP && e != ENCODING_UU && e != ENCODING_YENC;
}

static void inner_message(struct message *m, struct part *p)
{
    if (p->child == NULL)
        return;
    struct message *in = ARENA_NEW(m->arena, struct message);
    in->arena = m->arena;
    in->limits = m->limits;
    in->raw = p->child->raw;
    in->body = p->child->body;
    in->headers = p->child->headers;
    in->root = p->child;
    in->date_us = INT64_MIN;
    p->inner = in;
}

static struct part *parse_part(struct walk *w, struct part *parent, bool in_digest)
{
    struct message *m = w->m;
    struct part *p = part_new(m, parent);
    struct header_stop stop = {is_header_end, w};
    struct content c = {0};
    size_t start = w->at;
    w->at += header_read(m, p->index, slice_from(w->src, start), w->n ? &stop : NULL, &p->headers);
    content_read(m, p, in_digest, &c);
    size_t body = w->at;
    bool holds = p->is_multipart ? c.boundary.n != 0 : p->is_message;
    bool encoded = !is_plain(p->encoding);
    if (holds && encoded)
        anomaly_add(&m->anomalies, ANOMALY_encoding_on_multipart, p->index, p->type);
    holds = holds && may_split(w, p) && has_room(w, p);
    if (holds && p->is_multipart)
        read_multipart(w, p, c.boundary);
    else if (holds && !encoded)
        parse_part(w, p, false);
    else
        find_boundary(w);
    size_t end = w->hit.body_end < body ? body : w->hit.body_end;
    p->body = slice_of(w->src.p + body, end - body);
    p->raw = slice_of(w->src.p + start, end - start);
    p->decoded = p->body;
    if (!p->is_multipart || p->child == NULL)
        body_decode(m, p, &c);
    if (holds && encoded && p->child == NULL)
        read_decoded(w, p, c.boundary);
    if (c.n_boundaries || (p->is_multipart && w->has_prefix))
        other_cuts(w, p, &c);
    if (p->is_message)
        inner_message(m, p);
    return p;
}

void mime_parse(struct message *m)
{
    struct walk w = {.m = m, .src = m->raw};
    w.stack = ARENA_ARRAY(m->arena, struct slice, m->limits->depth + 2);
    m->root = parse_part(&w, NULL, false);
    m->headers = m->root->headers;
    m->body = m->root->body;
}
