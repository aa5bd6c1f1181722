/* Messages between our processes. See ipc.h.
 *
 * On the wire: u32 length of the payload, u16 version, u16 type, u64 tag, payload. The
 * descriptor of a message goes along with the first byte of its head, whose type then has its top
 * bit set: one read may bring the end of one message and the head of the next.
 */
#include "node/ipc.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define HEAD_BYTES 16u
#define FDS_QUEUED 256
#define HAS_FD     0x80000000u /* of the head's second word */

struct sent_fd {
    size_t at; /* offset in the out buffer where its message begins */
    int fd;
};

/* Descriptors that arrived and whose messages are not complete yet, oldest first. */
struct got_fds {
    int fd[FDS_QUEUED];
    size_t n;
};

struct ipc {
    int fd;
    struct event *readable, *writable;
    struct buf in, out;
    size_t out_at; /* sent already */
    struct sent_fd fds[FDS_QUEUED];
    size_t n_fds;
    struct got_fds got;
    ipc_handler *handler;
    void *arg;
    bool in_handler, dead;
    bool wants_room; /* the writable event is in the loop */
};

static void put_head(struct buf *b, enum ipc_type type, uint64_t tag, size_t n, bool has_fd)
{
    pack_u32(b, (uint32_t)n);
    pack_u32(b, IPC_VERSION | (uint32_t)type << 16 | (has_fd ? HAS_FD : 0));
    pack_u64(b, tag);
}

/* Reads the head of what stands in `in`; out->fd is 0 when a descriptor belongs to it, else -1.
 * 1: a whole message; 0: more is needed; -1: broken. */
static int parse(struct slice in, struct ipc_message *out)
{
    if (in.n < HEAD_BYTES)
        return 0;
    struct unpack u = {.rest = in};
    uint32_t n = unpack_u32(&u);
    uint32_t kind = unpack_u32(&u);
    out->tag = unpack_u64(&u);
    out->type = (enum ipc_type)((kind & ~HAS_FD) >> 16);
    out->fd = kind & HAS_FD ? 0 : -1;
    if (n > IPC_MOST || (kind & 0xFFFF) != IPC_VERSION)
        return -1;
    if (u.rest.n < n)
        return 0;
    out->payload = slice_head(u.rest, n);
    return 1;
}

/* Asks the loop to tell when there is room, or no more. */
static void want_room(struct ipc *ch, bool on)
{
    if (ch->wants_room != on)
        on ? event_add(ch->writable, NULL) : event_del(ch->writable);
    ch->wants_room = on;
}

static void gone(struct ipc *ch)
{
    if (ch->dead)
        return;
    ch->dead = true;
    event_del(ch->readable);
    want_room(ch, false);
    ch->handler(ch->arg, ch, NULL);
}

static int received_fd(struct msghdr *h)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
            c->cmsg_len >= CMSG_LEN(sizeof(int))) {
            int fd;
            memcpy(&fd, CMSG_DATA(c), sizeof(fd));
            return fd;
        }
    }
    return -1;
}

/* recvmsg into the buffer; got NULL: descriptors are refused. Bytes read, 0 at the end, -1 with
 * errno. */
static ssize_t fill(int fd, struct buf *in, struct got_fds *got)
{
    size_t room;
    char *at = buf_reserve(in, 64 * 1024, &room);
    if (room == 0) {
        errno = EMSGSIZE;
        return -1;
    }
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec iov = {at, room};
    struct msghdr h = {.msg_iov = &iov,
                       .msg_iovlen = 1,
                       .msg_control = control,
                       .msg_controllen = sizeof(control)};
    ssize_t n = recvmsg(fd, &h, MSG_CMSG_CLOEXEC);
    if (n <= 0)
        return n;
    int new = received_fd(&h);
    if (new >= 0 && got && got->n < FDS_QUEUED)
        got->fd[got->n++] = new;
    else if (new >= 0)
        close(new);
    buf_wrote(in, (size_t)n);
    return n;
}

static int take_fd(struct got_fds *got)
{
    if (got->n == 0)
        return -1;
    int fd = got->fd[0];
    memmove(got->fd, got->fd + 1, --got->n * sizeof(got->fd[0]));
    return fd;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct ipc *ch = arg;
    ssize_t n = fill(fd, &ch->in, &ch->got);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        gone(ch);
        return;
    }
    ch->in_handler = true;
    size_t used = 0;
    int state = 0;
    struct ipc_message m = {0};
    while (!ch->dead && (state = parse(slice_from(buf_slice(&ch->in), used), &m)) == 1) {
        if (m.fd >= 0)
            m.fd = take_fd(&ch->got);
        used += HEAD_BYTES + m.payload.n;
        ch->handler(ch->arg, ch, &m);
    }
    ch->in_handler = false;
    if (ch->dead && ch->arg == NULL && ch->handler == NULL) { /* freed by its handler */
        ipc_free(ch);
        return;
    }
    buf_drop(&ch->in, used);
    if (state < 0)
        gone(ch);
}

static ssize_t send_some(struct ipc *ch)
{
    size_t n = ch->out.n - ch->out_at;
    struct iovec iov = {ch->out.p + ch->out_at, n};
    struct msghdr h = {.msg_iov = &iov, .msg_iovlen = 1};
    char control[CMSG_SPACE(sizeof(int))] = {0};
    if (ch->n_fds && ch->fds[0].at == ch->out_at) {
        h.msg_control = control;
        h.msg_controllen = sizeof(control);
        struct cmsghdr *c = CMSG_FIRSTHDR(&h);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &ch->fds[0].fd, sizeof(int));
        iov.iov_len = HEAD_BYTES; /* the descriptor belongs to this message alone */
    } else if (ch->n_fds) {
        iov.iov_len = ch->fds[0].at - ch->out_at;
    }
    ssize_t sent = sendmsg(ch->fd, &h, MSG_NOSIGNAL);
    if (sent > 0 && h.msg_control) {
        close(ch->fds[0].fd);
        memmove(ch->fds, ch->fds + 1, --ch->n_fds * sizeof(ch->fds[0]));
    }
    return sent;
}

void ipc_flush(struct ipc *ch)
{
    while (!ch->dead && ch->out_at < ch->out.n) {
        ssize_t n = send_some(ch);
        if (n < 0) {
            /* Of a broken channel the reader will see the end. */
            want_room(ch, errno == EAGAIN || errno == EINTR);
            return;
        }
        ch->out_at += (size_t)n;
    }
    buf_reset(&ch->out);
    ch->out_at = 0;
    want_room(ch, false);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    ipc_flush(arg);
}

struct ipc *ipc_new(struct event_base *base, int fd, ipc_handler *handler, void *arg)
{
    struct ipc *ch = calloc(1, sizeof(*ch));
    if (ch == NULL)
        BUG("out of memory");
    evutil_make_socket_nonblocking(fd);
    ch->fd = fd;
    ch->in = BUF_INIT(IPC_MOST + HEAD_BYTES + 64 * 1024);
    ch->out = BUF_INIT(4ul * IPC_MOST);
    ch->handler = handler;
    ch->arg = arg;
    ch->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, ch);
    ch->writable = event_new(base, fd, EV_WRITE | EV_PERSIST, on_writable, ch);
    if (ch->readable == NULL || ch->writable == NULL)
        BUG("out of memory");
    event_add(ch->readable, NULL);
    return ch;
}

void ipc_free(struct ipc *ch)
{
    if (ch == NULL)
        return;
    if (ch->in_handler) { /* the reading loop finishes the job */
        ch->dead = true;
        ch->handler = NULL;
        ch->arg = NULL;
        return;
    }
    event_free(ch->readable);
    event_free(ch->writable);
    for (size_t i = 0; i < ch->n_fds; i++)
        close(ch->fds[i].fd);
    for (size_t i = 0; i < ch->got.n; i++)
        close(ch->got.fd[i]);
    close(ch->fd);
    buf_fini(&ch->in);
    buf_fini(&ch->out);
    free(ch);
}

static void queue(struct ipc *ch, enum ipc_type type, uint64_t tag, struct slice payload,
                  int own_fd)
{
    if (ch->dead || payload.n > IPC_MOST) {
        if (own_fd >= 0)
            close(own_fd);
        return;
    }
    if (own_fd >= 0) {
        if (ch->n_fds == FDS_QUEUED)
            BUG("too many descriptors queued");
        ch->fds[ch->n_fds++] = (struct sent_fd){ch->out.n, own_fd};
    }
    put_head(&ch->out, type, tag, payload.n, own_fd >= 0);
    buf_add(&ch->out, payload);
}

void ipc_send_fd(struct ipc *ch, enum ipc_type type, uint64_t tag, struct slice payload, int own_fd)
{
    queue(ch, type, tag, payload, own_fd);
    ipc_flush(ch);
}

void ipc_post(struct ipc *ch, enum ipc_type type, uint64_t tag, struct slice payload)
{
    queue(ch, type, tag, payload, -1);
}

void ipc_send(struct ipc *ch, enum ipc_type type, uint64_t tag, struct slice payload)
{
    ipc_send_fd(ch, type, tag, payload, -1);
}

size_t ipc_queued(const struct ipc *ch)
{
    return ch->out.n - ch->out_at;
}

int64_t ipc_peer_uid(const struct ipc *ch)
{
    struct ucred cred;
    socklen_t n = sizeof(cred);
    if (getsockopt(ch->fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) < 0)
        return -1;
    return cred.uid;
}

int ipc_write(int fd, enum ipc_type type, uint64_t tag, struct slice payload, struct err *e)
{
    struct buf head = BUF_INIT(HEAD_BYTES);
    put_head(&head, type, tag, payload.n, false);
    struct slice pieces[2] = {buf_slice(&head), payload};
    int rc = 0;
    for (int i = 0; i < 2 && rc == 0; i++) {
        while (pieces[i].n) {
            ssize_t n = send(fd, pieces[i].p, pieces[i].n, MSG_NOSIGNAL);
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0) {
                rc = err_errno(e, "writing to the node");
                break;
            }
            pieces[i] = slice_from(pieces[i], (size_t)n);
        }
    }
    buf_fini(&head);
    return rc;
}

int ipc_read(int fd, struct ipc_reader *r, struct ipc_message *out, int64_t timeout_ms,
             struct err *e)
{
    struct buf *in = &r->in;
    buf_drop(in, r->used);
    r->used = 0;
    for (;;) {
        int state = parse(buf_slice(in), out);
        if (state == 1)
            break;
        if (state < 0)
            return err_set(e, ERR_PARSE, "the node's answer is not well formed");
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int ready = poll(&p, 1, timeout_ms > INT32_MAX ? -1 : (int)timeout_ms);
        if (ready == 0)
            return err_set(e, ERR_TIMEOUT, "no answer within %d ms", (int)timeout_ms);
        ssize_t n = ready < 0 ? -1 : fill(fd, in, NULL);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0)
            return err_errno(e, "reading the answer");
        if (n == 0)
            return err_set(e, ERR_CLOSED, "the other side went away before it answered");
    }
    r->used = HEAD_BYTES + out->payload.n;
    out->fd = -1;
    return 0;
}
