/* Consent receipts: a signed record of who agreed to what, when, how, and which text was shown.
 *
 * A receipt is one line of JSON: members in order of their names, no white space, and "sig" behind
 * them all. It holds no address, only SHA-256(salt, address in ASCII lower case); whoever has the
 * address can tell that it is meant, others cannot read it (but can try guesses: a receipt is not
 * for publishing). The signature is Ed25519 over "muster consent receipt 1\n" and the line without
 * its ,"sig":"..." part. Keys are PEM files (RFC 8410), so that other tools can check one, too;
 * docs/receipts.md says how.
 */
#ifndef MUSTER_LAW_RECEIPT_H
#define MUSTER_LAW_RECEIPT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define RECEIPT_MOST 65536u /* bytes of a line */

struct receipt_key {
    unsigned char seed[32]; /* zeroed in a key that can only verify */
    unsigned char public[32];
    bool is_secret;
};

struct receipt {
    struct slice address;    /* when made; empty in one that was read */
    struct slice sender;     /* who may write: name, or name and domain */
    struct slice what;       /* what was agreed to: "newsletter on soap, monthly" */
    struct slice basis;      /* a word of the fact consent: "express", "customer" ... */
    struct slice when;       /* RFC 3339 in UTC, or a day */
    struct slice how;        /* "web form https://..., confirmed by mail" */
    struct slice text;       /* what the person was shown */
    struct slice salt, hash; /* hexadecimal */
    struct slice key;        /* public key, hexadecimal */
};

/* A new key from the kernel's randomness. */
void receipt_key_make(struct receipt_key *out);
/* Overwrites it. */
void receipt_key_wipe(struct receipt_key *k);
/* PEM, private ("PRIVATE KEY", PKCS #8) or public ("PUBLIC KEY"). */
void receipt_key_pem(const struct receipt_key *k, bool is_secret, struct buf *out);
/* Reads either. ERR_PARSE when it is no Ed25519 key in PEM. */
MUST_USE int receipt_key_read(struct slice pem, struct err *e, struct receipt_key *out);

/* Adds the line with its line end. The salt comes from the key and the content, so that the same
 * input gives the same bytes. ERR_USAGE names what is missing or too long. */
MUST_USE int receipt_make(const struct receipt *r, const struct receipt_key *k, struct err *e,
                          struct buf *out);
/* Reads a line (without its end); texts lie in the arena. ERR_PARSE: it is no receipt, or not
 * written in the one canonical way. Does not look at the signature. */
MUST_USE int receipt_read(struct arena *a, struct slice line, struct err *e, struct receipt *out);
/* True when the line is signed by this key (k NULL: by the key that it names, which proves only
 * that it was not changed). */
bool receipt_is_signed(struct slice line, const struct receipt *r, const struct receipt_key *k);
/* True when the receipt is about this address. */
bool receipt_is_about(const struct receipt *r, struct slice address);

#endif
