/* Folding the journal into views, archive and what higher rooms keep. See fold.h. */
#include "journal/store_internal.h"
#include "base/log.h"

#include <stdio.h>

#define BATCH 4096u

static uint64_t target_upto(const struct store *s, const struct folder *f)
{
    switch (f->into) {
    case FOLD_VIEWS:
        return views_upto(s->views);
    case FOLD_ARCHIVE:
        return archive_upto(s->archive);
    case FOLD_DB:
        return db_upto(f->db);
    default:
        return f->upto(f->arg);
    }
}

/* The earliest sequence that every target stands for. */
static uint64_t common_upto(const struct store *s)
{
    uint64_t least = UINT64_MAX;
    const struct folder *lists[2] = {fold_own(), s->folders};
    for (int l = 0; l < 2; l++)
        for (const struct folder *f = lists[l]; f && f->fn; f++)
            if (target_upto(s, f) < least)
                least = target_upto(s, f);
    return least;
}

static int give(struct store *s, struct fold_target *t, const struct event *ev, struct err *e)
{
    const struct folder *lists[2] = {fold_own(), s->folders};
    for (int l = 0; l < 2; l++) {
        for (const struct folder *f = lists[l]; f && f->fn; f++) {
            if ((f->kind && f->kind != ev->kind) || ev->seq <= target_upto(s, f))
                continue;
            int r = f->fn(f->arg, t, ev, e);
            if (r < 0) {
                s->failed = f->into;
                s->failed_db = f->db;
                return err_prefix(e, "folding \"%s\": ", f->name);
            }
        }
    }
    return 0;
}

static int commit(struct store *s, uint64_t upto, struct err *e)
{
    s->failed = FOLD_VIEWS;
    int r = upto > views_upto(s->views) ? views_commit(s->views, upto, e) : 0;
    if (r == 0 && upto > archive_upto(s->archive)) {
        s->failed = FOLD_ARCHIVE;
        r = archive_commit(s->archive, upto, e);
    }
    for (const struct folder *f = s->folders; r == 0 && f && f->fn; f++) {
        if (f->into == FOLD_DB && upto > db_upto(f->db)) {
            s->failed = FOLD_DB;
            s->failed_db = f->db;
            r = db_commit(f->db, upto, e);
        }
    }
    return r;
}

static void rollback(struct store *s)
{
    views_rollback(s->views);
    archive_rollback(s->archive);
    for (const struct folder *f = s->folders; f && f->fn; f++)
        if (f->into == FOLD_DB)
            db_rollback(f->db);
    journal_reader_free(s->tail);
    s->tail = NULL;
}

int store_fold(struct store *s, struct err *e)
{
    uint64_t synced = journal_synced(s->journal), done = common_upto(s);
    if (done >= synced)
        return 0;
    struct fold_target t = {.views = s->views,
                            .archive = s->archive,
                            .store = s,
                            .is_rebuild = synced - done > BATCH,
                            .views_upto = views_upto(s->views)};
    s->failed = FOLD_OWN;
    int r = s->tail ? 0 : journal_read(s->journal, done + 1, e, &s->tail), got = 0;
    struct event ev;
    for (uint64_t n = 1; r == 0 && (got = journal_next(s->tail, &ev, e)) == 1; n++) {
        r = give(s, &t, &ev, e);
        if (r == 0 && n % BATCH == 0)
            r = commit(s, ev.seq, e);
        t.views_upto = views_upto(s->views);
    }
    r = r ? r : got;
    r = r ? r : commit(s, synced, e);
    if (r < 0)
        rollback(s);
    return r;
}

/* Begins the damaged target anew. */
static int drop_failed(struct store *s, struct err *e)
{
    switch (s->failed) {
    case FOLD_VIEWS:
        return store_drop_views(s, e);
    case FOLD_ARCHIVE:
        return store_drop_archive(s, e);
    default:
        return db_anew(s->failed_db, e);
    }
}

void store_catch_up(struct store *s)
{
    struct err e = {0};
    int r = store_fold(s, &e);
    static const char *const names[] = {"views", "archive", "own", "db"};
    bool mended[4] = {false}; /* each sort at most once a call */
    /* A map that was too small grows with the next batch; what is damaged is begun anew. */
    for (int tries = 0; r < 0 && tries < 8; tries++) {
        enum fold_into failed = s->failed;
        if (failed == FOLD_OWN || (r != ERR_CORRUPT && (failed != FOLD_VIEWS || r != ERR_FULL)))
            break;
        if (r == ERR_CORRUPT) {
            if (mended[failed])
                break;
            mended[failed] = true;
            log_event(LOG_ERROR, "store_damaged", "what", LOG_S(names[failed]), "why",
                      LOG_S(e.text), NULL);
            r = drop_failed(s, &e);
            if (r < 0) { /* acts stand in the journal; a new start reports what is wrong */
                log_event(LOG_ERROR, "store_cannot_mend", "why", LOG_S(e.text), NULL);
                BUG("neither views nor archive can be made anew");
            }
        }
        r = store_fold(s, &e);
    }
    if (r < 0 && !s->is_behind)
        log_event(LOG_ERROR, "store_behind", "code", LOG_S(err_name(r)), "why", LOG_S(e.text),
                  NULL);
    if (r == 0 && s->is_behind)
        log_event(LOG_INFO, "store_caught_up", "seq", LOG_I(journal_synced(s->journal)), NULL);
    s->is_behind = r < 0;
}

static void path_in(const struct store *s, const char *name, char out[4096])
{
    snprintf(out, 4096, "%s/%s", s->dir, name);
}

/* Closed first: whoever reads them now keeps the old files until it starts anew. */
int store_drop_views(struct store *s, struct err *e)
{
    char path[4096];
    path_in(s, "views", path);
    views_close(s->views);
    s->views = NULL;
    journal_reader_free(s->tail);
    s->tail = NULL;
    int r = views_drop(path, e);
    return r ? r : views_open(path, VIEWS_WRITE, s->map_bytes, e, &s->views);
}

int store_drop_archive(struct store *s, struct err *e)
{
    journal_reader_free(s->tail);
    s->tail = NULL;
    return archive_anew(s->archive, e);
}

/* Files of higher rooms; two folders may share one. */
static int open_files(struct store *s, struct err *e)
{
    int r = 0;
    for (const struct folder *f = s->folders; r == 0 && f && f->fn; f++)
        if (f->into == FOLD_DB && !db_is_open(f->db))
            r = db_open_in(f->db, s->dir, e);
    return r;
}

int store_drop_files(struct store *s, struct err *e)
{
    const struct db *last = NULL;
    int r = 0;
    for (const struct folder *f = s->folders; r == 0 && f && f->fn; f++) {
        if (f->into == FOLD_DB && f->db != last)
            r = db_anew(f->db, e);
        last = f->db;
    }
    return r;
}

int store_open_targets(struct store *s, struct err *e)
{
    char path[4096];
    path_in(s, "views", path);
    int r = views_open(path, VIEWS_WRITE, s->map_bytes, e, &s->views);
    if (r == ERR_CORRUPT) {
        log_event(LOG_WARN, "views_begun_anew", "why", LOG_S(e ? e->text : ""), NULL);
        r = views_drop(path, e);
        r = r ? r : views_open(path, VIEWS_WRITE, s->map_bytes, e, &s->views);
    }
    if (r < 0)
        return r;
    r = archive_open_in(s->dir, e, &s->archive);
    return r ? r : open_files(s, e);
}
