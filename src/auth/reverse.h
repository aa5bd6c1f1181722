/* The name that an address has, believed only when it leads back (as `iprev` of RFC 8601). */
#ifndef MUSTER_AUTH_REVERSE_H
#define MUSTER_AUTH_REVERSE_H

#include "ask/ask.h"

#define REVERSE_NAMES 4 /* of one address that are looked at */

/* Replayed (ask/ask.h); false: waits. *out_name is empty when there is no such name. */
bool reverse_name(struct arena *a, struct ask *q, struct slice ip, struct slice *out_name);

#endif
