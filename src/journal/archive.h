/* The archive: history and quarantine as tables to search, folded from the journal into SQLite.
 *
 * Only the keeper opens it. Nothing lives here alone: a damaged file is set aside (*.bad) and
 * folded anew. Rows are copied into the caller's arena.
 */
#ifndef MUSTER_JOURNAL_ARCHIVE_H
#define MUSTER_JOURNAL_ARCHIVE_H

#include "journal/events.h"
#include "journal/quarantine.h"

struct archive;

/* ERR_CORRUPT when the file is no archive of ours or damaged; ERR_FULL on a full disk. */
MUST_USE int archive_open(const char *path, struct err *e, struct archive **out);
/* DIR/archive.db; a file that cannot be used is set aside and begun anew. */
MUST_USE int archive_open_in(const char *dir, struct err *e, struct archive **out);
void archive_close(struct archive *a);
/* Sets the file aside and begins it anew, empty. */
MUST_USE int archive_anew(struct archive *a, struct err *e);
/* Takes one event into the batch; kinds without a table pass. ERR_CORRUPT, ERR_FULL: roll back. */
MUST_USE int archive_fold(struct archive *a, const struct event *ev, struct err *e);
MUST_USE int archive_commit(struct archive *a, uint64_t upto, struct err *e);
void archive_rollback(struct archive *a);
uint64_t archive_upto(const struct archive *a);

struct scan_row {
    uint64_t seq;
    int64_t at_us;
    unsigned char id[16], digest[16];
    int side, mail_class, action, door;
    bool is_incomplete, is_shadow;
    double score, probability;
    uint64_t size_bytes, microseconds;
    struct slice from_domain, subject, findings, people;
};

/* ERR_NOENT when the history has no such message. */
MUST_USE int archive_scan(struct archive *a, const unsigned char id[16], struct arena *arena,
                          struct err *e, struct scan_row *out);
/* The newest scan of that content. */
MUST_USE int archive_scan_of(struct archive *a, const unsigned char digest[16], struct arena *arena,
                             struct err *e, struct scan_row *out);

/* Calls fn with what each of the newest scans of that content had of verified facts, leaving out
 * those that had none. */
typedef void facts_fn(void *arg, struct slice facts);
MUST_USE int archive_facts_of(struct archive *a, const unsigned char digest[16], facts_fn *fn,
                              void *arg, struct err *e);

struct history_query {
    int64_t since_us, until_us;     /* until 0: no end */
    int side, mail_class, action;   /* -1: any */
    const unsigned char *person;    /* NULL: any recipient */
    const struct slice *to_domains; /* one of these, lower case; NULL: any */
    size_t n_to_domains;
    struct slice words;  /* in domain and subject; empty: any */
    struct slice from;   /* the sender's domain or one above it, lower case; empty: any */
    struct slice rule;   /* the name of a finding that it has; empty: any */
    bool incomplete;     /* only those that wait for an answer that never came */
    uint64_t before_seq; /* for the next page; 0: newest */
    size_t limit;        /* 0: 50; at most 1,000 */
};
/* Newest first. Findings are left out of these rows. *out_next: before_seq of the next page, 0 at
 * the end. Costs the page, not the history: at most 2,000 rows are looked at, so a page may be
 * short, even empty, with more behind it. */
MUST_USE int archive_history(struct archive *a, const struct history_query *q, struct arena *arena,
                             struct err *e, struct scan_row **out, size_t *out_n,
                             uint64_t *out_next);

/* Counts per span of time. Slots are minutes since 1970; those of a domain are whole hours. */
struct tally_row {
    int64_t slot; /* spans after from_slot */
    int side, mail_class, action;
    uint64_t n, bytes, microseconds;
};
struct tally_span {
    int64_t from, to, each; /* slots: from, before to, each row so many of them */
};
/* The whole site by the hour, for long spans. */
#define ARCHIVE_HOURLY "*"
/* domain: of recipients; empty: the whole site. Rows in order of time; at most 10,000. */
MUST_USE int archive_tally(struct archive *a, struct slice domain, const struct tally_span *span,
                           struct arena *arena, struct err *e, struct tally_row **out,
                           size_t *out_n);

#define ARCHIVE_SIDES   8
#define ARCHIVE_CLASSES 16
struct archive_stats {
    uint64_t scans, incomplete, microseconds, bytes;
    uint64_t by_side[ARCHIVE_SIDES], by_class[ARCHIVE_CLASSES];
    uint64_t holds[HOLD_STATES];
    int64_t first_us, last_us;
};
MUST_USE int archive_stats(struct archive *a, int64_t since_us, struct err *e,
                           struct archive_stats *out);

MUST_USE int archive_hold(struct archive *a, const unsigned char hold[16], struct arena *arena,
                          struct err *e, struct hold *out);
struct holds_query {
    unsigned states;             /* bits 1 << enum hold_state; 0: all */
    const unsigned char *person; /* NULL: all */
    const unsigned char *id;     /* of one message; NULL: all */
    const unsigned char *digest; /* of what is held; NULL: all */
    int64_t due_us;              /* expires at or before; 0: any */
    bool unerased;               /* only those whose keys were not destroyed yet */
    size_t limit;                /* 0: 100; at most 1,000 */
    unsigned kinds;              /* bits 1 << enum hold_kind; 0: all */
    const struct slice *domains; /* of recipients, at most HOLD_DOMAINS; NULL: all */
    size_t n_domains;
    bool newest_first;
    int64_t before_us;             /* with newest_first: after the one made then, ... */
    unsigned char before_hold[16]; /* ... with this ID; 0: from the newest */
};
#define HOLD_DOMAINS 200u
/* Oldest first, unless asked. */
MUST_USE int archive_holds(struct archive *a, const struct holds_query *q, struct arena *arena,
                           struct err *e, struct hold **out, size_t *out_n);
/* People for whom mail is held now, and when the newest of it came. */
struct archive_holder {
    unsigned char person[16];
    int64_t newest_us;
};
MUST_USE int archive_holders(struct archive *a, struct arena *arena, struct err *e,
                             struct archive_holder **out, size_t *out_n);
/* How many holds still need the object. */
MUST_USE int archive_object_users(struct archive *a, const unsigned char object[32], struct err *e,
                                  uint64_t *out_n);
/* Notes that a hold's keys are destroyed. Within the batch; a rebuild forgets it, which only makes
 * the next sweep look again. */
MUST_USE int archive_hold_erased(struct archive *a, const unsigned char hold[16], struct err *e);

struct act_row {
    uint64_t seq;
    int64_t at_us;
    struct slice kind, verb, target, detail;
    unsigned char actor[16];
    int role;
};
/* What people did and what befell the node, newest first, at most limit (1,000). */
MUST_USE int archive_acts(struct archive *a, uint64_t before_seq, size_t limit, struct arena *arena,
                          struct err *e, struct act_row **out, size_t *out_n);

/* Deletes rows older than that many microseconds per class (negative: none), as retention does in
 * the journal; holds only when they are over. Within the batch. */
MUST_USE int archive_prune(struct archive *a, const int64_t keep_us[KEEP_CLASSES], int64_t now_us,
                           struct err *e);
/* As db_drop_aside. */
MUST_USE int archive_drop_aside(struct archive *a, int64_t before_us, struct err *e);
uint64_t archive_bytes(const struct archive *a);

#endif
