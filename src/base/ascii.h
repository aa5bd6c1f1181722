/* Kinds of bytes, several bits each: one look-up and an "or" a byte say what a whole word is made
 * of, where chains of comparisons cost several times as much. For code that walks over all text.
 */
#ifndef MUSTER_BASE_ASCII_H
#define MUSTER_BASE_ASCII_H

enum {
    ASCII_UPPER = 1,
    ASCII_LOWER = 2,
    ASCII_DIGIT = 4,
    ASCII_SPACE = 8,  /* space, tab, CR, LF, VT, FF */
    ASCII_HIGH = 16,  /* 0x80 and above: other scripts in UTF-8 */
    ASCII_PARTS = 32, /* controls, space and "'(),/:;<=>[] : what parts tokens of header fields */
    ASCII_DOT = 64,
    ASCII_OTHER = 128, /* @ and all that has no other bit */
    ASCII_ALPHA = ASCII_UPPER | ASCII_LOWER,
    ASCII_WORD = ASCII_ALPHA | ASCII_DIGIT | ASCII_HIGH
};

extern const unsigned char ASCII_KINDS[256];

static inline unsigned ascii_kind(char c)
{
    return ASCII_KINDS[(unsigned char)c];
}

/* Lower case of a byte whose kind is known. */
static inline char ascii_lower_of(char c, unsigned kind)
{
    return (char)(c + (char)((kind & ASCII_UPPER) << 5));
}

#endif
