/* Restoring a backup. See backup.h. */
#include "journal/backup.h"
#include "journal/log_internal.h"
#include "journal/tar.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#define CHUNK (128u << 10)

struct restore {
    const char *path;
    char fresh[4096]; /* where it is unpacked */
    int fd, dir_fd;
    ZSTD_DCtx *z;
    char *in;
    size_t in_n, in_at;
    bool at_end;     /* of the compressed file */
    bool frame_done; /* the zstd frame was whole */
    struct buf seen; /* "HASH  NAME\n" of each file, as unpacked */
    struct backup_sum sum;
    struct err *e;
};

static int broken(struct restore *r, const char *why)
{
    return err_set(r->e, ERR_CORRUPT, "%s: %s", r->path, why);
}

/* Makes sure of packed bytes, unless the file ends. */
static int fill(struct restore *r)
{
    while (r->in_at == r->in_n && !r->at_end) {
        ssize_t got = read(r->fd, r->in, CHUNK);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_errno(r->e, "%s", r->path);
        r->in_n = (size_t)got;
        r->in_at = 0;
        r->at_end = got == 0;
    }
    return 0;
}

/* Unpacks up to n bytes; *out_n fewer only at the end of the stream. */
static int unpack(struct restore *r, char *to, size_t n, size_t *out_n)
{
    ZSTD_outBuffer out = {to, n, 0};
    while (out.pos < n && !r->frame_done) {
        int code = fill(r);
        if (code < 0)
            return code;
        ZSTD_inBuffer in = {r->in, r->in_n, r->in_at};
        size_t before = out.pos, left = ZSTD_decompressStream(r->z, &out, &in);
        if (ZSTD_isError(left))
            return broken(r, "not a backup, or damaged");
        r->in_at = in.pos;
        r->frame_done = left == 0;
        if (r->at_end && out.pos == before && left)
            return broken(r, "cut short");
    }
    *out_n = out.pos;
    return 0;
}

/* Exactly n unpacked bytes. */
static int take(struct restore *r, char *to, size_t n)
{
    size_t got = 0;
    int code = unpack(r, to, n, &got);
    return code == 0 && got < n ? broken(r, "cut short") : code;
}

/* Nothing may follow, and the sum of the whole stream must be there and right. */
static int take_end(struct restore *r)
{
    char more;
    size_t got = 0;
    int code = unpack(r, &more, 1, &got);
    code = code ? code : fill(r);
    if (code == 0 && (got || !r->frame_done || !r->at_end))
        code = broken(r, "goes on behind its end");
    return code;
}

/* Opens DIR/NAME for writing, with the folders before it. */
static int create(struct restore *r, const char *name)
{
    char part[TAR_NAME_MOST + 1];
    for (size_t i = 1; name[i]; i++) {
        if (name[i] != '/')
            continue;
        memcpy(part, name, i);
        part[i] = '\0';
        if (mkdirat(r->dir_fd, part, 0700) < 0 && errno != EEXIST)
            return -1;
    }
    return openat(r->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static int unpack_file(struct restore *r, const char *name, uint64_t size)
{
    crypto_hash_sha256_state st;
    unsigned char hash[32];
    char hex[65], chunk[16384];
    int fd = create(r, name), code = fd < 0 ? err_errno(r->e, "%s/%s", r->fresh, name) : 0;
    crypto_hash_sha256_init(&st);
    for (uint64_t done = 0; code == 0 && done < size;) {
        size_t n = size - done < sizeof(chunk) ? (size_t)(size - done) : sizeof(chunk);
        code = take(r, chunk, n);
        if (code == 0 && !write_all(fd, slice_of(chunk, n)))
            code = err_errno(r->e, "%s/%s", r->fresh, name);
        crypto_hash_sha256_update(&st, (unsigned char *)chunk, n);
        done += n;
    }
    if (code == 0 && fsync(fd) < 0)
        code = err_errno(r->e, "%s/%s", r->fresh, name);
    if (fd >= 0)
        close(fd);
    crypto_hash_sha256_final(&st, hash);
    sodium_bin2hex(hex, sizeof(hex), hash, 32);
    buf_printf(&r->seen, "%s  %s\n", hex, name);
    r->sum.files++;
    r->sum.bytes += size;
    return code ? code : take(r, chunk, tar_padding(size));
}

/* The sums stand last and must list exactly what was unpacked. */
static int check_sums(struct restore *r, uint64_t size)
{
    char tail[2 * TAR_BLOCK];
    if (size != r->seen.n || r->seen.full)
        return broken(r, "its list of sums does not fit its files");
    char *said = malloc(size + 1);
    if (said == NULL)
        BUG("out of memory");
    int code = take(r, said, (size_t)size);
    if (code == 0 && memcmp(said, r->seen.p, size) != 0)
        code = broken(r, "a file in it does not have the sum that it lists");
    free(said);
    code = code ? code : take(r, tail, tar_padding(size));
    code = code ? code : take(r, tail, sizeof(tail));
    for (size_t i = 0; code == 0 && i < sizeof(tail); i++)
        if (tail[i])
            code = broken(r, "goes on behind its end");
    return code ? code : take_end(r);
}

static int unpack_all(struct restore *r)
{
    char block[TAR_BLOCK], name[TAR_NAME_MOST + 1];
    uint64_t size;
    for (bool is_first = true;; is_first = false) {
        int code = take(r, block, TAR_BLOCK);
        if (code < 0)
            return code;
        enum tar_found found = tar_read(block, name, &size);
        if (found != TAR_FILE)
            return broken(r, found == TAR_END ? "ends without its list of sums"
                                              : "holds what a backup does not");
        if (is_first && strcmp(name, "manifest") != 0)
            return broken(r, "not a backup of this program");
        if (strcmp(name, "SHA256SUMS") == 0)
            return check_sums(r, size);
        code = unpack_file(r, name, size);
        if (code < 0)
            return code;
    }
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

/* Verifies the journal and puts the folder in its place. */
static int settle(struct restore *r, const char *dir)
{
    char path[4200];
    struct buf report = BUF_INIT(65536);
    struct keyring *keys;
    snprintf(path, sizeof(path), "%s/journal", r->fresh);
    int code = access(path, F_OK) == 0 ? journal_verify(path, &report, r->e, &r->sum.events) : 0;
    if (code == ERR_CORRUPT)
        err_set(r->e, code, "%s: its journal is damaged: %s", r->path, buf_cstr(&report));
    buf_fini(&report);
    snprintf(path, sizeof(path), "%s/keys", r->fresh);
    if (code == 0 && (code = keyring_open(path, r->e, &keys)) == 0)
        keyring_close(keys);
    snprintf(path, sizeof(path), "%s/manifest", r->fresh);
    if (code < 0)
        return code;
    if (unlink(path) < 0 || (rmdir(dir) < 0 && errno != ENOENT) || rename(r->fresh, dir) < 0)
        return err_errno(r->e, "%s", dir);
    return 0;
}

/* True for an empty folder and for none at all. */
static bool is_empty(const char *dir)
{
    DIR *d = opendir(dir);
    if (d == NULL)
        return errno == ENOENT;
    size_t n = 0;
    for (struct dirent *entry; (entry = readdir(d)) != NULL;)
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(d);
    return n == 0;
}

static int prepare(struct restore *r, const char *dir)
{
    r->fd = open(r->path, O_RDONLY | O_CLOEXEC);
    if (r->fd < 0)
        return err_errno(r->e, "%s", r->path);
    if (!is_empty(dir))
        return err_set(r->e, ERR_EXISTS, "%s is not empty; restore into a new folder", dir);
    snprintf(r->fresh, sizeof(r->fresh), "%s.restoring", dir);
    if (mkdir(r->fresh, 0750) < 0)
        return err_errno(r->e, "%s", r->fresh);
    r->dir_fd = open(r->fresh, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return r->dir_fd < 0 ? err_errno(r->e, "%s", r->fresh) : 0;
}

int backup_restore(const char *path, const char *dir, struct err *e, struct backup_sum *out_sum)
{
    struct err own;
    struct restore r = {.path = path,
                        .fd = -1,
                        .dir_fd = -1,
                        .e = e ? e : &own,
                        .seen = BUF_INIT(256u << 20),
                        .z = ZSTD_createDCtx(),
                        .in = malloc(CHUNK)};
    if (r.z == NULL || r.in == NULL)
        BUG("out of memory");
    int code = prepare(&r, dir);
    code = code ? code : unpack_all(&r);
    code = code ? code : settle(&r, dir);
    if (code < 0 && r.dir_fd >= 0)
        nftw(r.fresh, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (r.fd >= 0)
        close(r.fd);
    if (r.dir_fd >= 0)
        close(r.dir_fd);
    ZSTD_freeDCtx(r.z);
    free(r.in);
    buf_fini(&r.seen);
    if (code == 0)
        *out_sum = r.sum;
    return code;
}
