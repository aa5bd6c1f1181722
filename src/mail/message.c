/* The message: all of it together. See message.h. */
#include "mail/message.h"
#include "mail/address.h"
#include "mail/date.h"
#include "mail/mime.h"
#include "base/bytemask.h"

bool part_is(const struct part *p, const char *type, const char *subtype)
{
    return slice_eq(p->type, slice_str(type)) &&
           (subtype == NULL || slice_eq(p->subtype, slice_str(subtype)));
}

struct slice part_param(const struct part *p, const char *name)
{
    return params_find(p->params, name);
}

/* NUL bytes and mixed line ends anywhere. */
static void check_bytes(struct message *m)
{
    struct slice raw = m->raw;
    uint64_t nul = 0, crlf = 0, bare_lf = 0, bare_cr = 0, last_cr = 0;
    for (size_t at = 0; at <= raw.n; at += BYTES64) { /* <=: what follows a CR at the end */
        struct bytes64 b = bytes64_load(slice_from(raw, at));
        uint64_t lf = bytes64_is(&b, '\n'), cr = bytes64_is(&b, '\r');
        uint64_t after_cr = cr << 1 | last_cr;
        nul |= bytes64_is(&b, '\0') & bitmask_head(raw.n - at);
        crlf |= lf & after_cr;
        bare_lf |= lf & ~after_cr;
        bare_cr |= after_cr & ~lf;
        last_cr = cr >> 63;
    }
    if (nul)
        anomaly_add(&m->anomalies, ANOMALY_nul_byte, 0, SLICE(""));
    if (bare_cr)
        anomaly_add(&m->anomalies, ANOMALY_bare_cr, 0, SLICE(""));
    if (crlf && bare_lf)
        anomaly_add(&m->anomalies, ANOMALY_bare_lf, 0, SLICE(""));
}

static struct slice angle(struct slice s)
{
    size_t open = slice_chr(s, '<');
    if (open == SIZE_MAX)
        return slice_trim(s);
    s = slice_from(s, open + 1);
    size_t close = slice_chr(s, '>');
    return slice_trim(slice_head(s, close == SIZE_MAX ? s.n : close));
}

/* Fields that may stand once (RFC 5322 3.6) and that everybody asks for. */
enum known {
    KNOWN_FROM,
    KNOWN_SENDER,
    KNOWN_REPLY_TO,
    KNOWN_TO,
    KNOWN_CC,
    KNOWN_SUBJECT,
    KNOWN_DATE,
    KNOWN_MESSAGE_ID,
    KNOWN_RETURN_PATH,
    KNOWN_FIELDS
};
static const struct slice NAMES[KNOWN_FIELDS] = {
    {"from", 4},    {"sender", 6}, {"reply-to", 8},    {"to", 2},          {"cc", 2},
    {"subject", 7}, {"date", 4},   {"message-id", 10}, {"return-path", 11}};

static void read_known(struct message *m, const struct header *h, size_t which)
{
    struct address **lists[] = {&m->from, &m->sender, &m->reply_to, &m->to, &m->cc};
    struct date date;
    if (which <= KNOWN_CC) {
        *lists[which] = address_list(m, 0, h->value);
    } else if (which == KNOWN_SUBJECT) {
        m->subject = h->text;
    } else if (which == KNOWN_MESSAGE_ID) {
        m->message_id = angle(h->text);
    } else if (which == KNOWN_RETURN_PATH) {
        m->return_path = angle(h->text);
    } else if (date_parse(h->value, &date)) {
        m->date_us = date.us;
        if (date.is_odd)
            anomaly_add(&m->anomalies, ANOMALY_date_odd, 0, h->value);
    } else {
        anomaly_add(&m->anomalies, ANOMALY_date_odd, 0, h->value);
    }
}

static void read_fields(struct message *m)
{
    const struct header *seen[KNOWN_FIELDS] = {NULL};
    for (const struct header *h = m->headers.first; h; h = h->next) {
        for (size_t i = 0; i < KNOWN_FIELDS; i++) {
            if (!slice_ieq(h->name, NAMES[i]))
                continue;
            bool again = seen[i] != NULL;
            /* A Date that can't be read gives way to a later one that can. */
            if (!again || (i == KNOWN_DATE && m->date_us == INT64_MIN)) {
                seen[i] = h;
                read_known(m, h, i);
            }
            if (!again)
                break;
            if (i == KNOWN_FROM) {
                anomaly_add(&m->anomalies, ANOMALY_from_twice, 0, h->value);
            } else if (i != KNOWN_RETURN_PATH) {
                anomaly_add(&m->anomalies, ANOMALY_field_twice, 0, h->name);
            }
            break;
        }
    }
    if (m->from && m->from->next)
        anomaly_add(&m->anomalies, ANOMALY_from_many, 0, seen[KNOWN_FROM]->value);
}

/* Joins one text of all parts by LF; a text that stands alone is not copied. */
struct slice message_join(const struct message *m, bool hidden)
{
    size_t total = 0, n = 0;
    struct slice only = {NULL, 0};
    for (size_t i = 0; i < m->n_parts; i++) {
        struct slice t = hidden ? m->parts[i]->hidden : m->parts[i]->text;
        if (t.n == 0 || m->parts[i]->is_attachment)
            continue;
        only = t;
        total += t.n + 1;
        n++;
    }
    if (n < 2)
        return only;
    char *out = arena_bytes(m->arena, total);
    size_t at = 0;
    for (size_t i = 0; i < m->n_parts; i++) {
        struct slice t = hidden ? m->parts[i]->hidden : m->parts[i]->text;
        if (t.n == 0 || m->parts[i]->is_attachment)
            continue;
        memcpy(out + at, t.p, t.n);
        at += t.n;
        out[at++] = '\n';
    }
    return slice_of(out, at - 1);
}

struct message *message_parse(struct arena *a, struct slice raw, const struct mail_limits *limits)
{
    struct message *m = ARENA_NEW(a, struct message);
    m->arena = a;
    m->limits = limits ? limits : &MAIL_LIMITS;
    m->raw = slice_head(raw.p ? raw : SLICE(""), m->limits->message_bytes);
    m->date_us = INT64_MIN;
    if (m->raw.n < raw.n)
        anomaly_add(&m->anomalies, ANOMALY_limit_message, 0, SLICE(""));
    check_bytes(m);
    mime_parse(m);
    read_fields(m);
    text_links(m, 0, m->subject, LINK_SUBJECT);
    for (size_t i = 0; i < m->n_parts; i++)
        text_read(m, m->parts[i]);
    m->text = message_join(m, false);
    m->hidden = message_join(m, true);
    return m;
}
