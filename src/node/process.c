/* How a child begins. See process.h. */
#include "node/process.h"
#include "base/log.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int by_number(const void *x, const void *y)
{
    return *(const int *)x - *(const int *)y;
}

/* Everything above stderr that the child was not given is closed. */
static void close_others(const struct child_start *s)
{
    int keep[DOORS + 3] = {s->master_fd};
    size_t n = 1;
    if (s->base_fd >= 0)
        keep[n++] = s->base_fd;
    if (s->lookup_fd > 0)
        keep[n++] = s->lookup_fd;
    for (int i = 0; i < DOORS; i++) {
        if (s->doors[i] >= 0)
            keep[n++] = s->doors[i];
    }
    qsort(keep, n, sizeof(keep[0]), by_number);
    unsigned from = STDERR_FILENO + 1;
    for (size_t i = 0; i < n; i++) {
        unsigned fd = (unsigned)keep[i];
        if (fd > from)
            syscall(SYS_close_range, from, fd - 1, 0);
        if (fd >= from)
            from = fd + 1;
    }
    syscall(SYS_close_range, from, ~0u, 0);
}

void process_begin(const struct child_start *s)
{
    char name[32];
    static const int signals[] = {SIGHUP, SIGINT, SIGTERM, SIGCHLD, SIGUSR1, SIGUSR2};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        signal(signals[i], SIG_DFL);
    signal(SIGINT, SIG_IGN); /* ^C on a terminal is master's business */
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0); /* no orphans when master is killed */
    if (s->role == ROLE_SCANNER)
        snprintf(name, sizeof(name), "%s-%u", role_name(s->role), s->index);
    else
        snprintf(name, sizeof(name), "%s", role_name(s->role));
    prctl(PR_SET_NAME, name, 0, 0, 0); /* the kernel keeps 15 bytes */
    close_others(s);
    log_init(name, (enum log_level)node_main(s->conf)->log_level, STDERR_FILENO);
}

int process_close_walls(const struct child_start *s, const char *const *dirs, struct ipc *master,
                        struct err *e)
{
    int rc = sandbox_enter(s->role, dirs, e);
    if (rc == 0)
        ipc_send(master, IPC_READY, 0, SLICE(""));
    return rc;
}
