/* Opening what a scan reads. See world.h. */
#include "node/world.h"
#include "base/rand.h"
#include "evidence/check.h"
#include "mail/unicode.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int world_digest_key(struct arena *a, const struct conf *conf, bool may_make, unsigned char out[16],
                     struct err *e)
{
    const char *path = node_path(a, node_main(conf)->data, WORLD_DIGEST_KEY);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t n = read(fd, out, 16);
        close(fd);
        return n == 16 ? 0 : err_set(e, ERR_CORRUPT, "%s: not 16 bytes long", path);
    }
    if (errno != ENOENT || !may_make)
        return err_errno(e, "%s", path);
    unsigned char key[16];
    rand_bytes(key, sizeof(key));
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_errno(e, "making %s", path);
    ssize_t n = write(fd, key, sizeof(key));
    if (n != (ssize_t)sizeof(key) || fsync(fd) < 0) {
        int rc = err_errno(e, "writing %s", path);
        close(fd);
        unlink(path);
        return rc;
    }
    close(fd);
    memcpy(out, key, sizeof(key));
    return 0;
}

int world_open(struct arena *a, const struct conf *conf, struct scan_world *w, struct err *e)
{
    *w = (struct scan_world){.conf = conf, .limits = MAIL_LIMITS};
    w->limits.message_bytes = (size_t)node_scan(conf)->max_size;
    w->deadline_us = node_scan(conf)->deadline;
    unicode_warm();
    int rc = world_digest_key(a, conf, false, w->digest_key, e);
    if (rc < 0 && rc != ERR_NOENT)
        return rc;
    const char *base = node_shipped(a, node_main(conf)->base_model, "models/base.muster");
    const char *site = node_path(a, node_main(conf)->data, WORLD_SITE_MODEL);
    struct classifier *classifier;
    struct policy *policy;
    struct rules *rules;
    if ((rc = classifier_open(access(base, R_OK) == 0 ? base : NULL, site, e, &classifier)) < 0 ||
        (rc = policy_compile(conf, e, &policy)) < 0 || (rc = rules_open(conf, e, &rules)) < 0)
        return rc;
    w->classifier = classifier;
    w->policy = policy;
    w->rules = rules;
    return 0;
}
