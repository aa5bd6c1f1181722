/* Answers for the command line: from a fixed zone (--zone FILE), or from a resolver process of
 * its own. A check that is replayed (ask/ask.h) is run to its end with
 *
 *     struct ask *q = ask_new(arena, NULL);
 *     while (!spf_check(&in, q, &out))
 *         lookup_round(l, q, 0);
 *
 * The sandboxed reader of mail may use it after its walls closed: everything is open by then.
 */
#ifndef MUSTER_NODE_LOOKUP_H
#define MUSTER_NODE_LOOKUP_H

#include "ask/ask.h"
#include "node/config.h"

struct lookup;

/* zone: a file as in ask/zone.h, or NULL: by the setting `resolver`. With `resolver = none` there
 * is no lookup and *out is NULL. Errors name the file. */
MUST_USE int lookup_open(const struct conf *c, const char *zone, struct err *e,
                         struct lookup **out);
void lookup_close(struct lookup *l);
/* The descriptor a child must keep to use it; 0: none. */
int lookup_fd(const struct lookup *l);
/* Answers all that waits in q. until_us (clock_mono_us): what is not answered then is
 * ASK_TIMEOUT; 0: within the setting dns.wait from now. l NULL: nobody answers, all of it is. */
void lookup_round(struct lookup *l, struct ask *q, int64_t until_us);

#endif
