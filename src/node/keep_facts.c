/* Verified facts for lessons, out of the history. See keep_facts.h. */
#include "node/keep_facts.h"

#include "base/log.h"
#include "learn/facts.h"

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

void keep_facts_of(struct keep *k, const unsigned char digest[16], struct buf *out)
{
    struct err e = {0};
    struct gathering g = {.arena = arena_new(0)};
    /* The scan may have come a moment ago; the archive knows only what is folded. */
    int rc = store_commit(k->store, true, &e);
    if (rc == 0)
        rc = archive_facts_of(store_archive(k->store), digest, take, &g, &e);
    if (rc == 0)
        facts_pack(&g.common, out);
    else if (rc != ERR_FULL)
        log_event(LOG_WARN, "history", "error", LOG_S(e.text), NULL);
    arena_free(g.arena);
}
