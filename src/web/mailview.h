/* Hostile mail shown as safe text: what it says it is, what it shows, where its links lead, what
 * is attached and what is odd about it. Nothing of it is run, loaded or offered for download, and
 * no address in it can be clicked or copied as it stands.
 *
 * Reading is mail's (message_parse), within the web process, which has no files and no sockets of
 * its own. Limits: MAILVIEW_TEXT bytes of text, MAILVIEW_ROWS links, parts and header fields.
 */
#ifndef MUSTER_WEB_MAILVIEW_H
#define MUSTER_WEB_MAILVIEW_H

#include "web/page.h"

#define MAILVIEW_TEXT ((size_t)64 * 1024)
#define MAILVIEW_ROWS 100u

/* Writes it into p->html. is_cut: raw is only the message's beginning. */
void mailview_show(struct page *p, struct slice raw, bool is_cut);
/* Text with addresses of the web made unusable: "hxxps://evil[.]example/x". Other text stays. */
void mailview_defang(struct slice text, struct buf *out);

#endif
