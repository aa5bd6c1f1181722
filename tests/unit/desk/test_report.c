/* Reports as JSON and back: nothing is lost, limits are named. */
#include "desk/report.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void fill(struct desk_report *r, const char *long_text)
{
    memset(r, 0, sizeof(*r));
    r->source = DESK_MAIL;
    r->form = FORM_INLINE;
    r->category = DESK_PHISHING;
    r->style = SLICE("gmail");
    r->said = SLICE("I never asked for this");
    r->reporter = (struct desk_reporter){.mailbox = SLICE("ann@example.org"), .is_aligned = true};
    r->original = (struct desk_original){.from = SLICE("x@bad.example"),
                                         .from_domain = SLICE("bad.example"),
                                         .subject = SLICE("Gr\xc3\xbc\xc3\x9f"
                                                          "e"),
                                         .date_us = 1700000000000000,
                                         .has_unsubscribe = true};
    r->original.key[3] = 7;
    r->links[0] = (struct desk_link){SLICE("https://bad.example/a/*"), SLICE("bad.example"),
                                     SLICE("bad.example")};
    r->n_links = 1;
    r->files[0] = (struct desk_file){
        .name = SLICE("x.pdf"), .type = SLICE("application/pdf"), .bytes = 9};
    r->files[0].sha256[31] = 0xab;
    r->n_files = 1;
    r->notes[0] = SLICE("mojibake");
    r->n_notes = 1;
    r->text = slice_str(long_text);
    r->print.epoch = 5;
    r->print.exact = 0x0123456789abcdef;
    r->print.tokens = 80;
    r->print.n_f2 = DESK_F2;
    for (uint32_t i = 0; i < DESK_F2; i++)
        r->print.f2[i] = i * 0x10101 + 1;
    for (uint32_t i = 0; i < DESK_F1; i++)
        r->print.f1[i] = (unsigned char)(i * 3);
}

static void same(struct slice x, struct slice y)
{
    assert_true(slice_eq(x, y));
}

static void test_round_trip(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct desk_report in, out;
    struct err e = {0};
    struct buf b = BUF_INIT(1 << 20);
    char text[] = "Dear customer";
    fill(&in, text);
    desk_report_json(&in, true, &b);
    assert_int_equal(desk_report_read(a, buf_slice(&b), &e, &out), 0);
    assert_int_equal(out.category, DESK_PHISHING);
    same(out.reporter.mailbox, in.reporter.mailbox);
    assert_true(out.reporter.is_aligned);
    same(out.original.subject, in.original.subject);
    assert_true(out.original.date_us == in.original.date_us && out.original.has_unsubscribe);
    assert_memory_equal(out.original.key, in.original.key, 16);
    same(out.links[0].url, in.links[0].url);
    assert_memory_equal(out.files[0].sha256, in.files[0].sha256, 32);
    assert_memory_equal(&out.print, &in.print, sizeof(in.print));
    same(out.text, in.text);
    same(out.notes[0], in.notes[0]);
    buf_reset(&b);
    desk_report_json(&in, false, &b);
    assert_true(slice_find(buf_slice(&b), SLICE("ann@")) == SIZE_MAX);
    buf_fini(&b);
    arena_free(a);
}

static void test_too_much_is_cut(void **state)
{
    (void)state;
    static char text[DESK_TEXT + 1];
    struct desk_report in, out;
    struct err e = {0};
    struct arena *a = arena_new(0);
    struct buf b = BUF_INIT(1 << 20);
    memset(text, '"', DESK_TEXT); /* two bytes each in JSON */
    memset(text + 9, 0, 3);
    fill(&in, "");
    in.text = slice_of(text, DESK_TEXT);
    desk_report_json(&in, true, &b);
    assert_int_equal(desk_report_read(a, buf_slice(&b), &e, &out), 0);
    assert_true(out.text.n == DESK_TEXT && out.text.p[9] == ' ' && out.text.p[12] == '"');
    for (in.n_links = 0; in.n_links < DESK_LINKS; in.n_links++)
        in.links[in.n_links] = (struct desk_link){.url = slice_of(text + 100, 900)};
    buf_reset(&b);
    desk_report_json(&in, true, &b);
    assert_true(b.n <= DESK_JSON);
    assert_int_equal(desk_report_read(a, buf_slice(&b), &e, &out), 0);
    assert_true(out.text.n < DESK_TEXT && out.n_links == DESK_LINKS);
    buf_fini(&b);
    arena_free(a);
}

static void test_bad_ones_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *json, *field;
    } cases[] = {
        {"[]", "object"},
        {"{\"source\":\"fax\",\"form\":\"inline\",\"category\":\"spam\"}", "source"},
        {"{\"source\":\"mail\",\"form\":\"x\",\"category\":\"spam\"}", "form"},
        {"{\"source\":\"mail\",\"form\":\"inline\"}", "category"},
        {"{\"source\":\"mail\",\"form\":\"inline\",\"category\":\"spam\",\"style\":7}", "style"},
        {"{\"source\":\"mail\",\"form\":\"inline\",\"category\":\"spam\",\"links\":{}}", "links"},
        {"{\"source\":\"mail\",\"form\":\"inline\",\"category\":\"spam\",\"original\":{\"key\":"
         "\"zz\"}}",
         "key"},
        {"{\"source\":\"mail\",\"form\":\"inline\",\"category\":\"spam\",\"files\":[{\"sha256\":"
         "\"00\"}]}",
         "sha256"},
        {"{\"source\":\"mail\",\"form\":\"inline\",\"category\":\"spam\",\"print\":{\"tokens\":-1}"
         "}",
         "print"},
    };
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct desk_report out;
        struct err e = {0};
        assert_true(desk_report_read(a, slice_str(cases[i].json), &e, &out) < 0);
        if (strstr(e.text, cases[i].field) == NULL)
            fail_msg("%s: %s", cases[i].json, e.text);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip),
                                       cmocka_unit_test(test_too_much_is_cut),
                                       cmocka_unit_test(test_bad_ones_are_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
