/* The cryptography of DKIM and ARC, on libcrypto: SHA-256, RSA (PKCS #1 v1.5) and Ed25519
 * (RFC 8301, RFC 8463). The only file that includes OpenSSL's headers.
 *
 * Algorithms are fetched once per process; crypt_warm does it before the walls close, because
 * libcrypto opens its configuration then. Not for two threads. Public keys are read by a small
 * DER reader of our own, so that a foreign key is measured before libcrypto sees it.
 */
#ifndef MUSTER_AUTH_CRYPT_H
#define MUSTER_AUTH_CRYPT_H

#include "base/arena.h"
#include "base/err.h"

#define CRYPT_SHA256    32
#define CRYPT_SIG_BYTES 1024 /* the largest signature: RSA of 8,192 bits */
#define CRYPT_RSA_LEAST 1024 /* bits; RFC 8301 3.2 */
#define CRYPT_RSA_MOST  8192 /* more is refused before any arithmetic */

enum crypt_kind { CRYPT_RSA, CRYPT_ED25519 };

/* Fetches the algorithms; may be called again. Error: libcrypto lacks one. */
MUST_USE int crypt_warm(struct err *e);

/* ---- hashing ---- */

struct crypt_hash; /* a running SHA-256 */

struct crypt_hash *crypt_hash_new(void);
void crypt_hash_free(struct crypt_hash *h);
void crypt_hash_begin(struct crypt_hash *h);
void crypt_hash_add(struct crypt_hash *h, const void *p, size_t n);
/* The digest of what came so far; the hash goes on. */
void crypt_hash_peek(struct crypt_hash *h, unsigned char out[CRYPT_SHA256]);
/* The digest; begin again before the next use. */
void crypt_hash_end(struct crypt_hash *h, unsigned char out[CRYPT_SHA256]);
/* Goes on from where another one stands. */
void crypt_hash_copy(struct crypt_hash *to, const struct crypt_hash *from);
void crypt_sha256(struct slice s, unsigned char out[CRYPT_SHA256]);

/* ---- public keys ---- */

struct crypt_public; /* counted; freed by its last owner */

/* RSA: SubjectPublicKeyInfo or a bare RSAPublicKey in DER. out_bits is set also when the key is
 * refused for its size. ERR_LIMIT: too small, too large, exponent over 64 bits; ERR_PARSE else. */
MUST_USE int crypt_public_rsa(struct slice der, unsigned *out_bits, struct err *e,
                              struct crypt_public **out);
/* Ed25519: the 32 raw bytes (RFC 8463 4.2). */
MUST_USE int crypt_public_ed25519(struct slice raw, struct err *e, struct crypt_public **out);
struct crypt_public *crypt_public_ref(struct crypt_public *k);
void crypt_public_unref(struct crypt_public *k);
enum crypt_kind crypt_public_kind(const struct crypt_public *k);
unsigned crypt_public_bits(const struct crypt_public *k);
/* True when sig signs the hash: RSA over the digest, Ed25519 over the digest as its message. */
bool crypt_verify(struct crypt_public *k, const unsigned char hash[CRYPT_SHA256], struct slice sig);

/* ---- private keys ---- */

struct crypt_private;

/* PEM (PKCS #8 or traditional), or the 32 raw bytes of an Ed25519 seed in base64, as dkimpy
 * writes them. Without a pass phrase. ERR_LIMIT: RSA under 1,024 or over 8,192 bits. */
MUST_USE int crypt_private_read(struct slice text, struct err *e, struct crypt_private **out);
/* bits: of RSA (1024 to 8192); left out for Ed25519. */
MUST_USE int crypt_private_make(enum crypt_kind kind, unsigned bits, struct err *e,
                                struct crypt_private **out);
void crypt_private_free(struct crypt_private *k);
enum crypt_kind crypt_private_kind(const struct crypt_private *k);
unsigned crypt_private_bits(const struct crypt_private *k);
/* As PKCS #8 PEM in the arena; secret. */
MUST_USE int crypt_private_pem(struct arena *a, const struct crypt_private *k, struct err *e,
                               struct slice *out);
/* What the key record's p= holds, before base64: SubjectPublicKeyInfo, or the 32 raw bytes. */
MUST_USE int crypt_private_public(struct arena *a, const struct crypt_private *k, struct err *e,
                                  struct slice *out);
/* The signature's bytes; out holds CRYPT_SIG_BYTES. */
MUST_USE int crypt_sign(struct crypt_private *k, const unsigned char hash[CRYPT_SHA256],
                        struct err *e, unsigned char *out, size_t *out_n);

#endif
