/* People in events and views: a keyed hash of the canonical mailbox instead of the address. */
#ifndef MUSTER_JOURNAL_PSEUDONYM_H
#define MUSTER_JOURNAL_PSEUDONYM_H

#include "base/arena.h"
#include "base/err.h"

/* Which addresses are one person's mailbox, as the site says. An alias "@old.example" stands for
 * all addresses of that domain that are not named themselves. */
struct mailboxes {
    char delimiter; /* what parts a mailbox from a tag: '+'; 0: tags are not used */
    size_t n;
    struct mailbox_alias {
        struct slice alias, mailbox; /* both lower case; both begin with "@", or neither */
    } * aliases;                     /* sorted by alias once mailboxes_sort was called */
};

/* Sorts. ERR_EXISTS: one alias of two mailboxes; ERR_PARSE: a domain for an address. */
MUST_USE int mailboxes_sort(struct mailboxes *map, struct err *e);
/* Lower case, without tag, aliases followed once; a bare user name stays one. map NULL: "+" parts
 * tags, no aliases. */
struct slice mailbox_canonical(struct arena *a, const struct mailboxes *map, struct slice mailbox);
/* BLAKE2b of the canonical mailbox under the site's key; zeros for an empty mailbox. */
void pseudonym_of(const unsigned char key[32], struct slice canonical, unsigned char out[16]);

#endif
