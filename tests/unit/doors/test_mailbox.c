/* doors: readers of eml and mbox, the walk over Maildirs and directories. */
#include "doors/mailbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int fd_of(struct slice text)
{
    char name[] = "/tmp/muster-test-XXXXXX";
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    unlink(name);
    assert_int_equal(write(fd, text.p, text.n), (ssize_t)text.n);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

/* Messages joined by "|", a cut one marked with "~". */
static void check(const char *text, enum mail_kind kind, size_t cap, const char *want)
{
    int fd = fd_of(slice_str(text));
    struct mail_reader *r = mail_reader_new(fd, kind, cap);
    struct buf got = BUF_INIT(1 << 20);
    struct mail_item item;
    struct err e;
    int rc;
    uint64_t number = 0;
    while ((rc = mail_reader_next(r, &e, &item)) == 1) {
        assert_int_equal(item.number, ++number);
        buf_add(&got, item.raw);
        buf_str(&got, item.is_cut ? "~|" : "|");
    }
    assert_int_equal(rc, 0);
    assert_int_equal(mail_reader_next(r, &e, &item), 0);
    if (!slice_eq(buf_slice(&got), slice_str(want)))
        fail_msg("got \"%s\", want \"%s\"", buf_cstr(&got), want);
    buf_fini(&got);
    mail_reader_free(r);
    close(fd);
}

#define F "From a@b Mon Jan  1 00:00:00 2024\n"

static void readers(void **state)
{
    (void)state;
    check("", MAIL_AUTO, 100, "");
    check("A: 1\n\nx", MAIL_AUTO, 100, "A: 1\n\nx|");
    check("A: 1\n\nFrom " F, MAIL_AUTO, 100, "A: 1\n\nFrom " F "|");
    check("A: 1\n\nxyz", MAIL_EML, 6, "A: 1\n\n~|");
    check(F "A: 1\n\nx\n", MAIL_EML, 100, "A: 1\n\nx\n|");
    check(F "A: 1\n\nx\n\n" F "B: 2\n\ny\n\n", MAIL_AUTO, 100, "A: 1\n\nx\n|B: 2\n\ny\n|");
    check(F "A: 1\n\nx\n\n" F "B: 2\n\ny", MAIL_AUTO, 100, "A: 1\n\nx\n|B: 2\n\ny|");
    /* No blank line before, or no date: text. */
    check(F "A: 1\n\nx\n" F "y\n", MAIL_AUTO, 200, "A: 1\n\nx\n" F "y\n|");
    check(F "A: 1\n\n\nFrom me to you\n", MAIL_AUTO, 100, "A: 1\n\n\nFrom me to you\n|");
    /* mboxrd quoting; CRLF; a lying Content-Length. */
    check(F "A: 1\n\n>From x\n>>From y\n> From z\n", MAIL_MBOX, 100,
          "A: 1\n\nFrom x\n>From y\n> From z\n|");
    check("From a Mon Jan  1 00:00:00 2024\r\nA: 1\r\n\r\nx\r\n\r\n"
          "From b Mon Jan  1 00:00:00 2024\r\nB: 2\r\n\r\n",
          MAIL_AUTO, 100, "A: 1\r\n\r\nx\r\n|B: 2\r\n|");
    check(F "Content-Length: 9999\n\nx\n\n" F "B: 2\n\ny\n", MAIL_MBOX, 100,
          "Content-Length: 9999\n\nx\n|B: 2\n\ny\n|");
    check(F "Content-Length: 1\n\nxyz\n\n" F "B: 2\n\ny\n", MAIL_MBOX, 100,
          "Content-Length: 1\n\nxyz\n|B: 2\n\ny\n|");
    /* The cap cuts one message, the next is whole. */
    check(F "A: 1\n\n12345678\n\n" F "B: 2\n\ny\n", MAIL_MBOX, 8, "A: 1\n\n12~|B: 2\n\ny\n|");
    check("From x\n", MAIL_AUTO, 100, "|");
    check(F "\n" F "\n" F, MAIL_AUTO, 100, "|||");
}

/* Lines far longer than the reader's block. */
static void long_lines(void **state)
{
    (void)state;
    struct buf in = BUF_INIT(4 << 20), want = BUF_INIT(4 << 20);
    for (int k = 0; k < 3; k++) {
        buf_str(&in, F "A: ");
        buf_str(&want, "A: ");
        for (int i = 0; i < 300000; i++) {
            buf_chr(&in, (char)('a' + i % 26));
            buf_chr(&want, (char)('a' + i % 26));
        }
        buf_str(&in, "\n\n");
        buf_str(&want, "\n|");
    }
    check(buf_cstr(&in), MAIL_AUTO, 1 << 20, buf_cstr(&want));
    buf_fini(&in);
    buf_fini(&want);
}

static void put(const char *dir, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void make(const char *dir, const char *name)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

/* The paths below `dir` in order, "name:kind:flags" each. */
static void walk(const char *dir, const char *below, const char *want)
{
    char path[512];
    struct mail_walk *w;
    struct mail_file f;
    struct err e;
    struct buf got = BUF_INIT(8192);
    snprintf(path, sizeof(path), "%s%s", dir, below);
    assert_int_equal(mail_walk_new(path, &e, &w), 0);
    while (mail_walk_next(w, &e, &f) == 1) {
        buf_printf(&got, "%s:%d:%u ", f.path + strlen(dir), (int)f.kind, f.flags);
        close(f.fd);
    }
    if (!slice_eq(buf_slice(&got), slice_str(want)))
        fail_msg("got \"%s\", want \"%s\"", buf_cstr(&got), want);
    buf_fini(&got);
    mail_walk_free(w);
}

static void walks(void **state)
{
    (void)state;
    char dir[] = "/tmp/muster-walk-XXXXXX";
    assert_non_null(mkdtemp(dir));
    make(dir, "b");
    make(dir, "b/deep");
    make(dir, "m");
    make(dir, "m/cur");
    make(dir, "m/new");
    make(dir, "m/tmp");
    make(dir, "m/cur/odd");
    make(dir, ".hidden");
    put(dir, "a.eml", "A: 1\n");
    put(dir, "b/2.eml", "A: 1\n");
    put(dir, "b/10.eml", "A: 1\n");
    put(dir, "b/deep/x", "A: 1\n");
    put(dir, ".hidden/x", "A: 1\n");
    put(dir, "box.mbox", F);
    put(dir, "m/cur/1:2,RS", "A: 1\n");
    put(dir, "m/cur/0:2,T", "A: 1\n");
    put(dir, "m/new/9", "A: 1\n");
    put(dir, "m/tmp/8", "A: 1\n");
    walk(dir, "",
         "/a.eml:1:0 /b/10.eml:1:0 /b/2.eml:1:0 /b/deep/x:1:0 /box.mbox:2:0 "
         "/m/new/9:1:0 /m/cur/0:2,T:1:8 /m/cur/1:2,RS:1:3 ");
    walk(dir, "/m/", "/m/new/9:1:0 /m/cur/0:2,T:1:8 /m/cur/1:2,RS:1:3 ");
    walk(dir, "/b/2.eml", "/b/2.eml:0:0 ");
    struct mail_walk *w;
    struct err e;
    char path[512];
    snprintf(path, sizeof(path), "%s/none", dir);
    assert_int_equal(mail_walk_new(path, &e, &w), ERR_NOENT);
    snprintf(path, sizeof(path), "rm -r %s", dir);
    assert_int_equal(system(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(readers), cmocka_unit_test(long_lines),
                                       cmocka_unit_test(walks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
