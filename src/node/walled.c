/* Work in a child without rights. See walled.h. */
#include "node/walled.h"
#include "base/pack.h"
#include "node/ipc.h"
#include "node/process.h"

#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MS (60 * 60 * 1000)

enum tag { TAG_MESSAGE, TAG_DONE, TAG_ERROR };

int walled_tell(int out, struct slice message, struct err *e)
{
    return ipc_write(out, IPC_PARSED, TAG_MESSAGE, message, e);
}

static _Noreturn void child(const struct conf *conf, const struct walled_work *w, int out)
{
    struct err e = {0};
    struct buf text = BUF_INIT(1024);
    /* The files stand in the places of doors: these are what process_begin leaves open. */
    struct child_start s = {.role = ROLE_PARSER,
                            .conf = conf,
                            .master_fd = out,
                            .base_fd = -1,
                            .doors = {w->fds[0], w->fds[1], w->fds[2], -1, -1}};
    process_begin(&s);
    signal(SIGINT, SIG_DFL);
    int rc = sandbox_drop("nobody", &e);
    if (rc == 0)
        rc = sandbox_enter(ROLE_PARSER, NULL, &e);
    if (rc == 0)
        rc = w->work(w->arg, out, &e);
    fflush(stdout);
    pack_i64(&text, rc);
    buf_str(&text, rc < 0 ? e.text : "");
    rc = ipc_write(out, IPC_PARSED, rc < 0 ? TAG_ERROR : TAG_DONE, buf_slice(&text), &e);
    _exit(rc < 0 ? 3 : 0);
}

static int listen_to(int fd, const struct walled_work *w, struct err *e)
{
    struct ipc_reader in = {BUF_INIT(IPC_MOST + 64 * 1024), 0};
    struct ipc_message m;
    int rc;
    for (;;) {
        rc = ipc_read(fd, &in, &m, ANSWER_MS, e);
        if (rc == ERR_CLOSED)
            rc = err_set(e, ERR_CLOSED, "the reader crashed on this input");
        if (rc < 0)
            break;
        struct unpack u = {.rest = m.payload};
        if (m.tag == TAG_MESSAGE) {
            rc = w->take ? w->take(w->arg, m.payload, e) : 0;
            if (rc < 0)
                break;
            continue;
        }
        rc = (int)unpack_i64(&u);
        if (m.tag == TAG_ERROR)
            rc = err_set(e, rc < 0 ? rc : ERR_IO, "%.*s", SLICE_ARG(u.rest));
        break;
    }
    buf_fini(&in.in);
    return rc;
}

int walled_run(const struct conf *conf, const struct walled_work *w, struct err *e)
{
    int pair[2], status;
    fflush(stdout);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return err_errno(e, "starting the reader");
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        child(conf, w, pair[1]);
    }
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return err_errno(e, "starting the reader");
    }
    int rc = listen_to(pair[0], w, e);
    close(pair[0]);
    waitpid(pid, &status, 0);
    return rc;
}
