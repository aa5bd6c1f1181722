/* The envelope: what a door knows besides the bytes. All of it is foreign except times. */
#ifndef MUSTER_MAIL_ENVELOPE_H
#define MUSTER_MAIL_ENVELOPE_H

#include "base/slice.h"

struct envelope {
    struct slice client_ip;   /* "192.0.2.1", "2001:db8::1"; empty when not known */
    struct slice client_name; /* verified reverse name, empty when none */
    struct slice helo;
    struct slice mail_from; /* without angle brackets; empty for <> */
    bool has_mail_from;     /* tells <> from "not known" */
    struct slice *rcpt;     /* recipients, without angle brackets */
    size_t n_rcpt;
    struct slice auth_user; /* SASL user of an outbound submission, else empty */
    struct slice user; /* mailbox whose personal layer applies when there is one; may be empty */
    struct slice tls;  /* protocol version, else empty */
    struct slice queue_id; /* the MTA's, for logs */
    int64_t received_us;
    bool wants_signature; /* the door can put fields on the message, and it goes on from here */
    bool is_cut;          /* the raw bytes are only the head of a message past the size limit */
};

#endif
