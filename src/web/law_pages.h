/* Pages on law (/law...): map, matrix, one profile, side by side, by date, from here to there, the
 * check of a mailing, the check of a consent receipt. They ask the law room within this process;
 * nothing that a visitor sends is kept or sent on.
 */
#ifndef MUSTER_WEB_LAW_PAGES_H
#define MUSTER_WEB_LAW_PAGES_H

#include "law/law.h"
#include "web/page.h"

/* Hands over the profiles and loads what reading needs (names of countries, words, ICU's tables);
 * before the walls close. lib outlives all pages. Without it the pages answer 503. */
void law_pages_open(const struct law_library *lib);

extern const struct route law_routes[];

#endif
