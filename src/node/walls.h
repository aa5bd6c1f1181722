/* Shared memory between master and scanners, so that a crash can be laid to a message: before a
 * scanner parses, the message's hash stands here; after it, it is wiped. Hashes that crashed
 * scanners twice are set aside. */
#ifndef MUSTER_NODE_WALLS_H
#define MUSTER_NODE_WALLS_H

#include "base/slice.h"

#define WALLS_SCANNERS 256
#define WALLS_CRASHES  64

struct walls;

/* Anonymous shared memory, inherited by children. Aborts when there is none. */
struct walls *walls_new(void);
/* Scanner `index` begins or ends with a message. */
void walls_begin(struct walls *w, unsigned index, uint64_t hash);
void walls_end(struct walls *w, unsigned index);
/* Master: scanner `index` died; counts the crash of what it was at. Returns its hash, 0: none. */
uint64_t walls_crashed(struct walls *w, unsigned index);
/* How often these bytes crashed a scanner. */
unsigned walls_count(const struct walls *w, uint64_t hash);
/* Keyed hash of raw mail; the key is chosen by walls_new. Never 0. */
uint64_t walls_hash(const struct walls *w, struct slice raw);

#endif
