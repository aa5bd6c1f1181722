/* The part tree (RFC 2046). Fills m->root, m->parts and every part but its text. */
#ifndef MUSTER_MAIL_MIME_H
#define MUSTER_MAIL_MIME_H

#include "mail/content.h"

/* Reads all parts of m->raw. One pass over the bytes; nested messages are read in place. */
void mime_parse(struct message *m);

/* Decodes the body of a leaf (p->decoded) and keeps the other readings. Used by mime.c. */
void body_decode(struct message *m, struct part *p, const struct content *c);
/* Bytes under one encoding, within the message's budget of decoded bytes. */
struct slice body_bytes(struct message *m, struct part *p, struct slice raw, enum encoding e,
                        bool notes);
/* Keeps one more reading of a part, unless it is the same as what is there. */
void body_reading(struct message *m, struct part *p, enum anomaly_kind cause, struct slice type,
                  struct slice decoded);
/* "text/plain" of a part. */
struct slice body_type(struct message *m, const struct part *p);
/* Text of a decoded part as UTF-8: charset, format=flowed, HTML. Called for each part in order. */
void text_read(struct message *m, struct part *p);
/* Adds the links that stand in running text to the message. */
void text_links(struct message *m, uint32_t part, struct slice text, enum link_from from);

#endif
