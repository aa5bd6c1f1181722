/* The milter door. See milter_door.h. */
#include "doors/milter_door.h"

#include "base/clock.h"
#include "base/log.h"
#include "doors/io.h"

#include <stdlib.h>

#define PACKET_MAX   (1024u * 1024)
#define ENVELOPE_MAX (1024u * 1024)
#define RCPT_MAX     10000u
#define EDITS_BYTES  (64u * 1024)

struct conn {
    struct milter_door *door;
    struct io *io; /* NULL once the MTA is gone */
    struct milter *milter;
    struct conn *prev, *next;
    bool is_waiting; /* a scan or a quarantine copy is out */
    struct buf edits;
    struct milter_plan plan;
    char id[37];
};

struct milter_door {
    struct event_base *base;
    const struct door_ops *ops;
    struct milter_setup setup;
    struct io_limits limits;
    struct io_listener *listener;
    struct conn *conns;
    struct buf out; /* filled and sent within one call */
};

static void conn_free(struct conn *c)
{
    if (c->prev)
        c->prev->next = c->next;
    else
        c->door->conns = c->next;
    if (c->next)
        c->next->prev = c->prev;
    milter_plan_fini(&c->plan);
    milter_free(c->milter);
    buf_fini(&c->edits);
    free(c);
}

static void flush(struct conn *c)
{
    struct buf *out = &c->door->out;
    if (c->io && out->n)
        io_send(c->io, buf_slice(out));
    buf_reset(out);
}

/* ---- answers ---- */

/* Sends the final word. The connection may be gone when this returns. */
static void answer(struct conn *c, const struct milter_reply *r)
{
    milter_answer(c->milter, r, &c->door->out);
    milter_plan_fini(&c->plan);
    buf_fini(&c->edits);
    bool was_waiting = c->is_waiting;
    c->is_waiting = false;
    if (c->io == NULL) {
        buf_reset(&c->door->out);
        conn_free(c);
        return;
    }
    flush(c);
    if (was_waiting)
        io_resume(c->io);
}

static void answer_failure(struct conn *c)
{
    struct milter_reply r = {.act = MILTER_ACCEPT, .edits = buf_slice(&c->edits)};
    if (!c->door->setup.accepts_on_failure && !c->door->setup.is_shadow)
        r = (struct milter_reply){.act = MILTER_TEMPFAIL,
                                  .code = "451 4.3.0",
                                  .text = SLICE("Cannot check this message now, try again later")};
    answer(c, &r);
}

static void answer_plan(struct conn *c)
{
    struct buf text = BUF_INIT(256);
    if (c->plan.text)
        buf_printf(&text, "%s, reference %s", c->plan.text, c->id);
    struct milter_reply r = {.act = c->plan.act,
                             .code = c->plan.code,
                             .text = buf_slice(&text),
                             .edits = buf_slice(&c->edits),
                             .drop_rcpt = c->plan.drop,
                             .n_drop = c->plan.n_drop};
    answer(c, &r);
    buf_fini(&text);
}

static void stored(void *arg, int status, struct slice json)
{
    struct conn *c = arg;
    (void)json;
    if (status == 200) {
        answer_plan(c);
        return;
    }
    log_event(LOG_ERROR, "quarantine", "id", LOG_S(c->id), "status", LOG_I(status), NULL);
    answer_failure(c);
}

static void store(struct conn *c, const struct scan *s)
{
    const struct door_ops *ops = c->door->ops;
    struct slice *rcpt = calloc(c->plan.n_copy, sizeof(*rcpt));
    if (rcpt == NULL)
        BUG("out of memory");
    size_t n = 0;
    for (size_t i = 0; i < c->plan.n_copy; i++)
        if (c->plan.copy[i] < s->envelope.n_rcpt)
            rcpt[n++] = s->envelope.rcpt[c->plan.copy[i]];
    ops->quarantine(ops->node, s, rcpt, n, stored, c);
    free(rcpt);
}

static void scanned(void *arg, const struct scan *s)
{
    struct conn *c = arg;
    struct milter_setup *setup = &c->door->setup;
    if (s == NULL) {
        answer_failure(c);
        return;
    }
    memcpy(c->id, s->id, sizeof(c->id));
    struct milter_rules rules = {.is_shadow = setup->is_shadow,
                                 .adds_headers = !setup->is_shadow || setup->shadow_headers,
                                 .holds = setup->holds,
                                 .may_drop = milter_may(c->milter, MILTER_DEL_RCPT),
                                 .may_hold = milter_may(c->milter, MILTER_QUARANTINE)};
    milter_plan_make(&s->verdict, s->envelope.n_rcpt, &rules, &c->plan);
    if (c->plan.is_softened)
        log_event(LOG_WARN, "milter_softened", "id", LOG_S(c->id), "why",
                  LOG_S("the MTA lets no recipient be removed"), NULL);
    if (rules.adds_headers && c->door->ops->headers)
        c->door->ops->headers(c->door->ops->node, s, &c->edits);
    if (c->door->ops->signatures) /* also in shadow mode: unsigned mail would be a change */
        c->door->ops->signatures(c->door->ops->node, s, &c->edits);
    if (c->plan.n_copy)
        store(c, s);
    else
        answer_plan(c);
}

static void start_scan(struct conn *c)
{
    const struct door_ops *ops = c->door->ops;
    struct envelope *env = milter_envelope(c->milter);
    env->received_us = clock_now_us();
    env->wants_signature = true;
    if (env->n_rcpt == 1 && env->auth_user.n == 0)
        env->user = env->rcpt[0];
    c->edits = BUF_INIT(EDITS_BYTES);
    ops->scan(ops->node, env, milter_raw(c->milter), scanned, c);
}

/* ---- the connection ---- */

static size_t on_bytes(void *arg, struct io *io, struct slice in)
{
    struct conn *c = arg;
    size_t used;
    enum milter_event event = milter_feed(c->milter, in, &used, &c->door->out);
    flush(c);
    if (event == MILTER_MESSAGE) {
        /* Mostly answered before it returns: then there is nothing to wait for. */
        c->is_waiting = false;
        start_scan(c);
        if (milter_is_waiting(c->milter)) {
            c->is_waiting = true;
            io_pause(io);
        }
    } else if (event != MILTER_MORE) {
        if (event == MILTER_BAD)
            log_event(LOG_WARN, "milter_protocol", "fd", LOG_I(io_fd(io)), NULL);
        io_finish(io);
    }
    return used;
}

static void on_ended(void *arg, enum io_end why)
{
    struct conn *c = arg;
    if (why == IO_END_LIMIT || why == IO_END_TIMEOUT)
        log_event(LOG_WARN, "milter_closed", "why",
                  LOG_S(why == IO_END_LIMIT ? "limit" : "timeout"), NULL);
    c->io = NULL;
    io_listener_done(c->door->listener);
    if (!milter_is_waiting(c->milter))
        conn_free(c);
}

static const struct io_calls CALLS = {.bytes = on_bytes, .ended = on_ended};

static void on_accept(void *arg, int fd)
{
    struct milter_door *d = arg;
    struct conn *c = calloc(1, sizeof(*c));
    if (c == NULL)
        BUG("out of memory");
    struct milter_limits limits = {.message_bytes = d->setup.max_size,
                                   .packet_bytes = PACKET_MAX,
                                   .envelope_bytes = ENVELOPE_MAX,
                                   .recipients = RCPT_MAX};
    uint32_t actions = MILTER_SET_MACROS | MILTER_ADD_HEADERS | MILTER_CHANGE_HEADERS;
    if (!d->setup.is_shadow)
        actions |= MILTER_DEL_RCPT | (d->setup.holds ? MILTER_QUARANTINE : 0u);
    c->door = d;
    c->milter = milter_new(&limits, actions);
    c->next = d->conns;
    if (c->next)
        c->next->prev = c;
    d->conns = c;
    c->io = io_new(d->base, fd, &d->limits, &CALLS, c);
}

struct milter_door *milter_door_new(struct event_base *base, int listen_fd,
                                    const struct door_ops *ops, const struct milter_setup *setup)
{
    struct milter_door *d = calloc(1, sizeof(*d));
    if (d == NULL)
        BUG("out of memory");
    d->base = base;
    d->ops = ops;
    d->setup = *setup;
    d->limits = (struct io_limits){.in_max = PACKET_MAX + 64,
                                   .out_high = 256u * 1024,
                                   .out_max = 4u * 1024 * 1024,
                                   .idle_seconds = setup->idle_seconds,
                                   .write_seconds = 60};
    d->out = BUF_INIT(2u * 1024 * 1024);
    d->listener = io_listen(base, listen_fd, setup->max_conns, on_accept, d);
    return d;
}

void milter_door_drain(struct milter_door *d)
{
    io_listener_stop(d->listener);
}

unsigned milter_door_conns(const struct milter_door *d)
{
    return io_listener_conns(d->listener);
}

void milter_door_free(struct milter_door *d)
{
    if (d == NULL)
        return;
    while (d->conns) {
        io_free(d->conns->io);
        conn_free(d->conns);
    }
    io_listener_free(d->listener);
    buf_fini(&d->out);
    free(d);
}
