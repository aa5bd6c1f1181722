/* The law pages through the engine: every profile, map and table, comparison, the check of a
 * mailing and of a receipt, and what a hostile visitor sends. */
#include "web/law_pages.h"

#include "law/country.h"
#include "law/receipt.h"
#include "web/run.h"
#include "web/worldmap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena *a;
static struct web_site site;
static struct law_library *lib;

static int open_all(void **state)
{
    char path[4096];
    struct err e = {0};
    const char *source = getenv("MUSTER_SOURCE");
    struct buf errors = BUF_INIT(65536);
    (void)state;
    snprintf(path, sizeof path, "%s/law", source ? source : "..");
    setenv("MUSTER_LAW", path, 1);
    if (law_library_open(&lib, &errors, &e) < 0)
        return -1;
    buf_fini(&errors);
    a = arena_new(0);
    site_open(&site, a, NULL, NULL, NULL);
    law_pages_open(lib);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    law_library_free(lib);
    arena_free(a);
    return 0;
}

static struct page *run(const struct web_request *r)
{
    struct page *p = page_new(&site, r);
    assert_true(page_run(p)); /* no question to keeper: they need none */
    return p;
}

static struct page *get(const char *target)
{
    struct web_request *r = ARENA_NEW(a, struct web_request);
    *r = (struct web_request){
        .target = slice_str(target), .host = SLICE("localhost"), .client = SLICE("192.0.2.1")};
    return run(r);
}

static const char *body(struct page *p)
{
    return buf_cstr(&p->run->reply.body);
}

static void holds(const char *target, int status, const char *text)
{
    struct page *p = get(target);
    if (p->run->reply.status != status || !strstr(body(p), text))
        fail_msg("%s: %d, no \"%s\"", target, p->run->reply.status, text);
    page_free(p);
}

static const struct {
    const char *target;
    int status;
    const char *text;
} pages[] = {
    {"/law", 200, "<svg"},
    {"/law", 200, "href=\"/law/CA\""},
    {"/law.json", 200, "\"code\":\"CA\""},
    {"/law/CA", 200, "<h1>Canada</h1>"},
    {"/law/ca", 200, "10 business days"},
    {"/law/CA", 200, "s. 6(2)"},
    {"/law/CA.json", 200, "\"consent.model\":\"opt_in\""},
    {"/law/PT", 200, "no profile of its own"},
    {"/law/gmail", 200, "no law: it warns"},
    {"/law/FO", 404, "Faroe Islands"},
    {"/law/nobody", 404, "no such profile"},
    {"/law/GB?at=2010-01-01", 200, "GB"},
    {"/law/matrix", 200, "Germany"},
    {"/law/matrix?region=Europe&consent=opt-out", 200, "No law here is like that."},
    {"/law/compare", 200, "Choose two laws"},
    {"/law/compare?law=CA&law=CA", 200, "Choose two laws"},
    {"/law/compare?law=CA&law=US&law=DE", 200, "the common core"},
    {"/law/between?from=DE&to=CA", 200, "It names recipients in the country."},
    {"/law/between?from=DE&to=FO", 200, "recipient&#39;s country"},
    {"/law/diff", 200, "Laws that changed"},
    {"/law/diff?law=DE&from=2024-01-01&to=2025-01-01", 200, "The same text holds on both days."},
    {"/law/check", 200, "name=\"_form\""},
    {"/law/receipt", 200, "name=\"receipt\""},
};

static void answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        holds(pages[i].target, pages[i].status, pages[i].text);
}

/* Each profile has a page, and each country with a profile a place on the map. */
static void every_profile(void **state)
{
    size_t n;
    const struct worldmap_shape *shapes = worldmap_shapes(&n);
    char target[64];
    (void)state;
    for (size_t i = 0; i < law_count(lib); i++) {
        const struct law *law = law_get(lib, i);
        const char *code = law_code_of(law);
        bool is_current = law_at(lib, slice_str(code), law_from(law)) == law;
        if (is_current && law_from(law) != LAW_UNKNOWN) {
            char day[16];
            snprintf(target, sizeof target, "/law/%s?at=%s", code,
                     law_date_text(law_from(law), day));
            holds(target, 200, "<table");
        }
        bool is_drawn = !law_code(slice_str(code)) || strcmp(code, "EU") == 0;
        for (size_t k = 0; k < n; k++)
            is_drawn |= strcmp(shapes[k].code, code) == 0;
        if (!is_drawn)
            fail_msg("%s is not on the map", code);
    }
    for (size_t k = 1; k < n; k++)
        assert_true(strcmp(shapes[k - 1].code, shapes[k].code) < 0);
}

/* The token of a form that nobody's session is bound to. */
static const char *token(const char *target)
{
    struct page *p = get(target);
    const char *at = strstr(body(p), "name=\"_form\" value=\"");
    assert_non_null(at);
    at += strlen("name=\"_form\" value=\"");
    const char *out = arena_cstr(a, slice_of(at, strcspn(at, "\"")));
    page_free(p);
    return out;
}

/* Pairs of name and value in turn; a name that begins with "@" is a file. */
static struct page *post(const char *target, const char *const *pairs)
{
    struct buf b = BUF_INIT(1 << 20);
    struct web_request *r = ARENA_NEW(a, struct web_request);
    buf_printf(&b, "--b\r\nContent-Disposition: form-data; name=\"_form\"\r\n\r\n%s\r\n",
               token(target));
    for (; *pairs; pairs += 2)
        buf_printf(&b, "--b\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\n%s\r\n",
                   pairs[0] + (pairs[0][0] == '@'),
                   pairs[0][0] == '@' ? "; filename=\"<b>x.eml\"" : "", pairs[1]);
    buf_str(&b, "--b--\r\n");
    *r = (struct web_request){.is_post = true,
                              .target = slice_str(target),
                              .host = SLICE("localhost"),
                              .client = SLICE("192.0.2.1"),
                              .content_type = SLICE("multipart/form-data; boundary=b"),
                              .body = arena_dup(a, buf_slice(&b))};
    buf_fini(&b);
    return run(r);
}

#define MAIL                                                                                \
    "From: Shop <a@shop.example>\r\nTo: b@x.example\r\nSubject: <script>x</script>\r\n\r\n" \
    "Buy <img src=x> now.\r\n"

static void check_of_a_mailing(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "@mail",       MAIL,         "to",        "Canada, Deutschland",
        "f_purpose",   "commercial", "f_consent", "none",
        "f_recipient", "person",     NULL};
    struct page *p = post("/law/check", bad);
    assert_int_equal(p->run->reply.status, 200);
    assert_non_null(strstr(body(p), "<li class=\"bad\"><b>2</b>"));
    assert_non_null(strstr(body(p), "What to do"));
    assert_non_null(strstr(body(p), "name=\"kept\""));
    assert_true(strstr(body(p), "What to do") < strstr(body(p), "Country by country"));
    assert_null(strstr(body(p), "<script"));
    assert_null(strstr(body(p), "<img"));
    assert_null(strstr(body(p), "<b>x.eml"));
    assert_null(strstr(body(p), "--facts")); /* no words about the command line */
    /* What travelled in the form is enough to check again. */
    const char *at = strstr(body(p), "name=\"kept\" value=\"");
    at += strlen("name=\"kept\" value=\"");
    const char *kept = arena_cstr(a, slice_of(at, strcspn(at, "\"")));
    page_free(p);
    const char *const again[] = {"kept",        kept,         "to",        "CA",
                                 "f_purpose",   "commercial", "f_consent", "none",
                                 "f_recipient", "person",     NULL};
    p = post("/law/check", again);
    assert_non_null(strstr(body(p), "<li class=\"bad\"><b>1</b>"));
    page_free(p);
    static const char *const list[] = {"@mail", MAIL, "@list",
                                       "country;consent\r\nCA;none\r\nDE;none\r\nUS;\r\n", NULL};
    p = post("/law/check", list);
    assert_non_null(strstr(body(p), "For 3 recipients"));
    assert_non_null(strstr(body(p), "How the list was read"));
    page_free(p);
}

static const struct {
    const char *pairs[5];
    const char *text;
} refused[] = {{{"to", "CA", NULL}, "Choose the message"},
               {{"paste", MAIL, NULL}, "Name the countries"},
               {{"paste", MAIL, "to", "Nowhere<", NULL}, "Nowhere&lt;"},
               {{"@mail", MAIL, "@list", "\"", NULL}, "can&#39;t be read"},
               {{"kept", "no base64 !", "to", "CA", NULL}, "Choose the message"}};

static void refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct page *p = post("/law/check", refused[i].pairs);
        if (p->run->reply.status != 400 || !strstr(body(p), refused[i].text))
            fail_msg("%zu: %d, no \"%s\"", i, p->run->reply.status, refused[i].text);
        page_free(p);
    }
}

static void receipts(void **state)
{
    struct receipt_key key, other;
    struct buf line = BUF_INIT(65536), pem = BUF_INIT(4096), wrong = BUF_INIT(4096);
    struct err e = {0};
    (void)state;
    receipt_key_make(&key);
    receipt_key_make(&other);
    receipt_key_pem(&key, false, &pem);
    receipt_key_pem(&other, false, &wrong);
    struct receipt r = {.address = SLICE("anna@example.org"),
                        .sender = SLICE("Shop <b>"),
                        .what = SLICE("newsletter"),
                        .basis = SLICE("express"),
                        .when = SLICE("2026-01-05"),
                        .how = SLICE("web form"),
                        .text = SLICE("Yes.")};
    assert_int_equal(receipt_make(&r, &key, &e, &line), 0);
    const char *good[] = {"receipt", buf_cstr(&line), "address", "Anna@example.org",
                          "key",     buf_cstr(&pem),  NULL};
    struct page *p = post("/law/receipt", good);
    assert_non_null(strstr(body(p), "Signed by this key and unchanged."));
    assert_non_null(strstr(body(p), "It is about this address."));
    assert_null(strstr(body(p), "Shop <b>"));
    page_free(p);
    const char *bad[] = {"receipt", buf_cstr(&line),  "address", "eva@example.org",
                         "key",     buf_cstr(&wrong), NULL};
    p = post("/law/receipt", bad);
    assert_non_null(strstr(body(p), "Not signed by this key"));
    assert_non_null(strstr(body(p), "It is not about this address."));
    page_free(p);
    const char *none[] = {"receipt", "{}", NULL};
    p = post("/law/receipt", none);
    assert_int_equal(p->run->reply.status, 400);
    page_free(p);
    buf_fini(&line);
    buf_fini(&pem);
    buf_fini(&wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(every_profile),
        cmocka_unit_test(check_of_a_mailing),
        cmocka_unit_test(refusals),
        cmocka_unit_test(receipts),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
