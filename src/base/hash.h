/* Hashes: fast 64-bit mixing for features and tables; SipHash-2-4 where an attacker chooses
 * the keys; CRC32C for torn writes. None of these is for secrets: those use libsodium. */
#ifndef MUSTER_BASE_HASH_H
#define MUSTER_BASE_HASH_H

#include "base/slice.h"

/* Bijective finaliser: every output bit depends on every input bit. */
static inline uint64_t hash_mix(uint64_t x)
{
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    return x;
}

/* 64-bit hash of bytes under a seed; about a byte a cycle or better. */
uint64_t hash_bytes(struct slice s, uint64_t seed);
/* SipHash-2-4 (Aumasson and Bernstein 2012) under a 16-byte key. */
uint64_t hash_sip(struct slice s, const unsigned char key[16]);
/* CRC-32C (Castagnoli), as in RFC 3720; pass 0 or the crc of what came before. */
uint32_t hash_crc32c(uint32_t crc, struct slice s);

#endif
