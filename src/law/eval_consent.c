/* Rules of consent: may this recipient be written to at all, is a refusal respected, can consent
 * be shown, was the register asked. */
#include "law/eval_internal.h"

/* What a basis is worth: yes, no, missing facts, or the law is not known. */
struct worth {
    enum law_tri holds;
    enum law_why why;
    int field, fact;
};

static struct worth yes(enum law_why why, int field)
{
    return (struct worth){LAW_T_YES, why, field, -1};
}

static struct worth no(enum law_why why, int field, int fact)
{
    return (struct worth){LAW_T_NO, why, field, fact};
}

static const struct worth law_silent = {LAW_T_LAW, LAW_WHY_LAW_UNKNOWN, -1, -1};
static const struct worth facts_missing = {LAW_T_MISSING, LAW_WHY_MISSING, -1, -1};

/* A basis that lasts for some months from its date. The last day is the day before the same day of
 * the month. */
static struct worth within(struct law_ctx *c, enum law_field field, int32_t months)
{
    int32_t date = law_ask(c, LAW_FACT_CONSENT_DATE);
    if (date == LAW_UNKNOWN)
        return facts_missing;
    if (date > c->day)
        return no(LAW_WHY_NOT_YET, (int)field, LAW_FACT_CONSENT_DATE);
    if (c->day >= law_add_months(date, months))
        return no(LAW_WHY_LAPSED, (int)field, LAW_FACT_CONSENT_DATE);
    return yes(LAW_WHY_MET, (int)field);
}

static struct worth soft_opt_in(struct law_ctx *c)
{
    static const struct {
        enum law_soft word;
        enum law_fact fact;
        int32_t wanted;
    } conditions[] = {
        {LAW_SOFT_COLLECTED, LAW_FACT_COLLECTED_IN_SALE, 1},
        {LAW_SOFT_SIMILAR, LAW_FACT_OWN_SIMILAR, 1},
        {LAW_SOFT_OFFERED, LAW_FACT_REFUSAL_OFFERED, 1},
        {LAW_SOFT_EVERY, LAW_FACT_UNSUBSCRIBE, 1},
        {LAW_SOFT_NO_REFUSAL, LAW_FACT_REFUSED, 0},
        {LAW_SOFT_TOLD, LAW_FACT_TOLD_ADVERTISING, 1},
    };
    int32_t available = law_side(c, LAW_F_SOFT), asks = law_side(c, LAW_F_SOFT_REQUIRES);
    int32_t months = law_side(c, LAW_F_SOFT_MONTHS);
    bool open = false;
    if (available != 1)
        return available == 0 ? no(LAW_WHY_NO_BASIS, LAW_F_SOFT, LAW_FACT_CONSENT) : law_silent;
    if (asks == LAW_UNKNOWN)
        return (struct worth){LAW_T_LAW, LAW_WHY_MIXED, LAW_F_SOFT_CONDITIONS, LAW_FACT_CONSENT};
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        if (!(asks >> conditions[i].word & 1))
            continue;
        int32_t v = law_ask(c, conditions[i].fact);
        if (v != LAW_UNKNOWN && v != conditions[i].wanted)
            return no(LAW_WHY_CONDITION, LAW_F_SOFT_REQUIRES, (int)conditions[i].fact);
        open |= v == LAW_UNKNOWN;
    }
    if (months != LAW_UNKNOWN) {
        struct worth w = within(c, LAW_F_SOFT_MONTHS, months);
        if (w.holds == LAW_T_NO)
            return w;
        open |= w.holds != LAW_T_YES;
    }
    return open ? facts_missing : yes(LAW_WHY_EXCEPTION, LAW_F_SOFT);
}

/* A basis with months of its own, else a running relationship. LAW_T_LAW when neither says. */
static struct worth by_months(struct law_ctx *c, enum law_field field)
{
    int32_t months = law_side(c, field);
    if (months != LAW_UNKNOWN)
        return within(c, field, months);
    if (law_side(c, LAW_F_RELATIONSHIP) == 1)
        return yes(LAW_WHY_EXCEPTION, LAW_F_RELATIONSHIP);
    return law_silent;
}

static struct worth inquiry(struct law_ctx *c)
{
    struct worth w = by_months(c, LAW_F_INQUIRY_MONTHS);
    if (w.holds != LAW_T_LAW)
        return w;
    int32_t counts = law_side(c, LAW_F_SOFT_INQUIRY);
    if (counts == 1)
        return soft_opt_in(c);
    if (counts == 0 || law_side(c, LAW_F_SOFT) == 0)
        return no(LAW_WHY_NO_BASIS, LAW_F_SOFT_INQUIRY, LAW_FACT_CONSENT);
    return law_silent;
}

static struct worth member(struct law_ctx *c)
{
    struct worth w = by_months(c, LAW_F_MEMBER_MONTHS);
    if (w.holds != LAW_T_LAW)
        return w;
    int32_t charity = law_side(c, LAW_F_SOFT_CHARITY);
    int32_t purpose = charity == 1 ? law_ask(c, LAW_FACT_PURPOSE) : LAW_COMMERCIAL;
    if (purpose == LAW_UNKNOWN)
        return facts_missing;
    if (purpose == LAW_CHARITY)
        return yes(LAW_WHY_EXCEPTION, LAW_F_SOFT_CHARITY);
    return charity == LAW_UNKNOWN ? law_silent
                                  : no(LAW_WHY_NO_BASIS, LAW_F_SOFT_CHARITY, LAW_FACT_CONSENT);
}

/* A published or a given address: worth something at most for what concerns the work. */
static struct worth for_work(struct law_ctx *c, enum law_field field, bool published)
{
    int32_t worth = law_side(c, field), who, relevant, note = 0;
    if (worth == LAW_UNKNOWN)
        return law_silent;
    if (worth == LAW_WORK_NO)
        return no(LAW_WHY_NO_BASIS, (int)field, LAW_FACT_CONSENT);
    who = law_ask(c, LAW_FACT_RECIPIENT);
    if (who == LAW_PERSON)
        return no(LAW_WHY_NO_BASIS, (int)field, LAW_FACT_RECIPIENT);
    relevant = law_ask(c, LAW_FACT_ROLE_RELEVANT);
    if (relevant == 0)
        return no(LAW_WHY_NO_BASIS, (int)field, LAW_FACT_ROLE_RELEVANT);
    if (published)
        note = law_ask(c, LAW_FACT_NO_MAIL_NOTE);
    if (note == 1)
        return no(LAW_WHY_NO_BASIS, (int)field, LAW_FACT_NO_MAIL_NOTE);
    if (who == LAW_UNKNOWN || relevant == LAW_UNKNOWN || note == LAW_UNKNOWN)
        return facts_missing;
    return yes(LAW_WHY_EXCEPTION, (int)field);
}

/* Nothing to rest on, except that some laws let a stranger be asked for consent once. */
static struct worth stranger(struct law_ctx *c)
{
    struct worth none = no(LAW_WHY_NO_BASIS, LAW_F_MODEL, LAW_FACT_CONSENT);
    int32_t may = law_side(c, LAW_F_ONE_APPROACH), purpose = c->facts->v[LAW_FACT_PURPOSE];
    if (may == 0 || (purpose != LAW_CONSENT_REQUEST && purpose != LAW_UNKNOWN))
        return none;
    if (law_ask(c, LAW_FACT_PURPOSE) == LAW_UNKNOWN)
        return facts_missing;
    enum law_tri company = may == 1 ? law_is_company(c) : LAW_T_YES;
    if (may == LAW_UNKNOWN || company == LAW_T_LAW)
        return law_silent;
    if (company == LAW_T_NO)
        return none;
    int32_t before = law_ask(c, LAW_FACT_APPROACHED), refused = law_ask(c, LAW_FACT_REFUSED);
    if (before == 1 || refused == 1)
        return no(LAW_WHY_NO_BASIS, LAW_F_ONE_APPROACH,
                  before == 1 ? LAW_FACT_APPROACHED : LAW_FACT_REFUSED);
    if (company == LAW_T_MISSING || before == LAW_UNKNOWN || refused == LAW_UNKNOWN)
        return facts_missing;
    return yes(LAW_WHY_EXCEPTION, LAW_F_ONE_APPROACH);
}

static struct worth basis_worth(struct law_ctx *c)
{
    int32_t v;
    struct worth w;
    switch (law_ask(c, LAW_FACT_CONSENT)) {
    case LAW_BASIS_NONE:
        return stranger(c);
    case LAW_BASIS_EXPRESS:
        v = law_side(c, LAW_F_EXPRESS_MONTHS);
        return v == LAW_UNKNOWN ? yes(LAW_WHY_MET, LAW_F_MODEL)
                                : within(c, LAW_F_EXPRESS_MONTHS, v);
    case LAW_BASIS_CUSTOMER:
        w = by_months(c, LAW_F_PURCHASE_MONTHS);
        return w.holds == LAW_T_LAW ? soft_opt_in(c) : w;
    case LAW_BASIS_INQUIRY:
        return inquiry(c);
    case LAW_BASIS_MEMBER:
        return member(c);
    case LAW_BASIS_RELATIONSHIP:
        v = law_side(c, LAW_F_RELATIONSHIP);
        return v == 1   ? yes(LAW_WHY_EXCEPTION, LAW_F_RELATIONSHIP)
               : v == 0 ? no(LAW_WHY_NO_BASIS, LAW_F_RELATIONSHIP, LAW_FACT_CONSENT)
                        : law_silent;
    case LAW_BASIS_PUBLISHED:
        return for_work(c, LAW_F_PUBLISHED, true);
    case LAW_BASIS_GIVEN:
        return for_work(c, LAW_F_GIVEN, false);
    default:
        return facts_missing;
    }
}

/* Where circumstances decide: no basis is only a violation when the law lets honest messages pass
 * and this is none. */
static struct worth weigh(struct law_ctx *c, struct worth w)
{
    bool refused = w.holds == LAW_T_NO;
    static const enum law_fact honest[] = {LAW_FACT_SENDER_NAMED, LAW_FACT_POSTAL_ADDRESS,
                                           LAW_FACT_UNSUBSCRIBE};
    struct worth person_must_look = {LAW_T_LAW, LAW_WHY_MIXED, LAW_F_MODEL, w.fact};
    bool open = false;
    if (law_side(c, LAW_F_TOLERATED) == 1) {
        for (size_t i = 0; i < 3; i++) {
            int32_t v = law_ask(c, honest[i]);
            if (v == 0)
                return refused ? no(LAW_WHY_NO_BASIS, LAW_F_TOLERATED, (int)honest[i]) : w;
            open |= v == LAW_UNKNOWN;
        }
        return open ? facts_missing : yes(LAW_WHY_EXCEPTION, LAW_F_TOLERATED);
    }
    return refused ? person_must_look : w;
}

void law_rule_consent(struct law_ctx *c)
{
    enum law_tri known;
    int32_t model = law_model_for(c, &known);
    if (known == LAW_T_MISSING)
        law_answer_missing(c);
    else if (known == LAW_T_LAW)
        law_answer(c, LAW_CANT_TELL, LAW_WHY_LAW_UNKNOWN, LAW_F_MODEL, -1);
    else if (model == LAW_M_OPT_OUT)
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_FIRST_FREE, LAW_F_MODEL, -1);
    else if (model == LAW_M_NONE)
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_NOT_ASKED, LAW_F_MODEL, -1);
    else {
        struct worth w = basis_worth(c);
        if ((w.holds == LAW_T_NO || w.holds == LAW_T_LAW) && model == LAW_M_MIXED)
            w = weigh(c, w);
        if (w.holds == LAW_T_MISSING)
            law_answer_missing(c);
        else
            law_answer(c,
                       w.holds == LAW_T_YES  ? LAW_NO_VIOLATION
                       : w.holds == LAW_T_NO ? LAW_VIOLATION
                                             : LAW_CANT_TELL,
                       w.why, w.field, w.fact);
    }
}

/* ---- refusal ---- */

/* Days without a number in the law: after a month nobody can call it prompt any more. */
#define NO_NUMBER_DAYS 31

/* Consent given after the refusal lifts it. LAW_T_NO: it does not. */
static enum law_tri lifted(struct law_ctx *c, int32_t refused)
{
    int32_t consent = law_ask(c, LAW_FACT_CONSENT), date;
    if (consent != LAW_BASIS_EXPRESS)
        return consent == LAW_UNKNOWN ? LAW_T_MISSING : LAW_T_NO;
    date = law_ask(c, LAW_FACT_CONSENT_DATE);
    if (date == LAW_UNKNOWN || refused == LAW_UNKNOWN)
        return LAW_T_MISSING;
    return date > refused && date <= c->day ? LAW_T_YES : LAW_T_NO;
}

/* -1: still within the time, 1: late, 0: the law gives no number and it is too early to say. */
static int lateness(struct law_ctx *c, int32_t refused)
{
    int32_t unit = law_side(c, LAW_F_HONOUR_UNIT), n = law_side(c, LAW_F_HONOUR);
    if (unit == LAW_U_IMMEDIATE)
        return c->day > refused ? 1 : 0;
    if (unit == LAW_U_BUSINESS)
        return c->day > law_add_business_days(refused, n) ? 1 : -1;
    if (unit == LAW_U_CALENDAR)
        return c->day > refused + n ? 1 : -1;
    return c->day > refused + NO_NUMBER_DAYS ? 1 : 0;
}

void law_rule_refusal(struct law_ctx *c)
{
    int32_t asked = law_main(c, LAW_F_UNSUB), model = law_side(c, LAW_F_MODEL);
    if (asked != 1 && (model == LAW_UNKNOWN || model == LAW_M_NONE)) {
        law_answer(c, LAW_CANT_TELL, LAW_WHY_LAW_UNKNOWN, LAW_F_UNSUB, -1);
        return;
    }
    int32_t refused = law_ask(c, LAW_FACT_REFUSED), date;
    if (refused == 0) {
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_MET, LAW_F_UNSUB, LAW_FACT_REFUSED);
        return;
    }
    if (refused == LAW_UNKNOWN) {
        law_answer_missing(c);
        return;
    }
    date = law_ask(c, LAW_FACT_REFUSED_DATE);
    enum law_tri up = lifted(c, date);
    int late = date == LAW_UNKNOWN ? 0 : date > c->day ? -1 : lateness(c, date);
    if (up == LAW_T_YES)
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_EXCEPTION, LAW_F_UNSUB, LAW_FACT_CONSENT_DATE);
    else if (late < 0)
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_WITHIN, LAW_F_HONOUR, LAW_FACT_REFUSED_DATE);
    else if (up == LAW_T_MISSING || date == LAW_UNKNOWN)
        law_answer_missing(c);
    else if (late > 0)
        law_answer(c, LAW_VIOLATION, LAW_WHY_LATE, LAW_F_HONOUR, LAW_FACT_REFUSED_DATE);
    else
        law_answer(c, LAW_CANT_TELL, LAW_WHY_MIXED, LAW_F_HONOUR, LAW_FACT_REFUSED_DATE);
}

/* ---- proof and registers ---- */

/* True when this recipient needs consent and it is consent that is claimed; else it answered. */
static bool consent_claimed(struct law_ctx *c, int field)
{
    enum law_tri known;
    int32_t model = law_model_for(c, &known), consent;
    if (known == LAW_T_LAW)
        law_answer(c, LAW_CANT_TELL, LAW_WHY_LAW_UNKNOWN, field, -1);
    else if (known == LAW_T_MISSING)
        law_answer_missing(c);
    else if (model == LAW_M_OPT_OUT || model == LAW_M_NONE)
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_NOT_ASKED, LAW_F_MODEL, -1);
    else if ((consent = law_ask(c, LAW_FACT_CONSENT)) == LAW_UNKNOWN)
        law_answer_missing(c);
    else if (consent == LAW_BASIS_NONE)
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_OUTSIDE, field, LAW_FACT_CONSENT);
    else
        return true;
    return false;
}

void law_rule_proof(struct law_ctx *c)
{
    int32_t on = law_main(c, LAW_F_BURDEN), twice = law_side(c, LAW_F_DOUBLE_OPT_IN);
    if (on == LAW_UNKNOWN) {
        law_answer(c, LAW_CANT_TELL, LAW_WHY_LAW_UNKNOWN, LAW_F_BURDEN, -1);
        return;
    }
    if (!consent_claimed(c, LAW_F_BURDEN))
        return;
    int32_t proof = law_ask(c, LAW_FACT_CONSENT_PROOF), confirmed = 1;
    bool express = c->facts->v[LAW_FACT_CONSENT] == LAW_BASIS_EXPRESS;
    if (twice == LAW_D_REQUIRED && express)
        confirmed = law_ask(c, LAW_FACT_CONSENT_CONFIRMED);
    if (twice == LAW_D_DE_FACTO && express) { /* the confirmation is the usual proof */
        confirmed = law_ask(c, LAW_FACT_CONSENT_CONFIRMED);
        if (proof == 1 || confirmed == 1)
            law_answer(c, LAW_NO_VIOLATION, LAW_WHY_MET, LAW_F_BURDEN, LAW_FACT_CONSENT_PROOF);
        else if (proof == 0 && confirmed == 0)
            law_answer(c, LAW_VIOLATION, LAW_WHY_BROKEN, LAW_F_BURDEN, LAW_FACT_CONSENT_PROOF);
        else
            law_answer_missing(c);
    } else if (proof == 0 || confirmed == 0)
        law_answer(c, LAW_VIOLATION, LAW_WHY_BROKEN,
                   proof == 0 ? LAW_F_BURDEN : LAW_F_DOUBLE_OPT_IN,
                   proof == 0 ? LAW_FACT_CONSENT_PROOF : LAW_FACT_CONSENT_CONFIRMED);
    else if (proof == LAW_UNKNOWN || confirmed == LAW_UNKNOWN)
        law_answer_missing(c);
    else
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_MET, LAW_F_BURDEN, LAW_FACT_CONSENT_PROOF);
}

static void refusals_register(struct law_ctx *c)
{
    int32_t state = law_ask(c, LAW_FACT_REGISTER), consent;
    if (state == LAW_REG_CLEAR)
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_MET, LAW_F_REGISTER, LAW_FACT_REGISTER);
    else if (state == LAW_UNKNOWN || (consent = law_ask(c, LAW_FACT_CONSENT)) == LAW_UNKNOWN)
        law_answer_missing(c);
    else if (consent == LAW_BASIS_EXPRESS) /* whether it outweighs the list was not read */
        law_answer(c, LAW_CANT_TELL, LAW_WHY_MIXED, LAW_F_REGISTER, LAW_FACT_REGISTER);
    else
        law_answer(c, LAW_VIOLATION, state == LAW_REG_LISTED ? LAW_WHY_LISTED : LAW_WHY_BROKEN,
                   LAW_F_REGISTER, LAW_FACT_REGISTER);
}

void law_rule_register(struct law_ctx *c)
{
    int32_t kind = law_main(c, LAW_F_REGISTER);
    if (kind == LAW_UNKNOWN)
        law_answer(c, LAW_CANT_TELL, LAW_WHY_LAW_UNKNOWN, LAW_F_REGISTER, -1);
    else if (c->facts->v[LAW_FACT_MEDIUM] != LAW_EMAIL && kind != LAW_RK_CONSENTS)
        law_answer(c, LAW_CANT_TELL, LAW_WHY_LAW_UNKNOWN, LAW_F_REGISTER, LAW_FACT_MEDIUM);
    else if (kind == LAW_RK_NONE)
        law_answer(c, LAW_NO_VIOLATION, LAW_WHY_NOT_ASKED, LAW_F_REGISTER, -1);
    else if (kind == LAW_RK_REFUSALS)
        refusals_register(c);
    else if (consent_claimed(c, LAW_F_REGISTER)) {
        if (c->facts->v[LAW_FACT_CONSENT] != LAW_BASIS_EXPRESS) {
            law_answer(c, LAW_NO_VIOLATION, LAW_WHY_OUTSIDE, LAW_F_REGISTER, LAW_FACT_CONSENT);
            return;
        }
        int32_t in = law_ask(c, LAW_FACT_CONSENT_REGISTERED);
        if (in == LAW_UNKNOWN)
            law_answer_missing(c);
        else
            law_answer(c, in ? LAW_NO_VIOLATION : LAW_VIOLATION, in ? LAW_WHY_MET : LAW_WHY_BROKEN,
                       LAW_F_REGISTER, LAW_FACT_CONSENT_REGISTERED);
    }
}

/* ---- how fast the sender says refusals are carried out ---- */

/* Business days that lie in so many calendar days, at least (the span opens on a Friday) and at
 * most (it opens on a Sunday). */
static int32_t business_least(int32_t days)
{
    int32_t rest = days % 7;
    return days / 7 * 5 + (rest > 2 ? rest - 2 : 0);
}

void law_rule_honour(struct law_ctx *c)
{
    int32_t unit = law_main(c, LAW_F_HONOUR_UNIT), n = law_main(c, LAW_F_HONOUR);
    if (unit == LAW_UNKNOWN) {
        law_answer(c, LAW_CANT_TELL, LAW_WHY_LAW_UNKNOWN, LAW_F_HONOUR, -1);
        return;
    }
    int32_t days = law_ask(c, LAW_FACT_HONOUR_DAYS);
    int32_t business = law_ask(c, LAW_FACT_HONOUR_BUSINESS_DAYS);
    int verdict = 0; /* 1 met, -1 late */
    if (unit == LAW_U_IMMEDIATE)
        n = 0;
    if (unit == LAW_U_BUSINESS && business != LAW_UNKNOWN)
        verdict = business <= n ? 1 : -1;
    else if (unit == LAW_U_BUSINESS && days != LAW_UNKNOWN)
        verdict = days <= n ? 1 : business_least(days) > n ? -1 : 0;
    else if (unit != LAW_U_BUSINESS && days != LAW_UNKNOWN)
        verdict = days <= n ? 1 : -1;
    else if (unit != LAW_U_BUSINESS && business != LAW_UNKNOWN)
        verdict = business > n ? -1 : business + (business + 4) / 5 * 2 <= n ? 1 : 0;
    if (verdict == 0)
        law_answer_missing(c);
    else
        law_answer(c, verdict > 0 ? LAW_NO_VIOLATION : LAW_VIOLATION,
                   verdict > 0 ? LAW_WHY_MET : LAW_WHY_LATE, LAW_F_HONOUR, LAW_FACT_HONOUR_DAYS);
}
