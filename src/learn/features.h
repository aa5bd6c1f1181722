/* Features: a message as four sets of 32-bit hashes, one per evidence channel
 * (research/classifier.md 3.1). Binary, de-duplicated, at most FEATURES_MAX per channel.
 *
 * The hash of a feature is the same on every node (so the shipped base model can be shared);
 * a model of a site mixes it with that site's secret salt before it becomes an index, so an
 * outsider cannot compute collisions. Verdict headers of other filters (X-Spam*, X-MS-*, SCL,
 * list filters ...) are never features, nor are headers that the local system adds.
 */
#ifndef MUSTER_LEARN_FEATURES_H
#define MUSTER_LEARN_FEATURES_H

#include "mail/envelope.h"
#include "mail/message.h"

enum channel {
    CHANNEL_TAGS,    /* T: links, structure, tokens of headers that cannot be piled up */
    CHANNEL_HEADERS, /* H: 4-grams of decoded header lines */
    CHANNEL_TEXT,    /* B: 4-grams and words of the decoded text */
    CHANNEL_FACTS,   /* V: verified facts: client network (at most /24, /48), proven domains */
    CHANNELS
};

#define FEATURES_MAX 4096

/* Raised whenever the same message would give other hashes; models and lessons carry it. */
#define FEATURES_VERSION 2

enum feature_set {
    FEATURES_ALL,
    FEATURES_NO_TRACE, /* without Received and other trace headers */
    FEATURES_TEXT      /* Subject and text only */
};

/* Each channel is made of two groups; the first n_first hashes are the first group:
 *   TAGS:    what the content says (Subject, links, structure), then header tokens
 *   HEADERS: the Subject line, then the other header lines
 *   TEXT:    words, then 4-grams
 *   FACTS:   the client's network, then proven domains
 * The shared base model looks only at what is content, the user's layer only at TAGS and
 * words. Within a group order has no meaning: sums and updates come out the same. */
struct features {
    uint32_t *of[CHANNELS];
    uint32_t n[CHANNELS];
    uint32_t n_first[CHANNELS];
};

struct facts; /* learn/facts.h */

/* Never fails; everything lies in the arena. facts NULL: none are known (yet: facts_features adds
 * them without another look at the message). */
void features_extract(struct arena *a, const struct message *m, const struct facts *facts,
                      enum feature_set set, struct features *out);
/* What a header may say. A spammer can put any number of somebody else's headers behind his own;
 * those that stand once in every message, and those that relays write, are looked at alone. */
enum header_class {
    HEADER_SKIPPED, /* never a feature: foreign verdicts, local additions */
    HEADER_SUBJECT,
    HEADER_SENDER,      /* From, To, Date, the form of the body: CHANNEL_TAGS sees them */
    HEADER_TRACE,       /* Received, Return-Path: the same, unless trace is left out */
    HEADER_OTHER_TRACE, /* signatures, X-Originating-IP ... */
    HEADER_OTHER
};
enum header_class features_header_class(struct slice name);
/* Short name of a channel for people and JSON: "tags", "headers", "text", "facts". */
const char *channel_name(enum channel c);

#endif
