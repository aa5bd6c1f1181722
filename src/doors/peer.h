/* Who is at the other end of a connection. */
#ifndef MUSTER_DOORS_PEER_H
#define MUSTER_DOORS_PEER_H

#include "doors/door.h"

/* Fills is_local_peer and uid from a unix socket's credentials; other sockets leave them off. */
void peer_of(int fd, struct door_caller *out);

#endif
