/* Connections and listeners on libevent. See io.h. */
#include "doors/io.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE      (256u * 1024)
#define KEEP_SIZE      (16u * 1024) /* a larger empty buffer is given back */
#define LINGER_SECONDS 2            /* for the peer to close after our last byte */
#define LINGER_BYTES   (1024u * 1024)

/* Bytes on their way from the socket to a machine; used by one connection at a time. */
static char shared[READ_SIZE];
static bool shared_is_busy;

struct io {
    struct event_base *base;
    struct event *readable, *writable;
    struct io_limits limits;
    const struct io_calls *calls;
    void *arg;
    struct buf in, out;
    int fd;
    int busy;        /* inside a call to the machine */
    size_t lingered; /* bytes thrown away after our last */
    bool is_paused, is_finishing, is_lingering, saw_last, told_last, is_ended;
    enum io_end why;
};

static void *must(void *p)
{
    if (p == NULL)
        BUG("out of memory");
    return p;
}

static void give_back(struct buf *b)
{
    if (b->n == 0 && b->room > KEEP_SIZE)
        buf_fini(b);
}

static void want_events(struct io *io)
{
    if (io->is_lingering) {
        struct timeval t = {.tv_sec = LINGER_SECONDS};
        event_del(io->writable);
        event_add(io->readable, &t);
        return;
    }
    bool can_read = !io->is_paused && !io->is_finishing && !io->saw_last &&
                    io->out.n <= io->limits.out_high;
    if (can_read) {
        struct timeval t = {.tv_sec = io->limits.idle_seconds};
        event_add(io->readable, io->limits.idle_seconds ? &t : NULL);
    } else {
        event_del(io->readable);
    }
    if (io->out.n) {
        struct timeval t = {.tv_sec = io->limits.write_seconds};
        event_add(io->writable, io->limits.write_seconds ? &t : NULL);
    } else {
        event_del(io->writable);
    }
}

static void destroy(struct io *io)
{
    event_free(io->readable);
    event_free(io->writable);
    buf_fini(&io->in);
    buf_fini(&io->out);
    close(io->fd);
    free(io);
}

static void end(struct io *io, enum io_end why)
{
    if (!io->is_ended) {
        io->is_ended = true;
        io->why = why;
    }
}

/* Everything is written: say so, and wait a little for the peer to close, because closing with
 * unread bytes would reset the connection and could lose our answer on its way. */
static void linger(struct io *io)
{
    if (io->saw_last || io->is_lingering)
        end(io, IO_END_OURS);
    else if (shutdown(io->fd, SHUT_WR) < 0)
        end(io, IO_END_OURS);
    else
        io->is_lingering = true;
}

static void throw_away(struct io *io)
{
    ssize_t n = read(io->fd, shared, sizeof(shared));
    if (n > 0)
        io->lingered += (size_t)n;
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) || io->lingered > LINGER_BYTES)
        end(io, IO_END_OURS);
}

/* Frees an ended connection unless its machine is still on the stack. True when it is gone or
 * about to go. */
static bool reap(struct io *io)
{
    if (io->busy)
        return io->is_ended;
    if (!io->is_ended && io->is_finishing && io->out.n == 0 && !io->is_lingering)
        linger(io);
    if (!io->is_ended) {
        want_events(io);
        return false;
    }
    if (io->calls->ended)
        io->calls->ended(io->arg, io->why);
    destroy(io);
    return true;
}

/* Hands bytes to the machine until it takes no more; returns how many it took. */
static size_t feed(struct io *io, struct slice in)
{
    size_t taken = 0;
    io->busy++;
    while (taken < in.n && !io->is_paused && !io->is_finishing && !io->is_ended) {
        size_t n = io->calls->bytes(io->arg, io, slice_from(in, taken));
        if (n > in.n - taken)
            BUG("a machine took more than it was given");
        taken += n;
        if (n == 0)
            break;
    }
    io->busy--;
    return taken;
}

/* The machine hears of the peer's last byte once it has had all bytes. */
static void tell_last(struct io *io)
{
    if (!io->saw_last || io->told_last || io->is_paused || io->is_finishing || io->is_ended)
        return;
    io->told_last = true;
    if (io->calls->last == NULL) {
        end(io, IO_END_PEER);
        return;
    }
    io->busy++;
    io->calls->last(io->arg, io);
    io->busy--;
}

static void feed_kept(struct io *io)
{
    if (io->in.n && !io->busy) {
        size_t n = feed(io, buf_slice(&io->in));
        buf_drop(&io->in, n);
        give_back(&io->in);
    }
    if (!io->busy)
        tell_last(io);
}

static void keep(struct io *io, struct slice rest)
{
    buf_add(&io->in, rest);
    if (io->in.full)
        end(io, IO_END_LIMIT);
}

/* Takes what was read, in the connection's own buffer or in the shared block. */
static void take(struct io *io, size_t n, bool from_shared)
{
    if (!from_shared) {
        buf_wrote(&io->in, n);
        feed_kept(io);
        if (io->in.n >= io->limits.in_max && !io->is_paused)
            end(io, IO_END_LIMIT);
        return;
    }
    size_t taken = feed(io, slice_of(shared, n));
    if (taken < n)
        keep(io, slice_of(shared + taken, n - taken));
}

static void read_some(struct io *io)
{
    bool from_shared = io->in.n == 0 && !shared_is_busy;
    char *to = shared;
    size_t room = sizeof(shared);
    if (!from_shared)
        to = buf_reserve(&io->in, READ_SIZE, &room);
    if (room == 0) {
        end(io, IO_END_LIMIT);
        return;
    }
    if (from_shared && room > io->limits.in_max)
        room = io->limits.in_max;
    ssize_t n = read(io->fd, to, room);
    if (n > 0) {
        shared_is_busy = shared_is_busy || from_shared;
        take(io, (size_t)n, from_shared);
        if (from_shared)
            shared_is_busy = false;
    } else if (n == 0) {
        io->saw_last = true;
        tell_last(io);
    } else if (errno != EAGAIN && errno != EINTR) {
        end(io, IO_END_ERROR);
    }
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct io *io = arg;
    (void)fd;
    if (io->is_lingering && (what & EV_TIMEOUT))
        end(io, IO_END_OURS);
    else if (io->is_lingering)
        throw_away(io);
    else if (what & EV_TIMEOUT)
        end(io, IO_END_TIMEOUT);
    else
        read_some(io);
    reap(io);
}

static void write_some(struct io *io)
{
    while (io->out.n && !io->is_ended) {
        ssize_t n = send(io->fd, io->out.p, io->out.n, MSG_NOSIGNAL);
        if (n > 0)
            buf_drop(&io->out, (size_t)n);
        else if (n < 0 && errno == EINTR)
            continue;
        else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        else
            end(io, IO_END_ERROR);
    }
    give_back(&io->out);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    struct io *io = arg;
    (void)fd;
    if (what & EV_TIMEOUT)
        end(io, IO_END_TIMEOUT);
    else
        write_some(io);
    reap(io);
}

static void set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL, 0);
    if (flags >= 0 && !(flags & O_NONBLOCK))
        (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

struct io *io_new(struct event_base *base, int fd, const struct io_limits *limits,
                  const struct io_calls *calls, void *arg)
{
    struct io *io = must(calloc(1, sizeof(*io)));
    set_nonblocking(fd);
    io->base = base;
    io->fd = fd;
    io->limits = *limits;
    io->calls = calls;
    io->arg = arg;
    io->in = BUF_INIT(limits->in_max);
    io->out = BUF_INIT(limits->out_max);
    io->readable = must(event_new(base, fd, EV_READ | EV_PERSIST, on_readable, io));
    io->writable = must(event_new(base, fd, EV_WRITE | EV_PERSIST, on_writable, io));
    want_events(io);
    return io;
}

void io_send(struct io *io, struct slice bytes)
{
    if (io->is_ended || bytes.n == 0)
        return;
    ssize_t n = 0;
    if (io->out.n == 0) {
        n = send(io->fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            end(io, IO_END_ERROR);
        if (n < 0)
            n = 0;
    }
    buf_add(&io->out, slice_from(bytes, (size_t)n));
    if (io->out.full)
        end(io, IO_END_LIMIT);
    if (!io->busy && io->is_ended)
        event_active(io->writable, EV_WRITE, 0); /* the caller still holds io: end from the loop */
    else if (!io->busy)
        want_events(io);
}

void io_pause(struct io *io)
{
    io->is_paused = true;
    if (!io->busy)
        want_events(io);
}

void io_resume(struct io *io)
{
    io->is_paused = false;
    if (io->busy)
        return;
    feed_kept(io);
    reap(io);
}

void io_finish(struct io *io)
{
    io->is_finishing = true;
    if (!io->busy)
        reap(io);
}

void io_free(struct io *io)
{
    if (io == NULL)
        return;
    if (io->busy)
        BUG("connection freed inside its own call");
    destroy(io);
}

int io_fd(const struct io *io)
{
    return io->fd;
}

/* ---- listeners ---- */

struct io_listener {
    struct event *ready, *rest;
    unsigned conns, max_conns;
    bool is_stopped;
    io_accepted *accepted;
    void *arg;
};

static void on_rested(evutil_socket_t fd, short what, void *arg)
{
    struct io_listener *l = arg;
    (void)fd;
    (void)what;
    if (!l->is_stopped && l->conns < l->max_conns)
        event_add(l->ready, NULL);
}

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
    struct io_listener *l = arg;
    (void)what;
    int peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (peer < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            struct timeval t = {.tv_usec = 200000}; /* no descriptor left: ask again later */
            event_del(l->ready);
            event_add(l->rest, &t);
        }
        return;
    }
    if (++l->conns >= l->max_conns)
        event_del(l->ready);
    l->accepted(l->arg, peer);
}

struct io_listener *io_listen(struct event_base *base, int fd, unsigned max_conns,
                              io_accepted *accepted, void *arg)
{
    struct io_listener *l = must(calloc(1, sizeof(*l)));
    set_nonblocking(fd);
    /* Accepted sockets inherit this; it fails harmlessly on a unix socket. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    /* In all our protocols the peer speaks first: a connection without bytes waits in the kernel,
     * so that the worker that takes it has something to do with it. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &(int){1}, sizeof(int));
    l->max_conns = max_conns ? max_conns : 1;
    l->accepted = accepted;
    l->arg = arg;
    l->ready = must(event_new(base, fd, EV_READ | EV_PERSIST, on_ready, l));
    l->rest = must(event_new(base, -1, 0, on_rested, l));
    event_add(l->ready, NULL);
    return l;
}

void io_listener_done(struct io_listener *l)
{
    if (l->conns == 0)
        BUG("a listener lost count");
    if (l->conns-- == l->max_conns && !l->is_stopped)
        event_add(l->ready, NULL);
}

unsigned io_listener_conns(const struct io_listener *l)
{
    return l->conns;
}

void io_listener_stop(struct io_listener *l)
{
    l->is_stopped = true;
    event_del(l->ready);
    event_del(l->rest);
}

void io_listener_start(struct io_listener *l)
{
    l->is_stopped = false;
    if (l->conns < l->max_conns)
        event_add(l->ready, NULL);
}

void io_listener_free(struct io_listener *l)
{
    if (l == NULL)
        return;
    event_free(l->ready);
    event_free(l->rest);
    free(l);
}
