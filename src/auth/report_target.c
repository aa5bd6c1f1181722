/* Who may be sent reports about whom (RFC 9990 section 4): without this, anybody could have them
 * sent to anybody. See report_make.h. */
#include "auth/dmarc.h"
#include "auth/report_make.h"
#include "auth/tags.h"

static struct slice host_of(struct slice mailbox)
{
    size_t at = slice_rchr(mailbox, '@');
    return at == SIZE_MAX ? SLICE("") : slice_from(mailbox, at + 1);
}

/* The mailbox that a permission names instead; one at another host spoils it. */
static enum report_target read_permission(struct arena *a, struct slice txt, struct slice host,
                                          const char *tag, struct slice *mailbox)
{
    struct tags tags;
    const char *why;
    struct slice other;
    if (!tags_parse(txt, &tags, &why) || tags_find(&tags, tag) == NULL)
        return REPORT_TARGET_ALLOWED;
    if (report_mailboxes(a, tags_value(&tags, tag), &other, 1) == 0 ||
        !slice_ieq(host_of(other), host))
        return REPORT_TARGET_REFUSED;
    *mailbox = other;
    return REPORT_TARGET_ALLOWED;
}

bool report_target(struct arena *a, struct ask *q, const struct report_wish *w,
                   enum report_target *out, struct slice *out_mailbox)
{
    struct slice domain = w->domain, mailbox = w->mailbox;
    struct slice host = arena_lower(a, host_of(mailbox)), txt;
    struct dmarc_walk one, two;
    struct slice name = arena_printf(a, "%.*s._report._dmarc.%.*s", SLICE_ARG(domain),
                                     SLICE_ARG(host));
    bool is_askable = dns_name_is_valid(name);
    bool is_done = dmarc_walk(a, q, domain, &one);
    is_done = dmarc_walk(a, q, host, &two) && is_done;
    const struct dns_answer *answer = is_askable ? ask_dns(q, name, DNS_TXT) : NULL;
    *out = REPORT_TARGET_REFUSED;
    *out_mailbox = mailbox;
    if (!is_done || (is_askable && answer == NULL))
        return false;
    if (one.is_incomplete || two.is_incomplete) {
        *out = REPORT_TARGET_UNKNOWN;
    } else if (slice_eq(one.org, two.org)) {
        *out = REPORT_TARGET_ALLOWED;
    } else if (answer && answer->status != ASK_OK && answer->status != ASK_NODATA &&
               answer->status != ASK_NXDOMAIN) {
        *out = REPORT_TARGET_UNKNOWN;
    } else {
        for (size_t i = 0; answer && i < answer->n; i++) {
            if (dns_txt(a, answer->rdata[i], &txt) && dmarc_is_record(txt)) {
                *out = read_permission(a, txt, host, w->is_failure ? "ruf" : "rua", out_mailbox);
                break;
            }
        }
    }
    return true;
}
