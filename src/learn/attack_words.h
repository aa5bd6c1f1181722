/* Which words stand in ham and not in spam: document counts, for eval_attack. */
#ifndef MUSTER_LEARN_ATTACK_WORDS_H
#define MUSTER_LEARN_ATTACK_WORDS_H

#include "base/slice.h"

#define ATTACK_WORDS_BEST 400

struct attack_words;

struct attack_words *attack_words_new(void);
void attack_words_free(struct attack_words *w);
/* Counts each word of 3 to 20 letters once for this message. */
void attack_words_count(struct attack_words *w, struct slice text, bool is_spam);
/* The words with the highest share of ham against spam, of those in at least 1 % of ham; best
 * first. Returns how many; they live as long as w. */
size_t attack_words_best(const struct attack_words *w, struct slice out[ATTACK_WORDS_BEST]);

#endif
