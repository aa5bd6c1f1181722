/* A case in the formats of others, for who works at the desk: as a feedback report (ARF) or XARF.
 */
#include "web/desk.h"

#include <string.h>

void desk_handover_links(struct page *p, const char *code)
{
    html_open(p->html, "p");
    page_say(p, N_("For another desk, without people:"));
    html_str(p->html, " ");
    html_elem(p->html, "a", "ARF", "href", page_path(p, "/case/%s/arf", code));
    html_str(p->html, " · ");
    html_elem(p->html, "a", "XARF", "href", page_path(p, "/case/%s/xarf", code));
    html_close(p->html);
}

static void handover(struct page *p)
{
    bool is_arf = strcmp(p->part[2], "arf") == 0;
    json_t *args = json_object();
    json_object_set_new(args, "format", json_string(p->part[2]));
    const json_t *a = page_get(p, page_path(p, "case/%s/export", p->part[1]), args);
    if (a)
        page_send(p, is_arf ? "message/rfc822" : "application/json",
                  slice_str(page_text(a, "text")), is_arf ? "report.eml" : "report.json");
}

const struct route desk_handover_routes[] = {
    {"case/*/arf", PAGE_GET | PAGE_NOINDEX, DESK_WORKS, handover},
    {"case/*/xarf", PAGE_GET | PAGE_NOINDEX, DESK_WORKS, handover},
    {0}};
