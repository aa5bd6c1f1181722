/* The scanner: doors on one side, keeper and resolver on the other, messages in between: one is
 * at work, many may wait for answers. */
#ifndef MUSTER_NODE_SCANNER_H
#define MUSTER_NODE_SCANNER_H

#include "doors/door.h"
#include "node/process.h"

#define REQUESTS_MOST 4096

#define WAITING_MOST 64 /* requests kept back while keeper is being started */

/* A question to keeper that waits for its answer. */
struct request {
    uint64_t tag;
    enum ipc_type type;
    struct buf held; /* the message itself while there is no keeper to send it to */
    door_answer *done;
    void *arg;
    struct request *next;
};

/* A message under way; parked when it waits. */
struct running {
    struct scanner *scanner;
    struct running *prev, *next;
    struct scan *scan;
    struct arena *arena;
    uint64_t hash, tag;
    size_t bytes;
    struct event *timer;
    struct slice orders;  /* what the signer was asked; it waits for that when there are any */
    struct slice reports; /* what was found in a mail to the desk; keeper has it before the door */
    door_scan_done *done;
    void *arg;
};

struct scanner {
    const struct child_start *start;
    struct event_base *base;
    struct ipc *master, *keeper, *resolver, *signer; /* NULL: not there now */
    int64_t resolver_lost_us;                        /* since when there is none */
    struct scan_world world;
    struct signing *signing;
    struct arena *arena; /* for the next message; NULL while in use */
    struct running *parked;
    unsigned n_parked;
    size_t parked_bytes;
    struct buf packed, scratch;
    struct request *requests; /* newest first */
    unsigned n_requests, n_held;
    struct event *patience; /* when held requests are given up */
    struct event *idle;     /* sends posted history once nothing else is to be done */
    unsigned n_posted;
    bool is_keeper_behind; /* so much is queued for it that history is left out */
    uint64_t next_tag;
    bool is_draining, with_subjects, is_shadow;
    struct doors *doors;
};

/* The loop's priorities: everything, then what waits until nothing else is ready. */
enum { SCANNER_FIRST, SCANNER_USUAL, SCANNER_IDLE, SCANNER_PRIORITIES };

/* door_ops.scan. */
void scanner_scan(void *node, const struct envelope *env, struct slice raw, door_scan_done *done,
                  void *arg);
/* True when these bytes crashed scanners before; keeper gets a copy for study. */
bool scanner_sets_aside(struct scanner *s, uint64_t hash, struct slice raw);
/* Mail to a mailbox for reports is looked through; parses, so it runs within the walls. */
void scanner_take_reports(struct scanner *s, const struct scan *scan);
/* Mail to a mailbox of the library becomes a proposal unless it is spam; within the walls. */
void scanner_take_proposal(struct scanner *s, const struct scan *scan);
/* Answers came; a new resolver is there (it is asked again what the old one left). */
void scanner_resolved(struct scanner *s, const struct ipc_message *m);
void scanner_met_resolver(struct scanner *s);
/* The signer answered; a new signer is there (it is asked again what the old one left). */
void scanner_signed(struct scanner *s, const struct ipc_message *m);
void scanner_met_signer(struct scanner *s);
/* The orders for a message that was scanned, packed in its arena; empty: nothing to sign. What
 * should be signed and cannot be is deferred, as the configuration says. Runs within the walls. */
struct slice scanner_orders(struct scanner *s, struct scan *scan);
/* Puts the signer's answer on the scan (NULL: there was none in time). */
void scanner_take_signatures(struct scanner *s, struct scan *scan, const struct slice *answer);
/* Keeper asks what a held message teaches. */
void scanner_study(struct scanner *s, const struct ipc_message *m);
/* The table of calls that the doors get. */
struct door_ops scanner_ops(struct scanner *s);
/* Keeper answered, or went away (m NULL: all waiting requests are answered with 503). */
void scanner_answered(struct scanner *s, const struct ipc_message *m);
/* A new keeper is there: sends it what was held back meanwhile. */
void scanner_met_keeper(struct scanner *s);

#endif
