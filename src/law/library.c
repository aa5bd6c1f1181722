/* The library: all versions of all profiles, in order of code and date, and who is asked for a
 * code, a country and a day. */
#include "law/profile.h"
#include "base/conf.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE  (1 << 20)
#define MAX_FILES 4096
#define MAX_DEPTH 4

struct law_library {
    struct arena *arena;
    struct law **laws;
    size_t n, room;
};

struct law_library *law_library_new(void)
{
    struct law_library *lib = calloc(1, sizeof *lib);
    if (!lib)
        BUG("out of memory");
    lib->arena = arena_new(0);
    return lib;
}

void law_library_free(struct law_library *lib)
{
    if (!lib)
        return;
    arena_free(lib->arena);
    free(lib);
}

static int32_t first_day(const struct law *law)
{
    return law_from(law) == LAW_UNKNOWN ? INT32_MIN : law_from(law);
}

static int32_t end_day(const struct law *law)
{
    return law_until(law) == LAW_UNKNOWN ? INT32_MAX : law_until(law);
}

static int order(const void *a, const void *b)
{
    const struct law *x = *(struct law *const *)a, *y = *(struct law *const *)b;
    int c = slice_cmp(slice_str(x->code), slice_str(y->code));
    if (c == 0)
        c = first_day(x) < first_day(y) ? -1 : first_day(x) > first_day(y);
    return c ? c : slice_cmp(slice_str(x->version), slice_str(y->version));
}

/* Two versions of one code must not hold on the same day: there would be two answers. */
static bool clashes(const struct law_library *lib, struct law *const *more, size_t n,
                    const struct law *law, struct buf *errors)
{
    for (size_t i = 0; i < lib->n + n; i++) {
        const struct law *other = i < lib->n ? lib->laws[i] : more[i - lib->n];
        if (other == law)
            return false; /* those behind look at this one when their turn comes */
        if (!slice_ieq(slice_str(other->code), slice_str(law->code)) ||
            first_day(law) >= end_day(other) || first_day(other) >= end_day(law))
            continue;
        if (errors)
            buf_printf(errors,
                       "%s:%u: from: law \"%s\" \"%s\" holds on the same days as \"%s\" (%s:%u)\n",
                       law->file, law->line, law->code, law->version, other->version, other->file,
                       other->line);
        return true;
    }
    return false;
}

int law_library_add(struct law_library *lib, struct slice text, const char *file,
                    struct buf *errors, struct err *e)
{
    struct law **laws;
    size_t n, bad = 0;
    int rc = law_parse(lib->arena, text, file, errors, &laws, &n);
    for (size_t i = 0; rc == 0 && i < n; i++)
        bad += clashes(lib, laws, n, laws[i], errors);
    if (rc < 0 || bad)
        return err_set(e, ERR_PARSE, "%s: the profile has errors", file);
    if (lib->n + n > lib->room) {
        size_t room = (lib->n + n) * 2;
        lib->laws = arena_grow(lib->arena, lib->laws, lib->n, room, sizeof(struct law *));
        lib->room = room;
    }
    for (size_t i = 0; i < n; i++)
        lib->laws[lib->n++] = laws[i];
    if (n)
        qsort(lib->laws, lib->n, sizeof *lib->laws, order);
    return 0;
}

/* ---- folders ---- */

struct paths {
    struct arena *arena;
    const char **items;
    size_t n, room;
};

static int collect(struct paths *p, const char *dir, int depth, struct err *e)
{
    DIR *d = opendir(dir);
    struct dirent *de;
    int rc = 0;
    if (!d)
        return err_errno(e, "%s", dir);
    while (rc == 0 && (de = readdir(d))) {
        struct stat st;
        struct slice name = slice_str(de->d_name);
        const char *path = arena_printf(p->arena, "%s/%s", dir, de->d_name).p;
        if (de->d_name[0] == '.' || stat(path, &st) < 0)
            continue;
        if (S_ISDIR(st.st_mode) && depth < MAX_DEPTH)
            rc = collect(p, path, depth + 1, e);
        else if (S_ISREG(st.st_mode) && slice_ends(name, SLICE(".law"))) {
            if (p->n >= MAX_FILES)
                rc = err_set(e, ERR_LIMIT, "%s: more than %d profiles", dir, MAX_FILES);
            else {
                if (p->n == p->room) {
                    p->room = p->room ? p->room * 2 : 64;
                    p->items = arena_grow(p->arena, p->items, p->n, p->room, sizeof(const char *));
                }
                p->items[p->n++] = path;
            }
        }
    }
    closedir(d);
    return rc;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int read_file(const char *path, struct buf *out, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 1;
    if (fd < 0)
        return err_errno(e, "%s", path);
    while (got > 0 && !out->full) {
        size_t room;
        char *to = buf_reserve(out, 65536, &room);
        if (room == 0)
            break;
        got = read(fd, to, room);
        if (got > 0)
            buf_wrote(out, (size_t)got);
    }
    int rc = got < 0 ? err_errno(e, "%s", path) : 0;
    close(fd);
    return rc;
}

static int add_file(struct law_library *lib, const char *path, struct buf *errors, struct err *e)
{
    struct buf text = BUF_INIT(MAX_FILE + 1);
    int rc = read_file(path, &text, e);
    if (rc == 0)
        rc = law_library_add(lib, arena_dup(lib->arena, buf_slice(&text)), path, errors, e);
    buf_fini(&text);
    return rc;
}

int law_library_add_dir(struct law_library *lib, const char *dir, struct buf *errors, struct err *e)
{
    struct paths p = {.arena = arena_new(0)};
    struct stat st;
    int rc = 0, worst = 0;
    if (stat(dir, &st) == 0 && S_ISREG(st.st_mode))
        rc = add_file(lib, dir, errors, e);
    else
        rc = collect(&p, dir, 0, e);
    if (rc == 0 && p.n)
        qsort(p.items, p.n, sizeof *p.items, by_bytes);
    for (size_t i = 0; rc == 0 && i < p.n; i++) {
        int one = add_file(lib, p.items[i], errors, e);
        if (one == ERR_PARSE)
            worst = one; /* go on: an author wants to see all of them */
        else
            rc = one;
    }
    arena_free(p.arena);
    return rc ? rc : worst;
}

/* $MUSTER_LAW; else the folder beside a program that runs where it was built; else the installed
 * one. */
static const char *find_folder(char place[PATH_MAX])
{
    const char *dir = getenv("MUSTER_LAW"), *source = getenv("MUSTER_SOURCE");
    char self[PATH_MAX - 64];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (dir)
        return dir;
    if (source) {
        snprintf(place, PATH_MAX, "%s/law", source);
        return place;
    }
    while (n > 0 && self[n - 1] != '/')
        n--;
    if (n > 0) {
        snprintf(place, PATH_MAX, "%.*s../law/profiles", (int)n, self);
        if (access(place, R_OK) == 0) {
            snprintf(place, PATH_MAX, "%.*s../law", (int)n, self);
            return place;
        }
    }
    return MUSTER_SHARE "/law";
}

int law_library_open(struct law_library **out, struct buf *errors, struct err *e)
{
    char place[PATH_MAX];
    struct law_library *lib = law_library_new();
    int rc = law_library_add_dir(lib, find_folder(place), errors, e);
    if (rc < 0) {
        law_library_free(lib);
        return rc;
    }
    *out = lib;
    return 0;
}

/* ---- who is asked ---- */

size_t law_count(const struct law_library *lib)
{
    return lib->n;
}

const struct law *law_get(const struct law_library *lib, size_t i)
{
    return i < lib->n ? lib->laws[i] : NULL;
}

static bool holds(const struct law *law, int32_t day)
{
    return first_day(law) <= day && day < end_day(law);
}

const struct law *law_at(const struct law_library *lib, struct slice code, int32_t day)
{
    for (size_t i = 0; i < lib->n; i++)
        if (slice_ieq(slice_str(lib->laws[i]->code), code) && holds(lib->laws[i], day))
            return lib->laws[i];
    return NULL;
}

const struct law *law_any(const struct law_library *lib, struct slice code)
{
    const struct law *found = NULL;
    for (size_t i = 0; i < lib->n; i++)
        if (slice_ieq(slice_str(lib->laws[i]->code), code))
            found = lib->laws[i];
    return found;
}

static bool is_member(const struct law *law, int32_t country)
{
    for (uint32_t i = 0; i < law->n_members; i++)
        if (law->members[i] == country)
            return true;
    return false;
}

const struct law *law_for_country(const struct law_library *lib, int32_t country, int32_t day)
{
    const struct law *floor = NULL;
    bool own = false;
    for (size_t i = 0; i < lib->n; i++) {
        const struct law *law = lib->laws[i];
        if (law_kind_of(law) > LAW_KIND_FLOOR)
            continue;
        own = own || law->country == country;
        if (law->country == country && holds(law, day))
            return law;
        if (is_member(law, country) && holds(law, day))
            floor = law;
    }
    return own ? NULL : floor;
}

const char *law_nearest(const struct law_library *lib, struct slice code)
{
    const char **codes = calloc(lib->n + 1, sizeof *codes);
    const char *near = NULL;
    if (!codes)
        BUG("out of memory");
    for (size_t i = 0; i < lib->n; i++)
        codes[i] = lib->laws[i]->code;
    near = conf_nearest(code, codes);
    for (size_t i = 0; !near && i < lib->n && code.n > 2; i++)
        if (slice_ifind(slice_str(law_name_of(lib->laws[i])), code) != SIZE_MAX)
            near = lib->laws[i]->code;
    free(codes);
    return near;
}

/* ---- one profile ---- */

const char *law_code_of(const struct law *law)
{
    return law->code;
}

const char *law_name_of(const struct law *law)
{
    return law->t[LAW_F_NAME].p ? law->t[LAW_F_NAME].p : law->code; /* arena_dup puts a NUL */
}

const char *law_version_of(const struct law *law)
{
    return law->version;
}

enum law_kind law_kind_of(const struct law *law)
{
    return (enum law_kind)law->v[LAW_F_KIND];
}

enum law_confidence law_confidence_of(const struct law *law)
{
    int32_t c = law->v[LAW_F_CONFIDENCE];
    if (c >= 0)
        return (enum law_confidence)c;
    return law_kind_of(law) >= LAW_KIND_OPERATOR ? LAW_HIGH : LAW_LOW;
}

static int32_t day_of(const struct law *law, enum law_field f)
{
    return law->v[f] == LAW_ABSENT ? LAW_UNKNOWN : law->v[f];
}

int32_t law_from(const struct law *law)
{
    return day_of(law, LAW_F_FROM);
}

int32_t law_until(const struct law *law)
{
    return day_of(law, LAW_F_UNTIL);
}

bool law_in_force(const struct law *law)
{
    int32_t s = law->v[LAW_F_STATUS];
    return law_kind_of(law) <= LAW_KIND_FLOOR && s >= 0 && s <= LAW_ST_GENERAL;
}
