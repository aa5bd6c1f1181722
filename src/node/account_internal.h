/* What the files of accounts share. */
#ifndef MUSTER_NODE_ACCOUNT_INTERNAL_H
#define MUSTER_NODE_ACCOUNT_INTERNAL_H

#include "journal/db.h"
#include "node/account.h"

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

/* Sessions of DIR/sessions. */
void sessions_load(struct accounts *s);
/* Keyed hash with a word for its use. */
void account_mac(const struct accounts *s, const char *use, struct slice what,
                 unsigned char out[32]);

#endif
