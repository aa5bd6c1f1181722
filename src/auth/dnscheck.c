/* What a domain publishes: the frame. See dnscheck.h. */
#include "ask/name.h"
#include "auth/dnscheck_internal.h"
#include "base/json.h"

static const struct topic {
    enum dnscheck_topic topic;
    const char *name;
    void (*look)(struct check *c);
} TOPICS[] = {
    {DNSCHECK_DOMAIN, N_("domain"), check_domain},
    {DNSCHECK_MX_HOSTS, "mx", check_mx},
    {DNSCHECK_REVERSE, N_("reverse"), check_reverse},
    {DNSCHECK_SPF, "spf", check_spf},
    {DNSCHECK_DKIM, "dkim", check_dkim},
    {DNSCHECK_DMARC, "dmarc", check_dmarc},
    {DNSCHECK_ARC, "arc", check_arc},
    {DNSCHECK_MTA_STS, "mta-sts", check_sts},
    {DNSCHECK_TLSRPT, "tls-rpt", check_tlsrpt},
    {DNSCHECK_DANE, "dane", check_dane},
    {DNSCHECK_SECURITY, "security.txt", check_security},
    {DNSCHECK_MESSAGE, N_("message"), NULL},
    {DNSCHECK_ONE_CLICK, "one-click", NULL},
};
#define TOPIC_COUNT (sizeof(TOPICS) / sizeof(*TOPICS))

const char *dnscheck_state_name(enum dnscheck_state s)
{
    static const char *const names[DNSCHECK_STATES] = {N_("ok"),      N_("note"),    N_("missing"),
                                                       N_("warning"), N_("problem"), N_("unknown")};
    return names[s];
}

const char *dnscheck_topic_name(enum dnscheck_topic t)
{
    for (size_t i = 0; i < TOPIC_COUNT; i++) {
        if (TOPICS[i].topic == t)
            return TOPICS[i].name;
    }
    return "";
}

/* ---- for the parts ---- */

const struct dns_answer *check_ask(struct check *c, struct slice name, enum dns_type type)
{
    const struct dns_answer *a = ask_dns(c->q, name, type);
    if (a == NULL)
        c->is_waiting = true;
    return a;
}

struct dnscheck_item *check_add(struct check *c, enum dnscheck_topic topic,
                                enum dnscheck_state state, int rank, const char *text,
                                struct slice filling)
{
    struct dnscheck_item *i = ARENA_NEW(c->arena, struct dnscheck_item);
    *i = (struct dnscheck_item){
        .topic = topic, .state = state, .rank = rank, .text = text, .filling = filling};
    *c->out->tail = i;
    c->out->tail = &i->next;
    c->out->n++;
    c->out->counts[state]++;
    return i;
}

bool check_unknown(struct check *c, enum dnscheck_topic topic, const struct dns_answer *a,
                   struct slice name)
{
    if (a->status == ASK_OK || a->status == ASK_NODATA || a->status == ASK_NXDOMAIN)
        return false;
    struct dnscheck_item *i;
    if (a->status == ASK_BOGUS) {
        i = check_add(c, topic, DNSCHECK_PROBLEM, 1,
                      N_("DNSSEC says that the answer for %s is forged or broken"), name);
        i->advice = N_("Until the signatures of your zone are valid again, validating servers "
                       "cannot reach you. Renew them, or have the DS record removed.");
    } else {
        i = check_add(c, topic, DNSCHECK_UNKNOWN, 0, N_("no answer could be had for %s"), name);
    }
    i->name = name;
    return true;
}

void check_publish(struct check *c, struct dnscheck_item *i, struct slice name, struct slice text)
{
    i->publish_name = name;
    i->publish = arena_printf(c->arena, "TXT \"%.*s\"", SLICE_ARG(text));
}

struct slice check_below(struct check *c, const char *prefix)
{
    return arena_printf(c->arena, "%s.%.*s", prefix, SLICE_ARG(c->domain));
}

size_t check_txt(struct check *c, const struct dns_answer *a, const char *prefix, struct slice *out,
                 size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        struct slice text;
        if (!dns_txt(c->arena, a->rdata[i], &text) || !slice_istarts(text, slice_str(prefix)))
            continue;
        if (n < most)
            out[n] = text;
        n++;
    }
    return n;
}

/* ---- the whole ---- */

bool dnscheck_run(const struct dnscheck_in *in, struct ask *q, struct dnscheck *out)
{
    struct check c = {.in = in, .arena = in->arena, .q = q, .out = out};
    char room[DNS_NAME_BYTES];
    struct slice folded;
    *out = (struct dnscheck){.domain = in->domain};
    out->tail = &out->items;
    if (!dns_name_fold(in->domain, room, &folded) || folded.n == 0) {
        check_add(&c, DNSCHECK_DOMAIN, DNSCHECK_PROBLEM, 1, N_("%s is no domain name"), in->domain);
        return true;
    }
    out->domain = c.domain = arena_dup(in->arena, folded);
    unsigned topics = in->topics ? in->topics : DNSCHECK_ALL;
    for (size_t i = 0; i < TOPIC_COUNT; i++) {
        if ((topics & TOPICS[i].topic) && TOPICS[i].look)
            TOPICS[i].look(&c);
    }
    return !c.is_waiting;
}

void dnscheck_sort(struct dnscheck *d)
{
    struct dnscheck_item *sorted = NULL, **tail = &sorted;
    for (int step = 1; step <= 10; step++) {
        int rank = step % 10; /* 1 to 9, then 0 */
        for (struct dnscheck_item **at = &d->items; *at;) {
            struct dnscheck_item *i = *at;
            if (i->rank != rank) {
                at = &i->next;
                continue;
            }
            *at = i->next;
            i->next = NULL;
            *tail = i;
            tail = &i->next;
        }
    }
    d->items = sorted;
    d->tail = tail;
}

bool dnscheck_is_bad(const struct dnscheck *d)
{
    return d->counts[DNSCHECK_PROBLEM] + d->counts[DNSCHECK_UNKNOWN] > 0;
}

const char *dnscheck_sts_url(struct arena *a, const struct dnscheck *d)
{
    return arena_cstr(
        a, arena_printf(a, "https://mta-sts.%.*s/.well-known/mta-sts.txt", SLICE_ARG(d->domain)));
}

const char *dnscheck_security_url(struct arena *a, const struct dnscheck *d)
{
    return arena_cstr(
        a, arena_printf(a, "https://%.*s/.well-known/security.txt", SLICE_ARG(d->domain)));
}

/* ---- JSON ---- */

static void optional(struct json *j, const char *name, struct slice s)
{
    if (s.n)
        jsonw_text(j, name, s);
}

void dnscheck_item_json(const struct dnscheck_item *i, struct json *j)
{
    struct buf b = BUF_INIT(8192);
    lang_fill(NULL, i->text, i->filling, &b);
    jsonw_object(j, NULL);
    jsonw_cstr(j, "topic", dnscheck_topic_name(i->topic));
    jsonw_cstr(j, "state", dnscheck_state_name(i->state));
    jsonw_int(j, "rank", i->rank);
    jsonw_text(j, "text", buf_slice(&b));
    if (i->advice)
        jsonw_cstr(j, "advice", i->advice);
    optional(j, "name", i->name);
    optional(j, "seen", i->seen);
    if (i->publish.n) {
        jsonw_object(j, "publish");
        jsonw_text(j, "name", i->publish_name);
        jsonw_text(j, "record", i->publish);
        jsonw_object_end(j);
    }
    jsonw_object_end(j);
    buf_fini(&b);
}

static void spf_json(struct json *j, const struct spf_result *r)
{
    jsonw_object(j, "spf");
    jsonw_int(j, "lookups", r->lookups);
    jsonw_int(j, "void_lookups", r->voids);
    jsonw_array(j, "terms");
    for (const struct spf_step *s = r->steps; s; s = s->next) {
        jsonw_object(j, NULL);
        jsonw_int(j, "depth", s->depth);
        jsonw_text(j, "domain", s->domain);
        optional(j, "term", s->term);
        optional(j, "target", s->target);
        jsonw_int(j, "lookups", s->lookups);
        if (s->note)
            jsonw_cstr(j, "note", s->note);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    jsonw_object_end(j);
}

static const struct found {
    const char *name, *words;
} FOUND[] = {[DMARC_FOUND_NOTHING] = {"nothing", N_("no record")},
             [DMARC_FOUND_RECORD] = {"record", N_("a record")},
             [DMARC_FOUND_SEVERAL] = {"several", N_("several records, so that none counts")},
             [DMARC_FOUND_BAD] = {"bad", N_("a broken record")},
             [DMARC_FOUND_MISSING] = {"missing", N_("no answer")}};

const char *dnscheck_found_name(enum dmarc_found f)
{
    return FOUND[f].name;
}

const char *dnscheck_found_words(enum dmarc_found f)
{
    return FOUND[f].words;
}

static void walk_json(struct json *j, const struct dmarc_walk *w)
{
    jsonw_object(j, "dmarc");
    if (w->org.n && !w->is_incomplete)
        jsonw_text(j, "organisation", w->org);
    if (w->policy)
        jsonw_text(j, "policy_of", w->policy->domain);
    jsonw_array(j, "walk");
    for (size_t i = 0; i < w->n; i++) {
        jsonw_object(j, NULL);
        jsonw_text(j, "domain", w->step[i].domain);
        jsonw_cstr(j, "found", dnscheck_found_name(w->step[i].found));
        if (w->step[i].found == DMARC_FOUND_RECORD)
            jsonw_text(j, "record", w->step[i].record.text);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    jsonw_object_end(j);
}

void dnscheck_json(const struct dnscheck *d, struct json *j)
{
    jsonw_object(j, NULL);
    jsonw_text(j, "domain", d->domain);
    jsonw_object(j, "summary");
    for (int s = 0; s < DNSCHECK_STATES; s++)
        jsonw_int(j, dnscheck_state_name((enum dnscheck_state)s), (int64_t)d->counts[s]);
    jsonw_object_end(j);
    jsonw_array(j, "items");
    for (const struct dnscheck_item *i = d->items; i; i = i->next)
        dnscheck_item_json(i, j);
    jsonw_array_end(j);
    if (d->spf.steps)
        spf_json(j, &d->spf);
    if (d->walk.n)
        walk_json(j, &d->walk);
    jsonw_object_end(j);
}
