/* Own choices: packing, lists, strength. See choice.h. */
#include "verdict/choice.h"
#include "base/pack.h"
#include "verdict/policy_internal.h"

#define FORMAT           1u
#define TAG_ABOVE        0.5 /* points that stay between unsure and tag */
#define LEAST_QUARANTINE 0.01

void choice_pack(const struct choice *c, struct buf *out)
{
    pack_u8(out, FORMAT);
    pack_u8(out, (uint8_t)(c->strength + CHOICE_STRENGTH));
    pack_u8(out, (uint8_t)c->digest);
    pack_bytes(out, c->lang);
    pack_bytes(out, c->mailbox);
    pack_u32(out, (uint32_t)c->n);
    for (size_t i = 0; i < c->n; i++) {
        pack_u8(out, (uint8_t)c->entries[i].list);
        pack_bytes(out, c->entries[i].word);
        pack_bytes(out, c->entries[i].reason);
        pack_i64(out, c->entries[i].made_us);
        pack_i64(out, c->entries[i].until_us);
    }
}

bool choice_unpack(struct arena *a, struct slice bytes, struct choice *out)
{
    struct unpack u = {.rest = bytes};
    struct choice c = {0};
    uint8_t format = unpack_u8(&u);
    c.strength = (int)unpack_u8(&u) - CHOICE_STRENGTH;
    c.digest = (enum choice_digest)unpack_u8(&u);
    c.lang = unpack_bytes(&u);
    c.mailbox = unpack_bytes(&u);
    c.n = unpack_u32(&u);
    if (format != FORMAT || c.strength > CHOICE_STRENGTH || c.digest > CHOICE_DIGEST_WEEK ||
        c.n > CHOICE_ENTRIES || u.bad)
        return false;
    c.entries = ARENA_ARRAY(a, struct choice_entry, c.n + 1);
    for (size_t i = 0; i < c.n; i++) {
        uint8_t list = unpack_u8(&u);
        c.entries[i] = (struct choice_entry){.list = list ? CHOICE_BLOCK : CHOICE_ALLOW,
                                             .word = unpack_bytes(&u),
                                             .reason = unpack_bytes(&u)};
        c.entries[i].made_us = unpack_i64(&u);
        c.entries[i].until_us = unpack_i64(&u);
    }
    if (!unpack_done(&u))
        return false;
    *out = c;
    return true;
}

int choice_check_word(struct slice word, struct err *e)
{
    struct arena *a = arena_new(0);
    struct policy_list list;
    struct conf_list one = {&word, 1};
    int rc = word.n == 0 || word.n > CHOICE_WORD
                 ? err_set(e, ERR_PARSE, "an entry has 1 to %u bytes", CHOICE_WORD)
                 : policy_read_list(a, &one, e, &list);
    arena_free(a);
    return rc;
}

/* Entries of one list that have not ended; a word that cannot be read any more is passed over. */
static void live_list(const struct choice *c, enum choice_list which, int64_t now_us,
                      struct arena *a, struct policy_list *out)
{
    *out = (struct policy_list){.entries = ARENA_ARRAY(a, struct policy_entry, c->n + 1)};
    for (size_t i = 0; i < c->n; i++) {
        const struct choice_entry *x = &c->entries[i];
        struct slice word = x->word;
        struct conf_list one = {&word, 1};
        struct policy_list read;
        struct err e;
        if (x->list != which || (x->until_us && x->until_us <= now_us) ||
            policy_read_list(a, &one, &e, &read) < 0)
            continue;
        out->entries[out->n++] = read.entries[0];
    }
}

void choice_lists(const struct choice *c, bool is_site, const struct policy_sender *s,
                  int64_t now_us, struct findings *all)
{
    static const struct policy_list none;
    struct policy_list allow, block;
    if (c == NULL || c->n == 0)
        return;
    live_list(c, CHOICE_ALLOW, now_us, all->arena, &allow);
    live_list(c, CHOICE_BLOCK, now_us, all->arena, &block);
    policy_look(&(struct policy_lists_of){&allow, &none, &block, is_site}, s, all);
}

void choice_move(const struct choice *c, struct policy_view *v)
{
    if (c == NULL || c->strength == 0 || v->own_points <= 0)
        return;
    double by = -(double)c->strength / CHOICE_STRENGTH * v->own_points;
    double least = v->unsure + TAG_ABOVE < v->tag ? v->unsure + TAG_ABOVE : v->tag;
    double most = v->reject > v->tag ? v->reject : v->tag;
    double tag = v->tag + by;
    v->tag = tag < least ? least : tag > most ? most : tag;
    if (v->quarantine > 0) {
        v->quarantine += by;
        if (v->quarantine < v->tag)
            v->quarantine = v->tag;
        if (v->quarantine < LEAST_QUARANTINE) /* 0 and less would switch it off */
            v->quarantine = LEAST_QUARANTINE;
    }
}
