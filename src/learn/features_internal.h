/* Inside of feature extraction: the set that takes hashes, and what each file adds to it. */
#ifndef MUSTER_LEARN_FEATURES_INTERNAL_H
#define MUSTER_LEARN_FEATURES_INTERNAL_H

#include "base/hash.h"
#include "learn/features.h"

#define SINK_SLOTS (2u * FEATURES_MAX)

/* A set of hashes, in the order they came. One per process, reused for each channel of each
 * message. */
struct feature_sink {
    uint32_t n;
    bool has_zero; /* 0 marks a free place */
    uint32_t out[FEATURES_MAX + 1];
    uint32_t seen[SINK_SLOTS];
};

/* Empties the set. */
void sink_start(struct feature_sink *s);
/* What sink_add leaves to it: another hash's place, zero, a full set. */
void sink_add_rare(struct feature_sink *s, uint32_t h);

/* Whether a hash is new is a toss of a coin, so it is no branch: out[n] is written in any case. */
static inline void sink_add(struct feature_sink *s, uint32_t h)
{
    uint32_t *at = &s->seen[h & (SINK_SLOTS - 1)], there = *at;
    if ((there != 0 && there != h) || h == 0 || s->n == FEATURES_MAX) {
        sink_add_rare(s, h);
        return;
    }
    *at = h;
    s->out[s->n] = h;
    s->n += there == 0;
}

/* What a hash stands for; part of the hash. */
enum feature_kind {
    KIND_TOKEN = 1,
    KIND_PAIR,
    KIND_DOMAIN,
    KIND_ADDRESS_NET,
    KIND_HEADER_NAME,
    KIND_SHAPE = 7, /* 6 was the order of headers */
    KIND_LINK_HOST,
    KIND_LINK_WHOLE,
    KIND_LINK_PATH,
    KIND_LINK_SHAPE,
    KIND_LINK_FORM,
    KIND_PART,
    KIND_BUCKET,
    KIND_ANOMALY,
    KIND_WORD,
    KIND_HIDDEN_WORD,
    KIND_GRAM_HEADER,
    KIND_GRAM_TEXT,
    KIND_FACT
};

static inline uint32_t feature_of(enum feature_kind kind, uint32_t tag, struct slice s)
{
    return (uint32_t)(hash_bytes(s, (uint64_t)kind << 32 | tag) >> 32);
}

/* Of the letters folded; the text that s is a piece of ends at `end`. */
static inline uint32_t feature_lower(enum feature_kind kind, uint32_t tag, struct slice s,
                                     const char *end)
{
    return (uint32_t)(hash_lower(s, (uint64_t)kind << 32 | tag, end) >> 32);
}

static inline uint32_t feature_num(enum feature_kind kind, uint32_t tag, uint64_t v)
{
    return (uint32_t)(hash_mix(hash_mix((uint64_t)kind << 32 | tag) ^ v) >> 32);
}

/* One 4-gram; `p` has four bytes. */
static inline uint32_t feature_gram(enum feature_kind kind, const char *p)
{
    uint32_t g;
    memcpy(&g, p, 4);
    return (uint32_t)(((uint64_t)g << 8 | (uint64_t)kind) * 0x9e3779b97f4a7c15u >> 32);
}

/* Logarithmic bucket: 0, 1, 2, 3-4, 5-8 ... */
static inline uint32_t feature_bucket(size_t v)
{
    uint32_t b = 0;
    while (v) {
        b++;
        v >>= 1;
    }
    return b;
}

/* How many bytes and words the channels look at (research/classifier.md 2.2: more hurts). */
#define HEADER_GRAM_BYTES 2000
#define TEXT_GRAM_BYTES   4000
#define TEXT_WORDS        400
#define HIDDEN_WORDS      100
#define WORD_MIN          2
#define WORD_MAX          40

/* A word of running text: letters, digits and bytes of other scripts. Takes the next one from
 * *rest; false when there is none. */
bool feature_next_word(struct slice *rest, struct slice *out);
/* Its hash, letters folded; the same for the reader of explanations. */
uint32_t feature_word(enum feature_kind kind, struct slice word);

/* Tokens of one header value under a tag: tokens, neighbours, domains, networks, shapes. */
void feature_header_tokens(struct feature_sink *s, struct slice name, struct slice value);
/* True when CHANNEL_TAGS looks at the tokens of this header (the Subject is its content). */
bool feature_is_tagged(struct slice name, enum feature_set set);
void feature_link(struct feature_sink *s, const struct link *l);
void feature_links(struct feature_sink *s, const struct message *m);
void feature_structure(struct feature_sink *s, const struct message *m);
/* Domain and its parents, at most four. */
void feature_domain(struct feature_sink *s, enum feature_kind kind, uint32_t tag,
                    struct slice domain);
/* "192.0.2.7" to its /16 and /24, "2001:db8::1" to its /32 and /48 (as far as written). */
void feature_network(struct feature_sink *s, uint32_t tag, struct slice ip);
/* Letters to a, digits to 0, runs to one: what kind of random string a program makes. */
uint32_t feature_shape(uint32_t tag, struct slice s);
/* "Name: value" lines that channel H looks at, Subject first; returns the bytes, and in
 * *out_first how many belong to the Subject line. out has HEADER_GRAM_BYTES bytes. */
size_t feature_header_lines(const struct message *m, enum feature_set set, char *out,
                            size_t *out_first);

#endif
