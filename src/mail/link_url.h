/* URLs of a message's links. One whose host is written outside ASCII costs up to a hundred times as
 * much as another, so a message has a limit of them. */
#ifndef MUSTER_MAIL_LINK_URL_H
#define MUSTER_MAIL_LINK_URL_H

#include "mail/message.h"

/* url_parse for a link of part number `part`. Hosts outside ASCII beyond limits->wide_hosts are not
 * read (false, and the anomaly limit_links); the same one in a row counts once. */
bool link_url(struct message *m, uint32_t part, struct slice input, const struct url *base,
              struct url *out);

#endif
