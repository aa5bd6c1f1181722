/* Laws beside each other, and what changed between two versions of one. See law_print.h. */
#include "cli/law_print.h"
#include "base/json.h"

#include <stdlib.h>

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
        law_print_cell(law, LAW_F_LABEL_TOKENS, b);
    else
        law_print_cell(law, f, b);
}

static void compare_rules(const struct law_page *p, const struct law *const *laws, size_t n)
{
    struct buf b = BUF_INIT(4096);
    buf_printf(p->out, "%-22s", "");
    for (size_t i = 0; i < n; i++)
        buf_printf(p->out, " %-18s", law_code_of(laws[i]));
    law_print_line_end(p);
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
    law_print_cell(from, f, &b);
    buf_printf(out, ": %s -> ", buf_cstr(&b));
    law_print_cell(to, f, &b);
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
        law_print_line_end(p);
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
    buf_printf(p->out, "\n%s", LAW_PRINT_NOTE);
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
        law_print_cell(a, list[i].field, &text);
        jsonw_text(j, "is", buf_slice(&text));
        law_print_cell(b, list[i].field, &text);
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
    law_print_line_end(p);
    buf_fini(&b);
}

void law_print_compare(const struct law_page *p, const struct law *const *laws, size_t n)
{
    if (p->as_json)
        compare_json(p, laws, n);
    else
        compare_text(p, laws, n);
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
            law_print_cell(a, list[i], &text);
            jsonw_text(&j, "was", buf_slice(&text));
            law_print_cell(b, list[i], &text);
            jsonw_text(&j, "is", buf_slice(&text));
            jsonw_object_end(&j);
        }
        jsonw_array_end(&j);
        jsonw_object_end(&j);
        law_print_line_end(p);
    } else {
        buf_printf(p->out, "%s: %s\n%s: %s\n", law_date_text(p->day, one),
                   a ? law_version_of(a) : "no version on file", law_date_text(second_day, two),
                   b ? law_version_of(b) : "no version on file");
        for (size_t i = 0; i < n; i++) {
            buf_str(p->out, "  ");
            change_text(a, b, list[i], p->out);
            law_print_line_end(p);
        }
        if (a == b)
            buf_str(p->out, "the same text holds on both days\n");
    }
    buf_fini(&text);
    return a != b;
}
