/* Does a case notice when a profile changes? Each numeric, word and yes-or-no field that an answer
 * depends on is changed in memory, one at a time, and that law's cases run again. A change that
 * alters no answer over many fact vectors is none (a condition of an exception that the law does
 * not have) and is counted apart. Prints the rate and the survivors; fails below 95 %.
 *
 *   mutate [-v] [CODE]
 */
#include "cases.h"
#include "base/rand.h"

#include <stdio.h>
#include <stdlib.h>

#define VECTORS 3000

enum kind { KIND_NUMBER, KIND_WORD, KIND_TRI, KINDS };

struct tally {
    size_t killed, survived, silent;
};

struct run {
    const struct case_list *cases;
    const struct law *law;
    struct law_facts *vectors;
    int32_t *days;
    struct tally tally[KINDS];
    bool verbose;
};

static bool case_is_for(const struct law_case *c, const struct law *law)
{
    return slice_ieq(c->code, slice_str(law_code_of(law)));
}

static bool holds_on(const struct law *law, int32_t day)
{
    return (law_from(law) == LAW_UNKNOWN || law_from(law) <= day) &&
           (law_until(law) == LAW_UNKNOWN || day < law_until(law));
}

/* True when some case of this law answers otherwise for the changed one. */
static bool noticed(const struct run *run, const struct law *changed)
{
    for (size_t i = 0; i < run->cases->n; i++) {
        const struct law_case *c = &run->cases->items[i];
        if (!case_is_for(c, run->law))
            continue;
        bool before = holds_on(run->law, c->day), now = holds_on(changed, c->day);
        if (before && !case_holds(c, now ? changed : NULL, NULL))
            return true;
        if (!before && now &&
            (c->no_law || c->version.p)) /* two versions on one day, or a law too early */
            return true;
    }
    return false;
}

static bool same_result(const struct law_result *a, const struct law_result *b)
{
    if (a->answer != b->answer || a->force != b->force || a->n != b->n || a->link != b->link)
        return false;
    for (uint32_t i = 0; i < a->n; i++) {
        const struct law_finding *x = &a->findings[i], *y = &b->findings[i];
        if (x->rule != y->rule || x->answer != y->answer || x->why != y->why ||
            x->force != y->force)
            return false;
    }
    return true;
}

static bool alters(const struct run *run, const struct law *changed)
{
    struct law_result a, b;
    if (law_from(changed) != law_from(run->law) || law_until(changed) != law_until(run->law))
        return true;
    for (size_t i = 0; i < VECTORS; i++) {
        law_eval(run->law, &run->vectors[i], run->days[i], &a);
        law_eval(changed, &run->vectors[i], run->days[i], &b);
        if (!same_result(&a, &b))
            return true;
    }
    return false;
}

static void try(struct run *run, struct law *changed, enum kind kind, const char *what)
{
    struct tally *t = &run->tally[kind];
    if (noticed(run, changed))
        t->killed++;
    else if (!alters(run, changed))
        t->silent++;
    else {
        t->survived++;
        if (run->verbose)
            printf("survives: %s %s: %s\n", law_code_of(run->law), law_version_of(run->law), what);
    }
}

static void try_field(struct run *run, struct law *changed, int f, int32_t v, enum kind kind)
{
    struct buf name = BUF_INIT(512);
    int32_t old = changed->v[f];
    changed->v[f] = v;
    law_field_name((enum law_field)f, &name);
    buf_str(&name, " = ");
    law_field_text(run->law, (enum law_field)f, &name);
    buf_str(&name, " becomes ");
    law_field_text(changed, (enum law_field)f, &name);
    if (v != old)
        try(run, changed, kind, buf_cstr(&name));
    changed->v[f] = old;
    buf_fini(&name);
}

static int words_of(const char *words)
{
    int n = 0;
    while (law_word(words, n).n)
        n++;
    return n;
}

static void change_number(struct run *run, struct law *changed, int f)
{
    int32_t v = changed->v[f];
    bool day = law_field_info((enum law_field)f)->type == LAW_T_DATE;
    if (v == LAW_UNKNOWN) {
        if (!day)
            try_field(run, changed, f, 10, KIND_NUMBER);
        return;
    }
    try_field(run, changed, f, v + 1, KIND_NUMBER);
    if (v > 0)
        try_field(run, changed, f, v - 1, KIND_NUMBER);
    if (!day)
        try_field(run, changed, f, LAW_UNKNOWN, KIND_NUMBER);
}

static void change_field(struct run *run, struct law *changed, int f)
{
    const struct law_field_info *info = law_field_info((enum law_field)f);
    int n = words_of(info->words);
    switch (info->type) {
    case LAW_T_NUM:
    case LAW_T_DATE:
    case LAW_T_CLOCK:
        change_number(run, changed, f);
        break;
    case LAW_T_WORD:
        for (int w = 0; w < n; w++)
            try_field(run, changed, f, w, KIND_WORD);
        try_field(run, changed, f, LAW_UNKNOWN, KIND_WORD);
        break;
    case LAW_T_WORDS:
        if (changed->v[f] == LAW_UNKNOWN)
            break;
        for (int w = 0; w < n; w++)
            try_field(run, changed, f, changed->v[f] ^ 1 << w, KIND_WORD);
        break;
    case LAW_T_TRI:
        try_field(run, changed, f, 0, KIND_TRI);
        try_field(run, changed, f, 1, KIND_TRI);
        try_field(run, changed, f, LAW_UNKNOWN, KIND_TRI);
        break;
    default:
        break;
    }
}

static void change_cond(struct run *run, struct law *changed, struct law_conds *conds, uint32_t i)
{
    struct law_cond *c = &conds->items[i], old = *c;
    enum law_fact_type type = law_fact_info((enum law_fact)c->fact)->type;
    int32_t values[8];
    int n = 0, words = words_of(law_fact_info((enum law_fact)c->fact)->words);
    if (type == LAW_TRI)
        values[n++] = !old.value;
    else if (type == LAW_WORD)
        for (int w = 0; w < words && n < 8; w++)
            values[n++] = w;
    else {
        values[n++] = old.value + 1;
        values[n++] = old.value - 1;
    }
    for (int k = 0; k < n; k++) {
        struct buf what = BUF_INIT(256);
        if (values[k] == old.value)
            continue;
        c->value = values[k];
        buf_str(&what, "condition becomes ");
        law_cond_text(c, &what);
        try(run, changed,
            type == LAW_TRI    ? KIND_TRI
            : type == LAW_WORD ? KIND_WORD
                               : KIND_NUMBER,
            buf_cstr(&what));
        buf_fini(&what);
    }
    *c = old;
}

/* A fact vector that the law mostly reaches, some facts unknown. */
static void draw(const struct law *law, struct law_facts *f, int32_t *day, uint64_t *state)
{
    static const char *const subjects[] = {"News", "AD News", "x", ""};
    law_facts_init(f);
    for (int i = 0; i < LAW_FACTS; i++) {
        const struct law_fact_info *info = law_fact_info((enum law_fact)i);
        uint64_t r = rand_next(state);
        if (r % 6 == 0)
            continue;
        r >>= 8;
        switch (info->type) {
        case LAW_TRI:
            f->v[i] = (int32_t)(r % 2);
            break;
        case LAW_WORD:
            f->v[i] = (int32_t)(r % (uint64_t)words_of(info->words));
            break;
        case LAW_INT:
            f->v[i] = (int32_t)(r % 4 ? r % 40 : r % 20000);
            break;
        case LAW_DATE:
            f->v[i] = 20000 + (int32_t)(r % 900);
            break;
        case LAW_TIME:
            f->v[i] = (int32_t)(r % 1440);
            break;
        default:
            f->v[i] = law_code(r % 4 ? slice_str(law_code_of(law)) : SLICE("XX"));
        }
    }
    f->v[LAW_FACT_MEDIUM] = rand_next(state) % 4 ? LAW_EMAIL : f->v[LAW_FACT_MEDIUM];
    f->v[LAW_FACT_PURPOSE] = rand_next(state) % 3 ? LAW_COMMERCIAL : f->v[LAW_FACT_PURPOSE];
    if (rand_next(state) % 5 == 0) { /* all conditions of an exception at once are rare by chance */
        f->v[LAW_FACT_CONSENT] = LAW_BASIS_CUSTOMER;
        f->v[LAW_FACT_REFUSED] = 0;
        for (int i = LAW_FACT_OWN_SIMILAR; i <= LAW_FACT_ROLE_RELEVANT; i++)
            f->v[i] = rand_next(state) % 6 != 0;
    }
    f->subject = slice_str(subjects[rand_next(state) % 4]);
    f->body = SLICE("Hello");
    *day = 20778 - (int32_t)(rand_next(state) % 30);
}

static void change_law(struct run *run, const struct law *law, struct arena *a)
{
    struct law *changed = ARENA_NEW(a, struct law);
    uint64_t state = 7;
    *changed = *law;
    run->law = law;
    for (size_t i = 0; i < VECTORS; i++)
        draw(law, &run->vectors[i], &run->days[i], &state);
    for (int f = 0; f < LAW_FIELDS; f++)
        if (law_field_info((enum law_field)f)->use == LAW_USE_EVAL && law->v[f] != LAW_ABSENT &&
            !law->low[f])
            change_field(run, changed, f);
    for (uint32_t i = 0; i < law->n_own; i++) {
        struct law_own *own = &changed->own[i]; /* the one array: put back after each change */
        for (uint32_t k = 0; k < own->when.n; k++)
            change_cond(run, changed, &own->when, k);
        for (uint32_t k = 0; k < own->need.n; k++)
            change_cond(run, changed, &own->need, k);
        for (uint32_t k = 0; k < own->any.n; k++)
            change_cond(run, changed, &own->any, k);
    }
}

static double rate(const struct tally *t)
{
    size_t n = t->killed + t->survived;
    return n ? 100.0 * (double)t->killed / (double)n : 100.0;
}

int main(int argc, char **argv)
{
    static const char *const names[KINDS] = {"numbers and days", "words", "yes or no"};
    const char *source = getenv("MUSTER_SOURCE"), *code = NULL;
    struct arena *a = arena_new(0);
    struct law_library *lib;
    struct err e = {0};
    struct case_list list;
    struct run run = {.cases = &list};
    struct tally all = {0}, asked = {0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0)
            run.verbose = true;
        else
            code = argv[i];
    }
    if (law_library_open(&lib, NULL, &e) < 0 ||
        law_library_add_dir(lib, arena_printf(a, "%s/kits/law", source ? source : ".").p, NULL,
                            &e) < 0) {
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    cases_read(arena_printf(a, "%s/tests/law", source ? source : ".").p, &list);
    run.vectors = ARENA_ARRAY(a, struct law_facts, VECTORS);
    run.days = ARENA_ARRAY(a, int32_t, VECTORS);
    for (size_t i = 0; i < law_count(lib); i++)
        if (!code || strcmp(code, law_code_of(law_get(lib, i))) == 0)
            change_law(&run, law_get(lib, i), a);
    for (int k = 0; k < KINDS; k++) {
        const struct tally *t = &run.tally[k];
        printf("%-17s %5zu changes noticed, %4zu not: %5.1f %%  (%zu alter no answer)\n", names[k],
               t->killed, t->survived, rate(t), t->silent);
        struct tally *sums[] = {&all, k == KIND_TRI ? &all : &asked};
        for (int s = 0; s < (k == KIND_TRI ? 1 : 2); s++) {
            sums[s]->killed += t->killed;
            sums[s]->survived += t->survived;
        }
    }
    printf("numbers and words %.1f %%, all %.1f %%\n", rate(&asked), rate(&all));
    printf("law mutation: %zu passed, %zu failed, 0 skipped\n", all.killed, all.survived);
    arena_free(list.arena);
    arena_free(a);
    law_library_free(lib);
    return rate(&asked) < 95 || rate(&all) < 95;
}
