/* The site's own domains, as impostors imitate them: is this name ours, does it only look so.
 * Made once, read-only while scanning; look-ups do not depend on how many domains there are,
 * but for near misses, which are looked for among the first OWN_NEAR only. */
#ifndef MUSTER_EVIDENCE_OWN_H
#define MUSTER_EVIDENCE_OWN_H

#include "base/arena.h"
#include "base/conf.h"

#define OWN_NEAR 64

struct own_names;

/* Domains as the operator wrote them. Lives in the arena. */
struct own_names *own_open(struct arena *a, const struct conf_list *domains);
/* Is host (ASCII, lower case) one of them or below one? o may be NULL. */
bool own_has(const struct own_names *o, struct slice host);

enum own_like { OWN_NOT, OWN_SKELETON, OWN_NEAR_MISS };
/* Does an organisational domain look like one of ours without being it: the same skeleton (UTS
 * 39), or one letter more, less, other or changed in place. *out_domain gets ours. */
enum own_like own_looks_like(const struct own_names *o, struct arena *a, struct slice org_domain,
                             struct slice *out_domain);

#endif
