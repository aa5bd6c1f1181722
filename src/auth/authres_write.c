/* Authentication-Results: our own field. One line per method; all foreign text passes the
 * escaper, quoted where RFC 8601 wants it (section 2.2). */
#include "auth/authres.h"

#include "base/escape.h"

#define VALUE_BYTES 256

/* A token of RFC 2045 may stand bare. */
static bool is_token(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] > '~' || memchr("()<>@,;:\\\"/[]?=", s.p[i], 15))
            return false;
    return s.n > 0;
}

/* "local@domain" and "@domain" may stand bare, too, when both sides are plain. */
static bool is_address(struct slice s)
{
    size_t at = slice_rchr(s, '@');
    if (at == SIZE_MAX)
        return false;
    return (at == 0 || is_token(slice_head(s, at))) && is_token(slice_from(s, at + 1));
}

static void add_value(struct buf *out, struct slice value)
{
    struct buf safe = BUF_INIT(VALUE_BYTES + 8);
    escape_add(&safe, ESCAPE_HEADER, value, VALUE_BYTES);
    struct slice s = buf_slice(&safe);
    bool is_bare = is_token(s) || is_address(s);
    if (!is_bare)
        buf_chr(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (!is_bare && (s.p[i] == '"' || s.p[i] == '\\'))
            buf_chr(out, '\\');
        buf_chr(out, s.p[i]);
    }
    if (!is_bare)
        buf_chr(out, '"');
    buf_fini(&safe);
}

static void property(struct buf *out, const char *name, struct slice value)
{
    if (value.n == 0)
        return;
    buf_printf(out, " %s=", name);
    add_value(out, value);
}

static void method(struct buf *out, const char *name, enum auth_value value, const char *reason)
{
    buf_printf(out, ";\n %s=%s", name, auth_value_name(value));
    if (reason && reason[0]) {
        buf_str(out, " reason=");
        add_value(out, slice_str(reason));
    }
}

/* 8 bytes of b= at least, and as many as tell the signatures apart (RFC 6008). */
static size_t prefix_length(const struct dkim_results *all, const struct dkim_result *one)
{
    size_t n = 8;
    for (const struct dkim_result *k = all->first; k; k = k->next) {
        size_t same = 0;
        if (k == one || slice_eq(k->b, one->b))
            continue;
        while (same < k->b.n && same < one->b.n && k->b.p[same] == one->b.p[same])
            same++;
        if (same + 1 > n)
            n = same + 1;
    }
    return n < 40 ? n : 40;
}

static void write_spf(const struct auth_result *r, struct buf *out)
{
    const struct spf_result *s = &r->spf_mail_from;
    if (r->has_spf && r->has_mail_from) {
        bool is_plain = s->value != AUTH_TEMPERROR && s->value != AUTH_PERMERROR;
        method(out, "spf", s->value, is_plain ? NULL : s->reason);
        property(out, "smtp.mailfrom", s->identity);
    }
    if (r->has_spf && r->spf_helo.domain.n && r->spf_helo.value != AUTH_NONE) {
        method(out, "spf", r->spf_helo.value, NULL);
        property(out, "smtp.helo", r->spf_helo.domain);
    }
}

static void write_dkim(const struct auth_result *r, struct buf *out)
{
    if (r->dkim.n == 0)
        method(out, "dkim", AUTH_NONE, NULL);
    for (const struct dkim_result *k = r->dkim.first; k; k = k->next) {
        const char *reason = k->value == AUTH_PASS ? NULL : k->reason;
        if (k->value == AUTH_PASS && k->body_grew)
            reason = "text stands behind what is signed";
        method(out, "dkim", k->value, reason);
        property(out, "header.d", k->domain);
        property(out, "header.i", k->identity);
        property(out, "header.s", k->selector);
        property(out, "header.a", k->algorithm);
        property(out, "header.b", slice_head(k->b, prefix_length(&r->dkim, k)));
    }
}

static void write_arc(const struct auth_result *r, struct buf *out)
{
    if (r->arc.value == AUTH_NONE)
        return;
    method(out, "arc", r->arc.value, r->arc.value == AUTH_PASS ? NULL : r->arc.reason);
    if (r->arc.value == AUTH_PASS && r->arc.oldest_pass)
        buf_printf(out, " header.oldest-pass=%u", r->arc.oldest_pass);
}

static void write_dmarc(const struct auth_result *r, struct buf *out)
{
    const struct dmarc_result *d = &r->dmarc;
    bool is_plain = d->value == AUTH_PASS || d->value == AUTH_NONE || d->value == AUTH_FAIL;
    method(out, "dmarc", d->value, is_plain ? NULL : d->reason);
    if (d->override != DMARC_OVERRIDE_NONE)
        buf_printf(out, " (not acted on: %s)", dmarc_override_name(d->override));
    if (d->worst) {
        property(out, "header.from", d->worst->from);
        if (d->worst->record_at.n)
            buf_printf(out, " policy.dmarc=%s", dmarc_policy_name(d->worst->policy));
    }
}

void authres_write(const struct auth_result *r, struct slice authserv_id, struct buf *out)
{
    add_value(out, authserv_id);
    if (!r || !r->is_done || r->is_skipped) {
        buf_str(out, "; none");
        return;
    }
    write_spf(r, out);
    write_dkim(r, out);
    write_arc(r, out);
    write_dmarc(r, out);
}
