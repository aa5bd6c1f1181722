/* Feedback reports (RFC 5965, uses by RFC 6650): read strictly, written redacted.
 *
 * Reading takes a whole mail and gives typed fields, or an error that names the field. The report's
 * three parts are: words for people, the fields, the message (or its header alone).
 */
#ifndef MUSTER_DESK_ARF_H
#define MUSTER_DESK_ARF_H

#include "base/buf.h"
#include "base/err.h"
#include "mail/message.h"

#define ARF_LIST  16u         /* domains, URIs, results, other fields */
#define ARF_BYTES (64u << 10) /* of the fields' part */

struct arf {
    struct slice feedback_type, user_agent; /* type in lower case: "abuse", "fraud", "virus"... */
    uint64_t version;
    struct slice source_ip; /* canonical; empty: not said */
    uint16_t source_port;
    int64_t arrival_us; /* INT64_MIN: not said */
    uint64_t incidents; /* 1 when not said */
    struct slice envelope_id, mail_from, reporting_mta;
    struct slice rcpt[ARF_LIST], domain[ARF_LIST], uri[ARF_LIST], results[ARF_LIST];
    size_t n_rcpt, n_domain, n_uri, n_results;
    const struct header *others[ARF_LIST]; /* fields that this program does not know */
    size_t n_others;
    struct slice original; /* bytes of the third part: the message, or its header alone */
    bool is_header_only;
};

/* True for a mail that says it is one (multipart/report; report-type=feedback-report), or holds a
 * message/feedback-report part. */
bool arf_is(const struct message *m);
/* ERR_PARSE with the name of the field or part that is missing, stands twice or is not well formed;
 * ERR_EXISTS when the message reported is itself a report (RFC 5965 section 4, loops). */
MUST_USE int arf_read(struct arena *a, const struct message *m, struct err *e, struct arf *out);

struct desk_report;
/* The report as a mail from `from` to `to` (addresses, checked by the caller), with CRLF line ends;
 * nothing in it names the reporter or a recipient. words: what people read first, in plain text,
 * lines ended by LF. date_us and id (of the Message-ID) are the caller's. */
struct arf_envelope {
    struct slice from, to, subject, words, id;
    int64_t date_us;
};
void arf_write(const struct desk_report *r, const struct arf_envelope *env, struct buf *out);

#endif
