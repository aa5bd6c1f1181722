/* Addresses and networks as bytes. See ip.h. */
#include "base/ip.h"

#include <arpa/inet.h>

static const unsigned char MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool ip_parse(struct slice text, struct ip *out)
{
    char s[INET6_ADDRSTRLEN + 1];
    struct ip ip = {0};
    if (text.n == 0 || text.n >= sizeof s || slice_chr(text, '\0') != SIZE_MAX)
        return false;
    memcpy(s, text.p, text.n);
    s[text.n] = '\0';
    if (slice_chr(text, ':') == SIZE_MAX) {
        memcpy(ip.byte, MAPPED, sizeof MAPPED);
        if (inet_pton(AF_INET, s, ip.byte + 12) != 1)
            return false;
    } else if (inet_pton(AF_INET6, s, ip.byte) != 1) {
        return false;
    }
    ip.is_v4 = !memcmp(ip.byte, MAPPED, sizeof MAPPED);
    *out = ip;
    return true;
}

bool net_parse(struct slice text, struct net *out)
{
    struct slice rest = text, address = {0};
    struct ip ip;
    uint64_t bits = 0;
    slice_split(&rest, '/', &address);
    if (!ip_parse(address, &ip))
        return false;
    unsigned most = slice_chr(address, ':') == SIZE_MAX ? 32 : 128;
    if (address.n == text.n)
        bits = most;
    else if (!slice_u64(rest, &bits) || bits > most)
        return false;
    *out = (struct net){ip, (unsigned)bits + (128 - most)};
    return true;
}

bool net_has(const struct net *n, const struct ip *ip)
{
    size_t whole = n->bits / 8;
    unsigned rest = n->bits % 8;
    if (n->ip.is_v4 != ip->is_v4 || memcmp(n->ip.byte, ip->byte, whole) != 0)
        return false;
    return rest == 0 || ((n->ip.byte[whole] ^ ip->byte[whole]) >> (8 - rest)) == 0;
}

bool net_any(const struct net *nets, size_t n, const struct ip *ip)
{
    for (size_t i = 0; i < n; i++)
        if (net_has(&nets[i], ip))
            return true;
    return false;
}

bool ip_is_loopback(const struct ip *ip)
{
    static const unsigned char one[16] = {[15] = 1};
    return ip->is_v4 ? ip->byte[12] == 127 : !memcmp(ip->byte, one, sizeof one);
}

size_t ip_format(const struct ip *ip, char out[46])
{
    const char *s = ip->is_v4 ? inet_ntop(AF_INET, ip->byte + 12, out, 46)
                              : inet_ntop(AF_INET6, ip->byte, out, 46);
    return s ? strlen(s) : 0;
}
