/* DKIM key records. See dkim_key.h. */
#include "auth/dkim_key.h"

#include "auth/tags.h"
#include "base/hash.h"
#include "base/rand.h"

#include <stdlib.h>

/* Two places per set: the newer pushes the older out. */
#define SETS 128

struct kept {
    struct slice record; /* our copy */
    struct dkim_key key;
};

static struct kept cache[SETS][2];
static unsigned char cache_key[16]; /* senders choose records: they must not choose the set */
static bool has_cache_key;
static uint64_t n_read;

/* True when the list "a : b" holds the word (or the other). */
static bool list_has(struct slice list, const char *word, const char *other)
{
    struct slice part;
    while (slice_split(&list, ':', &part)) {
        part = slice_trim(part);
        if (slice_ieq(part, slice_str(word)) || (other && slice_ieq(part, slice_str(other))))
            return true;
    }
    return false;
}

static const char *read_public(struct arena *a, struct slice p, struct dkim_key *out)
{
    struct slice bytes;
    struct err e = {0};
    if (!tag_base64(a, p, &bytes))
        return "the key's p= is not base64";
    int rc = out->kind == CRYPT_RSA ? crypt_public_rsa(bytes, &out->bits, &e, &out->key)
                                    : crypt_public_ed25519(bytes, &e, &out->key);
    if (rc < 0) {
        out->is_weak = rc == ERR_LIMIT;
        return arena_printf(a, "the key cannot be used: %s", e.text).p;
    }
    out->bits = crypt_public_bits(out->key);
    return NULL;
}

/* The record's tags in the order of RFC 6376 3.6.1; the reason why not, or NULL. */
static const char *judge(struct arena *a, struct slice record, struct dkim_key *out)
{
    struct tags t;
    const char *why;
    if (record.n > DKIM_KEY_BYTES)
        return arena_printf(a, "the key record is %zu bytes long, at most %d are read", record.n,
                            DKIM_KEY_BYTES)
            .p;
    if (!tags_parse(record, &t, &why))
        return arena_printf(a, "the key record holds %s", why).p;
    const struct tag *v = tags_find(&t, "v"), *k = tags_find(&t, "k"), *h = tags_find(&t, "h");
    const struct tag *s = tags_find(&t, "s"), *p = tags_find(&t, "p");
    if (v && (v != t.tag || !slice_eq(v->value, SLICE("DKIM1"))))
        return "the key record's version is not DKIM1";
    if (k && slice_ieq(k->value, SLICE("ed25519")))
        out->kind = CRYPT_ED25519;
    else if (k && !slice_ieq(k->value, SLICE("rsa")))
        return "the key is of a type that nobody defined";
    if (h && !list_has(h->value, "sha256", NULL))
        return "the key may not be used with SHA-256";
    if (s && !list_has(s->value, "email", "*"))
        return "the key is not for mail";
    struct slice flags = tags_value(&t, "t");
    out->is_testing = list_has(flags, "y", NULL);
    out->is_same_domain = list_has(flags, "s", NULL);
    if (p == NULL)
        return "the key record has no p=";
    struct slice bytes = tag_squeeze(a, p->value);
    out->is_revoked = bytes.n == 0;
    if (out->is_revoked)
        return "the key was revoked";
    return read_public(a, bytes, out);
}

static struct kept *find(struct slice record, struct kept **out_set)
{
    if (!has_cache_key)
        rand_bytes(cache_key, sizeof(cache_key));
    has_cache_key = true;
    struct kept *set = cache[hash_sip(record, cache_key) % SETS];
    *out_set = set;
    for (int i = 0; i < 2; i++) {
        if (set[i].key.key && slice_eq(set[i].record, record))
            return &set[i];
    }
    return NULL;
}

static void drop(struct kept *k)
{
    crypt_public_unref(k->key.key);
    free((void *)(uintptr_t)k->record.p);
    *k = (struct kept){0};
}

/* Only usable keys are kept: a bad record costs its sender's message alone. */
static void keep(struct kept *set, struct slice record, const struct dkim_key *key)
{
    char *copy = malloc(record.n + 1);
    if (copy == NULL)
        BUG("out of memory");
    memcpy(copy, record.p, record.n);
    drop(&set[1]);
    set[1] = set[0];
    set[0] = (struct kept){slice_of(copy, record.n), *key};
}

void dkim_key_read(struct arena *a, struct slice record, struct dkim_key *out)
{
    *out = (struct dkim_key){0};
    struct kept *set = NULL, *kept = record.n <= DKIM_KEY_BYTES ? find(record, &set) : NULL;
    if (kept) {
        *out = kept->key;
        out->was_cached = true;
        return;
    }
    n_read++;
    out->why = judge(a, record, out);
    if (set && out->why == NULL)
        keep(set, record, out);
}

uint64_t dkim_key_count(void)
{
    return n_read;
}

void dkim_key_forget(void)
{
    for (size_t i = 0; i < SETS; i++) {
        drop(&cache[i][0]);
        drop(&cache[i][1]);
    }
}
