/* Mail that is known as wanted: templates of shops and banks, a club's letters. Its marks keep
 * reports of such mail from being grouped by text, so that readers who dislike it do not add up to
 * a campaign.
 */
#include "base/rand.h"
#include "desk/campaign.h"
#include "node/keep_desk.h"

/* The question is a report of such a mail (desk/report.h); only its print is kept. */
static void wanted(struct question *q)
{
    struct err e = {0};
    struct desk_report *r = ARENA_NEW(q->arena, struct desk_report);
    struct slice marks[CAMPAIGN_MARKS];
    unsigned char id[16];
    if (desk_report_read(q->arena, q->ask->json, &e, r) < 0) {
        question_fail(q, &e);
        return;
    }
    size_t n = campaign_veto_marks(q->arena, &r->print, marks);
    if (n == 0) {
        question_refuse(q, 422, "this message has too little text to be known again");
        return;
    }
    json_t *list = json_array(), *body = json_object();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, desk_slice(marks[i]));
    json_object_set_new(body, "marks", list);
    rand_bytes(id, sizeof(id));
    int rc = keep_desk_add(q->k, &q->actor, id, "wanted", body, &e);
    if (!keep_desk_finish(q, rc, &e))
        return;
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_int(&j, "marks", (int64_t)n);
    jsonw_object_end(&j);
}

const struct keep_verb keep_wanted_verbs[] = {
    {"report/wanted", ACTOR_OPERATOR | ACTOR_REVIEWER, wanted}, {NULL, 0, NULL}};
