/* The site's own domains and what looks like them. See own.h. */
#include "evidence/own.h"

#include "base/hash.h"
#include "evidence/lists.h"
#include "mail/url.h"

/* Shorter labels are one letter away from too many others. */
#define NEAR_LABEL 6
/* No name that DNS can carry is longer; foreign ones may be. */
#define HOST_BYTES 253

enum key { KEY_NAME = 1, KEY_SKELETON };

struct slot {
    uint64_t key;
    struct slice domain;
};

struct own_names {
    struct slot *slots;
    size_t room;
    struct slice *domains; /* organisational, each once as it comes */
    size_t n;
};

static uint64_t key_of(enum key kind, struct slice s)
{
    /* Above seven bytes: else a short name would meet another of the other kind. */
    uint64_t key = hash_bytes(s, 0x6f776e ^ (uint64_t)kind << 56);
    return key ? key : 1;
}

static struct slot *slot_of(const struct own_names *o, enum key kind, struct slice s)
{
    uint64_t key = key_of(kind, s);
    size_t i = key & (o->room - 1);
    while (o->slots[i].key && o->slots[i].key != key)
        i = (i + 1) & (o->room - 1);
    return &o->slots[i];
}

static void put(struct own_names *o, enum key kind, struct slice s, struct slice domain)
{
    *slot_of(o, kind, s) = (struct slot){key_of(kind, s), domain};
}

/* The name as people see it. */
static struct slice skeleton(struct arena *a, struct slice domain)
{
    return brands_skeleton(a, url_host_unicode(a, domain));
}

struct own_names *own_open(struct arena *a, const struct conf_list *domains)
{
    struct own_names *o = ARENA_NEW(a, struct own_names);
    o->room = 16;
    while (o->room < 8 * (domains->n + 1))
        o->room *= 2;
    o->slots = ARENA_ARRAY(a, struct slot, o->room);
    o->domains = ARENA_ARRAY(a, struct slice, domains->n + 1);
    for (size_t i = 0; i < domains->n; i++) {
        struct slice host;
        if (!url_host(a, domains->items[i], true, &host) || host.n == 0)
            continue;
        struct slice org = url_org_domain(a, host);
        if (org.n == 0)
            org = host;
        put(o, KEY_NAME, host, host);
        put(o, KEY_SKELETON, skeleton(a, org), org);
        o->domains[o->n++] = org;
    }
    return o;
}

bool own_has(const struct own_names *o, struct slice host)
{
    while (o && host.n && host.n <= HOST_BYTES) {
        if (slot_of(o, KEY_NAME, host)->domain.n)
            return true;
        size_t dot = slice_chr(host, '.');
        host = dot == SIZE_MAX ? (struct slice){0} : slice_from(host, dot + 1);
    }
    return false;
}

static struct slice label_of(struct slice domain)
{
    size_t dot = slice_chr(domain, '.');
    return slice_head(domain, dot == SIZE_MAX ? domain.n : dot);
}

/* One letter more, less, other, or two changed in place. */
static bool is_near(struct slice a, struct slice b)
{
    if (a.n > b.n) {
        struct slice t = a;
        a = b;
        b = t;
    }
    if (b.n - a.n > 1 || a.n < NEAR_LABEL)
        return false;
    size_t i = 0;
    while (i < a.n && a.p[i] == b.p[i])
        i++;
    if (a.n < b.n)
        return slice_eq(slice_from(a, i), slice_from(b, i + 1));
    if (i == a.n)
        return false;
    if (slice_eq(slice_from(a, i + 1), slice_from(b, i + 1)))
        return true;
    return i + 1 < a.n && a.p[i] == b.p[i + 1] && a.p[i + 1] == b.p[i] &&
           slice_eq(slice_from(a, i + 2), slice_from(b, i + 2));
}

enum own_like own_looks_like(const struct own_names *o, struct arena *a, struct slice org_domain,
                             struct slice *out_domain)
{
    if (!o || o->n == 0 || org_domain.n == 0 || org_domain.n > HOST_BYTES || own_has(o, org_domain))
        return OWN_NOT;
    const struct slot *slot = slot_of(o, KEY_SKELETON, skeleton(a, org_domain));
    if (slot->domain.n) {
        *out_domain = slot->domain;
        return slice_eq(slot->domain, org_domain) ? OWN_NOT : OWN_SKELETON;
    }
    for (size_t i = 0; i < o->n && i < OWN_NEAR; i++) {
        if (slice_eq(o->domains[i], org_domain))
            return OWN_NOT;
        if (is_near(label_of(o->domains[i]), label_of(org_domain))) {
            *out_domain = o->domains[i];
            return OWN_NEAR_MISS;
        }
    }
    return OWN_NOT;
}
