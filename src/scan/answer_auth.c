/* What authentication said, as the "auth" object of a scan's answer. Unknown is null, not "none".
 */
#include "scan/scan.h"

#include "auth/auth.h"

static void text(struct json *j, const char *name, struct slice s)
{
    if (s.n)
        jsonw_text(j, name, s);
    else
        jsonw_null(j, name);
}

static void spf(const struct spf_result *s, const char *name, struct json *j)
{
    jsonw_object(j, name);
    jsonw_cstr(j, "result", auth_value_name(s->value));
    text(j, "domain", s->domain);
    jsonw_cstr(j, "reason", s->reason);
    text(j, "mechanism", s->mechanism);
    if (s->explanation.n)
        jsonw_text(j, "explanation", s->explanation);
    jsonw_int(j, "lookups", s->lookups);
}

static void all_spf(const struct auth_result *r, struct json *j)
{
    if (!r->has_spf) {
        jsonw_null(j, "spf");
        return;
    }
    spf(&r->spf_mail_from, "spf", j);
    if (r->spf_helo.domain.n) {
        spf(&r->spf_helo, "helo", j);
        jsonw_object_end(j);
    }
    jsonw_object_end(j);
}

static void dkim(const struct dkim_result *k, struct json *j)
{
    jsonw_object(j, NULL);
    jsonw_cstr(j, "result", auth_value_name(k->value));
    text(j, "domain", k->domain);
    text(j, "selector", k->selector);
    text(j, "algorithm", k->algorithm);
    text(j, "identity", k->identity);
    jsonw_int(j, "bits", k->key_bits);
    jsonw_cstr(j, "reason", k->reason);
    jsonw_bool(j, "body_grew", k->body_grew);
    jsonw_object_end(j);
}

static void dmarc_domain(const struct dmarc_domain *d, struct json *j)
{
    jsonw_text(j, "from", d->from);
    text(j, "organisation", d->org);
    text(j, "record_at", d->record_at);
    if (d->record_at.n) {
        jsonw_cstr(j, "policy", dmarc_policy_name(d->policy));
        jsonw_cstr(j, "policy_tag", d->policy_tag);
        jsonw_bool(j, "testing", d->record.is_test);
    }
    jsonw_bool(j, "dkim_aligned", d->dkim_aligned);
    jsonw_bool(j, "spf_aligned", d->spf_aligned);
    if (d->is_nonexistent)
        jsonw_bool(j, "nonexistent", true);
}

static void dmarc(const struct dmarc_result *m, struct json *j)
{
    jsonw_object(j, "dmarc");
    jsonw_cstr(j, "result", auth_value_name(m->value));
    jsonw_cstr(j, "reason", m->reason);
    if (m->worst)
        dmarc_domain(m->worst, j);
    jsonw_cstr(j, "action", dmarc_policy_name(m->action));
    if (m->override != DMARC_OVERRIDE_NONE) {
        jsonw_cstr(j, "override", dmarc_override_name(m->override));
        text(j, "override_by", m->override_detail);
    }
    if (m->n > 1) {
        jsonw_array(j, "authors");
        for (const struct dmarc_domain *d = m->domains; d; d = d->next) {
            jsonw_object(j, NULL);
            jsonw_cstr(j, "result", auth_value_name(d->value));
            dmarc_domain(d, j);
            jsonw_object_end(j);
        }
        jsonw_array_end(j);
    }
    jsonw_object_end(j);
}

static void arc(const struct arc_result *a, struct json *j)
{
    jsonw_object(j, "arc");
    jsonw_cstr(j, "result", auth_value_name(a->value));
    jsonw_cstr(j, "reason", a->reason);
    jsonw_int(j, "instance", a->instance);
    text(j, "sealer", a->sealer);
    jsonw_bool(j, "trusted", a->is_trusted);
    jsonw_object_end(j);
}

static void border(const struct received_border *b, struct json *j)
{
    jsonw_object(j, "border");
    jsonw_text(j, "ip", b->ip);
    text(j, "helo", b->helo);
    text(j, "name", b->name);
    jsonw_int(j, "hop", b->hop);
    if (b->behind.n)
        jsonw_text(j, "forwarder", b->behind);
    jsonw_object_end(j);
}

void scan_json_auth(const struct auth_result *r, struct json *j)
{
    bool is_known = r && r->is_done && !r->is_skipped;
    jsonw_object(j, "auth");
    if (r && r->is_skipped)
        jsonw_cstr(j, "skipped", "mail of this site's own users or networks");
    if (is_known)
        all_spf(r, j);
    else
        jsonw_null(j, "spf");
    jsonw_array(j, "dkim");
    for (const struct dkim_result *k = is_known ? r->dkim.first : NULL; k; k = k->next)
        dkim(k, j);
    jsonw_array_end(j);
    if (is_known) {
        dmarc(&r->dmarc, j);
        arc(&r->arc, j);
    } else {
        jsonw_null(j, "dmarc");
        jsonw_null(j, "arc");
    }
    if (is_known && r->border.is_known)
        border(&r->border, j);
    jsonw_object_end(j);
}
