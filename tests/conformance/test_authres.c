/* Authentication-Results: what a reader must take, must refuse, and fields of large providers. */
#include "auth/authres.h"
#include "suite_json.h"

#include <stdio.h>

#define VECTORS "authres/mail-authenticationresults.json"

static struct slice unfolded(struct arena *a, struct slice s)
{
    char *out = arena_bytes(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\n' && s.p[i] != '\r')
            out[n++] = s.p[i];
    return slice_of(out, n);
}

static void check_text(struct arena *a, struct suite *s, const json_t *text, bool is_good)
{
    struct authres r;
    const char *why = authres_parse(a, suite_text(text), &r);
    suite_case(s, json_string_value(text));
    if ((why == NULL) != is_good)
        suite_differs(s, "%s", why ? why : "taken");
}

static void check_methods(struct suite *s, const struct authres *r, const json_t *want)
{
    size_t i;
    const json_t *row;
    const struct authres_method *m = r->methods;
    json_array_foreach(want, i, row)
    {
        struct slice name = suite_text(json_array_get(row, 0));
        if (!m || !slice_eq(m->name, name) ||
            !slice_eq(m->result, suite_text(json_array_get(row, 1)))) {
            suite_differs(s, "method %zu", i);
            return;
        }
        m = m->next;
    }
    if (want && m)
        suite_differs(s, "more methods");
}

static void check_parsed(struct arena *a, struct suite *s, const json_t *row)
{
    struct authres r;
    const json_t *id = json_object_get(row, "authserv_id"), *v = json_object_get(row, "version");
    const json_t *p = json_object_get(row, "property");
    const json_t *input = json_object_get(row, "input");
    suite_case(s, json_string_value(input));
    const char *why = authres_parse(a, suite_text(input), &r);
    if ((why == NULL) != json_is_true(json_object_get(row, "accept")))
        suite_differs(s, "%s", why ? why : "taken");
    if (why)
        return;
    if ((id && !slice_eq(r.authserv_id, suite_text(id))) ||
        (v && !slice_eq(r.version, suite_text(v))))
        suite_differs(s, "id or version");
    if (json_is_true(json_object_get(row, "none")) != r.is_none)
        suite_differs(s, "none");
    check_methods(s, &r, json_object_get(row, "methods"));
    if (p && (!r.methods ||
              !slice_eq(authres_property(r.methods, json_string_value(json_array_get(p, 0))),
                        suite_text(json_array_get(p, 1)))))
        suite_differs(s, "property");
}

/* The texts in single quotes of one line of upstream's test. */
static size_t quoted(struct slice line, struct slice out[10])
{
    size_t n = 0;
    for (size_t at = slice_chr(line, '\''); at != SIZE_MAX && n < 10; at = slice_chr(line, '\'')) {
        line = slice_from(line, at + 1);
        size_t end = slice_chr(line, '\'');
        if (end == SIZE_MAX)
            break;
        out[n++] = slice_head(line, end);
        line = slice_from(line, end + 1);
    }
    return n;
}

/* 'ID','ServID' or 'key',K,'value',V[,'key',PROPERTY,'value',V],label */
static bool holds(const struct authres *r, const struct slice *q, size_t n)
{
    if (n == 2)
        return slice_eq(r->authserv_id, q[0]);
    for (const struct authres_method *m = r->methods; m; m = m->next) {
        char property[80];
        if (!slice_eq(m->name, q[1]) || !slice_eq(m->result, q[3]))
            continue;
        if (n < 9)
            return true;
        snprintf(property, sizeof property, "%.*s", SLICE_ARG(q[5]));
        if (slice_eq(authres_property(m, property), q[7]))
            return true;
    }
    return false;
}

static void check_provider(struct arena *a, struct suite *s, const char *name, const json_t *p)
{
    size_t i, k;
    const json_t *line, *field;
    const json_t *fields = json_object_get(p, "headers");
    if (json_array_size(fields) == 0) {
        suite_skip(s, name, "the suite has no field of this provider");
        return;
    }
    json_array_foreach(json_object_get(p, "assertions"), i, line)
    {
        struct slice q[10];
        size_t n = quoted(suite_text(line), q);
        bool ok = false;
        char label[200];
        snprintf(label, sizeof label, "%s %s", name, json_string_value(line));
        suite_case(s, label);
        json_array_foreach(fields, k, field)
        {
            struct authres r;
            struct slice value = suite_text(field);
            value = unfolded(a, slice_from(value, slice_chr(value, ':') + 1));
            ok |= authres_parse(a, value, &r) == NULL && holds(&r, q, n);
        }
        if (!ok)
            suite_differs(s, "not found");
    }
}

int main(void)
{
    struct arena *a = arena_new(0);
    struct suite s = {.name = "authres"};
    json_t *all = suite_exists(a, VECTORS) ? suite_json(a, VECTORS) : NULL;
    size_t i;
    const char *name;
    const json_t *row;
    if (!all) {
        puts("skipped: authres");
        arena_free(a);
        return 77;
    }
    json_array_foreach(json_object_get(all, "lenient_accept"), i, row) check_text(a, &s, row, true);
    json_array_foreach(json_object_get(all, "reject"), i, row) check_text(a, &s, row, false);
    json_array_foreach(json_object_get(all, "parser"), i, row) check_parsed(a, &s, row);
    json_object_foreach(json_object_get(all, "providers"), name, row)
        check_provider(a, &s, name, row);
    json_decref(all);
    bool ok = suite_end(&s);
    arena_free(a);
    return ok ? 0 : 1;
}
