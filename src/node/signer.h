/* The signer: the only process that holds private keys (DKIM, ARC).
 *
 * It reads the key files of the configuration before its walls close, then knows neither files
 * nor network. Scanners send it typed orders (IPC_SIGN, see auth/sign.h), never digests, and it
 * signs only for domains and selectors of the configuration, so many a minute, and only for
 * authors of that domain. Keys are never logged, dumped or sent.
 */
#ifndef MUSTER_NODE_SIGNER_H
#define MUSTER_NODE_SIGNER_H

#include "auth/signing.h"
#include "node/config.h"

/* What came of orders sent together (IPC_SIGNED). */
struct sign_answer {
    bool ok;
    struct slice why; /* when not */
    struct sign_field field[3 * SIGN_SELECTORS];
    size_t n;
};

/* Reads a private key from a file that only its owner may read: a plain file, mode 0600 or less,
 * owned by root or by the caller. */
MUST_USE int signer_read_key(const char *path, struct err *e, struct crypt_private **out);

/* Whether the configuration has anything to sign. */
bool signer_is_wanted(const struct conf *conf);

struct signer;

/* Reads all keys. ERR_DENIED: a file that others may read. */
MUST_USE int signer_open(const struct conf *conf, struct err *e, struct signer **out);
void signer_free(struct signer *s);
/* Answers one message's orders (signer_ask_pack) with a packed sign_answer. */
void signer_answer(struct signer *s, struct slice orders, struct buf *out);

void signer_ask_pack(struct buf *b, const struct sign_order *orders, size_t n);
/* Lives in the arena; false: not well formed. */
bool signer_answer_unpack(struct arena *a, struct slice bytes, struct sign_answer *out);

/* For the command line: a child behind the signer's walls, and one question to it. */
struct signer_child {
    int fd;
    int pid;
};
MUST_USE int signer_child_start(const struct conf *conf, struct err *e, struct signer_child *out);
MUST_USE int signer_child_ask(struct signer_child *c, struct arena *a, struct slice orders,
                              struct err *e, struct sign_answer *out);
void signer_child_stop(struct signer_child *c);

#endif
