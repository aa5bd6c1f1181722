/* Campaigns: what joins, what does not, and that wanted mail is never grouped by its text. */
#include "desk/campaign.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Storage as the keeper's, in memory. */
struct memory {
    struct arena *arena;
    struct slice mark[4096];
    unsigned char id[4096][16];
    size_t n;
    struct desk_print print[64];
    unsigned looks;
};

static bool find(void *arg, struct slice mark, unsigned char out[16])
{
    struct memory *m = arg;
    for (size_t i = 0; i < m->n; i++) {
        if (slice_eq(m->mark[i], mark)) {
            memcpy(out, m->id[i], 16);
            return true;
        }
    }
    return false;
}

static bool print(void *arg, const unsigned char campaign[16], struct desk_print *out)
{
    struct memory *m = arg;
    m->looks++;
    *out = m->print[campaign[0]];
    return true;
}

static unsigned char join(struct memory *m, const struct desk_report *r, unsigned char fresh,
                          enum campaign_why *out_why)
{
    struct slice marks[CAMPAIGN_MARKS];
    unsigned char id[16] = {fresh}, other[16];
    struct campaign_store s = {m, find, print};
    *out_why = campaign_find(m->arena, r, &s, id);
    size_t n = campaign_marks(m->arena, r, marks);
    assert_true(n <= CAMPAIGN_MARKS);
    for (size_t i = 0; i < n; i++) {
        assert_true(marks[i].n <= 64);
        if (!find(m, marks[i], other)) {
            m->mark[m->n] = marks[i];
            memcpy(m->id[m->n++], id, 16);
        }
    }
    if (*out_why == CAMPAIGN_NONE)
        m->print[fresh] = r->print;
    return id[0];
}

static void of_text(struct arena *a, struct desk_report *r, const char *name, unsigned changed,
                    unsigned seed)
{
    struct buf b = BUF_INIT(1 << 16);
    memset(r, 0, sizeof(*r));
    buf_printf(&b, "Dear %s, ", name);
    for (unsigned i = 0; i < 150; i++) {
        unsigned v = i * 2654435761u + (i % 10 < changed ? seed * 77777u + 1 : 0);
        buf_printf(&b, "%c%c%c ", (int)('a' + v / 7 % 26), (int)('a' + v / 301 % 26),
                   (int)('a' + v / 9001 % 26));
    }
    desk_print_make(a, buf_slice(&b), 1, &r->print, NULL);
    buf_fini(&b);
}

static struct memory *memory_new(void)
{
    static struct memory m;
    if (m.arena)
        arena_free(m.arena);
    memset(&m, 0, sizeof(m));
    m.arena = arena_new(0);
    return &m;
}

static void link_to(struct desk_report *r, const char *url, const char *domain)
{
    r->links[r->n_links++] = (struct desk_link){slice_str(url), slice_str(domain),
                                                slice_str(domain)};
}

static void test_texts(void **state)
{
    (void)state;
    struct memory *m = memory_new();
    struct desk_report r;
    enum campaign_why why;
    of_text(m->arena, &r, "ann", 0, 0);
    assert_int_equal(join(m, &r, 1, &why), 1);
    assert_int_equal(why, CAMPAIGN_NONE);
    assert_int_equal(join(m, &r, 2, &why), 1);
    assert_int_equal(why, CAMPAIGN_TEXT);
    of_text(m->arena, &r, "robert", 1, 5);
    assert_int_equal(join(m, &r, 3, &why), 1);
    assert_int_equal(why, CAMPAIGN_NEAR);
    of_text(m->arena, &r, "ann", 10, 9);
    assert_int_equal(join(m, &r, 4, &why), 4);
}

static void test_links(void **state)
{
    (void)state;
    static const struct {
        const char *one, *two, *domain;
        bool is_same;
    } cases[] = {
        {"https://bad.example/win/now", "https://bad.example/win/now", "bad.example", true},
        {"https://bad.example/", "https://bad.example/", "bad.example", true},
        {"https://bad.example/a", "https://bad.example/b", "bad.example", false},
        {"https://docs.google.com/", "https://docs.google.com/", "google.com", false},
        {"https://t.co/*", "https://t.co/*", "t.co", false},
        {"https://sites.google.com/view/prize-desk", "https://sites.google.com/view/prize-desk",
         "google.com", true},
        {"https://sender.example/", "https://sender.example/", "sender.example", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct memory *m = memory_new();
        struct desk_report r;
        enum campaign_why why;
        memset(&r, 0, sizeof(r));
        r.original.from_domain = SLICE("sender.example");
        link_to(&r, cases[i].one, cases[i].domain);
        join(m, &r, 1, &why);
        r.n_links = 0;
        link_to(&r, cases[i].two, cases[i].domain);
        if ((join(m, &r, 2, &why) == 1) != cases[i].is_same)
            fail_msg("%s and %s", cases[i].one, cases[i].two);
    }
}

static void test_wanted_mail(void **state)
{
    (void)state;
    struct memory *m = memory_new();
    struct desk_report r;
    enum campaign_why why;
    struct slice marks[CAMPAIGN_MARKS];
    of_text(m->arena, &r, "ann", 0, 0);
    size_t n = campaign_veto_marks(m->arena, &r.print, marks);
    for (size_t i = 0; i < n; i++)
        m->mark[m->n++] = marks[i];
    assert_int_equal(join(m, &r, 1, &why), 1);
    assert_int_equal(join(m, &r, 2, &why), 2); /* the same text, and yet each by itself */
    of_text(m->arena, &r, "robert", 0, 0);
    assert_int_equal(join(m, &r, 3, &why), 3);
    link_to(&r, "https://bad.example/win/now", "bad.example");
    assert_int_equal(join(m, &r, 4, &why), 4);
    assert_int_equal(join(m, &r, 5, &why), 4); /* what it links to still counts */
    assert_int_equal(why, CAMPAIGN_LINK);
}

static void test_bounded(void **state)
{
    (void)state;
    struct memory *m = memory_new();
    struct desk_report r;
    enum campaign_why why;
    of_text(m->arena, &r, "ann", 0, 0);
    struct slice marks[CAMPAIGN_MARKS];
    size_t n = campaign_marks(m->arena, &r, marks);
    for (size_t i = 1; i < n; i++) { /* each piece names another campaign, none of them like it */
        m->mark[m->n] = marks[i];
        m->id[m->n++][0] = (unsigned char)i;
    }
    assert_int_equal(join(m, &r, 60, &why), 60);
    assert_true(m->looks <= CAMPAIGN_LOOKS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts), cmocka_unit_test(test_links),
                                       cmocka_unit_test(test_wanted_mail),
                                       cmocka_unit_test(test_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
