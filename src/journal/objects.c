/* Encrypted blobs by content. See objects.h.
 *
 * File: "MUSTERO1" | secretstream header (24) | chunks of up to 64 KiB plain + 17, the last one
 * with the final tag; the plain stream is one zstd frame.
 */
#include "journal/objects.h"
#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#define CHUNK   (64u << 10)
#define SEALED  (CHUNK + crypto_secretstream_xchacha20poly1305_ABYTES)
#define HEADER  crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define MOST    (128u << 20)
#define PATHLEN 80u

static const char magic[8] = "MUSTERO1";

struct objects {
    char *dir;
    int fd;
    struct keyring *keys;
    uint64_t most;
    unsigned char id_key[KEY_BYTES];
};

void object_id_text(const unsigned char id[OBJECT_ID], char out[65])
{
    sodium_bin2hex(out, 65, id, OBJECT_ID);
}

static void path_of(const unsigned char *id, char out[PATHLEN])
{
    char hex[65];
    object_id_text(id, hex);
    snprintf(out, PATHLEN, "%.2s/%s", hex, hex + 2);
}

static void key_name(const unsigned char *id, unsigned char out[KEY_BYTES])
{
    keyring_name("object", slice_of((const char *)id, OBJECT_ID), out);
}

/* What an interrupted put left behind. */
static void sweep(struct objects *o)
{
    int fd = openat(o->fd, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    for (struct dirent *entry; d && (entry = readdir(d)) != NULL;)
        if (entry->d_name[0] != '.')
            unlinkat(fd, entry->d_name, 0);
    if (d)
        closedir(d);
}

int objects_open(const char *dir, struct keyring *keys, uint64_t most_bytes, struct err *e,
                 struct objects **out)
{
    struct objects *o = calloc(1, sizeof(*o));
    if (o == NULL || (o->dir = strdup(dir)) == NULL)
        BUG("out of memory");
    o->keys = keys;
    o->most = most_bytes ? most_bytes : MOST;
    unsigned char name[KEY_BYTES];
    keyring_name("secret", SLICE("objects"), name);
    int r = keyring_get(keys, name, true, o->id_key, e);
    r = r ? r : keyring_sync(keys, e);
    o->fd = -1;
    if (r == 0 && mkdir(dir, 0700) < 0 && errno != EEXIST)
        r = err_errno(e, "%s", dir);
    if (r == 0 && (o->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        r = err_errno(e, "%s", dir);
    if (r == 0 && mkdirat(o->fd, "tmp", 0700) < 0 && errno != EEXIST)
        r = err_errno(e, "%s/tmp", dir);
    if (r < 0) {
        objects_close(o);
        return r;
    }
    sweep(o);
    *out = o;
    return 0;
}

void objects_close(struct objects *o)
{
    if (o == NULL)
        return;
    if (o->fd >= 0)
        close(o->fd);
    sodium_memzero(o->id_key, sizeof(o->id_key));
    free(o->dir);
    free(o);
}

static bool write_full(int fd, const void *p, size_t n)
{
    const char *at = p;
    while (n) {
        ssize_t got = write(fd, at, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got ? errno : ENOSPC;
            return false;
        }
        at += got;
        n -= (size_t)got;
    }
    return true;
}

/* Compresses and encrypts content into an open file; false with errno set. */
static bool write_content(int fd, struct slice content, const unsigned char key[KEY_BYTES])
{
    crypto_secretstream_xchacha20poly1305_state st;
    unsigned char header[HEADER];
    unsigned char *plain = malloc(CHUNK), *sealed = malloc(SEALED);
    ZSTD_CCtx *z = ZSTD_createCCtx();
    if (plain == NULL || sealed == NULL || z == NULL)
        BUG("out of memory");
    crypto_secretstream_xchacha20poly1305_init_push(&st, header, key);
    bool good = write_full(fd, magic, sizeof(magic)) && write_full(fd, header, HEADER);
    ZSTD_inBuffer in = {content.p, content.n, 0};
    for (size_t left = 1; good && left;) {
        ZSTD_outBuffer out = {plain, CHUNK, 0};
        do {
            left = ZSTD_compressStream2(z, &out, &in, ZSTD_e_end);
            if (ZSTD_isError(left))
                BUG("zstd fails to compress");
        } while (left && out.pos < CHUNK);
        unsigned char tag = left ? 0 : crypto_secretstream_xchacha20poly1305_TAG_FINAL;
        unsigned long long n;
        crypto_secretstream_xchacha20poly1305_push(&st, sealed, &n, plain, out.pos, NULL, 0, tag);
        good = write_full(fd, sealed, (size_t)n);
    }
    ZSTD_freeCCtx(z);
    sodium_memzero(plain, CHUNK);
    free(plain);
    free(sealed);
    return good;
}

static bool sync_folder(struct objects *o, const char *path)
{
    char folder[3] = {path[0], path[1], '\0'};
    int fd = openat(o->fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

static bool put_file(struct objects *o, const char *path, struct slice content,
                     const unsigned char key[KEY_BYTES])
{
    char folder[3] = {path[0], path[1], '\0'}, temporary[PATHLEN];
    snprintf(temporary, sizeof(temporary), "tmp/%.60s", path + 3);
    if (mkdirat(o->fd, folder, 0700) == 0) {
        if (fsync(o->fd) < 0)
            return false;
    } else if (errno != EEXIST) {
        return false;
    }
    int fd = openat(o->fd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool good = write_content(fd, content, key) && fsync(fd) == 0;
    int no = errno;
    close(fd);
    if (good && renameat(o->fd, temporary, o->fd, path) == 0 && sync_folder(o, path))
        return true;
    no = good ? errno : no;
    unlinkat(o->fd, temporary, 0);
    errno = no;
    return false;
}

int objects_put(struct objects *o, struct slice content, struct err *e,
                unsigned char out_id[OBJECT_ID])
{
    unsigned char id[OBJECT_ID], name[KEY_BYTES], key[KEY_BYTES];
    char path[PATHLEN];
    if (content.n > o->most)
        return err_set(e, ERR_LIMIT, "%zu bytes are more than an object may have (%llu)", content.n,
                       (unsigned long long)o->most);
    crypto_generichash(id, OBJECT_ID, (const unsigned char *)content.p, content.n, o->id_key,
                       KEY_BYTES);
    path_of(id, path);
    key_name(id, name);
    bool is_there = objects_has(o, id);
    int r = keyring_get(o->keys, name, true, key, e);
    if (r == 0 && !is_there && !put_file(o, path, content, key))
        r = err_errno(e, "%s/%s", o->dir, path);
    r = r ? r : keyring_sync(o->keys, e);
    sodium_memzero(key, sizeof(key));
    if (r == 0)
        memcpy(out_id, id, OBJECT_ID);
    return r;
}

/* The next chunk decrypted into plain; *out_n its length. 1: more follow, 0: it was the last,
 * negative: damage. */
static int read_chunk(FILE *f, crypto_secretstream_xchacha20poly1305_state *st,
                      unsigned char *sealed, unsigned char *plain, size_t *out_n)
{
    unsigned char tag;
    unsigned long long n;
    size_t got = fread(sealed, 1, SEALED, f);
    if (got < crypto_secretstream_xchacha20poly1305_ABYTES ||
        crypto_secretstream_xchacha20poly1305_pull(st, plain, &n, &tag, sealed, got, NULL, 0) != 0)
        return ERR_CORRUPT;
    *out_n = (size_t)n;
    return tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL ? 0 : 1;
}

/* One decrypted chunk through zstd into out; false on damage or when more than `most` comes. */
static bool inflate(ZSTD_DCtx *z, const unsigned char *plain, size_t n, uint64_t most, size_t start,
                    struct buf *out, size_t *out_left)
{
    ZSTD_inBuffer in = {plain, n, 0};
    while (in.pos < in.size || *out_left) {
        size_t room, before = in.pos;
        char *to = buf_reserve(out, CHUNK, &room);
        ZSTD_outBuffer piece = {to, room, 0};
        *out_left = ZSTD_decompressStream(z, &piece, &in);
        if (ZSTD_isError(*out_left) || room == 0)
            return false;
        buf_wrote(out, piece.pos);
        if (out->n - start > most)
            return false;
        if (piece.pos == 0 && in.pos == before)
            break; /* wants the next chunk */
    }
    return true;
}

static int read_content(struct objects *o, FILE *f, const unsigned char key[KEY_BYTES],
                        struct buf *out)
{
    crypto_secretstream_xchacha20poly1305_state st;
    unsigned char header[sizeof(magic) + HEADER];
    unsigned char *plain = malloc(CHUNK), *sealed = malloc(SEALED);
    ZSTD_DCtx *z = ZSTD_createDCtx();
    if (plain == NULL || sealed == NULL || z == NULL)
        BUG("out of memory");
    int more = 1;
    if (fread(header, 1, sizeof(header), f) != sizeof(header) ||
        memcmp(header, magic, sizeof(magic)) != 0 ||
        crypto_secretstream_xchacha20poly1305_init_pull(&st, header + sizeof(magic), key) != 0)
        more = ERR_CORRUPT;
    size_t n = 0, left = 1, start = out->n;
    while (more == 1 && (more = read_chunk(f, &st, sealed, plain, &n)) >= 0)
        if (!inflate(z, plain, n, o->most, start, out, &left))
            more = ERR_CORRUPT;
    if (more == 0 && left)
        more = ERR_CORRUPT;
    if (more < 0)
        out->n = start;
    ZSTD_freeDCtx(z);
    sodium_memzero(plain, CHUNK);
    free(plain);
    free(sealed);
    return more;
}

int objects_get(struct objects *o, const unsigned char id[OBJECT_ID], struct buf *out,
                struct err *e)
{
    unsigned char name[KEY_BYTES], key[KEY_BYTES], check[OBJECT_ID];
    char path[PATHLEN];
    path_of(id, path);
    key_name(id, name);
    if (keyring_get(o->keys, name, false, key, e) < 0)
        return err_set(e, ERR_NOENT, "%s/%s: erased, or never there", o->dir, path);
    int fd = openat(o->fd, path, O_RDONLY | O_CLOEXEC);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "rb");
    if (f == NULL)
        return err_errno(e, "%s/%s", o->dir, path);
    size_t start = out->n;
    int r = read_content(o, f, key, out);
    fclose(f);
    sodium_memzero(key, sizeof(key));
    if (r == 0) {
        crypto_generichash(check, OBJECT_ID, (const unsigned char *)out->p + start, out->n - start,
                           o->id_key, KEY_BYTES);
        r = memcmp(check, id, OBJECT_ID) == 0 ? 0 : ERR_CORRUPT;
    }
    if (r < 0) {
        out->n = start;
        return err_set(e, ERR_CORRUPT, "%s/%s: object is damaged", o->dir, path);
    }
    return 0;
}

bool objects_has(struct objects *o, const unsigned char id[OBJECT_ID])
{
    unsigned char name[KEY_BYTES], key[KEY_BYTES];
    char path[PATHLEN];
    path_of(id, path);
    key_name(id, name);
    bool has = keyring_get(o->keys, name, false, key, NULL) == 0 &&
               faccessat(o->fd, path, R_OK, 0) == 0;
    sodium_memzero(key, sizeof(key));
    return has;
}

int objects_erase(struct objects *o, const unsigned char id[OBJECT_ID], struct err *e)
{
    unsigned char name[KEY_BYTES];
    char path[PATHLEN];
    path_of(id, path);
    key_name(id, name);
    int r = keyring_destroy(o->keys, name, NULL, e);
    if (r == 0 && unlinkat(o->fd, path, 0) < 0 && errno != ENOENT)
        r = err_errno(e, "%s/%s", o->dir, path);
    return r;
}

int objects_size(struct objects *o, uint64_t *out_count, uint64_t *out_bytes, struct err *e)
{
    uint64_t count = 0, bytes = 0;
    for (unsigned i = 0; i < 256; i++) {
        char folder[3];
        struct stat st;
        snprintf(folder, sizeof(folder), "%02x", i);
        int fd = openat(o->fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *d = fd < 0 ? NULL : fdopendir(fd);
        if (d == NULL && errno != ENOENT)
            return err_errno(e, "%s/%s", o->dir, folder);
        for (struct dirent *entry; d && (entry = readdir(d)) != NULL;) {
            if (entry->d_name[0] == '.' || fstatat(fd, entry->d_name, &st, 0) < 0)
                continue;
            count++;
            bytes += (uint64_t)st.st_size;
        }
        if (d)
            closedir(d);
    }
    *out_count = count;
    *out_bytes = bytes;
    return 0;
}
