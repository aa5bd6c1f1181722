/* What is verified about the sender of a message, for the classifier's channel of facts. */
#ifndef MUSTER_SCAN_FACTS_H
#define MUSTER_SCAN_FACTS_H

#include "scan/scan.h"

/* Gathers s->facts once authentication is over. None when it was not asked for, skipped (mail of
 * our own people) or incomplete: a message is not judged by the half of what could be known. */
void scan_facts(struct scan *s);
/* Their names in one line, domains first: "example.org, 192.0.2.0/24". */
struct slice scan_facts_words(const struct scan *s);

#endif
