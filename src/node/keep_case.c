/* What is asked about cases: state by code, evidence, the desk's lists. Taking reports in:
 * keep_case_take.c; acting: keep_case_act.c. */
#include "base/clock.h"
#include "node/keep_desk.h"

#include <sodium.h>

static void write_log(struct json *j, const struct log_row *rows, size_t n, bool sees_all)
{
    jsonw_array(j, "history");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(j, NULL);
        desk_time(j, "time", rows[i].at_us);
        jsonw_text(j, "what", rows[i].verb);
        jsonw_cstr(j, "by", rows[i].role == 0 ? "the node" : "the desk");
        if (sees_all)
            jsonw_raw(j, "detail", rows[i].body);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
}

void keep_case_head(struct json *j, const struct case_row *c)
{
    const struct case_clock *clock = case_clock(c->state);
    desk_code(j, "code", c->id);
    jsonw_cstr(j, "state", case_state_name(c->state));
    jsonw_cstr(j, "state_words", case_state_words(c->state));
    jsonw_cstr(j, "outcome", case_outcome_name(c->outcome));
    jsonw_cstr(j, "outcome_words", case_outcome_words(c->outcome));
    jsonw_cstr(j, "category", desk_category_name(c->category));
    desk_time(j, "time", c->at_us);
    desk_time(j, "changed", c->changed_us);
    jsonw_cstr(j, "owner",
               c->state == CASE_CLOSED         ? "nobody"
               : clock->owner == 0             ? "the node"
               : clock->owner & ACTOR_OPERATOR ? "the desk"
                                               : "a steward");
    jsonw_cstr(j, "next", clock->next);
    desk_time(j, "due", c->due_us);
    jsonw_int(j, "counted_with", c->more);
    jsonw_text(j, "note", c->note);
}

static void case_letters(struct question *q, struct json *j, const unsigned char id[16],
                         bool sees_all)
{
    struct err e;
    struct letter_row *rows;
    size_t n;
    jsonw_array(j, "letters");
    if (book_letters(q->k->book, -1, id, 100, q->arena, &e, &rows, &n) < 0)
        n = 0;
    for (size_t i = 0; i < n; i++) {
        jsonw_object(j, NULL);
        if (sees_all)
            desk_code(j, "letter", rows[i].id);
        jsonw_cstr(j, "kind", letter_kind_name(rows[i].kind));
        jsonw_cstr(j, "state", letter_state_name(rows[i].state));
        desk_time(j, "changed", rows[i].changed_us);
        if (sees_all) {
            jsonw_text(j, "to", rows[i].to);
            jsonw_raw(j, "words", rows[i].words);
            jsonw_text(j, "result", rows[i].result);
        }
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
}

static void case_claim(struct question *q, struct json *j, const struct case_row *c)
{
    static const char *const next[] = {"keep", "ask the sender", "look", "propose a listing"};
    struct err e;
    struct charter_claim claim;
    if (book_claim(q->k->book, c->campaign, &e, &claim) < 0)
        return;
    jsonw_object(j, "campaign");
    desk_code(j, "code", c->campaign);
    jsonw_int(j, "reporters", claim.reporters);
    jsonw_int(j, "sources", claim.sources);
    jsonw_num(j, "weight", claim.weight, 2);
    jsonw_bool(j, "may_be_lawful_bulk", claim.is_lawful_bulk);
    jsonw_cstr(j, "suggests", next[charter_claim_next(&claim)]);
    jsonw_object_end(j);
}

static void show(struct question *q)
{
    struct err e = {0};
    struct case_row c;
    struct log_row *log;
    size_t n;
    unsigned char id[16];
    if (!desk_code_arg(q, 1, id))
        return;
    if (book_case(q->k->book, id, q->arena, &e, &c) < 0 ||
        book_log(q->k->book, id, q->arena, &e, &log, &n) < 0) {
        question_fail(q, &e);
        return;
    }
    bool sees_all = actor_may(&q->actor, DESK_STAFF | ACTOR_AUDITOR);
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    keep_case_head(&j, &c);
    case_letters(q, &j, id, sees_all);
    write_log(&j, log, n, sees_all);
    if (sees_all) {
        jsonw_text(&j, "from_domain", c.from_domain);
        jsonw_text(&j, "host", c.host);
        jsonw_num(&j, "weight", c.weight, 2);
        jsonw_raw(&j, "routes", c.routes.n ? c.routes : SLICE("[]"));
        if (c.origin.n)
            jsonw_raw(&j, "origin", c.origin);
        jsonw_bool(&j, "is_mine", c.has_owner && memcmp(c.owner, q->actor.account, 16) == 0);
        jsonw_bool(&j, "is_taken", c.has_owner);
        case_claim(q, &j, &c);
    }
    jsonw_object_end(&j);
}

/* The evidence: every look is written down, for the provider of the data to read. */
static void evidence(struct question *q)
{
    struct err e = {0};
    struct case_row c;
    unsigned char id[16], hash[32];
    char hex[65];
    if (!desk_code_arg(q, 1, id))
        return;
    int rc = book_case(q->k->book, id, q->arena, &e, &c);
    rc = rc ? rc : keep_desk_add(q->k, &q->actor, id, "looked", json_object(), &e);
    rc = rc ? rc : keep_desk_done(q->k, &e);
    if (rc < 0) {
        question_fail(q, &e);
        return;
    }
    crypto_hash_sha256(hash, (const unsigned char *)c.report.p, c.report.n);
    sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    desk_code(&j, "code", id);
    jsonw_raw(&j, "report", c.report.n ? c.report : SLICE("{}"));
    jsonw_cstr(&j, "sha256", hex); /* of the report's compact JSON */
    jsonw_object_end(&j);
}

static void case_list(struct question *q)
{
    struct err e = {0};
    struct case_row *rows;
    size_t n;
    enum case_state state;
    struct case_query cq = {.limit = (size_t)question_int(q, "limit", 50),
                            .before_us = question_int(q, "before", 0)};
    if (case_state_parse(question_text(q, "state"), &state)) {
        cq.states = 1u << state;
    } else if (question_text(q, "state").n) {
        question_refuse(q, 400,
                        "say the state: received, routed, acting, waiting, overdue or closed");
        return;
    }
    unsigned char campaign[16];
    if (code_parse(question_text(q, "campaign"), campaign))
        cq.campaign = campaign;
    if (question_true(q, "mine"))
        cq.owner = q->actor.account;
    if (cq.limit == 0 || cq.limit > 1000)
        cq.limit = 50;
    if (book_cases(q->k->book, &cq, q->arena, &e, &rows, &n) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "cases");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(&j, NULL);
        keep_case_head(&j, &rows[i]);
        jsonw_text(&j, "from_domain", rows[i].from_domain);
        jsonw_text(&j, "host", rows[i].host);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_int(&j, "before", n == cq.limit ? rows[n - 1].at_us : 0);
    jsonw_object_end(&j);
}

/* A member's own cases. */
static void mine(struct question *q)
{
    struct err e = {0};
    struct case_row *rows;
    size_t n;
    unsigned char person[16];
    keep_person_of(q->k, q->actor.mailbox, person);
    struct case_query cq = {.person = person, .limit = 100};
    if (q->actor.mailbox.n == 0 || book_cases(q->k->book, &cq, q->arena, &e, &rows, &n) < 0)
        n = 0;
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "cases");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(&j, NULL);
        keep_case_head(&j, &rows[i]);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
}

static void work(struct question *q)
{
    struct err e = {0};
    struct work_row *rows;
    size_t n;
    struct book_figures f;
    int64_t limit = question_int(q, "limit", 50);
    if (book_work(q->k->book, limit < 1 || limit > 1000 ? 50 : (size_t)limit, q->arena, &e, &rows,
                  &n) < 0 ||
        book_figures(q->k->book, clock_now_us(), &e, &f) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "work");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(&j, NULL);
        desk_code(&j, "code", rows[i].first);
        desk_code(&j, "campaign", rows[i].campaign);
        jsonw_cstr(&j, "category", desk_category_name(rows[i].category));
        jsonw_int(&j, "cases", (int64_t)rows[i].cases);
        jsonw_int(&j, "reporters", (int64_t)rows[i].reporters);
        jsonw_int(&j, "sources", (int64_t)rows[i].sources);
        jsonw_text(&j, "from_domain", rows[i].from_domain);
        jsonw_text(&j, "host", rows[i].host);
        desk_time(&j, "oldest", rows[i].oldest_us);
        desk_time(&j, "due", rows[i].due_us);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_object(&j, "states");
    for (int i = 0; i < CASE_STATES; i++)
        jsonw_int(&j, case_state_name((enum case_state)i), (int64_t)f.cases[i]);
    jsonw_object_end(&j);
    jsonw_int(&j, "reports", (int64_t)f.reports);
    jsonw_int(&j, "listings", (int64_t)f.listings);
    jsonw_int(&j, "appeals_open", (int64_t)f.appeals_open);
    jsonw_int(&j, "letters_owed", (int64_t)f.letters_owed);
    jsonw_object_end(&j);
}

const struct keep_verb keep_case_verbs[] = {{"case/*", 0, show},
                                            {"case/*/evidence", DESK_STAFF, evidence},
                                            {"cases", DESK_STAFF | ACTOR_AUDITOR, case_list},
                                            {"cases/mine", ACTOR_MEMBER, mine},
                                            {"work", DESK_STAFF | ACTOR_AUDITOR, work},
                                            {0}};
