/* Signatures for the command line. See parser_sign.h. */
#include "node/parser_sign.h"

#include "auth/signatures.h"
#include "base/clock.h"
#include "base/json.h"
#include "node/signer.h"

static int64_t now_s(void)
{
    return clock_now_us() / 1000000;
}

/* Asks and answers until all is known. */
static void check(struct parser_sign *p, const struct message *m, bool is_cut,
                  struct dkim_results *dkim, struct arc_result *arc)
{
    struct ask *q = ask_new(p->arena, NULL);
    struct signatures_in in = {.arena = p->arena,
                               .m = m,
                               .is_cut = is_cut,
                               .now = now_s(),
                               .trusted = p->settings ? p->settings->sealers.items : NULL,
                               .n_trusted = p->settings ? p->settings->sealers.n : 0};
    while (!signatures_check(&in, q, dkim, arc))
        lookup_round(p->lookup, q, 0);
}

static int plan_dkim(struct parser_sign *p, struct message *m, bool is_cut, struct err *e,
                     struct sign_plan *out)
{
    struct slice want = p->wanted->domain;
    struct slice author = m->from ? m->from->domain : SLICE("");
    if (want.n && !domain_is_below(author, want))
        return err_set(e, ERR_DENIED, "its author is not of %.*s", SLICE_ARG(want));
    int rc = signing_plan(p->signing, m, is_cut, now_s(), e, out);
    if (rc == 0 && out->n == 0)
        rc = err_set(e, ERR_NOENT, "no section sign for %s%.*s",
                     author.n ? "" : "a mail without author", SLICE_ARG(author));
    return rc;
}

static int plan_arc(struct parser_sign *p, struct message *m, bool is_cut, struct err *e,
                    struct sign_plan *out)
{
    const struct sign_domain *d = p->signing->seal;
    struct dkim_results dkim = {0};
    struct arc_result arc = {0};
    struct signed_mail *mail;
    if (d == NULL)
        return err_set(e, ERR_NOENT, "the configuration names no arc.seal_as");
    check(p, m, is_cut, &dkim, &arc);
    struct sign_spec spec = {.domain = d->domain,
                             .selector = d->selector.items[0],
                             .header_canon = CANON_RELAXED,
                             .body_canon = CANON_RELAXED,
                             .now = now_s(),
                             .line_limit = (unsigned)p->signing->line_limit};
    struct slice results = sign_results_of(p->arena, &m->headers, p->wanted->authserv_id);
    if (results.n == 0)
        results = arena_printf(p->arena, "%.*s; none", SLICE_ARG(p->wanted->authserv_id));
    out->order = ARENA_NEW(p->arena, struct sign_order);
    out->n = 1;
    const struct arc_chain *chain = signatures_chain(&dkim, &mail);
    return sign_order_arc(mail, &spec, chain, results, e, out->order);
}

void parser_sign_orders(struct parser_sign *p, struct slice raw, bool is_cut, struct buf *out)
{
    struct err e = {0};
    struct sign_plan plan = {0};
    struct message *m = message_parse(p->arena, raw, p->limits);
    int rc = p->wanted->is_arc ? plan_arc(p, m, is_cut, &e, &plan)
                               : plan_dkim(p, m, is_cut, &e, &plan);
    pack_u8(out, rc == 0);
    if (rc < 0) {
        buf_str(out, e.text);
        return;
    }
    struct buf orders = BUF_INIT(8u << 20);
    signer_ask_pack(&orders, plan.order, plan.n);
    pack_bytes(out, buf_slice(&orders));
    pack_bytes(out, raw);
    buf_fini(&orders);
}

static void tell_signature(struct json *j, const struct dkim_result *r)
{
    jsonw_object(j, NULL);
    jsonw_cstr(j, "result", auth_value_name(r->value));
    jsonw_cstr(j, "reason", r->reason);
    jsonw_text(j, "domain", r->domain);
    jsonw_text(j, "selector", r->selector);
    jsonw_text(j, "identity", r->identity);
    jsonw_text(j, "algorithm", r->algorithm);
    jsonw_int(j, "bits", r->key_bits);
    if (r->signed_at)
        jsonw_int(j, "signed", r->signed_at);
    if (r->expires_at)
        jsonw_int(j, "expires", r->expires_at);
    jsonw_bool(j, "testing", r->is_testing);
    jsonw_bool(j, "body_grew", r->body_grew);
    jsonw_text(j, "fields", r->headers);
    jsonw_object_end(j);
}

void parser_sign_verify(struct parser_sign *p, struct slice raw, bool is_cut, struct buf *out)
{
    struct dkim_results dkim = {0};
    struct arc_result arc = {0};
    struct message *m = message_parse(p->arena, raw, p->limits);
    check(p, m, is_cut, &dkim, &arc);
    bool holds = arc.value == AUTH_PASS;
    for (const struct dkim_result *r = dkim.first; r; r = r->next)
        holds = holds || r->value == AUTH_PASS;
    pack_u8(out, holds);
    struct json j = JSON_INIT(out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "dkim");
    for (const struct dkim_result *r = dkim.first; r; r = r->next)
        tell_signature(&j, r);
    jsonw_array_end(&j);
    jsonw_int(&j, "untried", (int64_t)dkim.untried);
    jsonw_object(&j, "arc");
    jsonw_cstr(&j, "result", auth_value_name(arc.value));
    jsonw_cstr(&j, "reason", arc.reason);
    jsonw_int(&j, "instance", arc.instance);
    jsonw_array(&j, "sealers");
    for (unsigned i = 0; i < arc.instance && arc.sealers; i++)
        jsonw_text(&j, NULL, arc.sealers[i]);
    jsonw_array_end(&j);
    jsonw_bool(&j, "trusted", arc.is_trusted);
    jsonw_object_end(&j);
    jsonw_object_end(&j);
}
