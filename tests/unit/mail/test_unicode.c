/* Folding, skeletons, scripts. */
#include "mail/unicode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct arena *arena;

static void same(const char *what, struct slice got, const char *want)
{
    if (!slice_eq(got, slice_str(want)))
        fail_msg("%s: got \"%.*s\", want \"%s\"", what, SLICE_ARG(got), want);
}

static void fold(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"", ""},
                                           {"Hello", "hello"},
                                           {"already lower", "already lower"},
                                           {"STRASSE Straße", "strasse strasse"},
                                           {"ＡＢＣ１２３", "abc123"},
                                           {"ﬁn e\xCC\x81t", "fin ét"},
                                           {"ΑΒΓ Привет", "αβγ привет"},
                                           {"x\xFFy\xC3", "x\uFFFDy\uFFFD"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        same(cases[i][0], unicode_fold(arena, slice_str(cases[i][0])), cases[i][1]);
    struct slice lower = SLICE("no copy is made");
    assert_ptr_equal(unicode_fold(arena, lower).p, lower.p);
}

/* Long runs go to the normaliser in pieces; a mark must not part from its letter. */
static void fold_long(void **state)
{
    (void)state;
    char *text = arena_bytes(arena, 9000), *want = arena_bytes(arena, 9000);
    size_t n = 0, m = 0;
    for (int i = 0; i < 1500; i++) {
        memcpy(text + n, "\xD0\x98\xCC\x86", 4); /* И and breve: й */
        memcpy(want + m, "\xD0\xB9", 2);
        n += 4;
        m += 2;
    }
    struct slice got = unicode_fold(arena, slice_of(text, n));
    assert_true(slice_eq(got, slice_of(want, m)));
}

static void skeleton(void **state)
{
    (void)state;
    static const char *const alike[][2] = {{"paypal", "раураl"}, {"0O1lI", "OOlll"},
                                           {"rn", "m"},          {"scope", "ѕсоре"},
                                           {"a\u200Db", "ab"},   {"éa", "e\u0301a"}};
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
        struct slice a = unicode_skeleton(arena, slice_str(alike[i][0]));
        struct slice b = unicode_skeleton(arena, slice_str(alike[i][1]));
        if (!slice_eq(a, b))
            fail_msg("%s and %s: %.*s and %.*s", alike[i][0], alike[i][1], SLICE_ARG(a),
                     SLICE_ARG(b));
    }
    assert_false(slice_eq(unicode_skeleton(arena, SLICE("paypal")),
                          unicode_skeleton(arena, SLICE("payroll"))));
}

static void scripts(void **state)
{
    (void)state;
    assert_int_equal(unicode_scripts(SLICE("12 .!")), 0);
    assert_int_equal(unicode_scripts(SLICE("abc é")), SCRIPT_LATIN);
    assert_int_equal(unicode_scripts(slice_str("aб")), SCRIPT_LATIN | SCRIPT_CYRILLIC);
    assert_int_equal(unicode_scripts(slice_str("日本のカナ")), SCRIPT_HAN | SCRIPT_KANA);
    assert_int_equal(unicode_scripts(slice_str("한 ش ש ไ Ա ა क α")),
                     SCRIPT_HANGUL | SCRIPT_ARABIC | SCRIPT_HEBREW | SCRIPT_THAI | SCRIPT_ARMENIAN |
                         SCRIPT_GEORGIAN | SCRIPT_INDIC | SCRIPT_GREEK);
}

static void mixed(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        bool is_mixed;
    } cases[] = {{"paypal", false},        {"pаypal", true},     {"Привет", false},
                 {"日本のカナabc", false}, {"한국abc漢", false}, {"カナ한국", true},
                 {"naïve", false},         {"αbc", true},        {"x²", false},
                 {"Кремль-2", false},      {"ラーメン", false},  {"aไ", true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (unicode_is_mixed_word(slice_str(cases[i].word)) != cases[i].is_mixed)
            fail_msg("%s", cases[i].word);
}

int main(void)
{
    arena = arena_new(0);
    const struct CMUnitTest tests[] = {cmocka_unit_test(fold), cmocka_unit_test(fold_long),
                                       cmocka_unit_test(skeleton), cmocka_unit_test(scripts),
                                       cmocka_unit_test(mixed)};
    int r = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return r;
}
