/* Lists of recipients: titles, values, dates, countries, clocks. */
#include "law/recipients.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static const struct {
    const char *text, *code;
} countries[] = {{"DE", "DE"},          {"de", "DE"},           {"DEU", "DE"},
                 {"Germany", "DE"},     {"Deutschland", "DE"},  {"ALLEMAGNE", "DE"},
                 {"Niemcy", "DE"},      {"Alemania", "DE"},     {"Германия", "DE"},
                 {"ドイツ", "DE"},      {"德国", "DE"},         {"UK", "GB"},
                 {"U.S.A.", "US"},      {"South Africa", "ZA"}, {"Südafrika", "ZA"},
                 {"Suid-Afrika", "ZA"}, {"Canadá", "CA"},       {"Côte d'Ivoire", "CI"},
                 {"Viet Nam", "VN"},    {"Türkiye", "TR"},      {"한국", "KR"},
                 {"대한민국", "KR"},    {"Nowhere", NULL},      {"", NULL},
                 {"X1", NULL}};

static void country(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++) {
        int32_t want = countries[i].code ? law_code(slice_str(countries[i].code)) : 0;
        if (country_find(slice_str(countries[i].text)) != want)
            fail_msg("\"%s\" is not %s", countries[i].text,
                     countries[i].code ? countries[i].code : "unknown");
    }
    assert_string_equal(country_name(law_code(SLICE("ZA"))), "South Africa");
    assert_string_equal(country_name(law_code(SLICE("EU"))), "EU");
}

static const struct {
    const char *zone;
    int64_t at;
    int low, high;
} clocks[] = {
    {"CO", 1763805600, -300, -300}, /* 2025-11-22 10:00 UTC */
    {"DE", 1763805600, 60, 60},
    {"DE", 1752000000, 120, 120}, /* July */
    {"DE", 1774745999, 60, 60},   /* 2026-03-29 00:59:59 UTC: a second before */
    {"DE", 1774746000, 120, 120},
    {"Europe/Berlin", 1792889999, 120, 120},
    {"Europe/Berlin", 1792890000, 60, 60},        /* 2026-10-25 01:00 UTC */
    {"America/New_York", 1772953199, -300, -300}, /* 2026-03-08 06:59:59 UTC */
    {"America/New_York", 1772953200, -240, -240},
    {"America/New_York", 1793512799, -240, -240}, /* 2026-11-01 05:59:59 UTC */
    {"America/New_York", 1793512800, -300, -300},
    {"US", 1763805600, -600, -240},
    {"+02:00", 0, 120, 120},
    {"UTC-5", 0, -300, -300},
    {"utc+5:30", 0, 330, 330},
    {"-0330", 0, -210, -210},
    {"Z", 0, 0, 0},
};

static void zones(void **state)
{
    (void)state;
    struct zone_range r;
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        struct slice name = slice_str(clocks[i].zone);
        bool ok = name.n == 2 ? zone_of_country(law_code(name), clocks[i].at, &r)
                              : zone_of_name(name, clocks[i].at, &r);
        if (!ok || r.low != clocks[i].low || r.high != clocks[i].high)
            fail_msg("%s at %lld: %d to %d", clocks[i].zone, (long long)clocks[i].at, r.low,
                     r.high);
    }
    static const char *const none[] = {"", "+", "+25:00", "Mars/Olympus", "UTC+x", "+1:75", "2"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(zone_of_name(slice_str(none[i]), 0, &r));
    assert_false(zone_of_country(0, 0, &r));
}

static const struct {
    const char *text;
    enum date_order order;
    int rc;
    const char *day;
} dates[] = {{"2024-05-01", DATES_UNKNOWN, 1, "2024-05-01"},
             {"2024-05-01T10:00:00Z", DATES_UNKNOWN, 1, "2024-05-01"},
             {"2024-05-01 10:00:00", DATES_UNKNOWN, 1, "2024-05-01"},
             {"2024/5/1", DATES_UNKNOWN, 1, "2024-05-01"},
             {"20240501", DATES_UNKNOWN, 1, "2024-05-01"},
             {"1.5.2024", DATES_UNKNOWN, 1, "2024-05-01"},
             {"01. 05. 2024", DATES_UNKNOWN, 1, "2024-05-01"},
             {"13/05/2024", DATES_UNKNOWN, 1, "2024-05-13"},
             {"05/13/2024", DATES_UNKNOWN, 1, "2024-05-13"},
             {"05/05/2024", DATES_UNKNOWN, 1, "2024-05-05"},
             {"01/05/2024", DATES_UNKNOWN, -1, NULL},
             {"01/05/2024", DATES_DMY, 1, "2024-05-01"},
             {"01/05/2024", DATES_MDY, 1, "2024-01-05"},
             {"31-12-2023", DATES_UNKNOWN, 1, "2023-12-31"},
             {"2023-02-29", DATES_UNKNOWN, 0, NULL},
             {"99/99/2024", DATES_UNKNOWN, 0, NULL},
             {"1/5/24", DATES_UNKNOWN, 0, NULL},
             {"soon", DATES_UNKNOWN, 0, NULL},
             {"2024", DATES_UNKNOWN, 0, NULL},
             {"", DATES_UNKNOWN, 0, NULL},
             {"00000000", DATES_UNKNOWN, 0, NULL},
             {"12345-01-01", DATES_UNKNOWN, 0, NULL}};

static void days(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        int32_t day = 0;
        char text[16];
        int rc = day_read(slice_str(dates[i].text), dates[i].order, &day);
        if (rc != dates[i].rc || (rc == 1 && strcmp(law_date_text(day, text), dates[i].day)))
            fail_msg("\"%s\": %d", dates[i].text, rc);
    }
}

static long give(void *arg, char *p, size_t n)
{
    struct slice *rest = arg;
    if (n > rest->n)
        n = rest->n;
    memcpy(p, rest->p, n);
    *rest = slice_from(*rest, n);
    return (long)n;
}

/* Reads a list and returns the facts of its row as "fact=value fact=value". */
static void facts_of(struct arena *a, const char *list, const char *map, int64_t send_at,
                     struct buf *out)
{
    struct slice rest = slice_str(list);
    struct csv *csv = csv_new(give, &rest);
    struct csv_row row;
    struct columns c;
    struct recipient r;
    struct law_facts none;
    struct err e;
    law_facts_init(&none);
    buf_reset(out);
    assert_true(csv_next(csv, &row));
    if (columns_map(a, &row, slice_str(map), &e, &c) < 0) {
        buf_str(out, e.text);
    } else {
        c.send_at = send_at;
        if (c.has_titles)
            assert_true(csv_next(csv, &row));
        const char *broken = columns_read(&c, &row, &none, &r);
        if (broken)
            buf_str(out, broken);
        for (int f = 0; !broken && f < LAW_FACTS; f++) {
            if (r.facts.v[f] == LAW_UNKNOWN)
                continue;
            buf_printf(out, "%s%s=", out->n ? " " : "", law_fact_info((enum law_fact)f)->name);
            law_fact_text((enum law_fact)f, r.facts.v[f], out);
        }
        for (size_t i = 0; i < c.n; i++) {
            if (c.of[i].bad)
                buf_printf(out, " bad:%s", column_use_name(&c.of[i]));
            if (c.of[i].twofold)
                buf_printf(out, " twofold:%s", column_use_name(&c.of[i]));
        }
        if (!broken && r.is_date_least)
            buf_str(out, " least");
    }
    csv_free(csv);
}

static const struct {
    const char *list, *map, *facts;
} lists[] = {
    {"email,country,consent,consent_date\na@b.example,DE,express,2024-05-01\n", "",
     "country=DE consent=express consent_date=2024-05-01"},
    {"E-Mail-Adresse;Land;Einwilligung;Einwilligung am\na@b.example;Österreich;ja;1.5.2024\n", "",
     "country=AT consent=express consent_date=2024-05-01"},
    {"Courriel;Pays;Dernier achat;Type de client\na@b.example;Belgique;31/12/2024;Entreprise\n", "",
     "country=BE recipient=company consent=customer consent_date=2024-12-31"},
    {"email,countryCode,customer_since\na@b.example,ca,2020-01-01\n", "",
     "country=CA consent=customer consent_date=2020-01-01 least"},
    {"email,country,optin\na@b.example,PL,double opt-in\n", "",
     "country=PL consent=express consent_confirmed=yes"},
    {"email,country,unsubscribed\na@b.example,US,yes\n", "", "country=US refused=yes"},
    {"email,country,consent,consent date\na@b.example,US,perhaps,01/05/2024\n", "",
     "country=US bad:consent twofold:consent_date"},
    {"email,country\na@b.example,Atlantis\n", "", " bad:country"},
    {"email,country\na@b.example\n", "", "it has fewer columns than the titles"},
    {"mail,wo,seit\na@b.example,ZA,2024-01-01\n", "wo=country,seit=last_purchase",
     "country=ZA consent=customer consent_date=2024-01-01"},
    {"a@b.example,ZA,2024-01-01\n", "2=country,3=consent_date",
     "country=ZA consent_date=2024-01-01"},
    {"mail,wo\na@b.example,ZA\n", "",
     "no column is the recipient's country; name it with --columns "
     "TITLE=country"},
    {"mail,wo\na@b.example,ZA\n", "wo=contry",
     "a column can't be 'contry'; did you mean 'country'?"},
    {"mail,wo\na@b.example,ZA\n", "we=country", "there is no column 'we'"},
    {"email,country,time zone\na@b.example,CO,\n", "", "country=CO weekday=sat time=05:00"},
    {"email,country,time zone\na@b.example,US,\n", "", "country=US weekday=sat"},
    {"email,country,time zone\na@b.example,US,America/New_York\n", "",
     "country=US weekday=sat time=05:00"},
    {"email,country,newsletter,last order\na@b.example,DE,no,2026-01-01\n", "",
     "country=DE consent=customer consent_date=2026-01-01"},
    {"email,country,last purchase,inquiry date\na@b.example,CA,,2026-01-01\n", "",
     "country=CA consent=inquiry consent_date=2026-01-01"},
};

static void rows(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf out = BUF_INIT(4096);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        facts_of(a, lists[i].list, lists[i].map,
                 strstr(lists[i].list, "time zone") ? 1763805600 : INT64_MIN, &out);
        if (strcmp(buf_cstr(&out), lists[i].facts))
            fail_msg("list %zu: \"%s\"\n expected \"%s\"", i, buf_cstr(&out), lists[i].facts);
    }
    buf_fini(&out);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(country), cmocka_unit_test(zones),
                                       cmocka_unit_test(days), cmocka_unit_test(rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
