/* What a domain publishes about the way of mail to it and about contacts: MTA-STS (RFC 8461), TLS
 * reports (RFC 8460), security.txt (RFC 9116). */
#include "auth/dnscheck_internal.h"
#include "auth/tags.h"

#include <stdlib.h>
#include <time.h>

#define AGE_LEAST 86400 /* a policy that lives shorter protects hardly anybody */

/* ---- MTA-STS ---- */

struct sts {
    struct slice version, mode, age;
    struct slice mx[DNSCHECK_MX * 4];
    size_t n_mx;
};

static void read_policy(struct slice body, struct sts *out)
{
    struct slice line, rest = slice_head(body, 65536);
    *out = (struct sts){.version = SLICE("")};
    while (slice_line(&rest, &line)) {
        size_t colon = slice_chr(line, ':');
        if (colon == SIZE_MAX)
            continue;
        struct slice name = slice_trim(slice_head(line, colon));
        struct slice value = slice_trim(slice_from(line, colon + 1));
        if (slice_eq(name, SLICE("version")))
            out->version = value;
        else if (slice_eq(name, SLICE("mode")))
            out->mode = value;
        else if (slice_eq(name, SLICE("max_age")))
            out->age = value;
        else if (slice_eq(name, SLICE("mx")) && out->n_mx < sizeof(out->mx) / sizeof(*out->mx))
            out->mx[out->n_mx++] = value;
    }
}

/* RFC 8461 section 4.1: a leading "*." stands for exactly one label. */
static bool matches(struct slice pattern, struct slice host)
{
    if (!slice_starts(pattern, SLICE("*.")))
        return slice_ieq(pattern, host);
    size_t dot = slice_chr(host, '.');
    return dot != SIZE_MAX && slice_ieq(slice_from(pattern, 2), slice_from(host, dot + 1));
}

static struct slice suggested_policy(struct check *c)
{
    struct slice s = SLICE("version: STSv1\nmode: testing\n");
    for (size_t i = 0; i < c->out->n_mx; i++)
        s = arena_printf(c->arena, "%.*smx: %.*s\n", SLICE_ARG(s), SLICE_ARG(c->out->mx[i].name));
    return arena_printf(c->arena, "%.*smax_age: 604800\n", SLICE_ARG(s));
}

/* A policy file that would do, to be put where it is looked for. */
static void publish_policy(struct check *c, struct dnscheck_item *i)
{
    i->publish_name = slice_str(dnscheck_sts_url(c->arena, c->out));
    i->publish = suggested_policy(c);
}

static void sts_hosts(struct check *c, const struct sts *p)
{
    for (size_t i = 0; i < c->out->n_mx; i++) {
        struct slice host = c->out->mx[i].name;
        bool is_named = host.n == 0;
        for (size_t k = 0; k < p->n_mx && !is_named; k++)
            is_named = matches(p->mx[k], host);
        if (is_named)
            continue;
        struct dnscheck_item *item = check_add(
            c, DNSCHECK_MTA_STS, DNSCHECK_PROBLEM, 1,
            N_("the MTA-STS policy does not name the mail server %s: senders will not "
               "deliver to it"),
            host);
        item->advice = N_("Add an \"mx:\" line for it, then change id= in the TXT record.");
        publish_policy(c, item);
    }
}

static void sts_policy(struct check *c, const struct dnscheck_page *page)
{
    struct sts p;
    struct dnscheck_item *i;
    uint64_t age = 0;
    if (!page->is_there) {
        i = check_add(c, DNSCHECK_MTA_STS, DNSCHECK_PROBLEM, 2,
                      N_("the MTA-STS policy could not be fetched: %s"),
                      slice_str(page->error ? page->error : "there is none"));
        i->advice = N_("Put it at this address, over HTTPS with a valid certificate and without a "
                       "redirect.");
        publish_policy(c, i);
        return;
    }
    read_policy(page->body, &p);
    bool is_mode = slice_eq(p.mode, SLICE("enforce")) || slice_eq(p.mode, SLICE("testing")) ||
                   slice_eq(p.mode, SLICE("none"));
    if (!slice_eq(p.version, SLICE("STSv1")) || !is_mode || !slice_u64(p.age, &age) ||
        age > 31557600 || (p.n_mx == 0 && !slice_eq(p.mode, SLICE("none")))) {
        i = check_add(c, DNSCHECK_MTA_STS, DNSCHECK_PROBLEM, 2,
                      N_("the MTA-STS policy is not well formed"), SLICE(""));
        i->advice = N_("It needs version, mode, mx and max_age, one on each line.");
        i->seen = slice_head(page->body, 400);
        publish_policy(c, i);
        return;
    }
    if (slice_eq(p.mode, SLICE("enforce")))
        check_add(c, DNSCHECK_MTA_STS, DNSCHECK_OK, 0, N_("MTA-STS protects delivery to %s"),
                  c->domain);
    else {
        i = check_add(c, DNSCHECK_MTA_STS, DNSCHECK_WARNING, 6,
                      N_("MTA-STS is in mode \"%s\": it protects nothing yet"), p.mode);
        i->advice = N_("When TLS reports show no failures, write mode: enforce and change id= in "
                       "the TXT record.");
    }
    if (age < AGE_LEAST) {
        i = check_add(c, DNSCHECK_MTA_STS, DNSCHECK_WARNING, 7,
                      N_("the MTA-STS policy holds for %s seconds only"), p.age);
        i->advice = N_("Some weeks are usual: max_age: 604800 or more.");
    }
    sts_hosts(c, &p);
}

static bool has_id(struct slice record)
{
    struct tags tags;
    const char *why;
    struct slice id = SLICE("");
    if (tags_parse(record, &tags, &why) && tags_find(&tags, "id"))
        id = tags_value(&tags, "id");
    for (size_t i = 0; i < id.n; i++) {
        if (!ascii_is_alnum(id.p[i]))
            return false;
    }
    return id.n > 0 && id.n <= 32;
}

void check_sts(struct check *c)
{
    struct slice name = check_below(c, "_mta-sts"), host = check_below(c, "mta-sts"), text[2];
    const struct dns_answer *a = check_ask(c, name, DNS_TXT);
    const struct dns_answer *v4 = check_ask(c, host, DNS_A), *v6 = check_ask(c, host, DNS_AAAA);
    struct dnscheck_item *i;
    if (a == NULL || v4 == NULL || v6 == NULL || c->out->is_null_mx ||
        check_unknown(c, DNSCHECK_MTA_STS, a, name))
        return;
    size_t n = check_txt(c, a, "v=STSv1", text, 2);
    if (n == 0) {
        if (c->out->n_mx == 0)
            return; /* nothing to protect */
        i = check_add(c, DNSCHECK_MTA_STS, DNSCHECK_MISSING, 6,
                      N_("no MTA-STS: mail to %s can be made to travel unencrypted"), c->domain);
        i->advice = N_("Put a policy file at https://mta-sts.YOUR-DOMAIN/.well-known/mta-sts.txt "
                       "(see docs/dmarc.md), then publish this record.");
        check_publish(c, i, name, SLICE("v=STSv1; id=1"));
    } else if (n > 1 || !has_id(text[0])) {
        i = check_add(c, DNSCHECK_MTA_STS, DNSCHECK_PROBLEM, 2,
                      n > 1 ? N_("there are several MTA-STS records at %s, so that none counts")
                            : N_("the MTA-STS record at %s has no valid id="),
                      name);
        i->advice = N_("Keep one, with an id of letters and digits that changes with the policy.");
        check_publish(c, i, name, SLICE("v=STSv1; id=1"));
    } else if (v4->n + v6->n == 0 && v4->status != ASK_TIMEOUT && v4->status != ASK_FAILED) {
        i = check_add(c, DNSCHECK_MTA_STS, DNSCHECK_PROBLEM, 2,
                      N_("there is an MTA-STS record, but %s has no address for its policy"), host);
        i->advice = N_("Publish the address of the web server that has the policy file.");
    } else if (c->in->sts.was_tried) {
        c->out->has_sts = true;
        sts_policy(c, &c->in->sts);
        return;
    } else {
        c->out->has_sts = true;
        i = check_add(c, DNSCHECK_MTA_STS, DNSCHECK_NOTE, 0,
                      N_("there is an MTA-STS record; --fetch looks at its policy, too: %s"),
                      text[0]);
    }
    i->name = name;
    i->seen = n ? text[0] : SLICE("");
}

/* ---- TLS reports ---- */

static bool is_uri(struct slice uri)
{
    uri = slice_trim(uri);
    return (slice_istarts(uri, SLICE("mailto:")) && slice_chr(uri, '@') != SIZE_MAX) ||
           slice_istarts(uri, SLICE("https://"));
}

void check_tlsrpt(struct check *c)
{
    struct slice name = check_below(c, "_smtp._tls"), text[2];
    const struct dns_answer *a = check_ask(c, name, DNS_TXT);
    struct dnscheck_item *i;
    struct tags tags;
    const char *why;
    if (a == NULL || c->out->is_null_mx || check_unknown(c, DNSCHECK_TLSRPT, a, name))
        return;
    size_t n = check_txt(c, a, "v=TLSRPTv1", text, 2);
    bool is_good = n == 1 && tags_parse(text[0], &tags, &why) && tags_find(&tags, "rua");
    struct slice rest = is_good ? tags_value(&tags, "rua") : SLICE(""), uri;
    size_t uris = 0;
    while (slice_split(&rest, ',', &uri)) {
        is_good &= is_uri(uri);
        uris++;
    }
    if (is_good && uris) {
        i = check_add(c, DNSCHECK_TLSRPT, DNSCHECK_OK, 0,
                      N_("senders report failing encryption to %s"), tags_value(&tags, "rua"));
    } else if (n == 0 && c->out->n_mx == 0) {
        return;
    } else {
        i = n ? check_add(c, DNSCHECK_TLSRPT, DNSCHECK_PROBLEM, 4,
                          N_("the record for TLS reports at %s is not well formed"), name)
              : check_add(c, DNSCHECK_TLSRPT, DNSCHECK_MISSING, 7,
                          N_("nobody tells you when delivery to %s fails for want of encryption"),
                          c->domain);
        i->advice = N_("Publish a mailbox for TLS reports, and read them with \"muster dmarc\".");
        check_publish(c, i, name,
                      arena_printf(c->arena, "v=TLSRPTv1; rua=mailto:tls-reports@%.*s",
                                   SLICE_ARG(c->domain)));
    }
    i->name = name;
    i->seen = n ? text[0] : SLICE("");
}

/* ---- security.txt ---- */

/* Seconds of an RFC 3339 time; 0: it is none. */
static int64_t moment(struct slice s)
{
    struct tm tm = {0};
    char text[20];
    if (s.n < 20)
        return 0;
    memcpy(text, s.p, 19);
    text[19] = '\0';
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    return end && *end == '\0' ? (int64_t)timegm(&tm) : 0;
}

void check_security(struct check *c)
{
    const struct dnscheck_page *page = &c->in->security;
    struct slice line, rest = slice_head(page->body, 65536), expires = SLICE("");
    size_t contacts = 0, expiries = 0;
    struct dnscheck_item *i;
    if (!page->was_tried)
        return;
    if (!page->is_there) {
        i = check_add(c, DNSCHECK_SECURITY, DNSCHECK_MISSING, 8, N_("there is no security.txt: %s"),
                      slice_str(page->error ? page->error : "not found"));
        i->advice = N_("Tell people who find a hole whom to write to (RFC 9116).");
        i->publish_name = slice_str(dnscheck_security_url(c->arena, c->out));
        i->publish = arena_printf(c->arena,
                                  "Contact: mailto:security@%.*s\nExpires: "
                                  "(a date within a year)\n",
                                  SLICE_ARG(c->domain));
        return;
    }
    while (slice_line(&rest, &line)) {
        contacts += slice_istarts(line, SLICE("Contact:"));
        if (slice_istarts(line, SLICE("Expires:"))) {
            expires = slice_trim(slice_from(line, 8));
            expiries++;
        }
    }
    int64_t until = moment(expires);
    if (contacts == 0 || expiries != 1 || until == 0) {
        i = check_add(c, DNSCHECK_SECURITY, DNSCHECK_PROBLEM, 7,
                      N_("security.txt is not well formed: it needs Contact, and Expires once"),
                      SLICE(""));
        i->advice = N_("Mend it (RFC 9116 section 2.5).");
    } else if (until <= c->in->now) {
        i = check_add(c, DNSCHECK_SECURITY, DNSCHECK_PROBLEM, 7, N_("security.txt ran out on %s"),
                      expires);
        i->advice = N_("Look it through and give it a new date.");
    } else {
        check_add(c, DNSCHECK_SECURITY, DNSCHECK_OK, 0, N_("security.txt is there, until %s"),
                  expires);
        if (!slice_istarts(page->type, SLICE("text/plain"))) {
            i = check_add(c, DNSCHECK_SECURITY, DNSCHECK_WARNING, 8,
                          N_("security.txt is served as %s"), page->type);
            i->advice = N_("Serve it as text/plain; charset=utf-8.");
        }
    }
}
