/* Reports in the store: each counts once, long ones come in parts, a rebuild gives the same; what
 * is owed to other domains is counted and is due until it was sent. */
#include "../journal/helpers.h"
#include "base/clock.h"
#include "base/json.h"
#include "journal/archive_report.h"
#include "mail/message.h"
#include "node/keep.h"
#include "node/report_intake.h"

static const char HEAD[] =
    "<?xml version=\"1.0\"?><feedback><report_metadata><org_name>%s</org_name><email>a@b.example"
    "</email><report_id>%s</report_id><date_range><begin>1700000000</begin><end>1700086399</end>"
    "</date_range></report_metadata><policy_published><domain>example.com</domain><p>none</p>"
    "</policy_published>";
static const char ROW[] =
    "<record><row><source_ip>%s</source_ip><count>%u</count><policy_evaluated><disposition>none"
    "</disposition><dkim>%s</dkim><spf>fail</spf></policy_evaluated></row><identifiers>"
    "<header_from>example.com</header_from></identifiers><auth_results><dkim><domain>example.com"
    "</domain><selector>%.*s</selector><result>%s</result></dkim><spf><domain>x.example</domain>"
    "<result>fail</result></spf></auth_results></record>";

struct site {
    struct arena *arena;
    struct conf *conf;
    struct keep keep;
    struct buf out;
};

static void open_site(struct site *s, const char *dir, bool rebuild)
{
    *s = (struct site){.arena = arena_new(0), .out = BUF_INIT(1 << 20)};
    struct slice text = arena_printf(s->arena, "data = \"%s/data\"\nbase_model = \"/none\"\n", dir);
    OK(conf_parse(s->arena, node_tables(), text, "test", NULL, &test_err, &s->conf));
    OK(keep_open(s->arena, s->conf, rebuild, &test_err, &s->keep));
}

static void close_site(struct site *s)
{
    keep_close(&s->keep);
    buf_fini(&s->out);
    arena_free(s->arena);
}

/* Hands a file in; the answer is in s->out. */
static void hand_in(struct site *s, struct slice file)
{
    struct buf intake = BUF_INIT(64 << 20);
    struct arena *a = arena_new(0);
    uint32_t status = 0;
    report_intake(a, file, &intake);
    buf_reset(&s->out);
    keep_report(&s->keep, NULL, buf_slice(&intake), &status, &s->out);
    assert_int_equal(status, 200);
    buf_fini(&intake);
    arena_free(a);
}

static void expect_answer(struct site *s, const char *words)
{
    if (strstr(buf_cstr(&s->out), words) == NULL)
        fail_msg("no %s in %.500s", words, buf_cstr(&s->out));
}

static void show(struct site *s, const char *domain)
{
    uint32_t status = 0;
    buf_reset(&s->out);
    struct keep_dmarc_question q = {.domain = slice_str(domain), .days = 3650};
    keep_dmarc(&s->keep, s->arena, &q, &status, &s->out);
}

static struct slice small_report(struct arena *a, const char *org, const char *id)
{
    struct slice head = arena_printf(a, HEAD, org, id);
    struct slice one = arena_printf(a, ROW, "192.0.2.1", 7u, "pass", 1, "s", "pass");
    struct slice two = arena_printf(a, ROW, "192.0.2.9", 3u, "fail", 1, "s", "fail");
    return arena_printf(a, "%.*s%.*s%.*s</feedback>", SLICE_ARG(head), SLICE_ARG(one),
                        SLICE_ARG(two));
}

static void counts_once(void **state)
{
    struct site s;
    open_site(&s, *state, false);
    hand_in(&s, small_report(s.arena, "one.example", "1"));
    expect_answer(&s, "\"new\":1,\"known\":0,\"messages\":10");
    hand_in(&s, small_report(s.arena, "one.example", "1"));
    expect_answer(&s, "\"new\":0,\"known\":1,\"messages\":0");
    hand_in(&s, small_report(s.arena, "two.example", "1")); /* another reporter, the same name */
    expect_answer(&s, "\"new\":1");
    show(&s, "example.com");
    expect_answer(&s, "\"messages\":20,\"passed\":14");
    expect_answer(&s, "\"near_good\":true"); /* 192.0.2.9 fails beside 192.0.2.1 */
    expect_answer(&s, "\"reporters\":\"one.example,two.example\"");
    show(&s, "ample.com"); /* no domain below another by its letters alone */
    expect_answer(&s, "no report about");
    close_site(&s);
    open_site(&s, *state, true);
    show(&s, "Example.COM");
    expect_answer(&s, "\"messages\":20,\"passed\":14");
    close_site(&s);
}

/* A report in a mail: believed when the mail's domain is the reporter's, else it stands apart and
 * keeps nobody's place. */
static void by_mail(struct site *s, struct slice xml, const char *from, const char *answer)
{
    struct buf intake = BUF_INIT(1 << 20);
    uint32_t status = 0;
    struct slice raw = arena_printf(s->arena,
                                    "From: a@b.example\nSubject: Report Domain: example.com\n"
                                    "Content-Type: text/xml\n\n%.*s\n",
                                    SLICE_ARG(xml));
    struct message *m = message_parse(s->arena, raw, NULL);
    assert_int_equal(report_intake_mail(s->arena, m, slice_str(from), &intake), 1);
    buf_reset(&s->out);
    keep_report(&s->keep, NULL, buf_slice(&intake), &status, &s->out);
    assert_int_equal(status, 200);
    expect_answer(s, answer);
    buf_fini(&intake);
}

static void unproven(void **state)
{
    struct site s;
    open_site(&s, *state, false);
    struct slice xml = small_report(s.arena, "one.example", "1");
    by_mail(&s, xml, "", "\"proven\":false");
    by_mail(&s, xml, "liar.example", "\"known\":1"); /* unproven as the first was */
    show(&s, "example.com");
    expect_answer(&s, "\"aggregate\":0,\"failure\":0,\"tls\":0,\"unproven\":1}");
    expect_answer(&s, "\"sources\":[]");
    by_mail(&s, xml, "mx.b.example", "\"new\":1"); /* of the same organisation as a@b.example */
    by_mail(&s, xml, "b.example", "\"known\":1");
    hand_in(&s, xml); /* the operator's own copy is the same report */
    expect_answer(&s, "\"known\":1");
    show(&s, "example.com");
    expect_answer(&s, "\"aggregate\":1,\"failure\":0,\"tls\":0,\"unproven\":1}");
    expect_answer(&s, "\"messages\":10,\"passed\":7");
    struct keep_dmarc_question q = {
        .domain = SLICE("example.com"), .days = 3650, .is_unproven = true};
    uint32_t status = 0;
    buf_reset(&s.out);
    keep_dmarc(&s.keep, s.arena, &q, &status, &s.out);
    expect_answer(&s, "\"proven\":false,\"reports\":{\"aggregate\":1,");
    close_site(&s);
}

/* With what mail is signed, for the check of a domain. */
static void selectors(void **state)
{
    struct site s;
    open_site(&s, *state, false);
    hand_in(&s, small_report(s.arena, "one.example", "1"));
    hand_in(&s, small_report(s.arena, "two.example", "1"));
    by_mail(&s, small_report(s.arena, "three.example", "1"), "", "\"new\":1");
    for (int turn = 0; turn < 2; turn++) {
        struct keep_dmarc_question q = {.domain = SLICE("Example.com"), .days = 3650};
        uint32_t status = 0;
        buf_reset(&s.out);
        keep_selectors(&s.keep, s.arena, &q, &status, &s.out);
        assert_int_equal(status, 200);
        expect_answer(&s, "{\"selectors\":[{\"selector\":\"s\",\"passed\":14,\"failed\":6,"
                          "\"newest\":1700086399}]}");
        close_site(&s);
        open_site(&s, *state, true);
    }
    close_site(&s);
}

static void long_report(void **state)
{
    struct site s;
    struct buf xml = BUF_INIT(64 << 20);
    static char padding[900];
    memset(padding, 'x', sizeof(padding));
    open_site(&s, *state, false);
    buf_printf(&xml, HEAD, "long.example", "long");
    for (unsigned i = 0; i < 2000; i++) /* over 1 MiB packed: more than an event may be */
        buf_printf(&xml, ROW, "192.0.2.1", 1u, "pass", (int)sizeof(padding), padding, "pass");
    buf_str(&xml, "</feedback>");
    hand_in(&s, buf_slice(&xml));
    expect_answer(&s, "\"new\":1");
    hand_in(&s, buf_slice(&xml));
    expect_answer(&s, "\"known\":1");
    show(&s, "example.com");
    expect_answer(&s, "\"messages\":2000,");
    expect_answer(&s, "\"aggregate\":1,");
    buf_fini(&xml);
    close_site(&s);
}

static void refused(void **state)
{
    struct site s;
    struct record_caller stranger = {0};
    uint32_t status = 0;
    open_site(&s, *state, false);
    hand_in(&s, SLICE("<feedback><broken></feedback>"));
    expect_answer(&s, "\"refused\":[\"line 1: mismatched tag\"]");
    buf_reset(&s.out);
    keep_report(&s.keep, &stranger, SLICE(""), &status, &s.out);
    assert_int_equal(status, 401);
    buf_reset(&s.out);
    keep_report(&s.keep, NULL, SLICE("\1\7rubbish"), &status, &s.out);
    assert_int_equal(status, 400);
    close_site(&s);
}

static void see(struct site *s, int64_t begin, const char *domain, const char *row)
{
    struct event ev = {.kind = EVENT_DMARC_SEEN};
    ev.dmarc_seen = (struct event_dmarc_seen){.begin_s = begin,
                                              .seconds = 10,
                                              .domain = slice_str(domain),
                                              .rua = SLICE("mailto:d@example.com"),
                                              .policy = SLICE("p"),
                                              .row = slice_str(row)};
    OK(store_append(s->keep.store, &ev, &test_err, NULL));
}

static void owed(void **state)
{
    struct site s;
    struct seen_domain *due;
    struct seen_row *rows;
    size_t n;
    open_site(&s, *state, false);
    see(&s, 100, "a.example", "x");
    see(&s, 100, "a.example", "x");
    see(&s, 100, "a.example", "y");
    see(&s, 100, "b.example", "x");
    see(&s, 110, "a.example", "x");
    OK(store_commit(s.keep.store, true, &test_err));
    struct archive *ar = store_archive(s.keep.store);
    OK(archive_seen_due(ar, 119, 10, s.arena, &test_err, &due, &n));
    assert_int_equal(n, 2); /* the second time is not over */
    assert_int_equal(due[0].messages, 3);
    OK(archive_seen_rows(ar, 100, SLICE("a.example"), 10, s.arena, &test_err, &rows, &n));
    assert_int_equal(n, 2);
    assert_int_equal(rows[0].messages, 2);
    struct event ev = {.kind = EVENT_REPORT_SENT};
    ev.report_sent = (struct event_report_sent){
        .begin_s = 100, .domain = SLICE("a.example"), .outcome = SLICE("sent")};
    OK(store_append(s.keep.store, &ev, &test_err, NULL));
    OK(store_commit(s.keep.store, true, &test_err));
    close_site(&s);
    open_site(&s, *state, true); /* as after a crash: all from the journal */
    ar = store_archive(s.keep.store);
    OK(archive_seen_due(ar, 120, 10, s.arena, &test_err, &due, &n));
    assert_int_equal(n, 2);
    assert_true(slice_eq(due[0].domain, SLICE("b.example")) && due[0].begin_s == 100);
    assert_true(slice_eq(due[1].domain, SLICE("a.example")) && due[1].begin_s == 110);
    close_site(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(counts_once, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(unproven, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(selectors, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(long_report, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(refused, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(owed, make_dir, drop_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
