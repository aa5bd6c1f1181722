/* The master's children: forking them, acquainting them with each other, what they say. See
 * master_internal.h. */
#include "node/master_internal.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "node/resolver.h"
#include "node/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void on_child(void *arg, struct ipc *ch, const struct ipc_message *m);

struct child *master_find_role(struct master *ms, enum role role)
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

void master_forget(struct master *ms, struct child *c)
{
    ipc_free(c->ch);
    if (c->memory_fd >= 0)
        close(c->memory_fd);
    *c = ms->child[--ms->n];
}

/* Starts what is missing, unless it died too quickly the last time. */
void master_keep_up(struct master *ms)
{
    int64_t now = clock_mono_us();
    if (ms->is_stopping)
        return;
    if (master_find_role(ms, ROLE_KEEPER) == NULL && now >= ms->restart_at[ROLE_KEEPER])
        start(ms, ROLE_KEEPER, 0);
    struct child *keeper = master_find_role(ms, ROLE_KEEPER);
    if (keeper == NULL || (!keeper->is_ready && !ms->is_ready))
        return; /* scanners map what keeper makes */
    if (master_find_role(ms, ROLE_MAILER) == NULL && now >= ms->restart_at[ROLE_MAILER])
        start(ms, ROLE_MAILER, 0);
    if (resolver_is_wanted(ms->conf) && master_find_role(ms, ROLE_RESOLVER) == NULL &&
        now >= ms->restart_at[ROLE_RESOLVER])
        start(ms, ROLE_RESOLVER, 0);
    if (signer_is_wanted(ms->conf) && master_find_role(ms, ROLE_SIGNER) == NULL &&
        now >= ms->restart_at[ROLE_SIGNER])
        start(ms, ROLE_SIGNER, 0);
    if (ms->doors[DOOR_WEB] >= 0 && master_find_role(ms, ROLE_WEB) == NULL &&
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

void master_check_ready(struct master *ms)
{
    unsigned up = 0;
    for (size_t i = 0; i < ms->n; i++)
        up += ms->child[i].is_ready && ms->child[i].role == ROLE_SCANNER;
    struct child *signer = master_find_role(ms, ROLE_SIGNER);
    bool has_keys = !signer_is_wanted(ms->conf) || (signer && signer->is_ready);
    struct child *web = master_find_role(ms, ROLE_WEB);
    bool has_pages = ms->doors[DOOR_WEB] < 0 || (web && web->is_ready);
    if (!ms->is_ready && up >= ms->scanners && has_keys && has_pages) {
        ms->is_ready = true;
        log_event(LOG_INFO, "ready", "version", LOG_S(MUSTER_VERSION), "scanners",
                  LOG_I(ms->scanners), NULL);
        notify_state("READY=1");
    }
}

void master_tell_refused(struct master *ms)
{
    struct child *keeper = master_find_role(ms, ROLE_KEEPER);
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
            master_tell_refused(ms);
        master_keep_up(ms);
        master_check_ready(ms);
    } else if (m->type == IPC_CHILDREN && c->role == ROLE_KEEPER) {
        tell_children(ms, ch, m->tag);
    }
}
