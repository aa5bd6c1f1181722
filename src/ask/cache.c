/* Answers kept. See cache.h. Each entry is one block of memory: itself, its name, its data. */
#include "ask/cache.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/rand.h"

#include <stdlib.h>

#define STALE_TTL   30u /* RFC 8767 4 */
#define LATE_PART   10  /* the last tenth of its time */
#define LATE_LEAST  10  /* seconds of a time to live under which asking ahead is no use */
#define CHAINS_BITS 12
#define SECOND      1000000

struct entry {
    struct entry *chain;
    struct entry *newer, *older;
    uint64_t hash;
    struct slice name;
    struct dns_answer answer;
    int64_t kept_us, until_us;
    size_t bytes;
    struct slice rdata[];
};

struct cache {
    struct cache_limits limits;
    unsigned char key[16];
    struct entry *newest, *oldest;
    size_t bytes, n;
    struct entry *chains[1u << CHAINS_BITS];
};

struct cache *cache_new(const struct cache_limits *limits)
{
    struct cache *c = calloc(1, sizeof(*c));
    if (c == NULL)
        BUG("out of memory");
    c->limits = *limits;
    rand_bytes(c->key, sizeof(c->key));
    return c;
}

static void unlink_use(struct cache *c, struct entry *e)
{
    *(e->newer ? &e->newer->older : &c->newest) = e->older;
    *(e->older ? &e->older->newer : &c->oldest) = e->newer;
}

static void link_newest(struct cache *c, struct entry *e)
{
    e->newer = NULL;
    e->older = c->newest;
    *(c->newest ? &c->newest->newer : &c->oldest) = e;
    c->newest = e;
}

static struct entry **slot_of(struct cache *c, uint64_t hash)
{
    return &c->chains[hash & ((1u << CHAINS_BITS) - 1)];
}

static void drop(struct cache *c, struct entry *e)
{
    struct entry **at = slot_of(c, e->hash);
    while (*at != e)
        at = &(*at)->chain;
    *at = e->chain;
    unlink_use(c, e);
    c->bytes -= e->bytes;
    c->n--;
    free(e);
}

void cache_free(struct cache *c)
{
    if (c == NULL)
        return;
    while (c->oldest)
        drop(c, c->oldest);
    free(c);
}

static struct entry *find(struct cache *c, struct slice name, enum dns_type type,
                          uint64_t *out_hash)
{
    *out_hash = hash_mix(hash_sip(name, c->key) ^ (uint64_t)type);
    for (struct entry *e = *slot_of(c, *out_hash); e; e = e->chain)
        if (e->hash == *out_hash && slice_eq(e->name, name))
            return e;
    return NULL;
}

static bool is_good(enum ask_status s)
{
    return s == ASK_OK || s == ASK_NODATA || s == ASK_NXDOMAIN;
}

enum cache_hit cache_get(struct cache *c, struct slice name, enum dns_type type, int64_t now_us,
                         struct dns_answer *out)
{
    uint64_t hash;
    struct entry *e = find(c, name, type, &hash);
    if (e == NULL)
        return CACHE_MISS;
    int64_t left = e->until_us - now_us;
    if (left <= 0 && (!is_good(e->answer.status) || -left > (int64_t)c->limits.stale * SECOND)) {
        drop(c, e);
        return CACHE_MISS;
    }
    unlink_use(c, e);
    link_newest(c, e);
    *out = e->answer;
    out->ttl = left > 0 ? (uint32_t)(left / SECOND) : STALE_TTL;
    out->is_stale = left <= 0;
    if (left <= 0)
        return CACHE_STALE;
    int64_t whole = e->until_us - e->kept_us;
    return is_good(e->answer.status) && whole >= LATE_LEAST * SECOND && left < whole / LATE_PART
               ? CACHE_LATE
               : CACHE_FRESH;
}

static struct entry *copy(struct slice name, const struct dns_answer *a)
{
    size_t detail = a->detail ? strlen(a->detail) + 1 : 0;
    size_t bytes = sizeof(struct entry) + a->n * sizeof(struct slice) + name.n + detail;
    for (size_t i = 0; i < a->n; i++)
        bytes += a->rdata[i].n;
    struct entry *e = calloc(1, bytes);
    if (e == NULL)
        BUG("out of memory");
    char *p = (char *)&e->rdata[a->n];
    e->answer = *a;
    e->answer.rdata = e->rdata;
    e->answer.is_stale = false;
    e->answer.detail = NULL;
    e->bytes = bytes;
    for (size_t i = 0; i < a->n; i++) {
        if (a->rdata[i].n)
            memcpy(p, a->rdata[i].p, a->rdata[i].n);
        e->rdata[i] = slice_of(p, a->rdata[i].n);
        p += a->rdata[i].n;
    }
    if (detail) {
        memcpy(p, a->detail, detail);
        e->answer.detail = p;
        p += detail;
    }
    if (name.n)
        memcpy(p, name.p, name.n);
    e->name = slice_of(p, name.n);
    return e;
}

void cache_put(struct cache *c, struct slice name, enum dns_type type, int64_t now_us,
               const struct dns_answer *a)
{
    uint64_t hash;
    if (a->status == ASK_TIMEOUT || a->status == ASK_LIMIT)
        return;
    uint32_t ttl = is_good(a->status) ? a->ttl : c->limits.bad_ttl;
    if (ttl > c->limits.ttl_most)
        ttl = c->limits.ttl_most;
    struct entry *old = find(c, name, type, &hash);
    if (old && is_good(old->answer.status) && !is_good(a->status))
        return;
    if (old)
        drop(c, old);
    if (ttl == 0)
        return;
    struct entry *e = copy(name, a);
    if (e->bytes > c->limits.bytes / 8) {
        free(e);
        return;
    }
    while (c->bytes + e->bytes > c->limits.bytes)
        drop(c, c->oldest);
    e->hash = hash;
    e->kept_us = now_us;
    e->until_us = now_us + (int64_t)ttl * SECOND;
    e->chain = *slot_of(c, hash);
    *slot_of(c, hash) = e;
    link_newest(c, e);
    c->bytes += e->bytes;
    c->n++;
}

size_t cache_bytes(const struct cache *c)
{
    return c->bytes;
}

size_t cache_count(const struct cache *c)
{
    return c->n;
}
