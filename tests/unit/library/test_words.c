/* library/words: the same word comes out of both sides, whatever it was dressed in. */
#include "library/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

/* A text and a question that must (or must not) find it: every word asked is in the index. */
static bool finds(struct arena *a, const char *text, const char *question)
{
    struct slice asked[WORDS_ASKED];
    struct buf b = BUF_INIT(65536);
    size_t n = words_asked(slice_str(question), a, asked);
    buf_chr(&b, ' ');
    words_add(slice_str(text), &b);
    buf_chr(&b, ' ');
    bool all = n > 0;
    for (size_t i = 0; i < n; i++) {
        struct slice w = arena_printf(a, " %.*s ", SLICE_ARG(asked[i]));
        all = all && slice_find(buf_slice(&b), w) != SIZE_MAX;
    }
    buf_fini(&b);
    return all;
}

static void found(void **state)
{
    (void)state;
    static const struct {
        const char *text, *question;
        bool is_found;
    } cases[] = {
        {"Putting a stop to spam", "SPAM", true},
        {"Putting a stop to spam", "how to stop the spam", true},
        {"Réglementation des pourriels", "reglementation", true},
        {"Reglementation", "réglementation", true},
        {"Loi canadienne", "lois", true},
        {"Réseaux et journaux", "réseau", false},
        {"journaux", "journal", true},
        {"Définitions", "définition", true},
        {"Definições legais", "definição", true},
        {"Leyes contra el spam", "ley", true},
        {"rules of the game", "rule", true},
        {"Countries", "country", true},
        {"policy", "policies", true},
        {"Medidas técnicas", "tecnica", true},
        {"mass", "mas", false},
        {"STRASSE", "straße", true},
        {"Œuvre", "oeuvre", true},
        {"Ålesund Łódź", "alesund lodz", true},
        {"ＳＰＡＭ ﬁlter", "spam filter", true},
        {"反垃圾邮件工具包", "垃圾邮件", true},
        {"反垃圾邮件工具包", "邮", true},
        {"反垃圾邮件工具包", "邮包", false},
        {"迷惑メール対策", "メール", true},
        {"مكافحة الرسائل المزعجة", "رسائل", true},
        {"قانون مكافحة الإزعاج", "القانون", true},
        {"مُكَافَحَة", "مكافحه", true},
        {"صحيفة إلى", "الي", true},
        {"Уведомление", "уведомление", true},
        {"RFC 7208", "rfc 7208", true},
        {"spam", "ham", false},
        {"nothing", "", false},
        {"of the", "of the", true}, /* common words are asked for when there are no others */
    };
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (finds(a, cases[i].text, cases[i].question) != cases[i].is_found)
            fail_msg("\"%s\" asked of \"%s\"", cases[i].question, cases[i].text);
    }
    arena_free(a);
}

static void hostile(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct slice asked[WORDS_ASKED];
    struct buf b = BUF_INIT(1 << 20), text = BUF_INIT(1 << 20);
    for (int i = 0; i < 100000; i++)
        buf_chr(&text, (char)(i * 7 + i / 251));
    words_add(buf_slice(&text), &b);
    assert_true(words_asked(buf_slice(&text), a, asked) <= WORDS_ASKED);
    buf_reset(&b);
    buf_reset(&text);
    for (int i = 0; i < 5000; i++)
        buf_chr(&text, 'x');
    words_add(buf_slice(&text), &b);
    assert_true(b.n <= WORDS_LONGEST);
    buf_fini(&b);
    buf_fini(&text);
    arena_free(a);
}

static void slugs(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"Putting a stop to spam", "putting-a-stop-to-spam"},
                                           {"  Réseau: l'été! ", "reseau-lete"},
                                           {"反垃圾", ""},
                                           {"RFC 7208 (反) x", "rfc-7208-x"},
                                           {"-- --", ""}};
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct slice s = words_slug(a, slice_str(cases[i][0]), 60);
        if (!slice_eq(s, slice_str(cases[i][1])))
            fail_msg("\"%s\" gave \"%.*s\"", cases[i][0], SLICE_ARG(s));
    }
    struct slice shortened = words_slug(a, SLICE("aaaa bbbb cccc"), 10);
    assert_true(slice_eq(shortened, SLICE("aaaa-bbbb")));
    arena_free(a);
}

static void bits(void **state)
{
    (void)state;
    uint64_t all = words_bits(SLICE("stop spam law"));
    assert_true((all & words_bits(SLICE("spam"))) == words_bits(SLICE("spam")));
    assert_true(words_bits(SLICE("spam")) != 0);
    assert_true(words_bits(SLICE("")) == 0);
    assert_true(words_bits(SLICE("spam")) != words_bits(SLICE("law")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(found), cmocka_unit_test(hostile),
                                       cmocka_unit_test(slugs), cmocka_unit_test(bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
