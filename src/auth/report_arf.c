/* Reading DMARC failure reports: an ARF part (RFC 5965, 6591, 9991) where there is one, else the
 * words that senders without one use. */
#include "auth/report.h"
#include "mail/date.h"
#include "mail/message.h"

struct arf_field {
    const char *name;
    size_t at;
};

#define F(f) offsetof(struct report_failure, f)
static const struct arf_field ARF_FIELDS[] = {
    {"User-Agent", F(user_agent)},
    {"Original-Mail-From", F(mail_from)},
    {"Reported-Domain", F(domain)},
    {"Auth-Failure", F(auth_failure)},
    {"Delivery-Result", F(delivery)},
    {"Authentication-Results", F(auth_results)},
    {"DKIM-Domain", F(dkim_domain)},
    {"DKIM-Selector", F(dkim_selector)},
    {"SPF-DNS", F(spf_dns)},
    {"Identity-Alignment", F(identity_alignment)},
    {"Original-Envelope-Id", F(envelope_id)},
};
/* "  Sender Domain: example.com", as one common sender words it. */
static const struct arf_field WORD_FIELDS[] = {
    {"Sender Domain", F(domain)},
    {"Sender IP Address", F(ip)},
    {"DMARC Results", F(auth_results)},
};
#undef F

static void set(struct report_failure *f, size_t at, struct slice s)
{
    memcpy((char *)f + at, &s, sizeof(s));
}

static struct slice unangled(struct slice s)
{
    s = slice_trim(s);
    if (s.n > 1 && s.p[0] == '<' && s.p[s.n - 1] == '>')
        s = slice_of(s.p + 1, s.n - 2);
    return s;
}

static int64_t moment(struct slice s)
{
    struct date d;
    return date_parse(s, &d) ? d.us : 0;
}

/* The fields of a feedback report; it is read as the header section that it is. */
static void read_fields(struct arena *a, const struct message *arf, struct report *out)
{
    struct report_failure *f = &out->failure;
    for (size_t i = 0; i < sizeof(ARF_FIELDS) / sizeof(*ARF_FIELDS); i++) {
        const struct header *h = header_find(&arf->headers, ARF_FIELDS[i].name, NULL);
        if (h)
            set(f, ARF_FIELDS[i].at, report_text(a, unangled(h->value)));
    }
    const struct header *h = header_find(&arf->headers, "Source-IP", NULL);
    f->ip = h ? report_ip(a, h->value) : SLICE("");
    h = header_find(&arf->headers, "Arrival-Date", NULL);
    if (h == NULL)
        h = header_find(&arf->headers, "Received-Date", NULL);
    f->arrival_us = h ? moment(h->value) : 0;
    h = header_find(&arf->headers, "Incidents", NULL);
    if (h == NULL || !slice_u64(slice_trim(h->value), &f->incidents))
        f->incidents = 1;
    f->auth_failure = arena_lower(a, f->auth_failure);
    f->domain = arena_lower(a, f->domain);
}

/* The message that failed, whole or its header. */
static void read_original(struct arena *a, const struct message *m, struct report *out)
{
    struct report_failure *f = &out->failure;
    const struct address *from = m->from;
    if (from && from->domain.n) {
        f->from = report_text(
            a, arena_printf(a, "%.*s@%.*s", SLICE_ARG(from->local), SLICE_ARG(from->domain)));
        if (f->domain.n == 0)
            f->domain = arena_lower(a, report_text(a, from->domain));
    }
    f->subject = report_text(a, m->subject);
    f->message_id = report_text(a, m->message_id);
}

static bool read_words(struct arena *a, struct slice text, struct report *out)
{
    struct slice line, rest = text;
    size_t found = 0;
    while (slice_line(&rest, &line)) {
        size_t colon = slice_chr(line, ':');
        if (colon == SIZE_MAX)
            continue;
        struct slice name = slice_trim(slice_head(line, colon));
        struct slice value = report_text(a, slice_from(line, colon + 1));
        for (size_t i = 0; i < sizeof(WORD_FIELDS) / sizeof(*WORD_FIELDS); i++) {
            if (slice_ieq(name, slice_str(WORD_FIELDS[i].name))) {
                set(&out->failure, WORD_FIELDS[i].at, value);
                found++;
            }
        }
        if (slice_ieq(name, SLICE("Received date")))
            out->failure.arrival_us = moment(value);
        if (slice_starts(line, SLICE("------"))) {
            read_original(a, message_parse(a, slice_trim(rest), NULL), out);
            break;
        }
    }
    out->failure.ip = report_ip(a, out->failure.ip);
    return found >= 2;
}

/* The copy of the original: the first message or header section behind the report's own part. */
static const struct message *find_original(struct arena *a, const struct message *m,
                                           const struct part *arf)
{
    for (size_t i = arf ? arf->index + 1 : 0; i < m->n_parts; i++) {
        const struct part *p = m->parts[i];
        if (p->is_message && p->inner)
            return p->inner;
        if (part_is(p, "text", "rfc822-headers") || part_is(p, "text", "rfc822"))
            return message_parse(a, p->decoded.n ? p->decoded : p->body, NULL);
    }
    return NULL;
}

static bool has_words(const struct message *m)
{
    return slice_ifind(m->subject, SLICE("dmarc")) != SIZE_MAX &&
           (slice_ifind(m->subject, SLICE("forensic")) != SIZE_MAX ||
            slice_ifind(m->subject, SLICE("failure")) != SIZE_MAX);
}

/* The part that holds the fields, by its type or, under a wrong type, by how it begins. */
static const struct part *find_arf(const struct message *m, unsigned *notes)
{
    for (size_t i = 0; i < m->n_parts; i++) {
        if (part_is(m->parts[i], "message", "feedback-report"))
            return m->parts[i];
    }
    for (size_t i = 0; i < m->n_parts; i++) {
        const struct part *p = m->parts[i];
        if (!p->is_multipart && !p->is_message &&
            slice_istarts(slice_trim(slice_head(p->decoded, 64)), SLICE("Feedback-Type:"))) {
            *notes |= NOTE_TYPE;
            return p;
        }
    }
    return NULL;
}

static int fill(struct arena *a, const struct message *m, const struct part *arf, struct err *e,
                struct report *out)
{
    const struct message *original = find_original(a, m, arf);
    if (arf) {
        struct slice fields = arf->decoded.n ? arf->decoded : arf->body;
        while (fields.n && ascii_is_space(*fields.p))
            fields = slice_from(fields, 1);
        const struct message *r = message_parse(a, fields, NULL);
        const struct header *type = header_find(&r->headers, "Feedback-Type", NULL);
        if (type == NULL)
            return err_set(e, ERR_CORRUPT, "the feedback report has no Feedback-Type");
        if (!slice_ieq(slice_trim(type->value), SLICE("auth-failure")))
            return err_set(e, ERR_NOENT, "a feedback report about \"%.*s\", not authentication",
                           SLICE_ARG(slice_head(type->value, 40)));
        read_fields(a, r, out);
    } else if (has_words(m) && read_words(a, m->text, out)) {
        out->notes |= NOTE_NO_ARF;
        out->failure.incidents = 1;
    } else {
        return err_set(e, ERR_NOENT, "no failure report");
    }
    if (original)
        read_original(a, original, out);
    return 0;
}

int report_read_failure(struct arena *a, const struct message *m, struct err *e, struct report *out)
{
    struct report r = {.kind = REPORT_FAILURE};
    const struct part *arf = find_arf(m, &r.notes);
    int rc = fill(a, m, arf, e, &r);
    if (rc < 0)
        return rc;
    struct report_failure *f = &r.failure;
    if (f->domain.n == 0)
        return err_set(e, ERR_CORRUPT, "the failure report names no domain");
    if (f->ip.n == 0 || f->arrival_us == 0 || (arf && f->auth_failure.n == 0))
        r.notes |= NOTE_MISSING;
    r.domain = f->domain;
    r.org = m->from && m->from->domain.n ? report_text(a, m->from->domain) : SLICE("");
    r.id = report_text(a, m->message_id);
    r.begin_s = r.end_s = f->arrival_us / 1000000;
    *out = r;
    return 0;
}
