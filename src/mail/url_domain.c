/* Organisational domains by the public suffix list (libpsl with the distribution's list data,
 * opened once). A small direct-mapped cache answers the hosts that one mail repeats. */
#include "mail/url.h"

#include "base/hash.h"
#include "mail/url_parts.h"

#include <libpsl.h>

#define CACHE_SLOTS 256
#define CACHE_HOST  48
#define HOST_MAX    253

struct cached {
    uint64_t hash;
    unsigned char n, start;
    char host[CACHE_HOST];
};

const struct psl_ctx_st *url_suffix_list(void)
{
    static const psl_ctx_t *opened;
    if (!opened) {
        psl_ctx_t *fresh = psl_latest(NULL);
        opened = fresh ? fresh : psl_builtin();
    }
    return opened;
}

/* Offset of the registrable domain in host; host.n when there is none. */
static size_t registrable(struct slice host)
{
    char name[HOST_MAX + 1];
    if (host.n > HOST_MAX)
        return host.n;
    for (size_t i = 0; i < host.n; i++)
        name[i] = ascii_lower(host.p[i]);
    name[host.n] = '\0';
    const char *r = memchr(name, '\0', host.n) ? NULL : url_suffix_registrable(name);
    return r ? (size_t)(r - name) : host.n;
}

struct slice url_org_domain(struct arena *a, struct slice host)
{
    static struct cached cache[CACHE_SLOTS];
    struct slice none = {0};
    while (host.n && host.p[host.n - 1] == '.')
        host.n--;
    if (host.n == 0 || url_host_is_ip(host) || slice_chr(host, '.') == SIZE_MAX)
        return none;
    struct slice r;
    if (host.n > CACHE_HOST) {
        r = slice_from(host, registrable(host));
    } else {
        uint64_t h = hash_bytes(host, 0);
        struct cached *c = &cache[h % CACHE_SLOTS];
        if (c->hash != h || c->n != host.n || memcmp(c->host, host.p, host.n) != 0) {
            c->hash = h;
            c->n = (unsigned char)host.n;
            memcpy(c->host, host.p, host.n);
            c->start = (unsigned char)registrable(host);
        }
        r = slice_from(host, c->start);
    }
    if (r.n == 0)
        return none;
    for (size_t i = 0; i < r.n; i++)
        if (r.p[i] >= 'A' && r.p[i] <= 'Z')
            return arena_lower(a, r);
    return r;
}

void url_warm(void)
{
    (void)url_suffix_list();
    url_suffix_warm();
    url_host_warm();
}
