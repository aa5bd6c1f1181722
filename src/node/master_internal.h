/* What the master's files share: what it holds, and its children. */
#ifndef MUSTER_NODE_MASTER_INTERNAL_H
#define MUSTER_NODE_MASTER_INTERNAL_H

#include "node/ipc.h"
#include "node/listen.h"
#include "node/process.h"

#include <sys/types.h>

#define CHILDREN_MOST    (2 * WALLS_SCANNERS + 8)
#define RESTART_QUICK_US 1000000 /* a child that lived shorter than this waits before the next */

struct child {
    enum role role;
    unsigned index;
    pid_t pid;
    struct ipc *ch;
    int64_t started_us;
    int memory_fd; /* /proc/PID/smaps_rollup, opened while that was allowed */
    bool is_ready, is_draining;
};

struct master {
    struct event_base *base;
    struct event *term, *interrupt, *hup, *chld, *tick;
    struct arena *arena; /* of the configuration in force */
    const struct conf *conf;
    const char *path;
    int doors[DOORS];
    int base_fd; /* day-one model: the program's tree may be closed to the children's account */
    struct walls *walls;
    struct child child[CHILDREN_MOST];
    size_t n;
    unsigned scanners;
    bool is_stopping, is_ready, start_failed;
    int64_t restart_at[ROLES];
    char refused[512]; /* why the last reload changed nothing; empty: it did */
};

/* The child of that role that is not draining; NULL: there is none. */
struct child *master_find_role(struct master *ms, enum role role);
/* Starts what is wanted and not there, in an order that lets each find what it needs. */
void master_keep_up(struct master *ms);
/* A child that ended is taken out of the list. */
void master_forget(struct master *ms, struct child *c);
/* Says once that all are up. */
void master_check_ready(struct master *ms);
/* Tells keeper why the last reload changed nothing, for `status`. */
void master_tell_refused(struct master *ms);

#endif
