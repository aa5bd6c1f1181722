/* Views in LMDB. See views.h. */
#include "journal/views.h"
#include "base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAP_BYTES  (256u << 20)
#define MAP_MOST   (UINT64_C(1) << 40)
#define VALUE_MOST (16u << 20)
#define KEY_MOST   511u
#define READERS    512u
#define WATCHED    128u
#define BOOT_BYTES 48u

static const char *const names[VIEWS] = {"meta",  "message", "counter", "allow", "band",   "user",
                                         "known", "undo",    "choice",  "sent",  "listing"};

struct watched {
    int64_t pid;
    uint64_t thread, txn;
    int64_t since_us;
    bool seen;
};

struct views {
    enum views_mode mode;
    char *dir;
    MDB_env *env;
    MDB_dbi dbi[VIEWS];
    MDB_txn *txn;
    bool is_reading; /* reader: between begin and end */
    bool is_dirty;   /* writer: something stands in txn */
    bool wants_more; /* writer: the map was too small */
    uint64_t upto;
    struct watched watched[WATCHED];
};

static int fail(struct err *e, const struct views *v, const char *what, int rc)
{
    int code = ERR_IO;
    if (rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND || rc == MDB_INVALID || rc == MDB_PANIC ||
        rc == MDB_VERSION_MISMATCH || rc == MDB_INCOMPATIBLE)
        code = ERR_CORRUPT;
    else if (rc == MDB_MAP_FULL || rc == ENOSPC || rc == EROFS || rc == EDQUOT || rc == EFBIG)
        code = ERR_FULL;
    else if (rc == ENOENT || rc == MDB_NOTFOUND)
        code = ERR_NOENT;
    else if (rc == EACCES || rc == EPERM)
        code = ERR_DENIED;
    return err_set(e, code, "%s: %s: %s", v->dir, what, mdb_strerror(rc));
}

static MDB_val to_val(struct slice s)
{
    union {
        const char *c;
        void *p;
    } at = {s.p};
    return (MDB_val){.mv_size = s.n, .mv_data = at.p};
}

static struct slice to_slice(MDB_val v)
{
    return slice_of(v.mv_data, v.mv_size);
}

/* The kernel's number for this run of the machine, or "" when it says none. */
static void boot_id(char out[64])
{
    out[0] = '\0';
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, out, 40);
    out[n > 0 ? n : 0] = '\0';
    if (fd >= 0)
        close(fd);
}

/* Commits are not synced: what the machine's cache held at a power loss may be torn. A file says
 * under which run of the machine the views were last written, or that they were closed in order. */
static bool is_trusted(const char *dir)
{
    char path[4096], was[64] = "", now[64];
    snprintf(path, sizeof(path), "%s/boot", dir);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, was, sizeof(was) - 1);
    close(fd);
    boot_id(now);
    struct slice said = slice_trim(slice_of(was, n > 0 ? (size_t)n : 0));
    return slice_eq(said, SLICE("closed")) ||
           (now[0] && slice_eq(said, slice_trim(slice_str(now))));
}

/* Always the same length, in place: it must go on a full disk too. */
static int write_boot(const char *dir, const char *text, struct err *e)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/boot", dir);
    char line[BOOT_BYTES];
    memset(line, ' ', sizeof(line));
    memcpy(line, text, strlen(text) < sizeof(line) ? strlen(text) : sizeof(line));
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    bool good = fd >= 0 && pwrite(fd, line, sizeof(line), 0) == (ssize_t)sizeof(line) &&
                fsync(fd) == 0;
    int r = good ? 0 : err_errno(e, "%s", path);
    if (fd >= 0)
        close(fd);
    return r;
}

/* Opens the named databases; the writer makes those that are not there. */
static int open_databases(struct views *v, struct err *e)
{
    bool is_writer = v->mode == VIEWS_WRITE;
    MDB_txn *txn;
    int rc = mdb_txn_begin(v->env, NULL, is_writer ? 0 : MDB_RDONLY, &txn);
    if (rc == MDB_MAP_RESIZED) {
        mdb_env_set_mapsize(v->env, 0);
        rc = mdb_txn_begin(v->env, NULL, is_writer ? 0 : MDB_RDONLY, &txn);
    }
    if (rc)
        return fail(e, v, "begin", rc);
    for (int i = 0; i < VIEWS; i++) {
        rc = mdb_dbi_open(txn, names[i], is_writer ? MDB_CREATE : 0, &v->dbi[i]);
        if (rc) {
            mdb_txn_abort(txn);
            return fail(e, v, names[i], rc);
        }
    }
    MDB_val key = to_val(SLICE("upto")), value;
    if (mdb_get(txn, v->dbi[VIEW_META], &key, &value) == 0 && value.mv_size == 8)
        memcpy(&v->upto, value.mv_data, 8);
    rc = mdb_txn_commit(txn);
    return rc ? fail(e, v, "commit", rc) : 0;
}

static int prepare_dir(struct views *v, struct err *e)
{
    char path[4096], now[64];
    struct stat st;
    if (v->mode == VIEWS_READ)
        return 0;
    if (mkdir(v->dir, 0770) < 0 && errno != EEXIST)
        return err_errno(e, "%s", v->dir);
    snprintf(path, sizeof(path), "%s/data.mdb", v->dir);
    if (stat(path, &st) == 0 && !is_trusted(v->dir))
        return err_set(e, ERR_CORRUPT, "%s: the machine stopped while the views were open", v->dir);
    boot_id(now);
    return write_boot(v->dir, now, e);
}

int views_open(const char *dir, enum views_mode mode, uint64_t map_bytes, struct err *e,
               struct views **out)
{
    struct views *v = calloc(1, sizeof(*v));
    if (v == NULL || (v->dir = strdup(dir)) == NULL)
        BUG("out of memory");
    v->mode = mode;
    unsigned flags = MDB_NOTLS | (mode == VIEWS_READ ? MDB_RDONLY : MDB_NOSYNC);
    int r = prepare_dir(v, e), rc = r ? 0 : mdb_env_create(&v->env);
    if (r == 0 && rc == 0) {
        rc = mdb_env_set_maxdbs(v->env, VIEWS);
        rc = rc ? rc : mdb_env_set_maxreaders(v->env, READERS);
        rc = rc ? rc : mdb_env_set_mapsize(v->env, map_bytes ? map_bytes : MAP_BYTES);
        rc = rc ? rc : mdb_env_open(v->env, dir, flags, 0660);
    }
    if (rc)
        r = fail(e, v, "opening", rc);
    if (r == 0)
        r = open_databases(v, e);
    if (r < 0) {
        if (v->env)
            mdb_env_close(v->env);
        free(v->dir);
        free(v);
        return r;
    }
    *out = v;
    return 0;
}

void views_close(struct views *v)
{
    if (v == NULL)
        return;
    if (v->txn)
        mdb_txn_abort(v->txn);
    if (v->mode == VIEWS_WRITE && mdb_env_sync(v->env, 1) == 0 &&
        write_boot(v->dir, "closed\n", NULL) < 0)
        v->is_dirty = false; /* then the next opening folds anew: slow, not wrong */
    mdb_env_close(v->env);
    free(v->dir);
    free(v);
}

int views_drop(const char *dir, struct err *e)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "boot"};
    for (size_t i = 0; i < 3; i++) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
        if (unlink(path) < 0 && errno != ENOENT)
            return err_errno(e, "%s", path);
    }
    return 0;
}

const char *view_name(enum view view)
{
    return names[view];
}

static void read_upto(struct views *v)
{
    MDB_val key = to_val(SLICE("upto")), value;
    v->upto = 0;
    if (mdb_get(v->txn, v->dbi[VIEW_META], &key, &value) == 0 && value.mv_size == 8)
        memcpy(&v->upto, value.mv_data, 8);
}

int views_begin(struct views *v, struct err *e)
{
    if (v->mode == VIEWS_WRITE)
        return 0;
    if (v->is_reading)
        BUG("views_begin twice");
    for (int tries = 0;; tries++) {
        int rc = v->txn ? mdb_txn_renew(v->txn) : mdb_txn_begin(v->env, NULL, MDB_RDONLY, &v->txn);
        if (rc == 0)
            break;
        if (rc != MDB_MAP_RESIZED || tries > 0 || mdb_env_set_mapsize(v->env, 0) != 0)
            return fail(e, v, "begin", rc);
    }
    v->is_reading = true;
    read_upto(v);
    return 0;
}

void views_end(struct views *v)
{
    if (v->mode == VIEWS_READ && v->is_reading) {
        mdb_txn_reset(v->txn);
        v->is_reading = false;
    }
}

/* The writer's batch: begun when first needed, in a map at most half full. */
static int need_batch(struct views *v, struct err *e)
{
    if (v->mode == VIEWS_READ) {
        if (!v->is_reading)
            BUG("views read outside views_begin and views_end");
        return 0;
    }
    if (v->txn)
        return 0;
    MDB_envinfo info;
    MDB_stat st;
    mdb_env_info(v->env, &info);
    mdb_env_stat(v->env, &st);
    uint64_t used = (uint64_t)(info.me_last_pgno + 1) * st.ms_psize, map = info.me_mapsize;
    if ((v->wants_more || used > map / 2) && map < MAP_MOST) {
        int rc = mdb_env_set_mapsize(v->env, map * 2);
        if (rc)
            return fail(e, v, "growing the map", rc);
        v->wants_more = false;
    }
    int rc = mdb_txn_begin(v->env, NULL, 0, &v->txn);
    return rc ? fail(e, v, "begin", rc) : 0;
}

int views_get(struct views *v, enum view view, struct slice key, struct slice *out)
{
    struct err e;
    int r = need_batch(v, &e);
    if (r < 0)
        return r;
    if (key.n == 0 || key.n > KEY_MOST)
        return ERR_NOENT;
    MDB_val k = to_val(key), value;
    int rc = mdb_get(v->txn, v->dbi[view], &k, &value);
    if (rc == MDB_NOTFOUND)
        return ERR_NOENT; /* the usual answer: no words are made for it */
    if (rc)
        return fail(&e, v, names[view], rc);
    *out = to_slice(value);
    return 0;
}

int views_each(struct views *v, enum view view, struct slice prefix, views_each_fn *fn, void *arg,
               struct err *e)
{
    int r = need_batch(v, e);
    if (r < 0 || prefix.n > KEY_MOST)
        return r;
    MDB_cursor *cursor;
    int rc = mdb_cursor_open(v->txn, v->dbi[view], &cursor);
    if (rc)
        return fail(e, v, names[view], rc);
    MDB_val k = to_val(prefix), value;
    rc = mdb_cursor_get(cursor, &k, &value, prefix.n ? MDB_SET_RANGE : MDB_FIRST);
    while (rc == 0 && slice_starts(to_slice(k), prefix) && fn(arg, to_slice(k), to_slice(value)))
        rc = mdb_cursor_get(cursor, &k, &value, MDB_NEXT);
    mdb_cursor_close(cursor);
    return rc && rc != MDB_NOTFOUND ? fail(e, v, names[view], rc) : 0;
}

static int need_write(struct views *v, struct slice key, struct err *e)
{
    if (v->mode == VIEWS_READ)
        BUG("a reader writes views");
    if (key.n == 0 || key.n > KEY_MOST)
        return err_set(e, ERR_LIMIT, "key of a view has %zu bytes, 1 to %u fit", key.n, KEY_MOST);
    return need_batch(v, e);
}

int views_put(struct views *v, enum view view, struct slice key, struct slice value, struct err *e)
{
    int r = need_write(v, key, e);
    if (r < 0)
        return r;
    if (value.n > VALUE_MOST)
        return err_set(e, ERR_LIMIT, "value of view %s has %zu bytes, %u fit", names[view], value.n,
                       VALUE_MOST);
    MDB_val k = to_val(key), val = to_val(value);
    int rc = mdb_put(v->txn, v->dbi[view], &k, &val, 0);
    v->is_dirty = true;
    v->wants_more = v->wants_more || rc == MDB_MAP_FULL;
    return rc ? fail(e, v, names[view], rc) : 0;
}

int views_del(struct views *v, enum view view, struct slice key, struct err *e)
{
    int r = need_write(v, key, e);
    if (r < 0)
        return r;
    MDB_val k = to_val(key);
    int rc = mdb_del(v->txn, v->dbi[view], &k, NULL);
    v->is_dirty = true;
    v->wants_more = v->wants_more || rc == MDB_MAP_FULL;
    return rc && rc != MDB_NOTFOUND ? fail(e, v, names[view], rc) : 0;
}

int views_commit(struct views *v, uint64_t upto, struct err *e)
{
    if (!v->is_dirty && upto == v->upto)
        return 0;
    int r = views_put(v, VIEW_META, SLICE("upto"), slice_of((const char *)&upto, 8), e);
    if (r < 0)
        return r;
    int rc = mdb_txn_commit(v->txn);
    v->txn = NULL;
    v->is_dirty = false;
    v->wants_more = v->wants_more || rc == MDB_MAP_FULL;
    if (rc)
        return fail(e, v, "commit", rc);
    v->upto = upto;
    return 0;
}

void views_rollback(struct views *v)
{
    if (v->mode == VIEWS_READ || v->txn == NULL)
        return;
    mdb_txn_abort(v->txn);
    v->txn = NULL;
    v->is_dirty = false;
}

int views_clear(struct views *v, struct err *e)
{
    int r = need_write(v, SLICE("upto"), e);
    for (int i = 0; r == 0 && i < VIEWS; i++) {
        int rc = mdb_drop(v->txn, v->dbi[i], 0);
        v->is_dirty = true;
        if (rc)
            r = fail(e, v, names[i], rc);
    }
    return r;
}

uint64_t views_upto(const struct views *v)
{
    return v->upto;
}

int views_size(struct views *v, struct views_size *out, struct err *e)
{
    MDB_envinfo info;
    MDB_stat st;
    int r = need_batch(v, e);
    if (r < 0)
        return r;
    mdb_env_info(v->env, &info);
    mdb_env_stat(v->env, &st);
    out->map_bytes = info.me_mapsize;
    out->used_bytes = (uint64_t)(info.me_last_pgno + 1) * st.ms_psize;
    for (int i = 0; i < VIEWS; i++) {
        int rc = mdb_stat(v->txn, v->dbi[i], &st);
        if (rc)
            return fail(e, v, names[i], rc);
        out->entries[i] = st.ms_entries;
    }
    return 0;
}

struct walk {
    struct views *v;
    int64_t now_us, limit_us;
    views_stuck_fn *fn;
    void *arg;
    bool is_active; /* some reader holds a state */
};

static struct watched *watch(struct views *v, int64_t pid, uint64_t thread)
{
    struct watched *free_one = NULL;
    for (size_t i = 0; i < WATCHED; i++) {
        struct watched *w = &v->watched[i];
        if (w->pid == pid && w->thread == thread)
            return w;
        if (w->pid == 0 && free_one == NULL)
            free_one = w;
    }
    if (free_one)
        *free_one = (struct watched){.pid = pid, .thread = thread};
    return free_one;
}

/* One line of LMDB's list of readers: "pid thread txnid", with "-" for a reader that is idle. */
static int on_reader(const char *line, void *arg)
{
    struct walk *walk = arg;
    char *end;
    int64_t pid = strtoll(line, &end, 10);
    if (pid <= 0 || end == line)
        return 0;
    uint64_t thread = strtoull(end, &end, 16);
    const char *at = end;
    uint64_t txn = strtoull(at, &end, 10);
    if (end == at)
        return 0;
    walk->is_active = true;
    struct watched *w = watch(walk->v, pid, thread);
    if (w == NULL)
        return 0;
    if (w->txn != txn || w->since_us == 0) {
        w->txn = txn;
        w->since_us = walk->now_us;
    }
    w->seen = true;
    int64_t held = walk->now_us - w->since_us;
    if (held > walk->limit_us)
        walk->fn(walk->arg, pid, held);
    return 0;
}

int views_check_readers(struct views *v, int64_t limit_us, views_stuck_fn *fn, void *arg,
                        struct err *e)
{
    int dead = 0, rc = mdb_reader_check(v->env, &dead);
    if (rc)
        return fail(e, v, "clearing dead readers", rc);
    struct walk walk = {
        .v = v, .now_us = clock_mono_us(), .limit_us = limit_us, .fn = fn, .arg = arg};
    for (size_t i = 0; i < WATCHED; i++)
        v->watched[i].seen = false;
    mdb_reader_list(v->env, on_reader, &walk);
    for (size_t i = 0; i < WATCHED; i++)
        if (!v->watched[i].seen)
            v->watched[i] = (struct watched){0};
    /* Without a change all reads of one state look like one long read: make a change. */
    if (walk.is_active && !v->is_dirty) {
        int r = views_put(v, VIEW_META, SLICE("beat"), slice_of((const char *)&walk.now_us, 8), e);
        if (r == 0)
            r = views_commit(v, v->upto, e);
        if (r < 0) {
            views_rollback(v);
            return r;
        }
    }
    return dead;
}
