/* Reports of ours. See report_make.h. */
#include "auth/report_make.h"
#include "base/clock.h"
#include "base/deflate.h"
#include "base/escape.h"
#include "base/ip.h"
#include "mail/address.h"

#define SIGNATURES 10 /* of one message; RFC 9990 allows 100 */
#define LINE       57 /* bytes that give a base64 line of 76 */

/* ---- one message ---- */

static void add_dkim(struct report_row *row, const struct dkim_result *d)
{
    row->dkim[row->n_dkim++] = (struct report_auth){
        .domain = d->domain,
        .selector = d->selector,
        .result = slice_str(auth_value_name(d->value)),
        .human = d->value == AUTH_PASS ? SLICE("") : slice_str(d->reason)};
}

/* The order of RFC 9990 3.1.4: aligned ones first, then what passes, then the rest. */
static void add_signatures(struct arena *a, const struct auth_result *auth,
                           const struct dmarc_domain *d, struct report_row *row)
{
    row->dkim = ARENA_ARRAY(a, struct report_auth, SIGNATURES);
    for (int turn = 0; turn < 3; turn++) {
        for (const struct dkim_result *s = auth->dkim.first; s; s = s->next) {
            bool passes = s->value == AUTH_PASS;
            bool aligned = passes && d->dkim_aligned && slice_eq(s->domain, d->dkim_domain);
            int its = aligned ? 0 : passes ? 1 : 2;
            if (its == turn && row->n_dkim < SIGNATURES && s->domain.n && s->selector.n)
                add_dkim(row, s);
        }
    }
}

static void add_spf(struct arena *a, const struct auth_result *auth, const struct envelope *env,
                    struct report_row *row)
{
    size_t at = slice_rchr(env->mail_from, '@');
    row->envelope_from = at == SIZE_MAX ? SLICE("")
                                        : arena_lower(a, slice_from(env->mail_from, at + 1));
    const struct spf_result *r = &auth->spf_mail_from;
    row->spf = ARENA_ARRAY(a, struct report_auth, 1);
    row->n_spf = 1;
    row->spf[0] = (struct report_auth){
        .domain = r->domain.n            ? r->domain
                  : row->envelope_from.n ? row->envelope_from
                                         : env->helo,
        .selector = SLICE("mfrom"),
        .result = slice_str(auth_value_name(auth->has_spf ? r->value : AUTH_NONE))};
}

static void add_reason(struct arena *a, struct report_row *row, const char *type,
                       struct slice comment)
{
    row->reasons = ARENA_ARRAY(a, struct report_reason, 1);
    row->n_reasons = 1;
    row->reasons[0] = (struct report_reason){slice_str(type), comment};
}

/* What was done with it, as far as the domain asked for it; a reason when that is less. */
static void add_disposition(struct arena *a, const struct auth_result *auth,
                            const struct dmarc_domain *d, enum report_done done,
                            struct report_row *row)
{
    static const char *const words[] = {"none", "quarantine", "reject"};
    int asked = d->policy == DMARC_REJECT ? 2 : d->policy == DMARC_QUARANTINE ? 1 : 0;
    int did = done == REPORT_REFUSED ? 2 : done == REPORT_SET_ASIDE ? 1 : 0;
    row->disposition = SLICE("none");
    if (d->value == AUTH_PASS)
        return;
    row->disposition = slice_str(words[did < asked ? did : asked]);
    if (did >= asked)
        return;
    if (auth->dmarc.override != DMARC_OVERRIDE_NONE)
        add_reason(a, row, dmarc_override_name(auth->dmarc.override), auth->dmarc.override_detail);
    else
        add_reason(a, row, "local_policy",
                   SLICE("DMARC is one of several findings that decide here"));
}

bool report_of_message(struct arena *a, const struct auth_result *auth,
                       const struct dmarc_domain *d, const struct envelope *env,
                       enum report_done done, struct report *out)
{
    struct slice ip = report_ip(a, auth->border.ip.n ? auth->border.ip : env->client_ip);
    if (auth->is_skipped || d->record_at.n == 0 || d->record.rua.n == 0 || d->is_incomplete ||
        ip.n == 0 || (d->value != AUTH_PASS && d->value != AUTH_FAIL))
        return false;
    struct report_row *row = ARENA_NEW(a, struct report_row);
    *row = (struct report_row){.ip = ip,
                               .dkim_aligned = d->dkim_aligned,
                               .spf_aligned = d->spf_aligned,
                               .header_from = d->from};
    add_disposition(a, auth, d, done, row);
    add_signatures(a, auth, d, row);
    add_spf(a, auth, env, row);
    const struct dmarc_record *r = &d->record;
    *out = (struct report){.kind = REPORT_AGGREGATE, .domain = d->record_at};
    out->aggregate.rows = row;
    out->aggregate.n_rows = 1;
    out->aggregate.policy = (struct report_policy){
        .domain = d->record_at,
        .p = slice_str(dmarc_policy_name(r->p)),
        .sp = r->has_sp ? slice_str(dmarc_policy_name(r->sp)) : SLICE(""),
        .np = r->has_np ? slice_str(dmarc_policy_name(r->np)) : SLICE(""),
        .adkim = r->strict_dkim ? SLICE("s") : SLICE("r"),
        .aspf = r->strict_spf ? SLICE("s") : SLICE("r"),
        .fo = r->fo};
    return true;
}

/* ---- XML ---- */

static void element(struct buf *b, const char *name, struct slice text)
{
    buf_printf(b, "<%s>", name);
    escape_add(b, ESCAPE_HTML, text, 0);
    buf_printf(b, "</%s>\n", name);
}

static void optional(struct buf *b, const char *name, struct slice text)
{
    if (text.n)
        element(b, name, text);
}

/* The schema's pattern knows no "::". */
static void address(struct buf *b, struct slice text)
{
    struct ip ip;
    if (!ip_parse(text, &ip) || ip.is_v4) {
        element(b, "source_ip", text);
        return;
    }
    buf_str(b, "<source_ip>");
    for (int i = 0; i < 16; i += 2)
        buf_printf(b, "%s%x", i ? ":" : "", (unsigned)ip.byte[i] << 8 | ip.byte[i + 1]);
    buf_str(b, "</source_ip>\n");
}

static void write_row(struct buf *b, const struct report_row *r)
{
    buf_str(b, "<record>\n<row>\n");
    address(b, r->ip);
    buf_printf(b, "<count>%llu</count>\n<policy_evaluated>\n", (unsigned long long)r->count);
    element(b, "disposition", r->disposition);
    element(b, "dkim", r->dkim_aligned ? SLICE("pass") : SLICE("fail"));
    element(b, "spf", r->spf_aligned ? SLICE("pass") : SLICE("fail"));
    for (size_t i = 0; i < r->n_reasons; i++) {
        buf_str(b, "<reason>\n");
        element(b, "type", r->reasons[i].type);
        optional(b, "comment", r->reasons[i].comment);
        buf_str(b, "</reason>\n");
    }
    buf_str(b, "</policy_evaluated>\n</row>\n<identifiers>\n");
    element(b, "envelope_from", r->envelope_from);
    element(b, "header_from", r->header_from);
    buf_str(b, "</identifiers>\n<auth_results>\n");
    for (size_t i = 0; i < r->n_dkim; i++) {
        buf_str(b, "<dkim>\n");
        element(b, "domain", r->dkim[i].domain);
        element(b, "selector", r->dkim[i].selector);
        element(b, "result", r->dkim[i].result);
        optional(b, "human_result", r->dkim[i].human);
        buf_str(b, "</dkim>\n");
    }
    for (size_t i = 0; i < r->n_spf; i++) {
        buf_str(b, "<spf>\n");
        element(b, "domain", r->spf[i].domain);
        element(b, "scope", r->spf[i].selector);
        element(b, "result", r->spf[i].result);
        buf_str(b, "</spf>\n");
    }
    buf_str(b, "</auth_results>\n</record>\n");
}

void report_write_xml(const struct report *r, struct buf *b)
{
    const struct report_aggregate *g = &r->aggregate;
    const struct report_policy *p = &g->policy;
    buf_str(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<feedback xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\">\n<report_metadata>\n");
    element(b, "org_name", g->org);
    element(b, "email", g->email);
    optional(b, "extra_contact_info", g->contact);
    element(b, "report_id", r->id);
    buf_printf(b,
               "<date_range>\n<begin>%lld</begin>\n<end>%lld</end>\n</date_range>\n"
               "</report_metadata>\n<policy_published>\n",
               (long long)r->begin_s, (long long)r->end_s);
    element(b, "domain", p->domain);
    optional(b, "discovery_method", p->discovery);
    element(b, "p", p->p);
    optional(b, "sp", p->sp);
    optional(b, "np", p->np);
    optional(b, "fo", p->fo);
    optional(b, "adkim", p->adkim);
    optional(b, "aspf", p->aspf);
    buf_str(b, "</policy_published>\n");
    for (size_t i = 0; i < g->n_rows; i++)
        write_row(b, &g->rows[i]);
    buf_str(b, "</feedback>\n");
}

/* ---- mail ---- */

static void base64_line(struct buf *b, const unsigned char *p, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        unsigned v = (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0) |
                     (i + 2 < n ? p[i + 2] : 0u);
        buf_chr(b, digits[v >> 18]);
        buf_chr(b, digits[v >> 12 & 63]);
        buf_chr(b, i + 1 < n ? digits[v >> 6 & 63] : '=');
        buf_chr(b, i + 2 < n ? digits[v & 63] : '=');
    }
    buf_str(b, "\r\n");
}

static void base64(struct buf *b, struct slice s)
{
    for (size_t at = 0; at < s.n; at += LINE)
        base64_line(b, (const unsigned char *)s.p + at, s.n - at < LINE ? s.n - at : LINE);
}

static void head(const struct report *r, const struct report_mail *m, struct buf *b)
{
    char date[40];
    buf_str(b, "From: ");
    escape_add(b, ESCAPE_HEADER, m->from, 0);
    for (size_t i = 0; i < m->n_to; i++) {
        buf_str(b, i ? ",\r\n\t" : "\r\nTo: ");
        escape_add(b, ESCAPE_HEADER, m->to[i], 0);
    }
    buf_printf(b,
               "\r\nSubject: Report Domain: %.*s\r\n Submitter: %.*s\r\n Report-ID: <%.*s>\r\n"
               "Date: %s\r\nMessage-ID: <%.*s>\r\n",
               SLICE_ARG(r->domain), SLICE_ARG(m->submitter), SLICE_ARG(r->id),
               clock_rfc5322(m->now_us, date), SLICE_ARG(r->id));
    buf_printf(b,
               "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
               "Content-Type: multipart/mixed; boundary=\"=_%.*s\"\r\n\r\n",
               SLICE_ARG(slice_head(r->id, 60)));
}

void report_write_mail(const struct report *r, struct slice xml, const struct report_mail *m,
                       struct buf *b)
{
    struct buf packed = BUF_INIT(b->max);
    struct slice mark = slice_head(r->id, 60);
    head(r, m, b);
    buf_printf(b,
               "--=_%.*s\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
               "This is an aggregate report (RFC 9990) about mail in the name of %.*s\r\n"
               "that was received by %.*s.\r\n\r\n",
               SLICE_ARG(mark), SLICE_ARG(r->domain), SLICE_ARG(m->submitter));
    buf_printf(b,
               "--=_%.*s\r\nContent-Type: application/gzip\r\nContent-Transfer-Encoding: base64\r\n"
               "Content-Disposition: attachment;\r\n\tfilename=\"%.*s!%.*s!%lld!%lld.xml.gz\""
               "\r\n\r\n",
               SLICE_ARG(mark), SLICE_ARG(m->submitter), SLICE_ARG(r->domain),
               (long long)r->begin_s, (long long)r->end_s);
    deflate_gzip(xml, &packed);
    b->full |= packed.full;
    base64(b, buf_slice(&packed));
    buf_printf(b, "--=_%.*s--\r\n", SLICE_ARG(mark));
    buf_fini(&packed);
}

/* ---- where to ---- */

/* "%2C" to ","; what is not well formed stays. */
static struct slice undo_percent(struct arena *a, struct slice s)
{
    char *out = arena_bytes(a, s.n);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int hi = i + 2 < s.n && s.p[i] == '%' ? ascii_hex(s.p[i + 1]) : -1;
        int lo = hi >= 0 ? ascii_hex(s.p[i + 2]) : -1;
        out[n++] = lo >= 0 ? (char)(hi * 16 + lo) : s.p[i];
        i += lo >= 0 ? 2 : 0;
    }
    return slice_of(out, n);
}

size_t report_mailboxes(struct arena *a, struct slice rua, struct slice *out, size_t most)
{
    struct slice rest = rua, uri;
    size_t n = 0;
    while (n < most && slice_split(&rest, ',', &uri)) {
        uri = slice_trim(uri);
        if (!slice_istarts(uri, SLICE("mailto:")))
            continue;
        uri = slice_from(uri, 7);
        for (size_t i = 0; i < uri.n; i++) {
            if (uri.p[i] == '!' || uri.p[i] == '?')
                uri.n = i;
        }
        uri = undo_percent(a, uri);
        struct address_check check = address_check(uri, false);
        if (check.is == ADDRESS_SMTP && uri.n <= 254)
            out[n++] = uri;
    }
    return n;
}
