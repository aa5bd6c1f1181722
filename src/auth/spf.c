/* SPF: check_host() of RFC 7208 section 4. See spf.h.
 *
 * One function per mechanism, each of which answers MATCH, NO_MATCH, WAIT (an answer is not there
 * yet) or ERROR. Past the first WAIT the evaluation goes on only to ask ahead: what it finds is
 * thrown away, the next replay finds it again with the answers at hand. */
#include "auth/spf_internal.h"

#include "ask/name.h"

#include <string.h>

#define NAMES_MOST 10 /* of an MX or PTR answer (section 4.6.4) */

enum match { NO_MATCH, MATCH, WAIT, ERROR_TEMP, ERROR_PERM };

/* The result of one domain's record, or WAIT. */
enum { VALUE_WAIT = AUTH_VALUES };

static unsigned eval_domain(struct spf_run *r, struct slice domain);

bool spf_is_missing(const struct dns_answer *a)
{
    return a->status == ASK_FAILED || a->status == ASK_BOGUS || a->status == ASK_TIMEOUT ||
           a->status == ASK_LIMIT;
}

static struct spf_step *step(struct spf_run *r, struct slice domain, struct slice term)
{
    static struct spf_step unused;
    if (!r->in->want_trace)
        return &unused;
    struct spf_step *s = ARENA_NEW(r->in->arena, struct spf_step);
    *s = (struct spf_step){
        .depth = r->depth, .domain = domain, .term = term, .lookups = r->lookups};
    *r->tail = s;
    r->tail = &s->next;
    return s;
}

static enum match wrong(struct spf_run *r, enum match kind, const char *why, struct slice where)
{
    r->reason = why;
    r->where = where;
    return kind;
}

/* Asks; counts answers without records. NULL: it waits. *out_end: the evaluation ends. */
static const struct dns_answer *look(struct spf_run *r, struct slice name, enum dns_type type,
                                     enum match *out_end)
{
    static const struct dns_answer none = {.status = ASK_NODATA};
    *out_end = WAIT;
    if (!dns_name_is_valid(name) || name.n == 0) {
        *out_end = NO_MATCH;
        return &none; /* an impossible name matches nothing (section 4.8) */
    }
    const struct dns_answer *a = ask_dns(r->ask, name, type);
    if (!a)
        return NULL;
    *out_end = NO_MATCH;
    if (spf_is_missing(a))
        *out_end = wrong(r, ERROR_TEMP, N_("a look-up got no answer"), name);
    else if (a->status != ASK_OK && ++r->voids > SPF_VOIDS)
        *out_end = wrong(r, ERROR_PERM, N_("more than 2 look-ups found nothing"), name);
    return a;
}

bool spf_in_answer(const struct spf_run *r, const struct dns_answer *a, unsigned bits4,
                   unsigned bits6)
{
    size_t want = r->ip.is_v4 ? 4 : 16;
    for (size_t i = 0; a->status == ASK_OK && i < a->n; i++) {
        if (a->rdata[i].n != want)
            continue;
        struct net n = {.ip = r->ip, .bits = r->ip.is_v4 ? bits4 + 96 : bits6};
        memcpy(n.ip.byte + 16 - want, a->rdata[i].p, want);
        if (net_has(&n, &r->ip))
            return true;
    }
    return false;
}

static enum match match_host(struct spf_run *r, const struct spf_term *t, struct slice name)
{
    enum match end;
    const struct dns_answer *a = look(r, name, r->ip.is_v4 ? DNS_A : DNS_AAAA, &end);
    if (end != NO_MATCH)
        return end;
    return spf_in_answer(r, a, t->bits4, t->bits6) ? MATCH : NO_MATCH;
}

static enum match match_mx(struct spf_run *r, const struct spf_term *t, struct slice name)
{
    enum match end, found = NO_MATCH;
    const struct dns_answer *a = look(r, name, DNS_MX, &end);
    if (end != NO_MATCH)
        return end;
    if (a->status == ASK_OK && a->n > NAMES_MOST)
        return wrong(r, ERROR_PERM, N_("an MX look-up found more than 10 names"), t->text);
    for (size_t i = 0; a->status == ASK_OK && i < a->n; i++) {
        struct slice host;
        unsigned preference;
        if (!dns_mx(r->in->arena, a->rdata[i], &preference, &host) || host.n == 0)
            continue;
        enum match one = match_host(r, t, host);
        if (one == WAIT)
            found = WAIT; /* the others are asked in the same round */
        else if (one != NO_MATCH && found == NO_MATCH)
            return one;
    }
    return found;
}

static bool is_below(struct slice name, struct slice domain)
{
    return slice_ieq(name, domain) ||
           (name.n > domain.n && slice_iends(name, domain) && name.p[name.n - domain.n - 1] == '.');
}

bool spf_validated(struct spf_run *r, struct slice domain, bool any, struct slice *out)
{
    char text[46];
    bool is_complete = true;
    size_t n = ip_format(&r->ip, text);
    struct slice best = {0};
    struct slice reverse = dns_reverse_name(r->in->arena, slice_of(text, n));
    const struct dns_answer *a = ask_dns(r->ask, reverse, DNS_PTR);
    *out = best;
    if (!a)
        return false;
    int rank = 0;
    for (size_t i = 0; a->status == ASK_OK && i < a->n && i < NAMES_MOST; i++) {
        struct slice name;
        if (!dns_name(r->in->arena, a->rdata[i], &name) || name.n == 0)
            continue;
        int is = slice_ieq(name, domain) ? 3 : is_below(name, domain) ? 2 : any ? 1 : 0;
        if (is <= rank)
            continue;
        const struct dns_answer *back = ask_dns(r->ask, name, r->ip.is_v4 ? DNS_A : DNS_AAAA);
        if (!back) {
            is_complete = false;
        } else if (spf_in_answer(r, back, 32, 128)) {
            best = name;
            rank = is;
        }
    }
    *out = best;
    return is_complete;
}

static enum match match_include(struct spf_run *r, const struct spf_term *t, struct slice name)
{
    r->depth++;
    unsigned value = eval_domain(r, name);
    r->depth--;
    switch (value) {
    case VALUE_WAIT:
        return WAIT;
    case AUTH_PASS:
        return MATCH;
    case AUTH_TEMPERROR:
        return ERROR_TEMP;
    case AUTH_PERMERROR:
        return ERROR_PERM;
    case AUTH_NONE:
        return wrong(r, ERROR_PERM, "an included domain has no SPF record", t->text);
    default:
        return NO_MATCH;
    }
}

static enum match match_exists(struct spf_run *r, struct slice name)
{
    enum match end;
    const struct dns_answer *a = look(r, name, DNS_A, &end);
    if (end != NO_MATCH)
        return end;
    return a->status == ASK_OK && a->n ? MATCH : NO_MATCH;
}

static enum match match_ptr(struct spf_run *r, struct slice name)
{
    struct slice found;
    if (!spf_validated(r, name, false, &found))
        return WAIT;
    return found.n ? MATCH : NO_MATCH;
}

/* False when this term is one more than may ask. */
static bool may_ask(struct spf_run *r, const struct spf_term *t)
{
    if (++r->lookups <= SPF_LOOKUPS)
        return true;
    (void)wrong(r, ERROR_PERM, N_("more than 10 terms that need look-ups"), t->text);
    return false;
}

static enum match match_term(struct spf_run *r, const struct spf_term *t, struct slice domain)
{
    struct slice name;
    if (t->kind == SPF_ALL)
        return MATCH;
    if (t->kind == SPF_IP4 || t->kind == SPF_IP6)
        return net_has(&t->net, &r->ip) ? MATCH : NO_MATCH;
    if (t->kind >= SPF_REDIRECT)
        return NO_MATCH;
    if (!may_ask(r, t))
        return ERROR_PERM;
    if (!spf_target(r, t->spec, domain, &name))
        return WAIT;
    struct spf_step *s = step(r, domain, t->text);
    s->target = name;
    enum match m;
    switch (t->kind) {
    case SPF_INCLUDE:
        m = match_include(r, t, name);
        break;
    case SPF_A:
        m = match_host(r, t, name);
        break;
    case SPF_MX:
        m = match_mx(r, t, name);
        break;
    case SPF_PTR:
        m = match_ptr(r, name);
        break;
    default:
        m = match_exists(r, name);
    }
    s->is_match = m == MATCH;
    return m;
}

/* The explanation (section 6.2). true: done, also when there is none. */
static bool explain(struct spf_run *r, const struct spf_record *record, struct slice domain)
{
    struct slice name, text = {0}, words;
    if (!record->exp || !r->in->want_explanation)
        return true;
    if (!spf_target(r, record->exp->spec, domain, &name))
        return false;
    if (name.n == 0 || !dns_name_is_valid(name))
        return true;
    const struct dns_answer *a = ask_dns(r->ask, name, DNS_TXT);
    if (!a)
        return false;
    if (a->status != ASK_OK || a->n != 1 || !dns_txt(r->in->arena, a->rdata[0], &text) ||
        !spf_macro_ok(text, false, true))
        return true;
    if (!spf_expand(r, text, domain, true, &words))
        return false;
    for (size_t i = 0; i < words.n; i++)
        if ((unsigned char)words.p[i] < 0x20 || (unsigned char)words.p[i] > 0x7e)
            return true;
    r->out->explanation = words;
    return true;
}

static unsigned value_of(enum match m)
{
    return m == WAIT ? (unsigned)VALUE_WAIT : m == ERROR_TEMP ? AUTH_TEMPERROR : AUTH_PERMERROR;
}

static unsigned follow_redirect(struct spf_run *r, const struct spf_term *t, struct slice domain,
                                bool waits)
{
    struct slice name;
    if (!may_ask(r, t))
        return waits ? (unsigned)VALUE_WAIT : AUTH_PERMERROR;
    if (!spf_target(r, t->spec, domain, &name))
        return VALUE_WAIT;
    step(r, domain, t->text)->target = name;
    unsigned value = eval_domain(r, name);
    if (waits)
        return VALUE_WAIT;
    if (value == AUTH_NONE) {
        (void)wrong(r, ERROR_PERM, N_("the domain of a redirect has no SPF record"), t->text);
        return AUTH_PERMERROR;
    }
    return value;
}

static unsigned eval_record(struct spf_run *r, const struct spf_record *record, struct slice domain)
{
    bool waits = false;
    for (size_t i = 0; i < record->n; i++) {
        const struct spf_term *t = &record->terms[i];
        enum match m = match_term(r, t, domain);
        if (m == NO_MATCH)
            continue;
        if (m == WAIT) {
            waits = true;
            continue;
        }
        if (waits)
            return VALUE_WAIT;
        if (m != MATCH)
            return value_of(m);
        r->where = t->text;
        if (t->kind == SPF_ALL || t->kind == SPF_IP4 || t->kind == SPF_IP6)
            step(r, domain, t->text)->is_match = true;
        if (t->result == AUTH_FAIL && r->depth == 0 && !explain(r, record, domain))
            return VALUE_WAIT;
        return t->result;
    }
    if (record->redirect)
        return follow_redirect(r, record->redirect, domain, waits);
    if (waits)
        return VALUE_WAIT;
    r->where = (struct slice){0};
    return AUTH_NEUTRAL;
}

/* Section 4.5: the one TXT record that is SPF. */
static enum match find_record(struct spf_run *r, struct slice domain, struct slice *out)
{
    *out = (struct slice){0};
    if (domain.n == 0 || !dns_name_is_valid(domain))
        return NO_MATCH;
    const struct dns_answer *a = ask_dns(r->ask, domain, DNS_TXT);
    if (!a)
        return WAIT;
    if (spf_is_missing(a))
        return wrong(r, ERROR_TEMP, N_("the SPF record could not be asked for"), domain);
    for (size_t i = 0; a->status == ASK_OK && i < a->n; i++) {
        struct slice txt;
        if (!dns_txt(r->in->arena, a->rdata[i], &txt) || !spf_is_record(txt))
            continue;
        if (out->n)
            return wrong(r, ERROR_PERM, N_("there are two SPF records"), domain);
        *out = txt;
    }
    return NO_MATCH;
}

static unsigned eval_domain(struct spf_run *r, struct slice domain)
{
    struct slice text, bad = {0};
    struct spf_record record;
    enum match m = find_record(r, domain, &text);
    if (m != NO_MATCH)
        return value_of(m);
    if (text.n == 0)
        return AUTH_NONE;
    struct spf_step *s = step(r, domain, (struct slice){0});
    s->target = text;
    const char *why = spf_parse(r->in->arena, slice_from(text, 6), &record, &bad);
    if (why) {
        s->note = why;
        (void)wrong(r, ERROR_PERM, why, bad);
        return AUTH_PERMERROR;
    }
    return eval_record(r, &record, domain);
}

/* A name that mail can come from: valid, of two labels at least (section 4.3). */
static bool is_mail_domain(struct slice s)
{
    return dns_name_is_valid(s) && slice_chr(s, '.') != SIZE_MAX && slice_chr(s, ' ') == SIZE_MAX &&
           s.n && s.p[0] != '[';
}

static struct slice folded(struct arena *a, struct slice name)
{
    char room[DNS_NAME_BYTES];
    struct slice out;
    return dns_name_fold(name, room, &out) ? arena_dup(a, out) : name;
}

static void prepare(struct spf_run *r)
{
    const struct spf_in *in = r->in;
    struct slice sender = in->sender;
    size_t at = slice_rchr(sender, '@');
    r->local = SLICE("postmaster");
    if (sender.n == 0)
        sender = in->helo;
    else if (at != SIZE_MAX) {
        if (at > 0)
            r->local = slice_head(sender, at);
        sender = slice_from(sender, at + 1);
    }
    for (size_t i = 0; i < r->local.n; i++)
        r->is_foreign_local |= (unsigned char)r->local.p[i] >= 0x80;
    r->sender_domain = folded(in->arena, sender);
    r->sender = arena_printf(in->arena, "%.*s@%.*s", SLICE_ARG(r->local),
                             SLICE_ARG(r->sender_domain));
}

static const char *word_of(enum auth_value v)
{
    switch (v) {
    case AUTH_PASS:
        return "the client may send for this domain";
    case AUTH_FAIL:
        return "the domain says that this client may not send for it";
    case AUTH_SOFTFAIL:
        return "the domain says that this client should not send for it";
    case AUTH_NEUTRAL:
        return "the domain says nothing about this client";
    case AUTH_NONE:
        return "the domain has no SPF record";
    default:
        return "";
    }
}

bool spf_check(const struct spf_in *in, struct ask *q, struct spf_result *out)
{
    struct spf_run r = {.in = in, .ask = q, .out = out};
    *out = (struct spf_result){0};
    r.tail = &out->steps;
    prepare(&r);
    struct slice domain = in->domain.n ? folded(in->arena, in->domain) : r.sender_domain;
    out->domain = domain;
    out->identity = r.sender;
    if (!ip_parse(in->client_ip, &r.ip)) {
        out->reason = "there is no client address";
        return true;
    }
    if (!is_mail_domain(domain)) {
        out->reason = "there is no domain that mail can come from";
        return true;
    }
    unsigned value = eval_domain(&r, domain);
    if (value == VALUE_WAIT)
        return false;
    out->value = (enum auth_value)value;
    out->lookups = r.lookups;
    out->voids = r.voids;
    out->mechanism = r.where;
    bool is_error = value == AUTH_TEMPERROR || value == AUTH_PERMERROR;
    out->reason = is_error ? r.reason : word_of(out->value);
    out->is_incomplete = value == AUTH_TEMPERROR;
    if (value != AUTH_FAIL)
        out->explanation = (struct slice){0};
    return true;
}
