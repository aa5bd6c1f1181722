/* Accounts: opening, reading, acts as events. See account.h; what events make of them is
 * account_fold.c. */
#include "node/account_internal.h"
#include "base/clock.h"
#include "base/rand.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>

void account_mac(const struct accounts *s, const char *use, struct slice what,
                 unsigned char out[32])
{
    crypto_generichash_state st;
    crypto_generichash_init(&st, s->key, sizeof(s->key), 32);
    crypto_generichash_update(&st, (const unsigned char *)use, strlen(use) + 1);
    crypto_generichash_update(&st, (const unsigned char *)what.p, what.n);
    crypto_generichash_final(&st, out, 32);
}

/* ---- opening ---- */

struct accounts *accounts_new(void)
{
    struct accounts *s = calloc(1, sizeof(*s));
    if (s == NULL)
        BUG("out of memory");
    s->db = db_new(&account_schema);
    rand_bytes(s->key, sizeof(s->key));
    return s;
}

struct folder accounts_folder(struct accounts *s)
{
    return (struct folder){.name = "accounts",
                           .into = FOLD_DB,
                           .kind = EVENT_ACCOUNT,
                           .fn = account_fold,
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
    sqlite3_stmt *st = db_prepare(s->db, ACCOUNT_SQL_BY_NAME, e);
    if (st == NULL)
        return ERR_IO;
    db_bind_text(st, 1, name);
    return one(s, st, a, e, out);
}

int account_by_id(struct accounts *s, const unsigned char id[16], struct arena *a, struct err *e,
                  struct account *out)
{
    sqlite3_stmt *st = db_prepare(s->db, ACCOUNT_SQL_BY_ID, e);
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
    sqlite3_stmt *st = db_prepare(s->db, ACCOUNT_SQL_LIST, e);
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
    sqlite3_stmt *st = db_prepare(s->db, ACCOUNT_SQL_COUNT, &e);
    if (st == NULL)
        return 0;
    sqlite3_bind_int64(st, 1, role);
    return db_number(s->db, st, &e, &n) < 0 ? 0 : n;
}

int account_invited(struct accounts *s, struct slice code, int64_t now_us, struct arena *a,
                    struct err *e, struct invitation *out)
{
    unsigned char hash[32];
    sqlite3_stmt *st = db_prepare(s->db, ACCOUNT_SQL_INVITED, e);
    if (st == NULL)
        return ERR_IO;
    account_mac(s, "invitation", code, hash);
    db_bind_raw(st, 1, hash, 32);
    sqlite3_bind_int64(st, 2, now_us);
    int rc = db_step(s->db, st, "reading an invitation", e);
    if (rc == 1) {
        struct account as = {0}; /* as what the invited person would come in */
        db_raw(st, 0, out->id, 16);
        rc = account_read(db_text(st, 1, a), a, e, &as);
        out->roles = as.roles;
        out->stakeholder = as.stakeholder;
        out->mailbox = as.mailbox;
        out->domains = as.domains;
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
    sqlite3_stmt *st = db_prepare(s->db, ACCOUNT_SQL_ACTS, e);
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
    struct buf sealed = BUF_INIT(ACCOUNT_STATE_MOST + SEAL_EXTRA);
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
        json_object_set_new(body, "detail", account_text_json(by->reason));
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
        rc = append(s, acc->id, verb, by, json_object(), account_state(acc, a), e);
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
    int rc = append(s, inv->id, "invited", by, body, account_state(&as, a), e);
    arena_free(a);
    return rc;
}

int account_joined(struct accounts *s, const struct invitation *inv, struct err *e)
{
    struct account_by by = {0};
    return append(s, inv->id, "joined", &by, json_object(), SLICE(""), e);
}
