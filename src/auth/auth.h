/* Who sent it: SPF, DKIM, ARC and DMARC of one message, composed.
 *
 * auth_check is replayed: it asks DNS through `ask` as if answers were at hand, and says false
 * while some are missing; the caller sends the questions and runs it again with the same result
 * struct. Expensive work (hashes, verified signatures) is remembered there; everything else is
 * worked out anew, so that a replay is the same as a first run. RFC 7208, 6376, 8617, 9989, 8601.
 */
#ifndef MUSTER_AUTH_AUTH_H
#define MUSTER_AUTH_AUTH_H

#include "ask/ask.h"
#include "auth/dmarc.h"
#include "auth/received.h"
#include "auth/result.h"
#include "auth/spf.h"
#include "mail/envelope.h"
#include "mail/message.h"

struct auth_in {
    struct arena *arena;
    const struct message *m;
    const struct envelope *env;
    const struct auth_settings *settings; /* NULL: defaults */
    int64_t now;                          /* Unix seconds, for x= and t= */
};

/* Zeroed before the first run. */
struct auth_result {
    bool is_done;
    bool is_skipped;               /* mail of our own users or networks: nothing to authenticate */
    struct received_border border; /* the client that handed the message to our organisation */
    bool has_spf;                  /* there was a client address to check */
    bool has_mail_from;            /* and a MAIL FROM, which may be <> */
    struct spf_result spf_helo, spf_mail_from;
    struct dkim_results dkim;
    struct arc_result arc;
    struct dmarc_authors *authors;
    struct dmarc_result dmarc;
    bool is_incomplete;     /* something lacks an answer; a verdict may not be harsher for it */
    bool is_border_missing; /* because no client address is known */
    struct slice *proven;   /* domains that passing identifiers prove: d= and MAIL FROM, and the
                               author domains of dmarc=pass; each once */
    size_t n_proven;
};

/* true: done. On false the parts hold nothing yet but what is kept for the next run. */
bool auth_check(const struct auth_in *in, struct ask *q, struct auth_result *out);
/* Is this domain, or one above it, proven? Folded names. */
bool auth_proves(const struct auth_result *r, struct slice domain);

/* The value of a Received-SPF field for MAIL FROM, or for HELO where that was not known. false:
 * SPF was not checked. */
bool auth_received_spf(const struct auth_result *r, const struct envelope *env,
                       const struct auth_settings *s, struct buf *out);

#endif
