/* Whatever we sign verifies: any message, all canonical forms; and orders as they travel. */
#include "ask/zone.h"
#include "auth/dkim.h"
#include "auth/key_record.h"
#include "auth/sign.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct crypt_private *the_key(void)
{
    static struct crypt_private *key;
    struct err e = {0};
    if (key == NULL && crypt_private_make(CRYPT_ED25519, 0, &e, &key) < 0)
        abort();
    return key;
}

static enum dkim_status verify(struct arena *a, struct slice raw, struct slice domain)
{
    struct err e = {0};
    struct slice record;
    struct signed_mail mail;
    struct dkim_set set = {0};
    struct zone *z = zone_new(a);
    struct ask *q = ask_new(a, NULL);
    if (key_record(a, the_key(), &e, &record) < 0)
        abort();
    zone_add(z, key_record_name(a, SLICE("s"), domain), DNS_TXT, record);
    signed_init(&mail, message_parse(a, raw, NULL), INT64_C(1767225600000000), false);
    struct dkim_limits limits = {.tried = DKIM_READ};
    while (!dkim_verify(&mail, &limits, q, &set))
        zone_answer(z, q);
    return set.n ? set.sig[0].status : DKIM_NONE;
}

static void sign(struct arena *a, struct slice raw, unsigned form)
{
    struct message *m = message_parse(a, raw, NULL);
    struct signed_mail mail;
    struct err e = {0};
    struct sign_order order, same = {0};
    struct sign_field field[3];
    size_t n = 0;
    struct sign_spec spec = {.domain = SLICE("example.org"),
                             .selector = SLICE("s"),
                             .header_canon = (enum canon)(form & 1),
                             .body_canon = (enum canon)(form >> 1 & 1),
                             .now = 1767225600};
    signed_init(&mail, m, INT64_C(1767225600000000), false);
    if (sign_order_dkim(&mail, &spec, &e, &order) < 0)
        return;
    struct buf b = BUF_INIT(8u << 20);
    sign_order_pack(&b, &order);
    struct unpack u = {.rest = buf_slice(&b)};
    if (!sign_order_unpack(&u, &same) || !unpack_done(&u))
        abort();
    if (sign_make(a, &same, the_key(), &e, field, &n) == 0) {
        struct slice signed_raw = arena_printf(a, "%s: %.*s\n", field[0].name,
                                               SLICE_ARG(field[0].value));
        char *whole = arena_bytes(a, signed_raw.n + raw.n);
        memcpy(whole, signed_raw.p, signed_raw.n);
        memcpy(whole + signed_raw.n, raw.p, raw.n);
        if (verify(a, slice_of(whole, signed_raw.n + raw.n), spec.domain) != DKIM_PASS)
            abort();
    }
    buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 65536)
        return 0;
    struct arena *a = arena_new(0);
    struct slice raw = slice_of((const char *)data + 1, size - 1);
    /* An mbox line is one only where it comes first. */
    if (!slice_starts(raw, SLICE("From ")) && !slice_starts(raw, SLICE(">From ")))
        sign(a, raw, data[0]);
    struct unpack u = {.rest = raw};
    struct sign_order o = {0};
    struct sign_field field[3];
    size_t n;
    struct err e = {0};
    if (sign_order_unpack(&u, &o) && sign_make(a, &o, the_key(), &e, field, &n) == 0 && n == 0)
        abort();
    arena_free(a);
    return 0;
}
