/* What a scan costs without doors, sockets and keeper: every message of a list through the whole
 * of `scan` and into its JSON, in one process, from memory.
 *   scans CONFIG LIST [ROUNDS]
 * Prints CPU time a message (the best round, so that other load disturbs little) and hashes of all
 * answers, and of all features and fingerprints: a change that is only meant to be faster leaves
 * them as they were. For counting instructions run it under callgrind
 * with 0 rounds: the one that makes the hashes is always run.
 */
#include "base/clock.h"
#include "base/hash.h"
#include "node/world.h"
#include "set.h"

#include <stdio.h>

#define JSON_MOST ((size_t)16 << 20)

/* The answer without what differs from run to run: the id at its head, the time in the middle. */
static uint64_t hash_answer(struct slice json, uint64_t seed)
{
    json = slice_from(json, slice_chr(json, ','));
    size_t time = slice_find(json, SLICE("\"microseconds\":"));
    struct slice rest = slice_from(json, time);
    seed = hash_bytes(slice_head(json, time), seed);
    return hash_bytes(slice_from(rest, slice_chr(rest, ',')), seed);
}

/* What was learned and compared by, which no answer shows; features of a group have no order. */
static uint64_t hash_prints(const struct scan *s, uint64_t seed)
{
    const struct fingerprint *f = &s->fingerprint;
    uint64_t sum = f->exact;
    for (int c = 0; c < CHANNELS; c++) {
        for (uint32_t i = 0; i < s->features.n[c]; i++)
            sum += hash_mix((uint64_t)c << 40 | (uint64_t)(i < s->features.n_first[c]) << 32 |
                            s->features.of[c][i]);
    }
    return hash_mix(hash_bytes(slice_of((const char *)f->band, sizeof f->band), seed) ^ sum);
}

static const struct scan *scan_one(struct arena *a, const struct scan_world *w, struct slice raw,
                                   struct buf *out)
{
    struct envelope none = {0};
    struct scan *s = scan_begin(a, w, &none, raw);
    while (scan_step(s, w) == SCAN_WAITING)
        continue;
    struct json j = JSON_INIT(out);
    scan_json(s, NULL, &j);
    return s;
}

static int run(const struct set *set, const struct scan_world *w, uint64_t rounds)
{
    struct arena *a = arena_new(0);
    struct buf out = BUF_INIT(JSON_MOST);
    int64_t best = INT64_MAX;
    uint64_t hash = 0, prints = 0;
    for (uint64_t r = 0; r <= rounds; r++) {
        int64_t start = clock_cpu_us();
        for (size_t i = 0; i < set->n; i++) {
            arena_reset(a);
            buf_reset(&out);
            const struct scan *s = scan_one(a, w, set->item[i].bytes, &out);
            if (r == rounds) {
                prints = hash_prints(s, prints);
                hash = hash_answer(buf_slice(&out), hash);
            }
        }
        int64_t took = clock_cpu_us() - start;
        best = took < best ? took : best;
    }
    printf("%zu messages, mean %.0f bytes: %.1f us a message; answers %016llx, prints %016llx\n",
           set->n, (double)set->bytes / (double)set->n, (double)best / (double)set->n,
           (unsigned long long)hash, (unsigned long long)prints);
    buf_fini(&out);
    arena_free(a);
    return 0;
}

int main(int argc, char **argv)
{
    struct err e = {0};
    struct set set = {0};
    struct conf *conf;
    struct scan_world world;
    uint64_t rounds = 5;
    if (argc < 3 || (argc > 3 && !slice_u64(slice_str(argv[3]), &rounds))) {
        fprintf(stderr, "usage: scans CONFIG LIST [ROUNDS]\n");
        return 2;
    }
    struct arena *a = arena_new(0);
    if (node_config_read(a, argv[1], &e, &conf) < 0 || world_open(a, conf, &world, &e) < 0 ||
        set_read(&set, argv[2], &e) < 0 || set.n == 0) {
        fprintf(stderr, "scans: %s\n", e.text[0] ? e.text : "the list names no message");
        return 3;
    }
    int rc = run(&set, &world, rounds);
    set_fini(&set);
    arena_free(a);
    return rc;
}
