/* Lists, newsletters and other bulk sendings that say what they are, and answers to mail that
 * somebody wrote. All of it can be forged: it decides the class, and counts little. */
#include "evidence/families.h"

static const struct header *field(const struct evidence *e, const char *name)
{
    return header_find(&e->m->headers, name, NULL);
}

void family_bulk(struct evidence *e)
{
    struct slice none = {0};
    const struct header *id = field(e, "List-Id");
    const struct header *unsubscribe = field(e, "List-Unsubscribe");
    const struct header *precedence = field(e, "Precedence");
    bool says_bulk = precedence && slice_istarts(precedence->value, SLICE("bulk"));
    if (id && field(e, "List-Post"))
        check_hit(e, CHECK_bulk_list, id->text);
    else if (unsubscribe && field(e, "List-Unsubscribe-Post"))
        check_hit(e, CHECK_bulk_one_click, none);
    else if (unsubscribe || id || says_bulk || field(e, "Feedback-ID"))
        check_hit(e, CHECK_bulk_marked, none);
    /* A sending that can be unsubscribed from answers nobody, unless a list passes an answer on. */
    bool is_sending = unsubscribe && !e->is_list;
    if (field(e, "In-Reply-To") && field(e, "References") && !is_sending)
        check_hit(e, CHECK_personal_answer, none);
}
