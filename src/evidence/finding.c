/* The list of findings of one message and its sum. */
#include "evidence/finding.h"

#include "charter/charter.h"

#include <math.h>
#include <stdlib.h>

struct finding *finding_add(struct findings *all, const struct finding *f)
{
    struct finding *copy = ARENA_NEW(all->arena, struct finding);
    *copy = *f;
    copy->next = NULL;
    copy->points = charter_points(f->points, f->state == FINDING_DONE);
    if (!isfinite(copy->points))
        copy->points = 0.0;
    copy->points = round(copy->points * 1000.0) / 1000.0;
    if (all->last)
        all->last->next = copy;
    else
        all->first = copy;
    all->last = copy;
    all->n++;
    all->sum += copy->points;
    return copy;
}

const struct finding *finding_find(const struct findings *all, const char *name)
{
    for (const struct finding *f = all->first; f; f = f->next)
        if (!strcmp(f->name, name))
            return f;
    return NULL;
}

const char *finding_kind_name(enum finding_kind kind)
{
    static const char *const names[FINDING_KINDS] = {"auth",       "network", "content",    "link",
                                                     "attachment", "list",    "reputation", "user",
                                                     "partner",    "operator"};
    return kind < FINDING_KINDS ? names[kind] : "?";
}

struct ranked {
    const struct finding *f;
    size_t at; /* keeps the order of equals */
};

static int stronger_first(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;
    double pa = fabs(a->f->points), pb = fabs(b->f->points);
    if (pa != pb)
        return pa > pb ? -1 : 1;
    return a->at < b->at ? -1 : 1;
}

const struct finding **finding_sorted(const struct findings *all, struct arena *a)
{
    struct ranked *r = ARENA_ARRAY(a, struct ranked, all->n + 1);
    const struct finding **out = ARENA_ARRAY(a, const struct finding *, all->n + 1);
    size_t n = 0;
    for (const struct finding *f = all->first; f; f = f->next, n++)
        r[n] = (struct ranked){f, n};
    qsort(r, n, sizeof *r, stronger_first);
    for (size_t i = 0; i < n; i++)
        out[i] = r[i].f;
    return out;
}
