/* Who writes to whom: the people whom a user of ours writes to, as keyed hashes, so that mail from
 * somebody who only looks like one of them is told. Nothing here can be read back: an address, its
 * organisational domain, what that domain looks like (UTS 39) and the name beside it are one number
 * each, under the site's key. It is the user's own memory: one user's mail says nothing about
 * another's. Forgotten with `keep.features`, refreshed by writing again.
 */
#ifndef MUSTER_JOURNAL_KNOWN_H
#define MUSTER_JOURNAL_KNOWN_H

#include "base/buf.h"
#include "journal/fold.h"

#define KNOWN_RECIPIENTS 10 /* a message to more people is no correspondence */
#define KNOWN_A_DAY      50 /* new addresses of one user; a mass mailing from his account stops here */

struct known_mark {
    uint64_t address, domain, shape;
    uint64_t name; /* 0: there is none that says anything */
};

/* Marks as the bytes of EVENT_WRITTEN_TO. */
void known_pack(struct buf *b, const struct known_mark *m);
/* Folds that event into VIEW_KNOWN. */
MUST_USE int known_fold(struct views *v, const struct event *ev, struct err *e);

/* What that user knows of a sender. */
struct known_sender {
    bool is_known;       /* he wrote to this address */
    bool is_domain;      /* he wrote to this organisational domain */
    bool is_domain_like; /* this domain looks like one that he wrote to, and is another */
    bool is_name_other;  /* he wrote to somebody of this name at another address */
};
/* Both within views_begin and views_end. known_any: is there anything to find for that user? Marks
 * cost more than this question. */
bool known_any(struct views *v, const unsigned char person[16]);
void known_find(struct views *v, const unsigned char person[16], const struct known_mark *m,
                struct known_sender *out);

/* When the entry was refreshed last; for forgetting. */
bool known_time(struct slice value, int64_t *out_us);

#endif
