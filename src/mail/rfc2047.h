/* Encoded words in header text (RFC 2047, RFC 2231 section 5 for the language). */
#ifndef MUSTER_MAIL_RFC2047_H
#define MUSTER_MAIL_RFC2047_H

#include "base/arena.h"

struct rfc2047_result {
    uint32_t words; /* decoded */
    uint32_t bad;   /* broken ones, left as they stand or decoded in part */
    bool is_8bit;   /* raw 8-bit bytes stood outside of words */
    bool hit_limit; /* more words than max_words: the rest stays undecoded */
};

/* Decodes all encoded words of an unfolded value to valid UTF-8. Characters split over two
 * adjacent words come together. Raw 8-bit text is taken as UTF-8, else as windows-1252. The
 * value itself comes back when there is nothing to decode. *out_result is added to. Linear. */
struct slice rfc2047_decode(struct arena *a, struct slice value, size_t max_words,
                            struct rfc2047_result *out_result);

#endif
