/* Who counts as one source. See party.h. */
#include "desk/party.h"

#include "mail/url.h"

static bool is_named(const struct conf_list *list, struct slice domain, bool or_below)
{
    for (size_t i = 0; i < list->n; i++) {
        struct slice one = list->items[i];
        if (slice_ieq(domain, one) || (or_below && domain.n > one.n && slice_iends(domain, one) &&
                                       domain.p[domain.n - one.n - 1] == '.'))
            return true;
    }
    return false;
}

/* The name without what providers ignore in it. */
static struct slice plain(struct arena *a, struct slice local)
{
    size_t plus = slice_chr(local, '+'), n = 0;
    struct slice s = arena_lower(a, plus != SIZE_MAX && plus > 0 ? slice_head(local, plus) : local);
    char *out = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '.')
            out[n++] = s.p[i];
    return slice_of(out, n);
}

struct party desk_party(struct arena *a, const struct desk_settings *s, const struct conf_list *own,
                        struct slice mailbox)
{
    struct party none = {PARTY_NONE, {0}};
    size_t at = mailbox.n;
    while (at && mailbox.p[at - 1] != '@')
        at--;
    if (at < 2)
        return none;
    struct slice domain = arena_lower(a, slice_from(mailbox, at));
    while (domain.n && domain.p[domain.n - 1] == '.')
        domain.n--;
    if (is_named(own, domain, true))
        return (struct party){PARTY_OWN, {0}};
    if (is_named(&s->public_mail, domain, false)) {
        struct slice name = plain(a, slice_head(mailbox, at - 1));
        return (struct party){PARTY_PERSON,
                              arena_printf(a, "%.*s@%.*s", SLICE_ARG(name), SLICE_ARG(domain))};
    }
    struct slice org = url_org_domain(a, domain);
    return org.n ? (struct party){PARTY_ORGANISATION, org} : none;
}
