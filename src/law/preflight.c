/* Counting what is found, row by row. See preflight.h. */
#include "law/preflight_internal.h"

#include "base/arena.h"
#include "base/err.h"

#include <stdlib.h>

const char PREFLIGHT_NO_ADVICE[] =
    "This is not legal advice. The rules were restated from public sources, each with a "
    "confidence, and checked by a program; it finds some violations, and where it finds none "
    "there may still be some.";
const char PREFLIGHT_ZONES[] =
    "Local times follow fixed rules for each country's clocks inside this program, not the "
    "machine's time zone data.";

static void *heap(size_t count, size_t size)
{
    void *p = calloc(count, size);
    if (p == NULL)
        BUG("out of memory");
    return p;
}

struct preflight *preflight_new(const struct preflight_in *in)
{
    struct preflight *p = heap(1, sizeof *p);
    p->in = *in;
    return p;
}

void preflight_free(struct preflight *p)
{
    for (size_t i = 0; p && i < PLACES; i++) {
        for (size_t l = 0; p->places[i] && l < p->places[i]->n_laws; l++)
            free(p->places[i]->laws[l].kinds);
        free(p->places[i]);
    }
    free(p);
}

/* ---- places ---- */

static size_t slot_of(int32_t country)
{
    char c[3];
    if (country == LAW_UNKNOWN || country == 0)
        return PLACES - 1;
    law_code_text(country, c);
    if (c[0] < 'A' || c[0] > 'Z' || c[1] < 'A' || c[1] > 'Z')
        return PLACES - 1;
    return (size_t)(c[0] - 'A') * 26 + (size_t)(c[1] - 'A');
}

static void add_law(struct preflight *p, struct place *pl, const struct law *law)
{
    if (law == NULL || (pl->n_laws && pl->laws[0].plan.law == law))
        return;
    struct law_facts f = *p->in.facts;
    f.v[LAW_FACT_COUNTRY] = pl->country;
    law_plan_init(&pl->laws[pl->n_laws++].plan, law, &f, p->in.day);
}

struct place *preflight_place_of(struct preflight *p, int32_t country)
{
    struct place **slot = &p->places[slot_of(country)];
    if (*slot)
        return *slot;
    struct place *pl = *slot = heap(1, sizeof *pl);
    int32_t from = p->in.facts->v[LAW_FACT_SENDER_COUNTRY];
    pl->country = country == 0 ? LAW_UNKNOWN : country;
    if (pl->country != LAW_UNKNOWN)
        add_law(p, pl, law_for_country(p->in.lib, pl->country, p->in.day));
    pl->is_without_law = pl->n_laws == 0;
    if (from != LAW_UNKNOWN && from != pl->country)
        add_law(p, pl, law_for_country(p->in.lib, from, p->in.day));
    return pl;
}

const struct place *preflight_place(const struct preflight *p, size_t *at)
{
    while (*at < PLACES)
        if (p->places[(*at)++])
            return p->places[*at - 1];
    return NULL;
}

uint64_t place_rows(const struct place *pl)
{
    return pl->rows[0] + pl->rows[1] + pl->rows[2];
}

/* ---- kinds of findings ---- */

static bool is_same_kind(const struct law_finding *a, const struct law_finding *b)
{
    return a->rule == b->rule && a->answer == b->answer && a->why == b->why &&
           a->force == b->force && a->detail == b->detail && a->fact == b->fact;
}

static void count_kind(struct place_law *pl, const struct law_finding *f,
                       const struct law_facts *row, uint64_t line)
{
    for (size_t i = 0; i < pl->n_kinds; i++)
        if (is_same_kind(&pl->kinds[i].finding, f)) {
            pl->kinds[i].rows++;
            law_set_join(&pl->kinds[i].finding.missing, &f->missing);
            return;
        }
    if (pl->n_kinds == KINDS_MOST) /* more than the rules can make, but bounded all the same */
        return;
    if (pl->n_kinds == pl->room) {
        pl->room = pl->room ? pl->room * 2 : 8;
        pl->kinds = realloc(pl->kinds, pl->room * sizeof *pl->kinds);
        if (pl->kinds == NULL)
            BUG("out of memory");
    }
    struct kind *k = &pl->kinds[pl->n_kinds++];
    *k = (struct kind){.finding = *f, .rows = 1, .first_line = line, .sample = *row};
    k->sample.subject = k->sample.body = (struct slice){0};
}

static bool is_fixed(const struct law_plan *plan, const struct law_finding *f)
{
    return f->rule < 64 && (plan->fixed >> f->rule & 1);
}

/* ---- a row ---- */

struct row_worst {
    const struct law *law;
    struct law_finding finding; /* the worst violation that is the row's own */
    bool has_violation;
    struct law_set missing; /* facts of the recipient that would settle it */
};

static void keep_recipient_facts(struct law_set *s)
{
    static struct law_set recipient;
    if (law_set_empty(&recipient))
        for (int f = 0; f < LAW_FACTS; f++)
            if (law_fact_info((enum law_fact)f)->group == LAW_GROUP_R)
                law_set_add(&recipient, (enum law_fact)f);
    s->w[0] &= recipient.w[0];
    s->w[1] &= recipient.w[1];
}

static bool has_lapsed(const struct law_result *r)
{
    for (uint32_t i = 0; i < r->n; i++)
        if (r->findings[i].why == LAW_WHY_LAPSED && r->findings[i].answer == LAW_VIOLATION)
            return true;
    return false;
}

static enum law_answer row_under(struct place_law *pl, struct recipient *r, uint64_t line,
                                 struct row_worst *worst, struct law_set *missing)
{
    struct law_result res;
    law_plan_row(&pl->plan, &r->facts, &res);
    if (r->is_date_least && has_lapsed(&res)) {
        /* A customer since then may have bought later: the day is not known. */
        struct law_facts f = r->facts;
        f.v[LAW_FACT_CONSENT_DATE] = LAW_UNKNOWN;
        law_plan_row(&pl->plan, &f, &res);
    }
    pl->rows[res.answer]++;
    if (res.answer == LAW_CANT_TELL)
        law_set_join(missing, &res.missing);
    for (uint32_t i = 0; i < res.n; i++) {
        const struct law_finding *f = &res.findings[i];
        if (f->answer == LAW_NO_VIOLATION || is_fixed(&pl->plan, f))
            continue;
        count_kind(pl, f, &r->facts, line);
        if (f->answer == LAW_CANT_TELL) {
            law_set_join(&worst->missing, &f->missing);
        } else if (f->force != LAW_INFORM &&
                   (!worst->has_violation || f->force > worst->finding.force)) {
            worst->law = pl->plan.law;
            worst->finding = *f;
            worst->has_violation = true;
        }
    }
    return res.answer;
}

static void count_missing(struct preflight *p, const struct law_set *s)
{
    for (int w = 0; w < 2; w++)
        for (uint64_t bits = s->w[w]; bits; bits &= bits - 1)
            p->missing[w * 64 + __builtin_ctzll(bits)]++;
}

void preflight_rows_title(struct buf *rows)
{
    buf_str(rows, "line,email,country,do,law,rule,clause,why,repair or question\n");
}

static void row_head(struct buf *rows, uint64_t line, struct slice email, int32_t country,
                     const char *what)
{
    char code[3] = "";
    if (country != LAW_UNKNOWN && country != 0)
        law_code_text(country, code);
    buf_printf(rows, "%llu,", (unsigned long long)line);
    csv_put(rows, email);
    buf_printf(rows, ",%s,%s,", code, what);
}

static void add_field(struct buf *rows, struct buf *text, char end)
{
    csv_put(rows, buf_slice(text));
    buf_chr(rows, end);
    buf_reset(text);
}

static void write_drop(const struct preflight *p, const struct recipient *r, uint64_t line,
                       const struct row_worst *w, struct buf *rows)
{
    struct buf text = BUF_INIT(4096);
    row_head(rows, line, r->email, r->facts.v[LAW_FACT_COUNTRY], "drop");
    buf_printf(rows, "%s,%s,", law_code_of(w->law), law_rule_name(w->law, w->finding.rule));
    law_clause(w->law, w->finding.rule, &text);
    add_field(rows, &text, ',');
    law_say(w->law, &w->finding, &r->facts, p->in.day, &text);
    add_field(rows, &text, ',');
    law_repair(w->law, &w->finding, &text);
    add_field(rows, &text, '\n');
    buf_fini(&text);
}

static void write_ask(const struct recipient *r, uint64_t line, const struct law_set *missing,
                      struct buf *rows)
{
    struct buf names = BUF_INIT(2048), text = BUF_INIT(4096);
    row_head(rows, line, r->email, r->facts.v[LAW_FACT_COUNTRY], "ask");
    for (int f = 0; f < LAW_FACTS; f++) {
        if (!law_set_has(missing, (enum law_fact)f))
            continue;
        buf_printf(&names, "%s%s", names.n ? " " : "", law_fact_info((enum law_fact)f)->name);
        buf_printf(&text, "%s%s", text.n ? " " : "", law_fact_info((enum law_fact)f)->question);
    }
    buf_str(rows, ",,,");
    buf_str(rows, "not known: ");
    add_field(rows, &names, ',');
    add_field(rows, &text, '\n');
    buf_fini(&names);
    buf_fini(&text);
}

void preflight_row(struct preflight *p, struct recipient *r, uint64_t line, struct buf *rows)
{
    struct place *pl = preflight_place_of(p, r->facts.v[LAW_FACT_COUNTRY]);
    struct row_worst worst = {0};
    struct law_set missing = {{0, 0}};
    enum law_answer answer = LAW_NO_VIOLATION;
    r->facts.subject = p->in.facts->subject;
    r->facts.body = p->in.facts->body;
    for (size_t i = 0; i < pl->n_laws; i++) {
        enum law_answer a = row_under(&pl->laws[i], r, line, &worst, &missing);
        if (a == LAW_VIOLATION || (a == LAW_CANT_TELL && answer == LAW_NO_VIOLATION))
            answer = a;
    }
    if (pl->country == LAW_UNKNOWN)
        law_set_add(&missing, LAW_FACT_COUNTRY);
    if ((pl->is_without_law || pl->country == LAW_UNKNOWN) && answer == LAW_NO_VIOLATION)
        answer = LAW_CANT_TELL;
    pl->rows[answer]++;
    p->rows[answer]++;
    count_missing(p, &missing);
    law_set_join(&worst.missing, &missing);
    keep_recipient_facts(&worst.missing);
    if (worst.has_violation)
        p->dropped++;
    else if (!law_set_empty(&worst.missing))
        p->asked++;
    if (rows == NULL)
        return;
    if (worst.has_violation)
        write_drop(p, r, line, &worst, rows);
    else if (!law_set_empty(&worst.missing))
        write_ask(r, line, &worst.missing, rows);
}

void preflight_broken(struct preflight *p, uint64_t line, const char *why, struct slice raw,
                      struct buf *rows)
{
    p->broken++;
    if (p->n_notes < PREFLIGHT_NOTES) {
        struct note *n = &p->notes[p->n_notes++];
        n->line = line;
        size_t len = strlen(why) < NOTE_BYTES - 1 ? strlen(why) : NOTE_BYTES - 1;
        memcpy(n->why, why, len);
    }
    if (rows == NULL)
        return;
    buf_printf(rows, "%llu,", (unsigned long long)line);
    csv_put(rows, slice_head(raw, 400));
    buf_str(rows, ",,mend,,,,");
    csv_put(rows, slice_str(why));
    buf_str(rows, ",This line was not checked. Mend it and check again.\n");
}

void preflight_columns(struct preflight *p, const struct columns *c)
{
    p->columns = c;
}

uint64_t preflight_rows(const struct preflight *p)
{
    return p->rows[0] + p->rows[1] + p->rows[2] + p->broken;
}

bool preflight_found(const struct preflight *p)
{
    return p->rows[LAW_VIOLATION] > 0;
}

/* ---- for the reports ---- */

static int weight(const struct shown *s)
{
    const struct law_finding *f = s->finding;
    return f->answer == LAW_VIOLATION ? 10 + f->force : 0;
}

static void insert(struct shown *out, size_t n, struct shown s)
{
    size_t i = n;
    while (i > 0 && weight(&s) > weight(&out[i - 1])) {
        out[i] = out[i - 1];
        i--;
    }
    out[i] = s;
}

size_t preflight_shown(const struct preflight *p, const struct place *pl, struct shown *out,
                       size_t most)
{
    size_t n = 0;
    for (size_t l = 0; l < pl->n_laws; l++) {
        const struct place_law *x = &pl->laws[l];
        for (uint32_t i = 0; i < x->plan.base.n && n < most; i++) {
            const struct law_finding *f = &x->plan.base.findings[i];
            if (f->answer != LAW_NO_VIOLATION && is_fixed(&x->plan, f))
                insert(out, n++, (struct shown){x->plan.law, f, p->in.facts, place_rows(pl), 0});
        }
        for (size_t i = 0; i < x->n_kinds && n < most; i++)
            insert(out, n++,
                   (struct shown){x->plan.law, &x->kinds[i].finding, &x->kinds[i].sample,
                                  x->kinds[i].rows, x->kinds[i].first_line});
    }
    return n;
}

size_t preflight_asked(const struct preflight *p, enum law_fact *out)
{
    size_t n = 0;
    for (int f = 0; f < LAW_FACTS; f++) {
        if (p->missing[f] == 0)
            continue;
        size_t i = n++;
        while (i > 0 && p->missing[f] > p->missing[out[i - 1]]) {
            out[i] = out[i - 1];
            i--;
        }
        out[i] = (enum law_fact)f;
    }
    return n;
}

size_t preflight_terms(const struct preflight *p, const struct law **out, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < law_count(p->in.lib) && n < most; i++) {
        const struct law *law = law_get(p->in.lib, i);
        enum law_kind k = law_kind_of(law);
        bool is_terms = k == LAW_KIND_PROVIDER || k == LAW_KIND_STANDARD || k == LAW_KIND_OPERATOR;
        if (is_terms && law_at(p->in.lib, slice_str(law_code_of(law)), p->in.day) == law)
            out[n++] = law;
    }
    return n;
}
