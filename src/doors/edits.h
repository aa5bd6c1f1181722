/* Header edits: what a verdict takes from and puts on mail, as plain bytes that every door can
 * turn into its protocol's words.
 *
 * One record: '-' or '+', name, NUL, value, NUL. '-' removes every field of that name (any
 * case); with a value it removes only those whose first token, behind comments, is that value
 * (Authentication-Results of our own authserv-id, RFC 8601 5). '+' adds a field at the top, in
 * the order of the records; long values are folded with LF and a space or tab. */
#ifndef MUSTER_DOORS_EDITS_H
#define MUSTER_DOORS_EDITS_H

#include "base/buf.h"

struct edit {
    bool is_add;
    struct slice name, value;
};

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
