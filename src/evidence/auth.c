/* What authentication says, as findings; and impostors of the site's own domains, which DMARC
 * cannot see. A missing answer is a finding without points. */
#include "evidence/families.h"

#include "auth/auth.h"
#include "base/buf.h"
#include "base/lang.h"
#include "evidence/own.h"
#include "journal/known.h"
#include "evidence/rules.h"
#include "mail/url.h"

/* What a finding of SPF still says once DMARC has spoken, or behind a list. */
#define SPF_BESIDE_PASS   0.2
#define SPF_BESIDE_POLICY 0.5
#define SPF_BEHIND_LIST   0.3
#define LIST_FORGES       0.3
/* A failing DMARC behind a list that is proven; anybody can run one, so it still counts. */
#define LIST_BREAKS 0.5

#define FOLLOWED_REJECT     12.0
#define FOLLOWED_QUARANTINE 5.0

static struct slice org_of(struct evidence *e, struct slice host)
{
    struct slice org = url_org_domain(e->arena, host);
    return org.n ? org : host;
}

bool auth_brand_proven(const struct evidence *e, const struct brand *b)
{
    const struct auth_result *r = e->auth;
    for (size_t i = 0; r && i < r->n_proven; i++) {
        struct slice org = url_org_domain(e->arena, r->proven[i]);
        if (org.n && brand_owns(b, org))
            return true;
    }
    return false;
}

static void incomplete(struct evidence *e, const char *name, const char *reason,
                       struct slice detail)
{
    finding_add(e->all, &(struct finding){.name = name,
                                          .kind = FINDING_AUTH,
                                          .reason = reason,
                                          .detail = detail,
                                          .source = "muster",
                                          .state = FINDING_INCOMPLETE});
}

static void missing(struct evidence *e)
{
    const struct auth_result *r = e->auth;
    struct buf words = BUF_INIT(200);
    bool dkim = false;
    if (r->is_border_missing)
        incomplete(e, "auth_border", N_("who handed it over is not known: %s"),
                   slice_str(r->border.missing));
    for (const struct dkim_result *k = r->dkim.first; k; k = k->next)
        dkim |= k->is_incomplete;
    const struct {
        const char *word;
        bool is_missing;
    } parts[] = {{"SPF", r->spf_mail_from.is_incomplete || r->spf_helo.is_incomplete},
                 {"DKIM", dkim},
                 {"ARC", r->arc.is_incomplete},
                 {"DMARC", r->dmarc.is_incomplete}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].is_missing)
            buf_printf(&words, "%s%s", words.n ? ", " : "", parts[i].word);
    if (words.n)
        incomplete(e, "auth_answers", N_("could not be checked for want of answers: %s"),
                   arena_dup(e->arena, buf_slice(&words)));
    buf_fini(&words);
}

/* The operator told us to do what the domain asks for. */
static void follow(struct evidence *e, const struct dmarc_result *d)
{
    if (!e->site || !e->site->follows_dmarc || d->action == DMARC_NONE)
        return;
    bool is_reject = d->action == DMARC_REJECT;
    finding_add(e->all,
                &(struct finding){.name = "dmarc_followed",
                                  .kind = FINDING_OPERATOR,
                                  .points = is_reject ? FOLLOWED_REJECT : FOLLOWED_QUARANTINE,
                                  .reason = N_("this site does what domains ask for: %s"),
                                  .detail = slice_str(dmarc_policy_name(d->action)),
                                  .source = "site",
                                  .forces = is_reject});
}

/* A mailing list whose own domain is proven: it may have changed the message on its way. */
static bool is_proven_list(struct evidence *e)
{
    const struct header *h = header_find(&e->m->headers, "List-Id", NULL);
    if (!h || !e->is_list)
        return false;
    size_t open = slice_rchr(h->value, '<');
    struct slice id = slice_from(h->value, open == SIZE_MAX ? 0 : open + 1), host;
    size_t close = slice_chr(id, '>');
    id = slice_trim(slice_head(id, close == SIZE_MAX ? id.n : close));
    if (!url_host(e->arena, id, true, &host))
        return false;
    struct slice org = url_org_domain(e->arena, host);
    for (size_t i = 0; org.n && i < e->auth->n_proven; i++)
        if (slice_eq(url_org_domain(e->arena, e->auth->proven[i]), org))
            return true;
    return false;
}

static void look_at_dmarc(struct evidence *e)
{
    const struct dmarc_result *d = &e->auth->dmarc;
    struct slice from = d->worst ? d->worst->from : (struct slice){0};
    for (const struct dmarc_author *a = e->auth->authors ? e->auth->authors->first : NULL; a;
         a = a->next)
        if (a->reading) {
            check_hit(e, CHECK_auth_from_readings, a->domain);
            break;
        }
    if (d->worst && d->worst->is_nonexistent)
        check_hit(e, CHECK_auth_domain_missing, from);
    if (d->value == AUTH_PASS)
        check_hit(e, CHECK_auth_dmarc_pass, from);
    else if (d->value == AUTH_PERMERROR)
        check_hit(e, CHECK_auth_dmarc_unclear, d->worst ? from : slice_str(d->reason));
    if (d->value != AUTH_FAIL)
        return;
    if (d->override != DMARC_OVERRIDE_NONE && d->override != DMARC_OVERRIDE_TEST_MODE) {
        check_hit(e, CHECK_auth_dmarc_excused, d->override_detail);
        return;
    }
    static const enum check_id by_action[] = {CHECK_auth_dmarc_fail, CHECK_auth_dmarc_quarantine,
                                              CHECK_auth_dmarc_reject};
    check_hit_scaled(e, by_action[d->action], from, is_proven_list(e) ? LIST_BREAKS : 1.0, NULL);
    follow(e, d);
}

static void look_at_spf(struct evidence *e)
{
    const struct auth_result *r = e->auth;
    const struct dmarc_result *d = &r->dmarc;
    double factor = d->value == AUTH_PASS                                        ? SPF_BESIDE_PASS
                    : d->value == AUTH_FAIL && d->action > DMARC_NONE            ? SPF_BESIDE_POLICY
                    : d->value == AUTH_FAIL && d->override > DMARC_OVERRIDE_NONE ? 0.0
                                                                                 : 1.0;
    if (e->is_list)
        factor *= SPF_BEHIND_LIST;
    if (r->has_spf && r->has_mail_from) {
        const struct spf_result *s = &r->spf_mail_from;
        static const enum check_id by_value[AUTH_VALUES] = {
            [AUTH_NONE] = CHECK_auth_spf_none,
            [AUTH_FAIL] = CHECK_auth_spf_fail,
            [AUTH_SOFTFAIL] = CHECK_auth_spf_softfail,
            [AUTH_PERMERROR] = CHECK_auth_spf_permerror,
        };
        if (s->value == AUTH_PASS)
            check_hit(e, CHECK_auth_spf_pass, s->domain);
        else if (s->value != AUTH_NEUTRAL && s->value != AUTH_TEMPERROR && s->domain.n)
            check_hit_scaled(e, by_value[s->value], s->domain, factor, NULL);
    }
    if (r->has_spf && r->spf_helo.value == AUTH_FAIL)
        check_hit_scaled(e, CHECK_auth_helo_fail, r->spf_helo.domain, factor, NULL);
}

static void look_at_signatures(struct evidence *e)
{
    const struct auth_result *r = e->auth;
    const struct dkim_result *good = NULL, *bad = NULL, *grew = NULL;
    for (const struct dkim_result *k = r->dkim.first; k; k = k->next) {
        if (k->value == AUTH_PASS && !k->body_grew)
            good = good ? good : k;
        else if (k->value == AUTH_PASS)
            grew = k;
        else if (k->value == AUTH_FAIL)
            bad = k;
    }
    if (good)
        check_hit(e, CHECK_auth_dkim_pass, good->domain);
    else if (bad && !e->is_list)
        check_hit(e, CHECK_auth_dkim_fail, bad->domain);
    if (grew)
        check_hit(e, CHECK_auth_dkim_grew, grew->domain);
    bool is_spf = r->has_spf && r->spf_mail_from.value == AUTH_PASS;
    if (!good && !grew && !is_spf && !r->is_incomplete)
        check_hit(e, CHECK_auth_nothing, (struct slice){0});
    if (r->arc.value == AUTH_PASS && r->arc.is_trusted)
        check_hit(e, CHECK_auth_arc_pass, r->arc.sealer);
    else if (r->arc.value == AUTH_FAIL)
        check_hit(e, CHECK_auth_arc_fail, (struct slice){0});
}

/* Somebody else's domain in From. Silent while an answer is missing: then it may be proven yet. */
static void look_at_forgery(struct evidence *e)
{
    const struct auth_result *r = e->auth;
    bool is_excused = r->dmarc.override > DMARC_OVERRIDE_NONE &&
                      r->dmarc.override != DMARC_OVERRIDE_TEST_MODE;
    if (r->is_incomplete || is_excused)
        return;
    for (const struct dmarc_domain *d = r->dmarc.domains; d; d = d->next) {
        if (d->value == AUTH_PASS || auth_proves(r, org_of(e, d->from)))
            continue;
        if (own_has(e->own, d->from)) {
            check_hit_scaled(e, CHECK_auth_own_forged, d->from, e->is_list ? LIST_FORGES : 1.0,
                             NULL);
            return;
        }
        struct slice org = org_of(e, d->from), label = org;
        label = slice_head(org, slice_chr(org, '.') == SIZE_MAX ? org.n : slice_chr(org, '.'));
        const struct brand *b = brands_label(e->rules->brands, label);
        if (b && brand_owns(b, org) && !e->is_list) {
            check_hit(e, CHECK_auth_brand_forged, b->name);
            return;
        }
    }
}

void family_auth(struct evidence *e)
{
    if (!e->auth || e->auth->is_skipped)
        return;
    missing(e);
    look_at_dmarc(e);
    look_at_spf(e);
    look_at_signatures(e);
    look_at_forgery(e);
}

/* ---- what needs no DNS ---- */

static void look_at_likeness(struct evidence *e)
{
    struct slice ours = {0};
    switch (own_looks_like(e->own, e->arena, e->from_domain, &ours)) {
    case OWN_SKELETON:
        check_hit(e, CHECK_own_domain_like, ours);
        break;
    case OWN_NEAR_MISS:
        check_hit(e, CHECK_own_domain_near, ours);
        break;
    default:
        break;
    }
    if (e->shown_address.n && own_has(e->own, e->shown_address) &&
        !own_has(e->own, e->from_domain) && !e->is_list)
        check_hit(e, CHECK_own_name_address, e->shown_address);
}

/* Against the people whom the recipient writes to. */
static void look_at_known(struct evidence *e)
{
    const struct known_sender *k = e->known;
    if (k == NULL || k->is_known || e->is_list || (e->auth && e->auth->is_skipped))
        return;
    if (k->is_domain_like)
        check_hit(e, CHECK_known_domain_like, e->from_domain);
    bool is_colleague = k->is_domain && e->auth && auth_proves(e->auth, e->from_host) &&
                        !(hosts_find(e->rules->hosts, e->from_domain) & HOSTS_FREEMAIL);
    if (k->is_name_other && !is_colleague)
        check_hit(e, CHECK_known_name_other, (struct slice){0});
}

void family_own(struct evidence *e)
{
    look_at_known(e);
    if (e->own && e->from_domain.n)
        look_at_likeness(e);
    if (e->reply_domain.n && e->from_domain.n && !slice_eq(e->reply_domain, e->from_domain)) {
        struct slice a = url_host_unicode(e->arena, e->reply_domain);
        struct slice b = url_host_unicode(e->arena, e->from_domain);
        if (slice_eq(brands_skeleton(e->arena, a), brands_skeleton(e->arena, b)))
            check_hit(e, CHECK_reply_to_like_from, e->reply_domain);
    }
}
