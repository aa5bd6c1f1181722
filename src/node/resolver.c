/* The resolver process. See resolver.h.
 *
 * A batch remembers how many of its questions are open. Answers are collected and sent when the
 * last is there, or when some have waited for a moment: a slow name server must not keep the
 * others' answers back, from which the next questions follow. */
#include "node/resolver.h"
#include "ask/batch.h"
#include "ask/breaker.h"
#include "ask/unbound.h"
#include "base/clock.h"
#include "base/log.h"
#include "node/process.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS_MOST   (2 * WALLS_SCANNERS + 4)
#define BATCHES_MOST   20000u
#define ANSWER_BYTES   (16u * 1024 * 1024) /* of one batch */
#define TICK_US        50000
#define FIRST_FLUSH_US 40000 /* grows with each message that a batch takes */
#define ANCHOR_BYTES   (64u * 1024)
#define ROOT_ANCHOR    "/usr/share/dns/root.key"
#define ROOT_HINTS     "/usr/share/dns/root.hints"

struct peer {
    struct ipc *ch;
    enum role role;
};

struct batch_slot {
    struct open_batch *batch;
    unsigned id;
};

struct open_batch {
    struct open_batch *prev, *next;
    struct server *server;
    struct ipc *client; /* NULL: gone, nobody is told */
    uint64_t tag;
    unsigned open;
    struct buf ready;
    int64_t ready_us, flush_us;
    struct batch_slot slot[];
};

struct server {
    const struct child_start *start;
    struct event_base *base;
    struct event *tick, *second;
    struct ipc *master;
    struct peer peer[CLIENTS_MOST];
    size_t n;
    struct resolver *resolver;
    struct unbound *unbound;
    struct open_batch *batches;
    unsigned n_batches;
    struct arena *arena; /* of the message at hand */
    bool is_draining, is_ticking;
    uint64_t told; /* questions when figures were sent last */
};

/* ---- settings ---- */

static bool is_word(const struct conf *c, const char *word)
{
    const struct conf_list *l = &node_main(c)->resolver;
    return l->n == 1 && slice_eq(l->items[0], slice_str(word));
}

bool resolver_is_wanted(const struct conf *c)
{
    return !is_word(c, "none");
}

int resolver_conf_check(const struct conf *c, struct err *e)
{
    const struct conf_list *l = &node_main(c)->resolver;
    if (l->n == 0)
        return err_set(e, ERR_USAGE, "resolver is empty: own, system, none, or addresses");
    if (is_word(c, "own") || is_word(c, "system") || is_word(c, "none"))
        return 0;
    for (size_t i = 0; i < l->n; i++)
        if (!unbound_is_address(l->items[i]))
            return err_set(e, ERR_USAGE,
                           "resolver: '%.*s' is none of own, system, none, ADDRESS, ADDRESS@PORT",
                           SLICE_ARG(l->items[i]));
    return 0;
}

bool resolver_conf_same(const struct conf *one, const struct conf *other)
{
    const struct conf_list *x = &node_main(one)->resolver, *y = &node_main(other)->resolver;
    const struct conf_dns *d = node_dns(one), *n = node_dns(other);
    if (x->n != y->n || d->cache != n->cache || d->stale != n->stale || d->silence != n->silence ||
        d->lookups != n->lookups || d->dnssec != n->dnssec ||
        !slice_eq(d->trust_anchor, n->trust_anchor))
        return false;
    for (size_t i = 0; i < x->n; i++)
        if (!slice_eq(x->items[i], y->items[i]))
            return false;
    return true;
}

static int read_anchors(struct arena *a, const struct conf *c, struct err *e, struct slice *out)
{
    const char *path = node_dns(c)->trust_anchor.n ? arena_cstr(a, node_dns(c)->trust_anchor)
                                                   : ROOT_ANCHOR;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && node_dns(c)->trust_anchor.n == 0 &&
        node_dns(c)->dnssec == DNSSEC_AUTO) {
        log_event(LOG_WARN, "dnssec", "off", LOG_S("no trust anchor: install dns-root-data"), NULL);
        *out = SLICE("");
        return 0;
    }
    if (fd < 0)
        return err_errno(e,
                         "trust anchor %s (package dns-root-data; dns { dnssec = off } goes "
                         "without)",
                         path);
    char *text = arena_bytes(a, ANCHOR_BYTES);
    ssize_t n = read(fd, text, ANCHOR_BYTES);
    close(fd);
    if (n < 0)
        return err_errno(e, "trust anchor %s", path);
    *out = slice_of(text, (size_t)n);
    return 0;
}

/* With the rights that the process starts with: an anchor file may be the operator's own. */
static int configure(struct server *s, const struct conf *c, struct arena *a, struct err *e)
{
    const struct conf_dns *dns = node_dns(c);
    struct unbound_conf u = {.dnssec = (enum dnssec_mode)dns->dnssec,
                             .cache_bytes = (size_t)dns->cache / 2,
                             .hints = access(ROOT_HINTS, R_OK) == 0 ? ROOT_HINTS : NULL};
    struct slice *system;
    if (is_word(c, "system")) {
        u.n_forwarders = unbound_system(a, "/etc/resolv.conf", &system);
        u.forwarders = system;
        if (u.n_forwarders == 0)
            return err_set(e, ERR_NOENT, "resolver = system: /etc/resolv.conf names no server");
    } else if (!is_word(c, "own")) {
        u.forwarders = node_main(c)->resolver.items;
        u.n_forwarders = node_main(c)->resolver.n;
    }
    int rc = u.dnssec == DNSSEC_OFF ? 0 : read_anchors(a, c, e, &u.anchors);
    if (u.anchors.n == 0)
        u.dnssec = DNSSEC_OFF;
    return rc < 0 ? rc : unbound_new(s->base, &u, e, &s->unbound);
}

static int open_resolver(struct server *s, const struct conf *c, struct err *e)
{
    const struct conf_dns *dns = node_dns(c);
    struct resolver_limits limits = {.cache_bytes = (size_t)dns->cache / 2,
                                     .lookups = (unsigned)dns->lookups,
                                     .silence_us = dns->silence,
                                     .stale = (uint32_t)(dns->stale / 1000000)};
    s->resolver = resolver_new(&limits, unbound_start, s->unbound);
    s->arena = arena_new(0);
    breaker_warm();
    return unbound_open(s->unbound, s->resolver, e);
}

/* ---- batches ---- */

static void batch_free(struct server *s, struct open_batch *b)
{
    *(b->prev ? &b->prev->next : &s->batches) = b->next;
    if (b->next)
        b->next->prev = b->prev;
    s->n_batches--;
    buf_fini(&b->ready);
    free(b);
}

static void flush(struct open_batch *b)
{
    if (b->client && b->ready.n)
        ipc_send(b->client, IPC_RESOLVED, b->tag, buf_slice(&b->ready));
    buf_reset(&b->ready);
    b->flush_us *= 2;
}

static void answered(void *arg, const struct dns_answer *a)
{
    static const struct dns_answer large = {.status = ASK_FAILED,
                                            .detail = "the answers of this message are too large"};
    struct batch_slot *slot = arg;
    struct open_batch *b = slot->batch;
    size_t before = b->ready.n;
    if (before == 0)
        b->ready_us = clock_mono_us();
    batch_pack_answer(&b->ready, slot->id, a);
    if (b->ready.full) { /* what was cut must not go out */
        b->ready.n = before;
        b->ready.full = false;
        flush(b);
        batch_pack_answer(&b->ready, slot->id, &large);
    }
    if (--b->open == 0)
        event_active(b->server->tick, EV_TIMEOUT, 0);
}

static void on_tick(evutil_socket_t fd, short what, void *arg);

static void keep_ticking(struct server *s)
{
    static const struct timeval soon = {0, TICK_US};
    if (s->is_ticking || (s->batches == NULL && !resolver_is_busy(s->resolver)))
        return;
    s->is_ticking = true;
    event_add(s->tick, &soon);
}

static void leave_if_done(struct server *s)
{
    bool has_scanner = false;
    for (size_t i = 0; i < s->n; i++)
        has_scanner |= s->peer[i].role == ROLE_SCANNER;
    if (s->is_draining && !has_scanner)
        event_base_loopbreak(s->base);
}

/* Sends what is ready and buries what is complete. Answers arrive inside libunbound's calls, so
 * this runs from the loop, soon after. */
static void look_at_batches(struct server *s, int64_t now_us)
{
    struct open_batch *next;
    for (struct open_batch *b = s->batches; b; b = next) {
        next = b->next;
        if (b->open == 0) {
            flush(b);
            batch_free(s, b);
        } else if (b->ready.n && now_us - b->ready_us >= b->flush_us) {
            flush(b);
        }
    }
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct server *s = arg;
    int64_t now = clock_mono_us();
    s->is_ticking = false;
    resolver_tick(s->resolver, now);
    look_at_batches(s, now);
    keep_ticking(s);
}

static void on_resolve(struct server *s, struct ipc *ch, const struct ipc_message *m)
{
    struct batch batch;
    arena_reset(s->arena);
    if (!batch_unpack(s->arena, m->payload, &batch)) {
        log_event(LOG_ERROR, "dns_batch", "error", LOG_S("not well formed"), NULL);
        return;
    }
    struct open_batch *b = calloc(1, sizeof(*b) + batch.n * sizeof(b->slot[0]));
    if (b == NULL)
        BUG("out of memory");
    b->server = s;
    b->client = ch;
    b->tag = m->tag;
    b->open = batch.n;
    b->ready = BUF_INIT(ANSWER_BYTES);
    b->flush_us = FIRST_FLUSH_US;
    b->next = s->batches;
    if (b->next)
        b->next->prev = b;
    s->batches = b;
    bool is_full = s->n_batches++ >= BATCHES_MOST;
    int64_t now = clock_mono_us();
    for (unsigned i = 0; i < batch.n; i++) {
        static const struct dns_answer busy = {.status = ASK_TIMEOUT,
                                               .detail = "too many messages ask"};
        b->slot[i] = (struct batch_slot){b, batch.questions[i].id};
        if (is_full)
            answered(&b->slot[i], &busy);
        else
            resolver_ask(s->resolver, &batch.questions[i], now + batch.wait_ms * INT64_C(1000), now,
                         answered, &b->slot[i]);
    }
    look_at_batches(s, now);
    keep_ticking(s);
}

/* ---- channels ---- */

static void on_peer(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct server *s = arg;
    if (m == NULL) {
        for (struct open_batch *b = s->batches; b; b = b->next)
            if (b->client == ch)
                b->client = NULL;
        for (size_t i = 0; i < s->n; i++) {
            if (s->peer[i].ch == ch) {
                s->peer[i] = s->peer[--s->n];
                break;
            }
        }
        ipc_free(ch);
        leave_if_done(s);
        return;
    }
    if (m->type == IPC_RESOLVE)
        on_resolve(s, ch, m);
    if (m->fd >= 0)
        close(m->fd); /* nobody sends descriptors here */
}

static void on_master(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct server *s = arg;
    (void)ch;
    if (m == NULL) {
        event_base_loopbreak(s->base);
    } else if (m->type == IPC_DRAIN) { /* scanners finish first */
        s->is_draining = true;
        leave_if_done(s);
    } else if (m->type == IPC_CHANNEL && m->fd >= 0 && s->n < CLIENTS_MOST) {
        struct unpack u = {.rest = m->payload};
        enum role role = (enum role)unpack_u32(&u);
        s->peer[s->n++] = (struct peer){ipc_new(s->base, m->fd, on_peer, s), role};
    }
}

/* Figures for `status`, while there is something to tell. */
static void on_second(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct server *s = arg;
    struct resolver_figures f;
    struct buf b = BUF_INIT(sizeof(f));
    resolver_figures(s->resolver, &f);
    uint64_t sum = f.questions + f.answered + f.failed + f.waiting + f.open + f.all_open;
    for (size_t i = 0; i < s->n && sum != s->told; i++)
        if (s->peer[i].role == ROLE_KEEPER) {
            figures_pack(&b, &f);
            ipc_send(s->peer[i].ch, IPC_FIGURES, 0, buf_slice(&b));
            s->told = sum;
        }
    buf_fini(&b);
}

static void run(struct server *s)
{
    static const struct timeval second = {1, 0};
    s->tick = event_new(s->base, -1, 0, on_tick, s);
    s->second = event_new(s->base, -1, EV_PERSIST, on_second, s);
    if (s->tick == NULL || s->second == NULL)
        BUG("out of memory");
    event_add(s->second, &second);
    event_base_dispatch(s->base);
}

int resolver_main(const struct child_start *start)
{
    static struct server s;
    struct err e = {0};
    struct arena *a = arena_new(0);
    s.start = start;
    s.base = event_base_new();
    if (s.base == NULL)
        BUG("no event loop");
    s.master = ipc_new(s.base, start->master_fd, on_master, &s);
    if (configure(&s, start->conf, a, &e) < 0 ||
        sandbox_drop(arena_cstr(a, node_main(start->conf)->user), &e) < 0 ||
        open_resolver(&s, start->conf, &e) < 0 ||
        process_close_walls(start, NULL, s.master, &e) < 0) {
        log_event(LOG_ERROR, "start", "error", LOG_S(e.text), NULL);
        return 3;
    }
    run(&s);
    return 0;
}

/* ---- for the command line ---- */

static _Noreturn void private_child(const struct conf *c, int fd)
{
    static struct server s;
    struct err e = {0};
    struct child_start start = {.role = ROLE_RESOLVER,
                                .conf = c,
                                .master_fd = fd,
                                .base_fd = -1,
                                .doors = {-1, -1, -1, -1, -1}};
    struct arena *a = arena_new(0);
    process_begin(&start);
    s.start = &start;
    s.base = event_base_new();
    if (s.base == NULL)
        BUG("no event loop");
    s.is_draining = true; /* ends with its only client */
    s.peer[s.n++] = (struct peer){ipc_new(s.base, fd, on_peer, &s), ROLE_SCANNER};
    if (configure(&s, c, a, &e) < 0 || sandbox_drop("nobody", &e) < 0 ||
        open_resolver(&s, c, &e) < 0 || sandbox_enter(ROLE_RESOLVER, NULL, &e) < 0) {
        log_event(LOG_ERROR, "start", "error", LOG_S(e.text), NULL);
        _exit(3);
    }
    run(&s);
    _exit(0);
}

int resolver_spawn(const struct conf *c, struct err *e, int *out_fd, int *out_pid)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return err_errno(e, "starting a resolver");
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        private_child(c, pair[1]);
    }
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return err_errno(e, "starting a resolver");
    }
    *out_fd = pair[0];
    *out_pid = pid;
    return 0;
}
