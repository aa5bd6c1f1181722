/* Opening what a scan reads. See world.h. */
#include "node/world.h"
#include "auth/crypt.h"
#include "auth/settings.h"
#include "evidence/check.h"
#include "evidence/own.h"
#include "law/local.h"
#include "journal/pseudonym.h"
#include "journal/views.h"
#include "mail/unicode.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define PERSON_KEY 32u

struct people {
    struct mailboxes map;
    unsigned char key[PERSON_KEY];
};

/* scan_world.person_of: the mailbox under this site's key; arg is struct people. */
static void person_of(void *arg, struct slice mailbox, unsigned char out[16])
{
    const struct people *p = arg;
    struct arena *a = arena_new(0);
    pseudonym_of(p->key, mailbox_canonical(a, &p->map, mailbox), out);
    arena_free(a);
}

static int read_keys(struct arena *a, const struct conf *conf, struct scan_world *w, struct err *e)
{
    const char *path = node_path(a, node_main(conf)->data, WORLD_READER_KEYS);
    unsigned char raw[sizeof(w->digest_key) + PERSON_KEY];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || errno == EACCES ? ERR_NOENT : err_errno(e, "%s", path);
    ssize_t n = read(fd, raw, sizeof(raw));
    close(fd);
    if (n != (ssize_t)sizeof(raw))
        return err_set(e, ERR_CORRUPT, "%s: not %d bytes long", path, (int)sizeof(raw));
    memcpy(w->digest_key, raw, sizeof(w->digest_key));
    struct people *p = ARENA_NEW(a, struct people);
    memcpy(p->key, raw + sizeof(w->digest_key), PERSON_KEY);
    w->person_arg = p;
    w->person_of = person_of;
    return node_mailboxes(a, conf, e, &p->map);
}

int world_write_keys(struct arena *a, const struct conf *conf, const unsigned char digest[16],
                     const unsigned char person[32], struct err *e)
{
    const char *path = node_path(a, node_main(conf)->data, WORLD_READER_KEYS);
    const char *fresh = node_path(a, node_main(conf)->data, WORLD_READER_KEYS ".new");
    unsigned char raw[48];
    memcpy(raw, digest, 16);
    memcpy(raw + 16, person, 32);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_errno(e, "making %s", fresh);
    ssize_t n = write(fd, raw, sizeof(raw));
    int rc = n != (ssize_t)sizeof(raw) || fsync(fd) < 0 || rename(fresh, path) < 0
                 ? err_errno(e, "writing %s", path)
                 : 0;
    close(fd);
    return rc;
}

/* A folder that nobody has kept anything in yet, or that this user may not read, has no memory. */
static int open_memory(struct arena *a, const struct conf *conf, struct scan_world *w,
                       struct err *e)
{
    int rc = read_keys(a, conf, w, e);
    if (rc == ERR_NOENT)
        return 0;
    if (rc == 0)
        rc = views_open(node_path(a, node_main(conf)->data, "views"), VIEWS_READ, 0, e, &w->views);
    return rc == ERR_NOENT ? 0 : rc;
}

int world_open(struct arena *a, const struct conf *conf, struct scan_world *w, struct err *e)
{
    *w = (struct scan_world){.conf = conf, .limits = MAIL_LIMITS};
    w->limits.message_bytes = (size_t)node_scan(conf)->max_size;
    w->deadline_us = node_scan(conf)->deadline;
    w->dns_wait_us = node_dns(conf)->wait;
    unicode_warm();
    int rc = crypt_warm(e); /* libcrypto reads its configuration then */
    if (rc < 0 || (rc = open_memory(a, conf, w, e)) < 0)
        return rc;
    const char *base = node_base_model(a, conf);
    const char *site = node_path(a, node_main(conf)->data, WORLD_SITE_MODEL);
    struct classifier *classifier;
    struct policy *policy;
    struct rules *rules;
    struct auth_settings *auth;
    struct law_local *law;
    if ((rc = classifier_open(access(base, R_OK) == 0 ? base : NULL, site, e, &classifier)) < 0 ||
        (rc = policy_compile(conf, e, &policy)) < 0 ||
        (rc = auth_settings_compile(conf, node_hostname(a, conf), &node_main(conf)->domains, e,
                                    &auth)) < 0 ||
        (rc = law_local_open(a, conf, e, &law)) < 0 || (rc = rules_open(conf, e, &rules)) < 0)
        return rc;
    w->classifier = classifier;
    w->policy = policy;
    w->rules = rules;
    w->auth = auth;
    w->law = law;
    w->own = own_open(a, &node_main(conf)->domains);
    return 0;
}
