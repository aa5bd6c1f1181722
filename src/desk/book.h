/* The desk's book: cases, mail to write, listings, appeals, votes and corrections as tables, folded
 * from the journal's desk events into desk.db; and what is listed, into the scanners' view.
 *
 * Acts are events that keeper writes (node/keep_desk.c); this file only folds and reads them. Verbs
 * and their bodies (compact JSON) stand in book_fold.c. Rows are copied into the caller's arena. A
 * reporter's own data stands sealed in his case and nowhere else.
 */
#ifndef MUSTER_DESK_BOOK_H
#define MUSTER_DESK_BOOK_H

#include "desk/case.h"
#include "desk/proof.h"
#include "journal/fold.h"
#include "journal/listed.h"

struct book;

struct book *book_new(void);
void book_free(struct book *b);
/* Adds this room's folders to a table for store_open; returns how many (BOOK_FOLDERS). */
#define BOOK_FOLDERS 2u
size_t book_folders(struct book *b, struct folder *out);

/* ---- cases ---- */

struct case_row {
    unsigned char id[16], campaign[16], person[16], network[16];
    int64_t at_us, changed_us, due_us;
    enum case_state state;
    enum case_outcome outcome;
    enum desk_category category;
    enum desk_source source;
    uint32_t more;  /* further reports that were counted with it */
    double weight;  /* of its reporter then */
    bool has_owner; /* a person took it: */
    unsigned char owner[16];
    struct slice from_domain, host; /* of the message; of its first link */
    struct slice report;            /* JSON, without anything personal */
    struct slice routes;            /* JSON array */
    struct slice sealed; /* struct desk_reporter as JSON, under the case's key; empty: erased */
    struct slice note;   /* the desk's last words to the reporter */
    struct slice origin; /* JSON, of a case that another node handed over; else empty */
};
MUST_USE int book_case(struct book *b, const unsigned char id[16], struct arena *a, struct err *e,
                       struct case_row *out);
struct case_query {
    unsigned states;               /* bits; 0: all */
    const unsigned char *campaign; /* NULL: all */
    const unsigned char *person;
    const unsigned char *owner;
    int64_t due_us;    /* clock at or before; 0: any */
    int64_t before_us; /* older than; 0: any. For the next page */
    bool oldest_first;
    size_t limit; /* 0: 50; at most 1,000 */
};
/* Newest first; with due_us the most overdue first. */
MUST_USE int book_cases(struct book *b, const struct case_query *q, struct arena *a, struct err *e,
                        struct case_row **out, size_t *out_n);
/* The desk's work: one row per campaign, the fair order: what harms first, then by how many
 * independent sources reported it, never by the bare count. */
struct work_row {
    unsigned char campaign[16], first[16]; /* first: its oldest open case */
    uint64_t cases, reporters, sources;
    int64_t oldest_us, due_us;
    enum desk_category category;
    double weight;
    struct slice from_domain, host;
};
MUST_USE int book_work(struct book *b, size_t limit, struct arena *a, struct err *e,
                       struct work_row **out, size_t *out_n);
/* The same thing handed in again by the same person. ERR_NOENT. */
MUST_USE int book_case_again(struct book *b, const unsigned char person[16],
                             const unsigned char key[16], struct err *e, unsigned char out[16]);
/* The newest case of that network since then, where more of its reports are counted. */
MUST_USE int book_case_of_party(struct book *b, const unsigned char party[16], int64_t since_us,
                                struct err *e, unsigned char out[16]);
/* A campaign by a text's exact hash, a link's host or a file; ERR_NOENT. */
MUST_USE int book_campaign(struct book *b, struct slice mark, struct err *e, unsigned char out[16]);
/* What reports say together. */
MUST_USE int book_claim(struct book *b, const unsigned char campaign[16], struct err *e,
                        struct charter_claim *out);
/* How that person's newest cases ended, up to 1,000. */
MUST_USE int book_standing(struct book *b, const unsigned char person[16], struct err *e,
                           unsigned *out_confirmed, unsigned *out_overturned);

struct log_row {
    int64_t at_us;
    struct slice verb, body;
    unsigned char actor[16];
    unsigned role;
};
/* What happened with a case, listing or appeal, oldest first, at most 1,000. */
MUST_USE int book_log(struct book *b, const unsigned char object[16], struct arena *a,
                      struct err *e, struct log_row **out, size_t *out_n);

/* ---- mail ---- */

enum letter_kind {
    LETTER_RECEIPT,
    LETTER_OUTCOME,
    LETTER_NOTICE,
    LETTER_HEARING,
    LETTER_PROOF,
    LETTER_DECISION,
    LETTERS
};
enum letter_state {
    LETTER_DRAFT,
    LETTER_OWED,
    LETTER_SENT,
    LETTER_FAILED,
    LETTER_DROPPED,
    LETTER_STATES
};
struct letter_row {
    unsigned char id[16], about[16]; /* about: a case, listing or appeal */
    enum letter_kind kind;
    enum letter_state state;
    int64_t at_us, changed_us;
    struct slice to;     /* a role's mailbox; empty: the reporter's, which stands sealed */
    struct slice words;  /* JSON: what the letter says */
    struct slice result; /* of the last try */
};
const char *letter_kind_name(enum letter_kind k);
const char *letter_state_name(enum letter_state s);
MUST_USE int book_letter(struct book *b, const unsigned char id[16], struct arena *a, struct err *e,
                         struct letter_row *out);
/* state -1: any; about NULL: any. Oldest first. */
MUST_USE int book_letters(struct book *b, int state, const unsigned char *about, size_t limit,
                          struct arena *a, struct err *e, struct letter_row **out, size_t *out_n);
/* Letters to a person (NULL: to all reporters) since then. */
MUST_USE int book_letters_since(struct book *b, const unsigned char *person, int64_t since_us,
                                struct err *e, uint64_t *out_n);

/* ---- contacts ---- */

/* The abuse contact for an address, from what was loaded; ERR_NOENT. */
MUST_USE int book_contact(struct book *b, const struct ip *ip, struct arena *a, struct err *e,
                          struct slice *out_mailbox, struct slice *out_source);

/* ---- listings ---- */

enum listing_state {
    LISTING_NOTICE,    /* the named sender has time to reply */
    LISTING_CONTESTED, /* he replied: counts only when another person confirms it */
    LISTING_ACTIVE,
    LISTING_ENDED,
    LISTING_STATES
};
struct listing_row {
    unsigned char id[16], lister[16], evidence[16]; /* evidence: a case */
    uint64_t seq;                                   /* of the last change */
    enum listed_kind kind;
    struct slice value, reason, contact, reply, why; /* why it changed last */
    enum charter_harm harm;
    enum charter_effect effect;
    unsigned role; /* of who decided */
    int64_t at_us, from_us, ends_us, changed_us;
    bool is_contested, is_confirmed, is_ended;
};
enum listing_state listing_state(const struct listing_row *l, int64_t now_us);
const char *listing_state_name(enum listing_state s);
MUST_USE int book_listing(struct book *b, const unsigned char id[16], struct arena *a,
                          struct err *e, struct listing_row *out);
/* The newest of that thing that has not ended; ERR_NOENT. */
MUST_USE int book_listing_of(struct book *b, enum listed_kind kind, struct slice value,
                             int64_t now_us, struct arena *a, struct err *e,
                             struct listing_row *out);
/* Changed after `since` (a sequence), oldest change first: also what ended. open: only those that
 * have not ended. At most limit (0: 100; 10,000). */
MUST_USE int book_listings(struct book *b, uint64_t since, bool open, int64_t now_us, size_t limit,
                           struct arena *a, struct err *e, struct listing_row **out, size_t *out_n);
/* The last changes of all, newest first. */
MUST_USE int book_listings_newest(struct book *b, size_t limit, struct arena *a, struct err *e,
                                  struct listing_row **out, size_t *out_n);

/* ---- appeals ---- */

enum appeal_state { APPEAL_PROOF, APPEAL_OPEN, APPEAL_DECIDED, APPEAL_DROPPED, APPEAL_STATES };
struct appeal_row {
    unsigned char id[16], listing[16];
    int64_t at_us, proven_us, decided_us;
    enum appeal_state state;
    enum charter_vote result;
    uint32_t steps; /* what silence did: 1 lowered, 2 ended */
    struct slice contact, statement, method, reason;
    struct slice language;      /* of who appealed; empty: not known */
    unsigned char token[32];    /* hash of the proof that was mailed */
    enum proof_method checking; /* a look is owed by that way; PROOF_MAIL: none */
    int64_t checked_us;         /* when the last one was asked for */
    struct slice found;         /* what stood in the way; empty: nothing yet */
    struct charter_votes votes;
    uint64_t n_votes;
};
const char *appeal_state_name(enum appeal_state s);
MUST_USE int book_appeal(struct book *b, const unsigned char id[16], struct arena *a, struct err *e,
                         struct appeal_row *out);
/* listing NULL: all; state -1: any. Oldest first. */
MUST_USE int book_appeals(struct book *b, const unsigned char *listing, int state, size_t limit,
                          struct arena *a, struct err *e, struct appeal_row **out, size_t *out_n);
/* Those that wait for a look at what was published, longest first. */
MUST_USE int book_checks(struct book *b, size_t limit, struct arena *a, struct err *e,
                         struct appeal_row **out, size_t *out_n);
bool book_has_voted(struct book *b, const unsigned char appeal[16], const unsigned char actor[16]);

struct book_figures {
    uint64_t cases[CASE_STATES], listings, appeals_open, letters_owed, reports;
};
MUST_USE int book_figures(struct book *b, int64_t now_us, struct err *e, struct book_figures *out);

#endif
