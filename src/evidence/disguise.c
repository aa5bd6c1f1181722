/* Words that unwanted mail is full of, written so that people read them and filters do not: other
 * signs for letters (V1agra, enhan(ement), letters for look-alikes (Vlagra), marks or spaces
 * between letters (v.i.a.g.r.a, V I A G R A), letters in another order (Viarga). Only these words
 * are looked for: nobody writes them so by accident. */
#include "evidence/families.h"

#include "base/bytemask.h"

#define LOOK_BYTES 2048
#define WORD_MOST  30

/* `shape` is what shape_of makes of the word: one sign for all that look alike, none twice. */
struct guarded {
    struct slice word, shape;
    bool is_name; /* invented, so that no honest word has its letters in another order */
};

#define WORD(lit)            \
    {                        \
        lit, sizeof(lit) - 1 \
    }

static const struct guarded GUARDED[] = {
    {WORD("viagra"), WORD("viagra"), true},
    {WORD("cialis"), WORD("ciais"), true},
    {WORD("levitra"), WORD("ievitra"), true},
    {WORD("xanax"), WORD("xanax"), false},
    {WORD("valium"), WORD("vaium"), false},
    {WORD("ambien"), WORD("ambien"), false},
    {WORD("phentermine"), WORD("phentermine"), false},
    {WORD("tramadol"), WORD("tramadoi"), false},
    {WORD("vicodin"), WORD("vicodin"), false},
    {WORD("hydrocodone"), WORD("hydrocodone"), false},
    {WORD("pharmacy"), WORD("pharmacy"), false},
    {WORD("medication"), WORD("medication"), false},
    {WORD("medications"), WORD("medications"), false},
    {WORD("prescription"), WORD("prescription"), false},
    {WORD("enlargement"), WORD("eniargement"), false},
    {WORD("enhancement"), WORD("enhancement"), false},
    {WORD("erectile"), WORD("erectie"), false},
    {WORD("sexual"), WORD("sexuai"), false},
    {WORD("penis"), WORD("penis"), false},
    {WORD("orgasm"), WORD("orgasm"), false},
    {WORD("rolex"), WORD("roiex"), false},
    {WORD("replica"), WORD("repica"), false},
    {WORD("replicas"), WORD("repicas"), false},
    {WORD("casino"), WORD("casino"), false},
    {WORD("mortgage"), WORD("mortgage"), false},
    {WORD("diploma"), WORD("dipioma"), false},
    {WORD("software"), WORD("software"), false},
    {WORD("symbol"), WORD("symboi"), false},
};
#define N_GUARDED  (sizeof GUARDED / sizeof *GUARDED)
#define SHAPE_MIN  5 /* "vaium" */
#define SHAPE_MOST 12

/* What a sign looks like; 0: a mark that parts letters. */
static char look_of(char c)
{
    if (ascii_is_alpha(c))
        return c == 'l' || c == 'L' ? 'i' : ascii_lower(c);
    switch (c) {
    case '1':
    case '!':
    case '|':
        return 'i';
    case '0':
        return 'o';
    case '@':
    case '4':
        return 'a';
    case '3':
        return 'e';
    case '5':
    case '$':
        return 's';
    case '(':
        return 'c';
    default:
        return '\0';
    }
}

static struct slice shape_of(struct slice word, char out[WORD_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < word.n; i++) {
        char c = look_of(word.p[i]);
        if (c && (n == 0 || out[n - 1] != c))
            out[n++] = c;
    }
    return slice_of(out, n);
}

/* The same letters, the first and the last in place. */
static bool is_stirred(struct slice word, struct slice name)
{
    int count[26] = {0};
    if (word.n != name.n || ascii_lower(word.p[0]) != name.p[0] ||
        ascii_lower(word.p[word.n - 1]) != name.p[name.n - 1])
        return false;
    for (size_t i = 0; i < word.n; i++) {
        if (!ascii_is_alpha(word.p[i]))
            return false;
        count[ascii_lower(word.p[i]) - 'a']++;
        count[name.p[i] - 'a']--;
    }
    for (size_t i = 0; i < 26; i++)
        if (count[i])
            return false;
    return true;
}

/* One hyphen, as where a line was broken, is no disguise. */
static bool is_hyphenated(struct slice word)
{
    size_t at = slice_chr(word, '-'), marks = 0;
    for (size_t i = 0; i < word.n; i++)
        marks += !ascii_is_alpha(word.p[i]);
    return at != SIZE_MAX && marks == 1;
}

/* A word of other languages or a slip of the pen: "cassino" is Portuguese, "symbool" Dutch. */
static bool is_letters(struct slice word)
{
    for (size_t i = 0; i < word.n; i++)
        if (!ascii_is_alpha(word.p[i]))
            return false;
    return true;
}

static const struct guarded *disguised(struct slice word)
{
    char room[WORD_MOST];
    bool is_plain = is_letters(word);
    struct slice shape = shape_of(word, room);
    if (!is_plain && (shape.n < SHAPE_MIN || shape.n > SHAPE_MOST))
        return NULL; /* dates, prices, hosts: most of what holds marks */
    for (size_t i = 0; i < N_GUARDED; i++) {
        const struct guarded *g = &GUARDED[i];
        if (!shape.n || shape.p[0] != g->shape.p[0] || (is_plain && !g->is_name))
            continue;
        if (slice_ieq(word, g->word))
            return NULL;
        if ((slice_eq(shape, g->shape) && !is_hyphenated(word)) ||
            (g->is_name && is_stirred(word, g->word)))
            return g;
    }
    return NULL;
}

struct search {
    char run[WORD_MOST]; /* single letters that follow each other */
    size_t n_run;
    size_t found;
    struct slice first;
    const struct guarded *last;
};

static void take(struct evidence *e, struct search *s, struct slice word)
{
    const struct guarded *g = disguised(word);
    if (!g || g == s->last)
        return;
    s->last = g;
    if (s->found++ == 0)
        s->first = arena_printf(e->arena, "%.*s", SLICE_ARG(word));
}

static void end_run(struct evidence *e, struct search *s)
{
    if (s->n_run >= 5) {
        const struct guarded *g = NULL;
        char room[WORD_MOST];
        struct slice shape = shape_of(slice_of(s->run, s->n_run), room);
        for (size_t i = 0; i < N_GUARDED && !g; i++)
            g = slice_eq(shape, GUARDED[i].shape) ? &GUARDED[i] : NULL;
        if (g && g != s->last && s->found++ == 0)
            s->first = arena_printf(e->arena, "%.*s", (int)s->n_run, s->run);
        s->last = g ? g : s->last;
    }
    s->n_run = 0;
}

/* Letters alone: only names that are nobody's word are looked for, which begin so. */
static bool may_be_name(struct slice w, bool had_marks)
{
    char first = ascii_lower(w.p[0]);
    return (first == 'v' || first == 'c' || first == 'l') && (had_marks || w.n <= 8);
}

/* One word with the marks at its ends taken off. Most words need no closer look. */
static void look_at_word(struct evidence *e, struct search *s, struct slice w, bool is_odd)
{
    while (is_odd && w.n && !ascii_is_alnum(w.p[0]))
        w = slice_from(w, 1);
    while (is_odd && w.n && !ascii_is_alnum(w.p[w.n - 1]))
        w.n--;
    if (w.n == 1 && s->n_run < WORD_MOST) {
        s->run[s->n_run++] = w.p[0];
        return;
    }
    if (s->n_run && w.n)
        end_run(e, s);
    if (w.n < 5 || w.n > WORD_MOST)
        return;
    if (may_be_name(w, is_odd) || (is_odd && !is_letters(w)))
        take(e, s, w);
}

/* 64 bytes, a bit each. A word goes on over all three. */
struct sorts {
    uint64_t plain; /* letters */
    uint64_t odd;   /* digits and the marks that disguise */
    uint64_t other; /* bytes of other scripts */
};

static bool is_mark(char c)
{
    static const bool marks[128] = {
        ['!'] = true, ['|'] = true,  ['@'] = true, ['$'] = true, ['('] = true,
        ['_'] = true, ['.'] = true,  ['-'] = true, ['*'] = true, ['~'] = true,
        ['`'] = true, ['\''] = true, ['^'] = true};
    return marks[c & 127];
}

static struct sorts sorts_of(struct slice s)
{
    struct bytes64 b = bytes64_load(s);
    struct sorts m = {bytes64_letters(&b), bytes64_digits(&b), bytes64_high(&b)};
    uint64_t rest = ~(m.plain | m.odd | m.other | bytes64_range(&b, 0, ' '));
    for (; rest; rest &= rest - 1) { /* the few signs of this block */
        unsigned i = bitmask_first(rest);
        m.odd |= (uint64_t)is_mark(s.p[i]) << i;
    }
    return m;
}

/* Is one of the bits from `from` to before `to` set? Both count from the block's begin. */
static bool has_any(uint64_t mask, size_t from, size_t to)
{
    return (mask & bitmask_head(to) & ~bitmask_head(from)) != 0;
}

static void look_through(struct evidence *e, struct search *s, struct slice text)
{
    struct runs words = {0};
    bool was_odd = false, was_other = false; /* the open word, in the blocks before */
    text = slice_head(text, LOOK_BYTES);
    for (size_t at = 0; at <= text.n; at += BYTES64) {
        struct sorts m = sorts_of(slice_from(text, at));
        size_t from, to;
        runs_block(&words, at, m.plain | m.odd | m.other);
        while (runs_next(&words, &from, &to)) {
            size_t first = from < at ? 0 : from - at;
            bool is_odd = has_any(m.odd, first, to - at) | (from < at && was_odd);
            bool is_other = has_any(m.other, first, to - at) | (from < at && was_other);
            if (!is_other)
                look_at_word(e, s, slice_of(text.p + from, to - from), is_odd);
        }
        if (words.is_open) {
            bool goes_on = words.open < at;
            size_t first = goes_on ? 0 : words.open - at;
            was_odd = has_any(m.odd, first, BYTES64) | (goes_on && was_odd);
            was_other = has_any(m.other, first, BYTES64) | (goes_on && was_other);
        }
    }
    end_run(e, s);
}

void look_for_disguise(struct evidence *e)
{
    struct search s = {.n_run = 0};
    if (e->is_list || e->is_answer) /* people talk about such words, too */
        return;
    look_through(e, &s, e->shown_name);
    look_through(e, &s, e->m->subject);
    look_through(e, &s, e->m->text);
    if (s.found)
        check_hit_scaled(e, CHECK_text_disguised, s.first, s.found > 1 ? 1.0 : 0.7, NULL);
}
