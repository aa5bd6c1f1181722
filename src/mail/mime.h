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
/* Reads `region` of a multipart as if cut by other boundary lines: by lines "--boundary", or
 * where is_prefix is true by lines that only begin so. What each section holds becomes a reading
 * of p, its file names become names of p. */
void readings_by_boundary(struct message *m, struct part *p, struct slice region,
                          struct slice boundary, bool is_prefix, enum anomaly_kind cause);
/* Adds a candidate file name to a part, unless it is there. */
void part_add_name(struct message *m, struct part *p, struct slice name);
/* "text/plain" of a part. */
struct slice body_type(struct message *m, const struct part *p);
/* Text of a decoded part as UTF-8: charset, format=flowed, HTML. Called for each part in order. */
void text_read(struct message *m, struct part *p);
/* Adds the links that stand in running text to the message. */
void text_links(struct message *m, uint32_t part, struct slice text, enum link_from from);

#endif
