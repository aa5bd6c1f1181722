/* What the files of law pages share. See law_pages.h. */
#ifndef MUSTER_WEB_LAW_INTERNAL_H
#define MUSTER_WEB_LAW_INTERNAL_H

#include "law/compare.h"
#include "law/country.h"
#include "web/law_pages.h"

#define LAW_PAGE_LAWS 512

/* The profiles; NULL after an error page was made. */
const struct law_library *law_pages_lib(struct page *p);
/* ?at= when it is a day, else today (UTC). */
int32_t law_pages_day(struct page *p);
/* The profile of a code or country on a day: the country's own, else the floor that counts it;
 * NULL when there is none. */
const struct law *law_pages_find(struct page *p, const char *code, int32_t day);
/* Laws that hold on a day, of countries and floors only or the others only; returns how many.
 * Sorted by name in the reader's language. */
size_t law_pages_all(struct page *p, int32_t day, bool of_places, const struct law **out);

/* The country's name in the reader's language, or the profile's own name. */
const char *law_pages_name(struct page *p, const struct law *law);
const char *law_pages_country(struct page *p, int32_t code);
/* Text of a profile, in English: <tag lang="en" dir="ltr">. */
void law_pages_en(struct page *p, const char *tag, struct slice text);
/* A field's value for people, or a dash where the profile does not know; in the arena. English
 * where it is the profile's own text. */
const char *law_pages_field(struct page *p, const struct law *law, enum law_field f);
/* What a rule asks: "10 working days", "opt-in", the label's tokens. */
const char *law_pages_rule(struct page *p, const struct law *law, enum law_rule rule);
/* "opt-in", "opt-out" ...: the consent rule in the reader's language, and its class on maps. */
const char *law_pages_model(struct page *p, const struct law *law);
const char *law_pages_model_class(const struct law *law);
/* The part of the world, in the language of the reader. */
const char *law_pages_region(struct page *p, const struct law *law);
const char *law_pages_confidence(struct page *p, enum law_confidence c);
/* A path of these pages with ?at= when the day is not today. */
const char *law_pages_href(struct page *p, const char *path, int32_t day);
/* <a href="/law/CODE">name</a>, with ?at= when the day is not today. */
void law_pages_link(struct page *p, const struct law *law, int32_t day);
/* A select of countries and profiles. with_terms: those of mailbox providers, too. */
void law_pages_select(struct page *p, const char *name, const char *label, const char *value,
                      bool with_terms);
/* Links to the other law pages, and the day, at the head of each. */
void law_pages_menu(struct page *p, const char *here);
/* That it is no legal advice. */
void law_pages_note(struct page *p);
/* "<day> 2026-11-21", or a dash. */
void law_pages_date(struct page *p, int32_t day);

/* One clause of a rule: title and citation, and its source as a link; nothing when there is none.
 */
void law_pages_clause(struct page *p, const struct law *law, unsigned rule);

page_fn law_map_page, law_show_page, law_matrix_page, law_compare_page, law_diff_page,
    law_between_page, law_check_page, law_receipt_page;

#endif
