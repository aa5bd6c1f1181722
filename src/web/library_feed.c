/* Feeds of what is new in the library. */
#include "web/feed.h"
#include "web/library_pages.h"

static bool newest(struct page *p, struct feed *out)
{
    json_t *args = library_args(p);
    json_object_set_new(args, "order", json_string("newest"));
    json_object_set_new(args, "most", json_integer(40));
    json_object_set_new(args, "settled", json_true()); /* strangers' links reach no reader's feed */
    const json_t *j = page_get(p, "library/search", args);
    if (j == NULL)
        return false;
    const json_t *items = json_object_get(j, "items"), *o;
    struct feed_entry *entry = ARENA_ARRAY(p->arena, struct feed_entry, json_array_size(items) + 1);
    size_t i;
    json_array_foreach(items, i, o)
        entry[i] = (struct feed_entry){.title = page_text(o, "title"),
                                       .updated = page_text(o, "changed"),
                                       .path = page_path(p, "/library/%s", page_text(o, "id")),
                                       .id_tail = "",
                                       .summary = page_text(o, "summary"),
                                       .author = page_text(o, "publisher"),
                                       .category = page_text(o, "object"),
                                       .lang = page_text(o, "text_language"),
                                       .external = page_text(o, "url")};
    *out = (struct feed){.title = page_tr(p, N_("New in the library")),
                         .home = "/library",
                         .self = "/library/atom",
                         .entry = entry,
                         .n = json_array_size(items)};
    return true;
}

void library_atom(struct page *p)
{
    struct feed f;
    if (newest(p, &f))
        feed_send_atom(p, &f);
}

void library_json_feed(struct page *p)
{
    struct feed f;
    if (newest(p, &f))
        feed_send_json(p, &f);
}
