/* DNS messages from a name server, and the readers of their records. First byte: type asked for. */
#include "ask/packet.h"
#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(struct arena *a, const struct dns_answer *x)
{
    struct slice text;
    unsigned preference;
    for (size_t i = 0; i < x->n; i++) {
        (void)dns_txt(a, x->rdata[i], &text);
        if (dns_name(a, x->rdata[i], &text) && text.n > 253)
            BUG("a name longer than a name");
        if (dns_mx(a, x->rdata[i], &preference, &text) && preference > UINT16_MAX)
            BUG("a preference over 65535");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum dns_type types[] = {DNS_TXT, DNS_A, DNS_MX, DNS_CNAME, DNS_PTR, DNS_SOA};
    static const struct slice names[] = {{"www.example", 11}, {"", 0}};
    if (size == 0)
        return 0;
    struct arena *a = arena_new(0);
    struct slice packet = slice_of((const char *)data + 1, size - 1);
    struct dns_answer x;
    packet_read(a, packet, names[data[0] >> 7], types[data[0] % 6], &x);
    if ((x.status == ASK_OK) != (x.n > 0))
        BUG("records without an answer, or an answer without records");
    read_all(a, &x);
    struct slice raw[1] = {packet};
    x = (struct dns_answer){.n = 1, .rdata = raw};
    read_all(a, &x);
    (void)dns_reverse_name(a, packet);
    arena_free(a);
    return 0;
}
