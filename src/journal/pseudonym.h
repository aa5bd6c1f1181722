/* People in events and views: a keyed hash of the canonical mailbox instead of the address. */
#ifndef MUSTER_JOURNAL_PSEUDONYM_H
#define MUSTER_JOURNAL_PSEUDONYM_H

#include "base/arena.h"

/* Lower case, without a "+tag" in the local part; a bare user name stays one. */
struct slice mailbox_canonical(struct arena *a, struct slice mailbox);
/* BLAKE2b of the canonical mailbox under the site's key; zeros for an empty mailbox. */
void pseudonym_of(const unsigned char key[32], struct slice canonical, unsigned char out[16]);

#endif
