/* doors: HTTP heads, paths, rspamd's answer, Prometheus' text, zstd bodies. */
#include "doors/edits.h"
#include "doors/http_answer.h"
#include "doors/http_head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <zstd.h>

static void same(struct slice got, const char *want)
{
    if (!slice_eq(got, slice_str(want)))
        fail_msg("got  \"%.*s\"\nwant \"%s\"", SLICE_ARG(got), want);
}

/* "Name: value" lines. */
static void read_head(struct http_head *h, const char *lines)
{
    struct slice rest = slice_str(lines), line;
    *h = (struct http_head){0};
    while (slice_line(&rest, &line)) {
        size_t colon = slice_chr(line, ':');
        http_head_add(h, slice_head(line, colon), slice_from(line, colon + 1));
    }
    http_head_done(h);
}

static void envelopes(void **state)
{
    (void)state;
    struct http_head h;
    read_head(&h, "ip: IPv6:2001:db8::1\nHELO: h.example\nHostname: mx.example\nFrom: <a@b>\n"
                  "Rcpt: <c@d>, \"x,\\\"y\"@e\nRcpt: f@g\nUser: login\nDeliver-To: <box@d>\n"
                  "Queue-Id: Q1\nTLS-Version: TLSv1.3\nPassword: pw\n");
    same(h.env.client_ip, "2001:db8::1");
    same(h.env.helo, "h.example");
    same(h.env.client_name, "mx.example");
    same(h.env.mail_from, "a@b");
    assert_true(h.env.has_mail_from);
    assert_int_equal(h.env.n_rcpt, 3);
    same(h.env.rcpt[0], "c@d");
    same(h.env.rcpt[1], "\"x,\\\"y\"@e");
    same(h.env.rcpt[2], "f@g");
    same(h.env.auth_user, "login");
    same(h.env.user, "box@d");
    same(h.env.queue_id, "Q1");
    same(h.env.tls, "TLSv1.3");
    same(h.token, "pw");
    http_head_fini(&h);
    read_head(&h, "From: <>\nRcpt: one@d\nAuthorization: bearer tok\nHostname: unknown\n");
    same(h.env.mail_from, "");
    assert_true(h.env.has_mail_from);
    same(h.env.user, "one@d"); /* the only recipient is the mailbox */
    same(h.token, "tok");
    same(h.env.client_name, "");
    http_head_fini(&h);
    read_head(&h, "Rcpt: one@d\nUser: me\nAuthorization: Basic eA==\n");
    same(h.env.user, ""); /* outbound */
    same(h.token, "");
    assert_false(h.env.has_mail_from);
    http_head_fini(&h);
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        int status;
    } cases[] = {{"", 0},
                 {"Content-Length: 5\nHost: localhost:11334\n", 0},
                 {"Content-Length: 5\nContent-Length: 5\n", 400},
                 {"Content-Length: 5\nTransfer-Encoding: chunked\n", 400},
                 {"Transfer-Encoding: chunked\n", 0},
                 {"Content-Length: +5\n", 400},
                 {"Content-Length: 5, 5\n", 400},
                 {"Content-Length: 1001\n", 413},
                 {"Content-Encoding: gzip\n", 415},
                 {"Content-Encoding: zstd\n", 0},
                 {"Compression: zstd\n", 0},
                 {"Host: 127.0.0.1\n", 0},
                 {"Host: [::1]:11334\n", 0},
                 {"Host: [::1]\n", 0},
                 {"Host: mail.example\n", 0},
                 {"Host: MAIL.example:80\n", 0},
                 {"Host: evil.example\n", 403},
                 {"Host: localhost.evil.example\n", 403},
                 {"Host: 127.0.0.1.evil.example\n", 403},
                 {"Host: [evil]\n", 403},
                 {"Host: localhost\nOrigin: http://localhost\n", 0},
                 {"Host: localhost:1\nOrigin: http://localhost:2\n", 403},
                 {"Host: localhost\nOrigin: null\n", 403},
                 {"Host: localhost\nOrigin: https://evil.example\n", 403}};
    struct slice names[] = {SLICE("mail.example")};
    struct conf_list hosts = {names, 1};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct http_head h;
        const char *why;
        read_head(&h, cases[i].lines);
        int status = http_head_refusal(&h, 1000, &hosts, &why);
        if (status != cases[i].status || (why != NULL) != (status != 0))
            fail_msg("%s gave %d", cases[i].lines, status);
        http_head_fini(&h);
    }
    struct http_head many = {0};
    const char *why;
    for (unsigned i = 0; i <= HTTP_RCPT_MAX; i++)
        http_head_add(&many, SLICE("Rcpt"), SLICE("a@b"));
    assert_int_equal(http_head_refusal(&many, 1000, NULL, &why), 413);
    http_head_fini(&many);
}

static void routes(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum http_route scan_port, control;
        int label;
        const char *rest;
        bool post;
    } cases[] = {{"/ping", HTTP_PING, HTTP_PING, 0, "", false},
                 {"/v1/scan", HTTP_SCAN, HTTP_SCAN, 0, "", true},
                 {"/checkv2", HTTP_CHECK, HTTP_CHECK, 0, "", true},
                 {"/symbols", HTTP_CHECK, HTTP_CHECK, 0, "", true},
                 {"/learnspam", HTTP_NONE, HTTP_LEARN, 1, "", true},
                 {"/learnham", HTTP_NONE, HTTP_LEARN, 0, "", true},
                 {"/v1/unlearn", HTTP_NONE, HTTP_LEARN, -1, "", true},
                 {"/fuzzyadd", HTTP_NONE, HTTP_FUZZY, 0, "", true},
                 {"/metrics", HTTP_NONE, HTTP_METRICS, 0, "metrics", false},
                 {"/stat", HTTP_NONE, HTTP_ASK, 0, "stat", false},
                 {"/healthz", HTTP_NONE, HTTP_ASK, 0, "healthz", false},
                 {"/v1/status", HTTP_NONE, HTTP_ASK, 0, "status", false},
                 {"/v1/why/0193-a", HTTP_NONE, HTTP_ASK, 0, "why/0193-a", false},
                 {"/v1/quarantine", HTTP_NONE, HTTP_ASK, 0, "quarantine", false},
                 {"/v1/quarantine/1/release", HTTP_NONE, HTTP_ASK, 0, "quarantine/1/release", true},
                 {"/v1/backup", HTTP_NONE, HTTP_ASK, 0, "backup", true},
                 {"/v1/", HTTP_NONE, HTTP_NONE, 0, "", true},
                 {"/v1/../etc", HTTP_NONE, HTTP_NONE, 0, "", true},
                 {"/v1/a b", HTTP_NONE, HTTP_NONE, 0, "", true},
                 {"/", HTTP_NONE, HTTP_NONE, 0, "", true},
                 {"", HTTP_NONE, HTTP_NONE, 0, "", true},
                 {"/checkv2/x", HTTP_NONE, HTTP_NONE, 0, "", true}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int label = 0;
        struct slice rest = SLICE("");
        struct slice path = slice_str(cases[i].path);
        if (http_route(path, false, &label, &rest) != cases[i].scan_port ||
            http_route(path, true, &label, &rest) != cases[i].control || label != cases[i].label)
            fail_msg("%s", cases[i].path);
        same(rest, cases[i].rest);
        if (cases[i].control != HTTP_NONE &&
            http_needs_post(cases[i].control, rest) != cases[i].post)
            fail_msg("%s: POST", cases[i].path);
    }
}

static void check_answer(void **state)
{
    (void)state;
    struct finding late = {.name = "late", .reason = "x", .state = FINDING_INCOMPLETE};
    struct finding three = {.name = "link_odd",
                            .points = 0.5,
                            .reason = "odd: %s",
                            .detail = SLICE("b"),
                            .next = &late};
    struct finding two = {.name = "prior", .points = -1, .reason = "before", .next = &three};
    struct finding one = {.name = "link_odd",
                          .points = 1.25,
                          .reason = "odd: %s",
                          .detail = SLICE("a\"\n"),
                          .next = &two};
    struct message m = {.message_id = SLICE("i@d")};
    struct scan s = {.id = "ID",
                     .message = &m,
                     .findings = {.first = &one, .last = &late, .n = 4},
                     .verdict = {.score = 7.5, .tag = 5, .reject = 12, .action = ACTION_TAG},
                     .microseconds = 1500};
    struct buf edits = BUF_INIT(1024), out = BUF_INIT(65536);
    edit_remove(&edits, "X-Muster-Score", SLICE(""));
    edit_remove(&edits, "Authentication-Results", SLICE("mx"));
    edit_add(&edits, "X-Muster-Score", SLICE("7.5"));
    http_answer_check(&s, buf_slice(&edits), false, &out);
    same(buf_slice(&out),
         "{\"is_skipped\":false,\"score\":7.5,\"required_score\":12,\"action\":\"add header\","
         "\"muster_action\":\"tag\","
         "\"thresholds\":{\"reject\":12,\"add header\":5},\"symbols\":{"
         "\"LINK_ODD\":{\"name\":\"LINK_ODD\",\"score\":1.75,\"metric_score\":1.75,"
         "\"description\":\"odd: a\\\"\\\\n\",\"options\":[\"a\\\"\\n\",\"b\"]},"
         "\"PRIOR\":{\"name\":\"PRIOR\",\"score\":-1,\"metric_score\":-1,"
         "\"description\":\"before\",\"options\":[]}},\"messages\":{},\"message-id\":\"i@d\","
         "\"time_real\":0.0015,\"muster_id\":\"ID\",\"milter\":{"
         "\"remove_headers\":{\"X-Muster-Score\":0},"
         "\"add_headers\":{\"X-Muster-Score\":{\"value\":\"7.5\",\"order\":0}}}}");
    buf_reset(&out);
    s.verdict.action = ACTION_REJECT;
    s.findings.first = NULL;
    m.message_id = SLICE("");
    http_answer_check(&s, buf_slice(&edits), true, &out);
    same(buf_slice(&out),
         "{\"is_skipped\":false,\"score\":7.5,\"required_score\":12,\"action\":\"no action\","
         "\"muster_action\":\"reject\",\"thresholds\":{\"reject\":12,\"add header\":5},"
         "\"symbols\":{},\"messages\":{},\"message-id\":\"undef\",\"time_real\":0.0015,"
         "\"muster_id\":\"ID\"}");
    buf_fini(&edits);
    buf_fini(&out);
}

static void metrics(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(65536);
    assert_true(http_answer_metrics(
        SLICE(
            "{\"m_total\":{\"type\":\"counter\",\"help\":\"a\\\\b\\nc\",\"values\":["
            "{\"labels\":{\"verdict\":\"s\\\"p\\n\",\"0bad\":\"x\"},\"value\":3},{\"value\":1.5}]},"
            "\"bad name\":{\"value\":1},\"plain\":{\"value\":-2},\"not\":7,"
            "\"h\":{\"type\":\"histogram\",\"values\":["
            "{\"suffix\":\"_bucket\",\"labels\":{\"le\":\"+Inf\"},\"value\":4},"
            "{\"suffix\":\"_sum\",\"value\":0.25},{\"suffix\":\"-\",\"value\":1},{}]}}"),
        &out));
    same(buf_slice(&out), "# HELP m_total a\\\\b\\nc\n# TYPE m_total counter\n"
                          "m_total{verdict=\"s\\\"p\\n\"} 3\nm_total 1.5\n"
                          "# TYPE plain untyped\nplain -2\n"
                          "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 4\nh_sum 0.25\n");
    assert_false(http_answer_metrics(SLICE("[]"), &out));
    assert_false(http_answer_metrics(SLICE("{"), &out));
    assert_false(http_answer_metrics(SLICE(""), &out));
    buf_fini(&out);
}

static void zstd(void **state)
{
    (void)state;
    char plain[10000], packed[12000];
    memset(plain, 'x', sizeof(plain));
    size_t n = ZSTD_compress(packed, sizeof(packed), plain, sizeof(plain), 1);
    struct buf out;
    assert_true(http_unpack_zstd(slice_of(packed, n), 10000, &out));
    assert_int_equal(out.n, 10000);
    assert_false(out.full);
    buf_fini(&out);
    assert_true(http_unpack_zstd(slice_of(packed, n), 9999, &out));
    assert_int_equal(out.n, 9999);
    assert_true(out.full);
    buf_fini(&out);
    for (size_t cut = 0; cut < n; cut++) {
        assert_false(http_unpack_zstd(slice_of(packed, cut), 10000, &out));
        buf_fini(&out);
    }
    assert_false(http_unpack_zstd(SLICE("not zstd at all"), 10000, &out));
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(envelopes), cmocka_unit_test(refusals),
                                       cmocka_unit_test(routes),    cmocka_unit_test(check_answer),
                                       cmocka_unit_test(metrics),   cmocka_unit_test(zstd)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
