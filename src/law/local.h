/* The local definition: the laws and terms that an operator picks for its users, asked of each
 * message that is scanned. What is found stands apart from the technical findings and adds no
 * points unless the operator says so:
 *
 *   law { apply = DE, AT  points = 0 }     (law/settings.h)
 *
 * A violation is only told when the bytes show it (facts of the recipient are not known to a
 * filter, so that most answers are "can't tell").
 */
#ifndef MUSTER_LAW_LOCAL_H
#define MUSTER_LAW_LOCAL_H

#include "base/conf.h"
#include "law/law.h"
#include "law/message_facts.h"

#define LAW_LOCAL_MOST 32

struct law_local;

/* Opens the laws that the configuration names; *out is NULL when it names none. Lives in the arena
 * (its library until the process ends). ERR_PARSE names an unknown code and the nearest one, or
 * what is wrong with a file of definitions. */
MUST_USE int law_local_open(struct arena *a, const struct conf *conf, struct err *e,
                            struct law_local **out);
/* Points that a broken rule adds; 0 by default. */
double law_local_points(const struct law_local *l);

struct law_local_result {
    const struct law *law;
    struct law_result *result;
};
struct law_local_results {
    size_t n;
    struct law_local_result of[LAW_LOCAL_MOST];
    struct law_facts facts; /* under which they were asked */
};
/* Asks all of them; results lie in the arena. auth may be NULL. */
void law_local_ask(const struct law_local *l, struct arena *a, const struct message *m,
                   const struct auth_result *auth, const char *mail_class, int64_t now_us,
                   struct law_local_results *out);
/* The worst violation of a result that warns or fails, or NULL. */
const struct law_finding *law_worst(const struct law_result *r);

#endif
