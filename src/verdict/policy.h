/* Policy: thresholds and actions, site < domain < group < user. */
#ifndef MUSTER_VERDICT_POLICY_H
#define MUSTER_VERDICT_POLICY_H

#include "base/conf.h"

enum action {
    ACTION_ACCEPT, ACTION_TAG, ACTION_GREYLIST, ACTION_DEFER, ACTION_QUARANTINE, ACTION_REJECT,
    ACTION_DISCARD, ACTIONS
};

const char *action_name(enum action a);

/* The "policy" sections of the configuration (top one unnamed, further ones named by address,
 * "@domain" or group). */
extern const struct conf_section POLICY_SECTIONS[];

struct policy;
/* Compiles the policy blocks of a configuration; lives in the configuration's arena. */
MUST_USE int policy_compile(const struct conf *c, struct err *e, struct policy **out);

#endif
