/* Mail that carries other mail: complaints, bounces, questions of users, digests. What stands in
 * the carried message is not said by the sender, so it never brings a mail over the threshold by
 * itself; but phishing travels as an attached message, too, so it is not nothing. Judged is the
 * difference between the mail as a whole and the mail without what it carries.
 */
#include "evidence/families.h"

#include "evidence/rules.h"

#define REPORTS    0.3 /* of the points: a report is about bad mail by its nature */
#define NAMES_MOST 3

/* What the whole has and the sender's own part has not, strongest first. */
static struct slice names_of(struct evidence *e, const struct findings *all)
{
    const struct finding **sorted = finding_sorted(all, e->arena);
    struct slice names = {0};
    size_t n = 0;
    for (size_t i = 0; i < all->n && n < NAMES_MOST && sorted[i]->points > 0; i++) {
        const struct finding *own = finding_find(e->all, sorted[i]->name);
        if (own && own->points >= sorted[i]->points)
            continue;
        names = arena_printf(e->arena, "%.*s%s%s", SLICE_ARG(names), n ? ", " : "",
                             sorted[i]->name);
        n++;
    }
    return names;
}

void family_carried(struct evidence *e)
{
    if (e->carried == NULL)
        return;
    struct findings all = {.arena = e->arena};
    struct evidence whole = {.arena = e->arena,
                             .rules = e->rules,
                             .m = e->carried->m,
                             .env = e->env,
                             .classified = e->carried->classified,
                             .user_points = e->user_points,
                             .facts = e->facts,
                             .auth = e->auth,
                             .site = e->site,
                             .own = e->own,
                             .known = e->known,
                             .listed = e->carried->listed,
                             .all = &all};
    double most = rules_points(e->rules, CHECK_carried_spam);
    evidence_run(&whole);
    double more = all.sum - e->all->sum;
    if (more <= 0 || most <= 0)
        return;
    double factor = part_is(e->m->root, "multipart", "report") ? REPORTS : 1.0;
    factor = more < most * factor ? more / most : factor;
    check_hit_scaled(e, CHECK_carried_spam, names_of(e, &all), factor, NULL);
}
