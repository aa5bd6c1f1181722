/* What the store's files share. */
#ifndef MUSTER_JOURNAL_STORE_INTERNAL_H
#define MUSTER_JOURNAL_STORE_INTERNAL_H

#include "journal/store.h"

struct store {
    char *dir;
    int lock_fd;
    int64_t keep_us[KEEP_CLASSES];
    uint64_t map_bytes;
    const struct folder *folders;
    struct keyring *keys;
    struct journal *journal;
    struct objects *objects;
    struct views *views;
    struct archive *archive;
    struct journal_reader *tail; /* stands behind the last folded event, or NULL */
    bool is_behind;
    enum fold_into failed; /* target of the last folding failure */
    struct db *failed_db;  /* FOLD_DB: which */
    int64_t swept_us, retain_at_us, checked_us;
    bool has_more; /* the last retention left something for the next */
    unsigned char person_key[32];
};

/* Folds what is on disk into every target. On failure everything uncommitted is rolled back. */
MUST_USE int store_fold(struct store *s, struct err *e);
/* The same, mending damaged views or archive on the way; failures are logged, and is_behind set. */
void store_catch_up(struct store *s);
/* Opens views and archive; what is damaged is put aside and begun anew. */
MUST_USE int store_open_targets(struct store *s, struct err *e);
MUST_USE int store_drop_views(struct store *s, struct err *e);
MUST_USE int store_drop_archive(struct store *s, struct err *e);
MUST_USE int store_drop_files(struct store *s, struct err *e);

#endif
