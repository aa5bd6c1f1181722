/* What the desk's pages share: reports (desk_report.c), cases (desk.c), listings and appeals
 * (desk_listing.c). */
#ifndef MUSTER_WEB_DESK_H
#define MUSTER_WEB_DESK_H

#include "web/page.h"

#define DESK_WORKS (ACTOR_REVIEWER | ACTOR_OPERATOR | ACTOR_STEWARD)

/* True for who works on cases and listings. */
bool desk_works(const struct page *p);
/* <dt>our label</dt><dd>words</dd>; nothing when there are none. */
void desk_fact(struct page *p, const char *label, const char *words);
/* The same with our own words, translated. */
void desk_fact_own(struct page *p, const char *label, const char *msgid);
/* The same with a time that keeper wrote; nothing for null. */
void desk_fact_time(struct page *p, const char *label, const char *when);
/* "harm", "state" and such words of keeper for people (message id). */
const char *desk_word(const char *word);
/* The table of what happened. */
void desk_history(struct page *p, const json_t *list);
/* "2026-11-22 08:30 UTC" of keeper's time; "" stays. */
const char *desk_when(struct page *p, const char *when);

/* How control is shown for an appeal that waits for it (desk_proof.c). */
void desk_proof_forms(struct page *p, const json_t *appeal);

/* Links to a case in the formats of others (desk_handover.c). */
void desk_handover_links(struct page *p, const char *code);

extern const struct route desk_routes[], desk_report_routes[], desk_listing_routes[],
    desk_proof_routes[], desk_feed_routes[], desk_handover_routes[];

#endif
