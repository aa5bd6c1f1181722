/* One answer per transaction. See milter_plan.h. */
#include "doors/milter_plan.h"

#include "base/err.h"

#include <stdlib.h>

static enum action action_of(const struct verdict *v, size_t i)
{
    return i < v->n_rcpt ? v->rcpt[i].action : v->action;
}

static void plan_defer(struct milter_plan *p, bool is_greylist)
{
    p->act = MILTER_TEMPFAIL;
    p->code = "451 4.7.1";
    p->text = is_greylist ? "Greylisted, please try again in a few minutes"
                          : "Not decided yet, please try again later";
}

static void plan_reject(struct milter_plan *p)
{
    p->act = MILTER_REJECT;
    p->code = "550 5.7.1";
    p->text = "Message refused as unwanted";
}

static void list(struct milter_plan *p, const struct verdict *v, size_t n)
{
    p->drop = calloc(n + 1, sizeof(*p->drop));
    p->copy = calloc(n + 1, sizeof(*p->copy));
    if (p->drop == NULL || p->copy == NULL)
        BUG("out of memory");
    for (size_t i = 0; i < n; i++) {
        enum action a = action_of(v, i);
        if (a == ACTION_QUARANTINE || a == ACTION_REJECT || a == ACTION_DISCARD)
            p->drop[p->n_drop++] = i;
        if (a == ACTION_QUARANTINE || a == ACTION_REJECT)
            p->copy[p->n_copy++] = i;
    }
}

/* Nobody gets it now: refuse, or take it over for those whose copy is kept. */
static void plan_nobody(struct milter_plan *p, const struct verdict *v, size_t n,
                        const size_t count[ACTIONS], const struct milter_rules *rules)
{
    if (count[ACTION_QUARANTINE] == 0 && count[ACTION_REJECT] > 0) {
        plan_reject(p);
        return;
    }
    if (count[ACTION_QUARANTINE] == n && rules->holds && rules->may_hold) {
        p->act = MILTER_HOLD;
        p->text = "Held as suspicious";
        return;
    }
    list(p, v, n);
    p->n_drop = 0;
    p->act = MILTER_DISCARD;
}

void milter_plan_make(const struct verdict *v, size_t n_rcpt, const struct milter_rules *rules,
                      struct milter_plan *out)
{
    size_t count[ACTIONS] = {0};
    size_t n = n_rcpt ? n_rcpt : 1;
    *out = (struct milter_plan){.act = MILTER_ACCEPT};
    if (rules->is_shadow)
        return;
    for (size_t i = 0; i < n; i++)
        count[action_of(v, i)]++;
    size_t n_now = count[ACTION_ACCEPT] + count[ACTION_TAG];
    size_t n_harsh = count[ACTION_QUARANTINE] + count[ACTION_REJECT] + count[ACTION_DISCARD];
    if (count[ACTION_DEFER]) {
        plan_defer(out, false);
    } else if (n_now == 0 && count[ACTION_GREYLIST]) {
        plan_defer(out, true);
    } else if (n_now == 0) {
        plan_nobody(out, v, n, count, rules);
    } else if (n_harsh > 0) {
        out->is_softened = !rules->may_drop;
        if (rules->may_drop)
            list(out, v, n);
    }
}

void milter_plan_fini(struct milter_plan *p)
{
    free(p->drop);
    free(p->copy);
    *p = (struct milter_plan){0};
}
