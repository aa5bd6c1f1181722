/* The near-duplicate index. See near.h.
 *
 * Key: number of the band, its hash. Value: entries of 26 bytes, oldest first: sequence (8), label,
 * trust, person (16). The exact hash is one more band, number 255, that alone makes likeness 1.
 */
#include "learn/near.h"
#include "base/pack.h"

#include <math.h>

#define ENTRY_BYTES 26u
#define EXACT_BAND  255u
#define SEEN_MOST   (NEAR_PER_BAND * (FINGERPRINT_BANDS + 1))

struct entry {
    uint64_t seq;
    uint8_t label, trust;
    struct slice person;
};

static struct slice key_of(unsigned band, uint64_t hash, char out[9])
{
    out[0] = (char)band;
    memcpy(out + 1, &hash, 8);
    return slice_of(out, 9);
}

static bool next_entry(struct unpack *u, struct entry *out)
{
    if (u->bad || u->rest.n < ENTRY_BYTES)
        return false;
    out->seq = unpack_u64(u);
    out->label = unpack_u8(u);
    out->trust = unpack_u8(u);
    out->person = unpack_fixed(u, 16);
    return true;
}

static void add_entry(struct buf *b, const struct lesson *l, uint64_t seq)
{
    static const char nobody[16];
    pack_u64(b, seq);
    pack_u8(b, l->label == LABEL_SPAM);
    pack_u8(b, l->trust == TRUST_ADMIN);
    buf_add(b, l->user.n == 16 ? l->user : slice_of(nobody, 16));
}

/* One band: drops the lesson's entry, then (add) puts it last. */
static int change(const struct near_store *s, unsigned band, uint64_t hash, const struct lesson *l,
                  uint64_t seq, bool add, struct err *e)
{
    char raw[9];
    struct slice key = key_of(band, hash, raw), old = SLICE("");
    struct buf b = BUF_INIT(ENTRY_BYTES * (NEAR_PER_BAND + 1));
    struct entry x;
    if (s->get(s->arg, key, &old)) {
        size_t n = old.n / ENTRY_BYTES;
        size_t skip = add && n >= NEAR_PER_BAND ? n - NEAR_PER_BAND + 1
                                                : 0; /* the oldest give way */
        struct unpack u = {.rest = slice_from(old, skip * ENTRY_BYTES)};
        for (struct slice at = u.rest; next_entry(&u, &x); at = u.rest) {
            if (x.seq != seq)
                buf_add(&b, slice_head(at, ENTRY_BYTES));
        }
    }
    if (add)
        add_entry(&b, l, seq);
    int rc = b.n ? s->put(s->arg, key, buf_slice(&b), e) : old.n ? s->del(s->arg, key, e) : 0;
    buf_fini(&b);
    return rc;
}

static int change_all(const struct near_store *s, const struct lesson *l, uint64_t seq, bool add,
                      struct err *e)
{
    const struct fingerprint *f = &l->fingerprint;
    int rc = f->exact ? change(s, EXACT_BAND, f->exact, l, seq, add, e) : 0;
    for (uint32_t i = 0; rc == 0 && i < f->n_bands && i < FINGERPRINT_BANDS; i++)
        rc = change(s, i, f->band[i], l, seq, add, e);
    return rc;
}

int near_add(const struct near_store *s, const struct lesson *l, uint64_t seq, struct err *e)
{
    return change_all(s, l, seq, true, e);
}

int near_remove(const struct near_store *s, const struct lesson *l, uint64_t seq, struct err *e)
{
    return change_all(s, l, seq, false, e);
}

struct candidate {
    struct near_hit hit;
    unsigned bands;
    bool is_exact;
};

struct search {
    struct candidate seen[SEEN_MOST];
    size_t n;
    struct slice person;
};

static void count(struct search *q, const struct entry *x, bool is_exact)
{
    static const char nobody[16];
    size_t i = 0;
    while (i < q->n && q->seen[i].hit.seq != x->seq)
        i++;
    if (i == q->n) {
        bool is_site = memcmp(x->person.p, nobody, 16) == 0;
        q->seen[q->n++] = (struct candidate){
            .hit = {.label = x->label ? LABEL_SPAM : LABEL_HAM,
                    .trust = x->trust ? TRUST_ADMIN : TRUST_USER,
                    .is_own = is_site || slice_eq(x->person, q->person),
                    .seq = x->seq}};
    }
    q->seen[i].bands += !is_exact;
    q->seen[i].is_exact |= is_exact;
}

static void look(const struct near_store *s, struct search *q, unsigned band, uint64_t hash)
{
    char raw[9];
    struct slice value;
    struct entry x;
    if (!s->get(s->arg, key_of(band, hash, raw), &value))
        return;
    struct unpack u = {.rest = slice_head(value, ENTRY_BYTES * NEAR_PER_BAND)};
    while (next_entry(&u, &x))
        count(q, &x, band == EXACT_BAND);
}

static bool is_better(const struct near_hit *x, const struct near_hit *y)
{
    if (x->is_own != y->is_own)
        return x->is_own;
    if (x->trust != y->trust)
        return x->trust == TRUST_ADMIN;
    if (x->likeness < y->likeness || x->likeness > y->likeness)
        return x->likeness > y->likeness;
    return x->seq > y->seq;
}

void near_find(const struct near_store *s, const struct fingerprint *f, struct slice person,
               struct near_hit *out)
{
    struct search q = {.person = person};
    *out = (struct near_hit){0};
    if (f->exact)
        look(s, &q, EXACT_BAND, f->exact);
    uint32_t n = f->n_bands < FINGERPRINT_BANDS ? f->n_bands : FINGERPRINT_BANDS;
    uint32_t needed = (uint32_t)ceil(NEAR_LIKENESS * n);
    for (uint32_t i = 0; i < n; i++) {
        /* Who shares so many bands shares one of the first: most mail is like none, and asked for
         * no further. */
        if (q.n == 0 && i > n - needed)
            return;
        look(s, &q, i, f->band[i]);
    }
    for (size_t i = 0; i < q.n; i++) {
        struct near_hit *h = &q.seen[i].hit;
        h->likeness = q.seen[i].is_exact ? 1.0
                      : f->n_bands       ? (double)q.seen[i].bands / f->n_bands
                                         : 0.0;
        if (h->likeness >= NEAR_LIKENESS && (out->likeness <= 0 || is_better(h, out)))
            *out = *h;
    }
}
