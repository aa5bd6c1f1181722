/* The web server. See server.h; what a connection may take in time stands in server_conn.c. */
#include "web/server_conn.h"

#include "base/clock.h"
#include "base/ip.h"
#include "base/log.h"
#include "doors/http_loop.h"
#include "doors/io.h"
#include "web/rate.h"
#include "web/run.h"

#include <event2/event.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

#define HEAD_BYTES (32u * 1024) /* per connection: request line and fields */
#define OVER_BYTES (1u << 20)   /* of a body in chunks that are read past its limit, to say so */
#define COSTLY     10.0

struct request {
    struct web_server *server;
    struct MHD_Connection *conn;
    struct web_conn *on;
    char *target;
    struct request *prev, *next;
    struct web_request in;
    struct page *page;
    struct buf body;
    unsigned n_asked; /* questions that are out */
    bool is_suspended, is_running, is_head, has_begun, takes_gzip;
    unsigned n_hosts, n_lengths;
    bool is_chunked, is_bad_length, is_bad_name, is_strange;
    uint64_t length, over;
    int refused; /* status, or 0 */
    const char *why;
};

struct web_server {
    struct MHD_Daemon *daemon;
    struct http_loop *loop;
    struct io_listener *listener;
    struct event *sweep;
    struct web_site *site;
    const struct web_ops *ops;
    struct web_conns conns;
    struct rate rate;
    struct request *requests;
    unsigned n_requests;
    bool is_draining;
};

/* ---- answers ---- */

static void add_fixed(const struct web_server *s, struct MHD_Response *m)
{
    static const char *const fixed[][2] = {
        {"Content-Security-Policy",
         "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
         "frame-ancestors 'none'; base-uri 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), browsing-topics=()"},
    };
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        MHD_add_response_header(m, fixed[i][0], fixed[i][1]);
    if (s->site->is_secure)
        MHD_add_response_header(m, "Strict-Transport-Security", "max-age=31536000");
    if (s->is_draining)
        MHD_add_response_header(m, "Connection", "close");
}

static struct slice packed(struct arena *a, struct slice s)
{
    z_stream z = {0};
    if (s.n < 1000 || deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return s;
    size_t room = deflateBound(&z, s.n);
    unsigned char *out = arena_alloc(a, room);
    z.next_in = (unsigned char *)(uintptr_t)s.p;
    z.avail_in = (uInt)s.n;
    z.next_out = out;
    z.avail_out = (uInt)room;
    bool ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
    deflateEnd(&z);
    return ok ? slice_of((char *)out, z.total_out) : s;
}

static enum MHD_Result send_reply(struct request *r)
{
    const struct web_reply *w = &r->page->run->reply;
    struct slice body = buf_slice(&w->body), plain = body;
    const char *etag = NULL;
    bool has_cache = false;
    if (w->asset)
        body = r->takes_gzip && w->asset->packed.n ? w->asset->packed : w->asset->bytes;
    else if (r->takes_gzip && !w->is_private)
        body = packed(r->page->arena, body);
    bool is_packed = w->asset ? body.p != w->asset->bytes.p : body.p != plain.p;
    int status = w->status;
    for (unsigned i = 0; i < w->n_headers; i++)
        if (strcmp(w->header[i].name, "ETag") == 0)
            etag = w->header[i].value;
    if (etag && slice_find(r->in.none_match, slice_str(etag)) != SIZE_MAX) {
        status = 304;
        body = SLICE("");
    }
    struct MHD_Response *m = MHD_create_response_from_buffer(
        body.n, (void *)(uintptr_t)(body.p ? body.p : ""), MHD_RESPMEM_MUST_COPY);
    if (m == NULL)
        return MHD_NO;
    MHD_add_response_header(m, "Content-Type", w->type);
    for (unsigned i = 0; i < w->n_headers; i++) {
        MHD_add_response_header(m, w->header[i].name, w->header[i].value);
        has_cache |= strcmp(w->header[i].name, "Cache-Control") == 0;
    }
    if (!has_cache)
        MHD_add_response_header(m, "Cache-Control", w->is_private ? "no-store" : "no-cache");
    MHD_add_response_header(m, "Vary", "Accept-Encoding, Accept-Language, Cookie");
    if (is_packed && status != 304)
        MHD_add_response_header(m, "Content-Encoding", "gzip");
    if (status == 405)
        MHD_add_response_header(m, "Allow", "GET, HEAD, POST");
    add_fixed(r->server, m);
    enum MHD_Result rc = MHD_queue_response(r->conn, (unsigned)status, m);
    MHD_destroy_response(m);
    web_conn_phase(r->on, CONN_WRITING);
    return rc;
}

/* Without a page: the request is not one that gets one. */
static enum MHD_Result send_refusal(struct request *r)
{
    struct MHD_Response *m = MHD_create_response_from_buffer(
        strlen(r->why), (void *)(uintptr_t)r->why, MHD_RESPMEM_PERSISTENT);
    if (m == NULL)
        return MHD_NO;
    MHD_add_response_header(m, "Content-Type", "text/plain; charset=utf-8");
    MHD_add_response_header(m, "Cache-Control", "no-store");
    MHD_add_response_header(m, "Connection", "close");
    if (r->refused == 405)
        MHD_add_response_header(m, "Allow", "GET, HEAD, POST");
    if (r->refused == 429)
        MHD_add_response_header(m, "Retry-After", "10");
    add_fixed(r->server, m);
    enum MHD_Result rc = MHD_queue_response(r->conn, (unsigned)r->refused, m);
    MHD_destroy_response(m);
    web_conn_phase(r->on, CONN_WRITING);
    return rc;
}

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

static enum MHD_Result add_field(void *arg, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    struct request *r = arg;
    struct slice v = slice_trim(slice_str(value ? value : "")), n = slice_str(name);
    const struct {
        const char *name;
        struct slice *to;
    } plain[] = {{"cookie", &r->in.cookie},
                 {"accept", &r->in.accept},
                 {"accept-language", &r->in.accept_language},
                 {"content-type", &r->in.content_type},
                 {"origin", &r->in.origin},
                 {"sec-fetch-site", &r->in.fetch_site},
                 {"authorization", &r->in.authorization},
                 {"if-none-match", &r->in.none_match}};
    (void)kind;
    for (size_t i = 0; i < n.n; i++) /* "Content-Length : 5" is no length here and one elsewhere */
        r->is_bad_name |= !ascii_is_alnum(n.p[i]) && !strchr("!#$%&'*+-.^_`|~", n.p[i]);
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        if (slice_ieq(n, slice_str(plain[i].name)))
            *plain[i].to = v;
    if (slice_ieq(n, SLICE("host"))) {
        r->in.host = v;
        r->n_hosts++;
    } else if (slice_ieq(n, SLICE("content-length"))) {
        r->n_lengths++;
        r->is_bad_length |= !slice_u64(v, &r->length);
    } else if (slice_ieq(n, SLICE("transfer-encoding"))) {
        r->is_strange |= r->is_chunked || !slice_ieq(v, SLICE("chunked"));
        r->is_chunked = true;
    } else if (slice_ieq(n, SLICE("content-encoding"))) {
        r->is_strange |= !slice_ieq(v, SLICE("identity"));
    } else if (slice_ieq(n, SLICE("accept-encoding"))) {
        r->takes_gzip = slice_ifind(v, SLICE("gzip")) != SIZE_MAX &&
                        slice_ifind(v, SLICE("gzip;q=0")) == SIZE_MAX;
    } else if (slice_ieq(n, SLICE("x-forwarded-for")) && r->on && r->on->is_proxy) {
        size_t comma = slice_rchr(v, ','); /* the last is what our own proxy saw */
        struct ip ip;
        struct slice last = slice_trim(comma == SIZE_MAX ? v : slice_from(v, comma + 1));
        if (ip_parse(last, &ip))
            r->in.client = last;
    }
    return MHD_YES;
}

static int refuse(struct request *r, int status, const char *why)
{
    r->refused = status;
    r->why = why;
    return status;
}

/* What can be said before the body is there; 0: go on. */
static int check(struct request *r, const char *method, const char *version)
{
    struct web_server *s = r->server;
    unsigned flags = page_flags(r->in.target);
    size_t max = flags & PAGE_UPLOAD ? (size_t)s->site->conf->max_upload : PAGE_BODY;
    bool is_get = strcmp(method, "GET") == 0 || r->is_head;
    r->body = BUF_INIT(max);
    if (!is_get && !r->in.is_post)
        return refuse(r, 405, "this method is not served\n");
    if (r->is_bad_name || r->in.target.n == 0 || r->in.target.p[0] != '/')
        return refuse(r, 400, "this is no request\n");
    if (r->in.is_post && r->n_lengths == 0 && !r->is_chunked)
        return refuse(r, 411, "the length of the body is missing\n");
    if (r->n_lengths > 1 || r->is_bad_length || (r->is_chunked && r->n_lengths))
        return refuse(r, 400, "the length of the body is not clear\n");
    if (r->is_strange)
        return refuse(r, 415, "this encoding is not known\n");
    if (r->n_hosts > 1 || (r->n_hosts == 0 && strcmp(version, "HTTP/1.0") != 0))
        return refuse(r, 400, "one Host field is needed\n");
    if (r->n_hosts && !site_is_host(s->site, r->in.host))
        return refuse(r, 421, "this host name is not served; see web.hosts\n");
    if (r->length > max)
        return refuse(r, 413, "the body is too long\n");
    if (is_get && (r->length || r->is_chunked))
        return refuse(r, 400, "a body has no meaning here\n");
    double cost = flags & PAGE_COSTLY || (r->in.is_post && !(flags & PAGE_API)) ? COSTLY : 1.0;
    if (!rate_take(&s->rate, r->in.client, cost, clock_mono_us()))
        return refuse(r, 429, "too many requests from your address; try again in a moment\n");
    return 0;
}

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
        MHD_get_connection_values(conn, MHD_HEADER_KIND, add_field, r);
        web_conn_phase(r->on, CONN_BODY);
        return check(r, method, version) ? send_refusal(r) : MHD_YES;
    }
    if (*data_n) {
        buf_add(&r->body, slice_of(data, *data_n));
        r->over += r->body.full ? *data_n : 0;
        *data_n = 0;
        return r->over > OVER_BYTES ? MHD_NO : MHD_YES;
    }
    if (r->page == NULL) {
        if (r->body.full) { /* chunked: its length was not known before */
            refuse(r, 413, "the body is too long\n");
            return send_refusal(r);
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
    return send_reply(r);
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
