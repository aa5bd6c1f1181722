/* A message as its signatures see it: fields by name from the bottom up, and the hash of the
 * body, made once per canonical form however many signatures there are.
 *
 * DKIM and ARC share one of these per message; it lives in the message's arena and stays between
 * the rounds of questions. Nothing is hashed before a signature's key has come. `cost` counts
 * what was done, for tests: senders choose how many signatures there are.
 */
#ifndef MUSTER_AUTH_SIGNED_H
#define MUSTER_AUTH_SIGNED_H

#include "auth/canon.h"
#include "auth/crypt.h"
#include "mail/message.h"

#define SIGNED_LENGTHS 16 /* different l= values per canonical form that are hashed */

struct signed_cost {
    uint64_t body_passes, body_bytes; /* over the raw body */
    uint64_t header_bytes;            /* canonical bytes of fields hashed */
    uint64_t verifications;
    uint64_t keys_read; /* not from the cache */
    uint64_t questions;
};

/* Where a hash of the body is wanted: behind this many canonical bytes. */
struct body_cut {
    uint64_t length;
    unsigned char hash[CRYPT_SHA256];
    bool is_made; /* the body reached that far */
};

struct body_hash {
    struct body_cut cut[SIGNED_LENGTHS]; /* by length */
    size_t n_cuts;
    unsigned char whole[CRYPT_SHA256];
    uint64_t total; /* canonical bytes of the whole body */
    bool is_made;
};

struct signed_names;

struct signed_mail {
    struct arena *arena;
    const struct header_list *headers;
    struct slice body;
    const struct address *from; /* authors: signatures of their domains are looked at first */
    int64_t now_s;              /* seconds since 1970 */
    bool is_cut;                /* parts of the message were not read: nothing can verify */
    struct signed_cost cost;
    /* private */
    struct body_hash hash[CANONS];
    struct signed_names *names;
};

/* now_us: as clock_now_us. is_cut: the raw bytes are the head of a larger message. */
void signed_init(struct signed_mail *s, const struct message *m, int64_t now_us, bool is_cut);

/* Says that the hash of the first `length` canonical bytes will be wanted, so that the one pass
 * makes it too. False: too many different lengths. */
bool signed_want_length(struct signed_mail *s, enum canon c, uint64_t length);
/* The hash of the whole body, and its canonical length. */
const unsigned char *signed_body(struct signed_mail *s, enum canon c, uint64_t *out_total);
/* The hash of its first bytes; NULL: the body is shorter, or it was not asked for before. */
const unsigned char *signed_body_head(struct signed_mail *s, enum canon c, uint64_t length);

/* Begins a walk over h=: fields come from the bottom up, each once (RFC 6376 5.4.2). */
void signed_walk(struct signed_mail *s);
/* The next field of that name, leaving out `own`; NULL: there is none (more). */
const struct header *signed_take(struct signed_mail *s, struct slice name,
                                 const struct header *own);

#endif
