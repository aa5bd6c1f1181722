/* Words as the library's search compares them: without case, accents, Arabic points or the width
 * of letters, and without the commonest endings of a plural.
 *
 * The same function writes the index and reads a question, so it needs no language: a word goes
 * the same way on both sides. Han, kana and Thai, which put no spaces between words, give every
 * single sign and every pair of neighbours; a question asks for pairs. Text is foreign: bad UTF-8
 * is passed over, words are cut at WORDS_LONGEST bytes.
 */
#ifndef MUSTER_LIBRARY_WORDS_H
#define MUSTER_LIBRARY_WORDS_H

#include "base/arena.h"
#include "base/buf.h"

#define WORDS_LONGEST 64u
#define WORDS_ASKED   12 /* words of a question that count */

/* Adds the words of a text to an index entry, parted by spaces. */
void words_add(struct slice text, struct buf *out);
/* The words of a question, without those that every text has ("the", "de", "dans"), unless it has
 * no others. They lie in the arena; returns how many, at most WORDS_ASKED. */
size_t words_asked(struct slice typed, struct arena *a, struct slice out[WORDS_ASKED]);
/* 64 bits of a folded word (or, one after the other, of an index entry's words), two of which are
 * set per word: all bits of a word are among those of a text that has it. */
uint64_t words_bits(struct slice words);
/* An identifier made of a title: a-z 0-9 and dashes, at most `most` bytes; empty when the title
 * has no Latin letter or digit. */
struct slice words_slug(struct arena *a, struct slice title, size_t most);

#endif
