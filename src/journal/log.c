/* The journal's writer: opening, the batch, commits, new segments. See log.h. */
#include "journal/log_internal.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEGMENT_BYTES (16u << 20)

bool write_all(int fd, struct slice s)
{
    while (s.n) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0) {
            errno = ENOSPC;
            return false;
        }
        s = slice_from(s, (size_t)n);
    }
    return true;
}

/* Keeps the bytes that are about to be cut, for study; best effort. */
static void keep_torn(struct journal *j, const char *name, struct slice torn)
{
    char path[JOURNAL_NAME_MOST + 8];
    snprintf(path, sizeof(path), "%s.torn", name);
    int fd = openat(j->dir_fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (!write_all(fd, torn))
        unlinkat(j->dir_fd, path, 0);
    close(fd);
}

/* The last segment has bytes at its end that are no event and were never promised. */
static int cut_tail(struct journal *j, const char *name, struct slice bytes,
                    const struct segment_check *c, struct err *e)
{
    j->cut_bytes = bytes.n - c->good_bytes;
    snprintf(j->cut_words, sizeof(j->cut_words), "%.120s/%s: byte %llu: %.80s", j->dir, name,
             (unsigned long long)c->good_bytes, c->why);
    log_event(LOG_WARN, "journal_tail_cut", "file", LOG_S(name), "offset", LOG_I(c->good_bytes),
              "bytes", LOG_I(j->cut_bytes), "why", LOG_S(c->why), NULL);
    if (j->read_only)
        return 0;
    keep_torn(j, name, slice_from(bytes, (size_t)c->good_bytes));
    if (c->good_bytes == 0) {
        if (unlinkat(j->dir_fd, name, 0) < 0)
            return err_errno(e, "%s/%s", j->dir, name);
        return 0;
    }
    int fd = openat(j->dir_fd, name, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || ftruncate(fd, (off_t)c->good_bytes) < 0 || fsync(fd) < 0) {
        err_errno(e, "%s/%s: cutting the torn tail", j->dir, name);
        if (fd >= 0)
            close(fd);
        return e ? e->code : ERR_IO;
    }
    close(fd);
    return 0;
}

/* Walks the last segment. *out_again: it held nothing at all and is gone, look at the one before.
 */
static int recover_last(struct journal *j, bool *out_again, struct err *e)
{
    char name[JOURNAL_NAME_MOST];
    segment_name(j->last_file, name);
    struct slice bytes;
    int r = segment_map(j->dir_fd, j->dir, j->last_file, &bytes, e);
    if (r < 0)
        return r;
    struct segment_check c;
    segment_check(bytes, 0, &c);
    if (c.is_damaged && c.is_promised)
        r = err_set(
            e, ERR_CORRUPT,
            "%s/%s: byte %llu: %s; events behind it are whole, so nothing was cut: restore a "
            "backup or see `muster journal verify`",
            j->dir, name, (unsigned long long)c.good_bytes, c.why);
    else if (c.is_damaged)
        r = cut_tail(j, name, bytes, &c, e);
    segment_unmap(bytes);
    if (r < 0)
        return r;
    *out_again = c.good_bytes == 0;
    if (*out_again) {
        j->last_file = j->last_file == j->first_file ? 0 : j->last_file - 1;
        j->first_file = j->last_file ? j->first_file : 0;
        return 0;
    }
    memcpy(j->node, c.header.node, 16);
    j->end = j->synced_end = c.good_bytes;
    j->written = j->synced = c.records ? c.last_seq : c.header.first_seq - 1;
    if (c.header.last_seq > j->written)
        j->written = j->synced = c.header.last_seq; /* thinned to nothing */
    j->next = j->written + 1;
    return 0;
}

/* Sizes of all files and the first sequence. */
static int measure(struct journal *j, struct err *e)
{
    for (uint32_t n = j->first_file; n && n <= j->last_file; n++) {
        char name[JOURNAL_NAME_MOST];
        struct stat st;
        segment_name(n, name);
        if (fstatat(j->dir_fd, name, &st, 0) < 0)
            return err_errno(e, "%s/%s", j->dir, name);
        j->size.segments++;
        if (n < j->last_file)
            j->size.bytes += (uint64_t)st.st_size;
    }
    if (j->first_file == 0)
        return 0;
    struct slice bytes;
    struct segment_header h;
    int r = segment_map(j->dir_fd, j->dir, j->first_file, &bytes, e);
    if (r < 0)
        return r;
    r = segment_header_unpack(bytes, &h, e);
    segment_unmap(bytes);
    if (r < 0)
        return err_prefix(e, "%s/%08u.seg: ", j->dir, j->first_file);
    j->first_seq = h.first_seq;
    j->size.oldest_us = h.made_us;
    return 0;
}

static int open_last(struct journal *j, struct err *e)
{
    if (j->last_file == 0 || j->read_only)
        return 0;
    char name[JOURNAL_NAME_MOST];
    segment_name(j->last_file, name);
    j->fd = openat(j->dir_fd, name, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (j->fd < 0 && (errno == EROFS || errno == EACCES)) {
        j->read_only = true;
        return 0;
    }
    /* After a kill the last events may be in the cache alone; from here on they count. */
    if (j->fd < 0 || fdatasync(j->fd) < 0)
        return err_errno(e, "%s/%s", j->dir, name);
    return 0;
}

int journal_open(const char *dir, const struct journal_options *options, struct err *e,
                 struct journal **out)
{
    struct journal *j = calloc(1, sizeof(*j));
    if (j == NULL || (j->dir = strdup(dir)) == NULL)
        BUG("out of memory");
    j->fd = -1;
    j->segment_bytes = options && options->segment_bytes ? options->segment_bytes : SEGMENT_BYTES;
    j->read_only = options && options->read_only;
    j->batch = BUF_INIT(JOURNAL_BATCH_MOST);
    j->payload = BUF_INIT(EVENT_MOST + 1);
    if (!j->read_only && mkdir(dir, 0700) < 0 && errno != EEXIST && errno != EROFS &&
        errno != EACCES) {
        int r = err_errno(e, "%s", dir);
        j->dir_fd = -1;
        journal_close(j);
        return r;
    }
    j->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = j->dir_fd < 0 ? err_errno(e, "%s", dir) : 0;
    if (r == 0 && faccessat(j->dir_fd, ".", W_OK, AT_EACCESS) < 0)
        j->read_only = true;
    if (r == 0)
        r = segment_list(j->dir_fd, dir, &j->first_file, &j->last_file, e);
    bool again = r == 0;
    while (r == 0 && again && j->last_file)
        r = recover_last(j, &again, e);
    if (r == 0 && j->last_file == 0) {
        rand_bytes(j->node, 16);
        j->next = 1;
    }
    if (r == 0)
        r = measure(j, e);
    if (r == 0)
        r = open_last(j, e);
    if (r < 0) {
        journal_close(j);
        return r;
    }
    *out = j;
    return 0;
}

void journal_close(struct journal *j)
{
    if (j == NULL)
        return;
    if (j->fd >= 0)
        close(j->fd);
    if (j->dir_fd >= 0)
        close(j->dir_fd);
    buf_fini(&j->batch);
    buf_fini(&j->payload);
    free(j->dir);
    free(j);
}

int journal_append(struct journal *j, const struct event *ev, struct err *e, uint64_t *out_seq)
{
    if (j->read_only)
        return err_set(e, ERR_FULL, "%s: the journal is read-only", j->dir);
    const struct event_info *info = event_info(ev->kind);
    buf_reset(&j->payload);
    int r = event_pack(ev, &j->payload, e);
    if (r < 0)
        return r;
    if (j->batch.n + SEGMENT_FRAME + j->payload.n > j->batch.max)
        return err_set(e, ERR_LIMIT, "more than %u bytes of events in one batch",
                       JOURNAL_BATCH_MOST);
    struct record record = {.seq = j->next,
                            .synced = j->synced,
                            .at_us = ev->at_us ? ev->at_us : clock_now_us(),
                            .kind = (uint16_t)ev->kind,
                            .version = info->version,
                            .payload = buf_slice(&j->payload)};
    memcpy(record.node, j->node, 16);
    record_pack(&record, &j->batch);
    if (out_seq)
        *out_seq = j->next;
    j->next++;
    return 0;
}

/* Waits for the disk. On failure the file is cut back to what is surely there. */
static int sync_file(struct journal *j, struct err *e)
{
    if (j->fd < 0 || j->synced == j->written)
        return 0;
    if (fdatasync(j->fd) == 0) {
        j->synced = j->written;
        j->synced_end = j->end;
        return 0;
    }
    int r = err_errno(e, "%s: waiting for the disk", j->dir);
    j->failed = ftruncate(j->fd, (off_t)j->synced_end) < 0;
    j->written = j->synced;
    j->end = j->synced_end;
    return r;
}

/* Ends the current file and begins the next one. */
static int new_segment(struct journal *j, struct err *e)
{
    int r = sync_file(j, e);
    if (r < 0)
        return r;
    char name[JOURNAL_NAME_MOST];
    segment_name(j->last_file + 1, name);
    struct segment_header h = {.first_seq = j->written + 1, .made_us = clock_now_us()};
    memcpy(h.node, j->node, 16);
    struct buf head = BUF_INIT(SEGMENT_HEADER);
    segment_header_pack(&h, &head);
    int fd = openat(j->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    bool done = fd >= 0 && write_all(fd, buf_slice(&head)) && fsync(fd) == 0 &&
                fsync(j->dir_fd) == 0;
    buf_fini(&head);
    if (!done) {
        r = err_errno(e, "%s/%s", j->dir, name);
        if (fd >= 0) {
            unlinkat(j->dir_fd, name, 0);
            close(fd);
        }
        return r;
    }
    if (j->fd >= 0)
        close(j->fd);
    j->size.bytes += j->last_file ? j->end : 0;
    j->size.segments++;
    j->fd = fd;
    j->last_file++;
    j->end = j->synced_end = SEGMENT_HEADER;
    if (j->first_file == 0) {
        j->first_file = j->last_file;
        j->first_seq = h.first_seq;
        j->size.oldest_us = h.made_us;
    }
    return 0;
}

static int write_batch(struct journal *j, struct err *e)
{
    if (j->failed)
        return err_set(e, ERR_IO,
                       "%s: an earlier write failed and could not be taken back; start anew",
                       j->dir);
    if (j->fd < 0 || j->end >= j->segment_bytes) {
        int r = new_segment(j, e);
        if (r < 0)
            return r;
    }
    if (!write_all(j->fd, buf_slice(&j->batch))) {
        int r = err_errno(e, "%s/%08u.seg", j->dir, j->last_file);
        j->failed = ftruncate(j->fd, (off_t)j->end) < 0;
        return r;
    }
    j->end += j->batch.n;
    j->written = j->next - 1;
    return 0;
}

int journal_commit(struct journal *j, bool durable, struct err *e)
{
    int r = j->batch.n ? write_batch(j, e) : 0;
    buf_reset(&j->batch);
    if (r == 0 && durable)
        r = sync_file(j, e);
    j->next = j->written + 1;
    return r;
}

bool journal_is_read_only(const struct journal *j)
{
    return j->read_only;
}

uint64_t journal_first(const struct journal *j)
{
    return j->first_seq;
}

uint64_t journal_last(const struct journal *j)
{
    return j->written;
}

uint64_t journal_synced(const struct journal *j)
{
    return j->synced;
}

const unsigned char *journal_node(const struct journal *j)
{
    return j->node;
}

uint64_t journal_cut(const struct journal *j, const char **out_words)
{
    *out_words = j->cut_words;
    return j->cut_bytes;
}

void journal_size(const struct journal *j, struct journal_size *out)
{
    *out = j->size;
    out->bytes += j->last_file ? j->end : 0;
    out->pending = j->next - 1 - j->synced;
    out->batch_bytes = j->batch.n;
}
