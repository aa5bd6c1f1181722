/* Received fields: a hop's parts lie within the value, and an address is one. */
#include "auth/received.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(struct slice part, struct slice whole)
{
    if (part.n && (part.p < whole.p || part.p + part.n > whole.p + whole.n))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 65536)
        return 0;
    struct slice value = slice_of((const char *)data, size);
    struct received_hop hop;
    struct ip ip;
    received_parse(value, &hop);
    const struct slice parts[] = {hop.helo, hop.name, hop.ip, hop.by, hop.with, hop.id, hop.rcpt};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        within(parts[i], value);
    if (hop.ip.n && !ip_parse(hop.ip, &ip))
        abort();
    struct arena *a = arena_new(0);
    struct net own = {.bits = 96, .ip = {.is_v4 = true}};
    memset(own.ip.byte + 10, 0xff, 2); /* all of IPv4 is ours: the chain is walked to its end */
    struct auth_settings s = *auth_settings_default();
    s.relays = &own;
    s.n_relays = 1;
    struct envelope env = {.client_ip = SLICE("192.0.2.1")};
    struct received_border border;
    received_border(message_parse(a, value, NULL), &env, &s, &border);
    if (border.hop > RECEIVED_HOPS + 1)
        abort();
    arena_free(a);
    return 0;
}
