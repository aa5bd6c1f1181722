/* Questions to answers. See resolve.h. */
#include "ask/resolve.h"
#include "ask/breaker.h"
#include "ask/cache.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/rand.h"

#include <stdio.h>
#include <stdlib.h>

#define CHAINS        1024u
#define NAME_MOST     256u
#define STALE_WAIT_US 1800000 /* RFC 8767 5: then an answer past its time is better than none */
#define HOLD_US       1000000
#define JOIN_US       1000000 /* so long a probe is waited for: a silent zone stays silent mostly */
#define TTL_MOST      86400u
#define BAD_TTL       5u /* RFC 9520: between 1 s and 5 min */
#define PROBE_US      1000000
#define PROBE_MOST_US 30000000
#define ZONES_FOR_ALL 3u

struct waiter {
    struct waiter *next;
    resolver_done *done;
    void *arg;
    int64_t deadline_us, stale_us;
};

struct lookup {
    struct lookup *chain, *prev, *next;
    uint64_t hash;
    struct dns_question q;
    char name[NAME_MOST];
    struct zone_state *zone; /* NULL while held: only zones with questions out are kept */
    struct waiter *waiters;
    int64_t begun_us;
    bool is_held;     /* not sent: waits for the probe of everything */
    bool is_starting; /* inside the backend's start */
    bool has_ended;
};

struct resolver {
    struct resolver_limits limits;
    resolver_start *start;
    void *arg;
    struct cache *cache;
    struct breakers *breakers;
    unsigned char key[16];
    struct lookup *first;
    struct lookup *chains[CHAINS];
    unsigned n, n_held;
    struct resolver_figures figures;
};

struct resolver *resolver_new(const struct resolver_limits *limits, resolver_start *start,
                              void *arg)
{
    struct resolver *r = calloc(1, sizeof(*r));
    if (r == NULL)
        BUG("out of memory");
    r->limits = *limits;
    r->start = start;
    r->arg = arg;
    r->cache = cache_new(&(struct cache_limits){.bytes = limits->cache_bytes,
                                                .ttl_most = TTL_MOST,
                                                .bad_ttl = BAD_TTL,
                                                .stale = limits->stale});
    r->breakers = breakers_new(&(struct breaker_limits){.silence_us = limits->silence_us,
                                                        .probe_us = PROBE_US,
                                                        .probe_most_us = PROBE_MOST_US,
                                                        .zones_for_all = ZONES_FOR_ALL});
    rand_bytes(r->key, sizeof(r->key));
    return r;
}

/* ---- look-ups ---- */

static struct lookup *find(struct resolver *r, const struct dns_question *q, uint64_t *out_hash)
{
    *out_hash = hash_mix(hash_sip(q->name, r->key) ^ (uint64_t)q->type);
    for (struct lookup *l = r->chains[*out_hash % CHAINS]; l; l = l->chain)
        if (l->hash == *out_hash && l->q.type == q->type && slice_eq(l->q.name, q->name))
            return l;
    return NULL;
}

static struct lookup *lookup_new(struct resolver *r, const struct dns_question *q, uint64_t hash,
                                 int64_t now_us)
{
    struct lookup *l = calloc(1, sizeof(*l));
    if (l == NULL || q->name.n > sizeof(l->name))
        BUG("out of memory");
    if (q->name.n)
        memcpy(l->name, q->name.p, q->name.n);
    l->q = (struct dns_question){.name = slice_of(l->name, q->name.n), .type = q->type};
    l->hash = hash;
    l->begun_us = now_us;
    l->zone = breaker_zone(r->breakers, l->q.name);
    l->chain = r->chains[hash % CHAINS];
    r->chains[hash % CHAINS] = l;
    l->next = r->first;
    if (l->next)
        l->next->prev = l;
    r->first = l;
    r->n++;
    return l;
}

static void lookup_free(struct resolver *r, struct lookup *l)
{
    struct lookup **at = &r->chains[l->hash % CHAINS];
    while (*at != l)
        at = &(*at)->chain;
    *at = l->chain;
    *(l->prev ? &l->prev->next : &r->first) = l->next;
    if (l->next)
        l->next->prev = l->prev;
    r->n--;
    r->n_held -= l->is_held;
    free(l);
}

void resolver_free(struct resolver *r)
{
    if (r == NULL)
        return;
    while (r->first) {
        while (r->first->waiters) {
            struct waiter *w = r->first->waiters;
            r->first->waiters = w->next;
            free(w);
        }
        lookup_free(r, r->first);
    }
    cache_free(r->cache);
    breakers_free(r->breakers);
    free(r);
}

/* ---- answers ---- */

static void answer(struct lookup *l, const struct dns_answer *a)
{
    while (l->waiters) {
        struct waiter *w = l->waiters;
        l->waiters = w->next;
        w->done(w->arg, a);
        free(w);
    }
}

/* The best there is when no answer came: one past its time, or the reason why there is none. */
static void no_answer(struct resolver *r, const struct dns_question *q, const char *why,
                      int64_t now_us, struct dns_answer *out)
{
    if (cache_get(r->cache, q->name, q->type, now_us, out) == CACHE_STALE) {
        r->figures.stale++;
        return;
    }
    *out = (struct dns_answer){.status = ASK_TIMEOUT, .detail = why};
}

static const char *silent_words(const struct zone_state *z, char room[160])
{
    struct slice zone = slice_head(breaker_zone_name(z), 100);
    snprintf(room, 160, "no server of %.*s answers", SLICE_ARG(zone));
    return room;
}

static void begin(struct resolver *r, struct lookup *l)
{
    if (l->is_held)
        r->n_held--;
    l->is_held = false;
    l->is_starting = true;
    r->figures.lookups++;
    bool ok = r->start(r->arg, l->q.name, l->q.type, l);
    l->is_starting = false;
    if (l->has_ended) {
        lookup_free(r, l);
    } else if (!ok) {
        struct dns_answer bad = {.status = ASK_FAILED, .detail = "the question cannot be sent"};
        resolver_came(r, l, &bad, false, l->begun_us);
    }
}

/* The all-clear: what was held back goes out. */
static void release_held(struct resolver *r, int64_t now_us)
{
    struct lookup *next;
    if (r->n_held == 0 || breaker_all_open(r->breakers))
        return;
    for (struct lookup *l = r->first; l; l = next) {
        next = l->next;
        if (!l->is_held)
            continue;
        l->zone = breaker_zone(r->breakers, l->q.name);
        if (breaker_ask(r->breakers, l->zone, now_us) <= BREAKER_PROBE) {
            begin(r, l);
            next = r->first; /* an answer that came at once may have changed the list */
        } else {
            l->zone = NULL;
        }
    }
}

void resolver_came(struct resolver *r, void *cookie, const struct dns_answer *a, bool is_answer,
                   int64_t now_us)
{
    struct lookup *l = cookie;
    struct dns_answer stale;
    struct resolver_figures *f = &r->figures;
    breaker_answered(r->breakers, l->zone, is_answer, now_us);
    *(a->status == ASK_BOGUS    ? &f->bogus
      : a->status == ASK_FAILED ? &f->failed
                                : &f->answered) += 1;
    cache_put(r->cache, l->q.name, l->q.type, now_us, a);
    if (a->status == ASK_FAILED &&
        cache_get(r->cache, l->q.name, l->q.type, now_us, &stale) == CACHE_STALE) {
        f->stale++;
        a = &stale;
    }
    answer(l, a);
    l->has_ended = true;
    if (!l->is_starting)
        lookup_free(r, l);
    if (is_answer)
        release_held(r, now_us);
}

/* ---- questions ---- */

static void add_waiter(struct lookup *l, int64_t deadline_us, bool has_stale, int64_t now_us,
                       resolver_done *done, void *arg)
{
    struct waiter *w = calloc(1, sizeof(*w));
    if (w == NULL)
        BUG("out of memory");
    *w = (struct waiter){.next = l->waiters,
                         .done = done,
                         .arg = arg,
                         .deadline_us = deadline_us,
                         .stale_us = has_stale ? now_us + STALE_WAIT_US : INT64_MAX};
    l->waiters = w;
}

static void refuse(struct resolver *r, const struct dns_question *q, const char *why,
                   int64_t now_us, resolver_done *done, void *arg)
{
    struct dns_answer a;
    r->figures.refused++;
    no_answer(r, q, why, now_us, &a);
    done(arg, &a);
}

/* Asks again before the answer's time is over; nobody waits for it. */
static void renew(struct resolver *r, const struct dns_question *q, int64_t now_us)
{
    uint64_t hash;
    if (find(r, q, &hash) || r->n >= r->limits.lookups / 2)
        return;
    if (breaker_ask(r->breakers, breaker_zone(r->breakers, q->name), now_us) <= BREAKER_PROBE)
        begin(r, lookup_new(r, q, hash, now_us));
}

void resolver_ask(struct resolver *r, const struct dns_question *q, int64_t deadline_us,
                  int64_t now_us, resolver_done *done, void *arg)
{
    struct dns_answer a;
    uint64_t hash;
    char words[160];
    r->figures.questions++;
    enum cache_hit hit = cache_get(r->cache, q->name, q->type, now_us, &a);
    if (hit == CACHE_FRESH || hit == CACHE_LATE) {
        r->figures.hits++;
        done(arg, &a);
        if (hit == CACHE_LATE)
            renew(r, q, now_us);
        return;
    }
    struct lookup *l = find(r, q, &hash);
    if (l && l->zone && breaker_is_open(l->zone) && now_us - l->begun_us > JOIN_US) {
        refuse(r, q, silent_words(l->zone, words), now_us, done, arg);
        return;
    }
    if (l) {
        add_waiter(l, deadline_us, hit == CACHE_STALE, now_us, done, arg);
        return;
    }
    if (r->n >= r->limits.lookups) {
        refuse(r, q, "too many questions are under way", now_us, done, arg);
        return;
    }
    struct zone_state *zone = breaker_zone(r->breakers, q->name);
    enum breaker_word word = breaker_ask(r->breakers, zone, now_us);
    if (word == BREAKER_REFUSE) {
        refuse(r, q,
               breaker_all_open(r->breakers) ? "no name server answers" : silent_words(zone, words),
               now_us, done, arg);
        return;
    }
    l = lookup_new(r, q, hash, now_us);
    add_waiter(l, deadline_us, hit == CACHE_STALE, now_us, done, arg);
    if (word == BREAKER_HOLD) {
        l->is_held = true;
        l->zone = NULL;
        r->n_held++;
    } else {
        begin(r, l);
    }
}

/* ---- time ---- */

/* All who wait for this one: it will not be answered now. The look-up itself goes on. */
static void give_up(struct resolver *r, struct lookup *l, const char *why, int64_t now_us)
{
    struct dns_answer a;
    for (struct waiter *w = l->waiters; w; w = w->next)
        r->figures.timeouts++;
    no_answer(r, &l->q, why, now_us, &a);
    answer(l, &a);
}

static void opened(struct resolver *r, struct zone_state *zone, int64_t now_us)
{
    char words[160];
    r->figures.opened++;
    log_event(LOG_WARN, "dns_silent", "zone", LOG_T(breaker_zone_name(zone)), NULL);
    for (struct lookup *l = r->first; l; l = l->next)
        if (l->zone == zone)
            give_up(r, l, silent_words(zone, words), now_us);
}

static void look_at_waiters(struct resolver *r, struct lookup *l, int64_t now_us)
{
    for (struct waiter **at = &l->waiters; *at;) {
        struct waiter *w = *at;
        struct dns_answer a;
        if (now_us < w->deadline_us && now_us < w->stale_us) {
            at = &w->next;
            continue;
        }
        *at = w->next;
        r->figures.timeouts += now_us >= w->deadline_us;
        no_answer(r, &l->q, "no answer in time", now_us, &a);
        w->done(w->arg, &a);
        free(w);
    }
}

/* Whoever asked while the breaker is open made a probe of it; the probe itself goes on. */
static void look_at_probe(struct resolver *r, struct lookup *l, int64_t now_us)
{
    char words[160];
    if (l->waiters == NULL || l->zone == NULL || now_us - l->begun_us <= JOIN_US)
        return;
    if (breaker_is_open(l->zone))
        give_up(r, l, silent_words(l->zone, words), now_us);
    else if (breaker_all_open(r->breakers))
        give_up(r, l, "no name server answers", now_us);
}

void resolver_tick(struct resolver *r, int64_t now_us)
{
    struct zone_state *zone;
    struct lookup *next;
    while ((zone = breaker_tick(r->breakers, now_us)))
        opened(r, zone, now_us);
    for (struct lookup *l = r->first; l; l = next) {
        next = l->next;
        look_at_waiters(r, l, now_us);
        look_at_probe(r, l, now_us);
        if (l->is_held && now_us - l->begun_us >= HOLD_US) {
            give_up(r, l, "no name server answers", now_us);
            lookup_free(r, l);
        }
    }
}

bool resolver_is_busy(const struct resolver *r)
{
    return r->n > 0;
}

void resolver_figures(const struct resolver *r, struct resolver_figures *out)
{
    *out = r->figures;
    out->waiting = r->n;
    out->open = breakers_open(r->breakers);
    out->all_open = breaker_all_open(r->breakers);
    out->cache_entries = cache_count(r->cache);
    out->cache_bytes = cache_bytes(r->cache);
}

/* ---- figures ---- */

static const char *const figure_names[] = {"questions", "hits",          "stale",      "lookups",
                                           "answered",  "failed",        "bogus",      "timeouts",
                                           "refused",   "opened",        "waiting",    "open",
                                           "all_open",  "cache_entries", "cache_bytes"};
#define FIGURES (sizeof(figure_names) / sizeof(figure_names[0]))
_Static_assert(sizeof(struct resolver_figures) == FIGURES * sizeof(uint64_t), "a name each");

void figures_pack(struct buf *b, const struct resolver_figures *f)
{
    buf_add(b, slice_of((const char *)f, sizeof(*f)));
}

bool figures_unpack(struct slice bytes, struct resolver_figures *out)
{
    if (bytes.n != sizeof(*out))
        return false;
    memcpy(out, bytes.p, sizeof(*out));
    return true;
}

const char *figure_at(const struct resolver_figures *f, size_t index, uint64_t *out)
{
    if (index >= FIGURES)
        return NULL;
    memcpy(out, (const char *)f + index * sizeof(*out), sizeof(*out));
    return figure_names[index];
}
