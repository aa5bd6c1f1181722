/* Breakers. See breaker.h. */
#include "ask/breaker.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/rand.h"
#include "mail/url.h"

#include <stdlib.h>

#define CHAINS          1024u
#define ZONES_MOST      4096u
#define NAME_MOST       256u
#define HOLD_MOST_US    1000000 /* how long others wait for a probe of everything */
#define REVERSE4_LABELS 5u      /* "2.0.192.in-addr.arpa" */
#define REVERSE6_LABELS 10u     /* eight nibbles and "ip6.arpa" */

enum state { CLOSED, OPEN, PROBING };

/* One breaker. silent_us: since when questions are out without any answer, put back by spent_us:
 * what was waited for nothing before, since the last answer. */
struct breaker {
    enum state state;
    unsigned out;
    int64_t silent_us, spent_us, probe_at_us, probed_us, wait_us;
};

struct zone_state {
    struct zone_state *chain, *newer, *older;
    uint64_t hash;
    struct breaker b;
    size_t n;
    char name[NAME_MOST];
};

struct breakers {
    struct breaker_limits limits;
    struct breaker all;
    unsigned opened_in_a_row; /* zones, since anything was answered */
    unsigned n, open;
    unsigned char key[16];
    struct zone_state *newest, *oldest;
    struct zone_state *chains[CHAINS];
};

struct breakers *breakers_new(const struct breaker_limits *limits)
{
    struct breakers *b = calloc(1, sizeof(*b));
    if (b == NULL)
        BUG("out of memory");
    b->limits = *limits;
    rand_bytes(b->key, sizeof(b->key));
    return b;
}

void breakers_free(struct breakers *b)
{
    if (b == NULL)
        return;
    for (struct zone_state *z = b->newest, *next; z; z = next) {
        next = z->older;
        free(z);
    }
    free(b);
}

/* ---- zones ---- */

static struct slice last_labels(struct slice name, unsigned n)
{
    size_t at = name.n;
    while (at > 0 && (name.p[at - 1] != '.' || --n > 0))
        at--;
    return slice_from(name, at);
}

struct slice breaker_key(struct slice name)
{
    if (slice_ends(name, SLICE(".in-addr.arpa")))
        return last_labels(name, REVERSE4_LABELS);
    if (slice_ends(name, SLICE(".ip6.arpa")))
        return last_labels(name, REVERSE6_LABELS);
    struct slice org = url_org_domain(NULL, name); /* folded: nothing to be put in an arena */
    return org.n ? org : name;
}

void breaker_warm(void)
{
    url_warm();
}

static void unlink_zone(struct breakers *b, struct zone_state *z)
{
    *(z->newer ? &z->newer->older : &b->newest) = z->older;
    *(z->older ? &z->older->newer : &b->oldest) = z->newer;
}

static void link_newest(struct breakers *b, struct zone_state *z)
{
    z->newer = NULL;
    z->older = b->newest;
    *(b->newest ? &b->newest->newer : &b->oldest) = z;
    b->newest = z;
}

static void forget(struct breakers *b, struct zone_state *z)
{
    struct zone_state **at = &b->chains[z->hash % CHAINS];
    while (*at != z)
        at = &(*at)->chain;
    *at = z->chain;
    unlink_zone(b, z);
    b->open -= z->b.state != CLOSED;
    b->n--;
    free(z);
}

static void make_room(struct breakers *b)
{
    struct zone_state *z = b->oldest;
    while (z && b->n >= ZONES_MOST) {
        struct zone_state *newer = z->newer;
        if (z->b.out == 0)
            forget(b, z);
        z = newer;
    }
}

struct zone_state *breaker_zone(struct breakers *b, struct slice name)
{
    struct slice key = slice_head(breaker_key(name), NAME_MOST);
    uint64_t hash = hash_sip(key, b->key);
    for (struct zone_state *z = b->chains[hash % CHAINS]; z; z = z->chain) {
        if (z->hash == hash && slice_eq(slice_of(z->name, z->n), key)) {
            unlink_zone(b, z);
            link_newest(b, z);
            return z;
        }
    }
    make_room(b);
    struct zone_state *z = calloc(1, sizeof(*z));
    if (z == NULL)
        BUG("out of memory");
    z->hash = hash;
    z->n = key.n;
    if (key.n)
        memcpy(z->name, key.p, key.n);
    z->chain = b->chains[hash % CHAINS];
    b->chains[hash % CHAINS] = z;
    link_newest(b, z);
    b->n++;
    return z;
}

struct slice breaker_zone_name(const struct zone_state *z)
{
    return slice_of(z->name, z->n);
}

/* ---- one breaker ---- */

static enum breaker_word try(struct breaker *x, const struct breaker_limits *l, int64_t now_us)
{
    if (x->state == CLOSED)
        return BREAKER_GO;
    if (now_us < x->probe_at_us)
        return BREAKER_REFUSE;
    x->state = PROBING;
    x->probed_us = now_us;
    x->wait_us = x->wait_us * 2 < l->probe_most_us ? x->wait_us * 2 : l->probe_most_us;
    x->probe_at_us = now_us + x->wait_us; /* a probe that stays silent is followed by another */
    return BREAKER_PROBE;
}

static void sent(struct breaker *x, int64_t now_us)
{
    if (x->out++ == 0)
        x->silent_us = now_us - x->spent_us;
}

static void ended(struct breaker *x, bool is_answer, int64_t now_us)
{
    if (x->out > 0)
        x->out--;
    if (is_answer) {
        x->state = CLOSED;
        x->silent_us = now_us;
        x->spent_us = 0;
    } else if (x->out == 0) {
        x->spent_us = now_us - x->silent_us;
    }
}

static bool is_silent(const struct breaker *x, const struct breaker_limits *l, int64_t now_us)
{
    return x->state == CLOSED && x->out > 0 && now_us - x->silent_us >= l->silence_us;
}

static void open_it(struct breaker *x, const struct breaker_limits *l, int64_t now_us)
{
    x->state = OPEN;
    x->wait_us = l->probe_us;
    x->probe_at_us = now_us + l->probe_us;
}

/* ---- all together ---- */

enum breaker_word breaker_ask(struct breakers *b, struct zone_state *z, int64_t now_us)
{
    enum breaker_word all = try(&b->all, &b->limits, now_us);
    if (all == BREAKER_REFUSE)
        return b->all.state == PROBING && now_us - b->all.probed_us < HOLD_MOST_US ? BREAKER_HOLD
                                                                                   : BREAKER_REFUSE;
    enum breaker_word word = all == BREAKER_PROBE ? BREAKER_PROBE : try(&z->b, &b->limits, now_us);
    if (word == BREAKER_REFUSE)
        return word;
    sent(&z->b, now_us);
    sent(&b->all, now_us);
    return word;
}

void breaker_answered(struct breakers *b, struct zone_state *z, bool is_answer, int64_t now_us)
{
    bool was_open = z->b.state != CLOSED;
    ended(&z->b, is_answer, now_us);
    ended(&b->all, is_answer, now_us);
    if (is_answer)
        b->opened_in_a_row = 0;
    b->open -= was_open && z->b.state == CLOSED;
}

struct zone_state *breaker_tick(struct breakers *b, int64_t now_us)
{
    for (struct zone_state *z = b->newest; z; z = z->older) {
        if (!is_silent(&z->b, &b->limits, now_us))
            continue;
        open_it(&z->b, &b->limits, now_us);
        b->open++;
        if (++b->opened_in_a_row >= b->limits.zones_for_all && b->all.state == CLOSED &&
            is_silent(&b->all, &b->limits, now_us))
            open_it(&b->all, &b->limits, now_us);
        return z;
    }
    return NULL;
}

bool breaker_is_open(const struct zone_state *z)
{
    return z->b.state != CLOSED;
}

bool breaker_all_open(const struct breakers *b)
{
    return b->all.state != CLOSED;
}

unsigned breakers_open(const struct breakers *b)
{
    return b->open;
}
