/* Channel T, content: links and the structure of the message. */
#include "learn/features_internal.h"

#define LINKS_MAX   64
#define PATH_TOKENS 8
#define PARTS_MAX   40

static void path_tokens(struct feature_sink *s, struct slice path)
{
    char lower[WORD_MAX];
    size_t n = 0;
    int tokens = 0;
    for (size_t i = 0; i <= path.n && tokens < PATH_TOKENS; i++) {
        char c = i < path.n ? path.p[i] : '/';
        if (ascii_is_alnum(c) || c == '%') {
            if (n < sizeof lower)
                lower[n++] = ascii_lower(c);
            continue;
        }
        if (n >= 2) {
            sink_add(s, feature_of(KIND_LINK_PATH, 0, slice_of(lower, n)));
            tokens++;
        }
        n = 0;
    }
}

void feature_link(struct feature_sink *s, const struct link *l)
{
    const struct url *u = &l->url;
    sink_add(s, feature_num(KIND_LINK_FORM, 1, l->from));
    if (l->is_hidden)
        sink_add(s, feature_num(KIND_LINK_FORM, 2, 1));
    if (!u->is_valid) {
        sink_add(s, feature_num(KIND_LINK_FORM, 3, 1));
        return;
    }
    sink_add(s, feature_of(KIND_LINK_FORM, 4, slice_head(u->scheme, 16)));
    if (u->is_ip)
        feature_network(s, 4, u->host);
    else
        feature_domain(s, KIND_LINK_HOST, 0, slice_head(u->host, 128));
    sink_add(s, feature_of(KIND_LINK_WHOLE, 0, slice_head(u->whole, 512)));
    path_tokens(s, slice_head(u->path, 200));
    if (u->path.n > 1)
        sink_add(s, feature_shape(1, slice_head(u->path, 100)));
    if (u->query.n)
        sink_add(s, feature_shape(2, slice_head(u->query, 60)));
    if (u->port >= 0)
        sink_add(s, feature_num(KIND_LINK_FORM, 5, (uint64_t)u->port));
    if (u->user.n)
        sink_add(s, feature_num(KIND_LINK_FORM, 6, 1));
    if (l->shown_domain.n && u->domain.n)
        sink_add(s, feature_num(KIND_LINK_FORM, 7, slice_ieq(l->shown_domain, u->domain)));
}

void feature_links(struct feature_sink *s, const struct message *m)
{
    size_t n = 0;
    for (const struct link *l = m->links; l && n < LINKS_MAX; l = l->next, n++)
        feature_link(s, l);
    sink_add(s, feature_num(KIND_BUCKET, 1, feature_bucket(m->n_links)));
}

static struct slice extension(struct slice name)
{
    size_t dot = slice_rchr(name, '.');
    return dot == SIZE_MAX ? SLICE("") : slice_head(slice_from(name, dot + 1), 8);
}

static uint32_t part_kind(const struct part *p)
{
    char type[80];
    size_t n = 0;
    struct slice both[2] = {slice_head(p->type, 39), slice_head(p->subtype, 39)};
    for (int k = 0; k < 2; k++) {
        for (size_t i = 0; i < both[k].n; i++)
            type[n++] = ascii_lower(both[k].p[i]);
        type[n++] = '/';
    }
    return feature_of(KIND_PART, 0, slice_of(type, n));
}

static void one_part(struct feature_sink *s, const struct part *p, uint32_t before)
{
    uint32_t kind = part_kind(p);
    sink_add(s, kind);
    sink_add(s, feature_num(KIND_PART, 1, (uint64_t)kind << 8 | (p->depth & 15)));
    sink_add(s, feature_num(KIND_PART, 2, (uint64_t)kind << 32 | before));
    sink_add(s, feature_num(KIND_PART, 3, (uint64_t)kind << 8 | (uint64_t)p->encoding));
    if (p->charset.n)
        sink_add(s, feature_of(KIND_PART, 4, slice_head(p->charset, 40)));
    if (p->disposition.n)
        sink_add(s, feature_of(KIND_PART, 5, slice_head(p->disposition, 20)));
    struct slice boundary = part_param(p, "boundary");
    if (boundary.n)
        sink_add(s, feature_shape(3, slice_head(boundary, 70)));
    for (size_t i = 0; i < p->n_names && i < 4; i++) {
        struct slice ext = extension(p->names[i]);
        sink_add(s, feature_of(KIND_PART, 6, ext));
        sink_add(s, feature_shape(4, slice_head(p->names[i], 60)));
    }
}

void feature_structure(struct feature_sink *s, const struct message *m)
{
    uint32_t before = 0;
    for (size_t i = 0; i < m->n_parts && i < PARTS_MAX; i++) {
        one_part(s, m->parts[i], before);
        before = part_kind(m->parts[i]);
    }
    sink_add(s, feature_num(KIND_BUCKET, 2, feature_bucket(m->raw.n)));
    sink_add(s, feature_num(KIND_BUCKET, 3, feature_bucket(m->text.n)));
    sink_add(s, feature_num(KIND_BUCKET, 4, feature_bucket(m->hidden.n)));
    sink_add(s, feature_num(KIND_BUCKET, 5, m->n_parts < 12 ? m->n_parts : 12));
    sink_add(s, feature_num(KIND_BUCKET, 6, m->body.n ? 16 * m->text.n / (m->body.n + 1) : 99));
    for (uint32_t k = 0; k < ANOMALY_KINDS; k++) {
        if (anomaly_has(&m->anomalies, (enum anomaly_kind)k))
            sink_add(s, feature_of(KIND_ANOMALY, 0,
                                   slice_str(anomaly_info((enum anomaly_kind)k)->name)));
    }
}
