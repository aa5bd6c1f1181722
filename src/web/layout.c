/* The frame around every page: head, menu, languages, foot. Small on purpose: with its style sheet
 * a page stays under 14 kB over the wire. */
#include "web/routes.h"
#include "web/run.h"

#include <stdio.h>

static const struct {
    const char *href, *words;
} menu[] = {{"/library", N_("Library")}, {"/law", N_("Law")},           {"/report", N_("Report")},
            {"/case", N_("My case")},    {"/listings", N_("Listings")}, {"/join", N_("Take part")},
            {"/about", N_("About")}};

static const char *asset_url(struct page *p, const char *name)
{
    const struct web_asset *as = site_asset(p->run->site, name);
    return as ? arena_printf(p->arena, "/static/%s?v=%.8s", name, as->tag).p : NULL;
}

static void head(struct page *p, struct html *h)
{
    const struct page_run *r = p->run;
    const char *title = r->title ? r->title : "";
    html_open(h, "head");
    html_raw(h, "<meta charset=\"utf-8\">"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html_open(h, "title");
    html_str(h, title);
    html_str(h, *title ? " \xc2\xb7 " : "");
    html_str(h, r->site->title);
    html_close(h);
    if (r->about)
        html_open(h, "meta", "name", "description", "content", r->about);
    if (r->is_noindex)
        html_raw(h, "<meta name=\"robots\" content=\"noindex, nofollow\">");
    if (r->refresh)
        html_open(h, "meta", "http-equiv", "refresh", "content",
                  arena_printf(p->arena, "%u", r->refresh).p);
    if (r->feed_href && !r->request->export)
        html_open(h, "link", "rel", "alternate", "type", r->feed_type, "href", r->feed_href,
                  "title", r->feed_title);
    const char *css = asset_url(p, "style.css"), *icon = asset_url(p, "icon.svg");
    if (css)
        html_open(h, "link", "rel", "stylesheet", "href", css);
    if (icon)
        html_open(h, "link", "rel", "icon", "href", icon, "type", "image/svg+xml");
    html_close(h);
}

static bool is_here(const struct page *p, const char *href)
{
    size_t n = strlen(href);
    return strncmp(p->path, href, n) == 0 && (p->path[n] == '\0' || p->path[n] == '/');
}

static void item(struct page *p, const char *href, const char *words)
{
    if (!route_serves(href))
        return;
    html_open(p->html, "li");
    page_elem(p, "a", words, "href", href, "aria-current", is_here(p, href) ? "page" : NULL);
    html_close(p->html);
}

static void account_items(struct page *p)
{
    const unsigned staff = ACTOR_OPERATOR | ACTOR_DOMAIN_ADMIN | ACTOR_AUDITOR;
    if (p->user.roles & staff)
        item(p, "/console", N_("Console"));
    if (p->user.roles & (ACTOR_REVIEWER | ACTOR_OPERATOR | ACTOR_STEWARD))
        item(p, "/desk", N_("Desk"));
    if (*p->user.mailbox)
        item(p, "/me", N_("My mail"));
    if (p->user.is_known)
        item(p, "/account", N_("Account"));
    else
        item(p, "/account/login", N_("Log in"));
}

static void header(struct page *p, struct html *h)
{
    page_elem(p, "a", N_("To the content"), "href", "#main", "class", "skip");
    html_raw(h, "\n"); /* text browsers show the next link right behind it */
    html_open(h, "header", "class", "top");
    html_elem(h, "a", p->run->site->title, "href", "/", "class", "brand");
    html_open(h, "nav", "aria-label", page_tr(p, N_("Main menu")));
    html_open(h, "ul");
    for (size_t i = 0; i < sizeof(menu) / sizeof(menu[0]); i++)
        item(p, menu[i].href, menu[i].words);
    if (!p->run->request->export)
        account_items(p);
    html_close(h);
    html_close(h);
    html_close(h);
}

/* The same page in another language: its query with another lang. */
static const char *in_tongue(struct page *p, const char *code)
{
    struct buf b = BUF_INIT(8192);
    const struct slice target = p->run->request->target;
    size_t at = slice_chr(target, '?');
    struct slice query = at == SIZE_MAX ? SLICE("") : slice_from(target, at + 1), part;
    buf_add(&b, slice_head(target, at));
    buf_str(&b, "?");
    while (!p->is_post && slice_split(&query, '&', &part)) {
        if (slice_starts(part, SLICE("lang=")))
            continue;
        buf_add(&b, part);
        buf_chr(&b, '&');
    }
    buf_printf(&b, "lang=%s", code);
    const char *out = arena_cstr(p->arena, buf_slice(&b));
    buf_fini(&b);
    return out;
}

static void footer(struct page *p, struct html *h)
{
    const struct web_site *s = p->run->site;
    html_open(h, "footer");
    html_open(h, "nav", "aria-label", page_tr(p, N_("Languages")));
    html_open(h, "ul", "class", "tongues");
    for (unsigned i = 0; i < SITE_TONGUES && !p->run->request->export; i++) {
        if (i && s->lang[i] == NULL)
            continue;
        const struct tongue *t = &SITE_TONGUE[i];
        html_open(h, "li");
        html_elem(h, "a", t->name, "href", in_tongue(p, t->code), "hreflang", t->code, "lang",
                  t->code, "dir", t->is_rtl ? "rtl" : "ltr", "rel", "nofollow", "aria-current",
                  t == p->tongue ? "true" : NULL);
        html_close(h);
    }
    html_close(h);
    html_close(h);
    html_open(h, "p");
    page_say(p, N_("Free software under Apache-2.0; texts under CC BY 4.0. No trackers, no "
                   "scripts, no requests to others."));
    html_close(h);
    html_close(h);
}

/* A section of the one file. */
static void write_part(struct page *p, struct buf *out)
{
    struct page_run *r = p->run;
    struct html whole = HTML_INIT(out);
    const char *heading = r->has_heading ? r->heading : r->title;
    html_open(&whole, "section", "id", arena_cstr(p->arena, r->request->anchor));
    if (heading && *heading)
        html_elem(&whole, "h1", heading);
    buf_add(out, buf_slice(&r->reply.body));
    html_close(&whole);
    html_raw(&whole, "<hr>\n");
}

void layout_write(struct page *p, struct buf *out)
{
    struct page_run *r = p->run;
    if (r->request->export == EXPORT_PART) {
        write_part(p, out);
        return;
    }
    struct html *page = p->html, whole = HTML_INIT(out);
    whole.link = page->link;
    whole.link_arg = page->link_arg;
    p->html = &whole; /* the words' functions write there meanwhile */
    html_raw(&whole, "<!doctype html>\n");
    html_open(&whole, "html", "lang", p->tongue->code, "dir", p->tongue->is_rtl ? "rtl" : "ltr");
    head(p, &whole);
    html_open(&whole, "body");
    header(p, &whole);
    html_open(&whole, "main", "id", "main", "class", r->is_wide ? "wide" : NULL);
    if (r->said)
        page_notice(p, "good", r->said);
    const char *heading = r->has_heading ? r->heading : r->title;
    if (heading && *heading)
        html_elem(&whole, "h1", heading);
    buf_add(out, buf_slice(&r->reply.body));
    html_close(&whole);
    footer(p, &whole);
    html_close_to(&whole, 0);
    html_raw(&whole, "\n");
    p->html = page;
}
