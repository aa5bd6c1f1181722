/* Keys and objects: round trips, sizes, erasing, damage, kills. */
#include "helpers.h"
#include "base/log.h"
#include "base/rand.h"
#include "journal/objects.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct keyring *keys_at(const char *path)
{
    struct keyring *k = NULL;
    OK(keyring_open(path, &test_err, &k));
    return k;
}

static void keys(void **state)
{
    const char *path = in_dir(*state, "keys");
    struct keyring *k = keys_at(path);
    unsigned char name[300][KEY_BYTES], key[300][KEY_BYTES], got[KEY_BYTES];
    for (int i = 0; i < 300; i++) {
        keyring_name("test", slice_of((const char *)&i, sizeof(i)), name[i]);
        assert_int_equal(keyring_get(k, name[i], false, got, NULL), ERR_NOENT);
        OK(keyring_get(k, name[i], true, key[i], &test_err));
    }
    for (int i = 0; i < 300; i += 3)
        OK(keyring_destroy(k, name[i], NULL, &test_err));
    for (int again = 0; again < 2; again++) {
        assert_int_equal(keyring_count(k), 200);
        for (int i = 0; i < 300; i++) {
            int r = keyring_get(k, name[i], false, got, NULL);
            assert_int_equal(r, i % 3 ? 0 : ERR_NOENT);
            if (r == 0)
                assert_memory_equal(got, key[i], KEY_BYTES);
        }
        keyring_close(k);
        k = keys_at(path);
    }
    /* Freed slots are used again, and nothing of a destroyed key is in the file. */
    struct stat st;
    stat(path, &st);
    OK(keyring_get(k, name[0], true, got, &test_err));
    assert_memory_not_equal(got, key[0], KEY_BYTES);
    struct stat now;
    stat(path, &now);
    assert_int_equal(st.st_size, now.st_size);
    assert_int_equal(st.st_mode & 0777, 0600);
    char *bytes = malloc((size_t)st.st_size);
    int fd = open(path, O_RDONLY);
    assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
    close(fd);
    struct slice all = slice_of(bytes, (size_t)st.st_size);
    assert_int_equal(slice_find(all, slice_of((char *)key[3], KEY_BYTES)), SIZE_MAX);
    assert_true(slice_find(all, slice_of((char *)key[4], KEY_BYTES)) != SIZE_MAX);
    free(bytes);
    keyring_close(k);
    fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, "junk", 4, 20), 4);
    close(fd);
    struct err e;
    assert_int_equal(keyring_open(path, &e, &k), ERR_CORRUPT);
}

static void sealing(void **state)
{
    struct keyring *k = keys_at(in_dir(*state, "seal"));
    unsigned char name[KEY_BYTES], other[KEY_BYTES];
    keyring_name("hold", SLICE("1"), name);
    keyring_name("hold", SLICE("2"), other);
    struct buf sealed = BUF_INIT(4096), plain = BUF_INIT(4096);
    struct err e;
    OK(keyring_seal(k, name, SLICE("who and what"), &sealed, &test_err));
    assert_int_equal(sealed.n, 12 + SEAL_EXTRA);
    OK(keyring_unseal(k, name, buf_slice(&sealed), &plain, &test_err));
    assert_string_equal(buf_cstr(&plain), "who and what");
    assert_int_equal(keyring_unseal(k, other, buf_slice(&sealed), &plain, &e), ERR_NOENT);
    sealed.p[sealed.n - 1] ^= 1;
    assert_int_equal(keyring_unseal(k, name, buf_slice(&sealed), &plain, &e), ERR_CORRUPT);
    assert_int_equal(keyring_unseal(k, name, SLICE("short"), &plain, &e), ERR_CORRUPT);
    sealed.p[sealed.n - 1] ^= 1;
    OK(keyring_destroy(k, name, NULL, &test_err));
    assert_int_equal(keyring_unseal(k, name, buf_slice(&sealed), &plain, &e), ERR_NOENT);
    buf_fini(&sealed);
    buf_fini(&plain);
    keyring_close(k);
}

static void file_of(const char *dir, const unsigned char id[OBJECT_ID], char out[600])
{
    char hex[65];
    object_id_text(id, hex);
    snprintf(out, 600, "%s/%.2s/%s", dir, hex, hex + 2);
}

static void objects(void **state)
{
    struct keyring *k = keys_at(in_dir(*state, "okeys"));
    const char *dir = in_dir(*state, "objects");
    struct objects *o = NULL;
    OK(objects_open(dir, k, 1u << 20, &test_err, &o));
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 200000, 1 << 20};
    unsigned char id[14][OBJECT_ID];
    char *content = malloc(1 << 20);
    struct buf got = BUF_INIT(2u << 20);
    for (size_t i = 0; i < 14; i++) { /* compressible, then random, never the same */
        size_t n = sizes[i / 2];
        memset(content, 'a', n);
        if (i % 2 && n) {
            rand_bytes(content, n);
            content[0] = 'b'; /* one random byte is an 'a' once in 256 runs */
        }
        OK(objects_put(o, slice_of(content, n), &test_err, id[i]));
        buf_reset(&got);
        OK(objects_get(o, id[i], &got, &test_err));
        assert_true(slice_eq(buf_slice(&got), slice_of(content, n)));
    }
    struct err e;
    char *more = calloc(1, (1 << 20) + 1);
    unsigned char none[OBJECT_ID];
    assert_int_equal(objects_put(o, slice_of(more, (1 << 20) + 1), &e, none), ERR_LIMIT);
    free(more);
    uint64_t count, bytes;
    OK(objects_size(o, &count, &bytes, &test_err));
    assert_int_equal(count, 13); /* the two empty ones are one */
    assert_memory_equal(id[0], id[1], OBJECT_ID);
    /* Each damaged byte is noticed. */
    char path[600];
    file_of(dir, id[3], path);
    struct stat st;
    stat(path, &st);
    for (off_t at = 0; at < st.st_size; at += 997) {
        char c;
        int fd = open(path, O_RDWR);
        assert_int_equal(pread(fd, &c, 1, at), 1);
        c ^= 4;
        assert_int_equal(pwrite(fd, &c, 1, at), 1);
        buf_reset(&got);
        assert_int_equal(objects_get(o, id[5], &got, &e), 0);
        buf_reset(&got);
        assert_int_equal(objects_get(o, id[3], &got, &e), ERR_CORRUPT);
        assert_int_equal(got.n, 0);
        c ^= 4;
        assert_int_equal(pwrite(fd, &c, 1, at), 1);
        close(fd);
    }
    assert_int_equal(truncate(path, st.st_size - 1), 0);
    assert_int_equal(objects_get(o, id[3], &got, &e), ERR_CORRUPT);
    OK(objects_erase(o, id[3], &test_err));
    assert_int_equal(objects_get(o, id[3], &got, &e), ERR_NOENT);
    assert_int_equal(access(path, F_OK), -1);
    OK(objects_erase(o, id[3], &test_err));
    free(content);
    buf_fini(&got);
    objects_close(o);
    keyring_close(k);
}

/* A child puts and tells the ids until it is killed: all are there. */
static void kills(void **state)
{
    const char *dir = in_dir(*state, "kobjects"), *keys_path = in_dir(*state, "kkeys");
    int fd[2];
    unsigned char ids[64][OBJECT_ID];
    size_t told = 0;
    assert_int_equal(pipe(fd), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct keyring *k = keys_at(keys_path);
        struct objects *o = NULL;
        OK(objects_open(dir, k, 0, &test_err, &o));
        for (uint64_t i = 0;; i++) {
            unsigned char id[OBJECT_ID];
            OK(objects_put(o, slice_of((const char *)&i, 8), &test_err, id));
            if (write(fd[1], id, OBJECT_ID) < 0)
                _exit(1);
        }
    }
    close(fd[1]);
    while (told < 64 && read(fd[0], ids[told], OBJECT_ID) == OBJECT_ID)
        told++;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(fd[0]);
    assert_int_equal(told, 64);
    struct keyring *k = keys_at(keys_path);
    struct objects *o = NULL;
    OK(objects_open(dir, k, 0, &test_err, &o));
    for (uint64_t i = 0; i < told; i++) {
        struct buf got = BUF_INIT(64);
        OK(objects_get(o, ids[i], &got, &test_err));
        assert_memory_equal(got.p, &i, 8);
        buf_fini(&got);
    }
    objects_close(o);
    keyring_close(k);
}

int main(void)
{
    log_init("test", LOG_ERROR, -1);
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys), cmocka_unit_test(sealing),
                                       cmocka_unit_test(objects), cmocka_unit_test(kills)};
    return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
