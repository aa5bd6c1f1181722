/* The elements that reading mail tells apart, and what HTML's parsing rules say of each. */
#ifndef MUSTER_MAIL_HTML_TAG_H
#define MUSTER_MAIL_HTML_TAG_H

#include "base/slice.h"

enum html_tag_flag {
    TAG_VOID = 1,     /* has no content and no end tag */
    TAG_LINE = 2,     /* starts and ends a line */
    TAG_SPECIAL = 4,  /* "special" (HTML 13.2.4.2): an inline end tag does not reach past it */
    TAG_CLOSES_P = 8, /* its start ends an open p */
    TAG_WALL = 16,    /* end tags inside do not reach past it (13.2.4.2, "scope") */
    TAG_GAP = 32,     /* a space stands before and behind it (table cells) */
    TAG_FORMAT = 64   /* formatting element: its end tag reaches past special elements */
};

#define TAG_BLOCK (TAG_LINE | TAG_SPECIAL | TAG_CLOSES_P)

/* HTML_TAG(name, flags) */
#define HTML_TAGS                                        \
    HTML_TAG(a, TAG_FORMAT)                              \
    HTML_TAG(address, TAG_BLOCK)                         \
    HTML_TAG(applet, TAG_SPECIAL | TAG_WALL)             \
    HTML_TAG(area, TAG_VOID | TAG_SPECIAL)               \
    HTML_TAG(article, TAG_BLOCK)                         \
    HTML_TAG(aside, TAG_BLOCK)                           \
    HTML_TAG(audio, 0)                                   \
    HTML_TAG(b, TAG_FORMAT)                              \
    HTML_TAG(base, TAG_VOID | TAG_SPECIAL)               \
    HTML_TAG(basefont, TAG_VOID | TAG_SPECIAL)           \
    HTML_TAG(bgsound, TAG_VOID | TAG_SPECIAL)            \
    HTML_TAG(big, TAG_FORMAT)                            \
    HTML_TAG(blockquote, TAG_BLOCK)                      \
    HTML_TAG(body, TAG_SPECIAL)                          \
    HTML_TAG(br, TAG_VOID | TAG_SPECIAL)                 \
    HTML_TAG(button, TAG_SPECIAL)                        \
    HTML_TAG(canvas, 0)                                  \
    HTML_TAG(caption, TAG_LINE | TAG_SPECIAL | TAG_WALL) \
    HTML_TAG(center, TAG_BLOCK)                          \
    HTML_TAG(code, TAG_FORMAT)                           \
    HTML_TAG(col, TAG_VOID | TAG_SPECIAL)                \
    HTML_TAG(colgroup, TAG_SPECIAL)                      \
    HTML_TAG(dd, TAG_BLOCK)                              \
    HTML_TAG(details, TAG_BLOCK)                         \
    HTML_TAG(dialog, TAG_BLOCK)                          \
    HTML_TAG(dir, TAG_BLOCK)                             \
    HTML_TAG(div, TAG_BLOCK)                             \
    HTML_TAG(dl, TAG_BLOCK)                              \
    HTML_TAG(dt, TAG_BLOCK)                              \
    HTML_TAG(em, TAG_FORMAT)                             \
    HTML_TAG(embed, TAG_VOID | TAG_SPECIAL)              \
    HTML_TAG(fieldset, TAG_BLOCK)                        \
    HTML_TAG(figcaption, TAG_BLOCK)                      \
    HTML_TAG(figure, TAG_BLOCK)                          \
    HTML_TAG(font, TAG_FORMAT)                           \
    HTML_TAG(footer, TAG_BLOCK)                          \
    HTML_TAG(form, TAG_BLOCK)                            \
    HTML_TAG(frame, TAG_VOID | TAG_SPECIAL)              \
    HTML_TAG(frameset, TAG_SPECIAL)                      \
    HTML_TAG(h1, TAG_BLOCK)                              \
    HTML_TAG(h2, TAG_BLOCK)                              \
    HTML_TAG(h3, TAG_BLOCK)                              \
    HTML_TAG(h4, TAG_BLOCK)                              \
    HTML_TAG(h5, TAG_BLOCK)                              \
    HTML_TAG(h6, TAG_BLOCK)                              \
    HTML_TAG(head, TAG_SPECIAL)                          \
    HTML_TAG(header, TAG_BLOCK)                          \
    HTML_TAG(hgroup, TAG_BLOCK)                          \
    HTML_TAG(hr, TAG_BLOCK | TAG_VOID)                   \
    HTML_TAG(html, TAG_SPECIAL | TAG_WALL)               \
    HTML_TAG(i, TAG_FORMAT)                              \
    HTML_TAG(iframe, TAG_SPECIAL)                        \
    HTML_TAG(img, TAG_VOID | TAG_SPECIAL)                \
    HTML_TAG(input, TAG_VOID | TAG_SPECIAL)              \
    HTML_TAG(ins, 0)                                     \
    HTML_TAG(keygen, TAG_VOID | TAG_SPECIAL)             \
    HTML_TAG(label, 0)                                   \
    HTML_TAG(legend, TAG_LINE)                           \
    HTML_TAG(li, TAG_BLOCK)                              \
    HTML_TAG(link, TAG_VOID | TAG_SPECIAL)               \
    HTML_TAG(listing, TAG_BLOCK)                         \
    HTML_TAG(main, TAG_BLOCK)                            \
    HTML_TAG(map, 0)                                     \
    HTML_TAG(marquee, TAG_SPECIAL | TAG_WALL | TAG_LINE) \
    HTML_TAG(menu, TAG_BLOCK)                            \
    HTML_TAG(meta, TAG_VOID | TAG_SPECIAL)               \
    HTML_TAG(nav, TAG_BLOCK)                             \
    HTML_TAG(nobr, TAG_FORMAT)                           \
    HTML_TAG(noembed, TAG_SPECIAL)                       \
    HTML_TAG(noframes, TAG_SPECIAL)                      \
    HTML_TAG(noscript, TAG_SPECIAL)                      \
    HTML_TAG(object, TAG_SPECIAL | TAG_WALL)             \
    HTML_TAG(ol, TAG_BLOCK)                              \
    HTML_TAG(optgroup, TAG_LINE)                         \
    HTML_TAG(option, TAG_LINE)                           \
    HTML_TAG(p, TAG_BLOCK)                               \
    HTML_TAG(param, TAG_VOID | TAG_SPECIAL)              \
    HTML_TAG(plaintext, TAG_BLOCK)                       \
    HTML_TAG(pre, TAG_BLOCK)                             \
    HTML_TAG(q, 0)                                       \
    HTML_TAG(s, TAG_FORMAT)                              \
    HTML_TAG(script, TAG_SPECIAL)                        \
    HTML_TAG(search, TAG_BLOCK)                          \
    HTML_TAG(section, TAG_BLOCK)                         \
    HTML_TAG(select, TAG_SPECIAL)                        \
    HTML_TAG(small, TAG_FORMAT)                          \
    HTML_TAG(source, TAG_VOID | TAG_SPECIAL)             \
    HTML_TAG(span, 0)                                    \
    HTML_TAG(strike, TAG_FORMAT)                         \
    HTML_TAG(strong, TAG_FORMAT)                         \
    HTML_TAG(style, TAG_SPECIAL)                         \
    HTML_TAG(sub, 0)                                     \
    HTML_TAG(summary, TAG_BLOCK)                         \
    HTML_TAG(sup, 0)                                     \
    HTML_TAG(svg, 0)                                     \
    HTML_TAG(table, TAG_LINE | TAG_SPECIAL | TAG_WALL)   \
    HTML_TAG(tbody, TAG_LINE | TAG_SPECIAL)              \
    HTML_TAG(td, TAG_GAP | TAG_SPECIAL | TAG_WALL)       \
    HTML_TAG(template, TAG_SPECIAL | TAG_WALL)           \
    HTML_TAG(textarea, TAG_SPECIAL)                      \
    HTML_TAG(tfoot, TAG_LINE | TAG_SPECIAL)              \
    HTML_TAG(th, TAG_GAP | TAG_SPECIAL | TAG_WALL)       \
    HTML_TAG(thead, TAG_LINE | TAG_SPECIAL)              \
    HTML_TAG(title, TAG_SPECIAL)                         \
    HTML_TAG(tr, TAG_LINE | TAG_SPECIAL)                 \
    HTML_TAG(track, TAG_VOID | TAG_SPECIAL)              \
    HTML_TAG(tt, TAG_FORMAT)                             \
    HTML_TAG(u, TAG_FORMAT)                              \
    HTML_TAG(ul, TAG_BLOCK)                              \
    HTML_TAG(video, 0)                                   \
    HTML_TAG(wbr, TAG_VOID | TAG_SPECIAL)                \
    HTML_TAG(xmp, TAG_BLOCK)

#define HTML_TAG(name, flags) TAG_##name,
enum html_tag { HTML_TAGS TAG_KNOWN };
#undef HTML_TAG

/* Unknown elements share these numbers by hash; two that collide count as the same element. */
#define TAG_UNKNOWN 64
#define TAG_COUNT   (TAG_KNOWN + TAG_UNKNOWN)

/* Number of an element by its lower-case name, below TAG_COUNT. */
unsigned html_tag(struct slice name);
unsigned html_tag_flags(unsigned tag);

#endif
