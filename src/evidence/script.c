/* Letters that are not what they seem: words that mix scripts, characters that are not seen. */
#include "evidence/families.h"

#include "base/bytemask.h"
#include "base/escape.h"
#include "base/utf8.h"
#include "mail/unicode.h"

/* Bytes that end a word for this purpose; all letters beyond ASCII belong to words. */
static bool is_word_byte(unsigned char c)
{
    return c >= 0x80 || ascii_is_alnum((char)c);
}

/* Index of the next byte beyond ASCII at or after i; s.n when there is none. */
static size_t next_high(struct slice s, size_t i)
{
    for (; i < s.n; i += BYTES64) {
        struct bytes64 b = bytes64_load(slice_from(s, i));
        uint64_t high = bytes64_high(&b);
        if (high)
            return i + bitmask_first(high);
    }
    return s.n;
}

size_t mixed_words(struct slice s, size_t max_bytes, struct slice *out_first)
{
    size_t n = 0;
    s = utf8_head(s, max_bytes);
    for (size_t i = 0, high; (high = next_high(s, i)) < s.n;) {
        size_t start = high;
        while (start > i && is_word_byte((unsigned char)s.p[start - 1]))
            start--;
        bool has_ascii = false, has_other = false;
        for (i = start; i < s.n && is_word_byte((unsigned char)s.p[i]); i++) {
            has_ascii |= ascii_is_alpha(s.p[i]);
            has_other |= (unsigned char)s.p[i] >= 0xCD; /* Greek, Cyrillic and beyond */
        }
        struct slice word = slice_of(s.p + start, i - start);
        if (has_ascii && has_other && unicode_is_mixed_word(word) && n++ == 0)
            *out_first = word;
    }
    return n;
}

static bool is_counted(uint32_t c, bool after_ascii)
{
    if (!escape_is_invisible(c) || c == 0xFEFF)
        return false;
    bool is_emoji_part = (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0000 && c <= 0xE01EF);
    bool is_joiner = c == 0x200C || c == 0x200D;
    bool is_mark = c == 0x200E || c == 0x200F || c == 0xAD; /* honest in right-to-left text */
    return !is_emoji_part && !is_mark && (!is_joiner || after_ascii);
}

size_t invisible_characters(struct slice s, size_t max_bytes)
{
    size_t n = 0;
    bool after_ascii = false;
    s = utf8_head(s, max_bytes);
    for (size_t high; (high = next_high(s, 0)) < s.n;) {
        if (high)
            after_ascii = ascii_is_alpha(s.p[high - 1]);
        s = slice_from(s, high);
        n += is_counted(utf8_next(&s, NULL), after_ascii);
        after_ascii = false;
    }
    return n;
}
