/* "If sent from here to there": which laws reach a commercial e-mail, clause by clause. */
#include "web/law_internal.h"

static void form(struct page *p)
{
    page_form_get(p, "/law/between");
    html_open(p->html, "div", "class", "inline");
    law_pages_select(p, "from", N_("Sent from"), page_arg(p, "from"), false);
    law_pages_select(p, "to", N_("to"), page_arg(p, "to"), false);
    page_button(p, N_("Show"), NULL, NULL);
    html_close(p->html);
    html_close(p->html);
}

/* How a law comes to bind such a message; a sentence. */
static const char *reach(const struct law_result *r, bool is_sender)
{
    switch (r->link) {
    case LAW_LINK_RECIPIENT:
        return N_("It names recipients in the country.");
    case LAW_LINK_PRESUMED:
        return N_("The recipient is in the country; that the law reaches the message is usual, "
                  "but was not read.");
    case LAW_LINK_SENDER:
        return N_("It reaches messages sent from the country.");
    case LAW_LINK_ACCESS:
        return N_("It reaches messages opened in the country.");
    case LAW_LINK_NONE:
        return N_("It does not reach this message.");
    default:
        return is_sender ? N_("Not known here whether it follows messages sent abroad.")
                         : N_("Not known here whether it reaches this message.");
    }
}

static bool duty_row(struct page *p, const struct law *law, enum law_rule rule)
{
    if (rule == LAW_RULE_REFUSAL || law_stance(law, rule) != LAW_STANCE_ASKED)
        return false;
    html_open(p->html, "tr");
    page_elem(p, "th", law_rule_doc(NULL, rule), "scope", "row");
    html_open(p->html, "td");
    html_own(p->html, law_pages_rule(p, law, rule));
    html_close(p->html);
    html_open(p->html, "td", "class", "soft");
    law_pages_clause(p, law, rule);
    html_close(p->html);
    html_close(p->html);
    return true;
}

static void duties(struct page *p, const struct law *law)
{
    html_open(p->html, "table", "class", "stack rules");
    html_raw(p->html, "<thead><tr>");
    page_elem(p, "th", N_("Asked for"), "scope", "col");
    page_elem(p, "th", N_("In detail"), "scope", "col");
    page_elem(p, "th", N_("Rests on"), "scope", "col");
    html_raw(p->html, "</tr></thead><tbody>");
    for (unsigned rule = 0; rule < LAW_RULE_OWN; rule++)
        duty_row(p, law, (enum law_rule)rule);
    html_raw(p->html, "</tbody>");
    html_close(p->html);
}

static void one_law(struct page *p, const struct law *law, const struct law_facts *facts,
                    int32_t day, bool is_sender)
{
    static struct law_result r;
    law_eval(law, facts, day, &r);
    html_open(p->html, "h2");
    law_pages_link(p, law, day);
    html_close(p->html);
    html_open(p->html, "p");
    page_say(p, reach(&r, is_sender));
    if (!law_in_force(law)) {
        html_str(p->html, " ");
        page_say(p, N_("It is not in force."));
    }
    html_close(p->html);
    if (r.link != LAW_LINK_NONE)
        duties(p, law);
}

static void here_to_there(struct page *p, int32_t from, int32_t to, int32_t day)
{
    const struct law_library *lib = law_pages_lib(p);
    const struct law *there = law_for_country(lib, to, day),
                     *here = law_for_country(lib, from, day);
    struct law_facts f;
    law_facts_init(&f);
    f.v[LAW_FACT_MEDIUM] = LAW_EMAIL;
    f.v[LAW_FACT_PURPOSE] = LAW_COMMERCIAL;
    f.v[LAW_FACT_SENDER_COUNTRY] = from;
    f.v[LAW_FACT_COUNTRY] = to;
    f.v[LAW_FACT_ACCESS_COUNTRY] = to;
    if (there)
        one_law(p, there, &f, day, false);
    else
        page_elem(p, "p", N_("Nobody has written down the law of the recipient's country here."));
    if (here && here != there)
        one_law(p, here, &f, day, true);
    else if (here == NULL)
        page_elem(p, "p", N_("Nobody has written down the law of the sender's country here."));
    page_elem(p, "p",
              N_("Besides, the mailbox provider of the recipient has terms of its own: see the map "
                 "page."));
}

void law_between_page(struct page *p)
{
    struct slice from = slice_str(page_arg(p, "from")), to = slice_str(page_arg(p, "to"));
    int32_t day = law_pages_day(p);
    if (law_pages_lib(p) == NULL)
        return;
    page_title(p, page_tr(p, N_("If sent from here to there")));
    page_wide(p);
    law_pages_menu(p, "/law/between");
    page_elem(p, "p", N_("Which laws reach a commercial e-mail, and what each asks for."), "class",
              "lead");
    form(p);
    if (law_code(from) && law_code(to))
        here_to_there(p, law_code(from), law_code(to), day);
    law_pages_note(p);
}
