/* evidence: folding, phrases, lists of hosts and brands, zip lists, configuration of checks. */
#include "base/buf.h"
#include "base/hash.h"
#include "evidence/check.h"
#include "evidence/own.h"
#include "evidence/rules.h"
#include "base/zip.h"
#include "mail/unicode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct arena *arena;

static void folding(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"  Hello,  WORLD! ", "hello world"},
        {"Überprüfung der Größe", "uberprufung der grosse"},
        {"don't", "dont"},
        {"Ｆｕｌｌ ｗｉｄｔｈ", "full width"},
        {"zero\xE2\x80\x8B"
         "width so\xC2\xAD"
         "ft",
         "zerowidth soft"},
        {"Срочно Ёлка", "срочно елка"},
        {"ΚΑΛΗΜΈΡΑ", "καλημερα"},
        {"您的包裹ok", "您 的 包 裹 ok"},
        {"e\xCC\x81t\xC3\xA9", "ete"},
        {"a\xFF"
         "b",
         "a b"},
        {"", ""},
        {"...", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice got = phrases_fold(arena, slice_str(cases[i].in));
        if (!slice_eq(got, slice_str(cases[i].out)))
            fail_msg("%s gives \"%.*s\"", cases[i].in, SLICE_ARG(got));
    }
}

static void finding_phrases(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum phrase_topic topic;
        unsigned n;
        const char *first;
    } cases[] = {
        {"Please act now!", TOPIC_URGENCY, 1, "act now"},
        {"please react now", TOPIC_URGENCY, 0, ""},
        {"your red shiny card is blocked", TOPIC_ACCOUNT, 1, "your red shiny card"},
        {"your one two three four card", TOPIC_ACCOUNT, 0, ""},
        {"Suspended: accounts suspending", TOPIC_CREDENTIALS, 2, "suspended"},
        {"susp", TOPIC_CREDENTIALS, 0, ""},
        {"您的包裹到了", TOPIC_PARCEL, 1, "您 的 包 裹"},
        {"act now act now", TOPIC_URGENCY, 2, "act now"},
        {"act", TOPIC_URGENCY, 0, ""},
        {"", TOPIC_URGENCY, 0, ""},
    };
    struct err e = {0};
    struct phrases *p = phrases_new();
    struct slice table = SLICE("# test\n[urgency]\nact now\n[account]\nyour * card\n"
                               "[credentials]\nsuspend~\n[parcel]\n您的包裹\n");
    assert_int_equal(phrases_read(p, table, "t", &e), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct phrase_hits h = {0};
        phrases_find(p, arena, slice_str(cases[i].text), 1000, &h);
        if (h.n[cases[i].topic] != cases[i].n ||
            !slice_eq(h.first[cases[i].topic], slice_str(cases[i].first)))
            fail_msg("\"%s\": %u \"%.*s\"", cases[i].text, h.n[cases[i].topic],
                     SLICE_ARG(h.first[cases[i].topic]));
    }
    phrases_free(p);
}

/* Byte by byte: what folding does to ASCII and to e with an acute accent. */
static struct slice plain_fold(struct slice text)
{
    char *out = arena_bytes(arena, 2 * text.n + 1);
    size_t n = 0;
    bool gap = true;
    for (size_t i = 0; i < text.n; i++) {
        bool is_accent = slice_starts(slice_from(text, i), SLICE("\xC3\xA9"));
        i += is_accent;
        if (text.p[i] == '\'')
            continue;
        if (!is_accent && !ascii_is_alnum(text.p[i])) {
            gap = true;
            continue;
        }
        if (gap && n)
            out[n++] = ' ';
        gap = false;
        out[n++] = is_accent ? 'e' : ascii_lower(text.p[i]);
    }
    return slice_of(out, n);
}

/* Words of all lengths and gaps of all kinds, at every place of a block of 64 bytes. */
static void folding_at_edges(void **state)
{
    (void)state;
    static const char *const pieces[] = {"a",
                                         "It's",
                                         " ",
                                         "--\n",
                                         "Z9",
                                         "\xC3\xA9",
                                         "''",
                                         "Fourteen0",
                                         "' ",
                                         "\r\n",
                                         ".",
                                         "xx",
                                         ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ012"
                                          "3456789abcdefghijklmnopqrstuvwxyz")};
    char text[600];
    for (uint64_t seed = 0; seed < 500; seed++) {
        size_t n = 0;
        for (uint64_t i = 0; n < seed; i++) {
            uint64_t x = hash_mix(seed << 32 | i);
            const char *piece = pieces[x % (x & 64 ? 12 : 13)];
            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
        }
        struct slice want = plain_fold(slice_of(text, n)), rest = want, word;
        struct phrase_words got = phrases_fold_words(arena, slice_of(text, n));
        assert_true(slice_eq(got.text, want));
        for (size_t i = 0; i < got.n; i++) {
            assert_true(slice_split(&rest, ' ', &word));
            assert_int_equal(got.starts[i], word.p - want.p);
            assert_int_equal(got.starts[i + 1], word.p + word.n + 1 - want.p);
        }
        assert_true(slice_is_empty(rest));
    }
}

/* Phrases of words and stems of each length, wherever they stand. */
static void phrases_of_all_lengths(void **state)
{
    (void)state;
    static const char *const found[] = {"u win",           "to be me",   "abc defg h",
                                        "prizes of k",     "lotter k",   "lottery k xy",
                                        "free of chargin", "fre of char"};
    static const char *const other[] = {"v win",   "to bee me",  "abd defg h", "prize of k",
                                        "lotte k", "lottery kk", "fr of char", "free of cha"};
    struct err e = {0};
    struct phrases *p = phrases_new();
    struct slice table = SLICE("[lottery]\nu win\nto be me\nabc defg h\nprizes of k\n"
                               "lotter~ k\nfre~ of char~\n");
    assert_int_equal(phrases_read(p, table, "t", &e), 0);
    for (int before = 0; before < 70; before++) {
        for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
            struct phrase_hits h = {0}, none = {0};
            phrases_find(p, arena, arena_printf(arena, "%*s%s", before, "", found[i]), 1000, &h);
            phrases_find(p, arena, arena_printf(arena, "%*s%s", before, "", other[i]), 1000, &none);
            assert_int_equal(h.n[TOPIC_LOTTERY], 1);
            assert_int_equal(none.n[TOPIC_LOTTERY], 0);
        }
    }
    phrases_free(p);
}

static void bad_tables(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "act now\n",       "[nonsense]\nx\n",  "[urgency\nx\n",
        "[urgency]\n*\n",  "[urgency]\na *\n", "[urgency]\nab~\n",
        "[urgency]\n,,\n", "[urgency]\n* a\n", "[urgency]\na b c d e f g h i j k l m\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = {0};
        struct phrases *p = phrases_new();
        if (phrases_read(p, slice_str(bad[i]), "table", &e) != ERR_PARSE ||
            !strstr(e.text, "table:"))
            fail_msg("%s: %s", bad[i], e.text);
        phrases_free(p);
    }
}

static void shipped_data(void **state)
{
    (void)state;
    const struct rules *r = rules_default(); /* aborts when a line does not parse */
    assert_int_equal(hosts_find(r->hosts, SLICE("bit.ly")), HOSTS_SHORTENERS);
    assert_int_equal(hosts_find(r->hosts, SLICE("x.y.pages.dev")), HOSTS_FREEHOSTING);
    assert_int_equal(hosts_find(r->hosts, SLICE("notbit.ly")), 0);
    assert_int_equal(hosts_find(r->hosts, SLICE("")), 0);
    const struct brand *b = brands_named(r->brands, SLICE("service at paypal team"));
    assert_non_null(b);
    assert_true(slice_eq(b->name, SLICE("paypal")));
    assert_true(brand_owns(b, SLICE("paypal.com")));
    assert_true(brand_owns(b, SLICE("paypal.de")));
    assert_false(brand_owns(b, SLICE("paypal-check.example")));
    assert_false(brand_owns(b, SLICE("pay.example")));
    assert_null(brands_named(r->brands, SLICE("apple pie recipes")));
    assert_non_null(brands_named(r->brands, SLICE("apple")));
    assert_null(brands_named(r->brands, SLICE("")));
    assert_null(brands_look_alike(r->brands, arena, SLICE("paypal")));
    assert_non_null(brands_look_alike(r->brands, arena, SLICE("paypa1")));
    assert_non_null(brands_look_alike(r->brands, arena, SLICE("рaypal"))); /* Cyrillic er */
    assert_null(brands_look_alike(r->brands, arena, SLICE("example")));
    for (char c = '!'; c < 127; c++) { /* the short way for ASCII is ICU's way */
        struct slice one = {&c, 1};
        if (ascii_is_alnum(c) || c == '-' || c == '|')
            assert_true(slice_eq(brands_skeleton(arena, one),
                                 arena_lower(arena, unicode_skeleton(arena, one))));
    }
}

/* Names, labels and skeletons stand in one table: a name one letter away meets none of them. */
static void names_apart(void **state)
{
    (void)state;
    struct err e = {0};
    struct brands *b;
    assert_int_equal(
        brands_open(SLICE("norton|lifelock one: norton.example\nebayy: e.example\n"), "t", &e, &b),
        0);
    struct slice domain = SLICE("abc.de");
    struct own_names *own = own_open(arena, &(struct conf_list){&domain, 1});
    for (int c = 0; c < 256; c++) {
        char name[] = "kara norton", host[] = "abc.de", two[] = "lifelock one x";
        name[5] = host[0] = (char)c;
        two[0] = (char)c;
        assert_int_equal(brands_named(b, slice_str(name)) != NULL, c == 'n');
        assert_int_equal(brands_named(b, slice_of(two, 14)) != NULL, c == 'l');
        name[5] = (char)c;
        assert_int_equal(brands_label(b, slice_of(name + 5, 6)) != NULL, c == 'n');
        assert_int_equal(own_has(own, slice_of(host, 6)), c == 'a');
    }
    assert_null(brands_named(b, SLICE("lifelock two")));
    assert_null(brands_named(b, SLICE("one lifelock")));
    assert_non_null(brands_named(b, SLICE("a  lifelock one")));
    brands_close(b);
}

/* A zip of empty files, by hand: local headers, directory, end. */
static struct slice make_zip(const char *const *names, bool is_encrypted, bool with_directory)
{
    struct buf b = BUF_INIT(65536), dir = BUF_INIT(65536);
    for (; *names; names++) {
        size_t n = strlen(*names);
        char local[30] = "PK\3\4", central[46] = "PK\1\2";
        local[6] = central[8] = is_encrypted;
        local[26] = central[28] = (char)n;
        buf_add(&b, slice_of(local, 30));
        buf_str(&b, *names);
        buf_add(&dir, slice_of(central, 46));
        buf_str(&dir, *names);
    }
    size_t at = b.n;
    if (with_directory) {
        char end[22] = "PK\5\6";
        end[16] = (char)(at & 255);
        end[17] = (char)(at >> 8);
        buf_add(&b, buf_slice(&dir));
        buf_add(&b, slice_of(end, 22));
    }
    struct slice out = arena_dup(arena, buf_slice(&b));
    buf_fini(&b);
    buf_fini(&dir);
    return out;
}

static void zip_lists(void **state)
{
    (void)state;
    static const char *const names[] = {"a.txt", "deep/b.exe", NULL};
    struct zip_entry entries[ZIP_ENTRIES];
    for (int way = 0; way < 4; way++) {
        struct slice z = make_zip(names, way & 1, way & 2);
        assert_true(zip_is(z));
        assert_int_equal(zip_list(z, entries), 2);
        assert_true(slice_eq(entries[1].name, SLICE("deep/b.exe")));
        assert_int_equal(entries[1].is_encrypted, way & 1);
        for (size_t cut = 0; cut < z.n; cut++)
            zip_list(slice_head(z, cut), entries); /* any cut is fine */
    }
    assert_int_equal(zip_list(SLICE(""), entries), 0);
    assert_false(zip_is(SLICE("PK")));
}

static void configured_points(void **state)
{
    (void)state;
    struct err e = {0};
    struct conf *c;
    struct rules *r;
    assert_int_equal(conf_parse(arena, CHECK_SECTIONS, SLICE("check \"link_ip\" { points = 0.25 }"),
                                "t", NULL, &e, &c),
                     0);
    assert_int_equal(rules_open(c, &e, &r), 0);
    assert_true(rules_points(r, CHECK_link_ip) == 0.25);
    assert_true(rules_points(r, CHECK_link_port) == check_info(CHECK_link_port)->points);
    rules_close(r);
    assert_int_equal(conf_parse(arena, CHECK_SECTIONS, SLICE("check \"link_pi\" { points = 1 }"),
                                "t", NULL, &e, &c),
                     0);
    assert_int_equal(rules_open(c, &e, &r), ERR_PARSE);
    assert_non_null(strstr(e.text, "link_ip"));
}

static void table_is_sound(void **state)
{
    (void)state;
    int covered = 0;
    for (size_t i = 0; i < CHECK_N_FAMILIES; i++)
        covered += (int)CHECK_FAMILIES[i].last - (int)CHECK_FAMILIES[i].first + 1;
    assert_int_equal(covered, CHECKS);
    for (int id = 0; id < CHECKS; id++) {
        const struct check *c = check_info((enum check_id)id);
        const char *place = strchr(c->reason, '%');
        assert_true(c->points <= 4.0 || !strncmp(c->name, "near_", 5) ||
                    !strncmp(c->name, "listed_", 7)); /* decided by people */
        assert_true(c->points >= -1.0 || !strncmp(c->name, "near_", 5));
        assert_true(c->doc[0] && c->reason[0]);
        if (place && strncmp(place, "%s", 2) != 0)
            fail_msg("%s: a reason holds %%s or nothing", c->name);
    }
    struct buf b = BUF_INIT(1 << 20);
    check_reference(&b);
    assert_true(b.n > 5000 && !b.full);
    buf_fini(&b);
}

int main(void)
{
    arena = arena_new(0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folding),           cmocka_unit_test(finding_phrases),
        cmocka_unit_test(folding_at_edges),  cmocka_unit_test(phrases_of_all_lengths),
        cmocka_unit_test(bad_tables),        cmocka_unit_test(shipped_data),
        cmocka_unit_test(names_apart),       cmocka_unit_test(zip_lists),
        cmocka_unit_test(configured_points), cmocka_unit_test(table_is_sound),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
