/* Cases: the state of one by its code, what the desk does with it, the desk's work. */
#include "web/desk.h"

#include <string.h>

static void step_form(struct page *p, const json_t *c)
{
    static const char *const states[] = {"acting", "waiting", "routed", "closed"};
    static const char *const words[] = {N_("in work"), N_("waiting for an answer"), N_("sorted"),
                                        N_("closed")};
    static const char *const outcomes[] = {"",        "stopped",   "listed",    "referred",
                                           "consent", "not-shown", "no-answer", "counted"};
    static const char *const outcome_words[] = {
        "-",
        N_("The source was stopped."),
        N_("What was used for it is listed here and marks mail."),
        N_("It was handed to those who can act."),
        N_("The sender showed that the recipient had agreed to this mail."),
        N_("The desk looked, and could not show what was reported."),
        N_("Those who could stop it did not answer."),
        N_("It was counted with the other reports about the same sender."),
    };
    struct page_option *s = ARENA_ARRAY(p->arena, struct page_option, 5);
    struct page_option *o = ARENA_ARRAY(p->arena, struct page_option, 9);
    for (size_t i = 0; i < 4; i++)
        s[i] = (struct page_option){states[i], page_tr(p, words[i])};
    for (size_t i = 0; i < 8; i++)
        o[i] = (struct page_option){outcomes[i], page_tr(p, outcome_words[i])};
    page_form(p, page_path(p, "/case/%s/step", page_text(c, "code")));
    html_open(p->html, "fieldset");
    page_elem(p, "legend", N_("Move on"));
    page_input(p, &(struct page_input){
                      .name = "state", .label = N_("State"), .type = "select", .options = s});
    page_input(p, &(struct page_input){.name = "outcome",
                                       .label = N_("Outcome, when it is closed"),
                                       .type = "select",
                                       .options = o});
    page_input(p, &(struct page_input){.name = "note",
                                       .label = N_("Note for the reporter"),
                                       .type = "textarea",
                                       .rows = 2,
                                       .max_length = 1000});
    page_button(p, N_("Keep"), NULL, NULL);
    html_close(p->html);
    html_close(p->html);
}

static void show_letters(struct page *p, const json_t *c)
{
    const json_t *one;
    size_t i;
    if (json_array_size(json_object_get(c, "letters")) == 0)
        return;
    page_elem(p, "h2", N_("Letters"));
    html_open(p->html, "ul");
    json_array_foreach(json_object_get(c, "letters"), i, one)
    {
        const char *code = page_text(one, "letter");
        html_open(p->html, "li");
        page_say(p, desk_word(page_text(one, "kind")));
        html_str(p->html, " ");
        html_bdi(p->html, page_text(one, "to"));
        page_colon(p);
        page_say(p, desk_word(page_text(one, "state")));
        if (*code && strcmp(page_text(one, "state"), "draft") == 0) {
            page_act(p, page_path(p, "/desk/letter/%s", code), N_("Send"), "act", "send", "case",
                     page_text(c, "code"));
            page_act(p, page_path(p, "/desk/letter/%s", code), N_("Drop"), "act", "drop", "case",
                     page_text(c, "code"));
        }
        html_close(p->html);
    }
    html_close(p->html);
}

static const char *suggestion(const char *word)
{
    return strcmp(word, "keep") == 0                ? N_("keep it; so few reports prove nothing")
           : strcmp(word, "ask the sender") == 0    ? N_("ask the sender who agreed to it")
           : strcmp(word, "look") == 0              ? N_("a person should look at it")
           : strcmp(word, "propose a listing") == 0 ? N_("propose a listing")
                                                    : word;
}

static void show_staff(struct page *p, const json_t *c)
{
    const json_t *g = json_object_get(c, "campaign");
    page_elem(p, "h2", N_("For the desk"));
    html_open(p->html, "dl", "class", "facts");
    desk_fact(p, N_("Author's domain"), page_text(c, "from_domain"));
    desk_fact(p, N_("Link"), page_text(c, "host"));
    desk_fact(p, N_("Reporters"),
              arena_printf(p->arena, "%lld", (long long)page_int(g, "reporters")).p);
    desk_fact(p, N_("Independent sources"),
              arena_printf(p->arena, "%lld", (long long)page_int(g, "sources")).p);
    desk_fact_own(p, N_("What the charter suggests"), suggestion(page_text(g, "suggests")));
    desk_fact(p, N_("Handed over by"), page_text(json_object_get(c, "origin"), "from"));
    desk_fact(p, N_("On these terms"), page_text(json_object_get(c, "origin"), "terms"));
    html_close(p->html);
    html_open(p->html, "p");
    page_link(p, page_path(p, "/case/%s/evidence", page_text(c, "code")),
              N_("Open the evidence (this is noted)"));
    html_str(p->html, " · ");
    page_link(p, page_path(p, "/desk/list/%s", page_text(c, "code")), N_("Propose a listing"));
    html_close(p->html);
    if (desk_works(p))
        step_form(p, c);
}

static void show_case(struct page *p)
{
    const json_t *c = page_get(p, page_path(p, "case/%s", p->part[1]), NULL);
    bool is_closed;
    if (c == NULL)
        return;
    if (p->wants_json) {
        page_send_json(p, c);
        return;
    }
    is_closed = strcmp(page_text(c, "state"), "closed") == 0;
    page_title(p, page_tr_with(p, N_("Case %s"), page_text(c, "code")));
    html_open(p->html, "dl", "class", "facts");
    desk_fact_own(p, N_("State"), page_text(c, "state_words"));
    if (is_closed)
        desk_fact_own(p, N_("Outcome"), page_text(c, "outcome_words"));
    desk_fact_own(p, N_("Next step"), page_text(c, "next"));
    desk_fact_own(p, N_("Who does it"), desk_word(page_text(c, "owner")));
    desk_fact_time(p, N_("Until"), page_text(c, "due"));
    desk_fact_own(p, N_("Reported as"), desk_word(page_text(c, "category")));
    desk_fact_time(p, N_("Since"), page_text(c, "time"));
    desk_fact(p, N_("Note from the desk"), page_text(c, "note"));
    html_close(p->html);
    show_letters(p, c);
    desk_history(p, json_object_get(c, "history"));
    if (json_object_get(c, "campaign"))
        show_staff(p, c);
    page_elem(p, "h2", N_("Your data"));
    page_elem(
        p, "p",
        N_("Whoever has the code sees this page; nobody sees from it who reported. You can take "
           "your report back: then your address is erased, and nothing more is sent to you."));
    page_act(p, page_path(p, "/case/%s/withdraw", page_text(c, "code")), N_("Take it back"), "act",
             "withdraw");
}

static void find_case(struct page *p)
{
    const char *code = page_arg(p, "code");
    if (*code) {
        page_redirect(p, page_path(p, "/case/%s", code), NULL);
        return;
    }
    page_title(p, page_tr(p, N_("See a case")));
    page_form_get(p, "/case");
    page_input(p, &(struct page_input){.name = "code",
                                       .label = N_("Code"),
                                       .hint = N_("27 letters and digits, as in the receipt."),
                                       .is_required = true,
                                       .max_length = 60});
    page_button(p, N_("Show"), NULL, NULL);
    html_close(p->html);
    if (!p->user.is_known)
        return;
    const json_t *mine = page_get(p, "cases/mine", NULL), *one;
    size_t i;
    if (mine == NULL || json_array_size(json_object_get(mine, "cases")) == 0)
        return;
    page_elem(p, "h2", N_("My reports"));
    html_open(p->html, "ul");
    json_array_foreach(json_object_get(mine, "cases"), i, one)
    {
        html_open(p->html, "li");
        html_elem(p->html, "a", page_text(one, "code"), "href",
                  page_path(p, "/case/%s", page_text(one, "code")));
        html_str(p->html, " ");
        page_say(p, page_text(one, "state_words"));
        html_close(p->html);
    }
    html_close(p->html);
}

static void withdraw(struct page *p)
{
    if (page_get(p, page_path(p, "case/%s/withdraw", p->part[1]), NULL))
        page_redirect(p, page_path(p, "/case/%s", p->part[1]),
                      N_("Your report was taken back, and your address erased."));
}

static void step(struct page *p)
{
    json_t *a = json_object();
    json_object_set_new(a, "state", json_string(page_arg(p, "state")));
    json_object_set_new(a, "note", json_string(page_arg(p, "note")));
    if (strcmp(page_arg(p, "state"), "closed") == 0)
        json_object_set_new(a, "outcome", json_string(page_arg(p, "outcome")));
    if (page_get(p, page_path(p, "case/%s/step", p->part[1]), a))
        page_redirect(p, page_path(p, "/case/%s", p->part[1]), N_("The case was moved on."));
}

static void letter(struct page *p)
{
    bool sends = strcmp(page_arg(p, "act"), "send") == 0;
    if (page_get(p, page_path(p, sends ? "letter/%s/send" : "letter/%s/drop", p->part[2]), NULL))
        page_redirect(p, page_path(p, "/case/%s", page_arg(p, "case")),
                      sends ? N_("The letter goes out.") : N_("The letter was dropped."));
}

/* Foreign words one under the other, as text. */
static void evidence(struct page *p)
{
    static const char *const texts[] = {"said", "headers", "text"};
    static const char *const labels[] = {N_("What the reporter wrote"), N_("Header, redacted"),
                                         N_("Text, redacted")};
    const json_t *e = page_get(p, page_path(p, "case/%s/evidence", p->part[1]), NULL), *link;
    size_t i;
    if (e == NULL)
        return;
    const json_t *r = json_object_get(e, "report");
    page_title(p, page_tr(p, N_("Evidence")));
    page_notice(p, "note", N_("This look was noted in the case."));
    for (i = 0; i < 3; i++) {
        if (*page_text(r, texts[i]) == '\0')
            continue;
        page_elem(p, "h2", labels[i]);
        html_elem(p->html, "pre", page_text(r, texts[i]), "tabindex", "0", "dir", "auto");
    }
    if (json_array_size(json_object_get(r, "links")))
        page_elem(p, "h2", N_("Links"));
    html_open(p->html, "ul");
    json_array_foreach(json_object_get(r, "links"), i, link)
    {
        html_open(p->html, "li");
        html_bdi(p->html, page_text(link, "url"));
        html_close(p->html);
    }
    html_close(p->html);
    html_open(p->html, "dl", "class", "facts");
    desk_fact(p, N_("SHA-256"), page_text(e, "sha256"));
    html_close(p->html);
    desk_handover_links(p, p->part[1]);
}

static void work_row(struct page *p, const json_t *one)
{
    html_open(p->html, "tr");
    html_open(p->html, "td");
    html_elem(p->html, "a", arena_printf(p->arena, "%.9s", page_text(one, "code")).p, "href",
              page_path(p, "/case/%s", page_text(one, "code")), "class", "whole");
    html_close(p->html);
    page_elem(p, "td", desk_word(page_text(one, "category")));
    html_open(p->html, "td", "class", "num");
    html_int(p->html, page_int(one, "cases"));
    html_close(p->html);
    html_open(p->html, "td", "class", "num");
    html_int(p->html, page_int(one, "sources"));
    html_close(p->html);
    html_open(p->html, "td");
    html_bdi(p->html, page_text(one, "from_domain"));
    html_close(p->html);
    html_open(p->html, "td", "class", "whole");
    html_bdi(p->html, desk_when(p, page_text(one, "due")));
    html_close(p->html);
    html_close(p->html);
}

static void work_table(struct page *p, const json_t *list)
{
    static const char *const heads[] = {N_("Case"),
                                        N_("Reported as"),
                                        N_("Reports"),
                                        N_("Independent sources"),
                                        N_("Author's domain"),
                                        N_("Until"),
                                        NULL};
    const json_t *one;
    size_t i;
    page_table(p, N_("Campaigns"), heads, 1u << 2 | 1u << 3);
    json_array_foreach(list, i, one) work_row(p, one);
    page_table_end(p);
}

static void work(struct page *p)
{
    const json_t *w = page_get(p, "work", NULL), *one;
    const json_t *appeals = page_get(p, "appeals", NULL);
    size_t i;
    if (w == NULL || appeals == NULL)
        return;
    page_wide(p);
    page_title(p, page_tr(p, N_("The desk's work")));
    page_elem(p, "p", N_("Campaigns: live harm first, then by independent sources"), "class",
              "lead");
    if (json_array_size(json_object_get(w, "work")))
        work_table(p, json_object_get(w, "work"));
    else
        page_notice(p, "good", N_("Nothing waits for the desk."));
    page_elem(p, "h2", N_("Open appeals"));
    if (json_array_size(json_object_get(appeals, "appeals")) == 0)
        page_elem(p, "p", N_("No appeal is open."), "class", "soft");
    html_open(p->html, "ul");
    json_array_foreach(json_object_get(appeals, "appeals"), i, one)
    {
        html_open(p->html, "li");
        html_elem(p->html, "a", page_text(one, "code"), "href",
                  page_path(p, "/appeal/%s", page_text(one, "code")));
        html_str(p->html, " ");
        html_bdi(p->html, desk_when(p, page_text(one, "lowered_at")));
        html_close(p->html);
    }
    html_close(p->html);
}

const struct route desk_routes[] = {
    {"case", PAGE_GET | PAGE_NOINDEX, 0, find_case},
    {"case/*", PAGE_GET | PAGE_NOINDEX, 0, show_case},
    {"case/*/withdraw", PAGE_POST | PAGE_NOINDEX, 0, withdraw},
    {"case/*/step", PAGE_POST | PAGE_NOINDEX, DESK_WORKS, step},
    {"case/*/evidence", PAGE_GET | PAGE_NOINDEX, DESK_WORKS, evidence},
    {"desk", PAGE_GET | PAGE_NOINDEX, DESK_WORKS | ACTOR_AUDITOR, work},
    {"desk/letter/*", PAGE_POST | PAGE_NOINDEX, DESK_WORKS, letter},
    {0}};
