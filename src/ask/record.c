/* Reading records from the wire form of their data. See ask.h. */
#include "ask/ask.h"
#include "ask/name.h"

static const struct {
    enum dns_type type;
    const char *name;
} types[] = {{DNS_A, "A"},     {DNS_NS, "NS"},         {DNS_CNAME, "CNAME"}, {DNS_SOA, "SOA"},
             {DNS_PTR, "PTR"}, {DNS_MX, "MX"},         {DNS_TXT, "TXT"},     {DNS_AAAA, "AAAA"},
             {DNS_DS, "DS"},   {DNS_DNSKEY, "DNSKEY"}, {DNS_TLSA, "TLSA"}};

const char *dns_type_name(enum dns_type type)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (types[i].type == type)
            return types[i].name;
    return "?";
}

bool dns_type_of(struct slice name, enum dns_type *out)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (slice_ieq(slice_str(types[i].name), name)) {
            *out = types[i].type;
            return true;
        }
    }
    return false;
}

bool dns_txt(struct arena *a, struct slice rdata, struct slice *out)
{
    size_t total = 0, at = 0;
    while (at < rdata.n) {
        size_t len = (unsigned char)rdata.p[at++];
        if (len > rdata.n - at)
            return false;
        total += len;
        at += len;
    }
    if (rdata.n == 0)
        return false; /* RFC 1035 3.3.14: one string at least */
    char *text = arena_bytes(a, total + 1);
    size_t n = 0;
    for (at = 0; at < rdata.n;) {
        size_t len = (unsigned char)rdata.p[at++];
        memcpy(text + n, rdata.p + at, len);
        n += len;
        at += len;
    }
    text[n] = '\0';
    *out = slice_of(text, n);
    return true;
}

bool dns_name(struct arena *a, struct slice rdata, struct slice *out)
{
    char room[DNS_NAME_BYTES];
    struct slice name;
    size_t used;
    if (!dns_name_read(rdata, room, &name, &used) || used != rdata.n)
        return false;
    *out = arena_dup(a, name);
    return true;
}

bool dns_mx(struct arena *a, struct slice rdata, unsigned *out_preference, struct slice *out_name)
{
    if (rdata.n < 3 || !dns_name(a, slice_from(rdata, 2), out_name))
        return false;
    *out_preference = (unsigned)(unsigned char)rdata.p[0] << 8 | (unsigned char)rdata.p[1];
    return true;
}
