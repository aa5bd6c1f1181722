/* Crash attribution. See walls.h. */
#include "node/walls.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/rand.h"

#include <stdatomic.h>
#include <sys/mman.h>

struct crash {
    _Atomic uint64_t hash;
    _Atomic unsigned count;
};

struct walls {
    unsigned char key[16];
    _Atomic uint64_t at[WALLS_SCANNERS];
    struct crash crashes[WALLS_CRASHES]; /* a ring: the oldest is forgotten */
    _Atomic unsigned next;
};

struct walls *walls_new(void)
{
    void *p = mmap(NULL, sizeof(struct walls), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                   -1, 0);
    if (p == MAP_FAILED)
        BUG("no shared memory");
    struct walls *w = p;
    rand_bytes(w->key, sizeof(w->key));
    return w;
}

void walls_begin(struct walls *w, unsigned index, uint64_t hash)
{
    atomic_store(&w->at[index % WALLS_SCANNERS], hash);
}

void walls_end(struct walls *w, unsigned index)
{
    atomic_store(&w->at[index % WALLS_SCANNERS], 0);
}

uint64_t walls_crashed(struct walls *w, unsigned index)
{
    uint64_t hash = atomic_exchange(&w->at[index % WALLS_SCANNERS], 0);
    if (hash == 0)
        return 0;
    for (unsigned i = 0; i < WALLS_CRASHES; i++) {
        if (atomic_load(&w->crashes[i].hash) == hash) {
            atomic_fetch_add(&w->crashes[i].count, 1);
            return hash;
        }
    }
    struct crash *c = &w->crashes[atomic_fetch_add(&w->next, 1) % WALLS_CRASHES];
    atomic_store(&c->count, 1);
    atomic_store(&c->hash, hash);
    return hash;
}

unsigned walls_count(const struct walls *w, uint64_t hash)
{
    for (unsigned i = 0; i < WALLS_CRASHES; i++) {
        if (atomic_load(&w->crashes[i].hash) == hash)
            return atomic_load(&w->crashes[i].count);
    }
    return 0;
}

uint64_t walls_hash(const struct walls *w, struct slice raw)
{
    uint64_t h = hash_keyed(raw, w->key);
    return h ? h : 1;
}
