/* Signatures in the command line's reader: orders to sign, and what signatures are worth. */
#ifndef MUSTER_NODE_PARSER_SIGN_H
#define MUSTER_NODE_PARSER_SIGN_H

#include "auth/signing.h"
#include "node/parser.h"

struct parser_sign {
    struct arena *arena; /* reset by the caller after each message */
    struct lookup *lookup;
    struct signing *signing;
    const struct parser_orders *wanted;
    const struct mail_limits *limits;
    const struct auth_settings *settings;
};

/* A byte: 1, then (pack_bytes) orders as the signer takes them and the message; or 0 and why not.
 */
void parser_sign_orders(struct parser_sign *p, struct slice raw, bool is_cut, struct buf *out);
/* A byte: 1 when a DKIM signature holds or an ARC chain passes; then JSON. */
void parser_sign_verify(struct parser_sign *p, struct slice raw, bool is_cut, struct buf *out);

#endif
