/* Header edits: what a verdict takes from and puts on mail, as plain bytes that every door can
 * turn into its protocol's words.
 *
 * One record: name, NUL, value, NUL. An empty value removes every field of that name (any case).
 * A '-' in front of the name removes only fields whose first token, behind comments, is the value
 * (Authentication-Results of our own authserv-id, RFC 8601 5). Any other record adds a field at
 * the top; fields stand in the order of their records, long values folded with LF and a blank.
 * Removals come first. */
#ifndef MUSTER_DOORS_EDITS_H
#define MUSTER_DOORS_EDITS_H

#include "base/buf.h"

struct edit {
    bool is_add;
    struct slice name, value;
};

/* first_token: empty removes all fields of that name. */
void edit_remove(struct buf *edits, const char *name, struct slice first_token);
/* Bytes that could end a field early (NUL, CR, a bare LF) become spaces. */
void edit_add(struct buf *edits, const char *name, struct slice value);
/* Takes the next record from the front; false at the end or on a broken record. */
bool edit_next(struct slice *rest, struct edit *out);
/* True when a removal record means this field. */
bool edit_removes(const struct edit *e, struct slice name, struct slice value);
/* Writes the added fields as "Name: value" lines that end with `eol` ("\n" or "\r\n"). */
void edits_write_added(struct slice edits, const char *eol, struct buf *out);
/* Copies a header section without the removed fields; returns its length in `raw` (the blank
 * line is not copied and not counted). */
size_t edits_copy_head(struct slice edits, struct slice raw, struct buf *out);

#endif
