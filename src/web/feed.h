/* Feeds of what changed: Atom (RFC 4287) and JSON Feed 1.1 from the same entries. */
#ifndef MUSTER_WEB_FEED_H
#define MUSTER_WEB_FEED_H

#include "web/page.h"

struct feed_entry {
    const char *title, *updated; /* RFC 3339 */
    const char *path;            /* of its page: "/why/CODE" */
    const char *id_tail;         /* behind the page's address, so that each change has its id; "" */
    const char *summary, *author, *category, *lang; /* "": none */
    const char *external; /* an address elsewhere that it is about; "": none */
};

struct feed {
    const char *title;              /* translated */
    const char *home, *self;        /* paths: "/listings", "/listings/atom" */
    const struct feed_entry *entry; /* newest first */
    size_t n;
};

/* The answer is the feed. */
void feed_send_atom(struct page *p, const struct feed *f);
void feed_send_json(struct page *p, const struct feed *f);

#endif
