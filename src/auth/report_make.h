/* Making DMARC aggregate reports (RFC 9990): the XML, and the mail that carries it. Pure. */
#ifndef MUSTER_AUTH_REPORT_MAKE_H
#define MUSTER_AUTH_REPORT_MAKE_H

#include "auth/auth.h"
#include "auth/report.h"

/* What becomes of a message that fails, as it was really done. */
enum report_done { REPORT_DELIVERED, REPORT_SET_ASIDE, REPORT_REFUSED };

/* One message as a report of one row about one of its author domains: domain, policy and row are
 * filled. false: there is nothing to report (no record, no rua, not complete, own mail). */
bool report_of_message(struct arena *a, const struct auth_result *auth,
                       const struct dmarc_domain *d, const struct envelope *env,
                       enum report_done done, struct report *out);

/* The document, as RFC 9990 appendix A wants it (and the older schema takes it): addresses of IPv6
 * in full, no elements that only one of them knows. org, id, begin_s, end_s and
 * aggregate.{org,email,contact,policy,rows} are used. */
void report_write_xml(const struct report *r, struct buf *out);

struct report_mail {
    struct slice from;      /* mailbox of whoever reports */
    struct slice submitter; /* his domain */
    const struct slice *to;
    size_t n_to;
    int64_t now_us;
};
/* The whole mail with the report packed inside, CRLF lines. out->full: too large. */
void report_write_mail(const struct report *r, struct slice xml, const struct report_mail *m,
                       struct buf *out);

/* Mailboxes of a rua list ("mailto:a@b.example!10m, https://..."), at most `most`: without scheme,
 * size and parameters, percent signs undone; others are left out. */
size_t report_mailboxes(struct arena *a, struct slice rua, struct slice *out, size_t most);

/* May a report about a domain go to that mailbox (RFC 9990 section 4; RFC 9991 for failures)?
 * Within one organisation always; else only where DOMAIN._report._dmarc.HOST says so, which may
 * name another mailbox at the same host. false: waits. *out_mailbox: where to send it. */
enum report_target { REPORT_TARGET_ALLOWED, REPORT_TARGET_REFUSED, REPORT_TARGET_UNKNOWN };
struct report_wish {
    struct slice domain, mailbox;
    bool is_failure; /* else an aggregate report */
};
bool report_target(struct arena *a, struct ask *q, const struct report_wish *w,
                   enum report_target *out, struct slice *out_mailbox);

#endif
