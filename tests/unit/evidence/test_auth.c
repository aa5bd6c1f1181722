/* evidence: what authentication says becomes findings; impostors of the site's own domains. */
#include "auth/auth.h"
#include "evidence/check.h"
#include "evidence/own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

/* One message and what auth is said to have found about it. */
struct scene {
    struct arena *arena;
    struct auth_result r;
    struct dmarc_domain domain;
    struct dkim_result dkim;
    struct dmarc_author author;
    struct dmarc_authors authors;
    struct auth_settings site;
    struct own_names *own;
    struct findings all;
};

static void begin(struct scene *s, const char *from)
{
    static struct slice ours[] = {{"example.org", 11}, {"bigfactory.example", 18}};
    struct conf_list list = {ours, 2};
    *s = (struct scene){.arena = arena_new(0)};
    s->all.arena = s->arena;
    s->own = own_open(s->arena, &list);
    s->domain.from = slice_str(from);
    s->r.is_done = s->r.has_spf = s->r.has_mail_from = true;
    s->r.spf_mail_from = (struct spf_result){.value = AUTH_FAIL, .domain = SLICE("mf.example")};
    s->r.dmarc.worst = s->r.dmarc.domains = &s->domain;
    s->r.dmarc.n = 1;
    s->r.dmarc.value = s->domain.value = AUTH_FAIL;
    s->r.authors = &s->authors;
    s->authors.first = &s->author;
    s->author.domain = slice_str(from);
}

static void run(struct scene *s, const char *mail)
{
    struct envelope env = {.client_ip = SLICE("192.0.2.1")};
    struct evidence e = {.arena = s->arena,
                         .m = message_parse(s->arena, slice_str(mail), NULL),
                         .env = &env,
                         .auth = &s->r,
                         .site = &s->site,
                         .own = s->own,
                         .all = &s->all};
    evidence_run(&e);
}

static double points(const struct scene *s, const char *name)
{
    const struct finding *f = finding_find(&s->all, name);
    return f ? f->points : 0.0;
}

static bool hit(const struct scene *s, const char *name)
{
    return finding_find(&s->all, name) != NULL;
}

#define FROM(x)  "From: " x "\r\nTo: a@b.example\r\nSubject: x\r\n\r\nx\r\n"
#define PLAIN(d) FROM("<x@" d ">")

static void policies(void **state)
{
    (void)state;
    static const char *const names[] = {"auth_dmarc_fail", "auth_dmarc_quarantine",
                                        "auth_dmarc_reject"};
    for (int p = DMARC_NONE; p <= DMARC_REJECT; p++) {
        struct scene s;
        begin(&s, "foreign.example");
        s.r.dmarc.policy = s.r.dmarc.action = (enum dmarc_policy)p;
        run(&s, PLAIN("foreign.example"));
        for (int k = DMARC_NONE; k <= DMARC_REJECT; k++)
            assert_int_equal(hit(&s, names[k]), k == p);
        assert_true(hit(&s, "auth_spf_fail"));
        assert_true(hit(&s, "auth_nothing"));
        assert_false(hit(&s, "dmarc_followed"));
        arena_free(s.arena);
    }
}

/* An excused failure costs nothing at all, neither does SPF beside it. */
static void excused(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, "example.org");
    s.r.dmarc.policy = DMARC_REJECT;
    s.r.dmarc.override = DMARC_OVERRIDE_MAILING_LIST;
    s.r.dmarc.override_detail = SLICE("list.example");
    s.site.follows_dmarc = true;
    run(&s, PLAIN("example.org"));
    assert_true(hit(&s, "auth_dmarc_excused"));
    assert_false(hit(&s, "auth_dmarc_reject"));
    assert_false(hit(&s, "auth_own_forged"));
    assert_false(hit(&s, "dmarc_followed"));
    assert_true(points(&s, "auth_spf_fail") == 0.0);
    arena_free(s.arena);
}

/* A list that proves itself costs half; one that only says it is a list costs all. */
static void lists(void **state)
{
    (void)state;
    static struct slice proven = {"lists.club.example", 18};
    double whole = 0.0;
    for (size_t n = 0; n < 2; n++) {
        struct scene s;
        begin(&s, "foreign.example");
        s.r.dmarc.policy = s.r.dmarc.action = DMARC_REJECT;
        s.r.proven = &proven;
        s.r.n_proven = n;
        run(&s, "List-Id: Talk <talk.club.example>\r\n" PLAIN("foreign.example"));
        if (n == 0)
            whole = points(&s, "auth_dmarc_reject");
        else
            assert_true(points(&s, "auth_dmarc_reject") < 0.6 * whole);
        arena_free(s.arena);
    }
    assert_true(whole > 3.0);
}

static void followed(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, "foreign.example");
    s.r.dmarc.policy = s.r.dmarc.action = DMARC_REJECT;
    s.site.follows_dmarc = true;
    run(&s, PLAIN("foreign.example"));
    const struct finding *f = finding_find(&s.all, "dmarc_followed");
    assert_non_null(f);
    assert_true(f->forces);
    assert_int_equal(f->kind, FINDING_OPERATOR);
    arena_free(s.arena);
}

/* A missing answer is never a penalty. */
static void incomplete(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, "example.org");
    s.r.is_incomplete = true;
    s.r.spf_mail_from.value = AUTH_TEMPERROR;
    s.r.spf_mail_from.is_incomplete = true;
    s.r.dmarc.value = s.domain.value = AUTH_TEMPERROR;
    s.r.dmarc.is_incomplete = true;
    run(&s, PLAIN("example.org"));
    const struct finding *f = finding_find(&s.all, "auth_answers");
    assert_non_null(f);
    assert_int_equal(f->state, FINDING_INCOMPLETE);
    assert_true(slice_eq(f->detail, SLICE("SPF, DMARC")));
    for (const struct finding *x = s.all.first; x; x = x->next)
        if (x->kind == FINDING_AUTH && x->points > 0)
            fail_msg("%s counts %.1f", x->name, x->points);
    arena_free(s.arena);
}

static void own_forged(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, "mail.example.org");
    run(&s, PLAIN("mail.example.org"));
    assert_true(points(&s, "auth_own_forged") > 2.0);
    arena_free(s.arena);
    begin(&s, "example.org"); /* a signature of ours proves it, whatever DMARC says */
    static struct slice ours = {"example.org", 11};
    s.r.proven = &ours;
    s.r.n_proven = 1;
    run(&s, PLAIN("example.org"));
    assert_false(hit(&s, "auth_own_forged"));
    arena_free(s.arena);
    begin(&s, "paypal.com");
    run(&s, PLAIN("paypal.com"));
    assert_true(hit(&s, "auth_brand_forged"));
    assert_false(hit(&s, "auth_own_forged"));
    arena_free(s.arena);
}

struct like {
    const char *from;
    const char *name; /* of the check; NULL: none */
};

static const struct like likes[] = {
    {"example.org", NULL},
    {"sub.example.org", NULL},
    {"examp1e.org", "own_domain_like"},
    {"exarnple.org", "own_domain_like"},
    {"ex\xd0\xb0mple.org", "own_domain_like"}, /* a Cyrillic a */
    {"xn--exmple-4nf.org", "own_domain_like"}, /* the same as an A-label */
    {"bigfactry.example", "own_domain_near"},
    {"bigfcatory.example", "own_domain_near"},
    {"bigfactory.test", NULL},
    {"other.org", NULL},
};

static void look_alikes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof likes / sizeof *likes; i++) {
        struct scene s;
        char mail[200];
        begin(&s, likes[i].from);
        snprintf(mail, sizeof mail, PLAIN("%s"), likes[i].from);
        run(&s, mail);
        const char *is = hit(&s, "own_domain_like")   ? "own_domain_like"
                         : hit(&s, "own_domain_near") ? "own_domain_near"
                                                      : NULL;
        if (!is != !likes[i].name || (is && strcmp(is, likes[i].name)))
            fail_msg("%s: %s", likes[i].from, is ? is : "nothing");
        arena_free(s.arena);
    }
}

static void names_and_answers(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, "foreign.example");
    run(&s, FROM("\"boss@example.org\" <x@foreign.example>"));
    assert_true(hit(&s, "own_name_address"));
    assert_true(hit(&s, "from_name_other_address"));
    arena_free(s.arena);
    /* the address shown is proven by a signature of its domain: "ann@example.net via list" */
    static struct slice shown = {"example.net", 11};
    begin(&s, "foreign.example");
    s.r.proven = &shown;
    s.r.n_proven = 1;
    run(&s, FROM("\"ann@example.net\" <x@foreign.example>"));
    assert_false(hit(&s, "from_name_other_address"));
    arena_free(s.arena);
    begin(&s, "foreign.example");
    run(&s, "Reply-To: <x@f0reign.example>\r\n" PLAIN("foreign.example"));
    assert_true(hit(&s, "reply_to_like_from"));
    arena_free(s.arena);
}

static void without_dns(void **state)
{
    (void)state;
    struct scene s;
    begin(&s, "foreign.example");
    struct envelope env = {0};
    struct evidence e = {.arena = s.arena,
                         .m = message_parse(s.arena, slice_str(PLAIN("paypal.com")), NULL),
                         .env = &env,
                         .all = &s.all};
    evidence_run(&e);
    for (const struct finding *f = s.all.first; f; f = f->next)
        assert_int_not_equal(f->kind, FINDING_AUTH);
    arena_free(s.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies),    cmocka_unit_test(excused),
        cmocka_unit_test(followed),    cmocka_unit_test(lists),
        cmocka_unit_test(incomplete),  cmocka_unit_test(own_forged),
        cmocka_unit_test(look_alikes), cmocka_unit_test(names_and_answers),
        cmocka_unit_test(without_dns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
