/* The spamd door. See spamd_door.h. */
#include "doors/spamd_door.h"
#include "doors/doors.h"

#include "base/clock.h"
#include "doors/http_answer.h"
#include "doors/io.h"
#include "doors/peer.h"
#include "doors/spamd.h"

#include <stdlib.h>

#define IDLE_SECONDS  60
#define WRITE_SECONDS 60
#define EDITS_BYTES   (64u * 1024)

enum { EXIT_UNAVAILABLE = 69, EXIT_TEMPFAIL = 75 };

struct conn {
    struct spamd_door *door;
    struct io *io; /* NULL once the peer is gone */
    struct spamd *spamd;
    struct conn *prev, *next;
    struct envelope env;
    bool is_asked; /* the node has the request and has not answered */
    unsigned did_set, did_remove;
};

struct spamd_door {
    struct event_base *base;
    const struct door_ops *ops;
    struct spamd_setup setup;
    struct io_limits limits;
    struct io_listener *listener;
    struct conn *conns;
};

static void conn_free(struct conn *c)
{
    if (c->prev)
        c->prev->next = c->next;
    else
        c->door->conns = c->next;
    if (c->next)
        c->next->prev = c->prev;
    spamd_free(c->spamd);
    free(c);
}

/* The node has answered; the connection may be gone when this returns. */
static void finish(struct conn *c, struct buf *out)
{
    c->is_asked = false;
    if (c->io == NULL) {
        conn_free(c);
    } else {
        io_send(c->io, buf_slice(out));
        io_finish(c->io);
    }
    buf_fini(out);
}

static void scanned(void *arg, const struct scan *s)
{
    struct conn *c = arg;
    const struct door_ops *ops = c->door->ops;
    struct buf out = BUF_INIT(c->door->limits.out_max);
    if (s == NULL) {
        spamd_answer_error(EXIT_TEMPFAIL, "EX_TEMPFAIL", &out);
    } else {
        struct buf edits = BUF_INIT(EDITS_BYTES);
        enum spamd_command command = spamd_request(c->spamd)->command;
        bool is_shadow = c->door->setup.is_shadow;
        if (!is_shadow && (command == SPAMD_PROCESS || command == SPAMD_HEADERS))
            ops->headers(ops->node, s, &edits);
        enum action action = is_shadow ? ACTION_ACCEPT : s->verdict.action;
        struct spamd_result r = {.reject = s->verdict.reject,
                                 .action = http_action_name(action),
                                 .is_spam = s->verdict.side == SIDE_SPAM && !is_shadow,
                                 .score = s->verdict.score,
                                 .threshold = s->verdict.tag,
                                 .findings = &s->findings,
                                 .edits = buf_slice(&edits)};
        spamd_answer(c->spamd, &r, &out);
        buf_fini(&edits);
    }
    finish(c, &out);
}

static void told(void *arg, int status, struct slice json)
{
    struct conn *c = arg;
    (void)json;
    struct buf out = BUF_INIT(4096);
    if (status == 200 || status == 202)
        spamd_answer_tell(c->spamd, c->did_set, c->did_remove, &out);
    else if (status == 401 || status == 403)
        spamd_answer_error(EXIT_UNAVAILABLE, "Service Unavailable: TELL is not allowed here", &out);
    else
        spamd_answer_error(EXIT_TEMPFAIL, "EX_TEMPFAIL", &out);
    finish(c, &out);
}

/* Setting "local" learns the class, removing it forgets. "remote" is nobody's to set here: the
 * answer's DidSet leaves it out. */
static void tell(struct conn *c, const struct spamd_request *r)
{
    const struct door_ops *ops = c->door->ops;
    struct door_caller who = {0};
    peer_of(io_fd(c->io), &who);
    if (!who.is_local_peer && c->door->setup.tell_over_tcp)
        who = (struct door_caller){.is_local_peer = true, .uid = SPAMD_TELL_UID};
    if ((r->set & SPAMD_LOCAL) && r->class >= 0) {
        c->did_set = SPAMD_LOCAL;
        ops->learn(ops->node, &who, r->class, r->user, r->raw, told, c);
    } else if (r->remove & SPAMD_LOCAL) {
        c->did_remove = SPAMD_LOCAL;
        ops->learn(ops->node, &who, -1, r->user, r->raw, told, c);
    } else {
        told(c, 200, SLICE(""));
    }
}

static void ask(struct conn *c, struct io *io)
{
    const struct spamd_request *r = spamd_request(c->spamd);
    const struct door_ops *ops = c->door->ops;
    c->is_asked = true;
    if (r->command == SPAMD_TELL) {
        tell(c, r);
    } else {
        c->env = r->is_rspamc ? r->env : (struct envelope){.user = r->user};
        c->env.received_us = clock_now_us();
        c->env.is_cut = r->is_cut;
        ops->scan(ops->node, &c->env, r->raw, scanned, c);
    }
    if (c->is_asked)
        io_pause(io);
}

static void act(struct conn *c, struct io *io, enum spamd_event event, struct buf *out)
{
    if (out->n)
        io_send(io, buf_slice(out));
    if (event == SPAMD_REQUEST)
        ask(c, io);
    else if (event == SPAMD_DONE)
        io_finish(io);
    buf_fini(out);
}

static size_t on_bytes(void *arg, struct io *io, struct slice in)
{
    struct conn *c = arg;
    struct buf out = BUF_INIT(4096);
    size_t used;
    enum spamd_event event = spamd_feed(c->spamd, in, &used, &out);
    act(c, io, event, &out);
    return used;
}

static void on_last(void *arg, struct io *io)
{
    struct conn *c = arg;
    struct buf out = BUF_INIT(4096);
    act(c, io, spamd_last(c->spamd, &out), &out);
}

static void on_ended(void *arg, enum io_end why)
{
    struct conn *c = arg;
    (void)why;
    c->io = NULL;
    io_listener_done(c->door->listener);
    if (!c->is_asked)
        conn_free(c);
}

static const struct io_calls CALLS = {.bytes = on_bytes, .last = on_last, .ended = on_ended};

static void on_accept(void *arg, int fd)
{
    struct spamd_door *d = arg;
    struct conn *c = calloc(1, sizeof(*c));
    if (c == NULL)
        BUG("out of memory");
    c->door = d;
    c->spamd = spamd_new(d->setup.max_size);
    c->next = d->conns;
    if (c->next)
        c->next->prev = c;
    d->conns = c;
    c->io = io_new(d->base, fd, &d->limits, &CALLS, c);
}

struct spamd_door *spamd_door_new(struct event_base *base, int listen_fd,
                                  const struct door_ops *ops, const struct spamd_setup *setup)
{
    struct spamd_door *d = calloc(1, sizeof(*d));
    if (d == NULL)
        BUG("out of memory");
    d->base = base;
    d->ops = ops;
    d->setup = *setup;
    d->limits = (struct io_limits){.in_max = 256u * 1024,
                                   .out_high = SIZE_MAX,
                                   .out_max = setup->max_size + 2u * 1024 * 1024,
                                   .idle_seconds = IDLE_SECONDS,
                                   .write_seconds = WRITE_SECONDS};
    d->listener = io_listen(base, listen_fd, setup->max_conns, on_accept, d);
    return d;
}

void spamd_door_drain(struct spamd_door *d)
{
    io_listener_stop(d->listener);
}

unsigned spamd_door_conns(const struct spamd_door *d)
{
    return io_listener_conns(d->listener);
}

void spamd_door_free(struct spamd_door *d)
{
    if (d == NULL)
        return;
    while (d->conns) {
        io_free(d->conns->io);
        conn_free(d->conns);
    }
    io_listener_free(d->listener);
    free(d);
}
