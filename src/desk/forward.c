/* Finding what was forwarded. See forward.h. */
#include "desk/forward.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "desk/forward_internal.h"
#include "mail/decode.h"
#include "mail/html.h"
#include "mail/unicode.h"

#define ABOVE 4u /* lines between a marker and its header */

/* ---- addresses ---- */

static bool is_address_char(char c)
{
    return ascii_is_alnum(c) || (unsigned char)c >= 0x80 ||
           (c && strchr(".!#$%&'*+-/=?^_`{|}~", c));
}

struct slice forward_address(struct arena *a, struct slice value, struct slice *out_name)
{
    struct slice found = SLICE("");
    for (size_t i = 1; i + 1 < value.n; i++) {
        if (value.p[i] != '@')
            continue;
        size_t start = i, end = i + 1;
        while (start > 0 && is_address_char(value.p[start - 1]))
            start--;
        while (end < value.n && (ascii_is_alnum(value.p[end]) || value.p[end] == '.' ||
                                 value.p[end] == '-' || (unsigned char)value.p[end] >= 0x80))
            end++;
        while (end > i && value.p[end - 1] == '.')
            end--;
        while (start < i && strchr("'.`*&", value.p[start]))
            start++;
        if (start < i && end > i + 1)
            found = slice_of(value.p + start, end - start);
        i = end;
    }
    if (out_name) {
        struct slice name = value;
        for (size_t i = 0; i < name.n; i++) {
            if (strchr("<[(", name.p[i]) || name.p + i == found.p ||
                slice_starts(slice_from(name, i), SLICE("&lt;")))
                name.n = i;
        }
        while (name.n && strchr(" \t\"'*", name.p[name.n - 1]))
            name.n--;
        while (name.n && strchr(" \t\"'*", name.p[0]))
            name = slice_from(name, 1);
        *out_name = name;
    }
    size_t at = slice_rchr(found, '@');
    if (found.n == 0 || found.n > 320)
        return SLICE("");
    struct slice local = slice_head(found, at);
    if (slice_istarts(local, SLICE("mailto:")))
        local = slice_from(local, 7);
    return arena_printf(a, "%.*s@%.*s", SLICE_ARG(local),
                        SLICE_ARG(arena_lower(a, slice_from(found, at + 1))));
}

/* ---- a whole message pasted ---- */

/* Names that stand in the source of a message and hardly in what programs show of it. */
static bool is_source_field(struct slice line, bool *out_is_strong)
{
    static const char *const strong[] = {"received:",
                                         "return-path:",
                                         "message-id:",
                                         "mime-version:",
                                         "dkim-signature:",
                                         "delivered-to:",
                                         "authentication-results:",
                                         "content-type:",
                                         "arc-seal:"};
    static const char *const weak[] = {"from:", "to:", "subject:", "date:", "reply-to:", "cc:"};
    *out_is_strong = false;
    for (size_t i = 0; i < sizeof(strong) / sizeof(*strong); i++) {
        if (slice_istarts(line, slice_str(strong[i]))) {
            *out_is_strong = true;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof(weak) / sizeof(*weak); i++) {
        if (slice_istarts(line, slice_str(weak[i])))
            return true;
    }
    return false;
}

/* How many of the lines from i on look like a message's header. */
static bool is_source_at(const struct forward_lines *l, size_t i)
{
    unsigned strong = 0, all = 0;
    bool has_from = false;
    for (size_t k = i; k < l->n && k < i + 200 && l->line[k].bare.n; k++) {
        bool is_strong;
        if (is_source_field(l->line[k].bare, &is_strong)) {
            all++;
            strong += is_strong;
            has_from |= slice_istarts(l->line[k].bare, SLICE("from:"));
        } else if (k == i) {
            return false;
        }
    }
    return has_from && strong >= 2 && all >= 4;
}

static bool find_source(struct arena *a, struct forward_lines *l, struct slice text,
                        struct forward *out)
{
    for (size_t i = 0; i < l->n; i++) {
        bool is_strong;
        if (!is_source_field(l->line[i].bare, &is_strong) || !is_source_at(l, i))
            continue;
        struct buf b = BUF_INIT(FORWARD_BYTES + FORWARD_LINES);
        for (size_t k = i; k < l->n; k++) {
            buf_add(&b, l->line[k].whole);
            buf_chr(&b, '\n');
        }
        out->is_source = true;
        out->source = arena_dup(a, buf_slice(&b));
        out->style = SLICE("source");
        out->said = i ? slice_head(text, (size_t)(l->line[i].whole.p - text.p)) : SLICE("");
        out->repairs = l->line[i].quotes ? REPAIR_QUOTED : 0;
        buf_fini(&b);
        return true;
    }
    return false;
}

/* ---- header blocks ---- */

/* Where the reporter's words end: at the marker above the block. Returns the marker's line or
 * SIZE_MAX. */
static size_t marker_above(const struct forward_lines *l, size_t i)
{
    unsigned seen = 0;
    for (size_t k = i; k-- > 0 && seen < ABOVE;) {
        if (l->line[k].bare.n == 0)
            continue;
        if (forward_is_marker(l->line[k].bare))
            return k;
        seen++;
        if (seen > 1)
            break; /* words between the two: it belongs to something else */
    }
    return SIZE_MAX;
}

static bool is_end_marker(struct slice bare)
{
    return slice_starts(bare, SLICE("----")) && slice_ends(bare, SLICE("----")) &&
           slice_ifind(bare, SLICE("end ")) != SIZE_MAX;
}

/* The lines from `end` on as text, with the quote marks of the header taken off. */
static struct slice body_text(struct arena *a, const struct forward_lines *l,
                              const struct forward_block *block)
{
    struct buf b = BUF_INIT(FORWARD_BYTES + FORWARD_LINES);
    uint32_t quotes = l->line[block->first].quotes;
    for (size_t i = block->end; i < l->n; i++) {
        const struct forward_line *line = &l->line[i];
        if (is_end_marker(line->bare))
            break;
        if (line->quotes < quotes && line->bare.n)
            break; /* what was forwarded ends where the quoting does */
        for (uint32_t k = quotes; k < line->quotes; k++)
            buf_str(&b, "> ");
        buf_add(&b, line->whole);
        buf_chr(&b, '\n');
    }
    struct slice s = arena_dup(a, slice_trim(buf_slice(&b)));
    buf_fini(&b);
    return s;
}

static void fill(struct arena *a, struct forward_lines *l, const struct forward_block *b,
                 struct slice text, struct forward *out)
{
    size_t marker = marker_above(l, b->first);
    size_t top = marker == SIZE_MAX ? b->first : marker;
    for (int i = 0; i < FORWARD_LABELS; i++)
        out->value[i] = b->value[i];
    out->had_marker = marker != SIZE_MAX;
    out->style = forward_style(marker == SIZE_MAX ? SLICE("") : l->line[marker].bare, b, SLICE(""));
    out->language = forward_language(b);
    out->repairs |= b->repairs;
    out->text = body_text(a, l, b);
    out->said = slice_trim(slice_head(text, (size_t)(l->line[top].bare.p - text.p)));
    while (out->said.n && strchr(">| \t\r\n", out->said.p[out->said.n - 1]))
        out->said.n--;
}

/* "On ... X <a@b> wrote:" above quoted lines: somebody answered instead of forwarding. */
static bool find_attribution(struct arena *a, struct forward_lines *l, struct slice text,
                             struct forward *out)
{
    for (size_t i = 0; i + 1 < l->n; i++) {
        const struct forward_line *line = &l->line[i];
        bool ends = slice_ends(line->bare, SLICE(":")) ||
                    slice_ends(line->bare, SLICE("\xef\xbc\x9a"));
        if (!ends || line->quotes)
            continue;
        struct slice whole = line->bare;
        size_t first = i, below = i + 1;
        if (slice_chr(whole, '@') == SIZE_MAX && i && l->line[i - 1].bare.n) {
            whole = arena_printf(a, "%.*s %.*s", SLICE_ARG(l->line[i - 1].bare), SLICE_ARG(whole));
            first = i - 1;
        }
        while (below < l->n && l->line[below].bare.n == 0)
            below++;
        struct slice name, from = forward_address(a, whole, &name);
        if (from.n == 0 || below >= l->n || l->line[below].quotes == 0)
            continue;
        struct forward_block b = {.first = below, .end = below};
        out->value[LABEL_FROM] = from;
        out->text = body_text(a, l, &b);
        out->style = SLICE("reply");
        out->repairs |= REPAIR_NO_LABELS;
        out->said = slice_trim(slice_head(text, (size_t)(l->line[first].bare.p - text.p)));
        return true;
    }
    return false;
}

static bool find_block(struct arena *a, struct forward_lines *l, struct slice text,
                       struct forward *out)
{
    struct forward_block b;
    for (size_t i = 0; i < l->n; i++) {
        if (forward_line_at(l, i)->label < 0)
            continue;
        if (forward_block_at(l, i, marker_above(l, i) != SIZE_MAX, &b)) {
            fill(a, l, &b, text, out);
            return true;
        }
    }
    return false;
}

static bool looks_encoded(struct slice text)
{
    size_t n = 0;
    for (size_t i = 0; i + 2 < text.n && n < 3; i++)
        n += text.p[i] == '=' && ascii_hex(text.p[i + 1]) >= 0 && ascii_hex(text.p[i + 2]) >= 0;
    return n >= 3;
}

static bool find_in(struct arena *a, struct slice text, struct forward *out)
{
    struct forward_lines l;
    forward_cut(a, text, &l);
    return find_source(a, &l, text, out) || find_block(a, &l, text, out);
}

/* What an encoding left in the text would have been; the text itself when it does not look so. */
static struct slice decoded(struct arena *a, struct slice text)
{
    struct decode_result r = {0};
    if (!looks_encoded(text))
        return text;
    char *p = arena_bytes(a, text.n + 1);
    struct slice plain = slice_of(p, decode_qp(text, p, text.n, &r));
    return utf8_is_valid(plain) ? plain : text;
}

bool forward_find_text(struct arena *a, struct slice text, struct forward *out)
{
    struct forward f = {0};
    struct forward_lines l;
    text = utf8_head(text, FORWARD_BYTES);
    struct slice plain = decoded(a, text), right = forward_unmojibake(a, plain);
    unsigned repairs = (plain.p != text.p ? REPAIR_ENCODED : 0u) |
                       (right.p != plain.p ? REPAIR_MOJIBAKE : 0u);
    bool found = find_in(a, right, &f);
    if (!found && repairs) { /* the repair was none */
        repairs = 0;
        right = text;
        found = find_in(a, text, &f);
    }
    if (!found) {
        forward_cut(a, right, &l);
        found = find_attribution(a, &l, right, &f);
    }
    f.repairs |= repairs;
    if (found)
        *out = f;
    return found;
}

/* ---- the mail around it ---- */

/* A stretch of a value that stands in HTML as it is. */
static struct slice plain_run(struct slice v)
{
    struct slice best = SLICE("");
    for (size_t i = 0; i < v.n;) {
        size_t n = 0;
        while (i + n < v.n && (ascii_is_alnum(v.p[i + n]) || strchr("@.-_", v.p[i + n])))
            n++;
        if (n > best.n)
            best = slice_of(v.p + i, n);
        i += n + 1;
    }
    return slice_head(best, 64);
}

/* The HTML from behind the header block: behind the last value that is found in the order in which
 * they stand. */
static struct slice html_behind(struct slice html, const struct forward *f)
{
    size_t at = 0;
    for (int i = 0; i <= LABEL_SUBJECT; i++) {
        struct slice word = plain_run(f->value[i]);
        size_t hit = word.n < 4 ? SIZE_MAX : slice_find(slice_head(html, FORWARD_BYTES), word);
        if (hit != SIZE_MAX && hit + word.n > at)
            at = hit + word.n;
    }
    return slice_from(html, at);
}

static unsigned labels_of(const struct forward *f)
{
    unsigned n = 0;
    for (int i = 0; i <= LABEL_SUBJECT; i++)
        n += f->value[i].n != 0;
    return f->is_source ? 100 : n;
}

bool forward_find(struct arena *a, const struct message *m, struct forward *out)
{
    bool found = false;
    struct slice html = SLICE("");
    for (size_t i = 0; i < m->n_parts; i++) {
        const struct part *p = m->parts[i];
        struct forward f = {0};
        if (!p->is_text || p->is_attachment || p->text.n == 0)
            continue;
        if (p->is_html && html.n == 0)
            html = charset_to_utf8(a, slice_head(p->decoded, FORWARD_BYTES), p->charset,
                                   4 * FORWARD_BYTES, NULL);
        if (!forward_find_text(a, p->text, &f))
            continue;
        if (!found || labels_of(&f) > labels_of(out)) {
            *out = f;
            found = true;
        }
    }
    if (found && html.n && !out->is_source) {
        struct forward_block any = {.n_order = 0};
        struct slice style = forward_style(SLICE("?"), &any, html);
        if (!slice_eq(style, SLICE("other")))
            out->style = style;
        out->html = html_behind(html, out);
    }
    return found;
}
