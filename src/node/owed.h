/* Reports that this node owes to other domains: a row for each message that it authenticated
 * (scanner's side), and the schedule by which each domain's report is made and handed to the
 * mailer (keeper's side).
 *
 * What is owed stands in the archive, which is a fold of the journal: a report is done with when
 * EVENT_REPORT_SENT is on disk. A keeper that dies between the mail server's answer and that event
 * sends the report again, with the same id, name and contents, by which receivers know it
 * (RFC 9990 section 3.6).
 */
#ifndef MUSTER_NODE_OWED_H
#define MUSTER_NODE_OWED_H

#include "auth/report_make.h"
#include "node/keep.h"
#include "node/mailer.h"

#define OWED_AT_ONCE 4   /* with the mailer */
#define OWED_MOST    128 /* these, and those that wait to be tried again */

/* ---- scanner ---- */

/* Adds a packed row for each author domain that wants reports; returns how many. done: what was
 * really done with the message. */
struct scan;
size_t owed_pack(const struct scan *s, const struct conf *conf, bool is_shadow, struct buf *out);

/* What these reports share with those about single messages (failures.h): whether the message is
 * itself a report, what was done with it, who reports. */
enum report_done owed_done(const struct scan *s, bool is_shadow);
bool owed_is_report(const struct scan *s, const struct conf *conf);
struct slice owed_email(struct arena *a, const struct conf *c);
struct slice owed_submitter(struct arena *a, const struct conf *c);

/* ---- keeper ---- */

/* Notes the rows of one message. */
void owed_take(struct keep *k, struct slice rows);

struct owed_order {
    int64_t begin_s;
    char domain[256];
    uint64_t tag, messages;
    int64_t again_us; /* 0: the mailer has it */
    unsigned tries;
};

struct owed {
    struct owed_order order[OWED_MOST];
    size_t n;
    uint64_t next_tag;
    int64_t looked_us;
};

/* Tags of these orders have this bit, so that keeper tells them from its other mail. */
#define OWED_TAG (UINT64_C(1) << 63)

/* Makes the next reports that are due: packs one mail_order into `packed` and returns its tag, or
 * 0 when there is nothing to send now. Call again until 0, about once a second. */
uint64_t owed_next(struct owed *o, struct keep *k, struct buf *packed);
/* How sending went. */
void owed_mailed(struct owed *o, struct keep *k, uint64_t tag, const struct mail_result *r);
/* The mailer died: what it had is tried again. */
void owed_forget(struct owed *o);

#endif
