/* Names as this room keeps them: ASCII, lower case, labels parted by dots, without final dot.
 *
 * A label may hold any byte but a dot (which in our text parts labels): a backslash is a byte
 * like others, there are no escapes. Non-ASCII labels must be UTF-8 and become A-labels (RFC
 * 5891, UTS 46 non-transitional).
 */
#ifndef MUSTER_ASK_NAME_H
#define MUSTER_ASK_NAME_H

#include "ask/ask.h"

#define DNS_NAME_BYTES 256u /* room for a name in text (253) or on the wire (255) */

/* Folds into room; false: nothing that DNS can carry. The root becomes empty. */
bool dns_name_fold(struct slice name, char room[DNS_NAME_BYTES], struct slice *out);
/* A folded name on the wire, uncompressed; returns its bytes, at most 255. */
size_t dns_name_wire(struct slice folded, unsigned char room[DNS_NAME_BYTES]);
/* The uncompressed name at the front of rdata in text; *out_used: its bytes on the wire. */
bool dns_name_read(struct slice rdata, char room[DNS_NAME_BYTES], struct slice *out,
                   size_t *out_used);

#endif
