/* muster dkim sign and verify. Mail is read in a child without rights, keys are held by another
 * one; this process hands orders from one to the other. */
#include "base/escape.h"
#include "cli/dkim.h"
#include "cli/mailjob.h"
#include "node/signer.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct mail_run {
    const struct dkim_words *words;
    struct arena *arena;
    struct signer_child signer;
    unsigned long good, bad;
};

/* ---- sign ---- */

/* The fields as lines that end as the message's own do; the seal uppermost. */
static struct slice fields_of(struct arena *a, const struct sign_answer *got, bool is_crlf)
{
    struct buf b = BUF_INIT(1u << 20);
    for (size_t i = got->n; i-- > 0;) {
        buf_printf(&b, "%s: ", got->field[i].name);
        for (size_t k = 0; k < got->field[i].value.n; k++) {
            char c = got->field[i].value.p[k];
            if (c == '\n' && is_crlf)
                buf_chr(&b, '\r');
            buf_chr(&b, c);
        }
        buf_str(&b, is_crlf ? "\r\n" : "\n");
    }
    struct slice text = arena_dup(a, buf_slice(&b));
    buf_fini(&b);
    return text;
}

static int write_copy(const char *folder, const char *name, struct slice fields, struct slice raw,
                      struct err *e)
{
    char path[4200];
    const char *slash = strrchr(name, '/');
    snprintf(path, sizeof(path), "%s/%s", folder, slash ? slash + 1 : name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), rc = 0;
    if (fd < 0)
        return err_errno(e, "%s", path);
    if (write(fd, fields.p, fields.n) != (ssize_t)fields.n ||
        write(fd, raw.p, raw.n) != (ssize_t)raw.n)
        rc = err_errno(e, "writing %s", path);
    close(fd);
    return rc;
}

static void print_fields(const struct dkim_words *w, const char *name,
                         const struct sign_answer *got, struct slice fields)
{
    if (!w->as_json) {
        fwrite(fields.p, 1, fields.n, stdout);
        return;
    }
    struct buf b = BUF_INIT(1u << 20);
    struct json j = JSON_INIT(&b);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "file", name);
    jsonw_array(&j, "fields");
    for (size_t i = 0; i < got->n; i++) {
        jsonw_object(&j, NULL);
        jsonw_cstr(&j, "name", got->field[i].name);
        jsonw_text(&j, "value", got->field[i].value);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
    printf("%s\n", buf_cstr(&b));
    buf_fini(&b);
}

static int sign_each(void *arg, const char *name, const struct parsed *p, struct err *e)
{
    struct mail_run *r = arg;
    struct unpack u = {.rest = p->bytes};
    struct sign_answer got;
    arena_reset(r->arena);
    if (unpack_u8(&u) == 0) {
        command_error(&cmd_dkim, 0, "%s: not signed: %.*s", name, SLICE_ARG(u.rest));
        r->bad++;
        return 0;
    }
    struct slice orders = unpack_bytes(&u), raw = unpack_bytes(&u);
    int rc = signer_child_ask(&r->signer, r->arena, orders, e, &got);
    if (rc < 0)
        return rc;
    if (!got.ok) {
        command_error(&cmd_dkim, 0, "%s: not signed: %.*s", name, SLICE_ARG(got.why));
        r->bad++;
        return 0;
    }
    r->good++;
    size_t lf = slice_chr(raw, '\n');
    bool is_crlf = lf != SIZE_MAX && lf > 0 && raw.p[lf - 1] == '\r';
    struct slice fields = fields_of(r->arena, &got, is_crlf);
    if (r->words->out)
        return write_copy(r->words->out, name, fields, raw, e);
    print_fields(r->words, name, &got, fields);
    return 0;
}

/* ---- verify ---- */

static void print_verdict(const char *name, const json_t *all)
{
    const json_t *arc = json_object_get(all, "arc"), *one;
    size_t i;
    printf("%s\n", name);
    json_array_foreach(json_object_get(all, "dkim"), i, one)
    {
        struct buf b = BUF_INIT(4096);
        escape_add(&b, ESCAPE_TERM, slice_str(json_string_value(json_object_get(one, "domain"))),
                   100);
        buf_chr(&b, ' ');
        escape_add(&b, ESCAPE_TERM, slice_str(json_string_value(json_object_get(one, "selector"))),
                   60);
        printf("  dkim %-9s %s: %s\n", json_string_value(json_object_get(one, "result")),
               buf_cstr(&b), json_string_value(json_object_get(one, "reason")));
        buf_fini(&b);
    }
    if (i == 0)
        printf("  dkim none\n");
    if (json_integer_value(json_object_get(arc, "instance")))
        printf("  arc  %-9s %s\n", json_string_value(json_object_get(arc, "result")),
               json_string_value(json_object_get(arc, "reason")));
}

static int verify_each(void *arg, const char *name, const struct parsed *p, struct err *e)
{
    struct mail_run *r = arg;
    json_error_t bad;
    bool holds = p->bytes.n && p->bytes.p[0] == 1;
    json_t *all = json_loadb(p->bytes.p + 1, p->bytes.n - 1, 0, &bad);
    if (all == NULL)
        return err_set(e, ERR_PARSE, "the reader's answer: %s", bad.text);
    *(holds ? &r->good : &r->bad) += 1;
    if (r->words->as_json) {
        json_object_set_new(all, "file", json_string(name));
        char *line = json_dumps(all, JSON_COMPACT);
        puts(line);
        free(line);
    } else {
        print_verdict(name, all);
    }
    json_decref(all);
    return 0;
}

/* ---- both ---- */

static int run_job(struct mail_run *r, const struct conf *conf, bool is_signing, char **paths,
                   int n)
{
    struct err e = {0};
    struct mailjob job = {.command = &cmd_dkim,
                          .conf = conf,
                          .mode = is_signing ? PARSER_ORDERS : PARSER_SIGNATURES,
                          .each = is_signing ? sign_each : verify_each,
                          .arg = r};
    bool asks = !is_signing || r->words->is_arc;
    if (is_signing && signer_child_start(conf, &e, &r->signer) < 0)
        return command_fail(&cmd_dkim, &e);
    if (asks && lookup_open(conf, r->words->zone, &e, &job.lookup) < 0) {
        if (is_signing)
            signer_child_stop(&r->signer);
        return command_fail(&cmd_dkim, &e);
    }
    int code = mailjob_run(&job, paths, n);
    if (asks)
        lookup_close(job.lookup);
    if (is_signing)
        signer_child_stop(&r->signer);
    return code == EXIT_FINE && r->bad ? EXIT_NEGATIVE : code;
}

static int run_both(const struct dkim_words *w, bool is_signing, int argc, char **argv)
{
    struct conf *conf;
    struct signing *s;
    if (argc == 0)
        return command_error(&cmd_dkim, EXIT_USAGE, "say which mail: %s PATH...",
                             is_signing ? "sign" : "verify");
    struct arena *a = arena_new(0);
    int code = dkim_config(a, w, &conf, &s);
    if (code == EXIT_FINE) {
        struct mail_run r = {.words = w, .arena = arena_new(0)};
        struct parser_orders orders = {.domain = slice_str(w->domain ? w->domain : ""),
                                       .is_arc = w->is_arc,
                                       .authserv_id = w->authserv_id ? slice_str(w->authserv_id)
                                                                     : node_hostname(a, conf)};
        parser_set_orders(&orders);
        code = run_job(&r, conf, is_signing, argv, argc);
        arena_free(r.arena);
    }
    arena_free(a);
    return code;
}

int dkim_run_sign(const struct dkim_words *w, int argc, char **argv)
{
    return run_both(w, true, argc, argv);
}

int dkim_run_verify(const struct dkim_words *w, int argc, char **argv)
{
    return run_both(w, false, argc, argv);
}
