/* auth: Received fields of many servers taken apart, and the border hop by configuration. */
#include "auth/received.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

struct row {
    const char *value;
    const char *helo, *name, *ip, *by, *rcpt;
};

static const struct row rows[] = {
    {"from mail.a.example (host.a.example [192.0.2.7]) by mx.example (Postfix) with ESMTPS id 1 "
     "for <u@b.example>; Sun, 22 Nov 2026 00:00:00 +0000",
     "mail.a.example", "host.a.example", "192.0.2.7", "mx.example", "u@b.example"},
    {"from mail.a.example (unknown [IPv6:2001:db8::7]) by mx.example with ESMTP; 1 Jan 2026 0:0 Z",
     "mail.a.example", "", "2001:db8::7", "mx.example", ""},
    /* Exim */
    {"from host.a.example ([192.0.2.7] helo=mail.a.example) by mx.example with esmtp",
     "mail.a.example", "host.a.example", "192.0.2.7", "mx.example", ""},
    {"from [192.0.2.7] (helo=mail.a.example) by mx.example with esmtp", "mail.a.example", "",
     "192.0.2.7", "mx.example", ""},
    /* qmail */
    {"from unknown (HELO mail.a.example) (192.0.2.7) by mx.example with SMTP", "mail.a.example", "",
     "192.0.2.7", "mx.example", ""},
    /* Exchange */
    {"from a.example (192.0.2.7) by mx.example (10.0.0.1) with Microsoft SMTP Server", "a.example",
     "", "192.0.2.7", "mx.example", ""},
    /* a literal as HELO is no address of the client */
    {"from [10.0.0.1] (unknown [192.0.2.7]) by mx.example", "[10.0.0.1]", "", "192.0.2.7",
     "mx.example", ""},
    {"from [192.0.2.7] by mx.example", "[192.0.2.7]", "", "192.0.2.7", "mx.example", ""},
    /* the client wrote a second address into its HELO: nothing is believed */
    {"from x (y [10.0.0.1]) (real.example [192.0.2.7]) by mx.example", "x", "real.example", "",
     "mx.example", ""},
    {"by mx.example (Postfix, from userid 1000) id 1; 1 Jan 2026 00:00:00 +0000", "", "", "",
     "mx.example", ""},
    {"", "", "", "", "", ""},
    {"(((((", "", "", "", "", ""},
    {"from", "", "", "", "", ""},
};

static void same(const struct row *r, struct slice is, const char *want)
{
    if (!slice_eq(is, slice_str(want)))
        fail_msg("%s: \"%.*s\", not \"%s\"", r->value, SLICE_ARG(is), want);
}

static void fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct received_hop h;
        received_parse(slice_str(rows[i].value), &h);
        same(&rows[i], h.helo, rows[i].helo);
        same(&rows[i], h.name, rows[i].name);
        same(&rows[i], h.ip, rows[i].ip);
        same(&rows[i], h.by, rows[i].by);
        same(&rows[i], h.rcpt, rows[i].rcpt);
    }
}

/* Words, comments in comments and escaped brackets of any length. */
static void any_length(void **state)
{
    char text[400];
    (void)state;
    for (int k = 0; k < 50; k++) {
        static const char many[] = "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww";
        struct received_hop h;
        int n = snprintf(text, sizeof text,
                         "from %.*s.a (b.example [192.0.2.1] %.*s(%.*s\\)) \\()by (%.*s)y%.*s"
                         " with\tz(;; for <u@%.*s>; 1 Jan 2026 00:00 Z",
                         k, many, k / 2, many, k, many, k / 3, many, k, many, k, many);
        char *own = malloc((size_t)n);
        assert_non_null(own);
        memcpy(own, text, (size_t)n);
        received_parse(slice_of(own, (size_t)n), &h);
        assert_true(slice_eq(h.ip, SLICE("192.0.2.1")));
        assert_int_equal(h.helo.n, k + 2);
        assert_int_equal(h.by.n, k + 1);
        assert_true(slice_eq(h.with, SLICE("z")));
        assert_int_equal(h.rcpt.n, 0); /* in a comment that does not end */
        assert_true(h.date_us != INT64_MIN);
        free(own);
    }
}

#define HOP(ip) "Received: from h.example (h.example [" ip "]) by x.example; 1 Jan 2026 00:00 Z\r\n"

struct border_row {
    const char *what;
    const char *head;
    const char *client; /* "": the door does not know */
    const char *user;
    const char *ip; /* wanted; "": none */
    unsigned hop;
    bool is_internal;
    const char *behind;
};

/* Relays 10.0.0.0/8, forwarder 198.51.100.5, own network 192.0.2.128/25. */
static const struct border_row borders[] = {
    {"a stranger", HOP("203.0.113.1"), "192.0.2.7", "", "192.0.2.7", 0, false, ""},
    {"behind a relay", HOP("192.0.2.7"), "10.1.1.1", "", "192.0.2.7", 1, false, ""},
    {"behind two", HOP("10.2.2.2") HOP("192.0.2.7"), "10.1.1.1", "", "192.0.2.7", 2, false, ""},
    {"behind a hop inside one machine", "Received: by x.example (Postfix); x\r\n" HOP("192.0.2.7"),
     "10.1.1.1", "", "192.0.2.7", 2, false, ""},
    {"behind a forwarder", HOP("192.0.2.7"), "198.51.100.5", "", "192.0.2.7", 1, false,
     "198.51.100.5"},
    {"own client", "", "192.0.2.200", "", "192.0.2.200", 0, true, ""},
    {"a user", "", "203.0.113.9", "ann", "203.0.113.9", 0, true, ""},
    {"the chain begins with us", "", "10.1.1.1", "", "10.1.1.1", 0, true, ""},
    {"loopback is a relay", HOP("192.0.2.7"), "127.0.0.1", "", "192.0.2.7", 1, false, ""},
    {"a file: the first field is ours", HOP("192.0.2.7"), "", "", "192.0.2.7", 1, false, ""},
    {"a file without a field", "", "", "", "", 0, false, ""},
    {"a field of a relay without an address", "Received: from h.example by x.example; x\r\n",
     "10.1.1.1", "", "", 1, false, ""},
    {"fields below the border are not looked at", HOP("10.9.9.9"), "192.0.2.7", "", "192.0.2.7", 0,
     false, ""},
};

static void border_hops(void **state)
{
    (void)state;
    struct net nets[3];
    assert_true(net_parse(SLICE("10.0.0.0/8"), &nets[0]));
    assert_true(net_parse(SLICE("198.51.100.5"), &nets[1]));
    assert_true(net_parse(SLICE("192.0.2.128/25"), &nets[2]));
    struct auth_settings s = {.relays = nets,
                              .n_relays = 1,
                              .forwarders = nets + 1,
                              .n_forwarders = 1,
                              .own = nets + 2,
                              .n_own = 1};
    for (size_t i = 0; i < sizeof borders / sizeof *borders; i++) {
        const struct border_row *r = &borders[i];
        struct arena *a = arena_new(0);
        struct slice raw = arena_printf(a, "%sSubject: x\r\n\r\n", r->head);
        struct envelope env = {.client_ip = slice_str(r->client), .auth_user = slice_str(r->user)};
        struct received_border b;
        received_border(message_parse(a, raw, NULL), &env, &s, &b);
        if (!slice_eq(b.ip, slice_str(r->ip)) || b.hop != r->hop ||
            b.is_internal != r->is_internal || !slice_eq(b.behind, slice_str(r->behind)) ||
            b.is_known != (r->ip[0] != '\0') || (b.missing != NULL) == b.is_known)
            fail_msg("%s: \"%.*s\" at hop %u", r->what, SLICE_ARG(b.ip), b.hop);
        arena_free(a);
    }
}

static void nothing_is_guessed(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct envelope env = {0};
    struct received_border b;
    received_border(message_parse(a, SLICE(HOP("192.0.2.7") "\r\n"), NULL), &env,
                    auth_settings_default(), &b);
    assert_false(b.is_known);
    assert_non_null(b.missing);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),
        cmocka_unit_test(any_length),
        cmocka_unit_test(border_hops),
        cmocka_unit_test(nothing_is_guessed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
