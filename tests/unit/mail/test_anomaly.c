/* Every ambiguity of mail syntax and MIME that is to be detected: one message each, by name. */
#include "mail/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define MIXED "Content-Type: multipart/mixed; boundary=q\n\n"

static const struct {
    enum anomaly_kind want;
    const char *text;
} CASES[] = {
    {ANOMALY_content_type_twice, "Content-Type: text/plain\nContent-Type: text/html\n\nx"},
    {ANOMALY_encoding_twice,
     "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nx"},
    {ANOMALY_disposition_twice,
     "Content-Disposition: inline\nContent-Disposition: attachment\n\nx"},
    {ANOMALY_from_twice, "From: a@b.c\nFrom: d@e.f\n\nx"},
    {ANOMALY_from_many, "From: a@b.c, d@e.f\n\nx"},
    {ANOMALY_field_twice, "Subject: a\nSubject: b\n\nx"},
    {ANOMALY_boundary_missing, "Content-Type: multipart/mixed\n\nx"},
    {ANOMALY_boundary_twice,
     "Content-Type: multipart/mixed; boundary=a; boundary=b\n\n--a\n\n--a--"},
    {ANOMALY_boundary_empty, "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nx\n----\n"},
    {ANOMALY_boundary_long,
     "Content-Type: multipart/mixed; boundary="
     "01234567890123456789012345678901234567890123456789012345678901234567890\n\nx"},
    {ANOMALY_boundary_odd, "Content-Type: multipart/mixed; boundary=\"a*b\"\n\nx"},
    {ANOMALY_boundary_prefix, MIXED "--q\n\nx\n--qq\n\ny\n--q--\n"},
    {ANOMALY_boundary_tail, MIXED "--q tail\n\nx\n--q--\n"},
    {ANOMALY_boundary_reused, MIXED "--q\n\nx\n--q--\n--q\n\ny\n"},
    {ANOMALY_boundary_never, MIXED "nothing\n"},
    {ANOMALY_boundary_unterminated, MIXED "--q\n\nx\n"},
    {ANOMALY_encoding_unknown, "Content-Transfer-Encoding: rot13\n\nx"},
    {ANOMALY_encoding_list, "Content-Transfer-Encoding: 8bit, base64\n\nx"},
    {ANOMALY_encoding_odd, "Content-Transfer-Encoding: base64 (x)\n\neA=="},
    {ANOMALY_encoding_odd, "Content-Transfer-Encoding: \"base64\"\n\neA=="},
    {ANOMALY_encoding_on_multipart,
     "Content-Type: multipart/mixed; boundary=q\nContent-Transfer-Encoding: "
     "base64\n\n--q\n\nx\n--q--"},
    {ANOMALY_encoding_on_multipart,
     "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\nA: b\n\nx"},
    {ANOMALY_base64_junk, "Content-Transfer-Encoding: base64\n\nUE!sD"},
    {ANOMALY_base64_padding, "Content-Transfer-Encoding: base64\n\nUEs=UEs="},
    {ANOMALY_base64_length, "Content-Transfer-Encoding: base64\n\nUEsDB"},
    {ANOMALY_qp_bad, "Content-Transfer-Encoding: quoted-printable\n\na=XYb\n"},
    {ANOMALY_qp_long,
     "Content-Transfer-Encoding: quoted-printable\n\n0123456789012345678901234567890"
     "12345678901234567890123456789012345678901234567890\n"},
    {ANOMALY_param_twice, "Content-Type: text/plain; name=a; name=b\n\nx"},
    {ANOMALY_param_mixed, "Content-Type: text/plain; name=a; name*0=b\n\nx"},
    {ANOMALY_param_order, "Content-Type: text/plain; name*1=a; name*0=b\n\nx"},
    {ANOMALY_param_encoded_word, "Content-Type: text/plain; name=\"=?utf-8?q?a?=\"\n\nx"},
    {ANOMALY_name_differs,
     "Content-Type: text/plain; name=a.txt\nContent-Disposition: attachment; filename=b.txt\n\nx"},
    {ANOMALY_name_control, "Content-Type: text/plain; name=\"a\xe2\x80\xae.txt\"\n\nx"},
    {ANOMALY_bare_cr, "A: b\n\nx\ry\n"},
    {ANOMALY_bare_lf, "A: b\r\n\r\nx\ny\r\n"},
    {ANOMALY_header_no_colon, "A: b\nnothing\nC: d\n\nx"},
    {ANOMALY_mbox_line, "From a@b Fri Oct  7 16:15:05 1994\nA: b\n\nx"},
    {ANOMALY_header_space_colon, "A : b\n\nx"},
    {ANOMALY_header_name_odd, "\xc3\xa4: b\n\nx"},
    {ANOMALY_header_8bit, "A: \xc3\xa4\n\nx"},
    {ANOMALY_header_fold_odd, "A: b\n \n c\n\nx"},
    {ANOMALY_blank_missing, "A: b\nthis is text\nand more of it\n"},
    {ANOMALY_type_odd, "Content-Type: nothing\n\nx"},
    {ANOMALY_charset_unknown, "Content-Type: text/plain; charset=x-none\n\nx"},
    {ANOMALY_charset_wrong, "Content-Type: text/plain; charset=utf-8\n\n\xff\n"},
    {ANOMALY_charset_utf7, "Content-Type: text/plain; charset=utf-7\n\n+ADw-\n"},
    {ANOMALY_charset_utf16, "Content-Type: text/plain; charset=utf-16\n\nab"},
    {ANOMALY_encoded_word_bad, "Subject: =?utf-8?B?w6Q\n\nx"},
    {ANOMALY_address_odd, "From: \"a\" <b@c@d>\n\nx"},
    {ANOMALY_date_odd, "Date: tomorrow\n\nx"},
    {ANOMALY_inline_uuencode, "A: b\n\nbegin 644 a.exe\n#86)C\n`\nend\n"},
    {ANOMALY_inline_yenc, "A: b\n\n=ybegin line=128 size=3 name=a.exe\nabc\n=yend size=3\n"},
    {ANOMALY_tnef, "Content-Type: application/ms-tnef\n\nx"},
    {ANOMALY_partial, "Content-Type: message/partial; id=a\n\nx"},
    {ANOMALY_external_body, "Content-Type: message/external-body; access-type=url\n\nx"},
};

static void detected(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct arena *a = arena_new(0);
        struct message *m = message_parse(a, slice_str(CASES[i].text), NULL);
        if (!anomaly_has(&m->anomalies, CASES[i].want))
            fail_msg("%s is not seen in \"%s\"", anomaly_info(CASES[i].want)->name, CASES[i].text);
        arena_free(a);
    }
}

static void nul(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct message *m = message_parse(a, SLICE("A: b\n\nx\0y\n"), NULL);
    assert_true(anomaly_has(&m->anomalies, ANOMALY_nul_byte));
    arena_free(a);
}

/* Honest mail of common agents: nothing that is ambiguous. */
static void clean(void **state)
{
    (void)state;
    static const char *const MAILS[] = {
        "From: \"A B\" <a@b.example>\r\nTo: c@d.example\r\nSubject: x\r\n"
        "Date: Fri, 7 Oct 1994 16:15:05 -0700\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/alternative;\r\n\tboundary=\"----=_Part_1\"\r\n\r\n"
        "This is a message in MIME format.\r\n\r\n------=_Part_1\r\n"
        "Content-Type: text/plain; charset=\"utf-8\"\r\nContent-Transfer-Encoding: "
        "quoted-printable\r\n"
        "\r\nJ=C3=B6rg\r\n\r\n------=_Part_1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        "<p>J</p>\r\n------=_Part_1--\r\n",
        "Content-Type: application/pdf;\r\n name=\"report.pdf\"\r\n"
        "Content-Disposition: attachment;\r\n filename=\"report.pdf\"\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n",
    };
    for (size_t i = 0; i < sizeof(MAILS) / sizeof(MAILS[0]); i++) {
        struct arena *a = arena_new(0);
        struct message *m = message_parse(a, slice_str(MAILS[i]), NULL);
        for (size_t k = 0; k < ANOMALY_KINDS; k++) {
            if (m->anomalies.of[k].count)
                fail_msg("mail %zu: %s", i, anomaly_info((enum anomaly_kind)k)->name);
        }
        arena_free(a);
    }
}

static void limits(void **state)
{
    (void)state;
    struct mail_limits l = MAIL_LIMITS;
    struct arena *a = arena_new(0);
    l.depth = 3;
    l.parts = 4;
    l.header_fields = 2;
    l.params = 1;
    l.message_bytes = 400;
    struct message *m = message_parse(a, SLICE("A: 1\nB: 2\nC: 3\n\nx"), &l);
    assert_true(anomaly_has(&m->anomalies, ANOMALY_limit_header));
    assert_int_equal(m->headers.n, 2);
    m = message_parse(a,
                      SLICE("Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\n"
                            "Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nx"),
                      &l);
    assert_true(anomaly_has(&m->anomalies, ANOMALY_limit_depth));
    assert_int_equal(m->n_parts, 3);
    m = message_parse(a, SLICE(MIXED "--q\n\n1\n--q\n\n2\n--q\n\n3\n--q\n\n4\n--q--\n"), &l);
    assert_true(anomaly_has(&m->anomalies, ANOMALY_limit_parts));
    assert_int_equal(m->n_parts, 4);
    m = message_parse(a, SLICE("Content-Type: text/plain; a=b; c=d\n\nx"), &l);
    assert_true(anomaly_has(&m->anomalies, ANOMALY_limit_params));
    l.message_bytes = 4;
    m = message_parse(a, SLICE("A: 1\n\nx"), &l);
    assert_true(anomaly_has(&m->anomalies, ANOMALY_limit_message));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(detected), cmocka_unit_test(nul),
                                       cmocka_unit_test(clean), cmocka_unit_test(limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
