/* Message sets: list files and folders read whole into memory. See set.h. */
#include "set.h"

#include "base/buf.h"
#include "base/rand.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIST_MAX    ((size_t)64 << 20)
#define MESSAGE_MAX ((size_t)256 << 20)
#define PATH_ROOM   4096

/* The whole file in memory of its own; *out stays empty for an empty file. */
static int file_read(const char *path, size_t max, struct slice *out, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0) {
        int rc = err_errno(e, "%s", path);
        if (fd >= 0)
            close(fd);
        return rc;
    }
    if (st.st_size < 0 || (size_t)st.st_size > max) {
        close(fd);
        return err_set(e, ERR_LIMIT, "%s is larger than %zu bytes", path, max);
    }
    size_t n = (size_t)st.st_size, got = 0;
    char *p = malloc(n + 1);
    while (p && got < n) {
        ssize_t r = read(fd, p + got, n - got);
        if (r <= 0)
            break;
        got += (size_t)r;
    }
    close(fd);
    if (!p || got < n) {
        free(p);
        return err_set(e, ERR_IO, "%s: only %zu of %zu bytes could be read", path, got, n);
    }
    p[n] = '\0';
    *out = slice_of(p, n);
    return 0;
}

static void item_add(struct set *s, const char *label, const char *path, struct slice bytes)
{
    if (s->n == s->room) {
        s->room = s->room ? s->room * 2 : 1024;
        s->item = reallocarray(s->item, s->room, sizeof *s->item);
        if (!s->item)
            BUG("out of memory");
    }
    s->item[s->n++] = (struct set_item){strdup(path), label, bytes};
    s->bytes += bytes.n;
}

static int path_add(struct set *s, const char *dir, const char *label, struct slice name,
                    struct err *e)
{
    struct buf full = BUF_INIT(PATH_ROOM);
    if (name.n == 0 || name.p[0] != '/')
        buf_printf(&full, "%s/", dir);
    buf_add(&full, name);
    struct slice bytes = {0};
    int rc = file_read(buf_cstr(&full), MESSAGE_MAX, &bytes, e);
    if (rc == 0 && bytes.n > 0)
        item_add(s, label, buf_cstr(&full), bytes);
    else
        free((void *)(uintptr_t)bytes.p);
    buf_fini(&full);
    return rc;
}

static int list_read(struct set *s, const char *path, struct err *e)
{
    struct slice text = {0}, line;
    int rc = file_read(path, LIST_MAX, &text, e);
    if (rc < 0)
        return rc;
    size_t cut = slice_rchr(slice_str(path), '/');
    char *dir = cut == SIZE_MAX ? strdup(".") : strndup(path, cut);
    struct slice rest = text;
    for (int n = 1; rc == 0 && slice_line(&rest, &line); n++) {
        const char *label = slice_starts(line, SLICE("spam "))  ? "spam"
                            : slice_starts(line, SLICE("ham ")) ? "ham"
                                                                : "-";
        line = slice_trim(slice_from(line, label[0] == '-' ? 0 : strlen(label)));
        if (line.n == 0)
            continue;
        rc = path_add(s, dir, label, line, e);
        if (rc < 0)
            err_prefix(e, "%s:%d: ", path, n);
    }
    free(dir);
    free((void *)(uintptr_t)text.p);
    return rc;
}

static int folder_read(struct set *s, const char *path, struct err *e)
{
    struct dirent **entry = NULL;
    int n = scandir(path, &entry, NULL, alphasort), rc = 0;
    if (n < 0)
        return err_errno(e, "%s", path);
    for (int i = 0; i < n; i++) {
        if (rc == 0 && entry[i]->d_type == DT_REG && entry[i]->d_name[0] != '.')
            rc = path_add(s, path, "-", slice_str(entry[i]->d_name), e);
        free(entry[i]);
    }
    free(entry);
    return rc;
}

int set_read(struct set *s, const char *path, struct err *e)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return err_errno(e, "%s", path);
    int rc = S_ISDIR(st.st_mode) ? folder_read(s, path, e) : list_read(s, path, e);
    if (rc == 0 && s->n == 0)
        rc = err_set(e, ERR_NOENT, "%s names no message", path);
    return rc;
}

void set_shuffle(struct set *s, uint64_t seed)
{
    if (seed == 0)
        return;
    for (size_t i = s->n; i > 1; i--) {
        size_t j = (size_t)(rand_next(&seed) % i);
        struct set_item kept = s->item[i - 1];
        s->item[i - 1] = s->item[j];
        s->item[j] = kept;
    }
}

void set_fini(struct set *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->item[i].path);
        free((void *)(uintptr_t)s->item[i].bytes.p);
    }
    free(s->item);
    *s = (struct set){0};
}
