/* Reading an index. See eval_index.h. */
#include "learn/eval_index.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define INDEX_BYTES (256u << 20)

int index_slurp(struct arena *a, const char *path, size_t most, struct err *e, struct slice *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, "%s", path);
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return err_set(e, ERR_IO, "%s: not a plain file", path);
    }
    size_t n = (size_t)st.st_size < most ? (size_t)st.st_size : most, got = 0;
    char *p = arena_bytes(a, n + 1);
    while (got < n) {
        ssize_t r = read(fd, p + got, n - got);
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0) {
            int rc = err_errno(e, "%s", path);
            close(fd);
            return rc;
        }
        if (r == 0)
            break;
        got += (size_t)r;
    }
    close(fd);
    *out = slice_of(p, got);
    return 0;
}

static int parse_line(struct arena *a, struct slice folder, struct slice line,
                      struct index_line *out, struct err *e)
{
    size_t space = 0;
    while (space < line.n && !ascii_is_space(line.p[space]))
        space++;
    struct slice label = slice_head(line, space), path = slice_trim(slice_from(line, space));
    if (!slice_ieq(label, SLICE("spam")) && !slice_ieq(label, SLICE("ham")))
        return err_set(e, ERR_PARSE, "'%.*s' is no label: 'spam PATH' or 'ham PATH' is expected",
                       SLICE_ARG(slice_head(label, 40)));
    if (path.n == 0)
        return err_set(e, ERR_PARSE, "a path is missing behind '%.*s'", SLICE_ARG(label));
    out->is_spam = slice_ieq(label, SLICE("spam"));
    if (path.p[0] == '/')
        out->path = arena_cstr(a, path);
    else
        out->path = arena_printf(a, "%.*s%.*s", SLICE_ARG(folder), SLICE_ARG(path)).p;
    return 0;
}

int index_read(struct arena *a, const char *path, struct err *e, struct index_file *out)
{
    struct slice all;
    int rc = index_slurp(a, path, INDEX_BYTES, e, &all);
    if (rc < 0)
        return rc;
    struct slice name = slice_str(path);
    size_t slash = slice_rchr(name, '/');
    struct slice folder = slash == SIZE_MAX ? SLICE("") : slice_head(name, slash + 1);
    size_t room = 0;
    for (size_t i = 0; i < all.n; i++)
        room += all.p[i] == '\n';
    struct index_file f = {.name = path, .lines = ARENA_ARRAY(a, struct index_line, room + 1)};
    struct slice line;
    for (uint32_t at = 1; slice_line(&all, &line); at++) {
        line = slice_trim(line);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        rc = parse_line(a, folder, line, &f.lines[f.n], e);
        if (rc < 0) {
            err_prefix(e, "%s:%u: ", path, at);
            return rc;
        }
        f.lines[f.n++].line = at;
    }
    if (f.n == 0)
        return err_set(e, ERR_PARSE, "%s: no message in it", path);
    *out = f;
    return 0;
}
