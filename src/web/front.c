/* The front page and our own files (style sheet, icon). */
#include "web/routes.h"
#include "web/run.h"

static const struct {
    const char *href, *words, *more;
} doors[] = {
    {"/report", N_("I got spam"), N_("Report it, get a code, see what happens with it.")},
    {"/listings", N_("My mail was blocked"),
     N_("See whether a listing hits you, why, until when, and object.")},
    {"/law", N_("I send newsletters"),
     N_("Check a mailing against the laws of the countries it goes to.")},
    {"/paths/operator", N_("I run a mail server"),
     N_("Filter, authenticate, answer complaints: steps with sources.")},
    {"/paths/policy", N_("I make policy"),
     N_("Laws side by side, measures that worked, and what they cost.")},
    {"/paths/trainer", N_("I teach"), N_("Material to use and adapt, by language and level.")},
};

static void front(struct page *p)
{
    struct html *h = p->html;
    page_title(p, page_tr(p, N_("Spam Toolkit")));
    page_describe(p, page_tr(p, N_("Help against spam for people, senders, operators and policy "
                                   "makers: library, laws, reports and appeals.")));
    page_elem(p, "p",
              N_("Less spam, and no mail lost on the way: help for everyone who gets, sends, "
                 "carries or regulates mail. What brings you here?"),
              "class", "lead");
    html_open(h, "ul", "class", "doors");
    for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++) {
        if (!route_serves(doors[i].href))
            continue;
        html_open(h, "li");
        page_elem(p, "a", doors[i].words, "href", doors[i].href);
        page_elem(p, "p", doors[i].more);
        html_close(h);
    }
    html_close(h);
    if (!route_serves("/library"))
        return;
    page_form_get(p, "/library");
    html_open(h, "div", "class", "inline");
    page_input(p, &(struct page_input){.name = "q",
                                       .label = N_("Search the library"),
                                       .type = "search",
                                       .max_length = 200});
    page_button(p, N_("Search"), NULL, NULL);
    html_close(h);
    html_close(h);
}

/* The one place where bytes go out as files of ours say: they come from the program's own tree. */
static void asset(struct page *p)
{
    const struct web_asset *as = site_asset(p->run->site, p->part[1]);
    struct page_run *r = p->run;
    if (as == NULL) {
        page_fail(p, 404, N_("There is no page at this address."));
        return;
    }
    r->is_whole = true;
    r->reply.type = as->type;
    r->reply.asset = as;
    r->reply.is_private = false;
    page_header_add(p, "Cache-Control",
                    *page_arg(p, "v") ? "public, max-age=31536000, immutable"
                                      : "public, max-age=3600");
    page_header_add(p, "ETag", arena_printf(p->arena, "\"%s\"", as->tag).p);
}

static void robots(struct page *p)
{
    page_send(p, "text/plain; charset=utf-8",
              SLICE("User-agent: *\nDisallow: /account\nDisallow: /console\nDisallow: /me\n"
                    "Disallow: /case\nDisallow: /why\nDisallow: /appeal\nDisallow: /api\n"),
              NULL);
}

const struct route front_routes[] = {{"", PAGE_GET | PAGE_EXPORT, 0, front},
                                     {"static/*", PAGE_GET, 0, asset},
                                     {"robots.txt", PAGE_GET, 0, robots},
                                     {0}};
