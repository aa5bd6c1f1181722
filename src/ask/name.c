/* Names: folding, the wire, reverse names. See name.h and ask.h. */
#include "ask/name.h"
#include "base/utf8.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <stdlib.h>

#define LABEL_BYTES 63u
#define TEXT_BYTES  253u

static bool is_ascii(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80)
            return false;
    return true;
}

/* One label behind what stands in room already; false: it does not fit. */
static bool put(char room[DNS_NAME_BYTES], size_t *n, struct slice label)
{
    if (label.n == 0 || label.n > LABEL_BYTES || *n + (*n > 0) + label.n > TEXT_BYTES)
        return false;
    if (*n)
        room[(*n)++] = '.';
    for (size_t i = 0; i < label.n; i++)
        room[(*n)++] = ascii_lower(label.p[i]);
    return true;
}

/* A non-ASCII label. UTS 46 maps some characters to dots, so one may become several. */
static bool put_unicode(char room[DNS_NAME_BYTES], size_t *n, struct slice label)
{
    uint8_t text[4 * TEXT_BYTES + 1], *ascii = NULL;
    if (label.n > 4 * TEXT_BYTES || slice_chr(label, '\0') != SIZE_MAX)
        return false;
    memcpy(text, label.p, label.n);
    text[label.n] = '\0';
    if (idn2_lookup_u8(text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
        return false;
    struct slice rest = slice_str((const char *)ascii), part;
    bool ok = rest.n > 0;
    while (ok && slice_split(&rest, '.', &part))
        ok = is_ascii(part) && put(room, n, part);
    idn2_free(ascii);
    return ok;
}

bool dns_name_fold(struct slice name, char room[DNS_NAME_BYTES], struct slice *out)
{
    size_t n = 0;
    if (name.n && name.p[name.n - 1] == '.')
        name.n--;
    while (name.n) {
        size_t dot = slice_chr(name, '.');
        struct slice label = dot == SIZE_MAX ? name : slice_head(name, dot);
        if (!(is_ascii(label) ? put(room, &n, label) : put_unicode(room, &n, label)))
            return false;
        if (dot == SIZE_MAX)
            break;
        name = slice_from(name, dot + 1);
        if (name.n == 0)
            return false; /* two dots at the end */
    }
    *out = slice_of(room, n);
    return true;
}

bool dns_name_is_valid(struct slice name)
{
    char room[DNS_NAME_BYTES];
    struct slice folded;
    return dns_name_fold(name, room, &folded);
}

size_t dns_name_wire(struct slice folded, unsigned char room[DNS_NAME_BYTES])
{
    size_t n = 0;
    struct slice label;
    while (folded.n && slice_split(&folded, '.', &label)) {
        room[n++] = (unsigned char)label.n;
        memcpy(room + n, label.p, label.n);
        n += label.n;
    }
    room[n++] = 0;
    return n;
}

bool dns_name_read(struct slice rdata, char room[DNS_NAME_BYTES], struct slice *out,
                   size_t *out_used)
{
    size_t at = 0, n = 0;
    for (;;) {
        if (at >= rdata.n)
            return false;
        size_t len = (unsigned char)rdata.p[at++];
        if (len == 0)
            break;
        struct slice label = slice_head(slice_from(rdata, at), len);
        /* A dot inside a label would read as two labels: nobody with honest names has one. */
        if (len > LABEL_BYTES || label.n < len || slice_chr(label, '.') != SIZE_MAX ||
            !put(room, &n, label))
            return false;
        at += len;
    }
    *out = slice_of(room, n);
    *out_used = at;
    return true;
}

static struct slice reverse4(struct arena *a, const unsigned char *ip)
{
    return arena_printf(a, "%u.%u.%u.%u.in-addr.arpa", ip[3], ip[2], ip[1], ip[0]);
}

struct slice dns_reverse_name(struct arena *a, struct slice ip)
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const char digits[] = "0123456789abcdef";
    char text[INET6_ADDRSTRLEN + 1];
    unsigned char raw[16];
    if (ip.n == 0 || ip.n >= sizeof(text) || slice_chr(ip, '\0') != SIZE_MAX)
        return (struct slice){0};
    memcpy(text, ip.p, ip.n);
    text[ip.n] = '\0';
    if (inet_pton(AF_INET, text, raw) == 1)
        return reverse4(a, raw);
    if (inet_pton(AF_INET6, text, raw) != 1)
        return (struct slice){0};
    if (memcmp(raw, mapped, sizeof(mapped)) == 0)
        return reverse4(a, raw + 12);
    char *out = arena_bytes(a, 72), *p = out;
    for (int i = 15; i >= 0; i--) {
        *p++ = digits[raw[i] & 15];
        *p++ = '.';
        *p++ = digits[raw[i] >> 4];
        *p++ = '.';
    }
    memcpy(p, "ip6.arpa", 8);
    return slice_of(out, 72);
}
