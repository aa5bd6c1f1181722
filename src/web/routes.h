/* Which page answers which path: the tables of all files of pages. */
#ifndef MUSTER_WEB_ROUTES_H
#define MUSTER_WEB_ROUTES_H

#include "web/page.h"

/* The route of a path in pieces, or NULL; a piece spelled out wins over "*". */
const struct route *route_find(const char *const *part, unsigned n);
/* True when a page answers GET there: "/library". */
bool route_serves(const char *path);
/* The i-th of all routes, or NULL. */
const struct route *route_nth(unsigned i);

/* Tables end with fn = NULL. */
extern const struct route front_routes[];
extern const struct route console_routes[], console_site_routes[], me_routes[];
extern const struct route about_routes[];
extern const struct route checks_routes[];
extern const struct route account_routes[], account_mailbox_routes[];
extern const struct route people_routes[];
extern const struct route library_routes[];

#endif
