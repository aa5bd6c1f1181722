/* Text of format=flowed (RFC 3676) as paragraphs. */
#ifndef MUSTER_MAIL_FLOWED_H
#define MUSTER_MAIL_FLOWED_H

#include "base/arena.h"

/* Joins flowed lines, takes off space-stuffing; quote marks stay at the front of a paragraph.
 * delsp: the trailing space of a flowed line goes too. Line ends become LF. Linear. */
struct slice flowed_join(struct arena *a, struct slice text, bool delsp);

#endif
