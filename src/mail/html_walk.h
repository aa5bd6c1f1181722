/* The walk over one document, shared by html.c (tokens, text) and html_link.c (what points
 * elsewhere). */
#ifndef MUSTER_MAIL_HTML_WALK_H
#define MUSTER_MAIL_HTML_WALK_H

#include "mail/html_text.h"
#include "mail/html_token.h"
#include "mail/html_tree.h"

#define HTML_FIELDS 16

/* The attributes that matter, picked out of a tag in one pass. */
struct html_attributes {
    struct slice style, classes, id, href, src, alt, width, height, bgcolor, color, background,
        action, type, content, http_equiv, data;
    bool hidden, open, has_href;
    uint32_t handlers; /* on... */
    /* Which of the slices are set: clearing those costs less than clearing all. */
    unsigned char set[HTML_FIELDS];
    unsigned n_set;
};

/* Where a link's text stands in the two texts; becomes link.shown at the end. */
struct html_anchor {
    struct link *link;
    size_t from[2], to[2]; /* in the visible and the hidden text */
};

struct html_walk {
    struct message *m;
    uint32_t part;
    struct html_view *view;
    struct html_lexer lexer;
    struct html_attributes picked; /* of the tag at hand */
    struct html_tree tree;
    struct html_sheet sheet;
    struct html_text shown, hidden;
    struct html_anchor *anchors;
    size_t n_anchors, room_anchors;
    bool in_anchor; /* the last of them is open */
    struct html_form *form, *last_form;
    struct url base;
    size_t n_forms;
    bool has_base, links_cut, forms_cut;
};

/* Forms, links, images and all else in a start tag that points elsewhere. */
void html_link_tag(struct html_walk *w, unsigned tag, const struct html_attributes *at,
                   const struct html_box *box, const struct html_style *style);
/* Ends the open anchor, if any. */
void html_link_end(struct html_walk *w);
/* Gives the anchors their text and finds the links in running text. `texts` are the visible and
 * the hidden text in their final place. */
void html_link_finish(struct html_walk *w, const struct slice texts[2]);

#endif
