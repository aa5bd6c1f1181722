/* The report for a terminal, and what all reports share. */
#include "law/preflight_internal.h"

#include "base/escape.h"

#include <stdio.h>

#define SHOWN_MOST 128
#define WIDTH      96

void number_text(uint64_t n, struct buf *out)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            buf_chr(out, ',');
        buf_chr(out, digits[i]);
    }
}

void fact_word(enum law_fact fact, int32_t value, struct buf *out)
{
    if (value == LAW_UNKNOWN)
        buf_str(out, "can't tell");
    else
        law_fact_text(fact, value, out);
}

void fact_seen(const struct message_fact *f, struct buf *out)
{
    const char *gap = f->why ? strstr(f->why, "%s") : NULL;
    if (f->why == NULL)
        return;
    if (gap == NULL) {
        buf_str(out, f->why);
        return;
    }
    struct slice seen = f->seen;
    buf_add(out, slice_of(f->why, (size_t)(gap - f->why)));
    escape_add(out, ESCAPE_TERM, seen, 160);
    buf_str(out, gap + 2);
}

void shown_say(const struct preflight *p, const struct shown *s, struct buf *out)
{
    law_say(s->law, s->finding, s->facts, p->in.day, out);
}

/* ---- lines ---- */

struct page {
    const struct preflight *p;
    struct buf *out;
    bool colour;
};

static void paint(struct page *g, const char *code)
{
    if (g->colour)
        buf_printf(g->out, "\033[%sm", code);
}

/* Text wrapped behind `indent` spaces; the first line goes on where the cursor stands at `at`. */
static void wrap(struct page *g, struct slice text, size_t indent, size_t at)
{
    struct slice word;
    bool is_first = true;
    while (slice_split(&text, ' ', &word)) {
        if (word.n == 0)
            continue;
        if (!is_first && at + 1 + word.n > WIDTH) {
            buf_printf(g->out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (!is_first) {
            buf_chr(g->out, ' ');
            at++;
        }
        buf_add(g->out, word);
        at += word.n;
        is_first = false;
    }
    buf_chr(g->out, '\n');
}

static void title(struct page *g, const char *text)
{
    buf_chr(g->out, '\n');
    paint(g, "1");
    buf_str(g->out, text);
    paint(g, "0");
    buf_chr(g->out, '\n');
}

static void say_number(struct page *g, uint64_t n, const char *one, const char *many)
{
    number_text(n, g->out);
    buf_printf(g->out, " %s", n == 1 ? one : many);
}

/* ---- parts ---- */

static void headline(struct page *g)
{
    static const char *const colours[] = {"33", "32", "31"};
    static const char *const meaning[] = {"facts are missing: see the questions below",
                                          "no rule that was checked is broken",
                                          "do not send it to these as it is"};
    static const enum law_answer order[] = {LAW_VIOLATION, LAW_CANT_TELL, LAW_NO_VIOLATION};
    const struct preflight *p = g->p;
    char day[16];
    buf_str(g->out, "Check of ");
    escape_add(g->out, ESCAPE_TERM, p->in.campaign, 80);
    buf_str(g->out, " for ");
    say_number(g, preflight_rows(p), "recipient", "recipients");
    buf_printf(g->out, ", under the laws of %s\n\n", law_date_text(p->in.day, day));
    for (size_t i = 0; i < 3; i++) {
        struct buf n = BUF_INIT(64);
        number_text(p->rows[order[i]], &n);
        paint(g, p->rows[order[i]] ? colours[order[i]] : "0");
        buf_printf(g->out, "  %12s  %-19s", buf_cstr(&n), law_answer_text(order[i]));
        paint(g, "0");
        buf_printf(g->out, "  %s\n", p->rows[order[i]] ? meaning[order[i]] : "");
        buf_fini(&n);
    }
    if (p->broken) {
        struct buf n = BUF_INIT(64);
        number_text(p->broken, &n);
        buf_printf(g->out, "  %12s  %-19s  lines that could not be read; nothing else is lost\n",
                   buf_cstr(&n), "not checked");
        buf_fini(&n);
    }
    buf_chr(g->out, '\n');
    wrap(g, slice_str(PREFLIGHT_NO_ADVICE), 0, 0);
}

static void todo(struct page *g)
{
    static struct todo all[TODO_MOST];
    const struct preflight *p = g->p;
    size_t n = preflight_todo(p, all, TODO_MOST), step = 0;
    struct buf text = BUF_INIT(4096);
    title(g, "What to do");
    for (size_t i = 0; i < n && all[i].is_message; i++) {
        buf_printf(&text, "In the message: %s (", all[i].text);
        todo_codes(&all[i], &text);
        buf_printf(&text, ")%s",
                   all[i].is_sure ? "" : " - a law read with medium confidence asks for it");
        buf_printf(g->out, "  %zu. ", ++step);
        wrap(g, buf_slice(&text), 5, 5);
        buf_reset(&text);
    }
    if (p->dropped) {
        buf_printf(g->out, "  %zu. ", ++step);
        buf_str(&text, "Leave out ");
        number_text(p->dropped, &text);
        buf_printf(&text, " %s, or get what is missing for them first:",
                   p->dropped == 1 ? "recipient" : "recipients");
        wrap(g, buf_slice(&text), 5, 5);
        buf_reset(&text);
    }
    for (size_t i = 0; i < n; i++) {
        if (all[i].is_message)
            continue;
        buf_str(g->out, "     - ");
        buf_printf(&text, "%s (", all[i].text);
        number_text(all[i].rows, &text);
        buf_str(&text, ": ");
        todo_codes(&all[i], &text);
        buf_chr(&text, ')');
        wrap(g, buf_slice(&text), 7, 7);
        buf_reset(&text);
    }
    if (p->rows[LAW_CANT_TELL]) {
        buf_printf(g->out, "  %zu. ", ++step);
        wrap(g, SLICE("Answer the questions below, then check again."), 5, 5);
    }
    if (p->broken) {
        buf_printf(g->out, "  %zu. ", ++step);
        wrap(g, SLICE("Mend the lines of the list that could not be read."), 5, 5);
    }
    if (step == 0)
        buf_str(g->out, "  Nothing was found to be repaired.\n");
    buf_fini(&text);
}

static bool is_worth_showing(enum law_fact f, const struct message_fact *m)
{
    return m->why && f != LAW_FACT_MEDIUM && f != LAW_FACT_UNSUBSCRIBE_FREE &&
           f != LAW_FACT_UNSUBSCRIBE_ELECTRONIC;
}

static void message(struct page *g)
{
    const struct preflight *p = g->p;
    struct buf text = BUF_INIT(4096);
    title(g, "What the message shows");
    for (int f = 0; f < LAW_FACTS; f++) {
        const struct message_fact *m = &p->in.message->of[f];
        int32_t stated = p->in.stated->v[f];
        if (!is_worth_showing((enum law_fact)f, m) &&
            (stated == LAW_UNKNOWN || law_fact_info((enum law_fact)f)->group != LAW_GROUP_M))
            continue;
        fact_word((enum law_fact)f, stated != LAW_UNKNOWN ? stated : m->value, &text);
        buf_printf(g->out, "  %-13s %s\n%16s", buf_cstr(&text),
                   law_fact_info((enum law_fact)f)->question, "");
        buf_reset(&text);
        if (stated != LAW_UNKNOWN) {
            buf_str(&text, m->value != LAW_UNKNOWN && m->value != stated
                               ? "you stated it; the message looks otherwise: "
                               : "you stated it");
            if (m->value != LAW_UNKNOWN && m->value != stated)
                fact_seen(m, &text);
        } else {
            fact_seen(m, &text);
        }
        wrap(g, buf_slice(&text), 16, 16);
        buf_reset(&text);
    }
    for (unsigned i = 0; i < p->in.message->n_odd; i++) {
        struct message_fact odd = {0, p->in.message->odd_why[i], p->in.message->odd[i]};
        buf_str(g->out, "  look at       ");
        fact_seen(&odd, &text);
        wrap(g, buf_slice(&text), 16, 16);
        buf_reset(&text);
    }
    if (p->in.message->mail_class)
        buf_printf(g->out, "  %-13s the filter's class; chance to be unwanted %.0f %%\n",
                   p->in.message->mail_class, 100 * p->in.message->probability);
    buf_fini(&text);
}

/* "For 12 recipients, first in line 3." behind what does not hold for all of a country. */
static void whom(struct page *g, const struct shown *s)
{
    if (s->first_line == 0)
        return;
    buf_str(g->out, "      For ");
    say_number(g, s->rows, "recipient", "recipients");
    if (g->p->columns)
        buf_printf(g->out, ", first in line %llu", (unsigned long long)s->first_line);
    buf_str(g->out, ".\n");
}

static void clause(struct page *g, const struct shown *s)
{
    struct buf text = BUF_INIT(8192);
    buf_str(&text, "Clause: ");
    law_clause(s->law, s->finding->rule, &text);
    buf_str(g->out, "      ");
    wrap(g, buf_slice(&text), 6, 6);
    buf_fini(&text);
}

static void violation(struct page *g, const struct shown *s)
{
    struct buf text = BUF_INIT(8192);
    bool is_note = s->finding->force == LAW_INFORM;
    const char *mark = is_note                         ? "  note: "
                       : s->finding->force == LAW_WARN ? "  violation (warns): "
                                                       : "  violation: ";
    paint(g, is_note ? "36" : "31");
    buf_str(g->out, mark);
    paint(g, "0");
    shown_say(g->p, s, &text);
    wrap(g, buf_slice(&text), 6, strlen(mark));
    buf_reset(&text);
    whom(g, s);
    clause(g, s);
    law_repair(s->law, s->finding, &text);
    if (text.n) {
        buf_str(g->out, "      Repair: ");
        wrap(g, buf_slice(&text), 6, 14);
    }
    buf_fini(&text);
}

static void missing(struct page *g, const struct shown *s)
{
    struct buf text = BUF_INIT(8192);
    paint(g, "33");
    buf_str(g->out, "  can't tell: ");
    paint(g, "0");
    buf_printf(&text, "%s (%s)", law_rule_doc(s->law, s->finding->rule), law_code_of(s->law));
    if (law_set_empty(&s->finding->missing)) {
        buf_reset(&text);
        shown_say(g->p, s, &text);
    } else {
        buf_str(&text, "; missing: ");
        missing_text(&s->finding->missing, &text);
    }
    if (s->first_line) {
        buf_str(&text, "; ");
        number_text(s->rows, &text);
        buf_str(&text, s->rows == 1 ? " recipient" : " recipients");
    }
    wrap(g, buf_slice(&text), 6, 14);
    buf_fini(&text);
}

static void unknown_rules(struct page *g, const struct shown *all, size_t n, const struct law *law)
{
    struct buf names = BUF_INIT(2048), text = BUF_INIT(4096);
    shown_unknown_rules(all, n, law, &names);
    if (names.n) {
        buf_printf(&text, "Not known here whether the law of %s has a rule on: %s.",
                   law_name_of(law), buf_cstr(&names));
        buf_str(g->out, "  ");
        wrap(g, buf_slice(&text), 4, 2);
    }
    buf_fini(&names);
    buf_fini(&text);
}

static void law_line(struct page *g, const struct place_law *l)
{
    char day[16];
    struct buf text = BUF_INIT(2048);
    const struct law *law = l->plan.law;
    if (l->is_reach_unknown) {
        buf_printf(&text, "Not known here whether the law of %s also reaches mail sent from there.",
                   law_name_of(law));
        buf_str(g->out, "  ");
        wrap(g, buf_slice(&text), 4, 2);
        buf_fini(&text);
        return;
    }
    buf_printf(&text, "Law: %s (%s), ", law_name_of(law), law_version_of(law));
    if (law_from(law) == LAW_UNKNOWN)
        buf_str(&text, "its first day is not known here");
    else
        buf_printf(&text, "text in force since %s", law_date_text(law_from(law), day));
    buf_printf(&text, "; read with %s confidence", law_confidence_text(law_confidence_of(law)));
    if (!law_in_force(law))
        buf_str(&text, "; not in force, so it never fails a mailing");
    buf_str(g->out, "  ");
    wrap(g, buf_slice(&text), 4, 2);
    buf_fini(&text);
}

static void place(struct page *g, const struct place *pl)
{
    static struct shown all[SHOWN_MOST];
    size_t n = preflight_shown(g->p, pl, all, SHOWN_MOST);
    buf_chr(g->out, '\n');
    paint(g, "1");
    buf_str(g->out, pl->country == LAW_UNKNOWN ? "Country not known" : country_name(pl->country));
    paint(g, "0");
    buf_str(g->out, ": ");
    say_number(g, place_rows(pl), "recipient", "recipients");
    for (int a = LAW_VIOLATION; a >= 0; a--)
        if (pl->rows[a]) {
            buf_printf(g->out, ", %s for ", law_answer_text((enum law_answer)a));
            number_text(pl->rows[a], g->out);
        }
    buf_chr(g->out, '\n');
    for (size_t i = 0; i < pl->n_laws; i++)
        law_line(g, &pl->laws[i]);
    if (pl->is_without_law)
        buf_str(g->out, pl->country == LAW_UNKNOWN
                            ? "  Name the country of these recipients.\n"
                            : "  Nobody has written down this country's law here yet.\n");
    for (int group = SHOWN_VIOLATION; group <= SHOWN_MISSING; group++)
        for (size_t i = 0; i < n; i++) {
            if ((int)shown_group(&all[i]) != group)
                continue;
            if (group == SHOWN_MISSING)
                missing(g, &all[i]);
            else
                violation(g, &all[i]);
        }
    for (size_t i = 0; i < pl->n_laws; i++)
        unknown_rules(g, all, n, pl->laws[i].plan.law);
}

static void places(struct page *g)
{
    size_t at = 0;
    const struct place *pl;
    title(g, "Country by country");
    while ((pl = preflight_place(g->p, &at)) != NULL)
        place(g, pl);
}

static void question_group(struct page *g, const enum law_fact *facts, size_t n, bool of_recipient)
{
    struct buf text = BUF_INIT(2048);
    bool is_first = true;
    for (size_t i = 0; i < n; i++) {
        const struct law_fact_info *info = law_fact_info(facts[i]);
        if ((info->group == LAW_GROUP_R) != of_recipient)
            continue;
        if (is_first)
            wrap(g,
                 of_recipient ? SLICE("  Of each recipient (a column of the list, or one answer "
                                      "for all in the file of --facts):")
                              : SLICE("  Of the mailing and its sender (the file of --facts; --ask "
                                      "FILE writes one to fill in):"),
                 2, 0);
        is_first = false;
        buf_printf(&text, "%s (%s; ", info->question, info->name);
        number_text(g->p->missing[facts[i]], &text);
        buf_printf(&text, " %s)", g->p->missing[facts[i]] == 1 ? "recipient" : "recipients");
        buf_str(g->out, "    ? ");
        wrap(g, buf_slice(&text), 6, 6);
        buf_reset(&text);
    }
    buf_fini(&text);
}

static void questions(struct page *g)
{
    enum law_fact facts[LAW_FACTS];
    size_t n = preflight_asked(g->p, facts);
    if (n == 0)
        return;
    title(g, "Questions whose answers would settle more");
    question_group(g, facts, n, false);
    question_group(g, facts, n, true);
}

static void table_notes(struct page *g)
{
    const struct preflight *p = g->p;
    if (p->columns == NULL)
        return;
    title(g, "How the list was read");
    for (size_t i = 0; i < p->columns->n; i++) {
        const struct column *c = &p->columns->of[i];
        buf_str(g->out, "  ");
        escape_add(g->out, ESCAPE_TERM, c->title, 40);
        buf_printf(g->out, " = %s", c->use == COLUMN_NONE ? "not used" : column_use_name(c));
        if (c->bad) {
            buf_str(g->out, "; not understood ");
            say_number(g, c->bad, "time", "times");
            buf_printf(g->out, ", first in line %llu: ", (unsigned long long)c->bad_line);
            escape_add(g->out, ESCAPE_TERM, c->example, 60);
        }
        if (c->twofold) {
            buf_str(g->out, "; ");
            say_number(g, c->twofold, "date", "dates");
            buf_str(g->out, " can be read in two ways: say --dates dmy or --dates mdy");
        }
        buf_chr(g->out, '\n');
    }
    for (size_t i = 0; i < p->n_notes; i++)
        buf_printf(g->out, "  line %llu was not checked: %s\n",
                   (unsigned long long)p->notes[i].line, p->notes[i].why);
    if (p->broken > p->n_notes)
        buf_str(g->out, "  ... and more; the list of rows names them all\n");
}

static void terms(struct page *g)
{
    static struct law_result r;
    const struct law *laws[32];
    size_t n = preflight_terms(g->p, laws, 32);
    if (n == 0)
        return;
    title(g, "Will it be delivered? Terms of mailbox providers and standards (no laws)");
    for (size_t i = 0; i < n; i++) {
        law_eval(laws[i], g->p->in.facts, g->p->in.day, &r);
        paint(g, "1");
        buf_printf(g->out, "  %s", law_name_of(laws[i]));
        paint(g, "0");
        buf_printf(g->out, ": %s\n", law_answer_text(r.answer));
        for (uint32_t k = 0; k < r.n; k++) {
            if (r.findings[k].answer == LAW_NO_VIOLATION)
                continue;
            struct buf text = BUF_INIT(4096);
            law_say(laws[i], &r.findings[k], g->p->in.facts, g->p->in.day, &text);
            buf_str(g->out, "    - ");
            wrap(g, buf_slice(&text), 6, 6);
            buf_reset(&text);
            law_repair(laws[i], &r.findings[k], &text);
            if (text.n && r.findings[k].answer == LAW_VIOLATION) {
                buf_str(g->out, "      Repair: ");
                wrap(g, buf_slice(&text), 6, 14);
            }
            buf_fini(&text);
        }
    }
}

/* Wrapped, but for records: they are to be copied as they are. */
static void arrival(struct page *g)
{
    struct buf text = BUF_INIT(256 * 1024);
    title(g, "Will it arrive? What DNS says (no law's answer depends on it)");
    preflight_arrive_text(g->p, &text);
    struct slice rest = buf_slice(&text), line;
    while (slice_line(&rest, &line)) {
        size_t indent = 0;
        while (indent < line.n && line.p[indent] == ' ')
            indent++;
        buf_printf(g->out, "%*s", (int)indent, "");
        if (indent == ARRIVE_RECORD) {
            buf_add(g->out, slice_from(line, indent));
            buf_chr(g->out, '\n');
        } else {
            wrap(g, slice_from(line, indent), 6, indent);
        }
    }
    buf_fini(&text);
}

void preflight_text(const struct preflight *p, bool colour, struct buf *out)
{
    struct page g = {p, out, colour};
    headline(&g);
    todo(&g);
    questions(&g);
    places(&g);
    terms(&g);
    arrival(&g);
    message(&g);
    table_notes(&g);
    buf_chr(out, '\n');
    wrap(&g, slice_str(PREFLIGHT_ZONES), 0, 0);
}

void preflight_questions(const struct preflight *p, struct buf *out)
{
    enum law_fact facts[LAW_FACTS];
    size_t n = preflight_asked(p, facts);
    buf_str(
        out,
        "{\n  \"?\": \"Put yes as true, no as false, words and dates in quotes. null: not known. "
        "What differs between recipients belongs into a column of the list instead.\",\n"
        "  \"sender\": {\"name\": null, \"address\": null, \"domain\": null}");
    for (size_t i = 0; i < n; i++) {
        const struct law_fact_info *info = law_fact_info(facts[i]);
        if (facts[i] == LAW_FACT_COUNTRY)
            continue;
        buf_printf(out, ",\n\n  \"?%s\": \"", info->name);
        escape_add(out, ESCAPE_JSON, slice_str(info->question), 0);
        if (info->type == LAW_WORD)
            buf_printf(out, " (%s)", info->words);
        buf_printf(out, "\",\n  \"%s\": null", info->name);
    }
    buf_str(out, "\n}\n");
}
