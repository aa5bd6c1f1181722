/* law: facts from text and JSON, the calendar that laws count in, words and their numbers. */
#include "base/arena.h"
#include "base/json.h"
#include "law/profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static int32_t day(const char *text)
{
    int32_t d = 0;
    assert_true(law_date(slice_str(text), &d));
    return d;
}

static void test_calendar(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        int32_t months;
    } months[] = {{"2024-11-21", "2026-11-21", 24}, {"2024-08-31", "2025-02-28", 6},
                  {"2023-08-31", "2024-02-29", 6},  {"2024-02-29", "2025-02-28", 12},
                  {"2026-01-15", "2025-12-15", -1}, {"1999-12-31", "2000-01-31", 1}};
    static const struct {
        const char *from, *to;
        int32_t n;
    } business[] = {{"2026-11-06", "2026-11-20", 10},
                    {"2026-11-07", "2026-11-09", 1},
                    {"2026-11-08", "2026-11-09", 1},
                    {"2026-11-06", "2026-11-06", 0},
                    {"2026-11-06", "2026-11-09", 1}};
    static const char *const wrong[] = {"2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1",
                                        "26-01-01",   "2026/01/01", "",           "1899-12-31"};
    char text[16];
    int32_t d;
    assert_int_equal(day("1970-01-01"), 0);
    assert_int_equal(day("2026-11-22"), 20779);
    assert_int_equal(law_weekday(day("2026-11-22")), 6); /* a Sunday */
    for (int32_t k = day("1900-01-01"); k <= day("2199-12-31"); k += 13)
        assert_int_equal(day(law_date_text(k, text)), k);
    for (size_t i = 0; i < sizeof months / sizeof *months; i++)
        assert_int_equal(law_add_months(day(months[i].from), months[i].months), day(months[i].to));
    for (size_t i = 0; i < sizeof business / sizeof *business; i++)
        assert_int_equal(law_add_business_days(day(business[i].from), business[i].n),
                         day(business[i].to));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(law_date(slice_str(wrong[i]), &d));
    assert_int_equal(law_day_of(-1), -1);
    assert_int_equal(law_day_of(INT64_C(86400000000)), 1);
}

static void test_values(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value, *shown, *says;
    } cases[] = {
        {"consent", "express", "express", NULL},
        {"consent", "Customer", "customer", NULL},
        {"consent", "", "unknown", NULL},
        {"consent", "expres", NULL, "consent: \"expres\" is none"},
        {"consent_date", "2024-05-01", "2024-05-01", NULL},
        {"consent_date", "1.5.2024", NULL, "a day as"},
        {"volume_day", "5000", "5000", NULL},
        {"volume_day", "-1", NULL, "whole number"},
        {"volume_day", "99999999999", NULL, "whole number"},
        {"adult", "true", "yes", NULL},
        {"adult", "maybe", NULL, "yes, no or unknown"},
        {"time", "07:30", "07:30", NULL},
        {"time", "24:01", NULL, "a time as"},
        {"country", "de", "DE", NULL},
        {"country", "D1", NULL, "two letters"},
        {"consnt", "x", NULL, "did you mean \"consent\"?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct law_facts f;
        struct err e = {0};
        struct buf shown = BUF_INIT(64);
        law_facts_init(&f);
        int rc = law_fact_set(&f, slice_str(cases[i].name), slice_str(cases[i].value), &e);
        assert_int_equal(rc, cases[i].says ? ERR_PARSE : 0);
        if (cases[i].says)
            assert_non_null(strstr(e.text, cases[i].says));
        else {
            int fact = law_fact_find(slice_str(cases[i].name));
            law_fact_text((enum law_fact)fact, f.v[fact], &shown);
            assert_string_equal(buf_cstr(&shown), cases[i].shown);
        }
        buf_fini(&shown);
    }
}

static void test_json(void **state)
{
    (void)state;
    static const struct {
        const char *json, *says;
    } wrong[] = {{"{\"consent\": 1.5}", "broken number"},
                 {"{\"consent\": [1]}", "a list"},
                 {"[1]", "an object"},
                 {"{\"adult\": false, \"adult\": true}", "duplicate"},
                 {"{\"adlt\": false}", "did you mean \"adult\"?"},
                 {"{\"subject\": 5}", "a text is wanted"}};
    struct arena *a = arena_new(0);
    struct law_facts f, again;
    struct err e = {0};
    struct buf out = BUF_INIT(4096);
    struct json j = JSON_INIT(&out);
    law_facts_init(&f);
    assert_int_equal(law_facts_read(a,
                                    SLICE("{\"consent\": \"express\", \"volume_day\": 12, "
                                          "\"adult\": false, \"tls\": null, \"subject\": \"A\"}"),
                                    &f, &e),
                     0);
    assert_int_equal(f.v[LAW_FACT_CONSENT], LAW_BASIS_EXPRESS);
    assert_int_equal(f.v[LAW_FACT_VOLUME_DAY], 12);
    assert_int_equal(f.v[LAW_FACT_ADULT], 0);
    assert_int_equal(f.v[LAW_FACT_TLS], LAW_UNKNOWN);
    assert_true(slice_eq(f.subject, SLICE("A")));
    jsonw_object(&j, NULL);
    law_facts_json(&f, &j);
    jsonw_object_end(&j);
    law_facts_init(&again);
    assert_int_equal(law_facts_read(a, buf_slice(&out), &again, &e), 0);
    assert_memory_equal(f.v, again.v, sizeof f.v);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        again = f;
        assert_int_equal(law_facts_read(a, slice_str(wrong[i].json), &again, &e), ERR_PARSE);
        if (!strstr(e.text, wrong[i].says))
            fail_msg("%s: %s", wrong[i].json, e.text);
        assert_memory_equal(f.v, again.v, sizeof f.v); /* untouched on failure */
    }
    buf_fini(&out);
    arena_free(a);
}

/* The enumerations of the code follow the words of the tables. */
static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        enum law_fact fact;
        int number;
        const char *word;
    } facts[] = {{LAW_FACT_MEDIUM, LAW_VOICE, "voice"},
                 {LAW_FACT_PURPOSE, LAW_CONSENT_REQUEST, "consent_request"},
                 {LAW_FACT_PURPOSE, LAW_PERSONAL, "personal"},
                 {LAW_FACT_RECIPIENT, LAW_EMPLOYEE, "employee"},
                 {LAW_FACT_RECIPIENT, LAW_IMPERSONAL, "impersonal"},
                 {LAW_FACT_CONSENT, LAW_BASIS_MEMBER, "member"},
                 {LAW_FACT_CONSENT, LAW_BASIS_GIVEN, "given"},
                 {LAW_FACT_REGISTER, LAW_REG_NOT_CHECKED, "not_checked"},
                 {LAW_FACT_ADDRESS_SOURCE, LAW_SRC_GENERATED, "generated"}};
    static const struct {
        enum law_field field;
        int number;
        const char *word;
    } fields[] = {{LAW_F_KIND, LAW_KIND_PERSON, "person"},
                  {LAW_F_STATUS, LAW_ST_NOT_YET, "enacted_not_in_force"},
                  {LAW_F_CONFIDENCE, LAW_HIGH, "high"},
                  {LAW_F_MODEL, LAW_M_MIXED, "mixed"},
                  {LAW_F_SOFT_REQUIRES, LAW_SOFT_TOLD, "told"},
                  {LAW_F_PUBLISHED, LAW_WORK_RELATED, "work_related"},
                  {LAW_F_DOUBLE_OPT_IN, LAW_D_DE_FACTO, "de_facto"},
                  {LAW_F_REGISTER, LAW_RK_CONSENTS, "consents"},
                  {LAW_F_POSTAL, LAW_P_SITE, "on_site_only"},
                  {LAW_F_LABEL_POSITION, LAW_POS_ANY, "anywhere"},
                  {LAW_F_LABEL_SCOPE, LAW_SC_ADULT, "adult"},
                  {LAW_F_HONOUR_UNIT, LAW_U_IMMEDIATE, "immediate"},
                  {LAW_F_SOLE, LAW_AS_COMPANY, "company"}};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        assert_true(slice_eq(law_word(law_fact_info(facts[i].fact)->words, facts[i].number),
                             slice_str(facts[i].word)));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        assert_true(slice_eq(law_word(law_field_info(fields[i].field)->words, fields[i].number),
                             slice_str(fields[i].word)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_calendar),
                                       cmocka_unit_test(test_values), cmocka_unit_test(test_json),
                                       cmocka_unit_test(test_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
