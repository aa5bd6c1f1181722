/* The resolver's mind: who waits for what, from cache, from a look-up that is under way already,
 * or from a new one, under breakers and deadlines. It knows no network: a backend (unbound.h, or
 * a test's) does the look-ups.
 *
 * Each question is answered exactly once, at its deadline at the latest: with an answer that is
 * past its time when there is one (RFC 8767), else with ASK_TIMEOUT. Time is monotonic
 * microseconds, given by the caller. One process, no locks.
 */
#ifndef MUSTER_ASK_RESOLVE_H
#define MUSTER_ASK_RESOLVE_H

#include "ask/ask.h"
#include "base/pack.h"

struct resolver;

struct resolver_limits {
    size_t cache_bytes;
    unsigned lookups;   /* under way at once; more are refused */
    int64_t silence_us; /* of a zone, until its breaker opens */
    uint32_t stale;     /* seconds that an answer may be served past its time */
};

/* Begins a look-up and calls resolver_came with the cookie once it ended, which may be before it
 * returns. false: it could not begin. */
typedef bool resolver_start(void *arg, struct slice name, enum dns_type type, void *cookie);
/* The answer is lent until the call returns. Must not call resolver_ask. */
typedef void resolver_done(void *arg, const struct dns_answer *answer);

struct resolver_figures {
    uint64_t questions;
    uint64_t hits;     /* answered from the cache */
    uint64_t stale;    /* answered with what was past its time */
    uint64_t lookups;  /* begun */
    uint64_t answered; /* look-ups that brought an answer, also "there is nothing" */
    uint64_t failed;   /* SERVFAIL and the like */
    uint64_t bogus;    /* refused by DNSSEC */
    uint64_t timeouts; /* questions that got no answer in time */
    uint64_t refused;  /* questions not sent: breaker open or too many under way */
    uint64_t opened;   /* breakers, ever */
    uint64_t waiting;  /* look-ups under way now */
    uint64_t open;     /* breakers now */
    uint64_t all_open; /* 1: nothing at all is answered */
    uint64_t cache_entries, cache_bytes;
};

struct resolver *resolver_new(const struct resolver_limits *limits, resolver_start *start,
                              void *arg);
/* Nobody is answered any more; the backend must have stopped. */
void resolver_free(struct resolver *r);
/* name: folded (ask/name.h). done may be called before this returns. */
void resolver_ask(struct resolver *r, const struct dns_question *q, int64_t deadline_us,
                  int64_t now_us, resolver_done *done, void *arg);
/* From the backend. is_answer: some server spoke (breakers). */
void resolver_came(struct resolver *r, void *cookie, const struct dns_answer *a, bool is_answer,
                   int64_t now_us);
/* Deadlines, stale answers, silence. Call every 50 to 100 ms while resolver_is_busy. */
void resolver_tick(struct resolver *r, int64_t now_us);
bool resolver_is_busy(const struct resolver *r);
void resolver_figures(const struct resolver *r, struct resolver_figures *out);
void figures_pack(struct buf *b, const struct resolver_figures *f);
bool figures_unpack(struct slice bytes, struct resolver_figures *out);
/* Name of each figure in the struct's order, and its number; NULL after the last. */
const char *figure_at(const struct resolver_figures *f, size_t index, uint64_t *out);

#endif
