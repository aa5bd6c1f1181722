/* What the check of a mailing learns from DNS: authentication of the message, and what the domain
 * in From publishes. From a fixed zone or through the caller's resolver; runs in the child without
 * rights. */
#ifndef MUSTER_NODE_CHECKER_DNS_H
#define MUSTER_NODE_CHECKER_DNS_H

#include "law/message_facts.h"
#include "law/preflight.h"
#include "node/lookup.h"

struct checker_dns {
    struct arena *arena;
    struct slice zone;     /* JSON text; empty: ask `lookup` */
    struct lookup *lookup; /* NULL with an empty zone: nobody is asked */
    const struct auth_settings *settings;
    const struct message *m;
    int64_t now; /* Unix seconds */
};

/* Authentication; *out is NULL when nobody is asked. ERR_PARSE: the zone. */
MUST_USE int checker_authenticate(const struct checker_dns *in, struct err *e,
                                  struct auth_result **out);
/* Behind it: whether the message would arrive. facts: read with `auth`. NULL when nobody is
 * asked. */
MUST_USE int checker_arrival(const struct checker_dns *in, const struct auth_result *auth,
                             const struct message_facts *facts, struct err *e,
                             const struct preflight_arrival **out);

#endif
