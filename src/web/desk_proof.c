/* Showing control over what is listed: with a code that was mailed, a DNS record, or a file. */
#include "web/desk.h"

#include <string.h>

static void by_mail(struct page *p, const char *path)
{
    page_form(p, path);
    page_input(p, &(struct page_input){.name = "proof",
                                       .label = N_("The code that was sent"),
                                       .is_required = true,
                                       .max_length = 60});
    page_button(p, N_("Prove"), NULL, NULL);
    html_close(p->html);
}

/* Values to copy stand left to right in every language, and whole. */
static void value(struct page *p, const char *label, const char *words)
{
    page_elem(p, "dt", label);
    html_open(p->html, "dd", "dir", "ltr");
    html_elem(p->html, "code", words);
    html_close(p->html);
}

/* The ways to publish the words; `member` of the appeal says where. */
static const struct {
    const char *member, *method, *title, *how, *label, *button;
} ways[] = {
    {"proof_dns", "dns", N_("Or in DNS"),
     N_("Publish this TXT record, then have it looked at. It may go again afterwards."), N_("Name"),
     N_("Look in DNS")},
    {"proof_web", "web", N_("Or on the web server"),
     N_("Put this text into a file at this address, by https or http, without a redirect; then "
        "have it looked at."),
     N_("Address"), N_("Look on the web server")},
};

static void by_publishing(struct page *p, const json_t *a, const char *path)
{
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        const char *where = page_text(a, ways[i].member);
        if (*where == '\0')
            continue;
        page_elem(p, "h2", ways[i].title);
        page_elem(p, "p", ways[i].how);
        html_open(p->html, "dl", "class", "facts");
        value(p, ways[i].label, where);
        value(p, N_("Text"), page_text(a, "proof_words"));
        html_close(p->html);
        page_act(p, path, ways[i].button, "method", ways[i].method);
    }
}

void desk_proof_forms(struct page *p, const json_t *a)
{
    const char *path = page_path(p, "/appeal/%s/prove", page_text(a, "code"));
    page_elem(p, "h2", N_("Show that you have control"));
    if (json_is_true(json_object_get(a, "checking")))
        page_notice(p, "note", N_("It is being looked at. Load this page again in a moment."));
    else if (*page_text(a, "found"))
        page_notice(p, "bad", page_text(a, "found"));
    by_mail(p, path);
    by_publishing(p, a, path);
}

static void prove(struct page *p)
{
    const char *method = page_arg(p, "method");
    json_t *a = json_object();
    json_object_set_new(a, "proof", json_string(page_arg(p, "proof")));
    json_object_set_new(a, "method", json_string(method));
    const struct page_answer *r = page_ask(p, page_path(p, "appeal/%s/prove", p->part[1]), a);
    if (r == NULL)
        return;
    if (r->status == 200)
        page_redirect(p, page_path(p, "/appeal/%s", p->part[1]),
                      strcmp(page_text(r->json, "state"), "proof") == 0
                          ? N_("It is looked at now. Load this page again in a moment.")
                          : N_("Control is proven. The clock runs."));
    else
        page_fail(p, r->status,
                  r->status == 403 ? N_("This is not the code that was sent.")
                                   : page_text(r->json, "error"));
}

const struct route desk_proof_routes[] = {
    {"appeal/*/prove", PAGE_POST | PAGE_NOINDEX | PAGE_COSTLY, 0, prove}, {0}};
