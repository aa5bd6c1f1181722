/* What came and what is held: history, why, quarantine, reports about our domains. */
#include "node/keep_verb.h"
#include "base/clock.h"
#include "journal/pseudonym.h"

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
    if (archive_scan(store_archive(q->k->store), raw, q->arena, &e, &row) < 0) {
        if (e.code == ERR_NOENT)
            question_refuse(q, 404, "the history holds no message with this ID");
        else
            question_fail(q, &e);
        return;
    }
    buf_add(q->out, row.findings.n ? row.findings : SLICE("{}"));
}

static void history_row(struct json *j, const struct scan_row *r)
{
    char id[37], when[32];
    event_id_text(r->id, id);
    jsonw_object(j, NULL);
    jsonw_cstr(j, "id", id);
    jsonw_cstr(j, "time", clock_rfc3339(r->at_us, when));
    jsonw_cstr(j, "verdict", side_name((enum side)r->side));
    jsonw_num(j, "score", r->score, 2);
    jsonw_cstr(j, "class", class_name((enum mail_class)r->mail_class));
    jsonw_cstr(j, "action", action_name((enum action)r->action));
    jsonw_text(j, "from_domain", r->from_domain);
    jsonw_text(j, "subject", r->subject);
    jsonw_int(j, "bytes", (int64_t)r->size_bytes);
    jsonw_int(j, "microseconds", (int64_t)r->microseconds);
    jsonw_object_end(j);
}

static void history(struct question *q)
{
    struct err e = {0};
    struct scan_row *rows;
    size_t n;
    int64_t limit = question_int(q, "limit", 50);
    struct history_query h = {.side = (int)question_int(q, "side", -1),
                              .mail_class = -1,
                              .words = question_text(q, "words"),
                              .before_seq = (uint64_t)question_int(q, "before", 0),
                              .limit = limit < 1 || limit > 1000 ? 50 : (size_t)limit};
    struct slice verdict = question_text(q, "verdict");
    for (int i = 0; i < 3; i++) {
        if (slice_eq(verdict, slice_str(side_name((enum side)i))))
            h.side = i;
    }
    question_fold(q);
    if (archive_history(store_archive(q->k->store), &h, q->arena, &e, &rows, &n) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "messages");
    for (size_t i = 0; i < n; i++)
        history_row(&j, &rows[i]);
    jsonw_array_end(&j);
    jsonw_object_end(&j);
}

/* ---- quarantine ---- */

static void hold_row(struct question *q, struct json *j, const struct hold *h)
{
    struct err e = {0};
    struct hold_words w = {0};
    char id[37], when[32];
    event_id_text(h->hold, id);
    jsonw_object(j, NULL);
    jsonw_cstr(j, "hold", id);
    event_id_text(h->id, id);
    jsonw_cstr(j, "id", id);
    jsonw_cstr(j, "kind", hold_kind_name(h->kind));
    jsonw_cstr(j, "state", hold_state_name(h->state));
    jsonw_num(j, "score", h->score, 2);
    jsonw_cstr(j, "time", clock_rfc3339(h->made_us, when));
    jsonw_cstr(j, "expires", clock_rfc3339(h->expires_us, when));
    if (quarantine_open(q->k->store, h, q->arena, &e, &w, NULL) == 0) {
        jsonw_text(j, "recipient", w.rcpt);
        jsonw_text(j, "from", w.from);
        jsonw_text(j, "subject", w.subject);
    }
    jsonw_object_end(j);
}

static void holds(struct question *q)
{
    struct err e = {0};
    struct hold *rows;
    size_t n;
    int64_t limit = question_int(q, "limit", 200);
    struct holds_query h = {.states = question_text(q, "all").n ? 0 : 1u << HOLD_HELD,
                            .limit = limit < 1 || limit > 1000 ? 200 : (size_t)limit};
    unsigned char person[16];
    struct slice user = question_text(q, "user");
    if (user.n) {
        keep_person_of(q->k, user, person);
        h.person = person;
    }
    if (archive_holds(store_archive(q->k->store), &h, q->arena, &e, &rows, &n) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "holds");
    for (size_t i = 0; i < n; i++)
        hold_row(q, &j, &rows[i]);
    jsonw_array_end(&j);
    jsonw_object_end(&j);
}

/* quarantine/ID/release|refuse|delete */
static void hold_act(struct question *q)
{
    static const struct {
        const char *word;
        enum hold_act act;
    } verbs[] = {{"release", HOLD_RELEASE}, {"refuse", HOLD_REFUSE}, {"delete", HOLD_DELETE}};
    struct err e = {0};
    struct hold h;
    struct quarantine_act act = {.who = {.role = HOLD_BY_OPERATOR},
                                 .reason = question_text(q, "reason"),
                                 .allow_once = question_true(q, "allow_once")};
    struct slice user = question_text(q,
                                      "user"); /* acting for a user has that user's rights only */
    if (user.n) {
        act.who.role = HOLD_BY_USER;
        keep_person_of(q->k, user, act.who.person);
    }
    bool known = false;
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (slice_eq(q->part[2], slice_str(verbs[i].word))) {
            act.act = verbs[i].act;
            known = true;
        }
    }
    if (!known || !event_id_parse(q->part[1], act.hold)) {
        question_refuse(q, 400,
                        known ? "this is not the ID of a held message"
                              : "say release, refuse or delete");
        return;
    }
    if (quarantine_do(q->k->store, &act, q->arena, &e, &h) < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    hold_row(q, &j, &h);
}

/* ---- reports ---- */

static void dmarc(struct question *q)
{
    question_fold(q);
    keep_dmarc(q->k, q->arena, q->part[1], question_int(q, "days", 0), q->status, q->out);
}

static void sent_reports(struct question *q)
{
    question_fold(q);
    keep_sent_reports(q->k, q->arena, q->status, q->out);
}

const struct keep_verb keep_history_verbs[] = {{"why/*", READS, why},
                                               {"history", READS, history},
                                               {"quarantine", ACTS, holds},
                                               {"quarantine/*/*", ACTS, hold_act},
                                               {"dmarc", READS, dmarc},
                                               {"dmarc/*", READS, dmarc},
                                               {"sent-reports", READS, sent_reports},
                                               {NULL, 0, NULL}};
