/* Suite arc/valimail: 171 chains to validate against the suite's zone, 17 to seal. A sealed field
 * is compared tag by tag, b= included: RSA makes the same signature of the same bytes. */
#include "ask/zone.h"
#include "auth/sign.h"
#include "base/clock.h"
#include "suite_json.h"

#include <stdio.h>

static const struct suite_exception EXCEPTIONS[] = {{NULL, NULL}};
static struct suite validation = {.name = "arc/valimail validation", .exceptions = EXCEPTIONS};
static struct suite signing = {.name = "arc/valimail signing"};

static struct slice with_crlf(struct arena *a, struct slice s)
{
    char *out = arena_bytes(a, 2 * s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\n')
            out[n++] = '\r';
        out[n++] = s.p[i];
    }
    return slice_of(out, n);
}

static struct zone *zone_of(struct arena *a, json_t *records)
{
    struct zone *z = zone_new(a);
    const char *name;
    json_t *value;
    json_object_foreach(records, name, value)
        zone_add(z, slice_str(name), DNS_TXT, suite_text(value));
    return z;
}

static void chain_of(struct arena *a, struct slice raw, const struct zone *z,
                     struct signed_mail *mail, struct arc_chain *out)
{
    struct ask *q = ask_new(a, NULL);
    *out = (struct arc_chain){0};
    signed_init(mail, message_parse(a, with_crlf(a, raw), NULL), clock_now_us(), false);
    while (!arc_verify(mail, q, out))
        zone_answer(z, q);
}

static void validate(const char *label, json_t *test, const struct zone *z)
{
    struct arena *a = arena_new(0);
    struct arc_chain chain;
    struct signed_mail mail;
    const char *want = json_string_value(json_object_get(test, "cv"));
    chain_of(a, suite_text(json_object_get(test, "message")), z, &mail, &chain);
    const char *got = chain.status == DKIM_PASS   ? "Pass"
                      : chain.status == DKIM_NONE ? "None"
                                                  : "Fail";
    suite_case(&validation, label);
    /* Blank: it arrived as failed; fail or nothing is right. */
    if (want[0] ? strcmp(want, got) != 0 : chain.status == DKIM_PASS)
        suite_differs(&validation, "%s (%s), want %s", got, chain.reason ? chain.reason : "",
                      want[0] ? want : "no pass");
    arena_free(a);
}

static struct slice text_of(json_t *object, const char *name)
{
    return suite_text(json_object_get(object, name));
}

/* Same tags, same values; white space inside b= and h= means nothing. */
static void compare_tags(struct arena *a, const char *what, struct slice got, struct slice want)
{
    struct tags x, y;
    const char *why = NULL;
    if (!tags_parse(got, &x, &why) || !tags_parse(want, &y, &why)) {
        suite_differs(&signing, "%s: %s", what, why);
        return;
    }
    for (size_t i = 0; i < y.n; i++) {
        const struct tag *t = tags_find(&x, arena_cstr(a, y.tag[i].name));
        struct slice w = tag_squeeze(a, y.tag[i].value);
        if (t == NULL || !slice_eq(tag_squeeze(a, t->value), w))
            suite_differs(&signing, "%s: %.*s is %.*s", what, SLICE_ARG(y.tag[i].name),
                          SLICE_ARG(t ? t->value : SLICE("missing")));
    }
    if (x.n != y.n)
        suite_differs(&signing, "%s: %zu tags, want %zu", what, x.n, y.n);
}

/* Lists of results: parts between semicolons, white space in them shrunk. */
static void compare_results(struct arena *a, struct slice got, struct slice want)
{
    struct slice x, y;
    while (slice_split(&want, ';', &y)) {
        if (!slice_split(&got, ';', &x) || !slice_eq(tag_squeeze(a, x), tag_squeeze(a, y)))
            suite_differs(&signing, "AAR: \"%.*s\", want \"%.*s\"", SLICE_ARG(slice_trim(x)),
                          SLICE_ARG(slice_trim(y)));
    }
}

static void seal(const char *label, json_t *scenario, json_t *test, const struct zone *z,
                 struct crypt_private *key)
{
    struct arena *a = arena_new(0);
    struct arc_chain chain;
    struct signed_mail mail;
    struct err e = {0};
    struct slice names[32], rest = text_of(test, "sig-headers");
    uint64_t now = 0;
    struct sign_spec spec = {.domain = text_of(scenario, "domain"),
                             .selector = text_of(scenario, "sel"),
                             .header_canon = CANON_RELAXED,
                             .body_canon = CANON_RELAXED,
                             .names = names,
                             .oversign = names};
    struct sign_order order;
    struct sign_field field[3];
    size_t n = 0;
    while (spec.n_names < 32 && slice_split(&rest, ':', &names[spec.n_names]))
        spec.n_names++;
    slice_u64(text_of(test, "t"), &now);
    spec.now = (int64_t)now;
    suite_case(&signing, label);
    chain_of(a, text_of(test, "message"), z, &mail, &chain);
    struct slice results = sign_results_of(a, mail.headers, text_of(test, "srv-id"));
    int rc = sign_order_arc(&mail, &spec, &chain, results, &e, &order);
    if (rc == 0)
        rc = sign_make(a, &order, key, &e, field, &n);
    if (slice_trim(text_of(test, "AS")).n == 0) {
        if (rc != ERR_EXISTS)
            suite_differs(&signing, "sealed, want nothing");
    } else if (rc < 0) {
        suite_differs(&signing, "%s", e.text);
    } else {
        compare_results(a, field[0].value, text_of(test, "AAR"));
        compare_tags(a, "AMS", field[1].value, text_of(test, "AMS"));
        compare_tags(a, "AS", field[2].value, text_of(test, "AS"));
    }
    arena_free(a);
}

static bool run_signing(struct arena *a)
{
    json_t *all = suite_json(a, "arc/valimail/arc-draft-sign-tests.json"), *scenario, *test;
    size_t i;
    const char *label;
    json_array_foreach(all, i, scenario)
    {
        struct zone *z = zone_of(a, json_object_get(scenario, "txt-records"));
        struct crypt_private *key;
        struct err e = {0};
        if (crypt_private_read(text_of(scenario, "privatekey"), &e, &key) < 0) {
            printf("%s\n", e.text);
            return false;
        }
        json_object_foreach(json_object_get(scenario, "tests"), label, test)
            seal(label, scenario, test, z, key);
        crypt_private_free(key);
    }
    json_decref(all);
    return suite_end(&signing);
}

int main(void)
{
    struct arena *a = arena_new(0);
    if (!suite_unpack(a, "arc.tar.zst")) {
        printf("skipped: arc/valimail validation\nskipped: arc/valimail signing\n");
        arena_free(a);
        return 77;
    }
    json_t *all = suite_json(a, "arc/valimail/arc-draft-validation-tests.json"), *scenario, *test;
    size_t i;
    const char *label;
    json_array_foreach(all, i, scenario)
    {
        struct zone *z = zone_of(a, json_object_get(scenario, "txt-records"));
        json_object_foreach(json_object_get(scenario, "tests"), label, test)
            validate(label, test, z);
    }
    json_decref(all);
    bool ok = suite_end(&validation);
    ok = run_signing(a) && ok;
    suite_pack_away();
    dkim_key_forget();
    arena_free(a);
    return ok ? 0 : 1;
}
