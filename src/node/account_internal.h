/* What the files of accounts share. */
#ifndef MUSTER_NODE_ACCOUNT_INTERNAL_H
#define MUSTER_NODE_ACCOUNT_INTERNAL_H

#include "journal/db.h"
#include "node/account.h"

#include <jansson.h>

#define SESSIONS_MOST 20000u
#define TRIES         1024u

/* Wrong log-ins of a name, a network, or a name from a network. */
struct tries {
    uint64_t who;
    int64_t at_us;
    double wrong; /* goes down with time */
};

struct accounts {
    struct db *db;
    struct store *store;
    const char *path; /* of the sessions' file */
    unsigned char key[32];
    struct session *session;
    unsigned n_sessions, room;
    struct tries tries[3][TRIES];
    uint64_t totp_used[TRIES]; /* last time step by account, against a second use */
};

#define ACCOUNT_STATE_MOST (64u * 1024)

enum account_sql {
    ACCOUNT_SQL_PUT,
    ACCOUNT_SQL_BY_NAME,
    ACCOUNT_SQL_BY_ID,
    ACCOUNT_SQL_LIST,
    ACCOUNT_SQL_COUNT,
    ACCOUNT_SQL_DROP,
    ACCOUNT_SQL_ACT,
    ACCOUNT_SQL_ACTS,
    ACCOUNT_SQL_INVITE,
    ACCOUNT_SQL_INVITED,
    ACCOUNT_SQL_UNINVITE,
    ACCOUNT_STATEMENTS
};
extern const struct db_schema account_schema;

/* ---- account_fold.c ---- */

/* An account's state as one line of JSON, in the arena, and back (texts in the arena). */
struct slice account_state(const struct account *acc, struct arena *a);
MUST_USE int account_read(struct slice state, struct arena *a, struct err *e, struct account *out);
/* A JSON string; empty where s is not UTF-8. */
json_t *account_text_json(struct slice s);
/* For struct folder; arg: the accounts. */
int account_fold(void *arg, struct fold_target *t, const struct event *ev, struct err *e);

/* ---- account_session.c ---- */

/* Sessions of DIR/sessions. */
void sessions_load(struct accounts *s);
/* Keyed hash with a word for its use. */
void account_mac(const struct accounts *s, const char *use, struct slice what,
                 unsigned char out[32]);

#endif
