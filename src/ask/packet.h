/* A DNS message (RFC 1035 section 4) read for one question: follows its aliases, takes the
 * records, uncompresses the names inside them.
 *
 * The message was validated and is handed on by libunbound, but its bytes are still foreign:
 * every offset is checked, compression may only point backwards.
 */
#ifndef MUSTER_ASK_PACKET_H
#define MUSTER_ASK_PACKET_H

#include "ask/ask.h"

/* Fills status, ttl, records and, for refusals, detail; security is the caller's. name: folded.
 * A message that is not well formed is ASK_FAILED. ttl of "there is nothing" is that of the SOA
 * record (RFC 2308), or 0 when there is none. */
void packet_read(struct arena *a, struct slice packet, struct slice name, enum dns_type type,
                 struct dns_answer *out);
/* What a response code means; *out_detail gets words for people or NULL. */
enum ask_status packet_rcode(unsigned rcode, const char **out_detail);

#endif
