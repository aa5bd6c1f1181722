/* Addresses and networks as bytes: text to 16 bytes (IPv4 mapped), and is it in a network. */
#ifndef MUSTER_BASE_IP_H
#define MUSTER_BASE_IP_H

#include "base/slice.h"

struct ip {
    unsigned char byte[16]; /* IPv4 as ::ffff:a.b.c.d */
    bool is_v4;             /* mapped addresses count as IPv4 */
};

struct net {
    struct ip ip;
    unsigned bits; /* of the 128: an IPv4 /24 is 120 */
};

/* "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"; a zone ("%eth0") is no part of an address. */
bool ip_parse(struct slice text, struct ip *out);
/* "192.0.2.0/24", "2001:db8::/32" or a bare address. */
bool net_parse(struct slice text, struct net *out);
bool net_has(const struct net *n, const struct ip *ip);
bool net_any(const struct net *nets, size_t n, const struct ip *ip);
/* 127.0.0.0/8 and ::1. */
bool ip_is_loopback(const struct ip *ip);
/* An address that belongs to somebody on the Internet: none of the ranges for private, local,
 * shared, documentation or transition use (RFC 6890 and its registries). Who connects where
 * strangers point asks this first. */
bool ip_is_public(const struct ip *ip);
/* Text of an address, IPv4 dotted; out holds at least 46 bytes. Returns the length. */
size_t ip_format(const struct ip *ip, char out[46]);

#endif
