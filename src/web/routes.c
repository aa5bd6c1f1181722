/* All tables of routes. See routes.h. A file of pages adds its table here. */
#include "web/desk_intake.h"
#include "web/desk.h"
#include "web/law_pages.h"
#include "web/routes.h"

#include <stdio.h>

/* One a line, so that two people can add one. */
/* clang-format off */
static const struct route *const tables[] = {
    front_routes,         about_routes,        checks_routes,       law_routes,
    library_routes,       console_routes,      console_site_routes, me_routes,
    desk_routes, desk_report_routes,          desk_listing_routes, desk_proof_routes,   desk_feed_routes,
    desk_handover_routes, desk_api_routes,     account_routes,      account_mailbox_routes,
    people_routes,
};
/* clang-format on */

#define TABLES (sizeof(tables) / sizeof(tables[0]))

/* How well a route fits: pieces that are spelled out, plus one; 0: not at all. */
static unsigned fits(const char *pattern, const char *const *part, unsigned n)
{
    struct slice rest = slice_str(pattern), piece;
    unsigned score = 1, i = 0;
    for (; slice_split(&rest, '/', &piece); i++) {
        if (i >= n)
            return 0;
        if (slice_eq(piece, slice_str(part[i])))
            score++;
        else if (!slice_eq(piece, SLICE("*")) || part[i][0] == '\0')
            return 0;
    }
    return i == n ? score : 0;
}

const struct route *route_find(const char *const *part, unsigned n)
{
    const struct route *best = NULL;
    unsigned most = 0;
    for (size_t t = 0; t < TABLES; t++) {
        for (const struct route *r = tables[t]; r->fn; r++) {
            unsigned score = fits(r->path, part, n);
            if (score > most) {
                best = r;
                most = score;
            }
        }
    }
    return best;
}

bool route_serves(const char *path)
{
    char words[PAGE_PARTS][64];
    const char *part[PAGE_PARTS];
    struct slice rest = slice_str(path + 1), piece;
    unsigned n = 0;
    while (n < PAGE_PARTS && slice_split(&rest, '/', &piece)) {
        snprintf(words[n], sizeof(words[n]), "%.*s", SLICE_ARG(piece));
        part[n] = words[n];
        n++;
    }
    const struct route *r = route_find(part, n);
    return r && (r->flags & PAGE_GET);
}

const struct route *route_nth(unsigned i)
{
    for (size_t t = 0; t < TABLES; t++)
        for (const struct route *r = tables[t]; r->fn; r++)
            if (i-- == 0)
                return r;
    return NULL;
}
