/* Accounts: who may log in, with which roles. State is folded from EVENT_ACCOUNT into accounts.db;
 * what names a person or proves him stands in the events sealed under the account's own key, so
 * that removing the account (destroying the key) erases it in every copy of the journal.
 *
 * Sessions are no facts: they stand in DIR/sessions as hashes of their tokens and may be lost.
 * Used by keeper alone; the verbs are in keep_account.c.
 */
#ifndef MUSTER_NODE_ACCOUNT_H
#define MUSTER_NODE_ACCOUNT_H

#include "charter/actor.h"
#include "journal/store.h"
#include "node/totp.h"

#define ACCOUNT_CODES     8u /* recovery codes */
#define ACCOUNT_PROOF_HEX 64u
#define ACCOUNT_SALT_HEX  32u
#define ACCOUNT_NAME_MOST 40u
#define ACCOUNT_DOMAINS   50u

struct account {
    unsigned char id[16];
    struct slice name; /* for log-in and shown to others; a pseudonym is fine */
    unsigned roles;    /* charter/actor.h */
    enum stakeholder stakeholder;
    struct slice mailbox; /* canonical; empty: none */
    struct slice domains; /* of a domain admin, by commas */
    struct slice salt;    /* hex */
    struct slice proof;   /* keyed hash of what the hasher makes of the password; hex */
    unsigned ops, mem_kib;
    struct slice totp;  /* base 32; empty: no second factor */
    struct slice codes; /* hashes of unused recovery codes, by commas */
    int64_t made_us;
};

/* A place kept for somebody, until he comes with its code. */
struct invitation {
    unsigned char id[16];
    unsigned roles;
    enum stakeholder stakeholder;
    struct slice mailbox, domains;
    int64_t expires_us;
};

struct accounts;

/* A closed one, before store_open; its folder goes into the store's. */
struct accounts *accounts_new(void);
struct folder accounts_folder(struct accounts *a);
/* After store_open: sessions are read from DIR. */
void accounts_open(struct accounts *a, struct store *store, const char *dir);
void accounts_free(struct accounts *a);

/* ---- reading; texts lie in the arena ---- */

/* ERR_NOENT: none of that name. Names compare without case. */
MUST_USE int account_by_name(struct accounts *s, struct slice name, struct arena *a, struct err *e,
                             struct account *out);
MUST_USE int account_by_id(struct accounts *s, const unsigned char id[16], struct arena *a,
                           struct err *e, struct account *out);
MUST_USE int account_list(struct accounts *s, struct arena *a, struct err *e, struct account **out,
                          size_t *out_n);
/* How many have the role. */
int64_t account_count(struct accounts *s, unsigned role);
/* An open invitation by its code; ERR_NOENT: none, or it is over. */
MUST_USE int account_invited(struct accounts *s, struct slice code, int64_t now_us, struct arena *a,
                             struct err *e, struct invitation *out);

struct account_act {
    int64_t at_us;
    unsigned char account[16], actor[16];
    unsigned role;
    struct slice verb, detail;
};
/* Newest first; account NULL: everybody's. */
MUST_USE int account_acts(struct accounts *s, const unsigned char *account, size_t limit,
                          struct arena *a, struct err *e, struct account_act **out, size_t *out_n);

/* ---- acts: on disk when they return ---- */

struct account_by {
    const unsigned char *actor; /* an account's id; NULL: the local administrator or nobody */
    unsigned role;
    struct slice reason;
};
/* Writes the whole account anew under a verb ("made", "password", "roles" ...); made_us and a zero
 * id are filled in for a new one. ERR_EXISTS: the name is another's. ERR_USAGE: a bad name. */
MUST_USE int account_write(struct accounts *s, struct account *acc, const char *verb,
                           const struct account_by *by, struct err *e);
/* Removes it, destroys its key, ends its sessions. */
MUST_USE int account_remove(struct accounts *s, const struct account *acc,
                            const struct account_by *by, struct err *e);
/* out_code: shown once. */
MUST_USE int account_invite(struct accounts *s, struct invitation *inv, const struct account_by *by,
                            struct err *e, char out_code[33]);
/* The invitation is used up. */
MUST_USE int account_joined(struct accounts *s, const struct invitation *inv, struct err *e);

/* ---- proofs ---- */

/* The salt that a log-in under this name uses; for names without account one that is always the
 * same, so that asking does not tell which names there are. */
void account_salt(struct accounts *s, struct slice name, struct arena *a, struct account *out);
/* What is stored of a proof (hex in, hex out). */
bool account_proof_hash(struct accounts *s, struct slice proof_hex,
                        char out[ACCOUNT_PROOF_HEX + 1]);
/* A second factor: a code by time (not used before) or a recovery code, which is then used up (the
 * caller writes the account when *out_used is set). */
bool account_second(struct accounts *s, struct account *acc, struct slice code, int64_t now_us,
                    struct arena *a, bool *out_used);
/* Fresh recovery codes: shown once; their hashes go into acc->codes. */
void account_new_codes(struct accounts *s, struct account *acc, struct arena *a,
                       char out[ACCOUNT_CODES][20]);

/* ---- sessions ---- */

#define SESSION_HEX     64u
#define SESSION_IDLE_US (12LL * 3600 * 1000000)
#define SESSION_LIFE_US (14LL * 24 * 3600 * 1000000)

struct session {
    unsigned char hash[32], account[16];
    int64_t made_us, seen_us;
    char totp[TOTP_BASE32]; /* a second factor that waits to be confirmed */
};
/* A new capability for the account: its token is given out once. */
void session_make(struct accounts *s, const unsigned char account[16], int64_t now_us,
                  char out_token[SESSION_HEX + 1]);
/* The session of a token, NULL: none, or over. Valid until the next call here. */
struct session *session_find(struct accounts *s, struct slice token, int64_t now_us);
void session_end(struct accounts *s, struct slice token);
/* All of an account but the one named (empty: all). */
void session_end_others(struct accounts *s, const unsigned char account[16], struct slice but);
unsigned session_count(const struct accounts *s, const unsigned char account[16]);

/* ---- guessing ---- */

/* False: too many wrong ones under this name, from this network, or both; try later. */
bool account_may_try(struct accounts *s, struct slice name, struct slice client, int64_t now_us);
void account_tried(struct accounts *s, struct slice name, struct slice client, int64_t now_us,
                   bool was_right);

#endif
