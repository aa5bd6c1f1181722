/* Header sections: splitting into fields, unfolding, and every oddity on the way.
 *
 * Lines end in LF or CRLF; a field goes on while lines begin with a space or tab (RFC 5322
 * 2.2.3). Never fails: what is no field is counted and left out, and the section ends at the
 * first empty line, at a boundary line, or where the text can't be a header any more.
 */
#ifndef MUSTER_MAIL_HEADER_H
#define MUSTER_MAIL_HEADER_H

#include "mail/message.h"

/* Asked for each line that begins with "--": true when the header section has to end there. */
struct header_stop {
    bool (*is_end)(void *context, struct slice line);
    void *context;
};

/* Reads the section at the front of `data` into *out. Returns the offset of the body. Anomalies
 * go to part number `part` of m; stop may be NULL. Linear; bounded by limits header_bytes,
 * header_fields and field_bytes (what lies past them is skipped and counted). */
size_t header_read(struct message *m, uint32_t part, struct slice data,
                   const struct header_stop *stop, struct header_list *out);

#endif
