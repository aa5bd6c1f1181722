/* Lines of a text, and header blocks in them. See forward.h. */
#include "base/utf8.h"
#include "desk/forward_internal.h"

#define WRAPPED_LINES 3 /* that a value may go on */
#define VALUE_BYTES   2000u
#define BLOCK_LINES   40u
#define INLINE_LINES  64u
#define JOINED_LINES  5
#define INLINE_BYTES  3000u /* of a line in which further labels are looked for */

/* Takes "> > " and "| " off the front; counts the marks. */
static struct slice unquote(struct slice s, uint32_t *out_n)
{
    *out_n = 0;
    for (;;) {
        size_t i = 0;
        while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t'))
            i++;
        if (i >= s.n || (s.p[i] != '>' && s.p[i] != '|') || *out_n >= 16)
            break;
        s = slice_from(s, i + 1);
        if (s.n && s.p[0] == ' ')
            s = slice_from(s, 1);
        ++*out_n;
    }
    return s;
}

void forward_cut(struct arena *a, struct slice text, struct forward_lines *out)
{
    struct slice rest = utf8_head(text, FORWARD_BYTES), line;
    size_t n = 1;
    for (size_t i = 0; i < rest.n; i++)
        n += rest.p[i] == '\n';
    if (n > FORWARD_LINES)
        n = FORWARD_LINES;
    *out = (struct forward_lines){.arena = a, .line = ARENA_ARRAY(a, struct forward_line, n)};
    while (out->n < n && slice_line(&rest, &line)) {
        struct forward_line *l = &out->line[out->n++];
        l->whole = unquote(line, &l->quotes);
        l->bare = slice_trim(l->whole);
        l->label = -1;
    }
}

/* "----- Forwarded Message ----- From: X": bytes up to the label. */
static size_t marker_in_front(struct slice s)
{
    struct slice head = slice_head(s, 160);
    size_t end = head.n;
    if (!slice_starts(s, SLICE("---")))
        return 0;
    while (end > 4 && !(slice_starts(slice_from(head, end - 4), SLICE("--- "))))
        end--;
    return end > 4 ? end : 0;
}

const struct forward_line *forward_line_at(struct forward_lines *l, size_t i)
{
    struct forward_line *line = &l->line[i];
    if (!line->is_known) {
        line->is_known = true;
        size_t words = marker_in_front(line->bare);
        if (line->bare.n)
            line->label = forward_label_of(l->arena, slice_from(line->bare, words),
                                           &line->languages, &line->value);
        if (line->label >= 0)
            line->bare = slice_from(line->bare, words);
    }
    return line;
}

static void take(struct forward_block *b, int label, uint64_t languages, struct slice value)
{
    static const char letters[] = "FTCDSRO";
    if (!(b->kinds & 1u << label)) {
        b->kinds |= 1u << label;
        b->value[label] = utf8_head(value, VALUE_BYTES);
        b->order[b->n_order++] = letters[label];
    }
    for (int i = 0; i < 64; i++)
        b->votes[i] = (uint8_t)(b->votes[i] + (languages >> i & 1));
}

/* Values of a header that was run together: "From: X Sent: Y To: Z Subject: W". */
static bool take_inline(struct forward_lines *l, struct slice bare, struct forward_block *b)
{
    struct slice s = slice_head(bare, INLINE_BYTES);
    struct forward_block found = *b;
    int label = -1;
    size_t value_at = 0;
    uint64_t languages = ~0ull;
    if (l->inlines++ >= INLINE_LINES)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        uint64_t langs;
        struct slice v;
        bool is_start = i == 0 || ascii_is_space(s.p[i - 1]) || strchr("*>)", s.p[i - 1]);
        if (!is_start || ascii_is_space(s.p[i]) || i < value_at)
            continue;
        int k = forward_label_of(l->arena, slice_head(slice_from(s, i), 128), &langs, &v);
        /* of a language that all have, and each once: else it is a word of the value */
        if (k < 0 || k == LABEL_OTHER || !(langs & languages) || found.kinds & 1u << k ||
            k == label)
            continue;
        if (label >= 0)
            take(&found, label, languages, slice_trim(slice_of(s.p + value_at, i - value_at)));
        label = k;
        languages &= langs;
        value_at = (size_t)(v.p - s.p);
    }
    if (label < 0)
        return false;
    take(&found, label, languages, slice_from(s, value_at));
    unsigned n = 0;
    for (int i = 0; i <= LABEL_SUBJECT; i++)
        n += found.kinds >> i & 1;
    if (n < 3 || !(found.kinds & 1u << LABEL_FROM))
        return false;
    *b = found;
    return true;
}

/* Is one of the next few lines a label that the block lacks? */
static size_t next_label(struct forward_lines *l, size_t i, const struct forward_block *b)
{
    for (size_t k = 1; k <= WRAPPED_LINES && i + k < l->n; k++) {
        const struct forward_line *line = forward_line_at(l, i + k);
        if (line->bare.n == 0)
            return 0;
        if (line->label >= 0 && !(b->kinds & 1u << line->label))
            return k;
    }
    return 0;
}

static void append(struct forward_lines *l, struct forward_block *b, int label, struct slice more)
{
    struct slice *v = &b->value[label];
    if (v->n + more.n < VALUE_BYTES)
        *v = v->n ? arena_printf(l->arena, "%.*s %.*s", SLICE_ARG(*v), SLICE_ARG(more)) : more;
}

static bool is_enough(const struct forward_block *b, bool has_marker)
{
    unsigned n = 0;
    for (int i = 0; i <= LABEL_SUBJECT; i++)
        n += b->kinds >> i & 1;
    bool has_from = b->kinds & 1u << LABEL_FROM && b->value[LABEL_FROM].n;
    return (has_from && n >= 3) ||
           (has_marker && n >= 2 && (has_from || b->kinds & 1u << LABEL_SUBJECT));
}

/* A header of one label a line. */
static bool take_lines(struct forward_lines *l, size_t i, bool has_marker,
                       struct forward_block *out)
{
    const struct forward_line *line;
    int last = -1;
    unsigned gaps = 0;
    size_t end = i;
    for (size_t k = i; k < l->n && k < i + BLOCK_LINES; k++) {
        line = forward_line_at(l, k);
        if (line->label >= 0 && !(line->label != LABEL_OTHER && out->kinds & 1u << line->label)) {
            take(out, line->label, line->languages, line->value);
            last = line->label;
            end = k + 1;
            gaps = 0;
        } else if (line->bare.n == 0) {
            /* tables put empty lines between; two in a row end it */
            if (++gaps > 1 || (last >= 0 && out->value[last].n && !next_label(l, k, out)))
                break;
        } else if (last >= 0 && out->value[last].n == 0) {
            append(l, out, last, line->bare); /* the value stands below its label */
            end = k + 1;
            gaps = 0;
        } else if (last >= 0 && gaps == 0 && next_label(l, k, out)) {
            append(l, out, last, line->bare);
            out->repairs |= REPAIR_WRAPPED;
            end = k + 1;
        } else {
            break;
        }
    }
    out->end = end;
    if (l->line[i].quotes)
        out->repairs |= REPAIR_QUOTED;
    return is_enough(out, has_marker);
}

/* A header that ran into one line and was wrapped then: as many lines as it takes. */
static bool take_joined(struct forward_lines *l, size_t i, struct forward_block *out)
{
    struct slice all = l->line[i].bare;
    for (size_t k = i + 1; k < l->n && k <= i + JOINED_LINES && l->line[k].bare.n; k++) {
        all = arena_printf(l->arena, "%.*s %.*s", SLICE_ARG(all), SLICE_ARG(l->line[k].bare));
        *out = (struct forward_block){.first = i, .end = k + 1};
        if (all.n > 40 && take_inline(l, all, out) && out->kinds & 1u << LABEL_SUBJECT) {
            /* one more line before the empty one is the end of its last value */
            if (k + 2 < l->n && l->line[k + 1].bare.n && l->line[k + 2].bare.n == 0 &&
                out->order[out->n_order - 1] == 'S')
                append(l, out, LABEL_SUBJECT, l->line[++out->end - 1].bare);
            out->repairs = REPAIR_ONE_LINE | REPAIR_WRAPPED;
            return true;
        }
    }
    return false;
}

bool forward_block_at(struct forward_lines *l, size_t i, bool has_marker, struct forward_block *out)
{
    const struct forward_line *line = forward_line_at(l, i);
    *out = (struct forward_block){.first = i};
    if (line->label < 0)
        return false;
    if (line->bare.n > 40 && take_inline(l, line->bare, out)) {
        out->end = i + 1;
        out->repairs = REPAIR_ONE_LINE;
        return true;
    }
    return take_lines(l, i, has_marker, out) || take_joined(l, i, out);
}
