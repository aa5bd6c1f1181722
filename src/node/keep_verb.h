/* A question or act put to keeper, and the tables that say who may put it and what answers.
 *
 * Web, control doors and command line ask the same verbs: path and JSON in, status and JSON out.
 * Each room's verbs stand in a table of their own (keep_NAME.c), listed in keep_ask.c.
 */
#ifndef MUSTER_NODE_KEEP_VERB_H
#define MUSTER_NODE_KEEP_VERB_H

#include "base/json.h"
#include "charter/actor.h"
#include "node/keep.h"

#include <jansson.h>

#define QUESTION_PARTS 6

struct question {
    struct keep *k;
    const struct record_ask *ask;
    struct actor actor;
    struct slice part[QUESTION_PARTS]; /* of the path, between slashes; empty after its end */
    json_t *args;                      /* an object, maybe empty */
    struct arena *arena;
    uint32_t *status; /* 200 when the verb begins */
    struct buf *out;  /* JSON; empty when the verb begins */
};

struct keep_verb {
    const char *path; /* pieces between slashes; "*" stands for any one that is not empty */
    unsigned needs;   /* any of these roles (charter/actor.h); 0: everybody */
    void (*fn)(struct question *q);
};

/* The answer becomes an error with these words; what was written is dropped. */
void question_refuse(struct question *q, uint32_t status, const char *words);
void question_fail(struct question *q, const struct err *e);
/* Members of the arguments; the default when absent or of another type. Text is empty then. */
struct slice question_text(const struct question *q, const char *name);
int64_t question_int(const struct question *q, const char *name, int64_t def);
bool question_true(const struct question *q, const char *name);
/* Events of a moment ago are folded before a question about them is answered. */
void question_fold(struct question *q);

/* Who a caller is: the local administrator, the account behind a session, a token's scopes as
 * roles (admin: all; read: auditor), else nobody. */
void keep_actor(struct keep *k, const struct record_caller *who, struct arena *a,
                struct actor *out);

/* What most verbs of the node need. */
#define READS (ACTOR_OPERATOR | ACTOR_AUDITOR)
#define ACTS  ACTOR_OPERATOR
/* Who sees mail at all, each his own part of it (question_sees_all, his domains, his mailbox). */
#define SEES (READS | ACTOR_DOMAIN_ADMIN | ACTOR_MEMBER)

/* True for those who see everybody's mail: operators and auditors. */
bool question_sees_all(const struct question *q);

/* Tables end with fn = NULL. */
/* The account behind a session becomes the actor; without one he stays as he is. */
void keep_account_actor(struct keep *k, struct slice session, struct arena *a, struct actor *out);

extern const struct keep_verb keep_account_verbs[], keep_steward_verbs[], keep_mailbox_verbs[];
extern const struct keep_verb keep_node_verbs[], keep_history_verbs[], keep_hold_verbs[],
    keep_console_verbs[], keep_choice_verbs[], keep_digest_verbs[];
extern const struct keep_verb keep_wanted_verbs[];
extern const struct keep_verb keep_library_verbs[];
extern const struct keep_verb keep_library_ask_verbs[];

/* The desk: keep_case*.c, keep_listing.c, keep_appeal.c */
extern const struct keep_verb keep_case_take_verbs[], keep_case_verbs[], keep_case_act_verbs[],
    keep_listing_verbs[], keep_appeal_verbs[], keep_bundle_verbs[], keep_handover_verbs[];

#endif
