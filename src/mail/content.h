/* What the header of a part says about its content: type, parameters, encoding, disposition,
 * file names (RFC 2045, 2183), in every way in which it can be read. Used by mime.c. */
#ifndef MUSTER_MAIL_CONTENT_H
#define MUSTER_MAIL_CONTENT_H

#include "mail/params.h"

#define CONTENT_MOST 4 /* fields of one name that are looked at */

/* Everything the Content-* fields said, for the readings; lives while the part is read. */
struct content {
    struct param_field types[CONTENT_MOST];
    size_t n_types;
    struct param_field dispositions[CONTENT_MOST];
    size_t n_dispositions;
    struct slice encodings[CONTENT_MOST];
    size_t n_encodings;
    struct slice boundary;                     /* of the first type */
    struct slice boundaries[CONTENT_MOST * 2]; /* other boundaries that a program may take */
    size_t n_boundaries;
    enum encoding other[CONTENT_MOST]; /* other encodings that a program may take */
    enum anomaly_kind other_cause[CONTENT_MOST];
    size_t n_other;
};

/* Fills type, subtype, params, charset, disposition, encoding, content_id, names and the is_
 * flags of p from p->headers. in_digest: the default type is message/rfc822. */
void content_read(struct message *m, struct part *p, bool in_digest, struct content *out);
/* "Text/HTML" to its halves in lower case; false when it is not well formed (what can be used
 * is set all the same). */
bool content_type_split(struct arena *a, struct slice s, struct slice *out_type,
                        struct slice *out_subtype);

#endif
