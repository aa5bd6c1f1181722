/* Feeds of listings and their corrections, so that whoever took a copy hears of each change. The
 * same for everybody: what only the desk sees is in none. */
#include "web/desk.h"
#include "web/feed.h"

static bool changes(struct page *p, struct feed *out)
{
    json_t *args = json_object();
    json_object_set_new(args, "newest", json_true());
    json_object_set_new(args, "limit", json_integer(100));
    json_object_set_new(args, "_as_stranger", json_true());
    const json_t *j = page_get(p, "listings", args);
    if (j == NULL)
        return false;
    const json_t *rows = json_object_get(j, "listings"), *l;
    struct feed_entry *entry = ARENA_ARRAY(p->arena, struct feed_entry, json_array_size(rows) + 1);
    size_t i;
    json_array_foreach(rows, i, l)
    {
        const char *why = page_text(l, "last_change");
        entry[i] = (struct feed_entry){
            .title = arena_printf(p->arena, "%s: %s", page_text(l, "value"),
                                  page_tr(p, desk_word(page_text(l, "state"))))
                         .p,
            .updated = page_text(l, "changed"),
            .path = page_path(p, "/why/%s", page_text(l, "code")),
            .id_tail = arena_printf(p->arena, "#%lld", (long long)page_int(l, "sequence")).p,
            .summary = *why ? why : page_text(l, "reason"),
            .author = "",
            .category = page_text(l, "state"),
            .lang = "",
            .external = ""};
    }
    *out = (struct feed){.title = page_tr(p, N_("Listings and corrections")),
                         .home = "/listings",
                         .self = "/listings/atom",
                         .entry = entry,
                         .n = json_array_size(rows)};
    return true;
}

static void atom(struct page *p)
{
    struct feed f;
    if (changes(p, &f))
        feed_send_atom(p, &f);
}

static void json_feed(struct page *p)
{
    struct feed f;
    if (changes(p, &f))
        feed_send_json(p, &f);
}

const struct route desk_feed_routes[] = {{"listings/atom", PAGE_GET, 0, atom},
                                         {"listings/feed", PAGE_GET, 0, json_feed},
                                         {"listings/feed.json", PAGE_GET, 0, json_feed},
                                         {0}};
