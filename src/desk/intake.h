/* The desk's intake: from bytes that somebody handed in to reports (report.h).
 *
 * What it is shows itself: a feedback report (ARF), XARF, messages forwarded as attachments, a
 * forward in the text, a pasted source, or, where the caller says so, the message itself. Runs in
 * processes without rights; pure and bounded. What could not be used is refused with a reason for
 * people.
 */
#ifndef MUSTER_DESK_INTAKE_H
#define MUSTER_DESK_INTAKE_H

#include "desk/redact.h"
#include "desk/report.h"
#include "mail/envelope.h"

#define INTAKE_MOST 16u /* reports out of one mail */

/* What is known beside the bytes. */
struct intake_from {
    enum desk_source source;
    bool is_message;             /* the bytes are the reported message itself (or ARF, XARF) */
    bool is_forward;             /* they are a mail to the desk: its own sender is the reporter */
    enum desk_category category; /* DESK_SPAM when nothing else is said */
    struct desk_reporter reporter;
    struct slice said;
    const struct slice *desks; /* addresses of the desk itself: nobody's */
    size_t n_desks;
    const unsigned char *key; /* REDACT_KEY bytes */
    int64_t now_us;
};

/* One report, or (r NULL) why something was refused; the name of the field is in the words. */
typedef void intake_fn(void *arg, const struct desk_report *r, const struct err *e);

/* Returns how many were given to fn, refused ones included; at least one. */
size_t desk_intake(struct arena *a, struct slice bytes, const struct intake_from *from,
                   intake_fn *fn, void *arg);
/* The same for a message that was read already. */
size_t desk_intake_mail(struct arena *a, const struct message *m, const struct intake_from *from,
                        intake_fn *fn, void *arg);
/* Words about a message that is not at hand (a form, a text message): links and addresses in them
 * are what can be worked with. sender: whom it came from, as the reporter says; may be empty. */
void desk_intake_words(struct arena *a, struct slice words, struct slice sender,
                       const struct intake_from *from, intake_fn *fn, void *arg);

#endif
