/* Answers for the command line. See lookup.h. */
#include "node/lookup.h"
#include "ask/batch.h"
#include "ask/zone.h"
#include "base/clock.h"
#include "node/ipc.h"
#include "node/resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ZONE_MOST   (64 * 1024 * 1024)
#define BATCH_BYTES (256u * 1024)
#define GRACE_MS    300 /* the resolver's own deadline comes first */

struct lookup {
    struct arena *arena;
    struct zone *zone; /* NULL: the resolver process answers */
    int fd;
    pid_t pid;
    pid_t owner; /* who may end it: not the reader of mail that was forked later */
    int64_t wait_us;
    uint64_t tag;
    struct ipc_reader in;
};

static int read_zone(struct lookup *l, const char *path, struct err *e)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0) {
        if (fd >= 0)
            close(fd);
        return err_errno(e, "--zone %s", path);
    }
    int rc = 0;
    size_t n = 0;
    if (!S_ISREG(st.st_mode) || st.st_size > ZONE_MOST)
        rc = err_set(e, ERR_LIMIT, "--zone %s: not a file of at most 64 MiB", path);
    char *text = rc == 0 ? arena_bytes(l->arena, (size_t)st.st_size) : NULL;
    while (rc == 0 && n < (size_t)st.st_size) {
        ssize_t got = read(fd, text + n, (size_t)st.st_size - n);
        if (got < 0 && errno != EINTR)
            rc = err_errno(e, "--zone %s", path);
        if (got == 0)
            break;
        n += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    if (rc == 0 && (rc = zone_parse(l->arena, slice_of(text, n), e, &l->zone)) < 0)
        rc = err_prefix(e, "--zone %s: ", path);
    return rc;
}

int lookup_open(const struct conf *c, const char *zone, struct err *e, struct lookup **out)
{
    *out = NULL;
    if (zone == NULL && !resolver_is_wanted(c))
        return 0;
    struct lookup *l = calloc(1, sizeof(*l));
    if (l == NULL)
        BUG("out of memory");
    l->arena = arena_new(0);
    l->fd = -1;
    l->pid = -1;
    l->owner = getpid();
    l->wait_us = node_dns(c)->wait;
    l->in.in = BUF_INIT(IPC_MOST + 64 * 1024);
    int rc = zone ? read_zone(l, zone, e) : resolver_spawn(c, e, &l->fd, &l->pid);
    if (rc < 0)
        lookup_close(l);
    else
        *out = l;
    return rc;
}

void lookup_close(struct lookup *l)
{
    if (l == NULL)
        return;
    if (l->fd >= 0)
        close(l->fd);
    if (l->pid > 0 && l->owner == getpid())
        waitpid(l->pid, NULL, 0);
    buf_fini(&l->in.in);
    arena_free(l->arena);
    free(l);
}

int lookup_fd(const struct lookup *l)
{
    return l && l->fd > 0 ? l->fd : 0;
}

/* Sends all new questions and takes answers until none is waited for. */
static int talk(struct lookup *l, struct ask *q, int64_t until_us, struct err *e)
{
    struct buf b = BUF_INIT(BATCH_BYTES);
    int rc = 0;
    while (rc == 0 && ask_is_pending(q)) {
        int64_t left = (until_us - clock_mono_us()) / 1000;
        struct ipc_message m;
        buf_reset(&b);
        if (batch_pack(&b, q, left > 0 ? (uint32_t)left : 0))
            rc = ipc_write(l->fd, IPC_RESOLVE, ++l->tag, buf_slice(&b), e);
        if (rc == 0 && ask_waiting(q))
            rc = ipc_read(l->fd, &l->in, &m, (left > 0 ? left : 0) + GRACE_MS, e);
        else
            continue;
        if (rc == 0 && m.type == IPC_RESOLVED && m.tag == l->tag && batch_take(q, m.payload) < 0)
            rc = err_set(e, ERR_PARSE, "the resolver's answer is not well formed");
    }
    buf_fini(&b);
    return rc;
}

void lookup_round(struct lookup *l, struct ask *q, int64_t until_us)
{
    struct err e = {0};
    if (l == NULL) {
        ask_give_up(q, ASK_TIMEOUT, "there is no resolver");
        return;
    }
    if (l->zone) {
        zone_answer(l->zone, q);
        return;
    }
    if (until_us == 0)
        until_us = clock_mono_us() + l->wait_us;
    if (l->fd < 0 || talk(l, q, until_us, &e) < 0)
        ask_give_up(q, ASK_TIMEOUT, l->fd < 0 ? "there is no resolver" : e.text);
}
