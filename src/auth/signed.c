/* Fields by name and hashes of the body. See signed.h. */
#include "auth/signed.h"

#include "base/hash.h"
#include "base/rand.h"

/* ---- fields by name ---- */

struct place { /* one field; the next one up with that name */
    const struct header *field;
    struct place *next;
};

struct name {
    struct slice name;
    struct place *bottom; /* the lowest field */
    struct place *at;     /* where the walk stands */
    unsigned walk;        /* which walk `at` belongs to */
};

struct signed_names {
    struct name *slot;
    size_t mask;
    unsigned walk;
    uint64_t seed;
};

static uint64_t hash_name(struct slice name, uint64_t seed)
{
    uint64_t h = seed;
    for (size_t i = 0; i < name.n; i++)
        h = (h ^ (uint64_t)(unsigned char)ascii_lower(name.p[i])) * 0x100000001b3u;
    return hash_mix(h);
}

/* The slot that holds the name, or the free one where it would stand. */
static struct name *find(struct signed_names *t, struct slice name)
{
    size_t i = hash_name(name, t->seed) & t->mask;
    while (t->slot[i].bottom && !slice_ieq(t->slot[i].name, name))
        i = (i + 1) & t->mask;
    return &t->slot[i];
}

static struct signed_names *index_names(struct signed_mail *s)
{
    struct signed_names *t = ARENA_NEW(s->arena, struct signed_names);
    size_t size = 16;
    while (size < 2 * s->headers->n)
        size *= 2;
    rand_bytes(&t->seed, sizeof(t->seed));
    t->mask = size - 1;
    t->slot = ARENA_ARRAY(s->arena, struct name, size);
    struct place *all = ARENA_ARRAY(s->arena, struct place, s->headers->n + 1);
    for (const struct header *h = s->headers->first; h; h = h->next) {
        struct name *at = find(t, h->name);
        *all = (struct place){h, at->bottom};
        at->name = h->name;
        at->bottom = all++;
    }
    return t;
}

void signed_walk(struct signed_mail *s)
{
    if (s->names == NULL)
        s->names = index_names(s);
    s->names->walk++;
}

const struct header *signed_take(struct signed_mail *s, struct slice name, const struct header *own)
{
    struct name *n = find(s->names, name);
    if (n->walk != s->names->walk) {
        n->walk = s->names->walk;
        n->at = n->bottom;
    }
    if (n->at && n->at->field == own)
        n->at = n->at->next;
    if (n->at == NULL)
        return NULL;
    const struct header *h = n->at->field;
    n->at = n->at->next;
    return h;
}

/* ---- the body ---- */

void signed_init(struct signed_mail *s, const struct message *m, int64_t now_us, bool is_cut)
{
    *s = (struct signed_mail){.arena = m->arena,
                              .headers = &m->headers,
                              .body = m->body,
                              .from = m->from,
                              .now_s = now_us / 1000000,
                              .is_cut = is_cut};
}

bool signed_want_length(struct signed_mail *s, enum canon c, uint64_t length)
{
    struct body_hash *h = &s->hash[c];
    size_t at = 0;
    while (at < h->n_cuts && h->cut[at].length < length)
        at++;
    if (at < h->n_cuts && h->cut[at].length == length)
        return true;
    if (h->n_cuts == SIGNED_LENGTHS)
        return false;
    memmove(&h->cut[at + 1], &h->cut[at], (h->n_cuts - at) * sizeof(h->cut[0]));
    h->cut[at] = (struct body_cut){.length = length};
    h->n_cuts++;
    h->is_made = false;
    return true;
}

struct pass {
    struct crypt_hash *hash;
    struct body_hash *out;
    uint64_t done;
    size_t cut;
};

static void take(void *arg, const char *p, size_t n)
{
    struct pass *pass = arg;
    struct body_hash *out = pass->out;
    while (pass->cut < out->n_cuts && out->cut[pass->cut].length <= pass->done + n) {
        struct body_cut *cut = &out->cut[pass->cut++];
        size_t head = (size_t)(cut->length - pass->done);
        crypt_hash_add(pass->hash, p, head);
        crypt_hash_peek(pass->hash, cut->hash);
        cut->is_made = true;
        p += head;
        n -= head;
        pass->done = cut->length;
    }
    crypt_hash_add(pass->hash, p, n);
    pass->done += n;
}

static void hash_body(struct signed_mail *s, enum canon c)
{
    static struct crypt_hash *hash; /* one process, one message at a time */
    if (hash == NULL)
        hash = crypt_hash_new();
    crypt_hash_begin(hash);
    struct pass pass = {.hash = hash, .out = &s->hash[c]};
    struct canon_out out;
    struct canon_body body;
    canon_out_init(&out, take, &pass);
    canon_body_begin(&body, c, &out);
    canon_body_add(&body, s->body);
    canon_body_end(&body);
    take(&pass, "", 0); /* l=0 of an empty body */
    s->hash[c].total = pass.done;
    crypt_hash_end(hash, s->hash[c].whole);
    s->hash[c].is_made = true;
    s->cost.body_passes++;
    s->cost.body_bytes += s->body.n;
}

const unsigned char *signed_body(struct signed_mail *s, enum canon c, uint64_t *out_total)
{
    if (!s->hash[c].is_made)
        hash_body(s, c);
    *out_total = s->hash[c].total;
    return s->hash[c].whole;
}

const unsigned char *signed_body_head(struct signed_mail *s, enum canon c, uint64_t length)
{
    if (!s->hash[c].is_made)
        hash_body(s, c);
    for (size_t i = 0; i < s->hash[c].n_cuts; i++) {
        if (s->hash[c].cut[i].length == length && s->hash[c].cut[i].is_made)
            return s->hash[c].cut[i].hash;
    }
    return NULL;
}
