/* Menu, words and tables of the console. See console.h. */
#include "web/console.h"
#include "web/checks.h"

#include <math.h>

static const struct {
    const char *path, *words;
    unsigned needs;
} menu[] = {
    {"/console", N_("Traffic"), 0},
    {"/console/history", N_("History"), 0},
    {"/console/quarantine", N_("Quarantine"), 0},
    {"/console/rules", N_("Rules and lists"), ACTOR_OPERATOR | ACTOR_AUDITOR},
    {"/console/settings", N_("Settings"), ACTOR_OPERATOR | ACTOR_AUDITOR},
    {"/console/health", N_("Health"), ACTOR_OPERATOR | ACTOR_AUDITOR},
    {"/console/acts", N_("Log"), ACTOR_OPERATOR | ACTOR_AUDITOR},
};

void console_begin(struct page *p, const char *title, const char *here)
{
    struct html *h = p->html;
    page_title(p, title);
    page_noindex(p);
    page_wide(p);
    html_open(h, "nav", "class", "tabs", "aria-label", page_tr(p, N_("Console")));
    html_open(h, "ul");
    for (size_t i = 0; i < sizeof(menu) / sizeof(menu[0]); i++) {
        if (menu[i].needs && (p->user.roles & menu[i].needs) == 0)
            continue;
        html_open(h, "li");
        page_elem(p, "a", menu[i].words, "href", menu[i].path, "aria-current",
                  strcmp(here, menu[i].path) == 0 ? "page" : NULL);
        html_close(h);
    }
    html_close(h);
    html_close(h);
}

/* ---- words ---- */

static const struct {
    const char *word, *msgid;
} words[] = {
    {"ham", N_("Not spam")},
    {"unsure", N_("Unsure")},
    {"spam", N_("Spam")},
    {"malware", N_("malware")},
    {"phishing", N_("phishing")},
    {"scam", N_("scam")},
    {"unsolicited bulk", N_("unsolicited bulk mail")},
    {"bulk", N_("bulk mail")},
    {"transactional", N_("transaction mail")},
    {"personal", N_("personal mail")},
    {"other", N_("other mail")},
    {"accept", N_("delivered")},
    {"tag", N_("delivered, marked")},
    {"greylist", N_("asked to come again")},
    {"defer", N_("put off")},
    {"quarantine", N_("held")},
    {"reject", N_("refused")},
    {"discard", N_("discarded")},
    {"held", N_("held")},
    {"released", N_("released, on its way")},
    {"refused", N_("kept back")},
    {"delivered", N_("released and delivered")},
    {"deleted", N_("deleted")},
    {"expired", N_("expired")},
    {"allow", N_("let through")},
    {"block", N_("keep out")},
    {"hour", N_("Last hour")},
    {"day", N_("Last day")},
    {"week", N_("Last week")},
    {"month", N_("Last month")},
    {"site", N_("as the site does")},
    {"none", N_("none")},
};

const char *console_word(const char *word)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].word, word) == 0)
            return words[i].msgid;
    }
    return word;
}

void console_verdict(struct page *p, const char *side)
{
    const char *kind = strcmp(side, "spam") == 0  ? "tag bad"
                       : strcmp(side, "ham") == 0 ? "tag good"
                                                  : "tag note";
    page_elem(p, "span", console_word(side), "class", kind);
}

double console_number(const json_t *j, const char *name)
{
    return json_number_value(json_object_get(j, name));
}

const char *console_bytes(struct page *p, double n)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    size_t u = 0;
    while (n >= 1000 && u < 4) {
        n /= 1000;
        u++;
    }
    return arena_printf(p->arena, u ? "%.1f %s" : "%.0f %s", n, units[u]).p;
}

/* ---- tables ---- */

void console_cell(struct page *p, const char *text)
{
    html_open(p->html, "td");
    html_bdi(p->html, text);
    html_close(p->html);
}

void console_cell_number(struct page *p, double n, int digits)
{
    html_open(p->html, "td", "class", "num");
    if (n < 0) /* the sign stays in front where the page runs right to left */
        html_open(p->html, "span", "dir", "ltr");
    html_num(p->html, n, digits);
    if (n < 0)
        html_close(p->html);
    html_close(p->html);
}

void console_cell_time(struct page *p, int64_t us)
{
    html_open(p->html, "td");
    html_time(p->html, us);
    html_close(p->html);
}

static void cell_word(struct page *p, const char *word)
{
    page_elem(p, "td", console_word(word));
}

static void message_row(struct page *p, const json_t *m)
{
    struct html *h = p->html;
    const char *subject = page_text(m, "subject");
    html_open(h, "tr");
    console_cell_time(p, page_int(m, "time_us"));
    html_open(h, "td");
    console_verdict(p, page_text(m, "verdict"));
    html_close(h);
    console_cell_number(p, console_number(m, "score"), 1);
    cell_word(p, page_text(m, "class"));
    cell_word(p, page_text(m, "action"));
    console_cell(p, page_text(m, "from_domain"));
    html_open(h, "td", "class", "lead-cell");
    html_open(h, "a", "href", page_path(p, "/console/message/%s", page_text(m, "id")));
    if (*subject)
        html_bdi(h, subject);
    else
        page_say(p, N_("(no subject kept)"));
    html_close(h);
    html_close(h);
    html_close(h);
}

void console_messages(struct page *p, const json_t *rows)
{
    static const char *const heads[] = {N_("Time"),   N_("Verdict"), N_("Score"),   N_("Class"),
                                        N_("Action"), N_("From"),    N_("Subject"), NULL};
    const json_t *row;
    size_t i;
    if (json_array_size(rows) == 0) {
        page_elem(p, "p", N_("No messages."));
        return;
    }
    page_table(p, N_("Messages"), heads, 0);
    json_array_foreach(rows, i, row) message_row(p, row);
    page_table_end(p);
}

/* ---- why ---- */

void console_why(struct page *p, const json_t *why)
{
    static const char *const heads[] = {N_("Points"), N_("Reason"), N_("Kind"), N_("Check"), NULL};
    const json_t *f;
    size_t i;
    page_table(p, N_("Findings"), heads, 0);
    json_array_foreach(json_object_get(why, "findings"), i, f)
    {
        double points = console_number(f, "points");
        if (fabs(points) < 0.005 && strcmp(page_text(f, "state"), "done") == 0)
            continue;
        html_open(p->html, "tr");
        html_open(p->html, "td", "class", "num");
        html_elem(p->html, "span", arena_printf(p->arena, "%+.2f", points).p, "dir", "ltr");
        html_close(p->html);
        html_open(p->html, "td", "class", "lead-cell");
        checks_say(p, f);
        html_close(p->html);
        page_elem(p, "td", checks_kind(page_text(f, "kind")));
        html_open(p->html, "td");
        checks_link(p, page_text(f, "name"));
        html_close(p->html);
        html_close(p->html);
    }
    page_table_end(p);
}

/* ---- lists ---- */

void console_entries(struct page *p, const json_t *entries, const char *action)
{
    static const char *const heads[] = {N_("Sender"), N_("What happens"), N_("Reason"),
                                        N_("Until"),  N_("Act"),          NULL};
    struct html *h = p->html;
    const json_t *e;
    size_t i;
    if (json_array_size(entries) == 0) {
        page_elem(p, "p", N_("The lists are empty."));
        return;
    }
    page_table(p, N_("Lists"), heads, 0);
    json_array_foreach(entries, i, e)
    {
        int64_t until = page_int(e, "until_us");
        html_open(h, "tr");
        console_cell(p, page_text(e, "word"));
        cell_word(p, page_text(e, "list"));
        console_cell(p, page_text(e, "reason"));
        html_open(h, "td");
        if (until)
            html_day(h, until);
        else
            page_say(p, N_("no end"));
        html_close(h);
        html_open(h, "td");
        if (p->user.roles & ACTOR_OPERATOR || strcmp(action, "/me") == 0)
            page_act(p, action, N_("Take out"), "act", "remove", "word", page_text(e, "word"));
        html_close(h);
        html_close(h);
    }
    page_table_end(p);
}
