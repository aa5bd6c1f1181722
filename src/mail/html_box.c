/* What can be seen inside an element: computed style as far as it hides. See html_tree.h. */
#include "mail/html_tree.h"

#define TINY_FONT_PX 2.0f /* below this nobody reads */
#define NO_ROOM_PX   1.0f
#define FAR_PX       (-200.0f)
#define NEAR_OPACITY 0.1f

static float pixels(struct css_length l, float font_px)
{
    switch (l.unit) {
    case UNIT_EM:
        return l.n * font_px;
    case UNIT_REM:
        return l.n * 16;
    case UNIT_PERCENT:
        return l.n * 6; /* of a window 600 pixels wide */
    default:
        return l.n;
    }
}

static void set_font(struct html_box *b, unsigned tag, const struct html_style *s)
{
    if (tag == TAG_small || tag == TAG_sub || tag == TAG_sup)
        b->font_px *= 0.83f;
    if (!(s->set & CSS_FONT_SIZE))
        return;
    b->font_px = s->font.unit == UNIT_PERCENT ? b->font_px * s->font.n / 100
                                              : pixels(s->font, b->font_px);
}

static html_colour blend(html_colour top, html_colour below)
{
    unsigned alpha = top >> 24;
    html_colour r = 0xFF000000u;
    for (int shift = 0; shift < 24; shift += 8) {
        unsigned x = (top >> shift & 255) * alpha + (below >> shift & 255) * (255 - alpha);
        r |= (x / 255) << shift;
    }
    return r;
}

static void set_colours(struct html_box *b, const struct html_style *s)
{
    if (s->set & CSS_COLOUR)
        b->colour = s->colour;
    if (s->set & CSS_BACKGROUND) {
        b->back_known = b->back_known || s->background >> 24 == 255;
        b->back = blend(s->background, b->back);
    }
    if ((s->set & CSS_IMAGE) && s->has_image)
        b->back_known = false;
}

/* Width, height and clipping matter for boxes only, and table parts grow with their content. */
static bool has_own_size(unsigned tag, const struct html_style *s)
{
    switch (tag) {
    case TAG_table:
    case TAG_tbody:
    case TAG_thead:
    case TAG_tfoot:
    case TAG_tr:
    case TAG_td:
    case TAG_th:
        return (s->set & CSS_DISPLAY) && s->display == DISPLAY_BLOCK;
    default:
        break;
    }
    if ((s->set & CSS_POSITION) && s->positioned)
        return true;
    if (s->set & CSS_DISPLAY)
        return s->display == DISPLAY_BLOCK || s->display == DISPLAY_BOX;
    return html_tag_flags(tag) & TAG_LINE;
}

static bool has_no_room(const struct html_box *b, const struct html_style *s)
{
    return ((s->set & CSS_HEIGHT) && pixels(s->height, b->font_px) <= NO_ROOM_PX) ||
           ((s->set & CSS_WIDTH) && pixels(s->width, b->font_px) <= NO_ROOM_PX) ||
           ((s->set & CSS_MAX_HEIGHT) && pixels(s->max_height, b->font_px) <= NO_ROOM_PX) ||
           ((s->set & CSS_MAX_WIDTH) && pixels(s->max_width, b->font_px) <= NO_ROOM_PX);
}

static void set_size(struct html_box *b, unsigned tag, const struct html_style *s)
{
    bool hides_rest = (s->set & CSS_OVERFLOW) && s->overflow_hidden;
    if (hides_rest && has_no_room(b, s) && has_own_size(tag, s))
        b->clipped = true;
    if ((s->set & CSS_CLIP) && s->clipped)
        b->clipped = true;
    if ((s->set & CSS_TRANSFORM) && s->scaled_away)
        b->clipped = true;
}

static bool is_far(const struct html_box *b, struct css_length l)
{
    return pixels(l, b->font_px) <= FAR_PX;
}

static void set_place(struct html_box *b, const struct html_style *s)
{
    bool placed = (s->set & CSS_POSITION) && s->positioned;
    if (placed &&
        (((s->set & CSS_LEFT) && is_far(b, s->left)) || ((s->set & CSS_TOP) && is_far(b, s->top)) ||
         ((s->set & CSS_RIGHT) && is_far(b, s->right))))
        b->off_screen = true;
    if (((s->set & CSS_INDENT) && is_far(b, s->indent)) ||
        ((s->set & CSS_MARGIN_LEFT) && is_far(b, s->margin_left)) ||
        ((s->set & CSS_MARGIN_TOP) && is_far(b, s->margin_top)))
        b->off_screen = true;
}

void html_box_judge(struct html_box *b)
{
    if (b->gone || !b->visible)
        b->cause = HTML_HIDDEN_DISPLAY;
    else if (b->clipped)
        b->cause = HTML_HIDDEN_SIZE;
    else if (b->off_screen)
        b->cause = HTML_HIDDEN_OFFSCREEN;
    else if (b->opacity < NEAR_OPACITY)
        b->cause = HTML_HIDDEN_OPACITY;
    else if (b->font_px < TINY_FONT_PX)
        b->cause = HTML_HIDDEN_SIZE;
    else if (b->colour >> 24 < 20 || (b->back_known && html_colour_near(b->colour, b->back)))
        b->cause = HTML_HIDDEN_COLOUR;
    else
        b->cause = HTML_SEEN;
}

void html_box_make(struct html_box *out, const struct html_box *parent, unsigned tag,
                   const struct html_style *s)
{
    *out = *parent;
    if (tag == TAG_pre || tag == TAG_listing || tag == TAG_xmp || tag == TAG_plaintext ||
        tag == TAG_textarea)
        out->preserves = true;
    set_font(out, tag, s);
    if (s->set) {
        set_colours(out, s);
        set_size(out, tag, s);
        set_place(out, s);
        if (s->set & CSS_OPACITY)
            out->opacity *= s->opacity;
        if (s->set & CSS_VISIBILITY)
            out->visible = s->visible;
        if (s->set & CSS_WHITE_SPACE)
            out->preserves = s->preserves;
        if ((s->set & CSS_DISPLAY) && s->display == DISPLAY_NONE)
            out->gone = true;
    }
    html_box_judge(out);
}
