/* The chain of Received fields, and which hop is the border: the client that handed the message
 * to our organisation, whose address SPF is asked about.
 *
 * The door's client is the border unless it is one of our own relays or a trusted forwarder
 * (loopback counts as a relay of ours): then the Received field that it wrote names the client
 * before it, and so on. Fields below the border are whatever the sender wrote. RFC 5321 4.4.
 */
#ifndef MUSTER_AUTH_RECEIVED_H
#define MUSTER_AUTH_RECEIVED_H

#include "auth/settings.h"
#include "mail/envelope.h"
#include "mail/message.h"

#define RECEIVED_HOPS 50

/* One Received field, taken apart; what is missing is empty. All foreign. */
struct received_hop {
    struct slice helo; /* what the client called itself */
    struct slice name; /* verified name of the client; empty: none */
    struct slice ip;   /* of the client; empty: none, or several that differ */
    struct slice by, with, id;
    struct slice rcpt; /* behind "for", without brackets */
    int64_t date_us;   /* INT64_MIN: none */
    bool has_from;     /* there is a from clause at all */
};

struct received_border {
    bool is_known; /* there is an address below */
    struct slice ip, helo, name;
    unsigned hop;        /* 0: the door's own client; 1: named by the first Received field ... */
    bool is_internal;    /* one of our own: nothing to authenticate */
    struct slice behind; /* address of the trusted forwarder that was looked behind, if any */
    const char *missing; /* ours: why there is no address */
};

/* Takes the value of one field apart (unfolded). Linear. */
void received_parse(struct slice value, struct received_hop *out);
void received_border(const struct message *m, const struct envelope *env,
                     const struct auth_settings *s, struct received_border *out);

#endif
