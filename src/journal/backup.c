/* Writing a backup. See backup.h. */
#include "journal/backup.h"
#include "journal/log_internal.h"
#include "journal/store_internal.h"
#include "journal/tar.h"
#include "base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#define STEP  (1u << 20)
#define CHUNK (128u << 10)

struct item {
    char *name, *path;
    uint64_t size; /* bytes to take, UINT64_MAX: all that is there when its turn comes */
    char *text;    /* content held in memory instead of a path */
};

struct backup {
    char *path, *temporary;
    int fd;
    ZSTD_CCtx *z;
    struct item *items;
    size_t n, room, at;
    struct buf sums;
    int64_t now_us;
    struct backup_sum sum;
    char *chunk, *packed;
    bool is_done;
};

static char *joined(const char *dir, const char *name)
{
    size_t n = strlen(dir) + strlen(name) + 2;
    char *s = malloc(n);
    if (s == NULL)
        BUG("out of memory");
    snprintf(s, n, "%s/%s", dir, name);
    return s;
}

static struct item *add(struct backup *b, const char *name)
{
    if (b->n == b->room) {
        b->room = b->room ? b->room * 2 : 64;
        b->items = realloc(b->items, b->room * sizeof(*b->items));
        if (b->items == NULL)
            BUG("out of memory");
    }
    b->items[b->n] = (struct item){.name = strdup(name), .size = UINT64_MAX};
    if (b->items[b->n].name == NULL)
        BUG("out of memory");
    return &b->items[b->n++];
}

/* The whole key file now: keys destroyed from here on are still in this backup, no others. */
static int add_keys(struct backup *b, const char *dir, struct err *e)
{
    char *path = joined(dir, "keys");
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC), r = 0;
    if (fd < 0 || fstat(fd, &st) < 0)
        r = err_errno(e, "%s", path);
    if (r == 0) {
        struct item *item = add(b, "keys");
        item->size = (uint64_t)st.st_size;
        item->text = malloc(item->size + 1);
        if (item->text == NULL)
            BUG("out of memory");
        if (pread(fd, item->text, item->size, 0) != (ssize_t)item->size)
            r = err_errno(e, "%s", path);
    }
    if (fd >= 0)
        close(fd);
    free(path);
    return r;
}

static void add_segments(struct backup *b, const struct journal *j)
{
    for (uint32_t n = j->first_file; n && n <= j->last_file; n++) {
        char file[JOURNAL_NAME_MOST], name[64];
        segment_name(n, file);
        snprintf(name, sizeof(name), "journal/%s", file);
        struct item *item = add(b, name);
        item->path = joined(j->dir, file);
        if (n == j->last_file)
            item->size = j->synced_end;
    }
}

static void add_objects(struct backup *b, const char *dir)
{
    for (unsigned i = 0; i < 256; i++) {
        char folder[32], name[TAR_NAME_MOST + 1];
        snprintf(folder, sizeof(folder), "objects/%02x", i);
        char *path = joined(dir, folder);
        DIR *d = opendir(path);
        for (struct dirent *entry; d && (entry = readdir(d)) != NULL;) {
            if (entry->d_name[0] == '.' || strlen(entry->d_name) != 62)
                continue;
            snprintf(name, sizeof(name), "%s/%.62s", folder, entry->d_name);
            add(b, name)->path = joined(path, entry->d_name);
        }
        if (d)
            closedir(d);
        free(path);
    }
}

static void add_manifest(struct backup *b, struct store *s)
{
    char text[512], at[32];
    int n = snprintf(
        text, sizeof(text),
        "muster backup, format 1\nmade %s\nversion %s\nfirst event %llu\nlast event %llu\n",
        clock_rfc3339(b->now_us, at), MUSTER_VERSION, (unsigned long long)journal_first(s->journal),
        (unsigned long long)journal_synced(s->journal));
    struct item *item = add(b, "manifest");
    item->size = (uint64_t)n;
    item->text = strdup(text);
    if (item->text == NULL)
        BUG("out of memory");
}

int backup_begin(struct store *s, const char *path, const struct backup_extra *extra, struct err *e,
                 struct backup **out)
{
    int r = store_commit(s, true, e);
    if (r < 0)
        return r;
    if (access(path, F_OK) == 0)
        return err_set(e, ERR_EXISTS, "%s is there already; a backup overwrites nothing", path);
    struct backup *b = calloc(1, sizeof(*b));
    if (b == NULL || (b->path = strdup(path)) == NULL ||
        (b->temporary = malloc(strlen(path) + 9)) == NULL)
        BUG("out of memory");
    snprintf(b->temporary, strlen(path) + 9, "%s.partial", path);
    b->now_us = clock_now_us();
    b->sums = BUF_INIT(256u << 20);
    b->chunk = malloc(CHUNK);
    b->packed = malloc(ZSTD_CStreamOutSize());
    b->z = ZSTD_createCCtx();
    if (b->chunk == NULL || b->packed == NULL || b->z == NULL)
        BUG("out of memory");
    /* A sum over the whole stream: tar's own headers and padding count too. */
    ZSTD_CCtx_setParameter(b->z, ZSTD_c_checksumFlag, 1);
    b->fd = open(b->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    r = b->fd < 0 ? err_errno(e, "%s", b->temporary) : 0;
    add_manifest(b, s);
    r = r ? r : add_keys(b, s->dir, e);
    add_segments(b, s->journal);
    add_objects(b, s->dir);
    for (; r == 0 && extra && extra->name; extra++) {
        if (strlen(extra->name) > TAR_NAME_MOST)
            r = err_set(e, ERR_LIMIT, "%s: name is too long for a backup", extra->name);
        else if (access(extra->path, R_OK) == 0)
            add(b, extra->name)->path = strdup(extra->path);
    }
    b->sum.events = journal_synced(s->journal);
    if (r < 0) {
        backup_free(b, NULL);
        return r;
    }
    *out = b;
    return 0;
}

/* Bytes of the tar stream through zstd into the file. */
static int put(struct backup *b, const void *p, size_t n, ZSTD_EndDirective end, struct err *e)
{
    ZSTD_inBuffer in = {p, n, 0};
    size_t left;
    do {
        ZSTD_outBuffer out = {b->packed, ZSTD_CStreamOutSize(), 0};
        left = ZSTD_compressStream2(b->z, &out, &in, end);
        if (ZSTD_isError(left))
            BUG("zstd fails to compress");
        if (!write_all(b->fd, slice_of(b->packed, out.pos)))
            return err_errno(e, "%s", b->temporary);
    } while (in.pos < in.size || (end == ZSTD_e_end && left));
    return 0;
}

static int put_header(struct backup *b, const char *name, uint64_t size, struct err *e)
{
    char block[TAR_BLOCK];
    if (size > TAR_SIZE_MOST)
        return err_set(e, ERR_LIMIT, "%s: too large for a backup", name);
    tar_header(block, name, size, b->now_us);
    return put(b, block, TAR_BLOCK, ZSTD_e_continue, e);
}

static int put_padding(struct backup *b, uint64_t size, struct err *e)
{
    static const char zeros[TAR_BLOCK];
    return put(b, zeros, tar_padding(size), ZSTD_e_continue, e);
}

static void add_sum(struct backup *b, const char *name, const unsigned char hash[32])
{
    char hex[65];
    sodium_bin2hex(hex, sizeof(hex), hash, 32);
    buf_printf(&b->sums, "%s  %s\n", hex, name);
}

/* A file's bytes from an open descriptor; shorter than promised is an error. */
static int put_file(struct backup *b, const struct item *item, int fd, uint64_t size, struct err *e)
{
    crypto_hash_sha256_state st;
    unsigned char hash[32];
    crypto_hash_sha256_init(&st);
    int r = put_header(b, item->name, size, e);
    for (uint64_t done = 0; r == 0 && done < size;) {
        size_t want = size - done < CHUNK ? (size_t)(size - done) : CHUNK;
        ssize_t n = read(fd, b->chunk, want);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? err_errno(e, "%s", item->path)
                         : err_set(e, ERR_IO, "%s became shorter meanwhile", item->path);
        crypto_hash_sha256_update(&st, (unsigned char *)b->chunk, (size_t)n);
        r = put(b, b->chunk, (size_t)n, ZSTD_e_continue, e);
        done += (uint64_t)n;
    }
    crypto_hash_sha256_final(&st, hash);
    add_sum(b, item->name, hash);
    return r ? r : put_padding(b, size, e);
}

static int put_text(struct backup *b, const struct item *item, struct err *e)
{
    unsigned char hash[32];
    crypto_hash_sha256(hash, (const unsigned char *)item->text, item->size);
    add_sum(b, item->name, hash);
    int r = put_header(b, item->name, item->size, e);
    r = r ? r : put(b, item->text, item->size, ZSTD_e_continue, e);
    return r ? r : put_padding(b, item->size, e);
}

static int put_item(struct backup *b, const struct item *item, uint64_t *out_bytes, struct err *e)
{
    struct stat st;
    if (item->text) {
        *out_bytes = item->size;
        b->sum.files++;
        return put_text(b, item, e);
    }
    int fd = open(item->path, O_RDONLY | O_CLOEXEC);
    *out_bytes = 0;
    if (fd < 0) /* erased, or dropped by retention, since the beginning */
        return errno == ENOENT ? 0 : err_errno(e, "%s", item->path);
    int r = fstat(fd, &st) < 0 ? err_errno(e, "%s", item->path) : 0;
    if (r == 0) {
        uint64_t size = item->size == UINT64_MAX || item->size > (uint64_t)st.st_size
                            ? (uint64_t)st.st_size
                            : item->size;
        *out_bytes = size;
        b->sum.files++;
        r = put_file(b, item, fd, size, e);
    }
    close(fd);
    return r;
}

static int finish(struct backup *b, struct err *e)
{
    static const char end[2 * TAR_BLOCK];
    if (b->sums.full)
        return err_set(e, ERR_LIMIT, "more files than a backup can list");
    int r = put_header(b, "SHA256SUMS", b->sums.n, e);
    r = r ? r : put(b, b->sums.p, b->sums.n, ZSTD_e_continue, e);
    r = r ? r : put_padding(b, b->sums.n, e);
    r = r ? r : put(b, end, sizeof(end), ZSTD_e_end, e);
    if (r < 0)
        return r;
    /* link, not rename: it fails when somebody made the file meanwhile. */
    if (fsync(b->fd) < 0 || link(b->temporary, b->path) < 0)
        return err_errno(e, "%s", b->path);
    unlink(b->temporary);
    b->is_done = true;
    return 0;
}

int backup_step(struct backup *b, struct err *e)
{
    uint64_t written = 0, bytes;
    while (b->at < b->n && written < STEP) {
        int r = put_item(b, &b->items[b->at], &bytes, e);
        if (r < 0)
            return r;
        b->at++;
        b->sum.bytes += bytes;
        written += bytes + TAR_BLOCK;
    }
    if (b->at < b->n)
        return 1;
    return finish(b, e);
}

void backup_free(struct backup *b, struct backup_sum *out_sum)
{
    if (b == NULL)
        return;
    if (out_sum)
        *out_sum = b->sum;
    if (b->fd >= 0)
        close(b->fd);
    if (!b->is_done && b->fd >= 0)
        unlink(b->temporary);
    for (size_t i = 0; i < b->n; i++) {
        if (b->items[i].text)
            sodium_memzero(b->items[i].text, b->items[i].size);
        free(b->items[i].text);
        free(b->items[i].name);
        free(b->items[i].path);
    }
    free(b->items);
    buf_fini(&b->sums);
    ZSTD_freeCCtx(b->z);
    free(b->chunk);
    free(b->packed);
    free(b->temporary);
    free(b->path);
    free(b);
}
