/* Fingerprints: find the near-duplicate of a reported message. */
#ifndef MUSTER_LEARN_FINGERPRINT_H
#define MUSTER_LEARN_FINGERPRINT_H

#include "mail/message.h"

#define FINGERPRINT_BANDS 16

struct fingerprint {
    uint64_t exact;                   /* of the normalised text; 0: too little text */
    uint64_t band[FINGERPRINT_BANDS]; /* min-hashes of shingles */
    uint32_t n_bands;                 /* 0 when the text is too short for shingles */
};

/* From normalised visible text, links and HTML shape; the digits, names and tokens that bulk
 * senders vary are folded. */
void fingerprint_make(struct arena *a, const struct message *m, struct fingerprint *out);
/* Share of equal bands, 0 to 1; 1 for equal exact hashes. */
double fingerprint_likeness(const struct fingerprint *x, const struct fingerprint *y);
/* Keyed digest of decoded body and sender-controlled headers: the identity of a message. */
void message_digest(const struct message *m, const unsigned char key[16], unsigned char out[16]);

#endif
