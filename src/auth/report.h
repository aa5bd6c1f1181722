/* Reports about mail: DMARC aggregate (RFC 9990, and RFC 7489 as it is still sent), DMARC failure
 * (RFC 9991, 6591 in the shape of RFC 5965) and TLS (RFC 8460).
 *
 * Readers take bytes and give typed values in the caller's arena; everything is foreign. They are
 * pure and bounded: size, depth, rows and each text have a limit. A report that is not well formed
 * but can be understood is read, and `notes` says what was wrong; else the error says why it was
 * refused. All texts are valid UTF-8 of at most REPORT_TEXT bytes.
 */
#ifndef MUSTER_AUTH_REPORT_H
#define MUSTER_AUTH_REPORT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define REPORT_UNPACKED (32u << 20) /* bytes of one report */
#define REPORT_ROWS     100000u
#define REPORT_LIST     64u   /* results, reasons or errors of one row */
#define REPORT_TEXT     1024u /* bytes of one text */
#define REPORT_DEPTH    24    /* nesting of XML elements or JSON values */

enum report_kind { REPORT_AGGREGATE, REPORT_FAILURE, REPORT_TLS, REPORT_KINDS };

/* What was wrong and could be understood all the same. */
enum report_note {
    NOTE_UPPER_CASE = 1 << 0, /* values in upper case */
    NOTE_BAD_UTF8 = 1 << 1,   /* bytes that are not UTF-8 */
    NOTE_WRAPPED = 1 << 2,    /* the report stands inside another element */
    NOTE_CUT = 1 << 3,        /* ended early or broken behind the report */
    NOTE_TYPE = 1 << 4,       /* the file is something else than its mail says */
    NOTE_VALUES = 1 << 5,     /* values that the format does not know */
    NOTE_MISSING = 1 << 6,    /* things that the format demands are not there */
    NOTE_ROWS = 1 << 7,       /* more than we keep */
    NOTE_NO_ARF = 1 << 8,     /* a failure report in words only */
    NOTE_JUNK = 1 << 9        /* text where none belongs */
};
/* For people, in English: msgid. bit: one of the above. */
const char *report_note_text(enum report_note bit);

/* ---- DMARC aggregate ---- */

/* One DKIM or SPF result. */
struct report_auth {
    struct slice domain;
    struct slice selector; /* DKIM's selector, SPF's scope ("mfrom", "helo") */
    struct slice result;   /* "pass", "fail", "softfail" ..., lower case */
    struct slice human;
};
struct report_reason {
    struct slice type, comment;
};
/* Messages of one source with the same results. */
struct report_row {
    struct slice ip; /* canonical text; empty when it is none */
    uint64_t count;
    struct slice disposition; /* "none", "pass", "quarantine", "reject" */
    bool dkim_aligned, spf_aligned;
    struct slice header_from, envelope_from, envelope_to;
    struct report_reason *reasons;
    size_t n_reasons;
    struct report_auth *dkim, *spf;
    size_t n_dkim, n_spf;
};
struct report_policy {
    struct slice domain, p, sp, np, adkim, aspf, fo, testing, discovery, pct;
};
struct report_aggregate {
    struct slice version, ns; /* ns: XML name space, empty for none */
    struct slice org, email, contact, generator;
    struct slice *errors;
    size_t n_errors;
    struct report_policy policy;
    struct report_row *rows;
    size_t n_rows;
    uint64_t messages; /* sum of the counts */
};

/* ---- DMARC failure ---- */

struct report_failure {
    struct slice user_agent, ip, mail_from, domain, auth_failure, delivery, auth_results,
        dkim_domain, dkim_selector, spf_dns, identity_alignment, envelope_id;
    struct slice from, subject, message_id; /* of the message in question, as far as it was sent */
    int64_t arrival_us;                     /* 0: not said */
    uint64_t incidents;
};

/* ---- TLS ---- */

struct report_tls_failure {
    struct slice type, mx, mx_helo, sending_ip, receiving_ip, reason, info;
    uint64_t sessions;
};
struct report_tls_policy {
    struct slice type, domain; /* type: "sts", "tlsa", "no-policy-found" */
    struct slice *mx, *text;   /* MX patterns and the policy's lines */
    size_t n_mx, n_text;
    uint64_t good, failed;
    struct report_tls_failure *failures;
    size_t n_failures;
};
struct report_tls {
    struct slice org, contact;
    struct report_tls_policy *policies;
    size_t n_policies;
};

/* ---- any of them ---- */

struct report {
    enum report_kind kind;
    unsigned notes;         /* of enum report_note */
    struct slice org;       /* who reports */
    struct slice id;        /* his name for it; with org and domain it counts once */
    struct slice domain;    /* whose mail it is about, lower case */
    int64_t begin_s, end_s; /* the time it covers, seconds since 1970 */
    union {
        struct report_aggregate aggregate;
        struct report_failure failure;
        struct report_tls tls;
    };
};

/* XML without DTD and entities of its own. ERR_CORRUPT when it is no XML or no report, ERR_LIMIT
 * past a limit; the words name the line. */
MUST_USE int report_read_aggregate(struct arena *a, struct slice xml, struct err *e,
                                   struct report *out);
MUST_USE int report_read_tls(struct arena *a, struct slice json, struct err *e, struct report *out);
/* A whole message; ERR_NOENT when it is no failure report. */
struct message;
MUST_USE int report_read_failure(struct arena *a, const struct message *m, struct err *e,
                                 struct report *out);

/* Finds and reads the reports in a file of any kind: a report, packed with gzip or zip or plain,
 * or a mail that carries some in any part under any type. fn is called for each, also for those
 * that were refused (r NULL, e says why); how many there were is returned. 0: nothing in it looks
 * like a report. */
typedef void report_fn(void *arg, const struct report *r, const struct err *e);
size_t report_find(struct arena *a, struct slice bytes, report_fn *fn, void *arg);
/* The same for a message that was read already. */
size_t report_find_mail(struct arena *a, const struct message *m, report_fn *fn, void *arg);

/* A report as one JSON object, whole. */
struct json;
void report_json(const struct report *r, struct json *j);
/* Packed for the journal. Rows are as many as fit into `most` bytes from *at_row on (aggregate;
 * the other kinds go whole): *at_row moves behind them. */
void report_pack(const struct report *r, size_t most, size_t *at_row, struct buf *out);
/* ERR_CORRUPT when the bytes are not well formed. Texts are views into them. */
MUST_USE int report_unpack(struct arena *a, struct slice bytes, struct err *e, struct report *out);

/* Text of a report: valid UTF-8, trimmed, cut to REPORT_TEXT; in the arena. */
struct slice report_text(struct arena *a, struct slice s);
/* An address in canonical text (RFC 5952); empty when it is none. */
struct slice report_ip(struct arena *a, struct slice s);

#endif
