/* CSS as far as it decides whether text can be seen: declarations, and style sheets of simple
 * selectors. mso-hide is not read: it hides in Outlook alone, and stands on honest content that
 * has a twin for Outlook. */
#ifndef MUSTER_MAIL_HTML_STYLE_H
#define MUSTER_MAIL_HTML_STYLE_H

#include "base/arena.h"

/* 0xAARRGGBB */
typedef uint32_t html_colour;
#define HTML_BLACK 0xFF000000u
#define HTML_WHITE 0xFFFFFFFFu

/* "red", "#f00", "rgb(255 0 0 / 50%)", "hsl(0,100%,50%)", "transparent"; `legacy` also "f00000".
 * false: no colour. */
bool html_colour_read(struct slice s, bool legacy, html_colour *out);
/* True when text of colour a on b can't be told from it. */
bool html_colour_near(html_colour a, html_colour b);

enum css_prop {
    CSS_DISPLAY = 1 << 0,
    CSS_VISIBILITY = 1 << 1,
    CSS_FONT_SIZE = 1 << 2,
    CSS_OPACITY = 1 << 3,
    CSS_COLOUR = 1 << 4,
    CSS_BACKGROUND = 1 << 5,
    CSS_IMAGE = 1 << 6, /* background image */
    CSS_WIDTH = 1 << 7,
    CSS_HEIGHT = 1 << 8,
    CSS_MAX_WIDTH = 1 << 9,
    CSS_MAX_HEIGHT = 1 << 10,
    CSS_OVERFLOW = 1 << 11,
    CSS_POSITION = 1 << 12,
    CSS_LEFT = 1 << 13,
    CSS_TOP = 1 << 14,
    CSS_RIGHT = 1 << 15,
    CSS_INDENT = 1 << 16,
    CSS_MARGIN_LEFT = 1 << 17,
    CSS_MARGIN_TOP = 1 << 18,
    CSS_CLIP = 1 << 19,
    CSS_WHITE_SPACE = 1 << 20,
    CSS_TRANSFORM = 1 << 21
};

/* BOX: inline-block and other boxes with a size of their own. */
enum css_display { DISPLAY_INLINE, DISPLAY_NONE, DISPLAY_BLOCK, DISPLAY_BOX, DISPLAY_TABLE };

struct css_length {
    float n;
    enum { UNIT_PX, UNIT_EM, UNIT_PERCENT, UNIT_REM } unit;
};

/* Declarations in force: `set` says which fields are given. */
struct html_style {
    uint32_t set, important;
    unsigned char display; /* enum css_display */
    bool visible;          /* visibility */
    bool has_image;        /* background image other than none */
    bool overflow_hidden;
    bool positioned;  /* absolute or fixed */
    bool clipped;     /* clip or clip-path to nothing */
    bool preserves;   /* white-space keeps line ends */
    bool scaled_away; /* transform: scale(0) */
    float opacity;
    html_colour colour, background;
    struct css_length font, width, height, max_width, max_height, left, top, right, indent,
        margin_left, margin_top;
};

/* Adds the declarations of a style attribute or rule body to *out; the later wins, !important
 * over all others. Adds the bytes looked at to *work. */
void html_style_add(struct html_style *out, struct slice css, uint64_t *work);
/* Adds all of `more` to *out by the same rule. */
void html_style_merge(struct html_style *out, const struct html_style *more);

/* ---- style sheets ---- */

/* Rules of the kinds "tag", ".class", "tag.class", "#id", "tag#id" and "*"; selectors of other
 * kinds (descendants, states) are passed over, as are @media blocks with conditions, since what
 * they match is not known without a tree and a screen. */
#define HTML_RULES 2048

struct html_rule {
    struct slice name; /* class or id, or empty for a tag rule */
    unsigned tag;      /* or TAG_COUNT for any */
    char kind;         /* '.', '#', 't', '*' */
    struct html_style style;
    struct html_rule *next; /* in its slot */
};

struct html_sheet {
    struct html_rule *slots[256];
    size_t n_rules;
    bool has_classes, has_ids, has_tags;
    bool cut; /* more rules than are kept */
};

void html_sheet_add(struct html_sheet *sheet, struct arena *a, struct slice css, uint64_t *work);
/* What the sheet says of an element, least specific first, added to *out. */
void html_sheet_match(const struct html_sheet *sheet, unsigned tag, struct slice classes,
                      struct slice id, struct html_style *out, uint64_t *work);

#endif
