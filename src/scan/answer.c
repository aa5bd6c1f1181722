/* The answer of a scan as one JSON object, the keys of design section 5. */
#include "scan/scan.h"
#include "scan/answer_law.h"

#include "base/escape.h"
#include "base/lang.h"
#include "base/utf8.h"

#define JSON_KEPT_MOST (1u << 20)

struct words { /* room that the findings share */
    struct buf safe, reason;
};

static void json_finding(struct json *j, const struct finding *f, struct words *w)
{
    buf_reset(&w->safe);
    buf_reset(&w->reason);
    escape_add(&w->safe, ESCAPE_TERM, utf8_head(f->detail, 200), 800);
    lang_fill(NULL, f->reason, buf_slice(&w->safe), &w->reason);
    jsonw_object(j, NULL);
    jsonw_cstr(j, "name", f->name);
    jsonw_cstr(j, "kind", finding_kind_name(f->kind));
    jsonw_num(j, "points", f->points, 3);
    jsonw_text(j, "reason", buf_slice(&w->reason));
    jsonw_text(j, "detail", f->detail);
    jsonw_cstr(j, "source", f->source);
    jsonw_cstr(j, "state", f->state == FINDING_DONE ? "done" : "incomplete");
    jsonw_object_end(j);
}

void scan_json(const struct scan *s, const char *file, struct json *j)
{
    const struct verdict *v = &s->verdict;
    struct words words = {BUF_INIT(1024), BUF_INIT(2048)};
    jsonw_object(j, NULL);
    jsonw_cstr(j, "id", s->id);
    jsonw_cstr(j, "file", file);
    jsonw_cstr(j, "verdict", side_name(v->side));
    jsonw_num(j, "score", v->score, 3);
    jsonw_num(j, "probability", v->probability, 6);
    jsonw_cstr(j, "class", class_name(v->class));
    jsonw_cstr(j, "action", action_name(v->action));
    scan_json_auth(s->auth, j);
    scan_json_law(s, j);
    jsonw_array(j, "incomplete");
    for (const struct finding *f = s->findings.first; f; f = f->next)
        if (f->state == FINDING_INCOMPLETE)
            jsonw_cstr(j, NULL, f->name);
    jsonw_array_end(j);
    jsonw_int(j, "microseconds", s->microseconds);
    jsonw_array(j, "findings");
    const struct finding **sorted = finding_sorted(&s->findings, s->arena);
    for (size_t i = 0; i < s->findings.n; i++)
        json_finding(j, sorted[i], &words);
    jsonw_array_end(j);
    jsonw_object_end(j);
    buf_fini(&words.safe);
    buf_fini(&words.reason);
}

void scan_keep_json(struct scan *s)
{
    struct buf b = BUF_INIT(JSON_KEPT_MOST);
    struct json j = JSON_INIT(&b);
    scan_json(s, NULL, &j);
    s->json = b.full ? SLICE("") : arena_dup(s->arena, buf_slice(&b));
    buf_fini(&b);
}

void scan_add_json(const struct scan *s, struct buf *out)
{
    struct json j = JSON_INIT(out);
    if (s->json.n)
        buf_add(out, s->json);
    else
        scan_json(s, NULL, &j);
}
