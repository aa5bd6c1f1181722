/* Element names to numbers through a small hash table, filled at the first call. */
#include "mail/html_tag.h"

#include "base/hash.h"

#define SLOTS 512

#define HTML_TAG(name, flags) {#name, sizeof #name - 1, flags},
static const struct {
    const char *name;
    unsigned char n;
    unsigned char flags;
} tags[TAG_KNOWN] = {HTML_TAGS};
#undef HTML_TAG

/* A name of up to 16 bytes as numbers: with its length they tell it from every other. */
struct key {
    uint64_t head, tail;
};

static struct key keys[TAG_KNOWN];
static unsigned char slots[SLOTS]; /* number + 1 */
static bool filled;

static struct key key_of(struct slice name)
{
    struct key k = {0, 0};
    uint32_t a, b;
    if (name.n >= 8) { /* first and last eight bytes */
        memcpy(&k.head, name.p, 8);
        memcpy(&k.tail, name.p + name.n - 8, 8);
    } else if (name.n >= 4) {
        memcpy(&a, name.p, 4);
        memcpy(&b, name.p + name.n - 4, 4);
        k.head = a | (uint64_t)b << 32;
    } else if (name.n) {
        k.head = (unsigned char)name.p[0] | (uint64_t)(unsigned char)name.p[name.n / 2] << 8 |
                 (uint64_t)(unsigned char)name.p[name.n - 1] << 16;
    }
    return k;
}

static uint64_t hash_of(struct key k, size_t n)
{
    return hash_mix(k.head + n + k.tail * 3);
}

static void fill(void)
{
    for (unsigned i = 0; i < TAG_KNOWN; i++) {
        keys[i] = key_of(slice_of(tags[i].name, tags[i].n));
        size_t k = hash_of(keys[i], tags[i].n) % SLOTS;
        while (slots[k])
            k = (k + 1) % SLOTS;
        slots[k] = (unsigned char)(i + 1);
    }
    filled = true;
}

unsigned html_tag(struct slice name)
{
    if (!filled)
        fill();
    struct key key = key_of(name);
    uint64_t h = hash_of(key, name.n);
    for (size_t k = h % SLOTS; slots[k]; k = (k + 1) % SLOTS) {
        unsigned i = slots[k] - 1u;
        if (tags[i].n == name.n && keys[i].head == key.head && keys[i].tail == key.tail)
            return i;
    }
    return TAG_KNOWN + (unsigned)(h >> 32) % TAG_UNKNOWN;
}

unsigned html_tag_flags(unsigned tag)
{
    return tag < TAG_KNOWN ? tags[tag].flags : 0;
}
