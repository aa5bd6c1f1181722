/* A proposal that came by mail: its subject is the title, its first web address the link, lines
 * "kind: tool", "topics: technology, openness", "country: BR" ... are fields, the rest is the
 * summary. Read where mail may be read; keeper gets JSON for library_propose. Nothing of the
 * sender or of other header fields is taken over. */
#ifndef MUSTER_LIBRARY_MAIL_H
#define MUSTER_LIBRARY_MAIL_H

#include "base/buf.h"
#include "base/conf.h"
#include "mail/message.h"

/* library { mailbox = ... } */
struct library_conf {
    struct conf_list mailbox;
};
/* Ends with name = NULL. */
extern const struct conf_section LIBRARY_SECTIONS[];
/* True when one of the addresses is a mailbox for proposals. */
bool library_is_mailbox(const struct conf *c, const struct slice *rcpt, size_t n);

/* Adds {"kind", "channel": "mail", "source", "body"} to out; false: the message has no text to
 * propose. source: whom proposals of a day are counted by (a domain that proved itself, else the
 * client's address); keeper keeps a keyed hash of it. */
bool library_from_mail(const struct message *m, struct slice source, struct arena *a,
                       struct buf *out);

#endif
