/* law: the shipped profiles load, errors are one line each, versions by date. */
#include "law/profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct law_library *shipped(void)
{
    struct law_library *lib = NULL;
    struct buf errors = BUF_INIT(65536);
    struct err e = {0};
    int rc = law_library_open(&lib, &errors, &e);
    if (rc < 0)
        print_message("%s\n%s", e.text, buf_cstr(&errors));
    assert_int_equal(rc, 0);
    buf_fini(&errors);
    return lib;
}

static void test_shipped(void **state)
{
    (void)state;
    struct law_library *lib = shipped();
    size_t laws = 0, terms = 0;
    const char *before = "";
    for (size_t i = 0; i < law_count(lib); i++) {
        const struct law *law = law_get(lib, i);
        if (strcmp(before, law_code_of(law)) != 0)
            *(law_kind_of(law) <= LAW_KIND_FLOOR ? &laws : &terms) += 1;
        before = law_code_of(law);
    }
    assert_int_equal(laws, 74);
    assert_int_equal(terms, 8);
    law_library_free(lib);
}

static int32_t day(const char *text)
{
    int32_t d = 0;
    assert_true(law_date(slice_str(text), &d));
    return d;
}

static void test_versions(void **state)
{
    (void)state;
    static const struct {
        const char *code, *at, *version;
    } cases[] = {{"CA", "2014-06-30", NULL},
                 {"CA", "2014-07-01", "casl-2014"},
                 {"CA", "2017-06-30", "casl-2014"},
                 {"CA", "2017-07-01", "casl-2017"},
                 {"GB", "2026-02-04", "pecr-2003"},
                 {"gb", "2026-02-05", "pecr-2026"},
                 {"JP", "2008-11-30", "specified-mail-2002"},
                 {"JP", "2008-12-01", "specified-mail-2008"}};
    struct law_library *lib = shipped();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct law *law = law_at(lib, slice_str(cases[i].code), day(cases[i].at));
        if (!cases[i].version)
            assert_null(law);
        else {
            assert_non_null(law);
            assert_string_equal(law_version_of(law), cases[i].version);
        }
    }
    /* a member without a profile falls to its floor; a country of which nothing is known to none */
    assert_string_equal(law_code_of(law_for_country(lib, law_code(SLICE("PT")), day("2026-11-21"))),
                        "EU");
    assert_null(law_for_country(lib, law_code(SLICE("XX")), day("2026-11-21")));
    assert_null(law_for_country(lib, law_code(SLICE("CA")), day("2014-06-30")));
    law_library_free(lib);
}

/* What is printed reads back to the same. */
static void test_print(void **state)
{
    (void)state;
    struct law_library *lib = shipped();
    struct arena *a = arena_new(0);
    struct buf one = BUF_INIT(1 << 20), two = BUF_INIT(1 << 20), errors = BUF_INIT(65536);
    for (size_t i = 0; i < law_count(lib); i++) {
        struct law **laws;
        size_t n;
        buf_reset(&one);
        buf_reset(&two);
        law_print(law_get(lib, i), &one);
        if (law_parse(a, buf_slice(&one), "printed", &errors, &laws, &n) < 0)
            fail_msg("%s", buf_cstr(&errors));
        assert_int_equal(n, 1);
        law_print(laws[0], &two);
        assert_true(slice_eq(buf_slice(&one), buf_slice(&two)));
    }
    buf_fini(&one);
    buf_fini(&two);
    buf_fini(&errors);
    arena_free(a);
    law_library_free(lib);
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"law X \"1\" {\n kind = persn\n name = \"x\"\n}\n",
         "t.law:2: kind: \"persn\" is none of: law floor provider standard certification code "
         "operator "
         "person; did you mean \"person\"?\n"},
        {"law X \"1\" {\n kind = person\n name = \"x\"\n consent {\n  modle = opt_in\n }\n}\n",
         "t.law:5: consent.modle: no field is called so; did you mean \"model\"?\n"},
        {"law X \"1\" {\n kind = person\n name = \"x\"\n consnt {\n  model = opt_in\n }\n}\n",
         "t.law:4: consnt: no block is called so; did you mean \"consent\"?\n"},
        {"law X \"1\" {\n kind = person\n name = \"x\"\n unsubscribe {\n honour_within = ten\n "
         "}\n}\n",
         "t.law:5: unsubscribe.honour_within: \"ten\" is not a whole number\n"},
        {"law X \"1\" {\n kind = person\n name = \"x\"\n from = 2024-02-30\n}\n",
         "t.law:4: from: \"2024-02-30\" is not a day as 2026-11-21\n"},
        {"law X \"1\" {\n kind = person\n name = \"x\"\n rule \"r\" {\n text = \"t\"\n"
         " need = \"trackng = no\"\n }\n}\n",
         "t.law:6: rule.need: no fact is called \"trackng\"; did you mean \"tracking\"?\n"},
        {"law X \"1\" {\n kind = person\n name = \"x\"\n rule \"r\" {\n text = \"t\"\n"
         " need = \"adult < yes\"\n }\n}\n",
         "t.law:6: rule.need: adult: only = and != make sense here\n"},
        {"law X \"1\" {\n name = \"x\"\n}\n", "t.law:1: kind: is missing in law \"X\"\n"},
        {"nonsense\n", "t.law:1: \"law\" is wanted here, not \"nonsense\"\n"},
        {"law X \"1\" {\n kind = person\n name = \"x\n}\n",
         "t.law:3: a text is not closed with \"\n"},
        {"law X \"1\" {\n kind = person\n name = \"x\"\n label {\n required = yes\n }\n}\n",
         "t.law:5: label.tokens: a label is asked for, but which?\n"},
        {"law X \"1\" {\n kind = person\n name = \"x\"\n from = 2025-01-01\n until = "
         "2024-01-01\n}\n",
         "t.law:5: until: is not after from\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct law_library *lib = law_library_new();
        struct buf errors = BUF_INIT(65536);
        struct err e = {0};
        assert_int_equal(law_library_add(lib, slice_str(cases[i].text), "t.law", &errors, &e),
                         ERR_PARSE);
        assert_string_equal(buf_cstr(&errors), cases[i].says);
        assert_int_equal(law_count(lib), 0);
        buf_fini(&errors);
        law_library_free(lib);
    }
}

/* A law leaves nothing out; each field that is not written is one line. */
static void test_written(void **state)
{
    (void)state;
    struct law_library *lib = law_library_new();
    struct buf errors = BUF_INIT(65536);
    struct err e = {0};
    struct slice rest, line;
    int n = 0, must = 0;
    assert_int_equal(law_library_add(lib, SLICE("law XX \"1\" {\n kind = law\n name = \"x\"\n}\n"),
                                     "t.law", &errors, &e),
                     ERR_PARSE);
    for (rest = buf_slice(&errors); slice_line(&rest, &line); n++)
        assert_true(slice_starts(line, SLICE("t.law:1: ")));
    for (int f = 0; f < LAW_FIELDS; f++)
        must += law_field_info((enum law_field)f)->use != LAW_USE_FREE;
    assert_int_equal(n, must - 2);
    buf_fini(&errors);
    law_library_free(lib);
}

/* Two versions must not hold on one day. */
static void test_clash(void **state)
{
    (void)state;
    struct law_library *lib = law_library_new();
    struct buf errors = BUF_INIT(65536);
    struct err e = {0};
    assert_int_equal(
        law_library_add(
            lib, SLICE("law X \"1\" {\n kind = person\n name = \"x\"\n until = 2025-01-01\n}"),
            "a.law", &errors, &e),
        0);
    assert_int_equal(
        law_library_add(
            lib, SLICE("law X \"2\" {\n kind = person\n name = \"x\"\n from = 2024-12-31\n}"),
            "b.law", &errors, &e),
        ERR_PARSE);
    assert_string_equal(buf_cstr(&errors),
                        "b.law:1: from: law \"X\" \"2\" holds on the same days as "
                        "\"1\" (a.law:1)\n");
    assert_int_equal(
        law_library_add(
            lib, SLICE("law X \"2\" {\n kind = person\n name = \"x\"\n from = 2025-01-01\n}"),
            "b.law", NULL, &e),
        0);
    assert_int_equal(law_count(lib), 2);
    buf_fini(&errors);
    law_library_free(lib);
}

/* docs/law.md holds the reference as the tables have it. */
static void test_reference(void **state)
{
    (void)state;
    struct buf page = BUF_INIT(1 << 20), ref = BUF_INIT(1 << 20);
    char path[4096];
    snprintf(path, sizeof path, "%s/docs/law.md", getenv("MUSTER_SOURCE"));
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    for (size_t room = 1, n = 1; n && room;) {
        char *to = buf_reserve(&page, 65536, &room);
        n = fread(to, 1, room, in);
        buf_wrote(&page, n);
    }
    fclose(in);
    law_reference(&ref);
    assert_true(slice_find(buf_slice(&page), buf_slice(&ref)) != SIZE_MAX);
    buf_fini(&page);
    buf_fini(&ref);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped),   cmocka_unit_test(test_versions),
        cmocka_unit_test(test_print),     cmocka_unit_test(test_errors),
        cmocka_unit_test(test_written),   cmocka_unit_test(test_clash),
        cmocka_unit_test(test_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
