/* Confirmed reverse names. See reverse.h. */
#include "auth/reverse.h"
#include "base/ip.h"

/* Does the name have that address? *waits is set when an answer is not there. */
static bool has_address(struct ask *q, struct slice name, const struct ip *ip, bool *waits)
{
    const struct dns_answer *a = ask_dns(q, name, ip->is_v4 ? DNS_A : DNS_AAAA);
    size_t bytes = ip->is_v4 ? 4 : 16;
    *waits |= a == NULL;
    for (size_t i = 0; a && i < a->n; i++) {
        if (a->rdata[i].n == bytes && memcmp(a->rdata[i].p, ip->byte + 16 - bytes, bytes) == 0)
            return true;
    }
    return false;
}

bool reverse_name(struct arena *a, struct ask *q, struct slice ip, struct slice *out_name)
{
    struct ip address;
    bool waits = false;
    *out_name = SLICE("");
    if (!ip_parse(ip, &address))
        return true;
    const struct dns_answer *ptr = ask_dns(q, dns_reverse_name(a, ip), DNS_PTR);
    if (ptr == NULL)
        return false;
    for (size_t i = 0; i < ptr->n && i < REVERSE_NAMES; i++) {
        struct slice name;
        if (dns_name(a, ptr->rdata[i], &name) && has_address(q, name, &address, &waits)) {
            *out_name = name;
            return true;
        }
    }
    return !waits;
}
