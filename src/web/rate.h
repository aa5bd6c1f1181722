/* How much one address may ask: a bucket per IPv4 address or IPv6 /64 that fills with time. A
 * table of fixed size; who shares a place with a busy one is not held back by it: the older, fuller
 * bucket gives way. */
#ifndef MUSTER_WEB_RATE_H
#define MUSTER_WEB_RATE_H

#include "base/slice.h"

#define RATE_PLACES 4096u
#define RATE_WAYS   4u

struct rate_bucket {
    uint64_t who;
    int64_t at_us;
    double level; /* what it may still ask */
};

struct rate {
    struct rate_bucket bucket[RATE_PLACES];
    unsigned char key[16]; /* of the table, so that nobody aims at a place */
    double per_second, most;
};

void rate_init(struct rate *r, double per_second, double most);
/* Takes `cost` from the address's bucket; false when it is empty. address: text; what is none
 * shares one bucket. */
bool rate_take(struct rate *r, struct slice address, double cost, int64_t now_us);

#endif
