/* The master: opens sockets, forks the others, restarts what dies, reloads by a new generation
 * of scanners while the old one drains. It never reads mail.
 */
#include "node/process.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "mail/unicode.h"
#include "journal/store.h"
#include "node/listen.h"
#include "node/resolver.h"
#include "node/signer.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN_MOST    (2 * WALLS_SCANNERS + 8)
#define RESTART_QUICK_US 1000000 /* a child that lived shorter than this waits before the next */

struct child {
    enum role role;
    unsigned index;
    pid_t pid;
    struct ipc *ch;
    int64_t started_us;
    int memory_fd; /* /proc/PID/smaps_rollup, opened while that was allowed */
    bool is_ready, is_draining;
};

struct master {
    struct event_base *base;
    struct event *term, *interrupt, *hup, *chld, *tick;
    struct arena *arena; /* of the configuration in force */
    const struct conf *conf;
    const char *path;
    int doors[DOORS];
    int base_fd; /* day-one model: the program's tree may be closed to the children's account */
    struct walls *walls;
    struct child child[CHILDREN_MOST];
    size_t n;
    unsigned scanners;
    bool is_stopping, is_ready, start_failed;
    int64_t restart_at[ROLES];
    char refused[512]; /* why the last reload changed nothing; empty: it did */
};

static void on_child(void *arg, struct ipc *ch, const struct ipc_message *m);

static struct child *find_role(struct master *ms, enum role role)
{
    for (size_t i = 0; i < ms->n; i++) {
        if (ms->child[i].role == role && !ms->child[i].is_draining)
            return &ms->child[i];
    }
    return NULL;
}

/* ---- channels between children ---- */

/* Gives two children the ends of a new channel; each learns who is at the other end. */
static void introduce(struct child *x, struct child *y)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0) {
        log_event(LOG_ERROR, "channel", "error", LOG_S(strerror(errno)), NULL);
        return;
    }
    struct buf b = BUF_INIT(64);
    pack_u32(&b, (uint32_t)y->role);
    pack_u32(&b, y->index);
    ipc_send_fd(x->ch, IPC_CHANNEL, 0, buf_slice(&b), pair[0]);
    buf_reset(&b);
    pack_u32(&b, (uint32_t)x->role);
    pack_u32(&b, x->index);
    ipc_send_fd(y->ch, IPC_CHANNEL, 0, buf_slice(&b), pair[1]);
    buf_fini(&b);
}

/* Who talks to whom. */
static const struct {
    enum role one, other;
} acquainted[] = {{ROLE_KEEPER, ROLE_SCANNER},   {ROLE_KEEPER, ROLE_MAILER},
                  {ROLE_KEEPER, ROLE_RESOLVER},  {ROLE_RESOLVER, ROLE_MAILER},
                  {ROLE_RESOLVER, ROLE_SCANNER}, {ROLE_SIGNER, ROLE_SCANNER},
                  {ROLE_KEEPER, ROLE_WEB}};

static bool is_acquainted(enum role x, enum role y)
{
    for (size_t i = 0; i < sizeof(acquainted) / sizeof(acquainted[0]); i++)
        if ((acquainted[i].one == x && acquainted[i].other == y) ||
            (acquainted[i].one == y && acquainted[i].other == x))
            return true;
    return false;
}

/* Scanners that drain still need the others; of the others only the one in service counts. */
static void introduce_all(struct master *ms, struct child *c)
{
    for (size_t i = 0; i < ms->n; i++) {
        struct child *other = &ms->child[i];
        if (other != c && is_acquainted(c->role, other->role) &&
            (!other->is_draining || other->role == ROLE_SCANNER))
            introduce(c, other);
    }
}

/* ---- forking ---- */

static _Noreturn void become(struct master *ms, enum role role, unsigned index, int fd)
{
    struct child_start s = {.role = role,
                            .index = index,
                            .conf = ms->conf,
                            .conf_path = ms->path,
                            .master_fd = fd,
                            .base_fd = ms->base_fd,
                            .walls = ms->walls};
    for (int i = 0; i < DOORS; i++)
        s.doors[i] = role == (i == DOOR_WEB ? ROLE_WEB : ROLE_SCANNER) ? ms->doors[i] : -1;
    process_begin(&s);
    static int (*const mains[ROLES])(const struct child_start *s) = {
        [ROLE_SCANNER] = scanner_main,   [ROLE_KEEPER] = keeper_main, [ROLE_MAILER] = mailer_main,
        [ROLE_RESOLVER] = resolver_main, [ROLE_SIGNER] = signer_main, [ROLE_WEB] = web_main};
    _exit(mains[role](&s));
}

static void start(struct master *ms, enum role role, unsigned index)
{
    int pair[2];
    if (ms->n == CHILDREN_MOST)
        return;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        log_event(LOG_ERROR, "start", "role", LOG_S(role_name(role)), "error",
                  LOG_S(strerror(errno)), NULL);
        return;
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        become(ms, role, index, pair[1]);
    }
    close(pair[1]);
    if (pid < 0) {
        log_event(LOG_ERROR, "start", "role", LOG_S(role_name(role)), "error",
                  LOG_S(strerror(errno)), NULL);
        close(pair[0]);
        return;
    }
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
    struct child *c = &ms->child[ms->n++];
    *c = (struct child){.role = role,
                        .index = index,
                        .pid = pid,
                        .started_us = clock_mono_us(),
                        .memory_fd = open(path, O_RDONLY | O_CLOEXEC)};
    c->ch = ipc_new(ms->base, pair[0], on_child, ms);
    introduce_all(ms, c);
}

static void forget(struct master *ms, struct child *c)
{
    ipc_free(c->ch);
    if (c->memory_fd >= 0)
        close(c->memory_fd);
    *c = ms->child[--ms->n];
}

/* Starts what is missing, unless it died too quickly the last time. */
static void keep_up(struct master *ms)
{
    int64_t now = clock_mono_us();
    if (ms->is_stopping)
        return;
    if (find_role(ms, ROLE_KEEPER) == NULL && now >= ms->restart_at[ROLE_KEEPER])
        start(ms, ROLE_KEEPER, 0);
    struct child *keeper = find_role(ms, ROLE_KEEPER);
    if (keeper == NULL || (!keeper->is_ready && !ms->is_ready))
        return; /* scanners map what keeper makes */
    if (find_role(ms, ROLE_MAILER) == NULL && now >= ms->restart_at[ROLE_MAILER])
        start(ms, ROLE_MAILER, 0);
    if (resolver_is_wanted(ms->conf) && find_role(ms, ROLE_RESOLVER) == NULL &&
        now >= ms->restart_at[ROLE_RESOLVER])
        start(ms, ROLE_RESOLVER, 0);
    if (signer_is_wanted(ms->conf) && find_role(ms, ROLE_SIGNER) == NULL &&
        now >= ms->restart_at[ROLE_SIGNER])
        start(ms, ROLE_SIGNER, 0);
    if (ms->doors[DOOR_WEB] >= 0 && find_role(ms, ROLE_WEB) == NULL &&
        now >= ms->restart_at[ROLE_WEB])
        start(ms, ROLE_WEB, 0);
    if (now < ms->restart_at[ROLE_SCANNER])
        return;
    for (unsigned k = 0; k < ms->scanners; k++) {
        bool is_there = false;
        for (size_t i = 0; i < ms->n; i++)
            is_there |= ms->child[i].role == ROLE_SCANNER && ms->child[i].index == k &&
                        !ms->child[i].is_draining;
        if (!is_there)
            start(ms, ROLE_SCANNER, k);
    }
}

/* ---- what children say ---- */

static long memory_kb(const struct child *c)
{
    char text[2048];
    ssize_t n = c->memory_fd >= 0 ? pread(c->memory_fd, text, sizeof(text) - 1, 0) : -1;
    if (n <= 0)
        return -1;
    text[n] = '\0';
    const char *at = strstr(text, "\nPss:");
    return at ? strtol(at + 5, NULL, 10) : -1;
}

/* The processes with their memory, for `status`. */
static void tell_children(struct master *ms, struct ipc *to, uint64_t tag)
{
    struct buf b = BUF_INIT(256 * 1024);
    struct json j = JSON_INIT(&b);
    struct child self = {.pid = getpid(),
                         .memory_fd = open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC)};
    jsonw_array(&j, NULL);
    for (size_t i = 0; i <= ms->n; i++) {
        const struct child *c = i < ms->n ? &ms->child[i] : &self;
        jsonw_object(&j, NULL);
        jsonw_cstr(&j, "process", i < ms->n ? role_name(c->role) : "master");
        jsonw_int(&j, "index", c->index);
        jsonw_int(&j, "pid", c->pid);
        jsonw_int(&j, "pss_kb", memory_kb(c));
        jsonw_bool(&j, "draining", c->is_draining);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    if (self.memory_fd >= 0)
        close(self.memory_fd);
    ipc_send(to, IPC_CHILDREN, tag, buf_slice(&b));
    buf_fini(&b);
}

static void check_ready(struct master *ms)
{
    unsigned up = 0;
    for (size_t i = 0; i < ms->n; i++)
        up += ms->child[i].is_ready && ms->child[i].role == ROLE_SCANNER;
    struct child *signer = find_role(ms, ROLE_SIGNER);
    bool has_keys = !signer_is_wanted(ms->conf) || (signer && signer->is_ready);
    struct child *web = find_role(ms, ROLE_WEB);
    bool has_pages = ms->doors[DOOR_WEB] < 0 || (web && web->is_ready);
    if (!ms->is_ready && up >= ms->scanners && has_keys && has_pages) {
        ms->is_ready = true;
        log_event(LOG_INFO, "ready", "version", LOG_S(MUSTER_VERSION), "scanners",
                  LOG_I(ms->scanners), NULL);
        notify_state("READY=1");
    }
}

static void tell_refused(struct master *ms)
{
    struct child *keeper = find_role(ms, ROLE_KEEPER);
    if (keeper && ms->refused[0])
        ipc_send(keeper->ch, IPC_REFUSED, 0, slice_str(ms->refused));
}

static void on_child(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct master *ms = arg;
    struct child *c = NULL;
    for (size_t i = 0; i < ms->n && c == NULL; i++) {
        if (ms->child[i].ch == ch)
            c = &ms->child[i];
    }
    if (c == NULL || m == NULL)
        return; /* SIGCHLD cleans up */
    if (m->fd >= 0)
        close(m->fd);
    if (m->type == IPC_READY) {
        c->is_ready = true;
        if (c->role == ROLE_KEEPER)
            tell_refused(ms);
        keep_up(ms);
        check_ready(ms);
    } else if (m->type == IPC_CHILDREN && c->role == ROLE_KEEPER) {
        tell_children(ms, ch, m->tag);
    }
}

/* ---- signals ---- */

static bool is_crash(int status)
{
    int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return sig == SIGSEGV || sig == SIGBUS || sig == SIGABRT || sig == SIGILL || sig == SIGFPE ||
           sig == SIGSYS;
}

static void buried(struct master *ms, struct child *c, int status)
{
    bool was_ready = c->is_ready;
    if (!c->is_draining && !ms->is_stopping) {
        log_event(LOG_WARN, "died", "process", LOG_S(role_name(c->role)), "index", LOG_I(c->index),
                  "signal", LOG_I(WIFSIGNALED(status) ? WTERMSIG(status) : 0), "status",
                  LOG_I(WIFEXITED(status) ? WEXITSTATUS(status) : 0), NULL);
        int64_t lived = clock_mono_us() - c->started_us;
        ms->restart_at[c->role] = clock_mono_us() +
                                  (lived < RESTART_QUICK_US && !was_ready ? RESTART_QUICK_US : 0);
    }
    if (c->role == ROLE_SCANNER && is_crash(status))
        walls_crashed(ms->walls, c->index);
    else if (c->role == ROLE_SCANNER)
        walls_end(ms->walls, c->index);
    if (!ms->is_ready && !was_ready && c->role != ROLE_MAILER) {
        ms->start_failed = true; /* it said why; no use in trying again */
        ms->is_stopping = true;
    }
    forget(ms, c);
}

static void on_chld(evutil_socket_t sig, short what, void *arg)
{
    (void)sig;
    (void)what;
    struct master *ms = arg;
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < ms->n; i++) {
            if (ms->child[i].pid == pid) {
                buried(ms, &ms->child[i], status);
                break;
            }
        }
    }
    if (ms->is_stopping && ms->n == 0)
        event_base_loopbreak(ms->base);
    else if (ms->start_failed)
        for (size_t i = 0; i < ms->n; i++)
            kill(ms->child[i].pid, SIGTERM);
    else
        keep_up(ms);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct master *ms = arg;
    keep_up(ms);
    notify_state("WATCHDOG=1");
}

/* Scanners first: what they acknowledged must reach keeper, which drains its channels. */
static void on_term(evutil_socket_t sig, short what, void *arg)
{
    (void)sig;
    (void)what;
    struct master *ms = arg;
    notify_state("STOPPING=1");
    log_event(LOG_INFO, "stopping", NULL);
    bool again = ms->is_stopping;
    ms->is_stopping = true;
    for (size_t i = 0; i < ms->n; i++) {
        if (again)
            kill(ms->child[i].pid, SIGKILL);
        else
            ipc_send(ms->child[i].ch, IPC_DRAIN, 0, SLICE(""));
    }
    if (ms->n == 0)
        event_base_loopbreak(ms->base);
}

static void open_base(struct master *ms, struct arena *a, struct conf *conf);

/* A signer of the new settings that reads its keys and goes again: with a key that cannot be read
 * the old signer stays, with what it has in memory. */
static int try_keys(const struct conf *conf, struct err *e)
{
    struct signer_child trial;
    if (!signer_is_wanted(conf))
        return 0;
    int rc = signer_child_start(conf, e, &trial);
    if (rc == 0)
        signer_child_stop(&trial);
    return rc;
}

/* The settings of the file, if all in them can be put into force. */
static int read_again(struct master *ms, struct arena *fresh, struct conf **out)
{
    struct err e = {0};
    int rc = node_config_read(fresh, ms->path, &e, out);
    if (rc == 0)
        rc = try_keys(*out, &e);
    snprintf(ms->refused, sizeof(ms->refused), "%s", rc < 0 ? e.text : "");
    if (rc < 0) {
        log_event(LOG_ERROR, "reload", "kept", LOG_S("old configuration"), "error", LOG_S(e.text),
                  NULL);
        tell_refused(ms);
    }
    return rc;
}

static void on_hup(evutil_socket_t sig, short what, void *arg)
{
    (void)sig;
    (void)what;
    struct master *ms = arg;
    struct arena *fresh = arena_new(0);
    struct conf *conf;
    notify_state("RELOADING=1");
    if (read_again(ms, fresh, &conf) < 0) {
        arena_free(fresh);
        notify_state("READY=1");
        return;
    }
    bool dns_changed = !resolver_conf_same(ms->conf, conf);
    /* The old arena stays: draining children were forked with it, and it is small. */
    conf_carry(ms->conf, conf);
    open_base(ms, fresh, conf);
    ms->arena = fresh;
    ms->conf = conf;
    log_init("master", (enum log_level)node_main(conf)->log_level, STDERR_FILENO);
    log_event(LOG_INFO, "reload", NULL);
    struct child *keeper = find_role(ms, ROLE_KEEPER);
    if (keeper) {
        struct buf b = BUF_INIT(4 * 1024 * 1024); /* a file of settings is at most 1 MiB */
        node_config_pack(conf, &b);
        ipc_send(keeper->ch, IPC_CONFIG, 0, buf_slice(&b));
        buf_fini(&b);
    }
    for (size_t i = 0; i < ms->n; i++) {
        bool is_renewed = ms->child[i].role == ROLE_SCANNER ||
                          (ms->child[i].role == ROLE_RESOLVER && dns_changed) ||
                          ms->child[i].role == ROLE_SIGNER || /* keys may be new */
                          ms->child[i].role == ROLE_WEB;
        if (is_renewed && !ms->child[i].is_draining) {
            ms->child[i].is_draining = true;
            ipc_send(ms->child[i].ch, IPC_DRAIN, 0, SLICE(""));
        }
    }
    keep_up(ms);
    notify_state("READY=1");
}

/* ---- start ---- */

/* Opens the day-one model for children, who see it by its descriptor. None shipped is fine. */
static void open_base(struct master *ms, struct arena *a, struct conf *conf)
{
    int fd = open(node_base_model(a, conf), O_RDONLY | O_CLOEXEC);
    if (ms->base_fd >= 0)
        close(ms->base_fd);
    ms->base_fd = fd;
    if (fd >= 0)
        ((struct conf_main *)conf_data(conf, ""))->base_opened = arena_printf(a, "/proc/self/fd/%d",
                                                                              fd);
}

static int open_doors(struct master *ms, struct err *e)
{
    static const char *const names[DOORS] = {"milter", "spamd", "http", "control", "socket", "web"};
    const struct conf_main *c = node_main(ms->conf);
    struct slice at[DOORS] = {c->listen_milter,
                              c->listen_spamd,
                              c->listen_http,
                              c->listen_control,
                              arena_printf(ms->arena, "unix:%.*s/control.sock", SLICE_ARG(c->run)),
                              c->listen_web};
    for (int i = 0; i < DOORS; i++) {
        char setting[32];
        snprintf(setting, sizeof(setting), "listen %s", names[i]);
        ms->doors[i] = listen_inherited(names[i]);
        if (ms->doors[i] < 0) {
            int rc = listen_open(setting, at[i], e, &ms->doors[i]);
            if (rc < 0)
                return rc;
        }
    }
    return 0;
}

/* Makes the folders and gives them to the account the children run as. */
static int make_dirs(struct master *ms, struct err *e)
{
    const struct conf_main *c = node_main(ms->conf);
    struct slice dirs[2] = {c->data, c->run};
    const char *user = arena_cstr(ms->arena, c->user);
    const struct passwd *pw = geteuid() == 0 && c->user.n ? getpwnam(user) : NULL;
    if (geteuid() == 0 && c->user.n && pw == NULL)
        return err_set(
            e, ERR_NOENT,
            "user = %s: there is no such account; make it with: adduser --system --group %s", user,
            user);
    for (int i = 0; i < 2; i++) {
        const char *dir = arena_cstr(ms->arena, dirs[i]);
        if (mkdir(dir, i == 0 ? 0750 : 0755) < 0 && errno != EEXIST)
            return err_errno(e, "making %s", dir);
        if (pw && chown(dir, pw->pw_uid, pw->pw_gid) < 0)
            return err_errno(e, "giving %s to %s", dir, user);
    }
    return 0;
}

static unsigned count_scanners(const struct conf *c)
{
    int64_t n = node_scan(c)->workers;
    if (n < 0)
        n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > WALLS_SCANNERS / 2 ? WALLS_SCANNERS / 2 : (unsigned)n;
}

static struct event *watch(struct master *ms, int sig, event_callback_fn fn)
{
    struct event *ev = evsignal_new(ms->base, sig, fn, ms);
    if (ev == NULL || event_add(ev, NULL) < 0)
        BUG("out of memory");
    return ev;
}

static void run_loop(struct master *ms)
{
    struct timeval second = {1, 0};
    ms->term = watch(ms, SIGTERM, on_term);
    ms->interrupt = watch(ms, SIGINT, on_term);
    ms->hup = watch(ms, SIGHUP, on_hup);
    ms->chld = watch(ms, SIGCHLD, on_chld);
    ms->tick = event_new(ms->base, -1, EV_PERSIST, on_tick, ms);
    event_add(ms->tick, &second);
    keep_up(ms);
    event_base_dispatch(ms->base);
    event_free(ms->term);
    event_free(ms->interrupt);
    event_free(ms->hup);
    event_free(ms->chld);
    event_free(ms->tick);
}

int master_run(const char *path, struct err *e)
{
    static struct master ms;
    signal(SIGPIPE, SIG_IGN);
    ms.arena = arena_new(0);
    ms.path = path;
    struct conf *conf;
    int rc = node_config_read(ms.arena, path, e, &conf);
    if (rc < 0)
        return rc;
    ms.base_fd = -1;
    open_base(&ms, ms.arena, conf);
    ms.conf = conf;
    log_init("master", (enum log_level)node_main(conf)->log_level, STDERR_FILENO);
    ms.scanners = count_scanners(conf);
    if ((rc = make_dirs(&ms, e)) < 0 ||
        (rc = store_probe(arena_cstr(ms.arena, node_main(conf)->data), e)) < 0 ||
        (rc = open_doors(&ms, e)) < 0)
        return rc;
    ms.walls = walls_new();
    unicode_warm(); /* before the forks: the tables are shared then */
    ms.base = event_base_new();
    if (ms.base == NULL)
        return err_set(e, ERR_IO, "no event loop");
    run_loop(&ms);
    event_base_free(ms.base);
    if (ms.start_failed)
        return err_set(e, ERR_IO, "the node did not start; its log says why");
    log_event(LOG_INFO, "stopped", NULL);
    return 0;
}
