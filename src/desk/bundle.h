/* A case on its way to another node: its report as redacted here, who hands it over and on which
 * terms, signed (Ed25519).
 *
 *   {"format": "muster case bundle", "version": 2, "signed": "{...}", "key": "ed25519:BASE64",
 *    "signature": "BASE64"}
 *
 * The text of "signed" is signed as it stands, so no two programs must agree how JSON is written.
 * It holds from, made, reference, terms, category and report. The reference is no code: who has a
 * case's code may withdraw it.
 */
#ifndef MUSTER_DESK_BUNDLE_H
#define MUSTER_DESK_BUNDLE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define BUNDLE_KEY      32u
#define BUNDLE_KEY_TEXT 56u /* "ed25519:" and base64, with a NUL */

struct bundle {
    struct slice from;      /* the node's name */
    struct slice made;      /* RFC 3339 */
    struct slice reference; /* the sender's, for talking about it */
    struct slice terms;
    struct slice category;
    struct slice report; /* JSON as desk_report_json writes it, without a reporter */
    unsigned char key[BUNDLE_KEY];
};

/* The pair of keys from 32 random bytes; secret holds 64. */
void bundle_keys(const unsigned char seed[32], unsigned char key[BUNDLE_KEY],
                 unsigned char secret[64]);
void bundle_key_text(const unsigned char key[BUNDLE_KEY], char out[BUNDLE_KEY_TEXT]);
bool bundle_key_parse(struct slice text, unsigned char out[BUNDLE_KEY]);

/* b->key is taken from the secret one. */
void bundle_write(const struct bundle *b, const unsigned char secret[64], struct buf *out);
/* Reads one and checks its signature by the key that it names: whose that is, the caller must know.
 * ERR_PARSE: no bundle, or of a kind that this program does not know; ERR_DENIED: the signature
 * does not fit. Slices lie in the arena. */
MUST_USE int bundle_read(struct arena *a, struct slice text, struct err *e, struct bundle *out);

#endif
