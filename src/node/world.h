/* Opening what a scan reads: models, views, rules, keys. Used by scanners and by the command
 * line's sandboxed parser, before their walls close. */
#ifndef MUSTER_NODE_WORLD_H
#define MUSTER_NODE_WORLD_H

#include "node/config.h"
#include "scan/scan.h"

/* Names below the data folder. */
#define WORLD_SITE_MODEL  "site.model"
#define WORLD_READER_KEYS "reader.keys" /* digest key (16 bytes), person key (32) */

/* Fills *w. What does not exist yet (no site model, no views) is left out; what exists and is
 * damaged is an error that names it. */
MUST_USE int world_open(struct arena *a, const struct conf *conf, struct scan_world *w,
                        struct err *e);
/* Writes the keys that readers need, from the store's secrets; mode 0600. */
MUST_USE int world_write_keys(struct arena *a, const struct conf *conf,
                              const unsigned char digest[16], const unsigned char person[32],
                              struct err *e);

#endif
