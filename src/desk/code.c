/* Codes for cases, listings and appeals. See code.h.
 *
 * The check character is the sum of digit times power of a primitive element in the field of 32
 * elements. The powers at 26 places are all different, so two digits that change places never
 * cancel out. */
#include "desk/code.h"

#define DIGITS 26u

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Product of two elements, modulo x^5 + x^2 + 1. */
static unsigned times(unsigned a, unsigned b)
{
    unsigned p = 0;
    for (; b; b >>= 1) {
        if (b & 1)
            p ^= a;
        a <<= 1;
        if (a & 32)
            a ^= 37;
    }
    return p;
}

static unsigned check_of(const unsigned digit[DIGITS])
{
    unsigned power = 2, sum = 0;
    for (unsigned i = 0; i < DIGITS; i++) {
        sum ^= times(digit[i], power);
        power = times(power, 2);
    }
    return sum;
}

/* 130 bits: two zero bits in front. */
static void to_digits(const unsigned char id[CODE_BYTES], unsigned digit[DIGITS])
{
    for (unsigned i = 0; i < DIGITS; i++) {
        unsigned v = 0;
        for (unsigned bit = 5 * i; bit < 5 * i + 5; bit++)
            v = v << 1 | (bit < 2 ? 0 : (unsigned)id[(bit - 2) / 8] >> (7 - (bit - 2) % 8) & 1u);
        digit[i] = v;
    }
}

void code_text(const unsigned char id[CODE_BYTES], char out[CODE_CHARS])
{
    unsigned digit[DIGITS];
    size_t n = 0;
    to_digits(id, digit);
    for (unsigned i = 0; i <= DIGITS; i++) {
        if (i && i % 4 == 0)
            out[n++] = '-';
        out[n++] = alphabet[i < DIGITS ? digit[i] : check_of(digit)];
    }
    out[n] = '\0';
}

static int value_of(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 32);
    c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    for (int i = 0; i < 32; i++)
        if (alphabet[i] == c)
            return i;
    return -1;
}

bool code_parse(struct slice text, unsigned char out[CODE_BYTES])
{
    unsigned digit[DIGITS + 1], n = 0;
    unsigned char id[CODE_BYTES] = {0};
    for (size_t i = 0; i < text.n; i++) {
        int v = value_of(text.p[i]);
        if (v < 0 && (text.p[i] == '-' || text.p[i] == '.' || ascii_is_space(text.p[i])))
            continue;
        if (v < 0 || n > DIGITS)
            return false;
        digit[n++] = (unsigned)v;
    }
    if (n != DIGITS + 1 || digit[0] > 7 || check_of(digit) != digit[DIGITS])
        return false;
    for (unsigned bit = 2; bit < 5 * DIGITS; bit++)
        if (digit[bit / 5] >> (4 - bit % 5) & 1u)
            id[(bit - 2) / 8] |= (unsigned char)(0x80u >> (bit - 2) % 8);
    memcpy(out, id, CODE_BYTES);
    return true;
}
