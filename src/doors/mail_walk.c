/* Listing and opening files of mail. See mailbox.h. Looks at names, never at contents. */
#include "doors/mailbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 64

/* A directory as such, a Maildir with its two folders, one of those folders. */
enum level_kind { LEVEL_DIR, LEVEL_MAILDIR, LEVEL_MESSAGES };

struct level {
    char **names;
    size_t n, next;
    size_t path_n; /* length of the directory's path */
    enum level_kind kind;
};

struct mail_walk {
    struct buf path;
    struct level levels[DEPTH_MAX];
    size_t depth;
    bool is_single; /* a file or standard input, not yet given */
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int read_names(DIR *dir, struct level *l)
{
    struct dirent *d;
    size_t room = 0;
    errno = 0;
    while ((d = readdir(dir)) != NULL) {
        if (d->d_name[0] == '.')
            continue;
        if (l->n == room) {
            room = room ? room * 2 : 64;
            l->names = realloc(l->names, room * sizeof(*l->names));
            if (l->names == NULL)
                BUG("out of memory");
        }
        l->names[l->n] = strdup(d->d_name);
        if (l->names[l->n++] == NULL)
            BUG("out of memory");
    }
    if (l->n)
        qsort(l->names, l->n, sizeof(*l->names), by_name);
    return errno;
}

static bool is_dir(const char *path, const char *below)
{
    struct stat st;
    struct buf b = BUF_INIT(8192);
    buf_printf(&b, "%s/%s", path, below);
    bool yes = stat(buf_cstr(&b), &st) == 0 && S_ISDIR(st.st_mode);
    buf_fini(&b);
    return yes;
}

static void set_names(struct level *l, const char *a, const char *b)
{
    l->names = calloc(2, sizeof(*l->names));
    if (l->names == NULL || (l->names[0] = strdup(a)) == NULL || (l->names[1] = strdup(b)) == NULL)
        BUG("out of memory");
    l->n = 2;
}

/* Opens the directory whose path stands in w->path as the next level. */
static int push(struct mail_walk *w, enum level_kind kind, struct err *e)
{
    const char *path = buf_cstr(&w->path);
    if (w->depth == DEPTH_MAX)
        return err_set(e, ERR_LIMIT, "%s: directories nest too deep", path);
    struct level *l = &w->levels[w->depth];
    *l = (struct level){.path_n = w->path.n, .kind = kind};
    if (kind == LEVEL_DIR && is_dir(path, "cur") && is_dir(path, "new")) {
        l->kind = LEVEL_MAILDIR;
        set_names(l, "new", "cur");
        w->depth++;
        return 0;
    }
    DIR *dir = opendir(path);
    if (dir == NULL)
        return err_errno(e, "%s", path);
    int code = read_names(dir, l);
    closedir(dir);
    w->depth++;
    errno = code;
    return code ? err_errno(e, "%s", path) : 0;
}

static void pop(struct mail_walk *w)
{
    struct level *l = &w->levels[--w->depth];
    for (size_t i = 0; i < l->n; i++)
        free(l->names[i]);
    free(l->names);
    *l = (struct level){0};
}

int mail_walk_new(const char *path, struct err *e, struct mail_walk **out)
{
    struct stat st;
    struct mail_walk *w = calloc(1, sizeof(*w));
    if (w == NULL)
        BUG("out of memory");
    w->path = BUF_INIT(8192);
    buf_str(&w->path, path);
    int rc = 0;
    if (strcmp(path, "-") == 0)
        w->is_single = true;
    else if (stat(path, &st) < 0)
        rc = err_errno(e, "%s", path);
    else if (S_ISDIR(st.st_mode))
        rc = push(w, LEVEL_DIR, e);
    else
        w->is_single = true;
    if (rc < 0) {
        mail_walk_free(w);
        return rc;
    }
    *out = w;
    return 0;
}

void mail_walk_free(struct mail_walk *w)
{
    if (w == NULL)
        return;
    while (w->depth)
        pop(w);
    buf_fini(&w->path);
    free(w);
}

/* "1700000000.M1P2.host,S=5:2,RS" -> replied and seen. */
static unsigned flags_of(const char *name)
{
    static const char letters[] = "SRFTDP";
    static const unsigned bits[] = {MAIL_SEEN,    MAIL_REPLIED, MAIL_FLAGGED,
                                    MAIL_TRASHED, MAIL_DRAFT,   MAIL_PASSED};
    unsigned flags = 0;
    struct slice s = slice_str(name);
    size_t colon = slice_rchr(s, ':');
    if (colon == SIZE_MAX || !slice_starts(slice_from(s, colon), SLICE(":2,")))
        return 0;
    for (const char *p = name + colon + 3; *p; p++) {
        const char *at = strchr(letters, *p);
        flags |= at ? bits[at - letters] : 0;
    }
    return flags;
}

static int open_file(struct mail_walk *w, enum mail_kind kind, struct err *e, struct mail_file *out)
{
    const char *path = buf_cstr(&w->path);
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? dup(0) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return err_errno(e, "%s", path);
    *out = (struct mail_file){.fd = fd, .path = path, .kind = kind};
    return 1;
}

/* The entry whose path stands in w->path: 1 a file, 0 nothing to give now, negative an error. */
static int visit(struct mail_walk *w, enum level_kind in, const char *name, struct err *e,
                 struct mail_file *out)
{
    struct stat st;
    const char *path = buf_cstr(&w->path);
    if (stat(path, &st) < 0)
        return err_errno(e, "%s", path);
    if (S_ISDIR(st.st_mode) && in == LEVEL_MESSAGES)
        return 0;
    if (S_ISDIR(st.st_mode))
        return push(w, in == LEVEL_MAILDIR ? LEVEL_MESSAGES : LEVEL_DIR, e);
    if (!S_ISREG(st.st_mode))
        return 0;
    bool is_mbox = slice_iends(slice_str(name), SLICE(".mbox"));
    int rc = open_file(w, is_mbox ? MAIL_MBOX : MAIL_EML, e, out);
    if (rc == 1 && in == LEVEL_MESSAGES) {
        out->is_maildir = true;
        out->kind = MAIL_EML;
        out->flags = flags_of(name);
    }
    return rc;
}

int mail_walk_next(struct mail_walk *w, struct err *e, struct mail_file *out)
{
    if (w->is_single) {
        w->is_single = false;
        return open_file(w, MAIL_AUTO, e, out);
    }
    while (w->depth) {
        struct level *l = &w->levels[w->depth - 1];
        w->path.n = l->path_n;
        if (l->next == l->n) {
            pop(w);
            continue;
        }
        const char *name = l->names[l->next++];
        if (!slice_ends(buf_slice(&w->path), SLICE("/")))
            buf_chr(&w->path, '/');
        buf_str(&w->path, name);
        int rc = visit(w, l->kind, name, e, out);
        if (rc != 0)
            return rc;
    }
    return 0;
}
