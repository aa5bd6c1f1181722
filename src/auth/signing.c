/* What this site signs. See signing.h. */
#include "auth/signing.h"

static const char *const forms[] = {"relaxed/relaxed", "relaxed/simple", "simple/relaxed",
                                    "simple/simple", NULL};
static const char *const failures[] = {"defer", "send", NULL};
static const char *const whens[] = {"forwarded", "inbound", NULL};
static const char *const never[] = {"never", NULL};

struct conf_signer {
    int on_failure;
    int64_t per_minute, line_limit;
};

struct conf_arc {
    struct slice seal_as;
    int when;
};

#define ALL(field) offsetof(struct conf_signer, field)
static const struct conf_item all_items[] = {
    {"on_failure", CONF_CHOICE, ALL(on_failure), "defer", .choices = failures,
     .doc = "what own mail gets that cannot be signed now: wait, or go unsigned"},
    {"per_minute", CONF_INT, ALL(per_minute), "6000", .min = 1, .max = 10000000,
     .doc = "signatures of one domain in a minute; more is a fault, or somebody's theft"},
    {"line_limit", CONF_INT, ALL(line_limit), "998", .min = 0, .max = 65536, .unit = "bytes",
     .doc = "longer lines are signed as the MTA breaks them (Postfix: smtp_line_length_limit); 0: "
            "as they are"},
    {0}};

#define SIGN(field) offsetof(struct sign_domain, field)
static const struct conf_item sign_items[] = {
    {"selector", CONF_LIST, SIGN(selector), "\"\"",
     .doc = "name of each key in DNS, in the order of key; each makes one signature"},
    {"key", CONF_LIST, SIGN(key), "\"\"", .unit = "files",
     .doc = "private keys (PEM, RSA or Ed25519), readable by their owner alone"},
    {"subdomains", CONF_BOOL, SIGN(subdomains), "yes",
     .doc = "also sign for authors below the domain"},
    {"canonical", CONF_CHOICE, SIGN(canon), "relaxed/relaxed", .choices = forms,
     .doc = "canonical form of header and body (c=)"},
    {"expires", CONF_TIME, SIGN(expires), "never", .min = 3600, .max = 315360000, .choices = never,
     .unit = "seconds", .doc = "signatures are good for so long (x=)"},
    {"headers", CONF_LIST, SIGN(names), "\"\"",
     .doc = "header fields that are signed where they are; empty: the usual ones"},
    {"oversign", CONF_LIST, SIGN(oversign), "\"\"",
     .doc = "header fields of which none can be added; From is always one; empty: the usual ones"},
    {0}};

#define ARC(field) offsetof(struct conf_arc, field)
static const struct conf_item arc_items[] = {
    {"seal_as", CONF_TEXT, ARC(seal_as), "\"\"",
     .doc = "domain of a sign section whose first key seals mail from outside; empty: no seals"},
    {"when", CONF_CHOICE, ARC(when), "forwarded", .choices = whens,
     .doc = "what is sealed: mail that goes on to other sites, or all that comes in"},
    {0}};

const struct conf_section SIGNING_SECTIONS[] = {
    {"sign", false, all_items, sizeof(struct conf_signer), "signing own mail (DKIM)"},
    {"sign", true, sign_items, sizeof(struct sign_domain), "how mail of one domain is signed"},
    {"arc", false, arc_items, sizeof(struct conf_arc), "sealing mail that is handed on (ARC)"},
    {0}};

static int read_domain(struct conf_block *b, struct err *e)
{
    struct sign_domain *d = b->data;
    d->domain = b->name;
    if (d->selector.n != d->key.n || d->key.n == 0)
        return err_set(e, ERR_PARSE,
                       "line %u: sign \"%.*s\": there are %zu selectors and %zu keys; each key "
                       "needs its selector",
                       b->line, SLICE_ARG(b->name), d->selector.n, d->key.n);
    if (d->key.n > SIGN_SELECTORS)
        return err_set(e, ERR_PARSE, "line %u: sign \"%.*s\": more than %d keys", b->line,
                       SLICE_ARG(b->name), SIGN_SELECTORS);
    return 0;
}

int signing_compile(const struct conf *c, struct err *e, struct signing **out)
{
    const struct conf_signer *all = conf_data(c, "sign");
    const struct conf_arc *arc = conf_data(c, "arc");
    struct signing *s = ARENA_NEW(c->arena, struct signing);
    size_t n = 0;
    for (struct conf_block *b = NULL; (b = conf_next(c, "sign", b));)
        n++;
    *s = (struct signing){.domain = ARENA_ARRAY(c->arena, struct sign_domain *, n + 1),
                          .seal_when = arc->when,
                          .on_failure = all->on_failure,
                          .per_minute = all->per_minute,
                          .line_limit = all->line_limit};
    for (struct conf_block *b = NULL; (b = conf_next(c, "sign", b));) {
        if (b->name.n == 0)
            continue;
        int rc = read_domain(b, e);
        if (rc < 0)
            return rc;
        s->domain[s->n++] = b->data;
    }
    for (size_t i = 0; i < s->n; i++) {
        if (arc->seal_as.n && slice_ieq(s->domain[i]->domain, arc->seal_as))
            s->seal = s->domain[i];
    }
    if (arc->seal_as.n && s->seal == NULL)
        return err_set(e, ERR_PARSE, "arc.seal_as: there is no section sign \"%.*s\"",
                       SLICE_ARG(arc->seal_as));
    *out = s;
    return 0;
}

/* The longest domain that fits wins: mail.example.org before example.org. */
const struct sign_domain *signing_for(const struct signing *s, struct slice domain)
{
    const struct sign_domain *best = NULL;
    for (size_t i = 0; i < s->n; i++) {
        const struct sign_domain *d = s->domain[i];
        bool fits = d->subdomains ? domain_is_below(domain, d->domain)
                                  : slice_ieq(domain, d->domain);
        if (fits && (best == NULL || d->domain.n > best->domain.n))
            best = d;
    }
    return best;
}

bool signing_is_ours(const struct message *m, const struct envelope *env,
                     const struct auth_settings *settings)
{
    struct received_border border;
    received_border(m, env, settings ? settings : auth_settings_default(), &border);
    return border.is_internal;
}

/* From belongs to every list that must not grow, whatever the operator wrote. */
static struct conf_list with_from(struct arena *a, const struct conf_list *list)
{
    struct conf_list out = {ARENA_ARRAY(a, struct slice, list->n + 1), 0};
    for (size_t i = 0; i < list->n; i++) {
        if (!slice_ieq(list->items[i], SLICE("From")))
            out.items[out.n++] = list->items[i];
    }
    out.items[out.n++] = SLICE("From");
    return out;
}

int signing_plan(const struct signing *s, struct message *m, bool is_cut, int64_t now,
                 struct err *e, struct sign_plan *out)
{
    const struct sign_domain *d = m->from ? signing_for(s, m->from->domain) : NULL;
    *out = (struct sign_plan){0};
    if (d == NULL)
        return 0;
    struct signed_mail mail;
    struct sign_order first;
    struct conf_list oversign = with_from(m->arena, &d->oversign);
    struct sign_spec spec = {.domain = d->domain,
                             .header_canon = d->canon < 2 ? CANON_RELAXED : CANON_SIMPLE,
                             .body_canon = d->canon % 2 == 0 ? CANON_RELAXED : CANON_SIMPLE,
                             .now = now,
                             .expires = d->expires > 0 ? now + d->expires / 1000000 : 0,
                             .names = d->names.n ? d->names.items : NULL,
                             .n_names = d->names.n,
                             .oversign = d->oversign.n ? oversign.items : NULL,
                             .n_oversign = oversign.n,
                             .line_limit = (unsigned)s->line_limit};
    signed_init(&mail, m, now * 1000000, is_cut);
    int rc = sign_order_dkim(&mail, &spec, e, &first);
    if (rc < 0)
        return rc;
    /* All keys sign the same fields and body: hashed once. */
    out->order = ARENA_ARRAY(m->arena, struct sign_order, d->key.n);
    for (size_t i = 0; i < d->key.n; i++) {
        out->order[out->n] = first;
        out->order[out->n++].selector = d->selector.items[i];
    }
    return 0;
}

bool signing_seals(const struct signing *s, const struct envelope *env,
                   const struct conf_list *domains)
{
    if (s->seal == NULL || s->seal_when == ARC_INBOUND)
        return s->seal != NULL;
    for (size_t i = 0; i < env->n_rcpt; i++) {
        struct slice rcpt = env->rcpt[i];
        size_t at = slice_rchr(rcpt, '@');
        bool is_ours = at == SIZE_MAX;
        for (size_t k = 0; k < domains->n && !is_ours; k++)
            is_ours = slice_ieq(slice_from(rcpt, at + 1), domains->items[k]);
        if (!is_ours)
            return true;
    }
    return false;
}
