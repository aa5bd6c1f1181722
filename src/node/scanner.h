/* The scanner: doors on one side, keeper on the other, one message at a time in between. */
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

struct scanner {
    const struct child_start *start;
    struct event_base *base;
    struct ipc *master, *keeper; /* keeper NULL: not there now */
    struct scan_world world;
    struct arena *arena; /* of the message at hand */
    struct buf packed, scratch;
    struct request *requests; /* newest first */
    unsigned n_requests, n_held;
    struct event *patience; /* when held requests are given up */
    struct event *idle;     /* sends posted history once nothing else is to be done */
    unsigned n_posted;
    uint64_t next_tag;
    bool is_draining, with_subjects;
    struct doors *doors;
};

/* The loop's priorities: everything, then what waits until nothing else is ready. */
enum { SCANNER_FIRST, SCANNER_USUAL, SCANNER_IDLE, SCANNER_PRIORITIES };

/* The table of calls that the doors get. */
struct door_ops scanner_ops(struct scanner *s);
/* Keeper answered, or went away (m NULL: all waiting requests are answered with 503). */
void scanner_answered(struct scanner *s, const struct ipc_message *m);
/* A new keeper is there: sends it what was held back meanwhile. */
void scanner_met_keeper(struct scanner *s);

#endif
