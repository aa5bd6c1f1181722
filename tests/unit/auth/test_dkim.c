/* DKIM against RFC 8463's sample: rounds of questions, edits of the message, and the words. */
#include "ask/zone.h"
#include "auth/arc.h"
#include "auth/dkim.h"
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* The message of RFC 8463 A.3. */
static const char SAMPLE[] = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
                             " d=football.example.com; i=@football.example.com;\r\n"
                             " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
                             " subject : date : message-id : from : subject : date;\r\n"
                             " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
                             " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
                             " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
                             "From: Joe SixPack <joe@football.example.com>\r\n"
                             "To: Suzie Q <suzie@shopping.example.net>\r\n"
                             "Subject: Is dinner ready?\r\n"
                             "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
                             "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
                             "\r\n"
                             "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";
#define KEY "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

struct run {
    struct arena *a;
    struct zone *zone;
    struct ask *q;
    struct message *m;
    struct signed_mail mail;
    struct dkim_set set;
    unsigned rounds;
};

static struct slice replace(struct arena *a, const char *text, const char *from, const char *to)
{
    struct slice s = slice_str(text);
    size_t at = slice_find(s, slice_str(from));
    assert_int_not_equal(at, SIZE_MAX);
    return arena_printf(a, "%.*s%s%s", (int)at, text, to, text + at + strlen(from));
}

static void verify(struct run *r, struct slice raw, const char *key, int64_t now)
{
    *r = (struct run){.a = arena_new(0)};
    raw = arena_dup(r->a, raw);
    r->zone = zone_new(r->a);
    if (key)
        assert_true(zone_add(r->zone, SLICE("brisbane._domainkey.football.example.com"), DNS_TXT,
                             slice_str(key)));
    r->q = ask_new(r->a, NULL);
    r->m = message_parse(r->a, raw, NULL);
    signed_init(&r->mail, r->m, now * 1000000, false);
    while (!dkim_verify(&r->mail, NULL, r->q, &r->set)) {
        assert_int_equal(r->mail.cost.body_passes, 0); /* no work before the key is there */
        assert_int_equal(r->mail.cost.header_bytes, 0);
        zone_answer(r->zone, r->q);
        assert_true(++r->rounds < 3);
    }
}

static void expect(const char *from, const char *to, const char *key, enum dkim_status want,
                   const char *why)
{
    struct run r;
    struct arena *a = arena_new(0);
    verify(&r, from ? replace(a, SAMPLE, from, to) : slice_str(SAMPLE), key, 1528637999);
    assert_int_equal(r.set.n, 1);
    if (r.set.sig[0].status != want)
        fail_msg("%s -> %s: %s (%s)", from, to, dkim_status_name(r.set.sig[0].status),
                 r.set.sig[0].reason ? r.set.sig[0].reason : "");
    if (why && (r.set.sig[0].reason == NULL || strstr(r.set.sig[0].reason, why) == NULL))
        fail_msg("\"%s\" does not say \"%s\"", r.set.sig[0].reason, why);
    arena_free(r.a);
    arena_free(a);
}

static void the_sample(void **state)
{
    (void)state;
    struct run r;
    verify(&r, slice_str(SAMPLE), KEY, 1528637999);
    struct signature *sig = &r.set.sig[0];
    assert_int_equal(sig->status, DKIM_PASS);
    assert_int_equal(r.rounds, 1);
    assert_true(slice_eq(sig->domain, SLICE("football.example.com")));
    assert_true(slice_eq(sig->identity, SLICE("@football.example.com")));
    assert_true(slice_eq(dkim_b_prefix(&r.set, sig), SLICE("/gCrinpc")));
    assert_true(signature_covers(sig, "Message-ID") && !signature_covers(sig, "Cc"));
    assert_true(dkim_may_align(sig));
    assert_int_equal(sig->signed_at, 1528637909);
    assert_int_equal(sig->key_bits, 256);
    assert_int_equal(r.mail.cost.body_passes, 1);
    assert_int_equal(r.mail.cost.verifications, 1);
    arena_free(r.a);
}

static void rows(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        enum dkim_status want;
        const char *why;
    } rows[] = {
        {"Hi.", "Ho.", DKIM_FAIL, "body"},
        {"dinner ready?", "dinner ready!", DKIM_FAIL, "header"},
        {"Joe.\r\n", "Joe.  \r\n\r\n\r\n", DKIM_PASS, NULL},
        {"To: Suzie Q", "TO:   Suzie\r\n\tQ", DKIM_PASS, NULL},
        {"Message-ID:", "Subject: another\r\nMessage-ID:", DKIM_FAIL, "header"}, /* oversigned */
        {"Message-ID:", "X-New: field\r\nMessage-ID:", DKIM_PASS, NULL},
        {"v=1;", "v=2;", DKIM_NEUTRAL, "version"},
        {"v=1;", "", DKIM_NEUTRAL, "v= is missing"},
        {"v=1;", "v=1; v=1;", DKIM_NEUTRAL, "twice"},
        {"v=1;", "v=1; zz=unknown;", DKIM_FAIL, "header"},
        {"a=ed25519-sha256", "a=rsa-sha1", DKIM_POLICY, "rsa-sha1"},
        {"a=ed25519-sha256", "a=rsa-sha256", DKIM_PERMERROR, "algorithm"},
        {"a=ed25519-sha256", "a=dsa", DKIM_NEUTRAL, "algorithm"},
        {"i=@football", "i=@other", DKIM_PERMERROR, "outside"},
        {"i=@football", "i=joe@sub.football", DKIM_FAIL, "header"},
        {"i=@football", "i=@notfootball", DKIM_PERMERROR, "outside"},
        {"h=from :", "h=", DKIM_FAIL, "header"}, /* From stands twice there */
        {"c=relaxed/relaxed", "c=relaxed/strange", DKIM_NEUTRAL, "canonical"},
        {"c=relaxed/relaxed", "c=relaxed", DKIM_FAIL, "body"},
        {"q=dns/txt", "q=http", DKIM_NEUTRAL, "q="},
        {"t=1528637909", "t=soon", DKIM_NEUTRAL, "time"},
        {"t=1528637909", "t=1528637909; x=1528637900", DKIM_NEUTRAL, "before"},
        {"t=1528637909", "t=1528637909; x=1528637990", DKIM_FAIL, "expired"},
        {"t=1528637909", "t=1629637909", DKIM_POLICY, "future"},
        {"q=dns/txt;", "q=dns/txt; l=5000;", DKIM_FAIL, "l="},
        {"q=dns/txt;", "q=dns/txt; l=x;", DKIM_NEUTRAL, "l="},
        {"bh=2jUS", "bh=2jUSAAAA", DKIM_NEUTRAL, "bh="},
        {"s=brisbane", "s=bris..bane", DKIM_NEUTRAL, "no name"},
        {"s=brisbane", "s=sydney", DKIM_PERMERROR, "no key"},
        {"b=/gCr", "b=//Cr", DKIM_FAIL, "header"},
        {"b=/gCr", "b=/gC!", DKIM_NEUTRAL, "base64"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect(rows[i].from, rows[i].to, KEY, rows[i].want, rows[i].why);
    expect(NULL, NULL, NULL, DKIM_PERMERROR, "no key is published at brisbane");
    expect(NULL, NULL, "v=DKIM1; k=ed25519; p=", DKIM_PERMERROR, "revoked");
    expect(NULL, NULL, KEY "; t=s", DKIM_PASS, NULL);
    expect(NULL, NULL, "v=DKIM1; p=AAAA", DKIM_PERMERROR, "RSA");
    expect("i=@football", "i=@sub.football", KEY "; t=s", DKIM_PERMERROR, "subdomains");
}

static void answers(void **state)
{
    (void)state;
    static const struct {
        enum ask_status status;
        enum dkim_status want;
    } rows[] = {{ASK_NXDOMAIN, DKIM_PERMERROR}, {ASK_NODATA, DKIM_PERMERROR},
                {ASK_FAILED, DKIM_TEMPERROR},   {ASK_TIMEOUT, DKIM_TEMPERROR},
                {ASK_BOGUS, DKIM_TEMPERROR},    {ASK_LIMIT, DKIM_POLICY}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct arena *a = arena_new(0);
        struct message *m = message_parse(a, slice_str(SAMPLE), NULL);
        struct signed_mail mail;
        struct dkim_set set = {0};
        struct ask *q = ask_new(a, NULL);
        signed_init(&mail, m, 1528637999000000, false);
        assert_false(dkim_verify(&mail, NULL, q, &set));
        ask_give_up(q, rows[i].status, NULL);
        assert_true(dkim_verify(&mail, NULL, q, &set));
        assert_int_equal(set.sig[0].status, rows[i].want);
        assert_int_equal(mail.cost.body_passes, 0);
        arena_free(a);
    }
}

/* ---- what senders may cost us, counted ---- */

static void costs(struct arena *a, struct slice raw, const struct zone *z, struct signed_mail *mail,
                  struct dkim_set *set)
{
    struct ask *q = ask_new(a, NULL);
    *set = (struct dkim_set){0};
    signed_init(mail, message_parse(a, raw, NULL), 1528637999000000, false);
    while (!dkim_verify(mail, NULL, q, set))
        zone_answer(z, q);
    mail->cost.questions = ask_count(q);
}

static struct zone *one_key(struct arena *a, const char *record)
{
    struct zone *z = zone_new(a);
    assert_true(
        zone_add(z, SLICE("brisbane._domainkey.football.example.com"), DNS_TXT, slice_str(record)));
    return z;
}

static void many_signatures(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf b = BUF_INIT(16u << 20);
    const char *fields = strstr(SAMPLE, "From: Joe");
    for (int i = 0; i < 499; i++) /* each of another selector, and of another domain */
        buf_printf(&b,
                   "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=d%d.example; "
                   "s=s%d; h=from; l=%d; bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; "
                   "b=QUJD\r\n",
                   i, i, i);
    buf_add(&b, slice_of(SAMPLE, (size_t)(fields - SAMPLE)));
    buf_str(&b, fields);
    struct signed_mail mail;
    struct dkim_set set;
    costs(a, buf_slice(&b), one_key(a, KEY), &mail, &set);
    assert_int_equal(set.n, DKIM_READ);
    assert_int_equal(set.n_unread, 500 - DKIM_READ);
    assert_true(mail.cost.questions <= DKIM_TRIED);
    assert_true(mail.cost.verifications <= DKIM_TRIED);
    assert_int_equal(mail.cost.body_passes, 0); /* no key of them exists */
    /* The author's own signature among 40 others is looked at first. */
    buf_reset(&b);
    for (int i = 0; i < 40; i++)
        buf_printf(&b,
                   "DKIM-Signature: v=1; a=ed25519-sha256; d=d%d.example; s=s; h=from; "
                   "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b=QUJD\r\n",
                   i);
    buf_str(&b, SAMPLE);
    costs(a, buf_slice(&b), one_key(a, KEY), &mail, &set);
    assert_int_equal(set.sig[40].status, DKIM_PASS);
    assert_int_equal(set.n_untried, 41 - DKIM_TRIED);
    buf_fini(&b);
    arena_free(a);
}

static void one_pass_for_all(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf b = BUF_INIT(1u << 20);
    for (int i = 0; i < 7; i++) { /* all by one key, each with another l= */
        size_t at = slice_find(slice_str(SAMPLE), SLICE("q=dns/txt;"));
        const char *end = strstr(SAMPLE, "From: Joe");
        buf_add(&b, slice_of(SAMPLE, at));
        buf_printf(&b, "l=%d; ", i * 3);
        buf_add(&b, slice_of(SAMPLE + at, (size_t)(end - SAMPLE) - at));
    }
    buf_str(&b, SAMPLE);
    struct signed_mail mail;
    struct dkim_set set;
    costs(a, buf_slice(&b), one_key(a, KEY), &mail, &set);
    assert_int_equal(set.n, 8);
    assert_int_equal(set.sig[7].status, DKIM_PASS);
    assert_int_equal(mail.cost.body_passes, 1);
    assert_int_equal(mail.cost.questions, 1);
    assert_int_equal(mail.cost.verifications, 1); /* the others' bodies differ: no arithmetic */
    buf_fini(&b);
    arena_free(a);
}

static void long_names_and_records(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf b = BUF_INIT(4u << 20), key = BUF_INIT(1u << 20);
    buf_str(&b, "DKIM-Signature: v=1; a=ed25519-sha256; s=s; h=from; b=QUJD; "
                "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; d=");
    for (int i = 0; i < 10000; i++)
        buf_str(&b, "a.");
    buf_str(&b, "example\r\n");
    buf_str(&b, SAMPLE);
    struct signed_mail mail;
    struct dkim_set set;
    costs(a, buf_slice(&b), one_key(a, KEY), &mail, &set);
    assert_int_equal(set.sig[0].status, DKIM_NEUTRAL);
    assert_int_equal(set.sig[1].status, DKIM_PASS);
    assert_int_equal(mail.cost.questions, 1);
    buf_str(&key, KEY "; n="); /* a key record of 64 kB */
    for (int i = 0; i < 6400; i++)
        buf_str(&key, "0123456789");
    costs(a, slice_str(SAMPLE), one_key(a, buf_cstr(&key)), &mail, &set);
    assert_int_equal(set.sig[0].status, DKIM_PERMERROR);
    assert_int_equal(mail.cost.body_passes + mail.cost.verifications, 0);
    buf_reset(&b); /* 100,000 names in h= */
    buf_str(&b,
            "DKIM-Signature: v=1; a=ed25519-sha256; d=football.example.com; s=brisbane; b=QUJD; "
            "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; h=from");
    for (int i = 0; i < 12000; i++)
        buf_str(&b, ":to");
    buf_str(&b, "\r\n");
    buf_str(&b, SAMPLE);
    costs(a, buf_slice(&b), one_key(a, KEY), &mail, &set);
    assert_int_equal(set.sig[0].status, DKIM_POLICY);
    assert_int_equal(set.sig[1].status, DKIM_PASS);
    buf_fini(&b);
    buf_fini(&key);
    arena_free(a);
}

/* 50 sets by 50 domains: 51 verifications at most, header bytes linear in their number. */
static void long_chain(void **state)
{
    (void)state;
    struct arena *a = arena_new(0);
    struct buf b = BUF_INIT(1u << 20);
    for (int i = 1; i <= 51; i++)
        buf_printf(&b,
                   "ARC-Seal: i=%d; a=rsa-sha256; cv=%s; d=d%d.example; s=s; b=QUJD\r\n"
                   "ARC-Message-Signature: i=%d; a=rsa-sha256; d=d%d.example; s=s; h=from; "
                   "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b=QUJD\r\n"
                   "ARC-Authentication-Results: i=%d; d%d.example; spf=pass\r\n",
                   i, i == 1 ? "none" : "pass", i, i, i, i, i);
    buf_str(&b, "From: a@d1.example\r\n\r\nx\r\n");
    struct signed_mail mail;
    struct arc_chain chain = {0};
    struct ask *q = ask_new(a, NULL);
    signed_init(&mail, message_parse(a, buf_slice(&b), NULL), 1528637999000000, false);
    assert_true(arc_verify(&mail, q, &chain)); /* judged by its shape: nothing is asked */
    assert_int_equal(chain.status, DKIM_FAIL);
    assert_int_equal(ask_count(q), 0);
    assert_int_equal(mail.cost.verifications + mail.cost.header_bytes, 0);
    buf_fini(&b);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample),       cmocka_unit_test(rows),
        cmocka_unit_test(answers),          cmocka_unit_test(many_signatures),
        cmocka_unit_test(one_pass_for_all), cmocka_unit_test(long_names_and_records),
        cmocka_unit_test(long_chain)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
