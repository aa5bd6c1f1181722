/* Cases between nodes: what one hands over another takes in, when it knows the key and accepts the
 * terms; whatever was changed on the way is refused with the reason. */
#include "desk_site.h"
#include "desk/bundle.h"

#include <sys/stat.h>

static const char *key_of(struct site *s)
{
    assert_int_equal(ask(s, &stranger, "bundle/key", "{}"), 200);
    return text(s, "key");
}

static const char *bundle_of(struct site *s, const char *code)
{
    uint32_t status = ask(s, &root, with(s, "case", code, "/bundle"),
                          "{\"terms\":\"for this case; delete it by 2027\"}");
    if (status != 200)
        fail_msg("%s", buf_cstr(&s->out));
    return arena_cstr(s->arena, buf_slice(&s->out));
}

static uint32_t import(struct site *s, const struct actor *who, const char *bundle, const char *key,
                       bool accept)
{
    json_t *a = json_object();
    json_object_set_new(a, "bundle", json_string(bundle));
    if (key)
        json_object_set_new(a, "key", json_string(key));
    json_object_set_new(a, "accept", json_boolean(accept));
    char *args = json_dumps(a, 0);
    uint32_t status = ask(s, who, "bundle/import", args);
    free(args);
    json_decref(a);
    return status;
}

static void refused(struct site *s, const char *bundle, const char *key, uint32_t want,
                    const char *because)
{
    uint32_t status = import(s, &root, bundle, key, true);
    if (status != want || strstr(text(s, "error"), because) == NULL)
        fail_msg("%u \"%s\", not %u \"%s\"", status, text(s, "error"), want, because);
}

/* The same bundle with one member changed. */
static const char *changed(struct site *s, const char *bundle, const char *member, json_t *value)
{
    json_t *o = json_loads(bundle, 0, NULL);
    json_object_set_new(o, member, value);
    char *text = json_dumps(o, 0);
    const char *out = arena_cstr(s->arena, slice_str(text));
    free(text);
    json_decref(o);
    return out;
}

static void between(void **state)
{
    struct site one, two;
    clock_fix(NOW);
    mkdir(in_dir(*state, "one"), 0700);
    mkdir(in_dir(*state, "two"), 0700);
    open_site(&one, in_dir(*state, "one"), "");
    const char *code = new_case(&one, 1, "192.0.2.1", "ann@home.example");
    char *key = strdup(key_of(&one)), *bundle = strdup(bundle_of(&one, code));
    assert_null(strstr(bundle, code)); /* its holder could withdraw the case */
    assert_null(strstr(bundle, "ann@"));
    close_site(&one);
    open_site(&two, in_dir(*state, "two"), "");
    /* Shown first, with its terms; nothing is taken in. */
    assert_int_equal(import(&two, &root, bundle, key, false), 200);
    assert_string_equal(text(&two, "terms"), "for this case; delete it by 2027");
    assert_string_equal(text(&two, "from"), "desk.example");
    assert_string_equal(text(&two, "code"), "");
    assert_int_equal(import(&two, &civil, bundle, key, true), 403);
    assert_int_equal(import(&two, &root, bundle, key, true), 200);
    const char *here = text(&two, "code");
    assert_string_equal(text(&two, "taken"), "new");
    assert_int_equal(ask(&two, &root, with(&two, "case", here, ""), "{}"), 200);
    assert_string_equal(text(&two, "from_domain"), "shop.example");
    const json_t *origin = json_object_get(two.answer, "origin");
    assert_string_equal(json_string_value(json_object_get(origin, "terms")),
                        "for this case; delete it by 2027");
    /* Again: known. A rebuild tells the same. */
    assert_int_equal(import(&two, &root, bundle, key, true), 200);
    assert_string_equal(text(&two, "taken"), "known");
    assert_string_equal(text(&two, "code"), here);
    OK(store_rebuild(two.keep.store, &test_err));
    assert_int_equal(ask(&two, &root, with(&two, "case", here, ""), "{}"), 200);
    assert_non_null(json_object_get(two.answer, "origin"));
    /* Strangers see no origin. */
    assert_int_equal(ask(&two, &stranger, with(&two, "case", here, ""), "{}"), 200);
    assert_null(json_object_get(two.answer, "origin"));
    clock_fix(-1);
    close_site(&two);
    free(key);
    free(bundle);
}

static void wrong(void **state)
{
    struct site s;
    clock_fix(NOW);
    open_site(&s, *state, "");
    const char *key = key_of(&s);
    const char *bundle = bundle_of(&s, new_case(&s, 1, "192.0.2.1", "ann@home.example"));
    json_t *o = json_loads(bundle, 0, NULL);
    const char *inner = json_string_value(json_object_get(o, "signed"));
    char *other = arena_cstr(s.arena, slice_str(inner));
    char *at = strstr(other, "2027");
    at[3] = '9';
    char seed[32] = {7};
    unsigned char theirs[BUNDLE_KEY], secret[64];
    char theirs_text[BUNDLE_KEY_TEXT];
    bundle_keys((unsigned char *)seed, theirs, secret);
    bundle_key_text(theirs, theirs_text);
    refused(&s, "no json", key, 400, "no bundle");
    refused(&s, "{}", key, 400, "no bundle");
    refused(&s, changed(&s, bundle, "version", json_integer(3)), key, 400, "version 3");
    refused(&s, changed(&s, bundle, "key", json_string("ed25519:AAAA")), key, 400, "names no key");
    refused(&s, changed(&s, bundle, "signed", json_string(other)), key, 403, "does not fit");
    refused(&s, changed(&s, bundle, "key", json_string(theirs_text)), key, 403, "does not fit");
    refused(&s, changed(&s, bundle, "signature", json_string("")), key, 403, "does not fit");
    refused(&s, bundle, NULL, 403, "is not known here");
    refused(&s, bundle, theirs_text, 403, "not the key known for desk.example");
    /* Well signed by somebody, but by whom it does not say that it is from. */
    struct buf forged = BUF_INIT(65536);
    struct bundle b = {
        .from = SLICE("desk.example"), .terms = SLICE("none"), .report = SLICE("{}")};
    bundle_write(&b, secret, &forged);
    refused(&s, buf_cstr(&forged), key, 403, "not the key known for desk.example");
    refused(&s, buf_cstr(&forged), theirs_text, 400, ""); /* and what it holds is no report */
    buf_fini(&forged);
    json_decref(o);
    clock_fix(-1);
    close_site(&s);
}

/* Keys of the settings; one voice, however many cases come. */
static void partners(void **state)
{
    struct site one, two;
    char conf[200], *bundle[8];
    clock_fix(NOW);
    mkdir(in_dir(*state, "one"), 0700);
    mkdir(in_dir(*state, "two"), 0700);
    open_site(&one, in_dir(*state, "one"), "");
    snprintf(conf, sizeof(conf), "desk { partners = \"desk.example=%s\" }\n", key_of(&one));
    unsigned taken = 0;
    for (unsigned n = 0; n < 8; n++) {
        char ip[20], who[32];
        snprintf(ip, sizeof(ip), "10.%u.0.1", n);
        snprintf(who, sizeof(who), "p%u@home%u.example", n, n);
        bundle[n] = strdup(bundle_of(&one, new_case(&one, n, ip, who)));
    }
    close_site(&one);
    open_site(&two, in_dir(*state, "two"), conf);
    for (unsigned n = 0; n < 8; n++) {
        taken += import(&two, &root, bundle[n], NULL, true) == 200;
        free(bundle[n]);
    }
    assert_int_equal(taken, 5); /* source_cases */
    assert_int_equal(ask(&two, &root, "work", "{}"), 200);
    const json_t *w = json_array_get(json_object_get(two.answer, "work"), 0);
    assert_int_equal(json_integer_value(json_object_get(w, "sources")), 1);
    assert_int_equal(json_integer_value(json_object_get(w, "reporters")), 1);
    clock_fix(-1);
    close_site(&two);
}

/* In the formats of others: whole, of nobody. */
static void formats(void **state)
{
    static const char *const want[][2] = {{"arf", "Feedback-Type: abuse"},
                                          {"arf", "Source-IP: 198.51.100.7"},
                                          {"xarf", "\"xarf_version\""},
                                          {"xarf", "shop.example"}};
    struct site s;
    clock_fix(NOW);
    open_site(&s, *state, "");
    const char *path = with(&s, "case", new_case(&s, 1, "192.0.2.1", "ann@home.example"),
                            "/export");
    assert_int_equal(ask(&s, &stranger, path, "{\"format\":\"arf\"}"), 403);
    assert_int_equal(ask(&s, &civil, path, "{\"format\":\"pdf\"}"), 400);
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        const char *args = arena_printf(s.arena, "{\"format\":\"%s\"}", want[i][0]).p;
        if (ask(&s, &civil, path, args) != 200)
            fail_msg("%s: %s", want[i][0], buf_cstr(&s.out));
        if (strstr(text(&s, "text"), want[i][1]) == NULL || strstr(text(&s, "text"), "ann@"))
            fail_msg("%s", text(&s, "text"));
    }
    clock_fix(-1);
    close_site(&s);
}

static void public_words(void **state)
{
    static const char *const rows[][2] = {
        {"", ""},
        {"nobody", "nobody"},
        {"write to ann.b+c@shop.example, please", "write to …@shop.example, please"},
        {"ann@a.example bob@b.example", "…@a.example …@b.example"},
        {"<mailto:ann@a.example>", "<mailto:…@a.example>"},
        {"jös@a.example", "…@a.example"},
        {"a@b@c.example", "…@…@c.example"},
        {"at @ nine, @home", "at @ nine, @home"},
        {"x@[192.0.2.1]", "…@[192.0.2.1]"},
        {"x@", "x@"},
    };
    struct arena *a = arena_new(0);
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct slice got = desk_public(a, slice_str(rows[i][0]));
        if (!slice_eq(got, slice_str(rows[i][1])))
            fail_msg("%s: %.*s", rows[i][0], SLICE_ARG(got));
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(between, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(wrong, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(partners, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(formats, make_dir, drop_dir),
        cmocka_unit_test(public_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
