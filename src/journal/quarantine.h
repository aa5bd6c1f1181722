/* Quarantine: who may do what with a held message, as pure functions, and what is kept of it.
 *
 * A hold is one recipient's copy of one message; two recipients' holds never touch each other.
 * Users release spam and bulk addressed to them; phishing, malware and what an operator's rule
 * held need an operator. Release alone never trains. "Allow once" lets the next message with the
 * same digest to the same recipient through within 24 hours.
 *
 *   held -> released -> delivered          released -> held when delivery fails for good
 *   held -> refused (an operator said no; operators may still release)
 *   held, refused -> deleted, expired
 */
#ifndef MUSTER_JOURNAL_QUARANTINE_H
#define MUSTER_JOURNAL_QUARANTINE_H

#include "base/arena.h"
#include "base/err.h"

#define HOLD_ALLOW_US (INT64_C(24) * 3600 * 1000000)

/* What it is held as. Scams count as phishing, operators' rules and other reasons as other. */
enum hold_kind {
    HOLD_OF_SPAM,
    HOLD_OF_BULK,
    HOLD_OF_PHISHING,
    HOLD_OF_MALWARE,
    HOLD_OF_OTHER,
    HOLD_KINDS
};
enum hold_state {
    HOLD_HELD,
    HOLD_RELEASED,
    HOLD_REFUSED,
    HOLD_DELIVERED,
    HOLD_DELETED,
    HOLD_EXPIRED,
    HOLD_STATES
};
enum hold_act {
    HOLD_RELEASE,
    HOLD_REFUSE,
    HOLD_DELETE,
    HOLD_EXPIRE,
    HOLD_DELIVER,
    HOLD_FAIL,
    HOLD_ACTS
};
enum hold_role { HOLD_BY_USER, HOLD_BY_OPERATOR, HOLD_BY_NODE };

struct hold {
    unsigned char hold[16], id[16], digest[16];
    unsigned char person[16]; /* pseudonym of the recipient */
    unsigned char object[32];
    enum hold_kind kind;
    enum hold_state state;
    double score;
    int64_t made_us, expires_us, changed_us;
    int64_t allow_until_us; /* 0: none */
    uint32_t failures;      /* of delivery */
    struct slice sealed;    /* struct hold_words, under the hold's key */
    struct slice domain;    /* of the recipient */
};

struct hold_actor {
    enum hold_role role;
    unsigned char person[16]; /* pseudonym; zeros for the node */
};

const char *hold_kind_name(enum hold_kind k);   /* "spam" "bulk" ... */
const char *hold_state_name(enum hold_state s); /* "held" "released" ... */

/* May `who` do `act` on h now, and what state follows? 0; ERR_DENIED: not by them; ERR_EXISTS:
 * it is so already; ERR_NOENT: it is gone. *out_why (on failure) is a plain sentence, translatable.
 */
MUST_USE int hold_decide(const struct hold *h, enum hold_act act, const struct hold_actor *who,
                         int64_t now_us, enum hold_state *out_next, const char **out_why);
/* True while somebody may still want the message's bytes. */
bool hold_needs_object(enum hold_state s);

/* What names people: sealed in the event, gone with the hold's key. */
struct hold_words {
    struct slice rcpt, mail_from, from, subject; /* envelope; envelope; header, decoded; header */
    struct slice client_ip;
};

/* ---- with a store ---- */
struct store;
struct buf;

struct hold_new {
    unsigned char id[16], digest[16];
    struct hold_words words;
    struct slice owner; /* canonical mailbox of words.rcpt; empty: nobody's */
    enum hold_kind kind;
    double score;
    int64_t keep_us; /* how long from now */
    struct slice raw;
};

/* Holds a message: on disk when it returns. Errors as objects_put. An empty owner is for
 * messages set aside for study: nobody's, for operators alone. Asked again for what is held for
 * that owner as the same kind already (a server tries again after a tempfail), it gives that hold.
 */
MUST_USE int quarantine_add(struct store *s, const struct hold_new *n, struct err *e,
                            unsigned char out_hold[16]);
/* Does one act if the rules allow it; on disk when it returns. A denied release is recorded too.
 * allow_once counts for releases. out may be NULL; its texts lie in the arena. */
struct quarantine_act {
    unsigned char hold[16];
    enum hold_act act;
    struct hold_actor who;
    bool allow_once;
    struct slice reason;
};
MUST_USE int quarantine_do(struct store *s, const struct quarantine_act *q, struct arena *a,
                           struct err *e, struct hold *out);
/* The words, and with raw the message itself. ERR_NOENT when they are erased. */
MUST_USE int quarantine_open(struct store *s, const struct hold *h, struct arena *a, struct err *e,
                             struct hold_words *out_words, struct buf *raw);
/* Expires what is due and destroys the keys of what is over. *out_expired counts. At most 1,000
 * of each a call. */
MUST_USE int quarantine_sweep(struct store *s, int64_t now_us, struct err *e,
                              uint64_t *out_expired);

#endif
