/* Decides: sum, side, class, and the action per recipient that policy wants and the charter
 * allows. */
#include "verdict/verdict.h"

#include "base/lang.h"
#include "charter/charter.h"

#include <math.h>

/* Charter grounds that are the same for all recipients. */
static void gather(const struct findings *all, double tag, struct charter_grounds *g)
{
    double by_kind[FINDING_KINDS] = {0};
    for (const struct finding *f = all->first; f; f = f->next) {
        by_kind[f->kind] += f->points;
        if (!f->forces || f->points <= 0)
            continue;
        if (f->kind == FINDING_OPERATOR || f->kind == FINDING_USER)
            g->has_operator_rule = true;
        else if (f->hints & HINT_MALWARE)
            g->has_antivirus_name = true;
    }
    for (int k = 0; k < FINDING_KINDS; k++)
        if (by_kind[k] >= CHARTER_KIND_POINTS)
            g->kinds_against++;
    g->is_partner_alone = by_kind[FINDING_PARTNER] > 0 && all->sum - by_kind[FINDING_PARTNER] < tag;
}

static enum side side_of(double score, const struct policy_view *v)
{
    return score >= v->tag ? SIDE_SPAM : score > v->unsure ? SIDE_UNSURE : SIDE_HAM;
}

static const struct finding *forced(const struct findings *all)
{
    const struct finding *best = NULL;
    for (const struct finding *f = all->first; f; f = f->next)
        if (f->forces && f->points > 0 && (!best || f->points > best->points))
            best = f;
    return best;
}

/* What policy wants, before the charter. */
static enum action wanted(double score, enum mail_class class, bool is_blocked,
                          const struct policy_view *v)
{
    if (is_blocked)
        return v->on_block;
    if (score >= v->tag && v->by_class[class] >= 0)
        return (enum action)v->by_class[class];
    if (score >= v->reject)
        return ACTION_REJECT;
    if (v->quarantine > 0 && score >= v->quarantine)
        return ACTION_QUARANTINE;
    if (score >= v->tag)
        return ACTION_TAG;
    if (v->greylist > 0 && score >= v->greylist)
        return ACTION_GREYLIST;
    return ACTION_ACCEPT;
}

/* One decision: policy's wish through the charter. */
static enum action decide(const struct findings *all, enum mail_class class,
                          const struct policy_view *v, const char **out_limit)
{
    struct charter_grounds g = {0};
    gather(all, v->tag, &g);
    const struct finding *force = forced(all);
    bool is_blocked = force && (force->kind == FINDING_OPERATOR || force->kind == FINDING_USER);
    g.operator_says_discard = is_blocked && v->on_block == ACTION_DISCARD;
    enum action want = wanted(all->sum, class, is_blocked, v);
    enum charter_act act = charter_limit((enum charter_act)want, &g, out_limit);
    if (act > CHARTER_TAG && slice_is_empty(slice_trim(v->appeal))) {
        act = CHARTER_TAG;
        *out_limit = N_("no address is set where a person could object");
    }
    return (enum action)act;
}

static const struct finding *main_reason(const struct findings *all, enum side side)
{
    const struct finding *best = side == SIDE_HAM ? NULL : forced(all);
    if (best)
        return best;
    for (const struct finding *f = all->first; f; f = f->next) {
        double x = side == SIDE_HAM ? -f->points : f->points;
        double y = best ? fabs(best->points) : 0.0;
        if (x > y)
            best = f;
    }
    return best;
}

/* A recipient with lists of his own is judged on a copy of the findings with these added. */
static void decide_rcpt(const struct findings *all, const struct policy *policy,
                        const struct verdict_people *people, const struct choice *choice,
                        enum mail_class class, struct rcpt_verdict *r)
{
    struct policy_view v;
    policy_view(policy, all->arena, r->rcpt, &v);
    double tag = v.tag;
    choice_move(choice, &v);
    struct findings own = {.arena = all->arena};
    for (const struct finding *f = all->first; f; f = f->next)
        finding_add(&own, f);
    size_t before = own.n;
    if (people->sender) {
        policy_lists(policy, r->rcpt, people->sender, &own);
        if (v.own_lists)
            choice_lists(choice, false, people->sender, people->now_us, &own);
    }
    r->score = own.sum;
    r->side = side_of(own.sum, &v);
    if (own.n != before)
        class = verdict_class(&own, r->side);
    r->action = decide(&own, class, &v, &r->limited_by);
    r->rule = v.rule;
    if (choice && (own.n != before || v.tag < tag || v.tag > tag))
        r->rule = arena_printf(all->arena, "own choice of %.*s", SLICE_ARG(r->rcpt));
}

void verdict_make(const struct findings *all, const struct envelope *env,
                  const struct policy *policy, const struct verdict_people *people,
                  struct verdict *out)
{
    struct policy_view site;
    policy_view(policy, all->arena, (struct slice){0}, &site);
    *out = (struct verdict){.score = all->sum,
                            .probability = verdict_probability(all->sum),
                            .side = side_of(all->sum, &site),
                            .appeal = site.appeal,
                            .tag = site.tag,
                            .reject = site.reject};
    out->class = verdict_class(all, out->side);
    out->action = decide(all, out->class, &site, &out->limited_by);
    out->main_reason = main_reason(all, out->side);
    for (const struct finding *f = all->first; f; f = f->next)
        out->is_incomplete |= f->state == FINDING_INCOMPLETE;
    out->n_rcpt = env->n_rcpt;
    out->rcpt = ARENA_ARRAY(all->arena, struct rcpt_verdict, env->n_rcpt + 1);
    for (size_t i = 0; i < env->n_rcpt; i++) {
        struct rcpt_verdict *r = &out->rcpt[i];
        *r = (struct rcpt_verdict){.rcpt = env->rcpt[i],
                                   .side = out->side,
                                   .action = out->action,
                                   .score = out->score,
                                   .limited_by = out->limited_by,
                                   .rule = SLICE("site")};
        struct policy_view v;
        policy_view(policy, all->arena, r->rcpt, &v);
        const struct choice *choice = people->choices ? people->choices[i] : NULL;
        if (!v.is_site || choice)
            decide_rcpt(all, policy, people, choice, out->class, r);
    }
}
