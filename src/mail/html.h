/* HTML to what a person sees: visible text, hidden text told apart, links with their shown
 * text, forms, images. A tolerant tokenizer in the terms of WHATWG HTML, no tree, linear time.
 *
 * Hidden means: display:none, visibility:hidden, the hidden attribute, zero or tiny font,
 * width/height or max-height of zero with overflow hidden, opacity near zero, text colour on
 * the same or a nearly equal background, far off-screen positions or indents, <template>,
 * <noscript>, zero-width characters inside words.
 */
#ifndef MUSTER_MAIL_HTML_H
#define MUSTER_MAIL_HTML_H

#include "mail/message.h"

enum html_hidden_by {
    HTML_HIDDEN_DISPLAY,
    HTML_HIDDEN_SIZE,
    HTML_HIDDEN_COLOUR,
    HTML_HIDDEN_OFFSCREEN,
    HTML_HIDDEN_OPACITY,
    HTML_HIDDEN_ZERO_WIDTH,
    HTML_HIDDEN_KINDS
};

struct html_form {
    struct slice action; /* as written */
    bool has_password, has_file;
    uint32_t inputs;
    struct html_form *next;
};

struct html_view {
    struct slice text;   /* visible, white space collapsed, block elements as line ends */
    struct slice hidden; /* not visible */
    uint32_t hidden_by[HTML_HIDDEN_KINDS]; /* bytes of text hidden by each means */
    struct link *links, *links_last;       /* moved into the message by message_parse */
    size_t n_links;
    struct html_form *forms;
    uint32_t images, remote_images, data_images, tracking_pixels; /* pixel: at most 2x2 */
    uint32_t scripts, event_handlers, data_urls, javascript_urls, iframes, meta_refresh;
    uint32_t tags, bad_tags, comments, styles;
    uint32_t text_bytes, zero_width; /* zero_width: invisible characters inside words */
    uint64_t shape;                  /* hash of the tag sequence, for near-duplicates */
    struct slice title, base;
    uint64_t work; /* looks at bytes, for tests of linearity */
};

/* Links stand in the order of the source; behind them those that stand in running text outside
 * of anchors, which mail programs also turn into links (LINK_TEXT). Forms, frames and other
 * elements that fetch or send give LINK_FORM and LINK_OTHER, remote images LINK_IMAGE.
 * html is UTF-8 (bad bytes allowed). Anomalies go into m. */
struct html_view *html_read(struct message *m, uint32_t part, struct slice html);
/* The character set that a document names by a UTF-8 mark or in a meta element near its start
 * (WHATWG HTML 13.2.3.2), as written; empty for none or an unknown one. Bytes in any encoding
 * that extends ASCII. */
struct slice html_charset(struct slice html);

#endif
