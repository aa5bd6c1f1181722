/* What accounts are in events: the state as JSON, the tables that are folded from it. See
 * account.h. */
#include "node/account_internal.h"

#include <sodium.h>
#include <stdlib.h>

static const char *const sql[ACCOUNT_STATEMENTS] = {
    [ACCOUNT_SQL_PUT] = "INSERT INTO account (id, name, roles, state) VALUES (?1, ?2, ?3, ?4)"
                        " ON CONFLICT(id) DO UPDATE SET name = ?2, roles = ?3, state = ?4",
    [ACCOUNT_SQL_BY_NAME] = "SELECT id, state FROM account WHERE name = ?1",
    [ACCOUNT_SQL_BY_ID] = "SELECT id, state FROM account WHERE id = ?1",
    [ACCOUNT_SQL_LIST] = "SELECT id, state FROM account ORDER BY name LIMIT 5000",
    [ACCOUNT_SQL_COUNT] = "SELECT count(*) FROM account WHERE roles & ?1",
    [ACCOUNT_SQL_DROP] = "DELETE FROM account WHERE id = ?1",
    [ACCOUNT_SQL_ACT] =
        "INSERT OR REPLACE INTO act (seq, at_us, account, actor, role, verb, detail)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [ACCOUNT_SQL_ACTS] = "SELECT at_us, account, actor, role, verb, detail FROM act"
                         " WHERE ?1 IS NULL OR account = ?1 ORDER BY seq DESC LIMIT ?2",
    [ACCOUNT_SQL_INVITE] = "INSERT OR REPLACE INTO invitation (id, hash, expires_us, state)"
                           " VALUES (?1, ?2, ?3, ?4)",
    [ACCOUNT_SQL_INVITED] = "SELECT id, state FROM invitation WHERE hash = ?1 AND expires_us > ?2",
    [ACCOUNT_SQL_UNINVITE] = "DELETE FROM invitation WHERE id = ?1",
};

const struct db_schema account_schema = {
    .name = "accounts",
    .format = 1,
    .tables = "CREATE TABLE account (id BLOB PRIMARY KEY, name TEXT NOT NULL COLLATE NOCASE,"
              " roles INTEGER NOT NULL, state TEXT NOT NULL);"
              "CREATE UNIQUE INDEX account_name ON account(name);"
              "CREATE TABLE invitation (id BLOB PRIMARY KEY, hash BLOB NOT NULL,"
              " expires_us INTEGER NOT NULL, state TEXT NOT NULL);"
              "CREATE TABLE act (seq INTEGER PRIMARY KEY, at_us INTEGER NOT NULL,"
              " account BLOB NOT NULL, actor BLOB NOT NULL, role INTEGER NOT NULL,"
              " verb TEXT NOT NULL, detail TEXT NOT NULL);"
              "CREATE INDEX act_account ON act(account, seq);",
    .sql = sql,
    .n_sql = ACCOUNT_STATEMENTS};

/* ---- state as JSON ---- */

json_t *account_text_json(struct slice s)
{
    json_t *j = json_stringn(s.n ? s.p : "", s.n);
    return j ? j : json_string(""); /* not UTF-8: nothing of ours is */
}

struct slice account_state(const struct account *acc, struct arena *a)
{
    json_t *j = json_object();
    const struct {
        const char *name;
        struct slice value;
    } texts[] = {{"name", acc->name},  {"mailbox", acc->mailbox}, {"domains", acc->domains},
                 {"salt", acc->salt},  {"proof", acc->proof},     {"totp", acc->totp},
                 {"codes", acc->codes}};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        json_object_set_new(j, texts[i].name, account_text_json(texts[i].value));
    json_object_set_new(j, "roles", json_integer(acc->roles));
    json_object_set_new(j, "stakeholder", json_string(stakeholder_name(acc->stakeholder)));
    json_object_set_new(j, "ops", json_integer(acc->ops));
    json_object_set_new(j, "mem", json_integer(acc->mem_kib));
    json_object_set_new(j, "made", json_integer(acc->made_us));
    char *text = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS);
    struct slice out = arena_dup(a, slice_str(text));
    free(text);
    json_decref(j);
    return out;
}

static struct slice member(struct arena *a, const json_t *j, const char *name)
{
    const char *s = json_string_value(json_object_get(j, name));
    return arena_dup(a, s ? slice_str(s) : SLICE(""));
}

static unsigned number(const json_t *j, const char *name)
{
    return (unsigned)json_integer_value(json_object_get(j, name));
}

static enum stakeholder stakeholder_in(const json_t *j)
{
    const char *s = json_string_value(json_object_get(j, "stakeholder"));
    enum stakeholder st = stakeholder_of(s ? slice_str(s) : SLICE(""));
    return st == STAKEHOLDERS ? STAKEHOLDER_NONE : st;
}

int account_read(struct slice state, struct arena *a, struct err *e, struct account *out)
{
    json_t *j = json_loadb(state.p, state.n, 0, NULL);
    if (!json_is_object(j)) {
        json_decref(j);
        return err_set(e, ERR_CORRUPT, "an account's state is not well formed");
    }
    out->name = member(a, j, "name");
    out->mailbox = member(a, j, "mailbox");
    out->domains = member(a, j, "domains");
    out->salt = member(a, j, "salt");
    out->proof = member(a, j, "proof");
    out->totp = member(a, j, "totp");
    out->codes = member(a, j, "codes");
    out->roles = number(j, "roles") & ACTOR_ALL;
    out->stakeholder = stakeholder_in(j);
    out->ops = number(j, "ops");
    out->mem_kib = number(j, "mem");
    out->made_us = json_integer_value(json_object_get(j, "made"));
    json_decref(j);
    return 0;
}

/* ---- folding ---- */

/* The sealed part of an event's body in clear; false: its key was destroyed, or there is none. */
static bool unsealed(struct store *store, const unsigned char id[16], const json_t *body,
                     struct buf *out)
{
    const char *hex = json_string_value(json_object_get(body, "sealed"));
    size_t n = hex ? strlen(hex) / 2 : 0;
    unsigned char name[KEY_BYTES];
    struct err e = {0};
    if (n == 0 || n > ACCOUNT_STATE_MOST)
        return false;
    unsigned char *raw = malloc(n);
    bool ok = raw && sodium_hex2bin(raw, n, hex, 2 * n, NULL, &n, NULL) == 0;
    keyring_name("account", slice_of((const char *)id, 16), name);
    ok = ok && keyring_unseal(store_keys(store), name, slice_of((char *)raw, n), out, &e) == 0;
    free(raw);
    return ok;
}

static int fold_state(struct db *d, const unsigned char id[16], struct slice state, struct err *e)
{
    struct arena *a = arena_new(0);
    struct account acc = {0};
    int rc = account_read(state, a, e, &acc);
    sqlite3_stmt *st = rc == 0 ? db_prepare(d, ACCOUNT_SQL_PUT, e) : NULL;
    if (rc == 0 && st == NULL)
        rc = ERR_IO;
    if (rc == 0) {
        db_bind_raw(st, 1, id, 16);
        db_bind_text(st, 2, acc.name);
        sqlite3_bind_int64(st, 3, acc.roles);
        db_bind_text(st, 4, state);
        rc = db_run(d, st, "writing an account", e);
    }
    arena_free(a);
    return rc;
}

static int fold_invitation(struct db *d, const unsigned char id[16], const json_t *body,
                           struct slice state, struct err *e)
{
    unsigned char hash[32];
    size_t n = 0;
    const char *hex = json_string_value(json_object_get(body, "hash"));
    sqlite3_stmt *st = db_prepare(d, ACCOUNT_SQL_INVITE, e);
    if (st == NULL)
        return ERR_IO;
    if (hex == NULL || sodium_hex2bin(hash, 32, hex, strlen(hex), NULL, &n, NULL) < 0 || n != 32)
        return 0;
    db_bind_raw(st, 1, id, 16);
    db_bind_raw(st, 2, hash, 32);
    sqlite3_bind_int64(st, 3, json_integer_value(json_object_get(body, "expires")));
    db_bind_text(st, 4, state);
    return db_run(d, st, "writing an invitation", e);
}

static int drop(struct db *d, enum account_sql which, const unsigned char id[16], struct err *e)
{
    sqlite3_stmt *st = db_prepare(d, which, e);
    if (st == NULL)
        return ERR_IO;
    db_bind_raw(st, 1, id, 16);
    return db_run(d, st, "removing an account", e);
}

static int fold_act(struct db *d, const struct event *ev, const json_t *body, struct err *e)
{
    const struct event_object *o = &ev->object;
    const char *detail = json_string_value(json_object_get(body, "detail"));
    sqlite3_stmt *st = db_prepare(d, ACCOUNT_SQL_ACT, e);
    if (st == NULL)
        return ERR_IO;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)ev->seq);
    sqlite3_bind_int64(st, 2, ev->at_us);
    db_bind_raw(st, 3, o->object, 16);
    db_bind_raw(st, 4, o->actor, 16);
    sqlite3_bind_int64(st, 5, o->role);
    db_bind_text(st, 6, o->verb);
    db_bind_text(st, 7, detail ? slice_str(detail) : SLICE(""));
    return db_run(d, st, "writing an act", e);
}

/* Others write steps of their own about people (choices, digests); ours are these. */
static bool is_ours(struct slice verb)
{
    static const char *const verbs[] = {"made",          "log-in",           "password",
                                        "roles",         "recovery-code",    "password-reset",
                                        "removed",       "second-factor-on", "second-factor-off",
                                        "mailbox-asked", "mailbox-proven",   "invited",
                                        "joined"};
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (slice_eq(verb, slice_str(verbs[i])))
            return true;
    return false;
}

int account_fold(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    struct accounts *s = arg;
    const struct event_object *o = &ev->object;
    if (!is_ours(o->verb))
        return 0;
    struct buf state = BUF_INIT(ACCOUNT_STATE_MOST);
    json_t *body = json_loadb(o->body.p ? o->body.p : "", o->body.n, 0, NULL);
    int rc = db_need_batch(s->db, e);
    if (rc == 0)
        rc = fold_act(s->db, ev, body, e);
    if (rc < 0 || slice_eq(o->verb, SLICE("log-in"))) {
        json_decref(body);
        return rc;
    }
    if (slice_eq(o->verb, SLICE("removed")))
        rc = drop(s->db, ACCOUNT_SQL_DROP, o->object, e);
    else if (slice_eq(o->verb, SLICE("joined")))
        rc = drop(s->db, ACCOUNT_SQL_UNINVITE, o->object, e);
    else if (unsealed(t->store, o->object, body, &state))
        rc = slice_eq(o->verb, SLICE("invited"))
                 ? fold_invitation(s->db, o->object, body, buf_slice(&state), e)
                 : fold_state(s->db, o->object, buf_slice(&state), e);
    sodium_memzero(state.p, state.n);
    buf_fini(&state);
    json_decref(body);
    return rc;
}
