/* muster dkim rotate: from one set of keys to the next without a message that cannot be verified.
 *
 * The way: publish the new records; wait until every cache has forgotten that there was nothing;
 * sign with the new keys; keep the old records while signed mail is still under way; revoke them
 * (p= empty); throw the old keys away. Each call looks where the site stands (the state file
 * beside the new keys, and which selectors the configuration names) and says the one next thing.
 * It changes neither DNS nor the configuration.
 */
#include "auth/key_record.h"
#include "base/clock.h"
#include "cli/dkim.h"
#include "cli/dkim_dns.h"
#include "cli/dkim_rotation.h"
#include "node/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_BYTES 65536

static json_t *text(struct slice s)
{
    return json_stringn_nocheck(s.p, s.n);
}

static const char *state_path(struct arena *a, const struct dkim_words *w,
                              const struct sign_domain *d)
{
    const char *key = arena_cstr(a, d->key.items[0]);
    const char *slash = strrchr(key, '/');
    int n = slash ? (int)(slash - key) : 1;
    return arena_printf(a, "%.*s/%.*s.rotation", w->out ? (int)strlen(w->out) : n,
                        w->out  ? w->out
                        : slash ? key
                                : ".",
                        SLICE_ARG(d->domain))
        .p;
}

static int save(const char *path, json_t *state, struct err *e)
{
    char fresh[4096];
    snprintf(fresh, sizeof(fresh), "%s.new", path);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_errno(e, "%s", fresh);
    int bad = json_dumpfd(state, fd, JSON_INDENT(1)) < 0 || fsync(fd) < 0;
    close(fd);
    if (bad || rename(fresh, path) < 0)
        return err_errno(e, "writing %s", path);
    return 0;
}

/* New keys of the same kinds as the present ones, beside them. */
static int begin(struct arena *a, const struct dkim_words *w, const struct sign_domain *d,
                 const char *path, struct err *e, json_t **out)
{
    json_t *state = json_object(), *fresh = json_array(), *old = json_array();
    const char *slash = strrchr(path, '/');
    json_object_set_new(state, "new", fresh);
    json_object_set_new(state, "old", old);
    json_object_set_new(state, "since", json_integer(clock_now_us() / 1000000));
    for (size_t i = 0; i < d->key.n; i++) {
        struct crypt_private *key;
        struct slice record, selector;
        int rc = signer_read_key(arena_cstr(a, d->key.items[i]), e, &key);
        if (rc < 0) {
            json_decref(state);
            return rc;
        }
        enum crypt_kind kind = crypt_private_kind(key);
        unsigned bits = crypt_private_bits(key);
        crypt_private_free(key);
        selector = w->selector ? arena_printf(a, "%s%s", w->selector, i ? "e" : "")
                               : dkim_new_selector(a, kind);
        for (size_t k = 0; k < d->selector.n; k++) { /* twice within a month */
            if (slice_ieq(selector, d->selector.items[k]))
                selector = arena_printf(a, "%.*sb", SLICE_ARG(selector));
        }
        const char *file = arena_printf(a, "%.*s/%.*s._domainkey.%.*s.pem", (int)(slash - path),
                                        path, SLICE_ARG(selector), SLICE_ARG(d->domain))
                               .p;
        rc = dkim_make_key(a, kind, bits, file, e, &record);
        if (rc < 0) {
            json_decref(state);
            return rc;
        }
        json_array_append_new(fresh, json_pack("{s:o,s:s,s:o}", "selector", text(selector), "file",
                                               file, "record", text(record)));
        json_array_append_new(old, json_pack("{s:o,s:o}", "selector", text(d->selector.items[i]),
                                             "file", text(d->key.items[i])));
    }
    *out = state;
    return save(path, state, e);
}

/* How many of the state's list the configuration signs with. */
static size_t in_use(const json_t *list, const struct sign_domain *d)
{
    size_t n = 0, i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        struct slice s = slice_str(json_string_value(json_object_get(one, "selector")));
        for (size_t k = 0; k < d->selector.n; k++)
            n += slice_ieq(s, d->selector.items[k]);
    }
    return n;
}

static void tell_records(struct arena *a, json_t *list, const struct sign_domain *d,
                         const char *record, struct buf *out)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        const char *own = json_string_value(json_object_get(one, "record"));
        struct slice name = key_record_name(
            a, slice_str(json_string_value(json_object_get(one, "selector"))), d->domain);
        buf_printf(out, "  %.*s\n",
                   SLICE_ARG(key_record_line(a, name, slice_str(record ? record : own))));
    }
}

static void tell_section(json_t *list, const struct sign_domain *d, struct buf *out)
{
    static const char *const fields[] = {"selector", "file"}, *const keys[] = {"selector", "key"};
    size_t i;
    json_t *one;
    buf_printf(out, "  sign \"%.*s\" {", SLICE_ARG(d->domain));
    for (int f = 0; f < 2; f++) {
        buf_printf(out, " %s =", keys[f]);
        json_array_foreach(list, i, one) buf_printf(
            out, "%s %s", i ? "," : "", json_string_value(json_object_get(one, fields[f])));
    }
    buf_str(out, " }\n");
}

static void say_line(struct buf *out, const struct lang *l, const char *msgid, struct slice filling)
{
    lang_fill(l, msgid, filling, out);
    buf_chr(out, '\n');
}

static void words_of(struct arena *a, const struct rotation_stage *st, const json_t *state,
                     const struct sign_domain *d, const struct lang *l, struct buf *out)
{
    json_t *fresh = json_object_get(state, "new"), *old = json_object_get(state, "old");
    const struct slice none = SLICE("");
    char text[32];
    clock_rfc3339(st->next_s * 1000000, text);
    struct slice when = arena_printf(a, "%.19sZ", text);
    switch (st->stage) {
    case ROTATION_PUBLISH:
        say_line(out, l,
                 st->next_s ? N_("Step 1 of 4: publish these records, and leave the old ones:")
                            : N_("Step 1 of 4: the DNS does not have these records yet. Publish "
                                 "them, and leave the old ones:"),
                 none);
        tell_records(a, fresh, d, NULL, out);
        say_line(out, l,
                 st->next_s ? N_("Go on signing with the old keys. Run this again after %s.")
                            : N_("Go on signing with the old keys. Run this again when they can "
                                 "be seen."),
                 when);
        break;
    case ROTATION_SWITCH:
        say_line(out, l,
                 N_("Step 2 of 4: the new records had time to spread. Sign with the new keys:"),
                 none);
        tell_section(fresh, d, out);
        say_line(out, l, N_("Then: systemctl reload muster, and run this again."), none);
        break;
    case ROTATION_MIXED:
        say_line(out, l,
                 N_("The configuration names some of the new keys and some of the old ones. It "
                    "should hold:"),
                 none);
        tell_section(fresh, d, out);
        break;
    case ROTATION_KEEP:
        say_line(out, l,
                 N_("Step 3 of 4: the new keys sign. Leave the old records until %s: mail signed "
                    "with them is still under way."),
                 when);
        break;
    case ROTATION_REVOKE:
        say_line(out, l, N_("Step 4 of 4: revoke the old keys. Replace their records:"), none);
        tell_records(a, old, d, "v=DKIM1; p=", out);
        say_line(out, l, N_("Then delete their files:"), none);
        for (size_t i = 0; i < json_array_size(old); i++)
            buf_printf(out, "  %s\n",
                       json_string_value(json_object_get(json_array_get(old, i), "file")));
        say_line(out, l,
                 N_("When the files are gone the rotation is over; run this again for the next."),
                 none);
        break;
    }
}

static bool old_files_are_gone(const json_t *old)
{
    for (size_t i = 0; i < json_array_size(old); i++) {
        const char *file = json_string_value(json_object_get(json_array_get(old, i), "file"));
        if (file && access(file, F_OK) == 0)
            return false;
    }
    return true;
}

static void print(const struct dkim_words *w, const struct rotation_stage *st, const json_t *state,
                  const char *path, const struct sign_domain *d, const char *said)
{
    if (!w->as_json) {
        fputs(said, stdout);
        return;
    }
    struct buf b = BUF_INIT(STATE_BYTES);
    struct json j = JSON_INIT(&b);
    char *whole = json_dumps(state, JSON_COMPACT);
    jsonw_object(&j, NULL);
    jsonw_text(&j, "domain", d->domain);
    jsonw_cstr(&j, "stage", rotation_name(st->stage));
    jsonw_int(&j, "next", st->next_s);
    jsonw_cstr(&j, "state_file", path);
    jsonw_cstr(&j, "words", said);
    jsonw_raw(&j, "state", slice_str(whole));
    jsonw_object_end(&j);
    printf("%s\n", buf_cstr(&b));
    free(whole);
    buf_fini(&b);
}

/* How many of the new records the DNS does not have; what it does not answer is not counted. */
static int count_unseen(struct arena *a, const struct dkim_words *w, const struct conf *conf,
                        const struct sign_domain *d, const json_t *fresh, size_t *out,
                        struct err *e)
{
    size_t n = json_array_size(fresh);
    struct dkim_wanted *wanted = ARENA_ARRAY(a, struct dkim_wanted, n + 1);
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(fresh, i);
        wanted[i] = (struct dkim_wanted){
            .name = key_record_name(
                a, slice_str(json_string_value(json_object_get(one, "selector"))), d->domain),
            .record = slice_str(json_string_value(json_object_get(one, "record")))};
    }
    int rc = dkim_look(w, conf, wanted, n, e);
    *out = 0;
    for (size_t i = 0; i < n; i++)
        *out += dkim_dns_is_bad(wanted[i].state);
    return rc;
}

/* Where it stands, from the state file and the configuration; notes when the switch was seen. */
static int look(struct arena *a, const struct dkim_words *w, const struct conf *conf,
                const struct sign_domain *d, struct err *e)
{
    const char *path = state_path(a, w, d);
    json_error_t bad;
    int rc = 0;
    int64_t now = clock_now_us() / 1000000;
    json_t *state = access(path, F_OK) == 0 ? json_load_file(path, 0, &bad) : NULL;
    if (state == NULL && access(path, F_OK) == 0)
        return err_set(e, ERR_PARSE, "%s: %s", path, bad.text);
    if (state == NULL && (rc = begin(a, w, d, path, e, &state)) < 0)
        return rc;
    struct rotation r = {.since_s = json_integer_value(json_object_get(state, "since")),
                         .switched_s = json_integer_value(json_object_get(state, "switched")),
                         .n_new = json_array_size(json_object_get(state, "new")),
                         .new_in_use = in_use(json_object_get(state, "new"), d),
                         .old_in_use = in_use(json_object_get(state, "old"), d),
                         .wait_s = w->wait_hours * 3600,
                         .keep_s = w->keep_days * 86400};
    struct rotation_stage st = rotation_look(&r, now);
    if (st.stage == ROTATION_SWITCH) {
        rc = count_unseen(a, w, conf, d, json_object_get(state, "new"), &r.n_unseen, e);
        st = rotation_look(&r, now);
    }
    if (st.stage == ROTATION_KEEP && r.switched_s == 0) {
        json_object_set_new(state, "switched", json_integer(now));
        rc = save(path, state, e);
    }
    struct buf b = BUF_INIT(STATE_BYTES);
    const struct lang *l = w->as_json ? NULL : dkim_lang(a, w);
    if (st.stage == ROTATION_REVOKE && old_files_are_gone(json_object_get(state, "old"))) {
        say_line(&b, l,
                 N_("The rotation is over: the old keys are gone. Leave their revoked records for "
                    "a while, or remove them."),
                 SLICE(""));
        if (unlink(path) < 0)
            rc = err_errno(e, "removing %s", path);
    } else {
        words_of(a, &st, state, d, l, &b);
    }
    if (rc == 0)
        print(w, &st, state, path, d, buf_cstr(&b));
    buf_fini(&b);
    json_decref(state);
    return rc;
}

int dkim_run_rotate(const struct dkim_words *w, int argc, char **argv)
{
    struct conf *conf;
    struct signing *s;
    struct err e = {0};
    if (argc != 1)
        return command_error(&cmd_dkim, EXIT_USAGE, "say: dkim rotate DOMAIN");
    struct arena *a = arena_new(0);
    int code = dkim_config(a, w, &conf, &s);
    const struct sign_domain *d = NULL;
    for (size_t i = 0; code == EXIT_FINE && i < s->n; i++) {
        if (slice_ieq(s->domain[i]->domain, slice_str(argv[0])))
            d = s->domain[i];
    }
    if (code == EXIT_FINE && d == NULL)
        code = command_error(&cmd_dkim, EXIT_FAILED,
                             "%s has no section sign in the configuration; begin with: muster "
                             "dkim keygen %s",
                             argv[0], argv[0]);
    if (code == EXIT_FINE && look(a, w, conf, d, &e) < 0)
        code = command_fail(&cmd_dkim, &e);
    arena_free(a);
    return code;
}
