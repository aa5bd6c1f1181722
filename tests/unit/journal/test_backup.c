/* Backup and restore: round trip while the store works on, damage, nothing overwritten. */
#include "helpers.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"
#include "journal/backup.h"
#include "journal/tar.h"

#include <fcntl.h>
#include <sys/stat.h>

static struct store *open_at(const char *dir)
{
    struct store_options o = {.dir = dir, .segment_bytes = 3000};
    struct store *s = NULL;
    OK(store_open(&o, &test_err, &s));
    return s;
}

static void hold(struct store *s, const char *rcpt, struct slice raw, unsigned char out[16])
{
    struct hold_new n = {.kind = HOLD_OF_SPAM, .keep_us = INT64_C(1000000) * 3600, .raw = raw};
    n.words.rcpt = n.owner = slice_str(rcpt);
    OK(quarantine_add(s, &n, &test_err, out));
}

static void finish(struct backup *b, struct backup_sum *sum)
{
    int r;
    while ((r = backup_step(b, &test_err)) == 1)
        ;
    if (r < 0)
        fail_msg("%s", test_err.text);
    backup_free(b, sum);
}

static void round_trip(void **state)
{
    const char *dir = in_dir(*state, "data"), *file = in_dir(*state, "b.tar.zst"),
               *back = in_dir(*state, "back"), *model = in_dir(*state, "site.model");
    struct store *s = open_at(dir);
    static char big[3 << 20];
    unsigned char one[16], two[16];
    rand_bytes(big, sizeof(big));
    for (int i = 0; i < 200; i++) {
        struct event ev = counted("before", 1);
        OK(store_append(s, &ev, &test_err, NULL));
        OK(store_commit(s, false, &test_err));
    }
    hold(s, "a@example.org", SLICE("small"), one);
    hold(s, "b@example.org", slice_of(big, sizeof(big)), two);
    int fd = open(model, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, big, 10000), 10000);
    close(fd);
    struct backup_extra extra[] = {
        {"models/site.model", model}, {"models/none", in_dir(*state, "none")}, {NULL, NULL}};
    struct backup *b = NULL;
    struct backup_sum sum, got;
    OK(backup_begin(s, file, extra, &test_err, &b));
    assert_int_equal(backup_step(b, &test_err), 1);
    struct event late = counted("late", 1); /* the store goes on meanwhile */
    OK(store_append(s, &late, &test_err, NULL));
    OK(store_commit(s, true, &test_err));
    finish(b, &sum);
    assert_true(sum.files > 5 && sum.bytes > sizeof(big));
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    struct err e;
    assert_int_equal(backup_begin(s, file, NULL, &e, &b), ERR_EXISTS);
    assert_int_equal(backup_restore(file, dir, &e, &got), ERR_EXISTS);
    unsigned char person[16], same[16];
    store_pseudonym(s, SLICE("a@example.org"), person);
    store_close(s);
    mkdir(back, 0700); /* an empty folder is fine */
    OK(backup_restore(file, back, &test_err, &got));
    assert_int_equal(got.files, sum.files);
    s = open_at(back);
    assert_int_equal(fold_counter(store_views(s), "before"), 200);
    assert_int_equal(fold_counter(store_views(s), "late"), 0);
    store_pseudonym(s, SLICE("a@example.org"), same);
    assert_memory_equal(person, same, 16);
    struct arena *a = arena_new(0);
    struct hold h;
    struct hold_words w;
    struct buf raw = BUF_INIT(4u << 20);
    OK(archive_hold(store_archive(s), two, a, &test_err, &h));
    OK(quarantine_open(s, &h, a, &test_err, &w, &raw));
    assert_true(slice_eq(w.rcpt, SLICE("b@example.org")));
    assert_true(slice_eq(buf_slice(&raw), slice_of(big, sizeof(big))));
    assert_int_equal(access(in_dir(*state, "back/models/site.model"), F_OK), 0);
    assert_int_equal(access(in_dir(*state, "back/models/none"), F_OK), -1);
    buf_fini(&raw);
    arena_free(a);
    store_close(s);
}

static bool same_file(const char *x, const char *y)
{
    static char a[65536], b[65536];
    int fx = open(x, O_RDONLY), fy = open(y, O_RDONLY);
    ssize_t n = read(fx, a, sizeof(a)), m = read(fy, b, sizeof(b));
    close(fx);
    close(fy);
    return n == m && n > 0 && memcmp(a, b, (size_t)n) == 0;
}

/* Cut or changed anywhere: refused, and nothing is left behind. */
static void damage(void **state)
{
    const char *dir = in_dir(*state, "d"), *file = in_dir(*state, "d.tar.zst"),
               *bad = in_dir(*state, "bad.tar.zst"), *back = in_dir(*state, "dback"),
               *restoring = in_dir(*state, "dback.restoring");
    struct store *s = open_at(dir);
    unsigned char one[16];
    hold(s, "a@example.org", SLICE("something to keep"), one);
    struct backup *b = NULL;
    struct backup_sum sum;
    OK(backup_begin(s, file, NULL, &test_err, &b));
    finish(b, &sum);
    store_close(s);
    char keys[512], keys_back[512], seg[512], seg_back[512];
    snprintf(keys, sizeof(keys), "%s/keys", dir);
    snprintf(keys_back, sizeof(keys_back), "%s/keys", back);
    snprintf(seg, sizeof(seg), "%s/journal/00000001.seg", dir);
    snprintf(seg_back, sizeof(seg_back), "%s/journal/00000001.seg", back);
    static char bytes[1 << 20];
    int fd = open(file, O_RDONLY);
    ssize_t n = read(fd, bytes, sizeof(bytes));
    close(fd);
    assert_true(n > 500);
    struct err e;
    for (ssize_t at = 0; at < n; at += 1 + n / 100) {
        for (int cut = 0; cut < 2; cut++) {
            fd = open(bad, O_WRONLY | O_CREAT | O_TRUNC, 0600);
            bytes[at] ^= 0x10;
            ssize_t len = cut ? at : n;
            assert_int_equal(write(fd, bytes, (size_t)len), len);
            bytes[at] ^= 0x10;
            close(fd);
            int r = backup_restore(bad, back, &e, &sum);
            if (r == 0) { /* a bit that means nothing to what is packed: then all is as it was */
                assert_false(cut);
                assert_true(same_file(keys, keys_back) && same_file(seg, seg_back));
                remove_tree(back);
            } else {
                assert_int_equal(r, ERR_CORRUPT);
            }
            assert_int_equal(access(back, F_OK), -1);
            assert_int_equal(access(restoring, F_OK), -1);
        }
    }
    mkdir(back, 0711);
    fd = open(bad, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, bytes, 300), 300);
    close(fd);
    assert_int_equal(backup_restore(bad, back, &e, &sum), ERR_CORRUPT);
    struct stat st; /* an empty folder stays as it was */
    assert_int_equal(stat(back, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0711);
    assert_int_equal(backup_restore(in_dir(*state, "nowhere"), back, &e, &sum), ERR_NOENT);
}

static void unfinished(void **state)
{
    const char *file = in_dir(*state, "u.tar.zst");
    struct store *s = open_at(in_dir(*state, "u"));
    struct backup *b = NULL;
    OK(backup_begin(s, file, NULL, &test_err, &b));
    assert_int_equal(access(in_dir(*state, "u.tar.zst.partial"), F_OK), 0);
    backup_free(b, NULL);
    assert_int_equal(access(in_dir(*state, "u.tar.zst.partial"), F_OK), -1);
    assert_int_equal(access(file, F_OK), -1);
    store_close(s);
}

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum tar_found want;
    } cases[] = {{"journal/00000001.seg", TAR_FILE},
                 {"../x", TAR_BAD},
                 {"a/../b", TAR_BAD},
                 {"/etc/passwd", TAR_BAD},
                 {"a//b", TAR_BAD},
                 {"a/", TAR_BAD},
                 {"a b", TAR_BAD},
                 {".hidden", TAR_BAD},
                 {"a/.b", TAR_BAD},
                 {"a\\b", TAR_BAD},
                 {"", TAR_BAD}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char block[TAR_BLOCK], name[TAR_NAME_MOST + 1];
        uint64_t size = 0;
        tar_header(block, cases[i].name, 12345, 0);
        assert_int_equal(tar_read(block, name, &size), cases[i].want);
        if (cases[i].want == TAR_FILE)
            assert_int_equal(size, 12345);
        block[156] = '2'; /* a link */
        assert_int_equal(tar_read(block, name, &size), TAR_BAD);
    }
}

int main(void)
{
    log_init("test", LOG_ERROR, -1);
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(damage),
                                       cmocka_unit_test(unfinished), cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
