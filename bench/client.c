/* Connections of the load generator: connect, send, read, next message. See client.h. */
#include "client.h"

#include "answer.h"
#include "base/buf.h"
#include "base/clock.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define ANSWER_MAX   ((size_t)64 << 20)
#define READ_STEP    16384
#define FAILURES_MAX 50

struct conn {
    int fd; /* -1: not connected */
    bool busy;
    bool writing; /* epoll waits for room to write */
    size_t item;  /* place in the set */
    size_t sent;  /* of head and body together */
    int64_t since;
    struct buf head;
    struct buf answer;
};

struct client {
    const struct client_job *job;
    struct client_result *out;
    struct addrinfo *to;
    int epoll;
    struct conn conn[CLIENT_CONNS];
    size_t started;
    size_t in_flight;
    int failed_in_row;
};

static void conn_close(struct conn *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

static bool conn_open(struct client *cl, struct conn *c)
{
    c->fd = socket(cl->to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0)
        return false;
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(c->fd, cl->to->ai_addr, cl->to->ai_addrlen) < 0 && errno != EINPROGRESS)
        return false;
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
    c->writing = false;
    return epoll_ctl(cl->epoll, EPOLL_CTL_ADD, c->fd, &ev) == 0;
}

static void want_write(struct client *cl, struct conn *c, bool on)
{
    if (c->writing == on)
        return;
    struct epoll_event ev = {.events = on ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = c};
    epoll_ctl(cl->epoll, EPOLL_CTL_MOD, c->fd, &ev);
    c->writing = on;
}

static void finish(struct client *cl, struct conn *c, const struct answer *a)
{
    struct client_result *r = cl->out;
    c->busy = false;
    cl->in_flight--;
    if (a && a->state == ANSWER_GOOD) {
        r->latency_ms[r->done++] = (double)(clock_mono_us() - c->since) / 1e3;
        if (a->scored)
            r->score[c->item] = a->score;
        cl->failed_in_row = 0;
    } else {
        r->errors++;
        cl->failed_in_row++;
        if (!r->first_error[0]) {
            struct slice line = slice_head(buf_slice(&c->answer), 200);
            line = slice_head(line, slice_chr(line, '\r'));
            snprintf(r->first_error, sizeof r->first_error, "%s: %.*s",
                     cl->job->set->item[c->item].path,
                     SLICE_ARG(line.n ? line : SLICE("no answer")));
        }
    }
    if (!a || a->close || a->state != ANSWER_GOOD || !cl->job->keep)
        conn_close(c);
}

static void on_writable(struct client *cl, struct conn *c)
{
    struct slice head = buf_slice(&c->head);
    struct slice body = cl->job->set->item[c->item].bytes;
    while (c->sent < head.n + body.n) {
        struct slice h = slice_from(head, c->sent);
        struct slice b = slice_from(body, c->sent > head.n ? c->sent - head.n : 0);
        struct iovec v[2] = {{(void *)(uintptr_t)h.p, h.n}, {(void *)(uintptr_t)b.p, b.n}};
        ssize_t w = writev(c->fd, v, 2);
        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0 && (errno == EAGAIN || errno == ENOTCONN)) {
            want_write(cl, c, true);
            return;
        }
        if (w < 0) {
            /* The server may have answered and closed before it read all: see what it said. */
            c->sent = SIZE_MAX;
            break;
        }
        c->sent += (size_t)w;
    }
    want_write(cl, c, false);
    if (cl->job->protocol == CLIENT_SPAMC && c->sent != SIZE_MAX)
        shutdown(c->fd, SHUT_WR);
}

static void start(struct client *cl, struct conn *c)
{
    const struct client_job *job = cl->job;
    c->item = cl->started++ % job->set->n;
    size_t n = job->set->item[c->item].bytes.n;
    buf_reset(&c->head);
    buf_reset(&c->answer);
    if (job->protocol == CLIENT_HTTP)
        buf_printf(
            &c->head,
            "POST %s HTTP/1.1\r\nHost: %s:%s\r\nConnection: %s\r\n%sContent-Length: %zu\r\n\r\n",
            job->path, job->host, job->port, job->keep ? "keep-alive" : "close", job->headers, n);
    else
        buf_printf(&c->head, "CHECK SPAMC/1.5\r\nContent-length: %zu\r\n\r\n", n);
    c->sent = 0;
    c->busy = true;
    c->since = clock_mono_us();
    cl->in_flight++;
    /* A connection on loopback stands when connect() returns: the client, too, costs the machine
     * that both share, so it asks for no event it can do without. */
    if (c->fd < 0 && !conn_open(cl, c))
        finish(cl, c, NULL);
    else
        on_writable(cl, c);
}

static void on_readable(struct client *cl, struct conn *c)
{
    for (;;) {
        size_t room;
        char *p = buf_reserve(&c->answer, READ_STEP, &room);
        ssize_t n = room ? read(c->fd, p, room) : 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n > 0)
            buf_wrote(&c->answer, (size_t)n);
        if (!c->busy) {
            conn_close(c); /* a kept connection that the server gave up, or stray bytes */
            return;
        }
        struct answer a = cl->job->protocol == CLIENT_HTTP
                              ? answer_http(buf_slice(&c->answer), n <= 0)
                              : answer_spamd(buf_slice(&c->answer), n <= 0);
        if (a.state != ANSWER_MORE) {
            finish(cl, c, &a);
            return;
        }
    }
}

static void start_idle(struct client *cl)
{
    for (int i = 0; i < cl->job->conns; i++)
        while (!cl->conn[i].busy && cl->started < cl->job->messages &&
               cl->failed_in_row < FAILURES_MAX)
            start(cl, &cl->conn[i]);
}

static void expire(struct client *cl)
{
    int64_t limit = clock_mono_us() - (int64_t)cl->job->timeout_ms * 1000;
    for (int i = 0; i < cl->job->conns; i++)
        if (cl->conn[i].busy && cl->conn[i].since < limit)
            finish(cl, &cl->conn[i], NULL);
}

static void loop(struct client *cl)
{
    struct epoll_event ev[64];
    start_idle(cl);
    while (cl->in_flight > 0) {
        int n = epoll_wait(cl->epoll, ev, 64, 1000);
        for (int i = 0; i < n; i++) {
            struct conn *c = ev[i].data.ptr;
            if (c->fd >= 0 && c->busy && (ev[i].events & EPOLLOUT))
                on_writable(cl, c);
            if (c->fd >= 0 && (ev[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
                on_readable(cl, c);
        }
        if (n == 0)
            expire(cl);
        start_idle(cl);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int client_run(const struct client_job *job, struct client_result *out, struct err *e)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *to = NULL;
    int rc = getaddrinfo(job->host, job->port, &hints, &to);
    if (rc != 0)
        return err_set(e, ERR_IO, "%s:%s: %s", job->host, job->port, gai_strerror(rc));
    struct client *cl = calloc(1, sizeof *cl);
    *out = (struct client_result){0};
    out->latency_ms = calloc(job->messages + 1, sizeof *out->latency_ms);
    out->score = calloc(job->set->n, sizeof *out->score);
    if (!cl || !out->latency_ms || !out->score)
        BUG("out of memory");
    for (size_t i = 0; i < job->set->n; i++)
        out->score[i] = NO_SCORE;
    *cl = (struct client){.job = job, .out = out, .to = to};
    cl->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < job->conns; i++) {
        cl->conn[i].fd = -1;
        cl->conn[i].head = BUF_INIT(65536);
        cl->conn[i].answer = BUF_INIT(ANSWER_MAX);
    }
    int64_t began = clock_mono_us();
    loop(cl);
    out->seconds = (double)(clock_mono_us() - began) / 1e6;
    qsort(out->latency_ms, out->done, sizeof *out->latency_ms, by_value);
    for (int i = 0; i < job->conns; i++) {
        conn_close(&cl->conn[i]);
        buf_fini(&cl->conn[i].head);
        buf_fini(&cl->conn[i].answer);
    }
    close(cl->epoll);
    freeaddrinfo(to);
    bool gave_up = cl->failed_in_row >= FAILURES_MAX;
    free(cl);
    return gave_up ? err_set(e, ERR_IO, "%s:%s fails each message: %s", job->host, job->port,
                             out->first_error)
                   : 0;
}

void client_fini(struct client_result *r)
{
    free(r->latency_ms);
    free(r->score);
    *r = (struct client_result){0};
}
