/* Retention: older segments are rewritten without what is past its time. See log.h. */
#include "journal/log_internal.h"
#include "base/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct retain {
    struct journal *j;
    const int64_t *keep_us;
    int64_t now_us;
    journal_spare *spare;
    void *arg;
    uint64_t dropped;
};

static bool keeps(const struct retain *t, const struct record *r)
{
    const struct event_info *info = event_info(r->kind);
    if (info == NULL) /* of a newer program: not ours to drop */
        return true;
    int64_t keep = t->keep_us[info->keep];
    if (keep < 0 || r->at_us > t->now_us - keep)
        return true;
    if (t->spare == NULL)
        return false;
    struct event ev = {
        .seq = r->seq, .at_us = r->at_us, .kind = (enum event_kind)r->kind, .version = r->version};
    return event_unpack(r->payload, &ev, NULL) < 0 || t->spare(t->arg, &ev);
}

/* Writes the kept records of `bytes` to a new file and puts it in the old one's place. */
static int rewrite(struct retain *t, uint32_t number, struct slice bytes,
                   const struct segment_header *h, struct err *e)
{
    char name[JOURNAL_NAME_MOST], fresh[JOURNAL_NAME_MOST];
    segment_name(number, name);
    snprintf(fresh, sizeof(fresh), "%08u.new", number);
    int fd = openat(t->j->dir_fd, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    struct buf out = BUF_INIT(SEGMENT_RECORD_MOST + (1u << 20));
    segment_header_pack(h, &out);
    bool good = fd >= 0;
    size_t at = SEGMENT_HEADER, need;
    struct record r;
    while (good && record_unpack(slice_from(bytes, at), &r, &need) == RECORD_OK) {
        if (keeps(t, &r))
            buf_add(&out, slice_of(bytes.p + at, need));
        at += need;
        if (out.n >= 1u << 20) {
            good = write_all(fd, buf_slice(&out));
            buf_reset(&out);
        }
    }
    good = good && write_all(fd, buf_slice(&out)) && fsync(fd) == 0 &&
           renameat(t->j->dir_fd, fresh, t->j->dir_fd, name) == 0 && fsync(t->j->dir_fd) == 0;
    int code = good ? 0 : err_errno(e, "%s/%s", t->j->dir, fresh);
    if (!good)
        unlinkat(t->j->dir_fd, fresh, 0);
    if (fd >= 0)
        close(fd);
    buf_fini(&out);
    return code;
}

/* True when no event of a file made then can be past its time. */
static bool is_young(const struct retain *t, int64_t made_us)
{
    for (int i = 0; i < KEEP_CLASSES; i++)
        if (t->keep_us[i] >= 0 && made_us < t->now_us - t->keep_us[i])
            return false;
    return true;
}

/* Counts what would go, and rewrites when something would. *out_left: records that stay. */
static int thin(struct retain *t, uint32_t number, uint64_t *out_left, struct err *e)
{
    struct slice bytes;
    int code = segment_map(t->j->dir_fd, t->j->dir, number, &bytes, e);
    if (code < 0)
        return code;
    struct segment_check c = {0};
    if (segment_header_unpack(bytes, &c.header, NULL) == 0 && is_young(t, c.header.made_us)) {
        segment_unmap(bytes);
        *out_left = 1;
        return 0;
    }
    segment_check(bytes, 0, &c);
    if (c.is_damaged) {
        segment_unmap(bytes);
        return err_set(e, ERR_CORRUPT, "%s/%08u.seg: byte %llu: %s", t->j->dir, number,
                       (unsigned long long)c.good_bytes, c.why);
    }
    uint64_t going = 0;
    struct record r;
    size_t at = SEGMENT_HEADER, need;
    while (record_unpack(slice_from(bytes, at), &r, &need) == RECORD_OK) {
        going += keeps(t, &r) ? 0 : 1;
        at += need;
    }
    if (going) {
        struct segment_header h = c.header;
        h.flags |= SEGMENT_THINNED;
        h.last_seq = h.last_seq ? h.last_seq : c.last_seq;
        code = rewrite(t, number, bytes, &h, e);
    }
    size_t before = bytes.n;
    segment_unmap(bytes);
    if (code == 0 && going) {
        t->dropped += going;
        if (segment_map(t->j->dir_fd, t->j->dir, number, &bytes, e) == 0) {
            t->j->size.bytes -= before - bytes.n;
            segment_unmap(bytes);
        }
    }
    *out_left = c.records - going;
    return code;
}

/* Takes the oldest file away when nothing is left in it. */
static int drop_first(struct journal *j, struct err *e)
{
    char name[JOURNAL_NAME_MOST];
    struct slice bytes;
    struct segment_header h;
    segment_name(j->first_file, name);
    if (unlinkat(j->dir_fd, name, 0) < 0)
        return err_errno(e, "%s/%s", j->dir, name);
    j->first_file++;
    j->size.segments--;
    j->size.bytes -= SEGMENT_HEADER;
    int code = segment_map(j->dir_fd, j->dir, j->first_file, &bytes, e);
    if (code < 0)
        return code;
    code = segment_header_unpack(bytes, &h, e);
    segment_unmap(bytes);
    if (code == 0) {
        j->first_seq = h.first_seq;
        j->size.oldest_us = h.made_us;
    }
    return code;
}

int journal_retain(struct journal *j, const int64_t keep_us[KEEP_CLASSES], int64_t now_us,
                   journal_spare *spare, void *arg, struct err *e, uint64_t *out_dropped)
{
    struct retain t = {.j = j, .keep_us = keep_us, .now_us = now_us, .spare = spare, .arg = arg};
    if (j->read_only)
        return err_set(e, ERR_FULL, "%s: the journal is read-only", j->dir);
    int code = 0;
    bool is_front = true; /* nothing is left before this file */
    for (uint32_t n = j->first_file; code == 0 && n && n < j->last_file; n++) {
        uint64_t left = 0;
        code = thin(&t, n, &left, e);
        is_front = is_front && left == 0;
        if (code == 0 && is_front)
            code = drop_first(j, e);
    }
    *out_dropped = t.dropped;
    return code;
}
