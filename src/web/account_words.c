/* Words of accounts. See account_words.h. */
#include "web/account_words.h"

struct word {
    const char *word, *said;
};

static const char *find(const struct word *list, const char *word)
{
    for (; list->word; list++)
        if (strcmp(list->word, word) == 0)
            return list->said;
    return word;
}

const char *account_role_words(unsigned role)
{
    static const struct word words[] = {{"member", N_("member")},
                                        {"reviewer", N_("reviewer")},
                                        {"operator", N_("operator")},
                                        {"domain-admin", N_("domain administrator")},
                                        {"auditor", N_("auditor")},
                                        {"steward", N_("steward")},
                                        {0}};
    const char *name = actor_role_name((enum actor_role)role);
    return name ? find(words, name) : "";
}

const char *account_stakeholder_words(const char *word)
{
    static const struct word words[] = {
        {"none", N_("himself")},
        {"user", N_("people who get mail")},
        {"operator", N_("who runs networks or mail servers")},
        {"sender", N_("who sends newsletters or other bulk mail")},
        {"government", N_("government, regulators, response teams of states")},
        {"civil-society", N_("civil society")},
        {"research", N_("research and teaching")},
        {0}};
    return find(words, word);
}

const char *account_verb_words(const char *verb)
{
    static const struct word words[] = {{"made", N_("account made")},
                                        {"log-in", N_("logged in")},
                                        {"password", N_("password changed")},
                                        {"password-reset", N_("password set anew on the machine")},
                                        {"roles", N_("roles changed")},
                                        {"recovery-code", N_("logged in by a recovery code")},
                                        {"second-factor-on", N_("second factor switched on")},
                                        {"second-factor-off", N_("second factor switched off")},
                                        {"mailbox-asked", N_("code for a mailbox asked for")},
                                        {"mailbox-proven", N_("mailbox proven")},
                                        {"removed", N_("account removed")},
                                        {"invited", N_("invitation made")},
                                        {"joined", N_("invitation used")},
                                        {0}};
    return find(words, verb);
}

/* Other people's words in a direction of their own, the cell in the page's; empty ones stay so. */
static void cell(struct html *h, const char *text)
{
    html_open(h, "td");
    if (*text)
        html_bdi(h, text);
    html_close(h);
}

void account_act_row(struct page *p, const json_t *act, bool whose)
{
    struct html *h = p->html;
    html_open(h, "tr");
    html_open(h, "td");
    html_time(h, page_int(act, "at"));
    html_close(h);
    if (whose)
        cell(h, page_text(act, "account"));
    html_open(h, "td");
    page_say(p, account_verb_words(page_text(act, "verb")));
    html_close(h);
    cell(h, page_text(act, "actor"));
    cell(h, page_text(act, "detail"));
    html_close(h);
}
