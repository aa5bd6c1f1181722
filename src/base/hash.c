/* Hashes. See hash.h. */
#include "base/hash.h"

#include "base/attr.h"

static uint64_t load64(const char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

/* 0 to 7 bytes as a little-endian number, without a loop: most keys are short. */
static uint64_t load_tail(const char *p, size_t n)
{
    if (n >= 4) {
        uint32_t low, high;
        memcpy(&low, p, 4);
        memcpy(&high, p + n - 4, 4); /* may overlap; the same bits meet */
        return low | (uint64_t)high << (8 * (n - 4));
    }
    if (n == 0)
        return 0;
    const unsigned char *b = (const unsigned char *)p;
    return b[0] | (uint64_t)b[n / 2] << (8 * (n / 2)) | (uint64_t)b[n - 1] << (8 * (n - 1));
}

uint64_t hash_bytes(struct slice s, uint64_t seed)
{
    uint64_t h = hash_begin(s.n, seed);
    const char *p = s.p;
    size_t n = s.n;
    for (; n >= 8; n -= 8, p += 8)
        h = hash_step(h, hash_mix(load64(p)));
    return hash_mix(h ^ load_tail(p, n));
}

/* Eight bytes with A to Z in lower case. */
static uint64_t lower_of_eight(uint64_t x)
{
    const uint64_t each = 0x0101010101010101u;
    uint64_t low = x & 0x7f * each;
    uint64_t from_a = low + (0x80 - 'A') * each, over_z = low + (0x7f - 'Z') * each;
    return x | ((~x & (from_a ^ over_z) & 0x80 * each) >> 2);
}

uint64_t hash_lower(struct slice s, uint64_t seed, const char *end)
{
    uint64_t h = hash_begin(s.n, seed), tail;
    const char *p = s.p;
    size_t n = s.n;
    for (; n >= 8; n -= 8, p += 8)
        h = hash_step(h, hash_mix(lower_of_eight(load64(p))));
    if (end - p >= 8)
        tail = load64(p) & ((UINT64_C(1) << (8 * n)) - 1);
    else
        tail = load_tail(p, n);
    return hash_mix(h ^ lower_of_eight(tail));
}

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = ROTL(v[1], 13) ^ v[0];
    v[0] = ROTL(v[0], 32);
    v[2] += v[3];
    v[3] = ROTL(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = ROTL(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = ROTL(v[1], 17) ^ v[2];
    v[2] = ROTL(v[2], 32);
}

static uint64_t sip_block(uint64_t v[4], uint64_t m)
{
    v[3] ^= m;
    sip_round(v);
    sip_round(v);
    v[0] ^= m;
    return m;
}

uint64_t hash_sip(struct slice s, const unsigned char key[16])
{
    uint64_t k0 = load64((const char *)key), k1 = load64((const char *)key + 8);
    uint64_t v[4] = {k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u,
                     k1 ^ 0x7465646279746573u};
    uint64_t last = (uint64_t)s.n << 56;
    while (s.n >= 8) {
        sip_block(v, load64(s.p));
        s = slice_from(s, 8);
    }
    for (size_t i = 0; i < s.n; i++)
        last |= (uint64_t)(unsigned char)s.p[i] << (8 * i);
    sip_block(v, last);
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* High and low half of the product, folded. */
static uint64_t fold_product(uint64_t x, uint64_t y)
{
    __extension__ typedef unsigned __int128 wide;
    wide z = (wide)x * y;
    return (uint64_t)z ^ (uint64_t)(z >> 64);
}

/* Two sums side by side, sixteen bytes each a step; each factor holds a part of the key. */
static void keyed_block(uint64_t sum[2], const char *p, uint64_t k0, uint64_t k1)
{
    sum[0] = fold_product(load64(p) ^ k0, load64(p + 8) ^ sum[0]);
    sum[1] = fold_product(load64(p + 16) ^ k1, load64(p + 24) ^ sum[1]);
}

uint64_t hash_keyed(struct slice s, const unsigned char key[16])
{
    uint64_t k0 = load64((const char *)key), k1 = load64((const char *)key + 8);
    uint64_t sum[2] = {hash_mix(k0 + s.n), hash_mix(k1 ^ s.n)};
    for (; s.n >= 32; s = slice_from(s, 32))
        keyed_block(sum, s.p, k0, k1);
    char last[32] = {0};
    if (s.n)
        memcpy(last, s.p, s.n);
    keyed_block(sum, last, k0, k1);
    return hash_mix(fold_product(sum[0] ^ k1, sum[1] ^ k0));
}

#if defined(__x86_64__)
/* Every x86-64 processor since 2009 has the instruction; the build is for any. */
TARGET("sse4.2") static uint32_t crc32c_by_processor(uint32_t crc, struct slice s)
{
    uint64_t c = ~crc;
    for (; s.n >= 8; s = slice_from(s, 8))
        c = __builtin_ia32_crc32di(c, load64(s.p));
    uint32_t last = (uint32_t)c;
    for (size_t i = 0; i < s.n; i++)
        last = __builtin_ia32_crc32qi(last, (unsigned char)s.p[i]);
    return ~last;
}
#endif

/* Eight bytes a step by eight tables ("slicing", Kounavis and Berry 2005): the journal's records
 * were a sixth of keeper's time with one. */
uint32_t hash_crc32c_by_tables(uint32_t crc, struct slice s)
{
    static uint32_t table[8][256];
    if (table[0][1] == 0) {
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t c = i;
            for (int k = 0; k < 8; k++)
                c = c & 1 ? c >> 1 ^ 0x82f63b78u : c >> 1;
            table[0][i] = c;
        }
        for (int k = 1; k < 8; k++)
            for (uint32_t i = 0; i < 256; i++)
                table[k][i] = table[0][table[k - 1][i] & 0xff] ^ table[k - 1][i] >> 8;
    }
    crc = ~crc;
    const unsigned char *p = (const unsigned char *)s.p;
    size_t n = s.n;
    for (; n >= 8; n -= 8, p += 8) {
        uint32_t low = crc ^
                       (p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
        crc = table[7][low & 0xff] ^ table[6][low >> 8 & 0xff] ^ table[5][low >> 16 & 0xff] ^
              table[4][low >> 24] ^ table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^
              table[0][p[7]];
    }
    for (; n; n--, p++)
        crc = table[0][(crc ^ *p) & 0xff] ^ crc >> 8;
    return ~crc;
}

uint32_t hash_crc32c(uint32_t crc, struct slice s)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2"))
        return crc32c_by_processor(crc, s);
#endif
    return hash_crc32c_by_tables(crc, s);
}
