/* Tokens: what a program shows instead of being root on the control socket. DIR/tokens has a line
 * per token: hash, scopes, name. The token itself is shown once and never stored.
 */
#include "node/keep.h"
#include "doors/doors.h"
#include "base/json.h"
#include "base/rand.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#define TOKENS_BYTES 262144
#define HASH_HEX     64

static const char *const scopes[] = {"scan", "learn", "read", "admin", NULL};

static void hash_token(struct keep *k, struct slice token, char out[HASH_HEX + 1])
{
    struct err e = {0};
    unsigned char key[32], hash[32];
    if (store_secret(k->store, "tokens", key, &e) < 0)
        rand_bytes(key, sizeof(key)); /* then no token fits */
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)token.p, token.n, key,
                       sizeof(key));
    sodium_bin2hex(out, HASH_HEX + 1, hash, sizeof(hash));
}

static const char *path_of(struct keep *k)
{
    return node_path(k->arena, node_main(k->conf)->data, "tokens");
}

static struct slice load(struct keep *k, struct arena *a)
{
    int fd = open(path_of(k), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return SLICE("");
    char *text = arena_bytes(a, TOKENS_BYTES);
    ssize_t n = read(fd, text, TOKENS_BYTES);
    close(fd);
    return slice_of(text, n > 0 ? (size_t)n : 0);
}

/* "HASH SCOPES NAME" */
static bool next_row(struct slice *rest, struct slice out[3])
{
    struct slice line;
    while (slice_line(rest, &line)) {
        if (slice_split(&line, ' ', &out[0]) && slice_split(&line, ' ', &out[1])) {
            out[2] = line;
            return true;
        }
    }
    return false;
}

static bool has_scope(struct slice list, const char *scope)
{
    struct slice part;
    while (slice_split(&list, ',', &part)) {
        if (slice_eq(part, slice_str(scope)) || slice_eq(part, SLICE("admin")))
            return true;
    }
    return false;
}

/* Who spamd's TCP door speaks for when the operator allows TELL without a token: uid 65534. */
static bool is_open_tell(const struct keep *k, const struct record_caller *who, enum door_act act)
{
    const struct doors_conf *doors = conf_data(k->conf, "doors");
    return act == ACT_LEARN && doors->spamd_tell && who->is_local_peer &&
           who->uid == SPAMD_TELL_UID;
}

bool keep_may(struct keep *k, const struct record_caller *who, enum door_act act)
{
    if (keep_is_admin(who) || is_open_tell(k, who, act))
        return true;
    if (who->token.n < 16 || who->token.n > 200)
        return false;
    struct arena *a = arena_new(0);
    struct slice rest = load(k, a), row[3];
    char hash[HASH_HEX + 1];
    bool may = false;
    hash_token(k, who->token, hash);
    while (!may && next_row(&rest, row))
        may = row[0].n == HASH_HEX && sodium_memcmp(row[0].p, hash, HASH_HEX) == 0 &&
              has_scope(row[1], scopes[act]);
    arena_free(a);
    return may;
}

static int store_rows(struct keep *k, struct slice text, struct err *e)
{
    const char *path = path_of(k);
    char fresh[600];
    snprintf(fresh, sizeof(fresh), "%s.new", path);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_errno(e, "%s", fresh);
    ssize_t n = write(fd, text.p ? text.p : "", text.n);
    if (n != (ssize_t)text.n || fsync(fd) < 0 || rename(fresh, path) < 0) {
        int rc = err_errno(e, "writing %s", path);
        close(fd);
        return rc;
    }
    close(fd);
    return 0;
}

static int check_words(struct slice name, struct slice scope, struct err *e)
{
    struct slice part, rest = scope;
    if (name.n == 0 || name.n > 64)
        return err_set(e, ERR_USAGE, "a token needs a name of at most 64 characters");
    for (size_t i = 0; i < name.n; i++) {
        if (!ascii_is_alnum(name.p[i]) && strchr("-_.@", name.p[i]) == NULL)
            return err_set(e, ERR_USAGE, "a token's name has letters, digits and - _ . @ only");
    }
    if (scope.n == 0)
        return err_set(e, ERR_USAGE, "say what it may: scan, learn, read, admin");
    while (slice_split(&rest, ',', &part)) {
        bool known = false;
        for (int i = 0; scopes[i]; i++)
            known |= slice_eq(part, slice_str(scopes[i]));
        if (!known) {
            const char *near = conf_nearest(part, scopes);
            return err_set(e, ERR_USAGE, "unknown scope '%.*s'; %s%s", SLICE_ARG(part),
                           near ? "did you mean " : "they are scan, learn, read, admin",
                           near ? near : "");
        }
    }
    return 0;
}

int keep_token_add(struct keep *k, struct slice name, struct slice scope, struct err *e,
                   char out_token[65])
{
    int rc = check_words(name, scope, e);
    if (rc < 0)
        return rc;
    struct arena *a = arena_new(0);
    struct slice text = load(k, a), rest = text, row[3];
    while (rc == 0 && next_row(&rest, row)) {
        if (slice_eq(row[2], name))
            rc = err_set(e, ERR_EXISTS, "there is a token named '%.*s' already", SLICE_ARG(name));
    }
    if (rc == 0) {
        unsigned char raw[32];
        char hash[HASH_HEX + 1];
        rand_bytes(raw, sizeof(raw));
        sodium_bin2hex(out_token, 65, raw, sizeof(raw));
        hash_token(k, slice_str(out_token), hash);
        struct buf b = BUF_INIT(TOKENS_BYTES);
        buf_add(&b, text);
        buf_printf(&b, "%s %.*s %.*s\n", hash, SLICE_ARG(scope), SLICE_ARG(name));
        rc = b.full ? err_set(e, ERR_LIMIT, "there are too many tokens")
                    : store_rows(k, buf_slice(&b), e);
        buf_fini(&b);
    }
    arena_free(a);
    return rc;
}

int keep_token_remove(struct keep *k, struct slice name, struct err *e)
{
    struct arena *a = arena_new(0);
    struct slice rest = load(k, a), row[3];
    struct buf b = BUF_INIT(TOKENS_BYTES);
    bool found = false;
    while (next_row(&rest, row)) {
        if (slice_eq(row[2], name))
            found = true;
        else
            buf_printf(&b, "%.*s %.*s %.*s\n", SLICE_ARG(row[0]), SLICE_ARG(row[1]),
                       SLICE_ARG(row[2]));
    }
    int rc = found ? store_rows(k, buf_slice(&b), e)
                   : err_set(e, ERR_NOENT, "there is no token named '%.*s'", SLICE_ARG(name));
    buf_fini(&b);
    arena_free(a);
    return rc;
}

void keep_token_list(struct keep *k, struct buf *out)
{
    struct arena *a = arena_new(0);
    struct slice rest = load(k, a), row[3];
    struct json j = JSON_INIT(out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "tokens");
    while (next_row(&rest, row)) {
        jsonw_object(&j, NULL);
        jsonw_text(&j, "name", row[2]);
        jsonw_text(&j, "scope", row[1]);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
    arena_free(a);
}
