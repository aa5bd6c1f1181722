/* Reports on their way to keeper: a process without rights reads them out of files and mail and
 * packs what it understood; keeper takes typed fields, never a report's own bytes.
 *
 * Failure reports are stripped here of what names people (local parts, subject, message id): the
 * domain owner's summary needs none of it.
 */
#ifndef MUSTER_NODE_REPORT_INTAKE_H
#define MUSTER_NODE_REPORT_INTAKE_H

#include "auth/report.h"

/* Adds all reports found in a file or message to out; returns how many things looked like one.
 * A file is the operator's to believe. A mail proves where its reports come from when `from`, the
 * domain that its author and its authentication agree on (empty: there is none), belongs to whom
 * the reports name as their sender. */
size_t report_intake(struct arena *a, struct slice bytes, struct buf *out);
size_t report_intake_mail(struct arena *a, const struct message *m, struct slice from,
                          struct buf *out);
/* That domain: one author, and DMARC passes, or the author has no DMARC and SPF or DKIM stand for
 * his organisation. Views into what authentication found. */
struct auth_result;
struct slice report_intake_from(struct arena *a, const struct auth_result *auth);
/* The same as lines of JSON, whole, for people who only want to look. */
void report_intake_json(struct arena *a, struct slice bytes, struct buf *out);

/* One entry of an intake. */
struct intake {
    struct slice refused; /* why one was refused, for people; else empty, and: */
    uint8_t kind;
    uint32_t part, notes;
    struct slice org, id, domain;
    int64_t begin_s, end_s;
    uint64_t messages;
    uint8_t origin;      /* enum report_origin (journal/events.h) */
    struct slice from;   /* the mail's domain; may be empty */
    struct slice packed; /* report_pack */
};
/* Takes the next entry from *rest; false at the end or when it is not well formed. */
bool intake_next(struct slice *rest, struct intake *out);

#endif
