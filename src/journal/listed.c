/* The view of listings. See listed.h. */
#include "journal/listed.h"

#include "base/pack.h"

#include <stdio.h>

#define KEY_MOST 400u

static const char *const names[LISTED_KINDS] = {"domain", "link", "mailbox", "address", "network"};

const char *listed_kind_name(enum listed_kind k)
{
    return k >= 0 && k < LISTED_KINDS ? names[k] : "?";
}

bool listed_kind_parse(struct slice word, enum listed_kind *out)
{
    for (int i = 0; i < LISTED_KINDS; i++) {
        if (slice_eq(word, slice_str(names[i]))) {
            *out = (enum listed_kind)i;
            return true;
        }
    }
    return false;
}

/* ---- plain forms ---- */

static bool is_host(struct slice s)
{
    struct slice label;
    size_t labels = 0;
    if (s.n == 0 || s.n > 253)
        return false;
    while (slice_split(&s, '.', &label)) {
        if (label.n == 0 || label.n > 63)
            return false;
        for (size_t i = 0; i < label.n; i++)
            if (!ascii_is_alnum(label.p[i]) && label.p[i] != '-' && label.p[i] != '_')
                return false;
        labels++;
    }
    return labels >= 2;
}

static size_t lower_into(struct slice s, char *buf)
{
    for (size_t i = 0; i < s.n; i++)
        buf[i] = ascii_lower(s.p[i]);
    return s.n;
}

/* Without scheme, user, port, query and fragment; the host in lower case. */
static bool plain_link(struct slice s, char *buf, size_t room, struct slice *out)
{
    size_t at = slice_find(s, SLICE("://"));
    if (at != SIZE_MAX)
        s = slice_from(s, at + 3);
    size_t slash = slice_chr(s, '/');
    struct slice host = slash == SIZE_MAX ? s : slice_head(s, slash);
    struct slice path = slash == SIZE_MAX ? SLICE("") : slice_from(s, slash);
    for (size_t i = 0; i < path.n; i++) {
        if ((unsigned char)path.p[i] <= ' ' || path.p[i] == 0x7f)
            return false;
        if (path.p[i] == '?' || path.p[i] == '#')
            path = slice_head(path, i);
    }
    size_t user = slice_rchr(host, '@'), port;
    host = user == SIZE_MAX ? host : slice_from(host, user + 1);
    port = slice_chr(host, ':');
    host = port == SIZE_MAX ? host : slice_head(host, port);
    if (!is_host(host) || path.n < 2 || host.n + path.n > room)
        return false; /* a link without a path is a domain */
    size_t n = lower_into(host, buf);
    memcpy(buf + n, path.p, path.n);
    *out = slice_of(buf, n + path.n);
    return true;
}

static bool plain_net(enum listed_kind k, struct slice s, char *buf, size_t room, struct slice *out,
                      struct net *out_net)
{
    struct net net;
    char text[46];
    if (!net_parse(s, &net) || (k == LISTED_ADDRESS && net.bits != 128))
        return false;
    /* Widths that listed_find_ip looks for; wider ones the charter refuses. */
    if (k == LISTED_NETWORK && !net.ip.is_v4 && (net.bits > 64 || net.bits % 8))
        return false;
    for (unsigned bit = net.bits; bit < 128; bit++)
        net.ip.byte[bit / 8] &= (unsigned char)~(0x80u >> bit % 8);
    ip_format(&net.ip, text);
    unsigned bits = net.ip.is_v4 ? net.bits - 96 : net.bits;
    int n = k == LISTED_ADDRESS ? snprintf(buf, room, "%s", text)
                                : snprintf(buf, room, "%s/%u", text, bits);
    *out = slice_of(buf, (size_t)n);
    if (out_net)
        *out_net = net;
    return true;
}

bool listed_plain(enum listed_kind k, struct slice text, char *buf, size_t room, struct slice *out,
                  struct net *out_net)
{
    struct slice s = slice_trim(text);
    if (s.n == 0 || s.n > KEY_MOST - 1 || s.n >= room)
        return false;
    size_t at = slice_rchr(s, '@');
    switch (k) {
    case LISTED_DOMAIN:
        if (!is_host(s))
            return false;
        *out = slice_of(buf, lower_into(s, buf));
        return true;
    case LISTED_MAILBOX:
        if (at == SIZE_MAX || at == 0 || !is_host(slice_from(s, at + 1)))
            return false;
        *out = slice_of(buf, lower_into(s, buf));
        return true;
    case LISTED_LINK:
        return plain_link(s, buf, room, out);
    case LISTED_ADDRESS:
    case LISTED_NETWORK:
        return plain_net(k, s, buf, room, out, out_net);
    default:
        return false;
    }
}

/* ---- the view ---- */

static struct slice key_of(enum listed_kind k, struct slice plain, char key[KEY_MOST])
{
    if (plain.n > KEY_MOST - 1)
        plain.n = KEY_MOST - 1;
    key[0] = (char)('a' + (int)k);
    if (plain.n)
        memcpy(key + 1, plain.p, plain.n);
    return slice_of(key, plain.n + 1);
}

int listed_put(struct views *v, enum listed_kind k, struct slice plain, const struct listed *l,
               struct err *e)
{
    char key[KEY_MOST];
    struct buf b = BUF_INIT(64);
    buf_add(&b, slice_of((const char *)l->listing, 16));
    pack_u8(&b, l->effect);
    pack_u8(&b, l->harm);
    pack_i64(&b, l->from_us);
    pack_i64(&b, l->ends_us);
    int r = views_put(v, VIEW_LISTING, key_of(k, plain, key), buf_slice(&b), e);
    buf_fini(&b);
    return r;
}

int listed_del(struct views *v, enum listed_kind k, struct slice plain, struct err *e)
{
    char key[KEY_MOST];
    return views_del(v, VIEW_LISTING, key_of(k, plain, key), e);
}

bool listed_find(struct views *v, enum listed_kind k, struct slice plain, int64_t now_us,
                 struct listed *out)
{
    char key[KEY_MOST];
    struct slice value;
    if (views_get(v, VIEW_LISTING, key_of(k, plain, key), &value) != 0)
        return false;
    struct unpack u = {.rest = value};
    struct listed l = {.kind = k};
    struct slice id = unpack_fixed(&u, 16);
    l.effect = unpack_u8(&u);
    l.harm = unpack_u8(&u);
    l.from_us = unpack_i64(&u);
    l.ends_us = unpack_i64(&u);
    if (!unpack_done(&u) || now_us < l.from_us || now_us >= l.ends_us)
        return false;
    memcpy(l.listing, id.p, 16);
    *out = l;
    return true;
}

bool listed_find_ip(struct views *v, const struct ip *ip, int64_t now_us, struct listed *out)
{
    char text[46], buf[64];
    struct ip base = *ip;
    struct slice plain;
    ip_format(ip, text);
    if (listed_find(v, LISTED_ADDRESS, slice_str(text), now_us, out))
        return true;
    /* Networks as narrow as they may be listed: each width down to a single address. */
    unsigned widest = ip->is_v4 ? 120 : 48, step = ip->is_v4 ? 1 : 8;
    for (unsigned bits = ip->is_v4 ? 128 : 64; bits >= widest; bits -= step) {
        for (unsigned bit = bits; bit < 128; bit++)
            base.byte[bit / 8] &= (unsigned char)~(0x80u >> bit % 8);
        ip_format(&base, text);
        int n = snprintf(buf, sizeof(buf), "%s/%u", text, ip->is_v4 ? bits - 96 : bits);
        plain = slice_of(buf, (size_t)n);
        if (listed_find(v, LISTED_NETWORK, plain, now_us, out))
            return true;
    }
    return false;
}

bool listed_find_domain(struct views *v, struct slice host, struct slice top, int64_t now_us,
                        struct listed *out)
{
    while (host.n >= top.n && host.n) {
        if (listed_find(v, LISTED_DOMAIN, host, now_us, out))
            return true;
        size_t dot = slice_chr(host, '.');
        if (dot == SIZE_MAX)
            return false;
        host = slice_from(host, dot + 1);
    }
    return false;
}
