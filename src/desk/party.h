/* Who counts as one source of reports. Whoever owns a domain makes as many mailboxes in it as he
 * likes, and DMARC proves them all: they are one voice, by the domain that was registered (public
 * suffix list), with all that is below it. Two exceptions: the node's own users, whose mailboxes
 * its operator gives out, and providers that the operator named (`desk.public_mail`), where each
 * person gets his own; there, what providers ignore in a name (dots, a tag after "+") makes no new
 * voice. Pure: settings in, a name out; keeper makes a keyed word of it.
 */
#ifndef MUSTER_DESK_PARTY_H
#define MUSTER_DESK_PARTY_H

#include "base/arena.h"
#include "desk/settings.h"

enum party_kind {
    PARTY_NONE,        /* not a mailbox of a domain that somebody can own: go by the network */
    PARTY_OWN,         /* one of the node's own users: go by his canonical mailbox */
    PARTY_PERSON,      /* a mailbox at a provider: name is local part and domain */
    PARTY_ORGANISATION /* name is the organisational domain */
};
struct party {
    enum party_kind kind;
    struct slice name; /* lower case, in the arena; PARTY_PERSON and PARTY_ORGANISATION only */
};

/* The source that a proven mailbox belongs to; `own` are the node's `domains` (and what is below
 * them). */
struct party desk_party(struct arena *a, const struct desk_settings *s, const struct conf_list *own,
                        struct slice mailbox);

#endif
