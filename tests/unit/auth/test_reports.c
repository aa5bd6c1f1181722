/* Hostile and odd reports: each is refused with its reason, or read with a note; within its limits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ask/zone.h"
#include "auth/report_make.h"
#include "base/deflate.h"
#include "base/inflate.h"
#include "mail/message.h"

#define BODY                                                                                      \
    "<report_metadata><org_name>o</org_name><email>e</email><report_id>1</report_id><date_range>" \
    "<begin>1</begin><end>2</end></date_range></report_metadata><policy_published>"               \
    "<domain>d.example</domain><p>none</p></policy_published>"
#define ROW                                                                                        \
    "<record><row><source_ip>192.0.2.1</source_ip><count>1</count><policy_evaluated><disposition>" \
    "none</disposition><dkim>pass</dkim><spf>fail</spf></policy_evaluated></row><identifiers>"     \
    "<header_from>d.example</header_from></identifiers><auth_results><spf><domain>d</domain>"      \
    "<result>pass</result></spf></auth_results></record>"

static const struct xml_case {
    const char *xml;
    unsigned notes;
    const char *refused; /* words of the reason; NULL: read */
} XML[] = {
    {"<feedback>" BODY ROW "</feedback>", 0, NULL},
    {"\r\n <?xml version=\"1.0\"?><feedback>" BODY ROW "</feedback>\n\n", 0, NULL},
    {"<f:feedback xmlns:f=\"urn:ietf:params:xml:ns:dmarc-2.0\">" BODY ROW "</f:feedback>", 0, NULL},
    {"<feedback>" BODY ROW "</feedback><trailing>", NOTE_CUT, NULL},
    {"<wrap><feedback>" BODY ROW "</feedback></wrap>", NOTE_WRAPPED, NULL},
    {"<feedback>" BODY "</feedback>", NOTE_MISSING, NULL},
    {"<feedback>" BODY "<extension><a:b xmlns:a=\"x\"><record/></a:b></extension>" ROW
     "</feedback>",
     0, NULL},
    {"<feedback>" BODY ROW "", 0, "no element found"},
    {"<feedback>" BODY ROW "</feedbck>", 0, "mismatched tag"},
    {"<!DOCTYPE feedback><feedback>" BODY ROW "</feedback>", 0, "document type"},
    {"<!DOCTYPE f [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;&a;\">]><feedback>&b;</feedback>", 0,
     "document type"},
    {"<!DOCTYPE f SYSTEM \"file:///etc/passwd\"><feedback>" BODY ROW "</feedback>", 0,
     "document type"},
    {"<feedback>&undefined;" BODY ROW "</feedback>", 0, "undefined entity"},
    {"<html><body/></html>", 0, "no <feedback>"},
    {"<feedback/>", 0, "names no domain"},
    {"<feedback><record><row><count>1</count></row></record></feedback>", 0, "names no domain"},
    {"not XML at all", 0, "syntax error"},
    {"", 0, "no element found"},
};

static void aggregate(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(XML) / sizeof(*XML); i++) {
        struct arena *a = arena_new(0);
        struct err e = {0};
        struct report r;
        int rc = report_read_aggregate(a, slice_str(XML[i].xml), &e, &r);
        if (XML[i].refused) {
            if (rc == 0 || strstr(e.text, XML[i].refused) == NULL)
                fail_msg("case %zu: %d \"%s\"", i, rc, e.text);
        } else if (rc < 0 || r.notes != XML[i].notes) {
            fail_msg("case %zu: %d \"%s\", notes 0x%x", i, rc, e.text, r.notes);
        }
        arena_free(a);
    }
}

static void limits(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct report r;
    struct buf b = BUF_INIT(REPORT_UNPACKED + 4096);
    for (int i = 0; i < 100; i++)
        buf_str(&b, "<a>");
    assert_int_equal(report_read_aggregate(a, buf_slice(&b), &e, &r), ERR_CORRUPT);
    assert_non_null(strstr(e.text, "too deep"));
    buf_reset(&b);
    buf_str(&b, "<feedback>" BODY "<record>");
    for (int i = 0; i < 100; i++)
        buf_str(&b, "<auth_results><dkim><domain>d</domain></dkim></auth_results>");
    buf_str(&b, "</record></feedback>");
    assert_int_equal(report_read_aggregate(a, buf_slice(&b), &e, &r), 0);
    assert_int_equal(r.aggregate.rows[0].n_dkim, REPORT_LIST);
    assert_true(r.notes & NOTE_ROWS);
    buf_reset(&b);
    buf_str(&b, "<feedback><report_metadata><org_name>");
    for (int i = 0; i < 100000; i++)
        buf_str(&b, "\xC3\xA4");
    buf_str(&b, "</org_name></report_metadata>" ROW "</feedback>");
    assert_int_equal(report_read_aggregate(a, buf_slice(&b), &e, &r), 0);
    assert_true(r.org.n <= REPORT_TEXT);
    buf_reset(&b);
    buf_str(&b, "<feedback>");
    for (int i = 0; i < 2600000; i++)
        buf_str(&b, "<a/>");
    assert_int_equal(report_read_aggregate(a, buf_slice(&b), &e, &r), ERR_CORRUPT);
    assert_non_null(strstr(e.text, "too many elements"));
    while (!b.full)
        buf_str(&b, "<a/><a/><a/><a/><a/><a/><a/><a/><a/><a/><a/><a/><a/><a/><a/><a/>");
    assert_int_equal(report_read_aggregate(a, buf_slice(&b), &e, &r), ERR_LIMIT);
    buf_fini(&b);
    arena_free(a);
}

struct found {
    size_t read, refused;
    char why[512];
};

static void on_report(void *arg, const struct report *r, const struct err *e)
{
    struct found *f = arg;
    f->read += r != NULL;
    f->refused += r == NULL;
    if (r == NULL)
        snprintf(f->why, sizeof(f->why), "%s", e->text);
}

/* A bomb: a hundred megabytes in a hundred kilobytes, as gzip, and as gzip of gzip. */
static void bombs(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf plain = BUF_INIT(128u << 20), packed = BUF_INIT(4u << 20),
               twice = BUF_INIT(4u << 20);
    struct found f = {0}, g = {0};
    static char spaces[1 << 20];
    memset(spaces, ' ', sizeof(spaces));
    buf_str(&plain, "<feedback>");
    for (int i = 0; i < 100; i++)
        buf_add(&plain, slice_of(spaces, sizeof(spaces)));
    deflate_gzip(buf_slice(&plain), &packed);
    deflate_gzip(buf_slice(&packed), &twice);
    report_find(a, buf_slice(&packed), on_report, &f);
    report_find(a, buf_slice(&twice), on_report, &g);
    assert_int_equal(f.refused, 1);
    assert_non_null(strstr(f.why, "over 250 times"));
    assert_int_equal(g.refused, 1);
    struct buf out = BUF_INIT(1000);
    struct err e = {0};
    assert_int_equal(inflate_gzip(buf_slice(&packed), &out, &e), ERR_LIMIT);
    buf_fini(&out);
    out = BUF_INIT(4u << 20);
    assert_int_equal(inflate_gzip(slice_head(buf_slice(&twice), twice.n / 2), &out, &e),
                     ERR_CORRUPT);
    buf_fini(&out);
    buf_fini(&plain);
    buf_fini(&packed);
    buf_fini(&twice);
    arena_free(a);
}

static void tls(void **state)
{
    (void)state;
    static const struct {
        const char *json, *refused;
        unsigned notes;
    } cases[] = {
        {"{\"organization-name\":\"o\",\"report-id\":\"1\",\"date-range\":{\"start-datetime\":"
         "\"2024-02-29T12:00:00Z\"},\"policies\":[{\"policy\":{\"policy-type\":\"sts\","
         "\"policy-domain\":\"d.example\"},\"summary\":{\"total-successful-session-count\":1,"
         "\"total-failure-session-count\":0}}]}",
         NULL, 0},
        {"{\"policies\":[{\"policy\":{\"policy-type\":\"STS\",\"policy-domain\":\"D.Example\"},"
         "\"summary\":{\"total-successful-session-count\":\"7\"}}]}",
         NULL, NOTE_UPPER_CASE | NOTE_VALUES | NOTE_MISSING},
        {"{\"policies\":{}}", "no \"policies\"", 0},
        {"{\"policies\":[]}", "names no domain", 0},
        {"{\"policies\":[{]}", "line 1", 0},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "nested deeper",
         0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct arena *a = arena_new(0);
        struct err e = {0};
        struct report r;
        int rc = report_read_tls(a, slice_str(cases[i].json), &e, &r);
        if (cases[i].refused ? rc == 0 || strstr(e.text, cases[i].refused) == NULL
                             : rc < 0 || r.notes != cases[i].notes)
            fail_msg("case %zu: %d \"%s\" 0x%x", i, rc, e.text, rc < 0 ? 0 : r.notes);
        if (i == 0)
            assert_int_equal(r.begin_s, 1709208000);
        if (i == 1)
            assert_int_equal(r.tls.policies[0].good, 7);
        arena_free(a);
    }
}

/* Feedback about something else than authentication is none of ours. */
static void failures(void **state)
{
    (void)state;
    static const struct {
        const char *mail;
        int code;
    } cases[] = {
        {"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: "
         "message/feedback-report\n\nFeedback-Type: abuse\nSource-IP: 192.0.2.1\n\n--b--\n",
         ERR_NOENT},
        {"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: "
         "message/feedback-report\n\nUser-Agent: x\n\n--b--\n",
         ERR_CORRUPT},
        {"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: "
         "message/feedback-report\n\nFeedback-Type: auth-failure\n\n--b--\n",
         ERR_CORRUPT},
        {"From: a@b.example\nSubject: hello\n\nSender Domain: d.example\nSender IP Address: "
         "192.0.2.1\n",
         ERR_NOENT},
        {"From: a@b.example\nSubject: hello\n\n", ERR_NOENT},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct arena *a = arena_new(0);
        struct err e = {0};
        struct report r;
        assert_int_equal(
            report_read_failure(a, message_parse(a, slice_str(cases[i].mail), NULL), &e, &r),
            cases[i].code);
        arena_free(a);
    }
}

static void targets(void **state)
{
    (void)state;
    static const char zone[] =
        "{\"_dmarc.them.example\":[{\"TXT\":\"v=DMARC1; p=none\"}],"
        "\"_dmarc.watch.test\":[{\"TXT\":\"v=DMARC1; p=none\"}],"
        "\"them.example._report._dmarc.watch.test\":[{\"TXT\":\"v=DMARC1;\"}],"
        "\"*._report._dmarc.all.test\":[{\"TXT\":\"v=DMARC1; rua=mailto:box@all.test\"}],"
        "\"*._report._dmarc.sly.test\":[{\"TXT\":\"v=DMARC1; rua=mailto:victim@else.test\"}],"
        "\"*._report._dmarc.odd.test\":[{\"TXT\":\"dmarc yes\"}],"
        "\"them.example._report._dmarc.down.test\":[{\"TXT\":\"SERVFAIL\"}]}";
    static const struct {
        const char *mailbox;
        enum report_target want;
        const char *to;
    } cases[] = {
        {"d@them.example", REPORT_TARGET_ALLOWED, "d@them.example"},
        {"d@mail.them.example", REPORT_TARGET_ALLOWED, "d@mail.them.example"},
        {"d@Watch.Test", REPORT_TARGET_ALLOWED, "d@Watch.Test"},
        {"d@all.test", REPORT_TARGET_ALLOWED, "box@all.test"},
        {"d@sly.test", REPORT_TARGET_REFUSED, NULL},
        {"d@odd.test", REPORT_TARGET_REFUSED, NULL},
        {"d@victim.test", REPORT_TARGET_REFUSED, NULL},
        {"d@down.test", REPORT_TARGET_UNKNOWN, NULL},
    };
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct zone *z;
    assert_int_equal(zone_parse(a, slice_str(zone), &e, &z), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct ask *q = ask_new(a, NULL);
        enum report_target got;
        struct slice to;
        struct report_wish w = {SLICE("them.example"), slice_str(cases[i].mailbox), false};
        while (!report_target(a, q, &w, &got, &to))
            assert_true(zone_answer(z, q) > 0);
        if (got != cases[i].want || (cases[i].to && !slice_eq(to, slice_str(cases[i].to))))
            fail_msg("%s: %d %.*s", cases[i].mailbox, got, SLICE_ARG(to));
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(aggregate), cmocka_unit_test(limits),
                                       cmocka_unit_test(bombs),     cmocka_unit_test(tls),
                                       cmocka_unit_test(failures),  cmocka_unit_test(targets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
