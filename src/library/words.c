/* Folding, light stemming and parting of words. See words.h. */
#include "library/words.h"
#include "base/hash.h"
#include "base/utf8.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>

enum sign { SIGN_NONE, SIGN_LETTER, SIGN_PAIRED };

/* Signs of scripts without spaces between words. */
static bool is_paired(uint32_t c)
{
    UErrorCode status = U_ZERO_ERROR;
    switch (uscript_getScript((UChar32)c, &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
        return true;
    default:
        return false;
    }
}

static enum sign sign_of(uint32_t c)
{
    if (c < 128)
        return ascii_is_alnum((char)c) ? SIGN_LETTER : SIGN_NONE;
    if (!u_isalnum((UChar32)c))
        return SIGN_NONE;
    return is_paired(c) ? SIGN_PAIRED : SIGN_LETTER;
}

/* Marks above and below, Arabic vowel points, the stretching tatweel. */
static bool is_mark(uint32_t c)
{
    int8_t type = u_charType((UChar32)c);
    return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || c == 0x640;
}

/* Letters that Unicode does not take apart, but people write either way. */
static const char *plain_letter(uint32_t c)
{
    switch (c) {
    case 0xE6:
        return "ae";
    case 0x153:
        return "oe";
    case 0xF8:
        return "o";
    case 0x142:
        return "l";
    case 0x111:
    case 0xF0:
        return "d";
    case 0x131:
        return "i";
    case 0xDF:
        return "ss";
    case 0x649: /* alef maksura, yeh as Persian writes it */
    case 0x6CC:
        return "\xD9\x8A";
    case 0x629: /* teh marbuta */
        return "\xD9\x87";
    case 0x6A9:
        return "\xD9\x83";
    default:
        return NULL;
    }
}

static void put(struct buf *out, uint32_t c)
{
    char utf8[4];
    if (!is_mark(c))
        buf_add(out, slice_of(utf8, utf8_put(utf8, c)));
}

/* One code point without case, width and marks, as zero or more letters. */
static void fold(uint32_t c, struct buf *out)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar parts[32];
    const UNormalizer2 *nfkd;
    int32_t n;
    if (c < 128) {
        buf_chr(out, ascii_lower((char)c));
        return;
    }
    c = (uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT);
    const char *plain = plain_letter(c);
    if (plain) {
        buf_str(out, plain);
        return;
    }
    nfkd = unorm2_getNFKDInstance(&status);
    n = U_SUCCESS(status) ? unorm2_getDecomposition(nfkd, (UChar32)c, parts, 32, &status) : -1;
    bool is_hangul = c >= 0xAC00 && c <= 0xD7A3; /* a syllable stays one sign */
    if (n < 0 || U_FAILURE(status) || is_hangul) {
        put(out, c);
        return;
    }
    for (int32_t i = 0; i < n; i++) {
        uint32_t one = parts[i];
        if ((one & 0xFC00) == 0xD800 && i + 1 < n)
            one = 0x10000 + ((one & 0x3FF) << 10) + (parts[++i] & 0x3FFu);
        one = (uint32_t)u_foldCase((UChar32)one, U_FOLD_CASE_DEFAULT);
        plain = plain_letter(one);
        if (plain)
            buf_str(out, plain);
        else
            put(out, one);
    }
}

/* ---- endings ---- */

static struct slice cut(struct slice w, size_t n)
{
    return slice_head(w, w.n - n);
}

/* Plurals of English, French, Spanish and Portuguese that differ from the singular by an ending
 * of letters; what is left need not be a word, it need only be the same for both. */
static struct slice stem_latin(struct slice w, struct buf *room)
{
    static const struct {
        const char *from, *to;
    } pairs[] = {{"aux", "al"}, {"oes", "ao"}, {"aes", "ao"}, {"ies", "y"}};
    if (w.n < 4)
        return w;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (w.n > 5 && slice_ends(w, slice_str(pairs[i].from))) {
            buf_reset(room);
            buf_add(room, cut(w, 3));
            buf_str(room, pairs[i].to);
            w = buf_slice(room);
            break;
        }
    }
    char last = w.p[w.n - 1];
    if ((last == 's' && w.p[w.n - 2] != 's') || (last == 'x' && w.n > 4))
        w = cut(w, 1);
    if (w.n > 3 && w.p[w.n - 1] == 'e')
        w = cut(w, 1);
    return w;
}

/* The article, also behind "and", "with", "like", "for"; the sound plurals. */
static struct slice stem_arabic(struct slice w)
{
    static const char *const heads[] = {"\xD9\x88\xD8\xA7\xD9\x84", "\xD8\xA8\xD8\xA7\xD9\x84",
                                        "\xD9\x83\xD8\xA7\xD9\x84", "\xD9\x81\xD8\xA7\xD9\x84",
                                        "\xD8\xA7\xD9\x84",         "\xD9\x84\xD9\x84"};
    static const char *const tails[] = {"\xD8\xA7\xD8\xAA", "\xD9\x88\xD9\x86", "\xD9\x8A\xD9\x86",
                                        "\xD9\x87"};
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        struct slice head = slice_str(heads[i]);
        if (slice_starts(w, head) && w.n - head.n >= 6) {
            w = slice_from(w, head.n);
            break;
        }
    }
    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
        struct slice tail = slice_str(tails[i]);
        if (slice_ends(w, tail) && w.n - tail.n >= 6)
            return cut(w, tail.n);
    }
    return w;
}

static struct slice stem(struct slice w, struct buf *room)
{
    if (utf8_is_ascii(w))
        return stem_latin(w, room);
    if ((unsigned char)w.p[0] >= 0xD8 && (unsigned char)w.p[0] <= 0xDB)
        return stem_arabic(w);
    return w;
}

/* ---- parting ---- */

typedef void word_fn(void *arg, struct slice word);

struct parting {
    word_fn *fn;
    void *arg;
    bool is_question;         /* of signs in a row only the pairs */
    struct buf word, stemmed; /* the word being gathered; room for its stem */
    char last[8];             /* the paired sign before this one */
    size_t last_n, run;       /* run: paired signs in a row */
};

static void end_word(struct parting *p)
{
    if (p->word.n) {
        struct slice w = utf8_head(buf_slice(&p->word), WORDS_LONGEST);
        p->fn(p->arg, stem(w, &p->stemmed));
    }
    buf_reset(&p->word);
}

static void end_run(struct parting *p)
{
    if (p->is_question && p->run == 1)
        p->fn(p->arg, slice_of(p->last, p->last_n));
    p->last_n = p->run = 0;
}

static void paired(struct parting *p, uint32_t c)
{
    char both[16];
    end_word(p);
    fold(c, &p->word);
    struct slice one = utf8_head(buf_slice(&p->word), sizeof(p->last));
    if (one.n && !p->is_question)
        p->fn(p->arg, one);
    if (one.n && p->run) {
        memcpy(both, p->last, p->last_n);
        memcpy(both + p->last_n, one.p, one.n);
        p->fn(p->arg, slice_of(both, p->last_n + one.n));
    }
    if (one.n) {
        memcpy(p->last, one.p, one.n);
        p->last_n = one.n;
        p->run++;
    }
    buf_reset(&p->word);
}

static void part(struct slice text, struct parting *p)
{
    p->word = p->stemmed = BUF_INIT(1024);
    while (text.n) {
        bool ok;
        uint32_t c = utf8_next(&text, &ok);
        enum sign s = ok ? sign_of(c) : SIGN_NONE;
        if (s == SIGN_PAIRED) {
            paired(p, c);
        } else if (s == SIGN_LETTER) {
            end_run(p);
            fold(c, &p->word);
        } else if (!ok || !is_mark(c)) { /* a mark belongs to the letter before it */
            end_word(p);
            end_run(p);
        }
    }
    end_word(p);
    end_run(p);
    buf_fini(&p->word);
    buf_fini(&p->stemmed);
}

static void add_word(void *arg, struct slice word)
{
    struct buf *out = arg;
    if (out->n)
        buf_chr(out, ' ');
    buf_add(out, word);
}

void words_add(struct slice text, struct buf *out)
{
    struct parting p = {.fn = add_word, .arg = out};
    part(text, &p);
}

/* ---- questions ---- */

/* Folded and stemmed as they come out of part(). */
static bool is_common(struct slice w)
{
    static const char common[] =
        " a an and are at be by for from how i in is it my of on or our that the this to was we "
        "what who with you your "
        "au avec ce ces dan de des du en est et la le les leur mon notre nou ou par pour qu que "
        "qui sur un une vou "
        "al como con del el ella los las lo mi no o para por se ser si su sin sobre una y "
        "ao com da do dos das em na nas no nos os para pela pelo sem seu sua um uma "
        "kwa na ni ya za wa la cha vya katika "
        "dan di yang untuk dari ke pada itu ini ";
    char padded[WORDS_LONGEST + 2];
    if (w.n > WORDS_LONGEST)
        return false;
    padded[0] = ' ';
    memcpy(padded + 1, w.p, w.n);
    padded[w.n + 1] = ' ';
    return slice_find(slice_of(common, sizeof(common) - 1), slice_of(padded, w.n + 2)) != SIZE_MAX;
}

struct asked {
    struct arena *arena;
    struct slice *out;
    size_t n;
};

static void ask_word(void *arg, struct slice word)
{
    struct asked *q = arg;
    for (size_t i = 0; i < q->n; i++) {
        if (slice_eq(q->out[i], word))
            return;
    }
    if (q->n < WORDS_ASKED)
        q->out[q->n++] = arena_dup(q->arena, word);
}

static size_t drop_common(struct slice *w, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_common(w[i]))
            w[kept++] = w[i];
    }
    return kept ? kept : n;
}

size_t words_asked(struct slice typed, struct arena *a, struct slice out[WORDS_ASKED])
{
    struct asked q = {.arena = a, .out = out};
    struct parting p = {.fn = ask_word, .arg = &q, .is_question = true};
    part(typed, &p);
    return drop_common(out, q.n);
}

uint64_t words_bits(struct slice words)
{
    uint64_t bits = 0;
    struct slice one;
    while (slice_split(&words, ' ', &one)) {
        uint64_t h = hash_bytes(one, 0);
        bits |= one.n ? 1ull << (h & 63) | 1ull << (h >> 6 & 63) : 0;
    }
    return bits;
}

struct slice words_slug(struct arena *a, struct slice title, size_t most)
{
    struct buf b = BUF_INIT(1024);
    bool gap = false;
    while (title.n && b.n < most) {
        bool ok;
        struct buf one = BUF_INIT(64);
        uint32_t c = utf8_next(&title, &ok);
        if (ok && sign_of(c) == SIGN_LETTER)
            fold(c, &one);
        if (one.n && utf8_is_ascii(buf_slice(&one))) {
            if (gap && b.n)
                buf_chr(&b, '-');
            gap = false;
            buf_add(&b, buf_slice(&one));
        } else if (!ok || !is_mark(c)) {
            gap = c != '\'' && c != 0x2019;
        }
        buf_fini(&one);
    }
    struct slice s = arena_dup(a, slice_head(buf_slice(&b), most));
    while (s.n && s.p[s.n - 1] == '-')
        s.n--;
    buf_fini(&b);
    return s;
}
