/* The file of stated facts (--facts): what the sender says of itself, of the mailing, and of all
 * recipients alike. A flat JSON object of facts (law/fact.h law_facts_read), besides:
 *
 *     "sender": {"name": "...", "address": "...", "domain": "..."}   to be found in the message
 *     "?fact": "any text"                                            a remark, not read
 */
#ifndef MUSTER_LAW_FACTS_FILE_H
#define MUSTER_LAW_FACTS_FILE_H

#include "base/arena.h"
#include "law/fact.h"
#include "law/message_facts.h"

/* Reads it; at most 1 MiB. Texts lie in the arena. ERR_PARSE says what is wrong. */
MUST_USE int facts_file_read(struct arena *a, struct slice json, struct err *e, struct law_facts *f,
                             struct sender_record *sender);

#endif
