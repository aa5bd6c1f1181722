/* From a message to its four sets of hashes. See features.h; the parts are in features_*.c. */
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
    memset(s->taken, 0, sizeof s->taken);
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
    char lower[WORD_MAX];
    size_t n = slice_head(word, WORD_MAX).n;
    for (size_t i = 0; i < n; i++)
        lower[i] = ascii_lower(word.p[i]);
    return feature_of(kind, 0, slice_of(lower, n));
}

static void add_words(struct feature_sink *s, enum feature_kind kind, struct slice text, int most)
{
    struct slice word;
    while (most > 0 && feature_next_word(&text, &word)) {
        if (word.n < WORD_MIN)
            continue;
        sink_add(s, feature_word(kind, word));
        most--;
    }
}

static void add_grams(struct feature_sink *s, enum feature_kind kind, const char *p, size_t n)
{
    for (size_t i = 0; i + 4 <= n; i++)
        sink_add(s, feature_gram(kind, p + i));
}

static bool is_wanted(const struct header *h, enum feature_set set)
{
    if (set == FEATURES_TEXT || features_skip_header(h->name))
        return false;
    return set == FEATURES_ALL || !features_trace_header(h->name);
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
        if (is_wanted(h, set) && !slice_ieq(h->name, SLICE("subject")))
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
