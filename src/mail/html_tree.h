/* The open elements of a document and what can be seen inside them.
 *
 * Follows the parts of HTML 13.2.6 that decide which element a piece of text stands in: implied
 * end tags, scopes, table parts, text that is moved out of tables, and formatting elements that
 * end across blocks. Every step takes constant time, or time paid for by an earlier push.
 */
#ifndef MUSTER_MAIL_HTML_TREE_H
#define MUSTER_MAIL_HTML_TREE_H

#include "mail/html.h"
#include "mail/html_style.h"
#include "mail/html_tag.h"

#define HTML_SEEN HTML_HIDDEN_KINDS /* value of html_box.cause: not hidden */

/* What an element hands down. */
struct html_box {
    html_colour colour, back;
    float font_px, opacity;
    bool back_known;     /* false over a background image */
    bool visible;        /* visibility */
    bool preserves;      /* white-space */
    bool gone;           /* display:none here or above */
    bool clipped;        /* no room or clipped away here or above */
    bool off_screen;     /* here or above */
    unsigned char cause; /* enum html_hidden_by, or HTML_SEEN */
};

struct html_frame {
    struct html_box box;
    int under;   /* next frame below with the same tag, or -1 */
    int wall;    /* nearest scope boundary at or below */
    int special; /* nearest special element at or below */
    unsigned short tag;
    bool is_over; /* a formatting element that has ended across a block */
};

struct html_tree {
    struct html_frame *frames;
    int n, room, max;
    struct arena *a;
    int last[TAG_COUNT]; /* topmost frame of a tag, or -1 */
    size_t deeper;       /* open elements that found no place */
    bool cut;
    /* Called for each element that ends, topmost first. */
    void (*on_end)(void *ctx, unsigned tag);
    void *ctx;
    uint64_t work;
};

void html_tree_init(struct html_tree *t, struct arena *a, size_t max_depth);
/* The box that text here stands in. */
const struct html_box *html_tree_box(const struct html_tree *t);
/* As above for text that is not white space: in a table outside its cells it stands before the
 * table. */
const struct html_box *html_tree_text_box(const struct html_tree *t);
/* Ends what the start of `tag` ends. False: HTML drops this tag here. */
bool html_tree_before(struct html_tree *t, unsigned tag);
void html_tree_push(struct html_tree *t, unsigned tag, const struct html_box *box);
/* False: the end tag fits nothing. */
bool html_tree_end(struct html_tree *t, unsigned tag);
void html_tree_finish(struct html_tree *t);

/* The box of an element with `style` inside `parent`. */
void html_box_make(struct html_box *out, const struct html_box *parent, unsigned tag,
                   const struct html_style *style);
/* Sets the cause again after another field was changed. */
void html_box_judge(struct html_box *b);

#endif
