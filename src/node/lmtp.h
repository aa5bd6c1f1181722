/* Handing mail to an LMTP server (RFC 2033), as Dovecot and Cyrus speak it. One transaction,
 * blocking with a deadline: the mailer has nothing else to do meanwhile. libcurl speaks SMTP only.
 */
#ifndef MUSTER_NODE_LMTP_H
#define MUSTER_NODE_LMTP_H

#include "node/mailer.h"

/* The server's address when `relay` is "lmtp:unix:/PATH" or "lmtp:ADDRESS:PORT"; else empty. */
struct slice lmtp_address(struct slice relay);
/* Connects and delivers. raw has CRLF line ends; addresses are plain (no blanks, controls, angle
 * brackets). A recipient refused at RCPT stops all before anything is sent, as over SMTP. Behind
 * the data the server answers for each recipient: it counts as sent when one took it, since trying
 * again would give that one a second copy; words then name the others. */
struct mail_result lmtp_deliver(struct arena *a, struct slice address, const struct mail_order *o,
                                int64_t timeout_us);
/* The same over a connected stream socket. */
struct mail_result lmtp_talk(struct arena *a, int fd, const struct mail_order *o,
                             int64_t timeout_us);

#endif
