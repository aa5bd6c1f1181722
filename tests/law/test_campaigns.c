/* The mailings of campaigns.txt: each classified as written, each violation with clause and repair,
 * and without violation once the named repair is done. */
#include "law/facts_file.h"
#include "law/preflight.h"

#include "base/arena.h"
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <jansson.h>
#include <cmocka.h>

static struct law_library *laws;

static struct slice file(struct arena *a, const char *name, struct slice stem, const char *end)
{
    const char *root = getenv("MUSTER_SOURCE");
    struct slice path = arena_printf(a, "%s/tests/law/%s%.*s%s", root ? root : ".", name,
                                     SLICE_ARG(stem), end);
    FILE *f = fopen(arena_cstr(a, path), "rb");
    if (f == NULL)
        fail_msg("%.*s is not there", SLICE_ARG(path));
    char *p = arena_bytes(a, 256 * 1024);
    size_t n = fread(p, 1, 256 * 1024, f);
    fclose(f);
    return slice_of(p, n);
}

/* The report of one mailing to one country, as JSON. */
static json_t *ask(struct arena *a, struct slice mail, struct slice facts, struct slice country)
{
    struct law_facts stated, all;
    struct sender_record sender = {0};
    struct message_facts read;
    struct err e = {0};
    law_facts_init(&stated);
    if (facts_file_read(a, file(a, "campaigns/", facts, ".json"), &e, &stated, &sender) < 0)
        fail_msg("%.*s: %s", SLICE_ARG(facts), e.text);
    struct message_facts_in in = {.arena = a,
                                  .m = message_parse(a, file(a, "campaigns/", mail, ".eml"), NULL),
                                  .sender = &sender,
                                  .is_mailing = true};
    message_facts_read(&in, &read);
    all = stated;
    message_facts_into(&read, &all);
    struct preflight_in p = {.arena = a,
                             .lib = laws,
                             .facts = &all,
                             .stated = &stated,
                             .message = &read,
                             .campaign = mail};
    assert_true(law_date(SLICE("2026-11-02"), &p.day));
    struct preflight *check = preflight_new(&p);
    struct recipient r = {.facts = all};
    r.facts.v[LAW_FACT_COUNTRY] = law_code(country);
    preflight_row(check, &r, 1, NULL);
    struct buf out = BUF_INIT(4 * 1024 * 1024);
    struct json j = JSON_INIT(&out);
    preflight_json(check, &j);
    json_error_t je;
    json_t *report = json_loadb(out.p, out.n, 0, &je);
    assert_non_null(report);
    buf_fini(&out);
    preflight_free(check);
    return report;
}

static const char *answer_of(json_t *report)
{
    static const char *const keys[] = {"violation_found", "cant_tell", "no_violation_found"};
    static const char *const words[] = {"violation found", "can't tell", "no violation found"};
    for (int i = 0; i < 3; i++)
        if (json_integer_value(json_object_get(report, keys[i])) == 1)
            return words[i];
    return "nothing";
}

/* The broken rule "US label" stands in the report with its clause and its repair. */
static bool names(json_t *report, struct slice rule)
{
    size_t i, k;
    json_t *country, *f;
    json_array_foreach(json_object_get(report, "countries"), i, country)
        json_array_foreach(json_object_get(country, "findings"), k, f)
    {
        const char *law = json_string_value(json_object_get(f, "law"));
        const char *name = json_string_value(json_object_get(f, "rule"));
        const char *answer = json_string_value(json_object_get(f, "answer"));
        if (strcmp(answer, "violation found") || !slice_starts(rule, slice_str(law)) ||
            !slice_ends(rule, slice_str(name)))
            continue;
        return json_string_length(json_object_get(f, "clause")) > 0 &&
               json_string_length(json_object_get(f, "repair")) > 0;
    }
    return false;
}

static void expect(struct arena *a, struct slice mail, struct slice facts, struct slice country,
                   struct slice answer, struct slice rule)
{
    json_t *report = ask(a, mail, facts, country);
    if (!slice_eq(slice_str(answer_of(report)), answer)) {
        char *text = json_dumps(json_object_get(report, "countries"), JSON_INDENT(1));
        print_message("%s\n", text);
        free(text);
        fail_msg("%.*s to %.*s: %s", SLICE_ARG(mail), SLICE_ARG(country), answer_of(report));
    }
    if (rule.n && slice_starts(rule, country) && !names(report, rule))
        fail_msg("%.*s to %.*s: %.*s is not named with clause and repair", SLICE_ARG(mail),
                 SLICE_ARG(country), SLICE_ARG(rule));
    json_decref(report);
}

static void campaigns(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct slice rest = file(a, "campaigns", SLICE(""), ".txt"), line;
    unsigned good = 0, bad = 0;
    while (slice_line(&rest, &line)) {
        struct slice f[7] = {{0}}, country;
        if (line.n == 0 || line.p[0] == '#')
            continue;
        for (int i = 0; i < 7; i++) {
            (void)slice_split(&line, '|', &f[i]);
            f[i] = slice_trim(f[i]);
        }
        for (struct slice to = f[2]; slice_split(&to, ' ', &country);)
            expect(a, f[0], f[1], country, f[3], f[4]);
        for (struct slice to = f[2]; f[5].n && slice_split(&to, ' ', &country);)
            expect(a, f[5], f[6], country, SLICE("no violation found"), (struct slice){0});
        good += f[5].n == 0;
        bad += f[5].n > 0;
    }
    assert_int_equal(good, 10);
    assert_int_equal(bad, 10);
    arena_free(a);
}

/* With all facts removed no country answers from absence alone. */
static void nothing_known(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct law_facts none;
    struct message_facts read = {.leave_language = -1};
    law_facts_init(&none);
    for (int i = 0; i < LAW_FACTS; i++)
        read.of[i].value = LAW_UNKNOWN;
    struct preflight_in p = {
        .arena = a, .lib = laws, .facts = &none, .stated = &none, .message = &read};
    assert_true(law_date(SLICE("2026-11-02"), &p.day));
    struct preflight *check = preflight_new(&p);
    for (size_t i = 0; i < law_count(laws); i++) {
        struct recipient r = {.facts = none};
        if (law_kind_of(law_get(laws, i)) != LAW_KIND_LAW)
            continue;
        r.facts.v[LAW_FACT_COUNTRY] = law_code(slice_str(law_code_of(law_get(laws, i))));
        preflight_row(check, &r, i + 1, NULL);
    }
    assert_false(preflight_found(check));
    struct buf out = BUF_INIT(1024 * 1024);
    struct json j = JSON_INIT(&out);
    preflight_json(check, &j);
    assert_true(slice_find(buf_slice(&out), SLICE("\"no_violation_found\":0,")) != SIZE_MAX);
    buf_fini(&out);
    preflight_free(check);
    arena_free(a);
}

int main(void)
{
    struct err e = {0};
    struct buf errors = BUF_INIT(65536);
    if (law_library_open(&laws, &errors, &e) < 0) {
        print_error("%s\n%s\n", e.text, buf_cstr(&errors));
        return 1;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(campaigns),
                                       cmocka_unit_test(nothing_known)};
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    law_library_free(laws);
    buf_fini(&errors);
    return rc;
}
