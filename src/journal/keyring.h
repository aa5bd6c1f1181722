/* Keys that can be destroyed: one file of slots, each a name and a random 32-byte key.
 *
 * What names a person or holds mail is sealed under a key of its own case; overwriting the key
 * (in place, then fsync) erases all that was sealed under it, wherever copies lie. Site secrets
 * (for digests and pseudonyms) stand here too. The file is mode 0600 and never leaves the machine
 * but in a backup. 128 bytes per key; all keys are held in memory by the one process that opens
 * it. A slot whose checksum is wrong is reported and treated as destroyed.
 */
#ifndef MUSTER_JOURNAL_KEYRING_H
#define MUSTER_JOURNAL_KEYRING_H

#include "base/buf.h"
#include "base/err.h"

#define KEY_BYTES  32u
#define SEAL_EXTRA 40u /* bytes that sealing adds */

struct keyring;

MUST_USE int keyring_open(const char *path, struct err *e, struct keyring **out);
void keyring_close(struct keyring *k);
/* A name from a kind ("hold", "object", "secret") and bytes. */
void keyring_name(const char *kind, struct slice what, unsigned char out[KEY_BYTES]);
/* ERR_NOENT when there is none (quietly) and make is false. A made key is on disk after
 * keyring_sync alone. */
MUST_USE int keyring_get(struct keyring *k, const unsigned char name[KEY_BYTES], bool make,
                         unsigned char out_key[KEY_BYTES], struct err *e);
MUST_USE int keyring_sync(struct keyring *k, struct err *e);
/* Overwrites the key and waits for the disk. No such key is fine: *out_was (may be NULL) says. */
MUST_USE int keyring_destroy(struct keyring *k, const unsigned char name[KEY_BYTES], bool *out_was,
                             struct err *e);
/* The same for n names, one behind the other, with one wait for the disk. */
MUST_USE int keyring_destroy_all(struct keyring *k, const unsigned char *names, size_t n,
                                 struct err *e);
uint64_t keyring_count(const struct keyring *k);

/* Encrypts and authenticates (XSalsa20-Poly1305) under the named key, made when missing; appends
 * to *out. Call keyring_sync before anybody is told. */
MUST_USE int keyring_seal(struct keyring *k, const unsigned char name[KEY_BYTES],
                          struct slice plain, struct buf *out, struct err *e);
/* ERR_NOENT: the key was destroyed; ERR_CORRUPT: not sealed under it. */
MUST_USE int keyring_unseal(struct keyring *k, const unsigned char name[KEY_BYTES],
                            struct slice sealed, struct buf *out, struct err *e);

#endif
