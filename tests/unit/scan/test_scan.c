/* scan: the whole way of a message, its answers in JSON and in plain sentences of four languages,
 * the header fields and the proof in X-Muster-ID. */
#include "base/escape.h"
#include "base/lang.h"
#include "evidence/check.h"
#include "mail/unicode.h"
#include "scan/headers.h"
#include "scan/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

static struct arena *arena;

static const char PHISH[] =
    "From: Netflix ,_<abc@qwerty.example.com>\n"
    "Reply-To: other@gmail.com\n"
    "To: bob@example.net\n"
    "Subject: Your account\n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/html\n\n"
    "<p>Your account has been suspended. Please act now: <a href=\"http://192.0.2.1/\">log in</a>"
    "</p>\n";
static const char HONEST[] = "From: Ann Baker <ann@example.org>\n"
                             "To: bob@example.net\n"
                             "Subject: Thursday\n"
                             "Date: Mon, 1 Jun 2026 10:00:00 +0200\n"
                             "Message-ID: <a1@example.org>\n\n"
                             "Shall we meet at ten?\n";

static struct scan *scan(const struct scan_world *w, const char *mail)
{
    static const struct envelope none;
    struct scan *s = scan_begin(arena, w, &none, slice_str(mail));
    while (scan_step(s, w) != SCAN_DONE)
        continue;
    return s;
}

static void verdicts(void **state)
{
    (void)state;
    struct scan_world w = {0};
    const struct scan *s = scan(&w, PHISH);
    assert_int_equal(s->verdict.side, SIDE_SPAM);
    assert_int_equal(s->verdict.class, CLASS_PHISHING);
    s = scan(&w, HONEST);
    assert_int_equal(s->verdict.side, SIDE_HAM);
    assert_int_equal(s->verdict.action, ACTION_ACCEPT);
    scan(&w, ""); /* nothing at all is mail, too */
}

static void json_answer(void **state)
{
    (void)state;
    static const char *const keys[] = {"id",          "file",       "verdict",      "score",
                                       "probability", "class",      "action",       "auth",
                                       "law",         "incomplete", "microseconds", "findings"};
    struct scan_world w = {0};
    const struct scan *s = scan(&w, PHISH);
    struct buf b = BUF_INIT(1 << 20);
    struct json j = JSON_INIT(&b);
    scan_json(s, "a.eml", &j);
    json_t *root = json_loads(buf_cstr(&b), 0, NULL);
    assert_non_null(root);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!json_object_get(root, keys[i]))
            fail_msg("no \"%s\"", keys[i]);
    assert_int_equal(json_object_size(root), sizeof keys / sizeof *keys);
    double sum = 0;
    size_t i;
    json_t *f;
    json_array_foreach(json_object_get(root, "findings"), i, f)
    {
        sum += json_number_value(json_object_get(f, "points"));
        assert_null(strstr(json_string_value(json_object_get(f, "reason")), "%s"));
    }
    assert_true(fabs(sum - json_number_value(json_object_get(root, "score"))) < 1e-9);
    json_decref(root);
    buf_fini(&b);
}

/* Catalogues lie beside the tests in the build folder. */
static struct lang *catalogue(const char *code)
{
    char path[4096], name[4200];
    struct err e = {0};
    struct lang *l;
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    assert_true(n > 0);
    path[n] = 0;
    *strrchr(path, '/') = 0;
    snprintf(name, sizeof name, "%s/../lang/%s.mo", path, code);
    if (lang_open(name, &e, &l) < 0)
        fail_msg("%s", e.text);
    return l;
}

static void languages(void **state)
{
    (void)state;
    static const struct {
        const char *code, *says;
    } cases[] = {{"de", "Dagegen spricht:"}, {"fr", "Contre lui"}, {"es", "En contra:"}};
    struct scan_world w = {0};
    const struct scan *s = scan(&w, PHISH);
    for (size_t i = 0; i < 3; i++) {
        struct lang *l = catalogue(cases[i].code);
        struct buf b = BUF_INIT(1 << 20);
        scan_why(s, &w, l, &b);
        if (!strstr(buf_cstr(&b), cases[i].says) || strstr(buf_cstr(&b), "Against it"))
            fail_msg("%s: %s", cases[i].code, buf_cstr(&b));
        assert_null(strstr(buf_cstr(&b), "%s"));
        for (int id = 0; id < CHECKS; id++) {
            const char *reason = check_info((enum check_id)id)->reason;
            if (lang_text(l, reason) == reason)
                fail_msg("%s lacks \"%s\"", cases[i].code, reason);
        }
        buf_fini(&b);
        lang_close(l);
    }
}

static void why_says_what_would_change(void **state)
{
    (void)state;
    struct scan_world w = {0};
    struct buf b = BUF_INIT(1 << 20);
    scan_why(scan(&w, PHISH), &w, NULL, &b);
    assert_non_null(strstr(buf_cstr(&b), "Against it:"));
    assert_non_null(strstr(buf_cstr(&b), "the sender's name is that of netflix"));
    assert_non_null(strstr(buf_cstr(&b), "go to postmaster;"));
    buf_reset(&b);
    scan_why(scan(&w, HONEST), &w, NULL, &b);
    assert_non_null(strstr(buf_cstr(&b), "Not spam"));
    assert_non_null(strstr(buf_cstr(&b), "points would have made it spam."));
    buf_fini(&b);
}

static void foreign_bytes_are_harmless(void **state)
{
    (void)state;
    struct scan_world w = {0};
    struct buf b = BUF_INIT(1 << 20);
    const struct scan *s = scan(&w,
                                "From: x \x1b[31m \xE2\x80\xAE \"y@bank-one.com\x07\" <x@a.com>\n"
                                "To: b@c.net\n\n%s %n %d\n");
    scan_why(s, &w, NULL, &b);
    scan_headers(s, &w, true, &b);
    for (size_t i = 0; i < b.n; i++)
        assert_true((unsigned char)b.p[i] >= ' ' || b.p[i] == '\n' || b.p[i] == 0);
    assert_int_equal(slice_find(buf_slice(&b), SLICE("\xE2\x80\xAE")), SIZE_MAX);
    buf_fini(&b);
}

static void headers(void **state)
{
    (void)state;
    struct scan_world w = {.digest_key = "0123456789abcde"};
    const struct scan *s = scan(&w, PHISH);
    struct buf b = BUF_INIT(1 << 16);
    scan_headers(s, &w, true, &b);
    struct slice rest = buf_slice(&b), name, value, id = {0};
    int removed = 0, added = 0;
    while (slice_split(&rest, 0, &name) && slice_split(&rest, 0, &value)) {
        if (value.n == 0) {
            assert_int_equal(added, 0); /* removals come first */
            removed++;
            continue;
        }
        added++;
        assert_int_equal(slice_chr(value, '\n'), SIZE_MAX);
        if (slice_eq(name, SLICE("X-Muster-ID")))
            id = value;
        if (slice_eq(name, SLICE("X-Spam-Flag")))
            assert_true(slice_eq(value, SLICE("YES")));
    }
    assert_int_equal(added, 7);
    assert_int_equal(removed, 8);
    char scan_id[37], text[256];
    assert_true(scan_id_verify(id, s->digest, w.digest_key, scan_id));
    assert_string_equal(scan_id, s->id);
    for (size_t i = 0; i < id.n; i++) { /* no bit of it may be changed */
        memcpy(text, id.p, id.n);
        text[i] ^= 1;
        assert_false(scan_id_verify(slice_of(text, id.n), s->digest, w.digest_key, scan_id));
        assert_false(scan_id_verify(slice_head(id, i), s->digest, w.digest_key, scan_id));
    }
    unsigned char other[16] = {1};
    assert_false(scan_id_verify(id, other, w.digest_key, scan_id));
    buf_fini(&b);
}

int main(void)
{
    unicode_warm();
    arena = arena_new(0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(json_answer),
        cmocka_unit_test(languages),
        cmocka_unit_test(why_says_what_would_change),
        cmocka_unit_test(foreign_bytes_are_harmless),
        cmocka_unit_test(headers),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
