/* Looks whether who appeals publishes our words where he says that he has control (desk/proof.h):
 * a TXT record through the resolver, or a file on the host's own web server. Part of the mailer,
 * the process that may connect to others; keeper orders and decides.
 *
 * A stranger names the host. So a fetch goes to public addresses alone, to the ports 443 and 80, to
 * the very address that was looked up, follows nothing, reads little and takes seconds at most.
 */
#ifndef MUSTER_NODE_PROVER_H
#define MUSTER_NODE_PROVER_H

#include "desk/proof.h"
#include "node/ipc.h"
#include "node/mailer.h"

struct conf;
struct event_base;
struct prover;

struct prove_order {
    enum proof_method method; /* PROOF_DNS, PROOF_WEB */
    struct slice name;        /* of the TXT record; or the host */
    struct slice path;        /* PROOF_WEB */
    struct slice words;
};
void prove_pack(struct buf *b, const struct prove_order *o);
/* false: not well formed. Slices point into the bytes. */
bool prove_unpack(struct slice bytes, struct prove_order *out);

/* MAIL_SENT: the words stand there. Else words say what stood in the way. */
typedef void prover_told(void *arg, uint64_t tag, const struct mail_result *r);

/* Before the walls close: it reads the system's certificates. */
struct prover *prover_new(struct event_base *base, const struct conf *c, prover_told *told,
                          void *arg);
/* One order; told is called once for it, maybe before this returns. */
void prover_begin(struct prover *p, uint64_t tag, struct slice order);
/* Answers of the resolver; false: they are for somebody else. */
bool prover_answered(struct prover *p, uint64_t tag, struct slice answers);
/* The resolver's channel, NULL when it went; what waits is asked again. */
void prover_meet(struct prover *p, struct ipc *resolver);

#endif
