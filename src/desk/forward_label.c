/* Labels of forwarded headers in the languages of mail programs. */
#include "base/utf8.h"
#include "desk/forward_internal.h"
#include "mail/unicode.h"

#define LABEL_BYTES 64u
#define LANGUAGES   64

struct label {
    enum forward_label kind;
    const char *language;
    const char *words;
};

#define LABEL(kind, language, words) {LABEL_##kind, language, words},
static const struct label LABELS[] = {
#include "desk/forward_labels_table.h"
};
#undef LABEL
#define N_LABELS (sizeof(LABELS) / sizeof(*LABELS))

/* Numbers of languages, in the order in which they first appear in the table. */
static int language_of(size_t label)
{
    int n = -1;
    for (size_t i = 0; i <= label; i++) {
        if (i == 0 || strcmp(LABELS[i].language, LABELS[i - 1].language) != 0)
            n++;
    }
    return n;
}

static const char *language_tag(int number)
{
    int n = -1;
    for (size_t i = 0; i < N_LABELS; i++) {
        if ((i == 0 || strcmp(LABELS[i].language, LABELS[i - 1].language) != 0) && ++n == number)
            return LABELS[i].language;
    }
    return "";
}

/* Bytes of a decoration at the front: emphasis, bullets, white space in any form. */
static size_t decoration(struct slice s)
{
    static const char *const marks[] = {"\xc2\xa0",     "\xe2\x80\x8e", "\xe2\x80\x8f",
                                        "\xe2\x80\xa2", "\xef\xbb\xbf", "\xe3\x80\x80"};
    if (s.n == 0)
        return 0;
    if (ascii_is_space(s.p[0]) || s.p[0] == '*' || s.p[0] == '_' || s.p[0] == '|')
        return 1;
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
        if (slice_starts(s, slice_str(marks[i])))
            return strlen(marks[i]);
    }
    return 0;
}

static struct slice undecorated(struct slice s)
{
    size_t n;
    while ((n = decoration(s)) != 0)
        s = slice_from(s, n);
    return s;
}

/* Where the colon stands, also a full-width one; SIZE_MAX: none near the front. */
static size_t colon_at(struct slice s, size_t *out_length)
{
    struct slice head = slice_head(s, LABEL_BYTES);
    size_t narrow = slice_chr(head, ':'), wide = slice_find(head, SLICE("\xef\xbc\x9a"));
    *out_length = wide < narrow ? 3 : 1;
    return wide < narrow ? wide : narrow;
}

int forward_label_of(struct arena *a, struct slice s, uint64_t *out_languages,
                     struct slice *out_value)
{
    size_t length, colon;
    s = undecorated(s);
    colon = colon_at(s, &length);
    if (colon == SIZE_MAX || colon == 0)
        return -1;
    struct slice word = slice_head(s, colon);
    while (word.n && (word.p[word.n - 1] == '*' || word.p[word.n - 1] == '_' ||
                      ascii_is_space(word.p[word.n - 1])))
        word.n--;
    word = slice_trim(unicode_fold(a, word));
    int found = -1;
    for (size_t i = 0; i < N_LABELS; i++) {
        if (slice_eq(word, slice_str(LABELS[i].words))) {
            if (found >= 0 && LABELS[i].kind != (enum forward_label)found)
                continue;
            if (found < 0)
                *out_languages = 0;
            found = (int)LABELS[i].kind;
            *out_languages |= 1ull << language_of(i);
        }
    }
    if (found >= 0)
        *out_value = slice_trim(undecorated(slice_from(s, colon + length)));
    return found;
}

struct slice forward_language(const struct forward_block *b)
{
    int best = 0;
    bool is_tie = false;
    for (int i = 1; i < LANGUAGES; i++) {
        if (b->votes[i] > b->votes[best]) {
            best = i;
            is_tie = false;
        } else if (b->votes[i] && b->votes[i] == b->votes[best]) {
            is_tie = true;
        }
    }
    return is_tie || b->votes[best] == 0 ? SLICE("") : slice_str(language_tag(best));
}
