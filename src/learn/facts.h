/* Verified facts about who sent a message: channel V of the classifier.
 *
 * What nobody can write into a message: the network that our border's client stands in, and domains
 * that authentication has proven. scan gathers them once authentication is complete. The node
 * remembers them with the scan as hashes (facts_pack), and a lesson takes them from there, never
 * from the message that somebody gives to learn.
 *
 * There is no fact for "unproven" or "refuted": absence says nothing about anybody, and
 * evidence/auth counts failures already. The network is the first group of the channel, so that
 * what it says can be bounded by itself (fusion.h).
 */
#ifndef MUSTER_LEARN_FACTS_H
#define MUSTER_LEARN_FACTS_H

#include "base/buf.h"
#include "learn/features.h"

#define FACTS_MOST  16
#define FACTS_BYTES (2 + 4 * FACTS_MOST)

enum fact_kind {
    FACT_NETWORK, /* "192.0.2.0/24", "2001:db8:1::/48": nothing finer */
    FACT_PROVEN,  /* organisational domain of a passing signature or MAIL FROM */
    FACT_AUTHOR   /* organisational domain of the author, proven and aligned */
};

struct fact {
    enum fact_kind kind;
    struct slice words; /* folded */
};

struct facts {
    struct fact of[FACTS_MOST];
    size_t n;
};

/* Adds one; what is there already, empty, or one too many is left out. */
void facts_add(struct facts *f, enum fact_kind kind, struct slice words);
/* The network of an address as the words of a FACT_NETWORK; empty when it is no address. */
struct slice facts_network(struct arena *a, struct slice ip);
uint32_t facts_hash(const struct fact *f);
/* Puts them into CHANNEL_FACTS of *io and leaves the other channels alone. f may be NULL: none. */
void facts_features(struct arena *a, const struct facts *f, struct features *io);

/* The channel as bytes, at most FACTS_BYTES; nothing for an empty one. */
void facts_pack(const struct features *f, struct buf *out);
/* And back, into CHANNEL_FACTS of *io. Bytes that facts_pack does not write give false and an empty
 * channel; no bytes are no facts. */
bool facts_unpack(struct arena *a, struct slice bytes, struct features *io);
/* Leaves in *io only what the other has, too. */
void facts_common(struct features *io, const struct features *other);

#endif
