/* Backup while the node runs: keeper writes DIR/backup.tar.zst step by step between its other work;
 * the command line then takes the file out of the data folder, which keeper may not leave.
 */
#include "node/keep_backup.h"
#include "base/json.h"
#include "base/log.h"
#include "node/world.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* The settings in force as a file that can be read back. */
static int write_settings(struct keep *k, const char *path, struct err *e)
{
    struct buf b = BUF_INIT(4 * 1024 * 1024);
    conf_show(k->conf, &b, false);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int rc = fd < 0 || write(fd, b.p, b.n) != (ssize_t)b.n ? err_errno(e, "%s", path) : 0;
    if (fd >= 0)
        close(fd);
    buf_fini(&b);
    return rc;
}

int keep_backup_begin(struct keep *k, const char *path, struct err *e)
{
    struct slice dir = node_main(k->conf)->data;
    const char *settings = node_path(k->arena, dir, KEEP_SETTINGS);
    if (k->backup)
        return err_set(e, ERR_EXISTS, "a backup is being made already");
    int rc = keep_sync_model(k, e);
    if (rc == 0)
        rc = write_settings(k, settings, e);
    if (rc < 0)
        return rc;
    struct backup_extra extra[] = {{WORLD_SITE_MODEL, node_path(k->arena, dir, WORLD_SITE_MODEL)},
                                   {"tokens", node_path(k->arena, dir, "tokens")},
                                   {KEEP_SETTINGS, settings},
                                   {NULL, NULL}};
    k->backup_done = false;
    rc = backup_begin(k->store, path, extra, e, &k->backup);
    k->backup_error[0] = '\0';
    return rc;
}

bool keep_backup_step(struct keep *k)
{
    struct err e = {0};
    if (k->backup == NULL)
        return false;
    int rc = backup_step(k->backup, &e);
    if (rc == 1)
        return true;
    if (rc < 0) {
        snprintf(k->backup_error, sizeof(k->backup_error), "%s", e.text);
        log_event(LOG_ERROR, "backup", "error", LOG_S(e.text), NULL);
    }
    backup_free(k->backup, &k->backup_sum);
    k->backup = NULL;
    k->backup_done = rc == 0;
    return false;
}

void keep_backup_status(struct keep *k, struct buf *out)
{
    struct json j = JSON_INIT(out);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "state",
               k->backup            ? "running"
               : k->backup_error[0] ? "failed"
               : k->backup_done     ? "done"
                                    : "none");
    if (k->backup_error[0])
        jsonw_cstr(&j, "error", k->backup_error);
    jsonw_int(&j, "files", (int64_t)k->backup_sum.files);
    jsonw_int(&j, "bytes", (int64_t)k->backup_sum.bytes);
    jsonw_int(&j, "events", (int64_t)k->backup_sum.events);
    jsonw_object_end(&j);
}
