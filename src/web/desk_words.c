/* What the desk's pages are written with: facts, times, words of keeper for people. See desk.h. */
#include "web/desk.h"

#include <string.h>

bool desk_works(const struct page *p)
{
    return (p->user.roles & DESK_WORKS) != 0;
}

const char *desk_when(struct page *p, const char *when)
{
    if (strlen(when) < 16)
        return when;
    return arena_printf(p->arena, "%.10s %.5s UTC", when, when + 11).p;
}

void desk_fact(struct page *p, const char *label, const char *words)
{
    if (words == NULL || *words == '\0')
        return;
    page_elem(p, "dt", label);
    html_open(p->html, "dd");
    html_bdi(p->html, words);
    html_close(p->html);
}

void desk_fact_own(struct page *p, const char *label, const char *msgid)
{
    if (msgid == NULL || *msgid == '\0')
        return;
    page_elem(p, "dt", label);
    page_elem(p, "dd", msgid);
}

void desk_fact_time(struct page *p, const char *label, const char *when)
{
    if (*when)
        desk_fact(p, label, desk_when(p, when));
}

const char *desk_word(const char *word)
{
    static const struct {
        const char *word, *words;
    } all[] = {
        {"spam", N_("unwanted advertising or other spam")},
        {"phishing", N_("phishing: it wants passwords or card numbers")},
        {"malware", N_("malware: it brings a harmful file or link")},
        {"fraud", N_("fraud: it wants money by a lie")},
        {"not-spam", N_("no spam: it was judged wrongly")},
        {"not_spam", N_("no spam: it was judged wrongly")},
        {"opt-out", N_("the sender goes on after I unsubscribed")},
        {"opt_out", N_("the sender goes on after I unsubscribed")},
        {"no-opt-out", N_("the sender goes on after people unsubscribed")},
        {"other", N_("something else")},
        {"notice", N_("told to the sender; does not count yet")},
        {"contested", N_("the sender replied; does not count until somebody else confirms it")},
        {"active", N_("counts")},
        {"ended", N_("ended")},
        {"none", N_("nothing")},
        {"note", N_("a note in the mail's history")},
        {"tag", N_("mail is marked as spam")},
        {"hold", N_("mail is held back until somebody looks")},
        {"operator", N_("an operator of this site")},
        {"reviewer", N_("a reviewer")},
        {"steward", N_("a steward")},
        {"the node", N_("the node itself, by its clock")},
        {"the desk", N_("somebody at the desk")},
        {"a steward", N_("a steward")},
        {"nobody", N_("nobody")},
        {"proof", N_("waits for the proof of control")},
        {"open", N_("is being decided")},
        {"decided", N_("decided")},
        {"dropped", N_("dropped: control was not proven in time")},
        {"end", N_("the listing ends")},
        {"keep", N_("the listing stays")},
        {"report", N_("reported")},
        {"step", N_("moved on")},
        {"more", N_("another report counted with it")},
        {"looked", N_("somebody looked at the evidence")},
        {"erased", N_("the reporter's data were erased")},
        {"listing", N_("listed; the sender was told")},
        {"reply", N_("the sender replied")},
        {"confirm", N_("confirmed by somebody else")},
        {"lower", N_("lowered")},
        {"domain", N_("domain")},
        {"link", N_("link")},
        {"mailbox", N_("sender's address")},
        {"address", N_("address of a machine")},
        {"network", N_("network")},
        {"receipt", N_("receipt to the reporter")},
        {"outcome", N_("outcome to the reporter")},
        {"hearing", N_("notice to the named sender")},
        {"owed", N_("waits to be sent")},
        {"sent", N_("sent")},
        {"failed", N_("could not be sent")},
        {"draft", N_("draft: a person decides")}};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (strcmp(word, all[i].word) == 0)
            return all[i].words;
    return word;
}

void desk_history(struct page *p, const json_t *list)
{
    const json_t *one;
    size_t i;
    if (json_array_size(list) == 0)
        return;
    page_elem(p, "h2", N_("What happened"));
    html_open(p->html, "ol");
    json_array_foreach(list, i, one)
    {
        html_open(p->html, "li");
        html_bdi(p->html, desk_when(p, page_text(one, "time")));
        html_str(p->html, " · ");
        page_say(p, desk_word(page_text(one, "what")));
        html_close(p->html);
    }
    html_close(p->html);
}
