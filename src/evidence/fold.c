/* Folding of text for phrases: cheap, table-free for the scripts with case, good enough for
 * comparing; not a replacement of NFKC. */
#include "evidence/phrases.h"

#include "base/bytemask.h"
#include "base/escape.h"
#include "base/utf8.h"

/* Letters of Latin-1 (U+00C0..) and Latin Extended-A (..U+017F) without their accents; a dot is
 * a letter that needs two, handled below, or no letter. */
static const char PLAIN[] = "aaaaaa.ceeeeiiiidnooooo.ouuuuy.."
                            "aaaaaa.ceeeeiiiidnooooo.ouuuuy.y"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkkllllllllll"
                            "nnnnnnnnnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
_Static_assert(sizeof PLAIN - 1 == 0x180 - 0xC0, "one letter per code point");

static const char *pair_of(uint32_t c)
{
    switch (c) {
    case 0xDF:
        return "ss";
    case 0xC6:
    case 0xE6:
        return "ae";
    case 0xDE:
    case 0xFE:
        return "th";
    case 0x132:
    case 0x133:
        return "ij";
    case 0x152:
    case 0x153:
        return "oe";
    default:
        return NULL;
    }
}

static bool is_single(uint32_t c)
{
    return (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
           (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0x0E00 && c <= 0x0E7F) ||
           (c >= 0x20000 && c <= 0x3FFFF);
}

static uint32_t lower(uint32_t c)
{
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFEE0; /* full width */
    if (c < 0x80)
        return (unsigned char)ascii_lower((char)c);
    if (c >= 0x410 && c <= 0x42F)
        return c + 0x20;
    if (c >= 0x400 && c <= 0x40F)
        return c == 0x401 ? 0x435 : c + 0x50;
    if (c == 0x451)
        return 0x435;
    if (c >= 0x391 && c <= 0x3A9)
        return c + 0x20;
    switch (c) { /* Greek with tonos, final sigma */
    case 0x386:
    case 0x3AC:
        return 0x3B1;
    case 0x388:
    case 0x3AD:
        return 0x3B5;
    case 0x389:
    case 0x3AE:
        return 0x3B7;
    case 0x38A:
    case 0x3AF:
        return 0x3B9;
    case 0x38C:
    case 0x3CC:
        return 0x3BF;
    case 0x38E:
    case 0x3CD:
        return 0x3C5;
    case 0x38F:
    case 0x3CE:
        return 0x3C9;
    case 0x3C2:
        return 0x3C3;
    default:
        return c;
    }
}

static bool is_letter(uint32_t c)
{
    if (c < 0x80)
        return ascii_is_alnum((char)c);
    if (c < 0xC0 || c == 0xD7 || c == 0xF7 || c == UTF8_BAD)
        return false;
    return !((c >= 0x2000 && c <= 0x2BFF) || (c >= 0x3000 && c <= 0x303F) ||
             (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF0F) || c >= 0x1F000);
}

struct fold {
    char *p;
    size_t n;
    bool gap; /* the next letter begins a word */
    uint32_t *starts;
    size_t words;
};

static void put(struct fold *f, const char *s, size_t n)
{
    if (f->gap && f->n)
        f->p[f->n++] = ' ';
    f->starts[f->words] = (uint32_t)f->n;
    f->words += f->gap;
    f->gap = false;
    memcpy(f->p + f->n, s, n);
    f->n += n;
}

static void put_point(struct fold *f, uint32_t c)
{
    char text[4];
    if (c == 0xAD || (c >= 0x300 && c <= 0x36F) || escape_is_invisible(c))
        return; /* soft hyphens, accents standing alone, zero-width characters */
    c = lower(c);
    if (!is_letter(c)) {
        f->gap = true;
        return;
    }
    if (is_single(c))
        f->gap = true;
    const char *two = pair_of(c);
    if (two)
        put(f, two, 2);
    else if (c >= 0xC0 && c < 0x180 && PLAIN[c - 0xC0] != '.')
        put(f, &PLAIN[c - 0xC0], 1);
    else
        put(f, text, utf8_put(text, c));
    if (is_single(c))
        f->gap = true;
}

/* Of a block of ASCII the first n bytes: letters and digits in lower case, one space between words;
 * an apostrophe is dropped and parts none. A run is copied sixteen bytes at a time, what is too
 * much is written over by what follows. */
static void put_block(struct fold *f, const struct bytes64 *b, size_t n)
{
    char lower[BYTES64 + 16];
    struct bytes64 folded = bytes64_lower(b);
    memcpy(lower, &folded, sizeof folded);
    uint64_t all = bitmask_head(n);
    uint64_t words = (bytes64_letters(b) | bytes64_digits(b)) & all;
    uint64_t gaps = ~words & ~bytes64_is(b, '\'') & all;
    uint32_t *start = f->starts + f->words;
    uint64_t gap = f->gap;
    size_t at = f->n;
    while (words) {
        unsigned from = bitmask_first(words);
        uint64_t above = ~(words >> from); /* has a bit: above the run, or shifted in */
        unsigned run = words >> from == UINT64_MAX ? BYTES64 : bitmask_first(above);
        gap |= gaps & bitmask_head(from);
        f->p[at] = ' ';
        at += gap && at;
        *start = (uint32_t)at;
        start += gap != 0;
        memcpy(f->p + at, lower + from, 16);
        if (run > 16)
            memcpy(f->p + at + 16, lower + from + 16, run - 16);
        at += run;
        words &= ~bitmask_head(from + run);
        gaps &= ~bitmask_head(from + run);
        gap = 0;
    }
    f->gap = gap || gaps;
    f->n = at;
    f->words = (size_t)(start - f->starts);
}

/* Folds ASCII up to the next byte beyond it: the way of nearly all bytes. */
static void put_ascii(struct fold *f, struct slice *text)
{
    while (text->n) {
        struct bytes64 b = bytes64_load(*text);
        size_t most = text->n < BYTES64 ? text->n : BYTES64;
        uint64_t high = bytes64_high(&b);
        size_t n = high ? bitmask_first(high) : most;
        put_block(f, &b, n);
        *text = slice_from(*text, n);
        if (n < most)
            return;
    }
}

struct phrase_words phrases_fold_words(struct arena *a, struct slice text)
{
    /* A bad byte costs nothing; a letter grows by at most one space; words have a gap between; the
     * last run is copied with what stands behind it. */
    struct fold f = {.p = arena_bytes(a, 2 * text.n + 8 + 16),
                     .starts = ARENA_ARRAY(a, uint32_t, text.n / 2 + 3),
                     .gap = true};
    while (text.n) {
        put_ascii(&f, &text);
        if (text.n)
            put_point(&f, utf8_next(&text, NULL));
    }
    f.starts[f.words] = (uint32_t)f.n + 1;
    return (struct phrase_words){slice_of(f.p, f.n), f.starts, f.words};
}

struct slice phrases_fold(struct arena *a, struct slice text)
{
    return phrases_fold_words(a, text).text;
}
