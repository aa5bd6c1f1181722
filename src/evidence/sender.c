/* Who the message says it is from, and where answers go. */
#include "evidence/families.h"

#include "auth/auth.h"
#include "base/utf8.h"
#include "evidence/rules.h"
#include "mail/unicode.h"
#include "mail/url.h"

/* A mail address inside a display name: "service@bank.example" <x@other.example>. */
static struct slice address_in(struct slice name)
{
    size_t at = slice_chr(name, '@');
    if (at == SIZE_MAX || at == 0)
        return (struct slice){0};
    size_t end = at + 1, dots = 0;
    while (end < name.n &&
           (ascii_is_alnum(name.p[end]) || name.p[end] == '.' || name.p[end] == '-'))
        dots += name.p[end++] == '.';
    return dots ? slice_of(name.p + at + 1, end - at - 1) : (struct slice){0};
}

/* "C o i n b a s e": five single letters or more, parted by spaces. */
static bool is_spaced(struct slice s)
{
    size_t run = 0;
    for (size_t i = 0; i < s.n; i++) {
        bool single = ascii_is_alpha(s.p[i]) && (i == 0 || s.p[i - 1] == ' ') &&
                      (i + 1 == s.n || s.p[i + 1] == ' ');
        if (single && ++run >= 5)
            return true;
        if (!single && s.p[i] != ' ')
            run = 0;
    }
    return false;
}

/* A label such as "7t12jtewao": letters and digits change places four times or more. */
static bool is_random(struct slice label)
{
    int changes = 0;
    if (label.n < 6 || slice_starts(label, SLICE("xn--")))
        return false;
    for (size_t i = 1; i < label.n; i++)
        changes += ascii_is_digit(label.p[i]) != ascii_is_digit(label.p[i - 1]) &&
                   ascii_is_alnum(label.p[i]) && ascii_is_alnum(label.p[i - 1]);
    return changes >= 4;
}

static struct slice first_label(struct slice domain)
{
    size_t dot = slice_chr(domain, '.');
    return slice_head(domain, dot == SIZE_MAX ? domain.n : dot);
}

/* A word that looks like a well-known name and is not: "Iedger" with a capital I. */
static const struct brand *like_brand(struct evidence *e, struct slice name)
{
    struct slice word;
    name = slice_head(name, 256);
    while (slice_split(&name, ' ', &word)) {
        bool is_odd = false;
        for (size_t i = 0; i < word.n; i++)
            is_odd |= word.p[i] == 'I' || word.p[i] == 'l' || ascii_is_digit(word.p[i]) ||
                      (unsigned char)word.p[i] >= 0x80;
        if (!is_odd || brands_label(e->rules->brands, arena_lower(e->arena, word)))
            continue;
        const struct brand *b = brands_look_alike(e->rules->brands, e->arena, word);
        if (b)
            return b;
    }
    return NULL;
}

static void look_at_name(struct evidence *e)
{
    struct slice none = {0}, name = slice_trim(e->shown_name), first = {0};
    struct slice shown = address_in(name);
    if (shown.n)
        e->shown_address = arena_lower(e->arena, shown);
    if (shown.n && !e->is_list) {
        struct slice org = url_org_domain(e->arena, e->shown_address);
        bool is_proven = e->auth && auth_proves(e->auth, e->shown_address);
        if (org.n && !slice_eq(org, e->from_domain) && !is_proven)
            check_hit(e, CHECK_from_name_other_address, shown);
    }
    const struct brand *like = like_brand(e, name);
    if (like)
        check_hit(e, CHECK_from_name_like_brand, like->name);
    else if (mixed_words(name, 512, &first))
        check_hit(e, CHECK_from_name_mixed, first);
    else if (invisible_characters(name, 512) || is_spaced(name))
        check_hit(e, CHECK_from_name_disguised, name);
    if (name.n > 1 && !e->is_from_malformed &&
        (slice_ends(name, SLICE("_")) || slice_ends(name, SLICE(","))))
        check_hit(e, CHECK_from_name_odd, none);
    if (e->from_brand && !e->is_list && !brand_owns(e->from_brand, e->from_domain) &&
        !auth_brand_proven(e, e->from_brand))
        check_hit(e, CHECK_from_name_brand, e->from_brand->name);
}

static void look_at_domain(struct evidence *e)
{
    struct slice label = first_label(e->from_domain);
    const struct brand *like = brands_look_alike(e->rules->brands, e->arena, label);
    if (like && !brand_owns(like, e->from_domain)) {
        check_hit(e, CHECK_from_domain_like, like->name);
        return;
    }
    if (is_random(label))
        check_hit(e, CHECK_from_domain_random, e->from_domain);
    for (struct slice rest = label, word; slice_split(&rest, '-', &word);) {
        const struct brand *b = brands_label(e->rules->brands, word);
        if (b && !brand_owns(b, e->from_domain) && word.n < label.n) {
            check_hit(e, CHECK_from_domain_brand, e->from_domain);
            break;
        }
    }
}

static bool is_sendable(struct evidence *e, struct slice domain)
{
    return slice_chr(domain, '.') != SIZE_MAX && url_org_domain(e->arena, domain).n;
}

static void look_at_reply(struct evidence *e)
{
    const struct hosts *h = e->rules->hosts;
    const struct address *reply = e->m->reply_to;
    if (e->is_list || !reply || !e->reply_domain.n || slice_eq(e->reply_domain, e->from_domain)) {
        bool is_same = reply && slice_eq(e->reply_domain, e->from_domain);
        if (is_same && (hosts_find(h, e->reply_domain) & HOSTS_FREEMAIL) &&
            !slice_ieq(reply->local, e->from->local) && !e->is_list)
            check_hit(e, CHECK_reply_to_second_mailbox, reply->local);
        return;
    }
    if (!is_sendable(e, e->reply_domain))
        check_hit(e, CHECK_reply_to_nowhere, e->reply_domain);
    else if (hosts_find(h, e->reply_domain) & HOSTS_FREEMAIL)
        check_hit(e, CHECK_reply_to_freemail, e->reply_domain);
    else if (!e->auth || !auth_proves(e->auth, e->reply_domain))
        check_hit(e, CHECK_reply_to_other, e->reply_domain);
}

void family_sender(struct evidence *e)
{
    const struct address *from = e->from;
    if (!from)
        check_hit(e, CHECK_from_missing, (struct slice){0});
    else if (e->is_from_malformed)
        check_hit(e, CHECK_from_malformed, utf8_head(e->shown_name, 80));
    else if (anomaly_has(&e->m->anomalies, ANOMALY_from_twice) || (from->next && !e->m->sender))
        check_hit(e, CHECK_from_many, (struct slice){0});
    look_at_name(e);
    if (e->from_domain.n)
        look_at_domain(e);
    if (from)
        look_at_reply(e);
}
