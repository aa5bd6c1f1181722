/* The header fields that a verdict puts on mail. They carry the site's verdict only, and names
 * of checks instead of foreign text. */
#ifndef MUSTER_SCAN_HEADERS_H
#define MUSTER_SCAN_HEADERS_H

#include "scan/scan.h"

/* Adds "NAME NUL VALUE NUL" for each field, in order. An empty value comes first and means:
 * remove all fields of that name (they are forged or stale). with_x_spam: X-Spam-Flag, -Score
 * and -Status, too, for programs that know only those. */
void scan_headers(const struct scan *s, const struct scan_world *w, bool with_x_spam,
                  struct buf *out);
/* Checks the value of an X-Muster-ID field against the digest of the message that bears it:
 * true when this node scanned this message; out_id receives the scan's id. */
bool scan_id_verify(struct slice value, const unsigned char digest[16], const unsigned char key[16],
                    char out_id[37]);

#endif
