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

bool ip_is_public(const struct ip *ip)
{
    static const char *const not_public[] = {
        "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",    "2001::/23",
        "2001:db8::/32", "2002::/16",       "3fff::/20"};
    struct net net; /* of IPv6 all else is reserved or local */
    bool is = ip->is_v4 || (net_parse(SLICE("2000::/3"), &net) && net_has(&net, ip));
    for (size_t i = 0; is && i < sizeof(not_public) / sizeof(not_public[0]); i++)
        is = !(net_parse(slice_str(not_public[i]), &net) && net_has(&net, ip));
    return is;
}

size_t ip_format(const struct ip *ip, char out[46])
{
    const char *s = ip->is_v4 ? inet_ntop(AF_INET, ip->byte + 12, out, 46)
                              : inet_ntop(AF_INET6, ip->byte, out, 46);
    return s ? strlen(s) : 0;
}
