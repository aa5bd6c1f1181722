/* Backup of what a node keeps, step by step. */
#ifndef MUSTER_NODE_KEEP_BACKUP_H
#define MUSTER_NODE_KEEP_BACKUP_H

#include "node/keep.h"

#define KEEP_BACKUP   "backup.tar.zst" /* below the data folder, until the command line takes it */
#define KEEP_SETTINGS "muster.conf.backup"

/* Begins at `path`; ERR_EXISTS when one is under way or the file is there. */
MUST_USE int keep_backup_begin(struct keep *k, const char *path, struct err *e);
/* About 1 MiB; true: call again. */
bool keep_backup_step(struct keep *k);
void keep_backup_status(struct keep *k, struct buf *out);

#endif
