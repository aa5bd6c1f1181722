/* Postal addresses in running text, in the formats of many countries.
 *
 * A recogniser that would rather say "can't tell" than be wrong: a hit needs a street or a post
 * box, and besides a postcode beside a place name or a country's name, within four lines. Signs of
 * less than that are weak; a text without any sign holds no address.
 */
#ifndef MUSTER_LAW_POSTAL_H
#define MUSTER_LAW_POSTAL_H

#include "base/arena.h"

enum postal_answer {
    POSTAL_NONE, /* nothing in the text could be part of an address */
    POSTAL_WEAK, /* something could */
    POSTAL_FOUND
};

struct postal_hit {
    enum postal_answer answer;
    struct slice text; /* the lines that look like it; empty for NONE */
    char country[3];   /* by its name or postcode, when only one fits; else "" */
};

/* Looks through at most max_bytes of UTF-8 text. Linear. */
void postal_find(struct slice text, size_t max_bytes, struct postal_hit *out);
/* True when the address that a sender states stands in the text: its words of three letters and
 * more and its numbers, in any order and spelling of case, spaces and punctuation, within 400
 * bytes of folded text. */
bool postal_is_in(struct arena *a, struct slice address, struct slice text);

#endif
