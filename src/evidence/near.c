/* The learned message that is nearly the same: one report counts at once. One's own report, or an
 * administrator's, decides: it brings the score to the reported side, however the rest looks.
 * Another user's report only leans.
 */
#include "evidence/families.h"

#include "learn/near.h"

#include <math.h>

/* Where a deciding report puts the score: clearly over the usual threshold, or clearly below 0. */
#define TO_SPAM 7.0
#define TO_HAM  (-1.0)
#define AT_MOST 12.0 /* a report does not whitewash what much else speaks against */

/* The points of a deciding report: the check's own, or as many as it takes. */
static double deciding_factor(const struct evidence *e, enum check_id id, double factor)
{
    double points = rules_points(e->rules, id);
    double gap = points > 0 ? TO_SPAM - e->all->sum : TO_HAM - e->all->sum;
    if (points == 0.0 || gap / points <= factor)
        return factor;
    return fmin(gap / points, AT_MOST / fabs(points));
}

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
    if (id != CHECK_near_reported)
        factor = deciding_factor(e, id, factor);
    check_hit_scaled(e, id, percent, factor, NULL);
}
