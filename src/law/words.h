/* Words by which a message shows what it is (words_table.h), and the language it is written in.
 *
 * One pass over the folded text, about a look-up per word. The words are folded at the first use
 * or by words_warm and then stay; nothing is freed.
 */
#ifndef MUSTER_LAW_WORDS_H
#define MUSTER_LAW_WORDS_H

#include "base/arena.h"

enum word_topic {
    WORD_SMALL,   /* frequent small words, by which languages are told apart */
    WORD_LEAVE,   /* the way out of a mailing */
    WORD_ADVERT,  /* says of itself that it is advertising */
    WORD_SELL,    /* sells something */
    WORD_IMPRINT, /* names the page that says who the sender is */
    WORD_TOPICS
};

#define WORD_LANGUAGES_MOST 64

struct word_hits {
    /* By language. Small words count 60 each, parted among the languages that have them. */
    uint32_t n[WORD_TOPICS][WORD_LANGUAGES_MOST];
    struct slice first[WORD_TOPICS]; /* folded, as it stands in the text */
    unsigned first_language[WORD_TOPICS];
};

void words_warm(void);
unsigned words_languages(void);
const char *words_language(unsigned i); /* "de" */
/* The number of a language, or -1. */
int words_language_of(struct slice code);
/* Looks through at most max_bytes of text and fills *out. */
void words_find(struct arena *a, struct slice text, size_t max_bytes, struct word_hits *out);
/* In how many places a word of the topic stands, whatever the language. */
uint32_t words_count(const struct word_hits *h, enum word_topic topic);

struct language_guess {
    int language; /* number, or -1: too little text or too close to call */
    int second;   /* the next likely one, or -1 */
    double share; /* of the evidence that speaks for it, 0 to 1 */
};
/* text is the one that `hits` was made from. */
void words_guess(struct slice text, const struct word_hits *hits, struct language_guess *out);

#endif
