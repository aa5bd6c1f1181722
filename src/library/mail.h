/* A proposal that came by mail: its subject is the title, its first web address the link, lines
 * "kind: tool", "topics: technology, openness", "country: BR" ... are fields, the rest is the
 * summary. Read where mail may be read; keeper gets JSON for library_propose. Nothing of the
 * sender or of other header fields is taken over. */
#ifndef MUSTER_LIBRARY_MAIL_H
#define MUSTER_LIBRARY_MAIL_H

#include "base/buf.h"
#include "mail/message.h"

/* Adds {"kind", "channel": "mail", "body"} to out; false: the message has no text to propose. */
bool library_from_mail(const struct message *m, struct arena *a, struct buf *out);

#endif
