/* Key records to publish: the text of a private key's public half, as DNS wants it (RFC 6376
 * 3.6.1: strings of at most 255 bytes). */
#ifndef MUSTER_AUTH_KEY_RECORD_H
#define MUSTER_AUTH_KEY_RECORD_H

#include "auth/crypt.h"

/* "v=DKIM1; k=rsa; p=...". */
MUST_USE int key_record(struct arena *a, const struct crypt_private *k, struct err *e,
                        struct slice *out);
/* "SELECTOR._domainkey.DOMAIN." */
struct slice key_record_name(struct arena *a, struct slice selector, struct slice domain);
/* A line of a zone file: the name, IN TXT, the strings in quotes. */
struct slice key_record_line(struct arena *a, struct slice name, struct slice record);
struct slice key_base64(struct arena *a, struct slice bytes);

#endif
