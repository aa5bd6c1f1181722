/* Pseudonyms. See pseudonym.h. */
#include "journal/pseudonym.h"

#include <sodium.h>
#include <stdlib.h>

static int by_alias(const void *a, const void *b)
{
    return slice_cmp(((const struct mailbox_alias *)a)->alias,
                     ((const struct mailbox_alias *)b)->alias);
}

static bool is_domain(struct slice s)
{
    return s.n > 0 && s.p[0] == '@';
}

int mailboxes_sort(struct mailboxes *map, struct err *e)
{
    if (map->n == 0)
        return 0;
    qsort(map->aliases, map->n, sizeof(*map->aliases), by_alias);
    for (size_t i = 0; i < map->n; i++) {
        const struct mailbox_alias *x = &map->aliases[i];
        if (is_domain(x->alias) != is_domain(x->mailbox))
            return err_set(e, ERR_PARSE,
                           "\"%.*s\" is an alias of \"%.*s\": name two addresses, or two domains "
                           "that begin with @",
                           SLICE_ARG(x->alias), SLICE_ARG(x->mailbox));
        if (i > 0 && slice_eq(x[-1].alias, x->alias) && !slice_eq(x[-1].mailbox, x->mailbox))
            return err_set(e, ERR_EXISTS, "\"%.*s\" is an alias of both \"%.*s\" and \"%.*s\"",
                           SLICE_ARG(x->alias), SLICE_ARG(x[-1].mailbox), SLICE_ARG(x->mailbox));
    }
    return 0;
}

static const struct mailbox_alias *find(const struct mailboxes *map, struct slice alias)
{
    struct mailbox_alias key = {.alias = alias};
    return map && map->n ? bsearch(&key, map->aliases, map->n, sizeof(key), by_alias) : NULL;
}

static struct slice without_tag(struct arena *a, const struct mailboxes *map, struct slice s)
{
    char delimiter = map ? map->delimiter : '+';
    size_t at = slice_rchr(s, '@');
    struct slice local = at == SIZE_MAX ? s : slice_head(s, at);
    size_t tag = delimiter ? slice_chr(local, delimiter) : SIZE_MAX;
    if (tag == SIZE_MAX || tag == 0)
        return s;
    struct slice domain = at == SIZE_MAX ? SLICE("") : slice_from(s, at);
    return arena_printf(a, "%.*s%.*s", SLICE_ARG(slice_head(s, tag)), SLICE_ARG(domain));
}

struct slice mailbox_canonical(struct arena *a, const struct mailboxes *map, struct slice mailbox)
{
    struct slice s = without_tag(a, map, arena_lower(a, slice_trim(mailbox)));
    const struct mailbox_alias *x = find(map, s);
    if (x)
        return x->mailbox;
    size_t at = slice_rchr(s, '@');
    if (at == SIZE_MAX || !(x = find(map, slice_from(s, at))))
        return s;
    s = arena_printf(a, "%.*s%.*s", SLICE_ARG(slice_head(s, at)), SLICE_ARG(x->mailbox));
    x = find(map, s);
    return x ? x->mailbox : s;
}

void pseudonym_of(const unsigned char key[32], struct slice canonical, unsigned char out[16])
{
    memset(out, 0, 16);
    if (canonical.n)
        crypto_generichash(out, 16, (const unsigned char *)canonical.p, canonical.n, key, 32);
}
