/* The site's side of the console: rules and lists with what-if, settings with where they come
 * from, health. */
#include "evidence/check.h"
#include "web/console.h"
#include "web/routes.h"
#include "web/run.h"

#include <stdlib.h>

#define SITE (ACTOR_OPERATOR | ACTOR_AUDITOR)

/* ---- rules and lists ---- */

static const struct page_option list_options[] = {
    {"block", N_("keep out")}, {"allow", N_("let through")}, {NULL, NULL}};

static const struct page_option *translated(struct page *p, const struct page_option *from)
{
    size_t n = 0;
    while (from[n].value)
        n++;
    struct page_option *o = ARENA_ARRAY(p->arena, struct page_option, n + 1);
    for (size_t i = 0; i < n; i++)
        o[i] = (struct page_option){from[i].value, page_tr(p, from[i].words)};
    return o;
}

static void list_form(struct page *p)
{
    page_form(p, "/console/rules");
    html_open(p->html, "fieldset");
    page_elem(p, "legend", N_("Put a sender on a list of the site"));
    page_input(p, &(struct page_input){
                      .name = "word",
                      .label = N_("Address, domain or network"),
                      .hint = N_("Networks are no wider than /24 or /48: many would pay for one."),
                      .value = page_arg(p, "word"),
                      .is_required = true,
                      .max_length = 320});
    page_input(p, &(struct page_input){.name = "list",
                                       .label = N_("What happens"),
                                       .type = "select",
                                       .options = translated(p, list_options)});
    page_input(p, &(struct page_input){.name = "reason",
                                       .label = N_("Reason"),
                                       .hint = N_("Stands in the log."),
                                       .is_required = true,
                                       .max_length = 400});
    page_input(p, &(struct page_input){.name = "days",
                                       .label = N_("For how many days (1 to 365)"),
                                       .type = "number",
                                       .value = "90",
                                       .is_required = true});
    page_button(p, N_("Put on the list"), "act", "add");
    page_button(p, N_("First see what it would change"), "act", "try");
    html_close(p->html);
    html_close(p->html);
}

static void configured_lists(struct page *p)
{
    static const char *const heads[] = {N_("Setting"), N_("Value"), NULL};
    const struct conf *c = p->run->site->all;
    unsigned n = 0;
    for (const struct conf_block *b = c ? conf_next(c, "policy", NULL) : NULL; b;
         b = conf_next(c, "policy", (struct conf_block *)b)) {
        for (size_t i = 0; b->section->items[i].key; i++) {
            const struct conf_item *item = &b->section->items[i];
            struct buf v = BUF_INIT(4096);
            if (b->lines[i] == 0 || item->type != CONF_LIST)
                continue;
            if (n++ == 0)
                page_table(p, N_("Lists of the configuration file"), heads, 0);
            conf_value(item, b->data, &v);
            html_open(p->html, "tr");
            console_cell(p,
                         arena_printf(p->arena, "policy %.*s %s", SLICE_ARG(b->name), item->key).p);
            console_cell(p, arena_cstr(p->arena, buf_slice(&v)));
            html_close(p->html);
            buf_fini(&v);
        }
    }
    if (n)
        page_table_end(p);
}

static void rule_rows(struct page *p)
{
    static const char *const heads[] = {N_("Check"), N_("Points"), N_("What it looks at"), NULL};
    html_open(p->html, "details");
    page_elem(p, "summary", N_("All checks with their points"));
    page_table(p, N_("Checks"), heads, 0);
    for (int i = 0; i < CHECKS; i++) {
        const struct check *c = check_info((enum check_id)i);
        double points = p->run->site->rules ? rules_points(p->run->site->rules, (enum check_id)i)
                                            : c->points;
        html_open(p->html, "tr");
        html_elem(p->html, "td", c->name, "class", "code");
        console_cell_number(p, points, 2);
        html_elem(p->html, "td", c->doc, "lang", "en");
        html_close(p->html);
    }
    page_table_end(p);
    html_close(p->html);
}

static void whatif_form(struct page *p)
{
    page_form_get(p, "/console/whatif");
    html_open(p->html, "fieldset");
    page_elem(p, "legend", N_("What if: recent mail judged anew"));
    html_open(p->html, "div", "class", "inline");
    page_input(p, &(struct page_input){.name = "tag",
                                       .label = N_("Spam from this score on"),
                                       .value = page_arg(p, "tag"),
                                       .inputmode = "decimal",
                                       .max_length = 12});
    page_input(p, &(struct page_input){.name = "rule",
                                       .label = N_("Name of a check"),
                                       .value = page_arg(p, "rule"),
                                       .max_length = 80});
    page_input(p, &(struct page_input){.name = "points",
                                       .label = N_("Its points"),
                                       .value = page_arg(p, "points"),
                                       .inputmode = "decimal",
                                       .max_length = 12});
    page_input(p, &(struct page_input){.name = "block",
                                       .label = N_("Domain to keep out"),
                                       .value = page_arg(p, "block"),
                                       .max_length = 255});
    page_input(p, &(struct page_input){.name = "allow",
                                       .label = N_("Domain to let through"),
                                       .value = page_arg(p, "allow"),
                                       .max_length = 255});
    page_button(p, N_("Try it"), NULL, NULL);
    html_close_to(p->html, p->html->depth - 3);
}

static void add_number(json_t *j, const char *name, const char *text)
{
    char *end;
    double v = strtod(text, &end);
    if (*text && *end == '\0' && v > -1000 && v < 1000)
        json_object_set_new(j, name, json_real(v));
}

static void moves(struct page *p, const json_t *j)
{
    static const char *const heads[] = {N_("Was"), N_("Not spam"), N_("Unsure"), N_("Spam"), NULL};
    static const char *const sides[] = {"ham", "unsure", "spam"};
    page_table(p, N_("How many would go where"), heads, 0);
    for (size_t from = 0; from < 3; from++) {
        const json_t *row = json_object_get(json_object_get(j, "moves"), sides[from]);
        html_open(p->html, "tr");
        page_elem(p, "th", console_word(sides[from]), "scope", "row");
        for (size_t to = 0; to < 3; to++)
            console_cell_number(p, (double)page_int(row, sides[to]), 0);
        html_close(p->html);
    }
    page_table_end(p);
}

static void examples(struct page *p, const json_t *list)
{
    static const char *const heads[] = {N_("Time"),      N_("From"), N_("Subject"),  N_("Score"),
                                        N_("New score"), N_("Was"),  N_("Would be"), NULL};
    const json_t *m;
    size_t i;
    if (json_array_size(list) == 0)
        return;
    page_elem(p, "h2", N_("Examples"));
    page_table(p, N_("Examples"), heads, 0);
    json_array_foreach(list, i, m)
    {
        html_open(p->html, "tr");
        console_cell_time(p, page_int(m, "time_us"));
        console_cell(p, page_text(m, "from_domain"));
        html_open(p->html, "td");
        html_open(p->html, "a", "href", page_path(p, "/console/message/%s", page_text(m, "id")));
        html_bdi(p->html, *page_text(m, "subject") ? page_text(m, "subject") : "-");
        html_close(p->html);
        html_close(p->html);
        console_cell_number(p, console_number(m, "score"), 1);
        console_cell_number(p, console_number(m, "new_score"), 1);
        html_open(p->html, "td");
        console_verdict(p, page_text(m, "from"));
        html_close(p->html);
        html_open(p->html, "td");
        console_verdict(p, page_text(m, "to"));
        html_close(p->html);
        html_close(p->html);
    }
    page_table_end(p);
}

static void whatif(struct page *p)
{
    json_t *q = json_object(), *rules = json_object();
    add_number(q, "tag", page_arg(p, "tag"));
    if (*page_arg(p, "rule"))
        add_number(rules, page_arg(p, "rule"), page_arg(p, "points"));
    json_object_set_new(q, "rules", rules);
    json_object_set_new(q, "block", json_string(page_arg(p, "block")));
    json_object_set_new(q, "allow", json_string(page_arg(p, "allow")));
    const json_t *j = page_get(p, "console/whatif", q);
    if (j == NULL)
        return;
    if (p->wants_json) {
        page_send_json(p, j);
        return;
    }
    console_begin(p, page_tr(p, N_("What if")), "/console/rules");
    whatif_form(p);
    html_open(p->html, "p");
    page_say_with(p, N_("Looked at the newest %s messages, with what was found in them then."),
                  arena_printf(p->arena, "%lld", (long long)page_int(j, "looked")).p);
    html_str(p->html, " ");
    page_say_with(p, N_("For %s of them the verdict would change."),
                  arena_printf(p->arena, "%lld", (long long)page_int(j, "changed")).p);
    html_close(p->html);
    moves(p, j);
    examples(p, json_object_get(j, "examples"));
}

static void rules_act(struct page *p)
{
    const char *act = page_arg(p, "act"), *word = page_arg(p, "word");
    if (strcmp(act, "try") == 0) {
        bool allow = strcmp(page_arg(p, "list"), "allow") == 0;
        const char *at = strrchr(word, '@');
        page_redirect(p,
                      page_path(p, allow ? "/console/whatif?allow=%s" : "/console/whatif?block=%s",
                                at ? at + 1 : word),
                      NULL);
        return;
    }
    bool removes = strcmp(act, "remove") == 0;
    json_t *q = json_pack("{s:s,s:s,s:s}", "word", word, "list", page_arg(p, "list"), "reason",
                          page_arg(p, "reason"));
    if (!removes)
        json_object_set_new(q, "days", json_integer(page_arg_int(p, "days", 0, 1, 365)));
    if (page_get(p, removes ? "lists/remove" : "lists/add", q))
        page_redirect(p, "/console/rules",
                      removes ? N_("Taken off the list.") : N_("It is on the list."));
}

static void rules(struct page *p)
{
    if (p->is_post) {
        rules_act(p);
        return;
    }
    const json_t *j = page_get(p, "lists", NULL);
    if (j == NULL)
        return;
    console_begin(p, page_tr(p, N_("Rules and lists")), "/console/rules");
    page_elem(p, "h2", N_("Lists of the site"));
    console_entries(p, json_object_get(j, "entries"), "/console/rules");
    if (p->user.roles & ACTOR_OPERATOR)
        list_form(p);
    configured_lists(p);
    whatif_form(p);
    page_elem(p, "h2", N_("Checks"));
    html_open(p->html, "p");
    page_link(p, "/checks", N_("What the filter looks at"));
    html_close(p->html);
    rule_rows(p);
}

/* ---- settings ---- */

static void setting_row(struct page *p, const struct conf_block *b, size_t i)
{
    const struct conf_item *item = &b->section->items[i];
    struct buf v = BUF_INIT(4096);
    conf_value(item, b->data, &v);
    html_open(p->html, "tr");
    html_open(p->html, "td", "class", "code");
    html_str(p->html, item->key);
    html_close(p->html);
    console_cell(p, arena_cstr(p->arena, buf_slice(&v)));
    if (b->lines[i] == 0)
        page_elem(p, "td", N_("default"));
    else if (b->lines[i] == CONF_FROM_PROFILE)
        page_elem(p, "td", N_("profile"));
    else {
        html_open(p->html, "td");
        page_say_with(p, N_("file, line %s"), arena_printf(p->arena, "%u", b->lines[i]).p);
        html_close(p->html);
    }
    html_elem(p->html, "td", item->doc, "lang", "en");
    html_close(p->html);
    buf_fini(&v);
}

static void settings(struct page *p)
{
    static const char *const heads[] = {N_("Setting"), N_("Value"), N_("Where from"),
                                        N_("What it does"), NULL};
    const struct conf *c = p->run->site->all;
    if (page_get(p, "status", NULL) == NULL) /* who may not see this may not see that */
        return;
    console_begin(p, page_tr(p, N_("Settings")), "/console/settings");
    html_open(p->html, "p");
    page_say_with(p, N_("As read from %s when this generation of processes started."),
                  c && c->file.n ? arena_cstr(p->arena, c->file) : "-");
    html_close(p->html);
    for (const struct conf_block *b = c ? c->blocks : NULL; b; b = b->next) {
        if (strcmp(b->section->name, "check") == 0 && b->line == 0)
            continue;
        const char *name = arena_printf(p->arena, "%s%s%.*s",
                                        *b->section->name ? b->section->name : "muster",
                                        b->name.n ? " " : "", SLICE_ARG(b->name))
                               .p;
        html_elem(p->html, "h2", name);
        page_table(p, name, heads, 0);
        for (size_t i = 0; b->section->items[i].key; i++)
            setting_row(p, b, i);
        page_table_end(p);
    }
}

/* ---- health ---- */

static void value(struct page *p, const json_t *v)
{
    if (json_is_string(v))
        html_bdi(p->html, json_string_value(v));
    else if (json_is_boolean(v))
        page_say(p, json_is_true(v) ? N_("yes") : N_("no"));
    else if (json_is_integer(v))
        html_int(p->html, json_integer_value(v));
    else if (json_is_real(v))
        html_num(p->html, json_real_value(v), 2);
    else
        html_str(p->html, "-");
}

/* Simple members as a list; objects below under their own heading. */
static void facts(struct page *p, const char *name, const json_t *j)
{
    const char *key;
    json_t *v;
    if (*name)
        html_elem(p->html, "h2", name, "lang", "en");
    html_open(p->html, "dl", "class", "facts");
    json_object_foreach((json_t *)j, key, v)
    {
        if (json_is_object(v) || json_is_array(v))
            continue;
        html_elem(p->html, "dt", key, "lang", "en");
        html_open(p->html, "dd");
        value(p, v);
        html_close(p->html);
    }
    html_close(p->html);
    json_object_foreach((json_t *)j, key, v)
    {
        if (json_is_object(v))
            facts(p, key, v);
    }
}

static void processes(struct page *p, const json_t *list)
{
    const json_t *one, *v;
    const char *key;
    size_t i;
    if (json_array_size(list) == 0)
        return;
    page_elem(p, "h2", N_("Processes"));
    html_open(p->html, "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label",
              page_tr(p, N_("Processes")));
    html_open(p->html, "table");
    html_open(p->html, "thead");
    html_open(p->html, "tr");
    json_object_foreach((json_t *)json_array_get(list, 0), key, v)
    {
        html_elem(p->html, "th", key, "scope", "col", "lang", "en");
    }
    html_close(p->html);
    html_close(p->html);
    html_open(p->html, "tbody");
    json_array_foreach(list, i, one)
    {
        html_open(p->html, "tr");
        json_object_foreach((json_t *)one, key, v)
        {
            html_open(p->html, "td");
            value(p, v);
            html_close(p->html);
        }
        html_close(p->html);
    }
    html_close_to(p->html, p->html->depth - 3);
}

static void health(struct page *p)
{
    const json_t *j = page_get(p, "status", NULL);
    if (j == NULL)
        return;
    if (p->wants_json) {
        page_send_json(p, j);
        return;
    }
    console_begin(p, page_tr(p, N_("Health")), "/console/health");
    bool behind = json_is_true(json_object_get(json_object_get(j, "store"), "behind"));
    page_notice(p, behind ? "bad" : "good",
                behind ? N_("The store lags behind: the disk may be full. Scanning goes on.")
                       : N_("The store takes what comes."));
    processes(p, json_object_get(j, "processes"));
    facts(p, "", j);
}

const struct route console_site_routes[] = {
    {"console/rules", PAGE_GET | PAGE_POST | PAGE_NOINDEX, SITE, rules},
    {"console/whatif", PAGE_GET | PAGE_NOINDEX | PAGE_COSTLY, SITE, whatif},
    {"console/settings", PAGE_GET | PAGE_NOINDEX, SITE, settings},
    {"console/health", PAGE_GET | PAGE_NOINDEX, SITE, health},
    {0}};
