/* muster backup, muster restore: everything the node keeps in one file, and back. */
#include "cli/actor.h"
#include "base/progress.h"
#include "node/keep_backup.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pwd.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"}, {0}};

#define POLL_NS   200000000
#define POLL_MOST 18000 /* an hour */

/* Copies to a file that must not be there yet, and waits for the disk. */
static int copy(const char *from, const char *to, struct err *e)
{
    char block[65536];
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int rc = in < 0 ? err_errno(e, "%s", from) : out < 0 ? err_errno(e, "%s", to) : 0;
    ssize_t n = 1;
    while (rc == 0 && (n = read(in, block, sizeof(block))) > 0) {
        if (write(out, block, (size_t)n) != n)
            rc = err_errno(e, "writing %s", to);
    }
    if (rc == 0 && (n < 0 || fsync(out) < 0))
        rc = err_errno(e, "writing %s", to);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    if (rc < 0 && out >= 0)
        unlink(to);
    return rc;
}

static int by_node(struct actor *a, const char *path, struct err *e)
{
    const char *made = node_path(a->arena, node_main(a->conf)->data, KEEP_BACKUP);
    int rc = actor_ask(a, "backup/begin", SLICE("{}"), e);
    for (int i = 0; rc == 0 && i < POLL_MOST; i++) {
        struct slice state = buf_slice(&a->answer);
        if (slice_find(state, SLICE("\"running\"")) == SIZE_MAX)
            break;
        nanosleep(&(struct timespec){0, POLL_NS}, NULL);
        rc = actor_ask(a, "backup/status", SLICE("{}"), e);
    }
    if (rc < 0)
        return rc;
    if (slice_find(buf_slice(&a->answer), SLICE("\"done\"")) == SIZE_MAX)
        return err_set(e, ERR_IO, "the node could not make it: %.*s",
                       SLICE_ARG(buf_slice(&a->answer)));
    rc = copy(made, path, e);
    struct err ignored;
    if (actor_ask(a, "backup/end", SLICE("{}"), &ignored) < 0 && rc == 0)
        rc = err_set(e, ERR_IO, "%s is complete, but %s was left behind: %s", path, made,
                     ignored.text);
    return rc;
}

static int read_one(const struct command *c, int argc, char **argv, const char **config,
                    const char **word)
{
    struct option_reader r = {.command = c, .argc = argc, .argv = argv};
    int o;
    while ((o = option_next(&r)) >= 0)
        *config = r.value;
    if (o != OPTION_END)
        return o == OPTION_HELP ? -1 : EXIT_USAGE;
    if (r.at + 1 != argc)
        return command_error(c, EXIT_USAGE, "say one FILE");
    *word = argv[r.at];
    return EXIT_FINE;
}

static int run_backup(int argc, char **argv)
{
    const char *config = NULL, *path = NULL;
    struct err e = {0};
    struct actor a;
    int code = read_one(&cmd_backup, argc, argv, &config, &path);
    if (code != EXIT_FINE)
        return code < 0 ? EXIT_FINE : code;
    if (access(path, F_OK) == 0)
        return command_error(&cmd_backup, EXIT_FAILED, "%s is there already", path);
    if ((code = actor_open(&cmd_backup, config, &a)) != EXIT_FINE)
        return code;
    int rc;
    if (a.node) {
        rc = by_node(&a, path, &e);
    } else {
        rc = keep_backup_begin(&a.keep, path, &e);
        while (rc == 0 && keep_backup_step(&a.keep))
            continue;
        if (rc == 0 && !a.keep.backup_done)
            rc = err_set(&e, ERR_IO, "%s", a.keep.backup_error);
    }
    actor_close(&a);
    if (rc < 0)
        return command_fail(&cmd_backup, &e);
    printf("%s: made; it holds keys, keep it as you keep the mail\n", path);
    return EXIT_FINE;
}

const struct command cmd_backup = {
    .name = "backup",
    .args = "FILE",
    .summary = "everything the node keeps, in one file",
    .about = "Works while the node runs. The file is a zstd-compressed tar with checksums.",
    .options = options,
    .run = run_backup};

/* ---- restore ---- */

static uid_t owner_uid;
static gid_t owner_gid;

static int give(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return lchown(path, owner_uid, owner_gid);
}

static int run_restore(int argc, char **argv)
{
    const char *config = NULL, *path = NULL;
    struct err e = {0};
    struct conf *conf;
    struct client *node;
    struct backup_sum sum;
    struct arena *a = arena_new(0);
    int code = read_one(&cmd_restore, argc, argv, &config, &path);
    if (code != EXIT_FINE)
        return code < 0 ? EXIT_FINE : code;
    if (node_config_read(a, config, &e, &conf) < 0)
        return command_fail(&cmd_restore, &e);
    if (client_open(conf, &e, &node) == 0)
        return command_error(&cmd_restore, EXIT_FAILED, "a node is running; stop it first");
    const char *dir = arena_cstr(a, node_main(conf)->data);
    if (backup_restore(path, dir, &e, &sum) < 0)
        return command_fail(&cmd_restore, &e);
    const char *user = arena_cstr(a, node_main(conf)->user);
    const struct passwd *pw = geteuid() == 0 && *user ? getpwnam(user) : NULL;
    if (pw) {
        owner_uid = pw->pw_uid;
        owner_gid = pw->pw_gid;
        if (nftw(dir, give, 16, FTW_PHYS) != 0)
            return command_error(&cmd_restore, EXIT_FAILED, "%s: could not be given to %s", dir,
                                 user);
    }
    printf("%s: %llu files, %llu events restored into %s; the settings of that time are in "
           "%s/" KEEP_SETTINGS "\n",
           path, (unsigned long long)sum.files, (unsigned long long)sum.events, dir, dir);
    arena_free(a);
    return EXIT_FINE;
}

const struct command cmd_restore = {
    .name = "restore",
    .args = "FILE",
    .summary = "put a backup into an empty data folder",
    .about = "Verifies everything first and overwrites nothing. No node may run.",
    .options = options,
    .run = run_restore};
