/* Whom to tell. See route.h. */
#include "desk/route.h"

#include "base/clock.h"
#include "base/lang.h"
#include "desk/case.h"

#define LINKS_TOLD 5u

static bool is_within(struct slice domain, const struct slice *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct slice own = list[i];
        if (slice_ieq(domain, own))
            return true;
        if (domain.n > own.n && domain.p[domain.n - own.n - 1] == '.' && slice_iends(domain, own))
            return true;
    }
    return false;
}

static bool is_signed_by_author(const struct desk_report *r)
{
    struct slice rest = r->original.dkim, one, domain = r->original.from_domain;
    while (slice_split(&rest, ' ', &one)) {
        if (one.n && (slice_ieq(one, domain) || is_within(domain, &one, 1)))
            return true;
    }
    return false;
}

bool desk_route_is_lawful_bulk(const struct desk_report *r)
{
    return r->original.has_header && r->original.has_unsubscribe && r->original.from_domain.n &&
           is_signed_by_author(r);
}

static bool is_own(const struct desk_report *r, const struct route_book *b, const struct ip *ip)
{
    if (ip && net_any(b->networks, b->n_networks, ip))
        return true;
    /* A name alone is easily borrowed: the domain's own signature must stand behind it. */
    return is_within(r->original.from_domain, b->domains, b->n_domains) && is_signed_by_author(r);
}

size_t desk_route_find(const struct desk_report *r, const struct route_book *b, struct arena *a,
                       struct route_of *out)
{
    struct ip ip;
    enum charter_harm harm = HARM_SPAM;
    size_t n = 0;
    bool has_harm = case_harm(r->category, &harm);
    bool has_ip = r->original.has_header && ip_parse(r->original.source_ip, &ip);
    if (!has_harm) { /* "this was no spam", other: for this site's own desk */
        out[n++] = (struct route_of){.to = ROUTE_OWN_USER};
        return n;
    }
    if (is_own(r, b, has_ip ? &ip : NULL))
        out[n++] = (struct route_of){.to = ROUTE_OWN_USER};
    else if (has_ip)
        out[n++] = (struct route_of){ROUTE_NETWORK, b->abuse, b->abuse_source};
    if (!charter_is_live_harm(harm) && desk_route_is_lawful_bulk(r))
        out[n++] = (struct route_of){
            ROUTE_SENDER, arena_printf(a, "abuse@%.*s", SLICE_ARG(r->original.from_domain)),
            SLICE("RFC 2142")};
    if (charter_is_live_harm(harm)) {
        if (r->n_links)
            out[n++] = (struct route_of){ROUTE_REGISTRAR, b->registrar, SLICE("settings")};
        out[n++] = (struct route_of){ROUTE_CSIRT, b->csirt, SLICE("settings")};
    } else if (b->authority.n) {
        out[n++] = (struct route_of){ROUTE_AUTHORITY, b->authority, SLICE("settings")};
    }
    if (b->partners.n)
        out[n++] = (struct route_of){ROUTE_PARTNERS, b->partners, SLICE("settings")};
    if (n == 0)
        out[n++] = (struct route_of){.to = ROUTE_NETWORK};
    return n;
}

static void put(json_t *o, const char *name, struct slice s)
{
    if (s.n)
        json_object_set_new(o, name, json_stringn(s.p, s.n));
}

json_t *desk_route_facts(const struct desk_report *r)
{
    const struct desk_original *m = &r->original;
    char when[32], sum[65];
    json_t *o = json_object(), *links = json_array(), *files = json_array();
    put(o, "category", slice_str(desk_category_name(r->category)));
    if (m->has_header)
        put(o, "source_ip", m->source_ip);
    put(o, "from_domain", m->from_domain);
    put(o, "return_domain", m->return_domain);
    put(o, "signed_by", m->dkim);
    if (m->date_us != INT64_MIN) { /* the hour is enough, and finds nobody in a log */
        int64_t hour = m->date_us - m->date_us % INT64_C(3600000000);
        put(o, "about", slice_str(clock_rfc3339(hour, when)));
    }
    bool is_live = r->category == DESK_PHISHING || r->category == DESK_MALWARE;
    for (size_t i = 0; i < r->n_links && i < LINKS_TOLD; i++) {
        struct slice s = is_live ? r->links[i].url : r->links[i].host;
        json_array_append_new(links, json_stringn(s.p ? s.p : "", s.n));
    }
    for (size_t i = 0; i < r->n_files && i < LINKS_TOLD; i++) {
        for (int j = 0; j < 32; j++) {
            sum[2 * j] = "0123456789abcdef"[r->files[i].sha256[j] >> 4];
            sum[2 * j + 1] = "0123456789abcdef"[r->files[i].sha256[j] & 15];
        }
        json_array_append_new(files, json_stringn(sum, 64));
    }
    json_object_set_new(o, "links", links);
    json_object_set_new(o, "files", files);
    return o;
}

static const struct {
    const char *name, *words;
} names[ROUTES] = {
    [ROUTE_OWN_USER] = {"own", N_("this site's own desk")},
    [ROUTE_NETWORK] = {"network", N_("the abuse contact of the network that sent it")},
    [ROUTE_SENDER] = {"sender", N_("the sender, asked for proof of consent")},
    [ROUTE_REGISTRAR] = {"registrar", N_("the registrar of the domain")},
    [ROUTE_AUTHORITY] = {"authority", N_("the authority")},
    [ROUTE_CSIRT] = {"csirt", N_("the response team (CSIRT)")},
    [ROUTE_PARTNERS] = {"partners", N_("partners of this node")},
};

const char *desk_route_name(enum route_to to)
{
    return to >= 0 && to < ROUTES ? names[to].name : "?";
}

const char *desk_route_words(enum route_to to)
{
    return to >= 0 && to < ROUTES ? names[to].words : "?";
}
