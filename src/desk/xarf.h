/* XARF, reports of abuse as JSON: version 4 (read, checked, written) and version 3 (read, checked).
 *
 * A report is checked against tables of what its type may hold; the first thing that does not fit
 * is the error, and names the field ("evidence[0].payload"). Unknown members are let be, except
 * where the format forbids them. Size, depth and counts are bounded before anything is built.
 */
#ifndef MUSTER_DESK_XARF_H
#define MUSTER_DESK_XARF_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define XARF_BYTES (8u << 20)
#define XARF_DEPTH 16
#define XARF_URLS  16u

/* What the desk takes out of one. Texts lie in the arena. */
struct xarf {
    int version;                 /* 3 or 4 */
    struct slice category, type; /* v4's words: "messaging", "spam"; for v3 the nearest */
    struct slice id;             /* the reporter's */
    struct slice reporter_org, reporter_mail, reporter_domain;
    struct slice source;  /* address or name that it is about */
    uint16_t source_port; /* 0: not said */
    int64_t at_us;        /* INT64_MIN: not said */
    struct slice mail_from, subject, description;
    struct slice urls[XARF_URLS];
    size_t n_urls;
    struct slice message; /* the message in question, decoded; empty: not sent along */
    bool is_header_only;
};

/* True when the bytes look like one: a JSON object with xarf_version, or Version and ReporterInfo.
 */
bool xarf_is(struct slice bytes);
/* ERR_PARSE: not well formed or a field does not fit, its name in the words; ERR_LIMIT. */
MUST_USE int xarf_read(struct arena *a, struct slice json, struct err *e, struct xarf *out);

/* Who reports, for writing. */
struct xarf_sender {
    struct slice org, contact, domain;
};

struct desk_report;
/* The report as XARF v4: messaging/spam, content/phishing, content/malware or content/fraud by its
 * category. id: UUID text; evidence is the redacted header and text. ERR_NOENT when the format
 * demands what the report does not have (an address or domain it is about). */
MUST_USE int xarf_write(const struct desk_report *r, const struct xarf_sender *who, const char *id,
                        struct err *e, struct buf *out);

#endif
