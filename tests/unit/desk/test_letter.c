/* Letters with hostile words in every value: what people type stays text of the body. It adds no
 * field, no recipient, no part and no line of its own; addresses that are none are refused. */
#include "desk/letter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define EVIL                                                                                \
    "x\r\nBcc: evil@evil.example\r\nX-Evil: 1\n\n.\r\nMAIL FROM:<>\rTo: evil@evil.example " \
    "\x1b[31m"                                                                              \
    "\xe2\x80\xae \r\n-- \r\n--b\r\nContent-Type: text/html\r\n\r\n<script>"

static const char *const members[] = {"code", "outcome", "note",   "value", "reason", "from",
                                      "ends", "proof",   "result", "to",    "dns",    "url"};
static const char *const facts[] = {"category",    "source_ip",     "about",
                                    "from_domain", "return_domain", "signed_by"};

static json_t *hostile_words(void)
{
    json_t *o = json_object(), *f = json_object();
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        json_object_set_new(o, members[i], json_string(EVIL));
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        json_object_set_new(f, facts[i], json_string(EVIL));
    json_object_set_new(f, "links", json_pack("[s,s]", EVIL, "http://a.example/" EVIL));
    json_object_set_new(f, "files", json_pack("[s]", EVIL));
    json_object_set_new(o, "facts", f);
    return o;
}

static struct letter letter_of(enum letter_kind kind, const json_t *words)
{
    return (struct letter){.kind = kind,
                           .to = SLICE("ann@example.org"),
                           .from = SLICE("desk@example.org"),
                           .site = SLICE(EVIL),
                           .url = SLICE("https://desk.example"),
                           .words = words,
                           .now_us = 1700000000000000};
}

static bool is_ours(struct slice field)
{
    static const char *const ours[] = {"From: desk@example.org",
                                       "To: ann@example.org",
                                       "Subject: ",
                                       "Date: ",
                                       "Message-ID: <",
                                       "Auto-Submitted: auto-",
                                       "X-Auto-Response-Suppress: ",
                                       "MIME-Version: 1.0",
                                       "Content-Type: text/plain; charset=utf-8",
                                       "Content-Language: en",
                                       "Content-Transfer-Encoding: 8bit"};
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        if (slice_starts(field, slice_str(ours[i])))
            return true;
    }
    return false;
}

static void check_head(struct slice head)
{
    struct slice rest = head, line;
    unsigned n = 0;
    while (slice_split(&rest, '\n', &line)) {
        if (line.n && line.p[line.n - 1] == '\r')
            line.n--;
        if (!is_ours(line))
            fail_msg("not a field of ours: %.*s", SLICE_ARG(line));
        n++;
    }
    assert_int_equal(n, 11);
}

static void check_body(struct slice body)
{
    static const char *const never[] = {"\nBcc:",         "\nX-Evil", "\nMAIL",
                                        "\nTo:",          "\n.\r",    "\n--b",
                                        "\nContent-Type", "\x1b",     "\xe2\x80\xae"};
    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        if (slice_find(body, slice_str(never[i])) != SIZE_MAX)
            fail_msg("there is %s in %.*s", never[i], SLICE_ARG(body));
    }
    for (size_t i = 0; i < body.n; i++) {
        bool is_bare = (body.p[i] == '\n' && (i == 0 || body.p[i - 1] != '\r')) ||
                       (body.p[i] == '\r' && (i + 1 == body.n || body.p[i + 1] != '\n'));
        assert_false(is_bare);
    }
}

static void hostile_values(void **state)
{
    json_t *words = hostile_words();
    (void)state;
    for (unsigned kind = 0; kind < LETTERS; kind++) {
        struct letter l = letter_of((enum letter_kind)kind, words);
        struct buf out = BUF_INIT(65536);
        assert_true(letter_write(&l, &out));
        struct slice mail = buf_slice(&out);
        size_t end = slice_find(mail, SLICE("\r\n\r\n"));
        assert_true(end != SIZE_MAX);
        check_head(slice_head(mail, end));
        check_body(slice_from(mail, end + 4));
        assert_true(slice_find(slice_from(mail, end), SLICE("evil@evil.example")) != SIZE_MAX);
        buf_fini(&out);
    }
    json_decref(words);
}

static void addresses(void **state)
{
    static const char *const bad[] = {"",
                                      "ann",
                                      "@example.org",
                                      "ann@",
                                      "a@b\r\nBcc: c@d",
                                      "a b@example.org",
                                      "a@example.org, b@example.org",
                                      "a@b@example.org",
                                      "<a@example.org>",
                                      "\"a\"@example.org",
                                      "a@example.org\n",
                                      "a@ex\xc3\xa4mple.org",
                                      "a;b@example.org"};
    json_t *words = json_object();
    struct buf out = BUF_INIT(65536);
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct letter l = letter_of(LETTER_RECEIPT, words);
        l.to = slice_str(bad[i]);
        assert_false(letter_write(&l, &out));
        l = letter_of(LETTER_RECEIPT, words);
        l.from = slice_str(bad[i]);
        assert_false(letter_write(&l, &out));
    }
    buf_fini(&out);
    json_decref(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hostile_values),
                                       cmocka_unit_test(addresses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
