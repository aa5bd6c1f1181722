/* Listening sockets and systemd. See listen.h. */
#include "node/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG       1024
#define SYSTEMD_FIRST 3

union any_address {
    struct sockaddr sa;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_un un;
};

/* Numbers only: a name would need DNS at start. */
static int parse_inet(struct slice address, union any_address *out, socklen_t *out_n)
{
    char host[64];
    size_t colon = slice_rchr(address, ':');
    uint64_t port;
    if (colon == SIZE_MAX || !slice_u64(slice_from(address, colon + 1), &port) || port > 65535)
        return -1;
    struct slice h = slice_head(address, colon);
    if (h.n >= 2 && h.p[0] == '[' && h.p[h.n - 1] == ']')
        h = slice_of(h.p + 1, h.n - 2);
    if (h.n == 0 || h.n >= sizeof(host))
        return -1;
    snprintf(host, sizeof(host), "%.*s", SLICE_ARG(h));
    *out = (union any_address){0};
    if (inet_pton(AF_INET, host, &out->in.sin_addr) == 1) {
        out->in.sin_family = AF_INET;
        out->in.sin_port = htons((uint16_t)port);
        *out_n = sizeof(out->in);
        return 0;
    }
    if (inet_pton(AF_INET6, host, &out->in6.sin6_addr) == 1) {
        out->in6.sin6_family = AF_INET6;
        out->in6.sin6_port = htons((uint16_t)port);
        *out_n = sizeof(out->in6);
        return 0;
    }
    return -1;
}

static int parse_unix(struct slice path, union any_address *out, socklen_t *out_n)
{
    *out = (union any_address){0};
    if (path.n == 0 || path.n >= sizeof(out->un.sun_path))
        return -1;
    out->un.sun_family = AF_UNIX;
    memcpy(out->un.sun_path, path.p, path.n);
    *out_n = sizeof(out->un);
    return 0;
}

/* A socket file that nobody answers on is left over and goes; a live one stays. */
static void remove_stale(const union any_address *at, socklen_t n)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (connect(fd, &at->sa, n) < 0 && errno == ECONNREFUSED)
        unlink(at->un.sun_path);
    close(fd);
}

static int parse(struct slice address, union any_address *out, socklen_t *out_n)
{
    bool is_unix = slice_starts(address, SLICE("unix:")) || slice_starts(address, SLICE("/"));
    struct slice path = slice_starts(address, SLICE("unix:")) ? slice_from(address, 5) : address;
    return is_unix ? parse_unix(path, out, out_n) : parse_inet(address, out, out_n);
}

bool listen_parse(struct slice address, struct sockaddr_storage *out, socklen_t *out_n)
{
    union any_address at;
    if (parse(address, &at, out_n) < 0)
        return false;
    *out = (struct sockaddr_storage){0};
    memcpy(out, &at, sizeof(at));
    return true;
}

int listen_open(const char *setting, struct slice address, struct err *e, int *out_fd)
{
    union any_address at;
    socklen_t n;
    if (address.n == 0) {
        *out_fd = -1;
        return 0;
    }
    if (parse(address, &at, &n) < 0)
        return err_set(e, ERR_PARSE,
                       "%s: '%.*s' is no address; write 127.0.0.1:PORT, [::1]:PORT or unix:/PATH",
                       setting, SLICE_ARG(address));
    int fd = socket(at.sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_errno(e, "%s: opening a socket", setting);
    int one = 1;
    bool is_unix = at.sa.sa_family == AF_UNIX;
    if (is_unix) {
        remove_stale(&at, n);
    } else {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    }
    if (bind(fd, &at.sa, n) < 0 || listen(fd, BACKLOG) < 0) {
        int rc = err_errno(e, "%s = %.*s", setting, SLICE_ARG(address));
        close(fd);
        return rc;
    }
    if (is_unix)
        chmod(at.un.sun_path, 0666); /* who may do what is decided by the peer's uid */
    *out_fd = fd;
    return 0;
}

int listen_inherited(const char *name)
{
    const char *pid = getenv("LISTEN_PID");
    const char *count = getenv("LISTEN_FDS");
    const char *names = getenv("LISTEN_FDNAMES");
    uint64_t n, who;
    if (pid == NULL || count == NULL || names == NULL || !slice_u64(slice_str(pid), &who) ||
        who != (uint64_t)getpid() || !slice_u64(slice_str(count), &n) || n > 64)
        return -1;
    struct slice rest = slice_str(names), part;
    for (int i = 0; i < (int)n && slice_split(&rest, ':', &part); i++) {
        if (slice_eq(part, slice_str(name))) {
            fcntl(SYSTEMD_FIRST + i, F_SETFD, FD_CLOEXEC);
            fcntl(SYSTEMD_FIRST + i, F_SETFL, O_NONBLOCK);
            return SYSTEMD_FIRST + i;
        }
    }
    return -1;
}

void notify_state(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    union any_address at;
    socklen_t n;
    if (path == NULL || parse_unix(slice_str(path), &at, &n) < 0)
        return;
    n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    if (at.un.sun_path[0] == '@')
        at.un.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    ssize_t ignored = sendto(fd, state, strlen(state), MSG_NOSIGNAL, &at.sa, n);
    (void)ignored;
    close(fd);
}
