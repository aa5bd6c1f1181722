/* law: comparison, smallest changes, contradictions, remarks for authors. */
#include "law/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct law_library *lib;
static int32_t day;

static int open_lib(void **state)
{
    struct err e = {0};
    (void)state;
    return law_date(SLICE("2026-11-21"), &day) ? law_library_open(&lib, NULL, &e) : -1;
}

static int close_lib(void **state)
{
    (void)state;
    law_library_free(lib);
    return 0;
}

static const struct law *get(const char *code)
{
    const struct law *law = law_at(lib, slice_str(code), day);
    assert_non_null(law);
    return law;
}

/* After the changes, and not with one of them left out, the law answers as the other. */
static void test_changes(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"IT", "AT"}, {"DE", "AT"}, {"GB", "IE"}, {"US", "SG"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct law_change list[LAW_FIELDS];
        const struct law *a = get(pairs[i][0]), *b = get(pairs[i][1]);
        struct law *c = malloc(sizeof *c);
        size_t n = law_changes(a, b, day, list);
        assert_non_null(c);
        *c = *a;
        for (size_t k = 0; k < n; k++) {
            c->v[list[k].field] = b->v[list[k].field];
            c->l[list[k].field] = b->l[list[k].field];
        }
        assert_int_equal(law_changes(c, b, day, list), 0);
        assert_int_equal(law_changes(a, a, day, list), 0);
        free(c);
    }
    struct law_change list[LAW_FIELDS];
    assert_int_equal(law_changes(get("IT"), get("AT"), day, list), 1);
    assert_int_equal(list[0].field, LAW_F_REGISTER);
}

static void test_overlap(void **state)
{
    (void)state;
    const struct law *same[] = {get("IT"), get("IT")}, *free_and_not[] = {get("US"), get("DE")};
    const struct law *many[] = {get("DE"), get("CA"), get("GB")};
    struct law_overlap o, two;
    law_overlap(same, 2, day, &o);
    assert_int_equal(o.disputed, 0);
    assert_int_equal(o.all_violate + o.none + o.open, o.situations);
    law_overlap(free_and_not, 2, day, &o);
    assert_true(o.disputed > 0);
    law_overlap(many, 3, day, &o);
    law_overlap(many, 2, day, &two);
    assert_true(o.all_violate <= two.all_violate); /* the core only shrinks */
    assert_true(o.all_violate > 0);
}

static void test_labels(void **state)
{
    (void)state;
    assert_true(law_labels_clash(get("KR"), get("CN")));
    assert_true(law_labels_clash(get("IL"), get("SG")));
    assert_false(law_labels_clash(get("KR"), get("KR")));
    assert_false(law_labels_clash(get("KR"), get("DE")));
    assert_false(law_labels_clash(get("AR"), get("PE"))); /* anywhere in the subject */
}

static void test_differences(void **state)
{
    (void)state;
    enum law_field list[LAW_FIELDS];
    const struct law *before = law_at(lib, SLICE("VN"), day - 400);
    size_t n = law_differences(before, get("VN"), list);
    bool click = false;
    for (size_t i = 0; i < n; i++)
        click |= list[i] == LAW_F_ONE_CLICK;
    assert_true(click);
    assert_int_equal(n, 3); /* from, until, one_click */
    assert_int_equal(law_differences(before, before, list), 0);
}

static void test_lint(void **state)
{
    (void)state;
    static const struct {
        const char *rules, *says;
    } cases[] = {
        {"rule \"r\" { text = \"t\" need = \"tracking = no\" }", NULL},
        {"rule \"r\" { text = \"t\" need = \"sends_today < 3\", \"sends_today > 5\" }",
         "can never be met"},
        {"rule \"r\" { text = \"t\" when = \"medium = sms\", \"medium = fax\" need = \"dkim = "
         "yes\" }",
         "can never be broken"},
        {"limits { weekday_from = 19:00 weekday_to = 07:00 }", "no hour is left"},
        {"consent { soft_months = 6 }", "consent.soft_months: is written but changes no answer"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct law_library *own = law_library_new();
        struct buf text = BUF_INIT(4096), out = BUF_INIT(4096);
        struct err e = {0};
        buf_printf(&text, "law X \"1\" { name = \"x\"\nkind = person\n%s\n}\n", cases[i].rules);
        assert_int_equal(law_library_add(own, buf_slice(&text), "x.law", NULL, &e), 0);
        size_t n = law_lint(law_get(own, 0), day, &out);
        if (cases[i].says) {
            assert_true(n > 0);
            if (!strstr(buf_cstr(&out), cases[i].says))
                fail_msg("%s", buf_cstr(&out));
        } else
            assert_int_equal(n, 0);
        buf_fini(&text);
        buf_fini(&out);
        law_library_free(own);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes), cmocka_unit_test(test_overlap),
        cmocka_unit_test(test_labels),  cmocka_unit_test(test_differences),
        cmocka_unit_test(test_lint),
    };
    return cmocka_run_group_tests(tests, open_lib, close_lib);
}
