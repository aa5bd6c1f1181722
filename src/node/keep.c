/* The store and the trainer together. See keep.h; lessons come in through keep_lesson.c and are
 * folded in keep_fold.c, scans and held mail through keep_scan.c, questions through keep_ask.c;
 * tokens are in keep_token.c. */
#include "node/keep.h"
#include "node/account.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "node/keep_desk.h"
#include "node/keep_library.h"
#include "node/world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNC_AFTER_LESSONS 2000
#define SYNC_AFTER_US      60000000

static void fill_keep(const struct conf *conf, int64_t keep[KEEP_CLASSES])
{
    const struct conf_keep *c = node_keep(conf);
    keep[KEEP_HISTORY] = c->history;
    keep[KEEP_QUARANTINE] = c->quarantine;
    keep[KEEP_FEATURES] = c->features;
    keep[KEEP_ACTS] = -1;
    keep[KEEP_NODE] = c->history;
    keep[KEEP_REPORTS] = node_dmarc(conf)->keep;
    keep[KEEP_OBJECTS] = -1;
    keep[KEEP_CASES] = c->cases;
}

/* Root must not leave files of its own in the folder of another account: the node could not open
 * them any more. (Root cannot just become that account: it reads other people's mailboxes here.) */
static int check_owner(const char *dir, const struct conf_main *main, struct arena *a,
                       struct err *e)
{
    struct stat st;
    bool is_there = stat(dir, &st) == 0;
    const struct passwd *pw = NULL;
    if (geteuid() != 0 || (is_there && st.st_uid == 0))
        return 0;
    if (is_there)
        pw = getpwuid(st.st_uid);
    else if (main->user.n)
        pw = getpwnam(arena_cstr(a, main->user));
    if (!is_there && (pw == NULL || pw->pw_uid == 0))
        return 0;
    const char *name = pw ? pw->pw_name : "its owner";
    return err_set(e, ERR_DENIED,
                   "no node is running, and %s is %s's: start the node, or call this as %s "
                   "(runuser -u %s -- ...)",
                   dir, name, name, name);
}

/* The site's model is only a fold of the journal: a damaged file goes aside and is made anew
 * (*rebuild). A damaged base model is the installation's, not ours to mend. */
static int open_trainer(struct keep *k, const char *base, const char *site, bool *rebuild,
                        struct err *e)
{
    struct err first = {0};
    int rc = trainer_open(base, site, TRAINER_SLOTS, &first, &k->trainer);
    if (rc != ERR_CORRUPT || !slice_starts(slice_str(first.text), slice_str(site))) {
        if (rc < 0)
            *e = first;
        return rc;
    }
    const char *aside = arena_printf(k->arena, "%s.damaged", site).p;
    log_event(LOG_WARN, "model", "error", LOG_S(first.text), "kept_as", LOG_S(aside), "now",
              LOG_S("made anew from the journal"), NULL);
    if (rename(site, aside) < 0)
        return err_errno(e, "%s", aside);
    unlink(arena_printf(k->arena, "%s.live", site).p);
    *rebuild = true;
    return trainer_open(base, site, TRAINER_SLOTS, e, &k->trainer);
}

int keep_open(struct arena *a, const struct conf *conf, bool rebuild, struct err *e,
              struct keep *out)
{
    struct keep *k = out;
    *k = (struct keep){.arena = a, .conf = conf, .started_us = clock_now_us()};
    const struct conf_main *main = node_main(conf);
    const char *dir = arena_cstr(a, main->data);
    int rc = check_owner(dir, main, a, e);
    if (rc < 0)
        return rc;
    if (mkdir(dir, 0750) < 0 && errno != EEXIST)
        return err_errno(e, "making %s", dir);
    if ((rc = node_mailboxes(a, conf, e, &k->mailboxes)) < 0)
        return rc;
    if ((rc = policy_compile(conf, e, &k->policy)) < 0)
        return rc;
    rc = store_probe(dir, e); /* before the trainer, which cannot say by whom */
    if (rc < 0)
        return rc;
    const char *base = node_base_model(a, conf);
    rc = open_trainer(k, access(base, R_OK) == 0 ? base : NULL,
                      node_path(a, main->data, WORLD_SITE_MODEL), &rebuild, e);
    if (rc < 0)
        return rc;
    if (rebuild)
        trainer_reset(k->trainer);
    k->model_upto = k->synced_upto = rebuild ? 0 : trainer_upto(k->trainer);
    keep_library_open(k);
    k->book = book_new();
    k->accounts = accounts_new();
    struct store_options o = {.dir = dir, .folders = keep_folders(k), .rebuild = rebuild};
    fill_keep(conf, o.keep_us);
    unsigned char digest[32], person[32];
    rc = store_open(&o, e, &k->store);
    if (rc == 0 && ((rc = store_secret(k->store, "digest", digest, e)) < 0 ||
                    (rc = store_secret(k->store, "person", person, e)) < 0 ||
                    (rc = world_write_keys(a, conf, digest, person, e)) < 0))
        store_close(k->store);
    if (rc < 0) {
        keep_library_close(k);
        book_free(k->book);
        trainer_close(k->trainer);
        accounts_free(k->accounts);
        *k = (struct keep){0};
        return rc;
    }
    accounts_open(k->accounts, k->store, dir);
    k->synced_us = clock_mono_us();
    return 0;
}

int keep_sync_model(struct keep *k, struct err *e)
{
    if (k->model_upto == k->synced_upto)
        return 0;
    int rc = trainer_sync(k->trainer, k->model_upto, e);
    if (rc == 0) {
        k->synced_upto = k->model_upto;
        k->unsynced = 0;
    }
    k->synced_us = clock_mono_us();
    return rc;
}

void keep_close(struct keep *k)
{
    struct err e = {0};
    if (k->store == NULL)
        return;
    store_close(k->store);
    keep_library_close(k);
    book_free(k->book);
    if (keep_sync_model(k, &e) < 0) /* the journal has it all; the next start folds again */
        log_event(LOG_WARN, "model", "error", LOG_S(e.text), NULL);
    trainer_close(k->trainer);
    accounts_free(k->accounts);
    k->accounts = NULL;
    free(k->proofs); /* codes that wait die with us */
    k->proofs = NULL;
    arena_free(k->scratch);
    buf_fini(&k->fresh);
    buf_fini(&k->study.raw);
    k->scratch = NULL;
    k->store = NULL;
}

static void stuck(void *arg, int64_t pid, int64_t held_us)
{
    (void)arg;
    log_event(LOG_WARN, "stuck_reader", "pid", LOG_I(pid), "seconds", LOG_I(held_us / 1000000),
              NULL);
}

void keep_tick(struct keep *k)
{
    struct err e = {0};
    static int64_t said_us;
    int rc = store_tick(k->store, clock_now_us(), stuck, k, &e);
    if (rc == 0 &&
        (k->unsynced >= SYNC_AFTER_LESSONS || clock_mono_us() - k->synced_us > SYNC_AFTER_US))
        rc = keep_sync_model(k, &e);
    if (rc == 0)
        keep_desk_tick(k, clock_now_us());
    if (rc < 0 && clock_mono_us() - said_us > 10000000) {
        said_us = clock_mono_us();
        log_event(LOG_ERROR, "store", "error", LOG_S(e.text), NULL);
    }
}

int keep_configure(struct keep *k, const struct conf *conf, struct err *e)
{
    int64_t keep[KEEP_CLASSES];
    struct mailboxes map;
    struct policy *policy;
    int rc = node_mailboxes(conf->arena, conf, e, &map);
    rc = rc ? rc : policy_compile(conf, e, &policy);
    if (rc < 0)
        return rc;
    k->conf = conf;
    k->mailboxes = map;
    k->policy = policy;
    fill_keep(conf, keep);
    store_set_keep(k->store, keep);
    return 0;
}

/* ---- for who acts ---- */

void keep_error(struct buf *out, const char *words)
{
    struct json j = JSON_INIT(out);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "error", words);
    jsonw_object_end(&j);
}

uint32_t keep_status_of(int code)
{
    switch (code) {
    case 0:
        return 200;
    case ERR_NOENT:
        return 404;
    case ERR_DENIED:
        return 403;
    case ERR_EXISTS:
        return 409;
    case ERR_FULL:
        return 507;
    case ERR_LIMIT:
        return 413;
    case ERR_USAGE:
    case ERR_PARSE:
        return 400;
    default:
        return 500;
    }
}

void keep_fail(uint32_t *status, struct buf *out, const struct err *e)
{
    *status = keep_status_of(e->code);
    keep_error(out, e->text);
}

int keep_act(struct keep *k, const struct event *ev, struct err *e, uint64_t *out_seq)
{
    int rc = store_append(k->store, ev, e, out_seq);
    return rc < 0 ? rc : store_commit(k->store, true, e);
}

void keep_redact_key(struct keep *k, unsigned char out[32])
{
    keep_person_of(k, SLICE("desk redaction, first half"), out);
    keep_person_of(k, SLICE("desk redaction, second half"), out + 16);
}

void keep_person_of(struct keep *k, struct slice address, unsigned char out[16])
{
    struct arena *a = arena_new(0);
    store_pseudonym(k->store, mailbox_canonical(a, &k->mailboxes, address), out);
    arena_free(a);
}
