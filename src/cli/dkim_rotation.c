/* Stages of a rotation. See dkim_rotation.h. */
#include "cli/dkim_rotation.h"

struct rotation_stage rotation_look(const struct rotation *r, int64_t now_s)
{
    int64_t ready = r->since_s + r->wait_s;
    if (r->new_in_use == 0 && now_s < ready)
        return (struct rotation_stage){ROTATION_PUBLISH, ready};
    if (r->new_in_use == 0 && r->n_unseen)
        return (struct rotation_stage){ROTATION_PUBLISH, 0};
    if (r->new_in_use == 0)
        return (struct rotation_stage){ROTATION_SWITCH, 0};
    if (r->new_in_use < r->n_new || r->old_in_use)
        return (struct rotation_stage){ROTATION_MIXED, 0};
    int64_t end = (r->switched_s ? r->switched_s : now_s) + r->keep_s;
    if (now_s < end)
        return (struct rotation_stage){ROTATION_KEEP, end};
    return (struct rotation_stage){ROTATION_REVOKE, 0};
}

const char *rotation_name(enum rotation_kind k)
{
    static const char *const names[] = {"publish", "switch", "mixed", "keep", "revoke"};
    return names[k];
}
