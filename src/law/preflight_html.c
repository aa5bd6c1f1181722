/* The report as one HTML page: no script, nothing from outside, for a phone, a screen and paper.
 * Foreign text passes the escaper and stands in <bdi>, so that it cannot turn its surroundings. */
#include "law/preflight_internal.h"

#include "base/escape.h"

#define SHOWN_MOST 128

static const char STYLE[] =
    ":root{color-scheme:light dark;--bad:#b3261e;--ask:#7a5200;--good:#1b6e3c;--line:#8884}"
    "@media(prefers-color-scheme:dark){:root{--bad:#ff8a80;--ask:#ffcf70;--good:#7fd8a0}}"
    "body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem}"
    "h1{font-size:1.5rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2rem;border-bottom:1px "
    "solid var(--line)}"
    "h3{font-size:1.05rem;margin:1.5rem 0 .3rem}p,ul,dl{margin:.5rem 0}"
    ".sum{display:flex;flex-wrap:wrap;gap:.75rem;padding:0;list-style:none}"
    ".sum li{flex:1 1 12rem;border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}"
    ".sum b{display:block;font-size:1.6rem}.bad b,.v{color:var(--bad)}.ask "
    "b,.q{color:var(--ask)}.good b{color:var(--good)}"
    ".f{border-inline-start:.25rem solid var(--line);padding:.1rem .8rem;margin:.8rem "
    "0;overflow-wrap:anywhere}"
    ".f.v{border-color:var(--bad);color:inherit}.f.q{border-color:var(--ask);color:inherit}"
    ".f strong{display:block}.f.v strong{color:var(--bad)}.f.q strong{color:var(--ask)}"
    "small{opacity:.85}table{border-collapse:collapse;width:100%}th,td{text-align:start;vertical-"
    "align:top;"
    "padding:.35rem .5rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}"
    "td:first-child{white-space:nowrap}details summary{cursor:pointer}"
    "a{color:inherit}@media(max-width:30rem){table,tbody,tr,td{display:block}thead{display:none}"
    "td{border:0;padding:.1rem 0}td:first-child{font-weight:bold}tr{border-bottom:1px solid "
    "var(--line);display:block;padding:.4rem 0}}"
    "@media "
    "print{body{max-width:none;font-size:11pt}h3,.f{break-inside:avoid}details>*{display:block}}";

static void esc(struct buf *out, struct slice s)
{
    escape_add(out, ESCAPE_HTML, s, 0);
}

static void foreign(struct buf *out, struct slice s, size_t most)
{
    struct buf safe = BUF_INIT(8192);
    escape_add(&safe, ESCAPE_TERM, s, most);
    buf_str(out, "<bdi>");
    esc(out, buf_slice(&safe));
    buf_str(out, "</bdi>");
    buf_fini(&safe);
}

static void count(struct buf *out, uint64_t n, const char *one, const char *many)
{
    number_text(n, out);
    buf_printf(out, " %s", n == 1 ? one : many);
}

/* ---- parts ---- */

static void box(struct buf *out, const char *class, uint64_t n, const char *word,
                const char *meaning)
{
    buf_printf(out, "<li class=\"%s\"><b>", n ? class : "none");
    number_text(n, out);
    buf_printf(out, "</b> %s<br><small>%s</small></li>\n", word, n ? meaning : "");
}

/* How many recipients, under whose laws, and what was found for how many. */
static void sums(const struct preflight *p, struct buf *out)
{
    char day[16];
    buf_str(out, "<p>For ");
    count(out, preflight_rows(p), "recipient", "recipients");
    buf_printf(out, ", under the laws of %s.</p>\n<ul class=\"sum\">\n",
               law_date_text(p->in.day, day));
    box(out, "bad", p->rows[LAW_VIOLATION], "violation found", "do not send it to these as it is");
    box(out, "ask", p->rows[LAW_CANT_TELL], "can't tell", "facts are missing: see the questions");
    box(out, "good", p->rows[LAW_NO_VIOLATION], "no violation found",
        "no rule that was checked is broken");
    if (p->broken)
        box(out, "ask", p->broken, "not checked", "lines that could not be read");
    buf_printf(out, "</ul>\n<p><small>%s</small></p>\n", PREFLIGHT_NO_ADVICE);
}

static void head(const struct preflight *p, struct buf *out)
{
    buf_printf(out,
               "<!doctype html>\n<html lang=\"en\" dir=\"ltr\"><head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
               "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
               "style-src 'unsafe-inline'\"><title>Check of a mailing</title><style>%s</style>"
               "</head><body>\n<h1>Check of ",
               STYLE);
    foreign(out, p->in.campaign, 80);
    buf_str(out, "</h1>\n");
    sums(p, out);
}

static void finding(const struct preflight *p, const struct shown *s, struct buf *out)
{
    struct buf text = BUF_INIT(8192);
    bool is_violation = s->finding->answer == LAW_VIOLATION;
    bool is_note = is_violation && s->finding->force == LAW_INFORM;
    buf_printf(out, "<div class=\"f %s\"><strong>%s</strong> ",
               !is_violation ? "q"
               : is_note     ? "n"
                             : "v",
               !is_violation ? "Can't tell"
               : is_note     ? "Note"
                             : "Violation found");
    shown_say(p, s, &text);
    esc(out, buf_slice(&text));
    buf_reset(&text);
    if (s->first_line) {
        buf_str(out, "<br>For ");
        count(out, s->rows, "recipient", "recipients");
        buf_printf(out, ", first in line %llu.", (unsigned long long)s->first_line);
    }
    law_repair(s->law, s->finding, &text);
    if (is_violation && text.n) {
        buf_str(out, "<br><b>Repair:</b> ");
        esc(out, buf_slice(&text));
    }
    buf_reset(&text);
    law_clause(s->law, s->finding->rule, &text);
    if (text.n) {
        buf_str(out, "<br><small>");
        esc(out, slice_str(law_code_of(s->law)));
        buf_str(out, ": ");
        esc(out, buf_slice(&text));
        struct slice url = law_source(s->law, s->finding->rule);
        if (slice_starts(url, SLICE("https://")) || slice_starts(url, SLICE("http://"))) {
            buf_str(out, " (<a href=\"");
            esc(out, url);
            buf_str(out, "\" rel=\"noreferrer\">source</a>)");
        }
        buf_str(out, "</small>");
    }
    buf_str(out, "</div>\n");
    buf_fini(&text);
}

static void law_line(const struct place_law *l, struct buf *out)
{
    char day[16];
    const struct law *law = l->plan.law;
    if (l->is_reach_unknown) {
        buf_str(out, "<small>Not known here whether the law of ");
        esc(out, slice_str(law_name_of(law)));
        buf_str(out, " also reaches mail sent from there.</small><br>\n");
        return;
    }
    buf_str(out, "<small>Law: ");
    esc(out, slice_str(law_name_of(law)));
    buf_str(out, ", ");
    if (law_from(law) == LAW_UNKNOWN)
        buf_str(out, "first day not known here");
    else
        buf_printf(out, "text in force since %s", law_date_text(law_from(law), day));
    buf_printf(out, ", read with %s confidence%s.</small><br>\n",
               law_confidence_text(law_confidence_of(law)),
               law_in_force(law) ? "" : "; not in force, so it never fails a mailing");
}

static void missing_list(const struct shown *all, size_t n, struct buf *out)
{
    bool is_open = false;
    for (size_t i = 0; i < n; i++) {
        const struct shown *s = &all[i];
        if (shown_group(s) != SHOWN_MISSING)
            continue;
        if (!is_open)
            buf_str(out, "<div class=\"f q\"><strong>Can't tell</strong><ul>\n");
        is_open = true;
        buf_str(out, "<li>");
        esc(out, slice_str(law_rule_doc(s->law, s->finding->rule)));
        buf_printf(out, " (%s)<small>", law_code_of(s->law));
        if (!law_set_empty(&s->finding->missing)) {
            buf_str(out, "; missing: ");
            missing_text(&s->finding->missing, out);
        }
        if (s->first_line) {
            buf_str(out, "; ");
            count(out, s->rows, "recipient", "recipients");
        }
        buf_str(out, "</small></li>\n");
    }
    if (is_open)
        buf_str(out, "</ul></div>\n");
}

static void place(const struct preflight *p, const struct place *pl, struct buf *out)
{
    static struct shown all[SHOWN_MOST];
    size_t n = preflight_shown(p, pl, all, SHOWN_MOST);
    buf_str(out, "<h3>");
    esc(out,
        slice_str(pl->country == LAW_UNKNOWN ? "Country not known" : country_name(pl->country)));
    buf_str(out, "</h3>\n<p>");
    count(out, place_rows(pl), "recipient", "recipients");
    for (int a = LAW_VIOLATION; a >= 0; a--)
        if (pl->rows[a]) {
            static const char *const classes[] = {"q", "g", "v"};
            buf_printf(out, "; <span class=\"%s\">%s</span> for ", classes[a],
                       law_answer_text((enum law_answer)a));
            number_text(pl->rows[a], out);
        }
    buf_str(out, ".</p>\n<p>");
    for (size_t i = 0; i < pl->n_laws; i++)
        law_line(&pl->laws[i], out);
    if (pl->is_without_law)
        buf_str(out, pl->country == LAW_UNKNOWN
                         ? "Name the country of these recipients."
                         : "Nobody has written down this country's law here yet.");
    buf_str(out, "</p>\n");
    for (int group = SHOWN_VIOLATION; group <= SHOWN_NOTE; group++)
        for (size_t i = 0; i < n; i++)
            if ((int)shown_group(&all[i]) == group)
                finding(p, &all[i], out);
    missing_list(all, n, out);
    for (size_t i = 0; i < pl->n_laws; i++) {
        struct buf names = BUF_INIT(2048);
        shown_unknown_rules(all, n, pl->laws[i].plan.law, &names);
        if (names.n) {
            buf_str(out, "<p><small>Not known here whether the law of ");
            esc(out, slice_str(law_name_of(pl->laws[i].plan.law)));
            buf_printf(out, " has a rule on: %s.</small></p>\n", buf_cstr(&names));
        }
        buf_fini(&names);
    }
}

static void todo(const struct preflight *p, struct buf *out)
{
    static struct todo all[TODO_MOST];
    size_t n = preflight_todo(p, all, TODO_MOST);
    buf_str(out, "<h2>What to do</h2>\n<ol>\n");
    for (size_t i = 0; i < n && all[i].is_message; i++) {
        buf_str(out, "<li>In the message: ");
        esc(out, slice_str(all[i].text));
        buf_str(out, " <small>(");
        todo_codes(&all[i], out);
        buf_printf(out, ")%s</small></li>\n",
                   all[i].is_sure ? "" : " a law read with medium confidence asks for it");
    }
    if (p->dropped) {
        buf_str(out, "<li>Leave out ");
        count(out, p->dropped, "recipient", "recipients");
        buf_str(out, ", or get what is missing for them first:<ul>\n");
        for (size_t i = 0; i < n; i++) {
            if (all[i].is_message)
                continue;
            buf_str(out, "<li>");
            esc(out, slice_str(all[i].text));
            buf_str(out, " <small>(");
            number_text(all[i].rows, out);
            buf_str(out, ": ");
            todo_codes(&all[i], out);
            buf_str(out, ")</small></li>\n");
        }
        buf_str(out, "</ul></li>\n");
    }
    if (p->rows[LAW_CANT_TELL])
        buf_str(out, "<li>Answer the questions below, then check again.</li>\n");
    if (p->broken)
        buf_str(out, "<li>Mend the lines of the list that could not be read.</li>\n");
    if (n == 0 && p->dropped == 0 && p->rows[LAW_CANT_TELL] == 0 && p->broken == 0)
        buf_str(out, "<li>Nothing was found to be repaired.</li>\n");
    buf_str(out, "</ol>\n");
}

static void question_group(const struct preflight *p, const enum law_fact *facts, size_t n,
                           bool of_recipient, struct buf *out)
{
    bool is_open = false;
    for (size_t i = 0; i < n; i++) {
        const struct law_fact_info *info = law_fact_info(facts[i]);
        if ((info->group == LAW_GROUP_R) != of_recipient)
            continue;
        if (!is_open)
            buf_printf(
                out, "<p>%s</p>\n<ul>\n",
                of_recipient
                    ? "Of each recipient (a column of the list, or one answer for all in the file "
                      "of <code>--facts</code>):"
                    : "Of the mailing and its sender (the file of <code>--facts</code>; "
                      "<code>--ask FILE</code> writes one to fill in):");
        is_open = true;
        buf_str(out, "<li>");
        esc(out, slice_str(info->question));
        buf_printf(out, " <small>(<code>%s</code>; ", info->name);
        count(out, p->missing[facts[i]], "recipient", "recipients");
        buf_str(out, ")</small></li>\n");
    }
    if (is_open)
        buf_str(out, "</ul>\n");
}

static void questions(const struct preflight *p, struct buf *out)
{
    enum law_fact facts[LAW_FACTS];
    size_t n = preflight_asked(p, facts);
    if (n == 0)
        return;
    buf_str(out, "<h2>Questions whose answers would settle more</h2>\n");
    question_group(p, facts, n, false, out);
    question_group(p, facts, n, true, out);
}

static void terms(const struct preflight *p, struct buf *out)
{
    static struct law_result r;
    const struct law *laws[32];
    size_t n = preflight_terms(p, laws, 32);
    if (n == 0)
        return;
    buf_str(
        out,
        "<h2>Will it be delivered?</h2>\n<p>Terms of mailbox providers and standards; these are no "
        "laws.</p>\n");
    for (size_t i = 0; i < n; i++) {
        law_eval(laws[i], p->in.facts, p->in.day, &r);
        buf_str(out, "<h3>");
        esc(out, slice_str(law_name_of(laws[i])));
        buf_printf(out, "</h3>\n<p>%s</p>\n", law_answer_text(r.answer));
        for (uint32_t k = 0; k < r.n; k++)
            if (r.findings[k].answer != LAW_NO_VIOLATION)
                finding(p, &(struct shown){laws[i], &r.findings[k], p->in.facts, 1, 0}, out);
    }
}

static void message_row(const struct preflight *p, enum law_fact f, struct buf *out)
{
    const struct message_fact *m = &p->in.message->of[f];
    int32_t stated = p->in.stated->v[f];
    const struct law_fact_info *info = law_fact_info(f);
    struct buf text = BUF_INIT(4096);
    if (m->why == NULL && (stated == LAW_UNKNOWN || info->group != LAW_GROUP_M))
        return;
    fact_word(f, stated != LAW_UNKNOWN ? stated : m->value, &text);
    buf_str(out, "<tr><td>");
    esc(out, buf_slice(&text));
    buf_reset(&text);
    buf_str(out, "</td><td>");
    esc(out, slice_str(info->question));
    buf_str(out, "</td><td><bdi>");
    if (stated != LAW_UNKNOWN)
        buf_str(&text, m->value != LAW_UNKNOWN && m->value != stated
                           ? "You stated it; the message looks otherwise: "
                           : "You stated it.");
    if (stated == LAW_UNKNOWN || (m->value != LAW_UNKNOWN && m->value != stated))
        fact_seen(m, &text);
    esc(out, buf_slice(&text));
    buf_str(out, "</bdi></td></tr>\n");
    buf_fini(&text);
}

static void message(const struct preflight *p, struct buf *out)
{
    buf_str(out,
            "<h2>What the message shows</h2>\n<table><thead><tr><th>Answer</th><th>Question</th>"
            "<th>By what</th></tr></thead><tbody>\n");
    for (int f = 0; f < LAW_FACTS; f++)
        message_row(p, (enum law_fact)f, out);
    for (unsigned i = 0; i < p->in.message->n_odd; i++) {
        struct message_fact odd = {0, p->in.message->odd_why[i], p->in.message->odd[i]};
        struct buf text = BUF_INIT(2048);
        fact_seen(&odd, &text);
        buf_str(out, "<tr><td>look at</td><td>Something a person should look at</td><td><bdi>");
        esc(out, buf_slice(&text));
        buf_str(out, "</bdi></td></tr>\n");
        buf_fini(&text);
    }
    if (p->in.message->mail_class)
        buf_printf(out,
                   "<tr><td>%s</td><td>The filter's class</td><td>chance to be unwanted %.0f "
                   "%%</td></tr>\n",
                   p->in.message->mail_class, 100 * p->in.message->probability);
    buf_str(out, "</tbody></table>\n");
}

static void list_notes(const struct preflight *p, struct buf *out)
{
    if (p->columns == NULL)
        return;
    buf_str(out, "<h2>How the list was read</h2>\n<table><thead><tr><th>Column</th><th>Read as</th>"
                 "<th>Not understood</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < p->columns->n; i++) {
        const struct column *c = &p->columns->of[i];
        buf_str(out, "<tr><td>");
        foreign(out, c->title, 60);
        buf_printf(out, "</td><td>%s</td><td>",
                   c->use == COLUMN_NONE ? "not used" : column_use_name(c));
        if (c->bad) {
            count(out, c->bad, "value", "values");
            buf_printf(out, ", first in line %llu: ", (unsigned long long)c->bad_line);
            foreign(out, c->example, 60);
        }
        if (c->twofold) {
            count(out, c->twofold, " date", " dates");
            buf_str(out, " can be read in two ways");
            if (!p->in.is_page)
                buf_str(out, ": say <code>--dates dmy</code> or <code>--dates mdy</code>");
        }
        buf_str(out, "</td></tr>\n");
    }
    buf_str(out, "</tbody></table>\n");
    for (size_t i = 0; i < p->n_notes; i++) {
        buf_printf(out, "%sLine %llu was not checked: ", i ? "<br>" : "<p>",
                   (unsigned long long)p->notes[i].line);
        esc(out, slice_str(p->notes[i].why));
    }
    if (p->n_notes)
        buf_str(out, p->broken > p->n_notes
                         ? "<br>... and more; the list of rows names them all.</p>\n"
                         : "</p>\n");
}

static void places(const struct preflight *p, struct buf *out)
{
    size_t at = 0;
    const struct place *pl;
    buf_str(out, "<h2>Country by country</h2>\n");
    while ((pl = preflight_place(p, &at)) != NULL)
        place(p, pl, out);
    terms(p, out);
}

void preflight_html(const struct preflight *p, struct buf *out)
{
    head(p, out);
    todo(p, out);
    questions(p, out);
    places(p, out);
    preflight_arrive_html(p, out);
    message(p, out);
    list_notes(p, out);
    buf_printf(out, "<p><small>%s</small></p>\n</body></html>\n", PREFLIGHT_ZONES);
}

void preflight_html_first(const struct preflight *p, struct buf *out)
{
    sums(p, out);
    todo(p, out);
}

void preflight_html_rest(const struct preflight *p, struct buf *out)
{
    places(p, out);
    if (p->in.arrival)
        preflight_arrive_html(p, out);
    message(p, out);
    list_notes(p, out);
    buf_printf(out, "<p><small>%s</small></p>\n", PREFLIGHT_ZONES);
}
