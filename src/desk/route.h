/* Routes: who can do something about what a report describes, and what may be told to them.
 *
 * A route names a class of recipient and, where it is known, a mailbox of a role (abuse@,
 * postmaster@, a CSIRT): never one found in the message's text, which its sender chose. What is
 * told are facts about sender, links and files; never what names the reporter, nor identifiers of
 * the message (Message-ID, tokens, unsubscribe links), which would give him away. Pure.
 */
#ifndef MUSTER_DESK_ROUTE_H
#define MUSTER_DESK_ROUTE_H

#include "base/ip.h"
#include "charter/listing.h"
#include "desk/report.h"

#include <jansson.h>

enum route_to {
    ROUTE_OWN_USER,  /* one of this site's own: its operator deals with it */
    ROUTE_NETWORK,   /* the abuse contact of the sending network */
    ROUTE_SENDER,    /* asked for proof of consent */
    ROUTE_REGISTRAR, /* of a domain that does live harm */
    ROUTE_AUTHORITY, /* by its own rules, where the operator named one */
    ROUTE_CSIRT,     /* live harm */
    ROUTE_PARTNERS,  /* facts alone, later by the commons */
    ROUTES
};
#define ROUTES_MOST 8u

struct route_of {
    enum route_to to;
    struct slice mailbox; /* empty: not known, a person looks for it */
    struct slice source;  /* where the mailbox comes from: "settings", "RDAP"... */
};

/* What this site knows about contacts. */
struct route_book {
    const struct slice *domains; /* the site's own */
    size_t n_domains;
    const struct net *networks; /* the site's own */
    size_t n_networks;
    struct slice abuse, abuse_source; /* contact of the source address; empty: none */
    struct slice authority, csirt, registrar, partners; /* settings; empty: none */
};

/* Fills out (ROUTES_MOST), each class at most once; returns how many: at least one. */
size_t desk_route_find(const struct desk_report *r, const struct route_book *b, struct arena *a,
                       struct route_of *out);
/* True when the message says who sends it, is signed by that domain and offers a way out: mail that
 * may be lawful however many dislike it. */
bool desk_route_is_lawful_bulk(const struct desk_report *r);
/* The facts that may be told, as a JSON object (a new reference). */
json_t *desk_route_facts(const struct desk_report *r);
const char *desk_route_name(enum route_to to);
const char *desk_route_words(enum route_to to); /* message id: "the abuse contact of ..." */

#endif
