/* What a node keeps and how it changes: the store, the trainer and the rules of who may do what.
 * Used by the keeper process and, under the store's lock, by the command line when no node runs.
 * Synchronous; an act is on disk when its function returns.
 */
#ifndef MUSTER_NODE_KEEP_H
#define MUSTER_NODE_KEEP_H

#include "ask/resolve.h"
#include "journal/backup.h"
#include "journal/store.h"
#include "node/config.h"
#include "node/records.h"

struct lang; /* base/lang.h */

/* A message that a scanner must read before a question about it is answered: keeper itself parses
 * no mail. Set by a verb, taken by the process (keeper.c). */
struct keep_study {
    bool is_wanted, is_admin;
    int label;      /* 1 spam, 0 ham */
    char user[321]; /* whose lesson; empty: the site's */
    struct buf raw;
};

struct accounts;

struct keep {
    struct arena *arena; /* of paths and settings */
    const struct conf *conf;
    const struct lang *lang[16]; /* of SITE_TONGUE, for mail to people; NULL: none */
    struct policy *policy;       /* compiled settings, for telling bounds */
    struct arena *scratch;       /* for one event's parts */
    struct buf fresh;            /* facts of scans that are not folded yet: keep_facts.c */
    uint64_t fresh_upto;         /* the last of them */
    struct mailboxes mailboxes;  /* which addresses are one person's */
    struct store *store;
    struct trainer *trainer;
    struct accounts *accounts;     /* node/account.h */
    struct mailbox_proofs *proofs; /* node/keep_mailbox.h; NULL: nobody asked yet */
    uint64_t model_upto;           /* last event folded into the trainer */
    uint64_t synced_upto;          /* last event in the model's snapshot */
    int64_t synced_us;
    int64_t started_us;
    int64_t counts[3]; /* scans by side since the start, for metrics */
    unsigned unsynced; /* lessons since the last snapshot */
    char refused[512]; /* why the last reload kept the old settings; empty: it did not */
    int64_t refused_us;
    bool has_dns; /* a resolver told its figures */
    struct resolver_figures dns;
    struct keep_study study;
    struct library *library;
    struct book *book;     /* the desk's: desk/book.h */
    struct slice *shipped; /* files of the library that came with the program, mapped */
    size_t n_shipped;
    bool library_ready;    /* they were compared with what is there */
    struct backup *backup; /* being made, or NULL */
    struct backup_sum backup_sum;
    bool backup_done;
    char backup_error[512];
};

/* Opens all below the data folder; ERR_EXISTS when another process has it. */
MUST_USE int keep_open(struct arena *a, const struct conf *conf, bool rebuild, struct err *e,
                       struct keep *out);
void keep_close(struct keep *k);
/* Once a second: batches to disk, retention, the model's snapshot. */
void keep_tick(struct keep *k);
/* Writes the model's snapshot when lessons came since the last one. */
MUST_USE int keep_sync_model(struct keep *k, struct err *e);
/* The settings after a reload; they must outlive their successors' coming. On an error the old
 * ones stay. */
MUST_USE int keep_configure(struct keep *k, const struct conf *conf, struct err *e);

/* Each fills *status (HTTP-like) and adds JSON to `out`. */
void keep_learn(struct keep *k, const struct record_lesson *r, uint32_t *status, struct buf *out);
/* The same for a lesson whose right was looked at before. */
void keep_learn_allowed(struct keep *k, const struct record_lesson *r, bool is_admin,
                        uint32_t *status, struct buf *out);
void keep_unlearn(struct keep *k, const struct record_lesson *r, uint32_t *status, struct buf *out);
void keep_hold(struct keep *k, const struct record_hold *r, uint32_t *status, struct buf *out);
void keep_scanned(struct keep *k, const struct record_scan *r);
void keep_set_aside(struct keep *k, struct slice raw);
/* What a scanner or the command line read (report_intake.h); answers with a list of them. who
 * NULL: a scanner, of mail to a mailbox for reports. */
void keep_report(struct keep *k, const struct record_caller *who, struct slice intake,
                 uint32_t *status, struct buf *out);
/* Answers "dmarc" (domain empty) and "dmarc/DOMAIN". days: back from now; 0: 30. is_unproven: of
 * reports in mail that anybody may have written, instead of the others. */
struct keep_dmarc_question {
    struct slice domain;
    int64_t days;
    bool is_unproven;
    int64_t now_s; /* Unix seconds; 0: the clock's */
};
void keep_dmarc(struct keep *k, struct arena *a, const struct keep_dmarc_question *q,
                uint32_t *status, struct buf *out);
/* "selectors/DOMAIN": with what the domain's mail is signed, as reports say. */
void keep_selectors(struct keep *k, struct arena *a, const struct keep_dmarc_question *q,
                    uint32_t *status, struct buf *out);
void keep_sent_reports(struct keep *k, struct arena *a, uint32_t *status, struct buf *out);
/* Paths: status stat metrics why/ID history quarantine quarantine/ID/ACT tokens ... */
void keep_ask(struct keep *k, const struct record_ask *r, uint32_t *status, struct buf *out);

/* The pseudonym of the mailbox that an address belongs to; zeros for an empty one. */
void keep_person_of(struct keep *k, struct slice address, unsigned char out[16]);
/* The key under which people are taken out of reports; as desk_intake_key makes it in scanners. */
void keep_redact_key(struct keep *k, unsigned char out[32]);
/* What a caller is allowed; the local administrator (root or the node's own account over the
 * control socket) may everything. */
bool keep_may(struct keep *k, const struct record_caller *who, enum door_act act);
bool keep_is_admin(const struct record_caller *who);
/* "{"error": "..."}". */
void keep_error(struct buf *out, const char *words);
/* HTTP-like status of an error. */
uint32_t keep_status_of(int code);
/* Both, of a failure. */
void keep_fail(uint32_t *status, struct buf *out, const struct err *e);
/* Appends and commits durably; then the act is done and may be told. out_seq may be NULL. */
MUST_USE int keep_act(struct keep *k, const struct event *ev, struct err *e, uint64_t *out_seq);

/* Tokens: shown once, kept as keyed hashes in DIR/tokens. scope: words of "scan learn read
 * admin" joined by commas. */
MUST_USE int keep_token_add(struct keep *k, struct slice name, struct slice scope, struct err *e,
                            char out_token[65]);
MUST_USE int keep_token_remove(struct keep *k, struct slice name, struct err *e);
void keep_token_list(struct keep *k, struct buf *json);

/* Folds of reports into the archive. */
fold_fn keep_fold_report, keep_fold_seen, keep_fold_sent;
/* The folders of this room, for store_open; they point to k. */
const struct folder *keep_folders(struct keep *k);

#endif
