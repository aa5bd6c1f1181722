/* What the pages of the library share. */
#ifndef MUSTER_WEB_LIBRARY_PAGES_H
#define MUSTER_WEB_LIBRARY_PAGES_H

#include "library/item.h"
#include "web/page.h"

/* Name of a country or language in the reader's language ("BR": "Brésil"). */
const char *library_country(struct page *p, const char *code);
const char *library_language(struct page *p, const char *code);
/* The word for people of a facet's value ("topic", "technology"), translated. */
const char *library_term(struct page *p, const char *facet, const char *word);
/* Foreign text with its language and direction. */
void library_text(struct page *p, const char *tag, const char *text, const char *language);
/* <li class="card">: one object as lists show it. */
void library_card_html(struct page *p, const json_t *o);
/* "proposed by a stranger", "reviewed", "link is dead" ... as tags. */
void library_tags(struct page *p, const json_t *o);
/* Under a title that was translated: as a draft, or by whom. */
void library_draft_note(struct page *p, const json_t *o);
/* {"lang": reader's language}, to be given to page_get. */
json_t *library_args(struct page *p);
/* Buttons and links that lead on from any page of the library. */
void library_nav(struct page *p);

/* All that is a measure's own, its steps, grades and adopters. */
void library_measure(struct page *p, const json_t *o, const json_t *body);
void library_path_steps(struct page *p, const json_t *o);
/* The title of another object ({"id", "title", ...}), leading to it. */
void library_name_link(struct page *p, const json_t *n);

page_fn library_list, library_one, library_versions, library_measures, library_paths,
    library_path_role, library_gaps_page, library_propose_page, library_review_page,
    library_translate_page, library_withdraw_page, library_erase_page, library_adopt_page,
    library_atom, library_json_feed;

#endif
