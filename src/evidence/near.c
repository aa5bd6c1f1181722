/* The learned message that is nearly the same: one report counts at once. */
#include "evidence/families.h"

#include "learn/near.h"

void family_near(struct evidence *e)
{
    const struct near_hit *n = e->near;
    if (!n || n->likeness < NEAR_LIKENESS)
        return;
    bool is_spam = n->label == LABEL_SPAM;
    struct slice percent = arena_printf(e->arena, "%.0f", 100.0 * n->likeness);
    double factor = 0.5 + 0.5 * n->likeness;
    enum check_id id = CHECK_near_reported;
    if (n->trust == TRUST_ADMIN)
        id = is_spam ? CHECK_near_spam : CHECK_near_ham;
    else if (n->is_own)
        id = is_spam ? CHECK_near_own_spam : CHECK_near_own_ham;
    else if (!is_spam)
        return; /* what one stranger calls wanted proves nothing for others */
    check_hit_scaled(e, id, percent, factor, NULL);
}
