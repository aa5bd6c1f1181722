/* Reading TLS reports (RFC 8460 section 4). */
#include "auth/report.h"
#include "base/json.h"
#include "base/utf8.h"

#include <jansson.h>
#include <time.h>

#define JSON_MOST (4u << 20) /* a tree of JSON takes many times its text */

struct tls_reader {
    struct arena *arena;
    struct report *out;
};

static struct slice text(struct tls_reader *r, const json_t *object, const char *name)
{
    const json_t *v = json_object_get(object, name);
    if (v && !json_is_string(v) && !json_is_null(v))
        r->out->notes |= NOTE_VALUES;
    if (!json_is_string(v))
        return SLICE("");
    return report_text(r->arena, slice_of(json_string_value(v), json_string_length(v)));
}

static struct slice word(struct tls_reader *r, const json_t *object, const char *name)
{
    struct slice s = text(r, object, name), low = arena_lower(r->arena, s);
    if (!slice_eq(s, low))
        r->out->notes |= NOTE_UPPER_CASE;
    return low;
}

/* Some senders write numbers as text. */
static uint64_t number(struct tls_reader *r, const json_t *object, const char *name)
{
    const json_t *v = json_object_get(object, name);
    uint64_t n = 0;
    if (json_is_integer(v) && json_integer_value(v) >= 0)
        return (uint64_t)json_integer_value(v);
    if (json_is_real(v) && json_real_value(v) >= 0 && json_real_value(v) < 1e15)
        return (uint64_t)json_real_value(v);
    if (v)
        r->out->notes |= NOTE_VALUES;
    if (json_is_string(v) && slice_u64(slice_str(json_string_value(v)), &n))
        return n;
    return 0;
}

/* RFC 3339 as "2016-04-01T00:00:00Z", with fractions and offsets; 0 when it is none. */
static int64_t moment(struct slice s)
{
    static const int days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    uint64_t part[6] = {0};
    static const struct {
        size_t at, n;
    } where[6] = {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}};
    if (s.n < 19)
        return 0;
    for (int i = 0; i < 6; i++) {
        if (!slice_u64(slice_of(s.p + where[i].at, where[i].n), &part[i]))
            return 0;
    }
    if (part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > 31 || part[3] > 24)
        return 0;
    int64_t y = (int64_t)part[0], before = y - 1;
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    int64_t day = y * 365 + before / 4 - before / 100 + before / 400 - 719527 + days[part[1] - 1] +
                  (leap && part[1] > 2) + (int64_t)part[2] - 1;
    int64_t t = ((day * 24 + (int64_t)part[3]) * 60 + (int64_t)part[4]) * 60 + (int64_t)part[5];
    size_t at = 19;
    while (at < s.n && (s.p[at] == '.' || ascii_is_digit(s.p[at])))
        at++;
    uint64_t h, m;
    if (at + 6 <= s.n && (s.p[at] == '+' || s.p[at] == '-') &&
        slice_u64(slice_of(s.p + at + 1, 2), &h) && slice_u64(slice_of(s.p + at + 4, 2), &m))
        t -= (s.p[at] == '+' ? 1 : -1) * ((int64_t)h * 60 + (int64_t)m) * 60;
    return t;
}

/* A list of texts; RFC 8460's own examples have one text where its grammar has a list. */
static struct slice *texts(struct tls_reader *r, const json_t *object, const char *name,
                           size_t *out_n)
{
    const json_t *v = json_object_get(object, name);
    size_t n = json_is_array(v) ? json_array_size(v) : json_is_string(v);
    if (n > REPORT_LIST)
        r->out->notes |= NOTE_ROWS;
    n = n < REPORT_LIST ? n : REPORT_LIST;
    struct slice *list = ARENA_ARRAY(r->arena, struct slice, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *s = json_is_array(v) ? json_array_get(v, i) : v;
        if (json_is_string(s))
            list[i] = report_text(r->arena, slice_of(json_string_value(s), json_string_length(s)));
    }
    *out_n = n;
    return list;
}

static void read_failure(struct tls_reader *r, const json_t *v, struct report_tls_failure *f)
{
    f->type = word(r, v, "result-type");
    f->mx = text(r, v, "receiving-mx-hostname");
    f->mx_helo = text(r, v, "receiving-mx-helo");
    f->sending_ip = report_ip(r->arena, text(r, v, "sending-mta-ip"));
    f->receiving_ip = report_ip(r->arena, text(r, v, "receiving-ip"));
    f->reason = text(r, v, "failure-reason-code");
    f->info = text(r, v, "additional-information");
    f->sessions = number(r, v, "failed-session-count");
    if (f->type.n == 0)
        r->out->notes |= NOTE_MISSING;
}

static void read_policy(struct tls_reader *r, const json_t *v, struct report_tls_policy *p)
{
    const json_t *policy = json_object_get(v, "policy"), *sum = json_object_get(v, "summary");
    const json_t *failures = json_object_get(v, "failure-details");
    p->type = word(r, policy, "policy-type");
    p->domain = word(r, policy, "policy-domain");
    p->mx = texts(r, policy, "mx-host", &p->n_mx);
    if (p->n_mx == 0)
        p->mx = texts(r, policy, "mx-host-pattern", &p->n_mx); /* drafts */
    p->text = texts(r, policy, "policy-string", &p->n_text);
    p->good = number(r, sum, "total-successful-session-count");
    p->failed = number(r, sum, "total-failure-session-count");
    p->n_failures = json_array_size(failures);
    if (p->type.n == 0 || p->domain.n == 0 || sum == NULL)
        r->out->notes |= NOTE_MISSING;
    if (p->n_failures > REPORT_ROWS / 10) {
        p->n_failures = REPORT_ROWS / 10;
        r->out->notes |= NOTE_ROWS;
    }
    p->failures = ARENA_ARRAY(r->arena, struct report_tls_failure, p->n_failures);
    for (size_t i = 0; i < p->n_failures; i++)
        read_failure(r, json_array_get(failures, i), &p->failures[i]);
}

static int read_report(struct tls_reader *r, const json_t *root, struct err *e)
{
    const json_t *range = json_object_get(root, "date-range");
    const json_t *policies = json_object_get(root, "policies");
    struct report *out = r->out;
    struct report_tls *t = &out->tls;
    if (!json_is_array(policies))
        return err_set(e, ERR_CORRUPT, "this JSON is no TLS report: it has no \"policies\"");
    out->org = t->org = text(r, root, "organization-name");
    out->id = text(r, root, "report-id");
    out->begin_s = moment(text(r, range, "start-datetime"));
    out->end_s = moment(text(r, range, "end-datetime"));
    t->contact = text(r, root, "contact-info");
    t->n_policies = json_array_size(policies);
    if (t->n_policies > REPORT_LIST) {
        t->n_policies = REPORT_LIST;
        out->notes |= NOTE_ROWS;
    }
    t->policies = ARENA_ARRAY(r->arena, struct report_tls_policy, t->n_policies);
    for (size_t i = 0; i < t->n_policies; i++)
        read_policy(r, json_array_get(policies, i), &t->policies[i]);
    if (t->n_policies)
        out->domain = t->policies[0].domain;
    if (out->org.n == 0 || out->id.n == 0 || out->begin_s == 0 || t->n_policies == 0)
        out->notes |= NOTE_MISSING;
    if (out->domain.n == 0)
        return err_set(e, ERR_CORRUPT, "the TLS report names no domain");
    return 0;
}

int report_read_tls(struct arena *a, struct slice json, struct err *e, struct report *out)
{
    if (json.n > JSON_MOST)
        return err_set(e, ERR_LIMIT, "the report is larger than %u bytes", JSON_MOST);
    if (json_depth(json) > REPORT_DEPTH)
        return err_set(e, ERR_LIMIT, "the JSON is nested deeper than %d", REPORT_DEPTH);
    *out = (struct report){.kind = REPORT_TLS};
    if (slice_starts(json, SLICE("\xEF\xBB\xBF")))
        json = slice_from(json, 3);
    if (!utf8_is_valid(json)) {
        out->notes |= NOTE_BAD_UTF8;
        json = utf8_clean(a, json);
    }
    json_error_t je;
    json_t *root = json_loadb(json.p, json.n, JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, &je);
    if (root == NULL)
        return err_set(e, ERR_CORRUPT, "line %d: %s", je.line, je.text);
    struct tls_reader r = {a, out};
    int rc = read_report(&r, root, e);
    json_decref(root);
    return rc;
}
