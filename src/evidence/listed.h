/* What of a message stands on this site's listings: gathered from the views while they are open,
 * then made into findings like any other evidence. */
#ifndef MUSTER_EVIDENCE_LISTED_H
#define MUSTER_EVIDENCE_LISTED_H

#include "journal/listed.h"
#include "mail/envelope.h"
#include "mail/message.h"

#define LISTED_HITS  4u
#define LISTED_LINKS 64u /* links of one message that are looked up */

enum listed_place { LISTED_SENDER, LISTED_IN_LINK, LISTED_SOURCE };

struct listed_hit {
    enum listed_place place;
    struct listed listing;
    struct slice what; /* as it stands in the message */
};
struct listed_hits {
    struct listed_hit hit[LISTED_HITS]; /* the harshest of each place comes first */
    size_t n;
};

/* Within views_begin and views_end. Linear in the number of links. */
void listed_gather(struct views *v, struct arena *a, const struct message *m,
                   const struct envelope *env, int64_t now_us, struct listed_hits *out);

#endif
