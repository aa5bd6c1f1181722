/* Listening sockets: from systemd's socket activation by name, or opened here. */
#ifndef MUSTER_NODE_LISTEN_H
#define MUSTER_NODE_LISTEN_H

#include "base/err.h"
#include "base/slice.h"

#include <sys/socket.h>

/* address: "127.0.0.1:783", "[::1]:783", "host-less port" is refused, "unix:/path" (mode 0660 for
 * doors). An empty address gives *out_fd = -1. Errors name the setting and say who may be in the
 * way ("address in use"). */
MUST_USE int listen_open(const char *setting, struct slice address, struct err *e, int *out_fd);
/* An address as above to what connect() takes; false: it is none. */
bool listen_parse(struct slice address, struct sockaddr_storage *out, socklen_t *out_n);
/* A socket that systemd passed under that name (LISTEN_FDNAMES), or -1. */
int listen_inherited(const char *name);
/* Tells systemd (NOTIFY_SOCKET) a state such as "READY=1"; without systemd nothing happens. */
void notify_state(const char *state);

#endif
