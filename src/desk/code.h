/* Codes: 128 random bits as 27 letters that can be read out, typed and checked.
 *
 * 26 characters of Crockford's base 32 (no I, L, O, U; case does not matter, I and L read as 1, O
 * as 0) and one check character, in groups of four: "7KM9-QX2A-...". The check finds every single
 * wrong character and every two that changed places. Who holds a case's code may read its state,
 * so codes are random, never counted up, and not indexed.
 */
#ifndef MUSTER_DESK_CODE_H
#define MUSTER_DESK_CODE_H

#include "base/slice.h"

#define CODE_BYTES 16u
#define CODE_CHARS 34u /* with hyphens and a NUL */

void code_text(const unsigned char id[CODE_BYTES], char out[CODE_CHARS]);
/* Hyphens, dots and blanks are passed over. false: not a code, or the check does not fit. */
bool code_parse(struct slice text, unsigned char out[CODE_BYTES]);

#endif
