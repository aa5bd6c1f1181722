/* Comparing laws by asking them the same questions; see compare.h. */
#include "law/compare.h"

#include <stdlib.h>

enum law_stance law_stance(const struct law *law, enum law_rule rule)
{
    int32_t v = law->v[law_rule_field(rule)];
    if (v == LAW_UNKNOWN || v == LAW_ABSENT)
        return LAW_STANCE_UNKNOWN;
    switch (rule) {
    case LAW_RULE_CONSENT:
        return v == LAW_M_OPT_IN  ? LAW_STANCE_ASKED
               : v == LAW_M_MIXED ? LAW_STANCE_UNKNOWN
                                  : LAW_STANCE_FREE;
    case LAW_RULE_POSTAL:
        return v == LAW_P_NOT ? LAW_STANCE_FREE : LAW_STANCE_ASKED;
    case LAW_RULE_REGISTER:
        return v == LAW_RK_NONE ? LAW_STANCE_FREE : LAW_STANCE_ASKED;
    case LAW_RULE_PROOF:
    case LAW_RULE_UNSUBSCRIBE_DAYS:
    case LAW_RULE_HONOUR:
    case LAW_RULE_HOURS:
    case LAW_RULE_FREQUENCY:
        return LAW_STANCE_ASKED;
    default:
        return v ? LAW_STANCE_ASKED : LAW_STANCE_FREE;
    }
}

void law_overlap(const struct law *const *laws, size_t n, int32_t day, struct law_overlap *out)
{
    *out = (struct law_overlap){.situations = law_space_size()};
    for (size_t i = 0; i < out->situations; i++) {
        size_t broken = 0, clear = 0;
        for (size_t k = 0; k < n; k++) {
            struct law_facts f;
            struct law_result r;
            law_space_at(i, laws[k], day, &f);
            law_eval(laws[k], &f, day, &r);
            broken += r.answer == LAW_VIOLATION;
            clear += r.answer == LAW_NO_VIOLATION;
        }
        if (broken == n)
            out->all_violate++;
        else if (clear == n)
            out->none++;
        else if (broken && clear) {
            if (out->disputed++ == 0)
                out->example = i;
        } else
            out->open++;
    }
}

/* ---- the smallest set of changes ---- */

/* Answers of all rules in one situation, two bits each; a profile's own rules are not fields and
 * stay out. */
static uint64_t answers(const struct law *law, size_t i, int32_t day)
{
    struct law_facts f;
    struct law_result r;
    uint64_t bits = 0;
    law_space_at(i, law, day, &f);
    law_eval(law, &f, day, &r);
    for (uint32_t k = 0; k < r.n; k++)
        if (r.findings[k].rule < LAW_RULE_OWN)
            bits |= (uint64_t)r.findings[k].answer << (r.findings[k].rule * 2);
    return bits;
}

static bool same_everywhere(const struct law *law, const uint64_t *wanted, int32_t day)
{
    for (size_t i = 0; i < law_space_size(); i++)
        if (answers(law, i, day) != wanted[i])
            return false;
    return true;
}

static void take(struct law *to, const struct law *from, int f)
{
    to->v[f] = from->v[f];
    to->low[f] = from->low[f];
    to->l[f] = from->l[f];
}

static bool field_differs(const struct law *a, const struct law *b, int f)
{
    if (a->v[f] != b->v[f] || a->l[f].n != b->l[f].n || !slice_eq(a->t[f], b->t[f]))
        return true;
    for (uint32_t i = 0; i < a->l[f].n; i++)
        if (!slice_eq(a->l[f].items[i], b->l[f].items[i]))
            return true;
    return false;
}

static bool is_term(int f)
{
    return law_field_info((enum law_field)f)->use == LAW_USE_EVAL && f != LAW_F_KIND &&
           f != LAW_F_FROM && f != LAW_F_UNTIL && f != LAW_F_STATUS && f != LAW_F_CONFIDENCE;
}

size_t law_changes(const struct law *from, const struct law *to, int32_t day,
                   struct law_change *out)
{
    struct law *trial = malloc(sizeof *trial), *goal = malloc(sizeof *goal);
    uint64_t *wanted = calloc(law_space_size(), sizeof *wanted);
    size_t n = 0;
    bool kept[LAW_FIELDS] = {false};
    if (!trial || !goal || !wanted)
        BUG("out of memory");
    *trial = *goal = *from; /* the goal: everything that is known of `to` */
    for (int f = 0; f < LAW_FIELDS; f++)
        if (is_term(f) && to->v[f] != LAW_UNKNOWN && field_differs(from, to, f)) {
            take(goal, to, f);
            kept[f] = true;
        }
    for (size_t i = 0; i < law_space_size(); i++)
        wanted[i] = answers(goal, i, day);
    *trial = *goal;
    for (int f = 0; f < LAW_FIELDS; f++) { /* leave out what makes no difference */
        if (!kept[f])
            continue;
        take(trial, from, f);
        if (same_everywhere(trial, wanted, day))
            kept[f] = false;
        else
            take(trial, to, f);
    }
    for (int f = 0; f < LAW_FIELDS; f++)
        if (kept[f])
            out[n++].field = (enum law_field)f;
    free(trial);
    free(goal);
    free(wanted);
    return n;
}

size_t law_differences(const struct law *a, const struct law *b, enum law_field *out)
{
    size_t n = 0;
    for (int f = 0; f < LAW_FIELDS; f++)
        if (field_differs(a, b, f))
            out[n++] = (enum law_field)f;
    return n;
}

/* ---- what cannot be ---- */

bool law_labels_clash(const struct law *a, const struct law *b)
{
    const struct law_texts *x = &a->l[LAW_F_LABEL_TOKENS], *y = &b->l[LAW_F_LABEL_TOKENS];
    if (a->v[LAW_F_LABEL] != 1 || b->v[LAW_F_LABEL] != 1 ||
        a->v[LAW_F_LABEL_POSITION] != LAW_POS_START || b->v[LAW_F_LABEL_POSITION] != LAW_POS_START)
        return false;
    for (uint32_t i = 0; i < x->n; i++)
        for (uint32_t k = 0; k < y->n; k++)
            if (slice_istarts(x->items[i], y->items[k]) || slice_istarts(y->items[k], x->items[i]))
                return false;
    return true;
}

static void lint_line(const struct law *law, uint32_t line, struct buf *out)
{
    buf_printf(out, "%s:%u: ", law->file, line ? line : law->line);
}

/* A field whose value could as well be unknown: nothing reads it beside the others. */
static size_t lint_fields(const struct law *law, int32_t day, struct buf *out)
{
    struct law *trial = malloc(sizeof *trial);
    uint64_t *wanted = calloc(law_space_size(), sizeof *wanted);
    size_t n = 0;
    if (!trial || !wanted)
        BUG("out of memory");
    *trial = *law;
    for (size_t i = 0; i < law_space_size(); i++)
        wanted[i] = answers(law, i, day);
    for (int f = 0; f < LAW_FIELDS; f++) {
        bool passed = f == LAW_F_HONOUR || f == LAW_F_BULK_MONTH ||
                      f == LAW_F_BULK_YEAR ||      /* they go together */
                      f == LAW_F_LINK_RECIPIENT || /* said as "presumed" */
                      law_field_info((enum law_field)f)->type == LAW_T_TEXTS;
        if (!is_term(f) || law->v[f] == LAW_UNKNOWN || law->v[f] == LAW_ABSENT || passed)
            continue;
        trial->v[f] = LAW_UNKNOWN;
        if (same_everywhere(trial, wanted, day)) {
            lint_line(law, law->lines[f], out);
            law_field_name((enum law_field)f, out);
            buf_str(out, ": is written but changes no answer beside the other fields\n");
            n++;
        }
        trial->v[f] = law->v[f];
    }
    free(trial);
    free(wanted);
    return n;
}

/* Rules that nothing meets or nothing breaks. */
static size_t lint_rules(const struct law *law, int32_t day, struct buf *out)
{
    bool met[LAW_RULES_MAX] = {false}, broken[LAW_RULES_MAX] = {false};
    bool open[LAW_RULES_MAX] = {false};
    size_t n = 0;
    for (size_t i = 0; i < law_space_size(); i++) {
        struct law_facts f;
        struct law_result r;
        law_space_at(i, law, day, &f);
        law_eval(law, &f, day, &r);
        for (uint32_t k = 0; k < r.n; k++) {
            const struct law_finding *x = &r.findings[k];
            met[x->rule] |= x->why == LAW_WHY_MET;
            broken[x->rule] |= x->answer == LAW_VIOLATION;
            open[x->rule] |= x->answer == LAW_CANT_TELL && x->why == LAW_WHY_MISSING;
        }
    }
    for (unsigned k = 0; k < law->n_own; k++) {
        const struct law_own *own = &law->own[k];
        unsigned rule = LAW_RULE_OWN + k;
        if ((own->need.n == 0 && own->any.n == 0) || open[rule])
            continue; /* a question to a person, or facts that the space does not vary */
        if (met[rule] && broken[rule])
            continue;
        lint_line(law, own->line, out);
        buf_printf(out, "rule \"%.*s\": %s\n", SLICE_ARG(own->name),
                   broken[rule] ? "can never be met: its conditions contradict each other"
                                : "can never be broken: it is unreachable");
        n++;
    }
    return n;
}

size_t law_lint(const struct law *law, int32_t day, struct buf *out)
{
    size_t n = 0;
    const int32_t *v = law->v;
    if (v[LAW_F_WEEKDAY_FROM] >= 0 && v[LAW_F_WEEKDAY_TO] >= 0 &&
        v[LAW_F_WEEKDAY_FROM] > v[LAW_F_WEEKDAY_TO]) {
        lint_line(law, law->lines[LAW_F_WEEKDAY_FROM], out);
        buf_str(out, "limits.weekday_from: is after weekday_to: no hour is left\n");
        n++;
    }
    return n + lint_fields(law, day, out) + lint_rules(law, day, out);
}
