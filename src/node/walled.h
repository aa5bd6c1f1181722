/* A piece of work of the command line done in a child without rights: for reading what others
 * wrote. The child keeps the descriptors that it is given, and standard output and error. */
#ifndef MUSTER_NODE_WALLED_H
#define MUSTER_NODE_WALLED_H

#include "node/config.h"

/* Runs work(arg, out) in a child; out is a channel to `take` (node/ipc.h): each message that the
 * child writes with walled_tell is handed to take in the parent, which may stop all with a negative
 * value. fds: at most 3 that stay open, -1 for none. Returns what work returned (0 and more), or an
 * error. ERR_CLOSED: the child crashed. take may be NULL. */
struct walled_work {
    int (*work)(void *arg, int out, struct err *e);
    int (*take)(void *arg, struct slice message, struct err *e);
    void *arg;
    int fds[3];
};
MUST_USE int walled_run(const struct conf *conf, const struct walled_work *w, struct err *e);
/* In the child. */
MUST_USE int walled_tell(int out, struct slice message, struct err *e);

#endif
