/* A node without a mind, to try the doors against real peers: it opens the listening sockets,
 * runs the doors on one loop, and gives each message a fixed verdict that the message itself
 * asks for (a header line "X-Test-Action: reject", or a recipient such as quarantine@...).
 *
 *   door_harness [--milter PORT] [--spamd PORT] [--http PORT] [--control PORT] [--socket PATH]
 *                [--delay MS] [--shadow] [--hold] [--tell] [--fail] [--full] [--quiet]
 *
 * A PORT that begins with a slash is a unix socket.
 *
 * --delay answers later, from a timer; --fail answers no scan at all; --full fails to store.
 */
#include "base/clock.h"
#include "base/escape.h"
#include "base/log.h"
#include "doors/doors.h"
#include "doors/edits.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct harness {
    struct event_base *base;
    struct arena *arena;
    int delay_ms;
    bool fails, is_full, is_quiet;
    unsigned long scans;
};

struct later {
    struct harness *h;
    const struct envelope *env;
    struct slice raw;
    door_scan_done *done;
    void *arg;
};

static const char *const ACTION_NAMES[] = {"accept",     "tag",    "greylist", "defer",
                                           "quarantine", "reject", "discard"};

static enum action named(struct slice word, enum action otherwise)
{
    for (size_t i = 0; i < sizeof(ACTION_NAMES) / sizeof(*ACTION_NAMES); i++)
        if (slice_istarts(word, slice_str(ACTION_NAMES[i])))
            return (enum action)i;
    return otherwise;
}

static enum action wanted(struct slice raw)
{
    size_t at = slice_ifind(slice_head(raw, 512), SLICE("X-Test-Action:"));
    if (at == SIZE_MAX)
        return ACTION_ACCEPT;
    return named(slice_trim(slice_from(raw, at + 14)), ACTION_ACCEPT);
}

static void verdict_of(struct scan *s, struct slice raw)
{
    struct verdict *v = &s->verdict;
    v->action = wanted(raw);
    v->n_rcpt = s->envelope.n_rcpt;
    v->rcpt = ARENA_ARRAY(s->arena, struct rcpt_verdict, v->n_rcpt + 1);
    for (size_t i = 0; i < v->n_rcpt; i++) {
        v->rcpt[i].rcpt = s->envelope.rcpt[i];
        v->rcpt[i].action = named(s->envelope.rcpt[i], v->action);
    }
    v->side = v->action > ACTION_ACCEPT ? SIDE_SPAM : SIDE_HAM;
    v->score = v->side == SIDE_SPAM ? 13.5 : -2.25;
    v->tag = 5.0;
    v->reject = 12.0;
    v->probability = v->side == SIDE_SPAM ? 0.99 : 0.01;
    v->class = CLASS_OTHER;
    s->findings.arena = s->arena;
    static struct finding one = {.name = "harness_says_so",
                                 .points = 1.5,
                                 .reason = "the harness says so: %s",
                                 .source = "muster"};
    static struct finding two = {.name = "prior", .points = -3.75, .reason = "before looking"};
    one.detail = SLICE("x \"y\" <z>");
    one.next = &two;
    s->findings.first = &one;
    s->findings.last = &two;
    s->findings.n = 2;
}

static void show(const struct envelope *env, struct slice raw)
{
    printf("scan %zu bytes ip=%.*s name=%.*s helo=%.*s from=%.*s user=%.*s auth=%.*s tls=%.*s "
           "queue=%.*s cut=%d rcpt=",
           raw.n, SLICE_ARG(env->client_ip), SLICE_ARG(env->client_name), SLICE_ARG(env->helo),
           SLICE_ARG(env->mail_from), SLICE_ARG(env->user), SLICE_ARG(env->auth_user),
           SLICE_ARG(env->tls), SLICE_ARG(env->queue_id), env->is_cut);
    for (size_t i = 0; i < env->n_rcpt; i++)
        printf("%s%.*s", i ? "," : "", SLICE_ARG(env->rcpt[i]));
    printf("\n");
    fflush(stdout);
}

static void answer(struct harness *h, const struct envelope *env, struct slice raw,
                   door_scan_done *done, void *arg)
{
    struct scan s = {.id = "01930000-0000-7000-8000-000000000000", .arena = h->arena};
    h->scans++;
    if (!h->is_quiet)
        show(env, raw);
    if (h->fails) {
        done(arg, NULL);
        return;
    }
    s.envelope = *env;
    s.message = ARENA_NEW(h->arena, struct message);
    s.message->raw = raw;
    s.message->message_id = SLICE("id@harness");
    verdict_of(&s, raw);
    s.microseconds = 321;
    done(arg, &s);
    arena_reset(h->arena);
}

static void on_later(evutil_socket_t fd, short what, void *arg)
{
    struct later *l = arg;
    (void)fd;
    (void)what;
    answer(l->h, l->env, l->raw, l->done, l->arg);
    free(l);
}

static void do_scan(void *node, const struct envelope *env, struct slice raw, door_scan_done *done,
                    void *arg)
{
    struct harness *h = node;
    if (h->delay_ms == 0) {
        answer(h, env, raw, done, arg);
        return;
    }
    struct later *l = malloc(sizeof(*l));
    if (l == NULL)
        abort();
    *l = (struct later){h, env, raw, done, arg};
    struct timeval t = {h->delay_ms / 1000, h->delay_ms % 1000 * 1000};
    event_base_once(h->base, -1, EV_TIMEOUT, on_later, l, &t);
}

static void do_learn(void *node, const struct door_caller *who, int label, struct slice user,
                     struct slice raw, door_answer *done, void *arg)
{
    struct harness *h = node;
    printf("learn %d %zu bytes user=%.*s token=%.*s local=%d\n", label, raw.n, SLICE_ARG(user),
           SLICE_ARG(who->token), who->is_local_peer);
    fflush(stdout);
    if (h->is_full)
        done(arg, 507, SLICE("{\"error\":\"disk full\"}"));
    else if (!who->is_local_peer && !slice_eq(who->token, SLICE("secret")))
        done(arg, 401, SLICE("{\"error\":\"a token is needed\"}"));
    else
        done(arg, 200, SLICE("{\"success\":true}"));
}

static void do_report(void *node, const struct door_caller *who, struct slice raw,
                      door_answer *done, void *arg)
{
    (void)node, (void)who, (void)raw;
    done(arg, 501, SLICE("{\"error\":\"no reports here\"}"));
}

static void do_quarantine(void *node, const struct scan *s, const struct slice *rcpt, size_t n_rcpt,
                          door_answer *done, void *arg)
{
    struct harness *h = node;
    (void)s;
    printf("quarantine for");
    for (size_t i = 0; i < n_rcpt; i++)
        printf(" %.*s", SLICE_ARG(rcpt[i]));
    printf("\n");
    fflush(stdout);
    done(arg, h->is_full ? 507 : 200, SLICE("{}"));
}

static void do_ask(void *node, const struct door_caller *who, const char *path, struct slice json,
                   door_answer *done, void *arg)
{
    (void)node;
    printf("ask %s %.*s token=%.*s local=%d uid=%u\n", path, SLICE_ARG(json), SLICE_ARG(who->token),
           who->is_local_peer, who->uid);
    fflush(stdout);
    if (strcmp(path, "metrics") == 0)
        done(arg, 200,
             SLICE("{\"muster_scans_total\":{\"type\":\"counter\",\"help\":\"Scans\",\"values\":[{"
                   "\"labels\":{\"verdict\":\"spam\"},\"value\":3}]}}"));
    else if (strcmp(path, "stat") == 0)
        done(arg, 200, SLICE("{\"scanned\":12,\"learned\":3}"));
    else if (strcmp(path, "healthz") == 0)
        done(arg, 200, SLICE("{\"status\":\"ok\"}"));
    else
        done(arg, 404, SLICE("{\"error\":\"not found\"}"));
}

static void do_headers(void *node, const struct scan *s, struct buf *out)
{
    (void)node;
    struct buf text = BUF_INIT(256);
    edit_remove(out, "X-Muster-Score", SLICE(""));
    edit_remove(out, "X-Muster-Why", SLICE(""));
    edit_remove(out, "Authentication-Results", SLICE("mx.example"));
    buf_printf(&text, "%.1f", s->verdict.score);
    edit_add(out, "Authentication-Results", SLICE("mx.example; none"));
    edit_add(out, "X-Muster-Score", buf_slice(&text));
    edit_add(out, "X-Muster-Why", SLICE("harness_says_so +1.5;\n prior -3.8"));
    buf_fini(&text);
}

static int listen_tcp(const char *port)
{
    struct sockaddr_in sin = {.sin_family = AF_INET,
                              .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
    sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)) < 0 || listen(fd, 512) < 0) {
        perror(port);
        exit(3);
    }
    return fd;
}

static int listen_unix(const char *path)
{
    struct sockaddr_un sun = {.sun_family = AF_UNIX};
    snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
    unlink(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0 || listen(fd, 512) < 0) {
        perror(path);
        exit(3);
    }
    return fd;
}

/* How many words were taken; 0: not known. */
static int option(struct harness *h, struct doors_config *c, struct doors_conf *conf, char **argv)
{
    const char *o = argv[0], *value = argv[1];
    struct {
        const char *name;
        bool *flag;
    } flags[] = {{"--shadow", &c->is_shadow},
                 {"--hold", &conf->hold},
                 {"--fail", &h->fails},
                 {"--full", &h->is_full},
                 {"--quiet", &h->is_quiet}};
    struct {
        const char *name;
        int *fd;
    } ports[] = {{"--milter", &c->milter_fd},
                 {"--spamd", &c->spamd_fd},
                 {"--http", &c->http_fd},
                 {"--control", &c->control_fd}};
    for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
        if (strcmp(o, flags[i].name) == 0) {
            *flags[i].flag = true;
            return 1;
        }
    if (value == NULL)
        return 0;
    for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++)
        if (strcmp(o, ports[i].name) == 0)
            *ports[i].fd = value[0] == '/' ? listen_unix(value) : listen_tcp(value);
    if (strcmp(o, "--socket") == 0)
        c->socket_fd = listen_unix(value);
    else if (strcmp(o, "--delay") == 0)
        h->delay_ms = (int)strtol(value, NULL, 10);
    else if (strcmp(o, "--max") == 0)
        c->max_size = strtoul(value, NULL, 10);
    return 2;
}

static void on_term(evutil_socket_t sig, short what, void *arg)
{
    struct harness *h = arg;
    (void)sig;
    (void)what;
    event_base_loopbreak(h->base);
}

int main(int argc, char **argv)
{
    struct harness h = {.base = event_base_new(), .arena = arena_new(0)};
    struct doors_conf conf = {.max_conns = 500, .idle_us = 600000000};
    struct doors_config config = {-1, -1, -1, -1, -1, 50000000, false, false, &conf};
    for (int i = 1, n; i < argc; i += n) {
        n = option(&h, &config, &conf, argv + i);
        if (n == 0) {
            fprintf(stderr, "door_harness: what is %s?\n", argv[i]);
            return 2;
        }
    }
    struct door_ops ops = {.node = &h,
                           .scan = do_scan,
                           .learn = do_learn,
                           .report = do_report,
                           .quarantine = do_quarantine,
                           .ask = do_ask,
                           .headers = do_headers};
    struct doors *doors;
    struct err e;
    log_init("harness", LOG_INFO, 2);
    if (doors_open(h.base, &ops, &config, &e, &doors) < 0) {
        fprintf(stderr, "door_harness: %s\n", e.text);
        return 3;
    }
    struct event *term = evsignal_new(h.base, SIGTERM, on_term, &h);
    event_add(term, NULL);
    event_base_dispatch(h.base);
    fprintf(stderr, "door_harness: %lu scans, %.1f us CPU each\n", h.scans,
            h.scans ? (double)clock_cpu_us() / (double)h.scans : 0.0);
    event_free(term);
    doors_free(doors);
    event_base_free(h.base);
    arena_free(h.arena);
    return 0;
}
