/* A person at an address as the hashes under which a user's correspondents are remembered
 * (journal/known.h).
 */
#ifndef MUSTER_SCAN_KNOWN_MARK_H
#define MUSTER_SCAN_KNOWN_MARK_H

#include "journal/known.h"
#include "mail/message.h"

/* key: the site's. The arena is for work only. A name counts when it has two words and is no
 * address: "Info" is nobody. */
void known_mark(struct arena *a, const struct address *x, const unsigned char key[16],
                struct known_mark *out);

#endif
