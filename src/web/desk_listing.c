/* Listings and appeals: the list, why something is listed, objecting, proving, deciding. */
#include "web/desk.h"

#include <string.h>

static void find_form(struct page *p)
{
    page_form_get(p, "/listings");
    page_input(p, &(struct page_input){.name = "q",
                                       .label = N_("Am I listed?"),
                                       .hint = N_("A domain, a link or an address of a machine."),
                                       .type = "search",
                                       .value = page_arg(p, "q"),
                                       .max_length = 300});
    page_button(p, N_("Look"), NULL, NULL);
    html_close(p->html);
}

static void row(struct page *p, const json_t *l)
{
    html_open(p->html, "tr");
    html_open(p->html, "th", "scope", "row");
    html_bdi(p->html, page_text(l, "value"));
    html_close(p->html);
    html_open(p->html, "td");
    page_say(p, desk_word(page_text(l, "harm")));
    html_close(p->html);
    page_elem(p, "td", desk_word(page_text(l, "state")));
    html_open(p->html, "td", "class", "whole");
    html_bdi(p->html, desk_when(p, page_text(l, "ends")));
    html_close(p->html);
    html_open(p->html, "td");
    html_elem(p->html, "a", page_tr(p, N_("Why?")), "href",
              page_path(p, "/why/%s", page_text(l, "code")), "aria-label",
              arena_printf(p->arena, "%s %s", page_tr(p, N_("Why?")), page_text(l, "value")).p);
    html_close(p->html);
    html_close(p->html);
}

static void table(struct page *p, const json_t *list)
{
    static const char *const heads[] = {N_("What"), N_("Harm"), N_("State"),
                                        N_("Ends"), N_("Why"),  NULL};
    const json_t *one;
    size_t i;
    page_table(p, N_("Listings"), heads, 0);
    json_array_foreach(list, i, one) row(p, one);
    page_table_end(p);
}

static void listings(struct page *p)
{
    const char *q = page_arg(p, "q");
    json_t *a = json_object();
    if (*q)
        json_object_set_new(a, "value", json_string(q));
    if (p->wants_json) { /* the feed of corrections: all changes behind a sequence */
        int64_t since = page_arg_int(p, "since", -1, 0, INT64_MAX);
        if (since >= 0) {
            json_object_set_new(a, "since", json_integer(since));
            json_object_set_new(a, "all", json_true());
        }
        json_object_set_new(a, "limit", json_integer(10000));
    }
    const json_t *l = page_get(p, *q ? "listing/find" : "listings", a);
    if (l == NULL)
        return;
    if (p->wants_json) {
        page_send_json(p, l);
        return;
    }
    const json_t *list = json_object_get(l, "listings");
    page_wide(p);
    page_title(p, page_tr(p, N_("Listings")));
    page_describe(p, page_tr(p, N_("What this site lists, why, until when, and how to object.")));
    page_feed(p, "application/atom+xml", "/listings/atom",
              page_tr(p, N_("Listings and corrections")));
    page_elem(
        p, "p",
        N_("What is listed here marks mail on this site. Each listing was decided by a person on "
           "evidence, has an end, and can be objected to, free of charge."),
        "class", "lead");
    find_form(p);
    if (json_array_size(list) == 0)
        page_notice(p, "good", *q ? N_("This is not listed here.") : N_("Nothing is listed."));
    else
        table(p, list);
    page_elem(p, "p", N_("Programs take the list, and what changed since, as JSON:"));
    html_open(p->html, "p");
    html_elem(p->html, "a", "/listings.json?since=0", "href", "/listings.json?since=0");
    html_close(p->html);
    page_elem(p, "p", N_("Each change and correction, as a feed:"));
    html_open(p->html, "p");
    html_elem(p->html, "a", "Atom", "href", "/listings/atom");
    html_str(p->html, " · ");
    html_elem(p->html, "a", "JSON Feed", "href", "/listings/feed");
    html_close(p->html);
}

static void staff_change(struct page *p, const json_t *l)
{
    static const char *const acts[] = {"end", "lower", "confirm"};
    static const char *const words[] = {N_("End it"), N_("Lower it"), N_("Confirm it")};
    bool is_contested = strcmp(page_text(l, "state"), "contested") == 0;
    page_form(p, page_path(p, "/desk/listing/%s", page_text(l, "code")));
    html_open(p->html, "fieldset");
    page_elem(p, "legend", N_("For the desk"));
    page_input(p,
               &(struct page_input){
                   .name = "why", .label = N_("Reason"), .is_required = true, .max_length = 1000});
    for (int i = 0; i < (is_contested ? 3 : 2); i++)
        page_button(p, words[i], "act", acts[i]);
    html_close(p->html);
    html_close(p->html);
}

static void listing_facts(struct page *p, const json_t *l)
{
    const json_t *g = json_object_get(l, "grounds");
    html_open(p->html, "dl", "class", "facts");
    desk_fact(p, N_("Listed"), page_text(l, "value"));
    desk_fact_own(p, N_("What it is"), desk_word(page_text(l, "kind")));
    desk_fact_own(p, N_("State"), desk_word(page_text(l, "state")));
    desk_fact_own(p, N_("Harm"), desk_word(page_text(l, "harm")));
    desk_fact(p, N_("Reason"), page_text(l, "reason"));
    desk_fact_own(p, N_("What it does"), desk_word(page_text(l, "effect")));
    desk_fact_own(p, N_("Decided by"), desk_word(page_text(l, "decided_by")));
    if (g)
        desk_fact(
            p, N_("Evidence"),
            page_tr_with(p, N_("a case; people who reported: %s"),
                         arena_printf(p->arena, "%lld", (long long)page_int(g, "reporters")).p));
    desk_fact_time(p, N_("Counts from"), page_text(l, "from"));
    desk_fact_time(p, N_("Ends"), page_text(l, "ends"));
    desk_fact(p, N_("Reply of the one who is listed"), page_text(l, "reply"));
    html_close(p->html);
}

static void why(struct page *p)
{
    const json_t *l = page_get(p, page_path(p, "listing/%s", p->part[1]), NULL), *one;
    size_t i;
    if (l == NULL)
        return;
    if (p->wants_json) {
        page_send_json(p, l);
        return;
    }
    page_title(p, page_tr_with(p, N_("Why is %s listed?"), page_text(l, "value")));
    listing_facts(p, l);
    if (strcmp(page_text(l, "state"), "ended") != 0) {
        page_elem(p, "h2", N_("Object"));
        page_elem(
            p, "p",
            N_("Objecting is free and needs no account. People who had no part in the listing "
               "decide within 72 hours; if they do not, it is lowered by itself, and after 14 "
               "days it is gone."));
        html_open(p->html, "p");
        html_open(p->html, "a", "class", "button", "href",
                  page_path(p, "/appeal/%s", page_text(l, "code")));
        page_say(p, N_("Object to this listing"));
        html_close(p->html);
        html_close(p->html);
    }
    if (json_array_size(json_object_get(l, "appeals"))) {
        page_elem(p, "h2", N_("Appeals"));
        html_open(p->html, "ul");
        json_array_foreach(json_object_get(l, "appeals"), i, one)
        {
            html_open(p->html, "li");
            html_elem(p->html, "a", desk_when(p, page_text(one, "time")), "href",
                      page_path(p, "/appeal/%s", page_text(one, "code")), "dir", "ltr");
            html_str(p->html, " ");
            page_say(p, desk_word(page_text(one, "state")));
            html_close(p->html);
        }
        html_close(p->html);
    }
    desk_history(p, json_object_get(l, "history"));
    if (desk_works(p) && strcmp(page_text(l, "state"), "ended") != 0)
        staff_change(p, l);
}

static void staff_act(struct page *p)
{
    const char *act = page_arg(p, "act");
    json_t *a = json_object();
    json_object_set_new(a, "why", json_string(page_arg(p, "why")));
    const char *path = strcmp(act, "confirm") == 0 ? page_path(p, "listing/%s/confirm", p->part[2])
                       : strcmp(act, "lower") == 0 ? page_path(p, "listing/%s/lower", p->part[2])
                                                   : page_path(p, "listing/%s/end", p->part[2]);
    if (page_get(p, path, a))
        page_redirect(p, page_path(p, "/why/%s", p->part[2]), N_("The listing was changed."));
}

/* ---- appeals ---- */

static void appeal_form(struct page *p, const json_t *l)
{
    page_title(p, page_tr_with(p, N_("Object to the listing of %s"), page_text(l, "value")));
    listing_facts(p, l);
    page_elem(
        p, "p",
        N_("Say why the listing is wrong. A code goes to the role mailbox of what is listed "
           "(postmaster or abuse); entering it here proves that you have control, and the clock "
           "begins. You may also show control in DNS or on the web server; the next page says "
           "how."));
    page_form(p, page_path(p, "/appeal/%s", page_text(l, "code")));
    page_input(p, &(struct page_input){.name = "statement",
                                       .label = N_("Why it is wrong"),
                                       .type = "textarea",
                                       .rows = 6,
                                       .is_required = true,
                                       .max_length = 2000});
    page_input(p, &(struct page_input){.name = "contact",
                                       .label = N_("Mail address for the decision, if you like"),
                                       .type = "email",
                                       .max_length = 254,
                                       .autocomplete = "email"});
    page_button(p, N_("Object"), NULL, NULL);
    html_close(p->html);
}

static void vote_form(struct page *p, const json_t *a)
{
    static const char *const votes[] = {"end", "tag", "keep"};
    static const char *const words[] = {N_("the listing ends"), N_("it does less"),
                                        N_("the listing stays")};
    struct page_option *o = ARENA_ARRAY(p->arena, struct page_option, 4);
    for (size_t i = 0; i < 3; i++)
        o[i] = (struct page_option){votes[i], page_tr(p, words[i])};
    page_form(p, page_path(p, "/appeal/%s/vote", page_text(a, "code")));
    html_open(p->html, "fieldset");
    page_elem(p, "legend", N_("Decide"));
    page_input(p, &(struct page_input){
                      .name = "vote", .label = N_("My vote"), .type = "select", .options = o});
    page_input(p, &(struct page_input){.name = "reason",
                                       .label = N_("Reason"),
                                       .type = "textarea",
                                       .rows = 3,
                                       .is_required = true,
                                       .max_length = 2000});
    page_button(p, N_("Vote"), NULL, NULL);
    html_close(p->html);
    html_close(p->html);
}

static void show_appeal(struct page *p, const json_t *a)
{
    const json_t *about = json_object_get(a, "about");
    page_title(p, page_tr(p, N_("Appeal")));
    html_open(p->html, "dl", "class", "facts");
    desk_fact(p, N_("Code"), page_text(a, "code"));
    desk_fact(p, N_("Listed"), page_text(about, "value"));
    desk_fact_own(p, N_("State"), desk_word(page_text(a, "state")));
    desk_fact(p, N_("Statement"), page_text(a, "statement"));
    desk_fact_time(p, N_("To be proven until"), page_text(a, "prove_until"));
    desk_fact_time(p, N_("Lowered by itself"), page_text(a, "lowered_at"));
    desk_fact_time(p, N_("Gone by itself"), page_text(a, "gone_at"));
    if (*page_text(a, "result"))
        desk_fact_own(p, N_("Result"), desk_word(page_text(a, "result")));
    desk_fact(p, N_("Reason"), page_text(a, "reason"));
    html_close(p->html);
    if (strcmp(page_text(a, "state"), "proof") == 0)
        desk_proof_forms(p, a);
    if (strcmp(page_text(a, "state"), "open") == 0 && desk_works(p))
        vote_form(p, a);
}

/* The code is an appeal's, or a listing's that one objects to. */
static void appeal(struct page *p)
{
    json_t *args = json_object();
    if (p->is_post) {
        json_object_set_new(args, "statement", json_string(page_arg(p, "statement")));
        json_object_set_new(args, "contact", json_string(page_arg(p, "contact")));
        json_object_set_new(args, "language", json_string(p->tongue ? p->tongue->code : ""));
        const json_t *made = page_get(p, page_path(p, "listing/%s/appeal", p->part[1]), args);
        if (made)
            page_redirect(
                p, page_path(p, "/appeal/%s", page_text(made, "code")),
                *page_text(made, "domain")
                    ? N_("Your appeal was taken in. The code that proves control was sent "
                         "to the role mailbox; enter it here.")
                    : N_("Your appeal was taken in. No role mailbox is known for it; show control "
                         "in one of the ways below."));
        return;
    }
    json_decref(args);
    const struct page_answer *a = page_ask(p, page_path(p, "appeal/%s", p->part[1]), NULL);
    if (a == NULL)
        return;
    if (a->status == 200) {
        if (p->wants_json)
            page_send_json(p, a->json);
        else
            show_appeal(p, a->json);
        return;
    }
    const json_t *l = page_get(p, page_path(p, "listing/%s", p->part[1]), NULL);
    if (l)
        appeal_form(p, l);
}

static void vote(struct page *p)
{
    json_t *a = json_object();
    json_object_set_new(a, "vote", json_string(page_arg(p, "vote")));
    json_object_set_new(a, "reason", json_string(page_arg(p, "reason")));
    if (page_get(p, page_path(p, "appeal/%s/vote", p->part[1]), a))
        page_redirect(p, page_path(p, "/appeal/%s", p->part[1]), N_("Your vote is kept."));
}

/* ---- proposing ---- */

static void list_form(struct page *p)
{
    static const char *const kinds[] = {"domain", "link", "mailbox", "address", "network"};
    static const char *const harms[] = {"spam", "phishing", "malware", "fraud", "no-opt-out"};
    static const char *const effects[] = {"tag", "note", "hold"};
    struct page_option *k = ARENA_ARRAY(p->arena, struct page_option, 6);
    struct page_option *h = ARENA_ARRAY(p->arena, struct page_option, 6);
    struct page_option *f = ARENA_ARRAY(p->arena, struct page_option, 4);
    for (size_t i = 0; i < 5; i++) {
        k[i] = (struct page_option){kinds[i], page_tr(p, desk_word(kinds[i]))};
        h[i] = (struct page_option){harms[i], page_tr(p, desk_word(harms[i]))};
    }
    for (size_t i = 0; i < 3; i++)
        f[i] = (struct page_option){effects[i], page_tr(p, desk_word(effects[i]))};
    page_title(p, page_tr(p, N_("Propose a listing")));
    page_elem(
        p, "p",
        N_("The named sender is told and has 72 hours to reply before it counts; phishing and "
           "malware count at once. You cannot decide about an appeal against it."));
    page_form(p, page_path(p, "/desk/list/%s", p->part[2]));
    page_input(p, &(struct page_input){
                      .name = "kind", .label = N_("What it is"), .type = "select", .options = k});
    page_input(p, &(struct page_input){.name = "value",
                                       .label = N_("What is listed"),
                                       .is_required = true,
                                       .max_length = 300});
    page_input(p, &(struct page_input){
                      .name = "harm", .label = N_("Harm"), .type = "select", .options = h});
    page_input(p,
               &(struct page_input){
                   .name = "effect", .label = N_("What it does"), .type = "select", .options = f});
    page_input(p, &(struct page_input){.name = "reason",
                                       .label = N_("Reason, for the person hit"),
                                       .type = "textarea",
                                       .rows = 3,
                                       .is_required = true,
                                       .max_length = 2000});
    page_input(p, &(struct page_input){
                      .name = "days", .label = N_("Days"), .type = "number", .value = "7"});
    page_button(p, N_("List"), NULL, NULL);
    html_close(p->html);
}

static void list(struct page *p)
{
    static const char *const names[] = {"kind", "value", "harm", "effect", "reason"};
    if (!p->is_post) {
        list_form(p);
        return;
    }
    json_t *a = json_object();
    for (size_t i = 0; i < 5; i++)
        json_object_set_new(a, names[i], json_string(page_arg(p, names[i])));
    json_object_set_new(a, "days", json_integer(page_arg_int(p, "days", 7, 0, 365)));
    json_object_set_new(a, "evidence", json_string(p->part[2]));
    const json_t *l = page_get(p, "listing/add", a);
    if (l)
        page_redirect(p, page_path(p, "/why/%s", page_text(l, "code")),
                      N_("It is listed, and the named sender is told."));
}

const struct route desk_listing_routes[] = {
    {"listings", PAGE_GET | PAGE_EXPORT, 0, listings},
    {"why/*", PAGE_GET | PAGE_NOINDEX, 0, why},
    {"appeal/*", PAGE_GET | PAGE_POST | PAGE_NOINDEX, 0, appeal},
    {"appeal/*/vote", PAGE_POST | PAGE_NOINDEX, DESK_WORKS, vote},
    {"desk/listing/*", PAGE_POST | PAGE_NOINDEX, DESK_WORKS, staff_act},
    {"desk/list/*", PAGE_GET | PAGE_POST | PAGE_NOINDEX, DESK_WORKS, list},
    {0}};
