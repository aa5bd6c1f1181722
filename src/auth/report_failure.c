/* DMARC failure reports, made. See report_failure.h. */
#include "auth/report_failure.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/hash.h"

/* ---- whether ---- */

static bool has_failed_signature(const struct auth_result *auth)
{
    for (const struct dkim_result *s = auth->dkim.first; s; s = s->next) {
        if (s->value == AUTH_FAIL)
            return true;
    }
    return false;
}

/* fo: "0" and "1" hold for every message without an aligned pass; "d" and "s" for what failed by
 * itself. */
static bool is_asked_for(const struct auth_result *auth, struct slice fo)
{
    struct slice one;
    while (slice_split(&fo, ':', &one)) {
        one = slice_trim(one);
        if (slice_eq(one, SLICE("0")) || slice_eq(one, SLICE("1")) ||
            (slice_ieq(one, SLICE("d")) && has_failed_signature(auth)) ||
            (slice_ieq(one, SLICE("s")) && auth->has_spf && auth->spf_mail_from.value == AUTH_FAIL))
            return true;
    }
    return false;
}

bool report_failure_wanted(const struct auth_result *auth, const struct dmarc_domain *d)
{
    const struct dmarc_record *r = &d->record;
    if (!auth->is_done || auth->is_skipped || d->is_incomplete || d->value != AUTH_FAIL ||
        d->record_at.n == 0 || r->ruf.n == 0)
        return false;
    if (r->p == DMARC_NONE && r->rua.n == 0)
        return false;
    return is_asked_for(auth, r->fo.n ? r->fo : SLICE("0"));
}

/* ---- what ---- */

/* A domain as DNS has them; anything else in its place is not told. */
static struct slice plain_domain(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_alnum(s.p[i]) && memchr("-_.", s.p[i], 3) == NULL)
            return SLICE("");
    }
    return slice_head(s, 253);
}

/* "ann@b.example" as "3f0c...@b.example". */
static void redacted(const struct failure_in *in, struct slice address, struct buf *b)
{
    size_t at = slice_rchr(address, '@');
    struct slice local = slice_head(address, at == SIZE_MAX ? address.n : at);
    struct slice domain = at == SIZE_MAX ? SLICE("") : plain_domain(slice_from(address, at + 1));
    char folded[64];
    local = slice_head(local, sizeof(folded));
    for (size_t i = 0; i < local.n; i++)
        folded[i] = ascii_lower(local.p[i]);
    buf_printf(b, "%016llx", (unsigned long long)hash_sip(slice_of(folded, local.n), in->key));
    if (domain.n)
        buf_printf(b, "@%.*s", SLICE_ARG(domain));
}

static void results(const struct failure_in *in, struct buf *b)
{
    const struct auth_result *a = in->auth;
    buf_printf(b, "Authentication-Results: %.*s;\r\n dmarc=fail header.from=%.*s",
               SLICE_ARG(plain_domain(in->submitter)), SLICE_ARG(plain_domain(in->d->from)));
    size_t at = slice_rchr(in->env->mail_from, '@');
    if (a->has_spf && at != SIZE_MAX)
        buf_printf(b, ";\r\n spf=%s smtp.mailfrom=%.*s", auth_value_name(a->spf_mail_from.value),
                   SLICE_ARG(plain_domain(slice_from(in->env->mail_from, at + 1))));
    size_t n = 0;
    for (const struct dkim_result *s = a->dkim.first; s && n < 8; s = s->next, n++)
        buf_printf(b, ";\r\n dkim=%s header.d=%.*s header.s=%.*s", auth_value_name(s->value),
                   SLICE_ARG(plain_domain(s->domain)), SLICE_ARG(plain_domain(s->selector)));
    buf_str(b, "\r\n");
}

static const char *delivery(enum report_done done)
{
    return done == REPORT_REFUSED ? "reject" : done == REPORT_SET_ASIDE ? "spam" : "delivered";
}

static void feedback(const struct failure_in *in, struct buf *b)
{
    const struct dkim_result *s = in->auth->dkim.first;
    struct slice ip = in->auth->border.ip.n ? in->auth->border.ip : in->env->client_ip;
    char date[40];
    buf_str(b, "Feedback-Type: auth-failure\r\nVersion: 1\r\nUser-Agent: Muster/" MUSTER_VERSION
               "\r\nAuth-Failure: dmarc\r\n");
    results(in, b);
    buf_str(b, "Original-Mail-From: <");
    if (in->env->mail_from.n)
        redacted(in, in->env->mail_from, b);
    buf_printf(b, ">\r\nArrival-Date: %s\r\n",
               clock_rfc5322(in->env->received_us ? in->env->received_us : in->now_us, date));
    buf_str(b, "Source-IP: ");
    escape_add(b, ESCAPE_HEADER, ip, 64);
    buf_printf(b,
               "\r\nReported-Domain: %.*s\r\nDelivery-Result: %s\r\nIdentity-Alignment: none\r\n",
               SLICE_ARG(plain_domain(in->d->from)), delivery(in->done));
    if (s)
        buf_printf(b, "DKIM-Domain: %.*s\r\nDKIM-Selector: %.*s\r\n",
                   SLICE_ARG(plain_domain(s->domain)), SLICE_ARG(plain_domain(s->selector)));
}

/* What tells one message from others to whoever sent it, and nothing of what it says. */
static void original(const struct failure_in *in, struct buf *b)
{
    const struct address *from = in->m->from;
    size_t at = slice_rchr(in->m->message_id, '@');
    struct slice id = at == SIZE_MAX ? in->m->message_id : slice_from(in->m->message_id, at + 1);
    while (id.n && (id.p[id.n - 1] == '>' || id.p[id.n - 1] == ' '))
        id.n--;
    buf_str(b, "From: <");
    if (from) {
        struct buf whole = BUF_INIT(1024);
        buf_printf(&whole, "%.*s@%.*s", SLICE_ARG(slice_head(from->local, 256)),
                   SLICE_ARG(slice_head(from->domain, 256)));
        redacted(in, buf_slice(&whole), b);
        buf_fini(&whole);
    }
    buf_str(b, ">\r\n");
    const struct header *h = header_find(&in->m->headers, "Date", NULL);
    if (h) {
        buf_str(b, "Date: ");
        escape_add(b, ESCAPE_HEADER, slice_trim(h->value), 60);
        buf_str(b, "\r\n");
    }
    if (in->m->message_id.n)
        buf_printf(b, "Message-ID: <%016llx@%.*s>\r\n",
                   (unsigned long long)hash_sip(in->m->message_id, in->key),
                   SLICE_ARG(plain_domain(id)));
}

void report_write_failure(const struct failure_in *in, struct buf *b)
{
    struct slice mark = slice_head(in->id, 60), domain = plain_domain(in->d->from);
    char date[40];
    buf_str(b, "From: ");
    escape_add(b, ESCAPE_HEADER, in->from, 0);
    buf_printf(b,
               "\r\nSubject: Failed DMARC of mail in the name of %.*s\r\nDate: %s\r\n"
               "Message-ID: <%.*s>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
               "Content-Type: multipart/report; report-type=feedback-report;\r\n"
               "\tboundary=\"=_%.*s\"\r\n\r\n",
               SLICE_ARG(domain), clock_rfc5322(in->now_us, date), SLICE_ARG(in->id),
               SLICE_ARG(mark));
    buf_printf(b,
               "--=_%.*s\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
               "This is a failure report (RFC 9991) about one message in the name of\r\n"
               "%.*s that was received by %.*s.\r\n"
               "Names of people in it are replaced by hashes (RFC 6590).\r\n\r\n",
               SLICE_ARG(mark), SLICE_ARG(domain), SLICE_ARG(plain_domain(in->submitter)));
    buf_printf(b, "--=_%.*s\r\nContent-Type: message/feedback-report\r\n\r\n", SLICE_ARG(mark));
    feedback(in, b);
    buf_printf(b, "\r\n--=_%.*s\r\nContent-Type: text/rfc822-headers\r\n\r\n", SLICE_ARG(mark));
    original(in, b);
    buf_printf(b, "\r\n--=_%.*s--\r\n", SLICE_ARG(mark));
}
