/* Words that several doors write: a finding in one line. */
#ifndef MUSTER_DOORS_SAY_H
#define MUSTER_DOORS_SAY_H

#include "base/escape.h"
#include "evidence/finding.h"

/* The reason with its detail filled in and escaped for that use. */
void say_finding(const struct finding *f, enum escape_for use, struct buf *out);
/* A finding's name as rspamd and SpamAssassin write theirs: upper case. */
void say_symbol(const struct finding *f, struct buf *out);

#endif
