/* What a domain publishes about who may send in its name: SPF, DKIM keys, DMARC. */
#include "auth/dkim_key.h"
#include "auth/dmarc.h"
#include "auth/dnscheck_internal.h"
#include "auth/tags.h"

/* ---- SPF ---- */

/* No record of an honest domain names it: what this address gets, any stranger gets. */
#define STRANGER SLICE("240.0.0.1")

/* What to publish when there is nothing: the MX hosts may send, nobody else. */
static struct slice suggested_spf(const struct check *c)
{
    bool takes_mail = c->out->n_mx > 0 && !c->out->is_null_mx;
    return takes_mail ? SLICE("v=spf1 mx -all") : SLICE("v=spf1 -all");
}

static void spf_strangers(struct check *c, const struct spf_result *r, struct slice text)
{
    struct dnscheck_item *i;
    switch (r->value) {
    case AUTH_PASS:
        i = check_add(c, DNSCHECK_SPF, DNSCHECK_PROBLEM, 1,
                      N_("the SPF record lets anybody send in your name, by \"%s\""), r->mechanism);
        i->advice = N_("Name your own servers and end the record with -all.");
        break;
    case AUTH_NEUTRAL:
    case AUTH_NONE:
        i = check_add(c, DNSCHECK_SPF, DNSCHECK_WARNING, 3,
                      N_("the SPF record says nothing about other servers than yours"), SLICE(""));
        i->advice = N_("End it with -all (or ~all while you are still looking for servers of "
                       "yours).");
        break;
    case AUTH_FAIL:
        i = check_add(c, DNSCHECK_SPF, DNSCHECK_OK, 0,
                      N_("SPF forbids other servers to send in your name"), SLICE(""));
        break;
    default:
        i = check_add(c, DNSCHECK_SPF, DNSCHECK_OK, 0,
                      N_("SPF marks mail of other servers as suspicious (~all)"), SLICE(""));
        break;
    }
    i->name = c->domain;
    i->seen = text;
}

static void spf_cost(struct check *c, const struct spf_result *r)
{
    struct dnscheck_item *i = NULL;
    struct slice count = arena_printf(c->arena, "%u", r->lookups);
    if (r->lookups >= SPF_LOOKUPS - 1) {
        i = check_add(c, DNSCHECK_SPF, DNSCHECK_WARNING, 5,
                      N_("the SPF record needs %s of the 10 look-ups that are allowed"), count);
        i->advice = N_("One more in an included record and all of SPF is void. Take out includes "
                       "that you do not need any more, or write addresses (ip4:, ip6:) instead.");
    }
    for (const struct spf_step *s = r->steps; s; s = s->next) {
        struct slice term = s->term;
        while (term.n && strchr("+-~?", *term.p))
            term = slice_from(term, 1);
        if (!slice_istarts(term, SLICE("ptr")) || s->depth > 0)
            continue;
        i = check_add(c, DNSCHECK_SPF, DNSCHECK_WARNING, 6,
                      N_("the SPF record uses \"%s\", which is slow and which some servers ignore"),
                      s->term);
        i->advice = N_("Write the addresses instead (RFC 7208 section 5.5).");
    }
}

void check_spf(struct check *c)
{
    struct slice text[2] = {SLICE(""), SLICE("")};
    const struct dns_answer *a = check_ask(c, c->domain, DNS_TXT);
    struct dnscheck_item *i;
    if (a == NULL || check_unknown(c, DNSCHECK_SPF, a, c->domain))
        return;
    size_t n = 0;
    for (size_t k = 0; k < a->n; k++) {
        struct slice s;
        bool is_spf = dns_txt(c->arena, a->rdata[k], &s) && slice_istarts(s, SLICE("v=spf1")) &&
                      (s.n == 6 || s.p[6] == ' ');
        if (is_spf && n++ < 2)
            text[n - 1] = s;
    }
    if (n != 1) {
        const struct dns_answer *mx;
        if (n == 0 && !check_read_mx(c, &mx))
            return; /* without its servers there is nothing sensible to suggest */
        i = n ? check_add(c, DNSCHECK_SPF, DNSCHECK_PROBLEM, 1,
                          N_("there are several SPF records, so that none counts: %s"), text[1])
              : check_add(c, DNSCHECK_SPF, DNSCHECK_MISSING, 2, N_("%s has no SPF record"),
                          c->domain);
        i->advice = n ? N_("Join them into one record.")
                      : N_("Publish one that names every server that sends mail with your domain "
                           "(your own, and the services you hired).");
        i->name = c->domain;
        if (n == 0)
            check_publish(c, i, c->domain, suggested_spf(c));
        return;
    }
    struct spf_in in = {.arena = c->arena,
                        .client_ip = STRANGER,
                        .sender = arena_printf(c->arena, "postmaster@%.*s", SLICE_ARG(c->domain)),
                        .helo = c->domain,
                        .now = c->in->now,
                        .want_trace = true};
    if (!spf_check(&in, c->q, &c->out->spf)) {
        c->is_waiting = true;
        return;
    }
    const struct spf_result *r = &c->out->spf;
    if (r->value == AUTH_PERMERROR) {
        i = check_add(c, DNSCHECK_SPF, DNSCHECK_PROBLEM, 1,
                      N_("the SPF record is broken, so that it counts for nothing: %s"),
                      slice_str(r->reason));
        i->advice = N_("Mend it: to many servers it looks as if you had none, others refuse your "
                       "mail for it.");
        i->name = c->domain;
        i->seen = text[0];
    } else if (r->value == AUTH_TEMPERROR) {
        check_add(c, DNSCHECK_SPF, DNSCHECK_UNKNOWN, 0,
                  N_("SPF could not be followed to its end: %s"), slice_str(r->reason));
    } else {
        spf_strangers(c, r, text[0]);
    }
    spf_cost(c, r);
}

/* ---- DKIM ---- */

static void dkim_key(struct check *c, struct slice name, struct slice record)
{
    struct dkim_key key;
    struct dnscheck_item *i;
    dkim_key_read(c->arena, record, &key);
    if (key.is_revoked) {
        i = check_add(c, DNSCHECK_DKIM, DNSCHECK_NOTE, 0, N_("the DKIM key %s is revoked"), name);
    } else if (key.key == NULL) {
        i = check_add(c, DNSCHECK_DKIM, DNSCHECK_PROBLEM, 2, N_("the DKIM key cannot be used: %s"),
                      slice_str(key.why ? key.why : "it is not well formed"));
        i->advice = N_("Publish it again, exactly as your mail server shows it.");
    } else if (key.kind == CRYPT_RSA && key.bits < 2048) {
        i = check_add(c, DNSCHECK_DKIM, DNSCHECK_WARNING, 4, N_("the DKIM key has only %s bits"),
                      arena_printf(c->arena, "%u", key.bits));
        i->advice = N_("Make a new key of 2048 bits under a new selector, sign with it, and revoke "
                       "the old one some days later.");
    } else {
        i = check_add(c, DNSCHECK_DKIM, DNSCHECK_OK, 0, N_("the DKIM key %s is good"), name);
    }
    i->name = name;
    i->seen = slice_head(record, 600);
    if (key.is_testing && key.key) {
        i = check_add(c, DNSCHECK_DKIM, DNSCHECK_WARNING, 5,
                      N_("the DKIM key %s says that it is a test (t=y)"), name);
        i->advice = N_("Take t=y out: some servers treat such mail as unsigned.");
        i->name = name;
    }
}

static void dkim_selector(struct check *c, struct slice selector)
{
    struct slice name = arena_printf(c->arena, "%.*s._domainkey.%.*s", SLICE_ARG(selector),
                                     SLICE_ARG(c->domain));
    const struct dns_answer *a = check_ask(c, name, DNS_TXT);
    struct slice text;
    struct dnscheck_item *i;
    if (a == NULL || check_unknown(c, DNSCHECK_DKIM, a, name))
        return;
    if (a->n > 1) {
        i = check_add(c, DNSCHECK_DKIM, DNSCHECK_PROBLEM, 2,
                      N_("there are several TXT records at %s: no server knows which key counts"),
                      name);
        i->advice = N_("Keep one.");
        i->name = name;
    } else if (a->n == 1 && dns_txt(c->arena, a->rdata[0], &text)) {
        dkim_key(c, name, text);
    } else {
        i = check_add(c, DNSCHECK_DKIM, DNSCHECK_PROBLEM, 2, N_("there is no DKIM key at %s"),
                      name);
        i->advice = N_("Publish the key with which your server signs under this selector.");
        i->name = name;
    }
}

#define LATELY_S (7 * 86400)

/* The key under a selector that reports tell about is gone. */
static void dkim_gone(struct check *c, const struct dnscheck_seen *s, struct slice name)
{
    struct dnscheck_item *i;
    if (s->passed == 0) {
        i = check_add(c, DNSCHECK_DKIM, DNSCHECK_NOTE, 0,
                      N_("reports tell of signatures with %s, none of which verified, and there is "
                         "no such key: forged, or a key that was never published"),
                      name);
    } else if (s->newest_s + LATELY_S < c->in->now) {
        i = check_add(c, DNSCHECK_DKIM, DNSCHECK_NOTE, 0,
                      N_("the DKIM key %s, which older reports tell of, is not published any more"),
                      name);
    } else {
        i = check_add(
            c, DNSCHECK_DKIM, DNSCHECK_WARNING, 3,
            N_("reports of the last days tell of mail signed with %s, and that key is not "
               "published any more"),
            name);
        i->advice = N_("If a server of yours still signs with it, publish it again. If you "
                       "replaced it, mail that is still under way loses its proof: take a key out "
                       "some days after its last use.");
    }
    i->name = name;
}

static bool is_named(const struct check *c, struct slice selector)
{
    for (size_t k = 0; k < c->in->n_selectors; k++) {
        if (slice_ieq(c->in->selectors[k], selector))
            return true;
    }
    return false;
}

static void dkim_seen(struct check *c, const struct dnscheck_seen *s)
{
    struct slice name = arena_printf(c->arena, "%.*s._domainkey.%.*s", SLICE_ARG(s->selector),
                                     SLICE_ARG(c->domain));
    const struct dns_answer *a;
    if (is_named(c, s->selector) || (a = check_ask(c, name, DNS_TXT)) == NULL)
        return;
    if (a->status == ASK_NXDOMAIN || a->status == ASK_NODATA)
        dkim_gone(c, s, name);
    else
        dkim_selector(c, s->selector);
    if (a->status != ASK_OK || s->failed <= s->passed || s->failed < 10)
        return;
    struct dnscheck_item *i = check_add(
        c, DNSCHECK_DKIM, DNSCHECK_WARNING, 4,
        N_("most signatures with %s did not verify where mail arrived, as reports say"), name);
    i->advice = N_("Compare the record with the key that signs, and look for something that "
                   "changes mail behind the signing server.");
    i->name = name;
}

void check_dkim(struct check *c)
{
    struct slice below = check_below(c, "_domainkey");
    if (c->in->n_selectors + c->in->n_seen == 0) {
        const struct dns_answer *a = check_ask(c, below, DNS_TXT);
        struct dnscheck_item *i;
        if (a == NULL || check_unknown(c, DNSCHECK_DKIM, a, below))
            return;
        if (a->status == ASK_NXDOMAIN) { /* nothing below it either (RFC 8020) */
            i = check_add(c, DNSCHECK_DKIM, DNSCHECK_MISSING, 2, N_("%s has no DKIM keys"),
                          c->domain);
            i->advice = N_("Sign your mail with DKIM: it is the only proof that survives "
                           "forwarding.");
        } else {
            i = check_add(c, DNSCHECK_DKIM, DNSCHECK_NOTE, 0,
                          N_("there may be DKIM keys below %s; say which with --selector"), below);
            i->advice = N_("The selector stands as s= in the DKIM-Signature of any mail of yours.");
        }
        i->name = below;
    }
    for (size_t k = 0; k < c->in->n_selectors && k < DNSCHECK_SELECTORS; k++)
        dkim_selector(c, c->in->selectors[k]);
    for (size_t k = 0; k < c->in->n_seen && k < DNSCHECK_SELECTORS; k++)
        dkim_seen(c, &c->in->seen[k]);
}

/* ---- DMARC ---- */

/* Host of "mailto:someone@host!10m"; empty when it is no mailbox. */
static struct slice mailbox_host(struct slice uri)
{
    uri = slice_trim(uri);
    if (!slice_istarts(uri, SLICE("mailto:")))
        return SLICE("");
    size_t at = slice_rchr(uri, '@');
    struct slice host = at == SIZE_MAX ? SLICE("") : slice_from(uri, at + 1);
    for (size_t i = 0; i < host.n; i++) {
        if (host.p[i] == '!' || host.p[i] == '?')
            host.n = i;
    }
    return host;
}

static void dmarc_uris(struct check *c, struct slice at, struct slice list)
{
    struct slice uri, rest = list;
    for (int n = 0; n < 8 && slice_split(&rest, ',', &uri); n++) {
        struct slice host = mailbox_host(uri);
        bool allowed;
        struct dnscheck_item *i;
        if (host.n == 0) {
            i = check_add(c, DNSCHECK_DMARC, DNSCHECK_PROBLEM, 3,
                          N_("reports cannot be sent to \"%s\""), slice_trim(uri));
            i->advice = N_("Write it as mailto:name@domain.");
        } else if (!dmarc_report_allowed(c->arena, c->q, at, host, &allowed)) {
            c->is_waiting = true;
        } else if (!allowed) {
            i = check_add(c, DNSCHECK_DMARC, DNSCHECK_PROBLEM, 3,
                          N_("reports to %s are not sent: that domain does not say that it wants "
                             "them"),
                          host);
            i->advice = N_("Whoever runs that domain must publish this record.");
            check_publish(
                c, i,
                arena_printf(c->arena, "%.*s._report._dmarc.%.*s", SLICE_ARG(at), SLICE_ARG(host)),
                SLICE("v=DMARC1"));
        }
    }
}

/* The record with one tag set to another value, and what is obsolete left out (RFC 9989). */
static struct slice changed(struct check *c, struct slice record, const char *tag,
                            const char *value)
{
    struct slice rest = record, part, out = SLICE("");
    bool was_set = false;
    while (slice_split(&rest, ';', &part)) {
        part = slice_trim(part);
        size_t eq = slice_chr(part, '=');
        struct slice name = slice_trim(slice_head(part, eq == SIZE_MAX ? part.n : eq));
        if (part.n == 0 || slice_ieq(name, SLICE("pct")) || slice_ieq(name, SLICE("rf")) ||
            slice_ieq(name, SLICE("ri")))
            continue;
        bool is_it = slice_ieq(name, slice_str(tag));
        was_set |= is_it;
        if (is_it && *value == '\0')
            continue;
        out = is_it ? arena_printf(c->arena, "%.*s%s%s=%s", SLICE_ARG(out), out.n ? "; " : "", tag,
                                   value)
                    : arena_printf(c->arena, "%.*s%s%.*s", SLICE_ARG(out), out.n ? "; " : "",
                                   SLICE_ARG(part));
    }
    if (!was_set && *value)
        out = arena_printf(c->arena, "%.*s; %s=%s", SLICE_ARG(out), tag, value);
    return out;
}

static struct slice at_dmarc(struct check *c, struct slice domain)
{
    return arena_printf(c->arena, "_dmarc.%.*s", SLICE_ARG(domain));
}

/* Which policy counts for whom. */
static void dmarc_scope(struct check *c, const struct dmarc_step *s, bool is_own)
{
    const struct dmarc_record *r = &s->record;
    enum dmarc_policy sub = r->has_sp ? r->sp : r->p, none = r->has_np ? r->np : sub;
    struct slice words = arena_printf(
        c->arena, "%.*s: %s; names below it: %s; names that do not exist: %s", SLICE_ARG(s->domain),
        dmarc_policy_name(r->p), dmarc_policy_name(sub), dmarc_policy_name(none));
    struct dnscheck_item *i = check_add(
        c, DNSCHECK_DMARC, DNSCHECK_NOTE, 0,
        is_own ? N_("the policy is, for %s") : N_("a record further up applies, for %s"), words);
    i->name = at_dmarc(c, s->domain);
    i->seen = r->text;
    if (sub < r->p || none < sub) {
        i = check_add(c, DNSCHECK_DMARC, DNSCHECK_WARNING, 4,
                      N_("names below %s are less protected than the name itself"), s->domain);
        i->advice = N_("Take sp= and np= out, or make them as strict: forgers use made-up names.");
        i->name = at_dmarc(c, s->domain);
        check_publish(c, i, i->name, changed(c, changed(c, r->text, "sp", ""), "np", ""));
    }
}

static void dmarc_policy(struct check *c, const struct dmarc_step *s)
{
    const struct dmarc_record *r = &s->record;
    struct slice name = at_dmarc(c, s->domain);
    bool is_own = slice_eq(s->domain, c->domain);
    enum dmarc_policy p = is_own ? r->p : r->has_sp ? r->sp : r->p;
    struct dnscheck_item *i;
    if (p == DMARC_NONE) {
        i = check_add(c, DNSCHECK_DMARC, DNSCHECK_WARNING, 3,
                      N_("DMARC only watches (p=none): forged mail in the name of %s is delivered"),
                      c->domain);
        i->advice = N_("When the reports show that all your own mail passes, publish p=quarantine, "
                       "later p=reject.");
        check_publish(c, i, name, changed(c, r->text, is_own ? "p" : "sp", "quarantine"));
    } else {
        i = check_add(c, DNSCHECK_DMARC, DNSCHECK_OK, 0,
                      p == DMARC_REJECT ? N_("DMARC asks to refuse forged mail of %s")
                                        : N_("DMARC asks to put forged mail of %s aside"),
                      c->domain);
    }
    i->name = name;
    i->seen = r->text;
    if (r->is_test) {
        i = check_add(c, DNSCHECK_DMARC, DNSCHECK_WARNING, 4,
                      N_("the DMARC record says that it is a test (t=y): the policy of %s is "
                         "applied one step weaker"),
                      c->domain);
        i->advice = N_("Take t=y out when the test is over.");
        check_publish(c, i, name, changed(c, r->text, "t", ""));
    }
    if (r->rua.n == 0) {
        i = check_add(c, DNSCHECK_DMARC, DNSCHECK_WARNING, 4,
                      N_("nobody sends you reports about mail in the name of %s"), c->domain);
        i->advice = N_("Add rua= with a mailbox of yours, and read them with \"muster dmarc\".");
        struct slice box = arena_printf(c->arena, "mailto:dmarc-reports@%.*s",
                                        SLICE_ARG(c->domain));
        check_publish(c, i, name, changed(c, r->text, "rua", arena_cstr(c->arena, box)));
    }
}

/* Tags that RFC 9989 took away; most have a default that nobody notices, pct= less than 100 does
 * not do any more what its owner thinks. */
static void dmarc_old_tags(struct check *c, const struct dmarc_step *s)
{
    struct tags tags;
    const char *why;
    if (!tags_parse(s->record.text, &tags, &why))
        return;
    const struct tag *pct = tags_find(&tags, "pct");
    if (pct == NULL || slice_eq(pct->value, SLICE("100")))
        return;
    struct dnscheck_item *i = check_add(
        c, DNSCHECK_DMARC, DNSCHECK_WARNING, 6,
        N_("the DMARC record says pct=%s, which servers do not look at any more"), pct->value);
    i->advice = N_("Take it out; while you are still testing, write t=y.");
    i->name = at_dmarc(c, s->domain);
    check_publish(c, i, i->name, changed(c, s->record.text, "pct", ""));
}

static bool dmarc_found(struct check *c, const struct dmarc_walk *w)
{
    for (size_t k = 0; k < w->n; k++) {
        struct slice name = at_dmarc(c, w->step[k].domain);
        struct dnscheck_item *i = NULL;
        if (w->step[k].found == DMARC_FOUND_SEVERAL) {
            i = check_add(c, DNSCHECK_DMARC, DNSCHECK_PROBLEM, 1,
                          N_("there are several DMARC records at %s, so that none counts"), name);
            i->advice = N_("Keep one.");
        } else if (w->step[k].found == DMARC_FOUND_BAD) {
            i = check_add(c, DNSCHECK_DMARC, DNSCHECK_PROBLEM, 1,
                          N_("the DMARC record at %s is broken, so that it does not count"), name);
            i->advice = N_("It must be \"v=DMARC1; p=...\" with p= one of none, quarantine, "
                           "reject, and each tag once.");
        }
        if (i)
            i->name = name;
    }
    return w->policy != NULL;
}

void check_dmarc(struct check *c)
{
    struct dmarc_walk w;
    if (!dmarc_walk(c->arena, c->q, c->domain, &w)) {
        c->is_waiting = true;
        return;
    }
    c->out->walk = w;
    if (w.policy)
        c->out->walk.policy = &c->out->walk.step[w.policy - w.step];
    if (w.is_incomplete) {
        check_add(c, DNSCHECK_DMARC, DNSCHECK_UNKNOWN, 0, N_("no answer could be had for %s"),
                  at_dmarc(c, c->domain));
        return;
    }
    if (!dmarc_found(c, &w)) {
        struct dnscheck_item *i = check_add(c, DNSCHECK_DMARC, DNSCHECK_MISSING, 2,
                                            N_("%s has no DMARC record: anybody may use its name"),
                                            c->domain);
        i->advice = N_("Begin by watching, with a mailbox of yours for the reports.");
        i->name = at_dmarc(c, c->domain);
        check_publish(c, i, i->name,
                      arena_printf(c->arena, "v=DMARC1; p=none; rua=mailto:dmarc-reports@%.*s",
                                   SLICE_ARG(c->domain)));
        return;
    }
    dmarc_policy(c, w.policy);
    dmarc_scope(c, w.policy, slice_eq(w.policy->domain, c->domain));
    dmarc_old_tags(c, w.policy);
    dmarc_uris(c, w.policy->domain, w.policy->record.rua);
    dmarc_uris(c, w.policy->domain, w.policy->record.ruf);
}

/* ---- ARC ---- */

void check_arc(struct check *c)
{
    check_add(c, DNSCHECK_ARC, DNSCHECK_NOTE, 0,
              N_("for ARC nothing is published besides DKIM keys: only servers that pass mail on "
                 "seal it"),
              SLICE(""));
}
