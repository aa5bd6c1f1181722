/* Proofs of passwords. See hasher.h. */
#include "node/hasher.h"
#include "base/log.h"
#include "node/ipc.h"
#include "node/sandbox.h"

#include <event2/event.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define JOBS_MOST 16 /* that wait; at a tenth of a second each, more are told to come again */
#define OPS_MOST  10
#define MEM_LEAST 8192
#define MEM_MOST  (256u * 1024)

struct job {
    uint64_t tag;
    hasher_done *done;
    void *arg;
};

struct hasher {
    struct ipc *ch;
    struct job job[JOBS_MOST];
    unsigned n;
    uint64_t next_tag;
    void (*dead)(void *arg);
    void *arg;
};

int hasher_proof(struct slice password, const unsigned char salt[HASHER_SALT], unsigned ops,
                 unsigned mem_kib, struct err *e, unsigned char out[HASHER_PROOF])
{
    if (ops < 1 || ops > OPS_MOST || mem_kib < MEM_LEAST || mem_kib > MEM_MOST ||
        password.n > HASHER_WORD)
        return err_set(e, ERR_USAGE, "these costs or this password are out of bounds");
    if (crypto_pwhash(out, HASHER_PROOF, password.p, password.n, salt, ops, (size_t)mem_kib * 1024,
                      crypto_pwhash_ALG_ARGON2ID13) < 0)
        return err_set(e, ERR_LIMIT, "there is no memory for a proof of the password");
    return 0;
}

/* ---- the child ---- */

static void serve(int fd)
{
    struct ipc_reader reader = {.in = BUF_INIT(1u << 20)};
    struct ipc_message m;
    struct err e = {0};
    while (ipc_read(fd, &reader, &m, -1, &e) == 0) {
        struct unpack u = {.rest = m.payload};
        unsigned ops = unpack_u32(&u), mem = unpack_u32(&u);
        struct slice salt = unpack_fixed(&u, HASHER_SALT), word = unpack_bytes(&u);
        unsigned char proof[HASHER_PROOF];
        struct err bad = {0};
        bool ok = unpack_done(&u) && salt.n == HASHER_SALT &&
                  hasher_proof(word, (const unsigned char *)salt.p, ops, mem, &bad, proof) == 0;
        int rc = ipc_write(fd, IPC_ANSWER, m.tag,
                           ok ? slice_of((char *)proof, sizeof(proof)) : SLICE(""), &e);
        sodium_memzero(proof, sizeof(proof));
        /* This password, and where it or an earlier one stood; between them stand those that wait.
         */
        sodium_memzero(reader.in.p, reader.used);
        sodium_memzero(reader.in.p + reader.in.n, reader.in.room - reader.in.n);
        if (rc < 0)
            break;
    }
}

static _Noreturn void child(int fd)
{
    struct err e = {0};
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    prctl(PR_SET_NAME, "hasher", 0, 0, 0);
    if (fd != 3)
        dup2(fd, 3);
    syscall(SYS_close_range, 4, ~0u, 0);
    if (sandbox_enter(ROLE_PARSER, NULL, &e) < 0) {
        log_event(LOG_ERROR, "start", "error", LOG_S(e.text), NULL);
        _exit(3);
    }
    serve(3);
    _exit(0);
}

/* ---- the parent ---- */

static struct job *find(struct hasher *h, uint64_t tag)
{
    for (unsigned i = 0; i < h->n; i++)
        if (h->job[i].tag == tag)
            return &h->job[i];
    return NULL;
}

static void on_child(void *arg, struct ipc *ch, const struct ipc_message *m)
{
    struct hasher *h = arg;
    if (m == NULL) {
        ipc_free(ch);
        h->ch = NULL;
        while (h->n) {
            struct job job = h->job[--h->n];
            job.done(job.arg, NULL);
        }
        h->dead(h->arg);
        return;
    }
    struct job *at = find(h, m->tag);
    if (at == NULL)
        return;
    struct job job = *at;
    *at = h->job[--h->n];
    job.done(job.arg, m->payload.n == HASHER_PROOF ? (const unsigned char *)m->payload.p : NULL);
}

int hasher_start(struct event_base *base, void (*dead)(void *arg), void *arg, struct err *e,
                 struct hasher **out)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return err_errno(e, "starting the child for passwords");
    pid_t pid = fork();
    if (pid < 0)
        return err_errno(e, "starting the child for passwords");
    if (pid == 0) {
        close(pair[0]);
        child(pair[1]);
    }
    close(pair[1]);
    struct hasher *h = calloc(1, sizeof(*h));
    if (h == NULL)
        BUG("out of memory");
    h->dead = dead;
    h->arg = arg;
    h->ch = ipc_new(base, pair[0], on_child, h);
    *out = h;
    return 0;
}

void hasher_ask(struct hasher *h, struct slice password, const unsigned char salt[HASHER_SALT],
                unsigned ops, unsigned mem_kib, hasher_done *done, void *arg)
{
    if (h->ch == NULL || h->n == JOBS_MOST || password.n > HASHER_WORD) {
        done(arg, NULL);
        return;
    }
    struct buf b = BUF_INIT(8192);
    pack_u32(&b, ops);
    pack_u32(&b, mem_kib);
    buf_add(&b, slice_of((const char *)salt, HASHER_SALT));
    pack_bytes(&b, password);
    h->job[h->n++] = (struct job){++h->next_tag, done, arg};
    ipc_send(h->ch, IPC_PARSE, h->next_tag, buf_slice(&b));
    sodium_memzero(b.p, b.n);
    buf_fini(&b);
}

void hasher_free(struct hasher *h)
{
    if (h->ch)
        ipc_free(h->ch);
    free(h);
}
