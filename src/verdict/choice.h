/* What a person chose for his own mail, and what the operator put on the site's lists from the
 * console: kept by keeper as an event, looked up in the views while a message waits.
 *
 * A choice never reaches further than the one who made it: a person's lists and strength judge
 * the copy that goes to him. Bounds are the operator's (policy own_points, own_lists). Entries of
 * the site end by themselves. Limits: CHOICE_ENTRIES entries, words of CHOICE_WORD bytes.
 */
#ifndef MUSTER_VERDICT_CHOICE_H
#define MUSTER_VERDICT_CHOICE_H

#include "base/buf.h"
#include "verdict/policy.h"

#define CHOICE_ENTRIES  500u
#define CHOICE_WORD     320u
#define CHOICE_REASON   400u
#define CHOICE_STRENGTH 2 /* -2 mildest, 0 as the site, 2 strictest */

enum choice_list { CHOICE_ALLOW, CHOICE_BLOCK };
enum choice_digest {
    CHOICE_DIGEST_SITE,
    CHOICE_DIGEST_NONE,
    CHOICE_DIGEST_DAY,
    CHOICE_DIGEST_WEEK
};

struct choice_entry {
    enum choice_list list;
    struct slice word;   /* an address, domain or network */
    struct slice reason; /* for people; may be empty in a person's own list */
    int64_t made_us;
    int64_t until_us; /* 0: no end */
};

struct choice {
    int strength; /* -CHOICE_STRENGTH to CHOICE_STRENGTH */
    enum choice_digest digest;
    struct slice lang;    /* for mail to this person: "pt"; empty: the site's */
    struct slice mailbox; /* whose choice; empty for the site */
    struct choice_entry *entries;
    size_t n;
};

void choice_pack(const struct choice *c, struct buf *out);
/* Texts are views into the bytes. false: not well formed. */
bool choice_unpack(struct arena *a, struct slice bytes, struct choice *out);
/* ERR_PARSE when a word is no address, domain or network; ERR_DENIED when a network is wider than
 * the charter allows. */
MUST_USE int choice_check_word(struct slice word, struct err *e);

/* Adds the finding of the lists, if any: entries that ended before now are not looked at. is_site:
 * as the operator's. */
void choice_lists(const struct choice *c, bool is_site, const struct policy_sender *s,
                  int64_t now_us, struct findings *all);
/* Moves tag and quarantine by the strength, within v->own_points; never below unsure, never above
 * reject. */
void choice_move(const struct choice *c, struct policy_view *v);

#endif
