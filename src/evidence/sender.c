/* Who the message says it is from, and where answers go. */
#include "evidence/families.h"

#include "mail/url.h"

/* A mail address inside a display name: "service@bank.example" <x@other.example>. */
static struct slice address_in(struct slice name)
{
    size_t at = slice_chr(name, '@');
    if (at == SIZE_MAX || at == 0)
        return (struct slice){0};
    size_t end = at + 1, dot = 0;
    while (end < name.n &&
           (ascii_is_alnum(name.p[end]) || name.p[end] == '.' || name.p[end] == '-'))
        dot += name.p[end++] == '.';
    return dot ? slice_of(name.p + at + 1, end - at - 1) : (struct slice){0};
}

void family_sender(struct evidence *e)
{
    const struct address *from = e->m->from;
    if (!from || slice_is_empty(from->domain)) {
        check_hit(e, CHECK_from_missing, (struct slice){0});
        return;
    }
    struct slice shown = address_in(from->display);
    if (shown.n) {
        struct slice host = arena_lower(e->arena, shown);
        struct slice org = url_org_domain(e->arena, host);
        if (org.n && !slice_eq(org, e->from_domain) && !e->is_list)
            check_hit(e, CHECK_from_name_other_address, shown);
    }
    if (e->reply_domain.n && !e->is_list && !slice_eq(e->reply_domain, e->from_domain))
        check_hit(e, CHECK_reply_to_other, e->reply_domain);
}
