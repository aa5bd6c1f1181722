/* The console's and a person's own pages with hostile words in every field that mail can fill:
 * well-formed, nothing runs, no element but ours; and who may open which page. With
 * MUSTER_PAGES_OUT=DIR the pages are written there, to be looked at. */
#include "web/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define XSS                                                                          \
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e\\\"'\\u003e\\u003cimg src=x " \
    "onerror=y\\u003e"

static const char holds[] =
    "{\"holds\":[{\"hold\":\"01234567-0000-7000-8000-000000000000\",\"id\":"
    "\"01234567-0000-7000-8000-000000000001\",\"kind\":\"spam\",\"state\":\"held\",\"score\":7.5,"
    "\"time_us\":1700000000000000,\"expires_us\":1701000000000000,\"domain\":\"one.example\","
    "\"recipient\":\"" XSS "\",\"from\":\"" XSS "\",\"subject\":\"" XSS "\"}],\"next\":\"1." XSS
    "\"}";
/* From: <script>; Subject: a link; HTML with a script */
static const char held[] =
    "{\"hold\":\"01234567-0000-7000-8000-000000000000\",\"id\":"
    "\"01234567-0000-7000-8000-000000000001\",\"kind\":\"phishing\",\"state\":\"held\","
    "\"time_us\":1700000000000000,\"expires_us\":1701000000000000,\"recipient\":\"" XSS
    "\",\"from\":\"" XSS "\",\"subject\":\"" XSS "\",\"client_ip\":\"" XSS "\",\"mail_from\":\"" XSS
    "\",\"raw\":\"RnJvbTogIjxzY3JpcHQ+eDwvc2NyaXB0PiIgPGFAYi5leGFtcGxlPg0KU3ViamVjdDogaHR0cDovL2V2"
    "aWwuZXhhbXBsZS8NCkNvbnRlbnQtVHlwZTogdGV4dC9odG1sDQoNCjxhIGhyZWY9Imh0dHA6Ly9ldmlsLmV4YW1wbGUv"
    "eCI+YmFuazwvYT48c2NyaXB0PmFsZXJ0KDEpPC9zY3JpcHQ+DQo=\"}";

static const struct {
    const char *path, *json;
} answers[] = {
    {"history",
     "{\"messages\":[{\"id\":\"01234567-0000-7000-8000-000000000001\",\"time_us\":1700000000000000,"
     "\"verdict\":\"spam\",\"score\":7.5,\"class\":\"phishing\",\"action\":\"quarantine\","
     "\"from_domain\":\"" XSS "\",\"subject\":\"" XSS "\",\"bytes\":1234,\"microseconds\":900}],"
     "\"next\":77}"},
    {"console/traffic",
     "{\"from_us\":1700000000000000,\"each_seconds\":60,\"ham\":[1,0,5,9],\"unsure\":[0,1,0,0],"
     "\"spam\":[3,9,2,1],\"classes\":{\"phishing\":3},\"actions\":{\"accept\":15},\"messages\":31,"
     "\"bytes\":123456,\"microseconds\":90000}"},
    {"console/acts",
     "{\"acts\":[{\"time_us\":1700000000000000,\"kind\":\"acted\",\"role\":\"operator\",\"verb\":"
     "\"list block\",\"target\":\"" XSS "\",\"detail\":\"" XSS "\"}],\"next\":5}"},
    {"console/whatif",
     "{\"examples\":[{\"id\":\"01234567-0000-7000-8000-000000000001\",\"time_us\":1700000000000000,"
     "\"from_domain\":\"" XSS "\",\"subject\":\"" XSS "\",\"score\":7.5,\"new_score\":2,\"from\":"
     "\"spam\",\"to\":\"ham\"}],\"looked\":500,\"changed\":1,\"moves\":{\"spam\":{\"ham\":1}}}"},
    {"why/01234567-0000-7000-8000-000000000001",
     "{\"id\":\"01234567-0000-7000-8000-000000000001\",\"verdict\":\"spam\",\"score\":7.5,"
     "\"probability\":0.99,\"class\":\"phishing\",\"action\":\"quarantine\",\"findings\":[{"
     "\"name\":"
     "\"link_text_differs\",\"kind\":\"link\",\"points\":2.5,\"reason\":\"" XSS "\",\"state\":"
     "\"done\"}]}"},
    {"lists", "{\"entries\":[{\"list\":\"block\",\"word\":\"bad.example\",\"reason\":\"" XSS
              "\",\"time_us\":1700000000000000,\"until_us\":1701000000000000}]}"},
    {"choice",
     "{\"mailbox\":\"ann@one.example\",\"strength\":1,\"digest\":\"week\",\"lang\":\"\","
     "\"entries\":"
     "[{\"list\":\"allow\",\"word\":\"" XSS "\",\"reason\":\"\",\"until_us\":0}],\"bounds\":"
     "{\"points\":3,\"lists\":true}}"},
    {"status", "{\"version\":\"1\",\"uptime_seconds\":5,\"scanned\":{\"spam\":1},\"store\":{"
               "\"behind\":false},"
               "\"processes\":[{\"name\":\"keeper\",\"pid\":7,\"rss\":1234}]}"},
    {"quarantine", holds},
    {"quarantine/01234567-0000-7000-8000-000000000000", held},
    {"digest/abc", "{\"kind\":\"spam\",\"state\":\"held\",\"from\":\"" XSS "\",\"subject\":\"" XSS
                   "\",\"expires_us\":1701000000000000}"},
};

static const char *answer_to(struct slice path, unsigned roles, char *me)
{
    if (slice_eq(path, SLICE("account/me"))) {
        snprintf(me, 200,
                 "{\"known\":true,\"roles\":%u,\"name\":\"ann\",\"mailbox\":\"ann@one.example\"}",
                 roles);
        return me;
    }
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (slice_eq(path, slice_str(answers[i].path)))
            return answers[i].json;
    }
    fail_msg("nobody answers %.*s", SLICE_ARG(path));
    return NULL;
}

static struct web_site site;

/* Runs a page; the caller frees it. */
static struct page *get(const struct web_request *r, unsigned roles)
{
    char me[200];
    struct page *p = page_new(&site, r);
    struct web_question q;
    for (unsigned turns = 0; !page_run(p); turns++) {
        assert_true(turns < 20);
        while (page_next(p, &q)) {
            const char *json = answer_to(q.path, roles, me);
            page_answered(p, q.id, 200, slice_str(json));
        }
    }
    return p;
}

static struct web_request request_of(const char *target, bool is_known)
{
    static const char cookie[] =
        "muster=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    return (struct web_request){.target = slice_str(target),
                                .host = SLICE("127.0.0.1:8025"),
                                .client = SLICE("127.0.0.1"),
                                .cookie = is_known ? slice_str(cookie) : SLICE("")};
}

static void write_out(const char *target, struct slice html)
{
    const char *dir = getenv("MUSTER_PAGES_OUT");
    char path[300];
    if (dir == NULL)
        return;
    int n = snprintf(path, sizeof(path), "%.100s/%.60s.html", dir, target + 1);
    for (int i = (int)strlen(dir) + 1; i < n; i++) {
        if (path[i] == '/' || path[i] == '?')
            path[i] = '_';
    }
    FILE *f = fopen(path, "w");
    if (f) {
        fwrite(html.p, 1, html.n, f);
        fclose(f);
    }
}

/* What the foreign words would have become had they not been escaped, and links that leave. */
static void check_html(const char *target, const char *html)
{
    static const char *const never[] = {
        "<script", "<img", "onerror=y>", "http://evil", "href=\"javascript", "evil.example/x"};
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        if (strstr(html, never[i]))
            fail_msg("%s: %.100s", target, strstr(html, never[i]));
    }
}

#define OPERATOR ACTOR_OPERATOR
#define AUDITOR  ACTOR_AUDITOR
#define ADMIN    ACTOR_DOMAIN_ADMIN
#define MEMBER   ACTOR_MEMBER

static const struct {
    const char *target;
    unsigned may; /* roles that see it; 0: everybody */
    const char *words;
} pages[] = {
    {"/console", OPERATOR | AUDITOR | ADMIN, "Latest messages"},
    {"/console?span=week&live=1", OPERATOR | AUDITOR | ADMIN, "http-equiv=\"refresh\""},
    {"/console/history", OPERATOR | AUDITOR | ADMIN, "before=77"},
    {"/console/history?verdict=spam&words=%3Cscript%3E", OPERATOR | AUDITOR | ADMIN, "&lt;script"},
    {"/console/message/01234567-0000-7000-8000-000000000001", OPERATOR | AUDITOR | ADMIN,
     "Reasons"},
    {"/console/quarantine", OPERATOR | AUDITOR | ADMIN, "Held messages"},
    {"/console/quarantine/01234567-0000-7000-8000-000000000000", OPERATOR | AUDITOR | ADMIN,
     "evil[.]example"},
    {"/console/rules", OPERATOR | AUDITOR, "bad.example"},
    {"/console/whatif?tag=4", OPERATOR | AUDITOR, "500"},
    {"/console/settings", OPERATOR | AUDITOR, "Settings"},
    {"/console/health", OPERATOR | AUDITOR, "keeper"},
    {"/console/acts", OPERATOR | AUDITOR, "list block"},
    {"/me", MEMBER, "My filter"},
    {"/me/held/01234567-0000-7000-8000-000000000000", MEMBER, "evil[.]example"},
    {"/held/abc", 0, "Release"},
};

static void every_page(void **state)
{
    (void)state;
    static const unsigned roles[] = {OPERATOR, AUDITOR, ADMIN, MEMBER, 0};
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        bool written = false;
        for (size_t k = 0; k < sizeof(roles) / sizeof(roles[0]); k++) {
            struct web_request r = request_of(pages[i].target, roles[k] != 0);
            struct page *p = get(&r, roles[k]);
            bool may = pages[i].may == 0 || (pages[i].may & roles[k]) != 0;
            const char *html = buf_cstr(&p->run->reply.body);
            if (may != (p->run->reply.status == 200))
                fail_msg("%s as %x: %d", pages[i].target, roles[k], p->run->reply.status);
            check_html(pages[i].target, html);
            if (may && (strstr(html, pages[i].words) == NULL || strstr(html, "</html>") == NULL))
                fail_msg("%s as %x: no %s", pages[i].target, roles[k], pages[i].words);
            if (may && pages[i].may && roles[k] == AUDITOR && strstr(html, "method=\"post\""))
                fail_msg("%s: an auditor has something to press", pages[i].target);
            if (may && !written)
                write_out(pages[i].target, buf_slice(&p->run->reply.body));
            written |= may;
            page_free(p);
        }
    }
}

/* Nothing is done without the form's token. */
static void no_token(void **state)
{
    (void)state;
    static const char *const targets[] = {
        "/console/quarantine/01234567-0000-7000-8000-000000000000", "/console/rules", "/me",
        "/me/held/01234567-0000-7000-8000-000000000000", "/held/abc"};
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        struct web_request r = request_of(targets[i], true);
        r.is_post = true;
        r.content_type = SLICE("application/x-www-form-urlencoded");
        r.body = SLICE("act=release&word=x&list=block&_form=00");
        struct page *p = get(&r, ACTOR_ALL);
        assert_int_equal(p->run->reply.status, 403);
        page_free(p);
    }
}

static int set_up(void **state)
{
    (void)state;
    site_open(&site, arena_new(0), NULL, "/none", "/none");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_page), cmocka_unit_test(no_token)};
    return cmocka_run_group_tests(tests, set_up, NULL);
}
