/* The digest: its size, that nothing foreign reaches its headers or becomes a link in it, when it
 * is due, whom it tells what, and what its links may do. */
#include "../journal/helpers.h"
#include "base/clock.h"
#include "node/digest_mail.h"
#include "node/keep_choice.h"
#include "node/keep_digest.h"
#include "node/keep_verb.h"

#define NOW INT64_C(1700000000) /* a Tuesday, 22:13:20 UTC */
#define DAY INT64_C(86400)

static struct digest_line line_of(const char *from, const char *subject)
{
    return (struct digest_line){.from = slice_str(from),
                                .subject = slice_str(subject),
                                .token = SLICE("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                                .at_us = NOW * 1000000,
                                .until_us = (NOW + 14 * DAY) * 1000000};
}

static struct digest_mail mail_of(const struct digest_line *lines, size_t n)
{
    return (struct digest_mail){.from = SLICE("postmaster@one.example"),
                                .to = SLICE("ann@one.example"),
                                .url = SLICE("https://toolkit.one.example"),
                                .code = "en",
                                .id = SLICE("1.ab"),
                                .now_us = NOW * 1000000,
                                .lines = lines,
                                .n = n};
}

static void size(void **state)
{
    (void)state;
    static const char wide[] =
        "\xe6\x82\xa8\xe7\x9a\x84\xe9\x82\xae\xe7\xae\xb1\xe5\xae\xb9\xe9\x87\x8f\xe5\xb7\xb2"
        "\xe6\xbb\xa1\xe8\xaf\xb7\xe7\xab\x8b\xe5\x8d\xb3\xe5\x8d\x87\xe7\xba\xa7\xe9\x82\xae"
        "\xe7\xae\xb1\xe5\xae\xb9\xe9\x87\x8f\xe5\x90\xa6\xe5\x88\x99\xe5\xb0\x86\xe5\x81\x9c";
    struct digest_line lines[DIGEST_LINES];
    for (int pass = 0; pass < 2; pass++) {
        struct buf out = BUF_INIT(1 << 20);
        for (size_t i = 0; i < DIGEST_LINES; i++)
            lines[i] = pass ? line_of(wide, wide)
                            : line_of("somebody with a long name <news@sender.example>",
                                      "A subject that goes on and on, as those of newsletters "
                                      "do, and on, and then some more of it");
        struct digest_mail m = mail_of(lines, DIGEST_LINES);
        m.is_more = true;
        assert_true(digest_write(&m, &out));
        if (out.n >= 14000)
            fail_msg("%zu bytes", out.n);
        buf_fini(&out);
    }
}

/* The message's head, up to the empty line. */
static struct slice head_of(const struct buf *mail)
{
    return slice_head(buf_slice(mail), slice_find(buf_slice(mail), SLICE("\r\n\r\n")));
}

static void foreign_words(void **state)
{
    (void)state;
    struct digest_line lines[] = {
        line_of("a\r\nBcc: x@y.example\r\n\r\n",
                "b\r\n.\r\nMAIL FROM:<>\n-- \nhttps://evil.example"),
        line_of("www.evil.example", "evil@evil.example \xe2\x80\xae \x1b[31m javascript:alert(1)")};
    struct digest_mail m = mail_of(lines, 2);
    struct buf out = BUF_INIT(1 << 20);
    assert_true(digest_write(&m, &out));
    assert_int_equal(slice_find(head_of(&out), SLICE("Bcc")), SIZE_MAX);
    static const char *const never[] = {"https://evil", "www.evil", "evil@evil", "javascript:",
                                        "\r\n.\r\n",    "\nMAIL",   "\x1b",      "\nBcc"};
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        if (strstr(buf_cstr(&out), never[i]))
            fail_msg("%s", strstr(buf_cstr(&out), never[i]));
    }
    static const char *const bad[] = {"",       "ann",       "a@b\r\nBcc: c@d", "a b@c.example",
                                      "a@@b.c", "a@b.c,d@e", "<a@b.c>",         "\xc3\xa9@b.c"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        m.to = slice_str(bad[i]);
        buf_reset(&out);
        assert_false(digest_write(&m, &out));
    }
    buf_fini(&out);
}

static void due(void **state)
{
    (void)state;
    static const struct {
        int64_t now, hour;
        bool weekly;
        int64_t want;
    } cases[] = {{NOW, 6, false, 1699941600},       /* today at six */
                 {NOW, 23, false, 1699916400},      /* yesterday at 23 */
                 {NOW, 6, true, 1699855200},        /* Monday */
                 {1699855199, 6, true, 1699250400}, /* a second before: the Monday before */
                 {1699855200, 6, true, 1699855200}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(digest_due_at(cases[i].now * 1000000, cases[i].hour, cases[i].weekly) /
                             1000000,
                         cases[i].want);
}

/* ---- with a store ---- */

struct site {
    struct arena *arena;
    struct conf *conf;
    struct keep keep;
    struct digests digests;
    struct buf out, packed;
};

static void open_site(struct site *s, const char *dir, const char *settings)
{
    *s = (struct site){
        .arena = arena_new(0), .out = BUF_INIT(8 << 20), .packed = BUF_INIT(8 << 20)};
    struct slice text = arena_printf(s->arena,
                                     "data = \"%s/data\"\nbase_model = \"/none\"\n"
                                     "domains = one.example\n%s",
                                     dir, settings);
    OK(conf_parse(s->arena, node_tables(), text, "test", NULL, &test_err, &s->conf));
    OK(keep_open(s->arena, s->conf, false, &test_err, &s->keep));
}

static void close_site(struct site *s)
{
    keep_close(&s->keep);
    buf_fini(&s->out);
    buf_fini(&s->packed);
    arena_free(s->arena);
}

static void hold(struct site *s, const char *rcpt, enum mail_class class)
{
    struct slice to = slice_str(rcpt);
    uint32_t status = 0;
    struct record_hold r = {.mail_from = SLICE("x@sender.example"),
                            .rcpt = &to,
                            .n_rcpt = 1,
                            .raw = SLICE("From: x@sender.example\r\n\r\nbody\r\n")};
    r.scan = (struct record_scan){.id = SLICE("00000001-0000-7000-8000-000000000000"),
                                  .mail_class = (uint8_t) class,
                                  .from = SLICE("x@sender.example"),
                                  .subject = SLICE("the subject")};
    buf_reset(&s->out);
    keep_hold(&s->keep, &r, &status, &s->out);
    assert_int_equal(status, 200);
}

/* The next order's tag; *out_raw: its mail, *out_to: to whom. */
static uint64_t next(struct site *s, struct slice *out_to, struct slice *out_raw)
{
    struct mail_order o;
    s->digests.look_us = 0;
    uint64_t tag = digests_next(&s->digests, &s->keep, &s->packed);
    if (tag) {
        assert_true(mail_unpack(s->arena, buf_slice(&s->packed), &o));
        assert_int_equal(o.n_rcpt, 1);
        assert_int_equal(o.from.n, 0);
        *out_to = arena_dup(s->arena, o.rcpt[0]);
        *out_raw = arena_dup(s->arena, o.raw);
    }
    return tag;
}

static uint32_t ask(struct site *s, const char *path)
{
    uint32_t status = 0;
    struct record_ask r = {.path = slice_str(path)};
    buf_reset(&s->out);
    keep_ask(&s->keep, &r, &status, &s->out);
    return status;
}

static const char ON[] = "web { url = \"https://t.example\" }\ndigest { every = day }\n";

static void schedule(void **state)
{
    struct site s;
    struct slice to, raw;
    struct mail_result sent = {.outcome = MAIL_SENT}, later = {.outcome = MAIL_LATER};
    open_site(&s, *state, ON);
    clock_fix(NOW);
    assert_int_equal(next(&s, &to, &raw), 0);
    hold(&s, "ann@one.example", CLASS_UNSOLICITED);
    uint64_t tag = next(&s, &to, &raw);
    assert_true(tag & DIGEST_TAG);
    assert_true(slice_eq(to, SLICE("ann@one.example")));
    assert_int_not_equal(slice_find(raw, SLICE("the subject")), SIZE_MAX);
    assert_int_equal(next(&s, &to, &raw), 0); /* it is under way */
    digests_mailed(&s.digests, &s.keep, tag, &later);
    tag = next(&s, &to, &raw);
    assert_true(tag != 0);
    digests_mailed(&s.digests, &s.keep, tag, &sent);
    clock_fix(NOW + 1);
    hold(&s, "ann@one.example", CLASS_UNSOLICITED);
    assert_int_equal(next(&s, &to, &raw), 0); /* not twice a day */
    clock_fix(NOW + DAY);
    tag = next(&s, &to, &raw);
    assert_true(tag != 0);
    digests_mailed(&s.digests, &s.keep, tag, &sent);
    clock_fix(NOW + 2 * DAY);
    assert_int_equal(next(&s, &to, &raw), 0); /* nothing new */
    close_site(&s);
    open_site(&s, *state, "web { url = \"https://t.example\" }\n"); /* off, but for who asks */
    clock_fix(NOW + 3 * DAY);
    hold(&s, "ann@one.example", CLASS_UNSOLICITED);
    assert_int_equal(next(&s, &to, &raw), 0);
    close_site(&s);
    open_site(&s, *state, "digest { every = day }\n"); /* no address of this site */
    assert_int_equal(next(&s, &to, &raw), 0);
    close_site(&s);
}

/* The token of the n-th link; NULL: there is none. */
static const char *token(struct site *s, struct slice raw, unsigned n)
{
    for (;; n--) {
        size_t at = slice_find(raw, SLICE("/held/"));
        if (at == SIZE_MAX)
            return NULL;
        raw = slice_from(raw, at + 6);
        if (n == 0)
            return arena_cstr(s->arena, slice_head(raw, slice_chr(raw, '\r')));
    }
}

static void links(void **state)
{
    struct site s;
    struct slice to, raw;
    char path[300];
    open_site(&s, *state, ON);
    clock_fix(NOW);
    hold(&s, "ann@one.example", CLASS_UNSOLICITED);
    hold(&s, "ann@one.example", CLASS_PHISHING);
    assert_true(next(&s, &to, &raw) != 0);
    const char *t = token(&s, raw, 0);
    assert_non_null(t);
    assert_null(token(&s, raw, 1)); /* phishing has no link */
    snprintf(path, sizeof(path), "digest/%.100s", t);
    assert_int_equal(ask(&s, path), 200);
    assert_non_null(strstr(buf_cstr(&s.out), "the subject"));
    assert_null(strstr(buf_cstr(&s.out), "ann@")); /* not whose it is */
    for (size_t i = 0; i < strlen(t); i++) {       /* any other one leads to nothing */
        snprintf(path, sizeof(path), "digest/%.100s", t);
        path[7 + i] = path[7 + i] == 'A' ? 'B' : 'A';
        assert_int_equal(ask(&s, path), 404);
    }
    snprintf(path, sizeof(path), "digest/%.100s/learn", t);
    assert_int_equal(ask(&s, path), 400);
    snprintf(path, sizeof(path), "digest/%.100s/release", t);
    assert_int_equal(ask(&s, path), 200);
    assert_non_null(strstr(buf_cstr(&s.out), "released"));
    assert_int_equal(ask(&s, path), 409);
    close_site(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size),
        cmocka_unit_test(foreign_words),
        cmocka_unit_test(due),
        cmocka_unit_test_setup_teardown(schedule, make_dir, drop_dir),
        cmocka_unit_test_setup_teardown(links, make_dir, drop_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
