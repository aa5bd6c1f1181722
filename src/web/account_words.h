/* Words of accounts that several pages show: roles, whom somebody speaks for, what was done. */
#ifndef MUSTER_WEB_ACCOUNT_WORDS_H
#define MUSTER_WEB_ACCOUNT_WORDS_H

#include "web/page.h"

/* Message ids; the word itself where it is none of ours. */
const char *account_role_words(unsigned role);
const char *account_stakeholder_words(const char *word);
const char *account_verb_words(const char *verb);
/* Cells of one act: when, what, by whom, why; whose: also on whose account. */
void account_act_row(struct page *p, const json_t *act, bool whose);

#endif
