/* muster dns check's work: in children without rights, so that nothing foreign is read with the
 * caller's. One asks and judges; another one, if wanted, fetches the two pages that a domain has
 * on web servers. */
#ifndef MUSTER_NODE_DNSJOB_H
#define MUSTER_NODE_DNSJOB_H

#include "auth/dnscheck.h"
#include "node/lookup.h"

#define DNSJOB_PAGE 65536u /* bytes of a page that are read */

struct dnsjob_result {
    bool is_bad;
    bool has_sts;        /* an MTA-STS policy can be fetched */
    struct slice output; /* JSON, or text for people; in the arena */
};

/* Runs the check; lookup may be NULL (nobody answers). The words are the user's language's. */
MUST_USE int dnsjob_run(const struct conf *conf, struct lookup *lookup,
                        const struct dnscheck_in *in, bool as_json, struct err *e,
                        struct dnsjob_result *out);
/* GET over HTTPS, no redirects, public addresses alone, 15 s. Fills *out in every case. */
void dnsjob_fetch(struct arena *a, const char *url, struct dnscheck_page *out);

#endif
