/* The abstracted space of facts: finite, and fine enough that two laws which answer alike in all of
 * it ask for the same. */
#include "law/compare.h"

/* First block: who, what for, on what ground; then one twist: its age, a broken condition, or
 * another link to the country. */
enum { MEDIA = 5, PURPOSES = 6, RECIPIENTS = 5, GROUNDS = 8, AGES = 4, BROKEN = 11, PLACES = 2 };
/* Second block: duties kept or broken, on three grounds and four volumes; then one twist: a number,
 * a label, an hour, a source of addresses. */
enum { KEPT = 2, ASKERS = 3, VOLUMES = 4, NUMBERS = 13, LABELS = 9, HOURS = 7, SOURCES = 3 };

#define FIRST  ((size_t)MEDIA * PURPOSES * RECIPIENTS * GROUNDS * (AGES + BROKEN + PLACES))
#define SECOND ((size_t)KEPT * ASKERS * VOLUMES * (NUMBERS + LABELS + HOURS + SOURCES))

static const int32_t ages[AGES] = {1, 8, 18, 30}; /* months */
static const int32_t numbers[NUMBERS] = {0, 1, 2, 3, 4, 5, 7, 10, 14, 29, 30, 59, 60};
/* Conditions that may be broken, one at a time; the first is none. */
static const int16_t conditions[BROKEN] = {-1,
                                           LAW_FACT_OWN_SIMILAR,
                                           LAW_FACT_COLLECTED_IN_SALE,
                                           LAW_FACT_REFUSAL_OFFERED,
                                           LAW_FACT_TOLD_ADVERTISING,
                                           LAW_FACT_ROLE_RELEVANT,
                                           LAW_FACT_NO_MAIL_NOTE,
                                           LAW_FACT_REFUSED,
                                           LAW_FACT_APPROACHED,
                                           LAW_FACT_CONSENT_PROOF,
                                           LAW_FACT_CONSENT_REGISTERED};
static const int16_t kept_facts[] = {LAW_FACT_SENDER_NAMED,
                                     LAW_FACT_IDENTITY_FIRST,
                                     LAW_FACT_POSTAL_ADDRESS,
                                     LAW_FACT_CONTACT,
                                     LAW_FACT_ADVERT_MARKED,
                                     LAW_FACT_UNSUBSCRIBE,
                                     LAW_FACT_UNSUBSCRIBE_FREE,
                                     LAW_FACT_UNSUBSCRIBE_ELECTRONIC,
                                     LAW_FACT_UNSUBSCRIBE_SAME_MEDIUM,
                                     LAW_FACT_ONE_CLICK,
                                     LAW_FACT_HEADER_TRUE,
                                     LAW_FACT_SUBJECT_TRUE,
                                     LAW_FACT_MARKETING_STATED,
                                     LAW_FACT_DATA_SOURCE_STATED,
                                     LAW_FACT_REMOVAL_RIGHT_STATED,
                                     LAW_FACT_STATUTE_QUOTED,
                                     LAW_FACT_SPF,
                                     LAW_FACT_DKIM,
                                     LAW_FACT_DMARC,
                                     LAW_FACT_TLS,
                                     LAW_FACT_REVERSE_DNS,
                                     LAW_FACT_LIST_UNSUBSCRIBE,
                                     LAW_FACT_LIST_UNSUBSCRIBE_POST,
                                     LAW_FACT_DKIM_COVERS_UNSUBSCRIBE,
                                     LAW_FACT_ONE_CLICK_WORKS,
                                     LAW_FACT_IMPRINT,
                                     LAW_FACT_OWN_DOMAIN};

size_t law_space_size(void)
{
    return FIRST + SECOND;
}

/* A proper mailing to a person in the law's country, with consent. */
static void proper(const struct law *law, int32_t day, struct law_facts *f)
{
    law_facts_init(f);
    for (size_t i = 0; i < sizeof kept_facts / sizeof *kept_facts; i++)
        f->v[kept_facts[i]] = 1;
    for (int i = 1; i < BROKEN; i++)
        f->v[conditions[i]] = 1;
    f->v[LAW_FACT_NO_MAIL_NOTE] = f->v[LAW_FACT_REFUSED] = f->v[LAW_FACT_APPROACHED] = 0;
    f->v[LAW_FACT_MEDIUM] = LAW_EMAIL;
    f->v[LAW_FACT_PURPOSE] = LAW_COMMERCIAL;
    f->v[LAW_FACT_ADULT] = f->v[LAW_FACT_TRACKING] = f->v[LAW_FACT_HOLIDAY] = 0;
    f->v[LAW_FACT_POSTAL_LINK] = f->v[LAW_FACT_LABEL_SEEN] = 0;
    f->v[LAW_FACT_CONSENT_CONFIRMED] = 1;
    f->v[LAW_FACT_RECIPIENT] = LAW_PERSON;
    f->v[LAW_FACT_CONSENT] = LAW_BASIS_EXPRESS;
    f->v[LAW_FACT_CONSENT_DATE] = law_add_months(day, -1);
    f->v[LAW_FACT_REGISTER] = LAW_REG_CLEAR;
    f->v[LAW_FACT_ADDRESS_SOURCE] = LAW_SRC_FORM;
    f->v[LAW_FACT_VOLUME_DAY] = 6000;
    f->v[LAW_FACT_VOLUME_MONTH] = f->v[LAW_FACT_VOLUME_YEAR] = 20000;
    f->v[LAW_FACT_COMPLAINTS] = f->v[LAW_FACT_HONOUR_BUSINESS_DAYS] = 0;
    f->v[LAW_FACT_HONOUR_DAYS] = 0;
    f->v[LAW_FACT_UNSUBSCRIBE_DAYS] = 60;
    f->v[LAW_FACT_COUNTRY] = law->country;
    f->v[LAW_FACT_SENDER_COUNTRY] = f->v[LAW_FACT_ACCESS_COUNTRY] = law_code(SLICE("XX"));
    f->v[LAW_FACT_WEEKDAY] = 2;
    f->v[LAW_FACT_TIME] = 600;
    f->v[LAW_FACT_SENDS_TODAY] = 1;
    f->subject = SLICE("News");
    f->body = SLICE("Hello");
}

/* The next digit of a number in mixed bases. */
static int32_t digit(size_t *i, size_t base)
{
    int32_t d = (int32_t)(*i % base);
    *i /= base;
    return d;
}

static void first(size_t i, const struct law *law, int32_t day, struct law_facts *f)
{
    f->v[LAW_FACT_MEDIUM] = digit(&i, MEDIA);
    f->v[LAW_FACT_PURPOSE] = digit(&i, PURPOSES);
    f->v[LAW_FACT_RECIPIENT] = digit(&i, RECIPIENTS);
    f->v[LAW_FACT_CONSENT] = digit(&i, GROUNDS);
    if (i < AGES)
        f->v[LAW_FACT_CONSENT_DATE] = law_add_months(day, -ages[i]);
    else if (i < AGES + BROKEN) {
        int16_t broken = conditions[i - AGES];
        if (broken >= 0)
            f->v[broken] = !f->v[broken];
        if (f->v[LAW_FACT_REFUSED])
            f->v[LAW_FACT_REFUSED_DATE] = day - 9;
    } else {
        f->v[LAW_FACT_COUNTRY] = law_code(SLICE("XX"));
        f->v[i == AGES + BROKEN ? LAW_FACT_SENDER_COUNTRY : LAW_FACT_ACCESS_COUNTRY] = law->country;
    }
}

static void second_twist(size_t i, struct law_facts *f)
{
    static const char *const subjects[LABELS] = {
        "News",        "AD News",   "<ADV> News",
        "(광고) News", "[QC] News", "Publicidad: News",
        "פרסומת News", "广告 News", "News <ADV> AD (광고) [QC] publicidad פרסומת"};
    static const int16_t hours[HOURS][2] = {{2, 600}, {2, 180},  {5, 600}, {5, 1000},
                                            {6, 600}, {0, 1150}, {5, 180}};
    if (i < NUMBERS) {
        f->v[LAW_FACT_HONOUR_DAYS] = f->v[LAW_FACT_UNSUBSCRIBE_DAYS] = numbers[i];
        f->v[LAW_FACT_HONOUR_BUSINESS_DAYS] = f->v[LAW_FACT_SENDS_TODAY] = numbers[i];
        f->v[LAW_FACT_COMPLAINTS] = numbers[i] * 10;
        return;
    }
    i -= NUMBERS;
    if (i < LABELS) {
        f->subject = slice_str(subjects[i]);
        return;
    }
    i -= LABELS;
    if (i < HOURS) {
        f->v[LAW_FACT_WEEKDAY] = hours[i][0];
        f->v[LAW_FACT_TIME] = hours[i][1];
    } else
        f->v[LAW_FACT_ADDRESS_SOURCE] = LAW_SRC_BOUGHT + (int32_t)(i - HOURS);
}

static void second(size_t i, struct law_facts *f)
{
    static const int32_t grounds[ASKERS] = {LAW_BASIS_NONE, LAW_BASIS_EXPRESS, LAW_BASIS_CUSTOMER};
    static const int32_t days[VOLUMES] = {50, 100, 101, 6000};
    bool kept = digit(&i, KEPT) == 0;
    f->v[LAW_FACT_CONSENT] = grounds[digit(&i, ASKERS)];
    f->v[LAW_FACT_VOLUME_DAY] = days[digit(&i, VOLUMES)];
    f->v[LAW_FACT_VOLUME_MONTH] = f->v[LAW_FACT_VOLUME_YEAR] = f->v[LAW_FACT_VOLUME_DAY];
    second_twist(i, f);
    if (kept)
        return;
    for (size_t k = 0; k < sizeof kept_facts / sizeof *kept_facts; k++)
        f->v[kept_facts[k]] = 0;
    f->v[LAW_FACT_ADULT] = f->v[LAW_FACT_TRACKING] = f->v[LAW_FACT_HOLIDAY] = 1;
    f->v[LAW_FACT_REGISTER] = LAW_REG_NOT_CHECKED;
    f->v[LAW_FACT_CONSENT_CONFIRMED] = f->v[LAW_FACT_CONSENT_PROOF] = 0;
    f->v[LAW_FACT_POSTAL_LINK] = i % 2 == 1;
}

void law_space_at(size_t i, const struct law *law, int32_t day, struct law_facts *out)
{
    proper(law, day, out);
    if (i < FIRST)
        first(i, law, day, out);
    else
        second(i - FIRST, out);
}

static void word(const struct law_facts *f, enum law_fact fact, struct buf *out)
{
    buf_printf(out, "%s%s ", out->n ? ", " : "", law_fact_info(fact)->name);
    law_fact_text(fact, f->v[fact], out);
}

void law_space_text(size_t i, struct buf *out)
{
    static const int16_t shown[] = {LAW_FACT_MEDIUM, LAW_FACT_PURPOSE, LAW_FACT_RECIPIENT,
                                    LAW_FACT_CONSENT, LAW_FACT_CONSENT_DATE};
    static const struct law nobody;
    struct law_facts f, base;
    int32_t day = 20778; /* texts of situations name no day of their own */
    law_space_at(i, &nobody, day, &f);
    proper(&nobody, day, &base);
    buf_reset(out);
    for (size_t k = 0; k + 1 < sizeof shown / sizeof *shown; k++)
        word(&f, (enum law_fact)shown[k], out);
    for (int k = 0; k < LAW_FACTS; k++) {
        bool named = k == LAW_FACT_CONSENT_DATE || k == LAW_FACT_REFUSED_DATE;
        for (size_t s = 0; s < sizeof shown / sizeof *shown; s++)
            named |= shown[s] == k;
        if (!named && f.v[k] != base.v[k] && law_fact_info((enum law_fact)k)->type != LAW_CODE &&
            i < FIRST)
            word(&f, (enum law_fact)k, out);
    }
    if (i >= FIRST)
        buf_printf(out, ", subject \"%.*s\", duties %s", SLICE_ARG(f.subject),
                   f.v[LAW_FACT_SENDER_NAMED] ? "kept" : "broken");
}
