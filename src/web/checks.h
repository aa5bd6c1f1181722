/* What the filter looks at, for people: the words of findings in the reader's language, and where
 * each is explained (/checks). */
#ifndef MUSTER_WEB_CHECKS_H
#define MUSTER_WEB_CHECKS_H

#include "web/page.h"

/* The reason of one of keeper's findings: in the reader's language where it is one of ours, else in
 * English and marked so. */
void checks_say(struct page *p, const json_t *finding);
/* Message id for a kind of finding ("link"); the word itself when it is none. */
const char *checks_kind(const char *kind);
/* <a href="/checks#NAME">NAME</a> when it is explained there, else the name. */
void checks_link(struct page *p, const char *name);

#endif
