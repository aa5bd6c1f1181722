/* Questions and acts over all doors: who asks, whether he may, and which verb answers. */
#include "node/keep_verb.h"
#include "base/log.h"

#include <stdlib.h>
#include <unistd.h>

#define ARGS_MOST (1u << 20)

/* One a line, so that two people can add one. */
/* clang-format off */
static const struct keep_verb *const tables[] = {
    keep_node_verbs,
    keep_history_verbs,
    keep_hold_verbs,
    keep_console_verbs,
    keep_choice_verbs,
    keep_digest_verbs,
    keep_library_verbs,
    keep_library_ask_verbs,
    keep_case_take_verbs,
    keep_case_verbs,
    keep_case_act_verbs,
    keep_listing_verbs,
    keep_appeal_verbs,
    keep_bundle_verbs,
    keep_handover_verbs,
    keep_wanted_verbs,
    keep_account_verbs,
    keep_mailbox_verbs,
    keep_steward_verbs,
};
/* clang-format on */

void question_refuse(struct question *q, uint32_t status, const char *words)
{
    *q->status = status;
    buf_reset(q->out);
    keep_error(q->out, words);
}

void question_fail(struct question *q, const struct err *e)
{
    question_refuse(q, keep_status_of(e->code), e->text);
}

struct slice question_text(const struct question *q, const char *name)
{
    const char *s = json_string_value(json_object_get(q->args, name));
    return s ? slice_str(s) : SLICE("");
}

int64_t question_int(const struct question *q, const char *name, int64_t def)
{
    json_t *v = json_object_get(q->args, name);
    return json_is_integer(v) ? json_integer_value(v) : def;
}

bool question_true(const struct question *q, const char *name)
{
    return json_is_true(json_object_get(q->args, name));
}

void question_fold(struct question *q)
{
    struct err e = {0};
    if (store_commit(q->k->store, true, &e) < 0 && e.code != ERR_FULL)
        log_event(LOG_WARN, "history", "error", LOG_S(e.text), NULL);
}

bool keep_is_admin(const struct record_caller *who)
{
    return who->is_local_peer && (who->uid == 0 || who->uid == geteuid());
}

void keep_actor(struct keep *k, const struct record_caller *who, struct arena *a, struct actor *out)
{
    *out = (struct actor){0};
    if (who->session.n) {
        keep_account_actor(k, who->session, a, out);
    } else if (keep_is_admin(who)) {
        out->is_known = out->is_local = true;
        out->roles = ACTOR_ALL;
    } else if (keep_may(k, who, ACT_ADMIN)) {
        out->is_token = true;
        out->roles = ACTOR_ALL;
    } else if (keep_may(k, who, ACT_READ)) {
        out->is_token = who->token.n > 0;
        out->roles = ACTOR_AUDITOR;
    }
}

/* ---- which question ---- */

static void split_path(struct question *q)
{
    struct slice rest = q->ask->path;
    for (int i = 0; i < QUESTION_PARTS && slice_split(&rest, '/', &q->part[i]); i++)
        continue;
}

static bool fits(const struct question *q, const char *path)
{
    struct slice rest = slice_str(path), piece;
    size_t i = 0;
    while (slice_split(&rest, '/', &piece)) {
        bool any = slice_eq(piece, SLICE("*"));
        if (i == QUESTION_PARTS || (any ? q->part[i].n == 0 : !slice_eq(piece, q->part[i])))
            return false;
        i++;
    }
    return i == QUESTION_PARTS || q->part[i].n == 0;
}

static const struct keep_verb *find(const struct question *q)
{
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
        for (const struct keep_verb *v = tables[t]; v->fn; v++)
            if (fits(q, v->path))
                return v;
    return NULL;
}

static void refuse_right(struct question *q, unsigned needs)
{
    bool reads = needs & ACTOR_AUDITOR;
    if (q->actor.withheld & needs)
        question_refuse(q, 403, "this role needs a second factor; switch it on in your account");
    else if (q->ask->who.session.n)
        question_refuse(q, q->actor.is_known ? 403 : 401,
                        q->actor.is_known ? "this needs a role that your account does not have"
                                          : "this needs an account; log in first");
    else
        question_refuse(
            q, q->ask->who.token.n ? 403 : 401,
            reads ? "this needs a token with the scope \"read\", or root on the control socket"
                  : "this needs a token with the scope \"admin\", or root on the control socket");
}

static void answer(struct question *q)
{
    split_path(q);
    const struct keep_verb *v = find(q);
    if (!question_true(q, "_as_stranger")) /* who asks may do without his rights */
        keep_actor(q->k, &q->ask->who, q->arena, &q->actor);
    if (v == NULL) {
        question_refuse(q, 404, "there is no such question");
    } else if (!actor_may(&q->actor, v->needs)) {
        refuse_right(q, v->needs);
    } else {
        *q->status = 200;
        v->fn(q);
    }
}

void keep_ask(struct keep *k, const struct record_ask *r, uint32_t *status_out, struct buf *out)
{
    struct question q = {.k = k, .ask = r, .status = status_out, .out = out};
    json_error_t je;
    if (r->json.n > ARGS_MOST) {
        question_refuse(&q, 413, "the arguments are longer than 1 MiB");
        return;
    }
    q.args = r->json.n ? json_loadb(r->json.p, r->json.n, JSON_REJECT_DUPLICATES, &je)
                       : json_object();
    if (!json_is_object(q.args)) {
        question_refuse(&q, 400, "the arguments are not a JSON object");
        json_decref(q.args);
        return;
    }
    q.arena = arena_new(0);
    answer(&q);
    arena_free(q.arena);
    json_decref(q.args);
}
