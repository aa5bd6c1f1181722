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
/* The same of the bytes with A to Z in lower case. `end` is where the text ends that s is a piece
 * of: bytes before it may be read ahead, which spares a branch on the length of each word. */
uint64_t hash_lower(struct slice s, uint64_t seed, const char *end);
/* hash_bytes in pieces, for who hashes overlapping runs of numbers: of n numbers (in memory order)
 * it is hash_mix of hash_begin(8 * n, seed) and a hash_step with the hash_mix of each. */
static inline uint64_t hash_begin(size_t n_bytes, uint64_t seed)
{
    return seed ^ (n_bytes * 0x9e3779b97f4a7c15u);
}
static inline uint64_t hash_step(uint64_t h, uint64_t mixed)
{
    h = (h ^ mixed) * 0x9e3779b97f4a7c15u;
    return h << 29 | h >> 35;
}
/* SipHash-2-4 (Aumasson and Bernstein 2012) under a 16-byte key. */
uint64_t hash_sip(struct slice s, const unsigned char key[16]);
/* Many times as fast, for whole messages. Who does not know the key and never sees a hash finds no
 * two inputs with the same one; who sees hashes may: there SipHash is right. */
uint64_t hash_keyed(struct slice s, const unsigned char key[16]);
/* CRC-32C (Castagnoli), as in RFC 3720; pass 0 or the crc of what came before. */
uint32_t hash_crc32c(uint32_t crc, struct slice s);
/* The same where the processor has no instruction for it; for tests. */
uint32_t hash_crc32c_by_tables(uint32_t crc, struct slice s);

#endif
