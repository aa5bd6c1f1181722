/* Taking out of a report what tells who reported or who received (RFC 6590).
 *
 * Addresses of these people become "u-XXXXXXXXXXXXXXXX@redacted.invalid", where X is a keyed hash:
 * the same person gives the same word on this node, and nobody without the key can try addresses
 * out. They are found as they stand, percent-encoded, in base64, in hexadecimal, as VERP
 * ("bounce-ann=example.org@..."), and by their names; long random words become "*", since hashes
 * and tokens look like that. URLs lose what may stand for a person: values of queries, fragments,
 * user names, random path segments and host labels. The header is kept by a list of fields, each
 * redacted in its own way; all others are left out. Linear, bounded.
 */
#ifndef MUSTER_DESK_REDACT_H
#define MUSTER_DESK_REDACT_H

#include "mail/message.h"

#define REDACT_PEOPLE 64u
#define REDACT_KEY    32u

struct redact_person {
    struct slice address; /* lower case */
    struct slice local, domain;
    struct slice name; /* folded to lower case; empty: none */
    struct slice word; /* what stands there instead */
};

struct redact {
    struct arena *arena;
    unsigned char key[REDACT_KEY];
    struct redact_person people[REDACT_PEOPLE];
    size_t n;
    size_t hits;         /* places where somebody was taken out */
    struct slice sender; /* the reported author's address, lower case: never taken out */
};

void redact_init(struct redact *r, struct arena *a, const unsigned char key[REDACT_KEY]);
/* Somebody to be taken out. name may be empty. What is no address is taken as none. */
void redact_add(struct redact *r, struct slice address, struct slice name);
void redact_add_list(struct redact *r, const struct address *list);
/* True when this address (any case) is somebody to be taken out, or of his domain when that is no
 * mail provider's: colleagues stand in the same place. */
bool redact_is_person(const struct redact *r, struct slice address);
/* True when this very address was added. */
bool redact_has(const struct redact *r, struct slice address);
/* An address as it may stay: as it is, as somebody's word, or with "*" for a local part that tells
 * of somebody (VERP). */
struct slice redact_address_of(struct redact *r, struct slice address);
/* The keyed word for an address. */
struct slice redact_word(struct redact *r, struct slice address);
/* Text with people taken out and links made canonical. */
struct slice redact_text(struct redact *r, struct slice text);
/* A URL without what may name a person; empty when it is none. mailto: and such are none. */
struct slice redact_url(struct redact *r, const struct url *url);
/* The header section to keep, at most `most` bytes, LF at line ends. */
struct slice redact_header(struct redact *r, const struct header_list *headers, size_t most);

#endif
