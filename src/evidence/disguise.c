/* Words that unwanted mail is full of, written so that people read them and filters do not: other
 * signs for letters (V1agra, enhan(ement), letters for look-alikes (Vlagra), marks or spaces
 * between letters (v.i.a.g.r.a, V I A G R A), letters in another order (Viarga). Only these words
 * are looked for: nobody writes them so by accident. */
#include "evidence/families.h"

#define LOOK_BYTES 2048
#define WORD_MOST  30

enum sort { SORT_END, SORT_LETTER, SORT_DIGIT, SORT_MARK, SORT_OTHER };

/* `shape` is what shape_of makes of the word: one sign for all that look alike, none twice. */
struct guarded {
    const char *word, *shape;
    bool is_name; /* invented, so that no honest word has its letters in another order */
};

static const struct guarded GUARDED[] = {
    {"viagra", "viagra", true},
    {"cialis", "ciais", true},
    {"levitra", "ievitra", true},
    {"xanax", "xanax", false},
    {"valium", "vaium", false},
    {"ambien", "ambien", false},
    {"phentermine", "phentermine", false},
    {"tramadol", "tramadoi", false},
    {"vicodin", "vicodin", false},
    {"hydrocodone", "hydrocodone", false},
    {"pharmacy", "pharmacy", false},
    {"medication", "medication", false},
    {"medications", "medications", false},
    {"prescription", "prescription", false},
    {"enlargement", "eniargement", false},
    {"enhancement", "enhancement", false},
    {"erectile", "erectie", false},
    {"sexual", "sexuai", false},
    {"penis", "penis", false},
    {"orgasm", "orgasm", false},
    {"rolex", "roiex", false},
    {"replica", "repica", false},
    {"replicas", "repicas", false},
    {"casino", "casino", false},
    {"mortgage", "mortgage", false},
    {"diploma", "dipioma", false},
    {"software", "software", false},
    {"symbol", "symboi", false},
};
#define N_GUARDED (sizeof GUARDED / sizeof *GUARDED)

/* By byte, as this runs over every byte looked at. */
static const unsigned char SORTS[256] = {
    ['0'] = SORT_DIGIT, ['1'] = SORT_DIGIT, ['2'] = SORT_DIGIT, ['3'] = SORT_DIGIT,
    ['4'] = SORT_DIGIT, ['5'] = SORT_DIGIT, ['6'] = SORT_DIGIT, ['7'] = SORT_DIGIT,
    ['8'] = SORT_DIGIT, ['9'] = SORT_DIGIT, ['!'] = SORT_MARK,  ['|'] = SORT_MARK,
    ['@'] = SORT_MARK,  ['$'] = SORT_MARK,  ['('] = SORT_MARK,  ['_'] = SORT_MARK,
    ['.'] = SORT_MARK,  ['-'] = SORT_MARK,  ['*'] = SORT_MARK,  ['~'] = SORT_MARK,
    ['`'] = SORT_MARK,  ['\''] = SORT_MARK, ['^'] = SORT_MARK,
};

static enum sort sort_of(char c)
{
    unsigned char u = (unsigned char)c;
    if ((unsigned char)((u | 0x20) - 'a') < 26)
        return SORT_LETTER;
    return u >= 0x80 ? SORT_OTHER : (enum sort)SORTS[u];
}

/* What a sign looks like; 0: a mark that parts letters. */
static char look_of(char c)
{
    static const char from[] = "l1!|0@435$(", to[] = "iiiioaaessc";
    c = ascii_lower(c);
    size_t at = slice_chr(slice_of(from, sizeof from - 1), c);
    if (at != SIZE_MAX)
        return to[at];
    return ascii_is_alpha(c) ? c : '\0';
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
    for (size_t i = 0; i < N_GUARDED; i++) {
        const struct guarded *g = &GUARDED[i];
        if (!shape.n || shape.p[0] != g->shape[0] || (is_plain && !g->is_name))
            continue;
        if (slice_ieq(word, slice_str(g->word)))
            return NULL;
        if ((slice_eq(shape, slice_str(g->shape)) && !is_hyphenated(word)) ||
            (g->is_name && is_stirred(word, slice_str(g->word))))
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
            g = slice_eq(shape, slice_str(GUARDED[i].shape)) ? &GUARDED[i] : NULL;
        if (g && g != s->last && s->found++ == 0)
            s->first = arena_printf(e->arena, "%.*s", (int)s->n_run, s->run);
        s->last = g ? g : s->last;
    }
    s->n_run = 0;
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
    char first = ascii_lower(w.p[0]);
    if (is_odd || ((first == 'v' || first == 'c' || first == 'l') && w.n <= 8))
        take(e, s, w);
}

static void look_through(struct evidence *e, struct search *s, struct slice text)
{
    size_t begin = 0;
    unsigned sorts = 0; /* a bit each, of this word */
    text = slice_head(text, LOOK_BYTES);
    for (size_t i = 0; i <= text.n; i++) {
        enum sort sort = i < text.n ? sort_of(text.p[i]) : SORT_END;
        if (sort != SORT_END) {
            sorts |= 1u << sort;
            continue;
        }
        if (i > begin && !(sorts & 1u << SORT_OTHER))
            look_at_word(e, s, slice_of(text.p + begin, i - begin), sorts != 1u << SORT_LETTER);
        begin = i + 1;
        sorts = 0;
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
