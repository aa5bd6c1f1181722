/* The evaluator: whom a law reaches, then each of its rules, then one word for all.
 *
 * Three values throughout: what is not known stays not known until a known fact settles it, so
 * adding a fact never turns one definite answer into the other. Nothing here reads a clock or
 * allocates.
 */
#include "law/eval_internal.h"

int32_t law_ask(struct law_ctx *c, enum law_fact f)
{
    int32_t v = c->facts->v[f];
    if (v == LAW_UNKNOWN)
        law_set_add(&c->missing, f);
    return v;
}

int32_t law_side(struct law_ctx *c, enum law_field f)
{
    c->side_low |= c->law->low[f];
    return c->law->v[f] == LAW_ABSENT ? LAW_UNKNOWN : c->law->v[f];
}

int32_t law_main(struct law_ctx *c, enum law_field f)
{
    c->main_low |= c->law->low[f];
    return c->law->v[f] == LAW_ABSENT ? LAW_UNKNOWN : c->law->v[f];
}

void law_answer(struct law_ctx *c, enum law_answer a, enum law_why why, int field, int fact)
{
    c->f->answer = (uint8_t)a;
    c->f->why = (uint8_t)why;
    c->f->detail = (int16_t)field;
    c->f->fact = (int16_t)fact;
    c->f->missing = (struct law_set){{0, 0}};
}

void law_answer_missing(struct law_ctx *c)
{
    law_answer(c, LAW_CANT_TELL, LAW_WHY_MISSING, -1, -1);
    c->f->missing = c->missing;
}

/* ---- whom the law reaches ---- */

/* Kleene's "and" over the parts of a gate: one "no" settles it. */
static void gate_and(struct law_gate *g, enum law_tri t, int field, int fact)
{
    if (g->holds == LAW_T_NO || t == LAW_T_YES)
        return;
    if (t == LAW_T_NO || (t == LAW_T_MISSING && g->holds != LAW_T_MISSING) ||
        g->holds == LAW_T_YES) {
        g->holds = t;
        g->field = (int16_t)field;
        g->fact = (int16_t)fact;
    }
}

static enum law_tri here(struct law_ctx *c, enum law_fact f)
{
    int32_t v = law_ask(c, f);
    if (v == LAW_UNKNOWN)
        return LAW_T_MISSING;
    if (v == c->law->country && v)
        return LAW_T_YES;
    for (uint32_t i = 0; i < c->law->n_members; i++)
        if (c->law->members[i] == v)
            return LAW_T_YES;
    return LAW_T_NO;
}

/* A link that the law names (yes), excludes (no) or that nobody read (unknown). */
static enum law_tri link_by(struct law_ctx *c, enum law_field field, enum law_fact fact)
{
    int32_t v = law_side(c, field);
    enum law_tri at;
    if (v == 0)
        return LAW_T_NO;
    at = here(c, fact);
    if (at != LAW_T_YES)
        return at;
    return v == 1 ? LAW_T_YES : LAW_T_LAW;
}

static enum law_tri link_gate(struct law_ctx *c)
{
    c->link = LAW_LINK_CHOSEN;
    if (law_kind_of(c->law) > LAW_KIND_FLOOR)
        return LAW_T_YES;
    int32_t named = c->law->v[LAW_F_LINK_RECIPIENT];
    enum law_tri to = named == 0 ? LAW_T_NO : here(c, LAW_FACT_COUNTRY);
    if (to == LAW_T_YES) {
        c->link = named == 1 ? LAW_LINK_RECIPIENT : LAW_LINK_PRESUMED;
        c->side_low |= c->law->low[LAW_F_LINK_RECIPIENT];
        return LAW_T_YES;
    }
    enum law_tri from = link_by(c, LAW_F_LINK_SENDER, LAW_FACT_SENDER_COUNTRY);
    enum law_tri read = link_by(c, LAW_F_LINK_ACCESS, LAW_FACT_ACCESS_COUNTRY);
    c->link = from == LAW_T_YES   ? LAW_LINK_SENDER
              : read == LAW_T_YES ? LAW_LINK_ACCESS
                                  : LAW_LINK_UNKNOWN;
    if (c->link != LAW_LINK_UNKNOWN)
        return LAW_T_YES;
    if (to == LAW_T_MISSING || from == LAW_T_MISSING || read == LAW_T_MISSING)
        return LAW_T_MISSING;
    if (from == LAW_T_LAW || read == LAW_T_LAW)
        return LAW_T_LAW;
    c->link = LAW_LINK_NONE;
    return LAW_T_NO;
}

static enum law_tri as_tri(int32_t v)
{
    return v == 0 ? LAW_T_NO : v == 1 ? LAW_T_YES : LAW_T_LAW;
}

static enum law_tri purpose_gate(struct law_ctx *c)
{
    int32_t purpose = law_ask(c, LAW_FACT_PURPOSE), exempt;
    switch (purpose) {
    case LAW_UNKNOWN:
        return LAW_T_MISSING;
    case LAW_TRANSACTIONAL:
        exempt = law_side(c, LAW_F_EX_TRANSACTIONAL);
        break;
    case LAW_CHARITY:
    case LAW_POLITICAL:
        exempt = law_side(c, purpose == LAW_CHARITY ? LAW_F_EX_CHARITY : LAW_F_EX_POLITICAL);
        if (exempt == LAW_UNKNOWN && law_side(c, LAW_F_COMMERCIAL_ONLY) == 0)
            return LAW_T_YES;
        break;
    case LAW_PERSONAL:
        return law_side(c, LAW_F_COMMERCIAL_ONLY) == 1 ? LAW_T_NO : LAW_T_LAW;
    default:
        return LAW_T_YES;
    }
    return exempt == 1 ? LAW_T_NO : exempt == 0 ? LAW_T_YES : LAW_T_LAW;
}

static enum law_tri bulk_gate(struct law_ctx *c)
{
    static const int pairs[3][2] = {{LAW_F_BULK_DAY, LAW_FACT_VOLUME_DAY},
                                    {LAW_F_BULK_MONTH, LAW_FACT_VOLUME_MONTH},
                                    {LAW_F_BULK_YEAR, LAW_FACT_VOLUME_YEAR}};
    bool any = false, unknown = false;
    for (int i = 0; i < 3; i++) {
        int32_t above = law_side(c, (enum law_field)pairs[i][0]);
        if (above == LAW_UNKNOWN)
            continue;
        int32_t n = law_ask(c, (enum law_fact)pairs[i][1]);
        any = true;
        if (n != LAW_UNKNOWN && n > above)
            return LAW_T_YES;
        unknown |= n == LAW_UNKNOWN;
    }
    return !any ? LAW_T_YES : unknown ? LAW_T_MISSING : LAW_T_NO;
}

/* ---- people and companies ---- */

/* How the law sees a kind of recipient: LAW_PERSON, LAW_COMPANY, LAW_IMPERSONAL, or -1. */
static int seen_as(struct law_ctx *c, int32_t recipient)
{
    int32_t as;
    if (recipient != LAW_SOLE_TRADER && recipient != LAW_EMPLOYEE)
        return recipient;
    as = law_side(c, recipient == LAW_EMPLOYEE ? LAW_F_EMPLOYEE : LAW_F_SOLE);
    return as == LAW_AS_PERSON ? LAW_PERSON : as == LAW_AS_COMPANY ? LAW_COMPANY : -1;
}

/* Terms that are no law protect whoever picks them, unless they say otherwise. */
static int32_t protected_as(struct law_ctx *c, int as)
{
    enum law_field f = as == LAW_PERSON ? LAW_F_NATURAL : LAW_F_LEGAL;
    if (c->law->v[f] == LAW_ABSENT && law_kind_of(c->law) > LAW_KIND_FLOOR)
        return 1;
    return law_side(c, f);
}

static int32_t model_of(struct law_ctx *c, int as)
{
    int32_t m = as == LAW_IMPERSONAL ? law_main(c, LAW_F_IMPERSONAL_MODEL) : LAW_UNKNOWN;
    if (m == LAW_UNKNOWN && as != LAW_PERSON)
        m = law_main(c, LAW_F_B2B_MODEL);
    int32_t protects = protected_as(c, as);
    /* "mixed" beside a protected company: the same consent, with the further grounds that the
     * profile names; unless it depends on what kind of address it is */
    if (m == LAW_M_MIXED && protects == 1 && law_side(c, LAW_F_IMPERSONAL_MODEL) == LAW_UNKNOWN)
        return law_main(c, LAW_F_MODEL);
    if (m != LAW_UNKNOWN)
        return m;
    return protects == 1 ? law_main(c, LAW_F_MODEL) : protects == 0 ? LAW_M_NONE : LAW_UNKNOWN;
}

static int32_t covers(struct law_ctx *c, int as)
{
    if (as == LAW_IMPERSONAL && law_side(c, LAW_F_IMPERSONAL_MODEL) != LAW_UNKNOWN)
        return 1;
    if (as != LAW_PERSON && law_side(c, LAW_F_B2B_MODEL) != LAW_UNKNOWN)
        return 1;
    return protected_as(c, as);
}

/* The answer for one kind of recipient; where the law may see it as person or company, both must
 * agree. */
static int32_t for_kind(struct law_ctx *c, int32_t recipient, int32_t (*of)(struct law_ctx *, int))
{
    int as = seen_as(c, recipient);
    if (as >= 0)
        return of(c, as);
    int32_t person = of(c, LAW_PERSON), company = of(c, LAW_COMPANY);
    return person == company ? person : LAW_UNKNOWN;
}

/* The same when the recipient's kind is not known: all kinds must agree. */
static int32_t for_recipient(struct law_ctx *c, int32_t (*of)(struct law_ctx *, int),
                             enum law_tri *known)
{
    int32_t recipient = c->facts->v[LAW_FACT_RECIPIENT], v;
    if (recipient != LAW_UNKNOWN) {
        v = for_kind(c, recipient, of);
        *known = v == LAW_UNKNOWN ? LAW_T_LAW : LAW_T_YES;
        return v;
    }
    v = for_kind(c, LAW_PERSON, of);
    *known = v == LAW_UNKNOWN ? LAW_T_LAW : LAW_T_YES;
    for (int32_t k = LAW_SOLE_TRADER; k <= LAW_IMPERSONAL; k++)
        if (for_kind(c, k, of) != v) {
            law_set_add(&c->missing, LAW_FACT_RECIPIENT);
            *known = LAW_T_MISSING;
            return LAW_UNKNOWN;
        }
    return v;
}

int32_t law_model_for(struct law_ctx *c, enum law_tri *out_known)
{
    return for_recipient(c, model_of, out_known);
}

enum law_tri law_is_company(struct law_ctx *c)
{
    int32_t recipient = law_ask(c, LAW_FACT_RECIPIENT);
    if (recipient == LAW_UNKNOWN)
        return LAW_T_MISSING;
    int as = seen_as(c, recipient);
    return as < 0 ? LAW_T_LAW : as == LAW_PERSON ? LAW_T_NO : LAW_T_YES;
}

static enum law_tri audience_gate(struct law_ctx *c)
{
    enum law_tri known;
    int32_t v = for_recipient(c, covers, &known);
    return known == LAW_T_YES ? as_tri(v) : known;
}

/* ---- the gates of a question ---- */

static void close_gate(struct law_ctx *c, struct law_gate *g)
{
    g->missing = c->missing;
    g->side_low = c->side_low;
    if (g->holds == LAW_T_NO || g->holds == LAW_T_YES)
        g->missing = (struct law_set){{0, 0}};
}

static void gates(struct law_ctx *c)
{
    int32_t medium = law_ask(c, LAW_FACT_MEDIUM);
    struct law_gate g = {.holds = LAW_T_YES, .field = -1, .fact = -1};
    bool terms = law_kind_of(c->law) > LAW_KIND_FLOOR;
    gate_and(&g, link_gate(c), -1, LAW_FACT_COUNTRY);
    if (medium == LAW_UNKNOWN)
        gate_and(&g, terms ? LAW_T_YES : LAW_T_MISSING, -1, LAW_FACT_MEDIUM);
    else {
        enum law_field field = (enum law_field)(LAW_F_EMAIL + medium);
        if (!(terms && c->law->v[field] == LAW_ABSENT))
            gate_and(&g, as_tri(law_side(c, field)), (int)field, LAW_FACT_MEDIUM);
    }
    c->anything = g;
    close_gate(c, &c->anything);
    if (!terms || c->law->v[LAW_F_COMMERCIAL_ONLY] != LAW_ABSENT)
        gate_and(&g, purpose_gate(c), LAW_F_COMMERCIAL_ONLY, LAW_FACT_PURPOSE);
    if (!terms || c->law->v[LAW_F_NATURAL] != LAW_ABSENT)
        gate_and(&g, audience_gate(c), LAW_F_NATURAL, LAW_FACT_RECIPIENT);
    gate_and(&g, bulk_gate(c), LAW_F_BULK_DAY, LAW_FACT_VOLUME_DAY);
    c->content = g;
    close_gate(c, &c->content);
}

/* False when the gate has already answered. */
static bool through(struct law_ctx *c, const struct law_gate *g)
{
    c->missing = (struct law_set){{0, 0}};
    c->main_low = false;
    c->side_low = g->side_low;
    if (g->holds == LAW_T_YES)
        return true;
    if (g->holds == LAW_T_NO)
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_OUTSIDE, g->field, g->fact);
    else if (!law_set_empty(&g->missing)) {
        law_answer(c, LAW_CANT_TELL, LAW_WHY_MISSING, g->field, g->fact);
        c->f->missing = g->missing;
    } else
        law_answer(c, LAW_CANT_TELL, LAW_WHY_LAW_UNKNOWN, g->field, g->fact);
    return false;
}

/* ---- rules ---- */

static const int16_t main_fields[LAW_RULE_OWN] = {
    [LAW_RULE_CONSENT] = LAW_F_MODEL,
    [LAW_RULE_REFUSAL] = LAW_F_UNSUB,
    [LAW_RULE_PROOF] = LAW_F_BURDEN,
    [LAW_RULE_REGISTER] = LAW_F_REGISTER,
    [LAW_RULE_IDENTITY] = LAW_F_IDENTITY,
    [LAW_RULE_POSTAL] = LAW_F_POSTAL,
    [LAW_RULE_CONTACT] = LAW_F_CONTACT_REQUIRED,
    [LAW_RULE_LABEL] = LAW_F_LABEL,
    [LAW_RULE_ADVERTISEMENT] = LAW_F_ADVERTISEMENT,
    [LAW_RULE_UNSUBSCRIBE] = LAW_F_UNSUB,
    [LAW_RULE_UNSUBSCRIBE_FREE] = LAW_F_UNSUB_FREE,
    [LAW_RULE_UNSUBSCRIBE_ELECTRONIC] = LAW_F_UNSUB_ELECTRONIC,
    [LAW_RULE_UNSUBSCRIBE_MEDIUM] = LAW_F_UNSUB_MEDIUM,
    [LAW_RULE_UNSUBSCRIBE_DAYS] = LAW_F_UNSUB_DAYS,
    [LAW_RULE_ONE_CLICK] = LAW_F_ONE_CLICK,
    [LAW_RULE_HONOUR] = LAW_F_HONOUR_UNIT,
    [LAW_RULE_HEADER] = LAW_F_HEADER,
    [LAW_RULE_SUBJECT] = LAW_F_SUBJECT,
    [LAW_RULE_HARVESTING] = LAW_F_HARVESTED,
    [LAW_RULE_DICTIONARY] = LAW_F_DICTIONARY,
    [LAW_RULE_HOURS] = LAW_F_WEEKDAY_FROM,
    [LAW_RULE_FREQUENCY] = LAW_F_PER_DAY,
};

int law_rule_field(unsigned rule)
{
    return rule < LAW_RULE_OWN ? main_fields[rule] : -1;
}

static enum law_confidence grounds_confidence(const struct law *law, unsigned rule)
{
    int32_t c = rule < LAW_RULE_OWN
                    ? law->grounds[law_section_find(slice_str(
                                       law_field_info((enum law_field)main_fields[rule])->section))]
                          .confidence
                    : law->own[rule - LAW_RULE_OWN].confidence;
    return c == LAW_UNKNOWN ? law_confidence_of(law) : (enum law_confidence)c;
}

static enum law_force force_of(const struct law *law, enum law_confidence c)
{
    if (law_kind_of(law) <= LAW_KIND_FLOOR)
        return law_in_force(law) ? (enum law_force)c : LAW_INFORM;
    return c == LAW_HIGH ? LAW_WARN : (enum law_force)c;
}

enum law_confidence law_rule_confidence(const struct law *law, unsigned rule)
{
    enum law_confidence c = grounds_confidence(law, rule);
    int field = law_rule_field(rule);
    if (field >= 0 && law->low[field])
        return LAW_LOW;
    bool side = rule == LAW_RULE_LABEL &&
                (law->low[LAW_F_LABEL_POSITION] || law->low[LAW_F_LABEL_TOKENS]);
    return side && c > LAW_MEDIUM ? LAW_MEDIUM : c;
}

static void answer_rule(struct law_ctx *c, enum law_rule rule)
{
    switch (rule) {
    case LAW_RULE_CONSENT:
        law_rule_consent(c);
        break;
    case LAW_RULE_REFUSAL:
        law_rule_refusal(c);
        break;
    case LAW_RULE_PROOF:
        law_rule_proof(c);
        break;
    case LAW_RULE_REGISTER:
        law_rule_register(c);
        break;
    case LAW_RULE_HONOUR:
        law_rule_honour(c);
        break;
    default:
        law_rule_content(c, rule);
    }
}

/* Whether the profile speaks of the rule at all: a law always does, if only as "unknown". */
static bool speaks_of(const struct law *law, unsigned rule)
{
    return law->v[main_fields[rule]] != LAW_ABSENT;
}

static void set_force(struct law_ctx *c, unsigned rule)
{
    enum law_confidence conf = law_rule_confidence(c->law, rule);
    if (c->main_low)
        conf = LAW_LOW;
    else if (c->side_low && conf > LAW_MEDIUM)
        conf = LAW_MEDIUM;
    c->f->force = (uint8_t)force_of(c->law, conf);
}

/* ---- one word for all ---- */

static void sum_up(const struct law *law, struct law_result *r)
{
    bool open = r->n == 0 || (law_kind_of(law) <= LAW_KIND_FLOOR &&
                              law_confidence_of(law) == LAW_LOW && r->link != LAW_LINK_NONE);
    enum law_answer worst = LAW_NO_VIOLATION;
    for (uint32_t i = 0; i < r->n; i++) {
        const struct law_finding *f = &r->findings[i];
        if (f->answer == LAW_VIOLATION) {
            if (f->force > LAW_INFORM)
                worst = LAW_VIOLATION;
            open = true;
            if (f->force > r->force)
                r->force = (enum law_force)f->force;
        } else if (f->answer == LAW_CANT_TELL) {
            law_set_join(&r->missing, &f->missing);
            open |= f->why != LAW_WHY_LAW_UNKNOWN || f->rule == LAW_RULE_CONSENT;
        }
    }
    r->answer = worst == LAW_VIOLATION ? worst : open ? LAW_CANT_TELL : LAW_NO_VIOLATION;
}

static void evaluate(struct law_ctx *c, struct law_result *out)
{
    const struct law *law = c->law;
    out->n = 0;
    out->force = LAW_INFORM;
    out->missing = (struct law_set){{0, 0}};
    out->day = c->day;
    c->f = &out->findings[0];
    gates(c);
    out->link = c->link;
    for (unsigned rule = 0; rule < LAW_RULE_OWN + law->n_own; rule++) {
        bool own = rule >= LAW_RULE_OWN;
        if (!own && !speaks_of(law, rule))
            continue;
        c->f = &out->findings[out->n++];
        c->f->rule = (uint8_t)rule;
        bool any = rule == LAW_RULE_HARVESTING || rule == LAW_RULE_DICTIONARY;
        if (through(c, any ? &c->anything : &c->content)) {
            if (own)
                law_rule_own(c, &law->own[rule - LAW_RULE_OWN]);
            else
                answer_rule(c, (enum law_rule)rule);
        }
        set_force(c, rule);
    }
    sum_up(law, out);
}

void law_eval(const struct law *law, const struct law_facts *facts, int32_t day,
              struct law_result *out)
{
    struct law_ctx c = {
        .law = law, .facts = facts, .day = day, .label = law_label_state(law, facts)};
    evaluate(&c, out);
}

/* Reading the label out of the texts is the only costly step, and it is the message's alone. */
void law_plan_init(struct law_plan *plan, const struct law *law, const struct law_facts *facts,
                   int32_t day)
{
    *plan = (struct law_plan){.law = law, .day = day};
    plan->fixed = (uint64_t)law_label_state(law, facts);
}

void law_plan_row(const struct law_plan *plan, const struct law_facts *row, struct law_result *out)
{
    struct law_ctx c = {
        .law = plan->law, .facts = row, .day = plan->day, .label = (enum law_label)plan->fixed};
    evaluate(&c, out);
}
