/* Allow and block lists of the site and of recipients. */
#include "verdict/policy_internal.h"

#include "base/lang.h"
#include "charter/charter.h"

#include <arpa/inet.h>

/* A proven or network entry settles the matter; a name alone can be forged and only leans. */
#define LIST_ALLOW_PROVEN   (-20.0)
#define LIST_ALLOW_UNPROVEN (-4.0)
#define LIST_BLOCK          20.0

static const unsigned char MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* "192.0.2.1" or "2001:db8::1" as 16 bytes, IPv4 mapped. */
static bool read_ip(struct slice s, unsigned char out[16], bool *out_is_ipv6)
{
    char text[INET6_ADDRSTRLEN + 1];
    if (s.n == 0 || s.n >= sizeof text)
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    *out_is_ipv6 = slice_chr(s, ':') != SIZE_MAX;
    if (*out_is_ipv6)
        return inet_pton(AF_INET6, text, out) == 1;
    memcpy(out, MAPPED, sizeof MAPPED);
    return inet_pton(AF_INET, text, out + 12) == 1;
}

static int read_network(struct slice word, struct err *e, struct policy_entry *out)
{
    struct slice rest = word, ip = {0};
    slice_split(&rest, '/', &ip);
    bool is_ipv6 = false;
    uint64_t prefix = 0;
    if (!read_ip(ip, out->net, &is_ipv6))
        return err_set(e, ERR_PARSE, "\"%.*s\" is no address, domain or network", SLICE_ARG(word));
    if (ip.n == word.n)
        prefix = is_ipv6 ? 128 : 32;
    else if (!slice_u64(rest, &prefix) || prefix > 128)
        return err_set(e, ERR_PARSE, "\"%.*s\" has a bad prefix length", SLICE_ARG(word));
    if (!charter_network_ok(is_ipv6, (int)prefix))
        return err_set(e, ERR_DENIED,
                       "\"%.*s\" is wider than %s: many people would pay for one (charter)",
                       SLICE_ARG(word), is_ipv6 ? "/48" : "/24");
    out->bits = (int)prefix + (is_ipv6 ? 0 : 96);
    return 0;
}

static bool is_domain(struct slice s)
{
    if (slice_chr(s, '.') == SIZE_MAX || s.n > 253)
        return false;
    bool has_letter = false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (!ascii_is_alnum(s.p[i]) && c != '-' && c != '.' && c != '_' && c < 0x80)
            return false;
        has_letter |= ascii_is_alpha(s.p[i]) || c >= 0x80;
    }
    return has_letter;
}

static int read_entry(struct arena *a, struct slice word, struct err *e, struct policy_entry *out)
{
    *out = (struct policy_entry){.word = word, .bits = -1};
    size_t at = slice_rchr(word, '@');
    struct slice domain = at == SIZE_MAX ? word : slice_from(word, at + 1);
    if (at == SIZE_MAX && slice_starts(domain, SLICE("*.")))
        domain = slice_from(domain, 2);
    if (!is_domain(domain))
        return read_network(word, e, out);
    if (at != SIZE_MAX && at > 0)
        out->address = arena_lower(a, word);
    else
        out->domain = arena_lower(a, domain);
    return 0;
}

int policy_read_list(struct arena *a, const struct conf_list *from, struct err *e,
                     struct policy_list *out)
{
    out->n = from->n;
    out->entries = ARENA_ARRAY(a, struct policy_entry, from->n + 1);
    for (size_t i = 0; i < from->n; i++) {
        int err = read_entry(a, from->items[i], e, &out->entries[i]);
        if (err)
            return err;
    }
    return 0;
}

static bool in_domain(struct slice host, struct slice domain)
{
    if (host.n == domain.n)
        return slice_ieq(host, domain);
    return host.n > domain.n && slice_iends(host, domain) && host.p[host.n - domain.n - 1] == '.';
}

static bool in_network(struct slice ip, const struct policy_entry *n)
{
    unsigned char address[16];
    bool is_ipv6 = false;
    if (n->bits < 0 || !read_ip(ip, address, &is_ipv6))
        return false;
    size_t whole = (size_t)n->bits / 8, rest = (size_t)n->bits % 8;
    if (memcmp(address, n->net, whole))
        return false;
    unsigned mask = rest ? 0xffu << (8 - rest) : 0;
    return !rest || ((address[whole] ^ n->net[whole]) & mask & 0xff) == 0;
}

static struct slice domain_of(struct slice address)
{
    size_t at = slice_rchr(address, '@');
    return at == SIZE_MAX ? (struct slice){0} : slice_from(address, at + 1);
}

const struct policy_entry *policy_match(const struct policy_list *list,
                                        const struct policy_sender *s, bool *out_proven)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct policy_entry *n = &list->entries[i];
        *out_proven = true;
        if (in_network(s->client_ip, n))
            return n;
        for (size_t k = 0; k < s->n; k++) {
            struct slice host = domain_of(s->addresses[k]);
            bool hit = n->address.n ? slice_ieq(n->address, s->addresses[k])
                                    : n->domain.n && host.n && in_domain(host, n->domain);
            if (!hit)
                continue;
            *out_proven = false;
            for (size_t d = 0; d < s->n_proven; d++)
                *out_proven |= in_domain(host, s->proven[d]);
            return n;
        }
    }
    return NULL;
}

void policy_look(const struct policy_lists_of *l, const struct policy_sender *s,
                 struct findings *all)
{
    bool is_site = l->is_site;
    bool is_proven = false;
    const struct policy_entry *n = policy_match(l->allow_proven, s, &is_proven);
    if (!n || !is_proven)
        n = policy_match(l->allow, s, &is_proven);
    if (n && !is_proven && s->is_refuted)
        n = NULL; /* somebody writes that name who may not */
    struct finding f = {.kind = is_site ? FINDING_OPERATOR : FINDING_USER, .source = "site"};
    if (!is_site)
        f.source = "recipient";
    if (n) {
        f.name = is_site ? "operator_allow" : "user_allow";
        f.points = is_proven ? LIST_ALLOW_PROVEN : LIST_ALLOW_UNPROVEN;
        f.reason = is_proven ? N_("its sender is on the list of those to let through: %s")
                             : N_("its sender, not proven, is on the list of those to let "
                                  "through: %s");
        f.detail = n->word;
        f.forces = is_proven;
        finding_add(all, &f);
        return;
    }
    n = policy_match(l->block, s, &is_proven);
    if (n) {
        f.name = is_site ? "operator_block" : "user_block";
        f.points = LIST_BLOCK;
        f.reason = N_("its sender is on the list of those to keep out: %s");
        f.detail = n->word;
        f.forces = true;
        finding_add(all, &f);
    }
}

void policy_lists(const struct policy *p, struct slice rcpt, const struct policy_sender *s,
                  struct findings *all)
{
    for (const struct policy_block *b = p ? p->blocks : NULL; b; b = b->next) {
        bool is_site = b->level == LEVEL_SITE;
        if (is_site == slice_is_empty(rcpt) && policy_applies(b, rcpt))
            policy_look(&(struct policy_lists_of){&b->allow, &b->allow_proven, &b->block, is_site},
                        s, all);
    }
}
