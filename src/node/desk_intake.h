/* Reports about mail on their way to keeper: read in processes without rights (scanner, the command
 * line's child, web), handed over as JSON (desk/report.h), one question each.
 */
#ifndef MUSTER_NODE_DESK_INTAKE_H
#define MUSTER_NODE_DESK_INTAKE_H

#include "desk/intake.h"
#include "desk/settings.h"
#include "scan/scan.h"

/* The verb that takes one report. */
#define DESK_VERB "report"

/* The key under which people are taken out, from the keys that a scan has; a node without a memory
 * takes a random one. */
void desk_intake_key(const struct scan_world *w, unsigned char out[REDACT_KEY]);

/* What was found, as lines of JSON in out: a report, or {"refused": "why"}. Returns how many. */
size_t desk_intake_lines(struct arena *a, struct slice bytes, const struct intake_from *from,
                         struct buf *out);

/* Is a recipient of this message one of the desk's mailboxes? */
bool desk_intake_wants(const struct conf *c, const struct envelope *env);
/* A message to the desk: its reports as lines in the scan's arena. The recipients that are the
 * desk's get it whatever its score is, since forwarded spam looks like spam. */
struct slice desk_intake_scan(const struct conf *c, const struct scan_world *w, struct scan *scan);

#endif
