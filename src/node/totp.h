/* One-time codes by time (RFC 6238 over RFC 4226): HMAC-SHA-1, 30 seconds, 6 digits, as the
 * programs on people's phones make them. */
#ifndef MUSTER_NODE_TOTP_H
#define MUSTER_NODE_TOTP_H

#include "base/slice.h"

#define TOTP_SECRET 20u /* bytes, RFC 4226 section 4 */
#define TOTP_STEP_S 30
#define TOTP_BASE32 33u /* characters of a secret, with the NUL */

/* The code of one time step. */
unsigned totp_code(const unsigned char secret[TOTP_SECRET], uint64_t step);
/* The step whose code this is, one step of drift either way; 0: none, or one not after `used`. */
uint64_t totp_check(const unsigned char secret[TOTP_SECRET], struct slice code, int64_t now_us,
                    uint64_t used);
/* RFC 4648 base 32 without padding, and back; false: not TOTP_SECRET bytes of it. */
void totp_base32(const unsigned char secret[TOTP_SECRET], char out[TOTP_BASE32]);
bool totp_of_base32(struct slice text, unsigned char out[TOTP_SECRET]);

#endif
