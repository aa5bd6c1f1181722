/* Between intake.c, which finds messages, and intake_facts.c, which says what is in them. */
#ifndef MUSTER_DESK_INTAKE_INTERNAL_H
#define MUSTER_DESK_INTAKE_INTERNAL_H

#include "desk/forward.h"
#include "desk/intake.h"

/* The report's fields out of the reported message m, people taken out. text: what counts as its
 * text (NULL: m's own). is_rebuilt: m was put together from a forward; its header is not its own.
 */
void intake_facts(struct redact *r, const struct message *m, const struct slice *text,
                  bool is_rebuilt, int64_t now_us, struct desk_report *out);
/* Adds links that stand in a text. */
void intake_links(struct redact *r, const struct link *links, struct desk_report *out);
/* A note, cut to its most; dropped when there are too many. */
void intake_note(struct desk_report *out, struct slice words);

#endif
