/* What keeper and mailer say to each other (IPC_MAIL, IPC_MAILED). */
#ifndef MUSTER_NODE_MAILER_H
#define MUSTER_NODE_MAILER_H

#include "base/arena.h"
#include "base/pack.h"

struct mail_order {
    struct slice about; /* a report about that domain: only to those who may get it, and without a
                           To field in raw; empty: any other mail */
    bool is_failure;    /* it is a failure report (ruf), not an aggregate one */
    struct slice from;  /* empty for <> */
    struct slice *rcpt;
    size_t n_rcpt;
    struct slice raw;
};

enum mail_outcome {
    MAIL_SENT,
    MAIL_LATER,  /* not reached, or a 4xx answer: try again */
    MAIL_REFUSED /* a 5xx answer */
};

struct mail_result {
    enum mail_outcome outcome;
    struct slice words; /* the server's or the library's, foreign */
};

void mail_pack(struct buf *b, const struct mail_order *o);
bool mail_unpack(struct arena *a, struct slice bytes, struct mail_order *out);
void mail_result_pack(struct buf *b, const struct mail_result *r);
bool mail_result_unpack(struct slice bytes, struct mail_result *out);

#endif
