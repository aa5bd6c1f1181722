/* Measures, paths by role, and what is missing. */
#include "web/library_pages.h"

#include <string.h>

static json_t *all_of(struct page *p, const char *object)
{
    json_t *args = library_args(p);
    json_object_set_new(args, "object", json_string(object));
    json_object_set_new(args, "most", json_integer(100));
    return args;
}

static const char *grade_class(const char *openness)
{
    return *openness == 's' ? "tag good" : *openness == 'r' ? "tag bad" : "tag";
}

void library_measures(struct page *p)
{
    struct html *h = p->html;
    static const struct {
        const char *word, *label;
    } cost[] = {{"low", N_("low")}, {"medium", N_("medium")}, {"high", N_("high")}},
      open[] = {{"strengthens", N_("strengthens")},
                {"neutral", N_("neutral")},
                {"watch", N_("to be watched")},
                {"risks", N_("at risk")}};
    const json_t *j = page_get(p, "library/search", all_of(p, "measure"));
    size_t i;
    json_t *o;
    if (j == NULL)
        return;
    if (p->wants_json) {
        page_send_json(p, j);
        return;
    }
    page_title(p, page_tr(p, N_("Measures")));
    page_wide(p);
    page_elem(p, "p",
              N_("What was done against spam, what came of it, what it costs and what it does to "
                 "an open Internet. Evidence A is a comparison made more than once, D is "
                 "experience without figures."),
              "class", "lead");
    html_open(h, "table", "class", "stack");
    html_open(h, "thead");
    html_open(h, "tr");
    static const char *const heads[] = {N_("Measure"), N_("Evidence"), N_("Cost"), N_("Openness"),
                                        N_("Where")};
    for (size_t k = 0; k < sizeof(heads) / sizeof(heads[0]); k++)
        page_elem(p, "th", heads[k], "scope", "col");
    html_close(h);
    html_close(h);
    html_open(h, "tbody");
    json_array_foreach(json_object_get(j, "items"), i, o)
    {
        const char *c = page_text(o, "cost"), *op = page_text(o, "openness");
        size_t k, n;
        json_t *country;
        html_open(h, "tr");
        html_open(h, "td");
        html_elem(h, "a", page_text(o, "title"), "href",
                  arena_printf(p->arena, "/library/%s", page_text(o, "id")).p, "lang",
                  page_text(o, "text_language"), "dir", "auto");
        html_open(h, "br");
        html_elem(h, "small", page_text(o, "summary"), "lang", page_text(o, "text_language"), "dir",
                  "auto");
        html_close(h);
        html_elem(h, "td", page_text(o, "evidence"));
        for (n = 0; n < 2 && strcmp(cost[n].word, c) != 0;)
            n++;
        page_elem(p, "td", cost[n].label);
        html_open(h, "td");
        for (n = 0; n < 3 && strcmp(open[n].word, op) != 0;)
            n++;
        page_elem(p, "span", open[n].label, "class", grade_class(op));
        html_close(h);
        html_open(h, "td");
        json_array_foreach(json_object_get(o, "countries"), k, country)
        {
            if (k)
                page_comma(p);
            html_str(h, library_country(p, json_string_value(country)));
        }
        html_close(h);
        html_close(h);
    }
    html_close(h);
    html_close(h);
    library_nav(p);
}

/* ---- paths ---- */

static const struct {
    const char *word, *audience, *label, *more;
} roles[] = {
    {"policy", "policy maker", N_("I make policy"),
     N_("Know the size of the problem, compare laws, choose measures, report.")},
    {"operator", "network operator", N_("I run a mail server or a network"),
     N_("Stop spam early, find infected customers, answer complaints, get off lists.")},
    {"sender", "business sender", N_("I send newsletters or bulk mail"),
     N_("Send lawfully and arrive; prove consent; be heard.")},
    {"user", "end user", N_("I get spam"), N_("Report, protect yourself, get mail back.")},
    {"trainer", "trainer", N_("I teach"), N_("Build a course, run a lab, follow up.")},
};

#define ROLES (sizeof(roles) / sizeof(roles[0]))

void library_paths(struct page *p)
{
    struct html *h = p->html;
    page_title(p, page_tr(p, N_("Paths by role")));
    page_elem(p, "p", N_("From a problem to steps with sources. Choose who you are."), "class",
              "lead");
    html_open(h, "ul", "class", "doors");
    for (size_t i = 0; i < ROLES; i++) {
        html_open(h, "li");
        page_elem(p, "a", roles[i].label, "href",
                  arena_printf(p->arena, "/paths/%s", roles[i].word).p);
        page_elem(p, "p", roles[i].more);
        html_close(h);
    }
    html_close(h);
    library_nav(p);
}

static void one_path(struct page *p, const json_t *o)
{
    struct html *h = p->html;
    const char *language = page_text(o, "text_language");
    html_open(h, "section", "id", page_text(o, "id"));
    html_elem(h, "h2", page_text(o, "title"), "lang", language, "dir", "auto");
    library_text(p, "p", page_text(o, "summary"), language);
    library_draft_note(p, o);
    library_path_steps(p, o);
    html_close(h);
}

void library_path_role(struct page *p)
{
    struct html *h = p->html;
    size_t r = 0, i, n = 0;
    json_t *o;
    const json_t *shown[32];
    bool all = true;
    while (r < ROLES && strcmp(roles[r].word, p->part[1]) != 0)
        r++;
    if (r == ROLES) {
        page_fail(p, 404, N_("There is no page at this address."));
        return;
    }
    json_t *args = all_of(p, "path");
    json_object_set_new(args, "audience", json_string(roles[r].audience));
    const json_t *j = page_get(p, "library/search", args);
    json_array_foreach(json_object_get(j, "items"), i, o)
    {
        if (n == 32)
            break;
        shown[n] = page_get(p, page_path(p, "library/show/%s", page_text(o, "id")),
                            library_args(p));
        all = all && shown[n];
        n++;
    }
    if (j == NULL || !all)
        return;
    page_title(p, page_tr(p, roles[r].label));
    page_elem(p, "p", roles[r].more, "class", "lead");
    html_open(h, "nav", "aria-label", page_tr(p, N_("Problems")));
    html_open(h, "ul");
    for (i = 0; i < n; i++) {
        html_open(h, "li");
        html_elem(h, "a", page_text(shown[i], "title"), "href",
                  arena_printf(p->arena, "#%s", page_text(shown[i], "id")).p, "lang",
                  page_text(shown[i], "text_language"), "dir", "auto");
        html_close(h);
    }
    html_close(h);
    html_close(h);
    for (i = 0; i < n; i++)
        one_path(p, shown[i]);
    library_nav(p);
}

/* ---- gaps ---- */

/* Codes head the columns, so that nine languages stand side by side on a phone; key says which. */
static void key(struct page *p, const json_t *languages)
{
    struct html *h = p->html;
    size_t i;
    json_t *one;
    html_open(h, "p", "class", "soft");
    json_array_foreach(languages, i, one)
    {
        html_str(h, i ? " \xc2\xb7 " : "");
        html_elem(h, "b", json_string_value(one), "dir", "ltr");
        html_str(h, " ");
        html_str(h, library_language(p, json_string_value(one)));
    }
    html_close(h);
}

static void head_row(struct page *p, const json_t *languages)
{
    struct html *h = p->html;
    size_t i;
    json_t *one;
    html_open(h, "thead");
    html_open(h, "tr");
    page_elem(p, "th", N_("Subject"), "scope", "col");
    json_array_foreach(languages, i, one)
    {
        const char *code = json_string_value(one);
        html_open(h, "th", "scope", "col", "class", "num");
        html_elem(h, "abbr", code, "title", library_language(p, code), "dir", "ltr");
        html_close(h);
    }
    html_close(h);
    html_close(h);
}

static void cells(struct page *p, const char *word, const json_t *row)
{
    struct html *h = p->html;
    size_t i;
    json_t *one;
    html_open(h, "tr");
    html_elem(h, "th", library_term(p, "topic", word), "scope", "row");
    json_array_foreach(json_object_get(row, "n"), i, one)
    {
        html_open(h, "td", "class", json_integer_value(one) ? "num" : "num gap");
        html_int(h, json_integer_value(one));
        html_close(h);
    }
    html_close(h);
}

static void begin_table(struct page *p, const json_t *languages, const char *name)
{
    struct html *h = p->html;
    html_elem(h, "h2", name);
    html_open(h, "div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", name);
    html_open(h, "table", "class", "grid");
    head_row(p, languages);
    html_open(h, "tbody");
}

static void emptiest(struct page *p, const json_t *list)
{
    struct html *h = p->html;
    size_t i;
    json_t *row;
    page_elem(p, "h2", N_("Emptiest"));
    html_open(h, "ul");
    json_array_foreach(list, i, row)
    {
        html_open(h, "li");
        html_str(h, library_term(p, "topic", page_text(row, "topic")));
        page_comma(p);
        html_str(h, library_term(p, "region", page_text(row, "region")));
        page_colon(p);
        html_int(h, page_int(row, "n"));
        html_close(h);
    }
    html_close(h);
}

void library_gaps_page(struct page *p)
{
    struct html *h = p->html;
    const json_t *j = page_get(p, "library/gaps", NULL);
    const json_t *languages = json_object_get(j, "languages");
    size_t i;
    json_t *row;
    const char *region = "";
    if (j == NULL)
        return;
    if (p->wants_json) {
        page_send_json(p, j);
        return;
    }
    page_title(p, page_tr(p, N_("What is missing")));
    page_wide(p);
    page_elem(p, "p",
              N_("How many resources and measures the library has by subject, language and "
                 "region. Empty cells are work to be done: writing, translating, asking around."),
              "class", "lead");
    emptiest(p, json_object_get(j, "emptiest"));
    key(p, languages);
    unsigned outside = h->depth;
    begin_table(p, languages, page_tr(p, N_("Everywhere")));
    json_array_foreach(json_object_get(j, "topics"), i, row) cells(p, page_text(row, "topic"), row);
    json_array_foreach(json_object_get(j, "rows"), i, row)
    {
        if (strcmp(region, page_text(row, "region")) != 0) {
            html_close_to(h, outside);
            region = page_text(row, "region");
            begin_table(p, languages, library_term(p, "region", region));
        }
        cells(p, page_text(row, "topic"), row);
    }
    html_close_to(h, outside);
    library_nav(p);
}
