/* Breakers: who is silent is not waited for again and again.
 *
 * One per zone, and one for everything (the network or the forwarder is gone). A zone for which
 * we waited `silence` without any answer opens its breaker, whether the backend gave up
 * meanwhile or not: the waits between two answers add up. Questions are then refused at once, but
 * from time to time one is let through as a probe, and any answer closes it. The breaker for
 * everything opens when several zones opened and nothing was answered meanwhile. The zone of a name
 * is its registrable domain, of a reverse name its /24 or /32 block. Bounded: zones that wait for
 * nothing are forgotten, the oldest first. Time comes from the caller (monotonic microseconds).
 */
#ifndef MUSTER_ASK_BREAKER_H
#define MUSTER_ASK_BREAKER_H

#include "base/arena.h"

struct breakers;
struct zone_state;

struct breaker_limits {
    int64_t silence_us;     /* opens after so long without any answer */
    int64_t probe_us;       /* first probe so long after opening; doubles ... */
    int64_t probe_most_us;  /* ... up to this */
    unsigned zones_for_all; /* zones opened in a row that open the one for everything */
};

enum breaker_word {
    BREAKER_GO,    /* ask */
    BREAKER_PROBE, /* ask: the answer decides */
    BREAKER_HOLD,  /* a probe for everything is out: wait a moment for its outcome */
    BREAKER_REFUSE /* do not ask */
};

struct breakers *breakers_new(const struct breaker_limits *limits);
void breakers_free(struct breakers *b);
/* The zone's state for breaker_ask and the rest; valid while it has questions out. */
struct zone_state *breaker_zone(struct breakers *b, struct slice name);
struct slice breaker_zone_name(const struct zone_state *z);
/* May a question for this zone be sent now? GO and PROBE count as sent. */
enum breaker_word breaker_ask(struct breakers *b, struct zone_state *z, int64_t now_us);
/* A question that was sent came to its end; is_answer: some server gave an answer. When none did
 * the time that it took counts as silence: a backend says "failed" of a server that refuses (soon)
 * as of one that is silent (late). */
void breaker_answered(struct breakers *b, struct zone_state *z, bool is_answer, int64_t now_us);
/* Looks for silence; returns one zone that opened just now, NULL when there is none (left). Also
 * opens the breaker for everything. */
struct zone_state *breaker_tick(struct breakers *b, int64_t now_us);
bool breaker_is_open(const struct zone_state *z);
bool breaker_all_open(const struct breakers *b);
/* Of zones, without the one for everything. */
unsigned breakers_open(const struct breakers *b);
/* Opens the list of public suffixes, before a sandbox closes the file system. */
void breaker_warm(void);
/* The zone of a folded name, a part of it. */
struct slice breaker_key(struct slice name);

#endif
