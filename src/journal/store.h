/* The store: everything the keeper keeps under one folder, opened together.
 *
 *   DIR/lock  DIR/keys  DIR/journal/  DIR/objects/  DIR/views/  DIR/archive.db
 *
 * The order of an act: store_append (memory), store_commit durable (journal on disk, then folded),
 * then the answer. When folding fails (disk full, damage) the act still stands: the store says so
 * in the log and in its status, and folds again at the next commit; damaged views or archive are
 * dropped and folded anew. One process opens a store; others read the views alone.
 */
#ifndef MUSTER_JOURNAL_STORE_H
#define MUSTER_JOURNAL_STORE_H

#include "journal/fold.h"
#include "journal/log.h"
#include "journal/objects.h"

struct store;

struct store_options {
    const char *dir;
    int64_t keep_us[KEEP_CLASSES];                  /* negative or all zero: for ever */
    uint64_t segment_bytes, map_bytes, object_most; /* 0: their defaults */
    const struct folder *folders; /* of higher rooms, ends with fn = NULL; or NULL */
    bool rebuild;                 /* drop views and archive and fold them anew */
};

/* ERR_EXISTS "DIR is in use by process N"; ERR_CORRUPT for a damaged journal or key file. Folds
 * what the views and the archive do not stand for yet. */
MUST_USE int store_open(const struct store_options *o, struct err *e, struct store **out);
/* Without opening: ERR_EXISTS as above when another process has it now; 0 otherwise, also when
 * there is nothing yet or it cannot be read (store_open says so). */
MUST_USE int store_probe(const char *dir, struct err *e);
/* Commits, closes in order. */
void store_close(struct store *s);

/* See journal_append and journal_commit. */
MUST_USE int store_append(struct store *s, const struct event *ev, struct err *e,
                          uint64_t *out_seq);
MUST_USE int store_commit(struct store *s, bool durable, struct err *e);
/* True when views or archive lag behind the journal. */
bool store_is_behind(const struct store *s);
/* Housekeeping; call about once a second: batched events to disk and folded, dead readers cleared,
 * stuck ones reported, quarantine swept each minute, retention an hour after the start and
 * then each day. */
MUST_USE int store_tick(struct store *s, int64_t now_us, views_stuck_fn *stuck, void *arg,
                        struct err *e);
/* Retention now. *out_dropped counts events of the journal. */
MUST_USE int store_retain(struct store *s, int64_t now_us, struct err *e, uint64_t *out_dropped);
/* New times after a reload of the configuration. */
void store_set_keep(struct store *s, const int64_t keep_us[KEEP_CLASSES]);
/* Folds views and archive anew from the first event. Readers of the views see them empty and
 * filling up meanwhile. */
MUST_USE int store_rebuild(struct store *s, struct err *e);

struct journal *store_journal(struct store *s);
struct views *store_views(struct store *s);
struct archive *store_archive(struct store *s);
struct objects *store_objects(struct store *s);
struct keyring *store_keys(struct store *s);

/* A person in events: keyed hash of the canonical mailbox; zeros for an empty one. */
void store_pseudonym(struct store *s, struct slice mailbox, unsigned char out[16]);
/* A random secret of this site by name ("digest", "id mac"), made when first asked for and the
 * same ever after. */
MUST_USE int store_secret(struct store *s, const char *name, unsigned char out[32], struct err *e);
/* Members of the open JSON object: sequences, sizes, oldest, keys, whether something lags. */
struct json;
void store_status(struct store *s, struct json *j);

#endif
