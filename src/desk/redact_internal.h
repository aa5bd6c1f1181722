/* Between the files of redact alone. */
#ifndef MUSTER_DESK_REDACT_INTERNAL_H
#define MUSTER_DESK_REDACT_INTERNAL_H

#include "desk/redact.h"

/* Long, and with as many different characters as random ones have. */
bool redact_is_random(struct slice s);
/* Random, or an address in some encoding. */
bool redact_is_code(struct redact *r, struct slice s);
/* The same, or something that holds somebody's name. */
bool redact_is_token(struct redact *r, struct slice s);
/* True when somebody's local part or address stands in it. */
bool redact_holds_person(const struct redact *r, struct slice s);
/* The host, labels that are tokens as "*". */
struct slice redact_host(struct redact *r, const struct url *url);
#endif
