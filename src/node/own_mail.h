/* Mail that the node itself writes to people: plain text in UTF-8 with a header of ours, that
 * answers nobody automatically (RFC 3834) and goes out with a null return path.
 */
#ifndef MUSTER_NODE_OWN_MAIL_H
#define MUSTER_NODE_OWN_MAIL_H

#include "base/buf.h"

struct own_mail {
    struct slice from, to;      /* mailboxes */
    struct slice subject, body; /* UTF-8; the body in lines that end with \n */
    struct slice id;            /* Message-ID before its "@" */
    const char *code;           /* of the language */
    int64_t now_us;
    bool is_bulk; /* says so to programs that answer */
};

/* Fit for a header and an envelope as it stands: printable ASCII, one "@", no brackets. */
bool own_mail_address_ok(struct slice s);
/* The whole message with CRLF. false: an address is not fit, or `out` is full. */
bool own_mail_write(const struct own_mail *m, struct buf *out);

#endif
