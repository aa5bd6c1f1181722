/* Failure reports that this node sends (RFC 9991), when its operator chose so: one mail for a
 * message that failed DMARC, made where the message was read (scanner), counted and handed to the
 * mailer by keeper. They are a courtesy: nothing is kept of them, one that cannot be sent at once
 * is not sent.
 */
#ifndef MUSTER_NODE_FAILURES_H
#define MUSTER_NODE_FAILURES_H

#include "node/config.h"
#include "node/mailer.h"

/* ---- scanner ---- */

/* Packs the reports that domains want about this message; returns how many. key: a secret of the
 * site, from which that of the hashes is made. */
struct scan;
size_t failures_pack(const struct scan *s, const struct conf *conf, const unsigned char key[16],
                     bool is_shadow, struct buf *out);

/* ---- keeper ---- */

#define FAILURES_DOMAINS 512 /* with reports within one hour; a further one waits for the next */
/* Tags of these orders have this bit. */
#define FAILURES_TAG (UINT64_C(1) << 60)

struct failures {
    struct failures_domain {
        uint64_t hash;
        int64_t since_us;
        unsigned n;
    } domain[FAILURES_DOMAINS];
    size_t n;
    uint64_t next_tag, suppressed;
};

/* Takes the next report from *rest and packs its mail_order; returns its tag. 0: there is none
 * left. What is over its domain's measure for the hour is passed over. */
uint64_t failures_next(struct failures *f, struct slice *rest, int64_t now_us, struct buf *packed);
void failures_mailed(uint64_t tag, const struct mail_result *r);

#endif
