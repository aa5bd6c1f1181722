/* What the keeper process's files share: its state, and mail on its way out (keeper_mail.c). */
#ifndef MUSTER_NODE_KEEPER_INTERNAL_H
#define MUSTER_NODE_KEEPER_INTERNAL_H

#include "node/failures.h"
#include "node/keep_backup.h"
#include "node/keep_desk.h"
#include "node/keep_digest.h"
#include "node/keep_mailbox.h"
#include "node/mailer.h"
#include "node/owed.h"
#include "node/process.h"

#define PEERS_MOST      (2 * WALLS_SCANNERS + 4)
#define STUDY_MOST      16       /* held messages read by scanners at once */
#define DELIVER_MOST    16       /* released messages handed to the mailer at once */
#define DELIVER_WAIT_US 30000000 /* before the same message is tried again */

struct peer {
    struct ipc *ch;
    enum role role;
};

/* A released message that the mailer has now, or that failed a moment ago. */
struct delivery {
    unsigned char hold[16];
    uint64_t tag;
    int64_t again_us; /* 0: the mailer has it */
};

/* A held message that a scanner reads now, and who waits for what it teaches. */
struct study {
    struct ipc *scanner, *asker;
    uint64_t tag, asker_tag;
    struct keep_study of; /* without the bytes */
};

struct keeper {
    const struct child_start *start;
    struct event_base *base;
    struct event *tick, *backup;
    struct ipc *master;
    struct peer peer[PEERS_MOST];
    size_t n;
    struct keep keep;
    struct arena *settings; /* of the last reload; NULL: those of the start */
    struct buf packed, answer;
    struct delivery delivery[DELIVER_MOST];
    size_t n_delivery;
    struct owed owed;
    struct letter_queue letters;
    struct proof_queue proofs;
    struct digests digests;
    struct failures failures;
    struct study study[STUDY_MOST];
    size_t n_study;
    uint64_t next_tag;
    bool is_draining;
    struct ipc *status_to; /* who waits for master's list of processes */
    uint64_t status_tag;
};

/* The first peer of that role; NULL: none is there. */
struct ipc *keeper_peer(struct keeper *k, enum role role);

/* ---- keeper_mail.c ---- */

/* Hands the mailer what was released and what is owed: receipts, digests, codes for mailboxes,
 * the desk's letters and proofs, failure reports. Without a mailer nothing happens. */
void keeper_deliver(struct keeper *k);
void keeper_send_owed(struct keeper *k);
void keeper_send_letters(struct keeper *k);
/* Not kept: without a mailer they are not sent. */
void keeper_send_failures(struct keeper *k, struct slice reports);
/* What became of one of these. */
void keeper_mailed(struct keeper *k, const struct ipc_message *m);
/* What the mailer had is tried again with the next one. */
void keeper_mailer_died(struct keeper *k);

#endif
