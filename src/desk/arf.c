/* Feedback reports. See arf.h. */
#include "desk/arf.h"

#include "base/ip.h"
#include "mail/date.h"

enum take { TAKE_TEXT, TAKE_IP, TAKE_DATE, TAKE_COUNT, TAKE_PORT, TAKE_LIST };

struct rule {
    const char *name;
    enum take how;
    bool is_needed, is_once;
    size_t at, at_n; /* in struct arf; at_n: of a list's count */
};

#define F(field) offsetof(struct arf, field)
static const struct rule RULES[] = {
    {"Feedback-Type", TAKE_TEXT, true, true, F(feedback_type), 0},
    {"User-Agent", TAKE_TEXT, true, true, F(user_agent), 0},
    {"Version", TAKE_COUNT, true, true, F(version), 0},
    {"Source-IP", TAKE_IP, false, true, F(source_ip), 0},
    {"Source-Port", TAKE_PORT, false, true, F(source_port), 0},
    {"Arrival-Date", TAKE_DATE, false, true, F(arrival_us), 0},
    {"Received-Date", TAKE_DATE, false, true, F(arrival_us), 0},
    {"Incidents", TAKE_COUNT, false, true, F(incidents), 0},
    {"Original-Envelope-Id", TAKE_TEXT, false, true, F(envelope_id), 0},
    {"Original-Mail-From", TAKE_TEXT, false, true, F(mail_from), 0},
    {"Reporting-MTA", TAKE_TEXT, false, true, F(reporting_mta), 0},
    {"Original-Rcpt-To", TAKE_LIST, false, false, F(rcpt), F(n_rcpt)},
    {"Reported-Domain", TAKE_LIST, false, false, F(domain), F(n_domain)},
    {"Reported-URI", TAKE_LIST, false, false, F(uri), F(n_uri)},
    {"Authentication-Results", TAKE_LIST, false, false, F(results), F(n_results)},
};
#undef F
#define N_RULES (sizeof(RULES) / sizeof(*RULES))

static const struct part *fields_part(const struct message *m)
{
    for (size_t i = 0; i < m->n_parts; i++) {
        if (part_is(m->parts[i], "message", "feedback-report"))
            return m->parts[i];
    }
    return NULL;
}

bool arf_is(const struct message *m)
{
    return (m->root && part_is(m->root, "multipart", "report") &&
            slice_ieq(part_param(m->root, "report-type"), SLICE("feedback-report"))) ||
           fields_part(m);
}

static int bad(struct err *e, const char *name, const char *what)
{
    return err_set(e, ERR_PARSE, "ARF: %s %s", name, what);
}

static int take_number(const struct rule *r, struct slice v, struct err *e, char *at)
{
    uint64_t n;
    if (!slice_u64(v, &n) || (r->how == TAKE_PORT && (n == 0 || n > 65535)))
        return bad(e, r->name, "is no number that may stand there");
    if (r->how == TAKE_PORT)
        memcpy(at, &(uint16_t){(uint16_t)n}, sizeof(uint16_t));
    else
        memcpy(at, &n, sizeof(n));
    return 0;
}

static int take(struct arena *a, const struct rule *r, struct slice v, struct err *e,
                struct arf *out)
{
    char *at = (char *)out + r->at;
    struct date d;
    struct ip ip;
    char text[46];
    v = slice_trim(v);
    switch (r->how) {
    case TAKE_TEXT:
        if (v.n == 0)
            return bad(e, r->name, "is empty");
        memcpy(at, &v, sizeof(v));
        return 0;
    case TAKE_IP:
        v = slice_head(v, slice_chr(v, ' ') == SIZE_MAX
                              ? v.n
                              : slice_chr(v, ' ')); /* a name in brackets may follow */
        if (!ip_parse(v, &ip))
            return bad(e, r->name, "is no IP address");
        out->source_ip = arena_dup(a, slice_of(text, ip_format(&ip, text)));
        return 0;
    case TAKE_DATE:
        if (!date_parse(v, &d))
            return bad(e, r->name, "is no date");
        out->arrival_us = d.us;
        return 0;
    case TAKE_LIST: {
        size_t *n = (size_t *)(void *)((char *)out + r->at_n);
        if (*n < ARF_LIST)
            memcpy(at + (*n)++ * sizeof(v), &v, sizeof(v));
        return 0;
    }
    default:
        return take_number(r, v, e, at);
    }
}

static int read_fields(struct arena *a, const struct message *fields, struct err *e,
                       struct arf *out)
{
    unsigned seen[N_RULES] = {0};
    for (const struct header *h = fields->headers.first; h; h = h->next) {
        size_t i = 0;
        while (i < N_RULES && !slice_ieq(h->name, slice_str(RULES[i].name)))
            i++;
        if (i == N_RULES) {
            if (out->n_others < ARF_LIST)
                out->others[out->n_others++] = h;
            continue;
        }
        if (seen[i]++ && RULES[i].is_once)
            return bad(e, RULES[i].name, "stands twice");
        int rc = take(a, &RULES[i], h->value, e, out);
        if (rc < 0)
            return rc;
    }
    for (size_t i = 0; i < N_RULES; i++) {
        if (RULES[i].is_needed && !seen[i])
            return bad(e, RULES[i].name, "is missing");
    }
    if (out->version != 1)
        return bad(e, "Version", "is not 1");
    out->feedback_type = arena_lower(a, out->feedback_type);
    return 0;
}

/* The message reported: behind the fields, as RFC 5965 section 2 (d) has it. */
static int find_original(struct arena *a, const struct message *m, const struct part *fields,
                         struct err *e, struct arf *out)
{
    for (size_t i = fields->index + 1; i < m->n_parts; i++) {
        const struct part *p = m->parts[i];
        bool is_header = part_is(p, "text", "rfc822-headers") ||
                         part_is(p, "message", "rfc822-headers");
        if (!is_header && !p->is_message && !part_is(p, "text", "rfc822"))
            continue;
        if (p->is_message && !part_is(p, "message", "rfc822") && !part_is(p, "message", "global"))
            continue;
        out->original = p->decoded.n ? p->decoded : p->body;
        out->is_header_only = is_header;
        const struct message *inner = message_parse(a, out->original, NULL);
        if (arf_is(inner))
            return err_set(e, ERR_EXISTS, "ARF: the message reported is itself a feedback report");
        return 0;
    }
    return bad(e, "the third part (the message or its header)", "is missing");
}

int arf_read(struct arena *a, const struct message *m, struct err *e, struct arf *out)
{
    struct arf r = {.arrival_us = INT64_MIN, .incidents = 1};
    const struct part *p = fields_part(m);
    if (p == NULL)
        return bad(e, "the part message/feedback-report", "is missing");
    struct slice text = slice_head(p->decoded.n ? p->decoded : p->body, ARF_BYTES);
    while (text.n && ascii_is_space(*text.p)) /* an empty line before the fields is common */
        text = slice_from(text, 1);
    const struct message *fields = message_parse(a, text, NULL);
    int rc = read_fields(a, fields, e, &r);
    if (rc == 0)
        rc = find_original(a, m, p, e, &r);
    if (rc == 0)
        *out = r;
    return rc;
}
