/* Bodies of leaf parts: transfer decoding within a budget, and the other readings. See mime.h. */
#include "mail/mime.h"
#include "mail/decode.h"

static void note(struct message *m, struct part *p, enum anomaly_kind kind)
{
    anomaly_add(&m->anomalies, kind, p->index, p->type);
}

static void note_result(struct message *m, struct part *p, const struct decode_result *r)
{
    if (r->junk)
        note(m, p, ANOMALY_base64_junk);
    if (r->inner_padding)
        note(m, p, ANOMALY_base64_padding);
    if (r->bad_length)
        note(m, p, ANOMALY_base64_length);
    if (r->bad_escapes)
        note(m, p, ANOMALY_qp_bad);
    if (r->has_long_lines)
        note(m, p, ANOMALY_qp_long);
    if (r->hit_limit)
        note(m, p, ANOMALY_limit_decoded);
}

static size_t decode(struct slice raw, enum encoding e, char *out, size_t room,
                     struct decode_result *r)
{
    switch (e) {
    case ENCODING_QP:
        return decode_qp(raw, out, room, r);
    case ENCODING_UU:
        return decode_uu(raw, out, room, r);
    case ENCODING_YENC:
        return decode_yenc(raw, out, room, r);
    default:
        return decode_base64(raw, out, room, r);
    }
}

/* Where the data lies in a body that is uuencoded or yEnc as a whole. */
static struct slice file_content(struct slice raw)
{
    struct decode_file f;
    size_t at = 0;
    return decode_find_file(raw, &at, &f) ? f.content : raw;
}

struct slice body_bytes(struct message *m, struct part *p, struct slice raw, enum encoding e,
                        bool notes)
{
    if (e != ENCODING_BASE64 && e != ENCODING_QP && e != ENCODING_UU && e != ENCODING_YENC)
        return raw;
    size_t left = m->limits->decoded_bytes - m->decoded_bytes;
    size_t room = e == ENCODING_BASE64 ? raw.n / 4 * 3 + 6 : raw.n;
    if (room > left) {
        room = left;
        note(m, p, ANOMALY_limit_decoded);
    }
    struct decode_result r = {0};
    char *out = arena_bytes(m->arena, room);
    size_t n = decode(raw, e, out, room, &r);
    m->decoded_bytes += n;
    if (notes)
        note_result(m, p, &r);
    if (r.inner_padding)
        body_reading(m, p, ANOMALY_base64_padding, body_type(m, p), slice_of(out, r.padded_at));
    if (notes && r.junk)
        body_reading(m, p, ANOMALY_base64_junk, body_type(m, p), raw);
    return slice_of(out, n);
}

void body_reading(struct message *m, struct part *p, enum anomaly_kind cause, struct slice type,
                  struct slice decoded)
{
    size_t n = 0;
    struct reading **to = &p->readings;
    for (; *to; to = &(*to)->next) {
        n++;
        if (slice_eq((*to)->decoded, decoded) && slice_eq((*to)->type, type))
            return;
    }
    if (n >= m->limits->readings) {
        note(m, p, ANOMALY_limit_readings);
        return;
    }
    struct reading *r = ARENA_NEW(m->arena, struct reading);
    r->cause = cause;
    r->type = type;
    r->decoded = decoded;
    *to = r;
}

struct slice body_type(struct message *m, const struct part *p)
{
    return arena_printf(m->arena, "%.*s/%.*s", SLICE_ARG(p->type), SLICE_ARG(p->subtype));
}

void body_decode(struct message *m, struct part *p, const struct content *c)
{
    struct slice raw = p->body;
    if (p->encoding == ENCODING_UU || p->encoding == ENCODING_YENC)
        raw = file_content(raw);
    p->decoded = body_bytes(m, p, raw, p->encoding, true);
    for (size_t i = 0; i < c->n_other; i++)
        body_reading(m, p, c->other_cause[i], body_type(m, p),
                     body_bytes(m, p, p->body, c->other[i], false));
    for (size_t i = 1; i < c->n_types; i++) {
        struct slice type = arena_lower(m->arena, c->types[i].first);
        body_reading(m, p, ANOMALY_content_type_twice, type, p->decoded);
    }
}
