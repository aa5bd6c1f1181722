/* Opening what a scan reads: models, views, rules, keys. Used by scanners and by the command
 * line's sandboxed parser, before their walls close. */
#ifndef MUSTER_NODE_WORLD_H
#define MUSTER_NODE_WORLD_H

#include "node/config.h"
#include "scan/scan.h"

/* Names below the data folder. */
#define WORLD_SITE_MODEL "site.model"
#define WORLD_DIGEST_KEY "digest.key"

/* Fills *w. What does not exist yet (no site model, no views) is left out; what exists and is
 * damaged is an error that names it. */
MUST_USE int world_open(struct arena *a, const struct conf *conf, struct scan_world *w,
                        struct err *e);
/* The node's digest key: read, or (may_make) made with mode 0600. */
MUST_USE int world_digest_key(struct arena *a, const struct conf *conf, bool may_make,
                              unsigned char out[16], struct err *e);

#endif
