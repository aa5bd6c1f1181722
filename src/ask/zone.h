/* A fixed zone: answers from memory or a file instead of the DNS (`--zone`), for tests and for
 * replaying what a message would get.
 *
 * The file is JSON: a name (case does not matter; "*.example" is a wildcard) to a list of
 *
 *     {"A": "192.0.2.1"} {"AAAA": "2001:db8::1"} {"MX": [10, "mail.example"]}
 *     {"PTR": "host.example"} {"NS": ...} {"CNAME": ...}
 *     {"TXT": "one string"} {"TXT": ["several", "strings"]}      one record each
 *     {"SPF": ...}              served as TXT unless the name has a TXT entry of its own
 *     {"TLSA": "3 1 1 0123ab"} {"TYPE257": "\\# 4 01020304"}     any type: RFC 3597
 *     {"TXT": "TIMEOUT"}        for that type: TIMEOUT SERVFAIL NXDOMAIN NONE NODATA BOGUS
 *     "TIMEOUT"                 for every type without an entry at this name
 *     {"secure": true}          answers at this name count as validated by DNSSEC
 *
 * or to one such item, or to a text alone (a TXT record). Names are folded (ask/name.h). CNAMEs
 * are followed; a name with nothing at or below it does not exist, one with something below it
 * is empty.
 */
#ifndef MUSTER_ASK_ZONE_H
#define MUSTER_ASK_ZONE_H

#include "ask/ask.h"
#include "base/err.h"

struct zone;

/* An empty zone; it lives in the arena. */
struct zone *zone_new(struct arena *a);
/* Reads a file's text (at most 64 MiB); ERR_PARSE names the place. */
MUST_USE int zone_parse(struct arena *a, struct slice json, struct err *e, struct zone **out);

/* One record. value in text: an address, a name, "10 mail.example" for MX, all bytes of one text
 * for TXT (cut into strings of 255), "3 1 1 0123ab" for TLSA, "\# 4 01020304" for any type.
 * false: no such name or value. */
bool zone_add(struct zone *z, struct slice name, enum dns_type type, struct slice value);
/* A TXT record of these strings, each at most 255 bytes. */
bool zone_add_txt(struct zone *z, struct slice name, const struct slice *strings, size_t n);
/* Data as on the wire. */
bool zone_add_rdata(struct zone *z, struct slice name, enum dns_type type, struct slice rdata);
/* This type at this name is answered so. type 0: each type that has no entry there. */
bool zone_add_status(struct zone *z, struct slice name, enum dns_type type, enum ask_status status);
bool zone_set_secure(struct zone *z, struct slice name);

/* name: as in struct dns_question. The answer points into the zone and the arena. */
void zone_look(const struct zone *z, struct arena *a, struct slice name, enum dns_type type,
               struct dns_answer *out);
/* Answers all that waits to be sent; returns how many questions that were. */
unsigned zone_answer(const struct zone *z, struct ask *q);

#endif
