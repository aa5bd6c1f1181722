/* HTML to what a person sees. See html.h.
 *
 * One pass over the tokens: the tree of open elements (html_tree) says for each piece of text
 * whether it can be seen and if not, why; it goes into one of two texts. Noscript counts as
 * hidden by the contract, template, closed dialogs and frame fallbacks because they are.
 */
#include "mail/html.h"

#include "base/bytes16.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "mail/html_walk.h"

#include <stddef.h>

#define LINK_COLOUR 0xFF0000EEu

static void on_end(void *ctx, unsigned tag)
{
    struct html_walk *w = ctx;
    unsigned flags = html_tag_flags(tag);
    if (flags & (TAG_LINE | TAG_GAP)) {
        enum html_gap gap = flags & TAG_LINE ? GAP_LINE : GAP_SPACE;
        html_text_gap(&w->shown, gap);
        html_text_gap(&w->hidden, gap);
    }
    if (tag == TAG_a)
        html_link_end(w);
    else if (tag == TAG_form)
        w->form = NULL;
}

#define FIELD(name, member)                                             \
    {                                                                   \
        name, sizeof name - 1, offsetof(struct html_attributes, member) \
    }
/* By length. */
static const struct {
    const char *name;
    unsigned char n;
    unsigned short offset;
} fields[HTML_FIELDS] = {FIELD("id", id),
                         FIELD("src", src),
                         FIELD("alt", alt),
                         FIELD("href", href),
                         FIELD("type", type),
                         FIELD("data", data),
                         FIELD("style", style),
                         FIELD("class", classes),
                         FIELD("width", width),
                         FIELD("color", color),
                         FIELD("height", height),
                         FIELD("action", action),
                         FIELD("bgcolor", bgcolor),
                         FIELD("content", content),
                         FIELD("background", background),
                         FIELD("http-equiv", http_equiv)};
#define FIELD_LONGEST 10
/* Index of the first field with a name of n bytes or more. */
static const unsigned char first_field[FIELD_LONGEST + 2] = {0,  0,  0,  1,  3,  6,
                                                             10, 12, 14, 14, 14, 16};

static void pick_one(struct html_attributes *at, struct slice name, struct slice value)
{
    size_t n = name.n <= FIELD_LONGEST ? name.n : 0;
    for (size_t i = first_field[n]; i < first_field[n + 1]; i++) {
        if (fields[i].name[0] == name.p[0] && memcmp(fields[i].name, name.p, n) == 0) {
            memcpy((char *)at + fields[i].offset, &value, sizeof value);
            at->set[at->n_set++] = (unsigned char)i; /* at most once: names differ */
            at->has_href = at->has_href ||
                           fields[i].offset == offsetof(struct html_attributes, href);
            return;
        }
    }
    if (name.n > 3 && name.p[0] == 'o' && name.p[1] == 'n' && value.n)
        at->handlers++;
    else if (slice_eq(name, SLICE("hidden")))
        at->hidden = true;
    else if (slice_eq(name, SLICE("open")))
        at->open = true;
}

static void forget(struct html_attributes *at)
{
    static const struct slice none;
    for (unsigned i = 0; i < at->n_set; i++)
        memcpy((char *)at + fields[at->set[i]].offset, &none, sizeof none);
    at->n_set = at->handlers = 0;
    at->hidden = at->open = at->has_href = false;
}

static void pick(struct html_attributes *at, const struct html_lexer *l)
{
    forget(at);
    for (size_t i = 0; i < l->n_attrs; i++)
        if (l->attrs[i].name.n)
            pick_one(at, l->attrs[i].name, l->attrs[i].value);
}

/* Elements whose content is shown only where they themselves are not understood. */
static bool has_fallback(unsigned tag)
{
    switch (tag) {
    case TAG_iframe:
    case TAG_noembed:
    case TAG_noframes:
    case TAG_audio:
    case TAG_video:
    case TAG_canvas:
        return true;
    default:
        return false;
    }
}

/* What the browser's own sheet and the old attributes say, below every author rule. */
static void own_style(struct html_style *s, unsigned tag, const struct html_attributes *at)
{
    if (tag == TAG_a && at->has_href) {
        s->colour = LINK_COLOUR;
        s->set |= CSS_COLOUR;
    }
    if (at->hidden || tag == TAG_template || tag == TAG_noscript ||
        (tag == TAG_dialog && !at->open)) {
        s->display = DISPLAY_NONE;
        s->set |= CSS_DISPLAY;
    }
    if (at->bgcolor.n && html_colour_read(at->bgcolor, true, &s->background))
        s->set |= CSS_BACKGROUND;
    if (at->background.n) {
        s->has_image = true;
        s->set |= CSS_IMAGE;
    }
    if (tag == TAG_font && at->color.n && html_colour_read(at->color, true, &s->colour))
        s->set |= CSS_COLOUR;
}

static bool is_hidden_itself(unsigned tag)
{
    return tag == TAG_template || tag == TAG_noscript || tag == TAG_dialog;
}

/* `any`: there is an attribute, or the element has a style of its own. */
static void style_of(struct html_walk *w, unsigned tag, const struct html_attributes *at, bool any,
                     struct html_style *out)
{
    out->set = out->important = 0; /* the other fields count only when `set` names them */
    if (!any && !w->sheet.n_rules)
        return;
    own_style(out, tag, at);
    if (w->sheet.n_rules)
        html_sheet_match(&w->sheet, tag, at->classes, at->id, out, &w->view->work);
    if (at->style.n)
        html_style_add(out, at->style, &w->view->work);
}

static enum html_mode mode_of(unsigned tag)
{
    switch (tag) {
    case TAG_title:
    case TAG_textarea:
        return HTML_MODE_RCDATA;
    case TAG_style:
    case TAG_xmp:
    case TAG_iframe:
    case TAG_noembed:
    case TAG_noframes:
        return HTML_MODE_RAWTEXT;
    case TAG_script:
        return HTML_MODE_SCRIPT;
    case TAG_plaintext:
        return HTML_MODE_PLAINTEXT;
    default:
        return HTML_MODE_DATA;
    }
}

static void add_text(struct html_walk *w, struct slice s, const struct html_box *box)
{
    w->view->work += s.n;
    w->view->text_bytes += (uint32_t)s.n;
    if (box->cause == HTML_SEEN)
        (void)html_text_add(&w->shown, s, box->preserves);
    else
        w->view->hidden_by[box->cause] += (uint32_t)html_text_add(&w->hidden, s, box->preserves);
}

static void count_tag(struct html_view *v, unsigned tag, const struct html_attributes *at)
{
    v->event_handlers += at->handlers;
    if (tag == TAG_script)
        v->scripts++;
    else if (tag == TAG_style)
        v->styles++;
}

static void push(struct html_walk *w, unsigned tag, const struct html_box *box)
{
    struct html_box inside = *box;
    if (has_fallback(tag)) {
        inside.gone = true;
        html_box_judge(&inside);
    }
    html_tree_push(&w->tree, tag, &inside);
}

static void start(struct html_walk *w)
{
    static const struct html_attributes none;
    const struct html_attributes *at = &none;
    struct html_style style;
    struct html_box box;
    unsigned tag = html_tag(w->lexer.name);
    if (tag >= TAG_KNOWN && slice_eq(w->lexer.name, SLICE("image")))
        tag = TAG_img; /* HTML 13.2.6.4.7 */
    unsigned flags = html_tag_flags(tag);
    w->view->tags++;
    w->view->shape = hash_mix(w->view->shape + tag + 1);
    if (w->lexer.n_attrs) {
        pick(&w->picked, &w->lexer);
        at = &w->picked;
    }
    count_tag(w->view, tag, at);
    if (flags & (TAG_LINE | TAG_GAP) || tag == TAG_br) {
        enum html_gap gap = flags & TAG_GAP ? GAP_SPACE : GAP_LINE;
        html_text_gap(&w->shown, gap);
        html_text_gap(&w->hidden, gap);
    }
    w->lexer.mode = mode_of(tag);
    if (!html_tree_before(&w->tree, tag)) {
        w->view->bad_tags++;
        return;
    }
    style_of(w, tag, at, at != &none || is_hidden_itself(tag), &style);
    html_box_make(&box, html_tree_box(&w->tree), tag, &style);
    if (!(flags & TAG_VOID))
        push(w, tag, &box);
    html_link_tag(w, tag, at, &box, &style);
    if (tag == TAG_img && at->alt.n) { /* shown where images are not loaded */
        add_text(w, SLICE(" "), &box);
        add_text(w, at->alt, &box);
        add_text(w, SLICE(" "), &box);
    }
}

static void end(struct html_walk *w)
{
    unsigned tag = html_tag(w->lexer.name);
    if (tag == TAG_br || (tag == TAG_p && w->tree.last[TAG_p] < 0)) {
        html_text_gap(&w->shown, GAP_LINE); /* HTML reads these as start tags */
        html_text_gap(&w->hidden, GAP_LINE);
    } else if (!html_tree_end(&w->tree, tag)) {
        w->view->bad_tags++;
    }
}

static bool is_blank(struct slice s)
{
    for (size_t i = 0; i < s.n; i += BYTES16) {
        struct bytes16 b = bytes16_load(slice_from(s, i));
        if (~bytes16_space(&b) & bytes16_head(s.n - i))
            return false;
    }
    return true;
}

static void text(struct html_walk *w)
{
    struct slice s = w->lexer.text;
    switch (w->tree.frames[w->tree.n - 1].tag) {
    case TAG_title:
        if (w->view->title.n == 0)
            w->view->title = arena_dup(w->m->arena, utf8_head(slice_trim(s), 1000));
        return;
    case TAG_style:
        html_sheet_add(&w->sheet, w->m->arena, s, &w->view->work);
        return;
    case TAG_script:
        return;
    default:
        break;
    }
    add_text(w, s, is_blank(s) ? html_tree_box(&w->tree) : html_tree_text_box(&w->tree));
}

static void walk(struct html_walk *w)
{
    for (;;) {
        switch (html_next(&w->lexer)) {
        case HTML_TEXT:
            text(w);
            break;
        case HTML_START:
            start(w);
            break;
        case HTML_END:
            end(w);
            break;
        case HTML_COMMENT:
            w->view->comments++;
            break;
        case HTML_END_OF_FILE:
            html_tree_finish(&w->tree);
            return;
        default:
            break;
        }
    }
}

/* The text in the arena, as valid UTF-8. */
static struct slice take(struct html_walk *w, struct html_text *t)
{
    struct slice s = arena_dup(w->m->arena, buf_slice(&t->out));
    if (t->out.full) {
        anomaly_add(&w->m->anomalies, ANOMALY_limit_text, w->part, (struct slice){0});
        while (s.n && ((unsigned char)s.p[s.n - 1] & 0xC0) == 0x80)
            s.n--; /* the last character may be cut */
        if (s.n && (s.p[s.n - 1] & 0x80))
            s.n--;
    }
    buf_fini(&t->out);
    return s;
}

static void finish(struct html_walk *w)
{
    struct html_view *v = w->view;
    struct anomalies *all = &w->m->anomalies;
    struct slice none = {0};
    v->zero_width = w->shown.zero_width + w->hidden.zero_width;
    v->hidden_by[HTML_HIDDEN_ZERO_WIDTH] = w->shown.zero_bytes + w->hidden.zero_bytes;
    struct slice texts[2];
    texts[0] = v->text = take(w, &w->shown);
    texts[1] = v->hidden = take(w, &w->hidden);
    html_link_finish(w, texts);
    v->work += w->lexer.work + w->tree.work;
    if (w->tree.cut || w->sheet.cut || w->lexer.cut || w->forms_cut)
        anomaly_add(all, ANOMALY_limit_html, w->part, none);
    if (v->hidden.n)
        anomaly_add(all, ANOMALY_html_hidden, w->part, utf8_head(v->hidden, 80));
    if (v->bad_tags)
        anomaly_add(all, ANOMALY_html_broken, w->part, none);
}

struct html_view *html_read(struct message *m, uint32_t part, struct slice html)
{
    struct html_walk *w = ARENA_NEW(m->arena, struct html_walk);
    w->view = ARENA_NEW(m->arena, struct html_view);
    w->m = m;
    w->part = part;
    if (html.n > m->limits->html_bytes) {
        anomaly_add(&m->anomalies, ANOMALY_limit_html, part, (struct slice){0});
        html.n = m->limits->html_bytes;
    }
    html = utf8_clean(m->arena, html);
    html_lexer_init(&w->lexer, m->arena, html);
    html_tree_init(&w->tree, m->arena, m->limits->html_depth);
    w->tree.on_end = on_end;
    w->tree.ctx = w;
    w->shown.out = w->hidden.out = BUF_INIT(m->limits->text_bytes);
    walk(w);
    finish(w);
    return w->view;
}
