/* Accounts as verbs: log-in, passwords, second factors, roles, invitations, the log of acts. See
 * account.h; who is behind a session is decided here alone. */
#include "base/clock.h"
#include "base/rand.h"
#include "node/account.h"
#include "node/hasher.h"
#include "node/keep_verb.h"

#include <sodium.h>

#define ACTS_MOST 200

static struct accounts *accounts_of(const struct question *q)
{
    return q->k->accounts;
}

static struct json begin(struct question *q)
{
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    return j;
}

/* The account that asks; false: answered with an error. */
static bool mine(struct question *q, struct account *out)
{
    struct err e = {0};
    if (account_by_id(accounts_of(q), q->actor.account, q->arena, &e, out) == 0)
        return true;
    question_refuse(q, 401, "log in first");
    return false;
}

static struct account_by by_actor(const struct question *q)
{
    static const unsigned char none[16];
    bool has_account = memcmp(q->actor.account, none, 16) != 0;
    return (struct account_by){.actor = has_account ? q->actor.account : NULL,
                               .role = q->actor.roles,
                               .reason = question_text(q, "reason")};
}

static void done(struct question *q, int rc, const struct err *e)
{
    if (rc < 0) {
        question_fail(q, e);
        return;
    }
    struct json j = begin(q);
    jsonw_bool(&j, "done", true);
    jsonw_object_end(&j);
}

void keep_account_actor(struct keep *k, struct slice session, struct arena *a, struct actor *out)
{
    struct err e = {0};
    struct account acc = {0};
    struct session *s = session_find(k->accounts, session, clock_now_us());
    if (s == NULL || account_by_id(k->accounts, s->account, a, &e, &acc) < 0)
        return;
    unsigned withheld = acc.totp.n ? 0 : acc.roles & node_second_factor(k->conf);
    *out = (struct actor){.is_known = true,
                          .roles = (acc.roles & ~withheld) | ACTOR_MEMBER,
                          .withheld = withheld,
                          .stakeholder = acc.stakeholder,
                          .name = acc.name,
                          .mailbox = acc.mailbox};
    memcpy(out->account, acc.id, 16);
    struct slice *domains = ARENA_ARRAY(a, struct slice, ACCOUNT_DOMAINS), rest = acc.domains;
    while (out->n_domains < ACCOUNT_DOMAINS && slice_split(&rest, ',', &domains[out->n_domains]))
        out->n_domains++;
    out->domains = domains;
}

/* ---- who am I, log-in ---- */

static void me(struct question *q)
{
    struct account acc;
    struct json j;
    struct err e = {0};
    bool is_known = q->actor.is_known && !q->actor.is_local &&
                    account_by_id(accounts_of(q), q->actor.account, q->arena, &e, &acc) == 0;
    j = begin(q);
    jsonw_bool(&j, "known", is_known);
    jsonw_int(&j, "roles", q->actor.roles);
    jsonw_int(&j, "withheld", q->actor.withheld);
    jsonw_text(&j, "name", q->actor.name);
    jsonw_text(&j, "mailbox", q->actor.mailbox);
    jsonw_cstr(&j, "stakeholder", stakeholder_name(q->actor.stakeholder));
    if (is_known) {
        struct slice rest = acc.codes, part;
        int codes = 0;
        while (slice_split(&rest, ',', &part))
            codes++;
        jsonw_bool(&j, "totp", acc.totp.n > 0);
        jsonw_int(&j, "codes", codes);
        jsonw_int(&j, "sessions", session_count(accounts_of(q), acc.id));
    }
    jsonw_object_end(&j);
}

static void salt(struct question *q)
{
    struct account acc = {0};
    struct slice name = question_text(q, "name");
    struct json j;
    if (name.n == 0 || name.n > ACCOUNT_NAME_MOST) {
        question_refuse(q, 400, "say whose");
        return;
    }
    account_salt(accounts_of(q), name, q->arena, &acc);
    j = begin(q);
    jsonw_text(&j, "salt", acc.salt);
    jsonw_int(&j, "ops", acc.ops);
    jsonw_int(&j, "mem", acc.mem_kib);
    jsonw_object_end(&j);
}

/* For a password that is being set. */
static void fresh_salt(struct question *q)
{
    unsigned char raw[HASHER_SALT];
    char hex[2 * HASHER_SALT + 1];
    struct json j = begin(q);
    rand_bytes(raw, sizeof(raw));
    sodium_bin2hex(hex, sizeof(hex), raw, sizeof(raw));
    jsonw_cstr(&j, "salt", hex);
    jsonw_int(&j, "ops", HASHER_OPS);
    jsonw_int(&j, "mem", HASHER_MEM_KIB);
    jsonw_object_end(&j);
}

static bool fits(struct question *q, const struct account *acc, struct slice proof)
{
    char hash[ACCOUNT_PROOF_HEX + 1];
    return account_proof_hash(accounts_of(q), proof, hash) && acc->proof.n == ACCOUNT_PROOF_HEX &&
           sodium_memcmp(hash, acc->proof.p, ACCOUNT_PROOF_HEX) == 0;
}

/* Notes a try; false: it was wrong, or there were too many. */
static bool try_in(struct question *q, struct account *acc, bool *out_used)
{
    struct accounts *s = accounts_of(q);
    struct slice name = question_text(q, "name"), client = q->ask->who.client;
    struct err e = {0};
    int64_t now = clock_now_us();
    if (!account_may_try(s, name, client, now)) {
        question_refuse(q, 429, "too many wrong tries; wait a few minutes");
        return false;
    }
    bool known = account_by_name(s, name, q->arena, &e, acc) == 0;
    bool right = known && fits(q, acc, question_text(q, "proof"));
    if (right && acc->totp.n && question_text(q, "code").n == 0) {
        question_refuse(q, 401, "this account needs the six-digit code, too");
        return false; /* not a wrong try: the password fits, the page asks for the code */
    }
    right = right && account_second(s, acc, question_text(q, "code"), now, q->arena, out_used);
    account_tried(s, name, client, now, right);
    if (!right)
        question_refuse(q, 401, "name, password or code are not right");
    return right;
}

static void login(struct question *q)
{
    struct accounts *s = accounts_of(q);
    struct account acc = {0};
    struct err e = {0};
    char token[SESSION_HEX + 1];
    bool used = false;
    if (!try_in(q, &acc, &used))
        return;
    struct account_by by = {.actor = acc.id, .role = acc.roles};
    if (account_write(s, &acc, used ? "recovery-code" : "log-in", &by, &e) < 0) {
        question_fail(q, &e); /* no log-in that is not in the log */
        return;
    }
    session_end(s, q->ask->who.session); /* the one before ends: no token lives through a log-in */
    session_make(s, acc.id, clock_now_us(), token);
    struct json j = begin(q);
    jsonw_cstr(&j, "session", token);
    jsonw_int(&j, "roles", acc.roles);
    jsonw_object_end(&j);
}

static void logout(struct question *q)
{
    if (question_true(q, "everywhere") && q->actor.is_known)
        session_end_others(accounts_of(q), q->actor.account, SLICE(""));
    session_end(accounts_of(q), q->ask->who.session);
    done(q, 0, NULL);
}

/* ---- one's own account ---- */

/* Takes salt, costs and proof of the arguments as the account's password. */
static bool take_password(struct question *q, struct account *acc)
{
    char hash[ACCOUNT_PROOF_HEX + 1];
    struct slice salt_hex = question_text(q, "salt");
    if (salt_hex.n != ACCOUNT_SALT_HEX ||
        !account_proof_hash(accounts_of(q), question_text(q, "proof"), hash)) {
        question_refuse(q, 400, "the password's proof is not well formed");
        return false;
    }
    acc->salt = salt_hex;
    acc->proof = arena_dup(q->arena, slice_str(hash));
    acc->ops = HASHER_OPS;
    acc->mem_kib = HASHER_MEM_KIB;
    return true;
}

static void password(struct question *q)
{
    struct account acc = {0};
    struct err e = {0};
    struct account_by by = by_actor(q);
    int64_t now = clock_now_us();
    if (!mine(q, &acc))
        return;
    bool may = account_may_try(accounts_of(q), acc.name, q->ask->who.client, now);
    if (!may || !fits(q, &acc, question_text(q, "old"))) {
        account_tried(accounts_of(q), acc.name, q->ask->who.client, now, false);
        question_refuse(q, may ? 403 : 429,
                        may ? "the old password is not right" : "too many wrong tries");
        return;
    }
    if (!take_password(q, &acc))
        return;
    int rc = account_write(accounts_of(q), &acc, "password", &by, &e);
    if (rc == 0)
        session_end_others(accounts_of(q), acc.id, q->ask->who.session);
    done(q, rc, &e);
}

/* A second factor is shown, and stands once a code of it came back. */
static void totp_begin(struct question *q)
{
    unsigned char secret[TOTP_SECRET];
    struct session *s = session_find(accounts_of(q), q->ask->who.session, clock_now_us());
    if (s == NULL) {
        question_refuse(q, 401, "log in first");
        return;
    }
    if (s->totp[0] == '\0') { /* the same until it is confirmed: pages are loaded twice */
        rand_bytes(secret, sizeof(secret));
        totp_base32(secret, s->totp);
        sodium_memzero(secret, sizeof(secret));
    }
    struct json j = begin(q);
    jsonw_cstr(&j, "secret", s->totp);
    jsonw_text(&j, "uri",
               arena_printf(q->arena,
                            "otpauth://totp/Muster:%.*s?secret=%s&issuer=Muster&digits=6&period=30",
                            SLICE_ARG(q->actor.name), s->totp));
    jsonw_object_end(&j);
}

static void totp_confirm(struct question *q)
{
    struct account acc = {0};
    struct err e = {0};
    struct account_by by = by_actor(q);
    char codes[ACCOUNT_CODES][20];
    unsigned char secret[TOTP_SECRET];
    struct session *s = session_find(accounts_of(q), q->ask->who.session, clock_now_us());
    if (!mine(q, &acc) || s == NULL)
        return;
    if (!totp_of_base32(slice_str(s->totp), secret) ||
        totp_check(secret, question_text(q, "code"), clock_now_us(), 0) == 0) {
        question_refuse(q, 400, "this code is not right; is the clock of your device set?");
        return;
    }
    acc.totp = arena_dup(q->arena, slice_str(s->totp));
    sodium_memzero(s->totp, sizeof(s->totp));
    account_new_codes(accounts_of(q), &acc, q->arena, codes);
    if (account_write(accounts_of(q), &acc, "second-factor-on", &by, &e) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = begin(q);
    jsonw_array(&j, "codes");
    for (unsigned i = 0; i < ACCOUNT_CODES; i++)
        jsonw_cstr(&j, NULL, codes[i]);
    jsonw_array_end(&j);
    jsonw_object_end(&j);
}

static void totp_off(struct question *q)
{
    struct account acc = {0};
    struct err e = {0};
    struct account_by by = by_actor(q);
    bool used;
    int64_t now = clock_now_us();
    if (!mine(q, &acc))
        return;
    bool right = account_may_try(accounts_of(q), acc.name, q->ask->who.client, now) &&
                 account_second(accounts_of(q), &acc, question_text(q, "code"), now, q->arena,
                                &used);
    account_tried(accounts_of(q), acc.name, q->ask->who.client, now, right);
    if (!right) {
        question_refuse(q, 403, "this code is not right");
        return;
    }
    acc.totp = acc.codes = SLICE("");
    done(q, account_write(accounts_of(q), &acc, "second-factor-off", &by, &e), &e);
}

/* ---- the log ---- */

static struct slice name_of(struct question *q, const unsigned char id[16])
{
    struct account acc = {0};
    struct err e = {0};
    return account_by_id(accounts_of(q), id, q->arena, &e, &acc) == 0 ? acc.name : SLICE("");
}

static void acts(struct question *q)
{
    struct account_act *rows;
    struct err e = {0};
    size_t n;
    bool reads_all = actor_may(&q->actor, ACTOR_STEWARD | ACTOR_AUDITOR) && question_true(q, "all");
    if (account_acts(accounts_of(q), reads_all ? NULL : q->actor.account, ACTS_MOST, q->arena, &e,
                     &rows, &n) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = begin(q);
    jsonw_array(&j, "acts");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(&j, NULL);
        jsonw_int(&j, "at", rows[i].at_us);
        jsonw_text(&j, "account", name_of(q, rows[i].account));
        jsonw_text(&j, "actor", name_of(q, rows[i].actor));
        jsonw_text(&j, "verb", rows[i].verb);
        jsonw_text(&j, "detail", rows[i].detail);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
}

/* ---- others' accounts: keep_steward.c ---- */

const struct keep_verb keep_account_verbs[] = {{"account/me", 0, me},
                                               {"account/salt", 0, salt},
                                               {"account/fresh-salt", 0, fresh_salt},
                                               {"account/login", 0, login},
                                               {"account/logout", 0, logout},
                                               {"account/password", ACTOR_MEMBER, password},
                                               {"account/totp/begin", ACTOR_MEMBER, totp_begin},
                                               {"account/totp/confirm", ACTOR_MEMBER, totp_confirm},
                                               {"account/totp/off", ACTOR_MEMBER, totp_off},
                                               {"account/acts", ACTOR_MEMBER | ACTOR_AUDITOR, acts},
                                               {0}};
