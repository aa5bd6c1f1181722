/* The scanner process: opens what it reads, closes its walls, then lives on its loop. See
 * scanner.h and scanner_ops.c.
 */
#include "node/scanner.h"
#include "base/clock.h"
#include "base/log.h"
#include "doors/doors.h"
#include "auth/signing.h"
#include "node/resolver.h"
#include "node/world.h"

#include <event2/event.h>
#include <stdlib.h>

#define DRAIN_SECONDS 60 /* open connections get so long to end after a reload */

static void on_keeper(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct scanner *s = arg;
    if (m == NULL) {
        if (s->keeper == ch)
            s->keeper = NULL;
        ipc_free(ch);
        scanner_answered(s, NULL);
    } else if (m->type == IPC_ANSWER) {
        scanner_answered(s, m);
    } else if (m->type == IPC_STUDY) {
        scanner_study(s, m);
    }
}

static void on_resolver(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct scanner *s = arg;
    if (m == NULL) { /* what waits is asked again when master has started another */
        if (s->resolver == ch) {
            s->resolver = NULL;
            s->resolver_lost_us = clock_mono_us();
        }
        ipc_free(ch);
    } else if (m->type == IPC_RESOLVED) {
        scanner_resolved(s, m);
    }
}

static void on_signer(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct scanner *s = arg;
    if (m == NULL) {
        if (s->signer == ch)
            s->signer = NULL;
        ipc_free(ch);
    } else if (m->type == IPC_SIGNED) {
        scanner_signed(s, m);
    }
}

static void meet(struct scanner *s, enum role role, int fd)
{
    if (role == ROLE_RESOLVER) {
        ipc_free(s->resolver);
        s->resolver = ipc_new(s->base, fd, on_resolver, s);
        scanner_met_resolver(s);
        return;
    }
    if (role == ROLE_SIGNER) {
        ipc_free(s->signer);
        s->signer = ipc_new(s->base, fd, on_signer, s);
        scanner_met_signer(s);
        return;
    }
    if (s->keeper) {
        ipc_free(s->keeper);
        scanner_answered(s, NULL);
    }
    s->keeper = ipc_new(s->base, fd, on_keeper, s);
    scanner_met_keeper(s);
}

static void leave(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct scanner *s = arg;
    if (doors_busy(s->doors) == 0 && s->n_requests == 0 && s->n_parked == 0 &&
        (s->keeper == NULL || ipc_queued(s->keeper) == 0))
        event_base_loopbreak(s->base);
}

static void give_up(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct scanner *s = arg;
    log_event(LOG_WARN, "drain", "left", LOG_I(doors_busy(s->doors)), NULL);
    event_base_loopbreak(s->base);
}

static void drain(struct scanner *s)
{
    static const struct timeval soon = {0, 20000}, late = {DRAIN_SECONDS, 0};
    if (s->is_draining)
        return;
    s->is_draining = true;
    doors_stop(s->doors);
    struct event *look = event_new(s->base, -1, EV_PERSIST, leave, s);
    struct event *end = event_new(s->base, -1, 0, give_up, s);
    event_add(look, &soon);
    event_add(end, &late);
}

static void on_master(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct scanner *s = arg;
    (void)ch;
    if (m == NULL) {
        event_base_loopbreak(s->base); /* master is gone */
    } else if (m->type == IPC_DRAIN) {
        drain(s);
    } else if (m->type == IPC_CHANNEL && m->fd >= 0) {
        struct unpack u = {.rest = m->payload};
        meet(s, (enum role)unpack_u32(&u), m->fd);
    }
}

/* Everything that opens files, before the walls close. */
static int open_all(struct scanner *s, struct arena *a, struct err *e)
{
    const struct conf *conf = s->start->conf;
    int rc = world_open(a, conf, &s->world, e);
    if (rc < 0 || (rc = signing_compile(conf, e, &s->signing)) < 0)
        return rc;
    s->world.has_dns = resolver_is_wanted(conf);
    s->resolver_lost_us = clock_mono_us();
    static struct door_ops ops;
    ops = scanner_ops(s);
    s->packed = BUF_INIT(IPC_MOST);
    s->scratch = BUF_INIT(IPC_MOST);
    s->with_subjects = node_keep(conf)->subjects;
    s->is_shadow = node_main(conf)->mode == MODE_SHADOW;
    struct doors_config dc = {
        .milter_fd = s->start->doors[DOOR_MILTER],
        .spamd_fd = s->start->doors[DOOR_SPAMD],
        .http_fd = s->start->doors[DOOR_HTTP],
        .control_fd = s->start->doors[DOOR_CONTROL],
        .socket_fd = s->start->doors[DOOR_SOCKET],
        .max_size = (size_t)node_scan(conf)->max_size,
        .is_shadow = node_main(conf)->mode == MODE_SHADOW,
        .conf = conf_data(conf, "doors"),
        .accept_on_failure = node_scan(conf)->on_failure != ON_FAILURE_DEFER,
    };
    return doors_open(s->base, &ops, &dc, e, &s->doors);
}

int scanner_main(const struct child_start *start)
{
    static struct scanner s;
    struct err e = {0};
    struct arena *a = arena_new(0);
    s.start = start;
    s.base = event_base_new();
    if (s.base == NULL)
        BUG("no event loop");
    if (event_base_priority_init(s.base, SCANNER_PRIORITIES) < 0)
        BUG("no priorities");
    s.master = ipc_new(s.base, start->master_fd, on_master, &s);
    if (sandbox_drop(arena_cstr(a, node_main(start->conf)->user), &e) < 0 ||
        open_all(&s, a, &e) < 0 || process_close_walls(start, NULL, s.master, &e) < 0) {
        log_event(LOG_ERROR, "start", "error", LOG_S(e.text), NULL);
        return 3;
    }
    event_base_dispatch(s.base);
    return 0;
}
