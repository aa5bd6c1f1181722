/* Fields that every mail program writes. Only what honest mail does not fail; nothing about
 * networks, providers or places. */
#include "evidence/families.h"

static const struct header *field(struct evidence *e, const char *name)
{
    return header_find(&e->m->headers, name, NULL);
}

static void look_at_id(struct evidence *e)
{
    struct slice id = e->m->message_id, none = {0};
    if (!field(e, "Message-ID")) {
        check_hit(e, CHECK_message_id_missing, none);
        return;
    }
    size_t at = slice_rchr(id, '@');
    bool has_host = at != SIZE_MAX && at > 0 && at + 1 < id.n;
    if (!has_host)
        check_hit(e, CHECK_message_id_odd, id);
}

/* Notes to oneself hold no links that all lead elsewhere, and are no HTML. */
static bool leads_away(const struct evidence *e)
{
    return e->has_html && e->n_web && e->n_web == e->n_foreign;
}

static void look_at_to(struct evidence *e)
{
    const struct address *to = e->m->to;
    struct slice none = {0};
    bool names_nobody = !to || (slice_is_empty(to->domain) && !to->next);
    if (names_nobody && !e->m->cc)
        check_hit(e, CHECK_to_nobody, none);
    else if (to && e->from && slice_ieq(to->local, e->from->local) &&
             slice_ieq(to->domain, e->from->domain) && !to->next)
        check_hit_scaled(e, CHECK_to_is_from, none, leads_away(e) ? 1.8 : 1.0, NULL);
}

void family_header(struct evidence *e)
{
    struct slice none = {0};
    look_at_id(e);
    look_at_to(e);
    if (!field(e, "Date"))
        check_hit(e, CHECK_date_missing, none);
    else if (e->m->date_us == INT64_MIN)
        check_hit(e, CHECK_date_odd, field(e, "Date")->value);
    if (e->has_html && !field(e, "MIME-Version"))
        check_hit(e, CHECK_mime_version_missing, none);
    const struct header *priority = field(e, "X-Priority");
    if (priority && slice_starts(priority->value, SLICE("1")) && !e->is_answer)
        check_hit(e, CHECK_priority_high, none);
}
