/* What a sender does next: the repairs of all countries put together. */
#include "law/preflight_internal.h"

static void add_code(struct todo *t, const char *code)
{
    for (size_t i = 0; i < t->n_codes; i++)
        if (strcmp(t->codes[i], code) == 0)
            return;
    if (t->n_codes < TODO_CODES)
        t->codes[t->n_codes] = code;
    t->n_codes += t->n_codes < TODO_CODES;
}

static size_t add(struct todo *out, size_t n, size_t most, const struct place_law *l,
                  const struct kind *k)
{
    struct buf text = BUF_INIT(TODO_BYTES - 1);
    const struct law_finding *f = &k->finding;
    law_repair(l->plan.law, f, &text);
    bool is_message = preflight_is_message_rule(f->rule);
    size_t i = 0;
    while (i < n &&
           (out[i].is_message != is_message || !slice_eq(slice_str(out[i].text), buf_slice(&text))))
        i++;
    if (i == n && n < most && text.n) {
        out[n] = (struct todo){.is_message = is_message};
        memcpy(out[n++].text, text.p, text.n);
    }
    if (i < n) {
        out[i].rows += k->rows;
        out[i].is_sure |= f->force == LAW_FAIL;
        add_code(&out[i], law_code_of(l->plan.law));
    }
    buf_fini(&text);
    return n;
}

size_t preflight_todo(const struct preflight *p, struct todo *out, size_t most)
{
    size_t n = 0, at = 0;
    const struct place *pl;
    while ((pl = preflight_place(p, &at)) != NULL)
        for (size_t l = 0; l < pl->n_laws; l++)
            for (size_t i = 0; i < pl->laws[l].n_kinds; i++) {
                const struct kind *k = &pl->laws[l].kinds[i];
                if (k->finding.answer == LAW_VIOLATION && k->finding.force != LAW_INFORM)
                    n = add(out, n, most, &pl->laws[l], k);
            }
    /* Those of the message first, then those that concern most recipients. */
    for (size_t i = 1; i < n; i++) {
        struct todo t = out[i];
        size_t j = i;
        while (j > 0 && (t.is_message > out[j - 1].is_message ||
                         (t.is_message == out[j - 1].is_message && t.rows > out[j - 1].rows))) {
            out[j] = out[j - 1];
            j--;
        }
        out[j] = t;
    }
    return n;
}

void todo_codes(const struct todo *t, struct buf *out)
{
    for (size_t i = 0; i < t->n_codes && i < 12; i++)
        buf_printf(out, "%s%s", i ? ", " : "", t->codes[i]);
    if (t->n_codes > 12)
        buf_printf(out, " and %zu more", t->n_codes - 12);
}

enum shown_group shown_group(const struct shown *s)
{
    if (s->finding->answer == LAW_VIOLATION)
        return s->finding->force == LAW_INFORM ? SHOWN_NOTE : SHOWN_VIOLATION;
    return s->finding->why == LAW_WHY_LAW_UNKNOWN ? SHOWN_LAW_UNKNOWN : SHOWN_MISSING;
}

/* "register, hours" of the rules of which a profile does not know what the law asks. */
void shown_unknown_rules(const struct shown *all, size_t n, const struct law *law, struct buf *out)
{
    uint64_t seen = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned rule = all[i].finding->rule;
        if (all[i].law != law || shown_group(&all[i]) != SHOWN_LAW_UNKNOWN ||
            (rule < 64 && seen >> rule & 1))
            continue;
        seen |= rule < 64 ? UINT64_C(1) << rule : 0;
        buf_str(out, out->n ? ", " : "");
        for (const char *c = law_rule_name(law, rule); *c; c++)
            buf_chr(out, *c == '_' ? ' ' : *c);
    }
}

/* The names of the facts that are missing, as a list. */
void missing_text(const struct law_set *s, struct buf *out)
{
    bool is_first = true;
    for (int f = 0; f < LAW_FACTS; f++)
        if (law_set_has(s, (enum law_fact)f)) {
            buf_printf(out, "%s%s", is_first ? "" : ", ", law_fact_info((enum law_fact)f)->name);
            is_first = false;
        }
}
