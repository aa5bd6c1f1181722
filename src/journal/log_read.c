/* Finding and reading segment files: list, map, the reader, verify. See log.h. */
#include "journal/log_internal.h"
#include "base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK (128u << 10)

struct journal_reader {
    const struct journal *j;
    uint64_t from; /* next sequence wanted */
    uint32_t file;
    int fd;
    off_t at; /* in the file, behind what the buffer holds */
    struct buf buf;
    size_t used; /* of the buffer */
};

void segment_name(uint32_t number, char out[JOURNAL_NAME_MOST])
{
    snprintf(out, JOURNAL_NAME_MOST, "%08u.seg", number);
}

/* The number in "00000001.seg", or 0. */
static uint32_t number_of(const char *name)
{
    struct slice s = slice_str(name);
    uint64_t n;
    if (s.n != 12 || !slice_ends(s, SLICE(".seg")) || !slice_u64(slice_head(s, 8), &n))
        return 0;
    return (uint32_t)n;
}

int segment_list(int dir_fd, const char *dir, uint32_t *out_first, uint32_t *out_last,
                 struct err *e)
{
    int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (d == NULL)
        return err_errno(e, "%s", dir);
    uint32_t first = UINT32_MAX, last = 0, count = 0;
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        uint32_t n = number_of(entry->d_name);
        if (n == 0)
            continue;
        count++;
        first = n < first ? n : first;
        last = n > last ? n : last;
    }
    closedir(d);
    if (count && count != last - first + 1)
        for (uint32_t n = first; n < last; n++) {
            char name[JOURNAL_NAME_MOST];
            segment_name(n, name);
            if (faccessat(dir_fd, name, F_OK, 0) < 0)
                return err_set(e, ERR_CORRUPT, "%s/%s is missing between its neighbours", dir,
                               name);
        }
    *out_first = count ? first : 0;
    *out_last = last;
    return 0;
}

int segment_map(int dir_fd, const char *dir, uint32_t number, struct slice *out, struct err *e)
{
    char name[JOURNAL_NAME_MOST];
    struct stat st;
    segment_name(number, name);
    int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0) {
        int r = err_errno(e, "%s/%s", dir, name);
        if (fd >= 0)
            close(fd);
        return r;
    }
    *out = slice_of("", 0);
    if (st.st_size > 0) {
        void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (p == MAP_FAILED) {
            int r = err_errno(e, "%s/%s", dir, name);
            close(fd);
            return r;
        }
        *out = slice_of(p, (size_t)st.st_size);
    }
    close(fd);
    return 0;
}

void segment_unmap(struct slice s)
{
    union {
        const char *c;
        void *p;
    } at = {s.p};
    if (s.n)
        munmap(at.p, s.n);
}

/* Opens a segment and checks its header; *out_first is its first sequence. */
static int open_file(struct journal_reader *r, uint32_t number, uint64_t *out_first, struct err *e)
{
    char name[JOURNAL_NAME_MOST], head[SEGMENT_HEADER];
    segment_name(number, name);
    int fd = openat(r->j->dir_fd, name, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : pread(fd, head, sizeof(head), 0);
    if (n < 0) {
        int code = err_errno(e, "%s/%s", r->j->dir, name);
        if (fd >= 0)
            close(fd);
        return code;
    }
    struct segment_header h;
    int code = segment_header_unpack(slice_of(head, (size_t)n), &h, e);
    if (code < 0) {
        close(fd);
        err_prefix(e, "%s/%s: ", r->j->dir, name);
        return code;
    }
    if (r->fd >= 0)
        close(r->fd);
    r->fd = fd;
    r->file = number;
    r->at = SEGMENT_HEADER;
    r->used = 0;
    buf_reset(&r->buf);
    *out_first = h.first_seq;
    return 0;
}

/* The last segment that begins at or before the wanted sequence, by halving. */
static int seek(struct journal_reader *r, struct err *e)
{
    uint32_t low = r->j->first_file, high = r->j->last_file;
    uint64_t first;
    while (low < high) {
        uint32_t mid = low + (high - low + 1) / 2;
        int code = open_file(r, mid, &first, e);
        if (code < 0)
            return code;
        if (first <= r->from)
            low = mid;
        else
            high = mid - 1;
    }
    return open_file(r, low, &first, e);
}

int journal_read(const struct journal *j, uint64_t from, struct err *e, struct journal_reader **out)
{
    struct journal_reader *r = calloc(1, sizeof(*r));
    if (r == NULL)
        BUG("out of memory");
    r->j = j;
    r->from = from;
    r->fd = -1;
    r->buf = BUF_INIT(SEGMENT_RECORD_MOST + CHUNK);
    int code = j->last_file ? seek(r, e) : 0;
    if (code < 0) {
        journal_reader_free(r);
        return code;
    }
    *out = r;
    return 0;
}

void journal_reader_free(struct journal_reader *r)
{
    if (r == NULL)
        return;
    if (r->fd >= 0)
        close(r->fd);
    buf_fini(&r->buf);
    free(r);
}

/* Reads on in the file; *out_got 0 at its end. */
static int fill(struct journal_reader *r, size_t *out_got, struct err *e)
{
    buf_drop(&r->buf, r->used);
    r->used = 0;
    size_t room;
    char *p = buf_reserve(&r->buf, CHUNK, &room);
    *out_got = 0;
    if (r->file == r->j->last_file) { /* what lies behind may yet be taken back */
        uint64_t left = r->j->synced_end - (uint64_t)r->at;
        room = left < room ? (size_t)left : room;
    }
    ssize_t n = pread(r->fd, p, room, r->at);
    if (n < 0)
        return err_errno(e, "%s/%08u.seg", r->j->dir, r->file);
    buf_wrote(&r->buf, (size_t)n);
    r->at += n;
    *out_got = (size_t)n;
    return 0;
}

static int damaged(const struct journal_reader *r, const char *why, struct err *e)
{
    return err_set(e, ERR_CORRUPT, "%s/%08u.seg: byte %lld: %s", r->j->dir, r->file,
                   (long long)r->at - (long long)(r->buf.n - r->used), why);
}

/* 1 and a record, 0 at the end of all files. */
static int next_record(struct journal_reader *r, struct record *out, struct err *e)
{
    for (;;) {
        size_t need = 0, got = 0;
        enum record_found found = record_unpack(slice_from(buf_slice(&r->buf), r->used), out,
                                                &need);
        if (found == RECORD_OK) {
            r->used += need;
            return 1;
        }
        if (found == RECORD_BAD)
            return damaged(r, "checksum of an event is wrong", e);
        int code = fill(r, &got, e);
        if (code < 0)
            return code;
        if (got)
            continue;
        if (r->file == r->j->last_file)
            return found == RECORD_END ? 0 : damaged(r, "event is cut short", e);
        if (found == RECORD_SHORT)
            return damaged(r, "event is cut short", e);
        uint64_t first;
        if ((code = open_file(r, r->file + 1, &first, e)) < 0)
            return code;
    }
}

int journal_next(struct journal_reader *r, struct event *out, struct err *e)
{
    if (r->j->last_file == 0 || r->from > r->j->synced)
        return 0;
    uint64_t first;
    int code = r->fd < 0 ? open_file(r, r->j->first_file, &first, e) : 0;
    struct record record = {0};
    while (code == 0 && r->from <= r->j->synced && (code = next_record(r, &record, e)) == 1) {
        code = 0;
        if (record.seq < r->from)
            continue;
        r->from = record.seq + 1;
        if (event_info(record.kind) == NULL)
            continue;
        *out = (struct event){.seq = record.seq,
                              .at_us = record.at_us,
                              .kind = (enum event_kind)record.kind,
                              .version = record.version};
        memcpy(out->node, record.node, 16);
        code = event_unpack(record.payload, out, e);
        if (code < 0)
            return err_prefix(e, "%s/%08u.seg: event %llu: ", r->j->dir, r->file,
                              (unsigned long long)record.seq);
        return 1;
    }
    return code;
}

/* One file of a verification; *next is the sequence it must begin with (0: not known). */
static int verify_file(int dir_fd, const char *dir, uint32_t number, uint64_t *next,
                       struct buf *report, struct err *e, uint64_t *out_events)
{
    struct slice bytes;
    int r = segment_map(dir_fd, dir, number, &bytes, e);
    if (r < 0)
        return r;
    struct segment_check c;
    segment_check(bytes, *next, &c);
    *next = c.header.last_seq ? c.header.last_seq + 1
            : c.records       ? c.last_seq + 1
                              : c.header.first_seq;
    *out_events += c.records;
    if (c.is_damaged)
        buf_printf(report, "%s/%08u.seg: byte %llu of %zu: %s\n", dir, number,
                   (unsigned long long)c.good_bytes, bytes.n, c.why);
    uint64_t at = SEGMENT_HEADER;
    while (at < c.good_bytes) {
        struct record record;
        size_t need;
        if (record_unpack(slice_from(bytes, (size_t)at), &record, &need) != RECORD_OK)
            break;
        struct event ev = {.kind = (enum event_kind)record.kind, .version = record.version};
        struct err why = {0};
        int unpacked = event_unpack(record.payload, &ev, &why);
        if (unpacked < 0 && unpacked != ERR_NOENT)
            buf_printf(report, "%s/%08u.seg: event %llu: %s\n", dir, number,
                       (unsigned long long)record.seq, why.text);
        at += need;
    }
    segment_unmap(bytes);
    return 0;
}

int journal_verify(const char *dir, struct buf *report, struct err *e, uint64_t *out_events)
{
    int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0)
        return err_errno(e, "%s", dir);
    size_t before = report->n;
    uint32_t first, last;
    uint64_t next = 0, events = 0;
    int r = segment_list(dir_fd, dir, &first, &last, e);
    for (uint32_t n = first; r == 0 && n && n <= last; n++)
        r = verify_file(dir_fd, dir, n, &next, report, e, &events);
    close(dir_fd);
    if (r < 0)
        return r;
    *out_events = events;
    if (report->n > before)
        return err_set(e, ERR_CORRUPT, "%s: the journal is damaged", dir);
    return 0;
}
