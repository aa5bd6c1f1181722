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

static unsigned char slots[SLOTS]; /* number + 1 */
static bool filled;

static uint64_t hash_of(struct slice name)
{
    uint64_t head = 0;
    memcpy(&head, name.p, name.n < 8 ? name.n : 8);
    if (name.n > 8)
        head ^= hash_bytes(name, 7);
    return hash_mix(head + name.n);
}

static void fill(void)
{
    for (unsigned i = 0; i < TAG_KNOWN; i++) {
        size_t k = hash_of(slice_of(tags[i].name, tags[i].n)) % SLOTS;
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
    uint64_t h = hash_of(name);
    for (size_t k = h % SLOTS; slots[k]; k = (k + 1) % SLOTS) {
        unsigned i = slots[k] - 1u;
        if (tags[i].n == name.n && memcmp(tags[i].name, name.p, name.n) == 0)
            return i;
    }
    return TAG_KNOWN + (unsigned)(h >> 32) % TAG_UNKNOWN;
}

unsigned html_tag_flags(unsigned tag)
{
    return tag < TAG_KNOWN ? tags[tag].flags : 0;
}
