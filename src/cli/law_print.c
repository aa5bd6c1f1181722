/* Pages of `muster law`: lists, one law, matrices; comparisons are in law_print_compare.c. Never
 * says more than the profiles do: what is unknown is shown so. */
#include "cli/law_print.h"
#include "base/json.h"

#include <stdlib.h>

static const char *const stances[] = {"unknown", "not asked", "asked"};

static const char *paint(const struct law_page *p, enum law_answer a)
{
    if (!p->colour)
        return "";
    return a == LAW_VIOLATION ? "\033[31m" : a == LAW_NO_VIOLATION ? "\033[32m" : "\033[33m";
}

static const char *unpaint(const struct law_page *p)
{
    return p->colour ? "\033[0m" : "";
}

static const char *day_or(int32_t day, const char *none, char out[16])
{
    return day == LAW_UNKNOWN ? none : law_date_text(day, out);
}

void law_print_cell(const struct law *law, enum law_field f, struct buf *out)
{
    buf_reset(out);
    law_field_text(law, f, out);
    if (law->low[f])
        buf_str(out, " [low]");
}

void law_print_line_end(const struct law_page *p)
{
    buf_chr(p->out, '\n');
}

/* ---- list ---- */

static bool holds(const struct law *law, int32_t day)
{
    return (law_from(law) == LAW_UNKNOWN || law_from(law) <= day) &&
           (law_until(law) == LAW_UNKNOWN || day < law_until(law));
}

static void head_json(const struct law *law, struct json *j)
{
    char day[16];
    struct buf b = BUF_INIT(256);
    jsonw_cstr(j, "code", law_code_of(law));
    jsonw_cstr(j, "version", law_version_of(law));
    jsonw_cstr(j, "name", law_name_of(law));
    law_print_cell(law, LAW_F_KIND, &b);
    jsonw_text(j, "kind", buf_slice(&b));
    law_print_cell(law, LAW_F_STATUS, &b);
    jsonw_text(j, "status", buf_slice(&b));
    jsonw_bool(j, "in_force", law_in_force(law));
    jsonw_cstr(j, "from", day_or(law_from(law), NULL, day));
    jsonw_cstr(j, "until", day_or(law_until(law), NULL, day));
    jsonw_cstr(j, "confidence", law_confidence_text(law_confidence_of(law)));
    law_print_cell(law, LAW_F_MODEL, &b);
    jsonw_text(j, "consent", buf_slice(&b));
    jsonw_cstr(j, "file", law->file);
    buf_fini(&b);
}

void law_print_list(const struct law_page *p, const struct law_library *lib, bool all)
{
    struct buf model = BUF_INIT(256);
    char from[16];
    if (!p->as_json)
        buf_printf(p->out, "%-10s %-30s %-10s %-10s %-7s %s\n", "code", "version", "consent",
                   "from", "conf.", "name");
    for (size_t i = 0; i < law_count(lib); i++) {
        const struct law *law = law_get(lib, i);
        if (!all && !holds(law, p->day))
            continue;
        if (p->as_json) {
            struct json j = JSON_INIT(p->out);
            jsonw_object(&j, NULL);
            head_json(law, &j);
            jsonw_object_end(&j);
            law_print_line_end(p);
            continue;
        }
        buf_reset(&model);
        if (law_kind_of(law) <= LAW_KIND_FLOOR)
            law_field_text(law, LAW_F_MODEL, &model);
        else
            buf_str(&model, "(terms)");
        buf_printf(p->out, "%-10s %-30.30s %-10s %-10s %-7s %s\n", law_code_of(law),
                   law_version_of(law), buf_cstr(&model), day_or(law_from(law), "unknown", from),
                   law_confidence_text(law_confidence_of(law)), law_name_of(law));
    }
    buf_fini(&model);
}

/* ---- show ---- */

static void show_json(const struct law_page *p, const struct law *law)
{
    struct json j = JSON_INIT(p->out);
    struct buf b = BUF_INIT(65536), name = BUF_INIT(128);
    jsonw_object(&j, NULL);
    head_json(law, &j);
    jsonw_object(&j, "fields");
    for (int f = 0; f < LAW_FIELDS; f++) {
        enum law_field field = (enum law_field)f;
        if (law->v[f] == LAW_ABSENT)
            continue;
        buf_reset(&name);
        law_field_name(field, &name);
        if (law->v[f] == LAW_UNKNOWN)
            jsonw_null(&j, buf_cstr(&name));
        else if (law_field_info(field)->type == LAW_T_TEXT)
            jsonw_text(&j, buf_cstr(&name), law->t[f]);
        else if (law_field_info(field)->type == LAW_T_NUM)
            jsonw_int(&j, buf_cstr(&name), law->v[f]);
        else if (law_field_info(field)->type == LAW_T_TRI)
            jsonw_bool(&j, buf_cstr(&name), law->v[f] == 1);
        else if (law_field_info(field)->type == LAW_T_TEXTS) {
            jsonw_array(&j, buf_cstr(&name));
            for (uint32_t i = 0; i < law->l[f].n; i++)
                jsonw_text(&j, NULL, law->l[f].items[i]);
            jsonw_array_end(&j);
        } else {
            buf_reset(&b);
            law_field_text(law, field, &b);
            jsonw_text(&j, buf_cstr(&name), buf_slice(&b));
        }
    }
    jsonw_object_end(&j);
    jsonw_array(&j, "rules");
    for (unsigned rule = 0; rule < LAW_RULE_OWN + law->n_own; rule++) {
        jsonw_object(&j, NULL);
        jsonw_cstr(&j, "rule", law_rule_name(law, rule));
        jsonw_cstr(&j, "asks", law_rule_doc(law, rule));
        if (rule < LAW_RULE_OWN)
            jsonw_cstr(&j, "stance", stances[law_stance(law, (enum law_rule)rule)]);
        buf_reset(&b);
        law_clause(law, rule, &b);
        jsonw_text(&j, "clause", buf_slice(&b));
        jsonw_text(&j, "source", law_source(law, rule));
        jsonw_cstr(&j, "confidence", law_confidence_text(law_rule_confidence(law, rule)));
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
    law_print_line_end(p);
    buf_fini(&b);
    buf_fini(&name);
}

static void show_head(const struct law_page *p, const struct law *law)
{
    char from[16], until[16];
    struct buf b = BUF_INIT(65536);
    buf_printf(p->out, "%s (%s), version %s\n", law_name_of(law), law_code_of(law),
               law_version_of(law));
    buf_printf(p->out, "in force from %s until %s; confidence %s",
               day_or(law_from(law), "(not known)", from), day_or(law_until(law), "now", until),
               law_confidence_text(law_confidence_of(law)));
    if (law_kind_of(law) > LAW_KIND_FLOOR)
        buf_str(p->out, "; no law: it warns and never fails");
    else if (!law_in_force(law))
        buf_str(p->out, "; no text in force: it informs and never fails");
    law_print_line_end(p);
    for (uint32_t i = 0; i < law->n_instruments; i++) {
        const struct law_instrument *x = &law->instruments[i];
        buf_printf(p->out, "  %.*s%s%.*s\n", SLICE_ARG(x->title), x->citation.p ? ", " : "",
                   SLICE_ARG(x->citation));
    }
    if (law->t[LAW_F_SUMMARY].n)
        buf_printf(p->out, "\n%.*s\n", SLICE_ARG(law->t[LAW_F_SUMMARY]));
    buf_fini(&b);
}

static void show_text(const struct law_page *p, const struct law *law)
{
    struct buf b = BUF_INIT(65536), unknown = BUF_INIT(8192);
    int section = -1;
    show_head(p, law);
    for (int f = 0; f < LAW_FIELDS; f++) {
        const struct law_field_info *info = law_field_info((enum law_field)f);
        int at = law_section_find(slice_str(info->section));
        if (at == 0 || law->v[f] == LAW_ABSENT || strcmp(info->section, "checks") == 0)
            continue;
        if (law->v[f] == LAW_UNKNOWN) {
            if (info->use == LAW_USE_EVAL) {
                buf_str(&unknown, unknown.n ? ", " : "");
                law_field_name((enum law_field)f, &unknown);
            }
            continue;
        }
        if (at != section)
            buf_printf(p->out, "\n%s\n", info->section);
        section = at;
        law_print_cell(law, (enum law_field)f, &b);
        buf_printf(p->out, "  %-26s %s\n", info->key, buf_cstr(&b));
    }
    for (uint32_t i = 0; i < law->n_own; i++) {
        if (i == 0)
            buf_str(p->out, "\nrules of its own\n");
        buf_printf(p->out, "  %-26.*s %.*s\n", (int)law->own[i].name.n, law->own[i].name.p,
                   SLICE_ARG(law->own[i].text));
    }
    if (unknown.n && law_kind_of(law) <= LAW_KIND_FLOOR)
        buf_printf(p->out, "\nnot known to this profile\n  %s\n", buf_cstr(&unknown));
    for (uint32_t i = 0; i < law->n_sources; i++) {
        const struct law_source_entry *x = &law->sources[i];
        if (i == 0)
            buf_str(p->out, "\nsources\n");
        buf_printf(p->out, "  %.*s: %.*s\n    %.*s\n", SLICE_ARG(x->kind), SLICE_ARG(x->title),
                   SLICE_ARG(x->url));
    }
    buf_printf(p->out, "\n%s", LAW_PRINT_NOTE);
    buf_fini(&b);
    buf_fini(&unknown);
}

void law_print_one(const struct law_page *p, const struct law *law)
{
    if (p->as_json)
        show_json(p, law);
    else
        show_text(p, law);
}

/* ---- matrix ---- */

static void matrix_row(const struct law_page *p, const struct law *law, const struct law_facts *f,
                       const struct law_result *r)
{
    struct buf b = BUF_INIT(8192);
    const char *sep = "";
    if (p->as_json) {
        struct json j = JSON_INIT(p->out);
        law_result_json(law, r, f, NULL, &j);
        law_print_line_end(p);
        return;
    }
    buf_printf(p->out, "%-10s %s%-18s%s %s", law_code_of(law), paint(p, r->answer),
               law_answer_text(r->answer), unpaint(p),
               r->answer == LAW_VIOLATION ? law_force_text(r->force) : "");
    for (uint32_t i = 0; i < r->n; i++)
        if (r->findings[i].answer == LAW_VIOLATION) {
            buf_printf(&b, "%s%s", sep, law_rule_name(law, r->findings[i].rule));
            sep = ", ";
        }
    if (b.n)
        buf_printf(p->out, " [%s]", buf_cstr(&b));
    if (r->answer == LAW_CANT_TELL && !law_set_empty(&r->missing)) {
        buf_str(p->out, " missing:");
        for (int i = 0, shown = 0; i < LAW_FACTS && shown < 6; i++)
            if (law_set_has(&r->missing, (enum law_fact)i)) {
                buf_printf(p->out, " %s", law_fact_info((enum law_fact)i)->name);
                shown++;
            }
    }
    law_print_line_end(p);
    buf_fini(&b);
}

bool law_print_matrix(const struct law_page *p, const struct law *const *laws, size_t n,
                      const struct law_facts *facts)
{
    size_t count[3] = {0};
    for (size_t i = 0; i < n; i++) {
        struct law_facts f = *facts;
        struct law_result r;
        if (f.v[LAW_FACT_COUNTRY] == LAW_UNKNOWN && laws[i]->country)
            f.v[LAW_FACT_COUNTRY] = laws[i]->country; /* "if it went there" */
        law_eval(laws[i], &f, p->day, &r);
        matrix_row(p, laws[i], &f, &r);
        count[r.answer]++;
    }
    if (!p->as_json)
        buf_printf(
            p->out, "\n%zu laws: violation found %zu, no violation found %zu, can't tell %zu\n%s",
            n, count[LAW_VIOLATION], count[LAW_NO_VIOLATION], count[LAW_CANT_TELL], LAW_PRINT_NOTE);
    return count[LAW_VIOLATION] > 0;
}
