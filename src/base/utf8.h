/* UTF-8 (RFC 3629): decoding that never trusts, encoding that never fails. */
#ifndef MUSTER_BASE_UTF8_H
#define MUSTER_BASE_UTF8_H

#include "base/arena.h"

#define UTF8_BAD 0xFFFDu /* U+FFFD, given for each byte that does not fit */

/* Takes one code point from the front of *s (which must not be empty). A byte that starts no
 * valid, shortest, non-surrogate sequence is taken alone and gives UTF8_BAD; *out_ok (may be
 * NULL) says whether it was valid. */
uint32_t utf8_next(struct slice *s, bool *out_ok);
/* Writes 1 to 4 bytes and returns how many; surrogates and numbers over 10FFFF become U+FFFD. */
size_t utf8_put(char out[4], uint32_t c);
bool utf8_is_valid(struct slice s);
/* How many bytes at the front are well-formed, whole sequences. */
size_t utf8_valid_head(struct slice s);
bool utf8_is_ascii(struct slice s);
/* The same text with each bad byte replaced by U+FFFD; the slice itself when it was valid. */
struct slice utf8_clean(struct arena *a, struct slice s);
/* At most n bytes, never cut inside a sequence. */
struct slice utf8_head(struct slice s, size_t n);

#endif
