/* From a message to its four sets of hashes. See features.h; the parts are in features_*.c. */
#include "base/bytemask.h"
#include "learn/facts.h"
#include "learn/features_internal.h"

static struct feature_sink sink;

const char *channel_name(enum channel c)
{
    static const char *const names[CHANNELS] = {"tags", "headers", "text", "facts"};
    return c < CHANNELS ? names[c] : "?";
}

void sink_start(struct feature_sink *s)
{
    s->n = 0;
    s->has_zero = false;
    memset(s->seen, 0, sizeof s->seen);
}

void sink_add_rare(struct feature_sink *s, uint32_t h)
{
    uint32_t at = h & (SINK_SLOTS - 1);
    if (h == 0) {
        if (s->has_zero || s->n == FEATURES_MAX)
            return;
        s->has_zero = true;
        s->out[s->n++] = 0;
        return;
    }
    while (s->seen[at] != 0) {
        if (s->seen[at] == h)
            return;
        at = (at + 1) & (SINK_SLOTS - 1);
    }
    if (s->n == FEATURES_MAX)
        return;
    s->seen[at] = h;
    s->out[s->n++] = h;
}

/* Letters, digits, $, ' and all bytes of other scripts, a bit each. */
static bool is_word_byte(char c)
{
    static const uint32_t set[8] = {0,           0x03ff0090u, 0x07fffffeu, 0x07fffffeu,
                                    0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu};
    unsigned char b = (unsigned char)c;
    return set[b >> 5] >> (b & 31) & 1;
}

bool feature_next_word(struct slice *rest, struct slice *out)
{
    size_t i = 0;
    while (i < rest->n && !is_word_byte(rest->p[i]))
        i++;
    size_t start = i;
    while (i < rest->n && is_word_byte(rest->p[i]))
        i++;
    *out = slice_head(slice_from(*rest, start), i - start);
    *rest = slice_from(*rest, i);
    return out->n > 0;
}

uint32_t feature_word(enum feature_kind kind, struct slice word)
{
    return feature_lower(kind, 0, slice_head(word, WORD_MAX), word.p + word.n);
}

static uint64_t word_mask(const struct bytes64 *b)
{
    return bytes64_letters(b) | bytes64_digits(b) | bytes64_high(b) | bytes64_is(b, '$') |
           bytes64_is(b, '\'');
}

/* What feature_next_word and feature_word find. */
static void add_words(struct feature_sink *s, enum feature_kind kind, struct slice text, int most)
{
    struct runs r = {0};
    size_t from, to;
    for (size_t at = 0; at <= text.n; at += BYTES64) {
        struct bytes64 b = bytes64_load(slice_from(text, at));
        runs_block(&r, at, word_mask(&b));
        while (runs_next(&r, &from, &to)) {
            if (to - from < WORD_MIN)
                continue;
            if (most-- == 0)
                return;
            struct slice word = slice_of(text.p + from, to - from);
            sink_add(s, feature_lower(kind, 0, slice_head(word, WORD_MAX), text.p + text.n));
        }
    }
}

/* sink_add of the grams that begin in n bytes, for which there is room: the hottest loop of all, so
 * what it counts stays in registers. */
static void add_some_grams(struct feature_sink *s, enum feature_kind kind, const char *p, size_t n)
{
    uint32_t *out = s->out + s->n;
    for (size_t i = 0; i < n; i++) {
        uint32_t h = feature_gram(kind, p + i), *at = &s->seen[h & (SINK_SLOTS - 1)], there = *at;
        if ((there != 0 && there != h) || h == 0) {
            s->n = (uint32_t)(out - s->out);
            sink_add_rare(s, h);
            out = s->out + s->n;
            continue;
        }
        *at = h;
        *out = h;
        out += there == 0;
    }
    s->n = (uint32_t)(out - s->out);
}

static void add_grams(struct feature_sink *s, enum feature_kind kind, const char *p, size_t n)
{
    for (size_t left = n < 4 ? 0 : n - 3, some; left; left -= some, p += some) {
        some = FEATURES_MAX - s->n < left ? FEATURES_MAX - s->n : left;
        if (some == 0)
            return;
        add_some_grams(s, kind, p, some);
    }
}

static bool is_wanted(const struct header *h, enum feature_set set)
{
    enum header_class k = features_header_class(h->name);
    if (set == FEATURES_TEXT || k == HEADER_SKIPPED || k == HEADER_SUBJECT)
        return false;
    return set == FEATURES_ALL || (k != HEADER_TRACE && k != HEADER_OTHER_TRACE);
}

static size_t put_line(char *out, size_t at, struct slice name, struct slice value)
{
    struct slice pieces[4] = {name, SLICE(": "), value, SLICE("\n")};
    for (int i = 0; i < 4; i++) {
        struct slice p = slice_head(pieces[i], HEADER_GRAM_BYTES - at);
        if (p.n)
            memcpy(out + at, p.p, p.n);
        at += p.n;
    }
    return at;
}

size_t feature_header_lines(const struct message *m, enum feature_set set, char *out,
                            size_t *out_first)
{
    size_t n = 0;
    if (m->subject.n)
        n = put_line(out, n, SLICE("Subject"), slice_head(m->subject, 400));
    *out_first = n;
    for (const struct header *h = m->headers.first; h && n < HEADER_GRAM_BYTES; h = h->next) {
        if (is_wanted(h, set))
            n = put_line(out, n, h->name, h->text);
    }
    return n;
}

static void tags_content(const struct message *m, enum feature_set set)
{
    if (m->subject.n)
        feature_header_tokens(&sink, SLICE("Subject"), m->subject);
    if (set == FEATURES_TEXT)
        return;
    feature_links(&sink, m);
    feature_structure(&sink, m);
}

bool feature_is_tagged(struct slice name, enum feature_set set)
{
    enum header_class k = features_header_class(name);
    return set != FEATURES_TEXT &&
           (k == HEADER_SENDER || (k == HEADER_TRACE && set == FEATURES_ALL));
}

static void tags_headers(const struct message *m, enum feature_set set)
{
    for (const struct header *h = m->headers.first; h; h = h->next) {
        if (feature_is_tagged(h->name, set))
            feature_header_tokens(&sink, h->name, h->text);
    }
}

static void keep(struct arena *a, struct features *f, enum channel c, uint32_t n_first)
{
    f->n[c] = sink.n;
    f->n_first[c] = n_first;
    f->of[c] = arena_array(a, sink.n, sizeof sink.out[0]);
    memcpy(f->of[c], sink.out, sink.n * sizeof sink.out[0]);
}

void features_extract(struct arena *a, const struct message *m, const struct facts *facts,
                      enum feature_set set, struct features *out)
{
    sink_start(&sink);
    tags_content(m, set);
    uint32_t first = sink.n;
    tags_headers(m, set);
    keep(a, out, CHANNEL_TAGS, first);

    char lines[HEADER_GRAM_BYTES];
    size_t n_subject, n = feature_header_lines(m, set, lines, &n_subject);
    sink_start(&sink);
    add_grams(&sink, KIND_GRAM_HEADER, lines, n_subject);
    first = sink.n;
    /* The grams across the line end belong to the second group. */
    size_t from = n_subject > 3 ? n_subject - 3 : 0;
    add_grams(&sink, KIND_GRAM_HEADER, lines + from, n - from);
    keep(a, out, CHANNEL_HEADERS, first);

    sink_start(&sink);
    add_words(&sink, KIND_WORD, slice_head(m->text, 20000), TEXT_WORDS);
    add_words(&sink, KIND_HIDDEN_WORD, slice_head(m->hidden, 5000), HIDDEN_WORDS);
    first = sink.n;
    add_grams(&sink, KIND_GRAM_TEXT, m->text.p, slice_head(m->text, TEXT_GRAM_BYTES).n);
    keep(a, out, CHANNEL_TEXT, first);

    facts_features(a, set == FEATURES_ALL ? facts : NULL, out);
}
