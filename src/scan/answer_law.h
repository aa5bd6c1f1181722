/* The law's part of a scan and of its answers; for scan.c, answer.c and why.c. */
#ifndef MUSTER_SCAN_ANSWER_LAW_H
#define MUSTER_SCAN_ANSWER_LAW_H

#include "scan/scan.h"

/* Asks the definitions that the operator picked, if any; adds a finding for each that is broken. */
void scan_ask_law(struct scan *s, const struct scan_world *w);
/* The member "law" of the answer: a list, empty when none is applied. */
void scan_json_law(const struct scan *s, struct json *j);
/* A paragraph for each broken definition; nothing when there is none. */
struct lang;
void scan_why_law(const struct scan *s, const struct lang *lang, struct buf *out);

#endif
