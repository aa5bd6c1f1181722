/* Other readings of a multipart: cut by boundaries that only some programs would use. See mime.h.
 *
 * One level deep on purpose: what a section holds is kept as type and decoded bytes, so that
 * checks on types, names and file beginnings see it. A budget keeps nested doubt linear. */
#include "mail/header.h"
#include "mail/mime.h"

void part_add_name(struct message *m, struct part *p, struct slice name)
{
    for (size_t i = 0; i < p->n_names; i++) {
        if (slice_eq(p->names[i], name))
            return;
    }
    if (name.n == 0)
        return;
    if (p->n_names >= m->limits->names) {
        anomaly_add(&m->anomalies, ANOMALY_limit_readings, p->index, name);
        return;
    }
    p->names = arena_grow(m->arena, p->names, p->n_names, p->n_names + 1, sizeof(name));
    p->names[p->n_names++] = name;
}

/* One section between two boundary lines. */
static void take_section(struct message *m, struct part *p, struct slice s, enum anomaly_kind cause)
{
    /* Oddities of a section that most programs do not see are not those of the message. */
    struct message *scratch = ARENA_NEW(m->arena, struct message);
    scratch->arena = m->arena;
    scratch->limits = m->limits;
    scratch->decoded_bytes = m->decoded_bytes;
    struct part *one = ARENA_NEW(m->arena, struct part);
    one->index = p->index;
    size_t body = header_read(scratch, p->index, s, NULL, &one->headers);
    struct content c = {0};
    content_read(scratch, one, false, &c);
    one->body = slice_from(s, body);
    struct slice decoded = body_bytes(scratch, one, one->body, one->encoding, false);
    m->decoded_bytes = scratch->decoded_bytes;
    body_reading(m, p, cause, body_type(m, one), decoded);
    for (size_t i = 0; i < one->n_names; i++)
        part_add_name(m, p, one->names[i]);
}

/* Is the line "--boundary", with or without more? */
static bool is_cut(struct slice line, struct slice boundary, bool is_prefix, bool *out_is_close)
{
    if (line.n < 2 + boundary.n || line.p[0] != '-' || line.p[1] != '-' ||
        !slice_starts(slice_from(line, 2), boundary))
        return false;
    struct slice tail = slice_trim(slice_from(line, 2 + boundary.n));
    *out_is_close = slice_starts(tail, SLICE("--"));
    return is_prefix || tail.n == 0 || *out_is_close;
}

void readings_by_boundary(struct message *m, struct part *p, struct slice region,
                          struct slice boundary, bool is_prefix, enum anomaly_kind cause)
{
    if (region.n > 4 * m->raw.n - m->rescanned) {
        anomaly_add(&m->anomalies, ANOMALY_limit_readings, p->index, boundary);
        return;
    }
    m->rescanned += region.n;
    size_t open = SIZE_MAX, sections = 0;
    for (size_t at = 0; at < region.n && sections < m->limits->readings;) {
        const char *lf = memchr(region.p + at, '\n', region.n - at);
        size_t end = lf ? (size_t)(lf - region.p) : region.n, next = lf ? end + 1 : end;
        bool is_close = false;
        if (is_cut(slice_of(region.p + at, end - at), boundary, is_prefix, &is_close)) {
            if (open != SIZE_MAX)
                take_section(m, p, slice_of(region.p + open, at - open), cause);
            sections++;
            open = is_close ? SIZE_MAX : next;
        }
        at = next;
    }
    if (sections)
        anomaly_add(&m->anomalies, cause, p->index, boundary);
    if (open != SIZE_MAX && open < region.n)
        take_section(m, p, slice_from(region, open), cause);
}
