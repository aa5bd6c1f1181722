/* Verified facts. See facts.h. */
#include "learn/facts.h"

#include "base/ip.h"
#include "base/pack.h"
#include "learn/features_internal.h"
#include "learn/order.h"

#define FACTS_VERSION 1

void facts_add(struct facts *f, enum fact_kind kind, struct slice words)
{
    if (words.n == 0 || f->n == FACTS_MOST)
        return;
    for (size_t i = 0; i < f->n; i++) {
        if (f->of[i].kind == kind && slice_eq(f->of[i].words, words))
            return;
    }
    f->of[f->n++] = (struct fact){kind, words};
}

struct slice facts_network(struct arena *a, struct slice ip)
{
    struct ip net;
    char text[46];
    if (!ip_parse(ip, &net))
        return (struct slice){0};
    size_t keep = net.is_v4 ? 15 : 6;
    memset(net.byte + keep, 0, sizeof net.byte - keep);
    size_t n = ip_format(&net, text);
    return arena_printf(a, "%.*s/%d", (int)n, text, net.is_v4 ? 24 : 48);
}

uint32_t facts_hash(const struct fact *f)
{
    return feature_of(KIND_FACT, (uint32_t)f->kind, f->words);
}

static bool is_there(const uint32_t *of, uint32_t n, uint32_t h)
{
    for (uint32_t i = 0; i < n; i++) {
        if (of[i] == h)
            return true;
    }
    return false;
}

void facts_features(struct arena *a, const struct facts *f, struct features *io)
{
    uint32_t n = 0, *of = ARENA_ARRAY(a, uint32_t, FACTS_MOST);
    io->n_first[CHANNEL_FACTS] = 0;
    for (int group = 0; f && group < 2; group++) {
        for (size_t i = 0; i < f->n; i++) {
            bool is_network = f->of[i].kind == FACT_NETWORK;
            uint32_t h = facts_hash(&f->of[i]);
            if (is_network == (group == 0) && !is_there(of, n, h))
                of[n++] = h;
        }
        if (group == 0)
            io->n_first[CHANNEL_FACTS] = n;
    }
    io->of[CHANNEL_FACTS] = of;
    io->n[CHANNEL_FACTS] = n;
}

void facts_pack(const struct features *f, struct buf *out)
{
    uint32_t sorted[FEATURES_MAX];
    uint32_t n = f->n[CHANNEL_FACTS], first = f->n_first[CHANNEL_FACTS];
    if (n == 0 || n > FACTS_MOST)
        return;
    order_groups(f->of[CHANNEL_FACTS], first, n, sorted);
    pack_u8(out, FACTS_VERSION);
    pack_u8(out, (uint8_t)first);
    for (uint32_t i = 0; i < n; i++)
        pack_u32(out, sorted[i]);
}

bool facts_unpack(struct arena *a, struct slice bytes, struct features *io)
{
    struct unpack u = {.rest = bytes};
    io->of[CHANNEL_FACTS] = ARENA_ARRAY(a, uint32_t, FACTS_MOST);
    io->n[CHANNEL_FACTS] = io->n_first[CHANNEL_FACTS] = 0;
    if (bytes.n == 0)
        return true;
    uint32_t *of = io->of[CHANNEL_FACTS];
    uint8_t version = unpack_u8(&u), first = unpack_u8(&u);
    size_t n = u.rest.n / 4;
    if (version != FACTS_VERSION || u.rest.n % 4 || n == 0 || n > FACTS_MOST || first > n)
        return false;
    for (size_t i = 0; i < n; i++) {
        of[i] = unpack_u32(&u);
        if ((i > 0 && i != first && of[i] <= of[i - 1]) ||
            (i >= first && is_there(of, first, of[i])))
            return false;
    }
    io->n[CHANNEL_FACTS] = (uint32_t)n;
    io->n_first[CHANNEL_FACTS] = first;
    return true;
}

void facts_common(struct features *io, const struct features *other)
{
    uint32_t *of = io->of[CHANNEL_FACTS], kept = 0, first = 0;
    for (uint32_t i = 0; i < io->n[CHANNEL_FACTS]; i++) {
        bool is_first = i < io->n_first[CHANNEL_FACTS];
        if (!is_there(other->of[CHANNEL_FACTS], other->n[CHANNEL_FACTS], of[i]))
            continue;
        first += is_first;
        of[kept++] = of[i];
    }
    io->n[CHANNEL_FACTS] = kept;
    io->n_first[CHANNEL_FACTS] = first;
}
