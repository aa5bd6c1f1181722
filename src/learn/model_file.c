/* Model files: making, checking, mapping, saving. The formats are told in model.h. */
#include "learn/model.h"

#include "base/rand.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char MAGIC[8] = {'M', 'U', 'S', 'T', 'E', 'R', 'W', '\n'};

_Static_assert(sizeof(struct model_header) <= MODEL_HEADER, "the header fits its page");
_Static_assert(sizeof(struct model_cell) == 8, "cells are packed");
_Static_assert(sizeof(struct fusion) % sizeof(double) == 0, "fusion is doubles only");

static size_t file_bytes(uint32_t slots)
{
    return MODEL_HEADER + (size_t)slots * sizeof(struct model_cell);
}

/* A live file's, and that of a model in memory. */
static size_t live_bytes(uint32_t slots)
{
    return file_bytes(slots) + (size_t)slots * sizeof(int16_t);
}

static struct slice cells_bytes(const struct model *m)
{
    return slice_of((const char *)m->cells, ((size_t)m->mask + 1) * sizeof(struct model_cell));
}

static uint32_t identity_crc(const struct model_header *h)
{
    return hash_crc32c(0, slice_of((const char *)h, offsetof(struct model_header, identity_crc)));
}

static uint32_t state_crc(const struct model_state *s)
{
    return hash_crc32c(0, slice_of((const char *)s, sizeof *s));
}

/* Points a model at its mapped bytes. */
static void attach(struct model *m, void *bytes, size_t n, int fd)
{
    m->head = bytes;
    m->cells = (struct model_cell *)(void *)((char *)bytes + MODEL_HEADER);
    m->mask = m->head->slots - 1;
    m->brief = m->head->is_snapshot ? NULL : (int16_t *)(void *)(m->cells + m->head->slots);
    m->own_brief = NULL;
    m->map_bytes = n;
    m->fd = fd;
    for (uint64_t c = 0; c < CHANNELS; c++) {
        uint64_t second = c + CHANNELS;
        m->key[c] = hash_sip(slice_of((const char *)&c, sizeof c), m->head->salt);
        m->factor[c] = hash_sip(slice_of((const char *)&second, sizeof second), m->head->salt) | 1;
    }
}

static void fill_header(struct model_header *h, uint32_t slots, const unsigned char *salt)
{
    memset(h, 0, MODEL_HEADER);
    memcpy(h->magic, MAGIC, sizeof MAGIC);
    h->version = MODEL_VERSION;
    h->features_version = FEATURES_VERSION;
    h->slots = slots;
    if (salt)
        memcpy(h->salt, salt, sizeof h->salt);
    fusion_init(&h->state.fusion);
    h->identity_crc = identity_crc(h);
}

void model_new(uint32_t slots, const unsigned char *salt, struct model *out)
{
    size_t n = live_bytes(slots);
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        BUG("no memory for a model");
    fill_header(p, slots, salt);
    attach(out, p, n, -1);
}

void model_close(struct model *m)
{
    if (m->head)
        munmap(m->head, m->map_bytes);
    if (m->fd >= 0)
        close(m->fd);
    free(m->own_brief);
    *m = (struct model){.fd = -1};
}

void model_reset(struct model *m)
{
    unsigned char salt[sizeof m->head->salt];
    memcpy(salt, m->head->salt, sizeof salt);
    fill_header(m->head, m->mask + 1, salt);
    memset(m->cells, 0, cells_bytes(m).n);
    model_brief_all(m);
}

uint64_t model_hash(const struct model *m)
{
    struct model_state s = m->head->state;
    s.upto = 0;
    return hash_bytes(slice_of((const char *)&s, sizeof s), hash_bytes(cells_bytes(m), 0));
}

void model_live_path(const char *path, char *out, size_t room)
{
    snprintf(out, room, "%s.live", path);
}

/* Says in one line what is wrong with the header of a file of n bytes, or 0. */
static int check_header(const struct model_header *h, size_t n, const char *path, struct err *e)
{
    if (n < MODEL_HEADER)
        return err_set(e, ERR_CORRUPT, "%s: cut off: %zu bytes are no model", path, n);
    if (memcmp(h->magic, MAGIC, sizeof MAGIC) != 0)
        return err_set(e, ERR_CORRUPT, "%s: not a model of muster", path);
    if (h->version != MODEL_VERSION)
        return err_set(e, ERR_CORRUPT, "%s: model version %u, this program reads %d", path,
                       h->version, MODEL_VERSION);
    if (h->identity_crc != identity_crc(h))
        return err_set(e, ERR_CORRUPT, "%s: the header's checksum is wrong", path);
    if (h->features_version != FEATURES_VERSION)
        return err_set(e, ERR_CORRUPT, "%s: feature set %u, this program makes %d: rebuild it",
                       path, h->features_version, FEATURES_VERSION);
    if (h->slots < MODEL_SLOTS_MIN || h->slots > MODEL_SLOTS_MAX || (h->slots & (h->slots - 1)))
        return err_set(e, ERR_CORRUPT, "%s: %u is no valid number of weights", path, h->slots);
    size_t due = h->is_snapshot ? file_bytes(h->slots) : live_bytes(h->slots);
    if (n != due)
        return err_set(e, ERR_CORRUPT, "%s: cut off: %zu bytes where %zu should be", path, n, due);
    return 0;
}

static bool is_sane(const struct fusion *f)
{
    const double *v = (const double *)f;
    for (size_t i = 0; i < sizeof *f / sizeof *v; i++) {
        if (!(v[i] > -1e9 && v[i] < 1e15)) /* NaN fails too */
            return false;
    }
    return true;
}

static int check_body(const struct model *m, const char *path, struct err *e)
{
    const struct model_header *h = m->head;
    if (!is_sane(&h->state.fusion))
        return err_set(e, ERR_CORRUPT, "%s: the header holds impossible numbers", path);
    if (!h->is_snapshot)
        return 0;
    if (h->state_crc != state_crc(&h->state))
        return err_set(e, ERR_CORRUPT, "%s: the state's checksum is wrong", path);
    if (h->cells_hash != hash_bytes(cells_bytes(m), 0))
        return err_set(e, ERR_CORRUPT, "%s: the weights' checksum is wrong", path);
    return 0;
}

static void add_brief(struct model *m)
{
    m->brief = m->own_brief = malloc(((size_t)m->mask + 1) * sizeof *m->brief);
    if (m->brief == NULL)
        BUG("no memory for a model");
    model_brief_all(m);
}

int model_map(const char *path, struct err *e, struct model *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, "%s", path);
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return err_set(e, ERR_CORRUPT, "%s: not a model of muster", path);
    }
    size_t n = (size_t)st.st_size;
    void *p = n < MODEL_HEADER ? NULL : mmap(NULL, n, PROT_READ, MAP_SHARED, fd, 0);
    int errno_map = errno;
    close(fd);
    if (p == MAP_FAILED)
        return err_set(e, ERR_IO, "%s: cannot be mapped: %s", path, strerror(errno_map));
    int rc = check_header(p, n, path, e);
    if (rc == 0) {
        struct model m;
        attach(&m, p, n, -1);
        rc = check_body(&m, path, e);
        if (rc == 0) {
            if (m.brief == NULL)
                add_brief(&m);
            *out = m;
            return 0;
        }
    }
    if (p)
        munmap(p, n);
    return rc;
}

/* ---- writing ---- */

static int write_all(int fd, const void *p, size_t n)
{
    const char *at = p;
    while (n) {
        ssize_t w = write(fd, at, n < (1u << 20) ? n : (1u << 20));
        if (w < 0 && errno == EINTR)
            continue;
        if (w <= 0)
            return -1;
        at += w;
        n -= (size_t)w;
    }
    return 0;
}

/* The rename itself must survive a power cut too. */
static void sync_folder(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash)
        *(slash == folder ? slash + 1 : slash) = 0;
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)!fsync(fd);
        close(fd);
    }
}

int model_save(const struct model *m, const char *path, struct err *e)
{
    char temp[PATH_MAX];
    if ((size_t)snprintf(temp, sizeof temp, "%s.new", path) >= sizeof temp)
        return err_set(e, ERR_USAGE, "%s: path too long", path);
    char page[MODEL_HEADER] = {0};
    struct model_header h = *m->head;
    h.is_snapshot = 1;
    h.identity_crc = identity_crc(&h);
    h.state_crc = state_crc(&h.state);
    h.cells_hash = hash_bytes(cells_bytes(m), 0);
    memcpy(page, &h, sizeof h);

    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0)
        return err_errno(e, "%s", temp);
    struct slice cells = cells_bytes(m);
    if (write_all(fd, page, sizeof page) < 0 || write_all(fd, cells.p, cells.n) < 0 ||
        fsync(fd) < 0) {
        int rc = err_errno(e, "%s", temp);
        close(fd);
        unlink(temp);
        return rc;
    }
    close(fd);
    if (rename(temp, path) < 0)
        return err_errno(e, "%s", path);
    sync_folder(path);
    return 0;
}

/* Opens PATH.live with the right size. A file of another size is replaced, not cut: scanners
 * may still have it mapped. Space is taken at once, because a full disk under a mapping kills. */
static int open_sized(const char *live, size_t n, struct err *e)
{
    int fd = open(live, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0)
        return err_errno(e, "%s", live);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        close(fd);
        return err_set(e, ERR_DENIED, "%s: another process is learning", live);
    }
    struct stat st;
    if (fstat(fd, &st) == 0 && st.st_size != 0 && (size_t)st.st_size != n) {
        unlink(live);
        close(fd);
        fd = open(live, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
        if (fd < 0)
            return err_errno(e, "%s", live);
        (void)flock(fd, LOCK_EX | LOCK_NB);
    }
    errno = posix_fallocate(fd, 0, (off_t)n);
    if (errno) {
        int rc = err_errno(e, "%s", live);
        close(fd);
        return rc;
    }
    return fd;
}

int model_open_live(const char *path, uint32_t slots, struct err *e, struct model *out)
{
    struct model from = {.fd = -1};
    int rc = model_map(path, e, &from);
    if (rc == ERR_NOENT) {
        unsigned char salt[16];
        rand_bytes(salt, sizeof salt);
        model_new(slots, salt, &from);
    } else if (rc < 0) {
        return rc;
    }
    char live[PATH_MAX];
    model_live_path(path, live, sizeof live);
    size_t n = live_bytes(from.mask + 1);
    int fd = open_sized(live, n, e);
    if (fd < 0) {
        model_close(&from);
        return fd;
    }
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) {
        rc = err_errno(e, "%s", live);
        close(fd);
        model_close(&from);
        return rc;
    }
    memcpy(p, from.head, file_bytes(from.mask + 1));
    struct model_header *h = p;
    h->is_snapshot = 0;
    h->state_crc = 0;
    h->cells_hash = 0;
    h->identity_crc = identity_crc(h);
    attach(out, p, n, fd);
    model_brief_all(out);
    model_close(&from);
    return 0;
}
