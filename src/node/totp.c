/* One-time codes. See totp.h. */
#include "node/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

unsigned totp_code(const unsigned char secret[TOTP_SECRET], uint64_t step)
{
    unsigned char text[8], mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    for (int i = 0; i < 8; i++)
        text[i] = (unsigned char)(step >> (56 - 8 * i));
    if (HMAC(EVP_sha1(), secret, TOTP_SECRET, text, sizeof(text), mac, &n) == NULL || n != 20)
        return 1000000; /* no code is that */
    const unsigned char *at = mac + (mac[19] & 15);
    uint32_t bits = (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 |
                    at[3];
    return bits % 1000000;
}

uint64_t totp_check(const unsigned char secret[TOTP_SECRET], struct slice code, int64_t now_us,
                    uint64_t used)
{
    uint64_t number, now = (uint64_t)(now_us / 1000000) / TOTP_STEP_S;
    if (code.n != 6 || !slice_u64(code, &number))
        return 0;
    for (uint64_t step = now - 1; step <= now + 1; step++)
        if (step > used && totp_code(secret, step) == number)
            return step;
    return 0;
}

void totp_base32(const unsigned char secret[TOTP_SECRET], char out[TOTP_BASE32])
{
    for (size_t i = 0; i < TOTP_BASE32 - 1; i++) {
        size_t bit = i * 5;
        unsigned two = (unsigned)secret[bit / 8] << 8 |
                       (bit / 8 + 1 < TOTP_SECRET ? secret[bit / 8 + 1] : 0);
        out[i] = alphabet[two >> (11 - bit % 8) & 31];
    }
    out[TOTP_BASE32 - 1] = '\0';
}

bool totp_of_base32(struct slice text, unsigned char out[TOTP_SECRET])
{
    if (text.n != TOTP_BASE32 - 1)
        return false;
    memset(out, 0, TOTP_SECRET);
    for (size_t i = 0; i < text.n; i++) {
        const char *hit = text.p[i] ? strchr(alphabet, text.p[i]) : NULL;
        if (hit == NULL)
            return false;
        size_t bit = i * 5;
        unsigned two = (unsigned)(hit - alphabet) << (11 - bit % 8);
        out[bit / 8] |= (unsigned char)(two >> 8);
        if (bit / 8 + 1 < TOTP_SECRET)
            out[bit / 8 + 1] |= (unsigned char)two;
    }
    return true;
}
