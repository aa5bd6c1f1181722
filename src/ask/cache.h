/* The resolver's answers, kept until their time to live is over and some while longer, to be
 * served when the authority is silent (RFC 8767).
 *
 * Bounded in bytes; what was not asked for longest goes first. Keys are hashed under a secret,
 * since senders choose the names. One process, no locks; time comes from the caller (monotonic
 * microseconds).
 */
#ifndef MUSTER_ASK_CACHE_H
#define MUSTER_ASK_CACHE_H

#include "ask/ask.h"

struct cache;

struct cache_limits {
    size_t bytes;      /* of all entries */
    uint32_t ttl_most; /* seconds; longer ones are cut */
    uint32_t bad_ttl;  /* seconds that failures and forged answers are kept */
    uint32_t stale;    /* seconds that an answer is kept past its time */
};

enum cache_hit {
    CACHE_MISS,
    CACHE_FRESH,
    CACHE_LATE, /* fresh, but little of its time is left: worth asking again */
    CACHE_STALE /* its time is over; serve it only when nothing better comes */
};

struct cache *cache_new(const struct cache_limits *limits);
void cache_free(struct cache *c);
/* *out lives until the next call. ttl is what is left of it, 30 when stale. */
enum cache_hit cache_get(struct cache *c, struct slice name, enum dns_type type, int64_t now_us,
                         struct dns_answer *out);
/* Keeps a copy; answers that say nothing about the name (timeout, limit) and those with ttl 0
 * are not kept. A failure does not replace a good answer that could be served stale. */
void cache_put(struct cache *c, struct slice name, enum dns_type type, int64_t now_us,
               const struct dns_answer *a);
size_t cache_bytes(const struct cache *c);
size_t cache_count(const struct cache *c);

#endif
