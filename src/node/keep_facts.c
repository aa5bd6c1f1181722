/* Verified facts for lessons, out of the history. See keep_facts.h. */
#include "node/keep_facts.h"

#include "base/log.h"
#include "learn/facts.h"

#define FRESH_MOST (1u << 20) /* bytes; scans come in by the thousand between two commits */

struct gathering {
    struct arena *arena;
    struct features common;
    bool has_any;
};

static void take(void *arg, struct slice bytes)
{
    struct gathering *g = arg;
    struct features one = {0};
    if (!facts_unpack(g->arena, bytes, &one)) /* of a program to come: nothing is known of it */
        one.n[CHANNEL_FACTS] = 0;
    if (g->has_any)
        facts_common(&g->common, &one);
    else
        g->common = one;
    g->has_any = true;
}

/* Scans that the archive does not know yet, one after the other: this head, then n bytes. */
struct fresh {
    uint64_t seq;
    unsigned char digest[16];
    size_t n;
};

void keep_facts_note(struct keep *k, uint64_t seq, const unsigned char digest[16],
                     struct slice facts)
{
    struct fresh f = {.seq = seq, .n = facts.n};
    if (archive_upto(store_archive(k->store)) >= k->fresh_upto)
        buf_reset(&k->fresh); /* all are folded */
    k->fresh_upto = seq;
    if (facts.n == 0)
        return;
    k->fresh.max = FRESH_MOST;
    memcpy(f.digest, digest, 16);
    buf_add(&k->fresh, slice_of((const char *)&f, sizeof(f)));
    buf_add(&k->fresh, facts);
}

static void take_fresh(const struct keep *k, const unsigned char digest[16], struct gathering *g)
{
    uint64_t folded = archive_upto(store_archive(k->store));
    struct slice rest = buf_slice(&k->fresh);
    struct fresh f;
    for (; rest.n >= sizeof(f); rest = slice_from(rest, sizeof(f) + f.n)) {
        memcpy(&f, rest.p, sizeof(f));
        if (f.seq > folded && memcmp(f.digest, digest, 16) == 0)
            take(g, slice_of(rest.p + sizeof(f), f.n));
    }
}

void keep_facts_of(struct keep *k, const unsigned char digest[16], struct buf *out)
{
    struct err e = {0};
    struct gathering g = {.arena = arena_new(0)};
    /* The archive knows only what is folded; a commit for each lesson would cost it a second one.
     */
    int rc = k->fresh.full ? store_commit(k->store, true, &e) : 0;
    if (k->fresh.full)
        buf_reset(&k->fresh);
    take_fresh(k, digest, &g);
    if (rc == 0)
        rc = archive_facts_of(store_archive(k->store), digest, take, &g, &e);
    if (rc == 0)
        facts_pack(&g.common, out);
    else if (rc != ERR_FULL)
        log_event(LOG_WARN, "history", "error", LOG_S(e.text), NULL);
    arena_free(g.arena);
}
