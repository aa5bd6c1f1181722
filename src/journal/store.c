/* The store: opening everything under one folder, commits, housekeeping. See store.h. */
#include "journal/store_internal.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SWEEP_US     (INT64_C(60) * 1000000)
#define RETAIN_US    (INT64_C(24) * 3600 * 1000000)
#define ASIDE_US     (7 * RETAIN_US)
#define FIRST_US     (INT64_C(3600) * 1000000) /* from the start to the first retention */
#define AGAIN_US     (INT64_C(600) * 1000000)  /* when one was not enough */
#define BATCH_ENOUGH (4u << 20) /* bytes of events in memory before they are written unasked */
#define CHECK_US     INT64_C(1000000)

/* Opens and locks DIR/lock; the file holds the number of the process that has it. */
static int take_lock(const char *dir, int flags, struct err *e, int *out_fd)
{
    char path[4096], text[32] = "";
    snprintf(path, sizeof(path), "%s/lock", dir);
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_errno(e, "%s", path);
    *out_fd = fd;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK)
        return err_errno(e, "%s", path);
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    long pid = strtol(text, NULL, 10);
    return pid > 0 ? err_set(e, ERR_EXISTS, "%s is in use by process %ld", dir, pid)
                   : err_set(e, ERR_EXISTS, "%s is in use by another process", dir);
}

static int lock(struct store *s, struct err *e)
{
    char text[32];
    int rc = take_lock(s->dir, O_RDWR | O_CREAT, e, &s->lock_fd);
    if (rc < 0)
        return rc;
    int n = snprintf(text, sizeof(text), "%-15ld\n", (long)getpid());
    if (pwrite(s->lock_fd, text, (size_t)n, 0) != n) /* only words for others: never in the way */
        log_event(LOG_WARN, "lock_not_written", "folder", LOG_S(s->dir), NULL);
    return 0;
}

int store_probe(const char *dir, struct err *e)
{
    struct err ours = {0};
    int fd = -1;
    int rc = take_lock(dir, O_RDONLY, &ours, &fd);
    if (fd >= 0)
        close(fd);
    if (rc == 0 || ours.code != ERR_EXISTS)
        return 0;
    *e = ours;
    return rc;
}

/* What happened to the journal while nobody looked: said once, in the journal itself. */
static void note_recovery(struct store *s, const char *what, const char *detail, uint64_t position)
{
    struct event ev = {.kind = EVENT_RECOVERED};
    ev.recovered.what = slice_str(what);
    ev.recovered.detail = slice_str(detail);
    ev.recovered.position = position;
    struct err e;
    if (journal_append(s->journal, &ev, &e, NULL) < 0 || journal_commit(s->journal, true, &e) < 0)
        log_event(LOG_WARN, "recovery_not_noted", "why", LOG_S(e.text), NULL);
}

static int open_parts(struct store *s, const struct store_options *o, struct err *e)
{
    char path[4096];
    struct journal_options jo = {.segment_bytes = o->segment_bytes};
    snprintf(path, sizeof(path), "%s/keys", s->dir);
    int r = keyring_open(path, e, &s->keys);
    snprintf(path, sizeof(path), "%s/journal", s->dir);
    r = r ? r : journal_open(path, &jo, e, &s->journal);
    snprintf(path, sizeof(path), "%s/objects", s->dir);
    r = r ? r : objects_open(path, s->keys, o->object_most, e, &s->objects);
    r = r ? r : store_open_targets(s, e);
    return r ? r : store_secret(s, "person", s->person_key, e);
}

/* Nothing folded may stand for events that the journal does not have. */
static int check_positions(struct store *s, bool rebuild, struct err *e)
{
    const char *words;
    uint64_t last = journal_last(s->journal), cut = journal_cut(s->journal, &words);
    uint64_t had = views_upto(s->views);
    if (archive_upto(s->archive) > had)
        had = archive_upto(s->archive);
    for (const struct folder *f = s->folders; f && f->fn; f++)
        if (f->into == FOLD_DB && db_upto(f->db) > had)
            had = db_upto(f->db);
    if (cut)
        note_recovery(s, "torn tail cut", words, cut);
    if (had > last) {
        char detail[128];
        snprintf(detail, sizeof(detail), "events %llu to %llu are gone from the journal",
                 (unsigned long long)last + 1, (unsigned long long)had);
        log_event(LOG_ERROR, "journal_lost_events", "last", LOG_I(last), "had", LOG_I(had), NULL);
        note_recovery(s, "events lost", detail, last);
        rebuild = true;
    }
    return rebuild ? store_rebuild(s, e) : 0;
}

int store_open(const struct store_options *o, struct err *e, struct store **out)
{
    struct store *s = calloc(1, sizeof(*s));
    if (s == NULL || (s->dir = strdup(o->dir)) == NULL)
        BUG("out of memory");
    s->lock_fd = -1;
    s->folders = o->folders;
    s->map_bytes = o->map_bytes;
    store_set_keep(s, o->keep_us);
    int r = mkdir(s->dir, 0750) < 0 && errno != EEXIST ? err_errno(e, "%s", s->dir) : 0;
    r = r ? r : lock(s, e);
    r = r ? r : open_parts(s, o, e);
    r = r ? r : check_positions(s, o->rebuild, e);
    if (r < 0) {
        store_close(s);
        return r;
    }
    store_catch_up(s);
    *out = s;
    return 0;
}

void store_close(struct store *s)
{
    if (s == NULL)
        return;
    struct err e;
    if (s->archive && store_commit(s, true, &e) < 0)
        log_event(LOG_WARN, "store_close", "why", LOG_S(e.text), NULL);
    journal_reader_free(s->tail);
    archive_close(s->archive);
    for (const struct folder *f = s->folders; f && f->fn; f++)
        if (f->into == FOLD_DB)
            db_close(f->db);
    views_close(s->views);
    objects_close(s->objects);
    journal_close(s->journal);
    keyring_close(s->keys);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    sodium_memzero(s->person_key, sizeof(s->person_key));
    free(s->dir);
    free(s);
}

int store_append(struct store *s, const struct event *ev, struct err *e, uint64_t *out_seq)
{
    struct journal_size size;
    journal_size(s->journal, &size);
    /* History comes without a commit of its own: between two ticks of a busy node it would fill
     * the batch, and then nothing could be learned either. */
    if (size.batch_bytes > BATCH_ENOUGH) {
        int r = store_commit(s, false, e);
        if (r < 0)
            return r;
    }
    return journal_append(s->journal, ev, e, out_seq);
}

int store_commit(struct store *s, bool durable, struct err *e)
{
    int r = journal_commit(s->journal, durable, e);
    if (r == 0)
        store_catch_up(s);
    return r;
}

bool store_is_behind(const struct store *s)
{
    return s->is_behind;
}

void store_set_keep(struct store *s, const int64_t keep_us[KEEP_CLASSES])
{
    bool is_set = false;
    for (int i = 0; i < KEEP_CLASSES; i++)
        is_set = is_set || keep_us[i] != 0;
    for (int i = 0; i < KEEP_CLASSES; i++)
        s->keep_us[i] = is_set ? keep_us[i] : -1;
}

int store_tick(struct store *s, int64_t now_us, views_stuck_fn *stuck, void *arg, struct err *e)
{
    struct journal_size size;
    uint64_t count;
    journal_size(s->journal, &size);
    int r = size.pending || s->is_behind ? store_commit(s, true, e) : 0;
    int64_t mono = clock_mono_us();
    if (r == 0 && mono - s->checked_us >= CHECK_US) {
        s->checked_us = mono;
        int cleared = views_check_readers(s->views, INT64_C(5000000), stuck, arg, e);
        r = cleared < 0 ? cleared : 0;
    }
    if (r == 0 && mono - s->swept_us >= SWEEP_US) {
        s->swept_us = mono;
        r = quarantine_sweep(s, now_us, e, &count);
    }
    if (s->retain_at_us == 0)
        s->retain_at_us = mono + FIRST_US; /* a start is busy enough */
    if (r == 0 && mono >= s->retain_at_us) {
        s->retain_at_us = mono + RETAIN_US;
        r = store_retain(s, now_us, e, &count);
        if (s->has_more)
            s->retain_at_us = mono + AGAIN_US;
    }
    return r;
}

/* Events of holds that the archive still lists are kept, whatever their age. */
static bool is_of_hold(struct store *s, const struct event *ev)
{
    const unsigned char *hold = ev->hold.hold;
    if (ev->kind == EVENT_QUARANTINED)
        hold = ev->quarantined.hold;
    else if (ev->kind < EVENT_RELEASED || ev->kind > EVENT_DELIVERY_FAILED)
        return false;
    struct arena *a = arena_new(1u << 20);
    struct hold h;
    bool is_there = archive_hold(s->archive, hold, a, NULL, &h) != ERR_NOENT;
    arena_free(a);
    return is_there;
}

static bool is_needed(void *arg, const struct event *ev)
{
    struct store *s = arg;
    bool is = is_of_hold(s, ev);
    for (const struct folder *f = s->folders; !is && f && f->fn; f++)
        is = f->spare && f->kind == ev->kind && f->spare(f->arg, ev);
    return is;
}

static int prune_folders(struct store *s, int64_t now_us, struct err *e)
{
    struct fold_target t = {.views = s->views, .archive = s->archive, .store = s};
    int r = 0;
    s->has_more = false;
    for (const struct folder *f = s->folders; r == 0 && f && f->fn; f++) {
        bool more = false;
        r = f->prune ? f->prune(f->arg, &t, s->keep_us, now_us, &more, e) : 0;
        s->has_more |= more;
    }
    return r;
}

/* What was damaged may be looked at for a while, not longer: people's rows are in it. */
static int drop_aside(struct store *s, int64_t now_us, struct err *e)
{
    int r = archive_drop_aside(s->archive, now_us - ASIDE_US, e);
    for (const struct folder *f = s->folders; r == 0 && f && f->fn; f++)
        if (f->into == FOLD_DB)
            r = db_drop_aside(f->db, now_us - ASIDE_US, e);
    return r;
}

static int commit_folders(struct store *s, struct err *e)
{
    int r = 0;
    for (const struct folder *f = s->folders; r == 0 && f && f->fn; f++)
        if (f->prune && f->into == FOLD_DB)
            r = db_commit(f->db, db_upto(f->db), e);
    return r;
}

int store_retain(struct store *s, int64_t now_us, struct err *e, uint64_t *out_dropped)
{
    if (s->is_behind)
        return err_set(e, ERR_FULL, "views or archive lag behind the journal; nothing is dropped");
    int r = archive_prune(s->archive, s->keep_us, now_us, e);
    r = r ? r : archive_commit(s->archive, archive_upto(s->archive), e);
    r = r ? r : fold_prune(s->views, s->keep_us[KEEP_FEATURES], now_us, e);
    r = r ? r : prune_folders(s, now_us, e);
    r = r ? r : views_commit(s->views, views_upto(s->views), e);
    r = r ? r : commit_folders(s, e);
    if (r < 0) {
        archive_rollback(s->archive);
        views_rollback(s->views);
        for (const struct folder *f = s->folders; f && f->fn; f++)
            if (f->into == FOLD_DB)
                db_rollback(f->db);
        return r;
    }
    r = drop_aside(s, now_us, e);
    if (r < 0)
        return r;
    journal_reader_free(s->tail);
    s->tail = NULL;
    return journal_retain(s->journal, s->keep_us, now_us, is_needed, s, e, out_dropped);
}

int store_rebuild(struct store *s, struct err *e)
{
    views_rollback(s->views);
    archive_rollback(s->archive);
    int r = views_clear(s->views, e);
    r = r ? r : views_commit(s->views, 0, e);
    r = r ? r : store_drop_archive(s, e);
    r = r ? r : store_drop_files(s, e);
    if (r == 0)
        store_catch_up(s);
    return r;
}

struct journal *store_journal(struct store *s)
{
    return s->journal;
}

struct views *store_views(struct store *s)
{
    return s->views;
}

struct archive *store_archive(struct store *s)
{
    return s->archive;
}

struct objects *store_objects(struct store *s)
{
    return s->objects;
}

struct keyring *store_keys(struct store *s)
{
    return s->keys;
}

void store_pseudonym(struct store *s, struct slice mailbox, unsigned char out[16])
{
    memset(out, 0, 16);
    if (mailbox.n)
        crypto_generichash(out, 16, (const unsigned char *)mailbox.p, mailbox.n, s->person_key, 32);
}

int store_secret(struct store *s, const char *name, unsigned char out[32], struct err *e)
{
    unsigned char slot[KEY_BYTES];
    keyring_name("secret", slice_str(name), slot);
    int r = keyring_get(s->keys, slot, true, out, e);
    return r ? r : keyring_sync(s->keys, e);
}

void store_status(struct store *s, struct json *j)
{
    struct journal_size size;
    struct views_size views = {0};
    uint64_t objects = 0, bytes = 0;
    struct err e;
    char at[32];
    journal_size(s->journal, &size);
    jsonw_object(j, "journal");
    jsonw_int(j, "first", (int64_t)journal_first(s->journal));
    jsonw_int(j, "last", (int64_t)journal_last(s->journal));
    jsonw_int(j, "synced", (int64_t)journal_synced(s->journal));
    jsonw_int(j, "segments", (int64_t)size.segments);
    jsonw_int(j, "bytes", (int64_t)size.bytes);
    jsonw_cstr(j, "oldest", size.oldest_us ? clock_rfc3339(size.oldest_us, at) : NULL);
    jsonw_bool(j, "read_only", journal_is_read_only(s->journal));
    jsonw_object_end(j);
    if (views_size(s->views, &views, &e) == 0) {
        jsonw_object(j, "views");
        jsonw_int(j, "upto", (int64_t)views_upto(s->views));
        jsonw_int(j, "bytes", (int64_t)views.used_bytes);
        for (int i = VIEW_META + 1; i < VIEWS; i++)
            jsonw_int(j, view_name((enum view)i), (int64_t)views.entries[i]);
        jsonw_object_end(j);
    }
    jsonw_object(j, "archive");
    jsonw_int(j, "upto", (int64_t)archive_upto(s->archive));
    jsonw_int(j, "bytes", (int64_t)archive_bytes(s->archive));
    jsonw_object_end(j);
    if (objects_size(s->objects, &objects, &bytes, &e) == 0) {
        jsonw_object(j, "objects");
        jsonw_int(j, "count", (int64_t)objects);
        jsonw_int(j, "bytes", (int64_t)bytes);
        jsonw_object_end(j);
    }
    jsonw_int(j, "keys", (int64_t)keyring_count(s->keys));
    jsonw_bool(j, "behind", s->is_behind);
}
