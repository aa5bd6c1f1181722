/* HTML (and SVG) made piece by piece: text and attribute values are escaped always, elements are
 * closed in order, addresses that could run something are taken out. There is no way to put bytes
 * in that are not escaped, but html_raw, which takes literals of the source alone.
 *
 *     html_open(h, "p", "class", "note");
 *     html_str(h, words_from_anywhere);
 *     html_open(h, "a", "href", address_from_anywhere);
 *     html_str(h, "more");
 *     html_close(h);                          // </a>
 *     html_close(h);                          // </p>
 *
 * Names of elements and attributes are literals of ours: "style" and "on..." are bugs.
 */
#ifndef MUSTER_WEB_HTML_H
#define MUSTER_WEB_HTML_H

#include "base/buf.h"

#define HTML_DEPTH   64
#define HTML_COLUMNS 12

/* Where the heads of a table's columns stand in the output. */
struct html_columns {
    bool is_stack;
    unsigned n, at;
    size_t begin[HTML_COLUMNS], end[HTML_COLUMNS];
};

struct html {
    struct buf *out;
    const char *stack[HTML_DEPTH];
    unsigned depth;
    /* Called for the value of each href, src and action that stays; gives what is written instead
     * (for the static export). May be NULL. */
    const char *(*link)(void *arg, const char *url);
    void *link_arg;
    struct html_columns columns; /* of the innermost table of class "stack" */
};

#define HTML_INIT(buffer) ((struct html){.out = (buffer)})

/* <tag name="value" ...>: names and values in turn. A value NULL leaves its attribute out, ""
 * is the way of attributes without value. Elements without content (br, img, input, meta ...)
 * need no html_close. href, src, action, poster and cite are written only when they lead to
 * http, https, mailto or within this site; else "#". */
#define html_open(h, ...) html_open_list((h), __VA_ARGS__, (const char *)NULL)
void html_open_list(struct html *h, const char *tag, ...) __attribute__((sentinel));
/* In tables of class "stack", which show their cells one under the other on a phone, each cell but
 * the first of a row is given the head of its column (<th scope="col">) as data-l. */
/* Ends the innermost open element. */
void html_close(struct html *h);
/* Ends elements until so many are open (h->depth as it was before). */
void html_close_to(struct html *h, unsigned depth);
/* html_elem(h, tag, text, name, value, ...): <tag ...>text</tag>. */
#define html_elem(h, ...) html_elem_list((h), __VA_ARGS__, (const char *)NULL)
void html_elem_list(struct html *h, const char *tag, const char *text, ...)
    __attribute__((sentinel));

/* Text of any origin. Controls, bidi controls and bytes that are no UTF-8 are made visible. */
void html_text(struct html *h, struct slice s);
void html_str(struct html *h, const char *s); /* NULL: nothing */
void html_int(struct html *h, int64_t n);
/* At most `digits` digits behind the point. */
void html_num(struct html *h, double n, int digits);
/* Foreign words within our own: <bdi>, so that their direction does not reach ours. */
void html_bdi(struct html *h, const char *s);
/* <time datetime="...">2026-11-22 07:10 UTC</time>; 0 or less: a dash. */
void html_time(struct html *h, int64_t us);
/* As html_time, the day alone. */
void html_day(struct html *h, int64_t us);
/* Our own sentences, from the source or a catalogue: as html_str, bidi controls stay. */
void html_own(struct html *h, const char *s);
/* A literal of the source, as it is. */
#define html_raw(h, literal) html_raw_literal((h), SLICE(literal))
void html_raw_literal(struct html *h, struct slice literal);
/* True when an address may stand in href: http, https, mailto, or within this site. */
bool html_url_ok(const char *url);

#endif
