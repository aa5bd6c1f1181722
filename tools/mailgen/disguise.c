/* Disguises that spammers put over their wording. Links and markup stay whole,
 * because theirs do. */
#include "gen.h"

#include <ctype.h>
#include <string.h>

static bool in_link(const char *s, const char *p)
{
    while (p > s && !isspace((unsigned char)p[-1]))
        p--;
    return strncmp(p, "http", 4) == 0;
}

/* An invisible or soft-hyphen character inside words. */
static void split_words(rng *r, const char *s, text *out)
{
    static const char *const gaps[] = {"\u200b", "\u200c", "\u00ad", "\u2060", "\ufeff"};
    const char *gap = gaps[rng_below(r, 5)];
    for (const char *p = s; *p; p++) {
        text_char(out, *p);
        if (isalpha((unsigned char)p[0]) && isalpha((unsigned char)p[1]) && rng_chance(r, 22) &&
            !in_link(s, p))
            text_str(out, gap);
    }
}

static void foreign_letters(rng *r, const char *s, text *out)
{
    static const char latin[] = "aceopxyiAEOPCTHBMK";
    static const char *const twin[] = {"а", "с", "е", "о", "р", "х", "у", "і", "А",
                                       "Е", "О", "Р", "С", "Т", "Н", "В", "М", "К"};
    for (const char *p = s; *p; p++) {
        const char *at = strchr(latin, *p);
        if (at && rng_chance(r, 35) && !in_link(s, p))
            text_str(out, twin[at - latin]);
        else
            text_char(out, *p);
    }
}

void disguise(rng *r, trick_kind k, const char *s, text *out)
{
    if (k == TRICK_SPLIT)
        split_words(r, s, out);
    else if (k == TRICK_HOMOGLYPH)
        foreign_letters(r, s, out);
    else
        text_str(out, s);
}
