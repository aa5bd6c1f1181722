/* What came: history, why, reports about our domains. Operators and auditors see all, domain
 * admins what came to their domains, members what came to their own mailbox. */
#include "node/keep_verb.h"
#include "base/clock.h"
#include "journal/pseudonym.h"

/* ---- whose mail ---- */

bool question_sees_all(const struct question *q)
{
    return actor_may(&q->actor, ACTOR_OPERATOR | ACTOR_AUDITOR);
}

/* Narrows a query of the history to what the actor may see: all, the mail of his domains, or
 * what came to his own mailbox. false: nothing. */
static bool narrow(struct question *q, struct history_query *h, unsigned char person[16])
{
    if (question_sees_all(q))
        return true;
    if (actor_may(&q->actor, ACTOR_DOMAIN_ADMIN) && q->actor.n_domains) {
        h->to_domains = q->actor.domains;
        h->n_to_domains = q->actor.n_domains;
        return true;
    }
    if (q->actor.mailbox.n == 0)
        return false;
    keep_person_of(q->k, q->actor.mailbox, person);
    h->person = person;
    return true;
}

/* True when the actor may see this scan: it must come up when he looks at just its place. */
static bool may_see(struct question *q, const struct scan_row *row)
{
    struct err e = {0};
    struct scan_row *rows;
    uint64_t next;
    size_t n = 0;
    unsigned char person[16];
    struct history_query h = {.side = row->side,
                              .mail_class = row->mail_class,
                              .action = row->action,
                              .before_seq = row->seq + 1,
                              .limit = 1};
    return narrow(q, &h, person) &&
           archive_history(store_archive(q->k->store), &h, q->arena, &e, &rows, &n, &next) == 0 &&
           n == 1 && rows[0].seq == row->seq;
}

/* ---- history ---- */

static void why(struct question *q)
{
    struct err e = {0};
    struct scan_row row;
    unsigned char raw[16];
    if (!event_id_parse(q->part[1], raw)) {
        question_refuse(q, 400, "this is not the ID of a scan");
        return;
    }
    question_fold(q);
    int rc = archive_scan(store_archive(q->k->store), raw, q->arena, &e, &row);
    if (rc < 0 && e.code != ERR_NOENT)
        question_fail(q, &e);
    else if (rc < 0 || !may_see(q, &row)) /* the same words, so that nobody learns what exists */
        question_refuse(q, 404, "the history holds no message with this ID");
    else
        buf_add(q->out, row.findings.n ? row.findings : SLICE("{}"));
}

static void history_row(struct json *j, const struct scan_row *r)
{
    char id[37], when[32];
    event_id_text(r->id, id);
    jsonw_object(j, NULL);
    jsonw_cstr(j, "id", id);
    jsonw_cstr(j, "time", clock_rfc3339(r->at_us, when));
    jsonw_int(j, "time_us", r->at_us);
    jsonw_cstr(j, "verdict", side_name((enum side)r->side));
    jsonw_num(j, "score", r->score, 2);
    jsonw_cstr(j, "class", class_name((enum mail_class)r->mail_class));
    jsonw_cstr(j, "action", action_name((enum action)r->action));
    jsonw_bool(j, "incomplete", r->is_incomplete);
    jsonw_bool(j, "shadow", r->is_shadow);
    jsonw_text(j, "from_domain", r->from_domain);
    jsonw_text(j, "subject", r->subject);
    jsonw_int(j, "bytes", (int64_t)r->size_bytes);
    jsonw_int(j, "microseconds", (int64_t)r->microseconds);
    jsonw_object_end(j);
}

/* The number of a word among names; -1 for none given, -2 for a word that is none. */
static int choice(const struct question *q, const char *arg, int n, const char *(*name)(int))
{
    struct slice word = question_text(q, arg);
    if (word.n == 0)
        return -1;
    for (int i = 0; i < n; i++) {
        if (slice_eq(word, slice_str(name(i))))
            return i;
    }
    return -2;
}

static const char *side_at(int i)
{
    return side_name((enum side)i);
}

static const char *class_at(int i)
{
    return class_name((enum mail_class)i);
}

static const char *action_at(int i)
{
    return action_name((enum action)i);
}

/* A finding's name is made of these; anything else is none. */
static bool is_rule(struct slice name)
{
    for (size_t i = 0; i < name.n; i++) {
        if (!ascii_is_alnum(name.p[i]) && name.p[i] != '_' && name.p[i] != '-' &&
            name.p[i] != '.' && name.p[i] != ' ')
            return false;
    }
    return name.n <= 80;
}

/* false: refused. */
static bool read_query(struct question *q, struct history_query *h, unsigned char person[16],
                       struct slice *domain)
{
    int64_t limit = question_int(q, "limit", 50);
    *h = (struct history_query){.side = choice(q, "verdict", 3, side_at),
                                .mail_class = choice(q, "class", CLASSES, class_at),
                                .action = choice(q, "action", ACTIONS, action_at),
                                .words = question_text(q, "words"),
                                .from = arena_lower(q->arena, question_text(q, "from")),
                                .rule = question_text(q, "rule"),
                                .incomplete = question_true(q, "incomplete"),
                                .since_us = question_int(q, "since", 0) * 1000000,
                                .until_us = question_int(q, "until", 0) * 1000000,
                                .before_seq = (uint64_t)question_int(q, "before", 0),
                                .limit = limit < 1 || limit > 1000 ? 50 : (size_t)limit};
    if (h->side == -2 || h->mail_class == -2 || h->action == -2) {
        question_refuse(q, 400, "there is no such verdict, class or action");
        return false;
    }
    if (!is_rule(h->rule)) {
        question_refuse(q, 400, "this is no name of a check");
        return false;
    }
    if (!narrow(q, h, person)) {
        question_refuse(q, 403, "there is no mailbox or domain of yours");
        return false;
    }
    *domain = arena_lower(q->arena, question_text(q, "domain"));
    if (domain->n) {
        if (h->to_domains && !actor_has_domain(&q->actor, *domain)) {
            question_refuse(q, 403, "this is none of your domains");
            return false;
        }
        h->to_domains = domain;
        h->n_to_domains = 1;
    }
    struct slice user = question_text(q, "user");
    if (user.n && h->person == NULL) { /* a domain admin's view stays within his domains */
        keep_person_of(q->k, user, person);
        h->person = person;
    }
    return true;
}

static void history(struct question *q)
{
    struct err e = {0};
    struct scan_row *rows;
    struct history_query h;
    unsigned char person[16];
    struct slice domain;
    uint64_t next;
    size_t n;
    if (!read_query(q, &h, person, &domain))
        return;
    question_fold(q);
    if (archive_history(store_archive(q->k->store), &h, q->arena, &e, &rows, &n, &next) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "messages");
    for (size_t i = 0; i < n; i++)
        history_row(&j, &rows[i]);
    jsonw_array_end(&j);
    jsonw_int(&j, "next", (int64_t)next);
    jsonw_object_end(&j);
}

/* ---- reports ---- */

static void dmarc(struct question *q)
{
    question_fold(q);
    struct keep_dmarc_question about = {.domain = q->part[1],
                                        .days = question_int(q, "days", 0),
                                        .is_unproven = question_true(q, "unproven"),
                                        .now_s = question_int(q, "now", 0)};
    keep_dmarc(q->k, q->arena, &about, q->status, q->out);
}

static void selectors(struct question *q)
{
    struct keep_dmarc_question about = {.domain = q->part[1], .days = question_int(q, "days", 0)};
    question_fold(q);
    keep_selectors(q->k, q->arena, &about, q->status, q->out);
}

static void sent_reports(struct question *q)
{
    question_fold(q);
    keep_sent_reports(q->k, q->arena, q->status, q->out);
}

const struct keep_verb keep_history_verbs[] = {{"why/*", SEES, why},
                                               {"history", SEES, history},
                                               {"dmarc", READS, dmarc},
                                               {"dmarc/*", READS, dmarc},
                                               {"selectors/*", READS, selectors},
                                               {"sent-reports", READS, sent_reports},
                                               {NULL, 0, NULL}};
