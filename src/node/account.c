/* Accounts in events and in accounts.db. See account.h. */
#include "node/account_internal.h"
#include "base/clock.h"
#include "base/rand.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>

#define STATE_MOST (64u * 1024)

enum statement {
    ST_PUT,
    ST_BY_NAME,
    ST_BY_ID,
    ST_LIST,
    ST_COUNT,
    ST_DROP,
    ST_ACT,
    ST_ACTS,
    ST_INVITE,
    ST_INVITED,
    ST_UNINVITE,
    STATEMENTS
};

static const char *const sql[STATEMENTS] = {
    [ST_PUT] = "INSERT INTO account (id, name, roles, state) VALUES (?1, ?2, ?3, ?4)"
               " ON CONFLICT(id) DO UPDATE SET name = ?2, roles = ?3, state = ?4",
    [ST_BY_NAME] = "SELECT id, state FROM account WHERE name = ?1",
    [ST_BY_ID] = "SELECT id, state FROM account WHERE id = ?1",
    [ST_LIST] = "SELECT id, state FROM account ORDER BY name LIMIT 5000",
    [ST_COUNT] = "SELECT count(*) FROM account WHERE roles & ?1",
    [ST_DROP] = "DELETE FROM account WHERE id = ?1",
    [ST_ACT] = "INSERT OR REPLACE INTO act (seq, at_us, account, actor, role, verb, detail)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [ST_ACTS] = "SELECT at_us, account, actor, role, verb, detail FROM act"
                " WHERE ?1 IS NULL OR account = ?1 ORDER BY seq DESC LIMIT ?2",
    [ST_INVITE] = "INSERT OR REPLACE INTO invitation (id, hash, expires_us, state)"
                  " VALUES (?1, ?2, ?3, ?4)",
    [ST_INVITED] = "SELECT id, state FROM invitation WHERE hash = ?1 AND expires_us > ?2",
    [ST_UNINVITE] = "DELETE FROM invitation WHERE id = ?1",
};

static const struct db_schema schema = {
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
    .n_sql = STATEMENTS};

void account_mac(const struct accounts *s, const char *use, struct slice what,
                 unsigned char out[32])
{
    crypto_generichash_state st;
    crypto_generichash_init(&st, s->key, sizeof(s->key), 32);
    crypto_generichash_update(&st, (const unsigned char *)use, strlen(use) + 1);
    crypto_generichash_update(&st, (const unsigned char *)what.p, what.n);
    crypto_generichash_final(&st, out, 32);
}

/* ---- state as JSON ---- */

static json_t *text_json(struct slice s)
{
    json_t *j = json_stringn(s.n ? s.p : "", s.n);
    return j ? j : json_string(""); /* not UTF-8: nothing of ours is */
}

static struct slice state_of(const struct account *acc, struct arena *a)
{
    json_t *j = json_object();
    const struct {
        const char *name;
        struct slice value;
    } texts[] = {{"name", acc->name},  {"mailbox", acc->mailbox}, {"domains", acc->domains},
                 {"salt", acc->salt},  {"proof", acc->proof},     {"totp", acc->totp},
                 {"codes", acc->codes}};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        json_object_set_new(j, texts[i].name, text_json(texts[i].value));
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

static int account_read(struct slice state, struct arena *a, struct err *e, struct account *out)
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
    if (n == 0 || n > STATE_MOST)
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
    sqlite3_stmt *st = rc == 0 ? db_prepare(d, ST_PUT, e) : NULL;
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
    sqlite3_stmt *st = db_prepare(d, ST_INVITE, e);
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

static int drop(struct db *d, enum statement which, const unsigned char id[16], struct err *e)
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
    sqlite3_stmt *st = db_prepare(d, ST_ACT, e);
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

static int fold(void *arg, struct fold_target *t, const struct event *ev, struct err *e)
{
    struct accounts *s = arg;
    const struct event_object *o = &ev->object;
    if (!is_ours(o->verb))
        return 0;
    struct buf state = BUF_INIT(STATE_MOST);
    json_t *body = json_loadb(o->body.p ? o->body.p : "", o->body.n, 0, NULL);
    int rc = db_need_batch(s->db, e);
    if (rc == 0)
        rc = fold_act(s->db, ev, body, e);
    if (rc < 0 || slice_eq(o->verb, SLICE("log-in"))) {
        json_decref(body);
        return rc;
    }
    if (slice_eq(o->verb, SLICE("removed")))
        rc = drop(s->db, ST_DROP, o->object, e);
    else if (slice_eq(o->verb, SLICE("joined")))
        rc = drop(s->db, ST_UNINVITE, o->object, e);
    else if (unsealed(t->store, o->object, body, &state))
        rc = slice_eq(o->verb, SLICE("invited"))
                 ? fold_invitation(s->db, o->object, body, buf_slice(&state), e)
                 : fold_state(s->db, o->object, buf_slice(&state), e);
    sodium_memzero(state.p, state.n);
    buf_fini(&state);
    json_decref(body);
    return rc;
}

/* ---- opening ---- */

struct accounts *accounts_new(void)
{
    struct accounts *s = calloc(1, sizeof(*s));
    if (s == NULL)
        BUG("out of memory");
    s->db = db_new(&schema);
    rand_bytes(s->key, sizeof(s->key));
    return s;
}

struct folder accounts_folder(struct accounts *s)
{
    return (struct folder){.name = "accounts",
                           .into = FOLD_DB,
                           .kind = EVENT_ACCOUNT,
                           .fn = fold,
                           .arg = s,
                           .db = s->db};
}

void accounts_open(struct accounts *s, struct store *store, const char *dir)
{
    struct err e = {0};
    struct buf path = BUF_INIT(4096);
    s->store = store;
    buf_printf(&path, "%s/sessions", dir);
    s->path = strdup(buf_cstr(&path));
    buf_fini(&path);
    if (store_secret(store, "account", s->key, &e) < 0)
        rand_bytes(s->key, sizeof(s->key)); /* then no password fits until it is there again */
    sessions_load(s);
}

void accounts_free(struct accounts *s)
{
    if (s == NULL)
        return;
    db_free(s->db);
    free(s->session);
    free((char *)(uintptr_t)s->path);
    free(s);
}

/* ---- reading ---- */

static int one(struct accounts *s, sqlite3_stmt *st, struct arena *a, struct err *e,
               struct account *out)
{
    int rc = db_step(s->db, st, "reading an account", e);
    if (rc == 1) {
        struct account acc = {0};
        db_raw(st, 0, acc.id, 16);
        rc = account_read(db_text(st, 1, a), a, e, &acc);
        if (rc == 0)
            *out = acc;
    } else if (rc == 0) {
        rc = err_set(e, ERR_NOENT, "there is no such account");
    }
    sqlite3_reset(st);
    return rc;
}

int account_by_name(struct accounts *s, struct slice name, struct arena *a, struct err *e,
                    struct account *out)
{
    sqlite3_stmt *st = db_prepare(s->db, ST_BY_NAME, e);
    if (st == NULL)
        return ERR_IO;
    db_bind_text(st, 1, name);
    return one(s, st, a, e, out);
}

int account_by_id(struct accounts *s, const unsigned char id[16], struct arena *a, struct err *e,
                  struct account *out)
{
    sqlite3_stmt *st = db_prepare(s->db, ST_BY_ID, e);
    if (st == NULL)
        return ERR_IO;
    db_bind_raw(st, 1, id, 16);
    return one(s, st, a, e, out);
}

int account_list(struct accounts *s, struct arena *a, struct err *e, struct account **out,
                 size_t *out_n)
{
    size_t room = 16, n = 0;
    struct account *rows = ARENA_ARRAY(a, struct account, room);
    sqlite3_stmt *st = db_prepare(s->db, ST_LIST, e);
    int rc = st ? 0 : ERR_IO;
    while (st && (rc = db_step(s->db, st, "listing accounts", e)) == 1) {
        if (n == room) {
            rows = arena_grow(a, rows, n, 2 * room, sizeof(*rows));
            room *= 2;
        }
        rows[n] = (struct account){0};
        db_raw(st, 0, rows[n].id, 16);
        if ((rc = account_read(db_text(st, 1, a), a, e, &rows[n])) < 0)
            break;
        n++;
    }
    if (st)
        sqlite3_reset(st);
    *out = rows;
    *out_n = n;
    return rc < 0 ? rc : 0;
}

int64_t account_count(struct accounts *s, unsigned role)
{
    struct err e = {0};
    int64_t n = 0;
    sqlite3_stmt *st = db_prepare(s->db, ST_COUNT, &e);
    if (st == NULL)
        return 0;
    sqlite3_bind_int64(st, 1, role);
    return db_number(s->db, st, &e, &n) < 0 ? 0 : n;
}

int account_invited(struct accounts *s, struct slice code, int64_t now_us, struct arena *a,
                    struct err *e, struct invitation *out)
{
    unsigned char hash[32];
    sqlite3_stmt *st = db_prepare(s->db, ST_INVITED, e);
    if (st == NULL)
        return ERR_IO;
    account_mac(s, "invitation", code, hash);
    db_bind_raw(st, 1, hash, 32);
    sqlite3_bind_int64(st, 2, now_us);
    int rc = db_step(s->db, st, "reading an invitation", e);
    if (rc == 1) {
        struct slice state = db_text(st, 1, a);
        json_t *j = json_loadb(state.p, state.n, 0, NULL);
        db_raw(st, 0, out->id, 16);
        out->roles = number(j, "roles") & ACTOR_ALL;
        out->stakeholder = stakeholder_in(j);
        out->mailbox = member(a, j, "mailbox");
        out->domains = member(a, j, "domains");
        json_decref(j);
        rc = 0;
    } else if (rc == 0) {
        rc = err_set(e, ERR_NOENT, "there is no open invitation with this code");
    }
    sqlite3_reset(st);
    return rc;
}

int account_acts(struct accounts *s, const unsigned char *account, size_t limit, struct arena *a,
                 struct err *e, struct account_act **out, size_t *out_n)
{
    struct account_act *rows = ARENA_ARRAY(a, struct account_act, limit);
    size_t n = 0;
    sqlite3_stmt *st = db_prepare(s->db, ST_ACTS, e);
    int rc = st ? 0 : ERR_IO;
    if (st) {
        if (account)
            db_bind_raw(st, 1, account, 16);
        sqlite3_bind_int64(st, 2, (sqlite3_int64)limit);
    }
    while (st && n < limit && (rc = db_step(s->db, st, "reading acts", e)) == 1) {
        struct account_act *r = &rows[n++];
        r->at_us = sqlite3_column_int64(st, 0);
        db_raw(st, 1, r->account, 16);
        db_raw(st, 2, r->actor, 16);
        r->role = (unsigned)sqlite3_column_int64(st, 3);
        r->verb = db_text(st, 4, a);
        r->detail = db_text(st, 5, a);
    }
    if (st)
        sqlite3_reset(st);
    *out = rows;
    *out_n = n;
    return rc < 0 ? rc : 0;
}

/* ---- acts ---- */

/* One event whose body has public members and, when state is not empty, the sealed one. */
static int append(struct accounts *s, const unsigned char id[16], const char *verb,
                  const struct account_by *by, json_t *body, struct slice state, struct err *e)
{
    unsigned char name[KEY_BYTES];
    struct buf sealed = BUF_INIT(STATE_MOST + SEAL_EXTRA);
    struct event ev = {.kind = EVENT_ACCOUNT};
    int rc = 0;
    keyring_name("account", slice_of((const char *)id, 16), name);
    if (state.n && (rc = keyring_seal(store_keys(s->store), name, state, &sealed, e)) == 0 &&
        (rc = keyring_sync(store_keys(s->store), e)) == 0) {
        char *hex = malloc(2 * sealed.n + 1);
        if (hex == NULL)
            BUG("out of memory");
        sodium_bin2hex(hex, 2 * sealed.n + 1, (unsigned char *)sealed.p, sealed.n);
        json_object_set_new(body, "sealed", json_string(hex));
        free(hex);
    }
    if (by->reason.n)
        json_object_set_new(body, "detail", text_json(by->reason));
    char *text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
    memcpy(ev.object.object, id, 16);
    if (by->actor)
        memcpy(ev.object.actor, by->actor, 16);
    ev.object.role = by->role;
    ev.object.verb = slice_str(verb);
    ev.object.body = slice_str(text);
    if (rc == 0)
        rc = store_append(s->store, &ev, e, NULL);
    if (rc == 0)
        rc = store_commit(s->store, true, e);
    free(text);
    buf_fini(&sealed);
    json_decref(body);
    return rc;
}

static int check_name(struct slice name, struct err *e)
{
    if (name.n < 2 || name.n > ACCOUNT_NAME_MOST)
        return err_set(e, ERR_USAGE, "a name has 2 to 40 characters");
    for (size_t i = 0; i < name.n; i++)
        if (!ascii_is_alnum(name.p[i]) && strchr("-_.@", name.p[i] ? name.p[i] : ' ') == NULL)
            return err_set(e, ERR_USAGE, "a name has letters, digits and - _ . @ only");
    return 0;
}

int account_write(struct accounts *s, struct account *acc, const char *verb,
                  const struct account_by *by, struct err *e)
{
    static const unsigned char none[16];
    struct arena *a = arena_new(0);
    struct account other = {0};
    int rc = check_name(acc->name, e);
    if (rc == 0 && account_by_name(s, acc->name, a, e, &other) == 0 &&
        memcmp(other.id, acc->id, 16) != 0)
        rc = err_set(e, ERR_EXISTS, "there is an account of this name already");
    if (rc == 0) {
        if (memcmp(acc->id, none, 16) == 0)
            rand_bytes(acc->id, 16);
        if (acc->made_us == 0)
            acc->made_us = clock_now_us();
        rc = append(s, acc->id, verb, by, json_object(), state_of(acc, a), e);
    }
    arena_free(a);
    return rc;
}

int account_remove(struct accounts *s, const struct account *acc, const struct account_by *by,
                   struct err *e)
{
    unsigned char name[KEY_BYTES];
    int rc = append(s, acc->id, "removed", by, json_object(), SLICE(""), e);
    if (rc < 0)
        return rc;
    session_end_others(s, acc->id, SLICE(""));
    keyring_name("account", slice_of((const char *)acc->id, 16), name);
    rc = keyring_destroy(store_keys(s->store), name, NULL, e);
    return rc ? rc : db_sweep(s->db, e);
}

int account_invite(struct accounts *s, struct invitation *inv, const struct account_by *by,
                   struct err *e, char out_code[33])
{
    struct arena *a = arena_new(0);
    unsigned char raw[16], hash[32];
    char hex[65];
    struct account as = {.roles = inv->roles,
                         .stakeholder = inv->stakeholder,
                         .mailbox = inv->mailbox,
                         .domains = inv->domains};
    rand_bytes(raw, sizeof(raw));
    rand_bytes(inv->id, sizeof(inv->id));
    sodium_bin2hex(out_code, 33, raw, sizeof(raw));
    account_mac(s, "invitation", slice_str(out_code), hash);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    json_t *body = json_pack("{s:s, s:I}", "hash", hex, "expires", (json_int_t)inv->expires_us);
    int rc = append(s, inv->id, "invited", by, body, state_of(&as, a), e);
    arena_free(a);
    return rc;
}

int account_joined(struct accounts *s, const struct invitation *inv, struct err *e)
{
    struct account_by by = {0};
    return append(s, inv->id, "joined", &by, json_object(), SLICE(""), e);
}
