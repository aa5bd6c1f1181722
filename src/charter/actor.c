/* Roles and classes by name. See actor.h. */
#include "charter/actor.h"

static const struct {
    unsigned role;
    const char *name;
} roles[ACTOR_ROLES] = {{ACTOR_MEMBER, "member"},     {ACTOR_REVIEWER, "reviewer"},
                        {ACTOR_OPERATOR, "operator"}, {ACTOR_DOMAIN_ADMIN, "domain-admin"},
                        {ACTOR_AUDITOR, "auditor"},   {ACTOR_STEWARD, "steward"}};

static const char *const stakeholders[STAKEHOLDERS] = {
    "none", "user", "operator", "sender", "government", "civil-society", "research"};

bool actor_may(const struct actor *a, unsigned needs)
{
    return needs == 0 || (a->roles & needs) != 0;
}

bool actor_has_domain(const struct actor *a, struct slice domain)
{
    if (a->roles & ACTOR_OPERATOR)
        return true;
    if (!(a->roles & ACTOR_DOMAIN_ADMIN))
        return false;
    for (size_t i = 0; i < a->n_domains; i++)
        if (slice_ieq(a->domains[i], domain))
            return true;
    return false;
}

const char *actor_role_name(enum actor_role r)
{
    for (size_t i = 0; i < ACTOR_ROLES; i++)
        if (roles[i].role == (unsigned)r)
            return roles[i].name;
    return NULL;
}

unsigned actor_role_of(struct slice name)
{
    for (size_t i = 0; i < ACTOR_ROLES; i++)
        if (slice_eq(name, slice_str(roles[i].name)))
            return roles[i].role;
    return 0;
}

const char *stakeholder_name(enum stakeholder s)
{
    return s < STAKEHOLDERS ? stakeholders[s] : stakeholders[0];
}

enum stakeholder stakeholder_of(struct slice name)
{
    for (unsigned i = 0; i < STAKEHOLDERS; i++)
        if (slice_eq(name, slice_str(stakeholders[i])))
            return (enum stakeholder)i;
    return STAKEHOLDERS;
}
