/* A signature that holds never proves another domain than the one that is shown.
 *
 * Two keys: the bank's, which signs what the bank wrote, and the attacker's, which signs whatever
 * he likes. Each row is a message that one of them signed, and what was done to it; where the
 * bank's name is shown, or another name beside it, DMARC must not pass. Signatures are made by hand
 * (c=simple/simple), because our own signer refuses such orders. */
#include "ask/zone.h"
#include "auth/auth.h"
#include "auth/key_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

#define EVIL_IP "192.0.2.66"
#define BODY    "Text\r\n"
#define EVIL    "From: <x@evil.example>\r\n"
#define BANK    "From: <ceo@bank.example>\r\n"

struct bytes {
    const char *p;
    size_t n;
};
#define B(s)              \
    {                     \
        s, sizeof(s) - 1, \
    }

struct trick {
    const char *name;
    bool by_bank;       /* who signs */
    struct bytes tags;  /* d=, s= and others */
    const char *from;   /* the field that is signed */
    struct bytes above; /* put above the signature afterwards */
    struct bytes below; /* put behind the signed fields afterwards */
    const char *more;   /* body text put behind the signed body */
};

static const struct trick tricks[] = {
    {"the attacker's own domain", false, B("d=evil.example; s=s"), BANK, B(""), B(""), ""},
    {"the bank's domain", false, B("d=bank.example; s=s"), BANK, B(""), B(""), ""},
    {"a parenthesis behind it", false, B("d=bank.example(.evil.example; s=s"), BANK, B(""), B(""),
     ""},
    {"a comment", false, B("d=bank.example (.evil.example); s=s"), BANK, B(""), B(""), ""},
    {"a quote", false, B("d=bank.example\".evil.example; s=s"), BANK, B(""), B(""), ""},
    {"an @", false, B("d=bank.example@evil.example; s=s"), BANK, B(""), B(""), ""},
    {"NUL in d=", false, B("d=bank.example\0.evil.example; s=s"), BANK, B(""), B(""), ""},
    {"NUL in d=, turned", false, B("d=evil.example\0.bank.example; s=s"), BANK, B(""), B(""), ""},
    {"NUL in s=", false, B("d=bank.example; s=s._domainkey.evil.example.\0"), BANK, B(""), B(""),
     ""},
    {"NUL in s=, without the dot", false, B("d=bank.example; s=s._domainkey.evil.example\0"), BANK,
     B(""), B(""), ""},
    {"NUL behind the tag", false, B("d=evil.example; s=s; \0 d=bank.example"), BANK, B(""), B(""),
     ""},
    {"the key's name in s=", false, B("d=bank.example; s=s._domainkey.evil.example."), BANK, B(""),
     B(""), ""},
    {"an escaped dot", false, B("d=bank.example\\.evil.example; s=s"), BANK, B(""), B(""), ""},
    {"a slash", false, B("d=bank.example/.evil.example; s=s"), BANK, B(""), B(""), ""},
    {"white space inside", false, B("d=bank.example evil.example; s=s"), BANK, B(""), B(""), ""},
    {"folded inside", false, B("d=bank.example\r\n .evil.example; s=s"), BANK, B(""), B(""), ""},
    {"d= twice", false, B("d=evil.example; s=s; d=bank.example"), BANK, B(""), B(""), ""},
    {"d= twice, turned", false, B("d=bank.example; s=s; d=evil.example"), BANK, B(""), B(""), ""},
    {"D= besides", false, B("d=evil.example; s=s; D=bank.example"), BANK, B(""), B(""), ""},
    {"i= of the bank", false, B("d=evil.example; s=s; i=ceo@bank.example"), BANK, B(""), B(""), ""},
    {"i= that ends alike", false, B("d=evil.example; s=s; i=@bank.example.evil.example"), BANK,
     B(""), B(""), ""},
    {"the name above", false, B("d=example; s=s"), BANK, B(""), B(""), ""},
    {"a name that ends alike", false, B("d=notbank.example; s=s"), BANK, B(""), B(""), ""},
    {"a sibling", false, B("d=evil.example; s=s"), "From: <ceo@pay.bank.example>\r\n", B(""), B(""),
     ""},
    {"From is not signed", false, B("d=bank.example; s=s; h=to"), BANK, B(""), B(""), ""},
    /* the bank's own mail, with something added */
    {"replayed below another From", true, B("d=bank.example; s=s"), BANK, B(EVIL), B(""), ""},
    {"replayed above another From", true, B("d=bank.example; s=s"), BANK, B(""), B(EVIL), ""},
    {"another From with a blank", true, B("d=bank.example; s=s"), BANK,
     B("From : <x@evil.example>\r\n"), B(""), ""},
    {"another From, folded", true, B("d=bank.example; s=s"), BANK,
     B("From\r\n : <x@evil.example>\r\n"), B(""), ""},
    {"another From, in capitals", true, B("d=bank.example; s=s"), BANK,
     B("FROM: <x@evil.example>\r\n"), B(""), ""},
    {"another From behind a bare LF", true, B("d=bank.example; s=s"), BANK,
     B("X-A: b\nFrom: <x@evil.example>\r\n"), B(""), ""},
    {"another From behind a bare CR", true, B("d=bank.example; s=s"), BANK,
     B("X-A: b\rFrom: <x@evil.example>\r\n"), B(""), ""},
    {"text behind what l= covers", true, B("d=bank.example; s=s; l=6"), BANK, B(""), B(""),
     "Pay here\r\n"},
    {"all of the text behind l=0", true, B("d=bank.example; s=s; l=0"), BANK, B(""), B(""),
     "Pay here\r\n"},
    {"another text", true, B("d=bank.example; s=s"), BANK, B(""), B(""), "Pay here\r\n"},
};

/* What must pass, so that the above is not refused for something else. */
static const struct trick honest[] = {
    {"the bank's own", true, B("d=bank.example; s=s"), BANK, B(""), B(""), ""},
    {"the attacker's own", false, B("d=evil.example; s=s"), EVIL, B(""), B(""), ""},
    {"of a name below", true, B("d=bank.example; s=s; i=@pay.bank.example"),
     "From: <ceo@pay.bank.example>\r\n", B(""), B(""), ""},
    {"by a name below", false, B("d=mail.evil.example; s=s"), EVIL, B(""), B(""), ""},
    {"l= that covers all", true, B("d=bank.example; s=s; l=6"), BANK, B(""), B(""), ""},
    {"fields added", true, B("d=bank.example; s=s"), BANK, B("X-A: b\r\n"), B("X-B: c\r\n"), ""},
};

struct shop {
    struct arena *a;
    struct zone *zone;
    struct crypt_private *bank, *evil;
};

static void publish(struct shop *s, const char *name, struct crypt_private *key)
{
    struct err e = {0};
    struct slice record;
    assert_int_equal(key_record(s->a, key, &e, &record), 0);
    assert_true(zone_add(s->zone, slice_str(name), DNS_TXT, record));
}

static void open_shop(struct shop *s)
{
    struct err e = {0};
    *s = (struct shop){.a = arena_new(0)};
    s->zone = zone_new(s->a);
    assert_int_equal(crypt_private_make(CRYPT_ED25519, 0, &e, &s->bank), 0);
    assert_int_equal(crypt_private_make(CRYPT_ED25519, 0, &e, &s->evil), 0);
    publish(s, "s._domainkey.bank.example", s->bank);
    static const char *const evils[] = {"s._domainkey.evil.example",
                                        "s._domainkey.mail.evil.example",
                                        "s._domainkey.example",
                                        "s._domainkey.notbank.example",
                                        "s._domainkey.bank.example.evil.example",
                                        "s._domainkey.bank.example(.evil.example",
                                        "s._domainkey.evil.example._domainkey.bank.example.x"};
    for (size_t i = 0; i < sizeof(evils) / sizeof(*evils); i++)
        publish(s, evils[i], s->evil);
    static const char *const policies[][2] = {
        {"_dmarc.bank.example", "v=DMARC1; p=reject"},
        {"_dmarc.evil.example", "v=DMARC1; p=none; rua=mailto:x@evil.example"}};
    for (size_t i = 0; i < 2; i++)
        assert_true(
            zone_add(s->zone, slice_str(policies[i][0]), DNS_TXT, slice_str(policies[i][1])));
}

static void close_shop(struct shop *s)
{
    crypt_private_free(s->bank);
    crypt_private_free(s->evil);
    arena_free(s->a);
}

/* The signed message with what was done to it. */
static struct slice make(struct shop *s, const struct trick *t)
{
    struct err e = {0};
    struct slice tags = slice_of(t->tags.p, t->tags.n);
    unsigned char hash[CRYPT_SHA256], sig[CRYPT_SIG_BYTES];
    size_t n;
    bool no_body = slice_find(tags, SLICE("l=0")) != SIZE_MAX;
    struct buf field = BUF_INIT(8192), whole = BUF_INIT(65536);
    crypt_sha256(no_body ? SLICE("") : SLICE(BODY), hash);
    buf_str(&field, "DKIM-Signature: v=1; a=ed25519-sha256; ");
    buf_add(&field, tags);
    buf_str(&field, slice_find(tags, SLICE("h=")) == SIZE_MAX ? "; h=from; bh=" : "; bh=");
    buf_add(&field, key_base64(s->a, slice_of((const char *)hash, sizeof(hash))));
    buf_str(&field, "; b=");
    /* simple: the fields as they stand, the signature without its value and line end */
    if (slice_find(tags, SLICE("h=to")) == SIZE_MAX)
        buf_str(&whole, t->from);
    buf_add(&whole, buf_slice(&field));
    crypt_sha256(buf_slice(&whole), hash);
    assert_int_equal(crypt_sign(t->by_bank ? s->bank : s->evil, hash, &e, sig, &n), 0);
    buf_reset(&whole);
    buf_add(&whole, slice_of(t->above.p, t->above.n));
    buf_add(&whole, buf_slice(&field));
    buf_add(&whole, key_base64(s->a, slice_of((const char *)sig, n)));
    buf_printf(&whole, "\r\n%s", t->from);
    buf_add(&whole, slice_of(t->below.p, t->below.n));
    buf_printf(&whole, "\r\n" BODY "%s", t->more);
    struct slice raw = arena_dup(s->a, buf_slice(&whole));
    buf_fini(&field);
    buf_fini(&whole);
    return raw;
}

static void evaluate(struct shop *s, const struct trick *t, struct auth_result *r)
{
    struct envelope env = {.client_ip = SLICE(EVIL_IP),
                           .helo = SLICE("evil.example"),
                           .mail_from = SLICE("x@evil.example"),
                           .has_mail_from = true};
    struct auth_in in = {
        .arena = s->a, .m = message_parse(s->a, make(s, t), NULL), .env = &env, .now = 1800000000};
    struct ask *q = ask_new(s->a, NULL);
    *r = (struct auth_result){0};
    while (!auth_check(&in, q, r))
        assert_int_not_equal(zone_answer(s->zone, q), 0);
}

static void none_passes(void **state)
{
    (void)state;
    unsigned bad = 0;
    for (size_t i = 0; i < sizeof(tricks) / sizeof(*tricks); i++) {
        struct shop s;
        struct auth_result r;
        open_shop(&s);
        evaluate(&s, &tricks[i], &r);
        if (r.dmarc.value == AUTH_PASS) {
            print_message("# passes: %s\n", tricks[i].name);
            bad++;
        }
        close_shop(&s);
    }
    assert_int_equal(bad, 0);
}

static void honest_passes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(honest) / sizeof(*honest); i++) {
        struct shop s;
        struct auth_result r;
        open_shop(&s);
        evaluate(&s, &honest[i], &r);
        if (r.dmarc.value != AUTH_PASS)
            fail_msg("%s: %s (%s); DKIM: %s", honest[i].name, auth_value_name(r.dmarc.value),
                     r.dmarc.reason, r.dkim.first ? r.dkim.first->reason : "none");
        close_shop(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(none_passes),
                                       cmocka_unit_test(honest_passes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
