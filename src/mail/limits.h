/* All limits of message reading in one struct. Every limit that is hit becomes an anomaly
 * (`limit_*`), never a silent cut. */
#ifndef MUSTER_MAIL_LIMITS_H
#define MUSTER_MAIL_LIMITS_H

#include <stddef.h>

struct mail_limits {
    size_t message_bytes; /* read at most this much of a message; the rest is not looked at */
    size_t header_bytes;  /* of one header section */
    size_t header_fields; /* of one header section */
    size_t field_bytes;   /* of one field, unfolded */
    size_t parts;         /* MIME parts in the whole message */
    size_t depth;         /* nesting of multiparts and message/rfc822 together */
    size_t params;        /* parameters of one field */
    size_t addresses;     /* of one field */
    size_t encoded_words; /* of one field */
    size_t readings;      /* other readings kept for one part */
    size_t names;         /* candidate file names of one part */
    size_t decoded_bytes; /* decoded bytes of all parts and readings together */
    size_t text_bytes;    /* UTF-8 text of all parts together */
    size_t html_bytes;    /* HTML looked at in one part */
    size_t html_depth;    /* open elements tracked */
    size_t links;         /* in the whole message */
    size_t wide_hosts;    /* links whose host is written outside ASCII */
    size_t url_bytes;     /* of one URL */
    size_t inline_files;  /* uuencode and yEnc files found in text */
};

/* Safe defaults for any mail: 50 MB message, 1 MB header, 1,000 parts, depth 30, ... */
extern const struct mail_limits MAIL_LIMITS;

#endif
