/* Fingerprints of reported messages: two sketches of the text that find its near copies.
 *
 * The text is folded to tokens that a bulk sender can't vary cheaply (NFKC, lower case, digits as
 * one, CJK and Thai as character pairs); pairs of neighbouring tokens are hashed. F1 keeps 64
 * minima at 8 bits: how much of both texts is the same. F2 keeps the 32 least hashes at 24 bits:
 * how much of one text lies inside another, so that padding does not help. The key is public and
 * changes with the epoch; prints of different epochs never match. Pure, linear, bounded.
 */
#ifndef MUSTER_DESK_FINGERPRINT_H
#define MUSTER_DESK_FINGERPRINT_H

#include "base/arena.h"

#define DESK_F1       64u
#define DESK_F2       32u
#define DESK_TOKENS   64u   /* fewest tokens that make a print */
#define DESK_GRAMS    4096u /* most pairs of a text that are looked at */
#define DESK_F1_MATCH 25u   /* of 64 */
#define DESK_F2_MATCH 20u   /* of 32 */
#define DESK_F2_MAYBE 16u
#define DESK_EPOCH_S  (90 * 86400)

struct desk_print {
    uint32_t epoch;
    uint32_t tokens; /* 0: there is no print, the text was too short */
    unsigned char f1[DESK_F1];
    uint32_t f2[DESK_F2]; /* ascending */
    uint32_t n_f2;
    uint64_t exact; /* of all tokens in order; 0: no text at all. Also for short texts */
};

/* All pairs of a text, to look for an F2 print inside it. */
struct desk_grams {
    uint32_t *hash; /* ascending, each once */
    size_t n;
};

struct desk_likeness {
    uint32_t f1, f2; /* equal values of 64 and of 32 */
    bool is_match;
    double weight; /* 0 at the threshold to 1 for the same; 0.0 without a match */
};

uint32_t desk_epoch(int64_t now_us);
/* text: visible text in UTF-8 (bad bytes allowed). grams may be NULL. */
void desk_print_make(struct arena *a, struct slice text, uint32_t epoch, struct desk_print *out,
                     struct desk_grams *out_grams);
/* Are they of one text? grams (of y, may be NULL) makes F2 see what lies inside y. */
void desk_print_match(const struct desk_print *x, const struct desk_print *y,
                      const struct desk_grams *grams, struct desk_likeness *out);

#endif
