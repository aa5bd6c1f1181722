/* The master: opens sockets, forks the others, restarts what dies, reloads by a new generation
 * of scanners while the old one drains. It never reads mail.
 */
#include "node/master_internal.h"
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
    master_forget(ms, c);
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
        master_keep_up(ms);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct master *ms = arg;
    master_keep_up(ms);
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
        master_tell_refused(ms);
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
    struct child *keeper = master_find_role(ms, ROLE_KEEPER);
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
    master_keep_up(ms);
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
    master_keep_up(ms);
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
