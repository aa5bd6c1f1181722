/* The engine: requests become pages by replay, forms need their token, nobody redirects elsewhere.
 */
#include "web/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena *a;
static struct web_site site;

static int open_site(void **state)
{
    (void)state;
    a = arena_new(0);
    site_open(&site, a, NULL, NULL, NULL);
    return 0;
}

static int close_site(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

#define SESSION "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct web_request get(const char *target)
{
    return (struct web_request){
        .target = slice_str(target), .host = SLICE("localhost"), .client = SLICE("192.0.2.1")};
}

static struct web_request post(const char *target, const char *body)
{
    struct web_request r = get(target);
    r.is_post = true;
    r.content_type = SLICE("application/x-www-form-urlencoded");
    r.body = slice_str(body);
    return r;
}

/* Answers every question with this, until the page is complete. */
static struct page *run(const struct web_request *r, int status, const char *json)
{
    struct page *p = page_new(&site, r);
    struct web_question q;
    for (int rounds = 0; !page_run(p); rounds++) {
        assert_true(rounds < 10);
        while (page_next(p, &q))
            page_answered(p, q.id, status, slice_str(json));
    }
    return p;
}

static const char *header(const struct page *p, const char *name)
{
    for (unsigned i = 0; i < p->run->reply.n_headers; i++)
        if (strcmp(p->run->reply.header[i].name, name) == 0)
            return p->run->reply.header[i].value;
    return "";
}

static const char *body(struct page *p)
{
    return buf_cstr(&p->run->reply.body);
}

static const struct {
    const char *target;
    int status;
} paths[] = {{"/", 200},
             {"/?lang=xx&a=%00", 200},
             {"/robots.txt", 200},
             {"/nothing", 404},
             {"/nothing.json", 404},
             {"/static/none", 404},
             {"/static/..%2f..%2fetc%2fpasswd", 404},
             {"/static/%2e%2e", 404},
             {"/../etc/passwd", 404},
             {"no-slash", 404},
             {"*", 404},
             {"/a/b/c/d/e/f/g/h/i/j/k", 404},
             {"/account", 303},
             {"/account/password", 405}};

static void paths_have_their_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct web_request r = get(paths[i].target);
        struct page *p = run(&r, 404, "{}");
        if (p->run->reply.status != paths[i].status)
            fail_msg("%s: %d", paths[i].target, p->run->reply.status);
        page_free(p);
    }
}

static void the_path_is_escaped_when_it_is_shown(void **state)
{
    (void)state;
    struct web_request r = get("/%3Cscript%3E?lang=\"><script>");
    struct page *p = run(&r, 404, "{}");
    assert_null(strstr(body(p), "<script"));
    page_free(p);
}

static void a_stranger_is_sent_to_log_in_and_back(void **state)
{
    (void)state;
    struct web_request r = get("/account/totp?x=1&y=2");
    struct page *p = run(&r, 401, "{}");
    assert_int_equal(p->run->reply.status, 303);
    assert_string_equal(header(p, "Location"),
                        "/account/login?next=%2Faccount%2Ftotp%3Fx%3D1%26y%3D2");
    page_free(p);
}

static void a_form_without_its_token_does_nothing(void **state)
{
    static const char *const bodies[] = {"", "_form=", "_form=00000000000000000000000000000000",
                                         "_form=x"};
    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct web_request r = post("/account/logout", bodies[i]);
        struct page *p = page_new(&site, &r);
        struct web_question q;
        assert_true(page_run(p));
        assert_false(page_next(p, &q)); /* keeper is not asked */
        assert_int_equal(p->run->reply.status, 403);
        page_free(p);
    }
}

/* The token that a page with this session's form carries. */
static void token(const char *cookie, char out[33])
{
    struct web_request r = get("/");
    r.cookie = slice_str(cookie);
    struct page *p = page_new(&site, &r);
    memcpy(out, page_form_token(p), 33);
    page_free(p);
}

static int posted(const char *cookie, const char *origin, const char *site_word)
{
    char text[64], mine[33];
    token("muster=" SESSION, mine);
    snprintf(text, sizeof(text), "_form=%s", mine);
    struct web_request r = post("/account/logout", text);
    r.cookie = slice_str(cookie);
    r.origin = slice_str(origin);
    r.fetch_site = slice_str(site_word);
    struct page *p = run(&r, 200, "{}");
    int status = p->run->reply.status;
    page_free(p);
    return status;
}

static void a_token_is_good_for_its_session_and_this_site_alone(void **state)
{
    (void)state;
    assert_int_equal(posted("muster=" SESSION, "", ""), 303);
    assert_int_equal(posted("muster=" SESSION, "http://localhost", "same-origin"), 303);
    assert_int_equal(posted("muster=" SESSION, "http://evil.example", ""), 403);
    assert_int_equal(posted("muster=" SESSION, "null", ""), 403);
    assert_int_equal(posted("muster=" SESSION, "", "cross-site"), 403);
    assert_int_equal(posted("muster=" SESSION, "", "same-site"), 403);
    assert_int_equal(posted("", "", ""), 403);
    assert_int_equal(
        posted("muster=1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "", ""),
        403);
}

/* A session that is over loses its cookie with the page: the page's form must do without it. What
 * was filled in before it ended is still taken, as a stranger's. */
static void a_form_outlives_its_session(void **state)
{
    static const char *const cookies[] = {"", "muster=" SESSION};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct web_request r = get("/law/receipt");
        char text[64], old[33];
        r.cookie = SLICE("muster=" SESSION);
        struct page *p = run(&r, 200, "{\"known\":false}");
        assert_non_null(strstr(header(p, "Set-Cookie"), "muster=;"));
        const char *at = strstr(body(p), "name=\"_form\" value=\"");
        assert_non_null(at);
        token("muster=" SESSION, old);
        snprintf(text, sizeof(text), "_form=%.32s",
                 i ? old : at + strlen("name=\"_form\" value=\""));
        struct web_request again = post("/law/receipt", text);
        again.cookie = slice_str(cookies[i]);
        struct page *q = run(&again, 200, "{\"known\":false}");
        assert_int_not_equal(q->run->reply.status, 403);
        page_free(q);
        page_free(p);
    }
}

static void a_question_goes_with_the_session_once(void **state)
{
    (void)state;
    struct web_request r = get("/account");
    struct web_question q;
    r.cookie = SLICE("muster=" SESSION);
    struct page *p = page_new(&site, &r);
    assert_false(page_run(p));
    assert_true(page_next(p, &q));
    assert_true(slice_eq(q.path, SLICE("account/me")));
    assert_true(slice_eq(q.session, SLICE(SESSION)));
    assert_false(page_next(p, &q));
    page_answered(p, q.id, 200,
                  SLICE("{\"known\":true,\"roles\":1,\"name\":\"<b>eve\",\"mailbox\":\"\"}"));
    assert_false(page_run(p));
    assert_true(page_next(p, &q)); /* the log; who he is was asked already */
    assert_true(slice_eq(q.path, SLICE("account/acts")));
    assert_false(page_next(p, &q));
    page_answered(p, q.id, 200, SLICE("{\"acts\":[]}"));
    assert_true(page_run(p));
    assert_int_equal(p->run->reply.status, 200);
    assert_non_null(strstr(body(p), "&lt;b&gt;eve"));
    assert_null(strstr(body(p), "<b>eve"));
    assert_true(p->run->reply.is_private);
    page_free(p);
}

static void a_login_leads_within_this_site_alone(void **state)
{
    static const char *const nexts[][2] = {
        {"%2Faccount", "/account"},         {"https%3A%2F%2Fevil.example", "/"},
        {"%2F%2Fevil.example", "/"},        {"%2F%5Cevil.example", "/"},
        {"%2Fa%0D%0ASet-Cookie%3A+x", "/"}, {"javascript%3Ax", "/"}};
    (void)state;
    for (size_t i = 0; i < sizeof(nexts) / sizeof(nexts[0]); i++) {
        const char *cookie = "muster-form=00112233445566778899aabbccddeeff";
        char mine[33], text[300];
        token(cookie, mine);
        snprintf(text, sizeof(text), "_form=%s&name=a&password=b&next=%s", mine, nexts[i][0]);
        struct web_request r = post("/account/login", text);
        r.cookie = slice_str(cookie);
        struct page *p = run(&r, 200,
                             "{\"salt\":\"00\",\"ops\":1,\"mem\":1,\"proof\":\"00\","
                             "\"session\":\"" SESSION "\"}");
        assert_int_equal(p->run->reply.status, 303);
        assert_string_equal(header(p, "Location"), nexts[i][1]);
        page_free(p);
    }
}

static void keeper_away_is_said(void **state)
{
    (void)state;
    struct web_request r = get("/account/join");
    struct page *p = run(&r, 0, "");
    assert_int_equal(p->run->reply.status, 503);
    page_free(p);
}

static void a_path_for_keeper_has_no_room_for_more(void **state)
{
    (void)state;
    struct web_request r = get("/");
    struct page *p = page_new(&site, &r);
    assert_string_equal(page_path(p, "case/%s/%d", "a/../b", 7), "case/-/7");
    assert_string_equal(page_path(p, "case/%s", ""), "case/-");
    assert_string_equal(page_path(p, "/x/%s?y=%s", "a?b", "c&d"), "/x/a%3Fb?y=c%26d");
    page_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_have_their_answers),
        cmocka_unit_test(the_path_is_escaped_when_it_is_shown),
        cmocka_unit_test(a_stranger_is_sent_to_log_in_and_back),
        cmocka_unit_test(a_form_without_its_token_does_nothing),
        cmocka_unit_test(a_token_is_good_for_its_session_and_this_site_alone),
        cmocka_unit_test(a_form_outlives_its_session),
        cmocka_unit_test(a_question_goes_with_the_session_once),
        cmocka_unit_test(a_login_leads_within_this_site_alone),
        cmocka_unit_test(keeper_away_is_said),
        cmocka_unit_test(a_path_for_keeper_has_no_room_for_more),
    };
    return cmocka_run_group_tests(tests, open_site, close_site);
}
