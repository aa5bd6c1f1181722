/* A message without the messages that are attached to it: reports of abuse, bounces and questions
 * ("is this real?") carry mail that their sender does not stand for. See message.h.
 */
#include "mail/message.h"

/* Less text of its own than this is no more than a wrapping. */
#define OWN_TEXT 20u

static void keep_links(struct message *own, const struct message *m, const bool *is_own)
{
    own->links = own->links_last = NULL;
    own->n_links = 0;
    for (const struct link *l = m->links; l; l = l->next) {
        if (l->part < m->n_parts && !is_own[l->part])
            continue;
        struct link *copy = ARENA_NEW(own->arena, struct link);
        *copy = *l;
        copy->next = NULL;
        if (own->links_last)
            own->links_last->next = copy;
        else
            own->links = copy;
        own->links_last = copy;
        own->n_links++;
    }
}

struct message *message_own(struct arena *a, const struct message *m)
{
    size_t carried = 0;
    for (size_t i = 0; i < m->n_parts; i++)
        carried += m->parts[i]->is_message && m->parts[i]->child;
    if (carried == 0)
        return NULL;
    struct message *own = ARENA_NEW(a, struct message);
    bool *is_own = ARENA_ARRAY(a, bool, m->n_parts);
    *own = *m;
    own->arena = a;
    own->parts = ARENA_ARRAY(a, struct part *, m->n_parts);
    own->n_parts = 0;
    for (size_t i = 0; i < m->n_parts; i++) {
        const struct part *up = m->parts[i]->parent; /* stands before it in the list */
        is_own[i] = up == NULL || (is_own[up->index] && !up->is_message);
        if (is_own[i])
            own->parts[own->n_parts++] = m->parts[i];
    }
    own->text = message_join(own, false);
    own->hidden = message_join(own, true);
    if (slice_trim(own->text).n < OWN_TEXT)
        return NULL;
    keep_links(own, m, is_own);
    return own;
}
