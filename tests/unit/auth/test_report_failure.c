/* Failure reports: who gets one, and that nobody's name is in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "auth/report.h"
#include "auth/report_failure.h"
#include "mail/message.h"

static const char MAIL[] =
    "Received: from secret.example by mx.us.example for <victim@us.example>; x\r\n"
    "From: \"Ann Secret\" <Ann.Secret@them.example>\r\nTo: victim@us.example\r\n"
    "Cc: other.secret@us.example\r\nSubject: secret plans\r\n"
    "Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <secret.17@host.them.example>\r\n\r\n"
    "secret body\r\n";

static void wanted(void **state)
{
    (void)state;
    static const struct {
        const char *name, *ruf, *rua, *fo;
        enum dmarc_policy p;
        enum auth_value value, spf, dkim;
        bool want;
    } cases[] = {
        {"asked for", "mailto:f@x.example", "", "", DMARC_REJECT, AUTH_FAIL, AUTH_FAIL, AUTH_NONE,
         true},
        {"no ruf", "", "mailto:a@x.example", "1", DMARC_REJECT, AUTH_FAIL, AUTH_FAIL, AUTH_NONE,
         false},
        {"passes, one did not", "mailto:f@x.example", "", "1", DMARC_REJECT, AUTH_PASS, AUTH_FAIL,
         AUTH_PASS, false},
        {"no answer", "mailto:f@x.example", "", "0", DMARC_REJECT, AUTH_TEMPERROR, AUTH_FAIL,
         AUTH_NONE, false},
        {"watches alone", "mailto:f@x.example", "", "0", DMARC_NONE, AUTH_FAIL, AUTH_FAIL,
         AUTH_NONE, false},
        {"watches, wants reports", "mailto:f@x.example", "mailto:a@x.example", "0", DMARC_NONE,
         AUTH_FAIL, AUTH_FAIL, AUTH_NONE, true},
        {"of signatures alone, none", "mailto:f@x.example", "", "d", DMARC_REJECT, AUTH_FAIL,
         AUTH_FAIL, AUTH_NONE, false},
        {"of signatures alone, one", "mailto:f@x.example", "", "D", DMARC_REJECT, AUTH_FAIL,
         AUTH_NONE, AUTH_FAIL, true},
        {"of SPF alone, softfail", "mailto:f@x.example", "", "s", DMARC_REJECT, AUTH_FAIL,
         AUTH_SOFTFAIL, AUTH_FAIL, false},
        {"of either", "mailto:f@x.example", "", "d:s", DMARC_REJECT, AUTH_FAIL, AUTH_FAIL,
         AUTH_NONE, true},
        {"of something unknown", "mailto:f@x.example", "", "x", DMARC_REJECT, AUTH_FAIL, AUTH_FAIL,
         AUTH_FAIL, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct dkim_result s = {.value = cases[i].dkim, .reason = ""};
        struct auth_result auth = {.is_done = true, .has_spf = true};
        struct dmarc_domain d = {.value = cases[i].value, .record_at = SLICE("them.example")};
        auth.spf_mail_from.value = cases[i].spf;
        auth.dkim.first = cases[i].dkim == AUTH_NONE ? NULL : &s;
        d.record.p = cases[i].p;
        d.record.ruf = slice_str(cases[i].ruf);
        d.record.rua = slice_str(cases[i].rua);
        d.record.fo = slice_str(cases[i].fo);
        if (report_failure_wanted(&auth, &d) != cases[i].want)
            fail_msg("%s", cases[i].name);
        auth.is_skipped = true;
        assert_false(report_failure_wanted(&auth, &d));
        auth.is_skipped = false;
        d.is_incomplete = true;
        assert_false(report_failure_wanted(&auth, &d));
    }
}

static void take(void *arg, const struct report *r, const struct err *e)
{
    if (r == NULL)
        fail_msg("%s", e->text);
    *(struct report *)arg = *r;
}

static void content(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf out = BUF_INIT(16384), again = BUF_INIT(16384), other = BUF_INIT(16384);
    struct dkim_result s = {.value = AUTH_FAIL,
                            .reason = "",
                            .domain = SLICE("them.example"),
                            .selector = SLICE("s1\r\nX: y"),
                            .identity = SLICE("ann.secret@them.example")};
    struct auth_result auth = {.is_done = true, .has_spf = true};
    struct dmarc_domain d = {.from = SLICE("them.example"), .value = AUTH_FAIL};
    struct envelope env = {.client_ip = SLICE("192.0.2.9"),
                           .mail_from = SLICE("ann.SECRET@them.example"),
                           .has_mail_from = true,
                           .received_us = INT64_C(1795341600000000)};
    struct failure_in in = {.auth = &auth,
                            .d = &d,
                            .env = &env,
                            .m = message_parse(a, slice_str(MAIL), NULL),
                            .done = REPORT_REFUSED,
                            .from = SLICE("dmarc@us.example"),
                            .submitter = SLICE("us.example"),
                            .id = SLICE("01a2-3@us.example"),
                            .now_us = INT64_C(1795341605000000),
                            .key = "0123456789abcde"};
    struct report r = {0};
    auth.spf_mail_from.value = AUTH_FAIL;
    auth.dkim.first = &s;
    report_write_failure(&in, &out);
    assert_false(out.full);
    const char *text = buf_cstr(&out);
    assert_null(strcasestr(text, "secret"));
    assert_null(strcasestr(text, "victim"));
    assert_null(strcasestr(text, "ann"));
    assert_null(strstr(text, "X: y"));
    /* Lines end as mail wants it. */
    for (const char *p = strchr(text, '\n'); p; p = strchr(p + 1, '\n'))
        assert_true(p > text && p[-1] == '\r');
    assert_int_equal(report_find(a, buf_slice(&out), take, &r), 1);
    assert_int_equal(r.kind, REPORT_FAILURE);
    assert_true(slice_eq(r.failure.domain, SLICE("them.example")));
    assert_true(slice_eq(r.failure.ip, SLICE("192.0.2.9")));
    assert_true(slice_eq(r.failure.auth_failure, SLICE("dmarc")));
    assert_true(slice_eq(r.failure.delivery, SLICE("reject")));
    assert_int_equal(r.failure.arrival_us, INT64_C(1795341600000000));
    assert_true(slice_ends(r.failure.mail_from, SLICE("@them.example")));
    /* The same person has the same hash, in sender and author, whatever the case; another key gives
     * another one. */
    assert_true(slice_eq(r.failure.from, r.failure.mail_from));
    report_write_failure(&in, &again);
    assert_true(slice_eq(buf_slice(&out), buf_slice(&again)));
    in.key[0] ^= 1;
    report_write_failure(&in, &other);
    assert_int_equal(other.n, out.n);
    assert_false(slice_eq(buf_slice(&out), buf_slice(&other)));
    buf_fini(&out);
    buf_fini(&again);
    buf_fini(&other);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(wanted), cmocka_unit_test(content)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
