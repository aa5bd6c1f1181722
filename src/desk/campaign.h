/* Campaigns: which reports are about the same mailing.
 *
 * Each report has marks: short words under which it is found again (its text, its links, its files,
 * pieces of its fingerprint). Some marks speak for themselves; pieces of a fingerprint only name
 * candidates, whose whole prints are then compared. The first report of a mailing makes the
 * campaign, later ones join; campaigns are never merged, so the same reports in the same order give
 * the same campaigns, whatever else is asked meanwhile. What is known as wanted mail (templates of
 * banks and shops) is never grouped by its text: a thousand people get it, and one of them may
 * dislike it. Pure: storage is the caller's. Bounded by CAMPAIGN_MARKS and CAMPAIGN_LOOKS.
 */
#ifndef MUSTER_DESK_CAMPAIGN_H
#define MUSTER_DESK_CAMPAIGN_H

#include "desk/report.h"

#define CAMPAIGN_MARKS 80u
#define CAMPAIGN_LOOKS 8u /* prints that are compared for one report */

enum campaign_why {
    CAMPAIGN_NONE,
    CAMPAIGN_TEXT, /* the same text */
    CAMPAIGN_FILE, /* the same attached file */
    CAMPAIGN_LINK, /* the same link */
    CAMPAIGN_NEAR  /* nearly the same text */
};

struct campaign_store {
    void *arg;
    /* The campaign that has this mark; false: none. */
    bool (*find)(void *arg, struct slice mark, unsigned char out[16]);
    /* The print of some report of that campaign (its first); false: it has none. */
    bool (*print)(void *arg, const unsigned char campaign[16], struct desk_print *out);
};

/* The marks under which the report will be found: enter those that no campaign has yet. They are
 * ASCII, at most 64 bytes each, in the arena; out has room for CAMPAIGN_MARKS. */
size_t campaign_marks(struct arena *a, const struct desk_report *r, struct slice *out);
/* The campaign that the report belongs to, and why; CAMPAIGN_NONE: it begins one. */
enum campaign_why campaign_find(struct arena *a, const struct desk_report *r,
                                const struct campaign_store *s, unsigned char out[16]);
/* Marks of mail that is known as wanted; entered under any campaign id, they keep reports of such
 * mail from being grouped by text or near text (their links and files still count). */
size_t campaign_veto_marks(struct arena *a, const struct desk_print *p, struct slice *out);
const char *campaign_why_name(enum campaign_why w);

/* Domains under which everybody has pages (shorteners, forms, clouds, social networks): their name
 * alone ties nothing together. */
bool campaign_is_shared(struct slice domain);

#endif
