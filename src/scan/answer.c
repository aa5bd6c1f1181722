/* The answer of a scan as one JSON object, the keys of design section 5. */
#include "scan/scan.h"

static void json_finding(struct json *j, const struct finding *f)
{
    json_object(j, NULL);
    json_cstr(j, "name", f->name);
    json_cstr(j, "kind", finding_kind_name(f->kind));
    json_num(j, "points", f->points, 3);
    json_cstr(j, "reason", f->reason);
    json_text(j, "detail", f->detail);
    json_cstr(j, "source", f->source);
    json_cstr(j, "state", f->state == FINDING_DONE ? "done" : "incomplete");
    json_object_end(j);
}

/* Nobody has asked SPF, DKIM, DMARC or ARC yet: unknown is null, not "none". */
static void json_auth(struct json *j)
{
    json_object(j, "auth");
    json_null(j, "spf");
    json_array(j, "dkim");
    json_array_end(j);
    json_null(j, "dmarc");
    json_null(j, "arc");
    json_object_end(j);
}

void scan_json(const struct scan *s, const char *file, struct json *j)
{
    const struct verdict *v = &s->verdict;
    json_object(j, NULL);
    json_cstr(j, "id", s->id);
    json_cstr(j, "file", file);
    json_cstr(j, "verdict", side_name(v->side));
    json_num(j, "score", v->score, 3);
    json_num(j, "probability", v->probability, 6);
    json_cstr(j, "class", class_name(v->class));
    json_cstr(j, "action", action_name(v->action));
    json_auth(j);
    json_array(j, "law");
    json_array_end(j);
    json_array(j, "incomplete");
    for (const struct finding *f = s->findings.first; f; f = f->next)
        if (f->state == FINDING_INCOMPLETE)
            json_cstr(j, NULL, f->name);
    json_array_end(j);
    json_int(j, "microseconds", s->microseconds);
    json_array(j, "findings");
    const struct finding **sorted = finding_sorted(&s->findings, s->arena);
    for (size_t i = 0; i < s->findings.n; i++)
        json_finding(j, sorted[i]);
    json_array_end(j);
    json_object_end(j);
}
