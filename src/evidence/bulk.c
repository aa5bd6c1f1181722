/* Lists, newsletters and other bulk sendings that say what they are. */
#include "evidence/families.h"

void family_bulk(struct evidence *e)
{
    const struct header_list *h = &e->m->headers;
    const struct header *id = header_find(h, "List-Id", NULL);
    const struct header *unsubscribe = header_find(h, "List-Unsubscribe", NULL);
    const struct header *precedence = header_find(h, "Precedence", NULL);
    if (id && (unsubscribe || header_find(h, "List-Post", NULL)))
        check_hit(e, CHECK_bulk_list, id->text);
    else if (unsubscribe || id || (precedence && slice_ieq(precedence->value, SLICE("bulk"))))
        check_hit(e, CHECK_bulk_unsubscribe, (struct slice){0});
}
