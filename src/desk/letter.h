/* Letters: the mail that the desk sends, as plain text (RFC 5322, format of RFC 3834 answers).
 *
 * Receipts, outcomes, notices with facts, hearings of a named sender, proofs of control, decisions.
 * Our sentences, foreign words only as values behind a label: made visible, cut, never in a header.
 * A letter answers nobody automatically twice: Auto-Submitted, and its envelope sender is null.
 */
#ifndef MUSTER_DESK_LETTER_H
#define MUSTER_DESK_LETTER_H

#include "base/lang.h"
#include "desk/book.h"
#include "desk/code.h"

#include <jansson.h>

struct letter {
    enum letter_kind kind;
    unsigned char id[16];
    struct slice to, from;   /* mailboxes; to must be a plain address */
    struct slice site;       /* who writes: name or domain */
    struct slice url;        /* of the pages, without a slash at the end; empty: none */
    const json_t *words;     /* values by name, as the act wrote them */
    const struct lang *lang; /* NULL: English */
    const char *code;        /* of that language ("fr"); NULL: "en" */
    int64_t now_us;
};

/* An address that may stand in a header and an envelope: printable ASCII, one @, no quotes. */
bool letter_address_ok(struct slice address);
/* false: the addresses are not fit for a letter. */
bool letter_write(const struct letter *l, struct buf *out);

#endif
