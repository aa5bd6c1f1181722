/* What the definitions that the operator picked say of a message: a finding of its own, the "law"
 * list of the answer, and a paragraph of the explanation. Apart from the technical findings. */
#include "scan/answer_law.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/lang.h"
#include "law/local.h"

void scan_ask_law(struct scan *s, const struct scan_world *w)
{
    if (w->law == NULL)
        return;
    s->law = ARENA_NEW(s->arena, struct law_local_results);
    law_local_ask(w->law, s->arena, s->message, s->auth && s->auth->is_done ? s->auth : NULL, NULL,
                  clock_now_us(), s->law);
    for (size_t i = 0; i < s->law->n; i++) {
        const struct law *law = s->law->of[i].law;
        const struct law_finding *f = law_worst(s->law->of[i].result);
        if (f == NULL)
            continue;
        struct buf b = BUF_INIT(600);
        buf_printf(&b, "%s, %s: ", law_code_of(law), law_rule_name(law, f->rule));
        law_clause(law, f->rule, &b);
        finding_add(
            &s->findings,
            &(struct finding){.name = "law",
                              .kind = FINDING_OPERATOR,
                              .points = law_local_points(w->law),
                              .reason = N_("it breaks a rule that holds for the users here: %s"),
                              .detail = arena_dup(s->arena, buf_slice(&b)),
                              .source = "law",
                              .state = FINDING_DONE});
        buf_fini(&b);
    }
}

void scan_json_law(const struct scan *s, struct json *j)
{
    jsonw_array(j, "law");
    for (size_t i = 0; s->law && i < s->law->n; i++) {
        const struct law_local_result *r = &s->law->of[i];
        struct buf text = BUF_INIT(4096);
        jsonw_object(j, NULL);
        jsonw_cstr(j, "code", law_code_of(r->law));
        jsonw_cstr(j, "name", law_name_of(r->law));
        jsonw_cstr(j, "version", law_version_of(r->law));
        jsonw_cstr(j, "confidence", law_confidence_text(law_confidence_of(r->law)));
        jsonw_cstr(j, "answer", law_answer_text(r->result->answer));
        jsonw_array(j, "violations");
        for (uint32_t k = 0; k < r->result->n; k++) {
            const struct law_finding *f = &r->result->findings[k];
            if (f->answer != LAW_VIOLATION)
                continue;
            jsonw_object(j, NULL);
            jsonw_cstr(j, "rule", law_rule_name(r->law, f->rule));
            jsonw_cstr(j, "force", law_force_text((enum law_force)f->force));
            law_clause(r->law, f->rule, &text);
            jsonw_text(j, "clause", buf_slice(&text));
            buf_reset(&text);
            law_say(r->law, f, &s->law->facts, r->result->day, &text);
            jsonw_text(j, "why", buf_slice(&text));
            buf_reset(&text);
            jsonw_object_end(j);
        }
        jsonw_array_end(j);
        jsonw_object_end(j);
        buf_fini(&text);
    }
    jsonw_array_end(j);
}

/* Sentences of the law come in English, as its profiles do; the words around them are translated.
 */
void scan_why_law(const struct scan *s, const struct lang *lang, struct buf *out)
{
    struct buf text = BUF_INIT(8192), safe = BUF_INIT(8192);
    for (size_t i = 0; s->law && i < s->law->n; i++) {
        const struct law_local_result *r = &s->law->of[i];
        const struct law_finding *f = law_worst(r->result);
        if (f == NULL)
            continue;
        lang_fill(
            lang,
            N_("Under the definition of %s that the operator applies, a violation was found:"),
            slice_str(law_name_of(r->law)), out);
        buf_str(out, "\n  ");
        law_say(r->law, f, &s->law->facts, r->result->day, &text);
        escape_add(&safe, ESCAPE_TERM, buf_slice(&text), 600);
        buf_add(out, buf_slice(&safe));
        buf_reset(&text);
        buf_reset(&safe);
        law_clause(r->law, f->rule, &text);
        escape_add(&safe, ESCAPE_TERM, buf_slice(&text), 400);
        buf_printf(out, " [%s: %s]\n", law_code_of(r->law), buf_cstr(&safe));
        buf_reset(&text);
        buf_reset(&safe);
    }
    buf_fini(&text);
    buf_fini(&safe);
}
