/* Reports as JSON. */
#include "auth/report_internal.h"
#include "base/json.h"

static const char *const POLICY_NAMES[REPORT_POLICY_TEXTS] = {
    "domain", "p", "sp", "np", "adkim", "aspf", "fo", "testing", "discovery_method", "pct"};
static const char *const DKIM_NAMES[REPORT_AUTH_TEXTS] = {"domain", "selector", "result",
                                                          "human_result"};
static const char *const SPF_NAMES[REPORT_AUTH_TEXTS] = {"domain", "scope", "result",
                                                         "human_result"};
static const char *const REASON_NAMES[REPORT_REASON_TEXTS] = {"type", "comment"};
static const char *const FAILURE_NAMES[REPORT_FAILURE_TEXTS] = {"user_agent",
                                                                "source_ip",
                                                                "mail_from",
                                                                "domain",
                                                                "auth_failure",
                                                                "delivery_result",
                                                                "authentication_results",
                                                                "dkim_domain",
                                                                "dkim_selector",
                                                                "spf_dns",
                                                                "identity_alignment",
                                                                "envelope_id",
                                                                "from",
                                                                "subject",
                                                                "message_id"};
static const char *const TLS_FAILURE_NAMES[REPORT_TLS_FAILURE_TEXTS] = {
    "type", "mx", "mx_helo", "sending_ip", "receiving_ip", "reason", "information"};

/* Members for the texts that are not empty. */
static void members(struct json *j, const void *texts, const char *const *names, size_t n)
{
    const struct slice *s = texts;
    for (size_t i = 0; i < n; i++) {
        if (s[i].n)
            jsonw_text(j, names[i], s[i]);
    }
}

static void texts(struct json *j, const char *name, const struct slice *s, size_t n)
{
    jsonw_array(j, name);
    for (size_t i = 0; i < n; i++)
        jsonw_text(j, NULL, s[i]);
    jsonw_array_end(j);
}

static void results(struct json *j, const char *name, const struct report_auth *r, size_t n,
                    const char *const *names)
{
    jsonw_array(j, name);
    for (size_t i = 0; i < n; i++) {
        jsonw_object(j, NULL);
        members(j, &r[i], names, REPORT_AUTH_TEXTS);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
}

static void row(struct json *j, const struct report_row *r)
{
    jsonw_object(j, NULL);
    jsonw_text(j, "source_ip", r->ip);
    jsonw_int(j, "count", (int64_t)r->count);
    jsonw_text(j, "disposition", r->disposition);
    jsonw_bool(j, "dkim_aligned", r->dkim_aligned);
    jsonw_bool(j, "spf_aligned", r->spf_aligned);
    jsonw_text(j, "header_from", r->header_from);
    jsonw_text(j, "envelope_from", r->envelope_from);
    if (r->envelope_to.n)
        jsonw_text(j, "envelope_to", r->envelope_to);
    jsonw_array(j, "reasons");
    for (size_t i = 0; i < r->n_reasons; i++) {
        jsonw_object(j, NULL);
        members(j, &r->reasons[i], REASON_NAMES, REPORT_REASON_TEXTS);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    results(j, "dkim", r->dkim, r->n_dkim, DKIM_NAMES);
    results(j, "spf", r->spf, r->n_spf, SPF_NAMES);
    jsonw_object_end(j);
}

static void aggregate(struct json *j, const struct report_aggregate *g)
{
    jsonw_text(j, "email", g->email);
    if (g->contact.n)
        jsonw_text(j, "contact", g->contact);
    if (g->generator.n)
        jsonw_text(j, "generator", g->generator);
    jsonw_text(j, "namespace", g->ns);
    texts(j, "errors", g->errors, g->n_errors);
    jsonw_object(j, "policy");
    members(j, &g->policy, POLICY_NAMES, REPORT_POLICY_TEXTS);
    jsonw_object_end(j);
    jsonw_int(j, "messages", (int64_t)g->messages);
    jsonw_array(j, "records");
    for (size_t i = 0; i < g->n_rows; i++)
        row(j, &g->rows[i]);
    jsonw_array_end(j);
}

static void tls_policy(struct json *j, const struct report_tls_policy *p)
{
    jsonw_object(j, NULL);
    jsonw_text(j, "type", p->type);
    jsonw_text(j, "domain", p->domain);
    texts(j, "mx", p->mx, p->n_mx);
    texts(j, "policy", p->text, p->n_text);
    jsonw_int(j, "successful", (int64_t)p->good);
    jsonw_int(j, "failed", (int64_t)p->failed);
    jsonw_array(j, "failures");
    for (size_t i = 0; i < p->n_failures; i++) {
        jsonw_object(j, NULL);
        members(j, &p->failures[i], TLS_FAILURE_NAMES, REPORT_TLS_FAILURE_TEXTS);
        jsonw_int(j, "sessions", (int64_t)p->failures[i].sessions);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    jsonw_object_end(j);
}

void report_json(const struct report *r, struct json *j)
{
    static const char *const KINDS[REPORT_KINDS] = {"aggregate", "failure", "tls"};
    jsonw_object(j, NULL);
    jsonw_cstr(j, "kind", KINDS[r->kind]);
    jsonw_text(j, "reporter", r->org);
    jsonw_text(j, "id", r->id);
    jsonw_text(j, "domain", r->domain);
    jsonw_int(j, "begin", r->begin_s);
    jsonw_int(j, "end", r->end_s);
    jsonw_array(j, "notes");
    for (unsigned bit = 1; bit <= NOTE_JUNK; bit <<= 1) {
        if (r->notes & bit)
            jsonw_cstr(j, NULL, report_note_text((enum report_note)bit));
    }
    jsonw_array_end(j);
    if (r->kind == REPORT_AGGREGATE) {
        aggregate(j, &r->aggregate);
    } else if (r->kind == REPORT_FAILURE) {
        members(j, &r->failure, FAILURE_NAMES, REPORT_FAILURE_TEXTS);
        jsonw_int(j, "incidents", (int64_t)r->failure.incidents);
    } else {
        jsonw_text(j, "contact", r->tls.contact);
        jsonw_array(j, "policies");
        for (size_t i = 0; i < r->tls.n_policies; i++)
            tls_policy(j, &r->tls.policies[i]);
        jsonw_array_end(j);
    }
    jsonw_object_end(j);
}
