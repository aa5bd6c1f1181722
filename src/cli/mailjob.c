/* Walking over mail. See mailjob.h. */
#include "cli/mailjob.h"

#include <stdio.h>
#include <unistd.h>

/* One open file; -1: passed over, -2: stop all. */
static int one_file(const struct mailjob *job, struct parser *p, const struct mail_file *f)
{
    struct err e = {0};
    struct parsed parsed;
    int rc = parser_file(p, f, &e);
    bool had = false;
    while (rc >= 0 && (rc = parser_next(p, &e, &parsed)) == 1) {
        char name[1100];
        bool is_many = f->kind == MAIL_MBOX || parsed.number > 1;
        snprintf(name, sizeof(name), is_many ? "%s#%llu" : "%s", f->path,
                 (unsigned long long)parsed.number);
        had = true;
        rc = job->each(job->arg, name, &parsed, &e);
        if (rc < 0) {
            command_error(job->command, 0, "%s", e.text);
            return -2;
        }
    }
    if (rc < 0) {
        command_error(job->command, 0, "%s: %s", f->path, e.text);
        return e.code == ERR_CORRUPT ? -2 : -1;
    }
    if (!had) {
        command_error(job->command, 0, "%s: holds no message", f->path);
        return -1;
    }
    return 0;
}

static int one_path(const struct mailjob *job, struct parser *p, const char *path)
{
    struct err e = {0};
    struct mail_walk *walk;
    struct mail_file f;
    int worst = 0;
    int rc = mail_walk_new(path, &e, &walk);
    if (rc < 0) {
        command_error(job->command, 0, "%s", e.text);
        return -1;
    }
    while ((rc = mail_walk_next(walk, &e, &f)) != 0) {
        if (rc < 0) {
            command_error(job->command, 0, "%s", e.text);
            worst = -1;
            continue;
        }
        rc = one_file(job, p, &f);
        close(f.fd);
        if (rc < 0)
            worst = rc;
        if (rc == -2)
            break;
    }
    mail_walk_free(walk);
    return worst;
}

int mailjob_run(const struct mailjob *job, char **paths, int n)
{
    struct err e = {0};
    struct parser *p;
    if (parser_start_with(job->conf, job->mode, job->env, job->lookup, &e, &p) < 0)
        return command_fail(job->command, &e);
    int worst = 0;
    for (int i = 0; i < n && worst != -2; i++) {
        int rc = one_path(job, p, paths[i]);
        if (rc < worst)
            worst = rc;
    }
    parser_stop(p);
    return worst < 0 ? EXIT_FAILED : EXIT_FINE;
}
