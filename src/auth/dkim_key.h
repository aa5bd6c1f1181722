/* DKIM key records (RFC 6376 3.6.1, RFC 8301, RFC 8463) and the process's cache of read keys.
 *
 * A record is judged as a whole before any arithmetic: its length, its tags, the size of the
 * key. The cache maps a record's exact bytes to the key, so a changed record is a new key.
 */
#ifndef MUSTER_AUTH_DKIM_KEY_H
#define MUSTER_AUTH_DKIM_KEY_H

#include "auth/crypt.h"

#define DKIM_KEY_BYTES 8192 /* a longer record is refused; 8,192-bit RSA takes 1,500 */

struct dkim_key {
    struct crypt_public *key; /* NULL: not usable; owned by the cache, valid until the next read */
    const char *why;          /* not usable because; NULL when it is usable */
    enum crypt_kind kind;
    unsigned bits;       /* of RSA, also when it was refused for its size */
    bool is_weak;        /* refused only for its size or numbers: policy, not syntax */
    bool is_revoked;     /* p= is empty */
    bool is_testing;     /* t=y */
    bool is_same_domain; /* t=s: i= must be d= itself */
    bool was_cached;
};

/* Reads a record; the arena holds the reason's words. */
void dkim_key_read(struct arena *a, struct slice record, struct dkim_key *out);
/* Keys read so far that were not in the cache: for tests of cost. */
uint64_t dkim_key_count(void);
/* Empties the cache; for tests. */
void dkim_key_forget(void);

#endif
