/* Accounts of others as verbs: made by the local administrator, by invitation or (where the
 * operator opened that) by anyone for himself; roles given and taken by stewards with a reason. */
#include "base/clock.h"
#include "node/account.h"
#include "node/hasher.h"
#include "node/keep_verb.h"
#include "web/site.h"

#include <sodium.h>

#define INVITED_US (7LL * 24 * 3600 * 1000000)

static struct accounts *accounts_of(const struct question *q)
{
    return q->k->accounts;
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
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_bool(&j, "done", true);
    jsonw_object_end(&j);
}

/* Roles as words by commas ("steward,operator"); false: answered. */
static bool take_roles(struct question *q, unsigned *out)
{
    struct slice rest = question_text(q, "roles"), part;
    *out = ACTOR_MEMBER;
    while (slice_split(&rest, ',', &part)) {
        unsigned role = actor_role_of(slice_trim(part));
        if (slice_trim(part).n && role == 0) {
            question_refuse(q, 400,
                            "roles are member, reviewer, operator, domain-admin, auditor and "
                            "steward");
            return false;
        }
        *out |= role;
    }
    return true;
}

/* Who speaks for whom; false: answered. */
static bool take_stakeholder(struct question *q, enum stakeholder *out)
{
    struct slice word = question_text(q, "stakeholder");
    *out = word.n ? stakeholder_of(word) : STAKEHOLDER_NONE;
    if (*out != STAKEHOLDERS)
        return true;
    question_refuse(q, 400,
                    "stakeholder is user, operator, sender, government, civil-society or research");
    return false;
}

static bool take_password(struct question *q, struct account *acc)
{
    char hash[ACCOUNT_PROOF_HEX + 1];
    struct slice salt = question_text(q, "salt");
    if (salt.n != ACCOUNT_SALT_HEX ||
        !account_proof_hash(accounts_of(q), question_text(q, "proof"), hash)) {
        question_refuse(q, 400, "the password's proof is not well formed");
        return false;
    }
    acc->salt = salt;
    acc->proof = arena_dup(q->arena, slice_str(hash));
    acc->ops = HASHER_OPS;
    acc->mem_kib = HASHER_MEM_KIB;
    return true;
}

static struct slice mailbox_arg(struct question *q)
{
    return arena_lower(q->arena, slice_trim(question_text(q, "mailbox")));
}

static struct slice domains_arg(struct question *q)
{
    return arena_lower(q->arena, slice_trim(question_text(q, "domains")));
}

/* Only who administers the machine sets others' passwords; false: answered. */
static bool is_machine(struct question *q)
{
    bool ok = q->actor.is_local || q->actor.is_token;
    if (!ok)
        question_refuse(q, 403, "this is done on the machine: muster account");
    return ok;
}

/* By the machine's administrator: the first steward is made this way. */
static void add(struct question *q)
{
    struct account acc = {.name = question_text(q, "name")};
    struct err e = {0};
    struct account_by by = by_actor(q);
    if (!is_machine(q) || !take_roles(q, &acc.roles) || !take_stakeholder(q, &acc.stakeholder) ||
        !take_password(q, &acc))
        return;
    acc.mailbox = mailbox_arg(q);
    acc.domains = domains_arg(q);
    done(q, account_write(accounts_of(q), &acc, "made", &by, &e), &e);
}

static bool find(struct question *q, struct account *out)
{
    struct err e = {0};
    int rc = account_by_name(accounts_of(q), question_text(q, "name"), q->arena, &e, out);
    if (rc < 0)
        question_fail(q, &e);
    return rc == 0;
}

/* A new password by the machine's administrator: the way back for who lost his. */
static void reset(struct question *q)
{
    struct account acc = {0};
    struct err e = {0};
    struct account_by by = by_actor(q);
    if (!is_machine(q) || !find(q, &acc) || !take_password(q, &acc))
        return;
    acc.totp = acc.codes = SLICE("");
    int rc = account_write(accounts_of(q), &acc, "password-reset", &by, &e);
    if (rc == 0)
        session_end_others(accounts_of(q), acc.id, SLICE(""));
    done(q, rc, &e);
}

/* What may not be done to roles; NULL: it may. */
static const char *role_objection(struct question *q, const struct account *acc, unsigned roles)
{
    bool loses_steward = (acc->roles & ACTOR_STEWARD) && !(roles & ACTOR_STEWARD);
    if (question_text(q, "reason").n == 0)
        return "say why: the reason stands in the log";
    if (!q->actor.is_local && memcmp(q->actor.account, acc->id, 16) == 0)
        return "nobody changes his own roles";
    if (loses_steward && !q->actor.is_local && account_count(accounts_of(q), ACTOR_STEWARD) < 2)
        return "this is the last steward";
    return NULL;
}

static void change(struct question *q)
{
    struct account acc = {0};
    struct err e = {0};
    struct account_by by = by_actor(q);
    unsigned roles;
    enum stakeholder st;
    if (!find(q, &acc))
        return;
    roles = acc.roles;
    st = acc.stakeholder;
    if (json_object_get(q->args, "roles") && !take_roles(q, &roles))
        return;
    if (json_object_get(q->args, "stakeholder") && !take_stakeholder(q, &st))
        return;
    const char *objection = role_objection(q, &acc, roles);
    if (objection) {
        question_refuse(q, 403, objection);
        return;
    }
    acc.roles = roles;
    acc.stakeholder = st;
    if (json_object_get(q->args, "mailbox"))
        acc.mailbox = mailbox_arg(q);
    if (json_object_get(q->args, "domains"))
        acc.domains = domains_arg(q);
    done(q, account_write(accounts_of(q), &acc, "roles", &by, &e), &e);
}

static void leave(struct question *q)
{
    struct account acc = {0};
    struct err e = {0};
    struct account_by by = by_actor(q);
    bool is_own = false;
    if (!find(q, &acc))
        return;
    is_own = memcmp(q->actor.account, acc.id, 16) == 0;
    if (!is_own && !actor_may(&q->actor, ACTOR_STEWARD)) {
        question_refuse(q, 403, "only stewards remove accounts of others");
    } else if ((acc.roles & ACTOR_STEWARD) && !q->actor.is_local &&
               account_count(accounts_of(q), ACTOR_STEWARD) < 2) {
        question_refuse(q, 403, "this is the last steward");
    } else if (!is_own && by.reason.n == 0) {
        question_refuse(q, 400, "say why: the reason stands in the log");
    } else {
        done(q, account_remove(accounts_of(q), &acc, &by, &e), &e);
    }
}

/* ---- who comes in ---- */

static void invite(struct question *q)
{
    struct invitation inv = {.expires_us = clock_now_us() + INVITED_US};
    struct err e = {0};
    struct account_by by = by_actor(q);
    char code[33];
    if (!take_roles(q, &inv.roles) || !take_stakeholder(q, &inv.stakeholder))
        return;
    inv.mailbox = mailbox_arg(q);
    inv.domains = domains_arg(q);
    if (by.reason.n == 0) {
        question_refuse(q, 400, "say why: the reason stands in the log");
        return;
    }
    if (account_invite(accounts_of(q), &inv, &by, &e, code) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "code", code);
    jsonw_int(&j, "expires", inv.expires_us);
    jsonw_object_end(&j);
}

static bool is_open(const struct question *q)
{
    const struct web_conf *c = conf_data(q->k->conf, "web");
    return c->join == WEB_JOIN_OPEN;
}

/* May somebody join, with or without a code? */
static void door(struct question *q)
{
    struct invitation inv = {0};
    struct err e = {0};
    struct slice code = question_text(q, "code");
    bool invited = code.n &&
                   account_invited(accounts_of(q), code, clock_now_us(), q->arena, &e, &inv) == 0;
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_bool(&j, "open", is_open(q));
    jsonw_bool(&j, "invited", invited);
    jsonw_int(&j, "roles", inv.roles);
    jsonw_cstr(&j, "stakeholder", stakeholder_name(inv.stakeholder));
    jsonw_object_end(&j);
}

static void join(struct question *q)
{
    struct invitation inv = {.roles = ACTOR_MEMBER};
    struct err e = {0};
    struct account acc = {.name = question_text(q, "name")};
    struct account_by by = {0};
    struct slice code = question_text(q, "code");
    bool invited = code.n > 0;
    if (invited ? account_invited(accounts_of(q), code, clock_now_us(), q->arena, &e, &inv) < 0
                : !is_open(q)) {
        question_refuse(q, 403, "an account here needs an invitation");
        return;
    }
    if (!take_stakeholder(q, &acc.stakeholder) || !take_password(q, &acc))
        return;
    acc.roles = inv.roles;
    acc.mailbox = inv.mailbox;
    acc.domains = inv.domains;
    if (inv.stakeholder != STAKEHOLDER_NONE)
        acc.stakeholder = inv.stakeholder;
    int rc = account_write(accounts_of(q), &acc, "made", &by, &e);
    if (rc == 0 && invited)
        rc = account_joined(accounts_of(q), &inv, &e);
    done(q, rc, &e);
}

/* ---- the list ---- */

static void list(struct question *q)
{
    struct account *rows;
    struct err e = {0};
    size_t n;
    if (account_list(accounts_of(q), q->arena, &e, &rows, &n) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "accounts");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(&j, NULL);
        jsonw_text(&j, "name", rows[i].name);
        jsonw_array(&j, "roles");
        for (unsigned b = 0; b < ACTOR_ROLES; b++)
            if (rows[i].roles & (1u << b))
                jsonw_cstr(&j, NULL, actor_role_name((enum actor_role)(1u << b)));
        jsonw_array_end(&j);
        jsonw_cstr(&j, "stakeholder", stakeholder_name(rows[i].stakeholder));
        jsonw_text(&j, "mailbox", rows[i].mailbox);
        jsonw_text(&j, "domains", rows[i].domains);
        jsonw_bool(&j, "totp", rows[i].totp.n > 0);
        jsonw_int(&j, "made", rows[i].made_us);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
}

const struct keep_verb keep_steward_verbs[] = {
    {"account/list", ACTOR_STEWARD | ACTOR_AUDITOR, list},
    {"account/add", ACTOR_STEWARD, add},
    {"account/reset", ACTOR_STEWARD, reset},
    {"account/change", ACTOR_STEWARD, change},
    {"account/remove", ACTOR_MEMBER, leave},
    {"account/invite", ACTOR_STEWARD, invite},
    {"account/door", 0, door},
    {"account/join", 0, join},
    {0}};
