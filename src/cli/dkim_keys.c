/* muster dkim keygen and list. */
#include "auth/key_record.h"
#include "base/clock.h"
#include "cli/dkim.h"
#include "cli/dkim_dns.h"
#include "node/language.h"
#include "node/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int dkim_config(struct arena *a, const struct dkim_words *w, struct conf **out_conf,
                struct signing **out)
{
    struct err e = {0};
    if (node_config_read(a, w->config, &e, out_conf) < 0 || signing_compile(*out_conf, &e, out) < 0)
        return command_fail(&cmd_dkim, &e);
    return EXIT_FINE;
}

const struct lang *dkim_lang(struct arena *a, const struct dkim_words *w)
{
    struct err e = {0};
    struct conf *conf;
    return node_config_read(a, w->config, &e, &conf) < 0 ? NULL : language_of_user(a, conf);
}

int dkim_look(const struct dkim_words *w, const struct conf *conf, struct dkim_wanted *list,
              size_t n, struct err *e)
{
    int rc = dkim_dns_look(conf, w->zone, list, n, e);
    if (rc == 0 || w->zone)
        return rc;
    command_error(&cmd_dkim, 0, "the DNS was not asked: %s", e->text);
    return 0;
}

struct slice dkim_new_selector(struct arena *a, enum crypt_kind kind)
{
    char when[32];
    clock_rfc3339(clock_now_us(), when);
    return arena_printf(a, "%c%.4s%.2s", kind == CRYPT_RSA ? 'r' : 'e', when, when + 5);
}

static int write_key(const char *path, struct slice pem, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600), rc = 0;
    if (fd < 0)
        return errno == EEXIST
                   ? err_set(e, ERR_EXISTS, "%s: there already; keys are not replaced", path)
                   : err_errno(e, "%s", path);
    if (fchmod(fd, 0600) < 0 || write(fd, pem.p, pem.n) != (ssize_t)pem.n || fsync(fd) < 0) {
        rc = err_errno(e, "writing %s", path);
        unlink(path);
    }
    close(fd);
    return rc;
}

int dkim_make_key(struct arena *a, enum crypt_kind kind, unsigned bits, const char *path,
                  struct err *e, struct slice *out_record)
{
    struct crypt_private *key;
    struct slice pem = {0};
    int rc = crypt_private_make(kind, bits, e, &key);
    if (rc < 0)
        return rc;
    if ((rc = crypt_private_pem(a, key, e, &pem)) == 0 &&
        (rc = key_record(a, key, e, out_record)) == 0)
        rc = write_key(path, pem, e);
    if (pem.n)
        explicit_bzero((void *)(uintptr_t)pem.p, pem.n);
    crypt_private_free(key);
    return rc;
}

static bool is_name(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_alnum(s.p[i]) && strchr("-_.", s.p[i]) == NULL)
            return false;
    }
    return s.n > 0 && s.n < 200 && s.p[0] != '.';
}

static void tell_key(const struct dkim_words *w, struct arena *a, struct slice domain,
                     struct slice selector, const char *path, struct slice record)
{
    struct slice name = key_record_name(a, selector, domain);
    struct slice line = key_record_line(a, name, record);
    if (!w->as_json) {
        const struct lang *l = dkim_lang(a, w);
        say_of(l, N_("Key written to %s (only its owner may read it)."), slice_str(path));
        printf("\n\n");
        say(l, N_("Publish this record:"));
        printf("\n\n  name   %.*s\n  type   TXT\n  value  %.*s\n\n", SLICE_ARG(name),
               SLICE_ARG(record));
        say(l, N_("The same as a line of a zone file:"));
        printf("\n\n%.*s\n\n", SLICE_ARG(line));
        say_of(l, N_("When the DNS has it (%s), sign with it; in muster.conf:"),
               arena_printf(a, "muster dns check --selector %.*s %.*s", SLICE_ARG(selector),
                            SLICE_ARG(domain)));
        printf("\n\nsign \"%.*s\" { selector = %.*s  key = %s }\n", SLICE_ARG(domain),
               SLICE_ARG(selector), path);
        return;
    }
    struct buf b = BUF_INIT(65536);
    struct json j = JSON_INIT(&b);
    jsonw_object(&j, NULL);
    jsonw_text(&j, "domain", domain);
    jsonw_text(&j, "selector", selector);
    jsonw_cstr(&j, "file", path);
    jsonw_text(&j, "name", name);
    jsonw_text(&j, "record", record);
    jsonw_text(&j, "zone_line", line);
    jsonw_object_end(&j);
    printf("%s\n", buf_cstr(&b));
    buf_fini(&b);
}

int dkim_run_keygen(const struct dkim_words *w, int argc, char **argv)
{
    struct err e = {0};
    struct slice record, domain = slice_str(argc == 1 ? argv[0] : "");
    bool is_rsa = strcmp(w->type, "rsa") == 0;
    if (!is_rsa && strcmp(w->type, "ed25519") != 0)
        return command_error(&cmd_dkim, EXIT_USAGE, "--type: rsa or ed25519");
    if (argc != 1 || !is_name(domain) || (w->selector && !is_name(slice_str(w->selector))))
        return command_error(&cmd_dkim, EXIT_USAGE, "say: dkim keygen DOMAIN [--selector NAME]");
    struct arena *a = arena_new(0);
    enum crypt_kind kind = is_rsa ? CRYPT_RSA : CRYPT_ED25519;
    struct slice selector = w->selector ? slice_str(w->selector) : dkim_new_selector(a, kind);
    const char *path =
        w->out
            ? w->out
            : arena_printf(a, "%.*s._domainkey.%.*s.pem", SLICE_ARG(selector), SLICE_ARG(domain)).p;
    int rc = dkim_make_key(a, kind, (unsigned)w->bits, path, &e, &record);
    int code = rc < 0 ? command_fail(&cmd_dkim, &e) : EXIT_FINE;
    if (rc == 0)
        tell_key(w, a, domain, selector, path, record);
    arena_free(a);
    return code;
}

/* ---- list ---- */

struct listed {
    struct slice domain, selector;
    const char *path;
    enum crypt_kind kind;
    unsigned bits;
    struct err err; /* why it is not usable; code 0: it is */
};

static void read_key(struct arena *a, const struct sign_domain *d, size_t i, struct listed *k,
                     struct dkim_wanted *w)
{
    struct crypt_private *key = NULL;
    *k = (struct listed){.domain = d->domain,
                         .selector = d->selector.items[i],
                         .path = arena_cstr(a, d->key.items[i])};
    *w = (struct dkim_wanted){.name = key_record_name(a, k->selector, k->domain)};
    int rc = signer_read_key(k->path, &k->err, &key);
    if (rc == 0)
        rc = key_record(a, key, &k->err, &w->record);
    if (rc == 0) {
        k->kind = crypt_private_kind(key);
        k->bits = crypt_private_bits(key);
    }
    k->err.code = rc;
    crypt_private_free(key);
}

static void list_json(const struct listed *k, const struct dkim_wanted *w, struct buf *b)
{
    struct json j = JSON_INIT(b);
    jsonw_object(&j, NULL);
    jsonw_text(&j, "domain", k->domain);
    jsonw_text(&j, "selector", k->selector);
    jsonw_cstr(&j, "file", k->path);
    jsonw_text(&j, "name", w->name);
    if (k->err.code == 0) {
        jsonw_cstr(&j, "type", k->kind == CRYPT_RSA ? "rsa" : "ed25519");
        jsonw_int(&j, "bits", k->bits);
        jsonw_text(&j, "record", w->record);
        jsonw_cstr(&j, "dns", dkim_dns_name(w->state));
    } else {
        jsonw_cstr(&j, "error", k->err.text);
    }
    jsonw_object_end(&j);
}

static void list_text(struct arena *a, const struct lang *l, const struct listed *k,
                      const struct dkim_wanted *w, struct buf *b)
{
    buf_printf(b, "%.*s  %.*s  ", SLICE_ARG(k->domain), SLICE_ARG(k->selector));
    if (k->err.code) {
        lang_fill(l, N_("not usable: %s"), slice_str(k->err.text), b);
        return;
    }
    buf_printf(b, "%s %u  %s\n  %.*s\n  ", k->kind == CRYPT_RSA ? "RSA" : "Ed25519", k->bits,
               k->path, SLICE_ARG(key_record_line(a, w->name, w->record)));
    lang_fill(l, dkim_dns_words(w->state), SLICE(""), b);
}

/* Exit code: 1 when a key cannot be used or the DNS lacks its record. */
static int list_keys(const struct dkim_words *w, struct arena *a, const struct conf *conf,
                     const struct signing *s)
{
    struct err e = {0};
    size_t n = 0, at = 0;
    int code = EXIT_FINE;
    for (size_t i = 0; i < s->n; i++)
        n += s->domain[i]->key.n;
    struct listed *keys = ARENA_ARRAY(a, struct listed, n + 1);
    struct dkim_wanted *wanted = ARENA_ARRAY(a, struct dkim_wanted, n + 1);
    for (size_t i = 0; i < s->n; i++) {
        for (size_t k = 0; k < s->domain[i]->key.n; k++, at++)
            read_key(a, s->domain[i], k, &keys[at], &wanted[at]);
    }
    if (dkim_look(w, conf, wanted, n, &e) < 0)
        return command_fail(&cmd_dkim, &e);
    for (size_t i = 0; i < n; i++) {
        struct buf b = BUF_INIT(65536);
        if (w->as_json)
            list_json(&keys[i], &wanted[i], &b);
        else
            list_text(a, language_of_user(a, conf), &keys[i], &wanted[i], &b);
        printf("%s\n", buf_cstr(&b));
        buf_fini(&b);
        if (keys[i].err.code || dkim_dns_is_bad(wanted[i].state))
            code = EXIT_NEGATIVE;
    }
    return code;
}

int dkim_run_list(const struct dkim_words *w, int argc, char **argv)
{
    struct conf *conf;
    struct signing *s;
    (void)argv;
    if (argc)
        return command_error(&cmd_dkim, EXIT_USAGE, "list takes no words");
    struct arena *a = arena_new(0);
    int code = dkim_config(a, w, &conf, &s);
    if (code == EXIT_FINE && s->n == 0 && !w->as_json)
        printf("%s\n", lang_text(language_of_user(a, conf),
                                 N_("Nothing is signed: the configuration has no section "
                                    "sign \"DOMAIN\".")));
    if (code == EXIT_FINE)
        code = list_keys(w, a, conf, s);
    arena_free(a);
    return code;
}
