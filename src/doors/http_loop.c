/* libmicrohttpd on our loop. See http_loop.h. */
#include "doors/http_loop.h"

#include "base/err.h"

#include <event2/event.h>
#include <microhttpd.h>
#include <stdlib.h>

#define RUNS_MOST 16 /* before others get their turn */

struct http_loop {
    struct MHD_Daemon *daemon;
    struct event *ready, *timer;
};

void http_loop_run(struct http_loop *l)
{
    MHD_UNSIGNED_LONG_LONG ms = 0;
    int has_timeout = MHD_YES;
    /* A timeout of 0 means that there is more to do at once. */
    for (int i = 0; i < RUNS_MOST && has_timeout == MHD_YES && ms == 0; i++) {
        MHD_run(l->daemon);
        has_timeout = (int)MHD_get_timeout(l->daemon, &ms);
    }
    if (has_timeout == MHD_YES) {
        struct timeval t = {.tv_sec = (time_t)(ms / 1000),
                            .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
        event_add(l->timer, &t);
    } else {
        event_del(l->timer);
    }
}

static void run(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    http_loop_run(arg);
}

struct http_loop *http_loop_new(struct event_base *base, struct MHD_Daemon *daemon)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    struct http_loop *l = calloc(1, sizeof(*l));
    if (l == NULL || info == NULL)
        BUG("no event loop for HTTP");
    l->daemon = daemon;
    l->ready = event_new(base, info->epoll_fd, EV_READ | EV_PERSIST, run, l);
    l->timer = event_new(base, -1, 0, run, l);
    if (l->ready == NULL || l->timer == NULL)
        BUG("out of memory");
    event_add(l->ready, NULL);
    return l;
}

void http_loop_kick(struct http_loop *l)
{
    event_active(l->timer, EV_TIMEOUT, 0);
}

void http_loop_free(struct http_loop *l)
{
    if (l == NULL)
        return;
    event_free(l->ready);
    event_free(l->timer);
    free(l);
}
