/* A person's own page: held mail, how strict the filter is for him, his lists, the digest. Acts on
 * his own mailbox alone, also when he has other roles. */
#include "web/console.h"
#include "web/routes.h"

#define ROWS 50

static const struct {
    const char *value, *words;
} strengths[] = {{"-2", N_("Much milder: more spam comes through, hardly anything is lost")},
                 {"-1", N_("Milder")},
                 {"0", N_("As the site does")},
                 {"1", N_("Stricter")},
                 {"2", N_("Much stricter: less spam, more mail to look for here")}};

static const struct {
    const char *value, *words;
} digests[] = {{"site", N_("As the site does")},
               {"day", N_("Each day")},
               {"week", N_("Each week")},
               {"none", N_("Never")}};

static bool has_mailbox(struct page *p)
{
    if (*p->user.mailbox)
        return true;
    page_title(p, page_tr(p, N_("My mail")));
    page_elem(p, "p", N_("Your account has no mailbox that is proven to be yours."));
    html_open(p->html, "p");
    page_link(p, "/account/mailbox", N_("Prove a mailbox"));
    html_close(p->html);
    return false;
}

static void filter_form(struct page *p, const json_t *c)
{
    struct page_option *o = ARENA_ARRAY(p->arena, struct page_option, 6),
                       *d = ARENA_ARRAY(p->arena, struct page_option, 5);
    const json_t *bounds = json_object_get(c, "bounds");
    for (size_t i = 0; i < 5; i++)
        o[i] = (struct page_option){strengths[i].value, page_tr(p, strengths[i].words)};
    for (size_t i = 0; i < 4; i++)
        d[i] = (struct page_option){digests[i].value, page_tr(p, digests[i].words)};
    page_form(p, "/me");
    html_open(p->html, "fieldset");
    page_elem(p, "legend", N_("My filter"));
    if (console_number(bounds, "points") > 0)
        page_input(
            p, &(struct page_input){
                   .name = "strength",
                   .label = N_("How strict"),
                   .type = "radio",
                   .value = arena_printf(p->arena, "%lld", (long long)page_int(c, "strength")).p,
                   .options = o});
    page_input(p, &(struct page_input){.name = "digest",
                                       .label = N_("Mail me a list of what is held"),
                                       .type = "select",
                                       .value = page_text(c, "digest"),
                                       .options = d});
    page_button(p, N_("Keep these settings"), "act", "set");
    html_close(p->html);
    html_close(p->html);
}

static void own_lists(struct page *p, const json_t *c)
{
    struct page_option *o = ARENA_ARRAY(p->arena, struct page_option, 3);
    o[0] = (struct page_option){"block", page_tr(p, N_("keep out"))};
    o[1] = (struct page_option){"allow", page_tr(p, N_("let through"))};
    page_elem(p, "h2", N_("My lists"));
    if (!json_is_true(json_object_get(json_object_get(c, "bounds"), "lists"))) {
        page_elem(p, "p", N_("This site's operator does not let people have lists of their own."));
        return;
    }
    console_entries(p, json_object_get(c, "entries"), "/me");
    page_form(p, "/me");
    html_open(p->html, "fieldset");
    page_elem(p, "legend", N_("Put a sender on my list"));
    page_input(p, &(struct page_input){.name = "word",
                                       .label = N_("Address or domain"),
                                       .is_required = true,
                                       .max_length = 320});
    page_input(p, &(struct page_input){
                      .name = "list", .label = N_("What happens"), .type = "select", .options = o});
    page_button(p, N_("Put on the list"), "act", "add");
    html_close(p->html);
    html_close(p->html);
}

/* The number that a radio button sent. */
static int strength_of(const char *text)
{
    for (int i = 0; i < 5; i++) {
        if (strcmp(text, strengths[i].value) == 0)
            return i - 2;
    }
    return 0;
}

static void act(struct page *p)
{
    const char *word = page_arg(p, "act");
    json_t *q = json_pack("{s:s}", "user", p->user.mailbox);
    if (strcmp(word, "set") == 0) {
        if (*page_arg(p, "strength"))
            json_object_set_new(q, "strength", json_integer(strength_of(page_arg(p, "strength"))));
        json_object_set_new(q, "digest", json_string(page_arg(p, "digest")));
        json_object_set_new(q, "lang", json_string(p->tongue->code));
        if (page_get(p, "choice/set", q))
            page_redirect(p, "/me", N_("Your settings are kept."));
        return;
    }
    bool removes = strcmp(word, "remove") == 0;
    json_object_set_new(q, "word", json_string(page_arg(p, "word")));
    json_object_set_new(q, "list", json_string(page_arg(p, "list")));
    if (page_get(p, removes ? "choice/remove" : "choice/add", q))
        page_redirect(p, "/me", removes ? N_("Taken off the list.") : N_("It is on the list."));
}

static void me(struct page *p)
{
    if (!has_mailbox(p))
        return;
    if (p->is_post) {
        act(p);
        return;
    }
    json_t *q = json_pack("{s:i,s:s}", "limit", ROWS, "user", p->user.mailbox);
    if (*page_arg(p, "before"))
        json_object_set_new(q, "before", json_string(page_arg(p, "before")));
    const json_t *c = page_get(p, "choice", json_pack("{s:s}", "user", p->user.mailbox));
    const json_t *j = page_get(p, "quarantine", q);
    if (c == NULL || j == NULL)
        return;
    page_title(p, page_tr(p, N_("My mail")));
    page_noindex(p);
    page_wide(p);
    html_open(p->html, "p");
    page_say_with(p, N_("For the mailbox %s."), p->user.mailbox);
    html_close(p->html);
    page_elem(p, "h2", N_("Held back"));
    console_holds(p, json_object_get(j, "holds"), "/me/held");
    const char *next = page_text(j, "next");
    page_pager(p, *page_arg(p, "before") ? "/me" : NULL,
               *next ? page_path(p, "/me?before=%s", next) : NULL);
    filter_form(p, c);
    own_lists(p, c);
}

static void held(struct page *p)
{
    if (!has_mailbox(p))
        return;
    if (p->is_post) {
        console_hold_act(p, "/me/held");
        return;
    }
    json_t *args = json_pack("{s:b,s:s}", "raw", *page_arg(p, "open") != '\0', "user",
                             p->user.mailbox);
    const json_t *j = page_get(p, page_path(p, "quarantine/%s", p->part[2]), args);
    if (j == NULL)
        return;
    page_title(p, page_tr(p, N_("A held message")));
    page_noindex(p);
    html_open(p->html, "p");
    page_link(p, "/me", N_("My mail"));
    html_close(p->html);
    console_hold(p, j, "/me/held");
}

/* ---- links of the digest: anybody who has one decides on that one message ---- */

static void link_act(struct page *p)
{
    bool releases = strcmp(page_arg(p, "act"), "release") == 0;
    const char *path = page_path(p, "digest/%s/%s", p->part[1], releases ? "release" : "delete");
    if (page_get(p, path, NULL))
        page_redirect(p, page_path(p, "/held/%s", p->part[1]),
                      releases ? N_("Released: it is on its way.") : N_("Deleted."));
}

static void link_show(struct page *p)
{
    if (p->is_post) {
        link_act(p);
        return;
    }
    const json_t *j = page_get(p, page_path(p, "digest/%s", p->part[1]), NULL);
    if (j == NULL)
        return;
    struct html *h = p->html;
    page_title(p, page_tr(p, N_("A held message")));
    page_noindex(p);
    html_open(h, "dl", "class", "facts");
    page_elem(p, "dt", N_("From"));
    html_open(h, "dd");
    html_bdi(h, page_text(j, "from"));
    html_close(h);
    page_elem(p, "dt", N_("Subject"));
    html_open(h, "dd");
    html_bdi(h, page_text(j, "subject"));
    html_close(h);
    page_elem(p, "dt", N_("State"));
    page_elem(p, "dd", console_word(page_text(j, "state")));
    page_elem(p, "dt", N_("Kept until"));
    html_open(h, "dd");
    html_time(h, page_int(j, "expires_us"));
    html_close(h);
    html_close(h);
    if (strcmp(page_text(j, "state"), "held") != 0)
        return;
    const char *path = page_path(p, "/held/%s", p->part[1]);
    page_act(p, path, N_("Release"), "act", "release");
    page_act(p, path, N_("Delete"), "act", "delete");
}

const struct route me_routes[] = {
    {"me", PAGE_GET | PAGE_POST | PAGE_NOINDEX, ACTOR_MEMBER, me},
    {"me/held/*", PAGE_GET | PAGE_POST | PAGE_NOINDEX, ACTOR_MEMBER, held},
    {"held/*", PAGE_GET | PAGE_POST | PAGE_NOINDEX, 0, link_show},
    {0}};
