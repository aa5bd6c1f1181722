/* Taking people out: addresses in every coat, names, URLs, header fields. */
#include "desk/redact.h"

#include "mail/url.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct redact *make(struct arena *a)
{
    static const unsigned char key[REDACT_KEY] = "k";
    struct redact *r = ARENA_NEW(a, struct redact);
    redact_init(r, a, key);
    redact_add(r, SLICE("Ann.Smithson@reporter.example"), SLICE("Ann Smithson"));
    redact_add(r, SLICE("bob@gmail.com"), SLICE(""));
    r->sender = SLICE("shop@gmail.com");
    return r;
}

static void test_texts(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out; /* out NULL: it must only not hold the person */
    } cases[] = {
        {"Dear Ann Smithson, hi", "Dear [name], hi"},
        {"Dear Ann, hi", "Dear [name], hi"},
        {"Annual report", "Annual report"},
        {"write to shop@gmail.com", "write to shop@gmail.com"},
        {"write to evil@gmail.com", "write to evil@gmail.com"},
        {"as ann.smithson you", "as [name] you"},
        {"<ann.smithson@reporter.example>", NULL},
        {"ANN.SMITHSON@REPORTER.EXAMPLE", NULL},
        {"bounce-ann.smithson=reporter.example@sender.example", "*@sender.example"},
        {"https://x.example/u/YW5uLnNtaXRoc29uQHJlcG9ydGVyLmV4YW1wbGU=/go",
         "https://x.example/u/*/go"},
        {"https://x.example/a/ann.smithson%40reporter.example", "https://x.example/a/*"},
        {"token YW5uLnNtaXRoc29uQHJlcG9ydGVyLmV4YW1wbGU= end", "token * end"},
        {"616e6e40782e6578616d706c65", "*"},
        {"d41d8cd98f00b204e9800998ecf8427e", "*"},
        {"colleague@reporter.example", NULL},
        {"plain words stay, also long ones: internationalisation",
         "plain words stay, also long ones: internationalisation"},
        {"mailto:ann.smithson@reporter.example?x", NULL},
    };
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct slice s = redact_text(make(a), slice_str(cases[i].in));
        bool holds = slice_ifind(s, SLICE("ann.smithson")) != SIZE_MAX ||
                     slice_ifind(s, SLICE("colleague@")) != SIZE_MAX;
        if (holds || (cases[i].out && !slice_eq(s, slice_str(cases[i].out))))
            fail_msg("%s -> %.*s", cases[i].in, SLICE_ARG(s));
    }
    arena_free(a);
}

static void test_words_link(void **state)
{
    (void)state;
    static const unsigned char other[REDACT_KEY] = "l";
    struct arena *a = arena_new(0);
    struct redact *x = make(a), *y = make(a), *z = ARENA_NEW(a, struct redact);
    redact_init(z, a, other);
    struct slice one = redact_word(x, SLICE("ann@b.example"));
    assert_true(slice_eq(one, redact_word(y, SLICE("ANN@b.example"))));
    assert_false(slice_eq(one, redact_word(z, SLICE("ann@b.example"))));
    assert_false(slice_eq(one, redact_word(x, SLICE("ann@c.example"))));
    arena_free(a);
}

static void test_urls(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"HTTPS://User:pw@Bad.Example:443/a/../b?z=1&a=2&z=3#me", "https://bad.example/b?a&z"},
        {"http://bad.example", "http://bad.example/"},
        {"http://bad.example:8080/x", "http://bad.example:8080/x"},
        {"http://f3a9c07be12d4455aa01.bad.example/x", "http://*.bad.example/x"},
        {"http://bad.example/how-to-make-money-fast-online",
         "http://bad.example/how-to-make-money-fast-online"},
        {"http://bad.example/Xy7Kq9ZpL0aW3vBn", "http://bad.example/*"},
        {"http://bad.example/?Xy7Kq9ZpL0aW3vBn", "http://bad.example/?*"},
        {"http://192.0.2.1/x", "http://192.0.2.1/x"},
        {"mailto:a@b.example", ""},
        {"javascript:alert(1)", ""},
    };
    struct arena *a = arena_new(0);
    url_warm();
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct url u;
        if (!url_parse(a, slice_str(cases[i][0]), NULL, &u))
            fail_msg("%s", cases[i][0]);
        struct slice s = redact_url(make(a), &u);
        if (!slice_eq(s, slice_str(cases[i][1])))
            fail_msg("%s -> %.*s", cases[i][0], SLICE_ARG(s));
    }
    arena_free(a);
}

static void test_header(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    const struct message *m = message_parse(
        a,
        SLICE("Return-Path: <bounce+ann.smithson=reporter.example@out.example>\n"
              "Received: from out.example (out.example [203.0.113.9]) by mx.reporter.example with "
              "ESMTPS id "
              "4XyZsecretid for <ann.smithson@reporter.example>; Mon, 3 Nov 2025 10:15:00 +0000\n"
              "DKIM-Signature: v=1; a=rsa-sha256; d=out.example; s=k1; bh=secretbh; b=secretsig\n"
              "From: Shop <shop@gmail.com>\nTo: Ann Smithson <ann.smithson@reporter.example>\n"
              "Subject: Ann, your order\nMessage-ID: <secretmsgid@out.example>\nX-Track: "
              "secrettrack\n"
              "List-Unsubscribe: "
              "<https://out.example/u/YW5uLnNtaXRoc29uQHJlcG9ydGVyLmV4YW1wbGU>\n\nHi\n"),
        NULL);
    struct slice s = redact_header(make(a), &m->headers, 8192);
    static const char *const gone[] = {"ann",        "smithson", "secret", "reporter.example",
                                       "Message-ID", "X-Track"};
    static const char *const there[] = {"203.0.113.9",
                                        "d=out.example; s=k1",
                                        "Shop <shop@gmail.com>",
                                        "Subject: [name], your order",
                                        "https://out.example/u/*",
                                        "Mon, 3 Nov 2025"};
    for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++)
        if (slice_ifind(s, slice_str(gone[i])) != SIZE_MAX)
            fail_msg("%s still in\n%.*s", gone[i], SLICE_ARG(s));
    for (size_t i = 0; i < sizeof(there) / sizeof(*there); i++)
        if (slice_find(s, slice_str(there[i])) == SIZE_MAX)
            fail_msg("%s not in\n%.*s", there[i], SLICE_ARG(s));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts),
                                       cmocka_unit_test(test_words_link),
                                       cmocka_unit_test(test_urls), cmocka_unit_test(test_header)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
