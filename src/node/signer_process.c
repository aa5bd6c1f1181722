/* The signer as a process: of the node, and as a child of the command line. See signer.h. */
#include "node/signer.h"

#include "base/log.h"
#include "node/process.h"

#include <errno.h>
#include <event2/event.h>
#include <string.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SCANNERS_MOST (2 * WALLS_SCANNERS)
#define ANSWER_MS     30000

struct signer_process {
    struct event_base *base;
    struct ipc *master, *scanner[SCANNERS_MOST];
    struct signer *signer;
    struct buf out;
};

static void on_scanner(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct signer_process *p = arg;
    if (m == NULL) {
        for (size_t i = 0; i < SCANNERS_MOST; i++) {
            if (p->scanner[i] == ch)
                p->scanner[i] = NULL;
        }
        ipc_free(ch);
    } else if (m->type == IPC_SIGN) {
        buf_reset(&p->out);
        signer_answer(p->signer, m->payload, &p->out);
        ipc_send(ch, IPC_SIGNED, m->tag, buf_slice(&p->out));
    }
}

static void on_master(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct signer_process *p = arg;
    (void)ch;
    if (m == NULL || m->type == IPC_DRAIN) {
        event_base_loopbreak(p->base);
        return;
    }
    if (m->type != IPC_CHANNEL || m->fd < 0)
        return;
    for (size_t i = 0; i < SCANNERS_MOST; i++) {
        if (p->scanner[i] == NULL) {
            p->scanner[i] = ipc_new(p->base, m->fd, on_scanner, p);
            return;
        }
    }
    close(m->fd);
}

/* Keys first, as whoever may read them; then rights and walls. No core file may hold them. */
static int open_keys(const struct conf *conf, struct err *e, struct signer **out)
{
    int rc = signer_open(conf, e, out);
    if (rc == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        rc = err_errno(e, "keeping keys out of core files");
    return rc;
}

int signer_main(const struct child_start *s)
{
    static struct signer_process p;
    struct err e = {0};
    struct arena *a = arena_new(0);
    p.base = event_base_new();
    if (p.base == NULL)
        BUG("no event loop");
    p.out = BUF_INIT(1u << 20);
    p.master = ipc_new(p.base, s->master_fd, on_master, &p);
    if (open_keys(s->conf, &e, &p.signer) < 0 ||
        sandbox_drop(arena_cstr(a, node_main(s->conf)->user), &e) < 0 ||
        process_close_walls(s, NULL, p.master, &e) < 0) {
        log_event(LOG_ERROR, "start", "error", LOG_S(e.text), NULL);
        return 3;
    }
    event_base_dispatch(p.base);
    return 0;
}

/* ---- for the command line ---- */

static _Noreturn void child(const struct conf *conf, int fd)
{
    struct child_start s = {.role = ROLE_SIGNER,
                            .conf = conf,
                            .master_fd = fd,
                            .base_fd = -1,
                            .doors = {-1, -1, -1, -1, -1}};
    struct err e = {0};
    struct signer *signer;
    struct ipc_reader in = {BUF_INIT(IPC_MOST + 64 * 1024), 0};
    struct ipc_message m;
    struct buf out = BUF_INIT(1u << 20);
    process_begin(&s);
    int rc = open_keys(conf, &e, &signer);
    if (rc == 0)
        rc = sandbox_drop("nobody", &e);
    if (rc == 0)
        rc = sandbox_enter(ROLE_SIGNER, NULL, &e);
    rc = ipc_write(fd, IPC_READY, rc < 0, slice_str(e.text), &e);
    while (rc == 0 && ipc_read(fd, &in, &m, INT32_MAX, &e) == 0) {
        buf_reset(&out);
        signer_answer(signer, m.payload, &out);
        rc = ipc_write(fd, IPC_SIGNED, m.tag, buf_slice(&out), &e);
    }
    _exit(0);
}

int signer_child_start(const struct conf *conf, struct err *e, struct signer_child *out)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return err_errno(e, "starting the signer");
    int pid = fork();
    if (pid == 0) {
        close(pair[0]);
        child(conf, pair[1]);
    }
    close(pair[1]);
    *out = (struct signer_child){pair[0], pid};
    if (pid < 0) {
        signer_child_stop(out);
        return err_errno(e, "starting the signer");
    }
    struct ipc_reader in = {BUF_INIT(65536), 0};
    struct ipc_message m;
    int rc = ipc_read(out->fd, &in, &m, ANSWER_MS, e);
    if (rc == 0 && m.tag != 0)
        rc = err_set(e, ERR_DENIED, "%.*s", SLICE_ARG(m.payload));
    buf_fini(&in.in);
    if (rc < 0)
        signer_child_stop(out);
    return rc;
}

int signer_child_ask(struct signer_child *c, struct arena *a, struct slice orders, struct err *e,
                     struct sign_answer *out)
{
    struct ipc_reader in = {BUF_INIT(1u << 20), 0};
    struct ipc_message m;
    int rc = ipc_write(c->fd, IPC_SIGN, 1, orders, e);
    if (rc == 0)
        rc = ipc_read(c->fd, &in, &m, ANSWER_MS, e);
    if (rc == 0 && !signer_answer_unpack(a, m.payload, out))
        rc = err_set(e, ERR_PARSE, "the signer's answer is not well formed");
    buf_fini(&in.in);
    return rc;
}

void signer_child_stop(struct signer_child *c)
{
    int status;
    if (c->fd >= 0)
        close(c->fd);
    if (c->pid > 0)
        waitpid(c->pid, &status, 0);
    *c = (struct signer_child){-1, -1};
}
