/* Peer credentials. See peer.h. */
#include "doors/peer.h"

#include <sys/socket.h>

void peer_of(int fd, struct door_caller *out)
{
    struct ucred who = {0};
    socklen_t n = sizeof(who);
    int domain = 0;
    socklen_t domain_n = sizeof(domain);
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &domain_n) < 0 || domain != AF_UNIX)
        return;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) < 0 || n != sizeof(who))
        return;
    out->is_local_peer = true;
    out->uid = who.uid;
}
