/* Text builder. See html_text.h. */
#include "mail/html_text.h"

#include "base/bytes16.h"
#include "base/escape.h"
#include "base/utf8.h"

/* Bytes that need a look: white space, controls, and first bytes of sequences that may be white
 * space or invisible (U+00A0 00AD 034F 061C 115F 1680 17B4 180B 200x 202x 205F-206F 2800 3000
 * 3164 FE0x FEFF FFA0 FFFx E0xxx). */
enum look { PLAIN, SPACE, LINE, MAYBE };
static const unsigned char looks[256] = {
    [0] = SPACE,    ['\t'] = SPACE, ['\n'] = LINE,  ['\v'] = SPACE, ['\f'] = SPACE,
    ['\r'] = SPACE, [' '] = SPACE,  [0xC2] = MAYBE, [0xCD] = MAYBE, [0xD8] = MAYBE,
    [0xE1] = MAYBE, [0xE2] = MAYBE, [0xE3] = MAYBE, [0xEF] = MAYBE, [0xF3] = MAYBE};

void html_text_gap(struct html_text *t, enum html_gap gap)
{
    if (gap > t->gap)
        t->gap = gap;
}

static bool is_wide_space(uint32_t c)
{
    return c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x2800 || c == 0x3000;
}

/* True when joiners belong to the script of the last character (Arabic, Indic, emoji ...). */
static bool joins_honestly(const struct html_text *t)
{
    size_t i = t->out.n;
    while (i && ((unsigned char)t->out.p[i - 1] & 0xC0) == 0x80)
        i--;
    return i && i < t->out.n + 1 && t->gap == GAP_NONE && (unsigned char)t->out.p[i - 1] >= 0xD6;
}

static bool is_joiner(uint32_t c)
{
    return c == 0x200C || c == 0x200D || (c >= 0xFE00 && c <= 0xFE0F);
}

static bool is_word_byte(char c)
{
    return ascii_is_alnum(c) || (c & 0x80);
}

/* Settles what waits before a visible character that starts with byte c. */
static void settle(struct html_text *t, char c)
{
    if (t->gap != GAP_NONE && t->out.n)
        buf_chr(&t->out, t->gap == GAP_LINE ? '\n' : ' ');
    if (t->loose) {
        bool inside = t->gap == GAP_NONE && t->out.n && is_word_byte(c) &&
                      is_word_byte(t->out.p[t->out.n - 1]);
        if (inside) {
            t->zero_width += t->loose_chars;
            t->zero_bytes += t->loose;
        }
        t->loose = t->loose_chars = 0;
    }
    t->gap = GAP_NONE;
}

/* A character that may be white space or invisible. Returns bytes added. */
static size_t odd_character(struct html_text *t, struct slice whole, uint32_t c)
{
    if (is_wide_space(c)) {
        html_text_gap(t, GAP_SPACE);
        return 0;
    }
    if (escape_is_invisible(c) && !(is_joiner(c) && joins_honestly(t))) {
        t->loose += (uint32_t)whole.n;
        t->loose_chars++;
        return 0;
    }
    settle(t, whole.p[0]);
    buf_add(&t->out, whole);
    return whole.n;
}

/* The last byte of such a mark. */
static bool is_mark(unsigned char c)
{
    return (c >= 0x90 && c < 0xA8) || (c >= 0xB0 && c < 0xC0);
}

/* Bytes of the character at the front when it is neither white space nor invisible, else 0. */
static size_t usual(struct slice s)
{
    struct slice rest = s;
    if (s.n >= 3 && memcmp(s.p, "\xef\xbf\xbd", 3) == 0)
        return 3; /* U+FFFD comes by the thousand where a charset was wrong */
    /* U+2010 to U+2027, U+2030 to U+203F: dashes, quotation marks, dots. */
    if (s.n >= 3 && memcmp(s.p, "\xe2\x80", 2) == 0 && is_mark((unsigned char)s.p[2]))
        return 3;
    uint32_t c = utf8_next(&rest, NULL);
    return is_wide_space(c) || escape_is_invisible(c) ? 0 : s.n - rest.n;
}

static unsigned white_mask(const struct bytes16 *b)
{
    return bytes16_space(b) | bytes16_is(b, '\0');
}

/* The bytes that `looks` calls MAYBE. */
static unsigned maybe_mask(const struct bytes16 *b)
{
    if (bytes16_high(b) == 0)
        return 0;
    return bytes16_is(b, '\xC2') | bytes16_is(b, '\xCD') | bytes16_is(b, '\xD8') |
           bytes16_range(b, 0xE1, 0xE3) | bytes16_is(b, '\xEF') | bytes16_is(b, '\xF3');
}

/* How many bytes go on a run at i: a visible character, or a single space between plain ones; 0:
 * the run ends. */
static size_t run_step(struct slice s, size_t i, bool after_plain)
{
    enum look look = looks[(unsigned char)s.p[i]];
    if (s.p[i] == ' ' && after_plain && i + 1 < s.n)
        return looks[(unsigned char)s.p[i + 1]] == PLAIN;
    return look == PLAIN ? 1 : look == MAYBE ? usual(slice_from(s, i)) : 0;
}

/* A run of visible characters with single spaces inside goes in one piece: its length. Blocks
 * without characters that need a look are told by masks. */
static size_t run_of(struct slice s)
{
    size_t i = 0;
    bool after_plain = false; /* or after a single space, behind which no space is */
    while (i < s.n) {
        struct bytes16 b = bytes16_load(slice_from(s, i));
        if (maybe_mask(&b)) {
            for (size_t end = i + BYTES16, n; i < s.n && i < end; i += n) {
                n = run_step(s, i, after_plain);
                if (n == 0)
                    return i;
                after_plain = looks[(unsigned char)s.p[i]] != MAYBE;
            }
            continue;
        }
        unsigned odd = white_mask(&b), plain = ~odd & BYTES16_ALL;
        bool next_plain = i + BYTES16 < s.n && looks[(unsigned char)s.p[i + BYTES16]] == PLAIN;
        unsigned between = (plain << 1 | after_plain) &
                           (plain >> 1 | (unsigned)next_plain << (BYTES16 - 1));
        unsigned stop = odd & ~(bytes16_is(&b, ' ') & between);
        if (stop)
            return i + bytes16_first(stop);
        after_plain = plain >> (BYTES16 - 1);
        i += BYTES16;
    }
    return i < s.n ? i : s.n;
}

/* White space at the front; *out_line: it has a line end. */
static size_t white_run(struct slice s, bool *out_line)
{
    size_t i = 0;
    unsigned lines = 0;
    for (;;) {
        struct bytes16 b = bytes16_load(slice_from(s, i));
        size_t n = bytes16_first(~white_mask(&b) & BYTES16_ALL);
        lines |= bytes16_is(&b, '\n') & bytes16_head(n);
        i += n;
        if (n < BYTES16 || i >= s.n)
            break;
    }
    *out_line = lines != 0;
    return i < s.n ? i : s.n; /* behind the end stand zeros, which are white */
}

size_t html_text_add(struct html_text *t, struct slice s, bool preserves)
{
    size_t added = 0;
    while (s.n) {
        enum look look = looks[(unsigned char)s.p[0]];
        if (look == SPACE || look == LINE) {
            bool has_line;
            s = slice_from(s, white_run(s, &has_line));
            html_text_gap(t, has_line && preserves ? GAP_LINE : GAP_SPACE);
            continue;
        }
        size_t run = run_of(s);
        if (run) {
            settle(t, s.p[0]);
            buf_add(&t->out, slice_head(s, run));
            added += run;
            s = slice_from(s, run);
            continue;
        }
        if (slice_starts(s, SLICE("\xC2\xA0"))) { /* the no-break space: most of what is odd */
            html_text_gap(t, GAP_SPACE);
            s = slice_from(s, 2);
            continue;
        }
        struct slice rest = s;
        uint32_t c = utf8_next(&rest, NULL);
        added += odd_character(t, slice_of(s.p, s.n - rest.n), c);
        s = rest;
    }
    return added;
}
