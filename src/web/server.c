/* The web server: requests from their first line to their end, connections and pages between. See
 * server.h; what a connection may take in time stands in server_conn.c. */
#include "web/server_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "doors/http_loop.h"
#include "doors/io.h"

#include <event2/event.h>
#include <stdlib.h>
#include <time.h>

#define HEAD_BYTES (32u * 1024) /* per connection: request line and fields */
#define OVER_BYTES (1u << 20)   /* of a body in chunks that are read past its limit, to say so */

static void resume(struct request *r)
{
    if (!r->is_suspended)
        return;
    r->is_suspended = false;
    MHD_resume_connection(r->conn);
    http_loop_kick(r->server->loop);
}

/* ---- pages ---- */

struct asked {
    struct request *request;
    unsigned id;
};

static bool go_on(struct request *r);

static void on_answer(void *arg, int status, struct slice json)
{
    struct asked *q = arg;
    struct request *r = q->request;
    page_answered(r->page, q->id, status, json);
    free(q);
    r->n_asked--;
    if (r->n_asked == 0 && !r->is_running && go_on(r))
        resume(r);
}

static void send_question(struct request *r, const struct web_question *q)
{
    const struct web_ops *ops = r->server->ops;
    struct web_caller who = {q->session, q->token, r->in.client};
    struct asked *slot = malloc(sizeof(*slot));
    if (slot == NULL)
        BUG("out of memory");
    *slot = (struct asked){r, q->id};
    r->n_asked++;
    ops->ask(ops->node, &who, q->path, q->json, on_answer, slot);
}

/* Runs the page until it is complete (true) or waits. */
static bool go_on(struct request *r)
{
    struct web_question q;
    bool done = false;
    r->is_running = true;
    while (r->n_asked == 0 && !(done = page_run(r->page)))
        while (page_next(r->page, &q))
            send_question(r, &q);
    r->is_running = false;
    return done;
}

/* ---- requests ---- */

static struct request *request_new(struct web_server *s, struct MHD_Connection *conn,
                                   const char *target)
{
    struct request *r = calloc(1, sizeof(*r));
    if (r == NULL || (r->target = strdup(target)) == NULL)
        BUG("out of memory");
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    r->server = s;
    r->conn = conn;
    r->on = info ? info->socket_context : NULL;
    r->in.target = slice_str(r->target);
    r->in.client = r->on ? slice_str(r->on->address) : SLICE("");
    r->next = s->requests;
    if (r->next)
        r->next->prev = r;
    s->requests = r;
    s->n_requests++;
    return r;
}

/* Called with the request line as it came: paths are decoded by us alone. */
static void *on_target(void *arg, const char *target, struct MHD_Connection *conn)
{
    return request_new(arg, conn, target);
}

/* libmicrohttpd is kept from decoding. */
static size_t leave_escaped(void *arg, struct MHD_Connection *conn, char *s)
{
    (void)arg;
    (void)conn;
    return strlen(s);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *conn, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_n, void **slot)
{
    struct request *r = *slot;
    (void)arg;
    (void)url;
    if (r == NULL)
        return MHD_NO;
    if (!r->has_begun) {
        r->has_begun = true;
        r->is_head = strcmp(method, "HEAD") == 0;
        r->in.is_post = strcmp(method, "POST") == 0;
        request_read_head(r);
        web_conn_phase(r->on, CONN_BODY);
        return request_check(r, method, version) ? request_refuse(r) : MHD_YES;
    }
    if (*data_n) {
        buf_add(&r->body, slice_of(data, *data_n));
        r->over += r->body.full ? *data_n : 0;
        *data_n = 0;
        return r->over > OVER_BYTES ? MHD_NO : MHD_YES;
    }
    if (r->page == NULL) {
        if (r->body.full) { /* chunked: its length was not known before */
            r->refused = 413;
            r->why = "the body is too long\n";
            return request_refuse(r);
        }
        r->in.body = buf_slice(&r->body);
        r->page = page_new(r->server->site, &r->in);
        web_conn_phase(r->on, CONN_WORKING);
        if (!go_on(r)) {
            r->is_suspended = true;
            MHD_suspend_connection(conn);
            return MHD_YES;
        }
    }
    return request_reply(r);
}

static void request_free(struct request *r)
{
    if (r->prev)
        r->prev->next = r->next;
    else
        r->server->requests = r->next;
    if (r->next)
        r->next->prev = r->prev;
    r->server->n_requests--;
    page_free(r->page);
    buf_fini(&r->body);
    free(r->target);
    free(r);
}

static void on_completed(void *arg, struct MHD_Connection *conn, void **slot,
                         enum MHD_RequestTerminationCode why)
{
    (void)arg;
    (void)conn;
    (void)why;
    struct request *r = *slot;
    if (r) {
        web_conn_phase(r->on, CONN_HEAD);
        request_free(r);
    }
    *slot = NULL;
}

PRINTF_LIKE(2, 0) static void on_log(void *arg, const char *fmt, va_list ap)
{
    char text[512];
    (void)arg;
    if (!log_shows(LOG_DEBUG))
        return;
    vsnprintf(text, sizeof(text), fmt, ap);
    log_event(LOG_DEBUG, "web", "text", LOG_S(text), NULL);
}

/* ---- connections ---- */

static void on_accept(void *arg, int fd)
{
    static const struct sockaddr nobody; /* limits by address are ours */
    struct web_server *s = arg;
    if (!web_conns_may(&s->conns, fd)) {
        close(fd);
        io_listener_done(s->listener);
        return;
    }
    if (MHD_add_connection(s->daemon, fd, &nobody, sizeof(nobody)) != MHD_YES) {
        io_listener_done(s->listener); /* it closed the descriptor */
        return;
    }
    http_loop_run(s->loop);
}

static void on_connection(void *arg, struct MHD_Connection *conn, void **slot,
                          enum MHD_ConnectionNotificationCode what)
{
    struct web_server *s = arg;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(
            conn, MHD_CONNECTION_INFO_CONNECTION_FD);
        *slot = web_conn_new(&s->conns, info ? info->connect_fd : -1);
        return;
    }
    web_conn_free(&s->conns, *slot);
    *slot = NULL;
    if (s->listener)
        io_listener_done(s->listener);
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
    struct web_server *s = arg;
    (void)fd;
    (void)what;
    web_conns_sweep(&s->conns, clock_mono_us());
}

int web_server_new(struct event_base *base, int listen_fd, struct web_site *site,
                   const struct web_ops *ops, struct err *e, struct web_server **out)
{
    static const struct timeval second = {1, 0};
    struct web_server *s = calloc(1, sizeof(*s));
    unsigned most = (unsigned)site->conf->max_conns;
    if (s == NULL)
        BUG("out of memory");
    s->site = site;
    s->ops = ops;
    rate_init(&s->rate, (double)site->conf->rate, (double)site->conf->burst);
    web_conns_init(&s->conns, &site->conf->proxies);
    tzset(); /* the Date field reads the time zone file once: before the sandbox closes */
    s->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_TURBO | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
            MHD_USE_ERROR_LOG,
        0, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES, MHD_OPTION_CONNECTION_LIMIT,
        most + 1, MHD_OPTION_CONNECTION_TIMEOUT, 60u, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
        NULL, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_URI_LOG_CALLBACK,
        on_target, s, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (s->daemon == NULL) {
        free(s);
        return err_errno(e, "cannot start HTTP");
    }
    s->loop = http_loop_new(base, s->daemon);
    s->listener = io_listen(base, listen_fd, most, on_accept, s);
    io_listener_stop(s->listener);
    s->sweep = event_new(base, -1, EV_PERSIST, on_sweep, s);
    if (s->sweep == NULL || event_add(s->sweep, &second) < 0)
        BUG("out of memory");
    *out = s;
    return 0;
}

void web_server_open(struct web_server *s)
{
    if (!s->is_draining)
        io_listener_start(s->listener);
}

void web_server_drain(struct web_server *s)
{
    if (!s->is_draining)
        io_listener_stop(s->listener);
    s->is_draining = true;
}

unsigned web_server_busy(const struct web_server *s)
{
    return s->n_requests;
}

void web_server_free(struct web_server *s)
{
    if (s == NULL)
        return;
    for (struct request *r = s->requests; r; r = r->next) {
        if (r->is_suspended)
            MHD_resume_connection(r->conn);
        r->is_suspended = false;
    }
    io_listener_free(s->listener);
    s->listener = NULL;
    event_free(s->sweep);
    http_loop_free(s->loop);
    MHD_stop_daemon(s->daemon);
    free(s);
}
