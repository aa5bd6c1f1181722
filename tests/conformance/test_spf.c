/* SPF: the openspf suites, each scenario with its own zone. */
#include "ask/zone.h"
#include "auth/spf.h"
#include "suite_json.h"

#include <stdio.h>

#define ROUNDS_MOST 12 /* as a scan has */

static unsigned rounds_most;

static struct slice field(const json_t *test, const char *key)
{
    const json_t *v = json_object_get(test, key);
    return json_is_string(v) ? suite_text(v) : (struct slice){0};
}

static bool run(struct arena *a, const struct zone *zone, const struct spf_in *in,
                struct spf_result *out)
{
    struct ask *q = ask_new(a, NULL);
    for (unsigned round = 1; round <= ROUNDS_MOST; round++) {
        if (spf_check(in, q, out)) {
            rounds_most = round > rounds_most ? round : rounds_most;
            return true;
        }
        if (zone_answer(zone, q) == 0)
            return false; /* waits without a question */
    }
    return false;
}

/* The first value is preferred, the others are right, too. */
static bool is_wanted(const json_t *want, enum auth_value is)
{
    const char *word = auth_value_name(is);
    size_t i;
    const json_t *one;
    if (json_is_string(want))
        return !strcmp(json_string_value(want), word);
    json_array_foreach(want, i, one) if (!strcmp(json_string_value(one), word)) return true;
    return false;
}

static void check(struct suite *s, const struct zone *zone, const json_t *test)
{
    struct arena *a = arena_new(0);
    struct spf_result r;
    struct spf_in in = {.arena = a,
                        .client_ip = field(test, "host"),
                        .sender = field(test, "mailfrom"),
                        .helo = field(test, "helo"),
                        .receiver = SLICE("receiver.example"),
                        .now = 1700000000,
                        .want_explanation = true,
                        .want_trace = true};
    if (!run(a, zone, &in, &r)) {
        suite_differs(s, "no end after %d rounds", ROUNDS_MOST);
    } else {
        struct slice want = field(test, "explanation");
        if (!is_wanted(json_object_get(test, "result"), r.value))
            suite_differs(s, "%s (%s)", auth_value_name(r.value), r.reason);
        if (want.n && slice_eq(want, SLICE("DEFAULT")))
            want = (struct slice){0};
        else if (want.n == 0)
            want = r.explanation;
        if (!slice_eq(want, r.explanation))
            suite_differs(s, "explained as \"%.*s\"", SLICE_ARG(r.explanation));
    }
    arena_free(a);
}

/* Two words of the suite's zones that ours has not: {TXT: NONE} says that SPF entries are not
 * served as TXT, no more; an empty list is a record of one empty string. */
static void translate(json_t *zone)
{
    const char *name, *key;
    json_t *list, *item, *value;
    size_t i;
    json_object_foreach(zone, name, list)
    {
        bool has_none = false;
        json_array_foreach(list, i, item)
        {
            const char *txt = json_string_value(json_object_get(item, "TXT"));
            has_none |= txt && !strcmp(txt, "NONE");
            json_object_foreach(item, key,
                                value) if (json_is_array(value) && json_array_size(value) == 0)
                json_array_append_new(value, json_string(""));
        }
        for (i = json_array_size(list); has_none && i-- > 0;) {
            item = json_array_get(list, i);
            if (json_object_get(item, "TXT") || json_object_get(item, "SPF"))
                json_array_remove(list, i);
        }
    }
}

static bool file(const char *tail, struct suite *s)
{
    struct arena *a = arena_new(0);
    json_t *scenarios = suite_json(a, tail);
    size_t i;
    const json_t *scenario, *test;
    const char *name;
    json_array_foreach(scenarios, i, scenario)
    {
        struct err e;
        struct zone *zone;
        struct arena *za = arena_new(0);
        translate(json_object_get(scenario, "zonedata"));
        char *text = json_dumps(json_object_get(scenario, "zonedata"), JSON_COMPACT);
        if (zone_parse(za, slice_str(text), &e, &zone) < 0) {
            suite_case(s, "zone");
            suite_differs(s, "%s", e.text);
        } else {
            json_object_foreach((json_t *)json_object_get(scenario, "tests"), name, test)
            {
                suite_case(s, name);
                check(s, zone, test);
            }
        }
        free(text);
        arena_free(za);
    }
    json_decref(scenarios);
    arena_free(a);
    return suite_end(s);
}

int main(void)
{
    struct arena *a = arena_new(0);
    bool ok = suite_exists(a, "spf/openspf/rfc7208-tests.json");
    arena_free(a);
    if (!ok) {
        puts("skipped: spf");
        return 77;
    }
    struct suite new_suite = {.name = "spf/openspf rfc7208"};
    struct suite old_suite = {.name = "spf/openspf rfc4408"};
    ok = file("spf/openspf/rfc7208-tests.json", &new_suite);
    ok = file("spf/openspf/rfc4408-tests.json", &old_suite) && ok;
    printf("spf: at most %u rounds of questions\n", rounds_most - 1);
    return ok ? 0 : 1;
}
