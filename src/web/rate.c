/* Buckets per address. See rate.h. */
#include "web/rate.h"

#include "base/hash.h"
#include "base/ip.h"
#include "base/rand.h"

void rate_init(struct rate *r, double per_second, double most)
{
    *r = (struct rate){.per_second = per_second, .most = most};
    rand_bytes(r->key, sizeof(r->key));
}

static uint64_t name_of(const struct rate *r, struct slice address)
{
    struct ip ip = {0};
    (void)!ip_parse(address, &ip);
    uint64_t n = hash_sip(slice_of((const char *)ip.byte, ip.is_v4 ? 16 : 8), r->key);
    return n ? n : 1;
}

static double level_at(const struct rate *r, const struct rate_bucket *b, int64_t now_us)
{
    double level = b->level + (double)(now_us - b->at_us) / 1e6 * r->per_second;
    return b->who == 0 || level > r->most ? r->most : level;
}

bool rate_take(struct rate *r, struct slice address, double cost, int64_t now_us)
{
    uint64_t who = name_of(r, address);
    struct rate_bucket *set = &r->bucket[who % (RATE_PLACES / RATE_WAYS) * RATE_WAYS];
    struct rate_bucket *b = NULL, *fullest = set;
    for (unsigned i = 0; i < RATE_WAYS; i++) {
        if (set[i].who == who)
            b = &set[i];
        if (level_at(r, &set[i], now_us) > level_at(r, fullest, now_us))
            fullest = &set[i];
    }
    if (b == NULL) {
        b = fullest;
        *b = (struct rate_bucket){.who = who, .at_us = now_us, .level = r->most};
    }
    b->level = level_at(r, b, now_us);
    b->at_us = now_us;
    if (b->level < cost)
        return false;
    b->level -= cost;
    return true;
}
