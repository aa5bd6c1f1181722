/* The domain itself and the hosts that take its mail: MX, addresses, reverse names, DANE. */
#include "auth/dnscheck_internal.h"
#include "base/ip.h"

#define ADDRESSES 4 /* looked at of one host and family */

/* ---- existence and DNSSEC ---- */

void check_domain(struct check *c)
{
    const struct dns_answer *a = check_ask(c, c->domain, DNS_SOA);
    const struct dns_answer *mx = check_ask(c, c->domain, DNS_MX);
    if (a == NULL || mx == NULL)
        return;
    if (check_unknown(c, DNSCHECK_DOMAIN, a, c->domain))
        return;
    if (a->status == ASK_NXDOMAIN && mx->status == ASK_NXDOMAIN) {
        check_add(c, DNSCHECK_DOMAIN, DNSCHECK_PROBLEM, 1, N_("%s does not exist"), c->domain);
        return;
    }
    struct dnscheck_item *i;
    if (a->is_secure) {
        check_add(c, DNSCHECK_DOMAIN, DNSCHECK_OK, 0, N_("%s is signed with DNSSEC"), c->domain);
    } else {
        i = check_add(c, DNSCHECK_DOMAIN, DNSCHECK_MISSING, 7, N_("%s is not signed with DNSSEC"),
                      c->domain);
        i->advice = N_("Have your DNS host sign the zone and hand the DS record to your registrar: "
                       "only then can nobody forge the records below, and DANE becomes possible.");
    }
}

/* ---- MX ---- */

static void sort_mx(struct dnscheck *d)
{
    for (size_t i = 1; i < d->n_mx; i++) {
        for (size_t k = i; k > 0 && d->mx[k].preference < d->mx[k - 1].preference; k--) {
            struct dnscheck_mx t = d->mx[k];
            d->mx[k] = d->mx[k - 1];
            d->mx[k - 1] = t;
        }
    }
}

bool check_read_mx(struct check *c, const struct dns_answer **out_answer)
{
    struct dnscheck *d = c->out;
    const struct dns_answer *a = check_ask(c, c->domain, DNS_MX);
    d->n_mx = 0;
    d->is_null_mx = false;
    *out_answer = a;
    if (a == NULL || (a->status != ASK_OK && a->status != ASK_NODATA && a->status != ASK_NXDOMAIN))
        return false;
    for (size_t i = 0; i < a->n && d->n_mx < DNSCHECK_MX; i++) {
        struct dnscheck_mx m;
        if (!dns_mx(c->arena, a->rdata[i], &m.preference, &m.name))
            continue;
        d->is_null_mx |= m.name.n == 0;
        d->mx[d->n_mx++] = m;
    }
    sort_mx(d);
    return true;
}

/* Addresses that nobody outside can reach. */
static bool is_private(const struct ip *ip)
{
    static const char *const nets[] = {"10.0.0.0/8",    "172.16.0.0/12", "192.168.0.0/16",
                                       "100.64.0.0/10", "127.0.0.0/8",   "169.254.0.0/16",
                                       "0.0.0.0/8",     "::1/128",       "fc00::/7",
                                       "fe80::/10",     "::/128"};
    for (size_t i = 0; i < sizeof(nets) / sizeof(*nets); i++) {
        struct net n;
        if (net_parse(slice_str(nets[i]), &n) && net_has(&n, ip))
            return true;
    }
    return false;
}

/* Addresses of a host: as many as fit, how many there are. false: an answer waits. */
static bool addresses(struct check *c, struct slice name, struct ip out[2 * ADDRESSES], size_t *n,
                      bool *unknown)
{
    static const enum dns_type types[] = {DNS_A, DNS_AAAA};
    const struct dns_answer *a[2];
    *n = 0;
    *unknown = false;
    for (int t = 0; t < 2; t++)
        a[t] = check_ask(c, name, types[t]);
    if (a[0] == NULL || a[1] == NULL)
        return false;
    for (int t = 0; t < 2; t++) {
        *unknown |= a[t]->status != ASK_OK && a[t]->status != ASK_NODATA &&
                    a[t]->status != ASK_NXDOMAIN;
        for (size_t i = 0; i < a[t]->n && i < ADDRESSES; i++) {
            struct ip ip = {.is_v4 = t == 0};
            size_t bytes = t == 0 ? 4 : 16;
            if (a[t]->rdata[i].n != bytes)
                continue;
            if (t == 0)
                memset(ip.byte + 10, 0xFF, 2);
            memcpy(ip.byte + 16 - bytes, a[t]->rdata[i].p, bytes);
            out[(*n)++] = ip;
        }
    }
    return true;
}

static void check_host(struct check *c, const struct dnscheck_mx *m)
{
    struct ip ip[2 * ADDRESSES], literal;
    size_t n;
    bool unknown;
    struct dnscheck_item *i = NULL;
    const struct dns_answer *alias = check_ask(c, m->name, DNS_CNAME);
    if (!addresses(c, m->name, ip, &n, &unknown) || alias == NULL)
        return;
    if (ip_parse(m->name, &literal)) {
        i = check_add(c, DNSCHECK_MX_HOSTS, DNSCHECK_PROBLEM, 1,
                      N_("an MX record holds the address %s instead of a name"), m->name);
        i->advice = N_("Give the server a name with an address record, and put that name into the "
                       "MX record (RFC 5321 section 5.1).");
    } else if (alias->status == ASK_OK && alias->n) {
        i = check_add(c, DNSCHECK_MX_HOSTS, DNSCHECK_PROBLEM, 3,
                      N_("the mail server %s is only an alias (CNAME)"), m->name);
        i->advice = N_("Put the real name into the MX record: some servers refuse aliases there "
                       "(RFC 2181 section 10.3).");
    } else if (n == 0 && unknown) {
        check_add(c, DNSCHECK_MX_HOSTS, DNSCHECK_UNKNOWN, 0, N_("no answer could be had for %s"),
                  m->name);
    } else if (n == 0) {
        i = check_add(c, DNSCHECK_MX_HOSTS, DNSCHECK_PROBLEM, 1,
                      N_("the mail server %s has no address"), m->name);
        i->advice = N_("Publish its A or AAAA record, or take the MX record away.");
    }
    bool is_hidden = n > 0;
    for (size_t k = 0; k < n; k++)
        is_hidden &= is_private(&ip[k]);
    if (is_hidden) {
        i = check_add(c, DNSCHECK_MX_HOSTS, DNSCHECK_PROBLEM, 1,
                      N_("the mail server %s has only addresses that nobody outside can reach"),
                      m->name);
        i->advice = N_("Publish its public address.");
    }
    if (i)
        i->name = m->name;
}

void check_mx(struct check *c)
{
    const struct dns_answer *a;
    struct dnscheck *d = c->out;
    struct ip ip[2 * ADDRESSES];
    size_t n, before = d->n;
    bool unknown;
    if (!check_read_mx(c, &a)) {
        if (a)
            check_unknown(c, DNSCHECK_MX_HOSTS, a, c->domain);
        return;
    }
    if (d->is_null_mx && d->n_mx == 1) {
        check_add(c, DNSCHECK_MX_HOSTS, DNSCHECK_OK, 0, N_("%s says that it takes no mail"),
                  c->domain);
        return;
    }
    if (d->is_null_mx) {
        struct dnscheck_item *i = check_add(
            c, DNSCHECK_MX_HOSTS, DNSCHECK_PROBLEM, 1,
            N_("%s says that it takes no mail, and names mail servers besides"), c->domain);
        i->advice = N_("Keep either the null MX (\"0 .\") or the others (RFC 7505 section 3).");
    }
    if (d->n_mx == 0 && addresses(c, c->domain, ip, &n, &unknown)) {
        struct dnscheck_item *i =
            n ? check_add(c, DNSCHECK_MX_HOSTS, DNSCHECK_WARNING, 4,
                          N_("%s has no MX record; mail goes to its address record"), c->domain)
              : check_add(c, DNSCHECK_MX_HOSTS, DNSCHECK_MISSING, 3,
                          N_("%s has no mail server: nobody can answer its mail"), c->domain);
        i->advice = N_("Publish an MX record that names your mail server; or, when the domain "
                       "shall never get mail, the null MX.");
        i->publish_name = c->domain;
        i->publish = n ? arena_printf(c->arena, "MX 10 %.*s.", SLICE_ARG(c->domain))
                       : SLICE("MX 0 .");
    }
    for (size_t i = 0; i < d->n_mx; i++) {
        if (d->mx[i].name.n)
            check_host(c, &d->mx[i]);
    }
    if (d->n == before && d->n_mx && !c->is_waiting)
        check_add(c, DNSCHECK_MX_HOSTS, DNSCHECK_OK, 0, N_("mail goes to %s"), d->mx[0].name);
}

/* ---- reverse names ---- */

/* Does one of the names that the address has lead back to it? 1 yes, 0 no, -1 waits. */
static int leads_back(struct check *c, const struct dns_answer *ptr, const struct ip *ip)
{
    int found = 0;
    for (size_t i = 0; i < ptr->n && i < ADDRESSES; i++) {
        struct slice name;
        struct ip back[2 * ADDRESSES];
        size_t n;
        bool unknown;
        if (!dns_name(c->arena, ptr->rdata[i], &name))
            continue;
        if (!addresses(c, name, back, &n, &unknown)) {
            found = found ? found : -1;
            continue;
        }
        for (size_t k = 0; k < n; k++) {
            if (memcmp(back[k].byte, ip->byte, 16) == 0)
                found = 1;
        }
    }
    return found;
}

static void check_address(struct check *c, struct slice host, const struct ip *ip)
{
    char room[46];
    struct slice text = arena_dup(c->arena, slice_of(room, ip_format(ip, room)));
    const struct dns_answer *a = check_ask(c, dns_reverse_name(c->arena, text), DNS_PTR);
    struct dnscheck_item *i = NULL;
    if (a == NULL || (a->status != ASK_OK && a->status != ASK_NODATA && a->status != ASK_NXDOMAIN))
        return;
    int back = leads_back(c, a, ip);
    if (a->n == 0)
        i = check_add(c, DNSCHECK_REVERSE, DNSCHECK_WARNING, 4,
                      N_("the address %s of a mail server has no reverse name"), text);
    else if (back == 0)
        i = check_add(c, DNSCHECK_REVERSE, DNSCHECK_WARNING, 4,
                      N_("the reverse name of the mail server's address %s does not lead back to "
                         "it"),
                      text);
    if (i == NULL)
        return;
    i->name = host;
    i->advice = N_("If mail is sent from this address, too, many servers refuse it. Ask whoever "
                   "gave you the address for a reverse name (PTR) that has this address.");
    i->publish_name = dns_reverse_name(c->arena, text);
    i->publish = arena_printf(c->arena, "PTR %.*s.", SLICE_ARG(host));
}

void check_reverse(struct check *c)
{
    const struct dns_answer *a;
    struct dnscheck *d = c->out;
    size_t before = d->n, n_addresses = 0;
    if (!check_read_mx(c, &a) || d->is_null_mx)
        return;
    for (size_t i = 0; i <= d->n_mx && i < DNSCHECK_MX; i++) {
        struct ip ip[2 * ADDRESSES];
        size_t n;
        bool unknown;
        struct slice host = i < d->n_mx ? d->mx[i].name : c->domain;
        if ((i == d->n_mx && d->n_mx) || host.n == 0 || !addresses(c, host, ip, &n, &unknown))
            continue;
        n_addresses += n;
        for (size_t k = 0; k < n; k++)
            check_address(c, host, &ip[k]);
    }
    if (d->n == before && n_addresses && !c->is_waiting)
        check_add(c, DNSCHECK_REVERSE, DNSCHECK_OK, 0,
                  N_("the mail servers' addresses have reverse names that lead back"), SLICE(""));
}

/* ---- DANE ---- */

/* What RFC 7672 section 3.1 makes of one record: usages 0 and 1 mean nothing to SMTP. */
static void check_tlsa(struct check *c, struct slice name, const struct dns_answer *a)
{
    size_t usable = 0;
    struct dnscheck_item *i = NULL;
    for (size_t k = 0; k < a->n; k++)
        usable += a->rdata[k].n > 3 && (a->rdata[k].p[0] == 2 || a->rdata[k].p[0] == 3);
    if (!a->is_secure) {
        i = check_add(c, DNSCHECK_DANE, DNSCHECK_WARNING, 5,
                      N_("the TLSA record %s counts for nothing: it is not signed"), name);
        i->advice = N_("Sign the zone of the mail server with DNSSEC.");
    } else if (usable == 0) {
        i = check_add(c, DNSCHECK_DANE, DNSCHECK_PROBLEM, 3,
                      N_("the TLSA record %s is of a kind that mail does not use"), name);
        i->advice = N_("Publish one of usage 3 (your own key): \"3 1 1\" and the SHA-256 of the "
                       "certificate's public key (RFC 7672 section 3.1).");
    } else {
        i = check_add(c, DNSCHECK_DANE, DNSCHECK_OK, 0, N_("DANE protects delivery: %s"), name);
    }
    i->name = name;
}

void check_dane(struct check *c)
{
    const struct dns_answer *mx;
    struct dnscheck *d = c->out;
    size_t missing = 0, found = 0;
    struct slice first = SLICE("");
    if (!check_read_mx(c, &mx) || d->is_null_mx)
        return;
    for (size_t i = 0; i < d->n_mx; i++) {
        if (d->mx[i].name.n == 0)
            continue;
        struct slice name = arena_printf(c->arena, "_25._tcp.%.*s", SLICE_ARG(d->mx[i].name));
        const struct dns_answer *a = check_ask(c, name, DNS_TLSA);
        if (a == NULL)
            continue;
        if (a->status == ASK_OK && a->n) {
            check_tlsa(c, name, a);
            found++;
        } else if (!check_unknown(c, DNSCHECK_DANE, a, name)) {
            first = missing++ ? first : name;
        }
    }
    if (missing == 0 || c->is_waiting)
        return;
    struct dnscheck_item *i = found ? check_add(c, DNSCHECK_DANE, DNSCHECK_WARNING, 5,
                                                N_("some mail servers have no TLSA record: %s"),
                                                first)
                                    : check_add(c, DNSCHECK_DANE, DNSCHECK_MISSING, 8,
                                                N_("no DANE: %s has no TLSA record"), first);
    i->name = first;
    i->advice = N_("With DNSSEC in place, publish \"3 1 1\" and the SHA-256 of the certificate's "
                   "public key for each mail server; change it before the key changes.");
}
