/* Mail addresses: RFC 5322 3.4 with its obsolete forms (4.4), internationalised ones (RFC 6532),
 * and what real mail holds instead; and a strict check of one address. */
#ifndef MUSTER_MAIL_ADDRESS_H
#define MUSTER_MAIL_ADDRESS_H

#include "mail/message.h"

/* Reads an address list (From, To, Cc, ...) from an unfolded value. Never fails: what is no
 * address keeps its text as display. Display names are decoded (RFC 2047). Anomalies
 * address_odd and limit_addresses go to the part. NULL for an empty field. Linear. */
struct address *address_list(struct message *m, uint32_t part, struct slice value);

/* What an address is good for, best first. */
enum address_class {
    ADDRESS_SMTP,    /* valid under RFC 5321: may be used in an envelope */
    ADDRESS_UNUSUAL, /* RFC 5321, with rare elements: quoted local part, address literal, TLD alone
                      */
    ADDRESS_CFWS,    /* only with comments or folding white space, which an envelope may not hold */
    ADDRESS_OBSOLETE, /* only by the obsolete grammar of RFC 5322 section 4 */
    ADDRESS_MESSAGE,  /* only by the broad grammar of RFC 5322 */
    ADDRESS_INVALID
};

struct address_check {
    enum address_class is;
    const char *why; /* short name of what decided, as "local_too_long"; "ok" for the best */
};

/* Checks one addr-spec (not a mailbox with display name). UTF-8 is allowed (RFC 6531) where
 * allow_utf8 is true. */
struct address_check address_check(struct slice address, bool allow_utf8);

#endif
