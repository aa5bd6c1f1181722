/* DMARC: the cases of RFC 9989 that mail-dmarc tests (walk, psd, np, t, author domain, external
 * reports), on its own zone. */
#include "ask/zone.h"
#include "auth/dmarc.h"
#include "suite_json.h"

#include <stdio.h>

#define VECTORS "dmarc/rfc9989-mail-dmarc/vectors.json"

static const struct suite_exception exceptions[] = {
    {"invalid_sp invalid-sp-and-without-rua.example.com",
     "contested: the suite drops a record with a bad sp; RFC 9989 ignores the bad tag"},
    {NULL, NULL}};

/* A line of a zone file: name, TTL, type, data; TXT data stands in quotes. */
static bool add_line(struct zone *z, struct slice line)
{
    struct slice name = {0}, ttl = {0}, type = {0};
    enum dns_type t;
    struct slice *words[] = {&name, &ttl, &type};
    for (size_t i = 0; i < 3; i++) {
        line = slice_trim(line);
        size_t end = slice_chr(line, ' ');
        if (end == SIZE_MAX)
            return false;
        *words[i] = slice_head(line, end);
        line = slice_from(line, end);
    }
    line = slice_trim(line);
    if (!dns_type_of(type, &t))
        return false;
    if (t == DNS_TXT && line.n > 1 && line.p[0] == '"')
        line = slice_of(line.p + 1, line.n - 2);
    return zone_add(z, name, t, line);
}

struct world {
    struct arena *arena;
    struct zone *zone;
};

static struct slice text_at(const json_t *list, size_t i)
{
    return suite_text(json_array_get(list, i));
}

static void check_org(struct world *w, struct suite *s, const json_t *row)
{
    struct ask *q = ask_new(w->arena, NULL);
    struct dmarc_walk walk;
    char label[200];
    snprintf(label, sizeof label, "org_domain %.*s", SLICE_ARG(text_at(row, 0)));
    suite_case(s, label);
    while (!dmarc_walk(w->arena, q, text_at(row, 0), &walk))
        if (!zone_answer(w->zone, q))
            break;
    if (!slice_eq(walk.org, text_at(row, 1)))
        suite_differs(s, "%.*s", SLICE_ARG(walk.org));
}

/* Evaluates mail from that domain, with SPF passing for `spf_domain` (empty: failing). */
static void evaluate(struct world *w, struct slice from, struct slice spf_domain,
                     struct dmarc_result *out)
{
    struct ask *q = ask_new(w->arena, NULL);
    struct dmarc_author author = {.domain = from};
    struct dmarc_authors authors = {.first = &author, .n = 1};
    struct auth_settings settings = *auth_settings_default();
    struct spf_result spf = {.value = spf_domain.n ? AUTH_PASS : AUTH_FAIL, .domain = spf_domain};
    struct dmarc_in in = {
        .arena = w->arena, .authors = &authors, .settings = &settings, .spf = &spf};
    while (!dmarc_check(&in, true, q, out))
        if (!zone_answer(w->zone, q))
            break;
}

static void check_disposition(struct world *w, struct suite *s, const json_t *row)
{
    struct dmarc_result r;
    char label[200];
    struct slice from = suite_text(json_object_get(row, "from"));
    snprintf(label, sizeof label, "disposition %.*s", SLICE_ARG(from));
    suite_case(s, label);
    evaluate(w, from, (struct slice){0}, &r);
    const char *is = dmarc_policy_name(r.action);
    if (!slice_eq(slice_str(is), suite_text(json_object_get(row, "disposition"))))
        suite_differs(s, "%s: %s", auth_value_name(r.value), is);
    if (r.domains && json_is_true(json_object_get(row, "nxdomain")) != r.domains->is_nonexistent)
        suite_differs(s, "existence of the domain");
}

static void check_invalid(struct world *w, struct suite *s, const json_t *row)
{
    struct dmarc_result r;
    char label[200];
    struct slice from = suite_text(json_object_get(row, "from"));
    snprintf(label, sizeof label, "invalid_sp %.*s", SLICE_ARG(from));
    suite_case(s, label);
    evaluate(w, from, from, &r);
    if (!slice_eq(slice_str(auth_value_name(r.value)), suite_text(json_object_get(row, "result"))))
        suite_differs(s, "%s", auth_value_name(r.value));
}

static void check_external(struct world *w, struct suite *s, const json_t *row)
{
    struct ask *q = ask_new(w->arena, NULL);
    bool allowed = false;
    char label[200];
    snprintf(label, sizeof label, "external %.*s", SLICE_ARG(text_at(row, 0)));
    suite_case(s, label);
    while (!dmarc_report_allowed(w->arena, q, text_at(row, 0), text_at(row, 1), &allowed))
        if (!zone_answer(w->zone, q))
            break;
    if (allowed != json_is_true(json_array_get(row, 2)))
        suite_differs(s, "%d", allowed);
}

/* The suite's "no single author domain" is the empty text. */
static void check_from(struct world *w, struct suite *s, const json_t *row)
{
    struct slice value = text_at(row, 0), want = text_at(row, 1);
    const char *name = slice_istarts(value, SLICE("From:")) ? "" : "From: ";
    struct dmarc_authors authors;
    char label[200];
    snprintf(label, sizeof label, "from %.*s", SLICE_ARG(value));
    suite_case(s, label);
    struct slice raw = arena_printf(w->arena, "%s%.*s\r\n\r\n", name, SLICE_ARG(value));
    dmarc_authors(w->arena, message_parse(w->arena, raw, NULL), &authors);
    struct slice is = authors.n == 1 ? authors.first->domain : (struct slice){0};
    if (!slice_eq(is, want))
        suite_differs(s, "%zu domains, \"%.*s\"", authors.n, SLICE_ARG(is));
}

static void each(struct world *w, struct suite *s, const json_t *all, const char *key,
                 void (*check)(struct world *, struct suite *, const json_t *))
{
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(all, key), i, row) check(w, s, row);
}

int main(void)
{
    struct world w = {.arena = arena_new(0)};
    struct suite s = {.name = "dmarc/rfc9989", .exceptions = exceptions};
    json_t *all = suite_exists(w.arena, VECTORS) ? suite_json(w.arena, VECTORS) : NULL;
    size_t i;
    const json_t *line;
    if (!all) {
        puts("skipped: dmarc/rfc9989");
        arena_free(w.arena);
        return 77;
    }
    w.zone = zone_new(w.arena);
    json_array_foreach(json_object_get(all, "zone"), i, line)
    {
        if (!add_line(w.zone, suite_text(line))) {
            suite_case(&s, "zone");
            suite_differs(&s, "%s", json_string_value(line));
        }
    }
    each(&w, &s, all, "org_domain", check_org);
    each(&w, &s, all, "disposition_when_unaligned", check_disposition);
    each(&w, &s, all, "invalid_sp", check_invalid);
    each(&w, &s, all, "external_report_authorised", check_external);
    each(&w, &s, all, "from_header_domain", check_from);
    json_decref(all);
    bool ok = suite_end(&s);
    arena_free(w.arena);
    return ok ? 0 : 1;
}
