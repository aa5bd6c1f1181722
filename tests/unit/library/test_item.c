/* library/item: bodies are checked with the field's name, and read back. */
#include "library/item.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define GOOD "\"title\":\"T\",\"summary\":\"S\",\"topics\":[\"technology\"],\"kind\":\"tool\""

static void checks(void **state)
{
    (void)state;
    static const struct {
        enum library_kind kind;
        const char *body, *says; /* NULL: it is good */
    } cases[] = {
        {LIBRARY_RESOURCE, "{" GOOD "}", NULL},
        {LIBRARY_RESOURCE, "{" GOOD ",\"url\":\"https://example.org/a?b=c\",\"year\":2020}", NULL},
        {LIBRARY_RESOURCE, "{" GOOD ",\"year\":null}", NULL},
        {LIBRARY_RESOURCE, "[]", "the body:"},
        {LIBRARY_RESOURCE, "{}", "title: is missing"},
        {LIBRARY_RESOURCE, "{\"title\":\" \",\"summary\":\"S\",\"topics\":[],\"kind\":\"law\"}",
         "title: is empty"},
        {LIBRARY_RESOURCE, "{\"title\":\"T\",\"summary\":\"S\",\"topics\":[],\"kind\":\"law\"}",
         NULL},
        {LIBRARY_RESOURCE,
         "{\"title\":\"T\",\"summary\":\"S\",\"topics\":[\"x\"],\"kind\":\"law\"}",
         "topics: \"x\" is none of: regulation"},
        {LIBRARY_RESOURCE, "{" GOOD ",\"kind2\":1}", "kind2: there is no such field"},
        {LIBRARY_RESOURCE, "{" GOOD ",\"url\":\"javascript:alert(1)\"}", "url: must begin"},
        {LIBRARY_RESOURCE, "{" GOOD ",\"url\":\"http:///x\"}", "url: must begin"},
        {LIBRARY_RESOURCE, "{" GOOD ",\"url\":\"https://bank.example@evil.example/\"}",
         "url: names a user"},
        {LIBRARY_RESOURCE, "{" GOOD ",\"url\":\"https://a/\\\"onclick\"}", "url: has a character"},
        {LIBRARY_RESOURCE, "{" GOOD ",\"url\":7}", "url: a text is expected"},
        {LIBRARY_RESOURCE, "{" GOOD ",\"country\":\"Brazil\"}", "country: is not a code"},
        {LIBRARY_RESOURCE, "{" GOOD ",\"year\":\"2020\"}", "year: is not a number"},
        {LIBRARY_RESOURCE, "{" GOOD ",\"publisher\":\"a\\u202Eb\"}", "publisher: has control"},
        {LIBRARY_RESOURCE, "{" GOOD ",\"publisher\":\"a\\u0000b\"}", "publisher: has control"},
        {LIBRARY_RESOURCE, "{" GOOD ",\"languages\":\"en\"}", "languages: a list"},
        {LIBRARY_TRANSLATION,
         "{\"of\":\"abc\",\"language\":\"fr\",\"title\":\"T\",\"summary\":\"S\","
         "\"origin\":\"draft\"}",
         NULL},
        {LIBRARY_TRANSLATION,
         "{\"of\":\"../x\",\"language\":\"fr\",\"title\":\"T\",\"summary\":\"S\","
         "\"origin\":\"draft\"}",
         "of: is not the id"},
        {LIBRARY_PATH,
         "{\"title\":\"T\",\"summary\":\"S\",\"topics\":[\"technology\"],\"role\":\"end user\","
         "\"problem\":\"P\",\"steps\":[{\"why\":\"x\"}]}",
         "do: is missing"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct err e = {0};
        json_t *j = json_loads(cases[i].body, JSON_ALLOW_NUL, NULL);
        assert_non_null(j);
        int rc = library_item_check(cases[i].kind, j, &e);
        bool as_said = cases[i].says ? rc == ERR_USAGE && strstr(e.text, cases[i].says) : rc == 0;
        if (!as_said)
            fail_msg("%s gave %d \"%s\"", cases[i].body, rc, e.text);
        json_decref(j);
    }
}

static void reads(void **state)
{
    (void)state;
    json_t *j = json_loads("{" GOOD ",\"country\":\"BR\",\"languages\":[\"pt\",\"en\",\"pt\"],"
                           "\"audiences\":[\"end user\",\"trainer\"],\"level\":\"national\"}",
                           0, NULL);
    struct library_item item;
    char room[4];
    library_item_read(LIBRARY_RESOURCE, j, &item);
    assert_int_equal(item.topics, 1u << library_value(FACET_TOPIC, SLICE("technology")));
    assert_int_equal(item.n_languages, 2);
    assert_string_equal(library_word(FACET_LANGUAGE, item.languages[0], room), "pt");
    assert_string_equal(library_word(FACET_COUNTRY, item.countries[0], room), "BR");
    assert_int_equal(library_region(item.countries[0]),
                     library_value(FACET_REGION, SLICE("americas")));
    assert_int_equal(item.level, library_value(FACET_LEVEL, SLICE("national")));
    assert_true(slice_eq(item.language, SLICE("en")));
    json_decref(j);
}

static void ids(void **state)
{
    (void)state;
    assert_true(library_id_ok(SLICE("a-b-3")));
    assert_true(library_id_ok(SLICE("abc~fr")));
    static const char *const bad[] = {"",    "ab",  "a--b",  "-abc",   "abc-",      "Abc",
                                      "a/b", "a.b", "abc~f", "abc~f1", "abc~fr~fr", "~fr"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(library_id_ok(slice_str(bad[i])));
}

/* Every word of a vocabulary has a label, and subjects where they are searched for. */
static void vocabularies(void **state)
{
    (void)state;
    for (int f = 0; f < FACETS; f++) {
        const char *const *words = library_words((enum library_facet)f);
        assert_int_equal(library_facet_of(slice_str(library_facet_name((enum library_facet)f))), f);
        for (int i = 0; words && words[i]; i++) {
            assert_non_null(library_labels((enum library_facet)f)[i]);
            assert_int_equal(library_value((enum library_facet)f, slice_str(words[i])), i);
            if (f == FACET_TOPIC || f == FACET_AUDIENCE || f == FACET_TYPE)
                assert_non_null(library_subject((enum library_facet)f, i));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(checks), cmocka_unit_test(reads),
                                       cmocka_unit_test(ids), cmocka_unit_test(vocabularies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
