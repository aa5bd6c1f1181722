/* Views: what scanners look up while a message waits, folded from the journal into LMDB.
 *
 * One process writes (keeper), many read. Open after fork, in each process anew. A reader opens
 * everything at once and then needs no file: it works under a sandbox that forbids opening any
 * (data mapped read-only; MDB_NOTLS, so a transaction belongs to the struct, not to a thread).
 * Values of views_get point into the map and live until views_end (reader) or the next change
 * (writer). The writer collects puts and dels and views_commit makes them seen, all or none,
 * together with the sequence of the last event they stand for.
 *
 * Files have mode 0660: readers under another user need write access to lock.mdb by group.
 * Nothing lives here alone: after an unclean stop of the machine (not of the process) or damage
 * the folder is dropped and folded anew from the journal. Limits: keys 511 bytes, values 16 MiB.
 */
#ifndef MUSTER_JOURNAL_VIEWS_H
#define MUSTER_JOURNAL_VIEWS_H

#include "base/buf.h"
#include "base/err.h"

/* Named databases: who folds them, key and value. */
enum view {
    VIEW_META,    /* views: "upto" and the like */
    VIEW_MESSAGE, /* journal: digest[16] + person[16] -> struct learned_mark */
    VIEW_COUNTER, /* journal: name -> i64 */
    VIEW_ALLOW,   /* journal: digest[16] + person[16] -> i64 until */
    VIEW_BAND,    /* node: bands of fingerprints of learned mail */
    VIEW_USER,    /* node: a person's own layer of the classifier */
    VIEW_KNOWN,   /* journal: people that a user writes to (known.h) */
    VIEW_UNDO,    /* node: what unlearning needs */
    VIEW_CHOICE,  /* node: person -> what he chose for his mail (verdict/choice.h) */
    VIEW_SENT,    /* node: person -> i64 up to when held mail was told in a digest */
    VIEW_LISTING, /* desk: what is listed -> its effect (journal/listed.h) */
    VIEWS
};

enum views_mode { VIEWS_WRITE, VIEWS_READ };

struct views;

/* Opens DIR (the writer makes it). map_bytes: first size of the map, 0: 256 MiB; it grows by
 * itself. ERR_NOENT for a reader before the writer was there; ERR_CORRUPT when the writer should
 * call views_drop. */
MUST_USE int views_open(const char *dir, enum views_mode mode, uint64_t map_bytes, struct err *e,
                        struct views **out);
/* The writer drops what was not committed. NULL is fine. */
void views_close(struct views *v);
/* Removes all files of DIR, for a rebuild. Nobody may have it open. */
MUST_USE int views_drop(const char *dir, struct err *e);

/* A reader's look at one state of the views; cheap, once per message. Do not keep it open over a
 * wait: it holds old pages. ERR_IO when the views cannot be read now. For the writer both do
 * nothing. */
MUST_USE int views_begin(struct views *v, struct err *e);
void views_end(struct views *v);

/* ERR_NOENT quietly (e untouched) when there is no such key. */
MUST_USE int views_get(struct views *v, enum view view, struct slice key, struct slice *out);
/* Calls fn for each pair whose key begins with prefix, in order of keys, until it says false.
 * The writer must not change the views meanwhile. */
typedef bool views_each_fn(void *arg, struct slice key, struct slice value);
MUST_USE int views_each(struct views *v, enum view view, struct slice prefix, views_each_fn *fn,
                        void *arg, struct err *e);

/* Writer. A failure other than ERR_LIMIT spoils the batch: views_rollback, and fold again. */
MUST_USE int views_put(struct views *v, enum view view, struct slice key, struct slice value,
                       struct err *e);
/* A key that is not there is fine. */
MUST_USE int views_del(struct views *v, enum view view, struct slice key, struct err *e);
/* Makes the batch seen, as standing for all events up to `upto`. */
MUST_USE int views_commit(struct views *v, uint64_t upto, struct err *e);
void views_rollback(struct views *v);
/* Empties all views within the batch, for folding anew while readers look on. */
MUST_USE int views_clear(struct views *v, struct err *e);
/* Sequence of the last event the committed state stands for; 0 when empty. A reader's
 * is that of its last views_begin. */
uint64_t views_upto(const struct views *v);

struct views_size {
    uint64_t map_bytes, used_bytes, entries[VIEWS];
};
MUST_USE int views_size(struct views *v, struct views_size *out, struct err *e);
/* The name of a database. */
const char *view_name(enum view view);

/* Writer: clears the slots of dead readers and calls fn for each process that holds one state for
 * longer than limit_us by the monotonic clock. Call about once a second. Returns the number
 * cleared or a negative code. */
typedef void views_stuck_fn(void *arg, int64_t pid, int64_t held_us);
MUST_USE int views_check_readers(struct views *v, int64_t limit_us, views_stuck_fn *fn, void *arg,
                                 struct err *e);

#endif
