/* doors: the spamd machine, byte for byte, in the words of SpamAssassin's spamd. */
#include "doors/edits.h"
#include "doors/spamd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#define MAX 2000
#define MSG "Subject: x\r\nX-Muster-Score: 9\r\n\r\nhi\r\n"

/* Answers as the door would, with a fixed verdict. */
static void answer(const struct spamd *sd, struct buf *out)
{
    struct finding two = {.name = "second_one", .points = -1.0, .reason = "plain"};
    struct finding one = {.name = "first_one",
                          .points = 15.96,
                          .reason = "shown: %s!",
                          .detail = SLICE("a\nb"),
                          .next = &two};
    struct finding late = {.name = "no_answer", .reason = "dns", .state = FINDING_INCOMPLETE};
    two.next = &late;
    struct findings all = {.first = &one, .last = &late, .n = 3};
    struct buf edits = BUF_INIT(1024);
    edit_remove(&edits, "X-Muster-Score", SLICE(""));
    edit_add(&edits, "X-Muster-Score", SLICE("14.96"));
    const struct spamd_request *r = spamd_request(sd);
    bool is_spam = slice_find(r->raw, SLICE("ham")) == SIZE_MAX;
    struct spamd_result result = {.is_spam = is_spam,
                                  .score = is_spam ? 14.96 : -1,
                                  .threshold = 5,
                                  .reject = 12,
                                  .action = "reject",
                                  .findings = &all,
                                  .edits = buf_slice(&edits)};
    if (r->command == SPAMD_TELL)
        spamd_answer_tell(sd, r->set & SPAMD_LOCAL, r->remove & SPAMD_LOCAL, out);
    else
        spamd_answer(sd, &result, out);
    buf_fini(&edits);
}

/* Feeds `in` cut at `cut`, then the end; returns the answer in *out. */
static enum spamd_event talk(struct slice in, size_t cut, struct buf *out,
                             void (*look)(const struct spamd *))
{
    struct spamd *sd = spamd_new(MAX);
    struct buf kept = BUF_INIT(1 << 20);
    enum spamd_event event = SPAMD_MORE;
    size_t used;
    for (int i = 0; i < 2 && event == SPAMD_MORE; i++) {
        buf_add(&kept, i ? slice_from(in, cut) : slice_head(in, cut));
        event = spamd_feed(sd, buf_slice(&kept), &used, out);
        buf_drop(&kept, used);
    }
    if (event == SPAMD_MORE)
        event = spamd_last(sd, out);
    if (event == SPAMD_REQUEST) {
        if (look)
            look(sd);
        answer(sd, out);
    }
    buf_fini(&kept);
    spamd_free(sd);
    return event;
}

static void check(struct slice in, const char *want)
{
    /* A length that is too short shows only when more is there at once, so such a request is
     * not the same when it is split inside the body. */
    bool whole_only = slice_find(slice_str(want), SLICE("Expected 4 ")) != SIZE_MAX;
    for (size_t cut = whole_only ? in.n : 0; cut <= in.n; cut++) {
        struct buf out = BUF_INIT(1 << 20);
        (void)talk(in, cut, &out, NULL);
        if (!slice_eq(buf_slice(&out), slice_str(want)))
            fail_msg("\"%.*s\" cut at %zu:\ngot  \"%s\"\nwant \"%s\"", SLICE_ARG(in), cut,
                     buf_cstr(&out), want ? want : "");
        buf_fini(&out);
    }
}

#define REPORT                                                                         \
    "Content analysis details:   (15.0 points, 5.0 required)\n\n"                      \
    " pts name                   description\n"                                        \
    "---- ---------------------- --------------------------------------------------\n" \
    "16.0 FIRST_ONE              shown: a\\nb!\n"                                      \
    "-1.0 SECOND_ONE             plain\n"                                              \
    " 0.0 NO_ANSWER              dns (no answer)\n\n"
#define OK      "SPAMD/1.1 0 EX_OK\r\n"
#define IS_SPAM "Spam: True ; 15.0 / 5.0\r\n\r\n"
#define IS_HAM  "Spam: False ; -1.0 / 5.0\r\n\r\n"
#define LEN     "Content-length: 37\r\n"

static void answers(void **state)
{
    (void)state;
    static const struct {
        const char *in, *want;
    } cases[] = {
        {"CHECK SPAMC/1.5\r\nUser: bob\r\n" LEN "\r\n" MSG, OK IS_SPAM},
        {"CHECK SPAMC/1.2\r\n" LEN "\r\n" MSG, OK IS_SPAM},
        {"CHECK SPAMC/1.2\n" LEN "\n" MSG, OK IS_SPAM},
        {"CHECK SPAMC/1.2\r\n\r\n" MSG, OK IS_SPAM},
        {"CHECK SPAMC/1.2\r\nX-New: thing\r\nno colon\r\n\r\n" MSG, OK IS_SPAM},
        {"CHECK SPAMC/1.2\r\n\r\nA: ham\n\nx", OK IS_HAM},
        {"CHECK SPAMC/1.2\r\nContent-length: 0\r\n\r\n", OK IS_SPAM},
        {"SYMBOLS SPAMC/1.5\r\n" LEN "\r\n" MSG,
         OK "Content-length: 20\r\n" IS_SPAM "FIRST_ONE,SECOND_ONE"},
        {"SYMBOLS SPAMC/1.2\r\n" LEN "\r\n" MSG, OK IS_SPAM "FIRST_ONE,SECOND_ONE\r\n"},
        {"REPORT SPAMC/1.5\r\n" LEN "\r\n" MSG, OK "Content-length: 296\r\n" IS_SPAM REPORT},
        {"REPORT_IFSPAM SPAMC/1.5\r\n" LEN "\r\n" MSG, OK "Content-length: 296\r\n" IS_SPAM REPORT},
        {"REPORT_IFSPAM SPAMC/1.5\r\n\r\nA: ham\n", OK "Content-length: 0\r\n" IS_HAM},
        {"PROCESS SPAMC/1.5\r\n" LEN "\r\n" MSG,
         OK "Content-length: 41\r\n" IS_SPAM "X-Muster-Score: 14.96\r\nSubject: x\r\n\r\nhi\r\n"},
        {"HEADERS SPAMC/1.5\r\n" LEN "\r\n" MSG,
         OK "Content-length: 37\r\n" IS_SPAM "X-Muster-Score: 14.96\r\nSubject: x\r\n\r\n"},
        {"PROCESS SPAMC/1.5\r\nContent-length: 14\r\n\r\nSubject: x\n\nhi",
         OK "Content-length: 36\r\n" IS_SPAM "X-Muster-Score: 14.96\nSubject: x\n\nhi"},
        {"PING SPAMC/1.5\r\n\r\n", "SPAMD/1.5 0 PONG\r\n"},
        {"PING SPAMC/1.5\r\n", "SPAMD/1.5 0 PONG\r\n"},
        {"PING SPAMC/1.2\r\n", "SPAMD/1.5 0 PONG\r\n"},
        {"SKIP SPAMC/1.2\r\n\r\n", ""},
        {"", ""},
        {"TELL SPAMC/1.5\r\nMessage-class: spam\r\nSet: local\r\n" LEN "\r\n" MSG,
         OK "DidSet: local\r\nContent-length: 2\r\n\r\n\r\n"},
        {"TELL SPAMC/1.5\r\nRemove: local, remote\r\n" LEN "\r\n" MSG,
         OK "DidRemove: local\r\nContent-length: 2\r\n\r\n\r\n"},
        {"TELL SPAMC/1.5\r\n" LEN "\r\n" MSG, OK "Content-length: 2\r\n\r\n\r\n"},
        /* Exim's dialect. */
        {"CHECK RSPAMC/1.3\r\n" LEN "Queue-Id: Q\r\nFrom: <a@b>\r\nRecipient-Number: 1\r\n"
         "Rcpt: <c@d>\r\nHelo: h\r\nIP: 192.0.2.1\r\n\r\n" MSG,
         "RSPAMD/1.3 0 EX_OK\r\nMetric: default; True; 14.96 / 12.00 / 0.0\r\n"
         "Action: reject\r\nSymbol: FIRST_ONE(15.96)\r\nSymbol: SECOND_ONE(-1.00)\r\n"},
        /* What is wrong, in spamd's words. */
        {"FOO SPAMC/1.2\r\n\r\n", "SPAMD/1.0 76 Bad header line: FOO SPAMC/1.2\r\n"},
        {"garbage\r\n", "SPAMD/1.0 76 Bad header line: garbage\r\n"},
        {"CHECK HTTP/1.1\r\n", "SPAMD/1.0 76 Bad header line: CHECK HTTP/1.1\r\n"},
        {"CHECK SPAMC/1.2\r\n", "SPAMD/1.0 76 Bad header line: (EOF during headers)\r\n"},
        {"CHECK SPAMC/9\r\nContent-length: x\r\n\r\n" MSG,
         "SPAMD/1.0 76 Bad header line: (Content-Length contains non-numeric bytes)\r\n"},
        {"CHECK SPAMC/1.2\r\nContent-length: -1\r\n\r\n" MSG,
         "SPAMD/1.0 76 Bad header line: (Content-Length contains non-numeric bytes)\r\n"},
        {"CHECK SPAMC/1.2\r\nContent-length: 3\r\nContent-length: 4\r\n\r\n",
         "SPAMD/1.0 76 Bad header line: (Content-Length given twice)\r\n"},
        {"CHECK SPAMC/1.2\r\nContent-length: 4\r\n\r\n" MSG,
         "SPAMD/1.0 76 Bad header line: "
         "(Content-Length mismatch: Expected 4 bytes, got 37 bytes)\r\n"},
        {"CHECK SPAMC/1.2\r\nContent-length: 4000\r\n\r\n" MSG,
         "SPAMD/1.0 76 Bad header line: "
         "(Content-Length mismatch: Expected 4000 bytes, got 37 bytes)\r\n"},
        {"CHECK SPAMC/1.2\r\nCompress: lzma\r\n\r\n" MSG,
         "SPAMD/1.0 76 Bad header line: (Compress is not zlib)\r\n"},
        {"CHECK SPAMC/1.5\r\nCompress: zlib\r\n" LEN "\r\n" MSG,
         "SPAMD/1.0 76 Bad header line: (Compress: zlib data is damaged)\r\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        check(slice_str(cases[i].in), cases[i].want);
}

static void look_user(const struct spamd *sd)
{
    const struct spamd_request *r = spamd_request(sd);
    assert_true(slice_eq(r->user, SLICE("bob")));
    assert_true(slice_eq(r->raw, slice_str(MSG)));
    assert_false(r->is_cut);
    assert_int_equal(r->minor, 5);
}

static void look_cut(const struct spamd *sd)
{
    assert_true(spamd_request(sd)->is_cut);
    assert_int_equal(spamd_request(sd)->raw.n, MAX);
}

static void look_rspamc(const struct spamd *sd)
{
    const struct spamd_request *r = spamd_request(sd);
    assert_true(r->is_rspamc);
    assert_true(slice_eq(r->env.mail_from, SLICE("a@b")));
    assert_int_equal(r->env.n_rcpt, 2);
    assert_true(slice_eq(r->env.rcpt[1], SLICE("e@f")));
    assert_true(slice_eq(r->env.client_ip, SLICE("192.0.2.1")));
    assert_true(slice_eq(r->env.helo, SLICE("h")));
    assert_true(slice_eq(r->env.auth_user, SLICE("me")));
    assert_true(slice_eq(r->env.queue_id, SLICE("Q")));
}

static void dialect(void **state)
{
    (void)state;
    struct slice in = SLICE("CHECK RSPAMC/1.3\r\nQueue-Id: Q\r\nFrom: <a@b>\r\nRcpt: <c@d>\r\n"
                            "Rcpt: <e@f>\r\nHelo: h\r\nIP: 192.0.2.1\r\nUser: me\r\n\r\nA: b\n");
    for (size_t cut = 0; cut <= in.n; cut++) {
        struct buf out = BUF_INIT(8192);
        assert_int_equal(talk(in, cut, &out, look_rspamc), SPAMD_REQUEST);
        buf_fini(&out);
    }
}

static void compressed(void **state)
{
    (void)state;
    unsigned char packed[4096];
    uLongf n = sizeof(packed);
    assert_int_equal(compress(packed, &n, (const unsigned char *)MSG, sizeof(MSG) - 1), Z_OK);
    struct buf in = BUF_INIT(8192), out = BUF_INIT(8192);
    buf_printf(&in, "CHECK SPAMC/1.5\r\nUser: bob\r\nCompress: zlib\r\nContent-length: %lu\r\n\r\n",
               n);
    buf_add(&in, slice_of((const char *)packed, n));
    for (size_t cut = 0; cut <= in.n; cut++) {
        buf_reset(&out);
        assert_int_equal(talk(buf_slice(&in), cut, &out, look_user), SPAMD_REQUEST);
    }
    /* Cut short within the packed bytes. */
    buf_reset(&out);
    struct slice text = buf_slice(&in);
    size_t at = slice_find(text, SLICE("Content-length"));
    struct buf bad = BUF_INIT(8192);
    buf_add(&bad, slice_head(text, at));
    buf_printf(&bad, "Content-length: %lu\r\n\r\n", n - 5);
    buf_add(&bad, slice_of((const char *)packed, n - 5));
    assert_int_equal(talk(buf_slice(&bad), bad.n, &out, NULL), SPAMD_DONE);
    buf_fini(&bad);
    buf_fini(&in);
    buf_fini(&out);
}

/* Longer than the limit: the head is kept; unpacking stops there, too; PROCESS must not return
 * half a message. */
static void too_long(void **state)
{
    (void)state;
    char *big = malloc(1 << 20);
    assert_non_null(big);
    memset(big, 'x', 1 << 20);
    struct buf in = BUF_INIT(2 << 20), out = BUF_INIT(8192);
    buf_str(&in, "CHECK SPAMC/1.5\r\n\r\n");
    buf_add(&in, slice_of(big, 1 << 20));
    assert_int_equal(talk(buf_slice(&in), 5000, &out, look_cut), SPAMD_REQUEST);
    unsigned char packed[4096];
    uLongf n = sizeof(packed);
    assert_int_equal(compress2(packed, &n, (const unsigned char *)big, 1 << 20, 9), Z_OK);
    assert_true(n < MAX);
    buf_reset(&in);
    buf_str(&in, "CHECK SPAMC/1.5\r\nCompress: zlib\r\n\r\n");
    buf_add(&in, slice_of((const char *)packed, n));
    assert_int_equal(talk(buf_slice(&in), in.n, &out, look_cut), SPAMD_REQUEST);
    buf_reset(&in);
    buf_reset(&out);
    buf_str(&in, "PROCESS SPAMC/1.5\r\n\r\n");
    buf_add(&in, slice_of(big, 1 << 20));
    assert_int_equal(talk(buf_slice(&in), in.n, &out, look_cut), SPAMD_REQUEST);
    assert_string_equal(buf_cstr(&out), "SPAMD/1.0 98 EX_TOOBIG\r\n");
    /* A header section without end. */
    buf_reset(&in);
    buf_reset(&out);
    buf_str(&in, "CHECK SPAMC/1.5\r\n");
    buf_add(&in, slice_of(big, 9000));
    assert_int_equal(talk(buf_slice(&in), in.n, &out, NULL), SPAMD_DONE);
    assert_string_equal(buf_cstr(&out), "SPAMD/1.0 76 Bad header line: (too long)\r\n");
    /* Exactly the limit is whole. */
    buf_reset(&in);
    buf_reset(&out);
    buf_str(&in, "PROCESS SPAMC/1.5\r\n\r\nA: ham\r\n\r\n");
    buf_add(&in, slice_of(big, MAX - 10));
    assert_int_equal(talk(buf_slice(&in), in.n, &out, NULL), SPAMD_REQUEST);
    assert_true(slice_starts(buf_slice(&out), SLICE("SPAMD/1.1 0 EX_OK\r\n")));
    buf_fini(&in);
    buf_fini(&out);
    free(big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers), cmocka_unit_test(dialect),
                                       cmocka_unit_test(compressed), cmocka_unit_test(too_long)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
