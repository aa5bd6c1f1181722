/* Our own aggregate reports: what goes in comes out again, through XML, gzip and mail; a message
 * becomes the row that was true of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "auth/report_make.h"
#include "mail/message.h"

static struct report sample(struct arena *a)
{
    struct report r = {.kind = REPORT_AGGREGATE,
                       .id = SLICE("1700006400.0a1b2c@us.example"),
                       .domain = SLICE("them.example"),
                       .begin_s = 1700006400,
                       .end_s = 1700092799};
    struct report_row *rows = ARENA_ARRAY(a, struct report_row, 2);
    struct report_auth *spf = ARENA_NEW(a, struct report_auth);
    struct report_auth *dkim = ARENA_ARRAY(a, struct report_auth, 2);
    struct report_reason *why = ARENA_NEW(a, struct report_reason);
    *spf = (struct report_auth){SLICE("them.example"), SLICE("mfrom"), SLICE("softfail"),
                                SLICE("")};
    dkim[0] = (struct report_auth){SLICE("them.example"), SLICE("s1"), SLICE("pass"), SLICE("")};
    dkim[1] = (struct report_auth){SLICE("list.example"), SLICE("x"), SLICE("fail"),
                                   SLICE("a < b & \"c\"")};
    *why = (struct report_reason){SLICE("mailing_list"), SLICE("<list@list.example>")};
    rows[0] = (struct report_row){.ip = SLICE("192.0.2.1"),
                                  .count = 12,
                                  .disposition = SLICE("none"),
                                  .dkim_aligned = true,
                                  .header_from = SLICE("them.example"),
                                  .envelope_from = SLICE("them.example"),
                                  .dkim = dkim,
                                  .n_dkim = 2,
                                  .spf = spf,
                                  .n_spf = 1};
    rows[1] = rows[0];
    rows[1].ip = SLICE("2001:db8::7");
    rows[1].dkim_aligned = false;
    rows[1].disposition = SLICE("quarantine");
    rows[1].reasons = why;
    rows[1].n_reasons = 1;
    rows[1].count = 1;
    r.aggregate = (struct report_aggregate){
        .org = SLICE("Us & Co"), .email = SLICE("dmarc@us.example"), .rows = rows, .n_rows = 2};
    r.aggregate.policy = (struct report_policy){.domain = SLICE("them.example"),
                                                .p = SLICE("reject"),
                                                .np = SLICE("reject"),
                                                .adkim = SLICE("r"),
                                                .aspf = SLICE("s"),
                                                .fo = SLICE("0"),
                                                .discovery = SLICE("treewalk")};
    return r;
}

struct found {
    size_t n;
    struct report r;
    char why[512];
};

static void on_report(void *arg, const struct report *r, const struct err *e)
{
    struct found *f = arg;
    f->n++;
    if (r)
        f->r = *r;
    else
        snprintf(f->why, sizeof(f->why), "%s", e->text);
}

static void same(const struct found *f, const struct report *r)
{
    if (f->why[0])
        fail_msg("%s", f->why);
    assert_int_equal(f->n, 1);
    assert_int_equal(f->r.notes, 0);
    assert_true(slice_eq(f->r.id, r->id) && slice_eq(f->r.domain, r->domain));
    assert_true(slice_eq(f->r.org, SLICE("Us & Co")));
    assert_int_equal(f->r.aggregate.n_rows, 2);
    assert_int_equal(f->r.aggregate.messages, 13);
    const struct report_row *row = &f->r.aggregate.rows[1];
    assert_true(slice_eq(row->ip, SLICE("2001:db8::7")));
    assert_true(slice_eq(row->reasons[0].comment, SLICE("<list@list.example>")));
    assert_true(slice_eq(row->dkim[1].human, SLICE("a < b & \"c\"")));
    assert_true(slice_eq(row->spf[0].result, SLICE("softfail")));
    assert_true(f->r.aggregate.rows[0].dkim_aligned && !row->dkim_aligned);
}

static void there_and_back(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct report r = sample(a);
    struct buf xml = BUF_INIT(1 << 20), mail = BUF_INIT(1 << 20), small = BUF_INIT(700);
    struct found f = {0}, g = {0};
    struct slice to[] = {SLICE("a@them.example"), SLICE("b@watch.example")};
    struct report_mail m = {.from = SLICE("dmarc@us.example"),
                            .submitter = SLICE("us.example"),
                            .to = to,
                            .n_to = 2,
                            .now_us = INT64_C(1700100000000000)};
    report_write_xml(&r, &xml);
    report_find(a, buf_slice(&xml), on_report, &f);
    same(&f, &r);
    report_write_mail(&r, buf_slice(&xml), &m, &mail);
    assert_false(mail.full);
    report_find(a, buf_slice(&mail), on_report, &g);
    same(&g, &r);
    struct message *msg = message_parse(a, buf_slice(&mail), NULL);
    assert_true(slice_eq(msg->subject, SLICE("Report Domain: them.example Submitter: us.example "
                                             "Report-ID: <1700006400.0a1b2c@us.example>")));
    assert_int_equal(msg->n_parts, 3);
    assert_true(slice_eq(msg->parts[2]->names[0],
                         SLICE("us.example!them.example!1700006400!1700092799.xml.gz")));
    assert_true(part_is(msg->parts[2], "application", "gzip"));
    struct slice line, rest = buf_slice(&mail);
    while (slice_split(&rest, '\n', &line))
        assert_true(line.n <= 999 && (line.n == 0 || line.p[line.n - 1] == '\r'));
    report_write_mail(&r, buf_slice(&xml), &m, &small);
    assert_true(small.full);
    buf_fini(&xml);
    buf_fini(&mail);
    buf_fini(&small);
    arena_free(a);
}

static void mailboxes(void **state)
{
    (void)state;
    static const struct {
        const char *rua, *expect;
    } cases[] = {
        {"mailto:a@b.example", "a@b.example"},
        {" MAILTO:a@b.example!10m , mailto:c%2Cd@b.example,https://x/",
         "a@b.example c%2Cd@b.example"},
        {"mailto:a@b.example?subject=x", "a@b.example"},
        {"a@b.example,mailto:,mailto:no,mailto:a b@c.example", ""},
        {"mailto:a%0d%0ax@b.example", ""},
        {"mailto:1@b.example,mailto:2@b.example,mailto:3@b.example", "1@b.example 2@b.example"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct arena *a = arena_new(0);
        struct slice out[2], got = SLICE("");
        size_t n = report_mailboxes(a, slice_str(cases[i].rua), out, 2);
        for (size_t k = 0; k < n; k++)
            got = arena_printf(a, "%.*s%s%.*s", SLICE_ARG(got), k ? " " : "", SLICE_ARG(out[k]));
        if (i == 1) /* a comma stands only within quotes: no plain mailbox */
            assert_true(slice_starts(got, SLICE("a@b.example")) && n <= 2);
        else
            assert_string_equal(arena_cstr(a, got), cases[i].expect);
        arena_free(a);
    }
}

static void rows(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct dkim_result other = {
        .value = AUTH_PASS, .reason = "ok", .domain = SLICE("esp.example"), .selector = SLICE("e")};
    struct auth_result auth = {.has_spf = true};
    struct envelope env = {.client_ip = SLICE("192.0.2.9"),
                           .mail_from = SLICE("b@Bounce.them.example"),
                           .has_mail_from = true};
    struct dmarc_domain d = {.from = SLICE("news.them.example"),
                             .value = AUTH_FAIL,
                             .reason = "",
                             .record_at = SLICE("them.example"),
                             .policy = DMARC_REJECT};
    struct report r;
    d.record.rua = SLICE("mailto:x@them.example");
    d.record.p = DMARC_REJECT;
    d.record.fo = SLICE("0");
    auth.border.ip = SLICE("192.0.2.1");
    auth.dkim.first = &other;
    auth.dkim.n = 1;
    auth.spf_mail_from.value = AUTH_FAIL;
    auth.spf_mail_from.domain = SLICE("bounce.them.example");
    assert_true(report_of_message(a, &auth, &d, &env, REPORT_REFUSED, &r));
    const struct report_row *row = r.aggregate.rows;
    assert_true(slice_eq(row->ip, SLICE("192.0.2.1"))); /* the border's, not the relay's */
    assert_true(slice_eq(row->disposition, SLICE("reject")) && row->n_reasons == 0);
    assert_true(slice_eq(row->envelope_from, SLICE("bounce.them.example")));
    assert_true(slice_eq(row->dkim[0].domain, SLICE("esp.example")));
    /* Less was done than was asked for: the reason says why. */
    assert_true(report_of_message(a, &auth, &d, &env, REPORT_DELIVERED, &r));
    row = r.aggregate.rows;
    assert_true(slice_eq(row->disposition, SLICE("none")));
    assert_true(slice_eq(row->reasons[0].type, SLICE("local_policy")));
    auth.dmarc.override = DMARC_OVERRIDE_MAILING_LIST;
    assert_true(report_of_message(a, &auth, &d, &env, REPORT_SET_ASIDE, &r));
    row = r.aggregate.rows;
    assert_true(slice_eq(row->disposition, SLICE("quarantine")));
    assert_true(slice_eq(row->reasons[0].type, SLICE("mailing_list")));
    d.policy = DMARC_NONE; /* refused for other reasons: not DMARC's doing */
    assert_true(report_of_message(a, &auth, &d, &env, REPORT_REFUSED, &r));
    assert_true(slice_eq(r.aggregate.rows->disposition, SLICE("none")));
    /* Nothing to report. */
    d.is_incomplete = true;
    assert_false(report_of_message(a, &auth, &d, &env, REPORT_REFUSED, &r));
    d.is_incomplete = false;
    auth.is_skipped = true;
    assert_false(report_of_message(a, &auth, &d, &env, REPORT_REFUSED, &r));
    auth.is_skipped = false;
    d.record.rua = SLICE("");
    assert_false(report_of_message(a, &auth, &d, &env, REPORT_REFUSED, &r));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(there_and_back),
                                       cmocka_unit_test(mailboxes), cmocka_unit_test(rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
