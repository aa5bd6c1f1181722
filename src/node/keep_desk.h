/* What keeper's verbs about cases, listings and appeals share, and the desk's own clock.
 *
 * An act: append its events (keep_desk_add), one durable commit (keep_desk_done), then the answer.
 */
#ifndef MUSTER_NODE_KEEP_DESK_H
#define MUSTER_NODE_KEEP_DESK_H

#include "desk/book.h"
#include "desk/code.h"
#include "desk/settings.h"
#include "node/keep_verb.h"
#include "node/mailer.h"

#define DESK_STAFF     (ACTOR_OPERATOR | ACTOR_REVIEWER | ACTOR_STEWARD)
#define DESK_TEXT_MOST 2000u /* of a reason, a statement */

/* One event about an object; body is taken over (json_decref). who NULL: the node itself. */
MUST_USE int keep_desk_add(struct keep *k, const struct actor *who, const unsigned char object[16],
                           const char *verb, json_t *body, struct err *e);
MUST_USE int keep_desk_done(struct keep *k, struct err *e);
/* An act's end: commits when rc is 0; on failure the question is answered with it. True: done. */
bool keep_desk_finish(struct question *q, int rc, struct err *e);
/* A letter to a mailbox (empty: to the case's reporter); words is taken over. Drafts wait for a
 * person. */
struct keep_letter {
    enum letter_kind kind;
    enum letter_state state;
    const unsigned char *about;
    const unsigned char *person; /* pseudonym of a reporter; NULL: none */
    struct slice to;
};
MUST_USE int keep_desk_letter(struct keep *k, const struct keep_letter *l, json_t *words,
                              struct err *e);

/* Helpers for bodies and answers. */
json_t *desk_hex(const unsigned char *p, size_t n);
json_t *desk_slice(struct slice s);
void desk_code(struct json *j, const char *name, const unsigned char id[16]);
void desk_time(struct json *j, const char *name, int64_t us); /* 0 or less: null */
/* The code in the question's path; false: the question is refused. */
bool desk_code_arg(struct question *q, unsigned part, unsigned char out[16]);

/* Members of the open object: what everybody with the code may know of a case. */
void keep_case_head(struct json *j, const struct case_row *c);
/* The same of a listing or an appeal; sees_all: also what only the desk and auditors see. */
void keep_listing_json(struct question *q, struct json *j, const struct listing_row *l,
                       bool sees_all);
void keep_appeal_json(struct question *q, struct json *j, const struct appeal_row *p,
                      bool sees_all);

/* The mailbox that the desk writes from. */
struct slice keep_desk_sender(struct arena *a, const struct keep *k);
/* Words that somebody wrote, for everybody: of mail addresses in them only the domain is left. */
struct slice desk_public(struct arena *a, struct slice words);

/* Takes in a report that another node hands over (keep_bundle.c); origin stays the caller's.
 * *out_how: "new", or "known" when it was there. */
MUST_USE int keep_case_take_partner(struct question *q, const struct desk_report *r,
                                    struct slice node, json_t *origin, struct err *e,
                                    unsigned char out_id[16], const char **out_how);

/* Clocks of cases and appeals, about once a minute. */
void keep_desk_tick(struct keep *k, int64_t now_us);
/* Closes or moves a case; the reporter is told of an outcome. */
struct case_step {
    enum case_state state;
    enum case_outcome outcome;
    struct slice note;
    bool takes; /* the actor becomes its owner */
};
MUST_USE int keep_case_step(struct keep *k, const struct actor *who, const struct case_row *c,
                            const struct case_step *s, struct err *e);
/* Changes a listing to what `l` now says. verb: reply confirm lower end. */
MUST_USE int keep_listing_change(struct keep *k, const struct actor *who,
                                 const struct listing_row *l, const char *verb, struct slice why,
                                 struct slice text, struct err *e);
void keep_listing_tick(struct keep *k, int64_t now_us);
/* Control is proven by that way: the appeal is open, and a listing that does not count yet is
 * contested. */
MUST_USE int keep_appeal_proven(struct keep *k, struct arena *a, const struct appeal_row *p,
                                enum proof_method method, struct err *e);

/* ---- proofs that are published (keep_proof.c) ---- */

/* Members of the open object: what to publish where, and what the last look found. */
void keep_proof_json(struct question *q, struct json *j, const struct appeal_row *p,
                     const struct listing_row *l);
/* Asks for a look; soon after, the appeal says what it found. */
MUST_USE int keep_proof_check(struct keep *k, struct arena *a, const struct appeal_row *p,
                              enum proof_method method, struct err *e);

#define PROOF_TAG (UINT64_C(1) << 59)
struct proof_look {
    unsigned char id[16];
    uint64_t tag; /* 0: the mailer has it no more */
    unsigned tries;
};
struct proof_queue {
    struct proof_look look[4];
    size_t n;
    int64_t web_us[3]; /* when the last fetches began: so many a minute */
    unsigned web_next;
    uint64_t next_tag;
};
/* As letters_next, letters_mailed, letters_forget; the order is an IPC_PROVE. */
uint64_t proofs_next(struct proof_queue *pq, struct keep *k, struct buf *packed);
void proofs_done(struct proof_queue *pq, struct keep *k, uint64_t tag, const struct mail_result *r);
void proofs_forget(struct proof_queue *pq);

/* ---- the queue of letters (keeper.c) ---- */

#define LETTER_TAG      (UINT64_C(1) << 62)
#define LETTERS_AT_ONCE 8

struct letter_order {
    unsigned char id[16];
    uint64_t tag;
    int64_t again_us; /* 0: the mailer has it */
    unsigned tries;
};
struct letter_queue {
    struct letter_order order[256];
    size_t n;
    uint64_t next_tag;
};
/* As owed_next, owed_mailed, owed_forget. */
uint64_t letters_next(struct letter_queue *lq, struct keep *k, struct buf *packed);
void letters_mailed(struct letter_queue *lq, struct keep *k, uint64_t tag,
                    const struct mail_result *r);
void letters_forget(struct letter_queue *lq);

#endif
