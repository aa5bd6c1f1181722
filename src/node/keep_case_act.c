/* Acts on cases: moving them on, taking a report back, letting letters go, loading contacts. */
#include "desk/letter.h"
#include "node/keep_desk.h"

static void answer_case(struct question *q, const unsigned char id[16])
{
    struct err e = {0};
    struct case_row c;
    if (book_case(q->k->book, id, q->arena, &e, &c) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    keep_case_head(&j, &c);
    jsonw_object_end(&j);
}

static void step(struct question *q)
{
    struct err e = {0};
    struct case_row c;
    unsigned char id[16];
    struct case_step s = {.note = question_text(q, "note"), .takes = true};
    struct slice outcome = question_text(q, "outcome");
    if (!desk_code_arg(q, 1, id))
        return;
    if (!case_state_parse(question_text(q, "state"), &s.state) || s.state == CASE_RECEIVED ||
        s.state == CASE_OVERDUE) {
        question_refuse(q, 400, "say the state: routed, acting, waiting or closed");
        return;
    }
    if ((outcome.n && !case_outcome_parse(outcome, &s.outcome)) ||
        (s.state == CASE_CLOSED) != (s.outcome != OUTCOME_NONE) || s.note.n > 1000) {
        question_refuse(q, 400,
                        "a case is closed with an outcome: stopped, listed, referred, "
                        "consent, not-shown, no-answer or counted");
        return;
    }
    int rc = book_case(q->k->book, id, q->arena, &e, &c);
    rc = rc ? rc : keep_case_step(q->k, &q->actor, &c, &s, &e);
    if (keep_desk_finish(q, rc, &e))
        answer_case(q, id);
}

/* The reporter takes it back: he alone knows the code, so that suffices. Personal data go. */
static void withdraw(struct question *q)
{
    struct err e = {0};
    struct case_row c;
    unsigned char id[16], key[KEY_BYTES];
    struct case_step s = {.state = CASE_CLOSED, .outcome = OUTCOME_WITHDRAWN};
    bool was;
    if (!desk_code_arg(q, 1, id))
        return;
    int rc = book_case(q->k->book, id, q->arena, &e, &c);
    if (rc == 0 && c.state != CASE_CLOSED)
        rc = keep_case_step(q->k, NULL, &c, &s, &e);
    rc = rc ? rc : keep_desk_add(q->k, NULL, id, "erased", json_object(), &e);
    rc = rc ? rc : keep_desk_done(q->k, &e);
    keyring_name("case", slice_of((const char *)id, 16), key);
    rc = rc ? rc : keyring_destroy(store_keys(q->k->store), key, &was, &e);
    if (rc < 0)
        question_fail(q, &e);
    else
        answer_case(q, id);
}

/* A drafted letter is sent or dropped by a person. */
static void letter_act(struct question *q)
{
    struct err e = {0};
    struct letter_row l;
    unsigned char id[16];
    bool sends = slice_eq(q->part[2], SLICE("send"));
    if (!desk_code_arg(q, 1, id))
        return;
    int rc = book_letter(q->k->book, id, q->arena, &e, &l);
    if (rc == 0 && l.state != LETTER_DRAFT)
        rc = err_set(&e, ERR_EXISTS, "this letter is %s already", letter_state_name(l.state));
    json_t *body = json_object();
    json_object_set_new(body, "state", json_integer(sends ? LETTER_OWED : LETTER_DROPPED));
    if (rc == 0)
        rc = keep_desk_add(q->k, &q->actor, id, "posted", body, &e);
    else
        json_decref(body);
    if (!keep_desk_finish(q, rc, &e))
        return;
    buf_str(q->out, sends ? "{\"state\":\"owed\"}" : "{\"state\":\"dropped\"}");
}

/* contacts: [{"net","mailbox","source"}], read from a table or RDAP by the command line. */
static void contacts(struct question *q)
{
    static const unsigned char nobody[16];
    struct err e = {0};
    json_t *list = json_object_get(q->args, "contacts"), *one;
    size_t i, n = 0;
    int rc = 0;
    json_array_foreach(list, i, one)
    {
        const char *net = json_string_value(json_object_get(one, "net"));
        const char *mailbox = json_string_value(json_object_get(one, "mailbox"));
        struct net parsed;
        if (net && mailbox && net_parse(slice_str(net), &parsed) &&
            letter_address_ok(slice_str(mailbox)) && rc == 0) {
            rc = keep_desk_add(q->k, &q->actor, nobody, "contact", json_incref(one), &e);
            n++;
        }
    }
    if (!keep_desk_finish(q, rc, &e))
        return;
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_int(&j, "taken", (int64_t)n);
    jsonw_int(&j, "refused", (int64_t)(json_array_size(list) - n));
    jsonw_object_end(&j);
}

const struct keep_verb keep_case_act_verbs[] = {
    {"case/*/step", DESK_STAFF, step},
    {"case/*/withdraw", 0, withdraw},
    {"letter/*/send", ACTOR_OPERATOR | ACTOR_STEWARD, letter_act},
    {"letter/*/drop", ACTOR_OPERATOR | ACTOR_STEWARD, letter_act},
    {"contacts", ACTOR_OPERATOR, contacts},
    {0}};
