/* The resolver process: the only one that talks to name servers. Scanners send it a round's
 * questions in one message (ask/batch.h) and get the answers as they come, all of them by the
 * deadline that the message names. See ask/resolve.h for what it does with them.
 */
#ifndef MUSTER_NODE_RESOLVER_H
#define MUSTER_NODE_RESOLVER_H

#include "node/config.h"

/* False for `resolver = none`. */
bool resolver_is_wanted(const struct conf *c);
/* `resolver`: one of own, system, none, or addresses. ERR_USAGE says what is wrong. */
MUST_USE int resolver_conf_check(const struct conf *c, struct err *e);
/* A reload from one to the other needs no new resolver. */
bool resolver_conf_same(const struct conf *one, const struct conf *other);
/* A resolver process of one's own for the command line; ends when *out_fd is closed. The channel
 * takes IPC_RESOLVE. *out_pid is to be waited for after that. */
MUST_USE int resolver_spawn(const struct conf *c, struct err *e, int *out_fd, int *out_pid);

#endif
