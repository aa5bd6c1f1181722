/* Counting what is found, row by row. See preflight.h. */
#include "law/preflight_internal.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"

#include <stdlib.h>

const char PREFLIGHT_NO_ADVICE[] =
    "This is not legal advice. The rules were restated from public sources, each with a "
    "confidence, and checked by a program; it finds some violations, and where it finds none "
    "there may still be some.";
const char PREFLIGHT_ZONES[] =
    "It is taken that mail is opened in the recipient's country unless the list says otherwise. "
    "Local "
    "times follow fixed rules for each country's clocks inside this program, not the "
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
    p->memo = heap(MEMO_SLOTS, sizeof *p->memo);
    p->scratch = BUF_INIT(8192);
    for (int f = 0; f < LAW_FACTS; f++)
        if (law_fact_info((enum law_fact)f)->group == LAW_GROUP_R)
            p->row_facts[p->n_row_facts++] = (enum law_fact)f;
    return p;
}

void preflight_free(struct preflight *p)
{
    for (size_t i = 0; p && i < PLACES; i++) {
        for (size_t l = 0; p->places[i] && l < p->places[i]->n_laws; l++)
            free(p->places[i]->laws[l].kinds);
        free(p->places[i]);
    }
    for (size_t i = 0; p && i < ASKINGS; i++)
        buf_fini(&p->askings[i].text);
    if (p) {
        free(p->memo);
        buf_fini(&p->scratch);
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

/* The number of a finding's kind, made when it is new; KINDS_MOST: no more fit. */
static size_t kind_of(struct place_law *pl, const struct law_finding *f,
                      const struct law_facts *row, uint64_t line)
{
    for (size_t i = 0; i < pl->n_kinds; i++)
        if (is_same_kind(&pl->kinds[i].finding, f)) {
            law_set_join(&pl->kinds[i].finding.missing, &f->missing);
            return i;
        }
    if (pl->n_kinds == KINDS_MOST) /* more than the rules can make, but bounded all the same */
        return KINDS_MOST;
    if (pl->n_kinds == pl->room) {
        pl->room = pl->room ? pl->room * 2 : 8;
        pl->kinds = realloc(pl->kinds, pl->room * sizeof *pl->kinds);
        if (pl->kinds == NULL)
            BUG("out of memory");
    }
    struct kind *k = &pl->kinds[pl->n_kinds];
    *k = (struct kind){.finding = *f, .first_line = line, .sample = *row};
    k->sample.subject = k->sample.body = (struct slice){0};
    return pl->n_kinds++;
}

/* True for rules that the message breaks or keeps, whoever gets it: these are mended in the
 * message. The others are about this recipient. */
bool preflight_is_message_rule(unsigned rule)
{
    return (rule >= LAW_RULE_IDENTITY && rule <= LAW_RULE_SUBJECT);
}

/* ---- one recipient ---- */

static bool has_lapsed(const struct law_result *r)
{
    for (uint32_t i = 0; i < r->n; i++)
        if (r->findings[i].why == LAW_WHY_LAPSED && r->findings[i].answer == LAW_VIOLATION)
            return true;
    return false;
}

static void ask_law(const struct place_law *pl, const struct recipient *r, struct law_result *out)
{
    law_plan_row(&pl->plan, &r->facts, out);
    if (r->is_date_least && has_lapsed(out)) {
        /* A customer since then may have bought later: the day is not known. */
        struct law_facts f = r->facts;
        f.v[LAW_FACT_CONSENT_DATE] = LAW_UNKNOWN;
        law_plan_row(&pl->plan, &f, out);
    }
}

static void outcome_under(struct place *pl, size_t law, const struct recipient *r, uint64_t line,
                          struct outcome *o)
{
    static struct law_result res;
    struct place_law *l = &pl->laws[law];
    ask_law(l, r, &res);
    if (law > 0 && res.link == LAW_LINK_UNKNOWN) {
        /* Whether the sender's law follows its mail abroad is a hole in the profile, not in the
         * facts: it is said in the report and settles nothing here. */
        l->is_reach_unknown = true;
        o->answers[law] = LAW_NO_VIOLATION;
        return;
    }
    o->answers[law] = (uint8_t)res.answer;
    if (res.answer == LAW_CANT_TELL)
        law_set_join(&o->missing, &res.missing);
    for (uint32_t i = 0; i < res.n; i++) {
        const struct law_finding *f = &res.findings[i];
        if (f->answer == LAW_NO_VIOLATION)
            continue;
        size_t k = kind_of(l, f, &r->facts, line);
        if (k == KINDS_MOST || o->n == OUTCOME_KINDS)
            continue;
        o->law[o->n] = (uint8_t)law;
        o->kind[o->n++] = (uint8_t)k;
        if (preflight_is_message_rule(f->rule))
            continue;
        if (f->answer == LAW_CANT_TELL)
            law_set_join(&o->row_missing, &f->missing);
        else if (f->force != LAW_INFORM && f->force >= o->worst_force) {
            o->has_violation = true;
            o->worst_force = f->force;
            o->worst = (uint8_t)(o->n - 1);
        }
    }
}

static void keep_recipient_facts(struct law_set *s)
{
    for (int f = 0; f < LAW_FACTS; f++)
        if (law_fact_info((enum law_fact)f)->group != LAW_GROUP_R)
            s->w[f / 64] &= ~(UINT64_C(1) << (f % 64));
}

static void work_out(struct preflight *p, struct place *pl, const struct recipient *r,
                     uint64_t line, struct outcome *o)
{
    memset(o, 0, sizeof *o);
    o->answer = LAW_NO_VIOLATION;
    for (size_t i = 0; i < pl->n_laws; i++) {
        outcome_under(pl, i, r, line, o);
        if (o->answers[i] == LAW_VIOLATION ||
            (o->answers[i] == LAW_CANT_TELL && o->answer == LAW_NO_VIOLATION))
            o->answer = o->answers[i];
    }
    if (pl->country == LAW_UNKNOWN)
        law_set_add(&o->missing, LAW_FACT_COUNTRY);
    if ((pl->is_without_law || pl->country == LAW_UNKNOWN) && o->answer == LAW_NO_VIOLATION)
        o->answer = LAW_CANT_TELL;
    law_set_join(&o->row_missing, &o->missing);
    keep_recipient_facts(&o->row_missing);
    (void)p;
}

/* The facts that rows differ in are the key of what was worked out before. */
static const struct outcome *outcome_of(struct preflight *p, struct place *pl,
                                        const struct recipient *r, uint64_t line)
{
    struct memo_key key;
    size_t n = p->n_row_facts, size = (n + 1) * sizeof key.v[0];
    for (size_t i = 0; i < n; i++)
        key.v[i] = r->facts.v[p->row_facts[i]];
    key.v[n] = r->is_date_least;
    uint64_t h = hash_bytes(slice_of((const char *)&key, size), 3);
    struct memo *m = &p->memo[h % MEMO_SLOTS];
    if (!m->is_used || memcmp(&m->key, &key, size) != 0) {
        m->is_used = true;
        memcpy(&m->key, &key, size);
        work_out(p, pl, r, line, &m->outcome);
    }
    return &m->outcome;
}

/* ---- the list of rows ---- */

void preflight_rows_title(struct buf *rows)
{
    buf_str(rows, "line,email,country,do,law,rule,clause,why,repair or question\n");
}

static void row_head(struct buf *rows, uint64_t line, struct slice email, int32_t country,
                     const char *what)
{
    char code[3] = "", digits[24];
    size_t n = sizeof digits;
    if (country != LAW_UNKNOWN && country != 0)
        law_code_text(country, code);
    do
        digits[--n] = (char)('0' + line % 10);
    while ((line /= 10) > 0);
    buf_add(rows, slice_of(digits + n, sizeof digits - n));
    buf_chr(rows, ',');
    csv_put(rows, email);
    buf_chr(rows, ',');
    buf_str(rows, code);
    buf_chr(rows, ',');
    buf_str(rows, what);
    buf_chr(rows, ',');
}

static void add_field(struct buf *rows, struct buf *text, char end)
{
    csv_put(rows, buf_slice(text));
    buf_chr(rows, end);
    buf_reset(text);
}

static void write_drop(struct preflight *p, const struct place *pl, const struct recipient *r,
                       uint64_t line, const struct outcome *o, struct buf *rows)
{
    const struct law *law = pl->laws[o->law[o->worst]].plan.law;
    const struct law_finding *f = &pl->laws[o->law[o->worst]].kinds[o->kind[o->worst]].finding;
    struct buf *text = &p->scratch;
    row_head(rows, line, r->email, r->facts.v[LAW_FACT_COUNTRY], "drop");
    buf_str(rows, law_code_of(law));
    buf_chr(rows, ',');
    buf_str(rows, law_rule_name(law, f->rule));
    buf_chr(rows, ',');
    buf_reset(text);
    law_clause(law, f->rule, text);
    add_field(rows, text, ',');
    law_say(law, f, &r->facts, p->in.day, text);
    add_field(rows, text, ',');
    law_repair(law, f, text);
    add_field(rows, text, '\n');
}

/* The names of the facts and the questions, as the last fields of a row; made once for each set. */
static struct slice asking(struct preflight *p, const struct law_set *missing)
{
    struct asking *a =
        &p->askings[hash_bytes(slice_of((const char *)missing, sizeof *missing), 5) % ASKINGS];
    if (a->text.max && memcmp(&a->set, missing, sizeof *missing) == 0)
        return buf_slice(&a->text);
    if (a->text.max == 0)
        a->text = BUF_INIT(8192);
    struct buf names = BUF_INIT(2048), text = BUF_INIT(4096);
    a->set = *missing;
    buf_reset(&a->text);
    for (int f = 0; f < LAW_FACTS; f++) {
        if (!law_set_has(missing, (enum law_fact)f))
            continue;
        buf_printf(&names, "%s%s", names.n ? " " : "", law_fact_info((enum law_fact)f)->name);
        buf_printf(&text, "%s%s", text.n ? " " : "", law_fact_info((enum law_fact)f)->question);
    }
    buf_str(&a->text, ",,,not known: ");
    add_field(&a->text, &names, ',');
    add_field(&a->text, &text, '\n');
    buf_fini(&names);
    buf_fini(&text);
    return buf_slice(&a->text);
}

static void count_missing(struct preflight *p, const struct law_set *s)
{
    for (int w = 0; w < 2; w++)
        for (uint64_t bits = s->w[w]; bits; bits &= bits - 1)
            p->missing[w * 64 + __builtin_ctzll(bits)]++;
}

void preflight_row(struct preflight *p, struct recipient *r, uint64_t line, struct buf *rows)
{
    struct place *pl = preflight_place_of(p, r->facts.v[LAW_FACT_COUNTRY]);
    if (r->facts.v[LAW_FACT_ACCESS_COUNTRY] == LAW_UNKNOWN) /* said in the report's notes */
        r->facts.v[LAW_FACT_ACCESS_COUNTRY] = r->facts.v[LAW_FACT_COUNTRY];
    r->facts.subject = p->in.facts->subject;
    r->facts.body = p->in.facts->body;
    const struct outcome *o = outcome_of(p, pl, r, line);
    for (size_t i = 0; i < pl->n_laws; i++)
        pl->laws[i].rows[o->answers[i]]++;
    for (size_t i = 0; i < o->n; i++)
        pl->laws[o->law[i]].kinds[o->kind[i]].rows++;
    pl->rows[o->answer]++;
    p->rows[o->answer]++;
    count_missing(p, &o->missing);
    bool is_asked = !o->has_violation && !law_set_empty(&o->row_missing);
    p->dropped += o->has_violation;
    p->asked += is_asked;
    if (rows && o->has_violation) {
        write_drop(p, pl, r, line, o, rows);
    } else if (rows && is_asked) {
        row_head(rows, line, r->email, r->facts.v[LAW_FACT_COUNTRY], "ask");
        buf_add(rows, asking(p, &o->row_missing));
    }
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
    (void)p;
    for (size_t l = 0; l < pl->n_laws; l++) {
        const struct place_law *x = &pl->laws[l];
        for (size_t i = 0; i < x->n_kinds && n < most; i++) {
            const struct kind *k = &x->kinds[i];
            bool is_all = k->rows == place_rows(pl);
            insert(out, n++,
                   (struct shown){x->plan.law, &k->finding, &k->sample, k->rows,
                                  is_all ? 0 : k->first_line});
        }
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
