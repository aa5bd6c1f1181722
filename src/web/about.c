/* What this is and how to take part: /about with the charter in plain words, /join. */
#include "web/routes.h"
#include "web/run.h"

static const char *const rules[][2] = {
    {N_("Nothing is done without a reason"),
     N_("Every act on mail or on a person has a reason in plain words, evidence that can be looked "
        "at, an end, and a way to object that needs no account.")},
    {N_("No collective guilt"),
     N_("Nobody is judged by his country, language, script, provider or a network wider than his "
        "own.")},
    {N_("A report is a claim"),
     N_("Many reports from one place weigh as one. A lawful newsletter that thirty readers report "
        "is not listed by that alone.")},
    {N_("Two kinds of reasons before mail is refused"),
     N_("A score alone refuses nothing unless reasons of two kinds support it; mail is thrown away "
        "only by an explicit rule of the operator.")},
    {N_("What is missing never counts against you"),
     N_("An answer that did not come in time makes no verdict harsher.")},
    {N_("Local choice is final"), N_("What others say never goes above a mark on the message. Each "
                                     "site decides, and each person "
                                     "for his own mail.")},
    {N_("Who is named hears of it first"),
     N_("A sender gets notice and time to reply before he is listed; where people are being robbed "
        "right now, within a day after. An objection that nobody answers lifts the listing.")},
    {N_("Mistakes are corrected wherever they went"),
     N_("Copies that were passed on carry an identity, and the correction follows them.")},
    {N_("As little as possible is kept"),
     N_("People stand in the log as keyed hashes. What names you can be erased, and is when you "
        "leave.")},
};

static void about(struct page *p)
{
    struct html *h = p->html;
    page_title(p, page_tr(p, N_("About")));
    page_elem(
        p, "p",
        N_("Muster filters mail, explains what it does, and gives everyone who has to do with "
           "mail the tools against spam: people, senders, operators, policy makers, "
           "teachers. It is free software that any community runs for itself."),
        "class", "lead");
    page_elem(p, "h2", N_("The rules that every act passes through"));
    html_open(h, "dl");
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        page_elem(p, "dt", rules[i][0]);
        page_elem(p, "dd", rules[i][1]);
    }
    html_close(h);
    page_elem(p, "p",
              N_("These rules are code: functions that every part of the program has to ask, with "
                 "test cases in words that anyone may add to."));
    page_elem(p, "h2", N_("What this site keeps of your visit"));
    page_elem(p, "p",
              N_("No tracker, no script, no request to anybody else. A cookie is set when you log "
                 "in or choose a language, and for nothing else. Addresses are counted for a few "
                 "seconds to slow down floods, then forgotten."));
    html_open(h, "p");
    page_link(p, "/checks", N_("What the filter looks at"));
    html_str(h, " \xc2\xb7 ");
    page_link(p, "/join", N_("Take part"));
    html_close(h);
}

/* Each way ends in something to do. */
static const struct {
    const char *title, *words, *href, *link;
} ways[] = {
    {N_("Report what you get"),
     N_("Two minutes. You get a code at once and see what becomes of it."), "/report",
     N_("Report a message")},
    {N_("Share what helped"),
     N_("A guide, a law, a study, a lesson that others should find. Everyone sees it as proposed "
        "at "
        "once; two reviewers from different sides make it reviewed."),
     "/library/propose", N_("Propose a resource")},
    {N_("Translate"),
     N_("Most texts are in English only. Choose one that people around you need, and propose it in "
        "their language."),
     "/library", N_("Choose a text")},
    {N_("Check a law"),
     N_("You know the law of a country. See what stands here, and say what is wrong or has "
        "changed."),
     "/law", N_("Look at a country")},
    {N_("Run a node"),
     N_("For your own mail, your school, your network. It runs on one small machine and shares "
        "only "
        "what you allow."),
     "/paths/operator", N_("Start here")},
    {N_("Review and decide"),
     N_("Members who speak for users, senders, operators, governments, civil society or research "
        "review what is proposed and decide on objections."),
     "/account/join", N_("Make an account")},
};

static void join(struct page *p)
{
    struct html *h = p->html;
    page_title(p, page_tr(p, N_("Take part")));
    page_elem(p, "p", N_("Choose what fits the time you have."), "class", "lead");
    html_open(h, "ul", "class", "cards");
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (!route_serves(ways[i].href))
            continue;
        html_open(h, "li");
        page_elem(p, "h2", ways[i].title);
        page_elem(p, "p", ways[i].words);
        html_open(h, "p");
        page_link(p, ways[i].href, ways[i].link);
        html_close(h);
        html_close(h);
    }
    html_close(h);
}

const struct route about_routes[] = {
    {"about", PAGE_GET | PAGE_EXPORT, 0, about}, {"join", PAGE_GET | PAGE_EXPORT, 0, join}, {0}};
