/* Where control over each kind of listed thing can be shown, and what counts as shown. */
#include "base/ip.h"
#include "desk/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static const struct {
    enum listed_kind kind;
    const char *value, *dns, *host; /* NULL: that way shows nothing */
} places[] = {
    {LISTED_DOMAIN, "shop.example", "_muster-appeal.shop.example", "shop.example"},
    {LISTED_LINK, "shop.example/offer/1", "_muster-appeal.shop.example", "shop.example"},
    {LISTED_MAILBOX, "offer@shop.example", "_muster-appeal.shop.example", "shop.example"},
    {LISTED_ADDRESS, "192.0.2.9", "_muster-appeal.9.2.0.192.in-addr.arpa", NULL},
    {LISTED_NETWORK, "192.0.2.0/24", "_muster-appeal.2.0.192.in-addr.arpa", NULL},
    {LISTED_NETWORK, "192.0.2.128/25", NULL, NULL},
    {LISTED_NETWORK, "2001:db8:1::/48", "_muster-appeal.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", NULL},
};

static void names(void **state)
{
    struct arena *a = arena_new(0);
    (void)state;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct slice out = SLICE(""), value = slice_str(places[i].value);
        bool is = proof_dns_name(a, places[i].kind, value, &out);
        if (is != (places[i].dns != NULL) || (is && !slice_eq(out, slice_str(places[i].dns))))
            fail_msg("%s: %.*s", places[i].value, SLICE_ARG(out));
        is = proof_host(places[i].kind, value, &out);
        if (is != (places[i].host != NULL) || (is && !slice_eq(out, slice_str(places[i].host))))
            fail_msg("%s: host %.*s", places[i].value, SLICE_ARG(out));
    }
    arena_free(a);
}

static void words(void **state)
{
    static const unsigned char token[16] = {1, 2, 3}, other[16] = {1, 2, 4};
    struct arena *a = arena_new(0);
    struct slice w = proof_words(a, token), v = proof_words(a, other);
    (void)state;
    assert_true(slice_starts(w, SLICE("muster-appeal=")));
    assert_true(proof_says(w, w));
    assert_true(proof_says(arena_printf(a, "\r\n  \"%.*s\" \r\nmore", SLICE_ARG(w)), w));
    assert_false(proof_says(v, w));
    assert_false(proof_says(arena_printf(a, "x%.*s", SLICE_ARG(w)), w));
    assert_false(proof_says(arena_printf(a, "%.*sx", SLICE_ARG(w)), w));
    assert_false(proof_says(slice_head(w, w.n - 1), w));
    assert_false(proof_says(SLICE(""), w));
    arena_free(a);
}

/* Where a fetch may go: to the Internet alone. */
static void addresses(void **state)
{
    static const char *const open[] = {"9.9.9.9",    "193.0.0.1",    "100.63.255.255",
                                       "172.32.0.1", "2a00:1450::1", "2620:fe::9"};
    static const char *const closed[] = {"0.0.0.0",
                                         "127.0.0.1",
                                         "10.1.2.3",
                                         "192.168.0.1",
                                         "172.16.0.1",
                                         "172.31.9.9",
                                         "169.254.169.254",
                                         "100.64.0.1",
                                         "192.0.2.1",
                                         "198.18.0.1",
                                         "224.0.0.1",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "fe80::1",
                                         "fc00::1",
                                         "ff02::1",
                                         "2001:db8::1",
                                         "2002:7f00:1::1",
                                         "64:ff9b::7f00:1",
                                         "::ffff:10.0.0.1",
                                         "::ffff:127.0.0.1",
                                         "2001::1",
                                         "fec0::1"};
    struct ip ip;
    (void)state;
    for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
        if (!ip_parse(slice_str(open[i]), &ip) || !ip_is_public(&ip))
            fail_msg("%s is public", open[i]);
    for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
        if (!ip_parse(slice_str(closed[i]), &ip) || ip_is_public(&ip))
            fail_msg("%s is not public", closed[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(words),
        cmocka_unit_test(addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
