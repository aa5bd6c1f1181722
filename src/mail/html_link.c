/* What a document points to: links with their text, forms, images, frames. See html_walk.h. */
#include "mail/html_walk.h"

#include "mail/link_url.h"
#include "mail/url.h"

/* Longest shown text that is tried as a URL of its own. */
#define SHOWN_URL_MAX 300
#define PIXEL_MAX     2
/* Forms kept; honest mail has a handful. */
#define FORMS_MAX 500

static bool has_scheme(struct slice s, struct slice scheme)
{
    /* Browsers skip controls in front and tabs and line ends inside. */
    size_t k = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\t' || c == '\n' || c == '\r' || (k == 0 && (unsigned char)c <= ' '))
            continue;
        if (k == scheme.n)
            return c == ':';
        if (ascii_lower(c) != scheme.p[k])
            return false;
        k++;
    }
    return false;
}

static void add_link(struct html_walk *w, struct link *link)
{
    link->part = w->part;
    if (w->view->links_last)
        w->view->links_last->next = link;
    else
        w->view->links = link;
    w->view->links_last = link;
    w->view->n_links++;
}

/* A link for a URL as written, or NULL when it is none or there are too many. */
static struct link *link_to(struct html_walk *w, struct slice raw, enum link_from from)
{
    raw = slice_trim(raw);
    if (raw.n == 0 || raw.p[0] == '#')
        return NULL;
    if (w->m->n_links + w->view->n_links >= w->m->limits->links) {
        if (!w->links_cut)
            anomaly_add(&w->m->anomalies, ANOMALY_limit_links, w->part, slice_head(raw, 80));
        w->links_cut = true;
        return NULL;
    }
    struct link *link = ARENA_NEW(w->m->arena, struct link);
    link->from = from;
    if (has_scheme(raw, SLICE("data"))) {
        w->view->data_urls++;
        link->url = (struct url){.raw = raw, .scheme = SLICE("data"), .port = -1};
    } else {
        if (raw.n > w->m->limits->url_bytes) {
            anomaly_add(&w->m->anomalies, ANOMALY_limit_url, w->part, slice_head(raw, 80));
            raw.n = w->m->limits->url_bytes;
        }
        w->view->work += raw.n;
        (void)link_url(w->m, w->part, raw, w->has_base ? &w->base : NULL, &link->url);
        if (has_scheme(raw, SLICE("javascript")) || has_scheme(raw, SLICE("vbscript")))
            w->view->javascript_urls++;
    }
    add_link(w, link);
    return link;
}

static struct link *other(struct html_walk *w, struct slice raw, const struct html_box *box)
{
    struct link *link = link_to(w, raw, LINK_OTHER);
    if (link)
        link->is_hidden = box->cause != HTML_SEEN;
    return link;
}

static void anchor(struct html_walk *w, const struct html_attributes *at,
                   const struct html_box *box)
{
    html_link_end(w);
    struct link *link = link_to(w, at->href, LINK_HREF);
    if (!link)
        return;
    link->is_hidden = box->cause != HTML_SEEN;
    if (w->n_anchors == w->room_anchors) {
        size_t room = w->room_anchors ? w->room_anchors * 2 : 32;
        w->anchors = arena_grow(w->m->arena, w->anchors, w->n_anchors, room, sizeof *w->anchors);
        w->room_anchors = room;
    }
    w->anchors[w->n_anchors++] = (struct html_anchor){.link = link,
                                                      .from = {w->shown.out.n, w->hidden.out.n}};
    w->in_anchor = true;
}

void html_link_end(struct html_walk *w)
{
    if (!w->in_anchor)
        return;
    struct html_anchor *last = &w->anchors[w->n_anchors - 1];
    last->to[0] = w->shown.out.n;
    last->to[1] = w->hidden.out.n;
    w->in_anchor = false;
}

/* Size in pixels from an attribute and a style, or -1. */
static int pixel_size(struct slice attribute, bool in_style, struct css_length length)
{
    if (in_style && length.unit == UNIT_PX)
        return length.n < 0 ? 0 : length.n > 10000 ? 10000 : (int)length.n;
    int v = 0;
    size_t i = 0;
    for (; i < attribute.n && ascii_is_digit(attribute.p[i]) && v < 10000; i++)
        v = v * 10 + (attribute.p[i] - '0');
    return i && !(i < attribute.n && attribute.p[i] == '%') ? v : -1;
}

static void image(struct html_walk *w, const struct html_attributes *at, const struct html_box *box,
                  const struct html_style *style)
{
    struct html_view *v = w->view;
    v->images++;
    if (has_scheme(at->src, SLICE("data"))) {
        v->data_images++;
        return;
    }
    if (at->src.n == 0 || has_scheme(at->src, SLICE("cid")))
        return;
    struct link *link = link_to(w, at->src, LINK_IMAGE);
    if (link) {
        link->is_hidden = box->cause != HTML_SEEN;
        link->shown = at->alt;
        if (!link->url.is_valid)
            return;
    }
    v->remote_images++;
    int width = pixel_size(at->width, style->set & CSS_WIDTH, style->width);
    int height = pixel_size(at->height, style->set & CSS_HEIGHT, style->height);
    bool small = width >= 0 && width <= PIXEL_MAX && height >= 0 && height <= PIXEL_MAX;
    if (small || box->cause == HTML_HIDDEN_DISPLAY || box->cause == HTML_HIDDEN_OFFSCREEN)
        v->tracking_pixels++;
}

static void start_form(struct html_walk *w, const struct html_attributes *at,
                       const struct html_box *box)
{
    if (w->n_forms == FORMS_MAX) {
        w->forms_cut = true;
        return;
    }
    w->n_forms++;
    struct html_form *form = ARENA_NEW(w->m->arena, struct html_form);
    form->action = at->action;
    if (w->last_form)
        w->last_form->next = form;
    else
        w->view->forms = form;
    w->form = w->last_form = form;
    struct link *link = link_to(w, at->action, LINK_FORM);
    if (link)
        link->is_hidden = box->cause != HTML_SEEN;
}

static void input(struct html_walk *w, const struct html_attributes *at, const struct html_box *box)
{
    if (!w->form) { /* a field outside of a form still asks for something */
        struct html_attributes none = {0};
        start_form(w, &none, box);
        if (!w->form)
            return;
    }
    w->form->inputs++;
    w->form->has_password = w->form->has_password || slice_ieq(at->type, SLICE("password"));
    w->form->has_file = w->form->has_file || slice_ieq(at->type, SLICE("file"));
    if (slice_ieq(at->type, SLICE("image")))
        (void)link_to(w, at->src, LINK_IMAGE);
}

/* "5; url=https://..." */
static void refresh(struct html_walk *w, struct slice content)
{
    w->view->meta_refresh++;
    size_t at = slice_ifind(content, SLICE("url"));
    if (at == SIZE_MAX)
        return;
    struct slice s = slice_trim(slice_from(content, at + 3));
    if (s.n && s.p[0] == '=')
        s = slice_trim(slice_from(s, 1));
    if (s.n >= 1 && (s.p[0] == '\'' || s.p[0] == '"')) {
        char quote = s.p[0];
        s = slice_from(s, 1);
        s = slice_head(s, slice_chr(s, quote));
    }
    (void)link_to(w, s, LINK_OTHER);
}

static void set_base(struct html_walk *w, struct slice href)
{
    if (w->has_base || href.n == 0 || href.n > w->m->limits->url_bytes)
        return;
    w->view->base = slice_trim(href);
    w->has_base = url_parse(w->m->arena, href, NULL, &w->base);
}

void html_link_tag(struct html_walk *w, unsigned tag, const struct html_attributes *at,
                   const struct html_box *box, const struct html_style *style)
{
    switch (tag) {
    case TAG_a:
        if (at->has_href)
            anchor(w, at, box);
        break;
    case TAG_area:
        (void)other(w, at->href, box);
        break;
    case TAG_img:
        image(w, at, box, style);
        break;
    case TAG_form:
        start_form(w, at, box);
        break;
    case TAG_input:
    case TAG_select:
    case TAG_textarea:
        input(w, at, box);
        break;
    case TAG_button:
        if (w->form)
            w->form->inputs++;
        break;
    case TAG_iframe:
    case TAG_frame:
        w->view->iframes++;
        (void)other(w, at->src, box);
        break;
    case TAG_script:
    case TAG_embed:
    case TAG_video:
    case TAG_audio:
    case TAG_source:
        (void)other(w, at->src, box);
        break;
    case TAG_object:
        (void)other(w, at->data, box);
        break;
    case TAG_link:
        (void)other(w, at->href, box);
        break;
    case TAG_base:
        set_base(w, at->href);
        break;
    case TAG_meta:
        if (slice_ieq(slice_trim(at->http_equiv), SLICE("refresh")))
            refresh(w, at->content);
        break;
    default:
        break;
    }
    if (at->background.n && !has_scheme(at->background, SLICE("cid")))
        (void)other(w, at->background, box);
}

/* The organisational domain when the text is itself a URL or host. */
static struct slice domain_of_text(struct html_walk *w, struct slice text)
{
    struct slice none = {0};
    struct url_hit hit;
    size_t at = 0;
    if (text.n < 4 || text.n > SHOWN_URL_MAX || slice_chr(text, '.') == SIZE_MAX)
        return none;
    if (!url_find(text, &at, true, &hit) || hit.start != 0 || hit.end + 1 < text.n)
        return none;
    struct slice s = slice_head(text, hit.end);
    if (hit.is_defanged)
        s = url_refang(w->m->arena, s);
    if (!hit.has_scheme)
        s = arena_join(w->m->arena, SLICE("http://"), s);
    struct url url;
    return link_url(w->m, w->part, s, NULL, &url) ? url.domain : none;
}

/* Links in text[from, to). */
static void find_links(struct html_walk *w, struct slice text, size_t from, size_t to)
{
    struct url_hit hit;
    struct slice piece = slice_head(text, to);
    while (!w->links_cut && from < to && url_find(piece, &from, true, &hit)) {
        struct slice s = slice_of(piece.p + hit.start, hit.end - hit.start);
        struct slice shown = s;
        if (hit.is_defanged)
            s = url_refang(w->m->arena, s);
        if (!hit.has_scheme)
            s = arena_join(w->m->arena, SLICE("http://"), s);
        struct link *link = link_to(w, s, LINK_TEXT);
        if (link) {
            link->is_defanged = hit.is_defanged;
            link->shown = shown;
            link->shown_domain = link->url.domain;
        }
    }
}

void html_link_finish(struct html_walk *w, const struct slice texts[2])
{
    html_link_end(w);
    struct slice text = texts[0];
    size_t done = 0;
    w->has_base = false; /* URLs in running text are whole */
    for (size_t i = 0; i < w->n_anchors; i++) {
        struct html_anchor *a = &w->anchors[i];
        for (int k = 0; k < 2 && a->link->shown.n == 0; k++) {
            struct slice s = slice_head(texts[k], a->to[k]);
            a->link->shown = slice_trim(slice_from(s, a->from[k]));
        }
        a->link->shown_domain = domain_of_text(w, a->link->shown);
        size_t from = a->from[0] < text.n ? a->from[0] : text.n;
        if (from > done)
            find_links(w, text, done, from);
        if (a->to[0] > done)
            done = a->to[0];
    }
    if (done < text.n)
        find_links(w, text, done, text.n);
    w->view->work += text.n;
}
