/* Proving one's mailbox: an address, a code that comes there by mail, and the code typed in here.
 */
#include "web/routes.h"
#include "web/run.h"

static void ask_form(struct page *p, const char *legend)
{
    page_form(p, "/account/mailbox");
    html_open(p->html, "fieldset");
    page_elem(p, "legend", legend);
    page_input(p, &(struct page_input){.name = "mailbox",
                                       .label = N_("Your address on this site"),
                                       .type = "email",
                                       .hint = N_("A code goes there. It opens the mail that is "
                                                  "held for that mailbox to this account."),
                                       .autocomplete = "email",
                                       .is_required = true,
                                       .max_length = 254});
    page_button(p, N_("Send me a code"), "act", "ask");
    html_close(p->html);
    html_close(p->html);
}

static void code_form(struct page *p, const json_t *j)
{
    html_open(p->html, "p");
    page_say_with(p, N_("A code is on its way to %s. It is good for an hour and for five tries."),
                  page_text(j, "mailbox"));
    html_close(p->html);
    page_form(p, "/account/mailbox");
    page_input(p, &(struct page_input){.name = "code",
                                       .label = N_("Code"),
                                       .autocomplete = "one-time-code",
                                       .is_required = true,
                                       .max_length = 20});
    page_button(p, N_("This mailbox is mine"), "act", "prove");
    html_close(p->html);
}

static void show(struct page *p, const char *bad)
{
    const json_t *j = page_get(p, "account/mailbox", NULL);
    if (j == NULL)
        return;
    bool is_waiting = json_is_true(json_object_get(j, "waiting"));
    page_title(p, page_tr(p, N_("My mailbox")));
    if (bad)
        page_notice(p, "bad", bad);
    html_open(p->html, "p");
    if (*p->user.mailbox)
        page_say_with(p, N_("This account sees what is held for %s."), p->user.mailbox);
    else
        page_say(p, N_("This account sees no mail yet: say which mailbox is yours."));
    html_close(p->html);
    if (is_waiting)
        code_form(p, j);
    ask_form(p, is_waiting ? N_("Another code, or another address") : N_("Prove a mailbox"));
    html_open(p->html, "p");
    page_link(p, "/account", N_("Account"));
    html_close(p->html);
}

static const char *sentence(int status)
{
    switch (status) {
    case 400:
        return N_("This is no address.");
    case 403:
        return N_("This address is not of a domain of this site.");
    case 429:
        return N_("Enough codes were sent for now. Please try again later.");
    default:
        return N_("The node is busy or just starting. Please try again in a moment.");
    }
}

static void ask(struct page *p)
{
    const struct page_answer *a = page_ask(
        p, "account/mailbox/ask",
        json_pack("{s:s, s:s}", "mailbox", page_arg(p, "mailbox"), "lang", p->tongue->code));
    if (a && a->status == 200)
        page_redirect(p, "/account/mailbox", N_("The code is on its way. Look into that mailbox."));
    else if (a)
        show(p, sentence(a->status));
}

static void prove(struct page *p)
{
    const struct page_answer *a = page_ask(p, "account/mailbox/prove",
                                           json_pack("{s:s}", "code", page_arg(p, "code")));
    if (a && a->status == 200)
        page_redirect(p, "/me", N_("The mailbox is yours on this site from now on."));
    else if (a)
        show(p, a->status == 403 ? N_("This code is not right.")
                                 : N_("No code waits any more. Please ask for another."));
}

static void mailbox(struct page *p)
{
    if (!p->is_post)
        show(p, NULL);
    else if (strcmp(page_arg(p, "act"), "prove") == 0)
        prove(p);
    else
        ask(p);
}

const struct route account_mailbox_routes[] = {
    {"account/mailbox", PAGE_GET | PAGE_POST | PAGE_NOINDEX, ACTOR_MEMBER, mailbox}, {0}};
