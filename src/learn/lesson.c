/* A lesson as bytes. Hashes are sorted within their group and stored as distances, about 3.6
 * bytes each; the text is not in them (but who holds a guess of the text can test it, so the
 * journal keeps lessons encrypted and erasable). */
#include "learn/features_internal.h"
#include "learn/order.h"
#include "learn/trainer.h"

#include "base/pack.h"

#define LESSON_VERSION 1
#define USER_BYTES     512

static size_t put_varint(char *out, uint32_t v)
{
    size_t n = 0;
    while (v >= 0x80) {
        out[n++] = (char)(v | 0x80);
        v >>= 7;
    }
    out[n++] = (char)v;
    return n;
}

static void pack_varint(struct buf *b, uint32_t v)
{
    char bytes[5];
    buf_add(b, slice_of(bytes, put_varint(bytes, v)));
}

static uint32_t unpack_varint(struct unpack *u)
{
    uint64_t v = 0;
    for (int shift = 0; shift < 35; shift += 7) {
        uint8_t byte = unpack_u8(u);
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            if (v > UINT32_MAX)
                u->bad = true;
            return (uint32_t)v;
        }
    }
    u->bad = true;
    return 0;
}

static void pack_group(struct buf *b, const uint32_t *sorted, uint32_t n)
{
    char bytes[5 * FEATURES_MAX];
    size_t used = 0;
    uint32_t before = 0;
    for (uint32_t i = 0; i < n; i++) {
        used += put_varint(bytes + used, sorted[i] - before);
        before = sorted[i];
    }
    buf_add(b, slice_of(bytes, used));
}

/* Distances are at least 1 but for a first hash of 0. */
static void unpack_group(struct unpack *u, uint32_t *out, uint32_t n)
{
    uint32_t before = 0;
    for (uint32_t i = 0; i < n && !u->bad; i++) {
        uint32_t step = unpack_varint(u);
        if (step > UINT32_MAX - before || (step == 0 && i > 0))
            u->bad = true;
        before += step;
        out[i] = before;
    }
}

void lesson_pack(const struct lesson *l, struct buf *out)
{
    uint32_t sorted[FEATURES_MAX];
    pack_u8(out, LESSON_VERSION);
    pack_u32(out, FEATURES_VERSION);
    buf_add(out, slice_of((const char *)l->digest, sizeof l->digest));
    pack_u8(out, (uint8_t)l->label);
    pack_u8(out, (uint8_t)l->trust);
    pack_bytes(out, slice_head(l->user, USER_BYTES));
    pack_i64(out, l->at_us);
    pack_u64(out, l->fingerprint.exact);
    pack_u8(out, (uint8_t)l->fingerprint.n_bands);
    for (uint32_t i = 0; i < l->fingerprint.n_bands; i++)
        pack_u64(out, l->fingerprint.band[i]);
    for (int c = 0; c < CHANNELS; c++) {
        uint32_t n = l->features.n[c], first = l->features.n_first[c];
        order_groups(l->features.of[c], first, n, sorted);
        pack_varint(out, n);
        pack_varint(out, first);
        pack_group(out, sorted, first);
        pack_group(out, sorted + first, n - first);
    }
}

static void unpack_fingerprint(struct unpack *u, struct fingerprint *f)
{
    f->exact = unpack_u64(u);
    f->n_bands = unpack_u8(u);
    if (f->n_bands > FINGERPRINT_BANDS) {
        u->bad = true;
        f->n_bands = 0;
    }
    for (uint32_t i = 0; i < f->n_bands; i++)
        f->band[i] = unpack_u64(u);
}

static void unpack_features(struct arena *a, struct unpack *u, struct features *f)
{
    for (int c = 0; c < CHANNELS && !u->bad; c++) {
        uint32_t n = unpack_varint(u), first = unpack_varint(u);
        if (n > FEATURES_MAX || first > n || n > u->rest.n) {
            u->bad = true;
            return;
        }
        f->n[c] = n;
        f->n_first[c] = first;
        f->of[c] = ARENA_ARRAY(a, uint32_t, n);
        unpack_group(u, f->of[c], first);
        unpack_group(u, f->of[c] + first, n - first);
    }
}

int lesson_unpack(struct arena *a, struct slice bytes, struct err *e, struct lesson *out)
{
    struct unpack u = {.rest = bytes};
    struct lesson l = {0};
    uint8_t version = unpack_u8(&u);
    uint32_t features_version = unpack_u32(&u);
    if (u.bad || version != LESSON_VERSION || features_version != FEATURES_VERSION)
        return err_set(e, ERR_CORRUPT, "lesson of version %u.%u, this program reads %d.%d", version,
                       features_version, LESSON_VERSION, FEATURES_VERSION);
    struct slice digest = unpack_fixed(&u, sizeof l.digest);
    if (!u.bad)
        memcpy(l.digest, digest.p, sizeof l.digest);
    uint8_t label = unpack_u8(&u), trust = unpack_u8(&u);
    if (label > LABEL_SPAM || trust > TRUST_ADMIN)
        u.bad = true;
    l.label = label == LABEL_SPAM ? LABEL_SPAM : LABEL_HAM;
    l.trust = trust == TRUST_ADMIN ? TRUST_ADMIN : TRUST_USER;
    struct slice user = unpack_bytes(&u);
    if (user.n > USER_BYTES)
        u.bad = true;
    l.at_us = unpack_i64(&u);
    unpack_fingerprint(&u, &l.fingerprint);
    unpack_features(a, &u, &l.features);
    if (!unpack_done(&u))
        return err_set(e, ERR_CORRUPT, "lesson of %zu bytes is damaged", bytes.n);
    l.user = arena_dup(a, user);
    *out = l;
    return 0;
}
