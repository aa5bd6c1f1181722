/* Folding: how events become views, archive and models.
 *
 * A folder is one function for one kind of event. This room's own folders stand in fold.c; higher
 * rooms hand a table of theirs to store_open. Events come in order, each exactly once per target:
 * each target (views, archive, a db, something of the folder's own) knows the sequence up to which
 * it stands, and is given only what comes after. The same code runs for a new event and for a
 * rebuild, so both give the same state. A folder depends on nothing but the event, its target
 * and objects; not on the clock.
 */
#ifndef MUSTER_JOURNAL_FOLD_H
#define MUSTER_JOURNAL_FOLD_H

#include "journal/archive.h"
#include "journal/db.h"
#include "journal/views.h"

/* FOLD_DB: a file of tables of a higher room, opened, committed and mended by the store. */
enum fold_into { FOLD_VIEWS, FOLD_ARCHIVE, FOLD_OWN, FOLD_DB };

struct fold_target {
    struct views *views;
    struct archive *archive;
    struct store *store; /* for keys and objects; its journal must not be written */
    bool is_rebuild;     /* more than the newest events are being folded */
    uint64_t views_upto; /* FOLD_OWN: views stand for events up to here already */
};

typedef int fold_fn(void *arg, struct fold_target *t, const struct event *ev, struct err *e);
/* Takes out of the folder's target what is past its time, within the target's batch. Called by
 * retention before the journal loses its old events; a bounded piece of work: *out_more when
 * something is left for the next call. What it destroys first (keys) may be gone when the batch
 * fails. */
typedef int prune_fn(void *arg, struct fold_target *t, const int64_t keep_us[KEEP_CLASSES],
                     int64_t now_us, bool *out_more, struct err *e);
/* True: the event belongs to what is still there, and stays in the journal whatever its age. */
typedef bool spare_fn(void *arg, const struct event *ev);

struct folder {
    const char *name;
    enum fold_into into;
    enum event_kind kind; /* 0: every kind */
    fold_fn *fn;          /* 0 or negative; negative stops folding and is tried again later */
    void *arg;
    uint64_t (*upto)(void *arg); /* FOLD_OWN: sequence it stands for; else NULL */
    struct db *db;               /* FOLD_DB: closed when handed in; else NULL */
    prune_fn *prune;             /* NULL: all that stands in the target stays */
    spare_fn *spare;             /* NULL: none; asked for events of `kind` alone */
};

/* This room's folders; ends with fn = NULL. */
const struct folder *fold_own(void);

/* What the folders of this room keep in views. All within views_begin and views_end. */

/* What is learned of a message, per person (zeros: the site). */
struct learned_mark {
    uint64_t seq; /* of the event that learned it */
    int64_t at_us;
    uint8_t label, trust;
};
/* ERR_NOENT when that person taught nothing about it, or took it back. */
MUST_USE int fold_learned(struct views *v, const unsigned char digest[16],
                          const unsigned char person[16], struct learned_mark *out);
/* Sum of a counter, 0 when it never counted. */
int64_t fold_counter(struct views *v, const char *name);
/* True when a release allowed this content to this person once, until after now. */
bool fold_allowed(struct views *v, const unsigned char digest[16], const unsigned char person[16],
                  int64_t now_us);
/* Removes marks older than keep_us before now (negative: none) and allowances that ran out.
 * Writer, within the batch. */
MUST_USE int fold_prune(struct views *v, int64_t keep_us, int64_t now_us, struct err *e);

#endif
