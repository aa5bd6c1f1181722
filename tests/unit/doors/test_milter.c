/* doors: the milter machine, byte for byte; the plan of one answer per transaction. */
#include "base/err.h"
#include "doors/edits.h"
#include "doors/milter.h"
#include "doors/milter_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static const struct milter_limits LIMITS = {
    .message_bytes = 65536, .packet_bytes = 70000, .envelope_bytes = 4096, .recipients = 20};
#define ALL                                                                             \
    (MILTER_ADD_HEADERS | MILTER_DEL_RCPT | MILTER_CHANGE_HEADERS | MILTER_QUARANTINE | \
     MILTER_SET_MACROS)

static void be32(struct buf *b, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_chr(b, (char)(v >> shift));
}

static void pkt(struct buf *b, char cmd, struct slice data)
{
    be32(b, (uint32_t)data.n + 1);
    buf_chr(b, cmd);
    buf_add(b, data);
}

static void opt(struct buf *b, uint32_t version, uint32_t actions, uint32_t protocol)
{
    struct buf d = BUF_INIT(64);
    be32(&d, version);
    be32(&d, actions);
    be32(&d, protocol);
    pkt(b, 'O', buf_slice(&d));
    buf_fini(&d);
}

/* Packets as text: "c" or "i(0)X-A\0 1" with bytes outside print as <hex>. */
static void show(struct slice s, struct buf *out)
{
    while (s.n >= 5) {
        size_t n = ((size_t)(unsigned char)s.p[2] << 8) + (unsigned char)s.p[3];
        for (size_t i = 0; i < n && 4 + i < s.n; i++) {
            unsigned char c = (unsigned char)s.p[4 + i];
            if (c >= ' ' && c < 127)
                buf_chr(out, (char)c);
            else
                buf_printf(out, "<%x>", c);
        }
        buf_chr(out, '|');
        s = slice_from(s, 4 + n);
    }
    if (s.n)
        buf_printf(out, "+%zu bytes", s.n);
}

static void same_packets(struct buf *got, const char *want)
{
    struct buf text = BUF_INIT(1 << 20);
    show(buf_slice(got), &text);
    if (!slice_eq(buf_slice(&text), slice_str(want)))
        fail_msg("got  %s\nwant %s", buf_cstr(&text), want);
    buf_fini(&text);
    buf_reset(got);
}

static void same(struct slice got, const char *want)
{
    if (!slice_eq(got, slice_str(want)))
        fail_msg("got \"%.*s\", want \"%s\"", SLICE_ARG(got), want);
}

static enum milter_event feed(struct milter *m, struct buf *in, struct buf *out)
{
    size_t used;
    enum milter_event event = milter_feed(m, buf_slice(in), &used, out);
    buf_drop(in, used);
    return event;
}

static void negotiation(void **state)
{
    (void)state;
    static const struct {
        uint32_t version, actions, protocol, want_version, want_actions, want_protocol;
        bool bad;
    } cases[] = {/* Postfix and Sendmail 8.14+: everything; only what we need comes back. */
                 {6, 0x1ff, 0x1fffff, 6, 0x139, 0x1ff380, false},
                 {6, 0xffffffff, 0xffffffff, 6, 0x139, 0x1ff380, false},
                 {7, 0x3f, 0, 6, 0x39, 0, false},
                 {2, 0x3f, 0x7f, 2, 0x39, 0, false},
                 {2, 0x01, 0x7f, 2, 0x01, 0, false},
                 {3, 0x1f, 0x80, 3, 0x19, 0x80, false},
                 {4, 0, 0, 4, 0, 0, false},
                 {1, 0x0f, 0x1f, 0, 0, 0, true},
                 {0, 0, 0, 0, 0, 0, true}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct milter *m = milter_new(&LIMITS, ALL);
        struct buf in = BUF_INIT(1024), out = BUF_INIT(1024), want = BUF_INIT(1024);
        opt(&in, cases[i].version, cases[i].actions, cases[i].protocol);
        enum milter_event event = feed(m, &in, &out);
        if (cases[i].bad) {
            assert_int_equal(event, MILTER_BAD);
        } else {
            assert_int_equal(event, MILTER_MORE);
            opt(&want, cases[i].want_version, cases[i].want_actions, cases[i].want_protocol);
            assert_true(out.n >= want.n);
            if (!slice_eq(slice_from(slice_head(buf_slice(&out), want.n), 4),
                          slice_from(buf_slice(&want), 4)))
                fail_msg("case %zu", i);
            /* Macro lists only for those who offered them. */
            assert_true((out.n > want.n) == ((cases[i].want_actions & 0x100) != 0));
        }
        buf_fini(&in);
        buf_fini(&out);
        buf_fini(&want);
        milter_free(m);
    }
}

static void transaction(struct buf *in)
{
    pkt(in, 'D', SLICE("Cj\0mx.example\0{client_resolve}\0OK"));
    pkt(in, 'C',
        SLICE("mail.example.org\0"
              "4\x30\x39"
              "192.0.2.7"));
    pkt(in, 'D', SLICE("H{tls_version}\0TLSv1.3\0"));
    pkt(in, 'H', SLICE("helo.example\0"));
    pkt(in, 'D', SLICE("Mi\0ABC123\0{auth_authen}\0alice\0"));
    pkt(in, 'M', SLICE("<from@example.org>\0SIZE=100\0"));
    pkt(in, 'D', SLICE("R{rcpt_addr}\0to@example.net\0"));
    pkt(in, 'R', SLICE("<to@example.net>\0ORCPT=x\0"));
    pkt(in, 'R', SLICE("<Two@example.net>\0"));
    pkt(in, 'T', SLICE(""));
    pkt(in, 'L', SLICE("X-Muster-Score\0 9.9\0"));
    pkt(in, 'L', SLICE("Subject\0 folded\n\tline\0"));
    pkt(in, 'L', SLICE("x-muster-score\0 8\0"));
    pkt(in, 'L', SLICE("Authentication-Results\0 mx.example; spf=pass\0"));
    pkt(in, 'L', SLICE("Authentication-Results\0 other.example; spf=pass\0"));
    pkt(in, 'L', SLICE("X-MUSTER-Score\0\0"));
    pkt(in, 'N', SLICE(""));
    pkt(in, 'B', SLICE("body\r\n"));
    pkt(in, 'B', SLICE("more\0body\r\n"));
    pkt(in, 'E', SLICE(""));
}

#define RAW                                                                     \
    "X-Muster-Score: 9.9\r\nSubject: folded\r\n\tline\r\nx-muster-score: 8\r\n" \
    "Authentication-Results: mx.example; spf=pass\r\n"                          \
    "Authentication-Results: other.example; spf=pass\r\n"

static void check_message(struct milter *m, const char *last_header)
{
    struct envelope *env = milter_envelope(m);
    struct buf want = BUF_INIT(4096);
    buf_printf(&want, RAW "%s\r\nbody\r\nmore", last_header);
    buf_add(&want, SLICE("\0body\r\n"));
    if (!slice_eq(milter_raw(m), buf_slice(&want)))
        fail_msg("raw is \"%.*s\"", SLICE_ARG(milter_raw(m)));
    buf_fini(&want);
    same(env->client_ip, "192.0.2.7");
    same(env->client_name, "mail.example.org");
    same(env->helo, "helo.example");
    same(env->tls, "TLSv1.3");
    same(env->queue_id, "ABC123");
    same(env->auth_user, "alice");
    same(env->mail_from, "from@example.org");
    assert_true(env->has_mail_from);
    assert_int_equal(env->n_rcpt, 2);
    same(env->rcpt[0], "to@example.net");
    same(env->rcpt[1], "Two@example.net");
    assert_false(env->is_cut);
}

static void our_edits(struct buf *edits)
{
    edit_remove(edits, "X-Muster-Score", SLICE(""));
    edit_remove(edits, "Authentication-Results", SLICE("mx.example"));
    edit_add(edits, "X-Muster-Score", SLICE("1.5"));
    edit_add(edits, "X-Muster-Why", SLICE("a\n b"));
}

/* Fed at every boundary, the machine gives the same bytes; removals go last to first with the
 * number per name; additions stand in order. */
static void split_everywhere(void **state)
{
    (void)state;
    struct buf whole = BUF_INIT(8192), edits = BUF_INIT(4096);
    opt(&whole, 6, 0x1ff, 0x1fffff);
    transaction(&whole);
    our_edits(&edits);
    for (size_t cut = 0; cut <= whole.n; cut++) {
        struct milter *m = milter_new(&LIMITS, ALL);
        struct buf in = BUF_INIT(8192), out = BUF_INIT(8192);
        buf_add(&in, slice_head(buf_slice(&whole), cut));
        enum milter_event event = feed(m, &in, &out);
        assert_int_equal(event, cut == whole.n ? MILTER_MESSAGE : MILTER_MORE);
        if (cut < whole.n) {
            buf_add(&in, slice_from(buf_slice(&whole), cut));
            assert_int_equal(feed(m, &in, &out), MILTER_MESSAGE);
        }
        assert_int_equal(in.n, 0);
        check_message(m, "X-MUSTER-Score:\r\n");
        /* Only the negotiation was answered: no reply was asked for since. */
        assert_int_equal(out.p[4], 'O');
        assert_int_equal(out.n, 4 + (size_t)(unsigned char)out.p[3]);
        buf_reset(&out);
        size_t drop[] = {1};
        struct milter_reply r = {
            .act = MILTER_ACCEPT, .edits = buf_slice(&edits), .drop_rcpt = drop, .n_drop = 1};
        milter_answer(m, &r, &out);
        same_packets(&out, "m<0><0><0><3>X-MUSTER-Score<0><0>|"
                           "m<0><0><0><1>Authentication-Results<0><0>|"
                           "m<0><0><0><2>x-muster-score<0><0>|"
                           "m<0><0><0><1>X-Muster-Score<0><0>|"
                           "i<0><0><0><0>X-Muster-Why<0> a<a> b<0>|"
                           "i<0><0><0><0>X-Muster-Score<0> 1.5<0>|"
                           "-<Two@example.net><0>|c|");
        assert_false(milter_is_busy(m));
        buf_fini(&in);
        buf_fini(&out);
        milter_free(m);
    }
    buf_fini(&whole);
    buf_fini(&edits);
}

/* A version 2 MTA waits for each reply, strips leading spaces, and gets ADDHEADER. */
static void version_two(void **state)
{
    (void)state;
    struct milter *m = milter_new(&LIMITS, ALL);
    struct buf in = BUF_INIT(8192), out = BUF_INIT(8192), edits = BUF_INIT(4096);
    opt(&in, 2, 0x3f, 0x7f);
    assert_int_equal(feed(m, &in, &out), MILTER_MORE);
    same_packets(&out, "O<0><0><0><2><0><0><0>9<0><0><0><0>|");
    pkt(&in, 'C', SLICE("[192.0.2.7]\0U"));
    pkt(&in, 'H', SLICE("h\0"));
    pkt(&in, 'U', SLICE("FOO\0"));
    pkt(&in, 'M', SLICE("<>\0"));
    pkt(&in, 'R', SLICE("<a@b>\0"));
    pkt(&in, 'L', SLICE("Subject\0hi\0"));
    pkt(&in, 'N', SLICE(""));
    pkt(&in, 'B', SLICE("x"));
    pkt(&in, 'B', SLICE(""));
    pkt(&in, 'E', SLICE("tail"));
    assert_int_equal(feed(m, &in, &out), MILTER_MESSAGE);
    same_packets(&out, "c|c|c|c|c|c|c|c|c|");
    same(milter_raw(m), "Subject: hi\r\n\r\nxtail");
    same(milter_envelope(m)->mail_from, "");
    assert_true(milter_envelope(m)->has_mail_from);
    same(milter_envelope(m)->client_name, "");
    same(milter_envelope(m)->client_ip, "");
    our_edits(&edits);
    struct milter_reply r = {
        .act = MILTER_HOLD, .text = SLICE("why 5%\n"), .edits = buf_slice(&edits)};
    milter_answer(m, &r, &out);
    same_packets(&out, "hX-Muster-Score<0>1.5<0>|hX-Muster-Why<0>a<a> b<0>|qwhy 5%% <0>|c|");
    buf_fini(&in);
    buf_fini(&out);
    buf_fini(&edits);
    milter_free(m);
}

/* Several transactions, ABORT, RSET by a new MAIL, QUIT_NC, then QUIT. */
static void many_transactions(void **state)
{
    (void)state;
    struct milter *m = milter_new(&LIMITS, ALL);
    struct buf in = BUF_INIT(8192), out = BUF_INIT(8192);
    struct milter_reply r = {.act = MILTER_REJECT, .code = "550 5.7.1", .text = SLICE("no")};
    opt(&in, 6, 0x1ff, 0x1fffff);
    transaction(&in);
    pkt(&in, 'M', SLICE("<second@x>\0"));
    pkt(&in, 'R', SLICE("<gone@x>\0"));
    pkt(&in, 'L', SLICE("A\0 gone\0"));
    pkt(&in, 'A', SLICE(""));
    pkt(&in, 'D', SLICE("Mi\0Q3\0"));
    pkt(&in, 'M', SLICE("<third@x>\0"));
    pkt(&in, 'L', SLICE("A\0 gone too\0"));
    pkt(&in, 'D', SLICE("Mi\0Q4\0"));
    pkt(&in, 'M', SLICE("<fourth@x>\0"));
    pkt(&in, 'R', SLICE("<r@x>\0"));
    pkt(&in, 'B', SLICE("no header\r\n"));
    pkt(&in, 'E', SLICE(""));
    pkt(&in, 'K', SLICE(""));
    pkt(&in, 'C',
        SLICE("two.example\0"
              "6\0\x19IPv6:2001:db8::1\0"));
    pkt(&in, 'M', SLICE("bare@x\0"));
    pkt(&in, 'E', SLICE(""));
    pkt(&in, 'Q', SLICE(""));
    assert_int_equal(feed(m, &in, &out), MILTER_MESSAGE);
    buf_reset(&out);
    milter_answer(m, &r, &out);
    same_packets(&out, "y550 5.7.1 no<0>|");
    assert_int_equal(feed(m, &in, &out), MILTER_MESSAGE);
    same(milter_envelope(m)->mail_from, "fourth@x");
    same(milter_envelope(m)->queue_id, "Q4");
    same(milter_envelope(m)->auth_user, "");
    same(milter_envelope(m)->client_ip, "192.0.2.7");
    assert_int_equal(milter_envelope(m)->n_rcpt, 1);
    same(milter_raw(m), "\r\nno header\r\n");
    r = (struct milter_reply){.act = MILTER_DISCARD};
    milter_answer(m, &r, &out);
    milter_answer(m, &r, &out); /* a second answer has no effect */
    same_packets(&out, "d|");
    assert_int_equal(feed(m, &in, &out), MILTER_MESSAGE);
    same(milter_envelope(m)->client_ip, "2001:db8::1");
    same(milter_envelope(m)->client_name, "two.example");
    same(milter_envelope(m)->helo, "");
    same(milter_envelope(m)->mail_from, "bare@x");
    same(milter_raw(m), "\r\n");
    r = (struct milter_reply){.act = MILTER_TEMPFAIL};
    milter_answer(m, &r, &out);
    same_packets(&out, "t|");
    assert_int_equal(feed(m, &in, &out), MILTER_QUIT);
    buf_fini(&in);
    buf_fini(&out);
    milter_free(m);
}

static void limits(void **state)
{
    (void)state;
    struct milter *m = milter_new(&LIMITS, ALL);
    struct buf in = BUF_INIT(1 << 20), out = BUF_INIT(8192);
    char *big = calloc(1, 66000);
    assert_non_null(big);
    memset(big, 'x', 66000);
    opt(&in, 6, 0x1ff, 0x1fffff);
    pkt(&in, 'M', SLICE("<a@b>\0"));
    pkt(&in, 'L', SLICE("A\0 b\0"));
    pkt(&in, 'N', SLICE(""));
    pkt(&in, 'B', slice_of(big, 65000));
    pkt(&in, 'B', slice_of(big, 65000));
    pkt(&in, 'E', SLICE(""));
    assert_int_equal(feed(m, &in, &out), MILTER_MESSAGE);
    assert_true(milter_envelope(m)->is_cut);
    assert_int_equal(milter_raw(m).n, LIMITS.message_bytes);
    struct milter_reply r = {.act = MILTER_ACCEPT};
    buf_reset(&out);
    milter_answer(m, &r, &out);
    same_packets(&out, "c|");
    /* Too many recipients. */
    pkt(&in, 'M', SLICE("<a@b>\0"));
    for (int i = 0; i < 21; i++)
        pkt(&in, 'R', SLICE("<r@b>\0"));
    pkt(&in, 'E', SLICE(""));
    assert_int_equal(feed(m, &in, &out), MILTER_MORE);
    same_packets(&out, "y452 4.5.3 Too many recipients for one message<0>|");
    /* Addresses past their bytes. */
    pkt(&in, 'M', SLICE("<a@b>\0"));
    pkt(&in, 'R', slice_of(big, 5000));
    pkt(&in, 'E', SLICE(""));
    assert_int_equal(feed(m, &in, &out), MILTER_MORE);
    same_packets(&out, "y452 4.5.3 Too many recipients for one message<0>|");
    /* A header section past the size limit. */
    pkt(&in, 'M', SLICE("<a@b>\0"));
    big[0] = 'A';
    big[1] = '\0';
    pkt(&in, 'L', slice_of(big, 66000));
    pkt(&in, 'E', SLICE(""));
    assert_int_equal(feed(m, &in, &out), MILTER_MORE);
    same_packets(&out, "y552 5.3.4 Message header too large<0>|");
    /* The next message is clean again. */
    pkt(&in, 'M', SLICE("<a@b>\0"));
    pkt(&in, 'E', SLICE(""));
    assert_int_equal(feed(m, &in, &out), MILTER_MESSAGE);
    assert_false(milter_envelope(m)->is_cut);
    free(big);
    buf_fini(&in);
    buf_fini(&out);
    milter_free(m);
}

static void broken(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        enum milter_event event;
    } cases[] = {{"\0\0\0\0", 4, MILTER_MORE},         {"\0\0\0\0O", 5, MILTER_BAD},
                 {"\0\0\0\1C", 5, MILTER_BAD},         {"\0\0\0\1B", 5, MILTER_BAD},
                 {"\xff\xff\xff\xffO", 5, MILTER_BAD}, {"\0\0\0\5O\0\0\0\6", 9, MILTER_BAD},
                 {"\0\0\0\1Q", 5, MILTER_QUIT},        {"GET / HTTP/1.1\r\n\r\n", 18, MILTER_BAD}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct milter *m = milter_new(&LIMITS, ALL);
        struct buf out = BUF_INIT(1024);
        size_t used;
        enum milter_event event = milter_feed(m, slice_of(cases[i].bytes, cases[i].n), &used, &out);
        if (event != cases[i].event)
            fail_msg("case %zu gave %d", i, (int)event);
        assert_int_equal(out.n, 0);
        buf_fini(&out);
        milter_free(m);
    }
    struct milter *m = milter_new(&LIMITS, ALL);
    struct buf in = BUF_INIT(1024), out = BUF_INIT(1024);
    opt(&in, 6, 0x1ff, 0x1fffff);
    /* Commands in no order: a recipient without a sender is nobody's, a header neither. */
    pkt(&in, 'R', SLICE("<early@x>\0"));
    pkt(&in, 'L', SLICE("A\0b\0"));
    pkt(&in, 'B', SLICE("body"));
    pkt(&in, 'M', SLICE("<a@b>\0"));
    pkt(&in, 'R', SLICE("<c@d>\0"));
    pkt(&in, 'E', SLICE(""));
    assert_int_equal(feed(m, &in, &out), MILTER_MESSAGE);
    assert_int_equal(milter_envelope(m)->n_rcpt, 1);
    same(milter_raw(m), "\r\n");
    struct milter_reply r = {.act = MILTER_ACCEPT};
    milter_answer(m, &r, &out);
    buf_reset(&out);
    pkt(&in, 'E', SLICE("")); /* no transaction: nothing to scan */
    assert_int_equal(feed(m, &in, &out), MILTER_MORE);
    pkt(&in, 'z', SLICE(""));
    assert_int_equal(feed(m, &in, &out), MILTER_BAD);
    buf_fini(&in);
    buf_fini(&out);
    milter_free(m);
}

/* Sendmail says when a reverse name does not lead back. */
static void forged_name(void **state)
{
    (void)state;
    struct milter *m = milter_new(&LIMITS, ALL);
    struct buf in = BUF_INIT(1024), out = BUF_INIT(1024);
    opt(&in, 6, 0x1ff, 0x1fffff);
    pkt(&in, 'D', SLICE("C{client_resolve}\0FORGED\0"));
    pkt(&in, 'C',
        SLICE("bank.example\0"
              "4\0\x19"
              "192.0.2.1\0"));
    pkt(&in, 'M', SLICE("<a@b>\0"));
    pkt(&in, 'E', SLICE(""));
    assert_int_equal(feed(m, &in, &out), MILTER_MESSAGE);
    same(milter_envelope(m)->client_name, "");
    same(milter_envelope(m)->client_ip, "192.0.2.1");
    buf_fini(&in);
    buf_fini(&out);
    milter_free(m);
}

/* Recipients' actions by letter; the plan as text. */
static void plans(void **state)
{
    (void)state;
    static const struct {
        const char *rcpt, *rules, *want;
    } cases[] = {
        /* a accept t tag g greylist d defer q quarantine r reject x discard;
         * rules: D may drop, H holds, S shadow */
        {"a", "D", "accept"},
        {"ta", "D", "accept"},
        {"r", "D", "550 5.7.1"},
        {"rr", "D", "550 5.7.1"},
        {"rx", "D", "550 5.7.1"},
        {"q", "D", "discard copy 0"},
        {"qr", "D", "discard copy 0 1"},
        {"qx", "D", "discard copy 0"},
        {"x", "D", "discard"},
        {"qq", "DH", "hold"},
        {"qr", "DH", "discard copy 0 1"},
        {"aq", "D", "accept drop 1 copy 1"},
        {"arx", "D", "accept drop 1 2 copy 1"},
        {"arx", "", "accept softened"},
        {"rtqag", "D", "accept drop 0 2 copy 0 2"},
        {"g", "D", "451 4.7.1"},
        {"ga", "D", "accept"},
        {"gr", "D", "451 4.7.1"},
        {"ad", "D", "451 4.7.1"},
        {"drq", "D", "451 4.7.1"},
        {"rqxd", "DS", "accept"},
        {"", "D", "550 5.7.1"}, /* no recipient: the site's action, here reject */
    };
    static const char letters[] = "atgdqrx";
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct rcpt_verdict rcpt[8] = {0};
        struct verdict v = {.action = ACTION_REJECT, .rcpt = rcpt, .n_rcpt = strlen(cases[i].rcpt)};
        for (size_t k = 0; k < v.n_rcpt; k++)
            rcpt[k].action = (enum action)(strchr(letters, cases[i].rcpt[k]) - letters);
        struct milter_rules rules = {.is_shadow = strchr(cases[i].rules, 'S') != NULL,
                                     .may_drop = strchr(cases[i].rules, 'D') != NULL,
                                     .holds = strchr(cases[i].rules, 'H') != NULL,
                                     .may_hold = true};
        struct milter_plan p;
        milter_plan_make(&v, v.n_rcpt, &rules, &p);
        struct buf got = BUF_INIT(256);
        static const char *const acts[] = {"accept", "reject", "tempfail", "discard", "hold"};
        buf_str(&got, p.code ? p.code : acts[p.act]);
        for (size_t k = 0; k < p.n_drop; k++)
            buf_printf(&got, k ? " %zu" : " drop %zu", p.drop[k]);
        for (size_t k = 0; k < p.n_copy; k++)
            buf_printf(&got, k ? " %zu" : " copy %zu", p.copy[k]);
        if (p.is_softened)
            buf_str(&got, " softened");
        if (!slice_eq(buf_slice(&got), slice_str(cases[i].want)))
            fail_msg("%s/%s: got %s, want %s", cases[i].rcpt, cases[i].rules, buf_cstr(&got),
                     cases[i].want);
        buf_fini(&got);
        milter_plan_fini(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(negotiation), cmocka_unit_test(split_everywhere),
        cmocka_unit_test(version_two), cmocka_unit_test(many_transactions),
        cmocka_unit_test(limits),      cmocka_unit_test(broken),
        cmocka_unit_test(forged_name), cmocka_unit_test(plans)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
