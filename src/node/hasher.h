/* Passwords become proofs: Argon2id (RFC 9106), costly on purpose, so neither keeper nor the web
 * process's own loop makes them. The web process has a child for it, behind the parser's walls,
 * that makes one after the other; the command line makes its own.
 *
 * Keeper never sees a password: it gives out an account's salt, gets the proof, and keeps a keyed
 * hash of that. So its files alone open no account, and a log-in costs it nothing.
 */
#ifndef MUSTER_NODE_HASHER_H
#define MUSTER_NODE_HASHER_H

#include "base/buf.h"
#include "base/err.h"

#define HASHER_SALT    16u
#define HASHER_PROOF   32u
#define HASHER_OPS     3u
#define HASHER_MEM_KIB 65536u /* RFC 9106 section 4, second choice, in one lane */
#define HASHER_WORD    1024u  /* bytes of a password at most */

/* Fails when memory is short or the costs are not the account's (out of bounds). */
MUST_USE int hasher_proof(struct slice password, const unsigned char salt[HASHER_SALT],
                          unsigned ops, unsigned mem_kib, struct err *e,
                          unsigned char out[HASHER_PROOF]);

struct event_base;
struct hasher;
/* proof NULL: it could not be made now. */
typedef void hasher_done(void *arg, const unsigned char proof[HASHER_PROOF]);

/* Forks the child: before the parent's walls close. dead is called when the child is gone. */
MUST_USE int hasher_start(struct event_base *base, void (*dead)(void *arg), void *arg,
                          struct err *e, struct hasher **out);
/* Calls done once, later or (when too many wait) at once. */
void hasher_ask(struct hasher *h, struct slice password, const unsigned char salt[HASHER_SALT],
                unsigned ops, unsigned mem_kib, hasher_done *done, void *arg);
/* The child ends; who still waits is not answered. Not from inside a callback. */
void hasher_free(struct hasher *h);

#endif
