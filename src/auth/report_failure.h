/* Making DMARC failure reports (RFC 9991, in the shape of RFC 5965 and 6591): one message that
 * failed, told to its domain's owner. Pure.
 *
 * What names people goes no further: the local part of an address becomes a keyed hash (RFC 6590,
 * the same one each time for the same person and key), display names, subject, recipients and the
 * body are left out, of the header only From, Date and Message-ID are told.
 */
#ifndef MUSTER_AUTH_REPORT_FAILURE_H
#define MUSTER_AUTH_REPORT_FAILURE_H

#include "auth/report_make.h"

struct failure_in {
    const struct auth_result *auth;
    const struct dmarc_domain *d; /* the author domain that failed */
    const struct envelope *env;
    const struct message *m;
    enum report_done done;
    struct slice from;      /* mailbox of whoever reports */
    struct slice submitter; /* his domain */
    struct slice id;        /* of the report, unique, printable */
    int64_t now_us;
    unsigned char key[16]; /* of the hashes */
};

/* Whether the domain asks for a report about this message: it failed for sure, the record names
 * mailboxes (ruf) for it, and what its fo wants to hear of is what happened. A domain that only
 * watches (p=none) must want aggregate reports, too. Messages that pass DMARC are never reported,
 * whatever fo says. */
bool report_failure_wanted(const struct auth_result *auth, const struct dmarc_domain *d);
/* The whole mail but its To field, CRLF lines. */
void report_write_failure(const struct failure_in *in, struct buf *out);

#endif
