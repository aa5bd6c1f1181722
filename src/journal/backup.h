/* Backup and restore of a store: one .tar.zst that a person can open too.
 *
 * It holds keys, journal, objects and further files of the caller's (models, configuration), a
 * "manifest" first and "SHA256SUMS" last; views and archive are folded anew after a restore. The
 * keys are inside in clear: the file is mode 0600, keep it as you keep the mail. Made in steps, so
 * that a keeper goes on with its work: what it stands for is the state at backup_begin, less what
 * was erased meanwhile. Nothing is ever overwritten.
 */
#ifndef MUSTER_JOURNAL_BACKUP_H
#define MUSTER_JOURNAL_BACKUP_H

#include "journal/store.h"

/* A file besides the store's own: "models/site.model" is restored to DIR/models/site.model. */
struct backup_extra {
    const char *name, *path;
};

struct backup_sum {
    uint64_t files, bytes, events; /* bytes: unpacked */
};

struct backup;
/* extra ends with name = NULL, or is NULL; a path that does not exist is passed over. ERR_EXISTS
 * when `path` is there already. */
MUST_USE int backup_begin(struct store *s, const char *path, const struct backup_extra *extra,
                          struct err *e, struct backup **out);
/* Writes about 1 MiB. 1: call again, 0: all written and on disk under its name. */
MUST_USE int backup_step(struct backup *b, struct err *e);
/* Ends it at any point; an unfinished file is removed. */
void backup_free(struct backup *b, struct backup_sum *out_sum);

/* Restores into dir, which must be empty or not there (ERR_EXISTS). Everything is unpacked beside
 * it, each sum and the whole journal verified, and then put in place: on failure dir is as it was.
 * ERR_CORRUPT names what is wrong. */
MUST_USE int backup_restore(const char *path, const char *dir, struct err *e,
                            struct backup_sum *out_sum);

#endif
