/* Pages of `muster law`. Never says more than the profiles do: what is unknown is shown so. */
#include "cli/law_print.h"
#include "base/json.h"

#include <stdlib.h>

#define NOTE \
    "Research notes for software, not legal advice. \"unknown\" is never \"not required\".\n"

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

static void cell(const struct law *law, enum law_field f, struct buf *out)
{
    buf_reset(out);
    law_field_text(law, f, out);
    if (law->low[f])
        buf_str(out, " [low]");
}

static void line_end(const struct law_page *p)
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
    cell(law, LAW_F_KIND, &b);
    jsonw_text(j, "kind", buf_slice(&b));
    cell(law, LAW_F_STATUS, &b);
    jsonw_text(j, "status", buf_slice(&b));
    jsonw_bool(j, "in_force", law_in_force(law));
    jsonw_cstr(j, "from", day_or(law_from(law), NULL, day));
    jsonw_cstr(j, "until", day_or(law_until(law), NULL, day));
    jsonw_cstr(j, "confidence", law_confidence_text(law_confidence_of(law)));
    cell(law, LAW_F_MODEL, &b);
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
            line_end(p);
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
    line_end(p);
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
    line_end(p);
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
        cell(law, (enum law_field)f, &b);
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
    buf_printf(p->out, "\n%s", NOTE);
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

/* ---- compare ---- */

/* What all ask, what some do, what nobody asks; a rule that one profile does not know stays open.
 */
static const char *verdict_of(const struct law *const *laws, size_t n, enum law_rule rule)
{
    size_t count[3] = {0};
    for (size_t i = 0; i < n; i++)
        count[law_stance(laws[i], rule)]++;
    if (count[LAW_STANCE_ASKED] == n)
        return "core";
    if (count[LAW_STANCE_ASKED] && count[LAW_STANCE_FREE])
        return "disputed";
    if (count[LAW_STANCE_FREE] == n)
        return "nobody";
    return "open";
}

static void rule_value(const struct law *law, enum law_rule rule, struct buf *b)
{
    enum law_field f = (enum law_field)law_rule_field(rule);
    if (rule == LAW_RULE_HONOUR && law->v[LAW_F_HONOUR] > 0) {
        buf_reset(b);
        buf_printf(b, "%d ", law->v[LAW_F_HONOUR]);
        law_field_text(law, f, b);
    } else if (rule == LAW_RULE_LABEL && law->v[f] == 1)
        cell(law, LAW_F_LABEL_TOKENS, b);
    else
        cell(law, f, b);
}

static void compare_rules(const struct law_page *p, const struct law *const *laws, size_t n)
{
    struct buf b = BUF_INIT(4096);
    buf_printf(p->out, "%-22s", "");
    for (size_t i = 0; i < n; i++)
        buf_printf(p->out, " %-18s", law_code_of(laws[i]));
    line_end(p);
    for (unsigned rule = 0; rule < LAW_RULE_OWN; rule++) {
        if (rule == LAW_RULE_REFUSAL)
            continue; /* the same field as "unsubscribe" */
        buf_printf(p->out, "%-22s", law_rule_name(NULL, rule));
        for (size_t i = 0; i < n; i++) {
            rule_value(laws[i], (enum law_rule)rule, &b);
            buf_printf(p->out, " %-18.18s", buf_cstr(&b));
        }
        buf_printf(p->out, " %s\n", verdict_of(laws, n, (enum law_rule)rule));
    }
    buf_fini(&b);
}

static void change_text(const struct law *from, const struct law *to, enum law_field f,
                        struct buf *out)
{
    struct buf b = BUF_INIT(4096);
    law_field_name(f, out);
    cell(from, f, &b);
    buf_printf(out, ": %s -> ", buf_cstr(&b));
    cell(to, f, &b);
    buf_str(out, buf_cstr(&b));
    buf_fini(&b);
}

static void changes(const struct law_page *p, const struct law *a, const struct law *b)
{
    struct law_change list[LAW_FIELDS];
    size_t n = law_changes(a, b, p->day, list);
    buf_printf(p->out,
               "\nsmallest change that makes %s agree with what is known of %s: %zu field%s\n",
               law_code_of(a), law_code_of(b), n, n == 1 ? "" : "s");
    for (size_t i = 0; i < n; i++) {
        buf_str(p->out, "  ");
        change_text(a, b, list[i].field, p->out);
        line_end(p);
    }
}

static void compare_text(const struct law_page *p, const struct law *const *laws, size_t n)
{
    struct law_overlap o;
    struct buf b = BUF_INIT(4096);
    compare_rules(p, laws, n);
    law_overlap(laws, n, p->day, &o);
    buf_printf(p->out,
               "\nof %zu situations: %zu are a violation under all (the common core), %zu under "
               "none,\n%zu under some and not under others (disputed), in %zu somebody can't "
               "tell\n",
               o.situations, o.all_violate, o.none, o.disputed, o.open);
    if (o.disputed) {
        law_space_text(o.example, &b);
        buf_printf(p->out, "disputed, for one: %s\n", buf_cstr(&b));
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            if (law_labels_clash(laws[i], laws[k]))
                buf_printf(p->out,
                           "contradiction: no subject can begin with the labels of both %s and %s; "
                           "split the mailing\n",
                           law_code_of(laws[i]), law_code_of(laws[k]));
    if (n == 2) {
        changes(p, laws[0], laws[1]);
        changes(p, laws[1], laws[0]);
    }
    buf_printf(p->out, "\n%s", NOTE);
    buf_fini(&b);
}

static void changes_json(const struct law_page *p, const struct law *a, const struct law *b,
                         struct json *j)
{
    struct law_change list[LAW_FIELDS];
    size_t n = law_changes(a, b, p->day, list);
    struct buf text = BUF_INIT(4096);
    jsonw_object(j, NULL);
    jsonw_cstr(j, "law", law_code_of(a));
    jsonw_cstr(j, "as", law_code_of(b));
    jsonw_array(j, "fields");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(j, NULL);
        buf_reset(&text);
        law_field_name(list[i].field, &text);
        jsonw_text(j, "field", buf_slice(&text));
        cell(a, list[i].field, &text);
        jsonw_text(j, "is", buf_slice(&text));
        cell(b, list[i].field, &text);
        jsonw_text(j, "becomes", buf_slice(&text));
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    jsonw_object_end(j);
    buf_fini(&text);
}

static void compare_json(const struct law_page *p, const struct law *const *laws, size_t n)
{
    struct json j = JSON_INIT(p->out);
    struct law_overlap o;
    struct buf b = BUF_INIT(4096);
    law_overlap(laws, n, p->day, &o);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "rules");
    for (unsigned rule = 0; rule < LAW_RULE_OWN; rule++) {
        jsonw_object(&j, NULL);
        jsonw_cstr(&j, "rule", law_rule_name(NULL, rule));
        jsonw_cstr(&j, "zone", verdict_of(laws, n, (enum law_rule)rule));
        for (size_t i = 0; i < n; i++) {
            rule_value(laws[i], (enum law_rule)rule, &b);
            jsonw_text(&j, law_code_of(laws[i]), buf_slice(&b));
        }
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_int(&j, "situations", (int64_t)o.situations);
    jsonw_int(&j, "core", (int64_t)o.all_violate);
    jsonw_int(&j, "no_violation", (int64_t)o.none);
    jsonw_int(&j, "disputed", (int64_t)o.disputed);
    jsonw_int(&j, "open", (int64_t)o.open);
    jsonw_array(&j, "contradictions");
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            if (law_labels_clash(laws[i], laws[k])) {
                buf_reset(&b);
                buf_printf(&b, "label: %s, %s", law_code_of(laws[i]), law_code_of(laws[k]));
                jsonw_text(&j, NULL, buf_slice(&b));
            }
    jsonw_array_end(&j);
    if (n == 2) {
        jsonw_array(&j, "changes");
        changes_json(p, laws[0], laws[1], &j);
        changes_json(p, laws[1], laws[0], &j);
        jsonw_array_end(&j);
    }
    jsonw_object_end(&j);
    line_end(p);
    buf_fini(&b);
}

void law_print_compare(const struct law_page *p, const struct law *const *laws, size_t n)
{
    if (p->as_json)
        compare_json(p, laws, n);
    else
        compare_text(p, laws, n);
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
        line_end(p);
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
    line_end(p);
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
        buf_printf(p->out,
                   "\n%zu laws: violation found %zu, no violation found %zu, can't tell %zu\n%s", n,
                   count[LAW_VIOLATION], count[LAW_NO_VIOLATION], count[LAW_CANT_TELL], NOTE);
    return count[LAW_VIOLATION] > 0;
}

/* ---- diff ---- */

bool law_print_diff(const struct law_page *p, const struct law *a, const struct law *b,
                    int32_t second_day)
{
    enum law_field list[LAW_FIELDS];
    char one[16], two[16];
    size_t n = a && b ? law_differences(a, b, list) : 0;
    struct buf text = BUF_INIT(65536);
    if (p->as_json) {
        struct json j = JSON_INIT(p->out);
        jsonw_object(&j, NULL);
        jsonw_cstr(&j, "first", law_date_text(p->day, one));
        jsonw_cstr(&j, "first_version", a ? law_version_of(a) : NULL);
        jsonw_cstr(&j, "second", law_date_text(second_day, two));
        jsonw_cstr(&j, "second_version", b ? law_version_of(b) : NULL);
        jsonw_array(&j, "fields");
        for (size_t i = 0; i < n; i++) {
            jsonw_object(&j, NULL);
            buf_reset(&text);
            law_field_name(list[i], &text);
            jsonw_text(&j, "field", buf_slice(&text));
            cell(a, list[i], &text);
            jsonw_text(&j, "was", buf_slice(&text));
            cell(b, list[i], &text);
            jsonw_text(&j, "is", buf_slice(&text));
            jsonw_object_end(&j);
        }
        jsonw_array_end(&j);
        jsonw_object_end(&j);
        line_end(p);
    } else {
        buf_printf(p->out, "%s: %s\n%s: %s\n", law_date_text(p->day, one),
                   a ? law_version_of(a) : "no version on file", law_date_text(second_day, two),
                   b ? law_version_of(b) : "no version on file");
        for (size_t i = 0; i < n; i++) {
            buf_str(p->out, "  ");
            change_text(a, b, list[i], p->out);
            line_end(p);
        }
        if (a == b)
            buf_str(p->out, "the same text holds on both days\n");
    }
    buf_fini(&text);
    return a != b;
}
