/* The archive's tables of reports: what others told about mail in the name of our domains, what we
 * saw of other people's domains, and which reports of ours went out. Times are seconds since 1970.
 * Rows are copied into the caller's arena.
 */
#ifndef MUSTER_JOURNAL_ARCHIVE_REPORT_H
#define MUSTER_JOURNAL_ARCHIVE_REPORT_H

#include "journal/archive.h"

/* ---- reports that came ---- */

/* True when this part of that report is there already. */
bool archive_report_has(struct archive *a, const struct event_report *r);

/* Within the batch: the report and its part; 1 when the part is new and its rows are to be added
 * under *out_report, 0 when it is there already. policy: a few words for people. */
MUST_USE int archive_report_add(struct archive *a, const struct event *ev, unsigned notes,
                                struct slice policy, struct err *e, uint64_t *out_report);

/* A selector with which the domain's mail was signed, and how many messages of the report
 * verified. */
MUST_USE int archive_report_selector(struct archive *a, uint64_t report, struct slice domain,
                                     struct slice selector, uint64_t passed, uint64_t failed,
                                     struct err *e);

struct archive_source {
    struct slice ip;
    uint64_t messages;
    struct slice disposition;
    bool dkim_aligned, spf_aligned;
    struct slice header_from, envelope_from;
    struct slice signers; /* domains whose signatures passed, by spaces */
    struct slice reason;  /* of an override, for people */
};
MUST_USE int archive_report_source(struct archive *a, uint64_t report,
                                   const struct archive_source *s, struct err *e);

/* One policy of a TLS report (failure empty: its sums), or one of its failures. */
struct archive_tls {
    struct slice domain, policy, failure, mx, ip;
    uint64_t good, failed;
};
MUST_USE int archive_report_tls(struct archive *a, uint64_t report, const struct archive_tls *t,
                                struct err *e);

/* ---- questions about them ---- */

/* Reports that came by mail which anybody may have written stand apart: each question is about
 * those that prove where they come from, or about the others (is_unproven). */
struct report_about {
    struct slice domain; /* and what is below it */
    int64_t since_s;
    bool is_unproven;
};

struct report_domain_row {
    struct slice domain;
    uint64_t reports, messages, passed, tls_good, tls_failed, failures;
    int64_t newest_s;
};
/* Each domain that reports tell about since then, most messages first. */
MUST_USE int archive_report_domains(struct archive *a, int64_t since_s, struct arena *arena,
                                    struct err *e, struct report_domain_row **out, size_t *out_n);

struct report_source_row {
    struct slice ip;
    uint64_t messages, dkim, spf, passed; /* aligned by DKIM, by SPF, by either */
    uint64_t none, quarantined, rejected; /* what receivers did */
    uint64_t reporters;
    struct slice header_from, envelope_from, signers, reasons, who; /* distinct, by commas */
    int64_t newest_s;
};
/* Who sent in the name of the domain or one below it, most messages first; limit 0: 100. */
MUST_USE int archive_report_sources(struct archive *a, const struct report_about *about,
                                    size_t limit, struct arena *arena, struct err *e,
                                    struct report_source_row **out, size_t *out_n);

struct report_tls_row {
    struct slice policy, failure, mx; /* failure empty: the sums of that policy */
    uint64_t good, failed, reports;
};
MUST_USE int archive_report_tls_rows(struct archive *a, const struct report_about *about,
                                     struct arena *arena, struct err *e,
                                     struct report_tls_row **out, size_t *out_n);
/* Reports of each kind about the domain, and the words of the newest's policy. */
struct report_count {
    uint64_t aggregate, failure, tls;
    uint64_t unproven; /* of all kinds, not counted above (is_unproven: the others) */
    struct slice policy;
    int64_t oldest_s, newest_s;
};
MUST_USE int archive_report_count(struct archive *a, const struct report_about *about,
                                  struct arena *arena, struct err *e, struct report_count *out);

/* Selectors of signatures in exactly that domain's name, most messages that verified first. */
struct report_selector_row {
    struct slice selector;
    uint64_t passed, failed;
    int64_t newest_s;
};
MUST_USE int archive_report_selectors(struct archive *a, struct slice domain, int64_t since_s,
                                      size_t limit, struct arena *arena, struct err *e,
                                      struct report_selector_row **out, size_t *out_n);

/* ---- reports that we owe ---- */

/* Within the batch. */
MUST_USE int archive_seen_add(struct archive *a, const struct event *ev, struct err *e);
MUST_USE int archive_sent_add(struct archive *a, const struct event *ev, struct err *e);

struct seen_domain {
    int64_t begin_s, end_s; /* what the report covers; end_s is outside of it */
    struct slice domain, rua, policy;
    uint64_t messages;
};
/* Domains whose time was over before `until_s` and that wait for their report, oldest first. */
MUST_USE int archive_seen_due(struct archive *a, int64_t until_s, size_t limit, struct arena *arena,
                              struct err *e, struct seen_domain **out, size_t *out_n);
struct seen_row {
    struct slice row;
    uint64_t messages;
};
MUST_USE int archive_seen_rows(struct archive *a, int64_t begin_s, struct slice domain,
                               size_t limit, struct arena *arena, struct err *e,
                               struct seen_row **out, size_t *out_n);
struct sent_row {
    int64_t begin_s;
    struct slice domain, to, outcome;
    int64_t at_us;
    uint64_t messages;
};
/* Newest first. */
MUST_USE int archive_sent(struct archive *a, size_t limit, struct arena *arena, struct err *e,
                          struct sent_row **out, size_t *out_n);

/* How many reports about that time are done with. */
uint64_t archive_sent_count(struct archive *a, int64_t begin_s);

/* Of archive_prune. */
MUST_USE int archive_report_prune(struct archive *a, const int64_t keep_us[KEEP_CLASSES],
                                  int64_t now_us, struct err *e);

#endif
