/* The HTTP doors. See http_door.h. */
#include "doors/http_door.h"

#include "base/clock.h"
#include "base/log.h"
#include "doors/http_answer.h"
#include "doors/http_head.h"
#include "doors/http_loop.h"
#include "doors/io.h"
#include "doors/peer.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define HEAD_BYTES     (32u * 1024) /* per connection: request line and headers */
#define IDLE_SECONDS   60
#define ANSWER_BYTES   (16u * 1024 * 1024)
#define EDITS_BYTES    (64u * 1024)
#define QUESTION_BYTES (1024u * 1024) /* body of anything but mail */

enum step { STEP_BODY, STEP_WAITING, STEP_ANSWERED };

struct request {
    struct http_door *door;
    struct MHD_Connection *conn;
    struct request *prev, *next;
    struct http_head head;
    enum http_route route;
    int label;
    struct slice rest; /* of the path, or our own word */
    enum step step;
    bool is_suspended;
    struct buf body, answer;
    int status;
    const char *type; /* Content-Type of the answer */
};

struct http_door {
    struct MHD_Daemon *daemon;
    struct http_loop *loop;
    struct io_listener *listener;
    const struct door_ops *ops;
    struct http_setup setup;
    struct request *requests;
    unsigned n_requests;
    bool is_draining;
};

/* ---- answers ---- */

/* The answer stands in r->answer: lets the connection go on. */
static void answered(struct request *r, int status, const char *type)
{
    r->status = status;
    r->type = type;
    r->step = STEP_ANSWERED;
    if (!r->is_suspended)
        return;
    r->is_suspended = false;
    MHD_resume_connection(r->conn);
    http_loop_kick(r->door->loop);
}

static void answer_error(struct request *r, int status, const char *why)
{
    buf_reset(&r->answer);
    http_answer_error(why, &r->answer);
    answered(r, status, "application/json");
}

static void on_answer(void *arg, int status, struct slice json)
{
    struct request *r = arg;
    if (r->route == HTTP_METRICS && status == 200) {
        if (http_answer_metrics(json, &r->answer))
            answered(r, 200, "text/plain; version=0.0.4; charset=utf-8");
        else
            answer_error(r, 500, "the figures are not well formed");
        return;
    }
    buf_add(&r->answer, json);
    answered(r, status, "application/json");
}

static void on_scanned(void *arg, const struct scan *s)
{
    struct request *r = arg;
    const struct http_setup *setup = &r->door->setup;
    const struct door_ops *ops = r->door->ops;
    if (s == NULL && r->route == HTTP_CHECK && setup->accepts_on_failure) {
        http_answer_skipped(&r->answer);
    } else if (s == NULL) {
        answer_error(r, 503, "this message could not be scanned now");
        return;
    } else if (r->route == HTTP_CHECK) {
        struct buf edits = BUF_INIT(EDITS_BYTES);
        if (!setup->is_shadow)
            ops->headers(ops->node, s, &edits);
        http_answer_check(s, buf_slice(&edits), setup->is_shadow, &r->answer);
        buf_fini(&edits);
    } else {
        scan_add_json(s, &r->answer);
    }
    answered(r, 200, "application/json");
}

static enum MHD_Result queue(struct request *r)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(r->answer.n, r->answer.p,
                                                                    MHD_RESPMEM_MUST_FREE);
    if (response == NULL)
        return MHD_NO;
    r->answer = BUF_INIT(ANSWER_BYTES); /* its bytes are the response's now */
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, r->type);
    if (r->door->setup.is_control)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (r->status == 401)
        MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
    if (r->status == 405)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "POST");
    if (r->door->is_draining)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    enum MHD_Result rc = MHD_queue_response(r->conn, (unsigned)r->status, response);
    MHD_destroy_response(response);
    return rc;
}

/* ---- requests ---- */

static void scan(struct request *r)
{
    const struct door_ops *ops = r->door->ops;
    r->head.env.received_us = clock_now_us();
    r->head.env.is_cut = r->body.full;
    ops->scan(ops->node, &r->head.env, buf_slice(&r->body), on_scanned, r);
}

static void learn(struct request *r, const struct door_caller *who)
{
    const struct door_ops *ops = r->door->ops;
    struct envelope *env = &r->head.env;
    struct slice user = env->user.n ? env->user : env->auth_user;
    if (r->body.n == 0)
        answer_error(r, 400, "there is no message in this request");
    else if (r->body.full)
        answer_error(r, 413, "the message is too long to learn from");
    else
        ops->learn(ops->node, who, r->label, user, buf_slice(&r->body), on_answer, r);
}

static void report(struct request *r, const struct door_caller *who)
{
    const struct door_ops *ops = r->door->ops;
    if (r->body.full)
        answer_error(r, 413, "the file is too long");
    else
        ops->report(ops->node, who, buf_slice(&r->body), on_answer, r);
}

/* ?a=b&c=d becomes {"a":"b","c":"d"}, unless the body is there. */
static enum MHD_Result add_argument(void *arg, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    (void)kind;
    jsonw_cstr(arg, name, value ? value : "");
    return MHD_YES;
}

static void ask(struct request *r, const struct door_caller *who)
{
    const struct door_ops *ops = r->door->ops;
    char path[512];
    struct slice rest = slice_head(r->rest, sizeof(path) - 1);
    struct buf arguments = BUF_INIT(QUESTION_BYTES);
    memcpy(path, rest.p, rest.n);
    path[rest.n] = '\0';
    if (r->body.n) {
        buf_add(&arguments, buf_slice(&r->body));
    } else {
        struct json j = JSON_INIT(&arguments);
        jsonw_object(&j, NULL);
        MHD_get_connection_values(r->conn, MHD_GET_ARGUMENT_KIND, add_argument, &j);
        jsonw_object_end(&j);
    }
    if (r->body.full || arguments.full)
        answer_error(r, 413, "the question is too long");
    else
        ops->ask(ops->node, who, path, buf_slice(&arguments), on_answer, r);
    buf_fini(&arguments);
}

static void unpack(struct request *r)
{
    struct buf plain;
    if (!r->head.is_zstd || r->body.full)
        return;
    bool ok = http_unpack_zstd(buf_slice(&r->body), r->body.max, &plain);
    buf_fini(&r->body);
    r->body = plain;
    if (!ok)
        answer_error(r, 400, "the zstd data is damaged");
}

static void dispatch(struct request *r)
{
    struct door_caller who = {.token = r->head.token};
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        r->conn, MHD_CONNECTION_INFO_CONNECTION_FD);
    r->step = STEP_WAITING;
    unpack(r);
    if (r->step == STEP_ANSWERED)
        return;
    if (info && r->door->setup.is_control)
        peer_of(info->connect_fd, &who);
    switch (r->route) {
    case HTTP_PING:
        buf_str(&r->answer, "pong\r\n");
        answered(r, 200, "text/plain");
        break;
    case HTTP_SCAN:
    case HTTP_CHECK:
        scan(r);
        break;
    case HTTP_LEARN:
        learn(r, &who);
        break;
    case HTTP_REPORT:
        report(r, &who);
        break;
    case HTTP_FUZZY:
        answer_error(r, 501,
                     "there is no fuzzy storage here: use learn_spam and learn_ham, they "
                     "move near-duplicates, too");
        break;
    default:
        ask(r, &who);
        break;
    }
}

/* ---- libmicrohttpd's calls ---- */

static enum MHD_Result add_field(void *arg, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    (void)kind;
    http_head_add(arg, slice_str(name), slice_str(value ? value : ""));
    return MHD_YES;
}

static bool is_mail(enum http_route route)
{
    return route == HTTP_SCAN || route == HTTP_CHECK || route == HTTP_LEARN || route == HTTP_REPORT;
}

/* Headers are there, the body is not: what can be refused is refused now. */
static void begin(struct request *r, const char *url, const char *method)
{
    const struct http_setup *setup = &r->door->setup;
    const char *why;
    MHD_get_connection_values(r->conn, MHD_HEADER_KIND, add_field, &r->head);
    http_head_done(&r->head);
    r->route = http_route(slice_str(url), setup->is_control, &r->label, &r->rest);
    size_t max = is_mail(r->route) || r->route == HTTP_FUZZY ? setup->max_size : QUESTION_BYTES;
    r->body = BUF_INIT(max);
    int status = http_head_refusal(&r->head, (uint64_t)max * 4, setup->hosts, &why);
    bool is_post = strcmp(method, "POST") == 0;
    if (status)
        answer_error(r, status, why);
    else if (r->route == HTTP_NONE)
        answer_error(r, 404, "there is nothing at this path");
    else if (http_needs_post(r->route, r->rest) ? !is_post : !is_post && strcmp(method, "GET") != 0)
        answer_error(r, 405, "this path takes another method");
    else if (r->head.length && r->head.length <= max) {
        size_t room;
        (void)buf_reserve(&r->body, (size_t)r->head.length, &room);
    }
}

static struct request *request_new(struct http_door *d, struct MHD_Connection *conn)
{
    struct request *r = calloc(1, sizeof(*r));
    if (r == NULL)
        BUG("out of memory");
    r->door = d;
    r->conn = conn;
    r->answer = BUF_INIT(ANSWER_BYTES);
    r->next = d->requests;
    if (r->next)
        r->next->prev = r;
    d->requests = r;
    d->n_requests++;
    return r;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *conn, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_n, void **slot)
{
    struct request *r = *slot;
    (void)version;
    if (r == NULL) {
        *slot = r = request_new(arg, conn);
        begin(r, url, method);
        return r->step == STEP_ANSWERED ? queue(r) : MHD_YES;
    }
    if (*data_n) {
        buf_add(&r->body, slice_of(data, *data_n));
        *data_n = 0;
        return MHD_YES;
    }
    if (r->step == STEP_BODY)
        dispatch(r);
    if (r->step == STEP_ANSWERED)
        return queue(r);
    r->is_suspended = true;
    MHD_suspend_connection(conn);
    return MHD_YES;
}

static void request_free(struct request *r)
{
    if (r->prev)
        r->prev->next = r->next;
    else
        r->door->requests = r->next;
    if (r->next)
        r->next->prev = r->prev;
    r->door->n_requests--;
    http_head_fini(&r->head);
    buf_fini(&r->body);
    buf_fini(&r->answer);
    free(r);
}

static void on_completed(void *arg, struct MHD_Connection *conn, void **slot,
                         enum MHD_RequestTerminationCode why)
{
    (void)arg;
    (void)conn;
    (void)why;
    if (*slot)
        request_free(*slot);
    *slot = NULL;
}

PRINTF_LIKE(2, 0) static void on_log(void *arg, const char *fmt, va_list ap)
{
    char text[512];
    (void)arg;
    if (!log_shows(LOG_DEBUG))
        return;
    vsnprintf(text, sizeof(text), fmt, ap);
    log_event(LOG_DEBUG, "http", "text", LOG_S(text), NULL);
}

/* One at a time, and its request read and answered before the next: a worker that is at work
 * leaves new connections to the others. libmicrohttpd's own accept takes ten at once, which
 * then wait in line here while another worker is idle. */
static void on_accept(void *arg, int fd)
{
    static const struct sockaddr nobody; /* only libmicrohttpd's limits by address would ask */
    struct http_door *d = arg;
    if (MHD_add_connection(d->daemon, fd, &nobody, sizeof(nobody)) != MHD_YES) {
        io_listener_done(d->listener); /* it closed the descriptor */
        return;
    }
    http_loop_run(d->loop);
}

static void on_connection(void *arg, struct MHD_Connection *conn, void **slot,
                          enum MHD_ConnectionNotificationCode what)
{
    struct http_door *d = arg;
    (void)conn;
    (void)slot;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED && d->listener)
        io_listener_done(d->listener);
}

int http_door_new(struct event_base *base, int listen_fd, const struct door_ops *ops,
                  const struct http_setup *setup, struct err *e, struct http_door **out)
{
    struct http_door *d = calloc(1, sizeof(*d));
    if (d == NULL)
        BUG("out of memory");
    d->ops = ops;
    d->setup = *setup;
    tzset(); /* the Date field reads the time zone file once: before the sandbox closes */
    unsigned flags = MHD_USE_EPOLL | MHD_USE_TURBO | MHD_USE_NO_LISTEN_SOCKET |
                     MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    d->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, d, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES, MHD_OPTION_CONNECTION_LIMIT,
        setup->max_conns + 1, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, d, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (d->daemon == NULL) {
        free(d);
        return err_errno(e, "cannot start HTTP");
    }
    d->loop = http_loop_new(base, d->daemon);
    d->listener = io_listen(base, listen_fd, setup->max_conns, on_accept, d);
    *out = d;
    return 0;
}

void http_door_drain(struct http_door *d)
{
    if (!d->is_draining)
        io_listener_stop(d->listener);
    d->is_draining = true;
}

unsigned http_door_busy(const struct http_door *d)
{
    return d->n_requests;
}

void http_door_free(struct http_door *d)
{
    if (d == NULL)
        return;
    http_door_drain(d);
    for (struct request *r = d->requests; r; r = r->next)
        if (r->is_suspended)
            answer_error(r, 503, "the node stops");
    http_loop_free(d->loop);
    MHD_stop_daemon(d->daemon);
    io_listener_free(d->listener);
    free(d);
}
