/* The console's first page, the history and the log. Everything shown is keeper's answer to the
 * session's own rights: a domain admin sees his domains. */
#include "web/console.h"
#include "web/chart.h"
#include "web/routes.h"

#include <stdlib.h>

#define ALL   (ACTOR_OPERATOR | ACTOR_AUDITOR | ACTOR_DOMAIN_ADMIN)
#define SITE  (ACTOR_OPERATOR | ACTOR_AUDITOR)
#define ROWS  50
#define FRESH 15 /* messages on the first page */
#define SLOTS 400

static const char *const spans[] = {"hour", "day", "week", "month", NULL};

/* ---- traffic ---- */

static int64_t *numbers(struct page *p, const json_t *list, size_t n)
{
    int64_t *out = ARENA_ARRAY(p->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = json_integer_value(json_array_get(list, i));
    return out;
}

static void figure(struct page *p, const char *msgid, const char *value)
{
    html_open(p->html, "li");
    html_elem(p->html, "strong", value, "class", "figure", "dir", "ltr");
    page_elem(p, "span", msgid, "class", "soft");
    html_close(p->html);
}

static const char *whole(struct page *p, int64_t n)
{
    return arena_printf(p->arena, "%lld", (long long)n).p;
}

static void figures(struct page *p, const json_t *t)
{
    int64_t n = page_int(t, "messages");
    int64_t spam = 0;
    const json_t *v;
    size_t i;
    json_array_foreach(json_object_get(t, "spam"), i, v) spam += json_integer_value(v);
    html_open(p->html, "ul", "class", "cards figures");
    figure(p, N_("messages"), whole(p, n));
    figure(p, N_("of them spam"),
           n ? arena_printf(p->arena, "%.1f %%", 100.0 * (double)spam / (double)n).p : "0 %");
    figure(p, N_("size together"), console_bytes(p, console_number(t, "bytes")));
    figure(p, N_("milliseconds each"),
           arena_printf(p->arena, "%.1f",
                        n ? console_number(t, "microseconds") / 1000.0 / (double)n : 0.0)
               .p);
    html_close(p->html);
}

static void legend(struct page *p)
{
    static const char *const series[] = {N_("Not spam"), N_("Unsure"), N_("Spam")};
    html_open(p->html, "p", "class", "legend");
    for (unsigned i = 0; i < 3; i++) {
        html_open(p->html, "span");
        html_elem(p->html, "span", "", "class", arena_printf(p->arena, "swatch s%u", i).p);
        page_say(p, series[i]);
        html_close(p->html);
    }
    html_close(p->html);
}

/* The chart's numbers as a table, at most 24 rows: columns that stand together are added up. */
static void chart_table(struct page *p, const struct chart *c, int64_t from_us, int64_t each_us)
{
    static const char *const heads[] = {N_("From"), N_("Not spam"), N_("Unsure"), N_("Spam"), NULL};
    size_t group = (c->n + 23) / 24;
    html_open(p->html, "details");
    page_elem(p, "summary", N_("The same as a table"));
    page_table(p, N_("The same as a table"), heads, 0);
    for (size_t i = 0; i < c->n; i += group) {
        int64_t sum[3] = {0};
        for (size_t k = i; k < i + group && k < c->n; k++) {
            for (unsigned s = 0; s < 3; s++)
                sum[s] += c->values[s][k];
        }
        html_open(p->html, "tr");
        console_cell_time(p, from_us + (int64_t)i * each_us);
        for (unsigned s = 0; s < 3; s++)
            console_cell_number(p, (double)sum[s], 0);
        html_close(p->html);
    }
    page_table_end(p);
    html_close(p->html);
}

static const char *chosen_span(const struct page *p)
{
    for (size_t i = 0; spans[i]; i++) {
        if (strcmp(page_arg(p, "span"), spans[i]) == 0)
            return spans[i];
    }
    return "hour";
}

/* Links to the spans, and to a page that loads itself again: not by itself, because that takes
 * the page away from people who read slowly. */
static void span_links(struct page *p, const char *span, bool is_live)
{
    html_open(p->html, "ul", "class", "choices");
    for (size_t i = 0; spans[i]; i++) {
        html_open(p->html, "li");
        page_elem(p, "a", console_word(spans[i]), "href",
                  page_path(p, "/console?span=%s", spans[i]), "aria-current",
                  strcmp(span, spans[i]) == 0 ? "true" : NULL);
        html_close(p->html);
    }
    html_open(p->html, "li");
    if (is_live)
        page_link(p, page_path(p, "/console?span=%s", span), N_("Stop loading again"));
    else
        page_link(p, page_path(p, "/console?span=%s&live=1", span),
                  N_("Load again every 10 seconds"));
    html_close(p->html);
    html_close(p->html);
}

static void traffic_chart(struct page *p, const json_t *t, const char *span)
{
    static const char *const sides[] = {"ham", "unsure", "spam"};
    size_t n = json_array_size(json_object_get(t, "ham"));
    struct chart c = {.series = 3, .n = n > SLOTS ? SLOTS : n};
    for (unsigned s = 0; s < 3; s++)
        c.values[s] = numbers(p, json_object_get(t, sides[s]), c.n);
    c.title = page_tr_with(p, N_("Messages by time and verdict; at most %s in one column"),
                           whole(p, chart_most(&c)));
    c.from = page_tr(p, console_word(span));
    c.to = page_tr(p, N_("now"));
    chart_columns(p->html, p, &c);
    legend(p);
    chart_table(p, &c, page_int(t, "from_us"), page_int(t, "each_seconds") * 1000000);
}

static void console(struct page *p)
{
    const char *span = chosen_span(p);
    bool is_live = *page_arg(p, "live") != '\0';
    const json_t *t = page_get(p, "console/traffic", json_pack("{s:s}", "span", span));
    const json_t *latest = page_get(p, "history", json_pack("{s:i}", "limit", FRESH));
    if (t == NULL || latest == NULL)
        return;
    if (p->wants_json) {
        page_send_json(p, t);
        return;
    }
    console_begin(p, page_tr(p, N_("Traffic")), "/console");
    if (is_live)
        page_refresh(p, 10);
    span_links(p, span, is_live);
    figures(p, t);
    traffic_chart(p, t, span);
    page_elem(p, "h2", N_("Latest messages"));
    console_messages(p, json_object_get(latest, "messages"));
}

/* ---- history ---- */

static const char *const verdicts[] = {"", "ham", "unsure", "spam", NULL};
static const char *const classes[] = {
    "",     "malware",       "phishing", "scam",  "unsolicited bulk",
    "bulk", "transactional", "personal", "other", NULL};
static const char *const actions[] = {"",           "accept", "tag",     "greylist", "defer",
                                      "quarantine", "reject", "discard", NULL};

static void pick(struct page *p, const char *name, const char *label, const char *const *values)
{
    struct page_option *o = ARENA_ARRAY(p->arena, struct page_option, 16);
    for (size_t i = 0; values[i] && i < 15; i++)
        o[i] = (struct page_option){values[i],
                                    page_tr(p, *values[i] ? console_word(values[i]) : N_("any"))};
    page_input(p, &(struct page_input){.name = name,
                                       .label = label,
                                       .type = "select",
                                       .value = page_arg(p, name),
                                       .options = o});
}

/* Seconds since 1970 of "2026-11-22"; 0: no day. */
static int64_t day_of(const char *text)
{
    int year, month, day;
    char end;
    if (sscanf(text, "%4d-%2d-%2d%c", &year, &month, &day, &end) != 3 || year < 1970 ||
        year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
        return 0;
    /* days from civil, after the proleptic Gregorian calendar: March begins the year */
    int64_t y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;
    int64_t days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 719469;
    return days * 86400;
}

static void history_form(struct page *p)
{
    page_form_get(p, "/console/history");
    html_open(p->html, "div", "class", "inline");
    page_input(p, &(struct page_input){.name = "words",
                                       .label = N_("Words of subject or sender"),
                                       .type = "search",
                                       .value = page_arg(p, "words"),
                                       .max_length = 200});
    page_input(p, &(struct page_input){.name = "user",
                                       .label = N_("Recipient"),
                                       .type = "email",
                                       .value = page_arg(p, "user"),
                                       .max_length = 320});
    page_input(p, &(struct page_input){.name = "from",
                                       .label = N_("Sender's domain"),
                                       .value = page_arg(p, "from"),
                                       .max_length = 255});
    page_input(p, &(struct page_input){.name = "rule",
                                       .label = N_("Name of a check"),
                                       .value = page_arg(p, "rule"),
                                       .max_length = 80});
    pick(p, "verdict", N_("Verdict"), verdicts);
    pick(p, "class", N_("Class"), classes);
    pick(p, "action", N_("Action"), actions);
    page_input(p, &(struct page_input){.name = "since",
                                       .label = N_("From day"),
                                       .type = "date",
                                       .value = page_arg(p, "since")});
    page_input(p, &(struct page_input){.name = "until",
                                       .label = N_("To day"),
                                       .type = "date",
                                       .value = page_arg(p, "until")});
    page_button(p, N_("Search"), NULL, NULL);
    html_close(p->html);
    html_close(p->html);
}

static json_t *history_query(struct page *p)
{
    static const char *const names[] = {"words",  "user",   "verdict", "class",
                                        "action", "domain", "from",    "rule"};
    json_t *q = json_pack("{s:i}", "limit", ROWS);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (*page_arg(p, names[i]))
            json_object_set_new(q, names[i], json_string(page_arg(p, names[i])));
    }
    int64_t since = day_of(page_arg(p, "since")), until = day_of(page_arg(p, "until"));
    int64_t before = page_arg_int(p, "before", 0, 0, INT64_MAX);
    if (since)
        json_object_set_new(q, "since", json_integer(since));
    if (until)
        json_object_set_new(q, "until", json_integer(until + 86399));
    if (before)
        json_object_set_new(q, "before", json_integer(before));
    return q;
}

static void add_encoded(struct buf *b, const char *s)
{
    for (; *s; s++) {
        if (ascii_is_alnum(*s) || *s == '-' || *s == '.' || *s == '_')
            buf_chr(b, *s);
        else
            buf_printf(b, "%%%02X", (unsigned char)*s);
    }
}

/* The page's own address with the same filter and another place. */
static const char *same_filter(struct page *p, const char *path, const char *before)
{
    static const char *const names[] = {"words", "user", "verdict", "class", "action", "domain",
                                        "from",  "rule", "since",   "until", "state",  "kind"};
    struct buf b = BUF_INIT(8192);
    buf_str(&b, path);
    buf_chr(&b, '?');
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (*page_arg(p, names[i]) == '\0')
            continue;
        buf_printf(&b, "%s=", names[i]);
        add_encoded(&b, page_arg(p, names[i]));
        buf_chr(&b, '&');
    }
    if (before) {
        buf_str(&b, "before=");
        add_encoded(&b, before);
    }
    const char *out = arena_cstr(p->arena, buf_slice(&b));
    buf_fini(&b);
    return out;
}

static void history(struct page *p)
{
    const json_t *j = page_get(p, "history", history_query(p));
    if (j == NULL)
        return;
    if (p->wants_json) {
        page_send_json(p, j);
        return;
    }
    console_begin(p, page_tr(p, N_("History")), "/console/history");
    history_form(p);
    const json_t *rows = json_object_get(j, "messages");
    int64_t next = page_int(j, "next");
    console_messages(p, rows);
    if (next && json_array_size(rows) < ROWS)
        page_elem(p, "p", N_("The search looked through a part of the history; go on for more."),
                  "class", "soft");
    page_pager(p, *page_arg(p, "before") ? same_filter(p, "/console/history", NULL) : NULL,
               next ? same_filter(p, "/console/history", whole(p, next)) : NULL);
}

static void facts_of(struct page *p, const json_t *why)
{
    struct html *h = p->html;
    html_open(h, "dl", "class", "facts");
    page_elem(p, "dt", N_("Verdict"));
    html_open(h, "dd");
    console_verdict(p, page_text(why, "verdict"));
    html_close(h);
    page_elem(p, "dt", N_("Score"));
    html_open(h, "dd");
    html_num(h, console_number(why, "score"), 2);
    html_close(h);
    page_elem(p, "dt", N_("Probability that it is unwanted"));
    html_open(h, "dd");
    html_num(h, 100 * console_number(why, "probability"), 1);
    html_str(h, " %");
    html_close(h);
    page_elem(p, "dt", N_("Class"));
    page_elem(p, "dd", console_word(page_text(why, "class")));
    page_elem(p, "dt", N_("Action"));
    page_elem(p, "dd", console_word(page_text(why, "action")));
    page_elem(p, "dt", N_("Number"));
    html_elem(h, "dd", page_text(why, "id"), "class", "code");
    html_close(h);
}

static void message(struct page *p)
{
    const json_t *why = page_get(p, page_path(p, "why/%s", p->part[2]), NULL);
    const json_t *held = page_get(p, "quarantine",
                                  json_pack("{s:s,s:s}", "state", "all", "id", p->part[2]));
    if (why == NULL || held == NULL)
        return;
    if (p->wants_json) {
        page_send_json(p, why);
        return;
    }
    console_begin(p, page_tr(p, N_("Why a message was judged so")), "/console/history");
    facts_of(p, why);
    page_elem(p, "h2", N_("Reasons"));
    console_why(p, why);
    const json_t *rows = json_object_get(held, "holds");
    if (json_array_size(rows)) {
        page_elem(p, "h2", N_("Held copies"));
        console_holds(p, rows, "/console/quarantine");
    } else {
        page_elem(p, "p",
                  N_("No copy of the message is held here, so nothing can be learned from this "
                     "page: hand the message itself to the filter."),
                  "class", "soft");
    }
}

/* ---- log ---- */

static void acts(struct page *p)
{
    static const char *const heads[] = {N_("Time"), N_("By"),   N_("What"),
                                        N_("On"),   N_("Note"), NULL};
    const json_t *j = page_get(p, "console/acts",
                               json_pack("{s:i,s:I}", "limit", ROWS, "before",
                                         (json_int_t)page_arg_int(p, "before", 0, 0, INT64_MAX)));
    const json_t *a;
    size_t i;
    if (j == NULL)
        return;
    console_begin(p, page_tr(p, N_("What was done")), "/console/acts");
    page_table(p, N_("Log"), heads, 0);
    json_array_foreach(json_object_get(j, "acts"), i, a)
    {
        const char *verb = page_text(a, "verb");
        html_open(p->html, "tr");
        console_cell_time(p, page_int(a, "time_us"));
        console_cell(p, page_text(a, "role"));
        console_cell(p, *verb ? verb : page_text(a, "kind"));
        console_cell(p, page_text(a, "target"));
        console_cell(p, page_text(a, "detail"));
        html_close(p->html);
    }
    page_table_end(p);
    if (i == ROWS)
        page_pager(p, NULL, page_path(p, "/console/acts?before=%s", whole(p, page_int(j, "next"))));
}

/* ---- quarantine ---- */

static const char *const states[] = {"held",      "all",     "released", "refused",
                                     "delivered", "deleted", "expired",  NULL};
static const char *const kinds[] = {"", "spam", "bulk", "phishing", "malware", "other", NULL};

static void quarantine(struct page *p)
{
    static const char *const names[] = {"state", "kind", "user", "from", "domain", "before"};
    json_t *q = json_pack("{s:i}", "limit", ROWS);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (*page_arg(p, names[i]))
            json_object_set_new(q, names[i], json_string(page_arg(p, names[i])));
    }
    const json_t *j = page_get(p, "quarantine", q);
    if (j == NULL)
        return;
    console_begin(p, page_tr(p, N_("Quarantine")), "/console/quarantine");
    page_form_get(p, "/console/quarantine");
    html_open(p->html, "div", "class", "inline");
    pick(p, "state", N_("State"), states);
    pick(p, "kind", N_("Held as"), kinds);
    page_input(p, &(struct page_input){.name = "user",
                                       .label = N_("Recipient"),
                                       .type = "email",
                                       .value = page_arg(p, "user"),
                                       .max_length = 320});
    page_input(p, &(struct page_input){.name = "from",
                                       .label = N_("Sender"),
                                       .value = page_arg(p, "from"),
                                       .max_length = 320});
    page_button(p, N_("Search"), NULL, NULL);
    html_close(p->html);
    html_close(p->html);
    console_holds(p, json_object_get(j, "holds"), "/console/quarantine");
    const char *next = page_text(j, "next");
    page_pager(p, *page_arg(p, "before") ? same_filter(p, "/console/quarantine", NULL) : NULL,
               *next ? same_filter(p, "/console/quarantine", next) : NULL);
}

static void held(struct page *p)
{
    if (p->is_post) {
        console_hold_act(p, "/console/quarantine");
        return;
    }
    json_t *args = json_pack("{s:b}", "raw", *page_arg(p, "open") != '\0');
    const json_t *j = page_get(p, page_path(p, "quarantine/%s", p->part[2]), args);
    if (j == NULL)
        return;
    console_begin(p, page_tr(p, N_("A held message")), "/console/quarantine");
    console_hold(p, j, "/console/quarantine");
}

const struct route console_routes[] = {
    {"console", PAGE_GET | PAGE_NOINDEX, ALL, console},
    {"console/history", PAGE_GET | PAGE_NOINDEX, ALL, history},
    {"console/message/*", PAGE_GET | PAGE_NOINDEX, ALL, message},
    {"console/acts", PAGE_GET | PAGE_NOINDEX, SITE, acts},
    {"console/quarantine", PAGE_GET | PAGE_NOINDEX, ALL, quarantine},
    {"console/quarantine/*", PAGE_GET | PAGE_POST | PAGE_NOINDEX, ALL, held},
    {0}};
