/* The machine that handed the message over, and the way before it.
 *
 * Who handed it over is known from auth, else from the door; where neither knows (a file), it is
 * the first machine from the top of the Received fields that stands elsewhere than the machine
 * that wrote the field. What lies below is whatever the sender wrote. A name made of an address is
 * a shape, not a network or a provider: any network has such names for machines that nobody meant
 * to be mail servers. */
#include "evidence/families.h"

#include "auth/auth.h"
#include "auth/received.h"
#include "base/ip.h"
#include "mail/url.h"

#define HOPS    6
#define HOUR_US INT64_C(3600000000)

struct way {
    struct received_hop hop[HOPS];
    size_t n;
    struct slice ip, name, helo; /* of the machine that handed it over */
    struct slice by;             /* that wrote the field; empty: the door itself */
    size_t border;               /* index of its field; HOPS: none names it */
};

/* Not of a house's own network: private, shared (RFC 6598), local. Documentation counts as outside,
 * so that written examples read as real mail does. */
static bool is_outside(struct slice text, struct ip *out)
{
    if (!ip_parse(text, out) || ip_is_loopback(out))
        return false;
    const unsigned char *b = out->is_v4 ? out->byte + 12 : out->byte;
    if (!out->is_v4)
        return (b[0] & 0xFE) != 0xFC && !(b[0] == 0xFE && (b[1] & 0xC0) == 0x80);
    return b[0] != 10 && b[0] != 0 && !(b[0] == 172 && (b[1] & 0xF0) == 16) &&
           !(b[0] == 192 && b[1] == 168) && !(b[0] == 169 && b[1] == 254) &&
           !(b[0] == 100 && (b[1] & 0xC0) == 64);
}

static struct slice org_of(struct evidence *e, struct slice host)
{
    struct slice lower = arena_lower(e->arena, host);
    struct slice org = url_org_domain(e->arena, lower);
    return org.n ? org : lower;
}

/* The last two labels. */
static struct slice tail(struct slice host)
{
    size_t i = host.n, dots = 0;
    while (i > 0 && (host.p[i - 1] != '.' || ++dots < 2))
        i--;
    return slice_from(host, i);
}

/* Two hosts of one organisation share their last two labels; only then the list of public suffixes
 * is asked. */
static bool is_one_org(struct evidence *e, struct slice a, struct slice b)
{
    return slice_ieq(tail(a), tail(b)) && slice_eq(org_of(e, a), org_of(e, b));
}

/* ESMTPA, ESMTPSA: the client had logged in (RFC 3848). */
static bool has_logged_in(const struct received_hop *h)
{
    return slice_iends(h->with, SLICE("A")) && h->with.n > 4;
}

/* The machine that hop i names is the one that handed the message to the house. */
static bool is_border(struct evidence *e, const struct received_hop *h)
{
    struct ip ip;
    if (!h->has_from || !is_outside(h->ip, &ip))
        return false;
    return !h->name.n || !h->by.n || !is_one_org(e, h->name, h->by);
}

/* Reads the fields from the top to the one below the border's. Where none is the border's, the
 * message never left the house. */
static void read_way(struct evidence *e, struct way *w)
{
    const struct header *field = NULL;
    w->border = HOPS;
    while (w->n < HOPS && w->n < w->border + 2 &&
           (field = header_find(&e->m->headers, "Received", field))) {
        struct received_hop *h = &w->hop[w->n];
        received_parse(field->value, h);
        if (w->border == HOPS && is_border(e, h))
            w->border = w->n;
        w->n++;
    }
}

static bool find_client(struct evidence *e, struct way *w)
{
    struct ip ip;
    if (e->env->auth_user.n)
        return false;
    if (e->auth && e->auth->border.is_known) {
        const struct received_border *b = &e->auth->border;
        if (b->is_internal || !is_outside(b->ip, &ip))
            return false;
        w->ip = b->ip;
        w->name = b->name;
        w->helo = b->helo;
        return true;
    }
    if (slice_is_empty(e->env->client_ip)) {
        const struct received_hop *h = &w->hop[w->border < HOPS ? w->border : 0];
        w->ip = h->ip;
        w->name = h->name;
        w->helo = h->helo;
        w->by = h->by;
        return w->border < HOPS && !has_logged_in(h);
    }
    w->ip = e->env->client_ip;
    w->name = e->env->client_name;
    w->helo = e->env->helo;
    return is_outside(w->ip, &ip);
}

/* ---- names made of the address ---- */

static bool is_server_label(struct slice label)
{
    static const char *const words[] = {"mail",  "smtp",   "mta",  "mx",    "out",
                                        "relay", "static", "send", "server"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_ifind(label, slice_str(words[i])) != SIZE_MAX)
            return true;
    return false;
}

/* At least three of the address's four numbers stand in the name, or all run together: in decimal
 * with leading zeros or in hexadecimal. */
static bool holds_address(struct slice name, const unsigned char *octet)
{
    char decimal[12], hex[8];
    bool seen[4] = {0};
    for (size_t k = 0; k < 4; k++) {
        decimal[3 * k] = (char)('0' + octet[k] / 100);
        decimal[3 * k + 1] = (char)('0' + octet[k] / 10 % 10);
        decimal[3 * k + 2] = (char)('0' + octet[k] % 10);
        hex[2 * k] = "0123456789abcdef"[octet[k] >> 4];
        hex[2 * k + 1] = "0123456789abcdef"[octet[k] & 15];
    }
    if (slice_find(name, slice_of(decimal, sizeof decimal)) != SIZE_MAX ||
        slice_ifind(name, slice_of(hex, sizeof hex)) != SIZE_MAX)
        return true;
    for (size_t i = 0; i < name.n;) {
        unsigned number = 0;
        size_t begin = i;
        while (i < name.n && ascii_is_digit(name.p[i]) && i - begin < 3)
            number = number * 10 + (unsigned)(name.p[i++] - '0');
        bool is_taken = i == begin;
        for (size_t k = 0; k < 4 && !is_taken; k++)
            if (!seen[k] && octet[k] == number)
                is_taken = seen[k] = true;
        i += i == begin;
    }
    return seen[0] + seen[1] + seen[2] + seen[3] >= 3;
}

static bool is_made_of_address(struct slice name, struct slice text)
{
    struct ip ip;
    struct slice rest = name, label;
    if (name.n < 8 || name.n > 253 || !ip_parse(text, &ip) || !ip.is_v4)
        return false;
    while (slice_split(&rest, '.', &label))
        if (rest.n && is_server_label(label))
            return false;
    return holds_address(name, ip.byte + 12);
}

/* ---- checks ---- */

/* What no well-kept server calls itself: a bare word, a bare address, an address in brackets (which
 * is allowed, and what programs say that know no name). */
static void look_at_helo(struct evidence *e, struct slice helo)
{
    if (slice_is_empty(helo))
        return;
    bool is_bare_ip = true;
    for (size_t i = 0; i < helo.n; i++)
        is_bare_ip &= ascii_is_digit(helo.p[i]) || helo.p[i] == '.';
    bool is_literal = helo.p[0] == '[';
    if (is_bare_ip || is_literal || slice_chr(helo, '.') == SIZE_MAX)
        check_hit_scaled(e, CHECK_helo_odd, helo, is_literal ? 0.7 : 1.0, NULL);
}

/* The field below the border's says that it was written by the very machine that wrote the
 * border's, which never saw the message before. */
static void look_below(struct evidence *e, const struct way *w)
{
    if (w->border + 1 >= w->n)
        return;
    const struct received_hop *below = &w->hop[w->border + 1];
    if (w->by.n && slice_ieq(below->by, w->by) && below->has_from && !slice_ieq(below->helo, w->by))
        check_hit(e, CHECK_relay_invented, below->helo);
}

/* Mail comes from the past; clocks and queues are off, but seldom forward by hours. */
static void look_at_times(struct evidence *e, const struct way *w)
{
    int64_t above = INT64_MIN;
    bool is_turned = false;
    struct slice none = {0};
    for (size_t i = 0; i < w->n; i++) {
        int64_t us = w->hop[i].date_us;
        if (us == INT64_MIN)
            continue;
        if (above == INT64_MIN && e->m->date_us != INT64_MIN && e->m->date_us - us > 3 * HOUR_US)
            check_hit(e, CHECK_date_future, none);
        is_turned |= above != INT64_MIN && us - above > HOUR_US;
        above = us;
    }
    if (is_turned)
        check_hit(e, CHECK_relay_order, none);
}

void family_relay(struct evidence *e)
{
    struct way w = {.n = 0};
    read_way(e, &w);
    look_at_times(e, &w);
    if (!find_client(e, &w))
        return;
    look_at_helo(e, w.helo);
    look_below(e, &w);
    if (is_made_of_address(w.name, w.ip)) {
        bool is_proven = e->auth && auth_proves(e->auth, e->from_host);
        check_hit_scaled(e, CHECK_relay_unnamed, w.name, is_proven ? 0.4 : 1.0, NULL);
    }
}
